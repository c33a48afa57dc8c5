//! Step 1: reading orders. The mark of what was read moves only past windows read to their last
//! page, and every reading overlaps the one before.

mod page;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, sync::Arc};

use chrono::Duration;

use self::page::Told;
use super::{
    overview,
    ports::Remotes,
    shop::{ReadFailed, Shop, lock},
    traffic::Class,
    wave,
};
use crate::{
    domain::{
        Clean, Stamp,
        event::{Event, Via},
    },
    easyecom::{OrdersQuery, Window},
    handle::Level,
};

/// EasyEcom refuses windows of more than 7 days (contracts/easyecom.md section 4); how it counts at
/// the edge is not known.
const WINDOW_MAX_H: i64 = 6 * 24 + 23;

/// The mark stays this far behind the clock: rows are inserted while a page is made.
const BEHIND_S: i64 = 30;

/// A server that hands out next links without end is not followed further than this.
const PAGES_MAX: u32 = 5_000;

/// Reads orders for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    let mut told = Told::default();
    loop {
        let began = tokio::time::Instant::now();
        lock(&shop.live).poll_wanted = false;
        let end = poll(&shop, &mut told).await;
        note(&shop, &end);
        let wait = match end {
            Ok(_) => wave::read_every(shop.meter.limits().per_day, shop.config.fetch.every),
            Err(_) => shop.backoff(3).min(shop.config.fetch.every),
        };
        let next = shop.now() + Duration::from_std(wait).unwrap_or_default();
        lock(&shop.live).next_poll_at = Some(next);
        let due = began + wait;
        let earliest = tokio::time::Instant::now() + shop.config.fetch.min_gap;
        loop {
            let wanted = lock(&shop.live).poll_wanted;
            let at = if wanted { earliest } else { due.max(earliest) };
            tokio::select! {
                biased;
                () = shop.stop.cancelled() => return,
                () = tokio::time::sleep_until(at) => break,
                () = shop.poll.notified() => {}
            }
        }
    }
}

/// New orders of one reading that are worth a plan.
const WAVE_MIN: u32 = 20;

/// Says what the wave needs before it starts.
fn announce<R: Remotes>(shop: &Shop<R>, new: u32) {
    let now = shop.now();
    let Ok(plan) = overview::plan(shop, now) else {
        return;
    };
    let left = shop.meter.left(Class::Advance);
    let zone = shop.config.zone;
    let clock = |at: Stamp| at.with_timezone(&zone).format("%H:%M").to_string();
    let wave = plan.wave;
    let mut says = vec![format!(
        "{new} new orders; {} in all need {} calls up to Shipped, {left} are left today",
        wave.waiting + wave.under_way,
        plan.needed
    )];
    if let (Some(by), Some(at)) = (wave.by_cut_off, super::planner::next_cut_off(shop, now)) {
        says.push(format!("{by} of them before the pickup at {}", clock(at)));
    }
    says.extend(
        plan.done_after
            .map(|after| format!("done by {}", clock(now + after))),
    );
    let level = if wave.later() > 0 {
        let at = clock(overview::resets_at(now));
        says.push(format!("{} wait for the calls of {at}", wave.later()));
        Level::Warn
    } else {
        Level::Info
    };
    shop.notice(level, &says.join("; "));
}

fn note<R: Remotes>(shop: &Shop<R>, end: &Result<Read, ReadFailed>) {
    match end {
        Ok(read) => {
            shop.alarm("fetch", None);
            if read.new >= WAVE_MIN {
                announce(shop, read.new);
            } else if read.new > 0 {
                shop.notice(Level::Info, &format!("{} new orders", read.new));
            }
        }
        Err(error) => {
            shop.alarm(
                "fetch",
                Some(&format!(
                    "orders could not be read: {error}; what is on the screen may be old"
                )),
            );
        }
    }
    shop.wake.notify_one();
}

/// What a reading brought.
#[derive(Default)]
pub(super) struct Read {
    pub rows: u32,
    pub new: u32,
}

/// A clock that is off by more than this against EasyEcom's asks for another reading.
const OFF_MAX: Duration = Duration::seconds(5);

/// A difference that a person is told of.
const OFF_SAID: Duration = Duration::seconds(60);

/// Past this the clock of one side is broken, and nobody can tell which.
const OFF_BELIEVED: Duration = Duration::days(2);

/// How often a reading is repeated because the clocks did not agree.
const AGAIN_MAX: u32 = 3;

async fn poll<R: Remotes>(shop: &Shop<R>, told: &mut Told) -> Result<Read, ReadFailed> {
    let mut read = Read::default();
    for _ in 0..AGAIN_MAX {
        let ahead = lock(&shop.live).easyecom_ahead;
        let asked_at = shop.now();
        poll_once(shop, asked_at + ahead, &mut read, told).await?;
        let off = lock(&shop.live).easyecom_ahead - ahead;
        if off.abs() <= OFF_MAX {
            too_slow(shop, shop.now() - asked_at);
            let mut live = lock(&shop.live);
            live.fresh_at = Some(asked_at);
            live.read_ended_at = Some(shop.now());
            live.deferred.clear();
            return Ok(read);
        }
    }
    Err(ReadFailed::Remote(crate::domain::ReadError::Garbled(
        Clean::new("EasyEcom's clock jumps from answer to answer; what was read is not relied on"),
    )))
}

