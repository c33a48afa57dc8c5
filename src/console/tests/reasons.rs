//! Every exception says what happened, what it means and which key resolves it; no promise outlives its
//! time.

use chrono::TimeDelta;

use crate::{
    console::{
        fixture::{Bench, Engine, ago, now, order_row, order_view},
        update::Event,
    },
    domain::{
        Awb, Call, Clean, InvoiceId, Operator, Stage, Step,
        outcome::{Failure, FailureKind, Signed},
        record::{
            Attention, AwbSource, Booking, BookingState, CallState, Cancelled, CancelledBy, Intent,
            Park, ParkReason, Progress,
        },
    },
    handle::{Again, AgainWhat, EngineState, OrderView, StepState},
};

const ORDER: InvoiceId = InvoiceId(100_200);

fn waiting(says: &str) -> CallState {
    CallState {
        strikes: 2,
        progress: Progress::Waiting {
            failure: Failure::new(FailureKind::Rejected, says),
            at: ago(4),
            retry_at: now() + TimeDelta::minutes(3),
        },
        ..CallState::default()
    }
}

/// A console on an order whose view is this.
fn on(size: (u16, u16), change: impl FnOnce(&mut OrderView)) -> Bench {
    let mut b = Bench::new(Engine::normal(), size);
    let mut view = order_view(&order_row(0));
    change(&mut view);
    b.model.steps.view = Some(Box::new(view));
    b
}

fn exception(kind: Attention, view: &mut OrderView) {
    let r = &mut view.record;
    match kind {
        Attention::CancelledAfterManifest => {
            r.cancelled = Some(Cancelled {
                at: ago(9),
                by: CancelledBy::Person(Operator::new("panel")),
                after_manifest: true,
                noted_by: None,
            });
        }
        Attention::Unknown => {
            r.confirm.progress = Progress::Unknown {
                intent: Intent {
                    seq: 1,
                    at: ago(2),
                    not_after: ago(1),
                    settle_at: ago(1),
                    by: Operator::engine(),
                    digest: "".into(),
                },
                since: ago(2),
                saw: "no answer for 30 s".into(),
                silent: 0,
                check_at: now(),
            };
        }
        Attention::Parked => {
            r.park = Some(Park {
                reason: ParkReason::Document {
                    says: "the label is no PDF".into(),
                },
                at: ago(12),
                by: Operator::engine(),
            });
        }
        Attention::OrphanAwb => {
            r.booking = Some(Booking {
                awb: Awb::parse("7X100004344").expect("an AWB"),
                source: AwbSource::Dtdc,
                state: BookingState::Orphan,
                at: ago(30),
            });
            r.cancel_booking = waiting("shipment is picked up");
        }
        Attention::Tracking => {
            r.trail
                .flags
                .push(crate::domain::tracking::Flag::UnknownCode {
                    code: "XYZ".into(),
                    words: "Something new".into(),
                });
        }
        Attention::Held => {
            r.hold = Some(Signed {
                at: ago(30),
                by: Operator::new("asha"),
                reason: "address".into(),
            });
        }
        Attention::Failing => r.documents = waiting("Label not generated"),
    }
}

#[test]
fn every_exception_says_what_it_means_and_which_key_resolves_it() {
    for kind in Attention::ALL {
        let mut b = on((160, 50), |view| exception(kind, view));
        let view = b.model.steps.view.clone().expect("a view");
        assert_eq!(view.record.attention(), Some(kind));
        let (says, keys): (&str, &[&str]) = match kind {
            Attention::CancelledAfterManifest => ("by panel", &["l takes note"]),
            Attention::Unknown => ("no answer for 30 s", &["f reads EasyEcom now"]),
            Attention::Parked => (
                "Parked: documents missing: the label is no PDF",
                &["p: retry fetches"],
            ),
            Attention::OrphanAwb => ("shipment is picked up", &["r tries now"]),
            Attention::Tracking => ("XYZ", &["t reads its scans", "l takes note"]),
            Attention::Held => ("by asha: address", &["u releases"]),
            Attention::Failing => (
                "Documents missing (2x): Label not generated",
                &["r tries again now", "h holds"],
            ),
        };
        b.press("2");
        let screen = b.screen();
        for part in keys.iter().chain([&says]) {
            assert!(screen.contains(part), "{part}, {kind:?}:\n{screen}");
        }
        // On a small screen the line of the status has the keys.
        let b = on((80, 24), |view| exception(kind, view));
        let status = status(&b);
        for part in keys {
            assert!(status.contains(part), "{part}, {kind:?}: {status}");
        }
        assert!(!status.contains('…'), "{status}");
    }
}

