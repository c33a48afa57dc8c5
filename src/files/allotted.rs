//! Lists of AWB numbers that the carrier allotted: one a line, or a range `first-last` a line, or the
//! first column of a CSV file; `#` begins a comment.

use std::{collections::HashSet, path::Path};

use super::{
    error::{FileError, Problem, Problems, shown},
    load,
};
use crate::domain::Awb;

/// Largest list, bytes.
const FILE_MAX: u64 = 16 << 20;

/// Most numbers of one list, ranges written out.
const NUMBERS_MAX: usize = 1_000_000;

/// A list of allotted numbers.
#[derive(Clone, Debug, Default)]
pub struct AllottedFile {
    /// The numbers, in the order of the file.
    pub numbers: Vec<Awb>,
    /// Lines that hold none, or one that stands there already.
    pub problems: Vec<Problem>,
}

/// Reads a list.
pub fn read_allotted(path: &Path) -> Result<AllottedFile, FileError> {
    parse(path, &load(path, FILE_MAX)?)
}

pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<AllottedFile, FileError> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut numbers = Vec::new();
    let mut known = HashSet::new();
    let mut problems = Problems::of(path);
    for (line, text) in (1u64..).zip(text.lines()) {
        let entry = first_column(text);
        if entry.is_empty() {
            continue;
        }
        let found = match numbers_of(entry) {
            Ok(found) => found,
            // A header has no digit in it; a number that was mistyped has.
            Err(_) if line == 1 && !entry.bytes().any(|b| b.is_ascii_digit()) => continue,
            Err(says) => {
                problems.add(line, "number", format!("{}: {says}", shown(entry)));
                continue;
            }
        };
        let count = found.len();
        let before = numbers.len();
        numbers.extend(found.into_iter().filter(|awb| known.insert(awb.clone())));
        match count - (numbers.len() - before) {
            0 => {}
            1 if count == 1 => problems.add(line, "number", "stands in the list already"),
            twice => {
                let says = format!("{twice} of its numbers stand in the list already");
                problems.add(line, "number", says);
            }
        }
        if numbers.len() > NUMBERS_MAX {
            let says = format!("line {line}: more than {NUMBERS_MAX} numbers");
            return Err(FileError::new(path, says));
        }
    }
    Ok(AllottedFile {
        numbers,
        problems: problems.finish(),
    })
}

/// What stands before a comment and before the first separator.
fn first_column(line: &str) -> &str {
    line.split('#')
        .next()
        .unwrap_or_default()
        .split([',', ';', '\t'])
        .next()
        .unwrap_or_default()
        .trim()
        .trim_matches('"')
        .trim()
}

fn numbers_of(entry: &str) -> Result<Vec<Awb>, String> {
    let Some((first, last)) = entry.split_once('-') else {
        return Ok(vec![Awb::parse(entry).map_err(|e| e.to_string())?]);
    };
    let first = Awb::parse(first).map_err(|e| e.to_string())?;
    let last = Awb::parse(last).map_err(|e| e.to_string())?;
    range(first.as_str(), last.as_str()).ok_or_else(|| {
        format!("a range is written FIRST-LAST, alike but for the digits at the end, at most {NUMBERS_MAX} numbers")
    })
}

/// The numbers from `first` to `last`, which differ in digits at their ends only.
fn range(first: &str, last: &str) -> Option<Vec<Awb>> {
    // The prefix is what is left once all digits at the end are gone.
    let prefix = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let from = first.strip_prefix(prefix)?;
    let to = last.strip_prefix(prefix)?;
    let width = from.len();
    let (start, end): (u64, u64) = (from.parse().ok()?, to.parse().ok()?);
    let fits = to.len() == width && start <= end && end - start < NUMBERS_MAX as u64;
    if !fits {
        return None;
    }
    (start..=end)
        .map(|n| Awb::parse(&format!("{prefix}{n:0width$}")).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> AllottedFile {
        parse(Path::new("awbs.csv"), text.as_bytes()).expect("readable")
    }

    #[test]
    fn numbers_and_problems() {
        let file = read(
            "awb,series\n7D100000001,a\n# spare\n\n7d100000001\nno\n7D100000002 # last\n\"D00000009\";x",
        );
        let numbers: Vec<_> = file.numbers.iter().map(Awb::as_str).collect();
        assert_eq!(numbers, ["7D100000001", "7D100000002", "D00000009"]);
        let lines: Vec<_> = file.problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [5, 6]);
        let marked = read("\u{feff}\"7D100000001\"\r\n");
        assert_eq!(marked.numbers.len(), 1);
        // A mistyped number in the first line is no header.
        assert_eq!(read("7D10000O 001\n").problems.len(), 1);
    }

    #[test]
    fn ranges() {
        let file = read("D00000098-D00000101\n123456789012 - 123456789013\nD00000100\n");
        let numbers: Vec<_> = file.numbers.iter().map(Awb::as_str).collect();
        assert_eq!(
            numbers,
            [
                "D00000098",
                "D00000099",
                "D00000100",
                "D00000101",
                "123456789012",
                "123456789013"
            ]
        );
        assert_eq!(file.problems.len(), 1);
        for bad in [
            "D00000009-D00000001",
            "D00000001-E00000002",
            "D00000001-D000000002",
            "D00000001-",
            "D00000001-D99999999",
            "ABCDEF1-ABCDEFG",
        ] {
            let file = read(bad);
            assert!(file.numbers.is_empty() && file.problems.len() == 1, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = parse(Path::new("x.csv"), &bytes);
        }

        #[test]
        fn ranges_never_panic(text in "[D0-9]{0,22}-[D0-9]{0,22}") {
            let _ = parse(Path::new("x.csv"), text.as_bytes());
        }
    }
}
