//! Keeping our secrets out of words that a remote repeats to us.

/// Fewest characters of a secret that are searched for: shorter ones would black out plain words.
const SECRET_CHARS_MIN: usize = 6;

/// Characters of a secret that give it away: words may be cut in the middle of it.
const SECRET_HEAD_CHARS: usize = 12;

/// `text` with every place blacked out where `secret`, or its beginning, stands.
pub fn without(text: &str, secret: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::without;

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
}
