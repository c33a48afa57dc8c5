//! Finding a command by name: fuzzy, best first; and what may stand behind the name.

use nucleo_matcher::{
    Config, Matcher,
    pattern::{CaseMatching, Normalization, Pattern},
};

use super::{
    commands::{Action, Command, Context, TABLE, Takes},
    keymap::Keymap,
    model::{Filtered, Layer, Model, Search},
    update::choices,
};
use crate::domain::{
    Stage,
    filter::{FeedFilter, Field, ParcelFilter, StockFilter, attention_word},
    record::Attention,
};

/// Suggestions for one word; nobody presses Tab more often.
const SUGGESTED_MAX: usize = 100;

/// Whether a command is offered by name: moving and answering are keys only.
fn offered(row: &Command) -> bool {
    !matches!(row.group, "Moving" | "Dialogs") && row.action != Action::Palette
        || row.action == Action::Zoom
}

/// Whether the command is listened to where the palette was opened. From the panes it reaches all of
/// them: the focus follows the command.
fn reaches(model: &Model, row: &Command) -> bool {
    let mut layers = model.layers.iter().rev();
    let below = layers.find(|layer| !matches!(layer, Layer::Palette(_)));
    let from = below.map_or(Context::Board, Layer::context);
    row.contexts.iter().any(|c| c.meets(from))
}

/// The command whose whole name stands there, and the words behind it.
fn named(text: &str) -> Option<(&'static Command, &str)> {
    let (name, rest) = text.trim_start().split_once(' ')?;
    Some((Command::named(name)?, rest.trim()))
}

/// What stands behind a command's whole name: `hold address to be checked`.
pub fn argument(text: &str) -> Option<String> {
    let (_, words) = named(text)?;
    (!words.is_empty()).then(|| words.to_owned())
}

/// The commands that `text` may mean, best first.
pub fn search(model: &Model, text: &str) -> Vec<&'static Command> {
    let rows = TABLE
        .iter()
        .filter(|row| offered(row) && reaches(model, row));
    if let Some((named, _)) = named(text) {
        return rows.filter(|row| row.action == named.action).collect();
    }
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

/// What `text` may be completed to: names of commands, or what the command named takes.
pub fn completions(model: &Model, text: &str) -> Vec<String> {
    let found = search(model, text);
    if let Some((row, words)) = named(text) {
        let known = found.iter().any(|found| found.action == row.action);
        let words = if known {
            arguments(model, row, words)
        } else {
            Vec::new()
        };
        return words.iter().map(|w| format!("{} {w}", row.id)).collect();
    }
    let whole = found.iter().position(|row| row.id == text.trim());
    let rows = match whole {
        Some(place) => &found[place..=place],
        None => &found[..],
    };
    rows.iter()
        .map(|row| match row.takes {
            Takes::Nothing => row.id.to_owned(),
            _ => format!("{} ", row.id),
        })
        .collect()
}

/// What Tab goes through behind a command's name, and which of it stands in the field.
pub fn suggestions(model: &Model, search: &Search) -> (Vec<String>, Option<usize>) {
    let text = search.input.value();
    let behind = |text: &str| {
        let all = completions(model, text).into_iter();
        all.filter_map(|whole| argument(&whole)).collect::<Vec<_>>()
    };
    if named(text).is_none() {
        return (Vec::new(), None);
    }
    if let Some((stem, place)) = search
        .tab
        .as_ref()
        .filter(|(stem, _)| named(stem).is_some())
    {
        let all = behind(stem);
        if all.len() > 1 {
            return (all, Some(*place));
        }
    }
    (behind(text), None)
}

fn arguments(model: &Model, row: &Command, words: &str) -> Vec<String> {
    let begins = |text: &String| text.to_lowercase().starts_with(&words.to_lowercase());
    let all: Vec<String> = match row.takes {
        Takes::Choice | Takes::Reason => choices(model, row.action),
        Takes::Filter => return filter_words(model.filtered(), words),
        Takes::Order => {
            let rows = &model.orders.rows;
            let invoices = rows.iter().map(|row| row.invoice.to_string());
            let references = rows.iter().map(|row| row.reference.to_string());
            invoices.chain(references).collect()
        }
        Takes::Sku => {
            let rows = &model.stock.rows;
            rows.iter().map(|row| row.sku.to_string()).collect()
        }
        Takes::Nothing | Takes::Code | Takes::Words => Vec::new(),
    };
    all.into_iter().filter(begins).take(SUGGESTED_MAX).collect()
}

