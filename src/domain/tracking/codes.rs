//! The 69 codes of DTDC's domestic track events (contracts/dtdc-status-codes.csv) and the reasons for
//! non-delivery (contracts/dtdc-non-delivery-reasons.csv).

use super::TrackingStatus::{
    self, Delivered, InTransit, OutForDelivery, PickupScheduled, Rto, RtoDelivered,
};
use Meaning::{Alert, Hold, NotDelivered, Says};

/// What a code means for EasyEcom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The parcel has this status.
    Says(TrackingStatus),
    /// Held, investigated, stopped: the status stays, the order is flagged.
    Hold,
    /// Not delivered: the status stays, reason and attempt are kept.
    NotDelivered,
    /// Sources contradict each other: the status stays, a person looks.
    Alert,
    /// Not in the sheet: kept raw, the status stays, a person looks.
    Unknown,
}

/// One row of the sheet.
#[derive(Clone, Copy, Debug)]
pub struct CodeRow {
    /// The code, upper case.
    pub code: &'static str,
    /// DTDC's words.
    pub label: &'static str,
    /// What it means here.
    pub meaning: Meaning,
}

const fn row(code: &'static str, label: &'static str, meaning: Meaning) -> CodeRow {
    CodeRow {
        code,
        label,
        meaning,
    }
}

/// The sheet.
#[rustfmt::skip]
pub const CODES: [CodeRow; 69] = [
    row("SPL", "Softdata Upload", Says(PickupScheduled)),
    row("PCAW", "Pickup Awaited", Says(PickupScheduled)),
    row("PCSC", "Pickup Scheduled", Says(PickupScheduled)),
    row("PCRA", "Pickup Reassigned", Says(PickupScheduled)),
    row("PCNO", "Not Picked", Says(PickupScheduled)),
    row("PCUP", "Picked Up", Says(InTransit)),
    row("PCAN", "Archived", Alert),
    row("DRAW", "Dropoff Awaited", Says(PickupScheduled)),
    row("DRSC", "Dropoff Scheduled", Says(PickupScheduled)),
    row("DRCOM", "Dropoff Completed", Says(InTransit)),
    row("DRCAN", "Dropoff Cancelled", Alert),
    row("DRREC", "Dropoff Rejected", Alert),
    row("BKD", "Booked", Says(InTransit)),
    row("IPMF", "In Transit", Says(InTransit)),
    row("OPMF", "In Transit", Says(InTransit)),
    row("ORMF", "In Transit", Says(InTransit)),
    row("IBMD", "In Transit", Says(InTransit)),
    row("OBMD", "In Transit", Says(InTransit)),
    row("IBMN", "In Transit", Says(InTransit)),
    row("OBMN", "In Transit", Says(InTransit)),
    row("IMBM", "In Transit", Says(InTransit)),
    row("OMBM", "In Transit", Says(InTransit)),
    row("IRBO", "In Transit", Says(InTransit)),
    row("ORBO", "In Transit", Says(InTransit)),
    row("CDIN", "In Transit", Says(InTransit)),
    row("CDOUT", "In Transit", Says(InTransit)),
    row("ARAP", "Arrived At Airport", Says(InTransit)),
    row("LNRC", "Not Received", Says(InTransit)),
    row("CSCL", "Customs Cleared", Says(InTransit)),
    row("CHLD", "Customs HeldUp", Hold),
    row("HLDUP", "Held Up", Hold),
    row("HELDUP", "Held Up At Facility", Hold),
    row("RELHLD", "Released From Facility", Says(InTransit)),
    row("IRMF", "Mis Route", Says(InTransit)),
    row("INSCAN", "Reached At Destination", Says(InTransit)),
    row("RADCDIN", "Reached At Destination", Says(InTransit)),
    row("PREPERD", "DRS Prepared", Says(InTransit)),
    row("SUI", "Shipment under investigation", Hold),
    row("STOPDLV", "Stop Booking/Delivery", Hold),
    row("REVOKESTOPDLV", "Revoke Stop Booking/Delivery", Says(InTransit)),
    row("OUTDLV", "Out For Delivery", Says(OutForDelivery)),
    row("NONDLV", "Not Delivered", NotDelivered),
    row("DLV", "Delivered", Says(Delivered)),
    row("SETRTO", "Set RTO initiated", Says(Rto)),
    row("RTOW", "Waiting For RTO Approval From Origin", Hold),
    row("IRTO", "RTO Received", Says(Rto)),
    row("RTOBKD", "RTO Booked", Says(Rto)),
    row("RTO", "RTO Processed & Forwarded", Says(Rto)),
    row("RTOOPMF", "RTO In Transit", Says(Rto)),
    row("RTOIPMF", "RTO In Transit", Says(Rto)),
    row("RTOIRMF", "RTO In Transit", Says(Rto)),
    row("RTOORMF", "RTO Mis Route", Says(Rto)),
    row("RTOOBMD", "RTO In Transit", Says(Rto)),
    row("RTOIBMD", "RTO In Transit", Says(Rto)),
    row("RTOOBMN", "RTO In Transit", Says(Rto)),
    row("RTOIBMN", "RTO In Transit", Says(Rto)),
    row("RTOOMBM", "RTO In Transit", Says(Rto)),
    row("RTOIMBM", "RTO In Transit", Says(Rto)),
    row("RTOORBO", "RTO In Transit", Says(Rto)),
    row("RTOIRBO", "RTO In Transit", Says(Rto)),
    row("RTOCDOUT", "RTO In Transit", Says(Rto)),
    row("RTOCDIN", "RTO In Transit", Says(Rto)),
    row("RTOINSCAN", "RTO In Transit", Says(Rto)),
    row("RTORADCDIN", "RTO Reached At Destination", Says(Rto)),
    row("RTOOUTDLV", "RTO Out For Delivery", Says(Rto)),
    row("RETURND", "RTO Returned/RTO Out For Delivery", Says(Rto)),
    row("RTORETURND", "RTO Returned/RTO Out For Delivery", Says(Rto)),
    row("RTONONDLV", "Not Delivered", Says(Rto)),
    row("RTODLV", "RTO Delivered", Says(RtoDelivered)),
];

