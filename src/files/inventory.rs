//! Stock files that the warehouse drops: CSV with a header, read whole once they have stopped
//! changing. A bad row is told by file, line and field, and the others count.

use std::{
    collections::HashMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
    time::SystemTime,
};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::{Sku, Stamp, inventory::QUANTITY_MAX, time::parse_ist};

/// Largest file, bytes.
const FILE_MAX: u64 = 64 << 20;

/// Most rows.
const ROWS_MAX: usize = 200_000;

/// Problems kept per file; the rest is counted in the last one.
const PROBLEMS_MAX: usize = 200;

/// A stock file.
#[derive(Clone, Debug)]
pub struct StockFile {
    /// Its path.
    pub path: PathBuf,
    /// SHA-256, hex.
    pub sha256: String,
    /// When the count was true: its `as_of` column, else when the file was written.
    pub as_of: Stamp,
    /// Good rows.
    pub rows: Vec<StockRow>,
    /// Bad ones.
    pub problems: Vec<Problem>,
}

/// A count of one SKU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// SKU.
    pub sku: Sku,
    /// Pieces.
    pub quantity: i64,
    /// Where it stands.
    pub line: u64,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}, line {line}, {field}: {says}")]
pub struct Problem {
    /// File name.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Column.
    pub field: String,
    /// What is wrong, and what to write.
    pub says: String,
}

/// A file that could not be read at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{file}: {says}")]
pub struct FileError {
    /// File name.
    pub file: String,
    /// What is wrong.
    pub says: String,
}

impl FileError {
    fn new(path: &Path, says: impl Into<String>) -> Self {
        Self {
            file: path.display().to_string(),
            says: says.into(),
        }
    }
}

/// Which column holds what.
struct Columns {
    sku: usize,
    quantity: usize,
    as_of: Option<usize>,
}

/// Reads a stock file.
pub fn read_stock(path: &Path) -> Result<StockFile, FileError> {
    let disk = |e: std::io::Error| FileError::new(path, e.to_string());
    let meta = fs::metadata(path).map_err(disk)?;
    if meta.len() > FILE_MAX {
        return Err(FileError::new(
            path,
            format!("larger than {} MiB", FILE_MAX >> 20),
        ));
    }
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(FILE_MAX).read_to_end(&mut bytes))
        .map_err(disk)?;
    let written: Stamp = meta.modified().unwrap_or(SystemTime::UNIX_EPOCH).into();
    parse(path, &bytes, written)
}

fn parse(path: &Path, bytes: &[u8], written: Stamp) -> Result<StockFile, FileError> {
    use std::fmt::Write as _;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text);
    let header = reader
        .byte_headers()
        .map_err(|e| FileError::new(path, format!("line 1: {e}")))?
        .clone();
    let columns = columns(path, &header)?;
    let sha256 = Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut out, b| {
            let _ = write!(out, "{b:02x}");
            out
        });
    let mut file = StockFile {
        path: path.to_owned(),
        sha256,
        as_of: written,
        rows: Vec::new(),
        problems: Vec::new(),
    };
    let mut as_of: Option<Stamp> = None;
    let mut record = csv::ByteRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) if record.iter().all(<[u8]>::is_empty) => {}
            Ok(true) => row(
                &mut file,
                &columns,
                &record,
                record.position().map_or(line, csv::Position::line),
                &mut as_of,
            ),
            Err(e) => problem(&mut file, line, "row", &e.to_string()),
        }
        if file.rows.len() > ROWS_MAX {
            return Err(FileError::new(path, format!("more than {ROWS_MAX} rows")));
        }
    }
    file.as_of = as_of.unwrap_or(written);
    drop_duplicates(&mut file);
    Ok(file)
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

fn columns(path: &Path, header: &csv::ByteRecord) -> Result<Columns, FileError> {
    let names: Vec<String> = header
        .iter()
        .map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase())
        .collect();
    let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    let need = |known: &[&str]| {
        find(known).ok_or_else(|| {
            FileError::new(
                path,
                format!(
                    "line 1: no column is called {}; the header needs sku and quantity",
                    known[0]
                ),
            )
        })
    };
    Ok(Columns {
        sku: need(&["sku", "sku code", "sku_code"])?,
        quantity: need(&["quantity", "qty", "available"])?,
        as_of: find(&["as_of", "counted_at"]),
    })
}

fn row(
    file: &mut StockFile,
    columns: &Columns,
    record: &csv::ByteRecord,
    line: u64,
    as_of: &mut Option<Stamp>,
) {
    let field = |n: usize| {
        String::from_utf8_lossy(record.get(n).unwrap_or_default())
            .trim()
            .to_owned()
    };
    let (sku, quantity) = (Sku::new(&field(columns.sku)), field(columns.quantity));
    if sku.is_empty() {
        return problem(file, line, "sku", "empty");
    }
    let Ok(quantity) = quantity.parse::<i64>() else {
        let shown: String = quantity.chars().take(20).collect();
        return problem(
            file,
            line,
            "quantity",
            &format!("{shown:?} is no whole number"),
        );
    };
    if quantity < 0 {
        return problem(
            file,
            line,
            "quantity",
            "below zero; available pieces are 0 or more",
        );
    }
    if let Some(text) = columns.as_of.map(field).filter(|t| !t.is_empty()) {
        match parse_ist(&text) {
            // The file is as old as its oldest count.
            Some(at) => *as_of = Some(as_of.map_or(at, |old| old.min(at))),
            None => return problem(file, line, "as_of", "no time; write YYYY-MM-DD HH:MM:SS"),
        }
    }
    if quantity > QUANTITY_MAX {
        problem(
            file,
            line,
            "quantity",
            "above 10,000: EasyEcom would cut it silently; kept, not pushed",
        );
    }
    file.rows.push(StockRow {
        sku,
        quantity,
        line,
    });
}

