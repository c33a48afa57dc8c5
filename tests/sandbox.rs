//! The sandbox over real HTTP, as a client meets it.

#[path = "sandbox/faults.rs"]
mod faults;
#[path = "sandbox/flow.rs"]
mod flow;
#[path = "sandbox/reads.rs"]
mod reads;
#[path = "sandbox/rules.rs"]
mod rules;
#[path = "sandbox/shift.rs"]
mod shift;
#[path = "sandbox/shop.rs"]
mod shop;
#[path = "sandbox/switches.rs"]
mod switches;
