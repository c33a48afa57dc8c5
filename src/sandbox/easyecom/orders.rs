//! getAllOrders and getOrderDetails (easyecom.md section 4).

use chrono::Duration;
use serde_json::{Value, json};

use super::cursor::Cursor;
use super::nothing;
use crate::sandbox::call::{Call, Reply};
use crate::sandbox::clock::{Moment, ist_day, parse_ist};
use crate::sandbox::order::Order;
use crate::sandbox::wire::{View, order_v1, order_v2, status_of};
use crate::sandbox::world::World;

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 250;

/// What a list is asked for.
struct Filter {
    created: (Option<Moment>, Option<Moment>),
    updated: (Option<Moment>, Option<Moment>),
    invoice: Option<u64>,
    reference: Option<String>,
    marketplace: Option<u64>,
    status: Vec<u64>,
    everywhere: bool,
    limit: usize,
}

impl Filter {
    fn read(world: &World, query: &[(String, String)]) -> Self {
        let get = |name: &str| {
            query
                .iter()
                .find(|(key, value)| key == name && !value.is_empty())
                .map(|(_, value)| value.as_str())
        };
        let time = |name: &str| get(name).and_then(parse_ist);
        let status = get("status_id").filter(|_| world.options.switches.status_id_honoured);
        Self {
            created: (time("start_date"), time("end_date")),
            updated: (time("updated_after"), time("updated_before")),
            invoice: get("invoice_id").and_then(|id| id.parse().ok()),
            reference: get("reference_code")
                .or_else(|| get("reference_num"))
                .map(str::to_owned),
            marketplace: get("marketplaceId").and_then(|id| id.parse().ok()),
            status: status
                .map(|ids| {
                    ids.split(',')
                        .filter_map(|id| id.trim().parse().ok())
                        .collect()
                })
                .unwrap_or_default(),
            everywhere: get("isalllocation") == Some("1"),
            limit: get("limit")
                .and_then(|n| n.parse().ok())
                .unwrap_or(DEFAULT_LIMIT)
                .clamp(1, MAX_LIMIT),
        }
    }

    /// The check is taken to be on whole days, as one client's slices of 7 days and a second show.
    fn window_too_long(&self, now: Moment) -> bool {
        [self.created, self.updated].into_iter().any(|(from, to)| {
            from.is_some_and(|from| ist_day(to.unwrap_or(now)) - ist_day(from) > Duration::days(7))
        })
    }

    fn takes(&self, order: &Order, at: Moment) -> bool {
        let state = order.state_at(at);
        let facts = &order.facts;
        let imported = state
            .history
            .first()
            .map_or(facts.ordered, |(_, time)| *time);
        order.visible(at)
            && (self.everywhere || !facts.foreign)
            && within(imported, self.created)
            && within(state.updated, self.updated)
            && self.invoice.is_none_or(|id| id == facts.invoice_id)
            && self
                .reference
                .as_ref()
                .is_none_or(|reference| *reference == facts.reference)
            && self.marketplace.is_none_or(|id| id == facts.marketplace.0)
            && (self.status.is_empty() || self.status.contains(&status_of(state).1))
    }
}

/// Wire times have whole seconds, both ends count.
fn within(time: Moment, (from, to): (Option<Moment>, Option<Moment>)) -> bool {
    let second = time.timestamp();
    from.is_none_or(|from| second >= from.timestamp())
        && to.is_none_or(|to| second <= to.timestamp())
}

/// GET `/orders/V2/getAllOrders`.
pub(crate) fn all(world: &World, call: &Call, now: Moment) -> Reply {
    let (query, after) = match call.param("cursor").map(Cursor::decode) {
        None => (call.query.clone(), 0),
        Some(None) => return Reply::refused("Invalid cursor"),
        Some(Some(cursor)) => (cursor.query, cursor.after),
    };
    let filter = Filter::read(world, &query);
    if filter.window_too_long(now) {
        return Reply::refused("Date range greater than 7 days not allowed");
    }
    let at = world.as_of(now, call.twist.lag);
    let mut found = world
        .orders
        .range(after + 1..)
        .map(|(_, order)| order)
        .filter(|order| filter.takes(order, at));
    let page: Vec<&Order> = found.by_ref().take(filter.limit).collect();
    if page.is_empty() {
        return nothing(world, json!({ "orders": [], "nextUrl": null }));
    }
    let next = found.next().and(page.last()).map(|last| {
        let query = query
            .iter()
            .filter(|(key, _)| key != "cursor")
            .cloned()
            .collect();
        let cursor = Cursor {
            after: last.facts.invoice_id,
            query,
        };
        format!("/orders/V2/getAllOrders?cursor={}", cursor.encode())
    });
    let view = View { world, at };
    let mut rows: Vec<Value> = page.iter().map(|order| order_v1(&view, order)).collect();
    if call.twist.duplicate_rows {
        let again: Vec<Value> = rows.iter().step_by(3).cloned().collect();
        rows.extend(again);
    }
    if world.options.switches.malformed_row && after == 0 {
        rows.insert(
            rows.len() / 2,
            json!({ "invoice_id": { "$oid": "?" }, "order_id": [], "suborders": "NA" }),
        );
    }
    let data = json!({ "orders": rows, "nextUrl": next });
    if call.param("get_batch_codes") == Some("1") {
        return Reply::json(
            200,
            &json!({ "code": 200, "message": "Successful", "orders": data }),
        );
    }
    Reply::data(data)
}

/// GET `/orders/V2/getOrderDetails`.
pub(crate) fn details(world: &World, call: &Call, now: Moment) -> Reply {
    let at = world.as_of(now, call.twist.lag);
    let number = |name: &str| call.param(name).and_then(|id| id.parse::<u64>().ok());
    let ids: Vec<u64> = if let Some(id) = number("invoice_id") {
        vec![id]
    } else if let Some(id) = number("order_id") {
        world.by_order_id.get(&id).cloned().unwrap_or_default()
    } else {
        call.param("reference_code")
            .and_then(|code| world.by_reference.get(code))
            .copied()
            .into_iter()
            .collect()
    };
    let marketplace = number("marketplaceId");
    let with_history = call.param("include_ee_history") == Some("1");
    let view = View { world, at };
    let found: Vec<Value> = ids
        .into_iter()
        .filter_map(|id| world.order(id, at))
        .filter(|order| {
            !order.facts.foreign && marketplace.is_none_or(|id| id == order.facts.marketplace.0)
        })
        .map(|order| order_v2(&view, order, with_history))
        .collect();
    if found.is_empty() {
        return Reply::refused("Unable to find the reference_code/order_id/invoice_id");
    }
    Reply::data(found.into())
}
