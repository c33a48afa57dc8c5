//! Safeguards that a simulation can take away, to prove that it notices. A ledger on a disk has all of
//! them: only [`Ledger::open_weakened`](super::Ledger::open_weakened) takes these.

/// What a ledger in memory does without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weakness {
    /// Nothing is weighed: whatever is asked for gets a permit.
    pub no_gate: bool,
    /// A permit never ends, although settling counts from when it should have.
    pub no_not_after: bool,
}
