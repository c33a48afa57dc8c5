//! What an event does to the screen, and what is to be done about it. Pure: no I/O, no clock, no
//! async; time comes with the event, work leaves as an effect.

mod answers;
mod asks;
mod deltas;
mod dialogs;
mod edit;
mod find;
mod follow;
mod keys;
mod lists;
mod load;
mod marks;
mod moves;
mod orders;
mod scan;
mod sku;
mod sorting;
mod undo;
mod warehouse;

use super::{
    keymap::Key,
    model::{Model, Part, Ring},
};
use crate::{
    domain::{Clean, InvoiceId, Sku, Stamp, Step},
    handle::{Answer, Ask, Command, Delta},
};

pub use asks::HISTORY_LINES;
pub use dialogs::choices;
pub use find::list_and_text;
pub use keys::{begins_no_code, filters_dock, typing};
pub use scan::needs_person_first;
pub use sorting::{sort_words, stock_words};

/// Something happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The console starts.
    Started,
    /// A key.
    Key(Key),
    /// Many keys at once, as a scanner types them.
    Burst(String),
    /// Text was pasted.
    Paste(String),
    /// The terminal has this size now.
    Resize(u16, u16),
    /// The engine says that something changed.
    Delta(Box<Delta>),
    /// Deltas were missed.
    Lagged,
    /// The engine is gone.
    Gone(Clean),
    /// An engine answers again.
    Returned,
    /// The engine answered.
    Answer(Box<Ticket>, Box<Answered>),
    /// A minute passed, or a notice is to be taken down.
    Tick,
}

/// An answer, or why there is none.
pub type Answered = Result<Answer, Clean>;

/// What an answer is for.
#[derive(Clone, Debug)]
pub enum Ticket {
    Overview,
    Orders {
        generation: u64,
        part: Part,
    },
    Order(InvoiceId),
    Feed {
        generation: u64,
        /// Older lines than this; none: the newest.
        before: Option<u64>,
    },
    Stock {
        generation: u64,
        part: Part,
    },
    Detail(InvoiceId),
    Sku(Sku),
    Troubles,
    Followed,
    Scans(InvoiceId),
    Journal(InvoiceId),
    Rejected,
    WhyNot {
        invoice: InvoiceId,
        step: Step,
    },
    Find(String),
    /// The order with this code is to be opened.
    Open(String),
    /// The order that a code was, with its steps.
    Scanned(InvoiceId),
    Loads,
    Marking {
        generation: u64,
    },
    Plan {
        serial: u64,
    },
    Preview {
        serial: u64,
    },
    Command(Box<Command>),
}

/// Something to do.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Ask the engine.
    Ask(Box<Ticket>, Box<Ask>),
    /// Draw everything again.
    Repaint,
    /// Go to the background.
    Suspend,
    /// Ring.
    Ring(Ring),
    /// Put this on the clipboard of the operator's terminal.
    Copy(String),
    /// Leave.
    Quit,
}

/// Takes an event.
pub fn update(model: &mut Model, event: Event, now: Stamp) -> Vec<Effect> {
    let mut out = Vec::new();
    model.now = now;
    model.dirty = true;
    match event {
        Event::Started | Event::Lagged => {
            find::read_filters(model);
            asks::everything(model, &mut out);
        }
        Event::Key(key) => keys::key(model, key, &mut out),
        Event::Burst(text) => scan::burst(model, &text, &mut out),
        Event::Paste(text) => edit::paste(model, &text, &mut out),
        Event::Resize(columns, rows) => {
            model.size = (columns, rows);
            out.push(Effect::Repaint);
        }
        Event::Delta(delta) => deltas::delta(model, *delta, &mut out),
        Event::Gone(says) => deltas::gone(model, says, &mut out),
        Event::Returned => deltas::returned(model, &mut out),
        Event::Answer(ticket, answer) => answers::answer(model, *ticket, *answer, &mut out),
        Event::Tick => deltas::tick(model, &mut out),
    }
    asks::follow_selection(model, &mut out);
    out
}
