//! Keeping secrets and the customer out of words that DTDC repeats to us. Its messages are shown
//! and logged verbatim, and they can quote what was sent.

use secrecy::{ExposeSecret, SecretString};

use super::wire::booking::phone;
use crate::{
    domain::{Clean, Consignee, Failure, ReadError, Verdict},
    http::without,
};

/// Fewest characters of a personal text that is searched for.
const PERSONAL_CHARS_MIN: usize = 3;

/// What must not be seen in the words about one call.
#[derive(Clone)]
pub(super) struct Hush {
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

    /// Hides the customer too.
    pub fn person(&mut self, who: &Consignee) {
        let ten_digits = phone(who.phone.as_str());
        let texts = [
            who.phone.as_str(),
            &ten_digits,
            who.name.as_str(),
            who.email.as_str(),
            who.address_1.as_str(),
            who.address_2.as_str(),
        ];
        let long = |text: &&str| text.chars().count() >= PERSONAL_CHARS_MIN;
        self.personal
            .extend(texts.into_iter().filter(long).map(str::to_owned));
    }

    /// The same words without any of it.
    pub fn text(&self, says: &str) -> Clean {
        let hidden = self.secrets.iter().fold(says.to_owned(), |text, secret| {
            without_tail(
                &without(&text, secret.expose_secret()),
                secret.expose_secret(),
            )
        });
        let hidden = self.personal.iter().fold(hidden, |text, personal| {
            without_tail(&without_phrase(&text, personal), personal)
        });
        Clean::new(&hidden)
    }

    pub fn failure(&self, failure: Failure) -> Failure {
        Failure {
            says: self.text(failure.says.as_str()),
            ..failure
        }
    }

    pub fn verdict<T>(&self, verdict: Verdict<T>) -> Verdict<T> {
        match verdict {
            Verdict::NotApplied(failure) => Verdict::NotApplied(self.failure(failure)),
            Verdict::Unknown(seen) => Verdict::Unknown(self.text(seen.as_str())),
            done => done,
        }
    }

    pub fn read(&self, error: ReadError) -> ReadError {
        let hide = |says: Clean| self.text(says.as_str());
        match error {
            ReadError::Throttled { .. } => error,
            ReadError::Unauthorized(says) => ReadError::Unauthorized(hide(says)),
            ReadError::CoolDown(says) => ReadError::CoolDown(hide(says)),
            ReadError::NeverSent(says) => ReadError::NeverSent(hide(says)),
            ReadError::Unreachable(says) => ReadError::Unreachable(hide(says)),
            ReadError::Server(says) => ReadError::Server(hide(says)),
            ReadError::Garbled(says) => ReadError::Garbled(hide(says)),
            ReadError::Refused(says) => ReadError::Refused(hide(says)),
            ReadError::Nothing(says) => ReadError::Nothing(hide(says)),
        }
    }
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
    fn customers_and_secrets_are_blacked_out() {
        let mut hush = Hush::new(vec!["pa55word-of-ours".to_owned().into()]);
        hush.person(&Consignee {
            name: "Asha Devi".into(),
            phone: "+91 90000 00012".into(),
            address_1: "ग्राम 7".into(),
            ..Consignee::default()
        });
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
