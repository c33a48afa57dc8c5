//! Codes are scanned: the field, and what the last code was.

use tui_input::Input;

use crate::{
    domain::{Clean, Stamp, Step},
    handle::{OrderRow, OrderView, StepState, StepView},
};

/// Scanning.
#[derive(Clone, Debug, Default)]
pub struct Scan {
    pub input: Input,
    /// The code looked up last and what it found.
    pub last: Option<(Clean, ScanFound)>,
    /// It came as a burst outside the field and waits for Enter.
    pub offered: bool,
    /// When the last code was read: a gun that reads it twice means it once.
    pub read_at: Option<Stamp>,
    /// The code came twice by itself, so often.
    pub twice: u32,
    /// The order found, with its steps: what a second scan does is named.
    pub view: Option<Box<OrderView>>,
}

impl Scan {
    /// The order that the code was, if it was one.
    pub fn found(&self) -> Option<&OrderRow> {
        match &self.last {
            Some((_, ScanFound::One(row) | ScanFound::Sent(row))) => Some(row),
            _ => None,
        }
    }

    /// The step that the same code does when it comes again.
    pub fn next_step(&self) -> Option<Step> {
        let steps = &self.view.as_ref()?.steps;
        let can = |s: &&StepView| matches!(s.state, StepState::Ready | StepState::Failed);
        let open = |s: &&StepView| !matches!(s.state, StepState::Done | StepState::Off);
        let next = steps.iter().find(can).or(steps.iter().find(open))?;
        Some(next.step)
    }
}

/// What a code was.
#[derive(Clone, Debug)]
pub enum ScanFound {
    /// Being looked up.
    Asking,
    /// One order: the same code again does its next step.
    One(Box<OrderRow>),
    /// Several.
    Many(Vec<OrderRow>),
    /// Nobody's.
    Nothing,
    /// It could not be looked up.
    Failed(Clean),
    /// Its next step was asked for.
    Sent(Box<OrderRow>),
}
