//! The band: what stands in Confirmed, the next pickup, what needs a person. Always in sight: what is
//! wrong with the engine stands before it and never in its place.

use super::{
    pen::{Line, Span, columns, span},
    words,
};
use crate::{
    console::{commands::Action, look::Tone, model::Model},
    handle::{EngineState, Overview},
};

/// Columns in which the beginning of an alarm still says something.
const ALARM_MIN: usize = 30;

/// Columns of "  ! 9 alarms".
const ALARM_COUNT: usize = 12;

/// Minutes before the pickup from which orders still in Confirmed make the band loud.
const PICKUP_SOON_MIN: i64 = 30;

/// Who reads it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// An operator: reasons, names and keys help.
    Operator,
    /// Whoever passes the wall: nobody's name, no words of others, no keys.
    Wall,
}

/// The band. Second: whether it is loud.
pub fn band(model: &Model, width: usize, reader: Reader) -> (Line, bool) {
    let state = state(model, reader);
    let Some(o) = &model.overview else {
        let says = state.first().map_or(String::new(), |s| format!(" {s}"));
        return (vec![span(says, Tone::Loud)], !state.is_empty());
    };
    let (words, old) = confirmed(model, o, width, reader);
    let loud = old || !state.is_empty();
    let sign = match (&model.gone, loud) {
        (Some(_), _) => format!(" {} ", model.setup.look.glyphs.failed),
        (None, true) => " ! ".to_owned(),
        (None, false) => " ".to_owned(),
    };
    let needs = needs(model, o, reader);
    let room = if o.alarms.is_empty() {
        width
    } else {
        width.saturating_sub(ALARM_COUNT)
    };
    let mut line = vec![span(sign, Tone::Loud)];
    line.extend(fitted(&state, &words, &needs, room));
    let taken: usize = line.iter().map(|(text, _)| columns(text)).sum();
    line.extend(alarms(model, o, width.saturating_sub(taken), reader));
    (line, loud)
}

/// The fullest words that fit: first those of the engine's state are kept, then those of the rest.
fn fitted(state: &[String], words: &[Words], needs: &[String; 3], room: usize) -> Vec<Span> {
    let none = [String::new()];
    let states = if state.is_empty() { &none[..] } else { state };
    // The shortest words lack the time of the pickup: taken where nothing else fits.
    let full = words.len().saturating_sub(1);
    let full_first = [0..full, full..words.len()];
    let mut last = Vec::new();
    for forms in full_first {
        for (state, i) in states
            .iter()
            .flat_map(|s| forms.clone().map(move |i| (s, i)))
        {
            let need = &needs[words[i].beside as usize];
            let gap = if state.is_empty() { "" } else { "  " };
            last = vec![
                span(format!("{state}{gap}"), Tone::Loud),
                span(words[i].says.as_str(), Tone::Strong),
                span(need.as_str(), Tone::Bad),
            ];
            let sum: usize = last.iter().map(|(text, _)| columns(text)).sum();
            if sum + 3 <= room {
                return last;
            }
        }
    }
    last
}

/// What is wrong with the engine, the fullest words first; empty where nothing is.
fn state(model: &Model, reader: Reader) -> Vec<String> {
    let key = |action| model.setup.keymap.hint(action);
    if let Some(gone) = &model.gone {
        let since = format!("NO ENGINE since {}", words::clock(model.zone(), gone.since));
        let old = format!("{since}, figures are old");
        return match reader {
            Reader::Wall => vec![old, since, "NO ENGINE".to_owned()],
            Reader::Operator => vec![
                format!("{since}: {}; figures are old", gone.says),
                old,
                since,
                "NO ENGINE".to_owned(),
            ],
        };
    }
    match (model.overview.as_ref().map(|o| &o.engine), reader) {
        (Some(EngineState::Stopped { .. }), Reader::Wall) => {
            vec!["ENGINE STOPPED".to_owned(), "STOPPED".to_owned()]
        }
        (Some(EngineState::Stopped { says }), Reader::Operator) => {
            let key = key(Action::Status);
            vec![
                format!("ENGINE STOPPED: {says}"),
                format!("ENGINE STOPPED ({key} says why)"),
                format!("STOPPED ({key})"),
                "STOPPED".to_owned(),
            ]
        }
        (Some(EngineState::Paused { .. }), Reader::Wall) => vec!["PAUSED".to_owned()],
        (Some(EngineState::Paused { by }), Reader::Operator) => {
            let key = key(Action::Pause);
            let who = format!("PAUSED by {}: {}", by.by, by.reason);
            vec![
                format!("{who}  ({key} resumes)"),
                who,
                format!("PAUSED ({key} resumes)"),
                format!("PAUSED ({key})"),
                "PAUSED".to_owned(),
            ]
        }
        _ => Vec::new(),
    }
}

