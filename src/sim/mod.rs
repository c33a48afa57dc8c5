//! Deterministic simulation: the real engine and the real ledger against a model of both remotes,
//! in one thread, on virtual time. One seed is one run; every rule is checked at every effect.

mod model;
mod remotes;
mod run;

pub use model::{Breach, World};
pub use remotes::SimRemotes;
pub use run::{Outcome, Planted, Scenario, run};
