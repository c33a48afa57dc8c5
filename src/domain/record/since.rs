//! Since when an order stands where it stands.

use super::{OrderRecord, Progress};
use crate::domain::{Stage, Stamp};

impl OrderRecord {
    /// Since when it stands in its stage; `None` once the carrier moves it, whose scans tell more. An
    /// order that is ready still stands in Confirmed for EasyEcom, and is as old there as the band says.
    pub fn stage_since(&self) -> Option<Stamp> {
        let done = |progress: &Progress| match progress {
            Progress::Done { at, .. } => Some(*at),
            _ => None,
        };
        match self.stage() {
            Stage::Fetched => Some(self.first_seen),
            Stage::Booked => self.booking.as_ref().map(|booking| booking.at),
            Stage::Assigned => done(&self.assign.progress),
            Stage::Confirming | Stage::Confirmed | Stage::Ready => Some(self.confirmed_since()),
            Stage::Shipped => done(&self.manifest.progress),
            Stage::Cancelled => self.cancelled.as_ref().map(|cancelled| cancelled.at),
            Stage::InTransit
            | Stage::OutForDelivery
            | Stage::Delivered
            | Stage::Rto
            | Stage::RtoDelivered => None,
        }
    }

    /// Since when an order that stands in Confirmed does so: when its confirmation was asked for or,
    /// once it is seen, when it was seen; by EasyEcom's own word where it was not confirmed here.
    pub fn confirmed_since(&self) -> Stamp {
        match &self.confirm.progress {
            Progress::Sent { intent }
            | Progress::Accepted { intent, .. }
            | Progress::Unknown { intent, .. } => intent.at,
            Progress::Done { at, .. } => *at,
            Progress::Idle | Progress::Waiting { .. } => {
                self.order.updated_at.unwrap_or(self.first_seen)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Operator,
        fold::fixture::{at, order},
        outcome::{Evidence, Proof},
        tracking::TrackingStatus,
    };

    fn done(second: i64) -> Progress {
        Progress::Done {
            at: at(second),
            by: Operator::engine(),
            evidence: Evidence::new(Proof::Answer, "yes"),
        }
    }

    #[test]
    fn every_stage_before_the_carrier_has_a_beginning() {
        let mut record = OrderRecord::new(order(1), at(0));
        assert_eq!(record.stage_since(), Some(at(0)), "fetched");
        record.assign.progress = done(3);
        assert_eq!(record.stage_since(), Some(at(3)), "assigned");
        record.confirm.progress = done(5);
        assert_eq!(record.stage_since(), Some(at(5)), "confirmed");
        record.manifest.progress = done(9);
        assert_eq!(record.stage_since(), Some(at(9)), "shipped");
        record.trail.reached = Some(TrackingStatus::InTransit);
        assert_eq!(record.stage_since(), None, "the scans tell");
    }

    #[test]
    fn what_easyecom_confirmed_itself_is_as_old_as_it_says() {
        let mut record = OrderRecord::new(order(1), at(30));
        record.order.updated_at = Some(at(10));
        assert_eq!(record.confirmed_since(), at(10));
        record.order.updated_at = None;
        assert_eq!(record.confirmed_since(), at(30));
    }
}
