//! The scan field: large enough to be read from a bench.

use ratatui::layout::{Position, Rect};

use super::{
    dialogs::{dialog, field},
    pen::{Line, Pen, span},
    words,
};
use crate::console::{
    commands::{Action, next_of},
    look::Tone,
    model::{Model, Scan, ScanFound},
    update::needs_person_first,
};

/// Orders listed where a code means several.
const MANY_SHOWN: usize = 5;

pub fn draw(pen: &mut Pen<'_>, model: &Model, scan: &Scan, body: Rect) -> Option<Position> {
    let mut lines: Vec<Line> = Vec::new();
    if scan.offered {
        lines.push(vec![span(
            " This came at once, as from a scanner: nothing was executed. Enter looks it up.",
            Tone::Warn,
        )]);
    }
    if let Some((code, found)) = &scan.last {
        lines.push(vec![span(format!(" {code}"), Tone::Strong)]);
        lines.extend(found_lines(model, scan, found));
        if scan.twice > 0 {
            let says = " READ TWICE: the second time was not taken for an order to do anything. ";
            lines.push(vec![span(says, Tone::Loud)]);
        }
    } else {
        lines.push(vec![span(
            " Scan an AWB, a label, an invoice or a reference. The same code again",
            Tone::Dim,
        )]);
        lines.push(vec![span(
            " does the order's next step. Esc ends.",
            Tone::Dim,
        )]);
    }
    let inner = dialog(pen, "Scan", lines.len() + 3, body);
    let cursor = field(pen, inner, inner.y, &scan.input);
    let list = Rect {
        y: (inner.y + 2).min(inner.bottom()),
        height: inner.height.saturating_sub(2),
        ..inner
    };
    pen.lines(list, &lines);
    cursor
}

fn found_lines(model: &Model, scan: &Scan, found: &ScanFound) -> Vec<Line> {
    let loud = |text: String| vec![vec![span(text, Tone::Loud)]];
    match found {
        ScanFound::Asking => vec![vec![span(" Looking it up.", Tone::Dim)]],
        ScanFound::Nothing => loud(" FOREIGN: no order here has this code. ".to_owned()),
        ScanFound::Failed(says) => loud(format!(" NOT LOOKED UP: {says} ")),
        ScanFound::One(row) | ScanFound::Sent(row) => {
            let mut lines = vec![vec![
                span(
                    format!(" order {} {}  ", row.invoice, row.reference),
                    Tone::Plain,
                ),
                span(row.stage.title(), words::stage(row.stage)),
            ]];
            if let Some(kind) = row.attention {
                lines.push(vec![span(
                    format!(" NEEDS YOU: {}: {} ", kind.title(), row.note),
                    Tone::Loud,
                )]);
            }
            let sent = matches!(found, ScanFound::Sent(_));
            let own = |says: &str| says.to_owned();
            let (says, tone) = if sent {
                (
                    own(" Its next step was asked for; the result appears below."),
                    Tone::Good,
                )
            } else if row.stage.is_final() {
                (own(" It has ended: nothing is left to do."), Tone::Warn)
            } else if row.attention.is_some_and(needs_person_first) {
                (own(" A person has to resolve this first."), Tone::Strong)
            } else if model.setup.read_only {
                (own(" This console is read-only."), Tone::Dim)
            } else if let Some(Err(why)) = scan.view.as_deref().map(next_of) {
                (format!(" Not now: {why}"), Tone::Warn)
            } else {
                match scan.next_step() {
                    Some(step) => (
                        format!(
                            " The same code again, or Enter: step {}, {}.",
                            step.number(),
                            step.title()
                        ),
                        Tone::Strong,
                    ),
                    None => (own(" Reading its steps."), Tone::Dim),
                }
            };
            lines.push(vec![span(says, tone)]);
            let open = model.setup.keymap.hint(Action::OpenFound);
            let says = format!(" {open} opens the order, Esc goes to it.");
            lines.push(vec![span(says, Tone::Dim)]);
            lines
        }
        ScanFound::Many(rows) => {
            let mut lines = loud(format!(" {} ORDERS have this code: say more. ", rows.len()));
            for row in rows.iter().take(MANY_SHOWN) {
                lines.push(vec![span(
                    format!("   {} {} {}", row.invoice, row.reference, row.stage),
                    Tone::Plain,
                )]);
            }
            lines
        }
    }
}
