//! Step 2, first half: an AWB. Bought at DTDC, up to 20 in one call, or taken from the file of
//! allotted numbers; either way bound to its invoice for ever.

use std::collections::HashMap;

use super::{End, base, begin, conclude, held, note_carrier, settle, too_late};
use crate::{
    domain::{
        Awb, Call, Clean, Consignee, FailureKind, InvoiceId, Operator, OrderRecord, Verdict,
        event::{Event, Gave, Outcome},
        order::Payment,
        outcome::{Evidence, Proof},
        record::{AwbSource, ParkReason},
        request::BookRequest,
    },
    dtdc::{Booked, PARCELS_MAX},
    ledger::Permit,
    worker::{
        ports::Remotes,
        shop::{NotCalled, Shop, lock},
        traffic::Class,
    },
};

/// Our reference at DTDC: the same for every attempt, so that a lost answer can be found.
pub(in crate::worker) fn reference<R: Remotes>(shop: &Shop<R>, id: InvoiceId) -> String {
    format!("{}{id}", shop.config.awb.reference_prefix)
}

/// Books AWBs for up to [`PARCELS_MAX`] orders.
pub(in crate::worker) async fn book<R: Remotes>(
    shop: &Shop<R>,
    ids: &[InvoiceId],
    by: &Operator,
) -> Vec<(InvoiceId, End)> {
    if shop.config.awb.announces()
        && let Some(says) = shop.carrier.writes_denied()
    {
        let end = End::from(NotCalled::Denied(says));
        return ids.iter().map(|id| (*id, end.clone())).collect();
    }
    let mut ends = HashMap::new();
    let mut ready = Vec::new();
    let mut taken: Option<Awb> = None;
    for &id in ids.iter().take(PARCELS_MAX) {
        match prepare(shop, id, taken.as_ref()).await {
            Ok(request) => {
                if request.own_number.is_some() {
                    taken.clone_from(&request.own_number);
                }
                ready.push(request);
            }
            Err(end) => {
                ends.insert(id, end);
            }
        }
    }
    let settle_for = shop.config.settle.settle_booking();
    let begun = futures_util::future::join_all(ready.into_iter().map(|request| {
        let id = request.invoice;
        async move { (id, begin(shop, request, by, settle_for).await) }
    }))
    .await;
    let mut permits = Vec::new();
    for (id, result) in begun {
        match result {
            Ok(permit) => permits.push(permit),
            Err(end) => {
                ends.insert(id, end);
            }
        }
    }
    if !permits.is_empty() {
        ends.extend(send(shop, permits).await);
    }
    ids.iter()
        .map(|&id| (id, ends.remove(&id).unwrap_or(End::NotHeld)))
        .collect()
}

async fn send<R: Remotes>(
    shop: &Shop<R>,
    permits: Vec<Permit<BookRequest>>,
) -> Vec<(InvoiceId, End)> {
    let announced = shop.config.awb.announces();
    let live = permits.iter().all(|p| p.is_live(shop.now()));
    let verdicts = if !live {
        permits.iter().map(|_| too_late()).collect()
    } else if announced {
        let verdicts = of_parcels(shop.remotes.book(&permits).await);
        for verdict in &verdicts {
            note_carrier(shop, verdict);
        }
        note_account(shop, &permits, &verdicts);
        verdicts
    } else {
        permits.iter().map(local).collect()
    };
    let mut ends = Vec::new();
    let mut settled = Vec::new();
    for (permit, verdict) in permits.into_iter().zip(verdicts) {
        let id = permit.request().invoice;
        let source = match permit.request().own_number {
            Some(_) => AwbSource::Allotted,
            None => AwbSource::Dtdc,
        };
        let tries = u32::from(permit.attempt());
        let (outcome, end) = match verdict {
            Verdict::Applied(booked) | Verdict::Accepted(booked) => {
                booked_end(booked, source, announced)
            }
            Verdict::NotApplied(failure) => conclude::<R, ()>(
                shop,
                Call::Book,
                Verdict::NotApplied(failure),
                tries,
                shop.config.settle.recheck,
            ),
            Verdict::Unknown(saw) => conclude::<R, ()>(
                shop,
                Call::Book,
                Verdict::Unknown(saw),
                tries,
                shop.config.settle.recheck,
            ),
        };
        settled.push(async move {
            let recorded = settle(shop, permit, vec![(id, outcome)]).await;
            (id, recorded.map_or_else(End::from, |()| end))
        });
    }
    ends.extend(futures_util::future::join_all(settled).await);
    ends
}

/// A call of which one parcel was taken proves that the carrier takes ours: whatever it says of another one
/// there is about that parcel.
fn of_parcels(mut verdicts: Vec<Verdict<Booked>>) -> Vec<Verdict<Booked>> {
    let taken = verdicts
        .iter()
        .any(|verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Accepted(_)));
    for verdict in verdicts.iter_mut().filter(|_| taken) {
        if let Verdict::NotApplied(failure) = verdict
            && failure.kind == FailureKind::Account
        {
            failure.kind = FailureKind::Rejected;
        }
    }
    verdicts
}

/// Stops booking when the carrier refuses us, and goes on when it took one of ours.
fn note_account<R: Remotes>(
    shop: &Shop<R>,
    permits: &[Permit<BookRequest>],
    verdicts: &[Verdict<Booked>],
) {
    let refused = verdicts.iter().find_map(|verdict| match verdict {
        Verdict::NotApplied(failure) if failure.kind == FailureKind::Account => Some(failure),
        _ => None,
    });
    let taken = verdicts
        .iter()
        .any(|verdict| matches!(verdict, Verdict::Applied(_) | Verdict::Accepted(_)));
    match refused {
        Some(failure) => {
            let ids: Vec<_> = permits.iter().map(|p| p.request().invoice).collect();
            shop.stop_booking(&ids, &failure.says);
        }
        None if taken => {
            let mut live = lock(&shop.live);
            for permit in permits {
                live.book_alone.remove(&permit.request().invoice);
            }
            drop(live);
            shop.book_again();
        }
        None => {}
    }
}

