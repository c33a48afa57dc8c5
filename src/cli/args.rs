//! The arguments.

use std::{net::SocketAddr, path::PathBuf};

use clap::{
    Args, Parser, Subcommand,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use clap_complete::Shell;

use super::{act::Act, dock::Dock};
use crate::{
    domain::{Call, Stage},
    sandbox::FaultPlan,
};

/// Exit codes, as the help shows them.
const CODES: &str = "Exit codes: 0 done or taken, 1 a check found something bad, 2 wrong arguments or \
configuration, 3 refused by the gate, 4 sent and the outcome not known, 5 failed and not applied, 6 no \
engine runs or it holds no such order, 74 the store cannot be read or written.";

/// Takes every EasyEcom order of a DTDC warehouse through seven steps in one legal sequence. Without
/// a command: the console, attached to the running engine or with one of its own.
#[derive(Clone, Debug, Parser)]
#[command(name = "raftaar", version, after_help = CODES, max_term_width = 100)]
pub struct Cli {
    /// For every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags of every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// Configuration file, in place of the usual ones
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Data folder, in place of the configured one
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Your name for the journal, where several people share a login
    #[arg(long, global = true, value_name = "NAME", env = "RAFTAAR_OPERATOR")]
    pub operator: Option<String>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Only ASCII on the screen
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Log more; twice, log everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// The subcommands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Open the console
    Console(ConsoleArgs),
    /// Show it working: sandbox, engine and console together, nothing real
    Demo(DemoArgs),
    /// Run the engine without a screen, until SIGTERM
    Serve,
    /// Run a stand-in for EasyEcom and DTDC
    Sandbox(SandboxArgs),
    /// Check configuration, secrets, folders, clock, terminal and remotes
    Doctor {
        /// Call nobody
        #[arg(long)]
        offline: bool,
    },
    /// List orders
    Orders(OrdersArgs),
    /// Show an order and its seven steps
    Order {
        /// Invoice id, AWB, order id or reference
        order: String,
        /// Name the customer
        #[arg(long)]
        people: bool,
    },
    /// Say why a call is not legal now, and what would lift it
    WhyNot {
        /// Which call
        #[arg(value_parser = order_call())]
        call: Call,
        /// Invoice id, AWB, order id or reference
        order: String,
    },
    /// Show the tracking feed
    Tracking(FeedArgs),
    /// List stock: ours, theirs and the difference
    Inventory(InventoryArgs),
    /// Show the journal, newest first
    Journal(JournalArgs),
    /// Look after the store
    Store {
        /// What to do
        #[command(subcommand)]
        action: StoreAction,
    },
    /// The dock: put parcels on the truck, hand it over, print its sheet
    Dock {
        /// What to do
        #[command(subcommand)]
        action: Dock,
    },
    #[command(flatten)]
    /// Commands that make the engine do something.
    Act(Act),
    /// Print the engine's figures, once or as they change
    Watch(WatchArgs),
    /// Print the keys of the console, or check your own keymap
    Keymap {
        /// What to do
        #[command(subcommand)]
        action: KeymapAction,
    },
    /// Print completions for a shell
    Completions {
        /// Which
        shell: Shell,
    },
    /// Write a picture of the screen
    #[command(hide = true)]
    Picture(PictureArgs),
}

/// `console`.
#[derive(Clone, Debug, Default, Args)]
pub struct ConsoleArgs {
    /// Look only: no command leaves this console
    #[arg(long)]
    pub read_only: bool,
}

/// `demo`.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Orders
    #[arg(long, default_value_t = 206, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub orders: u32,
    /// Parcel hours that pass in one real hour; 3600 makes an hour of a second
    #[arg(long, default_value_t = 3600.0, value_parser = speed)]
    pub speed: f64,
    /// Let calls go wrong, this share of them
    #[arg(long, num_args = 0..=1, default_missing_value = "0.1", value_name = "RATE", value_parser = rate)]
    pub faults: Option<f64>,
    /// Everything random is derived from this
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Keep the data in this folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Print progress and a closing table instead of a screen
    #[arg(long)]
    pub headless: bool,
    /// Give up after so many minutes (headless)
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    pub minutes: u64,
    /// Go on for so many parcel days with --orders new ones each day, and print what the engine takes of
    /// the machine (headless; the sandbox runs in a process of its own)
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=366))]
    pub days: Option<u32>,
}

/// `sandbox`.
#[derive(Clone, Debug, Args)]
pub struct SandboxArgs {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8700")]
    pub bind: SocketAddr,
    /// Orders
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub orders: u32,
    /// Everything random is derived from this
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Parcel hours that pass in one real hour
    #[arg(long, default_value_t = 3600.0, value_parser = speed)]
    pub speed: f64,
    /// When orders appear: `start`, or over a time such as 30m
    #[arg(long, default_value = "start")]
    pub arrival: crate::sandbox::Arrival,
    /// Rate limit: default, bronze, silver, gold, diamond or unlimited
    #[arg(long, default_value = "default")]
    pub tier: crate::sandbox::Tier,
    /// Faults: `none`, `rough:0.1`, or a list such as drop_after=0.05,slow=0.2
    #[arg(long, default_value = "none")]
    pub faults: FaultPlan,
    /// All options from a JSON file, in place of the others
    #[arg(long, value_name = "FILE", hide = true)]
    pub options: Option<PathBuf>,
}

