//! A warehouse in memory for tests: says events in one line each.

use crate::domain::{
    event::{Decision, DocumentKind, Entry, Event, Gave, IntentDetail, Outcome, Via},
    fold::memory::Memory,
    ids::{
        Awb, CarrierId, InvoiceId, LocationKey, ManifestNo, MarketplaceId, Operator, OrderId,
        ReferenceCode, Sku,
    },
    order::{Destination, HistoryEntry, Line, Order, Package, Payment, RemoteStatus},
    outcome::{Evidence, Failure, FailureKind, Proof},
    record::{AwbSource, Document, OrderRecord, ParkReason},
    request::ManifestGroup,
    step::Call,
    time::Stamp,
    tracking::{Scan, TrackingStatus},
};

pub const START: i64 = 1_770_000_000;

pub fn at(second: i64) -> Stamp {
    chrono::DateTime::from_timestamp(START + second, 0).expect("a time")
}

pub fn awb(number: u64) -> Awb {
    Awb::parse(&format!("D{number:08}")).expect("an AWB")
}

pub fn location() -> LocationKey {
    LocationKey::new("ab1")
}

pub fn sku() -> Sku {
    Sku::new("SKU-1")
}

/// An open order of one line with two pieces.
pub fn order(id: u64) -> Order {
    Order {
        invoice_id: InvoiceId(id),
        order_id: OrderId(id),
        reference: ReferenceCode::new(&format!("WEB-{id}")),
        location: location(),
        marketplace_id: MarketplaceId(10),
        marketplace: "Offline".into(),
        carrier_id: None,
        courier: "SelfShip".into(),
        awb: None,
        status: RemoteStatus::Open,
        queue_status: Some(8),
        payment: Payment::Prepaid,
        total: 500.into(),
        ordered_at: None,
        updated_at: None,
        due_at: None,
        invoice_number: None,
        invoice_date: None,
        manifest_no: None,
        label_url: None,
        invoice_url: None,
        package: Package::default(),
        destination: Destination::default(),
        lines: vec![Line {
            sku: sku(),
            name: "A thing".into(),
            quantity: 2,
        }],
        shipping_status: None,
        history: Vec::new(),
    }
}

pub fn history(entries: &[(i64, Option<i64>)]) -> Vec<HistoryEntry> {
    entries
        .iter()
        .map(|(status_id, second)| HistoryEntry {
            status_id: *status_id,
            at: second.map(at),
        })
        .collect()
}

pub fn scan(code: &str, second: i64) -> Scan {
    Scan {
        code: code.into(),
        words: code.into(),
        at: at(second),
        place: "BLR".into(),
        remarks: "".into(),
        position: 0,
    }
}

pub fn document() -> Document {
    Document {
        sha256: "00".into(),
        bytes: 4,
        source: "easyecom".into(),
        at: at(0),
    }
}

pub fn applied(gave: Gave) -> Outcome {
    Outcome::Applied {
        evidence: Evidence::new(Proof::Answer, "the answer"),
        gave,
    }
}

pub fn gave(number: u64) -> Gave {
    Gave::Awb {
        awb: awb(number),
        source: AwbSource::Dtdc,
    }
}

/// What an intent for `call` asks.
pub fn detail(call: Call, id: u64, status: TrackingStatus) -> IntentDetail {
    let invoice = InvoiceId(id);
    match call {
        Call::Assign => IntentDetail::Assign {
            invoice,
            awb: awb(id),
            carrier_id: CarrierId(9),
        },
        Call::Confirm => IntentDetail::Confirm { invoice },
        Call::Manifest => IntentDetail::Manifest {
            group: group(),
            members: vec![(invoice, awb(id))],
        },
        Call::Tracking => IntentDetail::Tracking {
            invoice,
            awb: awb(id),
            status,
        },
        Call::CancelBooking => IntentDetail::CancelBooking {
            invoice,
            awb: awb(id),
        },
        Call::Book | Call::Documents | Call::Inventory => IntentDetail::Book {
            invoice,
            reference: format!("R{id}").into(),
            own_number: None,
        },
    }
}

pub fn group() -> ManifestGroup {
    ManifestGroup {
        location: location(),
        marketplace_id: MarketplaceId(10),
        carrier_id: CarrierId(9),
    }
}

/// The memory, a clock that moves a second with every event, and one AWB per order: the one with its
/// number.
#[derive(Default)]
pub struct Site {
    pub memory: Memory,
    pub seq: u64,
    pub second: i64,
}

impl Site {
    pub fn tell(&mut self, event: Event) -> u64 {
        self.tell_as("asha", event)
    }

    pub fn tell_as(&mut self, by: &str, event: Event) -> u64 {
        self.seq += 1;
        self.second += 1;
        let entry = Entry {
            seq: self.seq,
            at: at(self.second),
            epoch: 1,
            by: Operator::new(by),
            event,
        };
        self.memory.apply(&entry);
        self.check();
        self.seq
    }

