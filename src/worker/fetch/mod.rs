//! Step 1: reading orders. The mark of what was read moves only past windows read to their last
//! page, and every reading overlaps the one before.

mod clocks;
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
    let mut failures = 0;
    loop {
        let began = tokio::time::Instant::now();
        {
            let mut live = lock(&shop.live);
            live.poll_wanted = false;
            live.poll_asked = false;
        }
        let end = poll(&shop, &mut told).await;
        note(&shop, &end);
        failures = if end.is_ok() { 0 } else { failures + 1 };
        let every = wave::read_every(shop.meter.limits().per_day, shop.config.fetch.every);
        let wait = match failures {
            0 => every,
            failures => shop.backoff_up_to(failures + 2, every),
        };
        let next = shop.now() + Duration::from_std(wait).unwrap_or_default();
        lock(&shop.live).next_poll_at = Some(next);
        let due = began + wait;
        let earliest = tokio::time::Instant::now() + shop.config.fetch.min_gap;
        loop {
            let hurry = {
                let live = lock(&shop.live);
                // The engine's own wish for a reading does not press upon a remote that fails: it
                // would use up the day's calls.
                live.poll_asked || (live.poll_wanted && failures == 0)
            };
            let at = if hurry { earliest } else { due.max(earliest) };
            tokio::select! {
                biased;
                () = shop.stop.cancelled() => return,
                () = tokio::time::sleep_until(at) => break,
                () = shop.poll.notified() => {}
            }
        }
        if !its_turn(&shop).await {
            return;
        }
    }
}

/// Longest wait for a turn at a remote that is down. Others may have taken every turn, and a reading
/// is the best probe.
const TURN_MAX: std::time::Duration = std::time::Duration::from_mins(1);

/// Waits until EasyEcom may be called. `false` once the engine stops.
async fn its_turn<R: Remotes>(shop: &Shop<R>) -> bool {
    let latest = tokio::time::Instant::now() + TURN_MAX;
    while !lock(&shop.live).poll_asked
        && !shop.easyecom.may_call()
        && tokio::time::Instant::now() < latest
    {
        tokio::select! {
            () = shop.stop.cancelled() => return false,
            () = tokio::time::sleep(shop.config.fetch.min_gap) => {}
        }
    }
    true
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
                let orders = if read.new == 1 { "order" } else { "orders" };
                shop.notice(Level::Info, &format!("{} new {orders}", read.new));
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

/// How often a reading is repeated because the clocks did not agree.
const AGAIN_MAX: u32 = 3;

async fn poll<R: Remotes>(shop: &Shop<R>, told: &mut Told) -> Result<Read, ReadFailed> {
    let mut read = Read::default();
    for again in 0..AGAIN_MAX {
        let ahead = lock(&shop.live).easyecom_ahead;
        let asked_at = shop.now();
        let asked = (asked_at, ahead, again > 0);
        let reach = poll_once(shop, asked, &mut read, told).await?;
        clocks::believed(shop)?;
        let off = lock(&shop.live).easyecom_ahead - ahead;
        if off.abs() <= clocks::OFF_MAX && reach == Reach::ToNow {
            too_slow(shop, shop.now() - asked_at);
            let mut live = lock(&shop.live);
            live.fresh_at = Some(asked_at);
            live.read_ended_at = Some(shop.now());
            live.deferred.clear();
            return Ok(read);
        }
    }
    Err(ReadFailed::Doubtful(Clean::new(
        "EasyEcom's clock jumps from answer to answer; what was read is not relied on",
    )))
}

/// One reading, for tests of what comes after it.
#[cfg(test)]
pub(super) async fn once<R: Remotes>(shop: &Shop<R>) {
    poll(shop, &mut Told::default()).await.expect("read");
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

/// Whether everything was read up to now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    ToNow,
    /// The mark lies beyond the present, and whose clock is wrong was not known when it was asked.
    Doubtful,
}

/// Reads everything that was updated since the mark, which is by EasyEcom's clock. `ahead` is how far
/// that is ahead of ours; it is `sure` once an answer of EasyEcom has told.
async fn poll_once<R: Remotes>(
    shop: &Shop<R>,
    (asked_here, ahead, sure): (Stamp, Duration, bool),
    read: &mut Read,
    told: &mut Told,
) -> Result<Reach, ReadFailed> {
    let asked_at = asked_here + ahead;
    let mark = shop.reader.site().ok().and_then(|s| s.high_water);
    let overlap = Duration::from_std(shop.config.fetch.overlap).unwrap_or_default();
    let beyond = clocks::is_beyond(mark, asked_at);
    let first = asked_at - Duration::days(shop.config.fetch.first_days);
    let mut after = match mark {
        Some(mark) if !(beyond && sure) => mark.min(asked_at) - overlap,
        _ => first,
    };
    while after < asked_at {
        let until = asked_at.min(after + Duration::hours(WINDOW_MAX_H));
        // The bound is in whole seconds at the remote: the second under way belongs to it.
        let window = Window::Updated {
            after,
            before: until + Duration::seconds(1),
        };
        window_to_the_end(shop, window, Via::Poll, read, told).await?;
        // The answer has told EasyEcom's time: what is later than that is yet to come.
        let told_at = asked_here + lock(&shop.live).skew;
        let mark = until.min(asked_at.min(told_at) - Duration::seconds(BEHIND_S));
        let old = shop.reader.site().ok().map(|s| s.high_water);
        let back = sure && old.is_some_and(|old| clocks::is_beyond(old, asked_at));
        // A mark that hardly moved is not worth a journal record.
        let moved =
            old.is_some_and(|old| old.is_none_or(|old| mark - old >= Duration::seconds(BEHIND_S)));
        if moved || back {
            let event = Event::WindowRead {
                after,
                until: mark,
                rows: read.rows,
                back,
            };
            shop.record(vec![event]).await.map_err(store)?;
        }
        after = until;
    }
    Ok(if beyond && !sure {
        Reach::Doubtful
    } else {
        Reach::ToNow
    })
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
            clocks::compare(shop, server);
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
