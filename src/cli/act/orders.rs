//! Commands about orders.

use super::{OrderAct, reason};
use crate::{
    cli::{Failure, read::find},
    domain::InvoiceId,
    handle::{Command, EngineHandle},
};

pub(super) async fn to_command(
    engine: &EngineHandle,
    act: OrderAct,
) -> Result<(Command, bool), Failure> {
    Ok(match act {
        OrderAct::Step {
            step,
            order,
            dry_run,
        } => {
            let invoice = find::invoice(engine, &order).await?;
            (Command::Step { invoice, step }, dry_run)
        }
        OrderAct::Next(args) => {
            let invoices = all(engine, &args.orders).await?;
            (Command::Next { invoices }, args.dry_run)
        }
        OrderAct::Retry(args) => {
            let invoices = all(engine, &args.orders).await?;
            (Command::Retry { invoices }, args.dry_run)
        }
        OrderAct::Track(args) => {
            let invoices = all(engine, &args.orders).await?;
            (Command::Track { invoices }, args.dry_run)
        }
        OrderAct::Hold(args) => {
            let reason = reason(&args.reason)?;
            let invoices = all(engine, &args.orders).await?;
            (Command::Hold { invoices, reason }, args.dry_run)
        }
        OrderAct::Release(args) => {
            let reason = reason(&args.reason)?;
            let invoices = all(engine, &args.orders).await?;
            (Command::Release { invoices, reason }, args.dry_run)
        }
        OrderAct::Park(args) => {
            let reason = reason(&args.reason)?;
            let invoice = find::invoice(engine, &args.order).await?;
            (Command::Park { invoice, reason }, false)
        }
        OrderAct::Decide(args) => {
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
        OrderAct::ClearFlags(args) => {
            let invoice = find::invoice(engine, &args.order).await?;
            (Command::ClearFlags { invoice }, false)
        }
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
