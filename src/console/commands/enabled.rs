//! Why a command is not available now. The gate has the last word on order actions; these reasons
//! only spare a question whose answer is on the screen already.

use crate::{
    domain::{Stage, record::Attention},
    handle::{EngineState, OrderView, StepState, StepView},
};

use super::super::model::{Layer, Model, Pane};

#[expect(clippy::unnecessary_wraps, reason = "it has the shape of its siblings")]
pub fn always(_: &Model) -> Result<(), String> {
    Ok(())
}

pub fn an_order(model: &Model) -> Result<(), String> {
    if model.targets().is_empty() {
        return Err("no order is selected".to_owned());
    }
    Ok(())
}

pub fn one_order(model: &Model) -> Result<(), String> {
    match model.cursor_order() {
        Some(_) => Ok(()),
        None if model.trouble().is_some() => Err("the cursor is on no order".to_owned()),
        None => Err("no order is selected".to_owned()),
    }
}

pub fn some_confirmed(model: &Model) -> Result<(), String> {
    match model.oldest_confirmed() {
        Some(_) => Ok(()),
        None => Err("no order stands in Confirmed".to_owned()),
    }
}

pub fn openable(model: &Model) -> Result<(), String> {
    if model.focus == Pane::Feed {
        return match model.feed.selected_line() {
            Some(line) if line.invoice.is_some() => Ok(()),
            Some(_) => Err("this line is about no order".to_owned()),
            None => Err("the feed is empty".to_owned()),
        };
    }
    if model.focus == Pane::Stock && model.layers.is_empty() {
        return match model.stock.selected {
            Some(_) => Ok(()),
            None => Err("no SKU is selected".to_owned()),
        };
    }
    if model.trouble().is_some() && model.layers.is_empty() {
        return Ok(());
    }
    one_order(model)
}

pub fn found(model: &Model) -> Result<(), String> {
    match model.layers.last() {
        Some(Layer::Scan(scan)) if scan.found().is_some() => Ok(()),
        _ => Err("scan a code of one order first".to_owned()),
    }
}

pub fn not_ended(model: &Model) -> Result<(), String> {
    an_order(model)?;
    match model.single_row() {
        Some(row) if row.stage == Stage::Cancelled => {
            Err("the order is cancelled: it will not ship".to_owned())
        }
        Some(row) if row.stage.is_final() => {
            Err(format!("the order is {}: nothing is left to do", row.stage))
        }
        _ => Ok(()),
    }
}

pub fn retry(model: &Model) -> Result<(), String> {
    // An AWB that will not travel is tried again after its order has ended.
    match model.single_row().and_then(|row| row.attention) {
        Some(Attention::OrphanAwb) => an_order(model)?,
        _ => not_ended(model)?,
    }
    if let Some(view) = model.single_view() {
        return view.record.may_retry().map_err(|why| why.to_string());
    }
    match model.single_row() {
        Some(row) if row.attention.is_none() => Err("nothing is known to have failed".to_owned()),
        _ => Ok(()),
    }
}

pub fn next_step(model: &Model) -> Result<(), String> {
    not_ended(model)?;
    model.single_view().map_or(Ok(()), next_of)
}

/// The same for an order that is not under the cursor.
pub fn next_of(view: &OrderView) -> Result<(), String> {
    if let Some(hold) = &view.record.hold {
        return Err(format!("held by {}: {}", hold.by, hold.reason));
    }
    if let Some(park) = &view.record.park {
        return Err(format!("parked: {}", park.reason.describe()));
    }
    if let Some(step) = view.steps.iter().find(|s| s.state == StepState::Unknown) {
        return Err(format!(
            "{}: sent, outcome not known; it is read before anything is sent again",
            step.step
        ));
    }
    let before_truck = |s: &&StepView| (2..=5).contains(&s.step.number());
    let running = |s: &&StepView| s.state == StepState::Running;
    if let Some(step) = view.steps.iter().filter(before_truck).find(running) {
        return Err(format!("{}: {}", step.step, step.says));
    }
    Ok(())
}

