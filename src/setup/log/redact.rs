//! A writer that lets no known secret through.

use std::io::{self, Write};

use secrecy::{ExposeSecret, SecretString, zeroize::Zeroize};

/// Secrets shorter than this would blank out ordinary words.
const SECRET_CHARS_MIN: usize = 6;

/// What stands in a secret's place.
const BLANK: &[u8] = b"[secret]";

/// Takes known secrets out of each line, as they are, as an address and as a quoted text spell them.
pub struct Redact<W> {
    to: W,
    needles: Vec<Vec<u8>>,
}

impl<W> Redact<W> {
    /// Passes the rest on to `to`.
    pub fn new(to: W, secrets: &[SecretString]) -> Self {
        let mut needles: Vec<Vec<u8>> = secrets
            .iter()
            .map(ExposeSecret::expose_secret)
            .filter(|secret| secret.chars().count() >= SECRET_CHARS_MIN)
            .flat_map(spellings)
            .collect();
        // The longest first: one secret may begin with another.
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        needles.dedup();
        Self { to, needles }
    }
}

/// As it is, percent-encoded with spaces as `%20` and as `+`, and escaped in quotes.
fn spellings(secret: &str) -> [Vec<u8>; 4] {
    let percent = |space: &str| -> Vec<u8> {
        let mut out = String::new();
        for byte in secret.bytes() {
            match byte {
                b' ' => out.push_str(space),
                b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => out.push(char::from(b)),
                b => out.push_str(&format!("%{b:02X}")),
            }
        }
        out.into_bytes()
    };
    let quoted = format!("{secret:?}");
    let quoted = quoted.trim_matches('"').as_bytes().to_vec();
    [
        secret.as_bytes().to_vec(),
        percent("%20"),
        percent("+"),
        quoted,
    ]
}

impl<W: Write> Write for Redact<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut clean = line.to_vec();
        for needle in &self.needles {
            if let Some(changed) = without(&clean, needle) {
                clean = changed;
            }
        }
        // One event is one write: the whole line is taken or none of it.
        self.to.write_all(&clean)?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn without(line: &[u8], needle: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = line;
    let find = |hay: &[u8]| hay.windows(needle.len()).position(|w| w == needle);
    while let Some(at) = find(rest) {
        let (before, after) = rest.split_at(at);
        out.extend_from_slice(before);
        out.extend_from_slice(BLANK);
        rest = after.get(needle.len()..).unwrap_or_default();
    }
    if out.is_empty() {
        return None;
    }
    out.extend_from_slice(rest);
    Some(out)
}

impl<W> Drop for Redact<W> {
    fn drop(&mut self) {
        for needle in &mut self.needles {
            needle.zeroize();
        }
    }
}
