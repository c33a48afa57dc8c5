//! What the operator's own commands have come to.

use crate::console::model::Model;

/// How far they are, as far as the engine has said; nothing where none is under way.
pub fn under_way(model: &Model) -> Option<String> {
    // What an engine that is gone said last is not how far it is.
    let overview = model.overview.as_ref().filter(|_| model.gone.is_none());
    let runs = overview.iter().flat_map(|o| o.runs.iter());
    let mine = runs.filter(|run| run.by.as_str() == model.setup.operator.as_str());
    let mut says: Vec<String> = mine
        .map(|run| format!("{}: {}", run.title, run.says()))
        .collect();
    let others = (model.sent as usize).saturating_sub(says.len());
    match (says.len(), others) {
        (_, 0) => {}
        (0, n) => says.push(format!("{n} under way")),
        (_, n) => says.push(format!("{n} more under way")),
    }
    (!says.is_empty()).then(|| says.join("; "))
}