/// The last word of a filter, completed: a field, or what the field can be.
fn filter_words(of: Filtered, words: &str) -> Vec<String> {
    let (head, last) = match words.rsplit_once(' ') {
        Some((head, last)) => (format!("{head} "), last),
        None => (String::new(), words),
    };
    let bare = last.trim_start_matches(['-', '!']);
    let sign = last.strip_suffix(bare).unwrap_or_default();
    let all = match of {
        Filtered::Orders => order_words(),
        Filtered::Stock => StockFilter::words(),
        Filtered::Feed | Filtered::Order => FeedFilter::words(),
        Filtered::Dock => ParcelFilter::words(),
    };
    all.into_iter()
        .filter(|word| word.starts_with(&bare.to_lowercase()))
        .map(|word| format!("{head}{sign}{word}"))
        .collect()
}

fn order_words() -> Vec<String> {
    let fields = Field::ALL.iter().map(|(_, name)| format!("{name}:"));
    let stages = Stage::ALL.iter().map(|s| format!("stage:{}", s.word()));
    let kinds = Attention::ALL
        .iter()
        .map(|kind| format!("is:{}", attention_word(*kind)));
    let more = [
        "pay:cod",
        "pay:prepaid",
        "age>",
        "for>",
        "due<",
        "pieces>",
        "value>",
    ];
    let more = more.into_iter().map(str::to_owned);
    fields.chain(stages).chain(kinds).chain(more).collect()
}

/// The commands whose key, name or help contains every word of `text`, in table order.
pub fn help(text: &str, keymap: &Keymap) -> Vec<&'static Command> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    TABLE
        .iter()
        .filter(|row| {
            let keys = keymap.keys(row.action).iter();
            let keys: Vec<String> = keys.map(|key| format!("{key} {}", key.short())).collect();
            let keys = keys.join(" ");
            let hay = format!("{} {} {} {} {keys}", row.id, row.title, row.help, row.group);
            let hay = hay.to_lowercase();
            words.iter().all(|word| hay.contains(word.as_str()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{fixture::now, model::Setup};

    #[test]
    fn a_few_letters_find_the_command() {
        let model = Model::new(Setup::default(), (80, 24), now());
        for (text, id) in [
            ("manif", "manifest"),
            ("nxt", "next-step"),
            ("push", "push-stock"),
            ("whynot", "why-not"),
        ] {
            let found = search(&model, text);
            assert_eq!(found.first().map(|r| r.id), Some(id), "{text}");
        }
        assert!(search(&model, "zzzzzz").is_empty());
        assert!(search(&model, "").len() > 20);
    }

    #[test]
    fn help_is_found_by_its_key() {
        for (key, id) in [
            ("ctrl-t", "take-back"),
            ("^T", "take-back"),
            ("*", "mark-matching"),
        ] {
            let found = help(key, &Keymap::default());
            assert!(found.iter().any(|row| row.id == id), "{key}");
            assert!(found.len() < 10, "{key}: {}", found.len());
        }
    }

    #[test]
    fn the_last_word_of_a_filter_is_completed() {
        let orders = |text| filter_words(Filtered::Orders, text);
        assert_eq!(orders("pune cou"), ["pune courier:"]);
        assert_eq!(orders("-stage:r")[0], "-stage:ready");
        assert_eq!(orders("is:par"), ["is:parked"]);
        assert_eq!(filter_words(Filtered::Stock, "di"), ["diff>"]);
        assert_eq!(
            filter_words(Filtered::Feed, "pune -call:b"),
            ["pune -call:book"]
        );
        assert_eq!(filter_words(Filtered::Order, "lev").len(), 4);
        assert_eq!(filter_words(Filtered::Dock, "state:mi"), ["state:missing"]);
    }
}
