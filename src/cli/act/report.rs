//! What came of a command, in words and as an exit code.

use std::fmt::Write;

use super::as_json;
use crate::{
    cli::{
        Code, Context, Ended,
        print::{self, time},
    },
    handle::{CommandReply, ItemEnd, Preview},
};

/// Prints what came of a command.
pub fn reply(reply: &CommandReply, context: &Context) -> Ended {
    let code = Code::of_reply(reply);
    if as_json(reply, context)? {
        return Ok(code);
    }
    let mut out = String::new();
    // Where an order was not taken, its own line says why.
    if !reply.says.is_empty() && (code == Code::Done || reply.items.is_empty()) {
        let _ = writeln!(out, "{}", reply.says);
    }
    for item in &reply.items {
        let _ = match &item.end {
            ItemEnd::Taken { says } => writeln!(out, "{}: {says}", item.invoice),
            ItemEnd::Refused { refusal } => {
                let _ = writeln!(
                    out,
                    "{}: refused: {} is not legal now",
                    item.invoice, refusal.call
                );
                for unmet in &refusal.unmet {
                    let _ = writeln!(out, "  {} ({}); {}", unmet.what, unmet.since, unmet.lifts);
                }
                Ok(())
            }
            ItemEnd::Failed {
                says,
                unknown: true,
            } => writeln!(
                out,
                "{}: sent, outcome NOT KNOWN: {says}; do not repeat it: the engine finds out by reading",
                item.invoice
            ),
            ItemEnd::Failed { says, .. } => writeln!(out, "{}: failed: {says}", item.invoice),
            ItemEnd::NotHeld => writeln!(out, "{}: not held here", item.invoice),
        };
    }
    print::text(&out)?;
    Ok(code)
}

/// Prints what a command would do.
pub fn preview(preview: &Preview, skus: bool, context: &Context) -> Ended {
    let code = if preview.orders == 0 && preview.left_out_total > 0 {
        Code::Refused
    } else {
        Code::Done
    };
    if as_json(preview, context)? {
        return Ok(code);
    }
    let mut out = String::new();
    let _ = writeln!(
        out,
        "would concern {} {} with {} calls; {} calls are left today",
        preview.orders,
        if skus { "SKUs" } else { "orders" },
        preview.calls,
        preview.calls_left
    );
    if let Some(at) = preview.done_at {
        let _ = writeln!(out, "done by {}", time(at, context.zone()));
    }
    for (invoice, why) in &preview.left_out {
        let _ = writeln!(out, "leaves out {invoice}: {why}");
    }
    let unnamed = preview
        .left_out_total
        .saturating_sub(preview.left_out.len() as u64);
    if unnamed > 0 {
        let _ = writeln!(out, "and {unnamed} more");
    }
    print::text(&out)?;
    Ok(code)
}
