//! One order, filling the screen: steps, what stands in the way, lines, documents, scans, history,
//! siblings.

use ratatui::layout::Rect;

use super::{
    advice::advice,
    again::{self, step_says},
    pen::{Line, Pen, Span, cell, span, wrap},
    words,
};
use crate::{
    console::{
        commands::Action,
        look::Tone,
        model::{Detail, Model},
    },
    domain::{event::Event, record::Document},
    handle::{JournalLine, OrderView, ScanLine},
};

/// Lines of an order shown; an order with more SKUs than that is counted, not listed.
const LINES_SHOWN: usize = 60;

/// Scans shown: the newest.
const SCANS_SHOWN: usize = 100;

pub fn draw(pen: &mut Pen<'_>, model: &Model, open: &Detail, body: Rect) {
    pen.clear(body);
    let title = [span(format!(" Order {} ", open.invoice), Tone::Strong)];
    let note = words::freshness(model, open.read_at);
    let inner = pen.frame(body, &title, &note, true);
    if inner.height == 0 {
        return;
    }
    let Some(view) = &open.view else {
        let says = if open.missing {
            format!("  Order {} is not held here.", open.invoice)
        } else {
            "  Reading the order.".to_owned()
        };
        return pen.line(inner, inner.y + 1, &[span(says, Tone::Dim)], None);
    };
    let lines = lines(pen, model, open, view, usize::from(inner.width));
    let height = usize::from(inner.height);
    let top = pen.scrolled(inner, &lines, open.scroll);
    let below = lines.len().saturating_sub(top + height);
    if below > 0 {
        let text = format!(" {} {below} more lines ", pen.look.glyphs.below);
        let style = pen.look.style(Tone::Dim);
        pen.put(body.x + 2, body.bottom() - 1, 30, &text, style);
    }
}

fn heading(lines: &mut Vec<Line>, text: &str) {
    lines.push(Vec::new());
    lines.push(vec![span(format!(" {text}"), Tone::Strong)]);
}

fn lines(pen: &Pen<'_>, model: &Model, open: &Detail, view: &OrderView, width: usize) -> Vec<Line> {
    let mut out = facts(model, open, view);
    out.extend(advice(model, view).iter().flat_map(|a| a.whole(width)));
    out.push(Vec::new());
    for step in &view.steps {
        let (sign, word, tone) = words::step(pen.look.glyphs, step.state);
        let at = step
            .at
            .map_or(String::new(), |at| words::when(model.zone(), model.now, at));
        let head: Line = vec![
            span(format!(" {sign} "), tone),
            span(format!("{} ", step.step.number()), Tone::Dim),
            span(cell(step.step.title(), 18, ""), Tone::Plain),
            span(format!(" {}", cell(word, 8, "")), tone),
            span(format!("{} ", cell(&at, 6, "")), Tone::Dim),
        ];
        hanging(&mut out, head, &step_says(model, step), Tone::Plain, width);
        if !step.lifts.is_empty() {
            let then = pen.look.glyphs.then;
            let text = format!("{then} {}", step.lifts);
            hanging(
                &mut out,
                vec![span(" ".repeat(39), Tone::Plain)],
                &text,
                Tone::Warn,
                width,
            );
        }
    }
    order_lines(&mut out, view);
    documents(&mut out, model, view);
    scans(&mut out, model, view, open.scans.as_deref());
    history(&mut out, model, open.journal.as_deref());
    out
}

/// A text beside its head, wrapped beside it.
fn hanging(out: &mut Vec<Line>, head: Line, text: &str, tone: Tone, width: usize) {
    let indent: usize = head.iter().map(|(t, _)| super::pen::columns(t)).sum();
    let mut head = Some(head);
    for part in wrap(text, width.saturating_sub(indent)) {
        let mut line = head
            .take()
            .unwrap_or_else(|| vec![span(" ".repeat(indent), Tone::Plain)]);
        line.push(span(part, tone));
        out.push(line);
    }
}

