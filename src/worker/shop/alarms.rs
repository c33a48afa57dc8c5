//! What people are told.

use super::{Shop, lock};
use crate::{
    domain::{Clean, InvoiceId},
    handle::{Delta, Level},
    ledger::LedgerError,
    worker::{health::Health, ports::Remotes},
};

const BOOKING_ALARM: &str = "booking";

impl<R: Remotes> Shop<R> {
    /// One line on every screen.
    pub fn notice(&self, level: Level, says: &str) {
        match level {
            Level::Bad => tracing::error!("{says}"),
            Level::Warn => tracing::warn!("{says}"),
            Level::Good | Level::Info => tracing::info!("{says}"),
        }
        // Nobody looking is no error.
        let _ = self.deltas.send(Delta::Notice {
            level,
            says: Clean::new(says),
        });
    }

    /// Raises or clears a standing alarm.
    pub fn alarm(&self, name: &'static str, says: Option<&str>) {
        let mut live = lock(&self.live);
        let before = live.alarms.iter().position(|(known, _)| *known == name);
        let before = before.map(|at| live.alarms.remove(at).1);
        let now = says.map(Clean::new);
        // The log tells when it began and ended; a standing alarm is raised again and again.
        match (&before, &now) {
            (None, Some(says)) => tracing::error!(alarm = name, "{says}"),
            (Some(_), None) => tracing::info!(alarm = name, "over"),
            _ => {}
        }
        live.alarms.extend(now.map(|says| (name, says)));
    }

    /// Says that a remote denies our writes one after the other, or that it does no more.
    pub fn say_denied(&self, name: &'static str, who: &str, health: &Health) {
        let says = health.denies().map(|says| {
            format!(
                "{who} denies our writes (HTTP 401 or 403), so nothing is sent there but a try now and then: look at \
                 the key and the rights of its user with `raftaar doctor`, then `raftaar resume` tries at once. \
                 It says: {says}"
            )
        });
        self.alarm(name, says.as_deref());
    }

    /// Stops booking: the carrier refused a call for these orders because of us.
    pub fn stop_booking(&self, ids: &[InvoiceId], says: &Clean) {
        {
            let mut live = lock(&self.live);
            live.booking_refused = Some(says.clone());
            if ids.len() > 1 {
                live.book_alone.extend(ids);
            }
        }
        let says = format!(
            "nothing is booked: DTDC refuses us, not one order. Look, correct [dtdc] and restart, or try again with `raftaar resume`. It says: {says}"
        );
        self.alarm(BOOKING_ALARM, Some(&says));
        self.notice(Level::Bad, &says);
    }

    /// Books again: a booking went through, or a person looked.
    pub fn book_again(&self) {
        if lock(&self.live).booking_refused.take().is_some() {
            self.alarm(BOOKING_ALARM, None);
            self.wake.notify_one();
        }
    }

    /// Keeps a store failure for the screen: from here on nothing is sent until it is mended.
    pub fn store_failed(&self, error: &LedgerError) {
        if !error.stops_everything() {
            self.notice(Level::Bad, &format!("not recorded: {error}"));
            return;
        }
        let says = Clean::new(&error.to_string());
        let first = lock(&self.live).failed.replace(says).is_none();
        if first {
            self.notice(
                Level::Bad,
                &format!("the store failed, nothing is sent: {error}"),
            );
            self.mend.notify_one();
        }
    }
}
