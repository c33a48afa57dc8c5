//! Parcels are scanned on to a truck, and one comes when it has left.

use super::{
    desk::{opened, told},
    rig::{Rig, awb},
};
use crate::{
    domain::{InvoiceId, Operator, Order, RemoteStatus, load::LoadVerdict},
    handle::{
        Answer, Command, EngineHandle, LoadScan, ManifestLoad, Query, Reply, hand_over_sheet,
    },
    ledger::tests::support::seen,
    worker::{EngineConfig, steps},
};

/// Orders 1 and 2, shipped by one manifest.
async fn shipped() -> Rig {
    let rig = Rig::new(EngineConfig::default());
    let (ids, by) = ([1, 2].map(InvoiceId), Operator::engine());
    for id in ids {
        rig.booked(id.0).await;
        steps::assign::assign(&rig.shop, id, &by).await;
        let url = |kind| Some(format!("https://x.easyecom.io/{kind}.pdf").into());
        rig.record(seen(Order {
            label_url: url("l"),
            invoice_url: url("i"),
            ..rig.confirmed(id.0)
        }))
        .await;
        steps::documents::documents(&rig.shop, id).await;
    }
    rig.read();
    steps::manifest::manifest(&rig.shop, &ids, &by).await;
    for id in ids {
        rig.record(seen(Order {
            status: RemoteStatus::Shipped,
            ..rig.confirmed(id.0)
        }))
        .await;
    }
    rig
}

async fn scan(desk: &EngineHandle, code: &str, manifest: Option<u64>, late: bool) -> LoadScan {
    let wanted = Command::Load {
        code: code.into(),
        manifest,
        late,
    };
    *told(desk, wanted).await.load.expect("a verdict")
}

async fn truck(desk: &EngineHandle) -> ManifestLoad {
    let answer = desk.query(Query::Loads { limit: 1 }).await;
    let Ok(Answer::Reply { reply }) = answer else {
        panic!("{answer:?}");
    };
    let Reply::Loads(mut loads) = *reply else {
        panic!("{reply:?}");
    };
    loads.remove(0)
}

#[tokio::test(start_paused = true)]
async fn a_truck_that_has_left_takes_a_parcel_only_from_who_was_told() {
    let rig = shipped().await;
    let desk = opened(&rig);
    let manifest = truck(&desk).await.manifest;
    let (one, two) = (awb(1).to_string(), awb(2).to_string());
    let of = Some(manifest);
    assert!(scan(&desk, &one, of, false).await.verdict.is_loaded());
    told(&desk, Command::CloseLoad { manifest }).await;
    for chosen in [of, None] {
        let said = scan(&desk, &two, chosen, false).await;
        assert!(matches!(said.verdict, LoadVerdict::TruckLeft { .. }));
        assert!(said.says.as_str().contains("handed over by asha"));
    }
    assert_eq!(truck(&desk).await.loaded, 1, "nothing was recorded");
    tokio::time::sleep(std::time::Duration::from_mins(1)).await;
    let said = scan(&desk, &two, of, true).await;
    assert!(said.verdict.is_loaded() && said.says.as_str().contains("AFTER"));
    let sheet = hand_over_sheet(&truck(&desk).await, "Bhiwandi", |at| at.to_rfc3339());
    let after = sheet.split("LOADED AFTER THIS TRUCK HAD LEFT").nth(1);
    assert!(after.is_some_and(|rows| rows.contains(&two)), "{sheet}");
}

#[tokio::test(start_paused = true)]
async fn what_a_truck_turned_away_is_counted_at_it_whoever_scanned() {
    let rig = shipped().await;
    let (desk, other) = (opened(&rig), opened(&rig));
    let manifest = Some(truck(&desk).await.manifest);
    let one = awb(1).to_string();
    scan(&desk, &one, manifest, false).await;
    for _ in 0..60 {
        scan(&other, "not-ours", manifest, false).await;
    }
    scan(&desk, &one, None, false).await;
    // Whatever happens at another truck, or at none that is known, is not counted here.
    scan(&desk, &one, manifest.map(|m| m + 1), false).await;
    scan(&desk, "not-ours", None, false).await;
    let truck = truck(&other).await;
    assert_eq!((truck.loaded, truck.wrong, truck.twice), (1, 60, 1));
}
