//! One order, filling the screen: steps, what stands in the way, lines, documents, scans, history,
//! siblings.

use ratatui::layout::Rect;

use super::{
    advice::advice,
    again::{self, step_says},
    happened,
    pen::{Line, Pen, Span, cell, span, wrap},
    words,
};
use crate::{
    console::{
        commands::Action,
        look::Tone,
        model::{Detail, Model},
    },
    domain::record::Document,
    handle::OrderView,
};

/// Lines of an order shown; an order with more SKUs than that is counted, not listed.
const LINES_SHOWN: usize = 60;

pub fn draw(pen: &mut Pen<'_>, model: &Model, open: &Detail, body: Rect) {
    pen.clear(body);
    let mut title = vec![span(format!(" Order {} ", open.invoice), Tone::Strong)];
    let filter = open.filter.value().trim();
    if !filter.is_empty() {
        title.push(span(format!(" filter {filter} "), Tone::Warn));
    }
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

pub fn heading(lines: &mut Vec<Line>, text: &str) {
    lines.push(Vec::new());
    lines.push(vec![span(format!(" {text}"), Tone::Strong)]);
}

fn lines(pen: &Pen<'_>, model: &Model, open: &Detail, view: &OrderView, width: usize) -> Vec<Line> {
    let mut out = facts(model, open, view);
    if !open.wanted.is_empty() {
        // What the filter is about comes at once.
        happened::lines(&mut out, model, open, view);
        return out;
    }
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
    happened::lines(&mut out, model, open, view);
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
