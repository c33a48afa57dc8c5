//! Where a key stands in the file: spans to lines and columns, keys to spans.

use std::ops::Range;

use toml_edit::{Document, TableLike};

/// A place in a file, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// The place of a byte offset.
pub fn place(text: &str, offset: usize) -> Place {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    Place { line, column }
}

/// The dotted key whose name or value covers `offset`, the deepest one.
pub fn key_at(text: &str, offset: usize) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let mut path = Vec::new();
    deepest(document.as_table(), offset, &mut path);
    (!path.is_empty()).then(|| path.join("."))
}

fn deepest(table: &dyn TableLike, offset: usize, path: &mut Vec<String>) {
    let covers =
        |span: Option<Range<usize>>| span.is_some_and(|s| s.contains(&offset) || s.end == offset);
    for (name, item) in table.iter() {
        let key = table.get_key_value(name).and_then(|(key, _)| key.span());
        let inner = item.as_table_like();
        // A `[section]` spans its header only, so its keys are looked through in any case.
        if let Some(inner) = inner {
            let depth = path.len();
            path.push(name.to_owned());
            deepest(inner, offset, path);
            if path.len() > depth + 1 || covers(key.clone()) || covers(item.span()) {
                return;
            }
            path.truncate(depth);
        } else if covers(key) || covers(item.span()) {
            path.push(name.to_owned());
            return;
        }
    }
}

/// The place of a dotted key's value, if the file has it.
pub fn place_of(text: &str, dotted: &str) -> Option<Place> {
    let document = Document::parse(text).ok()?;
    let mut table: &dyn TableLike = document.as_table();
    let mut parts = dotted.split('.').peekable();
    while let Some(part) = parts.next() {
        let (key, item) = table.get_key_value(part)?;
        if parts.peek().is_none() {
            let span = item.span().or_else(|| key.span())?;
            return Some(place(text, span.start));
        }
        table = item.as_table_like()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[engine]\nconcurrency = 8\ntimeouts = { read_s = 1 }\n\n[easyecom.paths]\norders = \"/x\"\n";

    #[test]
    fn keys_are_found_by_place_and_places_by_key() {
        assert_eq!(
            place_of(TEXT, "engine.concurrency"),
            Some(Place {
                line: 2,
                column: 15
            })
        );
        assert_eq!(
            place_of(TEXT, "easyecom.paths.orders"),
            Some(Place {
                line: 6,
                column: 10
            })
        );
        assert_eq!(place_of(TEXT, "engine.poll_s"), None);
        for (needle, key) in [
            ("8\n", "engine.concurrency"),
            ("1 }", "engine.timeouts.read_s"),
            ("\"/x\"", "easyecom.paths.orders"),
        ] {
            let at = TEXT.find(needle).expect(needle);
            assert_eq!(key_at(TEXT, at).as_deref(), Some(key), "{needle}");
        }
    }
}
