//! The order that somebody named.

use crate::{
    cli::{
        Code, Failure,
        context::{odd, query},
        print::clean,
    },
    domain::InvoiceId,
    handle::{EngineHandle, OrderRow, Query, Reply},
};

/// The invoice that `text` names: an invoice id, an AWB, an order id or a reference, or the beginning
/// of one that only one order has.
pub async fn invoice(engine: &EngineHandle, text: &str) -> Result<InvoiceId, Failure> {
    let text = text.trim();
    let find = Query::Find {
        text: text.to_owned(),
    };
    let Reply::Found(rows) = query(engine, find).await? else {
        return Err(odd());
    };
    choose(text, &rows)
}

fn choose(text: &str, rows: &[OrderRow]) -> Result<InvoiceId, Failure> {
    let awb = text.to_ascii_uppercase();
    let is = |row: &&OrderRow| {
        row.invoice.to_string() == text
            || row.reference.as_str() == text
            || row.awb.as_ref().is_some_and(|a| a.as_str() == awb)
    };
    let exact: Vec<&OrderRow> = rows.iter().filter(is).collect();
    let candidates = if exact.is_empty() {
        rows.iter().collect()
    } else {
        exact
    };
    match candidates.as_slice() {
        [row] => Ok(row.invoice),
        [] => Err(Failure::new(
            Code::Absent,
            format!(
                "no order here has an invoice id, AWB, order id or reference {:?}",
                clean(text).as_str()
            ),
        )),
        several => {
            let names: Vec<String> = several
                .iter()
                .take(10)
                .map(|row| format!("{} ({}, {})", row.invoice, row.reference, row.stage))
                .collect();
            Err(Failure::new(
                Code::Usage,
                format!(
                    "{:?} names several orders; give one of these invoice ids: {}",
                    clean(text).as_str(),
                    names.join(", ")
                ),
            ))
        }
    }
}
