//! The dock: each whole code that is scanned is judged and recorded by the engine; nothing is on the
//! truck that the engine did not answer for.

use super::{Effect, Ticket, asks, orders, scan::TWICE_MS};
use crate::{
    console::model::{Layer, Model, Ring, Scanned},
    domain::{Clean, InvoiceId, load::LoadVerdict},
    handle::{Command, CommandReply, Level, ManifestLoad, Query},
};

/// Manifests shown at the dock.
const LOADS_MAX: usize = 40;

/// Opens the dock.
pub fn open(model: &mut Model, out: &mut Vec<Effect>) {
    model.layers.push(Layer::Load(Box::default()));
    ask(model, out);
}

/// Asks for the manifests again, if the dock is open.
pub fn ask(model: &mut Model, out: &mut Vec<Effect>) {
    if let Some(load) = model.dock_mut() {
        load.behind = true;
        asks::push(out, Ticket::Loads, Query::Loads { limit: LOADS_MAX });
    }
}

/// The manifests as they are now.
pub fn loads(model: &mut Model, loads: Vec<ManifestLoad>) {
    let now = model.now;
    if let Some(load) = model.dock_mut() {
        load.take(loads, now);
    }
}

/// A whole code that did not come through the field.
pub fn code(model: &mut Model, code: &str, out: &mut Vec<Effect>) {
    if let Some(load) = model.dock_mut() {
        load.input = code.into();
    }
    enter(model, out);
}

/// Enter: a whole code.
pub fn enter(model: &mut Model, out: &mut Vec<Effect>) {
    let (why_not, now) = (model.dock_closed(), model.now);
    let prefix = model.setup.scan_prefix;
    let Some(load) = model.dock_mut() else {
        return;
    };
    let value = load.input.value();
    let value = prefix.map_or(value, |prefix| value.strip_prefix(prefix).unwrap_or(value));
    let code = Clean::with_limit(value, 120);
    if code.is_empty() {
        return;
    }
    load.input.reset();
    if let Some(why) = why_not {
        load.scanned(Scanned::Failed(Clean::new(&why)), now);
        return ring(model, Ring::Wrong, out);
    }
    let late = match &mut load.too_late {
        Some((known, read_at)) if *known == code => {
            // Counted from the newest reading, as everywhere: a gun that reads without end records nothing.
            let at_once = (now - *read_at).num_milliseconds() < TWICE_MS;
            *read_at = now;
            if at_once {
                load.read_twice = true;
                return ring(model, Ring::Wrong, out);
            }
            true
        }
        _ => false,
    };
    load.waiting = Some(code.clone());
    let manifest = load.chosen;
    let command = Command::Load {
        code,
        manifest,
        late,
    };
    orders::send(model, command, out);
}

/// What came of a scan.
pub fn judged(model: &mut Model, reply: &CommandReply, out: &mut Vec<Effect>) {
    let scan = match &reply.load {
        Some(scan) => Scanned::Judged(scan.clone()),
        None => Scanned::Failed(reply.says.clone()),
    };
    let sound = match &scan {
        Scanned::Judged(scan) => match scan.verdict {
            LoadVerdict::Loaded => Ring::Ok,
            LoadVerdict::Twice { .. } => Ring::Twice,
            _ => Ring::Wrong,
        },
        Scanned::Failed(_) => Ring::Wrong,
    };
    let now = model.now;
    if let Some(load) = model.dock_mut() {
        load.scanned(scan, now);
    }
    ring(model, sound, out);
    ask(model, out);
}

/// The engine did not answer for a scan: it counts as not loaded.
pub fn failed(model: &mut Model, says: &Clean, out: &mut Vec<Effect>) {
    let now = model.now;
    if let Some(load) = model.dock_mut() {
        let says = format!("NOT RECORDED, keep it off the truck and scan it again: {says}");
        load.scanned(Scanned::Failed(Clean::new(&says)), now);
    }
    ring(model, Ring::Wrong, out);
}

/// Rings, where bells are on.
pub fn ring(model: &Model, ring: Ring, out: &mut Vec<Effect>) {
    if model.setup.bell {
        out.push(Effect::Ring(ring));
    }
}

/// Takes the last parcel of this console off the truck again.
pub fn take_back(model: &mut Model, out: &mut Vec<Effect>) {
    let last = model
        .dock_mut()
        .and_then(|load| load.last_loaded()?.invoice);
    match last {
        Some(invoice) => orders::send(model, Command::Unload { invoice }, out),
        None => model.notify(Level::Warn, "this console has put no parcel on a truck"),
    }
}

/// A parcel is off the truck again: its scan is no longer the newest that went on to it.
pub fn taken_back(model: &mut Model, invoice: InvoiceId) {
    if let Some(load) = model.dock_mut() {
        load.trail.retain(|scan| {
            !matches!(scan, Scanned::Judged(s) if s.invoice == Some(invoice) && s.verdict.is_loaded())
        });
    }
}

/// The truck leaves: asked before, with what stays behind.
pub fn hand_over(model: &mut Model, out: &mut Vec<Effect>) {
    let zone = model.zone();
    let chosen = model.dock_mut().and_then(|load| load.manifest().cloned());
    let Some(chosen) = chosen else {
        let says = "choose a manifest first: arrows up and down";
        return model.notify(Level::Warn, says);
    };
    let name = chosen.name();
    let stays = match chosen.missing().count() {
        0 => "nothing stays behind".to_owned(),
        n => format!("{n} STAY BEHIND"),
    };
    let (title, word) = match &chosen.closed {
        Some(closed) => {
            let at = closed.at.with_timezone(&zone).format("%H:%M");
            let title = format!(
                "{name} was handed over at {at} by {}. Once more, as if it left now with {} of {}?",
                closed.by, chosen.loaded, chosen.orders
            );
            (title, Some("again"))
        }
        None if chosen.loaded == 0 => (
            format!("Hand over {name}: NOTHING IS LOADED, {stays}?"),
            Some("empty"),
        ),
        None => {
            let (loaded, all) = (chosen.loaded, chosen.orders);
            let title = format!("Hand over {name}: {loaded} of {all} on the truck, {stays}?");
            (title, None)
        }
    };
    let manifest = chosen.manifest;
    orders::ask_first(model, title, Command::CloseLoad { manifest }, false, out);
    if let Some(Layer::Confirm(confirm)) = model.layers.last_mut() {
        confirm.word = word;
    }
}
