//! What the day's calls have room for, and whether a reading would let anything go on.

use super::due;
use crate::{
    domain::{gate::Rule, schedule::Work},
    worker::{
        overview,
        ports::Remotes,
        shop::{Shop, lock},
        traffic::Class,
        wave::Plan,
    },
};

/// Due orders among which one is looked for that lacks nothing but a reading.
const LACKING_LOOK_MAX: usize = 32;

/// How many orders the day's calls have room for in this round: no more are begun than are brought to
/// Shipped. Whoever asks for an order's next step by hand is not held back.
#[derive(Default)]
pub(in crate::worker) struct Room(Option<Plan>);

impl Room {
    pub fn left<R: Remotes>(&mut self, shop: &Shop<R>, work: Work) -> usize {
        let now = shop.now();
        let plan = match self.0 {
            Some(plan) => plan,
            None => match overview::plan(shop, now) {
                Ok(plan) => plan,
                Err(error) => {
                    shop.store_failed(&error);
                    return 0;
                }
            },
        };
        self.0 = Some(plan);
        // Their calls are on the way and not counted yet.
        let busy = lock(&shop.live).busy.len();
        let begin = (plan.wave.fits as usize).saturating_sub(busy);
        match work {
            Work::Assign => begin,
            // A number is booked for an order when its turn to be assigned comes today.
            Work::Book => {
                let booked = shop.reader.due_count(Work::Assign, now, begin);
                begin.saturating_sub(booked.unwrap_or(begin))
            }
            Work::Tell => overview::spare(shop, plan, Class::Tell, now) as usize,
            _ => usize::MAX,
        }
    }
}

/// Whether one of the first orders that are due lacks nothing but a reading: a reading lets no other go on,
/// and wanting it for them would read day and night.
pub(in crate::worker) fn worth_a_reading<R: Remotes>(
    shop: &Shop<R>,
    work: Work,
    room: &mut Room,
) -> bool {
    let due = due(shop, work, LACKING_LOOK_MAX);
    let mut calls_are_left = || match work {
        Work::Assign | Work::Book => room.left(shop, work) > 0,
        _ => shop.meter.left(Class::Advance) > 0,
    };
    let remote = if work == Work::Book {
        &shop.carrier
    } else {
        &shop.easyecom
    };
    if due.is_empty() || !remote.stands() || !calls_are_left() {
        return false;
    }
    let numbers_from_file = work == Work::Book && shop.config.awb.file.is_some();
    let number_is_free = || shop.reader.site().is_ok_and(|site| site.awbs_free > 0);
    due.iter()
        .filter_map(|(id, due)| Some((shop.reader.order(*id).ok().flatten()?, due.call)))
        .filter(|(record, _)| !numbers_from_file || record.reserved.is_some() || number_is_free())
        .any(|(record, call)| match shop.weigh(call, &record) {
            Ok(()) => true,
            Err(refusal) => refusal.unmet.iter().all(|unmet| unmet.rule == Rule::Fresh),
        })
}
