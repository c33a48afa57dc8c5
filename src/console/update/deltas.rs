//! What the engine says by itself, and the passing of time.

use super::{Effect, asks, find, follow, load, orders, sku};
use crate::{
    console::model::{Gone, Model, Part, Ring},
    domain::Clean,
    handle::{Delta, Level},
};

/// Seconds without a key after which nobody is taken to be reading. With the clock's minute the feed is
/// then folded in, and lists whose cursor was left on the first row begin with what is first now: an
/// unattended screen shows what is new and what presses.
const UNATTENDED_S: i64 = 120;

pub fn delta(model: &mut Model, delta: Delta, out: &mut Vec<Effect>) {
    match delta {
        Delta::Changed {
            overview,
            orders,
            tracking,
            stock,
        } => {
            model.gone = None;
            model.overview = Some(*overview);
            model.overview_at = Some(model.now);
            still_true(model, (!orders, !tracking, !stock));
            asks::lists(model, (orders, tracking, stock), out);
            if orders {
                follow::ask(model, out);
                load::ask(model, out);
                orders::ask_why_again(model, out);
            }
            if stock {
                sku::ask(model, out);
            }
        }
        Delta::Notice { level, says } => notice(model, level, says, out),
        Delta::Stopping { says } => {
            let says = Clean::new(&format!("the engine stops: {says}"));
            notice(model, Level::Bad, says.clone(), out);
            model.gone = Some(Gone {
                since: model.now,
                says,
            });
        }
    }
}

/// Panes that the engine did not call out of date are as fresh as its word.
pub fn still_true(model: &mut Model, which: (bool, bool, bool)) {
    let now = model.now;
    let touch = |read_at: &mut Option<_>, behind: bool| {
        if read_at.is_some() && !behind {
            *read_at = Some(now);
        }
    };
    if which.0 {
        touch(&mut model.orders.read_at, model.orders.behind);
        touch(&mut model.steps.read_at, model.steps.behind);
        if let Some(load) = model.dock_mut() {
            touch(&mut load.read_at, load.behind);
        }
    }
    if which.1 {
        touch(&mut model.feed.read_at, model.feed.behind);
    }
    if which.2 {
        touch(&mut model.stock.read_at, model.stock.behind);
    }
}

pub fn notice(model: &mut Model, level: Level, says: Clean, out: &mut Vec<Effect>) {
    if level == Level::Bad {
        load::ring(model, Ring::NeedsYou, out);
    }
    model.pass_on(level, says);
}

pub fn gone(model: &mut Model, says: Clean, out: &mut Vec<Effect>) {
    if model.gone.is_some() {
        return;
    }
    notice(model, Level::Bad, says.clone(), out);
    model.gone = Some(Gone {
        since: model.now,
        says,
    });
}

/// An engine that was gone answers: whatever is on the screen is asked for again.
pub fn returned(model: &mut Model, out: &mut Vec<Effect>) {
    model.gone = None;
    notice(model, Level::Good, "the engine answers again".into(), out);
    asks::everything(model, out);
}

pub fn tick(model: &mut Model, out: &mut Vec<Effect>) {
    // The heartbeat: an engine that does not answer this is not there, however quiet the day is.
    asks::overview(model, out);
    asks::troubles(model, out);
    // What could not be read when it changed is read now.
    let behind = (
        model.orders.behind || model.steps.behind,
        model.feed.behind,
        model.stock.behind,
    );
    asks::lists(model, behind, out);
    asks::fill_feed(model, out);
    let unattended = (model.now - model.key_at).num_seconds() >= UNATTENDED_S;
    if !unattended || !model.layers.is_empty() {
        return;
    }
    if !model.feed.waiting.is_empty() {
        model.feed.fold_in();
        asks::fill_feed(model, out);
    }
    if model.orders.left_top() && model.marks.is_empty() {
        let was = model.orders.selected;
        find::list_again(model, out);
        model.orders.lost = was.map(|id| (model.now, id));
    }
    if model.stock.left_top() {
        model.stock.restart();
        asks::stock(model, Part::Start, out);
    }
}
