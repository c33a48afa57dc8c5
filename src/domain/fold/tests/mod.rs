//! Scenarios for every event, and what must hold whatever happens.

mod calls;
mod confirm;
mod load;
mod people;
mod pictures;
mod random;
mod stock;
mod twins;
