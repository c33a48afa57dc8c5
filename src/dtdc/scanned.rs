//! What a barcode scanner delivers from a DTDC label (contracts/dtdc.md section 3).

use crate::domain::Awb;

/// Fewest and most characters of an AWB.
const AWB_CHARS: std::ops::RangeInclusive<usize> = 6..=32;

/// Longest code that is looked at, in bytes; the one seen has 34.
const CODE_BYTES_MAX: usize = 80;

/// The AWB that a scanned code means: the code itself if it is a `known` one, else its beginning if
/// that is a known one and only digits follow (the longer code of a label, a piece number). If two
/// known numbers fit, nothing is guessed.
pub fn scan_prefix_awb(code: &str, known: impl Fn(&str) -> bool) -> Option<Awb> {
    let code = code.trim().to_ascii_uppercase();
    if code.len() > CODE_BYTES_MAX || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    if known(&code) {
        return Awb::parse(&code).ok();
    }
    let mut fits = AWB_CHARS.filter_map(|length| {
        let (head, tail) = code.split_at_checked(length)?;
        let digits = !tail.is_empty() && tail.bytes().all(|b| b.is_ascii_digit());
        (digits && known(head)).then_some(head)
    });
    match (fits.next(), fits.next()) {
        (Some(only), None) => Awb::parse(only).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scans_by_table() {
        let known = ["7X100761088", "7X1007610", "D00000001", "123456789012"];
        let long = "7X10076108812201400100000000000";
        for (code, awb) in [
            (" 7x100761088 ", Some("7X100761088")),
            ("D00000001001", Some("D00000001")),
            ("123456789012", Some("123456789012")),
            // Both 7X100761088 and 7X1007610 fit.
            (long, None),
            ("D00000001X", None),
            ("D0000000", None),
            ("", None),
            ("D0000\u{1b}0001", None),
        ] {
            let found = scan_prefix_awb(code, |c| known.contains(&c));
            assert_eq!(found.as_ref().map(Awb::as_str), awb, "{code:?}");
        }
        let found = scan_prefix_awb(long, |c| c == "7X100761088");
        assert_eq!(found, Awb::parse("7X100761088").ok());
    }
}
