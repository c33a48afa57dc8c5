//! Values that TOML has no type for.

use std::fmt;

use chrono::{FixedOffset, NaiveTime};
use serde::{Deserialize, Serialize};

/// A zone without summer time, written `+05:30`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(pub FixedOffset);

impl Default for Zone {
    fn default() -> Self {
        Self(crate::domain::time::ist())
    }
}

impl TryFrom<String> for Zone {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| {
            format!(
                "{text:?} is no zone; write the hours and minutes east of UTC, such as \"+05:30\""
            )
        })
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.to_string()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A time of the day in the warehouse's zone, written `18:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(pub NaiveTime);

impl TryFrom<String> for ClockTime {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        NaiveTime::parse_from_str(&text, "%H:%M")
            .map(Self)
            .map_err(|_| format!("{text:?} is no time of the day; write it as \"18:00\""))
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.0.format("%H:%M").to_string()
    }
}
