//! What DTDC sends and wants to be sent: pure functions from bytes to meaning, so that each can be
//! tried with anything.

pub(super) mod booking;
pub(super) mod cancel;
pub(super) mod label;
pub(super) mod pincode;
pub(super) mod push;
pub(super) mod refusal;
mod scan;
#[cfg(test)]
mod tests;
pub(super) mod token;
pub(super) mod track;
mod value;
