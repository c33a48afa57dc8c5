//! Actions on the warehouse as a whole: manifests, stock, reading, pausing.

use super::{
    Effect, Ticket, asks,
    orders::{ask_first, reason, send},
};
use crate::{
    console::{
        commands::Action,
        model::{About, Layer, Model, Purpose},
    },
    domain::{Sku, inventory::DiffState},
    handle::{Command, EngineState, Level, Query, StockRow},
};

pub fn act(model: &mut Model, action: Action, out: &mut Vec<Effect>) {
    match action {
        Action::Manifest => manifest(model, out),
        Action::PushStock => push_stock(model, out),
        Action::LeaveOut => leave_out(model, out),
        Action::ReadStock => send(model, Command::ReadStock, out),
        Action::FetchNow => send(model, Command::FetchNow, out),
        Action::Pause => pause(model, out),
        _ => {}
    }
}

fn manifest(model: &mut Model, out: &mut Vec<Effect>) {
    let command = Command::ManifestNow { group: None };
    let title = "Generate the manifests now?".to_owned();
    ask_first(model, title, command, true, out);
    let serial = model.serial;
    asks::push(out, Ticket::Plan { serial }, Query::ManifestPlan);
}

/// All groups of the manifest in question, or one of them: the engine counts anew.
pub fn choose_group(model: &mut Model, by: isize, out: &mut Vec<Effect>) {
    let serial = model.next_serial();
    let Some(Layer::Confirm(confirm)) = model.layers.last_mut() else {
        return;
    };
    let (Some(plan), Purpose::Send(Command::ManifestNow { group })) =
        (&confirm.plan, &mut confirm.what)
    else {
        return;
    };
    // 0 is all of them.
    let place = group.as_ref().map_or(0, |group| {
        let at = plan.iter().position(|p| p.group == *group);
        at.map_or(0, |at| at + 1)
    });
    let next = place.saturating_add_signed(by).min(plan.len());
    if next == place {
        return;
    }
    *group = next.checked_sub(1).map(|at| plan[at].group.clone());
    let command = Command::ManifestNow {
        group: group.clone(),
    };
    confirm.serial = serial;
    confirm.preview = None;
    confirm.input = tui_input::Input::default();
    confirm.scroll = 0;
    out.push(Effect::Ask(
        Box::new(Ticket::Preview { serial }),
        Box::new(crate::handle::Ask::Preview { command }),
    ));
}

fn push_stock(model: &mut Model, out: &mut Vec<Effect>) {
    let sku = model.sku_meant();
    push(model, sku, out);
}

/// Pushes the SKU with this name, and nothing else.
pub fn push_named(model: &mut Model, name: &str, out: &mut Vec<Effect>) {
    match known_sku(model, name) {
        Ok(sku) => push(model, Some(sku), out),
        Err(why) => model.notify(Level::Warn, why),
    }
}

/// The SKU with this name, as the warehouse writes it. One that is not among the rows held is taken at
/// its word where more rows exist: the engine says if there is none.
pub fn known_sku(model: &Model, name: &str) -> Result<Sku, String> {
    let stock = &model.stock;
    let same = |row: &&StockRow| row.sku.as_str().eq_ignore_ascii_case(name);
    let exact = stock.rows.iter().find(|row| row.sku.as_str() == name);
    if let Some(row) = exact.or_else(|| stock.rows.iter().find(same)) {
        return Ok(row.sku.clone());
    }
    let all = stock.read_at.is_some()
        && model.stock_wanted.is_empty()
        && !stock.more_before
        && !stock.more_after;
    if all || name.contains(' ') {
        return Err(format!("no SKU here is called {name}: nothing was pushed"));
    }
    Ok(Sku::new(name))
}

fn push(model: &mut Model, sku: Option<Sku>, out: &mut Vec<Effect>) {
    let never = |sku: &Sku| {
        let mut rows = model.stock.rows.iter();
        rows.any(|row| row.sku == *sku && row.state == DiffState::NotOurs)
    };
    if let Some(sku) = sku.as_ref().filter(|sku| never(sku)) {
        let says = format!("{sku} was never counted here: drop a stock file that lists it");
        return model.notify(Level::Warn, says);
    }
    let title = match &sku {
        Some(sku) => format!("Push {sku} to EasyEcom now?"),
        None => "Push all stock that waits to EasyEcom now?".to_owned(),
    };
    let skus = sku.into_iter().collect();
    ask_first(model, title, Command::PushStock { skus }, true, out);
}

fn leave_out(model: &mut Model, out: &mut Vec<Effect>) {
    let Some(sku) = model.sku_meant() else {
        return;
    };
    if model.is_left_out(&sku) {
        let title = format!("Push {sku} to EasyEcom again?");
        ask_first(
            model,
            title,
            Command::TakeIn { skus: vec![sku] },
            false,
            out,
        );
    } else {
        reason(model, About::LeaveOut(sku));
    }
}

fn pause(model: &mut Model, out: &mut Vec<Effect>) {
    let paused = model.overview.as_ref().and_then(|o| match &o.engine {
        EngineState::Paused { by } => Some(by.clone()),
        _ => None,
    });
    match paused {
        Some(by) => {
            let title = format!("Resume? Paused by {}: {}", by.by, by.reason);
            ask_first(model, title, Command::Resume, false, out);
        }
        None => reason(model, About::Pause),
    }
}

pub fn status(model: &mut Model, out: &mut Vec<Effect>) {
    model.layers.push(Layer::Status {
        rejected: None,
        scroll: 0,
    });
    asks::rejected(model, out);
}
