//! What happened to an open order: the carrier's scans and its history, as far as they fit its filter.

use super::{
    detail::heading,
    pen::{Line, cell, span},
    words,
};
use crate::{
    console::{
        look::Tone,
        model::{Detail, Model},
        update::HISTORY_LINES,
    },
    domain::{
        Level,
        event::Event,
        filter::{FeedFit, FeedSight},
    },
    handle::{JournalLine, OrderView, ScanLine},
};

/// Scans shown: the newest.
const SCANS_SHOWN: usize = 100;

pub fn lines(out: &mut Vec<Line>, model: &Model, open: &Detail, view: &OrderView) {
    let fit = open.wanted.at(model.now);
    let wanted = (!open.wanted.is_empty()).then_some(&fit);
    scans(
        out,
        model,
        open.scans.as_deref().unwrap_or_default(),
        wanted,
    );
    if wanted.is_none() {
        trail(out, view);
    }
    history(
        out,
        model,
        open.journal.as_deref().unwrap_or_default(),
        wanted,
    );
}

fn scans(out: &mut Vec<Line>, model: &Model, scans: &[ScanLine], fit: Option<&FeedFit<'_>>) {
    let fits = |line: &&ScanLine| fit.is_none_or(|fit| scan_fits(fit, line));
    let fitting: Vec<&ScanLine> = scans.iter().filter(fits).collect();
    let count = match fit {
        Some(_) => format!("{} of {} fit", fitting.len(), scans.len()),
        None => scans.len().to_string(),
    };
    heading(out, &format!("Scans of the carrier ({count})"));
    let skip = fitting.len().saturating_sub(SCANS_SHOWN);
    for line in fitting.into_iter().skip(skip) {
        let scan = &line.scan;
        let (read_as, tone) = read_as(line);
        out.push(vec![
            span(
                format!("  {} ", words::full(model.zone(), scan.at)),
                Tone::Dim,
            ),
            span(cell(scan.code.as_str(), 10, ""), Tone::Strong),
            span(format!(" {}", cell(&read_as, 26, "")), tone),
            span(format!(" {}", said(line)), Tone::Plain),
        ]);
    }
}

/// What a scan was read as.
fn read_as(line: &ScanLine) -> (String, Tone) {
    match (line.status, line.told) {
        (Some(status), true) => (format!("{status}, told"), Tone::Good),
        (Some(status), false) => (format!("{status}, waits"), Tone::Busy),
        (None, _) => ("held: not told".to_owned(), Tone::Warn),
    }
}

/// The carrier's words.
fn said(line: &ScanLine) -> String {
    let scan = &line.scan;
    let remarks = if scan.remarks.is_empty() {
        String::new()
    } else {
        format!(" ({})", scan.remarks)
    };
    format!("{} {}{remarks}", scan.words, scan.place)
}

fn scan_fits(fit: &FeedFit<'_>, line: &ScanLine) -> bool {
    let says = format!("{} {} {}", line.scan.code, read_as(line).0, said(line));
    fit.fits(&FeedSight {
        at: line.scan.at,
        level: match (line.status, line.told) {
            (Some(_), true) => Level::Good,
            (Some(_), false) => Level::Info,
            (None, _) => Level::Warn,
        },
        says: &says,
        ..FeedSight::default()
    })
}

fn trail(out: &mut Vec<Line>, view: &OrderView) {
    let trail = &view.record.trail;
    if trail.attempts > 0 {
        let text = format!("  {} delivery attempts failed", trail.attempts);
        out.push(vec![span(text, Tone::Warn)]);
    }
    for flag in &trail.flags {
        out.push(vec![span(format!("  ! {}", flag.describe()), Tone::Warn)]);
    }
}

