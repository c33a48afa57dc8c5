//! The key that somebody meant.

/// The closest of `known` to `written`, if it is close enough to be meant.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(written, name), name))
        .filter(|(distance, name)| *distance <= allowed || same_letters(written, name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
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

/// Edits from one word to the other; a swap of neighbours counts as one.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(ca != cb);
            let mut best = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *ca == b[j - 1] && a[i - 1] == *cb {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
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
            ("colour", None),
        ] {
            assert_eq!(nearest(written, known), meant, "{written}");
        }
    }
}
