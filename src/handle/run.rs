//! A command for several orders: how far it is, and what came of it.

use serde::{Deserialize, Serialize};

use super::command::{ItemEnd, ItemResult};
use crate::domain::{Clean, Operator};

/// A command for several orders that is being carried out, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Who gave it.
    pub by: Operator,
    /// What an operator calls it.
    pub title: Clean,
    /// How many orders it is for.
    pub orders: u64,
    /// What came of it so far.
    #[serde(flatten)]
    pub ends: Ends,
}

impl Run {
    /// `37 of 118 taken, 2 refused, 79 to go`.
    pub fn says(&self) -> String {
        let to_go = self.orders.saturating_sub(self.ends.all());
        format!("{}, {to_go} to go", self.ends.of(self.orders))
    }
}

/// What came of a command, counted per order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// Done or under way.
    pub taken: u64,
    /// The gate said no, or the order is not held here.
    pub refused: u64,
    /// Tried, and it did not happen.
    pub failed: u64,
    /// Sent, and the outcome is not known.
    pub unknown: u64,
}

impl Ends {
    /// Counts one more.
    pub fn count(&mut self, end: &ItemEnd) {
        *match end {
            ItemEnd::Taken { .. } => &mut self.taken,
            ItemEnd::Refused { .. } | ItemEnd::NotHeld => &mut self.refused,
            ItemEnd::Failed { unknown: false, .. } => &mut self.failed,
            ItemEnd::Failed { unknown: true, .. } => &mut self.unknown,
        } += 1;
    }

    /// Orders of which it is known what came of it.
    pub fn all(self) -> u64 {
        self.taken + self.refused + self.failed + self.unknown
    }

    /// `37 of 118 taken, 2 refused`.
    pub fn of(self, orders: u64) -> String {
        let mut says = format!("{} of {orders} taken", self.taken);
        for (count, what) in [
            (self.refused, "refused"),
            (self.failed, "failed"),
            (self.unknown, "with an outcome not known"),
        ] {
            if count > 0 {
                says = format!("{says}, {count} {what}");
            }
        }
        says
    }
}

impl<'a> FromIterator<&'a ItemResult> for Ends {
    fn from_iter<I: IntoIterator<Item = &'a ItemResult>>(items: I) -> Self {
        let mut ends = Self::default();
        for item in items {
            ends.count(&item.end);
        }
        ends
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_far_it_is_and_leaves_out_what_did_not_happen() {
        let mut run = Run {
            by: Operator::new("asha"),
            title: "next step".into(),
            orders: 118,
            ends: Ends::default(),
        };
        assert_eq!(run.says(), "0 of 118 taken, 118 to go");
        for _ in 0..37 {
            run.ends.count(&ItemEnd::Taken { says: "".into() });
        }
        run.ends.count(&ItemEnd::NotHeld);
        let failed = |unknown| ItemEnd::Failed {
            says: "".into(),
            unknown,
        };
        run.ends.count(&failed(false));
        run.ends.count(&failed(true));
        let says = "37 of 118 taken, 1 refused, 1 failed, 1 with an outcome not known, 78 to go";
        assert_eq!(run.says(), says);
    }
}