fn history(out: &mut Vec<Line>, model: &Model, journal: &[JournalLine], fit: Option<&FeedFit<'_>>) {
    let fits = |line: &&JournalLine| fit.is_none_or(|fit| journal_fits(fit, line));
    let fitting: Vec<&JournalLine> = journal.iter().filter(fits).collect();
    // Of more than that the older ones are not here to be looked at.
    let (n, whole) = (journal.len(), journal.len() < HISTORY_LINES);
    let count = match (fit, whole) {
        (Some(_), true) => format!(" ({} of {n} fit)", fitting.len()),
        (Some(_), false) => format!(" ({} of the newest {n} fit)", fitting.len()),
        (None, true) => String::new(),
        (None, false) => format!(" (the newest {n})"),
    };
    heading(out, &format!("History, newest first{count}"));
    for line in fitting {
        out.push(vec![
            span(
                format!("  {} ", words::full(model.zone(), line.at)),
                Tone::Dim,
            ),
            span(format!("{} ", cell(line.by.as_str(), 10, "")), Tone::Dim),
            span(event(&line.event), Tone::Plain),
        ]);
    }
}

fn journal_fits(fit: &FeedFit<'_>, line: &JournalLine) -> bool {
    fit.fits(&FeedSight {
        at: line.at,
        by: line.by.as_str(),
        call: line.event.call(),
        level: line.event.level(),
        says: &event(&line.event),
        ..FeedSight::default()
    })
}

/// An event in words.
fn event(event: &Event) -> String {
    use crate::domain::event::Outcome;
    match event {
        Event::Started { .. } => "engine started".to_owned(),
        Event::OrderSeen { order, .. } => format!("EasyEcom shows {}", order.status),
        Event::RowRejected { reason, .. } => format!("row not read: {reason}"),
        Event::WindowRead { rows, .. } => format!("orders read, {rows} rows"),
        Event::Intent {
            detail, attempt, ..
        } => {
            format!("{}: sending, attempt {attempt}", detail.call())
        }
        Event::Outcome { call, result, .. } => match result {
            Outcome::Applied { evidence, .. } => format!("{call}: done, {}", evidence.shows),
            Outcome::Accepted { says, .. } => format!("{call}: taken, to be seen; {says}"),
            Outcome::NotApplied { failure, .. } => format!("{call}: not done, {}", failure.says),
            Outcome::Unknown { saw, .. } => format!("{call}: OUTCOME NOT KNOWN, {saw}"),
        },
        Event::Checked { call, says, .. } => format!("{call}: looked, {says}"),
        Event::DocumentStored { kind, .. } => format!("{kind:?} stored").to_lowercase(),
        Event::Scanned { scans, .. } => format!("{} new scans", scans.len()),
        Event::Held { reason, .. } => format!("held: {reason}"),
        Event::Released { reason, .. } => format!("released: {reason}"),
        Event::Parked { reason, .. } => format!("parked: {}", reason.describe()),
        Event::Decided {
            decision, reason, ..
        } => format!(
            "decided to {}: {reason}",
            format!("{decision:?}").to_lowercase()
        ),
        Event::FlagsCleared { .. } => "tracking flags taken note of".to_owned(),
        Event::Paused { reason } => format!("paused: {reason}"),
        Event::Resumed => "resumed".to_owned(),
        Event::Loaded { awb, .. } => format!("{awb} put on the truck"),
        Event::Unloaded { .. } => "taken off the truck again".to_owned(),
        Event::TurnedAway { code, .. } => format!("{code}: scanned, not loaded"),
        Event::LoadClosed { manifest, missing } => format!(
            "truck of manifest #{manifest} handed over, {} stayed behind",
            missing.len()
        ),
        Event::Allotted { numbers, .. } => format!("{} AWB numbers added", numbers.len()),
        Event::Counted { rows, .. } => format!("{} SKUs counted", rows.len()),
        Event::StockIntent { items, .. } => format!("pushing {} SKUs", items.len()),
        Event::StockOutcome { items, .. } => format!("{} SKUs pushed", items.len()),
        Event::LeftOut { skus, reason, .. } => {
            format!("{} SKUs left out of the push: {reason}", skus.len())
        }
        Event::TakenIn { skus, .. } => format!("{} SKUs taken in again", skus.len()),
        Event::StockRead { rows, .. } => format!("{} SKUs read back", rows.len()),
        Event::QuotaLeased { used, .. } => format!("{used} calls used or set aside"),
    }
}
