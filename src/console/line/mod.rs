//! The screen as lines, for scripts and screen readers: no cursor addressing, no boxes, nothing that is
//! repainted. What is said once stays said.

mod words;

use std::io::{self, Write};

use chrono::{FixedOffset, Utc};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    domain::{Clean, filter::FeedFilter},
    handle::{
        Anchor, Answer, Delta, EngineHandle, FeedKind, FeedLine, HandleError, OrderIndex,
        OrdersQuery, Overview, Query, Reply,
    },
};

/// What to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineOptions {
    /// Go on after the first picture, with a line for each thing that happens.
    pub follow: bool,
    /// The overview as JSON, one object a line.
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
            return Ok(json(out, &self.overview)?);
        }
        let zone = self.zone();
        write!(out, "{}", words::overview(&self.overview, zone))?;
        self.needs(out).await?;
        self.news(FIRST_LINES, out).await
    }

    /// What needs a person: first what is about no order, then orders, the most pressing first.
    async fn needs(&self, out: &mut (impl Write + Send)) -> Result<(), WatchError> {
        let Reply::Troubles(troubles) = ask(self.handle, Query::Troubles).await? else {
            return Err(odd());
        };
        let query = Query::Orders(OrdersQuery {
            index: OrderIndex::Attention { kind: None },
            text: String::new(),
            sort: None,
            anchor: Anchor::First,
            limit: ORDERS_NAMED,
        });
        let Reply::Orders(orders) = ask(self.handle, query).await? else {
            return Err(odd());
        };
        if troubles.is_empty() && orders.rows.is_empty() {
            writeln!(out, "nothing needs a person")?;
        }
        for row in &troubles {
            writeln!(out, "NEEDS YOU {}", words::trouble(row))?;
        }
        for row in &orders.rows {
            writeln!(out, "NEEDS YOU {}", words::order(row))?;
        }
        let named = orders.rows.len() as u64;
        if let Some(more) = orders.total.and_then(|all| all.checked_sub(named))
            && more > 0
        {
            writeln!(out, "NEEDS YOU and {more} more orders")?;
        }
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
                json(out, &new)?;
                self.overview = *new;
            }
            Delta::Changed { overview: new, .. } => {
                for line in words::changes(&self.overview, &new) {
                    writeln!(out, "{at} {line}")?;
                }
                self.overview = *new;
                self.news(NEWS_LINES, out).await?;
            }
            // JSON lines are overviews and nothing else.
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

fn json(out: &mut impl Write, overview: &Overview) -> io::Result<()> {
    let line = serde_json::to_string(overview).map_err(io::Error::other)?;
    writeln!(out, "{line}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::fixture::{Engine, pair, serve};

    #[tokio::test]
    async fn once_prints_and_ends() {
        let (handle, end) = pair();
        tokio::spawn(serve(end, Engine::normal()));
        let options = LineOptions {
            follow: false,
            json: false,
            zone: None,
            filter: FeedFilter::default(),
        };
        let mut out = Vec::new();
        watch(&handle, options, &mut out).await.expect("printed");
        let text = String::from_utf8(out).expect("text");
        assert!(text.contains("in Confirmed: 16"));
        assert!(
            text.contains("NEEDS YOU few AWBs: 12 allotted AWBs are left"),
            "{text}"
        );
        assert!(text.contains("NEEDS YOU order 100203"), "{text}");
        assert!(text.lines().count() > 10, "the newest happenings follow");
        assert!(!text.contains('\u{1b}'));
    }

    #[tokio::test]
    async fn json_is_the_overview() {
        let (handle, end) = pair();
        tokio::spawn(serve(end, Engine::normal()));
        let options = LineOptions {
            follow: false,
            json: true,
            zone: None,
            filter: FeedFilter::default(),
        };
        let mut out = Vec::new();
        watch(&handle, options, &mut out).await.expect("printed");
        let overview: Overview = serde_json::from_slice(&out).expect("an overview");
        assert_eq!(overview.confirmed.count, 16);
    }

    #[tokio::test]
    async fn following_ends_when_the_engine_is_gone() {
        let (handle, mut end) = pair();
        let options = LineOptions {
            follow: true,
            json: true,
            zone: None,
            filter: FeedFilter::default(),
        };
        let engine = Engine::normal();
        let task = tokio::spawn(async move {
            let mut out = Vec::new();
            let result = watch(&handle, options, &mut out).await;
            (result, out)
        });
        let asked = end.asks.recv().await.expect("the first question");
        let mut answering = engine.clone();
        let answer = answering.answer(&asked.ask);
        asked.answer.send(answer).expect("somebody waits");
        drop(end);
        let (result, out) = task.await.expect("no panic");
        assert!(matches!(result, Err(WatchError::Gone)));
        assert_eq!(String::from_utf8_lossy(&out).lines().count(), 1);
    }
}
