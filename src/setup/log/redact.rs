//! A writer that lets no known secret through.

use std::{
    io::{self, Write},
    sync::OnceLock,
};

use secrecy::{ExposeSecret, SecretString, zeroize::Zeroize};

/// Secrets shorter than this would blank out ordinary words.
const SECRET_CHARS_MIN: usize = 6;

/// What stands in a secret's place.
const BLANK: &[u8] = b"[secret]";

/// Secrets of this process, for reports that do not pass through the log.
static HIDDEN: OnceLock<Needles> = OnceLock::new();

/// Keeps secrets out of panic reports from now on. The first call of a process counts.
pub fn keep_hidden(secrets: &[SecretString]) {
    let _ = HIDDEN.set(Needles::new(secrets));
}

/// `text` without the secrets of this process.
pub fn hide(text: &str) -> String {
    match HIDDEN.get() {
        Some(needles) => String::from_utf8_lossy(&needles.out_of(text.as_bytes())).into_owned(),
        None => text.to_owned(),
    }
}

/// All spellings of some secrets.
struct Needles(Vec<Vec<u8>>);

impl Needles {
    fn new(secrets: &[SecretString]) -> Self {
        let mut needles: Vec<Vec<u8>> = secrets
            .iter()
            .map(ExposeSecret::expose_secret)
            .filter(|secret| secret.chars().count() >= SECRET_CHARS_MIN)
            .flat_map(spellings)
            .collect();
        // The longest first: one secret may begin with another.
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        needles.dedup();
        Self(needles)
    }

    fn out_of(&self, line: &[u8]) -> Vec<u8> {
        let mut clean = line.to_vec();
        for needle in &self.0 {
            if let Some(changed) = without(&clean, needle) {
                clean = changed;
            }
        }
        clean
    }
}

impl Drop for Needles {
    fn drop(&mut self) {
        for needle in &mut self.0 {
            needle.zeroize();
        }
    }
}

/// Takes known secrets out of each line, as they are, as an address and as a quoted text spell them.
pub struct Redact<W> {
    to: W,
    needles: Needles,
}

impl<W> Redact<W> {
    /// Passes the rest on to `to`.
    pub fn new(to: W, secrets: &[SecretString]) -> Self {
        Self {
            to,
            needles: Needles::new(secrets),
        }
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
        let clean = self.needles.out_of(line);
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
