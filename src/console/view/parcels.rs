//! The parcels at the dock that fit its filter: those of the manifest, and what was scanned here and
//! turned away.

use super::{
    pen::{Line, cell, span},
    words,
};
use crate::{
    console::{
        look::Tone,
        model::{Load, Model, Scanned},
    },
    domain::{
        filter::{ParcelFit, ParcelSight},
        load::ParcelState,
    },
    handle::{LoadRow, ManifestLoad},
};

/// Columns of an AWB.
const AWB: usize = 14;

/// No screen has more lines.
const ROWS_MAX: usize = 200;

/// As many lines as there is room for.
pub fn lines(model: &Model, load: &Load, room: usize) -> Vec<Line> {
    let fit = load.wanted.fit();
    let manifests: Vec<&ManifestLoad> = match load.manifest() {
        Some(chosen) => vec![chosen],
        None => load.loads.iter().flatten().collect(),
    };
    let turned_away = load.trail.iter().filter(|scan| scan_fits(&fit, scan));
    // What was turned away is what somebody has to do something about: it comes first.
    let mut rows: Vec<Line> = turned_away.map(super::load::trail_line).collect();
    let scans = rows.len();
    let (mut all, mut fitting) = (0, 0);
    let room = room.saturating_sub(1).min(ROWS_MAX);
    for manifest in manifests {
        let name = manifest.name();
        all += manifest.rows.len();
        for row in manifest.rows.iter().filter(|row| fits(&fit, &name, row)) {
            fitting += 1;
            if rows.len() < room {
                let of = load.chosen.is_none().then_some(name.as_str());
                rows.push(parcel(model, row, of));
            }
        }
    }
    rows.truncate(room);
    let more = scans + fitting - rows.len();
    if more > 0 && rows.pop().is_some() {
        rows.push(vec![span(format!("   and {} more", more + 1), Tone::Dim)]);
    }
    let away = match scans {
        0 => String::new(),
        1 => ", 1 scan turned away".to_owned(),
        n => format!(", {n} scans turned away"),
    };
    let head = format!(
        " filter {}: {fitting} of {all} parcels{away}",
        load.filter.value().trim()
    );
    rows.insert(0, vec![span(head, Tone::Warn)]);
    rows
}

fn state(row: &LoadRow) -> ParcelState {
    match &row.loaded {
        _ if row.cancelled => ParcelState::Cancelled,
        Some(_) => ParcelState::Loaded,
        None => ParcelState::Missing,
    }
}

fn fits(fit: &ParcelFit<'_>, manifest: &str, row: &LoadRow) -> bool {
    fit.fits(&ParcelSight {
        state: state(row),
        scanned: false,
        invoice: Some(row.invoice),
        reference: row.reference.as_str(),
        awb: row.awb.as_str(),
        manifest,
        by: row.loaded.as_ref().map_or("", |loaded| loaded.by.as_str()),
    })
}

/// A scan that put a parcel on the truck is told by the parcel.
fn scan_fits(fit: &ParcelFit<'_>, scan: &Scanned) -> bool {
    let nothing = ParcelSight {
        state: ParcelState::NotRecorded,
        scanned: true,
        invoice: None,
        reference: "",
        awb: "",
        manifest: "",
        by: "",
    };
    match scan {
        Scanned::Failed(_) => fit.fits(&nothing),
        Scanned::Judged(scan) if scan.verdict.is_loaded() => false,
        Scanned::Judged(scan) => fit.fits(&ParcelSight {
            state: ParcelState::from(&scan.verdict),
            invoice: scan.invoice,
            reference: scan.reference.as_ref().map_or("", |r| r.as_str()),
            awb: scan
                .awb
                .as_ref()
                .map_or(scan.code.as_str(), |awb| awb.as_str()),
            ..nothing
        }),
    }
}

fn parcel(model: &Model, row: &LoadRow, manifest: Option<&str>) -> Line {
    let (says, tone) = match &row.loaded {
        _ if row.cancelled => ("cancelled: stays here".to_owned(), Tone::Bad),
        Some(loaded) => {
            let at = words::clock(model.zone(), loaded.at);
            (format!("loaded {at} by {}", loaded.by), Tone::Good)
        }
        None => ("missing".to_owned(), Tone::Warn),
    };
    let of = manifest.map_or(String::new(), |name| format!("  {name}"));
    vec![
        span(
            format!("   {} {}", cell(row.awb.as_str(), AWB, "…"), row.reference),
            Tone::Plain,
        ),
        span(format!("  {says}"), tone),
        span(of, Tone::Dim),
    ]
}
