//! Step 6, first half: the carrier's scans.

use super::{End, held};
use crate::{
    domain::{Clean, InvoiceId, ReadError, event::Event, tracking::Scan},
    worker::{
        ports::Remotes,
        shop::{Shop, lock},
    },
};

/// Scans in one journal record: keeps a record far below the store's value limit.
const SCANS_PER_RECORD: usize = 20;

pub(in crate::worker) async fn track<R: Remotes>(shop: &Shop<R>, id: InvoiceId) -> End {
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let Some(awb) = record.booking.as_ref().map(|b| b.awb.clone()) else {
        return End::NotSent(Clean::new("no AWB to ask for"));
    };
    let result = shop.remotes.track(&awb).await;
    shop.carrier.note_read(&result, shop.now());
    let pull = match result {
        Ok(pull) => pull,
        Err(ReadError::Nothing(_)) => return End::Taken(Clean::new("the carrier has no scan yet")),
        Err(error) => return End::NotSent(Clean::new(&error.to_string())),
    };
    lock(&shop.live).tracking_read_at = Some(shop.now());
    let known = match shop.reader.scans(id) {
        Ok(known) => known,
        Err(error) => return error.into(),
    };
    let new: Vec<Scan> = pull
        .scans
        .into_iter()
        .filter(|scan| !known.iter().any(|k| k.same_event(scan)))
        .collect();
    let returns_as = pull.header.rto_number.filter(|n| !n.is_empty());
    let mut events: Vec<Event> = new
        .chunks(SCANS_PER_RECORD)
        .map(|scans| Event::Scanned {
            invoice: id,
            awb: awb.clone(),
            scans: scans.to_vec(),
            returns_as: returns_as.clone(),
        })
        .collect();
    if !new.is_empty() {
        events.extend(pull.odd.iter().map(|odd| Event::RowRejected {
            source: "getTrackDetails".into(),
            invoice: Some(id),
            reason: odd.clone(),
            fragment: "".into(),
        }));
    }
    let says = Clean::new(&format!("{} new scans", new.len()));
    match shop.record(events).await {
        Ok(()) => End::Taken(says),
        Err(error) => error.into(),
    }
}
