//! A question before something is changed.

use tui_input::Input;

use crate::{
    domain::{Clean, Stamp},
    handle::{Command, ManifestPlan, Preview},
};

/// The question, and what is known of what a yes would do.
#[derive(Clone, Debug)]
pub struct Confirm {
    /// Tells late previews of an older question from this one's.
    pub serial: u64,
    pub title: String,
    /// What will be done.
    pub what: Purpose,
    /// What the engine says it would do; not asked for where one order is concerned.
    pub preview: Option<Result<Preview, Clean>>,
    pub needs_preview: bool,
    /// The groups of a manifest.
    pub plan: Option<Vec<ManifestPlan>>,
    /// A word that has to be typed: what is asked is seldom meant.
    pub word: Option<&'static str>,
    /// What is typed: that word, or the count where many orders are concerned.
    pub input: Input,
    /// Left-out orders above the first one shown.
    pub scroll: usize,
    /// When the question appeared: a key that was on its way already does not answer it.
    pub asked_at: Stamp,
}

/// What a yes does.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// Sends a command to the engine.
    Send(Command),
    /// Leaves, although the engine lives here.
    Leave,
}

/// Above this many orders the number has to be typed: `y` is pressed too easily.
const TYPE_COUNT_ABOVE: u64 = 20;

impl Confirm {
    /// A question that nothing is known about yet.
    pub fn new(serial: u64, title: String, what: Purpose, asked_at: Stamp) -> Self {
        Self {
            serial,
            title,
            what,
            preview: None,
            needs_preview: false,
            plan: None,
            word: None,
            input: Input::default(),
            scroll: 0,
            asked_at,
        }
    }

    /// What has to be typed, if anything has.
    pub fn to_type(&self) -> Option<String> {
        match (self.word, &self.preview) {
            (Some(word), _) => Some(word.to_owned()),
            (None, Some(Ok(preview))) if preview.orders > TYPE_COUNT_ABOVE => {
                Some(preview.orders.to_string())
            }
            _ => None,
        }
    }

    /// Whether up and down choose a group of the manifest.
    pub fn chooses_group(&self) -> bool {
        self.plan.is_some()
    }

    /// Whether a yes would be taken now, or why not.
    pub fn ready(&self) -> Result<(), String> {
        match &self.preview {
            None if self.needs_preview => Err("wait: the engine is still counting".to_owned()),
            Some(Err(says)) => Err(format!("the engine could not say what it would do: {says}")),
            Some(Ok(preview)) if preview.orders == 0 && !self.is_stock() => {
                Err("no order is concerned: there is nothing to do".to_owned())
            }
            _ => match self.to_type() {
                Some(wanted) if !self.input.value().trim().eq_ignore_ascii_case(&wanted) => {
                    Err(format!("type {wanted} and press Enter"))
                }
                _ => Ok(()),
            },
        }
    }

    fn is_stock(&self) -> bool {
        matches!(
            self.what,
            Purpose::Send(Command::PushStock { .. } | Command::TakeIn { .. } | Command::Resume)
        )
    }
}
