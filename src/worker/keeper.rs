//! Housekeeping: copies of the journal on a schedule, and an eye on the room that is left on the disk.

use std::{path::Path, sync::Arc, time::Duration};

use super::{
    planner::next_cut_off,
    ports::Remotes,
    shop::{Shop, lock},
};
use crate::{
    domain::Clean,
    ledger::backup::{self, BackupError, BackupReport},
};

/// How often the disk is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How often the room that the working state takes is looked at.
const SPACE_EVERY: Duration = Duration::from_mins(1);

/// So near a pickup nothing is compacted.
const PICKUP_NEAR_MIN: i64 = 15;

/// How often the clock is looked at.
const CLOCK_EVERY: Duration = Duration::from_mins(5);

/// A copy that failed is tried again after this.
const RETRY_EVERY: Duration = Duration::from_mins(10);

/// Keeps house for as long as the engine lives.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>) {
    tokio::join!(copies(&shop), room(&shop), clock(&shop), space(&shop));
}

/// Compacts the working state when it has grown far beyond what is in it: sled keeps the room of what
/// was overwritten. It takes moments, but not those before a pickup.
async fn space<R: Remotes>(shop: &Shop<R>) {
    // A ledger in memory takes no room.
    if shop.ledger.free_bytes().is_none() {
        return;
    }
    loop {
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = tokio::time::sleep(SPACE_EVERY) => {}
        }
        let now = shop.now();
        let pickup = next_cut_off(shop, now).map(|at| at - now);
        if pickup.is_some_and(|left| left < chrono::Duration::minutes(PICKUP_NEAR_MIN)) {
            continue;
        }
        match shop.ledger.compact_if_needed().await {
            Ok(Some((before, after))) => {
                tracing::info!(before, after, "working state compacted");
            }
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the working state could not be compacted"),
        }
    }
}

async fn clock<R: Remotes>(shop: &Shop<R>) {
    loop {
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = tokio::time::sleep(CLOCK_EVERY) => {}
        }
        let says = shop.remotes.wall_behind().map(|behind| {
            format!(
                "this machine's clock was set back by {} s; the engine goes on with its own time: restart it when nothing is under way",
                behind.num_seconds()
            )
        });
        shop.alarm("clock", says.as_deref());
    }
}

async fn room<R: Remotes>(shop: &Shop<R>) {
    // A ledger in memory has no disk.
    if shop.ledger.free_bytes().is_none() {
        return;
    }
    loop {
        look_at_room(shop);
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

fn look_at_room<R: Remotes>(shop: &Shop<R>) {
    let Some(free) = shop.ledger.free_bytes() else {
        return;
    };
    let short = free < shop.config.keep.min_free;
    let before = std::mem::replace(&mut lock(&shop.live).short_of_room, short);
    let says = short.then(|| {
        format!(
            "the disk has {} MiB left, less than {}: nothing new is begun; make room in the data folder's file system",
            free >> 20,
            shop.config.keep.min_free >> 20
        )
    });
    shop.alarm("room", says.as_deref());
    if before && !short {
        shop.wake.notify_one();
    }
}

async fn copies<R: Remotes>(shop: &Shop<R>) {
    let Some(to) = &shop.config.keep.backup_dir else {
        return;
    };
    let every = shop.config.keep.backup_every;
    let mut wait = first_wait(shop, to, every);
    loop {
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        wait = match make(shop).await {
            Ok(_) => every,
            Err(_) => RETRY_EVERY.min(every),
        };
    }
}

/// An engine that is restarted every day must not put its copies off every day.
fn first_wait<R: Remotes>(shop: &Shop<R>, to: &Path, every: Duration) -> Duration {
    let newest = backup::list(to)
        .ok()
        .and_then(|copies| copies.last().map(|(_, note)| note.made_at));
    newest.map_or(Duration::ZERO, |made_at| {
        let age = (shop.now() - made_at).to_std().unwrap_or_default();
        every.saturating_sub(age)
    })
}

/// Makes a copy now.
pub(super) async fn make<R: Remotes>(shop: &Shop<R>) -> Result<BackupReport, Clean> {
    let Some(to) = &shop.config.keep.backup_dir else {
        return Err(Clean::new(
            "no folder for copies is configured; set backup.dir, better on another disk",
        ));
    };
    let made = shop
        .ledger
        .backup(to.clone(), shop.config.keep.backup_keep, shop.now())
        .await;
    let says = made.as_ref().err().map(BackupError::to_string);
    shop.alarm("backup", says.as_deref());
    made.map_err(|error| {
        tracing::error!("no copy was made: {error}");
        Clean::new(&format!("no copy was made: {error}"))
    })
}