fn local(permit: &Permit<BookRequest>) -> Verdict<Booked> {
    match &permit.request().own_number {
        Some(awb) => Verdict::Applied(Booked {
            awb: awb.clone(),
            chargeable_weight_kg: None,
            courier_partner: Clean::default(),
        }),
        None => too_late(),
    }
}

fn booked_end(booked: Booked, source: AwbSource, announced: bool) -> (Outcome, End) {
    let proof = if announced {
        Proof::Answer
    } else {
        Proof::Local
    };
    let shows = if announced {
        format!("DTDC booked AWB {}", booked.awb)
    } else {
        format!("AWB {} from the allotted numbers", booked.awb)
    };
    let end = End::Taken(Clean::new(&shows));
    let outcome = Outcome::Applied {
        evidence: Evidence::new(proof, &shows),
        gave: Gave::Awb {
            awb: booked.awb,
            source,
        },
    };
    (outcome, end)
}

/// Everything that a booking needs, or why it cannot be made.
async fn prepare<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    after: Option<&Awb>,
) -> Result<BookRequest, End> {
    let record = held(shop, id)?;
    legal(shop, &record)?;
    base::is_known(shop, &record).await?;
    let own_number = match &shop.config.awb.file {
        None => None,
        Some(_) => match record.reserved.clone() {
            Some(awb) => Some(awb),
            None => Some(shop.reader.free_awb(after)?.ok_or_else(|| {
                End::NotSent(Clean::new(
                    "no allotted AWB is left; add numbers to the file of awb.file",
                ))
            })?),
        },
    };
    let consignee = consignee(shop, &record).await?;
    if let Some(missing) = missing(&record, &consignee) {
        park(
            shop,
            id,
            ParkReason::Incomplete {
                says: Clean::new(&missing),
            },
        )
        .await?;
        return Err(End::NotSent(Clean::new(&missing)));
    }
    if shop.config.awb.check_pin {
        serviceable(shop, &record).await?;
    }
    Ok(BookRequest {
        invoice: id,
        booking_reference: reference(shop, id),
        own_number,
        destination: record.order.destination.clone(),
        consignee,
        package: record.order.package.clone(),
        payment: record.order.payment.clone(),
        value: record.order.total,
        description: record
            .order
            .lines
            .first()
            .map(|line| line.name.clone())
            .unwrap_or_default(),
        invoice_number: record.order.invoice_number.clone(),
    })
}

/// Asks the gate before anything is read for the order; the ledger asks it again with the intent.
fn legal<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> Result<(), End> {
    shop.weigh(Call::Book, record).map_err(End::Refused)
}

/// The customer, from the store of people or, where that was erased or lost, from EasyEcom.
async fn consignee<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> Result<Consignee, End> {
    let id = record.id();
    if let Some(consignee) = shop.reader.people(id)? {
        return Ok(consignee);
    }
    let seen = shop
        .read(Class::Advance, || shop.remotes.order_details(id))
        .await
        .map_err(|e| End::NotSent(Clean::new(&e.to_string())))?
        .ok_or_else(|| End::NotSent(Clean::new("EasyEcom does not know this invoice any more")))?;
    shop.ledger
        .put_people(vec![(id, seen.consignee.clone())])
        .await?;
    Ok(seen.consignee)
}

fn missing(record: &OrderRecord, consignee: &Consignee) -> Option<String> {
    let mut missing = Vec::new();
    if consignee.name.is_empty() {
        missing.push("the customer's name");
    }
    if consignee.phone.is_empty() {
        missing.push("the customer's phone");
    }
    if consignee.address_1.is_empty() {
        missing.push("the address");
    }
    if record.order.destination.pin.is_empty() {
        missing.push("the PIN code");
    }
    (!missing.is_empty()).then(|| format!("missing: {}", missing.join(", ")))
}

async fn serviceable<R: Remotes>(shop: &Shop<R>, record: &OrderRecord) -> Result<(), End> {
    let pin = record.order.destination.pin.as_str();
    let known = shop.pin(pin);
    let serves = match known {
        Some(serves) => serves,
        None => match shop.remotes.serviceable(pin).await {
            Ok(serves) => {
                shop.carrier.answered(shop.now());
                shop.keep_pin(pin, serves.clone());
                serves
            }
            // A look-up that fails must not stop a booking, which DTDC judges anyway.
            Err(_) => return Ok(()),
        },
    };
    let cod = matches!(record.order.payment, Payment::Cod { .. });
    if (cod && serves.cod) || (!cod && serves.prepaid) {
        return Ok(());
    }
    let how = if cod { "COD" } else { "prepaid" };
    let says = Clean::new(&format!("PIN {pin}, {how}: {}", serves.says));
    park(
        shop,
        record.id(),
        ParkReason::Unserviceable { says: says.clone() },
    )
    .await?;
    Err(End::NotSent(says))
}

async fn park<R: Remotes>(shop: &Shop<R>, id: InvoiceId, reason: ParkReason) -> Result<(), End> {
    shop.record(vec![Event::Parked {
        invoice: id,
        reason,
    }])
    .await
    .map_err(End::from)
}
