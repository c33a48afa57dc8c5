//! Load-out: manifests, what of them is on the truck, and what a scan was.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Awb, Clean, InvoiceId, ManifestNo, ReferenceCode, Stamp, fold::LoadClosed, load::LoadVerdict,
    outcome::Signed,
};

/// A manifest at the dock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestLoad {
    /// Journal position of its intent: its number here.
    pub manifest: u64,
    /// When it was asked for.
    pub at: Stamp,
    /// EasyEcom's number, if it gave one.
    pub number: Option<ManifestNo>,
    /// Marketplace and courier.
    pub group: Clean,
    /// Parcels that have to go on the truck.
    pub orders: u64,
    /// Parcels that are on it.
    pub loaded: u64,
    /// Every parcel.
    pub rows: Vec<LoadRow>,
    /// The truck was handed over.
    pub closed: Option<LoadClosed>,
    /// Scans at this truck that were no parcel of it.
    #[serde(default)]
    pub wrong: u64,
    /// Scans at it of parcels that were loaded already.
    #[serde(default)]
    pub twice: u64,
}

impl ManifestLoad {
    /// What has to go on the truck and is not on it.
    pub fn missing(&self) -> impl Iterator<Item = &LoadRow> {
        self.rows
            .iter()
            .filter(|row| row.loaded.is_none() && !row.cancelled)
    }

    /// Whether a parcel was on the truck when it left, or is on it now.
    fn was_there(&self, row: &LoadRow) -> bool {
        row.loaded.as_ref().is_some_and(|loaded| {
            let left = self.closed.as_ref().map(|closed| closed.at);
            left.is_none_or(|left| loaded.at <= left)
        })
    }

    /// EasyEcom's number, or ours where it gave none.
    pub fn name(&self) -> String {
        match &self.number {
            Some(number) => number.to_string(),
            None => format!("#{}", self.manifest),
        }
    }
}

/// A parcel of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadRow {
    /// Which order.
    pub invoice: InvoiceId,
    /// Its AWB.
    pub awb: Awb,
    /// Its reference.
    pub reference: ReferenceCode,
    /// Cancelled after the manifest: it stays here.
    pub cancelled: bool,
    /// Who put it on the truck.
    pub loaded: Option<Signed>,
}

/// What a scan at the dock was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadScan {
    /// What was scanned.
    pub code: Clean,
    /// The order, if it is one.
    pub invoice: Option<InvoiceId>,
    /// Its AWB.
    pub awb: Option<Awb>,
    /// Its reference.
    pub reference: Option<ReferenceCode>,
    /// What it is.
    pub verdict: LoadVerdict,
    /// What to do with the parcel.
    pub says: Clean,
}

/// Columns of the sheet: what a dot-matrix printer takes.
const COLUMNS: usize = 78;

/// AWBs beside each other on the sheet.
const ABREAST: usize = 4;

/// The hand-over sheet of a manifest as plain text, for driver and warehouse to sign. It names no
/// customer. `clock` writes a time in the warehouse's zone.
pub fn hand_over_sheet(
    load: &ManifestLoad,
    warehouse: &str,
    clock: impl Fn(Stamp) -> String,
) -> String {
    let rule = "-".repeat(COLUMNS);
    // What was scanned after the truck had left did not go with it.
    let (on, later): (Vec<&LoadRow>, Vec<&LoadRow>) = load
        .rows
        .iter()
        .filter(|row| row.loaded.is_some())
        .partition(|row| load.was_there(row));
    let mut lines = vec![
        format!("HAND-OVER SHEET   {warehouse}"),
        format!(
            "manifest {}   {}   made {}",
            load.name(),
            load.group,
            clock(load.at)
        ),
        match &load.closed {
            Some(closed) => format!("handed over {} by {}", clock(closed.at), closed.by),
            None => "NOT HANDED OVER YET".to_owned(),
        },
        rule.clone(),
        format!(
            "parcels {}   loaded {}   missing {}",
            load.orders,
            on.len(),
            load.missing().count() + later.len()
        ),
        rule.clone(),
        "LOADED".to_owned(),
    ];
    let awbs: Vec<&str> = on.iter().map(|row| row.awb.as_str()).collect();
    lines.extend(awbs.chunks(ABREAST).map(abreast));
    let missing: Vec<&LoadRow> = load.missing().collect();
    let cancelled: Vec<&LoadRow> = load.rows.iter().filter(|r| r.cancelled).collect();
    for (heading, rows) in [
        ("MISSING, NOT ON THIS TRUCK", missing),
        ("LOADED AFTER THIS TRUCK HAD LEFT", later),
        ("CANCELLED, STAYS HERE", cancelled),
    ] {
        if rows.is_empty() {
            continue;
        }
        lines.push(rule.clone());
        lines.push(heading.to_owned());
        let row = |r: &LoadRow| format!("  {:<18}{:<16}{}", r.awb, r.invoice, r.reference);
        lines.extend(rows.into_iter().map(row));
    }
    lines.push(rule);
    lines.push(String::new());
    lines.push("warehouse  _________________________   driver  ___________________________".into());
    lines.push(String::new());
    lines.push("date, time _________________________   vehicle ___________________________".into());
    let mut sheet = lines.join("\n");
    sheet.push('\n');
    sheet
}

fn abreast(awbs: &[&str]) -> String {
    let cells: Vec<String> = awbs.iter().map(|awb| format!("{awb:<18}")).collect();
    format!("  {}", cells.concat()).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheet_names_what_is_on_the_truck_and_what_is_not() {
        let at = chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
        let row = |n: u64, loaded: bool, cancelled: bool| LoadRow {
            invoice: InvoiceId(n),
            awb: Awb::parse(&format!("7X10000000{n}")).expect("an AWB"),
            reference: ReferenceCode::new(&format!("WEB-{n}")),
            cancelled,
            loaded: loaded.then(|| Signed {
                at,
                by: crate::domain::Operator::new("asha"),
                reason: Clean::default(),
            }),
        };
        let load = ManifestLoad {
            manifest: 77,
            at,
            number: Some(ManifestNo::new("M-12")),
            group: "Shopify DTDC".into(),
            orders: 7,
            loaded: 6,
            rows: vec![
                row(1, true, false),
                row(2, true, false),
                row(3, true, false),
                row(4, true, false),
                row(5, true, false),
                row(6, true, false),
                row(7, false, false),
                row(8, false, true),
            ],
            closed: None,
            wrong: 0,
            twice: 0,
        };
        let sheet = hand_over_sheet(&load, "Bhiwandi", |at| at.format("%d %H:%M").to_string());
        assert!(sheet.lines().all(|line| line.len() <= COLUMNS), "{sheet}");
        insta::assert_snapshot!(sheet);

        let left = |minutes: i64| {
            let closed = LoadClosed {
                at: at + chrono::TimeDelta::minutes(minutes),
                by: crate::domain::Operator::new("ravi"),
                missing: 1,
            };
            let load = ManifestLoad {
                closed: Some(closed),
                ..load.clone()
            };
            hand_over_sheet(&load, "Bhiwandi", |at| at.format("%d %H:%M").to_string())
        };
        let in_time = left(1);
        assert!(in_time.contains("loaded 6   missing 1") && !in_time.contains("AFTER"));
        let too_late = left(-1);
        assert!(too_late.contains("loaded 0   missing 7"), "{too_late}");
        assert!(too_late.contains("LOADED AFTER THIS TRUCK HAD LEFT"));
    }
}
