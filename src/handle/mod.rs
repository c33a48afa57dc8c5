//! The engine's handle: messages in, pages and deltas out, all of them plain data. In one process
//! they cross a channel, from a second console or a script a Unix socket; nobody else opens the
//! store.

mod command;
mod load;
mod overview;
mod query;
mod rows;
mod run;

pub use command::{Command, CommandReply, ItemEnd, ItemResult, Preview, ReplyEnd, Undoable};
pub use load::{LoadRow, LoadScan, ManifestLoad, hand_over_sheet};
pub use overview::{
    ConfirmedBand, EngineState, Link, LinkState, Overview, QuotaView, Schedule, StockView, WavePlan,
};
pub use query::{
    Anchor, FeedKind, FeedPage, OrderIndex, OrdersQuery, PAGE_MAX, Page, Query, Reply, SORTED_MAX,
    Sort, SortBy, StockBy, StockQuery, TROUBLES_MAX,
};
pub use rows::{
    Again, AgainWhat, FeedLine, JournalLine, ManifestPlan, OrderRow, OrderView, RejectedLine,
    ScanLine, SkuView, StepState, StepView, StockRow, Trouble, TroubleAbout,
};
pub use run::{Ends, Run};

use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::{broadcast, mpsc, oneshot};

pub use crate::domain::Level;

use crate::domain::{Clean, Operator};

/// Requests that may wait for the engine. A console asks for a handful per key; a script for one.
pub const ASKS_MAX: usize = 256;

/// Deltas that a slow console may fall behind before it is told to ask for everything again.
pub const DELTAS_MAX: usize = 64;

/// What can be asked of the engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Ask {
    /// Read something.
    Query {
        /// What.
        query: Query,
    },
    /// Do something.
    Command {
        /// What.
        command: Command,
    },
    /// Say what a command would do, without doing it.
    Preview {
        /// Which.
        command: Command,
    },
}

/// What the engine answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// To a query.
    Reply {
        /// What was asked for.
        reply: Box<Reply>,
    },
    /// To a command.
    Done {
        /// What came of it.
        reply: CommandReply,
    },
    /// To a preview.
    Preview {
        /// What it would do.
        preview: Preview,
    },
    /// It could not be answered.
    Failed {
        /// Why, and what to do.
        says: Clean,
    },
}

/// Something changed; said at most a few times a second.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "delta", rename_all = "snake_case")]
pub enum Delta {
    /// The figures of the header, and which panes are out of date.
    Changed {
        /// The header.
        overview: Box<Overview>,
        /// Orders changed.
        orders: bool,
        /// Tracking changed.
        tracking: bool,
        /// Stock changed.
        stock: bool,
    },
    /// One line that the operator should see.
    Notice {
        /// How bad.
        level: Level,
        /// What.
        says: Clean,
    },
    /// The engine stops.
    Stopping {
        /// Why.
        says: Clean,
    },
}

/// Why the engine did not answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum HandleError {
    /// It is gone.
    #[error(
        "the engine has stopped or the connection to it is gone; start `raftaar serve` or open raftaar again"
    )]
    Gone,
    /// It has too much to do.
    #[error("the engine is busy; try again in a moment")]
    Busy,
}

/// An ask on its way to the engine.
#[derive(Debug)]
pub struct Asked {
    /// What.
    pub ask: Ask,
    /// Who.
    pub operator: Operator,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Answer>,
}

/// A way to an engine, in this process or another.
#[derive(Clone, Debug)]
pub struct EngineHandle {
    asks: mpsc::Sender<Asked>,
    deltas: broadcast::Sender<Delta>,
    operator: Operator,
}

/// The engine's end.
#[derive(Debug)]
pub struct EngineEnd {
    /// Asks, in the order they came.
    pub asks: mpsc::Receiver<Asked>,
    /// Where deltas go.
    pub deltas: broadcast::Sender<Delta>,
}

impl EngineHandle {
    /// A handle and the engine's end of it.
    pub fn pair(operator: Operator) -> (Self, EngineEnd) {
        let (ask_tx, ask_rx) = mpsc::channel(ASKS_MAX);
        let (delta_tx, _) = broadcast::channel(DELTAS_MAX);
        let handle = Self {
            asks: ask_tx,
            deltas: delta_tx.clone(),
            operator,
        };
        let end = EngineEnd {
            asks: ask_rx,
            deltas: delta_tx,
        };
        (handle, end)
    }

    /// The same way, used by somebody else.
    #[must_use]
    pub fn for_operator(&self, operator: Operator) -> Self {
        Self {
            operator,
            ..self.clone()
        }
    }

    /// Who uses it.
    pub fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Asks and waits for the answer.
    pub async fn ask(&self, ask: Ask) -> Result<Answer, HandleError> {
        let (answer, waiting) = oneshot::channel();
        let asked = Asked {
            ask,
            operator: self.operator.clone(),
            answer,
        };
        self.asks.send(asked).await.map_err(|_| HandleError::Gone)?;
        waiting.await.map_err(|_| HandleError::Gone)
    }

    /// Asks a query.
    pub async fn query(&self, query: Query) -> Result<Answer, HandleError> {
        self.ask(Ask::Query { query }).await
    }

    /// Gives a command.
    pub async fn command(&self, command: Command) -> Result<Answer, HandleError> {
        self.ask(Ask::Command { command }).await
    }

    /// Deltas from now on. A receiver that lags asks for everything again.
    pub fn deltas(&self) -> broadcast::Receiver<Delta> {
        self.deltas.subscribe()
    }

    /// Whether the engine is gone.
    pub fn is_gone(&self) -> bool {
        self.asks.is_closed()
    }

    /// Waits until the engine is gone.
    pub async fn gone(&self) {
        self.asks.closed().await;
    }
}
