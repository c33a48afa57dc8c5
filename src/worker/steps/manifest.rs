//! Step 5: the manifest, the point of no return. One call per location, marketplace and carrier,
//! many AWBs; its effect is proven by reading the orders, which costs one call for all of them.

use std::collections::BTreeMap;

use super::{End, No, begin_all, note_easyecom, ready_to_write, retry_at, settle, too_late};
use crate::{
    domain::{
        Awb, CarrierId, Clean, Failure, FailureKind, InvoiceId, Operator, OrderRecord, Stamp,
        Verdict,
        event::{Gave, Outcome},
        outcome::{Evidence, Proof},
        record::Progress,
        request::{ManifestGroup, ManifestRequest},
    },
    easyecom::ManifestAnswer,
    worker::{ports::Remotes, shop::Shop, traffic::Class},
};

/// The group an order is manifested in.
pub(in crate::worker) fn group_of(record: &OrderRecord, carrier: CarrierId) -> ManifestGroup {
    ManifestGroup {
        location: record.order.location.clone(),
        marketplace_id: record.order.marketplace_id,
        // A foreign AWB that a person let through travels under the carrier that EasyEcom shows.
        carrier_id: match &record.booking {
            Some(b) if b.source == crate::domain::record::AwbSource::Foreign => {
                record.order.carrier_id.unwrap_or(carrier)
            }
            _ => carrier,
        },
    }
}

/// Sorts ready orders into calls: by group, in batches; whoever was refused as part of a group goes
/// alone, so that one bad parcel never holds up the others. A call that vanished says nothing about
/// its members.
pub(in crate::worker) fn batches(
    ready: &[OrderRecord],
    carrier: CarrierId,
    batch_max: usize,
) -> Vec<Vec<InvoiceId>> {
    let mut groups: BTreeMap<ManifestGroup, Vec<InvoiceId>> = BTreeMap::new();
    let mut calls = Vec::new();
    for record in ready {
        if record.manifest.refused > 0 {
            calls.push(vec![record.id()]);
        } else {
            groups
                .entry(group_of(record, carrier))
                .or_default()
                .push(record.id());
        }
    }
    for ids in groups.into_values() {
        calls.extend(ids.chunks(batch_max.max(1)).map(<[_]>::to_vec));
    }
    calls
}

/// Since when an order is ready.
pub(in crate::worker) fn ready_since(record: &OrderRecord) -> Stamp {
    let stored = |d: &Option<crate::domain::record::Document>| d.as_ref().map(|d| d.at);
    match &record.manifest.progress {
        Progress::Waiting { retry_at, .. } => *retry_at,
        _ => stored(&record.label)
            .max(stored(&record.invoice))
            .unwrap_or(record.first_seen),
    }
}

/// Makes one manifest of these orders, all of one group.
pub(in crate::worker) async fn manifest<R: Remotes>(
    shop: &Shop<R>,
    ids: &[InvoiceId],
    by: &Operator,
) -> Vec<(InvoiceId, End)> {
    let all = |end: End| ids.iter().map(|id| (*id, end.clone())).collect::<Vec<_>>();
    if let Err(why) = ready_to_write(shop, Class::Settle).await {
        return all(why.into());
    }
    let (permit, mut ends) = match permit(shop, ids, by).await {
        Ok(got) => got,
        Err(ends) => {
            shop.meter.give_back();
            return ends;
        }
    };
    let verdict = if permit.is_live(shop.now()) {
        shop.remotes.manifest(&permit).await
    } else {
        shop.meter.give_back();
        too_late()
    };
    note_easyecom(shop, &verdict);
    let tries = u32::from(permit.attempt());
    let mut outcomes = Vec::new();
    for (id, awb) in &permit.request().members {
        let (outcome, end) = member(shop, &verdict, awb, tries);
        outcomes.push((*id, outcome));
        ends.push((*id, end));
    }
    if let Err(error) = settle(shop, permit, outcomes).await {
        return all(error.into());
    }
    shop.want_poll();
    ends
}

