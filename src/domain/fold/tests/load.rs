//! What is on the truck.

use crate::domain::{
    event::{Decision, Event},
    fold::fixture::{Site, awb},
    ids::InvoiceId,
    load::{LoadVerdict, judge},
    order::RemoteStatus,
};

fn load(site: &mut Site, id: u64, number: u64) {
    site.tell(Event::Loaded {
        invoice: InvoiceId(id),
        awb: awb(number),
    });
}

#[test]
fn only_a_manifested_parcel_with_its_own_number_is_loaded_and_once() {
    let mut site = Site::default();
    site.to(1, 4);
    load(&mut site, 1, 1);
    assert_eq!(site.get(1).loaded, None);
    assert!(matches!(
        judge(site.get(1), None, None),
        LoadVerdict::NotManifested { .. }
    ));
    let mut site = Site::default();
    site.to(1, 6);
    assert_eq!(judge(site.get(1), None, None), LoadVerdict::Loaded);
    load(&mut site, 1, 2);
    assert_eq!(site.get(1).loaded, None, "another parcel's number");
    load(&mut site, 1, 1);
    let first = site.get(1).loaded.clone().expect("loaded");
    load(&mut site, 1, 1);
    assert_eq!(site.get(1).loaded.as_ref(), Some(&first));
    assert_eq!(judge(site.get(1), None, None), LoadVerdict::Twice { first });
    site.tell(Event::Unloaded {
        invoice: InvoiceId(1),
    });
    assert_eq!(judge(site.get(1), None, None), LoadVerdict::Loaded);
}

#[test]
fn a_parcel_belongs_to_the_call_that_shipped_it() {
    let mut site = Site::default();
    site.to(1, 6);
    let by = site.get(1).manifested_by();
    assert!(by.is_some());
    assert_eq!(judge(site.get(1), by, None), LoadVerdict::Loaded);
    let another = by.map(|seq| seq + 1);
    assert_eq!(
        judge(site.get(1), another, None),
        LoadVerdict::OtherManifest
    );
}

#[test]
fn a_cancelled_parcel_stays_here() {
    let mut site = Site::default();
    site.to(1, 6);
    site.look(1, |o| o.status = RemoteStatus::Cancelled);
    assert_eq!(judge(site.get(1), None, None), LoadVerdict::Cancelled);
    load(&mut site, 1, 1);
    assert_eq!(site.get(1).loaded, None);
    let mut site = Site::default();
    site.to(2, 3);
    site.decide(2, Decision::Drop);
    assert_eq!(judge(site.get(2), None, None), LoadVerdict::Cancelled);
}

#[test]
fn a_truck_that_left_is_kept_with_its_manifest() {
    let mut site = Site::default();
    site.to(1, 6);
    let manifest = site.get(1).manifested_by().expect("ours");
    site.tell(Event::LoadClosed {
        manifest,
        missing: vec![awb(1)],
    });
    let closed = site.memory.manifests[&manifest].closed.clone();
    assert_eq!(closed.as_ref().map(|c| c.missing), Some(1));
    let late = judge(site.get(1), Some(manifest), closed.as_ref());
    assert!(matches!(late, LoadVerdict::TruckLeft { .. }), "{late:?}");
    let other = judge(site.get(1), Some(manifest + 1), closed.as_ref());
    assert_eq!(other, LoadVerdict::OtherManifest);
    // One of a manifest that nobody made changes nothing.
    site.tell(Event::LoadClosed {
        manifest: 9_999,
        missing: Vec::new(),
    });
    assert_eq!(site.memory.manifests.len(), 1);
}

#[test]
fn every_scan_that_was_turned_away_is_counted_at_its_truck() {
    let mut site = Site::default();
    site.to(1, 6);
    let manifest = site.get(1).manifested_by().expect("ours");
    let before = serde_json::to_string(&site.memory.manifests[&manifest]).expect("JSON");
    assert!(!before.contains("wrong") && !before.contains("twice"));
    for n in 0..70 {
        site.tell(Event::TurnedAway {
            manifest,
            code: "not-ours".into(),
            twice: n % 7 == 0,
        });
    }
    let row = &site.memory.manifests[&manifest];
    assert_eq!((row.wrong, row.twice), (60, 10));
    let kept = serde_json::to_string(row).expect("JSON");
    assert_eq!(serde_json::from_str(&kept).ok().as_ref(), Some(row));
}