/// What needs a person and whose outcome is not known, in full, shorter and short; empty where nothing is.
fn needs(model: &Model, o: &Overview, reader: Reader) -> [String; 3] {
    let who = match reader {
        Reader::Wall => "need a person",
        Reader::Operator => "need you",
    };
    let said = |n: u64, what: &str| (n > 0).then(|| format!("{n} {what}"));
    let parts = [said(o.need_a_person(), who), said(o.unknown(), "unknown")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let Some(first) = parts.first() else {
        return <[String; 3]>::default();
    };
    let key = match reader {
        Reader::Wall => String::new(),
        Reader::Operator => format!(" ({})", model.setup.keymap.hint(Action::Exceptions)),
    };
    [
        format!("   {}{key}", parts.join(", ")),
        format!("   {first}{key}"),
        format!("  {first}"),
    ]
}

/// Alarms in their own words where there is room for them, or how many there are.
fn alarms(model: &Model, o: &Overview, room: usize, reader: Reader) -> Vec<Span> {
    if o.alarms.is_empty() {
        return Vec::new();
    }
    let what = if o.alarms.len() == 1 {
        "alarm"
    } else {
        "alarms"
    };
    if reader == Reader::Wall {
        return vec![span(format!("   ! {} {what}", o.alarms.len()), Tone::Bad)];
    }
    let words: Vec<String> = o.alarms.iter().map(|says| format!("   ! {says}")).collect();
    let need: usize = words.iter().map(|text| columns(text)).sum();
    if need <= room || (words.len() == 1 && room >= ALARM_MIN) {
        return words
            .into_iter()
            .map(|text| span(text, Tone::Bad))
            .collect();
    }
    let key = model.setup.keymap.hint(Action::Status);
    let long = format!("   ! {} {what} ({key})", words.len());
    let says = if columns(&long) <= room {
        long
    } else {
        format!("  ! {} {what}", words.len())
    };
    vec![span(says, Tone::Bad)]
}

/// One of several ways to say the same.
struct Words {
    says: String,
    /// How what needs a person is said beside it.
    beside: Beside,
}

impl Words {
    fn new(says: String, beside: Beside) -> Self {
        Self { says, beside }
    }
}

/// How much is said of what needs a person.
#[derive(Clone, Copy)]
enum Beside {
    /// All of it.
    All,
    /// The first of it, and the key.
    Key,
    /// The first of it.
    Count,
}

/// How many, the oldest, what missed its pickup and the next one: the fullest words first. Second:
/// whether that is loud.
fn confirmed(model: &Model, o: &Overview, width: usize, reader: Reader) -> (Vec<Words>, bool) {
    let now = model.now;
    let band = &o.confirmed;
    let pickup = o.schedule.cut_off_at.map(|at| {
        let left = (at - now).num_minutes();
        (words::clock(model.zone(), at), left)
    });
    let pickup_words = |next: &str, clock: bool, full: bool| match &pickup {
        None => String::new(),
        Some((at, left)) if *left < 0 && full => format!(", pickup {at} has passed"),
        Some((at, left)) if *left < 0 => format!(", pickup {at} passed"),
        Some((at, left)) => {
            let at = if clock {
                format!(" {at}")
            } else {
                String::new()
            };
            format!(", {next}pickup{at} in {}", words::minutes(*left))
        }
    };
    let next = if width < 90 { "" } else { "next " };
    if band.count == 0 {
        let words = |next, clock| format!("0 in Confirmed{}", pickup_words(next, clock, true));
        return (
            vec![
                Words::new(words(next, true), Beside::All),
                Words::new(words("", true), Beside::All),
                Words::new(words("", true), Beside::Key),
                Words::new(words("", false), Beside::Count),
            ],
            false,
        );
    }
    let oldest = band.oldest_since.map(|at| (now - at).num_minutes());
    let age = oldest.map_or(String::new(), |min| {
        if min < 60 {
            format!(", oldest {} min", min.max(0))
        } else {
            format!(", oldest {}", words::minutes(min))
        }
    });
    let missed = band.missed_at.map_or(String::new(), |at| {
        let at = words::clock(model.zone(), at);
        format!(", {} MISSED the {at} pickup", band.missed)
    });
    let short_age = |before: &str, after: &str| {
        oldest.map_or(String::new(), |min| {
            format!("{before}{}{after}", words::minutes(min))
        })
    };
    let short_missed = band
        .missed_at
        .map_or(String::new(), |_| format!(", {} MISSED", band.missed));
    let n = band.count;
    let full = |open: &str, next, beside| {
        let pickup = pickup_words(next, true, true);
        Words::new(
            format!("{n} in Confirmed{age}{open}{missed}{pickup}"),
            beside,
        )
    };
    let brief = |age: String, clock| {
        let pickup = pickup_words("", clock, false);
        Words::new(
            format!("{n} Confirmed{age}{short_missed}{pickup}"),
            Beside::Count,
        )
    };
    let mut words = vec![
        full("", next, Beside::All),
        full("", "", Beside::All),
        full("", "", Beside::Key),
        brief(short_age(", oldest ", ""), true),
        brief(short_age(" (", ")"), true),
        brief(short_age(" ", ""), false),
    ];
    if reader == Reader::Operator && oldest.is_some() {
        let key = model.setup.keymap.hint(Action::OldestConfirmed);
        words.insert(0, full(&format!(" ({key})"), next, Beside::All));
    }
    let soon = pickup.is_some_and(|(_, left)| left < PICKUP_SOON_MIN);
    let old = oldest.is_some_and(|min| min >= model.setup.loud_after_min);
    (words, old || soon || band.missed > 0)
}
