//! What is legal where, in the words that an operator reads.

use std::fmt::Write;

use crate::domain::{
    event::{Decision, Event, Gave},
    fold::{
        View,
        fixture::{Site, applied, at, awb, detail, history, order, scan},
    },
    gate::{Facts, LiftedBy, Refusal, Rule, weigh},
    ids::{InvoiceId, ReferenceCode},
    order::{Order, RemoteStatus},
    record::ParkReason,
    step::Call,
    tracking::TrackingStatus,
};

const CALLS: [Call; 7] = [
    Call::Book,
    Call::Assign,
    Call::Confirm,
    Call::Documents,
    Call::Manifest,
    Call::Tracking,
    Call::CancelBooking,
];

/// A state that an operator can name, and how order 1 comes there.
type Row = (&'static str, fn(&mut Site));

const ROWS: [Row; 24] = [
    ("just fetched", |s| s.to(1, 1)),
    ("AWB booked", |s| s.to(1, 2)),
    ("shipment assigned", |s| s.to(1, 3)),
    ("confirmation runs", |s| {
        s.to(1, 3);
        s.intend(Call::Confirm, 1);
    }),
    ("confirmed", |s| s.to(1, 4)),
    ("label and invoice stored", |s| s.to(1, 5)),
    ("manifested", |s| s.to(1, 6)),
    ("picked up, not told yet", |s| {
        s.to(1, 6);
        s.scanned(1, vec![scan("PCUP", 1)]);
    }),
    ("delivered and told", |s| {
        s.to(1, 6);
        s.scanned(1, vec![scan("DLV", 1)]);
        let intent = s.push(detail(Call::Tracking, 1, TrackingStatus::Delivered));
        s.end(intent, Call::Tracking, 1, applied(Gave::Nothing));
    }),
    ("AWB booking sent, outcome not known", |s| {
        s.to(1, 1);
        s.unknown(Call::Book, 1);
    }),
    ("confirmation sent, outcome not known", |s| {
        s.to(1, 3);
        s.unknown(Call::Confirm, 1);
    }),
    ("manifest sent, outcome not known", |s| {
        s.to(1, 5);
        s.unknown(Call::Manifest, 1);
    }),
    ("EasyEcom: Confirm Fail", |s| {
        s.to(1, 3);
        s.intend(Call::Confirm, 1);
        let now = s.second;
        s.look(1, |o| {
            o.status = RemoteStatus::Confirmed;
            o.history = history(&[(13, Some(now)), (18, Some(now))]);
        });
    }),
    ("held by a person", |s| {
        s.to(1, 5);
        s.tell(Event::Held {
            invoice: InvoiceId(1),
            reason: "customer called".into(),
        });
    }),
    ("parked by a person", |s| {
        s.to(1, 5);
        let says = "box is wet".into();
        s.park(1, ParkReason::Person { says });
    }),
    ("cancelled, AWB booked", |s| {
        s.to(1, 3);
        s.look(1, |o| o.status = RemoteStatus::Cancelled);
    }),
    ("cancelled, AWB cancelled", |s| {
        s.to(1, 3);
        s.look(1, |o| o.status = RemoteStatus::Cancelled);
        s.call(Call::CancelBooking, 1, applied(Gave::Nothing));
    }),
    ("cancelled after its manifest", |s| {
        s.to(1, 6);
        s.look(1, |o| o.status = RemoteStatus::Cancelled);
        s.scanned(1, vec![scan("PCUP", 1)]);
    }),
    ("dropped by a person", |s| {
        s.to(1, 2);
        s.decide(1, Decision::Drop);
    }),
    ("twin (_OR1) of a confirmed order", |s| {
        s.to(2, 4);
        s.see(twin());
    }),
    ("twin (_OR1) of an order under way", |s| {
        s.to(2, 2);
        s.see(twin());
    }),
    ("EasyEcom shows an AWB of others", |s| {
        s.see(Order {
            awb: Some(awb(77)),
            ..order(1)
        });
    }),
    ("confirmed by others, AWB booked here", |s| {
        s.to(1, 2);
        s.look(1, |o| o.status = RemoteStatus::Printed);
    }),
    ("EasyEcom shows a status nobody knows", |s| {
        s.to(1, 3);
        s.look(1, |o| o.status = RemoteStatus::Other("On hold".into()));
    }),
];

fn twin() -> Order {
    Order {
        reference: ReferenceCode::new("WEB-2_OR1"),
        ..order(1)
    }
}

fn ask(site: &Site, call: Call, age_s: i64) -> Result<(), Refusal> {
    let record = site.get(1);
    let Ok(siblings) = site.memory.siblings(&record.order);
    let now = at(1_000);
    let facts = Facts {
        record,
        siblings: &siblings,
        fresh_at: Some(now - chrono::Duration::seconds(age_s)),
        fresh_for_s: 60,
        telling: None,
        stock_setting_on: true,
        zone: crate::domain::time::ist(),
        now,
    };
    weigh(call, &facts)
}

fn rows(out: &mut String, site: &Site, age_s: i64) {
    for call in CALLS {
        let answer = match ask(site, call, age_s) {
            Ok(()) => "LEGAL".to_owned(),
            Err(refusal) => {
                let first = &refusal.unmet[0];
                let more = match refusal.unmet.len() - 1 {
                    0 => String::new(),
                    n => format!(" (+{n})"),
                };
                format!("no: {}{more} -> {}", first.what, first.lifts)
            }
        };
        let (number, call) = (call.step().number(), call.title());
        writeln!(out, "  {number} {call:<13} {answer}").expect("a string takes it");
    }
}

/// The table that ARCHITECTURE.md cites: every state an operator can name, every call, and the gate's
/// answer: legal, or the first thing in the way, how many more there are, and what lifts it.
#[test]
fn what_is_legal_where() {
    let mut out = String::new();
    for (name, build) in ROWS {
        let mut site = Site::default();
        build(&mut site);
        let stage = site.get(1).stage();
        writeln!(out, "{name} [{stage}]").expect("a string takes it");
        rows(&mut out, &site, 0);
    }
    out.push_str("shipment assigned, EasyEcom last read 90 s ago\n");
    let mut site = Site::default();
    site.to(1, 3);
    rows(&mut out, &site, 90);
    println!("{out}");
    insta::assert_snapshot!(out);
}

/// What the console says under a refusal: a person, or only time.
#[test]
fn who_lifts_it() {
    let lifts = |name: &str, call| {
        let (_, build) = ROWS.iter().find(|(row, _)| *row == name).expect("a row");
        let mut site = Site::default();
        build(&mut site);
        ask(&site, call, 0).map_err(|refusal| refusal.lifts_itself())
    };
    assert_eq!(lifts("just fetched", Call::Assign), Err(true));
    assert_eq!(lifts("confirmation runs", Call::Documents), Err(true));
    assert_eq!(lifts("manifested", Call::Manifest), Err(false), "final");
    assert_eq!(lifts("held by a person", Call::Manifest), Err(false));
    assert_eq!(
        lifts("twin (_OR1) of a confirmed order", Call::Book),
        Err(false)
    );
    assert_eq!(
        lifts("twin (_OR1) of an order under way", Call::Book),
        Err(true)
    );
    assert_eq!(lifts("cancelled, AWB booked", Call::CancelBooking), Ok(()));
}

/// Of several things in the way the one that stays is what a preview names.
#[test]
fn what_stays() {
    let stays = |build: fn(&mut Site), call| {
        let mut site = Site::default();
        build(&mut site);
        let refusal = ask(&site, call, 90).expect_err("not legal");
        refusal.stays().map(|u| (u.rule, u.lifted_by))
    };
    let held: fn(&mut Site) = |s| {
        s.to(1, 2);
        s.tell(Event::Held {
            invoice: InvoiceId(1),
            reason: "customer called".into(),
        });
    };
    assert_eq!(stays(|s| s.to(1, 3), Call::Confirm), None, "only a reading");
    assert_eq!(
        stays(held, Call::Manifest),
        Some((Rule::NotHeld, LiftedBy::Person))
    );
    let twin_with_sibling_under_way: fn(&mut Site) = |s| {
        s.to(2, 2);
        s.see(twin());
        s.book(1);
    };
    assert_eq!(
        stays(twin_with_sibling_under_way, Call::Book),
        Some((Rule::NotSentAlready, LiftedBy::Nothing)),
        "not the sibling, which comes first"
    );
    assert_eq!(
        stays(|s| s.to(1, 3), Call::CancelBooking),
        Some((Rule::AwbVoid, LiftedBy::Person))
    );
}
