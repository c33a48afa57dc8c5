//! The one writer of plain-text tables.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::domain::Clean;

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Figures.
    Right,
}

/// Rows under headings, aligned by the width that a terminal gives each character. Only clean text
/// gets in, so nothing that gets out can steer a terminal.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<Clean>>,
}

impl Table {
    /// A table with these columns; a name that begins with `>` is of figures.
    pub fn new(columns: &[&'static str]) -> Self {
        let columns = columns
            .iter()
            .map(|name| match name.strip_prefix('>') {
                Some(name) => (name, Align::Right),
                None => (*name, Align::Left),
            })
            .collect();
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [Clean; N]) {
        self.rows.push(cells.into());
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text, every line ended.
    pub fn render(&self) -> String {
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(i, (name, _))| {
                let cells = self.rows.iter().filter_map(|row| row.get(i));
                cells
                    .map(|c| c.as_str().width())
                    .chain([name.width()])
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        let names = self
            .columns
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>();
        self.line(&mut out, &widths, &names);
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(Clean::as_str).collect();
            self.line(&mut out, &widths, &cells);
        }
        out
    }

    fn line(&self, out: &mut String, widths: &[usize], cells: &[&str]) {
        let mut line = String::new();
        for ((cell, width), (_, align)) in cells.iter().zip(widths).zip(&self.columns) {
            let pad = width.saturating_sub(cell.width());
            let (before, after) = match align {
                Align::Left => (0, pad),
                Align::Right => (pad, 0),
            };
            let _ = write!(line, "{:before$}{cell}{:after$}  ", "", "");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other_by_width() {
        let mut table = Table::new(&["NAME", ">N", "NOTE"]);
        table.row([Clean::new("日本"), Clean::new("7"), Clean::new("wide")]);
        table.row([Clean::new("नमस्ते"), Clean::new("1234"), Clean::new("")]);
        table.row([
            Clean::new("a\u{1b}[31m"),
            Clean::new("-"),
            Clean::new("x\ny"),
        ]);
        let text = table.render();
        assert!(!text.contains('\u{1b}'));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        let figure_ends = |line: &str, figure: &str| {
            let (before, _) = line.split_once(figure).expect("the figure");
            before.width() + figure.len()
        };
        assert_eq!(
            figure_ends(lines[1], "7"),
            figure_ends(lines[2], "1234"),
            "{text}"
        );
        assert!(lines.iter().all(|line| line.trim_end() == *line));
    }
}
