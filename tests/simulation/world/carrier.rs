//! DTDC: bookings and the scans of parcels.

use raftaar::domain::{Awb, Clean, InvoiceId, Stamp, tracking::Scan};

use super::World;

/// A consignment at DTDC.
#[derive(Clone, Debug)]
pub(super) struct Consignment {
    invoice: Option<InvoiceId>,
    booked_at: Stamp,
    cancelled: bool,
}

/// From the manifest to each scan of an ordinary journey, in units of [`UNIT_MIN`].
const JOURNEY: [(&str, i64); 7] = [
    ("PCUP", 2),
    ("BKD", 4),
    ("OPMF", 8),
    ("INSCAN", 24),
    ("OUTDLV", 30),
    ("NONDLV", 33),
    ("OUTDLV", 50),
];

/// Minutes that an hour of a real journey takes here.
const UNIT_MIN: i64 = 5;

impl World {
    /// softdata.
    pub fn book(&mut self, reference: &str, now: Stamp) -> Awb {
        self.effects += 1;
        let invoice = reference
            .trim_start_matches('R')
            .parse()
            .ok()
            .map(InvoiceId);
        let live: Vec<_> = self
            .parcels
            .iter()
            .filter(|(_, c)| c.invoice == invoice && !c.cancelled)
            .map(|(awb, _)| awb.clone())
            .collect();
        if !live.is_empty() {
            self.breach(now, "never a second AWB", format!("{reference}: {live:?}"));
        }
        let awb = Awb::parse(&format!("7X{}", self.next_awb)).expect("11 letters and digits");
        self.next_awb += 1;
        self.parcels.insert(
            awb.clone(),
            Consignment {
                invoice,
                booked_at: now,
                cancelled: false,
            },
        );
        awb
    }

    /// Cancel at DTDC.
    pub fn cancel_booking(&mut self, awb: &Awb, now: Stamp) -> Result<(), String> {
        self.effects += 1;
        let needed = self
            .orders
            .values()
            .any(|t| t.awb.as_ref() == Some(awb) && t.manifested_at.is_some());
        if needed {
            self.breach(now, "a travelling AWB is not cancelled", format!("{awb}"));
        }
        match self.parcels.get_mut(awb) {
            Some(parcel) => {
                parcel.cancelled = true;
                Ok(())
            }
            None => Err("CONSIGNMENT_DOES_NOT_BELONG_TO_CLIENT".into()),
        }
    }

    /// Tracking by reference: a booking shows after `lag_s`.
    pub fn find_booking(&self, reference: &str, lag_s: i64, now: Stamp) -> Option<Awb> {
        let invoice = reference
            .trim_start_matches('R')
            .parse()
            .ok()
            .map(InvoiceId);
        self.parcels
            .iter()
            .find(|(_, c)| {
                c.invoice == invoice && !c.cancelled && (now - c.booked_at).num_seconds() >= lag_s
            })
            .map(|(awb, _)| awb.clone())
    }

    /// Scans of a parcel as of `now`.
    pub fn scans(&self, awb: &Awb, now: Stamp) -> Option<Vec<Scan>> {
        let parcel = self.parcels.get(awb)?;
        let truth = self.orders.values().find(|t| t.awb.as_ref() == Some(awb));
        let mut scans = vec![scan("SPL", parcel.booked_at, 0)];
        if let Some((start, returns)) = truth.and_then(|t| Some((t.manifested_at?, t.returns))) {
            let ends = if returns {
                [("SETRTO", 60), ("RTODLV", 90)]
            } else {
                [("INSCAN", 51), ("DLV", 52)]
            };
            for (n, (code, hours)) in JOURNEY.iter().chain(&ends).enumerate() {
                let at = start + chrono::Duration::minutes(hours * UNIT_MIN);
                if at <= now {
                    scans.push(scan(code, at, n as u16 + 1));
                }
            }
        }
        Some(scans)
    }

    /// Booked AWBs alive whose order will not ship with them.
    pub fn loose_awbs(&self, now: Stamp) -> Vec<Awb> {
        self.parcels
            .iter()
            .filter(|(awb, c)| {
                let used = self
                    .orders
                    .values()
                    .any(|t| t.awb.as_ref() == Some(*awb) && t.cancelled(now).is_none());
                !c.cancelled && !used
            })
            .map(|(awb, _)| awb.clone())
            .collect()
    }
}

fn scan(code: &str, at: Stamp, position: u16) -> Scan {
    Scan {
        code: code.into(),
        words: code.into(),
        at,
        place: "SIM".into(),
        remarks: Clean::default(),
        position,
    }
}
