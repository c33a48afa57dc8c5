//! Load-out: parcels are scanned on to the truck.

use tui_input::Input;

use crate::{
    domain::{Clean, Stamp, filter::ParcelFilter, load::LoadVerdict},
    handle::{LoadScan, ManifestLoad},
};

/// Scans that stay readable on the screen.
const TRAIL_MAX: usize = 50;

/// The dock.
#[derive(Clone, Debug, Default)]
pub struct Load {
    /// What is scanned or typed.
    pub input: Input,
    /// The manifests, newest first.
    pub loads: Option<Vec<ManifestLoad>>,
    /// When they were true.
    pub read_at: Option<Stamp>,
    /// They are known not to be true any more; cleared by the next answer.
    pub behind: bool,
    /// The manifest that is loaded, by its number here; `None`: any.
    pub chosen: Option<u64>,
    /// The scans of this console, newest first; an error in place of a verdict was not recorded.
    pub trail: Vec<Scanned>,
    /// Which parcels are listed.
    pub filter: Input,
    /// What that filter says, as it was last understood.
    pub wanted: ParcelFilter,
    /// A scan is being recorded.
    pub waiting: Option<Clean>,
    /// Scans of this console that did not go on to a truck: wrong ones, and twice ones.
    pub turned_away: (u64, u64),
    /// The parcel scanned last, whose truck has left, and when it was read last: scanned once more, and
    /// not by the same pull of the trigger, it is recorded all the same.
    pub too_late: Option<(Clean, Stamp)>,
    /// It came once more from one pull of the trigger.
    pub read_twice: bool,
}

/// What came of a scan.
#[derive(Clone, Debug)]
pub enum Scanned {
    /// The engine judged it.
    Judged(Box<LoadScan>),
    /// It is not recorded.
    Failed(Clean),
}

impl Load {
    /// The manifest that is loaded, if one is chosen.
    pub fn manifest(&self) -> Option<&ManifestLoad> {
        let chosen = self.chosen?;
        self.loads.as_ref()?.iter().find(|l| l.manifest == chosen)
    }

    /// Chooses the next manifest down or up the list; above the first stands "any".
    pub fn choose(&mut self, by: isize) {
        let Some(loads) = &self.loads else {
            return;
        };
        let place = self
            .chosen
            .and_then(|chosen| loads.iter().position(|l| l.manifest == chosen))
            .map_or(0, |n| n + 1);
        let next = place.saturating_add_signed(by).min(loads.len());
        self.chosen = next
            .checked_sub(1)
            .and_then(|n| loads.get(n))
            .map(|l| l.manifest);
        (self.too_late, self.read_twice) = (None, false);
    }

    /// Takes the manifests as they are now. The first time the oldest that is not on its truck yet is
    /// chosen: a parcel of another one is then loud.
    pub fn take(&mut self, loads: Vec<ManifestLoad>, now: Stamp) {
        let first_time = self.loads.is_none();
        if first_time {
            self.chosen = loads
                .iter()
                .rev()
                .find(|l| l.closed.is_none() && l.loaded < l.orders)
                .map(|l| l.manifest);
        }
        self.loads = Some(loads);
        self.read_at = Some(now);
        self.behind = false;
    }

    /// Takes what came of a scan.
    pub fn scanned(&mut self, scan: Scanned, now: Stamp) {
        self.waiting = None;
        (self.too_late, self.read_twice) = (None, false);
        if let Scanned::Judged(scan) = &scan {
            match scan.verdict {
                LoadVerdict::Loaded => {}
                LoadVerdict::Twice { .. } => self.turned_away.1 += 1,
                _ => self.turned_away.0 += 1,
            }
            if matches!(scan.verdict, LoadVerdict::TruckLeft { .. }) {
                self.too_late = Some((scan.code.clone(), now));
            }
        }
        self.trail.insert(0, scan);
        self.trail.truncate(TRAIL_MAX);
    }

    /// The newest parcel that this console put on a truck.
    pub fn last_loaded(&self) -> Option<&LoadScan> {
        self.trail.iter().find_map(|scan| match scan {
            Scanned::Judged(scan) if scan.verdict.is_loaded() => Some(&**scan),
            _ => None,
        })
    }
}
