//! The writes: each one request under permits, judged parcel by parcel.

use super::{
    Dtdc,
    calls::{hide, not_sent},
    wire::{
        booking::{self, Asked, Booked, Consignment, PARCELS_MAX},
        cancel,
    },
};
use crate::{
    domain::{
        Awb, Failure, FailureKind, Verdict,
        request::{BookRequest, CancelBookingRequest, WriteRequest},
    },
    http::NotDone,
    ledger::Permit,
};

const BOOK: &str = "/api/customer/integration/consignment/softdata";
const CANCEL: &str = "/api/customer/integration/consignment/cancel";

/// Why a permit is not part of this request, if it is not.
fn unfit<R: WriteRequest, T>(permit: &Permit<R>) -> Option<Verdict<T>> {
    (!permit.may_be_sent()).then(|| Verdict::NotApplied(Failure::too_late()))
}

/// A refusal of a call for several parcels names none of them, so it is held against none.
fn whole(not_done: NotDone, parcels: usize) -> NotDone {
    match not_done {
        NotDone::NotApplied(failure) if failure.kind == FailureKind::Rejected && parcels > 1 => {
            NotDone::NotApplied(Failure {
                kind: FailureKind::Account,
                ..failure
            })
        }
        other => other,
    }
}

impl Dtdc {
    /// Books up to [`PARCELS_MAX`] parcels (contracts/dtdc.md section 2): one verdict per permit, in
    /// order. A parcel whose permit ran out or that has no sizes is left out of the request.
    pub async fn book(&self, permits: &[&Permit<BookRequest>]) -> Vec<Verdict<Booked>> {
        let mut hush = self.hush();
        let mut rows = Vec::new();
        let mut asked = Vec::new();
        let mut verdicts: Vec<Option<Verdict<Booked>>> = Vec::with_capacity(permits.len());
        for permit in permits {
            let ask = permit.request();
            hide(&mut hush, &ask.consignee);
            let verdict = if rows.len() == PARCELS_MAX {
                Some(not_sent("not sent: DTDC takes 20 parcels a call"))
            } else {
                unfit(permit)
            };
            let verdict = verdict.or_else(|| match Consignment::new(&self.settings, ask) {
                Ok(row) => {
                    rows.push(row);
                    asked.push(Asked {
                        reference: &ask.booking_reference,
                        own_number: ask.own_number.as_ref(),
                    });
                    None
                }
                Err(failure) => Some(Verdict::NotApplied(failure)),
            });
            verdicts.push(verdict);
        }
        let mut answers = self.send_booking(&rows, &asked).await.into_iter();
        verdicts
            .into_iter()
            .map(|verdict| {
                let verdict = verdict.or_else(|| answers.next());
                // One answer per row is what the judge promises.
                hush.verdict(verdict.unwrap_or_else(|| Verdict::Unknown("not judged".into())))
            })
            .collect()
    }

    async fn send_booking(
        &self,
        rows: &[Consignment<'_>],
        asked: &[Asked<'_>],
    ) -> Vec<Verdict<Booked>> {
        if rows.is_empty() {
            return Vec::new();
        }
        let request = self.http.post(self.booking.join(BOOK));
        match self.write(request.json(&booking::body(rows))).await {
            Ok(answer) => booking::judge(&answer.body, asked),
            Err(not_done) => vec![whole(not_done, asked.len()).into(); asked.len()],
        }
    }

    /// Cancels bookings (section 4): one verdict per permit, in order.
    pub async fn cancel(&self, permits: &[&Permit<CancelBookingRequest>]) -> Vec<Verdict<()>> {
        let hush = self.hush();
        let verdicts: Vec<Option<Verdict<()>>> = permits.iter().map(|p| unfit(p)).collect();
        let awbs: Vec<&Awb> = permits
            .iter()
            .zip(&verdicts)
            .filter(|(_, verdict)| verdict.is_none())
            .map(|(permit, _)| &permit.request().awb)
            .collect();
        let mut answers = self.send_cancel(&awbs).await.into_iter();
        verdicts
            .into_iter()
            .map(|verdict| {
                let verdict = verdict.or_else(|| answers.next());
                hush.verdict(verdict.unwrap_or_else(|| Verdict::Unknown("not judged".into())))
            })
            .collect()
    }

    async fn send_cancel(&self, awbs: &[&Awb]) -> Vec<Verdict<()>> {
        if awbs.is_empty() {
            return Vec::new();
        }
        let body = cancel::body(awbs, &self.settings.customer_code);
        let request = self.http.post(self.booking.join(CANCEL));
        match self.write(request.json(&body)).await {
            Ok(answer) => cancel::judge(&answer.body, awbs),
            Err(not_done) => vec![not_done.into(); awbs.len()],
        }
    }
}