fn status(b: &Bench) -> String {
    b.screen().lines().nth(22).unwrap_or_default().to_owned()
}

#[test]
fn what_mends_a_call_that_fails_is_not_cut_on_a_small_screen() {
    for call in Call::OF_ORDER {
        let b = on((80, 24), |view| {
            *view.record.call_mut(call).expect("its state") = waiting("no");
            if call == Call::CancelBooking {
                exception(Attention::OrphanAwb, view);
            }
        });
        let status = status(&b);
        assert!(status.contains(" r tries "), "{call}: {status}");
        assert!(!status.contains('…'), "{call}: {status}");
    }
}

#[test]
fn the_oldest_in_confirmed_is_one_key_away() {
    let wide = Bench::new(Engine::normal(), (120, 40)).screen();
    assert!(wide.contains("oldest 47 min (c)"), "{wide}");
    let mut b = Bench::new(Engine::normal(), (80, 24));
    b.press("c");
    let screen = b.screen();
    assert!(screen.contains("Order 100204"), "{screen}");
    b.press("esc");
    let mut engine = Engine::normal();
    engine.overview.confirmed = crate::handle::ConfirmedBand::default();
    let mut b = Bench::new(engine, (80, 24));
    b.press("c");
    let screen = b.screen();
    assert!(screen.contains("no order stands in Confirmed"), "{screen}");
}

#[test]
fn a_failing_call_is_named_in_the_list() {
    let mut b = Bench::new(Engine::normal(), (120, 40));
    b.press("e");
    let screen = b.screen();
    assert!(screen.contains("! Documents missing: label"), "{screen}");
    assert!(!screen.contains("Failing"), "{screen}");
}

fn failed(view: &mut OrderView, again: Again) {
    view.record.confirm = waiting("Stock is short");
    let step = view.steps.iter_mut().find(|s| s.step == Step::Assign);
    let step = step.expect("the step");
    step.state = StepState::Failed;
    step.says = "Stock is short".into();
    step.again = Some(again);
}

#[test]
fn a_step_that_is_legal_and_failed_says_how_and_which_key_tries_again() {
    let again = Again {
        what: AgainWhat::Retry,
        at: now() + TimeDelta::minutes(3),
        by_hand: false,
    };
    let mut b = on((100, 30), |view| failed(view, again));
    b.engine.refuses = false;
    b.press("w");
    let screen = b.screen();
    for part in [
        "It is legal now",
        "Its last try failed",
        "Stock is short",
        "r tries it again now",
    ] {
        assert!(screen.contains(part), "{part}:\n{screen}");
    }
}

