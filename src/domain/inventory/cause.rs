//! Why EasyEcom may not show the figure that it was given.

use super::{DiffState, Happened, Moment, QUANTITY_MAX, SkuRecord};

impl SkuRecord {
    /// The likely cause of a refusal, or of a figure that EasyEcom shows in place of the one it
    /// acknowledged.
    pub fn likely_cause(&self) -> Option<Cause> {
        match self.state() {
            DiffState::Problem if self.wanted().is_some_and(|n| n > QUANTITY_MAX) => {
                Some(Cause::Cap)
            }
            DiffState::Problem => Cause::of_words(self.problem()?.as_str()),
            DiffState::Differs => self.cause_of_difference(),
            _ => None,
        }
    }

    fn cause_of_difference(&self) -> Option<Cause> {
        let (read, wanted) = (self.read_back.as_ref()?.quantity, self.wanted()?);
        let pushed = |m: &Moment| matches!(m.what, Happened::Taken { .. });
        let shown = |m: &Moment| match m.what {
            Happened::Shows { quantity } => Some(quantity),
            _ => None,
        };
        let push = self.recent.iter().rposition(pushed).unwrap_or(0);
        let before = self.recent.iter().take(push).rev().find_map(shown);
        let ever = self.recent.iter().filter_map(shown).any(|n| n != 0);
        // A figure of ours that is still shown is no combo's.
        let ours = |m: &Moment| matches!(m.what, Happened::Taken { quantity } if quantity == read);
        let never_ours = !self.recent.iter().any(ours);
        Some(if read == 0 && !ever {
            Cause::WrongLocation
        } else if before == Some(read) && never_ours {
            Cause::Combo
        } else if read > wanted {
            Cause::SettingOff
        } else {
            Cause::SoldSince
        })
    }
}

/// Why EasyEcom may not show what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// "Update Available Inventory Only" is off: reserved pieces are added.
    SettingOff,
    /// Its figure is computed from its parts.
    Combo,
    /// Figures above [`QUANTITY_MAX`] are cut.
    Cap,
    /// EasyEcom does not have the SKU.
    UnknownSku,
    /// The figure belongs to another location.
    WrongLocation,
    /// Sold or reserved between push and reading.
    SoldSince,
}

impl Cause {
    /// What a refusal points at, by its words.
    fn of_words(says: &str) -> Option<Self> {
        let says = says.to_lowercase();
        let word = |wanted: &[&str]| {
            says.split(|c: char| !c.is_alphanumeric())
                .any(|word| wanted.contains(&word))
        };
        let part = |wanted: &[&str]| wanted.iter().any(|text| says.contains(text));
        let missing = part(&[
            "not found",
            "not exist",
            "does not",
            "not mapped",
            "no such",
        ]);
        Some(if word(&["combo", "combos", "bundle", "kit", "virtual"]) {
            Self::Combo
        } else if part(&["10000", "10,000", "exceed"]) {
            Self::Cap
        } else if word(&["location", "warehouse"]) {
            Self::WrongLocation
        } else if part(&["available inventory", "inventory only"]) {
            Self::SettingOff
        } else if word(&["sku", "product", "item"]) && (missing || word(&["unknown", "invalid"])) {
            Self::UnknownSku
        } else {
            return None;
        })
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SettingOff => {
                "reserved pieces added: is \"Update Available Inventory Only\" ON? Or returned since"
            }
            Self::Combo => "a combo: EasyEcom computes its figure from its parts",
            Self::Cap => "EasyEcom cuts figures above 10,000",
            Self::UnknownSku => "a SKU that EasyEcom does not have: compare its spelling",
            Self::WrongLocation => "another location's stock, or a SKU not kept at this one",
            Self::SoldSince => "sold or reserved at EasyEcom since the push, or the setting is OFF",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Stamp,
        ids::{LocationKey, Operator, Sku},
        inventory::{Acknowledged, Figure},
    };

    fn at(second: i64) -> Stamp {
        chrono::DateTime::from_timestamp(second, 0).expect("a time")
    }

    /// Counted, pushed and read back; `before` is what EasyEcom showed before the push.
    fn differing(wanted: i64, before: Option<i64>, read: i64) -> SkuRecord {
        let mut sku = SkuRecord::new(LocationKey::new("ab1"), Sku::new("SKU-1"));
        let by = Operator::engine();
        sku.counted = Some(Figure {
            quantity: wanted,
            at: at(0),
        });
        if let Some(quantity) = before {
            sku.remember(at(5), &by, Happened::Shows { quantity });
        }
        sku.remember(at(10), &by, Happened::Taken { quantity: wanted });
        sku.acknowledged = Some(Acknowledged {
            quantity: wanted,
            version: 1,
            at: at(10),
        });
        sku.read_back = Some(Figure {
            quantity: read,
            at: at(20),
        });
        sku.remember(at(20), &by, Happened::Shows { quantity: read });
        sku
    }

    #[test]
    fn a_difference_names_its_likely_cause() {
        for (wanted, before, read, cause) in [
            (40, None, 46, Some(Cause::SettingOff)),
            (40, Some(12), 12, Some(Cause::Combo)),
            (40, Some(55), 55, Some(Cause::Combo)),
            (40, None, 0, Some(Cause::WrongLocation)),
            (40, Some(0), 0, Some(Cause::WrongLocation)),
            (40, Some(12), 0, Some(Cause::SoldSince)),
            (40, Some(12), 37, Some(Cause::SoldSince)),
            (40, Some(12), 40, None),
            (10_001, None, 10_000, Some(Cause::Cap)),
        ] {
            let sku = differing(wanted, before, read);
            assert_eq!(sku.likely_cause(), cause, "{wanted} {before:?} {read}");
        }
        let mut slow = differing(38, Some(40), 40);
        let pushed = Moment {
            at: at(1),
            by: Operator::engine(),
            what: Happened::Taken { quantity: 40 },
            ours: Some(40),
        };
        slow.recent.insert(0, pushed);
        assert_eq!(slow.likely_cause(), Some(Cause::SettingOff));
        for (says, cause) in [
            ("Inventory of combo can not be updated", Some(Cause::Combo)),
            ("SKU not found", Some(Cause::UnknownSku)),
            ("Invalid SKU KITCHEN-1", Some(Cause::UnknownSku)),
            ("SKU not found at this location", Some(Cause::WrongLocation)),
            ("Quantity can not exceed 10000", Some(Cause::Cap)),
            (
                "Update Available Inventory Only is off",
                Some(Cause::SettingOff),
            ),
            ("Invalid quantity", None),
        ] {
            let mut sku = differing(40, None, 40);
            sku.problem = Some(says.into());
            assert_eq!(sku.likely_cause(), cause, "{says}");
        }
    }
}