pub fn hold(model: &Model) -> Result<(), String> {
    not_ended(model)?;
    if let Some(view) = model.single_view() {
        return view.record.may_hold().map_err(|why| why.to_string());
    }
    match model.single_row() {
        Some(row) if row.stage.is_manifested() => Err(format!(
            "the order is {}: a hold would stop nothing",
            row.stage
        )),
        _ => Ok(()),
    }
}

pub fn decide(model: &Model) -> Result<(), String> {
    one_order(model)?;
    let Some(invoice) = model.cursor_order() else {
        return Ok(());
    };
    match model.view_of(invoice) {
        Some(view) if view.record.park.is_some() => Ok(()),
        Some(view) => view.record.may_park().map_err(|why| why.to_string()),
        None => Ok(()),
    }
}

pub fn release(model: &Model) -> Result<(), String> {
    an_order(model)?;
    let not_held = || Err("the order is not held".to_owned());
    if let Some(view) = model.single_view() {
        return view.record.may_release().or_else(|_| not_held());
    }
    match model.single_row() {
        Some(row) if row.attention.is_none() => not_held(),
        _ => Ok(()),
    }
}

pub fn track(model: &Model) -> Result<(), String> {
    an_order(model)?;
    match model.single_row() {
        Some(row) if !row.stage.is_manifested() => Err(format!(
            "the order is {}: the carrier is asked after the manifest",
            row.stage
        )),
        _ => Ok(()),
    }
}

pub fn flags(model: &Model) -> Result<(), String> {
    one_order(model)?;
    match model.cursor_order().and_then(|id| model.view_of(id)) {
        Some(view) if view.record.trail.flags.is_empty() && !view.record.is_cancelled_late() => {
            Err(
                "the order has no tracking flags, and was not cancelled after its manifest"
                    .to_owned(),
            )
        }
        _ => Ok(()),
    }
}

pub fn awb(model: &Model) -> Result<(), String> {
    one_order(model)?;
    match model.cursor_order().and_then(|id| model.row_of(id)) {
        Some(row) if row.awb.is_none() => Err("the order has no AWB yet".to_owned()),
        _ => Ok(()),
    }
}

pub fn manifest(model: &Model) -> Result<(), String> {
    match &model.overview {
        Some(o) if o.stages.get(&Stage::Ready).copied().unwrap_or(0) == 0 => {
            Err("no order is ready for a manifest".to_owned())
        }
        _ => engine_runs(model),
    }
}

pub fn stock(model: &Model) -> Result<(), String> {
    match &model.overview {
        Some(o) if !o.stock.setting_on => Err(
            "\"Update Available Inventory Only\" is not known to be ON (raftaar.toml: inventory.update_available_only)"
                .to_owned(),
        ),
        _ => engine_runs(model),
    }
}

pub fn a_sku(model: &Model) -> Result<(), String> {
    match model.sku_meant() {
        None => {
            Err("put the cursor on a SKU: in the inventory, or among what needs you".to_owned())
        }
        Some(_) => engine_runs(model),
    }
}

pub fn engine_runs(model: &Model) -> Result<(), String> {
    match model.overview.as_ref().map(|o| &o.engine) {
        Some(EngineState::Stopped { says }) => Err(format!("the engine stands still: {says}")),
        _ => Ok(()),
    }
}

pub fn some_marks(model: &Model) -> Result<(), String> {
    if model.marks.is_empty() {
        return Err("no order is marked".to_owned());
    }
    Ok(())
}

pub fn last_mark(model: &Model) -> Result<(), String> {
    let held = model
        .last_mark
        .is_some_and(|id| model.orders.rows.iter().any(|row| row.invoice == id));
    if held {
        Ok(())
    } else {
        Err("mark the other end first".to_owned())
    }
}

pub fn new_lines(model: &Model) -> Result<(), String> {
    if !model.feed.has_new() {
        return Err("the feed has nothing new".to_owned());
    }
    Ok(())
}

pub fn some_lists(model: &Model) -> Result<(), String> {
    if model.saved.is_empty() {
        return Err("no list is saved".to_owned());
    }
    Ok(())
}

pub fn something_to_undo(model: &Model) -> Result<(), String> {
    if model.undo.is_empty() {
        return Err("you have done nothing here that can be undone".to_owned());
    }
    Ok(())
}