fn facts(model: &Model, open: &Detail, view: &OrderView) -> Vec<Line> {
    let (row, order) = (&view.row, &view.record.order);
    let fact =
        |name: &str, value: String| -> Span { span(format!(" {name} {value} "), Tone::Plain) };
    let mut out = vec![
        vec![
            span(format!(" {}", row.stage), words::stage(row.stage)),
            span(format!("  at EasyEcom: {}", order.status), Tone::Plain),
            fact(" order", row.order.to_string()),
            fact("reference", row.reference.to_string()),
        ],
        vec![
            fact(
                "to",
                format!("{} {} {}", row.city, order.destination.state, row.pin),
            ),
            fact("from", row.marketplace.to_string()),
            match &row.collect {
                Some(rupees) => fact("COD", rupees.to_string()),
                None => span(" paid ", Tone::Dim),
            },
        ],
    ];
    let mut third: Line = vec![fact("first seen", words::full(model.zone(), row.seen_at))];
    if let Some(at) = row.due_at {
        third.push(fact("leave by", words::full(model.zone(), at)));
        if !row.stage.is_manifested() && !row.stage.is_final() {
            third.push(words::due(model.now, at));
        }
    }
    if let Some(awb) = &row.awb {
        third.push(fact("AWB", awb.to_string()));
    }
    out.push(third);
    let key = model.setup.keymap.hint(Action::ShowPeople);
    let verb = if open.people { "hides" } else { "shows" };
    out.push(vec![
        fact(
            "customer",
            format!("{} {} {}", view.customer, view.phone, view.address),
        ),
        span(format!(" ({key} {verb})"), Tone::Dim),
    ]);
    if let Some(due) = &view.due {
        out.push(vec![span(
            format!(" {}", again::due(model, due, &view.steps)),
            Tone::Dim,
        )]);
    }
    out
}

fn order_lines(out: &mut Vec<Line>, view: &OrderView) {
    let lines = &view.record.order.lines;
    heading(out, &format!("Lines ({})", lines.len()));
    for line in lines.iter().take(LINES_SHOWN) {
        out.push(vec![
            span(format!("  {:>4} x ", line.quantity), Tone::Strong),
            span(cell(line.sku.as_str(), 20, ""), Tone::Plain),
            span(format!(" {}", line.name), Tone::Dim),
        ]);
    }
    if !view.siblings.is_empty() {
        heading(out, "Other invoices of the same order");
        for row in &view.siblings {
            out.push(vec![
                span(
                    format!("  {}  {}  ", row.invoice, row.reference),
                    Tone::Plain,
                ),
                span(row.stage.title(), words::stage(row.stage)),
                span(format!("  {}", row.note), Tone::Dim),
            ]);
        }
    }
}

fn documents(out: &mut Vec<Line>, model: &Model, view: &OrderView) {
    heading(out, "Documents");
    let mut show = |name: &str, document: Option<&Document>| {
        let text = match document {
            Some(d) => {
                let head: String = d.sha256.chars().take(12).collect();
                let at = words::full(model.zone(), d.at);
                // Words from files, not from outside, but cleaned all the same.
                let source = crate::domain::Clean::new(&d.source);
                format!(
                    "  {name:<8} stored {at}, {} bytes, from {source}, sha256 {head}",
                    d.bytes
                )
            }
            None => format!("  {name:<8} not stored yet"),
        };
        let tone = if document.is_some() {
            Tone::Plain
        } else {
            Tone::Dim
        };
        out.push(vec![span(text, tone)]);
    };
    show("label", view.record.label.as_ref());
    show("invoice", view.record.invoice.as_ref());
    if let Some(number) = &view.record.manifest_no {
        out.push(vec![span(format!("  manifest {number}"), Tone::Plain)]);
    }
}

