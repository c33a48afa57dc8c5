//! Which commands resolve what needs a person.

use super::Action;
use crate::{domain::record::Attention, handle::TroubleAbout};

/// Those that resolve what an order is listed for, the usual one first.
pub fn of_order(kind: Attention) -> &'static [Action] {
    match kind {
        Attention::CancelledAfterManifest => &[Action::ClearFlags],
        Attention::Unknown => &[Action::FetchNow, Action::WhyNot],
        Attention::Parked => &[Action::Decide],
        Attention::OrphanAwb => &[Action::Retry],
        Attention::Tracking => &[Action::Track, Action::ClearFlags],
        Attention::Held => &[Action::Release],
        Attention::Failing => &[Action::Retry, Action::Hold],
    }
}

/// Those that resolve what is about no order, or show where it is mended.
pub fn of_trouble(about: &TroubleAbout) -> &'static [Action] {
    match about {
        TroubleAbout::Sku { .. } => &[Action::PushStock, Action::LeaveOut],
        TroubleAbout::MoreSkus => &[Action::FocusStock],
        TroubleAbout::Awbs | TroubleAbout::StockFile | TroubleAbout::Alarm { .. } => {
            &[Action::Status]
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::console::{
        commands::Command,
        fixture::{Bench, Engine},
    };

    #[test]
    fn what_is_said_to_resolve_an_order_can_be_used_on_it() {
        let mut b = Bench::new(Engine::normal(), (100, 30));
        b.press("e");
        let mut kinds = BTreeSet::new();
        for _ in 0..40 {
            let kind = b.model.single_row().and_then(|row| row.attention);
            for action in kind.into_iter().flat_map(of_order) {
                let command = Command::of(*action);
                assert_eq!(command.enabled(&b.model), Ok(()), "{kind:?} {}", command.id);
            }
            kinds.extend(kind);
            b.press("j");
        }
        assert!(kinds.len() >= 4, "{kinds:?}");
    }
}
