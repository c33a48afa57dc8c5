//! Entries of the file readers: see [`crate::feed`].

use std::path::Path;

use super::{Problem, allotted, documents, inventory};
use crate::feed::{harmless, shown};

fn problems(problems: &[Problem]) {
    for problem in problems {
        shown(&problem.to_string());
        assert!(problem.line > 0, "lines count from 1");
    }
}

/// A stock file: every row is kept or told, and none is below zero or counted twice.
pub fn stock_file(bytes: &[u8]) {
    let at = chrono::DateTime::UNIX_EPOCH;
    let file = match inventory::parse(Path::new("stock.csv"), bytes, at) {
        Ok(file) => file,
        Err(error) => return shown(&error.to_string()),
    };
    problems(&file.problems);
    harmless(&file.location);
    let mut skus: Vec<_> = file.rows.iter().map(|row| &row.sku).collect();
    harmless(&skus);
    assert!(
        file.rows
            .iter()
            .all(|row| row.quantity >= 0 && row.line > 1)
    );
    let count = skus.len();
    skus.sort();
    skus.dedup();
    assert_eq!(skus.len(), count, "no SKU counts twice");
}

/// A list of allotted AWBs: none stands twice.
pub fn awb_list(bytes: &[u8]) {
    let file = match allotted::parse(Path::new("awbs.txt"), bytes) {
        Ok(file) => file,
        Err(error) => return shown(&error.to_string()),
    };
    problems(&file.problems);
    let mut numbers: Vec<_> = file.numbers.iter().collect();
    let count = numbers.len();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "no number stands twice");
}

/// A document: what passes begins as a PDF and is not too large.
pub fn document(bytes: &[u8]) {
    match documents::check(bytes) {
        Ok(()) => assert!(bytes.starts_with(b"%PDF-") && bytes.len() <= documents::DOCUMENT_MAX),
        Err(error) => shown(&error.to_string()),
    }
}
