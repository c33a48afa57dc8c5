//! Lists of AWB numbers that the carrier allotted: one a line, or the first column of a CSV file.

use std::{collections::HashSet, fs, path::Path};

use super::inventory::{FileError, Problem};
use crate::domain::Awb;

/// Largest list, bytes.
const FILE_MAX: u64 = 16 << 20;

/// A list of allotted numbers.
#[derive(Clone, Debug, Default)]
pub struct AllottedFile {
    /// The numbers, in the order of the file.
    pub numbers: Vec<Awb>,
    /// Lines that hold none, or one that stands there already.
    pub problems: Vec<Problem>,
}

/// Reads a list; `#` begins a comment.
pub fn read_allotted(path: &Path) -> Result<AllottedFile, FileError> {
    let fail = |says: String| FileError {
        file: path.display().to_string(),
        says,
    };
    let size = fs::metadata(path).map_err(|e| fail(e.to_string()))?.len();
    if size > FILE_MAX {
        return Err(fail(format!("larger than {} MiB", FILE_MAX >> 20)));
    }
    let bytes = fs::read(path).map_err(|e| fail(e.to_string()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(parse(&name, &String::from_utf8_lossy(&bytes)))
}

fn parse(name: &str, text: &str) -> AllottedFile {
    let mut file = AllottedFile::default();
    let mut known = HashSet::new();
    for (line, text) in (1u64..).zip(text.lines()) {
        let before_comment = text.split('#').next().unwrap_or_default();
        let first = before_comment
            .split([',', ';', '\t'])
            .next()
            .unwrap_or_default()
            .trim()
            .trim_matches('"')
            .trim_start_matches('\u{feff}');
        if first.is_empty() {
            continue;
        }
        let says = match Awb::parse(first) {
            Ok(awb) if known.insert(awb.clone()) => {
                file.numbers.push(awb);
                continue;
            }
            Ok(_) => "stands in the list already".to_owned(),
            // A header line is no mistake.
            Err(_) if line == 1 => continue,
            Err(error) => error.to_string(),
        };
        file.problems.push(Problem {
            file: name.to_owned(),
            line,
            field: "number".to_owned(),
            says,
        });
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_problems() {
        let file = parse(
            "awbs.csv",
            "awb,series\n7D100000001,a\n# spare\n\n7d100000001\nno\n7D100000002 # last\n",
        );
        let numbers: Vec<_> = file.numbers.iter().map(Awb::as_str).collect();
        assert_eq!(numbers, ["7D100000001", "7D100000002"]);
        let lines: Vec<_> = file.problems.iter().map(|p| p.line).collect();
        assert_eq!(lines, [5, 6]);
    }
}
