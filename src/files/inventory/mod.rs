//! Stock files that the warehouse drops: CSV with a header. A bad row is told by file, line and
//! field, and the others count.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use chrono::{DateTime, Utc};

use super::{
    error::{FileError, Problem, Problems, shown},
    hash, load,
};
use crate::domain::{Clean, Sku, Stamp, inventory::QUANTITY_MAX, time::parse_ist};

/// Largest file, bytes.
pub(super) const FILE_MAX: u64 = 64 << 20;

/// Most rows, bad ones included.
const ROWS_MAX: usize = 200_000;

/// A stock file.
#[derive(Clone, Debug)]
pub struct StockFile {
    /// Its path.
    pub path: PathBuf,
    /// SHA-256, hex.
    pub sha256: String,
    /// When the count was true: the oldest of its `as_of` column, else when the file was written.
    pub as_of: Stamp,
    /// The warehouse that its `location` column names, if it has one.
    pub location: Option<Clean>,
    /// Good rows.
    pub rows: Vec<StockRow>,
    /// Bad ones, and figures that EasyEcom would cut.
    pub problems: Vec<Problem>,
}

/// A count of one SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// SKU.
    pub sku: Sku,
    /// Available pieces, 0 or more.
    pub quantity: i64,
    /// Where it stands, from 1.
    pub line: u64,
}

/// Reads a stock file.
pub fn read_stock(path: &Path) -> Result<StockFile, FileError> {
    let bytes = load(path, FILE_MAX)?;
    let meta = fs::metadata(path).map_err(|e| FileError::new(path, e.to_string()))?;
    let written = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    parse(path, &bytes, written.into())
}

/// Reads the bytes of a stock file that was last written at `written`.
pub(super) fn parse(path: &Path, bytes: &[u8], written: Stamp) -> Result<StockFile, FileError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text);
    let header = reader
        .byte_headers()
        .map_err(|e| FileError::new(path, format!("line 1: {e}")))?;
    let mut table = Table {
        columns: Columns::read(path, header)?,
        rows: Vec::new(),
        mentions: HashMap::new(),
        problems: Problems::of(path),
        as_of: None,
        location: None,
    };
    let mut record = csv::ByteRecord::new();
    let mut count = 0usize;
    let mut lines = LineCount {
        text,
        byte: 0,
        line: 1,
    };
    loop {
        let line = lines.at(reader.position().byte());
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) if record.iter().all(<[u8]>::is_empty) => continue,
            Ok(true) => {
                let line = record.position().map_or(line, |at| lines.at(at.byte()));
                table.row(path, &record, line)?;
            }
            Err(e) => table.problems.add(line, "row", e.to_string()),
        }
        count += 1;
        if count > ROWS_MAX {
            return Err(FileError::new(path, format!("more than {ROWS_MAX} rows")));
        }
    }
    table.drop_duplicates();
    Ok(StockFile {
        path: path.to_owned(),
        sha256: hash(bytes),
        as_of: table.as_of.unwrap_or(written),
        location: table.location.map(|(name, _)| name),
        rows: table.rows,
        problems: table.problems.finish(),
    })
}

/// Counts lines as an editor does: the reader counts `\n` only, and stands before the rest of a line
/// ending and before blank lines when it tells where a row begins.
struct LineCount<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl LineCount<'_> {
    /// The line of the row that begins at or after `byte`. Positions only grow.
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(&b) = self.text.get(self.byte) {
            let ends = b == b'\n' || b == b'\r';
            if self.byte >= byte && !ends {
                break;
            }
            self.byte += 1;
            let first_half = b == b'\r' && self.text.get(self.byte) == Some(&b'\n');
            self.line += u64::from(ends && !first_half);
        }
        self.line
    }
}

/// The separator that stands most often in the first line.
fn delimiter(text: &[u8]) -> u8 {
    let first = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let count = |d: u8| first.split(|b| *b == d).count();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| (count(*d), *d == b','))
        .unwrap_or(b',')
}

/// Which column holds what.
struct Columns {
    sku: usize,
    quantity: usize,
    location: Option<usize>,
    as_of: Option<usize>,
}

impl Columns {
    fn read(path: &Path, header: &csv::ByteRecord) -> Result<Self, FileError> {
        let names: Vec<String> = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).to_ascii_lowercase())
            .collect();
        let wrong = |says: String| FileError::new(path, format!("line 1: {says}"));
        let find = |known: &[&str]| -> Result<Option<usize>, FileError> {
            let mut all = (0..names.len()).filter(|n| known.contains(&names[*n].as_str()));
            let (first, second) = (all.next(), all.next());
            match (first, second) {
                // "quantity" beside "available" can be two different figures.
                (Some(a), Some(b)) => Err(wrong(format!(
                    "columns {} ({}) and {} ({}) mean the same here; keep one",
                    a + 1,
                    names[a],
                    b + 1,
                    names[b]
                ))),
                _ => Ok(first),
            }
        };
        let need = |known: &[&str]| {
            let name = known.first().copied().unwrap_or_default();
            find(known)?.ok_or_else(|| {
                wrong(format!(
                    "no column is called {name}; the header needs sku and quantity"
                ))
            })
        };
        Ok(Self {
            sku: need(&["sku", "sku code", "sku_code"])?,
            quantity: need(&["quantity", "qty", "available"])?,
            location: find(&["location"])?,
            as_of: find(&["as_of", "counted_at"])?,
        })
    }
}

