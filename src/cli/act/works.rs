//! Commands about the engine, manifests and stock.

use chrono::{FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc};

use super::{SiteAct, reason};
use crate::{
    cli::{Code, Failure},
    domain::{Sku, Stamp},
    handle::Command,
};

pub(super) fn to_command(zone: FixedOffset, act: SiteAct) -> Result<(Command, bool), Failure> {
    Ok(match act {
        SiteAct::Pause { reason: why } => (
            Command::Pause {
                reason: reason(&why)?,
            },
            false,
        ),
        SiteAct::Resume => (Command::Resume, false),
        SiteAct::Manifest { dry_run } => (Command::ManifestNow { group: None }, dry_run),
        SiteAct::PushStock { skus, dry_run } => {
            let skus = named(&skus);
            (Command::PushStock { skus }, dry_run)
        }
        SiteAct::LeaveOut { skus, reason: why } => {
            let reason = reason(&why)?;
            let skus = named(&skus);
            (Command::LeaveOut { skus, reason }, false)
        }
        SiteAct::TakeIn { skus } => (Command::TakeIn { skus: named(&skus) }, false),
        SiteAct::ReadStock => (Command::ReadStock, false),
        SiteAct::Fetch => (Command::FetchNow, false),
        SiteAct::Backfill { from, to } => (backfill(zone, from, to)?, false),
    })
}

fn named(skus: &[String]) -> Vec<Sku> {
    skus.iter().map(|sku| Sku::new(sku)).collect()
}

/// Whole days by the warehouse's clock, the last one included.
fn backfill(zone: FixedOffset, from: NaiveDate, to: NaiveDate) -> Result<Command, Failure> {
    if to < from {
        return Err(Failure::new(
            Code::Usage,
            format!("{to} is before {from}; give the first day first"),
        ));
    }
    let midnight = |day: NaiveDate| -> Option<Stamp> {
        let at = zone
            .from_local_datetime(&day.and_time(NaiveTime::MIN))
            .single()?;
        Some(at.with_timezone(&Utc))
    };
    let range = to
        .succ_opt()
        .and_then(|after| Some((midnight(from)?, midnight(after)?)));
    let (from, to) =
        range.ok_or_else(|| Failure::new(Code::Usage, "these days are out of any calendar"))?;
    Ok(Command::Backfill { from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_the_warehouses_and_the_last_one_counts() {
        let day = |text: &str| text.parse::<NaiveDate>().expect(text);
        let zone = crate::domain::time::ist();
        let command = backfill(zone, day("2026-01-05"), day("2026-01-05")).expect("a day");
        let Command::Backfill { from, to } = command else {
            panic!("{command:?}");
        };
        assert_eq!(from.to_rfc3339(), "2026-01-04T18:30:00+00:00");
        assert_eq!(to.to_rfc3339(), "2026-01-05T18:30:00+00:00");
        assert!(backfill(zone, day("2026-01-06"), day("2026-01-05")).is_err());
    }
}
