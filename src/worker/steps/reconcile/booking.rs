//! Settling a booking, by what DTDC's tracking knows.

use super::{SILENT_MIN, Settled, checked, put_off_by_carrier, vanished};
use crate::{
    domain::{
        Awb, Call, Clean, InvoiceId, OrderRecord, ReadError,
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
        // Asked by our reference it answers with the number that only we could give.
        Ok(Some(found)) if found.named || record.reserved.as_ref() == Some(&found.awb) => {
            Some(found.awb)
        }
        Ok(Some(found)) => {
            let saw = format!(
                "asked for {reference}, DTDC's tracking answers with AWB {} and names no reference",
                found.awb
            );
            return unproven(shop, id, intent, &saw).await;
        }
        Ok(None) => match &record.reserved {
            Some(own) => match own_is_known(shop, own, &reference).await {
                Ok(Own::Ours) => Some(own.clone()),
                Ok(Own::NotKnown) => None,
                Ok(Own::Unproven(saw)) => return unproven(shop, id, intent, &saw).await,
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
    doubtful(shop, id, "").await
}

/// Something is known, and it is not proven to be ours. As long as the booking may still be under way, the next
/// look may show more.
async fn unproven<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    intent: &Intent,
    saw: &str,
) -> Settled {
    if shop.counts(Call::Book, intent, shop.now()) {
        return doubtful(shop, id, saw).await;
    }
    checked(shop, id, Call::Book, intent, saw, false).await
}

/// Nothing proves that the booking was made, nor that it was not: a person asks the carrier.
async fn doubtful<R: Remotes>(shop: &Shop<R>, id: InvoiceId, saw: &str) -> Settled {
    shop.record(vec![Event::Parked {
        invoice: id,
        reason: ParkReason::BookingUnknown {
            says: Clean::new(saw),
        },
    }])
    .await?;
    Ok(End::Taken(Clean::new(
        "parked: a repeat could buy a second AWB",
    )))
}

/// What the carrier knows of our own number.
enum Own {
    NotKnown,
    /// Under our reference.
    Ours,
    /// Under another one or under none; in words.
    Unproven(String),
}

async fn own_is_known<R: Remotes>(shop: &Shop<R>, own: &Awb, ours: &str) -> Result<Own, ReadError> {
    let pull = match shop.remotes.track(own).await {
        Ok(pull) => pull,
        Err(ReadError::Nothing(_)) => return Ok(Own::NotKnown),
        Err(error) => return Err(error),
    };
    let named = pull.header.reference.as_str().trim();
    if named.eq_ignore_ascii_case(ours) {
        return Ok(Own::Ours);
    }
    let under = if named.is_empty() {
        "without naming a reference".to_owned()
    } else {
        format!("under reference {named}")
    };
    Ok(Own::Unproven(format!(
        "DTDC's tracking knows AWB {own}, {under}; ours is {ours}"
    )))
}
