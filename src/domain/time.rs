//! Instants are UTC inside; EasyEcom and DTDC speak naive IST (contracts/easyecom.md section 3,
//! contracts/dtdc.md section 6).

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};

/// An instant, in UTC.
pub type Stamp = DateTime<Utc>;

/// Seconds east of UTC of India's only zone.
const IST_SECONDS_EAST: i32 = 5 * 3600 + 30 * 60;

/// India Standard Time.
pub fn ist() -> FixedOffset {
    FixedOffset::east_opt(IST_SECONDS_EAST).expect("5 h 30 min is within a day")
}

/// Reads a remote's naive IST text, `YYYY-MM-DD HH:MM:SS` or with a `T`, with or without fractions,
/// or a day alone. Empty, `NA`, `-` and the zero date mean absent: `None`.
pub fn parse_ist(text: &str) -> Option<Stamp> {
    let text = text.trim();
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
        .or_else(|_| {
            chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
                .map(|day| day.and_time(chrono::NaiveTime::MIN))
        })
        .ok()?;
    from_ist(naive)
}

/// The instant of a naive IST time.
pub fn from_ist(naive: NaiveDateTime) -> Option<Stamp> {
    ist()
        .from_local_datetime(&naive)
        .single()
        .map(|t| t.with_timezone(&Utc))
}

/// Writes an instant as EasyEcom reads it: naive IST, `YYYY-MM-DD HH:MM:SS`.
pub fn format_ist(stamp: Stamp) -> String {
    stamp
        .with_timezone(&ist())
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_times_are_ist() {
        let stamp = parse_ist("2026-01-05 10:00:00").expect("a time");
        assert_eq!(stamp.to_rfc3339(), "2026-01-05T04:30:00+00:00");
        assert_eq!(format_ist(stamp), "2026-01-05 10:00:00");
        assert_eq!(parse_ist("2026-01-05T10:00:00.000"), Some(stamp));
        assert!(parse_ist("2026-01-05").is_some());
        for absent in ["", "NA", "-", "0000-00-00 00:00:00", "soon"] {
            assert_eq!(parse_ist(absent), None, "{absent:?}");
        }
    }
}