type Ends = Vec<(InvoiceId, End)>;

/// A permit for those members that the gate lets through, and the ends of the others.
async fn permit<R: Remotes>(
    shop: &Shop<R>,
    ids: &[InvoiceId],
    by: &Operator,
) -> Result<(crate::ledger::Permit<ManifestRequest>, Ends), Ends> {
    let mut ends = Vec::new();
    let mut members: Vec<(InvoiceId, Awb)> = Vec::new();
    let mut group = None;
    for &id in ids {
        match shop.reader.order(id) {
            Ok(Some(record)) => {
                if let Err(refusal) = shop.weigh(crate::domain::Call::Manifest, &record) {
                    ends.push((id, End::Refused(refusal)));
                } else if let Some(awb) = record.live_awb() {
                    group.get_or_insert_with(|| group_of(&record, shop.config.carrier_id));
                    members.push((id, awb.clone()));
                }
            }
            Ok(None) => ends.push((id, End::NotHeld)),
            Err(error) => ends.push((id, error.into())),
        }
    }
    let Some(group) = group else {
        return Err(ends);
    };
    loop {
        let ids: Vec<InvoiceId> = members.iter().map(|(id, _)| *id).collect();
        let request = ManifestRequest {
            group: group.clone(),
            members: members.clone(),
        };
        match begin_all(shop, request, by, shop.config.settle.settle()).await {
            Ok(permit) => return Ok((permit, ends)),
            Err(No::All(end)) => {
                ends.extend(ids.into_iter().map(|id| (id, end.clone())));
                return Err(ends);
            }
            // Something happened to them since they were weighed: the others still go.
            Err(No::Members(refused)) => {
                for refusal in refused {
                    let Some(id) = refusal.invoice else {
                        ends.extend(ids.iter().map(|id| (*id, End::Refused(refusal.clone()))));
                        return Err(ends);
                    };
                    members.retain(|(member, _)| *member != id);
                    ends.push((id, End::Refused(refusal)));
                }
                if members.is_empty() {
                    return Err(ends);
                }
            }
        }
    }
}

/// What the answer means for one member. Success is Accepted: the orders have to show it.
fn member<R: Remotes>(
    shop: &Shop<R>,
    verdict: &Verdict<ManifestAnswer>,
    awb: &Awb,
    tries: u32,
) -> (Outcome, End) {
    let soon = shop.now()
        + chrono::Duration::from_std(shop.config.settle.manifest_check).unwrap_or_default();
    match verdict {
        Verdict::Applied(answer) | Verdict::Accepted(answer) => {
            if let Some((_, says)) = answer.refused.iter().find(|(refused, _)| refused == awb) {
                return refused(
                    shop,
                    Failure::new(FailureKind::Rejected, says.as_str()),
                    tries,
                );
            }
            if let Some(number) = answer
                .number
                .as_ref()
                .filter(|_| answer.taken.contains(awb))
            {
                let shows = format!("manifest {number} lists AWB {awb}");
                return (
                    Outcome::Applied {
                        evidence: Evidence::new(Proof::Answer, &shows),
                        gave: Gave::Manifest {
                            number: Some(number.clone()),
                        },
                    },
                    End::Taken(Clean::new(&shows)),
                );
            }
            (
                Outcome::Accepted {
                    says: Clean::new("taken; the order has to show Shipped"),
                    check_at: soon,
                },
                End::Taken(Clean::new("manifest taken, Shipped is to be seen")),
            )
        }
        Verdict::NotApplied(failure) => refused(shop, failure.clone(), tries),
        Verdict::Unknown(saw) => (
            Outcome::Unknown {
                saw: saw.clone(),
                check_at: soon,
            },
            End::Unknown(saw.clone()),
        ),
    }
}

fn refused<R: Remotes>(shop: &Shop<R>, failure: Failure, tries: u32) -> (Outcome, End) {
    (
        Outcome::NotApplied {
            retry_at: retry_at(shop, &failure, tries),
            failure: failure.clone(),
        },
        End::NotApplied(failure),
    )
}
