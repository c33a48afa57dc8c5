//! Load-out: parcels scanned on to the truck, against the manifests that were made. One scan is
//! carried out at a time, so that two guns never load one parcel twice.

use super::super::{ports::Remotes, shop::Shop};
use crate::{
    domain::{
        Clean, InvoiceId, Operator, OrderRecord,
        event::Event,
        fold::{LoadClosed, ManifestRow},
        load::{LoadVerdict, judge},
    },
    handle::{CommandReply, LoadRow, LoadScan, ManifestLoad, hand_over_sheet},
    ledger::LedgerError,
};

/// Manifests looked back for: two days of a warehouse that makes one every ten minutes.
const MANIFESTS_MAX: usize = 300;

/// Orders that one code may mean before it is called ambiguous.
const FOUND_MAX: usize = 3;

/// The manifests that were made here, newest first, and how far their trucks are.
pub(super) fn loads<R: Remotes>(
    shop: &Shop<R>,
    limit: usize,
) -> Result<Vec<ManifestLoad>, LedgerError> {
    let mut found = Vec::new();
    for row in shop.reader.manifests(None, MANIFESTS_MAX)? {
        let load = load_of(shop, &row)?;
        // A call that was refused as a whole made no manifest.
        if load.orders > 0 {
            found.push(load);
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

/// The members that this very call manifested.
fn members<R: Remotes>(shop: &Shop<R>, row: &ManifestRow) -> Result<Vec<OrderRecord>, LedgerError> {
    let mut members = Vec::new();
    for (id, _) in &row.members {
        members.extend(
            shop.reader
                .order(*id)?
                .filter(|record| record.manifest.progress.is_done())
                .filter(|record| record.manifested_by() == Some(row.seq)),
        );
    }
    Ok(members)
}

fn load_of<R: Remotes>(shop: &Shop<R>, row: &ManifestRow) -> Result<ManifestLoad, LedgerError> {
    let members = members(shop, row)?;
    let rows: Vec<LoadRow> = members
        .iter()
        .filter_map(|record| {
            Some(LoadRow {
                invoice: record.id(),
                awb: record.booking.as_ref()?.awb.clone(),
                reference: record.order.reference.clone(),
                cancelled: record.cancelled.is_some(),
                loaded: record.loaded.clone(),
            })
        })
        .collect();
    Ok(ManifestLoad {
        manifest: row.seq,
        at: row.at,
        number: members.iter().find_map(|r| r.manifest_no.clone()),
        group: Clean::new(&format!(
            "{} {}",
            members.first().map_or("", |r| r.order.marketplace.as_str()),
            members.first().map_or("", |r| r.order.courier.as_str())
        )),
        orders: rows.iter().filter(|r| !r.cancelled).count() as u64,
        loaded: rows.iter().filter(|r| r.loaded.is_some()).count() as u64,
        rows,
        closed: row.closed.clone(),
        wrong: u64::from(row.wrong),
        twice: u64::from(row.twice),
    })
}

/// A parcel was scanned at the dock, for a manifest's truck; `late`: also if that has left.
pub(super) async fn load<R: Remotes>(
    shop: &Shop<R>,
    code: &Clean,
    (manifest, late): (Option<u64>, bool),
    by: &Operator,
) -> CommandReply {
    let _one_at_a_time = shop.dock.lock().await;
    match scan(shop, code, (manifest, late), by).await {
        Ok(scan) => CommandReply {
            load: Some(Box::new(scan.clone())),
            ..CommandReply::taken(&format!("{}: {}", scan.verdict.title(), scan.says))
        },
        Err(error) => CommandReply::failed(&format!(
            "NOT RECORDED, keep {code} off the truck and scan it again: {error}"
        )),
    }
}

async fn scan<R: Remotes>(
    shop: &Shop<R>,
    code: &Clean,
    (manifest, late): (Option<u64>, bool),
    by: &Operator,
) -> Result<LoadScan, LedgerError> {
    let found = shop.reader.find(code.as_str(), FOUND_MAX)?;
    let record = match found.as_slice() {
        [record] => Some(record),
        _ => None,
    };
    let closed = match record.and_then(OrderRecord::manifested_by) {
        Some(seq) => shop.reader.manifest(seq)?.and_then(|row| row.closed),
        None => None,
    };
    let in_the_way = closed.as_ref().filter(|_| !late);
    let verdict = match record {
        Some(record) => judge(record, manifest, in_the_way),
        None if found.is_empty() => LoadVerdict::Foreign,
        None => LoadVerdict::Several,
    };
    // Where any manifest is loaded, a parcel on its truck tells which truck it is.
    let truck = manifest.or_else(|| record?.manifested_by());
    let event = match (&verdict, record, truck) {
        (LoadVerdict::Loaded, Some(record), _) => record.live_awb().map(|awb| Event::Loaded {
            invoice: record.id(),
            awb: awb.clone(),
        }),
        (_, _, Some(manifest)) => Some(Event::TurnedAway {
            manifest,
            code: code.clone(),
            twice: matches!(verdict, LoadVerdict::Twice { .. }),
        }),
        _ => None,
    };
    if let Some(event) = event {
        shop.ledger.record(by, shop.now(), vec![event]).await?;
    }
    let says = match closed.filter(|_| verdict.is_loaded()) {
        Some(closed) => format!("recorded AFTER the truck was handed over by {}", closed.by),
        None => verdict.advice(),
    };
    let says = Clean::new(&says);
    Ok(LoadScan {
        code: code.clone(),
        invoice: record.map(OrderRecord::id),
        awb: record
            .and_then(|r| r.booking.as_ref())
            .map(|b| b.awb.clone()),
        reference: record.map(|r| r.order.reference.clone()),
        verdict,
        says,
    })
}

/// A parcel came off the truck again.
pub(super) async fn unload<R: Remotes>(
    shop: &Shop<R>,
    invoice: InvoiceId,
    by: &Operator,
) -> CommandReply {
    let _one_at_a_time = shop.dock.lock().await;
    let loaded = match shop.reader.order(invoice) {
        Ok(record) => record.is_some_and(|r| r.loaded.is_some()),
        Err(error) => return CommandReply::failed(&error.to_string()),
    };
    if !loaded {
        return CommandReply::failed(&format!("{invoice} is not on a truck"));
    }
    match shop
        .ledger
        .record(by, shop.now(), vec![Event::Unloaded { invoice }])
        .await
    {
        Ok(_) => CommandReply::taken(&format!("{invoice} is off the truck again")),
        Err(error) => CommandReply::failed(&error.to_string()),
    }
}

/// The truck leaves.
pub(super) async fn close<R: Remotes>(
    shop: &Shop<R>,
    manifest: u64,
    by: &Operator,
) -> CommandReply {
    let _one_at_a_time = shop.dock.lock().await;
    match handed_over(shop, manifest, by).await {
        Ok(None) => CommandReply::failed(&format!("no manifest {manifest} was made here")),
        Ok(Some(says)) => CommandReply::taken(&says),
        Err(error) => CommandReply::failed(&error.to_string()),
    }
}

async fn handed_over<R: Remotes>(
    shop: &Shop<R>,
    manifest: u64,
    by: &Operator,
) -> Result<Option<String>, LedgerError> {
    let Some(row) = shop.reader.manifest(manifest)? else {
        return Ok(None);
    };
    let mut load = load_of(shop, &row)?;
    let missing: Vec<_> = load.missing().map(|r| r.awb.clone()).collect();
    let says = match missing.len() {
        0 => format!("handed over: {} parcels", load.loaded),
        n => format!("handed over: {} parcels, {n} STAYED BEHIND", load.loaded),
    };
    let now = shop.now();
    load.closed = Some(LoadClosed {
        at: now,
        by: by.clone(),
        missing: missing.len() as u32,
    });
    let event = Event::LoadClosed { manifest, missing };
    shop.ledger.record(by, now, vec![event]).await?;
    let sheet = hand_over_sheet(&load, shop.config.name.as_str(), |at| {
        at.with_timezone(&shop.config.zone)
            .format("%d %b %Y %H:%M")
            .to_string()
    });
    Ok(Some(match shop.documents.put_sheet(&load.name(), &sheet) {
        Ok(path) => format!("{says}; the sheet is {}", path.display()),
        // The truck is handed over; the sheet can be printed at any time.
        Err(error) => format!(
            "{says}; its sheet could not be written ({error}): `raftaar dock sheet {}` prints it",
            load.name()
        ),
    }))
}
