//! Writing to stdout: a reader that has gone away (`| head`) is no failure.

use std::io::{ErrorKind, Write};

use chrono::FixedOffset;
use serde::Serialize;

use super::{Code, Failure};
use crate::domain::{Clean, Stamp};

/// Prints text. `false`: nobody reads any more.
pub fn text(text: &str) -> Result<bool, Failure> {
    let mut to = std::io::stdout().lock();
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::new(Code::Failed, format!("stdout: {error}"))),
    }
}

/// Says something beside the output, on stderr. A line that is gone is no reason to fail.
pub fn note(says: &str) {
    let mut to = std::io::stderr().lock();
    for line in says.lines() {
        let line: String = line
            .chars()
            .map(|c| if c.is_control() { '\u{fffd}' } else { c })
            .collect();
        let _ = writeln!(to, "raftaar: {line}");
    }
}

/// Prints a value as one JSON document, indented.
pub fn json<T: Serialize>(value: &T) -> Result<bool, Failure> {
    text(&(to_json(value, true)? + "\n"))
}

/// Prints a value as one line of JSON.
pub fn json_line<T: Serialize>(value: &T) -> Result<bool, Failure> {
    text(&(to_json(value, false)? + "\n"))
}

fn to_json<T: Serialize>(value: &T, pretty: bool) -> Result<String, Failure> {
    let text = if pretty {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.map_err(|error| Failure::new(Code::Failed, error.to_string()))
}

/// A time by the warehouse's clock.
pub fn time(at: Stamp, zone: FixedOffset) -> Clean {
    Clean::new(
        &at.with_timezone(&zone)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string(),
    )
}

/// A time, or a dash.
pub fn time_or_dash(at: Option<Stamp>, zone: FixedOffset) -> Clean {
    at.map_or_else(dash, |at| time(at, zone))
}

/// Anything that prints, cleaned.
pub fn clean(value: impl ToString) -> Clean {
    Clean::new(&value.to_string())
}

/// A value, or a dash.
pub fn or_dash<T: ToString>(value: Option<T>) -> Clean {
    value.map_or_else(dash, clean)
}

/// Nothing.
pub fn dash() -> Clean {
    Clean::new("-")
}
