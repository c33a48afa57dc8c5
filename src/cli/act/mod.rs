//! Commands that make the engine do something. All of them pass the same gate as the console's keys,
//! and all of them can be tried with `--dry-run`.

mod orders;
mod report;
mod works;

use clap::{Args, Subcommand, ValueEnum};

use crate::{
    cli::{
        Code, Context, Ended, Failure,
        context::{command, preview},
        print,
    },
    domain::{Clean, Step, event::Decision},
};

/// Commands that act.
#[derive(Clone, Debug, Subcommand)]
pub enum Act {
    #[command(flatten)]
    /// About orders.
    Order(OrderAct),
    #[command(flatten)]
    /// About the engine, manifests and stock.
    Site(SiteAct),
}

/// Commands about orders.
#[derive(Clone, Debug, Subcommand)]
pub enum OrderAct {
    /// Do one step of one order now, through the gate
    Step {
        /// assign, confirm, documents, manifest, tracking or inventory
        step: Step,
        /// Invoice id, AWB, order id or reference
        order: String,
        /// Say what it would do, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Do the next legal step of orders now
    Next(Orders),
    /// Try again now what failed
    Retry(Orders),
    /// Hold orders
    Hold(OrdersWhy),
    /// Release holds
    Release(OrdersWhy),
    /// Park an order for a person to decide
    Park(OneWhy),
    /// Decide about a parked order
    Decide(DecideArgs),
    /// Take note of the tracking flags of an order
    ClearFlags(One),
    /// Ask the carrier about orders now
    Track(Orders),
}

/// Commands about the engine, manifests and stock.
#[derive(Clone, Debug, Subcommand)]
pub enum SiteAct {
    /// Stop doing anything, with a reason
    Pause {
        /// Why
        reason: String,
    },
    /// Go on after a pause
    Resume,
    /// Generate manifests now, of all that is ready
    Manifest {
        /// Say what it would do, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Push quantities now
    PushStock {
        /// Which SKUs; none: all that wait
        skus: Vec<String>,
        /// Say what it would do, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Push SKUs no more: EasyEcom computes their figure itself, or never takes it
    LeaveOut {
        /// Which SKUs
        #[arg(required = true)]
        skus: Vec<String>,
        /// Why, for the journal
        #[arg(long)]
        reason: String,
    },
    /// Push SKUs that were left out again
    TakeIn {
        /// Which SKUs
        #[arg(required = true)]
        skus: Vec<String>,
    },
    /// Read EasyEcom's quantities now
    ReadStock,
    /// Read new orders now
    Fetch,
    /// Read the orders of a range of dates
    Backfill {
        /// First day, YYYY-MM-DD
        from: chrono::NaiveDate,
        /// Last day, YYYY-MM-DD
        to: chrono::NaiveDate,
    },
}

/// Some orders.
#[derive(Clone, Debug, Args)]
pub struct Orders {
    /// Invoice ids, AWBs, order ids or references
    #[arg(required = true)]
    pub orders: Vec<String>,
    /// Say what it would do, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Some orders and a reason.
#[derive(Clone, Debug, Args)]
pub struct OrdersWhy {
    /// Invoice ids, AWBs, order ids or references
    #[arg(required = true)]
    pub orders: Vec<String>,
    /// Why, for the journal
    #[arg(long)]
    pub reason: String,
    /// Say what it would do, and do nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// One order.
#[derive(Clone, Debug, Args)]
pub struct One {
    /// Invoice id, AWB, order id or reference
    pub order: String,
}

/// One order and a reason.
#[derive(Clone, Debug, Args)]
pub struct OneWhy {
    /// Invoice id, AWB, order id or reference
    pub order: String,
    /// Why, for the journal
    #[arg(long)]
    pub reason: String,
}

/// `decide`.
#[derive(Clone, Debug, Args)]
pub struct DecideArgs {
    /// Invoice id, AWB, order id or reference
    pub order: String,
    /// What
    pub decision: DecisionName,
    /// Why, for the journal
    #[arg(long)]
    pub reason: String,
}

/// Decisions by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DecisionName {
    /// It is an order of its own, or the AWB it has is right: go on
    Ship,
    /// Try the refused call again
    Retry,
    /// It will not ship from here
    Drop,
}

impl From<DecisionName> for Decision {
    fn from(name: DecisionName) -> Self {
        match name {
            DecisionName::Ship => Self::Ship,
            DecisionName::Retry => Self::Retry,
            DecisionName::Drop => Self::Drop,
        }
    }
}

/// Does it, or says what it would do.
pub async fn run(context: &Context, act: Act) -> Ended {
    let engine = context.attach().await?;
    let (wanted, dry_run) = match act {
        Act::Order(act) => orders::to_command(&engine, act).await?,
        Act::Site(act) => works::to_command(context.zone(), act)?,
    };
    if dry_run {
        let skus = wanted.concerns_skus();
        let preview = preview(&engine, wanted).await?;
        return report::preview(&preview, skus, context);
    }
    let reply = command(&engine, wanted).await?;
    report::reply(&reply, context)
}

/// A reason that says something.
fn reason(text: &str) -> Result<Clean, Failure> {
    let reason = Clean::new(text);
    if reason.is_empty() {
        return Err(Failure::new(
            Code::Usage,
            "give a reason that says why; the journal keeps it",
        ));
    }
    Ok(reason)
}

/// Prints `value` as JSON if that was asked for.
fn as_json<T: serde::Serialize>(value: &T, context: &Context) -> Result<bool, Failure> {
    if context.global.json {
        print::json(value)?;
    }
    Ok(context.global.json)
}
