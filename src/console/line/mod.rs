//! The screen as lines, for scripts and screen readers: no cursor addressing, no boxes, nothing that is
//! repainted. What is said once stays said.

mod needs;
mod words;

use std::io::{self, Write};

use chrono::{FixedOffset, Utc};
use tokio::sync::broadcast::error::RecvError;

use self::needs::Needs;
use crate::{
    domain::{Clean, filter::FeedFilter, record::Attention},
    handle::{
        Answer, Delta, EngineHandle, FeedKind, FeedLine, HandleError, Overview, Query, Reply,
    },
};

/// What to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOptions {
    /// Go on after the first picture, with a line for each thing that happens.
    pub follow: bool,
    /// The overview and what needs a person as JSON, one object a line.
    pub json: bool,
    /// Overrides the zone that the engine names.
    pub zone: Option<FixedOffset>,
    /// Of what happened only what fits.
    pub filter: FeedFilter,
}

/// Why nothing more is printed.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The engine has stopped, or the connection to it is gone.
    #[error("the engine has stopped or the connection to it is gone")]
    Gone,
    /// The engine says why it does not answer.
    #[error("{0}")]
    NoAnswer(Clean),
    /// What was printed could not be written.
    #[error("output: {0}")]
    Write(#[from] io::Error),
}

impl From<HandleError> for WatchError {
    fn from(_: HandleError) -> Self {
        Self::Gone
    }
}

/// Newest feed lines printed at first.
const FIRST_LINES: usize = 10;

/// Newest feed lines asked for when something changed.
const NEWS_LINES: usize = 200;

/// Orders named of those that need a person.
const ORDERS_NAMED: usize = 20;

/// The same in JSON: a line of it stays some ten kilobytes, however bad the day is.
const ORDERS_IN_JSON: usize = 50;

/// Prints how things stand; with `follow`, whatever changes from then on, until the engine or the
/// reader is gone.
///
/// # Errors
/// The engine is gone or does not answer, or `out` takes no more.
pub async fn watch(
    handle: &EngineHandle,
    options: LineOptions,
    out: &mut (impl Write + Send),
) -> Result<(), WatchError> {
    let mut deltas = handle.deltas();
    let follow = options.follow;
    let mut watch = Watch {
        handle,
        options,
        overview: overview(handle).await?,
        seen: 0,
    };
    watch.first(out).await?;
    out.flush()?;
    if !follow {
        return Ok(());
    }
    loop {
        let delta = tokio::select! {
            delta = deltas.recv() => delta,
            () = handle.gone() => return Err(WatchError::Gone),
        };
        let stops = matches!(delta, Ok(Delta::Stopping { .. }));
        match delta {
            Ok(delta) => watch.delta(delta, out).await?,
            Err(RecvError::Lagged(missed)) => watch.missed(missed, out)?,
            Err(RecvError::Closed) => return Err(WatchError::Gone),
        }
        out.flush()?;
        if stops {
            return Err(WatchError::Gone);
        }
    }
}

/// The engine's figures.
///
/// # Errors
/// The engine is gone or does not answer.
pub async fn overview(handle: &EngineHandle) -> Result<Overview, WatchError> {
    match ask(handle, Query::Overview).await? {
        Reply::Overview(overview) => Ok(*overview),
        _ => Err(odd()),
    }
}

async fn ask(handle: &EngineHandle, query: Query) -> Result<Reply, WatchError> {
    match handle.query(query).await? {
        Answer::Reply { reply } => Ok(*reply),
        Answer::Failed { says } => Err(WatchError::NoAnswer(says)),
        _ => Err(odd()),
    }
}

fn odd() -> WatchError {
    WatchError::NoAnswer("the engine answered something else than was asked".into())
}

/// What was printed last.
struct Watch<'a> {
    handle: &'a EngineHandle,
    options: LineOptions,
    overview: Overview,
    /// The newest feed line that was printed.
    seen: u64,
}

