//! What needs a person and is about no order: SKUs that EasyEcom refused, AWBs running out, a stock
//! file that was not taken whole, standing alarms.

use super::{
    ports::Remotes,
    shop::{Shop, lock},
    views,
};
use crate::{
    domain::{Clean, Sku, filter::StockFilter, inventory::DiffState},
    handle::{Anchor, StockQuery, TROUBLES_MAX, Trouble, TroubleAbout},
    ledger::LedgerError,
};

/// SKUs listed; how many more there are is said.
const SKUS_MAX: usize = 20;

/// All of them, the most pressing first.
pub(super) fn troubles<R: Remotes>(shop: &Shop<R>) -> Result<Vec<Trouble>, LedgerError> {
    let mut out = Vec::new();
    out.extend(awbs(shop)?);
    let (alarms, stock_problems) = {
        let live = lock(&shop.live);
        (live.alarms.clone(), live.stock_problems.clone())
    };
    out.extend(alarms.into_iter().map(|(name, says)| Trouble {
        about: TroubleAbout::Alarm { name: name.into() },
        what: Clean::new(&name.replace('-', " ")),
        says,
        means: "it is wrong with the set-up or the machine, and goes when that is mended".into(),
    }));
    if let Some(first) = stock_problems.first() {
        let more = match stock_problems.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        out.push(Trouble {
            about: TroubleAbout::StockFile,
            what: "stock file".into(),
            says: Clean::new(&format!("{first}{more}")),
            means:
                "what it says of these rows was not taken; correct the file and put it into its \
                    folder again"
                    .into(),
        });
    }
    out.extend(skus(shop)?);
    out.truncate(TROUBLES_MAX);
    Ok(out)
}

fn awbs<R: Remotes>(shop: &Shop<R>) -> Result<Option<Trouble>, LedgerError> {
    let Some(file) = &shop.config.awb.file else {
        return Ok(None);
    };
    let free = shop.reader.site()?.awbs_free;
    if free >= shop.config.awb.low_water {
        return Ok(None);
    }
    let what = if free == 0 { "no AWBs" } else { "few AWBs" };
    Ok(Some(Trouble {
        about: TroubleAbout::Awbs,
        what: what.into(),
        says: Clean::new(&format!("{free} allotted AWBs are left")),
        means: Clean::new(&format!(
            "without a number no order can be assigned; ask DTDC for a new series and add it to {}",
            file.display()
        )),
    }))
}

fn skus<R: Remotes>(shop: &Shop<R>) -> Result<Vec<Trouble>, LedgerError> {
    let state = DiffState::Problem;
    let all = shop.reader.stock_counts()?.get(&state).copied();
    let all = all.unwrap_or(0);
    if all == 0 {
        return Ok(Vec::new());
    }
    let query = StockQuery {
        states: vec![state],
        text: String::new(),
        sku: None,
        sort: None,
        anchor: Anchor::First,
        limit: SKUS_MAX,
    };
    let page = shop.reader.stock_page(&query, &StockFilter::default())?;
    let mut out: Vec<Trouble> = page
        .rows
        .into_iter()
        .map(|(key, record)| {
            let row = views::stock_row(key, &record);
            of_sku(row.sku, row.note)
        })
        .collect();
    let more = all.saturating_sub(out.len() as u64);
    if more > 0 {
        out.push(Trouble {
            about: TroubleAbout::MoreSkus,
            what: "more SKUs".into(),
            says: Clean::new(&format!("{more} more SKUs have a problem")),
            means: "the inventory lists them first".into(),
        });
    }
    Ok(out)
}

fn of_sku(sku: Sku, says: Clean) -> Trouble {
    Trouble {
        what: Clean::new(&format!("SKU {sku}")),
        about: TroubleAbout::Sku { sku },
        says,
        means: "EasyEcom keeps its old figure and may sell what is not there; correct the SKU at \
                EasyEcom or in the stock file and push it, or leave it out for good"
            .into(),
    }
}