fn problem(file: &mut StockFile, line: u64, field: &str, says: &str) {
    if file.problems.len() < PROBLEMS_MAX {
        file.problems.push(Problem {
            file: file
                .path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            line,
            field: field.to_owned(),
            says: says.to_owned(),
        });
    }
}

/// Two counts of one SKU in one file: nobody knows which is right, so neither counts.
fn drop_duplicates(file: &mut StockFile) {
    let mut first: HashMap<Sku, u64> = HashMap::new();
    let mut twice: HashMap<Sku, (u64, u64)> = HashMap::new();
    for row in &file.rows {
        if let Some(line) = first.get(&row.sku) {
            twice.entry(row.sku.clone()).or_insert((*line, row.line));
        } else {
            first.insert(row.sku.clone(), row.line);
        }
    }
    let mut told: Vec<_> = twice
        .iter()
        .map(|(sku, lines)| (lines.1, lines.0, sku.clone()))
        .collect();
    told.sort();
    for (line, other, sku) in told {
        problem(
            file,
            line,
            "sku",
            &format!("{sku} stands on line {other} too; neither is used"),
        );
    }
    file.rows.retain(|row| !twice.contains_key(&row.sku));
}

/// What a file looked like.
type Look = (Option<SystemTime>, u64);

/// Watches a file or a folder by looking: works on every file system, network shares included.
#[derive(Debug)]
pub struct InventoryWatch {
    path: PathBuf,
    seen: HashMap<PathBuf, Look>,
    done: HashMap<PathBuf, Look>,
}

impl InventoryWatch {
    /// Watches `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            seen: HashMap::new(),
            done: HashMap::new(),
        }
    }

    /// Files that are new or changed and have not changed since the last look: one that is still
    /// being written waits. Oldest first. The warehouse's files are never moved or deleted.
    pub fn poll(&mut self) -> Vec<Result<StockFile, FileError>> {
        let mut found = Vec::new();
        let looks = self.looks();
        for (path, look) in &looks {
            let steady = self.seen.get(path) == Some(look);
            if steady && self.done.get(path) != Some(look) {
                self.done.insert(path.clone(), *look);
                found.push((look.0, read_stock(path)));
            }
        }
        self.done.retain(|path, _| looks.contains_key(path));
        self.seen = looks;
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, file)| file).collect()
    }

    fn looks(&self) -> HashMap<PathBuf, Look> {
        let candidates = match fs::metadata(&self.path) {
            Ok(meta) if meta.is_dir() => fs::read_dir(&self.path)
                .map(|entries| entries.filter_map(|e| Some(e.ok()?.path())).collect())
                .unwrap_or_default(),
            Ok(_) => vec![self.path.clone()],
            Err(_) => Vec::new(),
        };
        candidates
            .into_iter()
            .filter(|path| is_stock_name(path))
            .filter_map(|path| {
                let meta = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
                Some((path, (meta.modified().ok(), meta.len())))
            })
            .collect()
    }
}

fn is_stock_name(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_ascii_lowercase();
    !name.starts_with('.') && matches!(ending.as_str(), "csv" | "tsv" | "txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> StockFile {
        parse(Path::new("count.csv"), text.as_bytes(), Stamp::UNIX_EPOCH).expect("readable")
    }

    #[test]
    fn separators_marks_and_names() {
        for text in [
            "sku,quantity\nA,1\nB,2\n",
            "\u{feff}SKU;Qty\r\nA;1\r\nB;2\r\n",
            "available\tsku\n1\tA\n2\tB\n",
            "sku,quantity\n\"A\",1\n\n\"B\",2",
        ] {
            let file = read(text);
            let rows: Vec<_> = file
                .rows
                .iter()
                .map(|r| (r.sku.as_str(), r.quantity))
                .collect();
            assert_eq!(rows, [("A", 1), ("B", 2)], "{text:?}");
            assert_eq!(file.problems, []);
        }
    }

    #[test]
    fn bad_rows_are_named_and_the_others_count() {
        let file = read("sku,quantity\nA,1\n,2\nB,many\nC,-1\nD,10001\nE,1\nE,2\n");
        let rows: Vec<_> = file.rows.iter().map(|r| r.sku.as_str()).collect();
        assert_eq!(rows, ["A", "D"]);
        let told: Vec<_> = file
            .problems
            .iter()
            .map(|p| (p.line, p.field.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (3, "sku"),
                (4, "quantity"),
                (5, "quantity"),
                (6, "quantity"),
                (8, "sku")
            ]
        );
        assert!(
            file.problems[0]
                .to_string()
                .starts_with("count.csv, line 3, sku")
        );
    }

    #[test]
    fn a_header_is_needed() {
        let error = parse(Path::new("x.csv"), b"A,1\n", Stamp::UNIX_EPOCH).expect_err("no header");
        assert!(error.to_string().contains("sku"), "{error}");
    }

    #[test]
    fn a_file_that_is_being_written_waits() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut watch = InventoryWatch::new(dir.path().to_owned());
        let path = dir.path().join("count.csv");
        fs::write(&path, "sku,quantity\nA,1\n").expect("written");
        fs::write(dir.path().join(".hidden.csv"), "x").expect("written");
        assert!(watch.poll().is_empty());
        assert_eq!(watch.poll().len(), 1);
        assert!(watch.poll().is_empty());
        fs::write(&path, "sku,quantity\nA,1\nB,2\n").expect("written");
        assert!(watch.poll().is_empty());
        assert_eq!(watch.poll().len(), 1);
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let _ = parse(Path::new("x.csv"), &bytes, Stamp::UNIX_EPOCH);
        }
    }
}
