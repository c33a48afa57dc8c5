//! Twins: splits and re-invoices of one order under several invoices.

use super::{ids::InvoiceId, order::RemoteStatus, record::OrderRecord};

/// The merchant's reference without EasyEcom's suffixes `_OR1`, `_RE1` and so on, which can stack
/// (contracts/easyecom.md section 4, "Grain").
pub fn base_reference(reference: &str) -> &str {
    let mut base = reference;
    while let Some((head, tail)) = base.rsplit_once('_') {
        let is_suffix = !head.is_empty()
            && (tail.starts_with("OR") || tail.starts_with("RE"))
            && tail
                .get(2..)
                .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        if !is_suffix {
            break;
        }
        base = head;
    }
    base
}

/// Whether `reference` has such a suffix.
pub fn is_twin_reference(reference: &str) -> bool {
    base_reference(reference).len() < reference.len()
}

/// What another invoice of the same order means for this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// Neither hinders the other.
    Free,
    /// The sibling is confirmed or shipped, or about to be: this one is for a person.
    Twin(InvoiceId),
    /// This one is the twin of an order still under way: it waits for what becomes of it.
    WaitsFor(InvoiceId),
}

/// Whether an order is confirmed or shipped: its siblings are then for a person.
pub fn commits(record: &OrderRecord) -> bool {
    record.manifest.progress.is_done()
        || (record.cancelled.is_none()
            && (record.confirm.progress.is_done()
                || !matches!(
                    record.order.status,
                    RemoteStatus::Open | RemoteStatus::Cancelled | RemoteStatus::Other(_)
                )))
}

/// Weighs `record` against its siblings: invoices with the same order id or base reference. The
/// answer does not depend on their order: of several, the one with the lowest number is named.
pub fn kinship(record: &OrderRecord, siblings: &[OrderRecord]) -> Kinship {
    let (mut twin, mut waits_for) = (None::<InvoiceId>, None::<InvoiceId>);
    if record.cleared.is_some() {
        return Kinship::Free;
    }
    let lower = |known: Option<InvoiceId>, id| Some(known.map_or(id, |k| k.min(id)));
    for other in siblings.iter().filter(|o| o.id() != record.id()) {
        // A manifest whose outcome is open may have been made, even if a cancellation came since.
        let about_to = other.manifest.progress.is_open()
            || (other.cancelled.is_none() && other.confirm.progress.is_open());
        if commits(other) || about_to {
            twin = lower(twin, other.id());
        }
        let waits = is_twin_reference(record.order.reference.as_str())
            && !is_twin_reference(other.order.reference.as_str());
        if other.cancelled.is_none() && waits {
            waits_for = lower(waits_for, other.id());
        }
    }
    match (twin, waits_for) {
        (Some(of), _) => Kinship::Twin(of),
        (None, Some(of)) => Kinship::WaitsFor(of),
        (None, None) => Kinship::Free,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes() {
        for (reference, base) in [
            ("WEB-1001", "WEB-1001"),
            ("WEB-1001_OR1", "WEB-1001"),
            ("WEB-1001_RE12", "WEB-1001"),
            ("WEB-1001_OR1_RE1", "WEB-1001"),
            ("WEB_ORDER", "WEB_ORDER"),
            ("WEB_OR", "WEB_OR"),
            ("_OR1", "_OR1"),
            ("é_RE", "é_RE"),
            ("WEB_Oé1", "WEB_Oé1"),
        ] {
            assert_eq!(base_reference(reference), base, "{reference}");
            assert_eq!(is_twin_reference(reference), base != reference);
        }
    }
}
