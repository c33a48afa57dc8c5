//! From scans to what may be told: forward only, the RTO leg apart, nothing after the end.

use serde::{Deserialize, Serialize};

use super::{Meaning, Scan, TrackingStatus, codes, meaning};
use crate::domain::{text::Clean, time::Stamp};

/// Flags kept on a trail; the newest stay when there are more.
const FLAGS_MAX: usize = 8;

/// Statuses that wait to be told; six distinct ones exist, so this is never reached.
const OUTBOX_MAX: usize = 8;

/// A status that waits to be told to EasyEcom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// What to tell.
    pub status: TrackingStatus,
    /// When the carrier saw it.
    pub at: Stamp,
    /// The code it was read from.
    pub code: Clean,
    /// The carrier's words.
    pub words: Clean,
    /// Where.
    pub place: Clean,
}

/// Something about a parcel that a person should see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "flag", rename_all = "snake_case")]
pub enum Flag {
    /// Held, investigated or stopped by the carrier.
    Held {
        /// The carrier's words.
        words: Clean,
    },
    /// A failed delivery attempt.
    NotDelivered {
        /// The reason.
        reason: Clean,
        /// 1 for the first attempt.
        attempt: u8,
    },
    /// A code that the sheet does not have.
    UnknownCode {
        /// The code.
        code: Clean,
        /// The carrier's words.
        words: Clean,
    },
    /// Sources disagree on what this code means.
    Alert {
        /// The code.
        code: Clean,
        /// The carrier's words.
        words: Clean,
    },
    /// A scan that cannot follow what was known.
    Contradiction {
        /// What was known.
        known: TrackingStatus,
        /// What came.
        came: TrackingStatus,
    },
    /// The return travels under another number, whose `DLV` means delivered to the seller.
    ReturnNumber {
        /// The number.
        number: Clean,
    },
}

impl Flag {
    /// Whether a person has to decide something; the others inform.
    pub fn needs_person(&self) -> bool {
        matches!(
            self,
            Self::UnknownCode { .. } | Self::Alert { .. } | Self::Contradiction { .. }
        )
    }

    /// One line for the screen.
    pub fn describe(&self) -> String {
        match self {
            Self::Held { words } => format!("held by the carrier: {words}"),
            Self::NotDelivered { reason, attempt } => {
                format!("delivery attempt {attempt} failed: {reason}")
            }
            Self::UnknownCode { code, words } => {
                format!("unknown carrier code {code} ({words}); kept, not pushed")
            }
            Self::Alert { code, words } => {
                format!("carrier code {code} ({words}) has no agreed meaning; not pushed")
            }
            Self::Contradiction { known, came } => {
                format!("carrier says {came} after {known}; not pushed")
            }
            Self::ReturnNumber { number } => format!("returns under number {number}"),
        }
    }
}

/// What is known about a parcel's journey, and what of it EasyEcom knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    /// The furthest status that the scans prove.
    pub reached: Option<TrackingStatus>,
    /// The furthest status that EasyEcom was told.
    pub told: Option<TrackingStatus>,
    /// Statuses to tell, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outbox: Vec<Pending>,
    /// The newest scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Scan>,
    /// Scans kept.
    #[serde(default)]
    pub scans: u32,
    /// Failed delivery attempts.
    #[serde(default)]
    pub attempts: u8,
    /// What a person should see, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
}

impl Trail {
    /// Takes scans that were not known before. They may come unsorted and late.
    pub fn take(&mut self, new: &[Scan]) {
        let mut scans: Vec<&Scan> = new.iter().collect();
        scans.sort_by_key(|s| (s.at, s.position));
        for scan in scans {
            self.take_one(scan);
        }
    }

    /// Notes the number under which the parcel returns.
    pub fn returns_as(&mut self, number: &Clean) {
        let flag = Flag::ReturnNumber {
            number: number.clone(),
        };
        if !self.flags.contains(&flag) {
            self.flag(flag);
        }
    }

    fn take_one(&mut self, scan: &Scan) {
        self.scans = self.scans.saturating_add(1);
        let newest = self
            .last
            .as_ref()
            .is_none_or(|last| (scan.at, scan.position) >= (last.at, last.position));
        if newest {
            self.last = Some(scan.clone());
            self.flags.retain(|f| !matches!(f, Flag::Held { .. }));
        }
        match meaning(scan.code.as_str()) {
            Meaning::Says(status) => self.reach(status, scan),
            Meaning::Hold if newest => self.flag(Flag::Held {
                words: scan.words.clone(),
            }),
            Meaning::Hold => {}
            Meaning::NotDelivered => {
                self.attempts = self.attempts.saturating_add(1);
                self.flag(Flag::NotDelivered {
                    reason: Clean::new(codes::ndr_reason(scan.remarks.as_str())),
                    attempt: self.attempts,
                });
            }
            Meaning::Alert => self.flag(Flag::Alert {
                code: scan.code.clone(),
                words: scan.words.clone(),
            }),
            Meaning::Unknown => self.flag(Flag::UnknownCode {
                code: scan.code.clone(),
                words: scan.words.clone(),
            }),
        }
    }