#[test]
fn no_promise_outlives_its_time() {
    let at = now() + TimeDelta::minutes(3);
    let next = |what, by_hand| Again { what, at, by_hand };
    let retry = next(AgainWhat::Retry, false);
    let paused = EngineState::Paused {
        by: Signed {
            at: now(),
            by: Operator::new("asha"),
            reason: Clean::default(),
        },
    };
    let auto = EngineState::Automatic;
    for (again, minutes, engine, says) in [
        (retry, 0, &auto, "again at 16:45:00"),
        (retry, 3, &auto, "tried again now"),
        (retry, 9, &auto, "overdue since 16:45:00"),
        (retry, 0, &paused, "waits: the engine is paused"),
        (retry, 9, &paused, "waits: the engine is paused"),
        (
            next(AgainWhat::Retry, true),
            9,
            &auto,
            "by hand: n tries it again",
        ),
        (
            next(AgainWhat::Look, false),
            0,
            &paused,
            "read again at 16:45:00",
        ),
        (
            next(AgainWhat::Look, false),
            9,
            &auto,
            "reading it is overdue since 16:45:00",
        ),
        (
            next(AgainWhat::Manifest, false),
            0,
            &auto,
            "its manifest follows by 16:45:00",
        ),
        (
            next(AgainWhat::Manifest, false),
            9,
            &auto,
            "its manifest is overdue since",
        ),
    ] {
        let mut b = on((160, 50), |view| failed(view, again));
        if let Some(o) = &mut b.model.overview {
            o.engine = engine.clone();
        }
        b.model.now = now() + TimeDelta::minutes(minutes);
        assert!(b.screen().contains(says), "{says}:\n{}", b.screen());
    }
    let mut b = on((160, 50), |view| failed(view, retry));
    b.event(Event::Gone("the engine has stopped".into()));
    assert!(b.screen().contains("waits: no engine"), "{}", b.screen());
}

#[test]
fn what_is_due_is_not_promised_for_a_time_that_is_past() {
    use crate::domain::{
        Call,
        schedule::{Due, Work},
    };
    let mut engine = Engine::normal();
    engine.orders.truncate(1);
    let mut b = Bench::new(engine, (120, 40));
    b.press("enter");
    let due = Due {
        work: Work::Confirm,
        call: Call::Confirm,
        at: now() + TimeDelta::minutes(2),
        leaves_by: now(),
    };
    for (minutes, engine, says) in [
        (
            0,
            EngineState::Automatic,
            "engine's next: confirm from 16:44:00",
        ),
        (
            9,
            EngineState::Automatic,
            "confirm, its turn since 16:44:00",
        ),
        (9, EngineState::ByHand, "n does it"),
    ] {
        for layer in &mut b.model.layers {
            if let crate::console::model::Layer::Detail(open) = layer {
                open.view.as_mut().expect("read").due = Some(due);
            }
        }
        b.model.overview.as_mut().expect("read").engine = engine;
        b.model.now = now() + TimeDelta::minutes(minutes);
        assert!(b.screen().contains(says), "{says}:\n{}", b.screen());
    }
    assert_eq!(b.model.orders.rows[0].invoice, ORDER);
}

#[test]
fn an_order_that_is_not_shipped_shows_how_long_it_stands_there_and_its_age() {
    let mut engine = Engine::normal();
    engine.orders.retain(|row| row.stage != Stage::Cancelled);
    let b = Bench::new(engine.clone(), (160, 40));
    let screen = b.screen();
    assert!(
        screen.contains("STAGE       FOR   DUE        AGE"),
        "{screen}"
    );
    assert!(
        screen.contains("Fetched     1h40  late 40m   5h00"),
        "{screen}"
    );
    let b = Bench::new(engine, (80, 24));
    let screen = b.screen();
    assert!(
        screen.contains("STAGE       FOR   DUE        NOTE"),
        "{screen}"
    );
    assert!(!screen.contains(" AGE"), "{screen}");
}

#[test]
fn the_inventory_tells_three_figures_apart_and_says_why_on_the_status_line() {
    let mut b = Bench::new(Engine::normal(), (120, 40));
    b.press("4 j j");
    let screen = b.screen();
    let names = ["OURS", "TOOK", "SHOWS", "DIFF"];
    let heading = screen.lines().find(|line| line.contains("TOOK"));
    let heading = heading.expect("the heading");
    assert!(names.iter().all(|name| heading.contains(name)), "{heading}");
    let status = screen.lines().nth(38).unwrap_or_default();
    assert!(
        status.contains("KURTA-002-M: sold or reserved since the push"),
        "{screen}"
    );
}
