//! What came of a command for many orders, while it is carried out and when it has ended.

use crate::{
    console::{
        fixture::{Bench, Engine},
        model::Setup,
        update::Event,
    },
    domain::Operator,
    handle::{Delta, Ends, Run},
};

fn bench(runs: Vec<Run>) -> Bench {
    let mut engine = Engine::normal();
    engine.overview.runs = runs;
    let setup = Setup {
        operator: "asha".into(),
        ..Setup::default()
    };
    Bench::with(engine, (100, 30), setup)
}

fn run(by: &str, taken: u64, refused: u64) -> Run {
    Run {
        by: Operator::new(by),
        title: "next step".into(),
        orders: 118,
        ends: Ends {
            taken,
            refused,
            ..Ends::default()
        },
    }
}

fn status(b: &Bench) -> String {
    let screen = b.screen();
    screen.lines().rev().nth(1).unwrap_or_default().to_owned()
}

#[test]
fn the_status_says_how_far_a_command_is_as_the_engine_tells() {
    let mut b = bench(Vec::new());
    b.model.sent = 1;
    assert!(status(&b).contains("1 under way"), "{}", status(&b));
    for (taken, refused, says) in [
        (0, 0, "next step: 0 of 118 taken, 118 to go"),
        (37, 2, "next step: 37 of 118 taken, 2 refused, 79 to go"),
    ] {
        let mut overview = b.engine.overview.clone();
        overview.runs = vec![run("ravi", 9, 9), run("asha", taken, refused)];
        b.event(Event::Delta(Box::new(Delta::Changed {
            overview: Box::new(overview),
            orders: false,
            tracking: false,
            stock: false,
        })));
        assert!(status(&b).contains(says), "{}", status(&b));
        assert!(!status(&b).contains("under way"), "{}", status(&b));
        assert!(!status(&b).contains("9 of"), "it is somebody else's");
    }
    b.model.sent = 2;
    assert!(status(&b).contains("; 1 more under way"), "{}", status(&b));
}

#[test]
fn a_console_that_is_opened_while_its_operators_command_goes_on_says_so() {
    let b = bench(vec![run("asha", 37, 2)]);
    assert!(status(&b).contains("37 of 118 taken"), "{}", status(&b));
    let b = bench(vec![run("ravi", 37, 2)]);
    assert!(!status(&b).contains("of 118"), "{}", status(&b));
}

#[test]
fn of_an_engine_that_is_gone_no_figure_is_known() {
    let mut b = bench(vec![run("asha", 37, 2)]);
    b.model.sent = 1;
    b.event(Event::Gone("the connection is lost".into()));
    b.press("j");
    b.model.notices.clear();
    assert!(status(&b).contains("1 under way"), "{}", status(&b));
    assert!(!status(&b).contains("37"), "{}", status(&b));
}

#[test]
fn the_end_is_counted_by_what_came_of_each() {
    let mut b = bench(Vec::new());
    b.press("space space space n y");
    let says = b.model.notices.last().map(|n| n.says.to_string());
    // The hand-made engine refuses every third invoice.
    let says = says.unwrap_or_default();
    assert_eq!(says, "next step: 2 of 3 taken, 1 refused");
}
