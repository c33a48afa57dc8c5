//! EasyEcom's clock against this machine's: windows and the mark are in EasyEcom's time, and a mark
//! that runs ahead of it would leave orders out for good.

use chrono::Duration;

use crate::{
    domain::{Clean, Stamp},
    worker::{
        ports::Remotes,
        shop::{ReadFailed, Shop, lock},
    },
};

/// A clock that is off by more than this against EasyEcom's asks for another reading.
pub(super) const OFF_MAX: Duration = Duration::seconds(5);

/// A difference that a person is told of.
const OFF_SAID: Duration = Duration::seconds(60);

/// Past this the clock of one side is broken, and nobody can tell which.
const OFF_BELIEVED: Duration = Duration::days(2);

/// A mark this far beyond the present was made by a wrong clock; less is a clock that was corrected.
const BEYOND: Duration = Duration::seconds(60);

/// Notes how far EasyEcom's clock is ahead of this machine's: its windows are in its own time, and a
/// window in ours would leave rows out.
pub(super) fn compare<R: Remotes>(shop: &Shop<R>, server: Stamp) {
    let ahead = server - shop.now();
    let before = std::mem::replace(&mut lock(&shop.live).skew, ahead);
    let believed = ahead.abs() <= OFF_BELIEVED;
    if believed {
        lock(&shop.live).easyecom_ahead = ahead;
    }
    let what = if believed {
        "orders are read in EasyEcom's time, times on the screen may be wrong"
    } else {
        "nothing is booked, assigned, confirmed or manifested until they agree"
    };
    let says = (ahead.abs() > OFF_SAID).then(|| {
        format!(
            "this machine's clock is {} s {} EasyEcom's; {what}: set the clock, then restart the engine",
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

/// Refuses a reading made while the clocks are so far apart that its window may have been of another
/// day.
pub(super) fn believed<R: Remotes>(shop: &Shop<R>) -> Result<(), ReadFailed> {
    let skew = lock(&shop.live).skew;
    if skew.abs() <= OFF_BELIEVED {
        return Ok(());
    }
    let says = format!(
        "this machine's clock and EasyEcom's are {} h apart; what was read is not relied on: set the \
         clock, then restart the engine",
        skew.num_hours().abs()
    );
    Err(ReadFailed::Doubtful(Clean::new(&says)))
}

/// Whether the mark lies in a future that was none. It was made by a clock that was ahead, and what
/// came since was never asked for.
pub(super) fn is_beyond(mark: Option<Stamp>, now: Stamp) -> bool {
    mark.is_some_and(|mark| mark - now > BEYOND)
}
