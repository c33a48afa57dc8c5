//! The gate of a push of quantities, which concerns no order.

use chrono::FixedOffset;

use super::{LiftedBy, Refusal, Rule, Unmet, clock, rules};
use crate::domain::{ids::Sku, inventory::SkuRecord, step::Call, text::Clean};

/// Weighs the push itself.
pub fn weigh_stock(setting_on: bool) -> Result<(), Refusal> {
    if setting_on {
        return Ok(());
    }
    Err(Refusal {
        call: Call::Inventory,
        invoice: None,
        unmet: vec![rules::stock_setting().unmet(Rule::StockSettingOn)],
    })
}

/// Weighs one SKU of it, by what the ledger holds of that SKU.
pub fn weigh_sku<'r>(
    sku: &Sku,
    held: Option<&'r SkuRecord>,
    zone: FixedOffset,
) -> Result<&'r SkuRecord, Unmet> {
    let Some(record) = held else {
        return Err(Unmet {
            rule: Rule::SkuHeld,
            what: Clean::new(&format!("SKU {sku} is not known here")),
            since: "no stock file has listed it and EasyEcom has not shown it".into(),
            lifts: "a stock file that lists it".into(),
            lifted_by: LiftedBy::Person,
        });
    };
    if let Some(left_out) = &record.left_out {
        let reason = &left_out.reason;
        return Err(Unmet {
            rule: Rule::SkuNotLeftOut,
            what: Clean::new(&format!("SKU {sku} is left out of the push: {reason}")),
            since: Clean::new(&format!("{} by {}", clock(zone, left_out.at), left_out.by)),
            lifts: "take it in again".into(),
            lifted_by: LiftedBy::Person,
        });
    }
    Ok(record)
}
