//! Single steps of the engine on a ledger in memory, against remotes that say what a test tells them.

mod booking;
mod denied;
mod desk;
mod dock;
mod documents;
mod feed;
mod readings;
mod reconcile;
mod rig;
mod stock;
