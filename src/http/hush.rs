//! Keeping our secrets and the customer out of words that a remote repeats to us. Its messages are
//! shown and logged verbatim, and they can quote what was sent.

use secrecy::{ExposeSecret, SecretString};

use super::NotDone;
use crate::domain::{Clean, Failure, ReadError, Verdict};

/// Fewest characters of a secret that are searched for: shorter ones would black out plain words.
const SECRET_CHARS_MIN: usize = 6;

/// Characters of a secret that give it away: words may be cut in the middle of it.
const SECRET_HEAD_CHARS: usize = 12;

/// Fewest characters of a personal text that is searched for, and of a beginning at a cut.
const PERSONAL_CHARS_MIN: usize = 3;

/// What must not be seen in the words about one call.
#[derive(Clone)]
pub struct Hush {
    secrets: Vec<SecretString>,
    personal: Vec<String>,
}

impl Hush {
    /// Hides `secrets`.
    pub fn new(secrets: Vec<SecretString>) -> Self {
        Self {
            secrets,
            personal: Vec::new(),
        }
    }

    /// Hides what is said about a person too, whatever its letter case.
    pub fn person<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        let long = |text: &&str| text.chars().count() >= PERSONAL_CHARS_MIN;
        self.personal
            .extend(texts.into_iter().filter(long).map(str::to_owned));
    }

    /// The same words without any of it.
    pub fn text(&self, says: &str) -> Clean {
        let hidden = self.secrets.iter().fold(says.to_owned(), |text, secret| {
            let secret = secret.expose_secret();
            without_tail(&without(&text, secret), secret)
        });
        let hidden = self.personal.iter().fold(hidden, |text, personal| {
            without_tail(&without_phrase(&text, personal), personal)
        });
        Clean::new(&hidden)
    }

    /// The same failure without any of it.
    pub fn failure(&self, failure: Failure) -> Failure {
        failure.map_says(|says| self.text(says.as_str()))
    }

    /// The same verdict without any of it.
    pub fn verdict<T>(&self, verdict: Verdict<T>) -> Verdict<T> {
        match verdict {
            Verdict::NotApplied(failure) => Verdict::NotApplied(self.failure(failure)),
            Verdict::Unknown(seen) => Verdict::Unknown(self.text(seen.as_str())),
            done => done,
        }
    }

    /// The same end of a write without any of it.
    pub fn not_done(&self, not_done: NotDone) -> NotDone {
        match not_done {
            NotDone::NotApplied(failure) => NotDone::NotApplied(self.failure(failure)),
            NotDone::Unknown(seen) => NotDone::Unknown(self.text(seen.as_str())),
        }
    }

    /// The same end of a read without any of it.
    pub fn read(&self, error: ReadError) -> ReadError {
        error.map_says(|says| self.text(says.as_str()))
    }
}

/// `text` with every place blacked out where `secret`, or its beginning, stands.
fn without(text: &str, secret: &str) -> String {
    if secret.chars().count() < SECRET_CHARS_MIN {
        return text.to_owned();
    }
    let head: String = secret.chars().take(SECRET_HEAD_CHARS).collect();
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, _)) = rest.split_once(head.as_str()) {
        out.push_str(before);
        out.push_str("***");
        let tail = rest.strip_prefix(before).unwrap_or_default();
        let same: usize = tail
            .chars()
            .zip(secret.chars())
            .take_while(|(a, b)| a == b)
            .map(|(a, _)| a.len_utf8())
            .sum();
        rest = tail.get(same..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// `text` with every place blacked out where `phrase` stands, ASCII letter case ignored.
fn without_phrase(text: &str, phrase: &str) -> String {
    let (folded, phrase) = (text.to_ascii_lowercase(), phrase.to_ascii_lowercase());
    let mut out = String::new();
    let mut end = 0;
    // Folding ASCII keeps every position where it was.
    for (start, found) in folded.match_indices(phrase.as_str()) {
        out.push_str(text.get(end..start).unwrap_or_default());
        out.push_str("***");
        end = start + found.len();
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
}

/// `text` without the beginning of `phrase` that stands at its end: long words are cut, and the cut
/// can go through what must not be seen.
fn without_tail(text: &str, phrase: &str) -> String {
    let Some(kept) = text.strip_suffix('…') else {
        return text.to_owned();
    };
    let (folded, phrase) = (kept.to_ascii_lowercase(), phrase.to_ascii_lowercase());
    let beginnings = phrase.char_indices().map(|(end, _)| end).rev();
    for beginning in beginnings.filter_map(|end| phrase.get(..end)) {
        let long = beginning.chars().count() >= PERSONAL_CHARS_MIN;
        if long && folded.ends_with(beginning) {
            let start = kept.len() - beginning.len();
            return format!("{}***…", kept.get(..start).unwrap_or_default());
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_blacked_out_even_when_cut() {
        let secret = "eyJhbGciOiJIUzI1NiJ9.payload.signature";
        for (text, shown) in [
            ("plain words", "plain words"),
            (
                "bad eyJhbGciOiJIUzI1NiJ9.payload.signature here",
                "bad *** here",
            ),
            ("cut eyJhbGciOiJIUzI1", "cut ***"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJhbGciOiJIUzI1NiJ9.x", "******x"),
        ] {
            assert_eq!(without(text, secret), shown);
        }
        assert_eq!(without("abc is short", "abc"), "abc is short");
    }

    #[test]
    fn customers_and_secrets_are_blacked_out() {
        let mut hush = Hush::new(vec!["pa55word-of-ours".to_owned().into()]);
        hush.person(["Asha Devi", "+91 90000 00012", "9000000012", "ग्राम 7", "7"]);
        for (says, shown) in [
            ("Service type not found", "Service type not found"),
            ("phone 9000000012 of ASHA DEVI", "phone *** of ***"),
            ("at ग्राम 7!", "at ***!"),
            ("key pa55word-of-ours", "key ***"),
            ("key pa55word-of-", "key ***"),
            ("cut here: pa55w…", "cut here: ***…"),
            ("cut here: asha D…", "cut here: ***…"),
            ("cut here: ग्रा…", "cut here: ***…"),
            ("cut anywhere…", "cut anywhere…"),
        ] {
            assert_eq!(hush.text(says).as_str(), shown);
        }
        let long = format!("{} 9000000012", "x".repeat(232));
        let cut = Failure::new(crate::domain::FailureKind::Rejected, &long);
        assert!(!hush.failure(cut).says.as_str().contains("900"));
    }
}