    fn reach(&mut self, status: TrackingStatus, scan: &Scan) {
        match self.reached {
            Some(known) if known == status => {}
            Some(known) if known.may_become(status) => self.advance(status, scan),
            // An older scan that comes late, or a hub scan after a failed attempt, is normal; what
            // would undo an end or an RTO is not.
            Some(known) => {
                let undoes = known.is_final() && status > TrackingStatus::OutForDelivery;
                let undoes_rto =
                    known == TrackingStatus::Rto && status == TrackingStatus::Delivered;
                if undoes || undoes_rto {
                    self.flag(Flag::Contradiction {
                        known,
                        came: status,
                    });
                }
            }
            None => self.advance(status, scan),
        }
    }

    fn advance(&mut self, status: TrackingStatus, scan: &Scan) {
        self.reached = Some(status);
        if self.outbox.len() < OUTBOX_MAX {
            self.outbox.push(Pending {
                status,
                at: scan.at,
                code: scan.code.clone(),
                words: scan.words.clone(),
                place: scan.place.clone(),
            });
        }
    }

    /// EasyEcom has been told `status`: it and everything before it leaves the outbox. What was
    /// told never goes backwards here, whatever an answer says.
    pub fn tell(&mut self, status: TrackingStatus) {
        if self.told.is_none_or(|told| told.may_become(status)) {
            self.told = Some(status);
        }
        if let Some(at) = self.outbox.iter().position(|p| p.status == status) {
            self.outbox.drain(..=at);
        }
    }

    /// What to tell next, if it may be told after what was told.
    pub fn next_to_tell(&self) -> Option<&Pending> {
        self.outbox.iter().find(|p| {
            self.told
                .is_none_or(|told| told != p.status && told.may_become(p.status))
        })
    }

    fn flag(&mut self, flag: Flag) {
        if self.flags.last() == Some(&flag) {
            return;
        }
        if self.flags.len() == FLAGS_MAX {
            self.flags.remove(0);
        }
        self.flags.push(flag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(code: &str, minute: i64) -> Scan {
        Scan {
            code: code.into(),
            words: code.into(),
            at: chrono::DateTime::from_timestamp(minute * 60, 0).expect("a time"),
            place: "BLR".into(),
            remarks: Clean::default(),
            position: 0,
        }
    }

    fn statuses(trail: &Trail) -> Vec<TrackingStatus> {
        trail.outbox.iter().map(|p| p.status).collect()
    }

    use TrackingStatus::{
        Delivered, InTransit, OutForDelivery, PickupScheduled, Rto, RtoDelivered,
    };

    #[test]
    fn a_failed_attempt_then_a_delivery() {
        let mut trail = Trail::default();
        let codes = ["SPL", "PCUP", "OUTDLV", "NONDLV", "INSCAN", "OUTDLV", "DLV"];
        let scans: Vec<_> = codes.iter().zip(0..).map(|(c, m)| scan(c, m)).collect();
        trail.take(&scans);
        assert_eq!(
            statuses(&trail),
            [PickupScheduled, InTransit, OutForDelivery, Delivered]
        );
        assert_eq!(trail.attempts, 1);
    }

    #[test]
    fn unsorted_scans_are_sorted() {
        let mut trail = Trail::default();
        trail.take(&[scan("DLV", 9), scan("PCUP", 1), scan("OUTDLV", 5)]);
        assert_eq!(statuses(&trail), [InTransit, OutForDelivery, Delivered]);
    }

    #[test]
    fn rto_is_not_undone() {
        let mut trail = Trail::default();
        trail.take(&[
            scan("PCUP", 1),
            scan("SETRTO", 2),
            scan("IPMF", 3),
            scan("DLV", 4),
        ]);
        assert_eq!(statuses(&trail), [InTransit, Rto]);
        assert!(trail.flags.iter().any(Flag::needs_person));
        trail.take(&[scan("RTODLV", 5)]);
        assert_eq!(trail.reached, Some(RtoDelivered));
    }

    #[test]
    fn what_was_told_is_never_told_again_or_backwards() {
        let mut trail = Trail::default();
        trail.take(&[scan("PCUP", 1), scan("OUTDLV", 2)]);
        trail.tell(OutForDelivery);
        assert_eq!(trail.next_to_tell(), None);
        trail.take(&[scan("DLV", 3)]);
        assert_eq!(trail.next_to_tell().map(|p| p.status), Some(Delivered));
    }

    #[test]
    fn unknown_codes_are_held_and_shown() {
        let mut trail = Trail::default();
        trail.take(&[scan("PCUP", 1), scan("ZZZ", 2)]);
        assert_eq!(trail.reached, Some(InTransit));
        assert!(matches!(trail.flags[..], [Flag::UnknownCode { .. }]));
    }

    proptest::proptest! {
        #[test]
        fn any_scans_in_any_order_only_go_forward(
            picks in proptest::collection::vec((0usize..69, 0i64..50), 0..40)
        ) {
            let mut trail = Trail::default();
            for (pick, minute) in picks {
                trail.take(&[scan(super::super::CODES[pick].code, minute)]);
                while let Some(next) = trail.next_to_tell().map(|p| p.status) {
                    if let Some(told) = trail.told {
                        proptest::prop_assert!(told.may_become(next));
                    }
                    trail.tell(next);
                }
            }
        }
    }
}
