//! What the engine does next, by the console's own clock: a time that is past is no promise.

use chrono::Datelike;

use crate::{
    console::{commands::Action, model::Model},
    domain::{
        Stamp,
        schedule::{Due, Work},
    },
    handle::{Again, AgainWhat, EngineState, StepView, StockRow},
};

/// Seconds that an engine which works may take for what is due.
const PROMPT_S: i64 = 60;

/// What a step says, and what comes of it.
pub fn step_says(model: &Model, step: &StepView) -> String {
    joined(
        step.says.as_str(),
        step.again.as_ref().map(|next| again(model, next)),
    )
}

/// What a SKU says, and what comes of it.
pub fn stock_says(model: &Model, row: &StockRow) -> String {
    joined(
        row.note.as_str(),
        row.again.as_ref().map(|next| again(model, next)),
    )
}

fn joined(says: &str, next: Option<String>) -> String {
    match next {
        None => says.to_owned(),
        Some(next) if says.is_empty() => next,
        Some(next) => format!("{says}; {next}"),
    }
}

/// What holds the engine, if anything does. Reading what came of a call goes on during a pause.
fn held(model: &Model, what: AgainWhat) -> Option<&'static str> {
    if model.gone.is_some() {
        return Some("waits: no engine");
    }
    match model.overview.as_ref().map(|o| &o.engine) {
        Some(EngineState::Stopped { .. }) => Some("waits: the engine has stopped"),
        Some(EngineState::Paused { .. }) if what != AgainWhat::Look => {
            Some("waits: the engine is paused")
        }
        _ => None,
    }
}

fn again(model: &Model, next: &Again) -> String {
    if let Some(says) = held(model, next.what) {
        return says.to_owned();
    }
    if next.by_hand && next.what != AgainWhat::Look {
        let key = model.setup.keymap.hint(Action::NextStep);
        return format!("by hand: {key} tries it again");
    }
    let at = time(model, next.at);
    let past = (model.now - next.at).num_seconds();
    match next.what {
        AgainWhat::Retry if past >= PROMPT_S => format!("overdue since {at}"),
        AgainWhat::Retry if past >= 0 => "tried again now".to_owned(),
        AgainWhat::Retry => format!("again at {at}"),
        AgainWhat::Look if past >= PROMPT_S => format!("reading it is overdue since {at}"),
        AgainWhat::Look if past >= 0 => "read again now".to_owned(),
        AgainWhat::Look => format!("read again at {at}"),
        AgainWhat::Manifest if past >= PROMPT_S => format!("its manifest is overdue since {at}"),
        AgainWhat::Manifest if past >= 0 => "its manifest follows now".to_owned(),
        AgainWhat::Manifest => format!("its manifest follows by {at}"),
    }
}

/// The engine's next work on an order. When a manifest is made, its step knows.
pub fn due(model: &Model, due: &Due, steps: &[StepView]) -> String {
    let call = due.call;
    let mut told = steps.iter().filter_map(|step| step.again.as_ref());
    if due.work == Work::Manifest
        && let Some(next) = told.find(|next| next.what == AgainWhat::Manifest)
    {
        return format!("engine's next: {}", again(model, next));
    }
    let what = match due.work {
        Work::Reconcile => AgainWhat::Look,
        Work::Manifest => AgainWhat::Manifest,
        _ => AgainWhat::Retry,
    };
    if let Some(says) = held(model, what) {
        return format!("engine's next: {call}; {says}");
    }
    let at = time(model, due.at);
    if (model.now - due.at).num_seconds() < PROMPT_S {
        return format!("engine's next: {call} from {at}");
    }
    match model.overview.as_ref().map(|o| &o.engine) {
        Some(EngineState::ByHand) if what != AgainWhat::Look => {
            let key = model.setup.keymap.hint(Action::NextStep);
            format!("next: {call}, waiting since {at}; {key} does it where the engine may not")
        }
        _ => format!("engine's next: {call}, its turn since {at}"),
    }
}

/// The time of day, with the day where it is another one.
fn time(model: &Model, at: Stamp) -> String {
    let (now, at) = (
        model.now.with_timezone(&model.zone()),
        at.with_timezone(&model.zone()),
    );
    if now.num_days_from_ce() == at.num_days_from_ce() {
        at.format("%H:%M:%S").to_string()
    } else {
        at.format("%d %b %H:%M").to_string()
    }
}