fn scans(out: &mut Vec<Line>, model: &Model, view: &OrderView, scans: Option<&[ScanLine]>) {
    let count = scans.map_or(0, <[ScanLine]>::len);
    heading(out, &format!("Scans of the carrier ({count})"));
    let skip = count.saturating_sub(SCANS_SHOWN);
    for line in scans.unwrap_or_default().iter().skip(skip) {
        let scan = &line.scan;
        let (read_as, tone) = match (line.status, line.told) {
            (Some(status), true) => (format!("{status}, told"), Tone::Good),
            (Some(status), false) => (format!("{status}, waits"), Tone::Busy),
            (None, _) => ("held: not told".to_owned(), Tone::Warn),
        };
        let remarks = if scan.remarks.is_empty() {
            String::new()
        } else {
            format!(" ({})", scan.remarks)
        };
        out.push(vec![
            span(
                format!("  {} ", words::full(model.zone(), scan.at)),
                Tone::Dim,
            ),
            span(cell(scan.code.as_str(), 10, ""), Tone::Strong),
            span(format!(" {}", cell(&read_as, 26, "")), tone),
            span(
                format!(" {} {}{remarks}", scan.words, scan.place),
                Tone::Plain,
            ),
        ]);
    }
    if view.record.trail.attempts > 0 {
        let text = format!("  {} delivery attempts failed", view.record.trail.attempts);
        out.push(vec![span(text, Tone::Warn)]);
    }
    for flag in &view.record.trail.flags {
        out.push(vec![span(format!("  ! {}", flag.describe()), Tone::Warn)]);
    }
}

fn history(out: &mut Vec<Line>, model: &Model, journal: Option<&[JournalLine]>) {
    heading(out, "History, newest first");
    for line in journal.unwrap_or_default() {
        out.push(vec![
            span(
                format!("  {} ", words::full(model.zone(), line.at)),
                Tone::Dim,
            ),
            span(format!("{} ", cell(line.by.as_str(), 10, "")), Tone::Dim),
            span(event(&line.event), Tone::Plain),
        ]);
    }
}

/// An event in words.
pub fn event(event: &Event) -> String {
    use crate::domain::event::Outcome;
    match event {
        Event::Started { .. } => "engine started".to_owned(),
        Event::OrderSeen { order, .. } => format!("EasyEcom shows {}", order.status),
        Event::RowRejected { reason, .. } => format!("row not read: {reason}"),
        Event::WindowRead { rows, .. } => format!("orders read, {rows} rows"),
        Event::Intent {
            detail, attempt, ..
        } => {
            format!("{}: sending, attempt {attempt}", detail.call())
        }
        Event::Outcome { call, result, .. } => match result {
            Outcome::Applied { evidence, .. } => format!("{call}: done, {}", evidence.shows),
            Outcome::Accepted { says, .. } => format!("{call}: taken, to be seen; {says}"),
            Outcome::NotApplied { failure, .. } => format!("{call}: not done, {}", failure.says),
            Outcome::Unknown { saw, .. } => format!("{call}: OUTCOME NOT KNOWN, {saw}"),
        },
        Event::Checked { call, says, .. } => format!("{call}: looked, {says}"),
        Event::DocumentStored { kind, .. } => format!("{kind:?} stored").to_lowercase(),
        Event::Scanned { scans, .. } => format!("{} new scans", scans.len()),
        Event::Held { reason, .. } => format!("held: {reason}"),
        Event::Released { reason, .. } => format!("released: {reason}"),
        Event::Parked { reason, .. } => format!("parked: {}", reason.describe()),
        Event::Decided {
            decision, reason, ..
        } => format!(
            "decided to {}: {reason}",
            format!("{decision:?}").to_lowercase()
        ),
        Event::FlagsCleared { .. } => "tracking flags taken note of".to_owned(),
        Event::Paused { reason } => format!("paused: {reason}"),
        Event::Resumed => "resumed".to_owned(),
        Event::Loaded { awb, .. } => format!("{awb} put on the truck"),
        Event::Unloaded { .. } => "taken off the truck again".to_owned(),
        Event::LoadClosed { manifest, missing } => format!(
            "truck of manifest #{manifest} handed over, {} stayed behind",
            missing.len()
        ),
        Event::Allotted { numbers, .. } => format!("{} AWB numbers added", numbers.len()),
        Event::Counted { rows, .. } => format!("{} SKUs counted", rows.len()),
        Event::StockIntent { items, .. } => format!("pushing {} SKUs", items.len()),
        Event::StockOutcome { items, .. } => format!("{} SKUs pushed", items.len()),
        Event::LeftOut { skus, reason, .. } => {
            format!("{} SKUs left out of the push: {reason}", skus.len())
        }
        Event::TakenIn { skus, .. } => format!("{} SKUs taken in again", skus.len()),
        Event::StockRead { rows, .. } => format!("{} SKUs read back", rows.len()),
        Event::QuotaLeased { used, .. } => format!("{used} calls used or set aside"),
    }
}
