//! Step 6, second half: telling EasyEcom a status, in order, forward only.

use super::{End, held, write};
use crate::{
    domain::{
        Call, InvoiceId, Operator,
        request::TrackingRequest,
        tracking::{Scan, TrackingStatus},
    },
    worker::{config::Replay, ports::Remotes, shop::Shop, traffic::Class},
};

/// Scans sent along with a status; the newest ones.
const SCANS_SENT_MAX: usize = 20;

pub(in crate::worker) async fn tell<R: Remotes>(
    shop: &Shop<R>,
    id: InvoiceId,
    by: &Operator,
) -> End {
    if let Some(says) = shop.clocks_disagree() {
        return End::NotSent(says);
    }
    let record = match held(shop, id) {
        Ok(record) => record,
        Err(end) => return end,
    };
    let pending = match shop.config.tracking.replay {
        Replay::Each => record.trail.next_to_tell(),
        Replay::Latest => record.trail.outbox.iter().rev().find(|p| {
            record
                .trail
                .told
                .is_none_or(|told| told != p.status && told.may_become(p.status))
        }),
    };
    let (Some(pending), Some(booking)) = (pending.cloned(), record.booking.as_ref()) else {
        return super::weigh_only(shop, &record, Call::Tracking);
    };
    let scans = match shop.reader.scans(id) {
        Ok(scans) => scans_up_to(scans, &pending),
        Err(error) => return error.into(),
    };
    let ends = matches!(
        pending.status,
        TrackingStatus::Delivered | TrackingStatus::RtoDelivered
    );
    let request = TrackingRequest {
        invoice: id,
        awb: booking.awb.clone(),
        status: pending.status,
        scans,
        delivered_at: ends.then_some(pending.at),
    };
    let remotes = &shop.remotes;
    write(
        shop,
        Class::Tell,
        by,
        request,
        async |permit| remotes.tell(permit).await,
        shop.config.settle.recheck,
    )
    .await
}

fn scans_up_to(
    mut scans: Vec<Scan>,
    pending: &crate::domain::tracking::Pending,
) -> Vec<(
    crate::domain::Clean,
    crate::domain::Stamp,
    crate::domain::Clean,
)> {
    scans.retain(|s| s.at <= pending.at);
    scans.sort_by_key(|s| (s.at, s.position));
    let skip = scans.len().saturating_sub(SCANS_SENT_MAX);
    scans
        .into_iter()
        .skip(skip)
        .map(|s| (s.words, s.at, s.place))
        .collect()
}
