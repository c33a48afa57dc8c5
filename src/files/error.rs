//! What is wrong with a file of the warehouse: always by name, line and field.

use std::path::Path;

use thiserror::Error;

/// What is wrong with a line.
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
    pub(super) fn new(path: &Path, says: impl Into<String>) -> Self {
        Self {
            file: path.display().to_string(),
            says: says.into(),
        }
    }
}

/// Most problems kept of one file.
const PROBLEMS_MAX: usize = 200;

/// The problems of one file; of too many, the first ones and a count of the others.
pub(super) struct Problems {
    file: String,
    kept: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub fn of(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default();
        Self {
            file: name.to_string_lossy().into_owned(),
            kept: Vec::new(),
            more: 0,
        }
    }

    pub fn add(&mut self, line: u64, field: &str, says: impl Into<String>) {
        if self.kept.len() == PROBLEMS_MAX {
            self.more += 1;
            return;
        }
        self.kept.push(Problem {
            file: self.file.clone(),
            line,
            field: field.to_owned(),
            says: says.into(),
        });
    }

    /// All of them, in the order of the lines.
    pub fn finish(mut self) -> Vec<Problem> {
        self.kept.sort_by_key(|problem| problem.line);
        if let Some(last) = self.kept.last_mut().filter(|_| self.more > 0) {
            last.says = format!("{} (and {} more problems)", last.says, self.more);
        }
        self.kept
    }
}

/// Text from a file for a message: short, and without what a terminal would obey.
pub(super) fn shown(text: &str) -> String {
    let clean = crate::domain::Clean::with_limit(text, 24);
    format!("{:?}", clean.as_str())
}
