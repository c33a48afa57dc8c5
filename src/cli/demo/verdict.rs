//! Whether the demo ended as it should, by the sandbox's own account and by the engine's.

use std::time::Duration;

use crate::{
    cli::{Table, print::clean},
    domain::{Stage, record::Attention},
    handle::Overview,
    sandbox::Report,
};

/// Everything that is known at the end.
pub struct Closing {
    /// The engine's figures.
    pub overview: Overview,
    /// The sandbox's.
    pub report: Report,
    /// Whether everything ended before time was up.
    pub in_time: bool,
    /// How long it took.
    pub took: Duration,
    /// Whether the journal proved itself.
    pub verified: bool,
}

/// Orders of a stage.
fn at(overview: &Overview, stage: Stage) -> u64 {
    overview.stages.get(&stage).copied().unwrap_or_default()
}

fn needs(overview: &Overview, need: Attention) -> u64 {
    overview.attention.get(&need).copied().unwrap_or_default()
}

/// Orders that are not at their end.
fn open(overview: &Overview) -> u64 {
    Stage::ALL
        .into_iter()
        .filter(|stage| !stage.is_final())
        .map(|stage| at(overview, stage))
        .sum()
}

/// Whether nothing more will happen: every order is at its end or waits for a person's decision, and
/// the sandbox has no more to give. Twins appear only once their originals have gone far enough.
pub fn settled(overview: &Overview, report: &Report) -> bool {
    let known: u64 = overview.stages.values().sum();
    let waits = needs(overview, Attention::Parked) + needs(overview, Attention::Held);
    report.to_come == 0
        && known >= report.orders
        && open(overview) <= waits
        && needs(overview, Attention::Unknown) == 0
        && needs(overview, Attention::OrphanAwb) == 0
        && overview.in_flight == 0
}

/// The closing table, and what did not end as it should.
pub fn close(closing: &Closing) -> (Table, Vec<String>) {
    let Closing {
        overview, report, ..
    } = closing;
    let mut table = Table::new(&["CLOSING", ">COUNT"]);
    let mut line = |name: &str, count: String| table.row([clean(name), clean(count)]);
    line("orders", report.orders.to_string());
    line("shipped", report.shipped.to_string());
    line("delivered", report.delivered.to_string());
    line("RTO delivered", report.rto_delivered.to_string());
    line("cancelled", report.cancelled.to_string());
    line("parked", needs(overview, Attention::Parked).to_string());
    line("held", needs(overview, Attention::Held).to_string());
    line("manifests", report.manifests.to_string());
    line("AWBs booked", report.awbs_booked.to_string());
    line("AWBs cancelled", report.awbs_cancelled.to_string());
    let faults: u64 = report.faults.values().sum();
    line("faults met", faults.to_string());
    for (call, count) in &report.calls {
        line(&format!("calls: {call}"), count.to_string());
    }
    let calls: u64 = report.calls_by_key.values().sum();
    line("EasyEcom calls", calls.to_string());
    if report.shipped > 0 {
        line(
            "calls per shipped order",
            format!("{:.2}", calls as f64 / report.shipped as f64),
        );
    }
    line("sequence rules broken", report.violations.len().to_string());
    line(
        "journal verified",
        if closing.verified { "yes" } else { "NO" }.to_owned(),
    );
    line("seconds", closing.took.as_secs().to_string());
    (table, failures(closing))
}

fn failures(closing: &Closing) -> Vec<String> {
    let Closing {
        overview, report, ..
    } = closing;
    let mut failures = Vec::new();
    let mut must = |good: bool, says: String| {
        if !good {
            failures.push(says);
        }
    };
    must(
        closing.in_time,
        format!(
            "time was up with {} orders still on their way",
            open(overview)
        ),
    );
    for violation in &report.violations {
        must(
            false,
            format!(
                "the sandbox saw a rule broken: {:?} {}",
                violation.rule, violation.detail
            ),
        );
    }
    let known: u64 = overview.stages.values().sum();
    must(
        known >= report.orders,
        format!(
            "the sandbox listed {} orders, the ledger holds {known}",
            report.orders
        ),
    );
    let waits = needs(overview, Attention::Parked) + needs(overview, Attention::Held);
    let ended = report.delivered + report.rto_delivered + report.cancelled;
    must(
        ended + waits >= report.orders,
        format!(
            "{ended} of {} orders ended and {waits} wait for a person; the rest is lost on the way",
            report.orders
        ),
    );
    must(
        report.orphan_awbs == 0,
        format!("{} booked AWBs travel with no order", report.orphan_awbs),
    );
    must(
        report.unreleased_awbs == 0,
        format!(
            "{} AWBs of cancelled orders were not cancelled",
            report.unreleased_awbs
        ),
    );
    must(
        report.unbooked_awbs == 0,
        format!(
            "{} orders carry an AWB that was never booked",
            report.unbooked_awbs
        ),
    );
    must(
        closing.verified,
        "the journal could not be verified".to_owned(),
    );
    failures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tests::overview;

    fn closing() -> Closing {
        let mut overview = overview();
        overview.stages = [
            (Stage::Delivered, 8),
            (Stage::RtoDelivered, 1),
            (Stage::Fetched, 1),
        ]
        .into();
        overview.attention = [(Attention::Parked, 1)].into();
        overview.in_flight = 0;
        let report = Report {
            orders: 10,
            shipped: 9,
            delivered: 8,
            rto_delivered: 1,
            open: 1,
            ..Report::default()
        };
        Closing {
            overview,
            report,
            in_time: true,
            took: Duration::from_secs(3),
            verified: true,
        }
    }

    #[test]
    fn an_end_as_it_should_be() {
        let closing = closing();
        assert!(settled(&closing.overview, &closing.report));
        let (table, failures) = close(&closing);
        assert_eq!(failures, Vec::<String>::new());
        assert!(table.render().contains("journal verified"));
    }

    #[test]
    fn what_spoils_it() {
        type Spoil = fn(&mut Closing);
        let cases: [(&str, Spoil); 6] = [
            ("time was up", |c| c.in_time = false),
            ("the ledger holds 10", |c| c.report.orders = 11),
            ("is lost on the way", |c| c.report.delivered = 7),
            ("travel with no order", |c| c.report.orphan_awbs = 1),
            ("of cancelled orders", |c| c.report.unreleased_awbs = 1),
            ("journal could not", |c| c.verified = false),
        ];
        for (says, spoil) in cases {
            let mut closing = closing();
            spoil(&mut closing);
            let (_, failures) = close(&closing);
            assert!(
                failures.iter().any(|f| f.contains(says)),
                "{says}: {failures:?}"
            );
        }
    }

    #[test]
    fn what_is_not_settled_yet() {
        type Spoil = fn(&mut Closing);
        let cases: [Spoil; 5] = [
            |c| c.report.to_come = 1,
            |c| c.overview.in_flight = 1,
            |c| drop(c.overview.stages.insert(Stage::InTransit, 1)),
            |c| drop(c.overview.attention.insert(Attention::Unknown, 1)),
            |c| c.report.orders = 11,
        ];
        for spoil in cases {
            let mut closing = closing();
            spoil(&mut closing);
            assert!(!settled(&closing.overview, &closing.report));
        }
    }
}
