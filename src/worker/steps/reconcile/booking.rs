//! Settling a booking, by what DTDC's tracking knows.

use super::{SILENT_MIN, Settled, checked, put_off_by_carrier, vanished};
use crate::{
    domain::{
        Awb, Call, Clean, OrderRecord, ReadError,
        event::{Event, Gave, Outcome},
        outcome::{Evidence, Proof},
        record::{AwbSource, Intent, ParkReason, Progress},
    },
    worker::{
        ports::Remotes,
        shop::Shop,
        steps::{End, book},
    },
};

pub(super) async fn booking<R: Remotes>(
    shop: &Shop<R>,
    record: &OrderRecord,
    intent: &Intent,
) -> Settled {
    let id = record.id();
    let reference = book::reference(shop, id);
    let found = match shop.remotes.find_booking(&reference).await {
        Ok(Some(awb)) => Some(awb),
        Ok(None) => match &record.reserved {
            Some(own) => match own_is_known(shop, own).await {
                Ok(known) => known,
                Err(error) => return Err(put_off_by_carrier(shop, record, &error).await),
            },
            None => None,
        },
        Err(error) => return Err(put_off_by_carrier(shop, record, &error).await),
    };
    shop.was_read(id);
    shop.carrier.answered(shop.now());
    if let Some(awb) = found {
        let source = if record.reserved.is_some() {
            AwbSource::Allotted
        } else {
            AwbSource::Dtdc
        };
        let shows = format!("DTDC's tracking knows {reference} as AWB {awb}");
        let event = Event::Outcome {
            intent: intent.seq,
            call: Call::Book,
            invoice: id,
            result: Outcome::Applied {
                evidence: Evidence::new(Proof::Read, &shows),
                gave: Gave::Awb { awb, source },
            },
        };
        shop.record(vec![event]).await?;
        return Ok(End::Taken(Clean::new(&shows)));
    }
    let silent = match &record.book.progress {
        Progress::Unknown { silent, .. } => *silent,
        _ => 0,
    };
    let counts = shop.counts(Call::Book, intent, shop.now());
    if !counts || silent + 1 < SILENT_MIN {
        return checked(
            shop,
            id,
            Call::Book,
            intent,
            "DTDC's tracking does not know our reference",
            counts,
        )
        .await;
    }
    // With our own number a repeat is the same booking; a number that DTDC allocates would be a
    // second one if its tracking is merely late.
    if record.reserved.is_some() || shop.config.settle.booking_latency.is_some() {
        return vanished(
            shop,
            record,
            Call::Book,
            intent,
            "DTDC's tracking did not know our reference, twice",
        )
        .await;
    }
    shop.record(vec![Event::Parked {
        invoice: id,
        reason: ParkReason::BookingUnknown,
    }])
    .await?;
    Ok(End::Taken(Clean::new(
        "parked: a repeat could buy a second AWB",
    )))
}

async fn own_is_known<R: Remotes>(shop: &Shop<R>, own: &Awb) -> Result<Option<Awb>, ReadError> {
    match shop.remotes.track(own).await {
        Ok(_) => Ok(Some(own.clone())),
        Err(ReadError::Nothing(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
