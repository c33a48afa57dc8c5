//! Finding a command by name: fuzzy, best first.

use nucleo_matcher::{
    Config, Matcher,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::commands::{Action, Command, TABLE};

/// Whether a command is offered by name: moving and answering are keys only.
fn offered(row: &Command) -> bool {
    !matches!(row.group, "Moving" | "Dialogs") && row.action != Action::Palette
        || row.action == Action::Zoom
}

/// What stands behind a command's whole name: `hold address to be checked`.
pub fn argument(text: &str) -> Option<String> {
    let (name, rest) = text.trim().split_once(' ')?;
    Command::named(name)?;
    Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty())
}

/// The commands that `text` may mean, best first.
pub fn search(text: &str) -> Vec<&'static Command> {
    if let Some((name, _)) = text.trim().split_once(' ')
        && let Some(row) = Command::named(name)
    {
        return vec![row];
    }
    let rows = TABLE.iter().filter(|row| offered(row));
    if text.trim().is_empty() {
        return rows.collect();
    }
    let pattern = Pattern::parse(text.trim(), CaseMatching::Ignore, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut scored: Vec<(u32, &Command)> = rows
        .filter_map(|row| {
            // The name counts more than the sentence about it.
            let mut score = |hay: &str| {
                let hay = nucleo_matcher::Utf32Str::new(hay, &mut buffer);
                pattern.score(hay, &mut matcher)
            };
            let name = score(row.id).max(score(row.title)).map(|s| s * 4 + 1_000);
            name.or_else(|| score(row.help)).map(|score| (score, row))
        })
        .collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, row)| row).collect()
}

/// The commands whose key, name or help contains every word of `text`, in table order.
pub fn help(text: &str) -> Vec<&'static Command> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    TABLE
        .iter()
        .filter(|row| {
            let hay = format!("{} {} {} {}", row.id, row.title, row.help, row.group).to_lowercase();
            words.iter().all(|word| hay.contains(word.as_str()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_letters_find_the_command() {
        for (text, id) in [
            ("manif", "manifest"),
            ("nxt", "next-step"),
            ("push", "push-stock"),
            ("whynot", "why-not"),
        ] {
            assert_eq!(search(text).first().map(|r| r.id), Some(id), "{text}");
        }
        assert!(search("zzzzzz").is_empty());
        assert!(search("").len() > 20);
    }
}