/// What `code` means, letter case folded; compared whole, never by part or by words.
pub fn meaning(code: &str) -> Meaning {
    CODES
        .iter()
        .find(|row| row.code.eq_ignore_ascii_case(code))
        .map_or(Meaning::Unknown, |row| row.meaning)
}

/// DTDC's reasons for non-delivery: (CIR) consignee, (DIR) DTDC, (OTR) other.
#[rustfmt::skip]
const NDR_REASONS: [(&str, &str); 26] = [
    ("ADR", "ADDRESS INCOMPLETE OR WRONG-(CIR)"),
    ("CAD", "RECEIVER REQUESTED DELIVERY ON ANOTHER DATE-(CIR)"),
    ("CAN", "COLLECTION AMOUNT NOT READY-(CIR)"),
    ("COC", "COVID 19 - CUSTOMER REFUSED TO ACCEPT"),
    ("CWP", "ADDRESS CORRECT AND PINCODE WRONG-(CIR)"),
    ("DLK", "OFFICE CLOSED OR DOOR LOCK-(CIR)"),
    ("DNM", "CONTACT NAME / DEPT NOT MENTIONED-(CIR)"),
    ("DTD", "RECEIVER REFUSE DELIVERY DUE TO DAMAGE-(DIR)"),
    ("LDO", "LAST DATE OVER FOR SUBMISSION-(OTR)"),
    ("MIS", "LAST MILE MISROUTE-(OTR)"),
    ("NSP", "ADDRESS OK BUT NO SUCH PERSON-(CIR)"),
    ("NSR", "AREA NON SERVICEABLE-(DIR)"),
    ("PCC", "CUSTOMER WILL SELF COLLECT-(CIR)"),
    ("PNA", "RECEIVER NOT AVAILABLE-(CIR)"),
    ("PRF", "RECEIVER REFUSED DELIVERY(CIR)"),
    ("PSF", "RECEIVER SHIFTED FROM GIVEN ADDRESS-(CIR)"),
    ("REA", "RESTRICTED ENTRY-(OTR)"),
    ("LST", "CONSIGNMENT LOST-(OTR)"),
    ("UAT", "COULD NOT ATTEMPT-(DIR)"),
    ("COL", "COVID 19 - OFFICE CLOSED/DOOR LOCKED"),
    ("RWO", "RECEIVER WANTS OPEN DELIVERY-(CIR)"),
    ("RRT", "CONSIGNOR REFUSED RTO SHIPMENT-(CIR)"),
    ("LHL", "LOCAL HOLIDAY-(OTR)"),
    ("PWR", "PAPERWORK REQUIRED-(OTR)"),
    ("CNA", "COVID19 COULD NOT ATTEMPT"),
    ("KYC", "CUSTOMER REFUSED TO SHARE SCD/ NDC"),
];

/// The reason that a `NONDLV` scan's remarks (`CODE|TEXT`, or text only in older payloads) name:
/// the sheet's words where the code is known, else the remarks as they came.
pub fn ndr_reason(remarks: &str) -> &str {
    let code = remarks.split('|').next().unwrap_or_default().trim();
    NDR_REASONS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(code))
        .map_or(remarks, |(_, reason)| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_nine_codes_each_once() {
        let mut codes: Vec<_> = CODES.iter().map(|r| r.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), 69);
    }

    #[test]
    fn a_prefix_apart_means_the_opposite() {
        assert_eq!(meaning("DLV"), Says(Delivered));
        assert_eq!(meaning("RTODLV"), Says(RtoDelivered));
        assert_eq!(meaning("RTOOUTDLV"), Says(Rto));
        assert_eq!(meaning("nondlv"), NotDelivered);
        assert_eq!(meaning("inscan"), Says(InTransit));
        assert_eq!(meaning("PCAN"), Alert);
        assert_eq!(meaning("DLVX"), Meaning::Unknown);
        assert_eq!(meaning(""), Meaning::Unknown);
    }

    #[test]
    fn reasons_are_named() {
        assert_eq!(
            ndr_reason("UAT|COULD NOT ATTEMPT"),
            "COULD NOT ATTEMPT-(DIR)"
        );
        assert_eq!(ndr_reason("RESCHEDULED"), "RESCHEDULED");
    }
}
