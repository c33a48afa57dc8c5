//! The decoders by table, and against anything.

mod booking;
mod noise;
mod others;
mod tracking;