    /// What holds after every event.
    pub fn check(&self) {
        let (stages, attention) = self.memory.recount();
        let counted = |k: &_| self.memory.site.stages.get(k).copied().unwrap_or_default();
        for stage in crate::domain::Stage::ALL {
            let real = stages.get(&stage).copied().unwrap_or_default();
            assert_eq!(counted(&stage), real, "{stage}");
        }
        for why in crate::domain::record::Attention::ALL {
            let counted = self.memory.site.attention.get(&why).copied();
            let real = attention.get(&why).copied();
            assert_eq!(counted.unwrap_or_default(), real.unwrap_or_default());
        }
    }

    pub fn get(&self, id: u64) -> &OrderRecord {
        &self.memory.orders[&InvoiceId(id)]
    }

    pub fn see(&mut self, order: Order) {
        self.tell(Event::OrderSeen {
            order: Box::new(order),
            via: Via::Details,
        });
    }

    /// A newer picture: the held one, changed.
    pub fn look(&mut self, id: u64, change: impl FnOnce(&mut Order)) {
        let mut order = self.get(id).order.clone();
        order.history.clear();
        order.updated_at = Some(at(self.second));
        change(&mut order);
        self.see(order);
    }

    pub fn intend(&mut self, call: Call, id: u64) -> u64 {
        self.push(detail(call, id, TrackingStatus::InTransit))
    }

    pub fn push(&mut self, detail: IntentDetail) -> u64 {
        let attempt = detail
            .invoices()
            .first()
            .and_then(|id| self.memory.orders.get(id))
            .and_then(|r| r.call(detail.call()))
            .map_or(0, |c| c.attempts);
        let now = self.second;
        self.tell(Event::Intent {
            detail,
            attempt: attempt + 1,
            digest: "d".into(),
            not_after: at(now + 4),
            settle_at: at(now + 120),
        })
    }

    pub fn end(&mut self, intent: u64, call: Call, id: u64, result: Outcome) {
        self.tell(Event::Outcome {
            intent,
            call,
            invoice: InvoiceId(id),
            result,
        });
    }

    /// Intent and outcome.
    pub fn call(&mut self, call: Call, id: u64, result: Outcome) {
        let intent = self.intend(call, id);
        self.end(intent, call, id, result);
    }

    pub fn fail(&mut self, call: Call, id: u64, kind: FailureKind) {
        let retry_at = at(self.second + 30);
        let failure = Failure::new(kind, "no");
        self.call(call, id, Outcome::NotApplied { failure, retry_at });
    }

    pub fn unknown(&mut self, call: Call, id: u64) -> u64 {
        let intent = self.intend(call, id);
        let check_at = at(self.second + 120);
        let saw = "timeout".into();
        self.end(intent, call, id, Outcome::Unknown { saw, check_at });
        intent
    }

    pub fn book(&mut self, id: u64) {
        self.call(Call::Book, id, applied(gave(id)));
    }

    pub fn assign(&mut self, id: u64) {
        self.call(Call::Assign, id, applied(Gave::Nothing));
    }

    pub fn confirm(&mut self, id: u64) {
        self.call(Call::Confirm, id, applied(Gave::Nothing));
    }

    pub fn documents(&mut self, id: u64) {
        for kind in [DocumentKind::Label, DocumentKind::Invoice] {
            self.tell(Event::DocumentStored {
                invoice: InvoiceId(id),
                kind,
                document: document(),
            });
        }
    }

    pub fn manifest(&mut self, id: u64) {
        let number = Some(ManifestNo::new("M-1"));
        self.call(Call::Manifest, id, applied(Gave::Manifest { number }));
    }

    /// An order taken through the first `steps` of: seen, booked, assigned, confirmed, documents,
    /// manifest.
    pub fn to(&mut self, id: u64, steps: usize) {
        self.see(order(id));
        let doing: [fn(&mut Self, u64); 5] = [
            Self::book,
            Self::assign,
            Self::confirm,
            Self::documents,
            Self::manifest,
        ];
        for step in doing.into_iter().take(steps.saturating_sub(1)) {
            step(self, id);
        }
    }

    pub fn scanned(&mut self, id: u64, scans: Vec<Scan>) {
        self.tell(Event::Scanned {
            invoice: InvoiceId(id),
            awb: awb(id),
            scans,
            returns_as: None,
        });
    }

    pub fn decide(&mut self, id: u64, decision: Decision) {
        self.tell(Event::Decided {
            invoice: InvoiceId(id),
            decision,
            reason: "because".into(),
        });
    }

    pub fn park(&mut self, id: u64, reason: ParkReason) {
        self.tell(Event::Parked {
            invoice: InvoiceId(id),
            reason,
        });
    }

    /// Why it is parked, one word.
    pub fn parked(&self, id: u64) -> &'static str {
        self.get(id).park.as_ref().map_or("no", |p| match p.reason {
            ParkReason::Twin { .. } => "twin",
            ParkReason::Foreign { .. } => "foreign",
            ParkReason::Contradiction { .. } => "contradiction",
            ParkReason::Refused { .. } => "refused",
            ParkReason::BookingUnknown { .. } => "unknown",
            ParkReason::ConfirmFailed => "confirm failed",
            ParkReason::Document { .. } => "document",
            _ => "other",
        })
    }
}