/// A reading that takes longer than a reading counts would stop everything without a word.
fn too_slow<R: Remotes>(shop: &Shop<R>, took: Duration) {
    let counts = Duration::from_std(shop.config.fetch.fresh_for).unwrap_or(Duration::MAX);
    let says = (took > counts).then(|| {
        format!(
            "reading the orders took {} s, longer than the {} s for which a reading counts: nothing is booked, confirmed or manifested; mend the link to EasyEcom, or raise engine.fresh_for_s",
            took.num_seconds(),
            counts.num_seconds()
        )
    });
    shop.alarm("slow-reading", says.as_deref());
}

/// Notes how far EasyEcom's clock is ahead of this machine's: its windows are in its own time, and a
/// window in ours would leave rows out.
fn compare_clocks<R: Remotes>(shop: &Shop<R>, server: Stamp) {
    let ahead = server - shop.now();
    let before = std::mem::replace(&mut lock(&shop.live).skew, ahead);
    let believed = ahead.abs() <= OFF_BELIEVED;
    if believed {
        lock(&shop.live).easyecom_ahead = ahead;
    }
    let read_in = if believed {
        "EasyEcom's"
    } else {
        "this machine's"
    };
    let says = (ahead.abs() > OFF_SAID).then(|| {
        format!(
            "this machine's clock is {} s {} EasyEcom's; orders are read in {read_in} time, times on the screen may be wrong: set the clock, then restart the engine",
            ahead.num_seconds().abs(),
            if ahead > Duration::zero() { "behind" } else { "ahead of" }
        )
    });
    shop.alarm("skew", says.as_deref());
    let silent = shop.clocks_disagree();
    shop.alarm("skew-telling", silent.as_ref().map(Clean::as_str));
    if silent.is_none() && before.abs() > OFF_SAID {
        shop.wake.notify_one();
    }
}

/// Reads everything that was updated since the mark. `asked_at` is by EasyEcom's clock, and so is the
/// mark.
async fn poll_once<R: Remotes>(
    shop: &Shop<R>,
    asked_at: Stamp,
    read: &mut Read,
    told: &mut Told,
) -> Result<(), ReadFailed> {
    let mark = shop.reader.site().ok().and_then(|s| s.high_water);
    let overlap = Duration::from_std(shop.config.fetch.overlap).unwrap_or_default();
    let mut after = mark.map_or_else(
        || asked_at - Duration::days(shop.config.fetch.first_days),
        |mark| mark.min(asked_at) - overlap,
    );
    while after < asked_at {
        let until = asked_at.min(after + Duration::hours(WINDOW_MAX_H));
        // The bound is in whole seconds at the remote: the second under way belongs to it.
        let window = Window::Updated {
            after,
            before: until + Duration::seconds(1),
        };
        window_to_the_end(shop, window, Via::Poll, read, told).await?;
        let mark = until.min(asked_at - Duration::seconds(BEHIND_S));
        let moved = shop.reader.site().is_ok_and(|s| {
            // A mark that hardly moved is not worth a journal record.
            s.high_water
                .is_none_or(|old| mark - old >= Duration::seconds(BEHIND_S))
        });
        if moved {
            let event = Event::WindowRead {
                after,
                until: mark,
                rows: read.rows,
            };
            shop.record(vec![event]).await.map_err(store)?;
        }
        after = until;
    }
    Ok(())
}

/// Reads the orders created between two instants, whatever their age.
pub(super) async fn backfill<R: Remotes>(
    shop: &Shop<R>,
    from: Stamp,
    to: Stamp,
) -> Result<Read, ReadFailed> {
    let mut read = Read::default();
    let mut told = Told::default();
    let mut start = from;
    while start < to {
        let end = to.min(start + Duration::hours(WINDOW_MAX_H));
        let window = Window::Created { start, end };
        window_to_the_end(shop, window, Via::Backfill, &mut read, &mut told).await?;
        start = end;
    }
    Ok(read)
}

async fn window_to_the_end<R: Remotes>(
    shop: &Shop<R>,
    window: Window,
    via: Via,
    read: &mut Read,
    told: &mut Told,
) -> Result<(), ReadFailed> {
    let mut query = OrdersQuery::First {
        window,
        limit: shop.config.fetch.page_size,
    };
    let mut seen = HashSet::new();
    for _ in 0..PAGES_MAX {
        let page = shop
            .read(Class::Look, || shop.remotes.orders(query.clone()))
            .await?;
        let next = page.next.clone();
        if let Some(server) = page.server_date {
            compare_clocks(shop, server);
        }
        page::take(shop, page, via, read, told).await?;
        match next {
            None => return Ok(()),
            Some(next) if seen.insert(next.clone()) => query = OrdersQuery::Next(next),
            Some(_) => break,
        }
    }
    Err(ReadFailed::Remote(crate::domain::ReadError::Garbled(
        Clean::new("EasyEcom's pages of orders do not end; the mark stays where it was"),
    )))
}

fn store(error: crate::ledger::LedgerError) -> ReadFailed {
    ReadFailed::NotCalled(super::shop::NotCalled::Store(error))
}
