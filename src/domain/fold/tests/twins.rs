//! Splits and re-invoices.

use crate::domain::{
    event::Decision,
    fold::fixture::{Site, order},
    ids::{InvoiceId, OrderId, ReferenceCode},
    order::{Order, RemoteStatus},
    record::ParkReason,
    step::Call,
    twin::{Kinship, kinship},
};

fn twin(id: u64) -> Order {
    Order {
        reference: ReferenceCode::new("WEB-1_OR1"),
        order_id: OrderId(1),
        ..order(id)
    }
}

fn kin(site: &Site, id: u64) -> Kinship {
    let siblings: Vec<_> = site.memory.orders.values().cloned().collect();
    kinship(site.get(id), &siblings)
}

#[test]
fn one_that_comes_after_the_confirmation_parks() {
    for steps in 4..=6 {
        let mut site = Site::default();
        site.to(1, steps);
        site.see(twin(2));
        let of = InvoiceId(1);
        let reason = site.get(2).park.as_ref().map(|p| p.reason.clone());
        assert_eq!(reason, Some(ParkReason::Twin { of }), "{steps}");
        assert_eq!(site.parked(1), "no");
    }
}

#[test]
fn one_that_comes_before_waits_and_is_parked_by_the_confirmation() {
    let mut site = Site::default();
    site.to(1, 3);
    site.see(twin(2));
    assert_eq!(kin(&site, 2), Kinship::WaitsFor(InvoiceId(1)));
    assert_eq!(kin(&site, 1), Kinship::Free);
    assert_eq!(site.parked(2), "no");
    site.intend(Call::Confirm, 1);
    assert_eq!(kin(&site, 2), Kinship::Twin(InvoiceId(1)), "about to be");
    site.confirm(1);
    assert_eq!(site.parked(2), "twin", "without being seen again");
}

#[test]
fn it_is_freed_by_a_cancellation_of_the_original() {
    let mut site = Site::default();
    site.to(1, 3);
    site.see(twin(2));
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    assert_eq!(kin(&site, 2), Kinship::Free);
    site.to(3, 3);
    site.see(Order {
        reference: ReferenceCode::new("WEB-3_RE1"),
        ..order(4)
    });
    site.decide(3, Decision::Drop);
    assert_eq!(kin(&site, 4), Kinship::Free);
}

#[test]
fn a_manifest_of_unknown_outcome_still_hinders_after_a_cancellation() {
    let mut site = Site::default();
    site.to(1, 5);
    site.unknown(Call::Manifest, 1);
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    site.see(twin(2));
    assert_eq!(kin(&site, 2), Kinship::Twin(InvoiceId(1)));
}

#[test]
fn only_ship_clears_it() {
    let mut site = Site::default();
    site.to(1, 4);
    site.see(twin(2));
    site.decide(2, Decision::Retry);
    assert_eq!(site.parked(2), "twin");
    site.decide(2, Decision::Ship);
    assert_eq!((site.parked(2), kin(&site, 2)), ("no", Kinship::Free));
    site.look(2, |_| {});
    assert_eq!(site.parked(2), "no", "a person's word stays");
    site.see(twin(3));
    site.decide(3, Decision::Drop);
    assert!(site.get(3).cancelled.is_some());
}

#[test]
fn a_retry_frees_it_once_the_sibling_is_gone() {
    let mut site = Site::default();
    site.to(1, 4);
    site.see(twin(2));
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    assert_eq!(site.parked(2), "twin", "a person decides");
    site.decide(2, Decision::Retry);
    assert_eq!(site.parked(2), "no");
}

#[test]
fn of_several_the_lowest_number_is_named() {
    let mut site = Site::default();
    site.to(1, 6);
    site.see(twin(5));
    site.see(twin(3));
    let mut siblings: Vec<_> = site.memory.orders.values().cloned().collect();
    let verdict = kinship(site.get(5), &siblings);
    siblings.reverse();
    assert_eq!(kinship(site.get(5), &siblings), verdict);
}
