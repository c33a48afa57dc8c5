//! The scan field: large enough to be read from a bench.

use ratatui::layout::{Position, Rect};

use super::{
    dialogs::{dialog, field},
    pen::{Line, Pen, span},
    words,
};
use crate::console::{
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
        lines.extend(found_lines(model, found));
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

fn found_lines(model: &Model, found: &ScanFound) -> Vec<Line> {
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
            let (says, tone) = if sent {
                (
                    " Its next step was asked for; the result appears below.",
                    Tone::Good,
                )
            } else if row.stage.is_final() {
                (" It has ended: nothing is left to do.", Tone::Warn)
            } else if row.attention.is_some_and(needs_person_first) {
                (
                    " A person has to resolve this first: Esc, then e lists it.",
                    Tone::Strong,
                )
            } else if model.setup.read_only {
                (" This console is read-only.", Tone::Dim)
            } else {
                (
                    " The same code again, or Enter: do its next legal step.",
                    Tone::Strong,
                )
            };
            lines.push(vec![span(says, tone)]);
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
