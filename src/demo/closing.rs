//! How far a demo is, and whether it ended as it should.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{
    domain::{Stage, record::Attention},
    handle::Overview,
    ledger::VerifyReport,
    sandbox::Report,
};

/// How far a demo is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// Orders held by the ledger.
    pub held: u64,
    /// Orders that EasyEcom shows.
    pub shown: u64,
    /// Manifested, whatever came after.
    pub shipped: u64,
    /// Delivered and told so.
    pub delivered: u64,
    /// Back at the seller and told so.
    pub rto: u64,
    /// Parked for a person.
    pub parked: u64,
    /// Cancelled.
    pub cancelled: u64,
    /// Whether nothing is left to do.
    pub settled: bool,
}

impl Progress {
    /// Compares the engine's view with the sandbox's.
    pub fn new(overview: &Overview, report: &Report) -> Self {
        let stage = |s: Stage| overview.stages.get(&s).copied().unwrap_or(0);
        let attention = |a: Attention| overview.attention.get(&a).copied().unwrap_or(0);
        let held: u64 = overview.stages.values().sum();
        let shipped = Stage::ALL
            .into_iter()
            .filter(|s| s.is_manifested())
            .map(stage)
            .sum();
        let (parked, cancelled) = (attention(Attention::Parked), stage(Stage::Cancelled));
        let late = attention(Attention::CancelledAfterManifest);
        let busy = attention(Attention::Unknown) + attention(Attention::OrphanAwb);
        let told = report.delivered + report.rto_delivered;
        Self {
            held,
            shown: report.orders,
            shipped,
            delivered: report.delivered,
            rto: report.rto_delivered,
            parked,
            cancelled,
            settled: held >= report.orders
                && busy == 0
                && report.unreleased_awbs == 0
                && shipped + cancelled + parked >= held
                && report.shipped == told + late.min(report.shipped - told.min(report.shipped)),
        }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} of {} orders held, {} shipped, {} delivered, {} RTO, {} parked, {} cancelled",
            self.held,
            self.shown,
            self.shipped,
            self.delivered,
            self.rto,
            self.parked,
            self.cancelled
        )
    }
}

/// One line of the closing table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What.
    pub name: String,
    /// How many, or a word.
    pub value: String,
    /// Whether it is as it should be.
    pub ok: bool,
}

/// The closing table.
#[derive(Clone, Debug, Serialize)]
pub struct Closing {
    /// The lines.
    pub lines: Vec<Line>,
    /// Calls per operation.
    pub calls: BTreeMap<String, u64>,
    /// Rules of the sandbox that were broken.
    pub violations: Vec<String>,
    /// Whether everything ended as it should.
    pub ok: bool,
}

impl Closing {
    pub(super) fn new(
        overview: Option<&Overview>,
        report: Option<&Report>,
        verified: Result<VerifyReport, String>,
    ) -> Self {
        let gone = Report::default();
        let reported = report.is_some();
        let report = report.unwrap_or(&gone);
        let mut lines = Vec::new();
        let mut line = |name: &str, value: String, ok: bool| {
            lines.push(Line {
                name: name.to_owned(),
                value,
                ok,
            });
        };
        if !reported {
            line("sandbox", "gave no answer".to_owned(), false);
        }
        if let Some(overview) = overview {
            let progress = Progress::new(overview, report);
            let ended = progress.shipped + progress.cancelled + progress.parked;
            line("orders at EasyEcom", progress.shown.to_string(), true);
            line(
                "orders held",
                progress.held.to_string(),
                progress.held == progress.shown,
            );
            line(
                "shipped",
                report.shipped.to_string(),
                report.shipped == progress.shipped,
            );
            line("  delivered", report.delivered.to_string(), true);
            line(
                "  RTO, back at the seller",
                report.rto_delivered.to_string(),
                report.delivered + report.rto_delivered == report.shipped,
            );
            line(
                "cancelled",
                progress.cancelled.to_string(),
                progress.cancelled == report.cancelled,
            );
            line(
                "parked for a person",
                progress.parked.to_string(),
                ended == progress.held,
            );
            let held = overview
                .attention
                .get(&Attention::Held)
                .copied()
                .unwrap_or(0);
            line("held", held.to_string(), true);
            let unknown = overview
                .attention
                .get(&Attention::Unknown)
                .copied()
                .unwrap_or(0);
            line("outcome unknown", unknown.to_string(), unknown == 0);
            line(
                "rows that could not be read",
                overview.rejected.to_string(),
                true,
            );
        } else {
            line("engine", "gave no answer".to_owned(), false);
        }
        line("AWBs booked", report.awbs_booked.to_string(), true);
        line("AWBs cancelled", report.awbs_cancelled.to_string(), true);
        let loose = report.orphan_awbs + report.unreleased_awbs;
        line("AWBs booked and left unused", loose.to_string(), loose == 0);
        line("manifests", report.manifests.to_string(), true);
        line(
            "refused by the sandbox's sequence rules",
            report.violations.len().to_string(),
            report.violations.is_empty(),
        );
        line(
            "calls just after a cancellation",
            report.late_after_cancel.to_string(),
            true,
        );
        line("throttled (429)", report.throttled.to_string(), true);
        let faults: u64 = report.faults.values().sum();
        line("faults made", faults.to_string(), true);
        match verified {
            Ok(report) => line(
                "journal",
                format!("{} records, {}", report.records, report.summary()),
                report.is_good(),
            ),
            Err(says) => line("journal", says, false),
        }
        let each = calls_per_order(report);
        line(
            "EasyEcom calls per order up to Shipped",
            format!(
                "{each:.2}, and {} readings for all",
                made(report, &["get_all_orders"])
            ),
            faults > 0 || each <= CALLS_PER_ORDER_MAX,
        );
        let calls_total: u64 = report.calls.values().sum();
        line("calls", calls_total.to_string(), true);
        let ok = lines.iter().all(|l| l.ok);
        Self {
            lines,
            calls: report.calls.clone(),
            violations: report
                .violations
                .iter()
                .map(|v| format!("{:?} {:?} {:?}: {}", v.rule, v.invoice, v.awb, v.detail))
                .collect(),
            ok,
        }
    }
}

/// An order needs one assignment and one confirmation; its manifest and the odd reading of it are
/// shared with others. A run in which nothing goes wrong stays below this.
const CALLS_PER_ORDER_MAX: f64 = 2.6;

/// Calls that are about single orders on their way to Shipped, per order that was shipped.
fn calls_per_order(report: &Report) -> f64 {
    let calls = made(
        report,
        &[
            "assign_awb",
            "confirm_order",
            "generate_manifest",
            "get_order_details",
        ],
    );
    calls as f64 / report.shipped.max(1) as f64
}

fn made(report: &Report, names: &[&str]) -> u64 {
    names
        .iter()
        .filter_map(|name| report.calls.get(*name))
        .sum()
}

impl fmt::Display for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            let mark = if line.ok { "ok " } else { "BAD" };
            writeln!(f, "{mark} {:<42}{}", line.name, line.value)?;
        }
        writeln!(f, "\ncalls per operation")?;
        for (name, count) in &self.calls {
            writeln!(f, "    {name:<42}{count}")?;
        }
        for violation in &self.violations {
            writeln!(f, "BAD {violation}")?;
        }
        let word = if self.ok {
            "everything ended as it should"
        } else {
            "NOT everything ended as it should"
        };
        write!(f, "\n{word}")
    }
}
