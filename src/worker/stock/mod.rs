//! Step 7: the warehouse's counts, compared with what EasyEcom acknowledged, pushed in bulk, read
//! back.

mod push;
mod read_back;

pub(super) use self::{
    push::{push, push_all},
    read_back::read_back,
};

use std::sync::Arc;

use std::time::Duration;

use tokio::time::Instant;

use super::{
    overview,
    ports::Remotes,
    shop::{Shop, lock},
    traffic::Class,
    wave,
};
use crate::{
    domain::{Clean, Operator, Sku, Stamp, event::Event},
    files::{InventoryWatch, StockFile},
    handle::Level,
    ledger::LedgerError,
};

/// Rows in one journal record; keeps it far below the store's value limit.
const ROWS_PER_RECORD: usize = 100;

/// Problems of a file kept for the screen.
const PROBLEMS_SHOWN: usize = 20;

/// A count further in the future than this was dated by a wrong clock. Taken, it would make every
/// later count look old.
const FUTURE_MAX: chrono::Duration = chrono::Duration::minutes(1);

/// After a push the figures are read back when so long nothing more was pushed.
const QUIET: Duration = Duration::from_mins(1);

/// When quantities are pushed and read.
pub(super) struct Pace {
    push_at: Instant,
    /// The regular reading.
    read_at: Instant,
    /// The reading that proves what was pushed.
    proof_at: Option<Instant>,
    /// No reading before, lest they take more than their share.
    read_from: Instant,
    /// Pages of the last reading.
    pages: u32,
}

impl Pace {
    pub fn new<R: Remotes>(shop: &Shop<R>, now: Instant) -> Self {
        Self {
            push_at: now,
            read_at: now + shop.config.stock.read_every,
            proof_at: None,
            read_from: now,
            pages: 1,
        }
    }

    /// Pushes and reads what its time has come for, or what a person asked for.
    pub async fn turn<R: Remotes>(&mut self, shop: &Shop<R>, push_wanted: bool, read_wanted: bool) {
        let per_day = shop.meter.limits().per_day;
        let now = Instant::now();
        if now >= self.push_at || push_wanted {
            self.push_at = now + wave::push_every(per_day, shop.config.stock.push_every);
            if push_all(shop, &Operator::engine(), push_wanted).await > 0 {
                // What was acknowledged is worth nothing until it is read back, once for all of it.
                self.proof_at = Some(Instant::now() + QUIET);
            }
        }
        let now = Instant::now();
        let proof = self.proof_at.is_some_and(|at| now >= at);
        let due = (proof || now >= self.read_at) && now >= self.read_from;
        let paid = || spare(shop) >= self.pages;
        if read_wanted || due && paid() {
            self.proof_at = None;
            self.pages = read_back(shop).await.max(1);
            let now = Instant::now();
            self.read_from = now + wave::stock_read_every(per_day, self.pages);
            self.read_at = self.read_from.max(now + shop.config.stock.read_every);
        }
    }
}

/// Calls for quantities beyond those that the orders of today need.
fn spare<R: Remotes>(shop: &Shop<R>) -> u32 {
    let now = shop.now();
    match overview::plan(shop, now) {
        Ok(plan) => overview::spare(shop, plan, Class::Stock, now),
        Err(error) => {
            shop.store_failed(&error);
            0
        }
    }
}

/// Watches, pushes and reads back for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    let mut watch = shop.config.stock.path.clone().map(InventoryWatch::new);
    let mut pace = Pace::new(&shop, Instant::now());
    loop {
        if let Some(watch) = &mut watch {
            for file in watch.poll() {
                match file {
                    Ok(file) => count(&shop, file).await,
                    Err(error) => {
                        shop.notice(Level::Warn, &format!("stock file: {error}"));
                        lock(&shop.live).stock_problems = vec![Clean::new(&error.to_string())];
                    }
                }
            }
        }
        let (push_wanted, read_wanted) = {
            let mut live = lock(&shop.live);
            (
                std::mem::take(&mut live.stock_push_wanted),
                std::mem::take(&mut live.stock_read_wanted),
            )
        };
        pace.turn(&shop, push_wanted, read_wanted).await;
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = shop.stock_wake.notified() => {}
            () = tokio::time::sleep(shop.config.stock.watch_every) => {}
        }
    }
}

