//! One scan, in either dialect (contracts/dtdc.md sections 6 and 7).

use chrono::{Datelike, NaiveDate, NaiveTime};
use serde_json::Value;

use super::value::text;
use crate::domain::{Clean, Stamp, time::from_ist, tracking::Scan};

/// Most scans of one parcel that are taken, the newest: a real journey has a few dozen.
const SCANS_MAX: usize = 500;

/// Most unreadable scans that are described.
const ODD_MAX: usize = 20;

/// Longest code in characters; the sheet's longest has 13.
const CODE_CHARS_MAX: usize = 32;

/// Which field is what. The same names mean different things in a pull and in a push.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialect {
    /// `strCode` is the code, `strAction` the words.
    Pull,
    /// `strAction` is the code, `strActionDesc` the words.
    Push,
}

/// Reads a list of scans: those that could be read, by time and then by their place in the list,
/// and a description of the others.
pub(super) fn decode_all(rows: &[Value], dialect: Dialect) -> (Vec<Scan>, Vec<Clean>) {
    let mut scans = Vec::new();
    let mut odd = Vec::new();
    for (position, row) in rows.iter().enumerate() {
        match decode(row, dialect, position) {
            Ok(scan) => scans.push(scan),
            Err(says) if odd.len() < ODD_MAX => odd.push(says),
            Err(_) => {}
        }
    }
    scans.sort_by_key(|scan| (scan.at, scan.position));
    if let Some(surplus) = scans.len().checked_sub(SCANS_MAX).filter(|n| *n > 0) {
        scans.drain(..surplus);
        odd.push(format!("{surplus} older scans left out, more than {SCANS_MAX} came").into());
    }
    (scans, odd)
}

fn decode(row: &Value, dialect: Dialect, position: usize) -> Result<Scan, Clean> {
    let (code_key, words_key) = match dialect {
        Dialect::Pull => ("strCode", "strAction"),
        Dialect::Push => ("strAction", "strActionDesc"),
    };
    let get = |key| text(row, key).unwrap_or_default();
    let code = get(code_key).to_uppercase();
    let words = get(words_key);
    // Remarks are not quoted: they can hold the receiver's name.
    let odd = |why: &str| {
        Clean::new(&format!(
            "scan {} ({code} {words}): {why}",
            position.saturating_add(1)
        ))
    };
    if code.is_empty() {
        return Err(odd("no code"));
    }
    let (date, time) = (get("strActionDate"), get("strActionTime"));
    let at = stamp(&date, &time)
        .ok_or_else(|| odd(&format!("date {date:?} with time {time:?} is none")))?;
    let remarks = if names_the_receiver(&code) {
        String::new()
    } else {
        text(row, "sTrRemarks")
            .or_else(|| text(row, "strRemarks"))
            .unwrap_or_default()
    };
    Ok(Scan {
        code: Clean::with_limit(&code, CODE_CHARS_MAX),
        words: words.into(),
        at,
        place: get("strOrigin").into(),
        remarks: remarks.into(),
        position: u16::try_from(position).unwrap_or(u16::MAX),
    })
}

/// Codes whose remark is the receiver's name.
fn names_the_receiver(code: &str) -> bool {
    matches!(code, "DLV" | "RTODLV")
}

/// `ddMMyyyy` with `HHmm` or `HHmmss`, IST without a zone.
fn stamp(date: &str, time: &str) -> Option<Stamp> {
    from_ist(day(date)?.and_time(clock(time)?))
}

/// `ddMMyyyy`. One that came as a number may have lost its leading zero.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let digits = padded(text, 7, 8)?;
    let day = NaiveDate::parse_from_str(&digits, "%d%m%Y").ok()?;
    (2000..2100).contains(&day.year()).then_some(day)
}

fn clock(text: &str) -> Option<NaiveTime> {
    let digits = text.replace(':', "");
    if digits.len() > 4 {
        return NaiveTime::parse_from_str(&padded(&digits, 5, 6)?, "%H%M%S").ok();
    }
    NaiveTime::parse_from_str(&padded(&digits, 1, 4)?, "%H%M").ok()
}

/// `text` with zeros before it, if it has between `min` and `full` digits and nothing else.
fn padded(text: &str, min: usize, full: usize) -> Option<String> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    (digits && (min..=full).contains(&text.len())).then(|| format!("{text:0>full$}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::parse_ist;

    #[test]
    fn times_of_scans() {
        for (date, time, ist) in [
            ("05102026", "0905", Some("2026-10-05 09:05:00")),
            ("05102026", "090507", Some("2026-10-05 09:05:07")),
            ("5102026", "905", Some("2026-10-05 09:05:00")),
            ("05102026", "09:05:07", Some("2026-10-05 09:05:07")),
            ("05102026", "5", Some("2026-10-05 00:05:00")),
            ("05102026", "2400", None),
            ("05102026", "", None),
            ("31022026", "0905", None),
            ("05100026", "0905", None),
            ("2026-10-05", "0905", None),
            ("", "0905", None),
            ("५१०२०२६०", "0905", None),
            ("05102026", "0905071", None),
        ] {
            let expected = ist.map(|text| parse_ist(text).expect("a time"));
            assert_eq!(stamp(date, time), expected, "{date} {time}");
        }
    }
}