/// `orders`.
#[derive(Clone, Debug, Args)]
pub struct OrdersArgs {
    /// Only orders of this stage
    #[arg(long, conflicts_with = "attention")]
    pub stage: Option<Stage>,
    /// Only orders that need a person
    #[arg(long)]
    pub attention: bool,
    /// All, newest first, ended ones too
    #[arg(long, conflicts_with_all = ["stage", "attention"])]
    pub all: bool,
    /// Only orders that fit this filter: words, `city:pune`, `age>2h`, `-is:held`, `~letters`
    #[arg(long, default_value = "")]
    pub text: String,
    /// At most so many
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// `tracking`.
#[derive(Clone, Debug, Args)]
pub struct FeedArgs {
    /// The scans of this order only
    #[arg(long, conflicts_with_all = ["text", "all"])]
    pub order: Option<String>,
    /// Only lines that fit this filter: words, `by:asha`, `call:book`, `level:bad`, `age<2h`, `~letters`
    #[arg(long, default_value = "")]
    pub text: String,
    /// Everything that happened, not tracking only
    #[arg(long)]
    pub all: bool,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// `inventory`.
#[derive(Clone, Debug, Args)]
pub struct InventoryArgs {
    /// Only SKUs that fit this filter: words, `state:differs`, `diff>5`, `~letters`
    #[arg(long, default_value = "")]
    pub text: String,
    /// Only SKUs that differ, wait or need a person
    #[arg(long)]
    pub open: bool,
    /// At most so many
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// `journal`.
#[derive(Clone, Debug, Args)]
pub struct JournalArgs {
    /// Of this order only
    #[arg(long)]
    pub order: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// `watch`.
#[derive(Clone, Debug, Args)]
pub struct WatchArgs {
    /// Print once and leave (the default)
    #[arg(long, conflicts_with = "follow")]
    pub once: bool,
    /// Go on printing as things change
    #[arg(long)]
    pub follow: bool,
    /// Of what happened only lines that fit this filter: words, `by:asha`, `call:book`, `level:bad`
    #[arg(long, default_value = "")]
    pub text: String,
}

/// `store`.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum StoreAction {
    /// Check the journal's chain, rebuild the state and compare
    Verify {
        /// Folder of the archived journal files, where it is not in the data folder
        #[arg(long)]
        archive: Option<std::path::PathBuf>,
    },
    /// Move old journal files to the archive; what is left still proves them
    Archive {
        /// Keep so many days; the configured number
        #[arg(long)]
        keep_days: Option<u32>,
        /// Folder for them; `archive` in the data folder, where histories still find them
        #[arg(long)]
        to: Option<std::path::PathBuf>,
    },
    /// Say what is in the store
    Info,
    /// Throw the working state away and build it from the journal
    Rebuild,
    /// Give back the room that sled keeps of what was overwritten
    Compact,
    /// Copy the journal, check the copy, keep the newest ones
    Backup {
        /// Folder of the copies; the configured one
        #[arg(long)]
        to: Option<std::path::PathBuf>,
    },
    /// List the copies and check each
    Backups,
    /// Go back to a copy, and pause: what was sent after it is not in it
    Restore {
        /// The copy, a folder named raftaar-...Z
        copy: std::path::PathBuf,
    },
}

/// `keymap`.
#[derive(Clone, Debug, Subcommand)]
pub enum KeymapAction {
    /// Print the defaults as a keymap.toml
    Print,
    /// Print the keys as a Markdown table
    Table,
    /// Check a keymap file; without a name, the configured one
    Check {
        /// Which file
        file: Option<PathBuf>,
    },
}

/// `picture`.
#[derive(Clone, Debug, Args)]
pub struct PictureArgs {
    /// Where to
    #[arg(default_value = "assets/screen.svg")]
    pub to: PathBuf,
    /// Columns
    #[arg(long, default_value_t = 140)]
    pub columns: u16,
    /// Rows
    #[arg(long, default_value_t = 40)]
    pub rows: u16,
    /// Keys to press first, such as "j j enter"
    #[arg(long, default_value = "")]
    pub keys: String,
}

/// A call that is about one order, by its word.
fn order_call() -> impl TypedValueParser<Value = Call> {
    let calls = [
        (Call::Book, "Book an AWB"),
        (Call::Assign, "Assign it at EasyEcom"),
        (Call::Confirm, "Confirm"),
        (Call::Documents, "Retrieve label and invoice"),
        (Call::Manifest, "Generate the manifest"),
        (Call::Tracking, "Push tracking"),
        (Call::CancelBooking, "Cancel a booking"),
    ];
    PossibleValuesParser::new(calls.map(|(call, help)| PossibleValue::new(call.word()).help(help)))
        .try_map(|word| word.parse::<Call>())
}

fn rate(text: &str) -> Result<f64, String> {
    within(text, 0.0..=1.0, "a share from 0 to 1, such as 0.1")
}

fn speed(text: &str) -> Result<f64, String> {
    within(text, 1.0..=1_000_000.0, "a factor from 1 to 1000000")
}

fn within(text: &str, range: std::ops::RangeInclusive<f64>, what: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|value| range.contains(value))
        .ok_or_else(|| format!("expected {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_of_an_order_can_be_asked_about() {
        let asked = |word| Cli::try_parse_from(["raftaar", "why-not", word, "7"]);
        for call in Call::OF_ORDER {
            let word = call.word();
            match asked(word).expect(word).command {
                Some(Command::WhyNot { call: read, .. }) => assert_eq!(read, call),
                other => panic!("{other:?}"),
            }
        }
        assert!(asked(Call::Inventory.word()).is_err());
    }
}
