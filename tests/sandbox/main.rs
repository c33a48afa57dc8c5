//! The sandbox over real HTTP, as a client meets it.

mod faults;
mod flow;
mod reads;
mod rules;
mod shift;
mod shop;
mod switches;
