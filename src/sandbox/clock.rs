//! Times as the two services write them: India's wall clock, without a zone.

use chrono::{DateTime, Duration, FixedOffset, NaiveDateTime, TimeZone, Utc};

/// A point in time.
pub(crate) type Moment = DateTime<Utc>;

/// India Standard Time, the zone of every naive time on the wire (easyecom.md section 3).
fn india() -> FixedOffset {
    FixedOffset::east_opt(5 * 3600 + 1800).expect("5:30 is a valid offset")
}

/// `YYYY-MM-DD HH:MM:SS`.
pub(crate) fn ist(at: Moment) -> String {
    format(at, "%Y-%m-%d %H:%M:%S")
}

/// Formats in India's wall clock.
pub(crate) fn format(at: Moment, pattern: &str) -> String {
    at.with_timezone(&india()).format(pattern).to_string()
}

/// Reads `YYYY-MM-DD HH:MM:SS`, also with the `T` that one client sends and is answered.
pub(crate) fn parse_ist(text: &str) -> Option<Moment> {
    let text = text.trim().replacen('T', " ", 1);
    let naive = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok()?;
    india()
        .from_local_datetime(&naive)
        .single()
        .map(|at| at.with_timezone(&Utc))
}

/// India's midnight that began the day of `at`: when the day quota is taken to start anew.
pub(crate) fn ist_day(at: Moment) -> chrono::NaiveDate {
    at.with_timezone(&india()).date_naive()
}

/// Whole and broken seconds as a duration.
pub(crate) fn seconds(value: f64) -> Duration {
    Duration::milliseconds((value * 1000.0) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wire_time_is_read_back_as_written() {
        let at = parse_ist("2026-01-05 00:10:00").expect("valid");
        assert_eq!(ist(at), "2026-01-05 00:10:00");
        assert_eq!(at.to_rfc3339(), "2026-01-04T18:40:00+00:00");
        assert_eq!(parse_ist("2026-01-05T00:10:00"), Some(at));
        assert_eq!(parse_ist("yesterday"), None);
    }
}
