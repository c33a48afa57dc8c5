//! The name that somebody meant: of a key of the configuration, of a command in a keymap.

/// Fewest letters of a word that is taken for the beginning of another.
const BEGINNING_MIN: usize = 3;

/// The closest of `known` to `written`, if it is close enough to be meant: few edits away (a swap of
/// neighbours counts as one), or else one the beginning of the other.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .filter_map(|name| {
            let edits = strsim::osa_distance(written, name);
            let near = edits <= allowed || same_letters(written, name);
            (near || begins(written, name) || begins(name, written))
                .then_some(((!near, edits), name))
        })
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, name)| name)
}

fn begins(start: &str, whole: &str) -> bool {
    start.chars().count() >= BEGINNING_MIN && whole.starts_with(start)
}

/// `poll-s`, `PollS` and `poll_s` are one name to a person.
fn same_letters(a: &str, b: &str) -> bool {
    let letters = |s: &str| -> String {
        s.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect()
    };
    letters(a) == letters(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses() {
        let known = ["concurrency", "poll_s", "cut_offs"];
        for (written, meant) in [
            ("concurency", Some("concurrency")),
            ("poll-s", Some("poll_s")),
            ("cutoffs", Some("cut_offs")),
            ("cut_ofsf", Some("cut_offs")),
            ("cut", Some("cut_offs")),
            ("poll_s_fast", Some("poll_s")),
            ("colour", None),
            ("po", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