async fn count<R: Remotes>(shop: &Shop<R>, file: StockFile) {
    if let Some(other) = file
        .location
        .as_ref()
        .filter(|l| l.as_str() != shop.config.location.as_str())
    {
        let says = format!(
            "stock file {} is of warehouse {other}, not of this one; not used",
            file.path.display()
        );
        return refuse(shop, &says);
    }
    let clock = |at: Stamp| at.with_timezone(&shop.config.zone).format("%d %b %H:%M:%S");
    if file.as_of - shop.now() > FUTURE_MAX {
        let says = format!(
            "stock file {} was counted at {}, which is yet to come; nothing of it was taken: set right \
             the clock of the machine that writes it, or its as_of column, and write it again",
            file.path.display(),
            clock(file.as_of)
        );
        return refuse(shop, &says);
    }
    let rows: Vec<(Sku, i64)> = file
        .rows
        .iter()
        .map(|r| (r.sku.clone(), r.quantity))
        .collect();
    let source = Clean::new(&format!(
        "sha256 {}",
        file.sha256.get(..12).unwrap_or_default()
    ));
    let old = match older(shop, &file).await {
        Ok(old) => old,
        Err(error) => return shop.store_failed(&error),
    };
    let too_old = old.first().map(|(sku, held)| {
        Clean::new(&format!(
            "{} SKUs were not taken: the file was counted at {}, and a newer count is held ({sku}: \
             {}); if this one is right, write it again with the time of the count",
            old.len(),
            clock(file.as_of),
            clock(*held)
        ))
    });
    let problems: Vec<Clean> = too_old
        .into_iter()
        .chain(file.problems.iter().map(|p| Clean::new(&p.to_string())))
        .take(PROBLEMS_SHOWN)
        .collect();
    let events = rows
        .chunks(ROWS_PER_RECORD)
        .map(|rows| Event::Counted {
            location: shop.config.location.clone(),
            source: source.clone(),
            as_of: file.as_of,
            rows: rows.to_vec(),
        })
        .collect();
    {
        let mut live = lock(&shop.live);
        live.stock_file_at = Some(file.as_of);
        live.stock_problems.clone_from(&problems);
    }
    if shop.record(events).await.is_ok() {
        let level = if problems.is_empty() {
            Level::Info
        } else {
            Level::Warn
        };
        shop.notice(
            level,
            &format!(
                "stock file read: {} SKUs taken, {} not taken because a newer count is held, {} problems",
                rows.len() - old.len(),
                old.len(),
                file.problems.len()
            ),
        );
    }
}

/// Says why a file as a whole is not taken.
fn refuse<R: Remotes>(shop: &Shop<R>, says: &str) {
    shop.notice(Level::Warn, says);
    lock(&shop.live).stock_problems = vec![Clean::new(says)];
}

/// The SKUs of which a newer count is held, and when that was made. The same count read once more is
/// none of them.
async fn older<R: Remotes>(
    shop: &Shop<R>,
    file: &StockFile,
) -> Result<Vec<(Sku, Stamp)>, LedgerError> {
    let mut older = Vec::new();
    for rows in file.rows.chunks(ROWS_PER_RECORD) {
        for row in rows {
            let record = shop.reader.sku(&shop.config.location, &row.sku)?;
            let held = record.and_then(|record| record.counted);
            older.extend(
                held.filter(|held| (held.at, held.quantity) != (file.as_of, row.quantity))
                    .filter(|held| held.at >= file.as_of)
                    .map(|held| (row.sku.clone(), held.at)),
            );
        }
        tokio::task::yield_now().await;
    }
    Ok(older)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        files::StockRow,
        worker::{
            EngineConfig,
            fake::{Fake, noon, notices},
        },
    };

    fn file(as_of: Stamp, quantity: i64) -> StockFile {
        let row = |sku| StockRow {
            sku: Sku::new(sku),
            quantity,
            line: 2,
        };
        StockFile {
            path: "in/count.csv".into(),
            sha256: "0".repeat(64),
            as_of,
            location: None,
            rows: ["A", "B"].map(row).into(),
            problems: Vec::new(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_count_that_is_not_taken_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let shop = Fake::new().shop(EngineConfig::default(), folder.path());
        let mut heard = shop.deltas.subscribe();
        let held = || {
            let sku = shop.reader.sku(&shop.config.location, &Sku::new("A"));
            sku.expect("read")
                .and_then(|r| r.counted)
                .map(|c| c.quantity)
        };
        let hour = chrono::Duration::hours(1);

        count(&shop, file(noon() + hour, 5)).await;
        let said = notices(&mut heard).join("\n");
        assert!(said.contains("yet to come"), "{said}");
        assert_eq!((held(), lock(&shop.live).stock_problems.len()), (None, 1));

        count(&shop, file(noon(), 7)).await;
        assert_eq!(held(), Some(7));
        count(&shop, file(noon(), 7)).await;
        let said = notices(&mut heard).join("\n");
        assert_eq!(
            said.matches("2 SKUs taken, 0 not taken").count(),
            2,
            "{said}"
        );
        assert_eq!(lock(&shop.live).stock_problems, []);

        count(&shop, file(noon() - hour, 9)).await;
        let said = notices(&mut heard).join("\n");
        assert!(said.contains("0 SKUs taken, 2 not taken"), "{said}");
        assert_eq!(
            (held(), lock(&shop.live).stock_problems.len()),
            (Some(7), 1)
        );
    }
}
