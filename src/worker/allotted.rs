//! The list of AWB numbers that DTDC allotted: read at the start, and again whenever somebody adds to it.

use std::{path::Path, sync::Arc, time::Duration};

use super::{ports::Remotes, shop::Shop};
use crate::{
    domain::{Clean, event::Event},
    handle::Level,
};

/// How often the list is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Numbers in one record of the journal.
const CHUNK: usize = 200;

/// The standing alarm.
const ALARM: &str = "awb-file";

/// How the file was when it was looked at: changed and size. `None`: it cannot be looked at.
type Seen = Option<(std::time::SystemTime, u64)>;

fn look(path: &Path) -> Seen {
    let about = std::fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// Adds the numbers of the list that are not known yet; says how the file was.
pub(super) async fn read<R: Remotes>(shop: &Shop<R>) -> Seen {
    let path = shop.config.awb.file.as_deref()?;
    // Looked at first: what is added meanwhile is seen the next time.
    let seen = look(path);
    let file = match crate::files::read_allotted(path) {
        Ok(file) => file,
        Err(error) => {
            shop.alarm(ALARM, Some(&format!("allotted AWBs: {error}")));
            return seen;
        }
    };
    let problem = file.problems.first().map(|first| {
        let more = match file.problems.len() - 1 {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        format!("{first}{more}")
    });
    shop.alarm(ALARM, problem.as_deref());
    let new: Vec<_> = file
        .numbers
        .into_iter()
        .filter(|awb| matches!(shop.reader.awb(awb), Ok(None)))
        .collect();
    if new.is_empty() {
        return seen;
    }
    let source = Clean::new(&path.file_name().unwrap_or_default().to_string_lossy());
    let events = new
        .chunks(CHUNK)
        .map(|numbers| Event::Allotted {
            source: source.clone(),
            numbers: numbers.to_vec(),
        })
        .collect();
    match shop.record(events).await {
        Ok(()) => shop.notice(
            Level::Good,
            &format!("{} AWB numbers added from {source}", new.len()),
        ),
        Err(error) => tracing::error!("allotted numbers: {error}"),
    }
    seen
}

/// Reads the list again when it has changed and stands still: nobody's half-written file is taken.
pub(super) async fn run<R: Remotes>(shop: Arc<Shop<R>>, mut taken: Seen) {
    let Some(path) = shop.config.awb.file.clone() else {
        return;
    };
    let mut last = taken;
    loop {
        tokio::select! {
            () = shop.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let now = look(&path);
        if now != taken && now == last {
            taken = read(&shop).await;
        }
        last = now;
    }
}
