//! What this console did and can take back.

use std::collections::BTreeSet;

use crate::{
    domain::{Clean, InvoiceId, Sku, Stamp},
    handle::{Command, Undoable},
};

/// Steps that are remembered.
pub const UNDO_MAX: usize = 20;

/// A step that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// When it was done.
    pub at: Stamp,
    pub what: Back,
}

/// The way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Back {
    /// Of these orders.
    Orders(Vec<InvoiceId>, Undoable),
    /// These SKUs are pushed again.
    TakeIn(Vec<Sku>),
    /// The engine goes on.
    Resume,
    /// It stands still again.
    Pause,
    /// These were marked.
    Marks(BTreeSet<InvoiceId>),
}

impl Back {
    /// The way back from a command that was carried out for these orders.
    pub fn from(command: &Command, taken: Vec<InvoiceId>) -> Option<Self> {
        let orders = |what| (!taken.is_empty()).then(|| Self::Orders(taken.clone(), what));
        match command {
            Command::Hold { .. } => orders(Undoable::Hold),
            Command::Release { .. } => orders(Undoable::Release),
            Command::Park { .. } => orders(Undoable::Park),
            Command::LeaveOut { skus, .. } => Some(Self::TakeIn(skus.clone())),
            Command::Pause { .. } => Some(Self::Resume),
            Command::Resume => Some(Self::Pause),
            _ => None,
        }
    }

    /// What is asked.
    pub fn title(&self) -> String {
        match self {
            Self::Orders(orders, what) => {
                let orders = super::layer::orders(orders);
                match what {
                    Undoable::Hold => format!("Undo your hold of {orders}: release?"),
                    Undoable::Release => format!("Undo your release of {orders}: hold again?"),
                    Undoable::Park => format!("Undo your parking of {orders}: let it go on?"),
                }
            }
            Self::TakeIn(skus) => match skus.as_slice() {
                [one] => format!("Undo your leaving out of {one}: push it again?"),
                many => format!(
                    "Undo your leaving out of {} SKUs: push them again?",
                    many.len()
                ),
            },
            Self::Resume => "Undo your pause: resume?".to_owned(),
            Self::Pause => "Undo your resuming: pause again?".to_owned(),
            Self::Marks(_) => "Undo the change of marks?".to_owned(),
        }
    }

    /// What the engine is told, where it is concerned.
    pub fn command(self) -> Option<Command> {
        match self {
            Self::Orders(invoices, what) => Some(Command::Undo { invoices, what }),
            Self::TakeIn(skus) => Some(Command::TakeIn { skus }),
            Self::Resume => Some(Command::Resume),
            Self::Pause => Some(Command::Pause {
                reason: Clean::new("the resuming was undone"),
            }),
            Self::Marks(_) => None,
        }
    }
}
