//! What was put on the truck.

use super::{LoadClosed, View, change};
use crate::domain::{
    event::{Entry, Event},
    outcome::Signed,
    text::Clean,
};

pub(super) fn load<V: View>(entry: &Entry, view: &mut V) -> Result<(), V::Error> {
    match &entry.event {
        Event::Loaded { invoice, awb } => change(entry, *invoice, view, |r| {
            let travels = r.manifest.progress.is_done() && r.cancelled.is_none();
            // The first scan stays: who loaded a parcel is never overwritten.
            if travels && r.loaded.is_none() && r.live_awb() == Some(awb) {
                r.loaded = Some(Signed {
                    at: entry.at,
                    by: entry.by.clone(),
                    reason: Clean::default(),
                });
            }
        }),
        Event::Unloaded { invoice, .. } => change(entry, *invoice, view, |r| r.loaded = None),
        Event::TurnedAway {
            manifest, twice, ..
        } => {
            let Some(mut row) = view.manifest(*manifest)? else {
                return Ok(());
            };
            let count = if *twice {
                &mut row.twice
            } else {
                &mut row.wrong
            };
            *count = count.saturating_add(1);
            view.put_manifest(row)
        }
        Event::LoadClosed { manifest, missing } => {
            let Some(mut row) = view.manifest(*manifest)? else {
                return Ok(());
            };
            row.closed = Some(LoadClosed {
                at: entry.at,
                by: entry.by.clone(),
                missing: missing.len() as u32,
            });
            view.put_manifest(row)
        }
        _ => Ok(()),
    }
}