impl Watch<'_> {
    fn zone(&self) -> FixedOffset {
        self.options
            .zone
            .unwrap_or_else(|| words::zone(&self.overview))
    }

    async fn first(&mut self, out: &mut (impl Write + Send)) -> Result<(), WatchError> {
        if self.options.json {
            return self.json(out).await;
        }
        let zone = self.zone();
        write!(out, "{}", words::overview(&self.overview, zone))?;
        self.needs(out).await?;
        self.news(FIRST_LINES, out).await
    }

    /// What needs a person, a line each.
    async fn needs(&self, out: &mut (impl Write + Send)) -> Result<(), WatchError> {
        let needs = Needs::read(self.handle, ORDERS_NAMED).await?;
        if needs.troubles.is_empty() && needs.orders.is_empty() {
            writeln!(out, "nothing needs a person")?;
        }
        for row in &needs.troubles {
            writeln!(out, "NEEDS YOU {}", words::trouble(row))?;
        }
        for row in &needs.orders {
            let waits = row.attention.is_none_or(Attention::waits_for_a_person);
            let head = if waits { "NEEDS YOU" } else { "UNKNOWN" };
            writeln!(out, "{head} {}", words::order(row))?;
        }
        if needs.more > 0 {
            writeln!(out, "NEEDS YOU and {} more orders", needs.more)?;
        }
        Ok(())
    }

    /// The overview and what needs a person, as one object on a line.
    async fn json(&self, out: &mut (impl Write + Send)) -> Result<(), WatchError> {
        let needs = Needs::read(self.handle, ORDERS_IN_JSON).await?;
        let line = needs.json(&self.overview).map_err(io::Error::other)?;
        writeln!(out, "{line}")?;
        Ok(())
    }

    async fn delta(
        &mut self,
        delta: Delta,
        out: &mut (impl Write + Send),
    ) -> Result<(), WatchError> {
        let at = words::time(Utc::now(), self.zone());
        match delta {
            Delta::Changed { overview: new, .. } if self.options.json => {
                self.overview = *new;
                self.json(out).await?;
            }
            Delta::Changed { overview: new, .. } => {
                for line in words::changes(&self.overview, &new) {
                    writeln!(out, "{at} {line}")?;
                }
                self.overview = *new;
                self.news(NEWS_LINES, out).await?;
            }
            // JSON lines are pictures of how things stand and nothing else.
            _ if self.options.json => {}
            Delta::Notice { level, says } => {
                writeln!(out, "{at} {}: {says}", words::level(level))?;
            }
            Delta::Stopping { says } => writeln!(out, "{at} the engine stops: {says}")?,
        }
        Ok(())
    }

    /// Prints feed lines that were not printed yet, oldest first.
    async fn news(
        &mut self,
        limit: usize,
        out: &mut (impl Write + Send),
    ) -> Result<(), WatchError> {
        let mut lines: Vec<FeedLine> = Vec::new();
        let (mut newest, mut before) = (self.seen, None);
        while lines.len() < limit {
            let query = Query::Feed {
                kind: FeedKind::All,
                text: self.options.filter.to_string(),
                after: self.seen,
                before,
                limit: limit - lines.len(),
            };
            let Reply::Feed(page) = ask(self.handle, query).await? else {
                return Err(odd());
            };
            newest = newest.max(page.newest);
            lines.extend(page.lines);
            let Some(older) = page.older else {
                break;
            };
            before = Some(older);
        }
        let zone = self.zone();
        for line in lines.iter().rev() {
            writeln!(out, "{}", words::feed(line, zone))?;
        }
        self.seen = newest;
        Ok(())
    }

    fn missed(&self, missed: u64, out: &mut impl Write) -> io::Result<()> {
        if self.options.json {
            return Ok(());
        }
        writeln!(out, "{missed} changes were too fast to be told one by one")
    }
}

#[cfg(test)]
mod tests;