/// A file while it is read.
struct Table {
    columns: Columns,
    rows: Vec<StockRow>,
    /// Lines by SKU, those of bad rows included: a second count makes the first one doubtful even
    /// if it cannot be read.
    mentions: HashMap<Sku, Vec<u64>>,
    problems: Problems,
    as_of: Option<Stamp>,
    location: Option<(Clean, u64)>,
}

impl Table {
    /// Takes one row. An error means that the whole file is not for one warehouse.
    fn row(&mut self, path: &Path, record: &csv::ByteRecord, line: u64) -> Result<(), FileError> {
        let text = |n: usize| String::from_utf8_lossy(record.get(n).unwrap_or_default());
        if let Some(name) = self.columns.location.map(text).filter(|t| !t.is_empty()) {
            let name = Clean::new(&name);
            let (known, first) = self.location.get_or_insert_with(|| (name.clone(), line));
            if *known != name {
                let says = format!(
                    "line {line}: location {name}, but {known} on line {first}; \
                     one file is for one warehouse"
                );
                return Err(FileError::new(path, says));
            }
        }
        let raw = text(self.columns.sku);
        let Some(sku) = self.sku(&raw, line) else {
            return Ok(());
        };
        self.mentions.entry(sku.clone()).or_default().push(line);
        let Some(quantity) = self.quantity(&text(self.columns.quantity), line) else {
            return Ok(());
        };
        if let Some(at) = self.columns.as_of.map(text).filter(|t| !t.is_empty()) {
            let Some(at) = instant(&at) else {
                let says = format!("{} is no time; write YYYY-MM-DD HH:MM:SS", shown(&at));
                self.problems.add(line, "as_of", says);
                return Ok(());
            };
            // The file is as old as its oldest count.
            self.as_of = Some(self.as_of.map_or(at, |old| old.min(at)));
        }
        self.rows.push(StockRow {
            sku,
            quantity,
            line,
        });
        Ok(())
    }

    fn sku(&mut self, raw: &str, line: u64) -> Option<Sku> {
        let sku = Sku::new(raw);
        let says = if raw.is_empty() {
            "empty".to_owned()
        } else if sku.as_str() != raw || raw.contains('\u{fffd}') {
            // What cleaning would change is another SKU at EasyEcom.
            format!(
                "{} is too long or has characters that no SKU has",
                shown(raw)
            )
        } else {
            return Some(sku);
        };
        self.problems.add(line, "sku", says);
        None
    }

    fn quantity(&mut self, raw: &str, line: u64) -> Option<i64> {
        let says = match raw.parse::<i64>() {
            Ok(quantity) if quantity > QUANTITY_MAX => {
                let says = "above 10,000: EasyEcom would cut it silently; kept, not pushed";
                self.problems.add(line, "quantity", says);
                return Some(quantity);
            }
            Ok(quantity) if quantity >= 0 => return Some(quantity),
            Ok(_) => "below zero; available pieces are 0 or more".to_owned(),
            Err(_) if raw.is_empty() => "empty; write 0 if there is none".to_owned(),
            Err(_) => format!("{} is no whole number", shown(raw)),
        };
        self.problems.add(line, "quantity", says);
        None
    }

    /// Two counts of one SKU in one file: nobody knows which is right, so neither counts.
    fn drop_duplicates(&mut self) {
        let mentions = &self.mentions;
        let twice = |sku: &Sku| mentions.get(sku).is_some_and(|lines| lines.len() > 1);
        self.rows.retain(|row| !twice(&row.sku));
        let mut told: Vec<(&Vec<u64>, &Sku)> = mentions
            .iter()
            .filter(|(_, lines)| lines.len() > 1)
            .map(|(sku, lines)| (lines, sku))
            .collect();
        told.sort();
        for (lines, sku) in told {
            let (Some(last), [before @ .., _]) = (lines.last(), lines.as_slice()) else {
                continue;
            };
            let shown: Vec<String> = before.iter().take(5).map(u64::to_string).collect();
            let says = format!(
                "{sku} stands on line {} too; none is used",
                shown.join(", ")
            );
            self.problems.add(*last, "sku", says);
        }
    }
}

/// Naive times are IST; one with its zone is taken at its word.
fn instant(text: &str) -> Option<Stamp> {
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.with_timezone(&Utc))
        .ok()
        .or_else(|| parse_ist(text))
}

#[cfg(test)]
mod tests;
