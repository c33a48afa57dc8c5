//! Commands about orders.

use super::{Act, reason};
use crate::{
    cli::{Code, Failure, read::find},
    domain::InvoiceId,
    handle::{Command, EngineHandle},
};

pub(super) async fn to_command(
    engine: &EngineHandle,
    act: Act,
) -> Result<(Command, bool), Failure> {
    Ok(match act {
        Act::Step {
            step,
            order,
            dry_run,
        } => {
            let invoice = find::invoice(engine, &order).await?;
            (Command::Step { invoice, step }, dry_run)
        }
        Act::Next(args) => {
            let invoices = all(engine, &args.orders).await?;
            (Command::Next { invoices }, args.dry_run)
        }
        Act::Retry(args) => {
            let invoices = all(engine, &args.orders).await?;
            (Command::Retry { invoices }, args.dry_run)
        }
        Act::Track(args) => {
            let invoices = all(engine, &args.orders).await?;
            (Command::Track { invoices }, args.dry_run)
        }
        Act::Hold(args) => {
            let reason = reason(&args.reason)?;
            let invoices = all(engine, &args.orders).await?;
            (Command::Hold { invoices, reason }, args.dry_run)
        }
        Act::Release(args) => {
            let reason = reason(&args.reason)?;
            let invoices = all(engine, &args.orders).await?;
            (Command::Release { invoices, reason }, args.dry_run)
        }
        Act::Park(args) => {
            let reason = reason(&args.reason)?;
            let invoice = find::invoice(engine, &args.order).await?;
            (Command::Park { invoice, reason }, false)
        }
        Act::Decide(args) => {
            let reason = reason(&args.reason)?;
            let invoice = find::invoice(engine, &args.order).await?;
            let decision = args.decision.into();
            (
                Command::Decide {
                    invoice,
                    decision,
                    reason,
                },
                false,
            )
        }
        Act::ClearFlags(args) => {
            let invoice = find::invoice(engine, &args.order).await?;
            (Command::ClearFlags { invoice }, false)
        }
        _ => return Err(Failure::new(Code::Usage, "that is no command about orders")),
    })
}

/// All of them, or none: a list with one wrong name is not half carried out.
async fn all(engine: &EngineHandle, names: &[String]) -> Result<Vec<InvoiceId>, Failure> {
    let mut invoices = Vec::with_capacity(names.len());
    for name in names {
        let invoice = find::invoice(engine, name).await?;
        if !invoices.contains(&invoice) {
            invoices.push(invoice);
        }
    }
    Ok(invoices)
}
