//! What happens to one call: metering, faults, login check, the operation itself.

use std::time::Duration;

use rand::Rng;
use serde_json::json;

use super::auth;
use super::call::{Call, Reply};
use super::clock::{Moment, seconds};
use super::control;
use super::dtdc::{booking, cancel as dtdc_cancel, label, pincode, track};
use super::easyecom::{
    assign, cancel, confirm, documents, inventory, locations, manifest, orders, tracking,
};
use super::effects::EffectKind;
use super::endpoint::Endpoint;
use super::faults::FaultKind;
use super::world::World;

/// What the wire is to do.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Answer, after this time.
    Answer(Reply, Duration),
    /// Close the connection without an answer.
    Hang,
    /// Close the connection without an answer, and do it after this time.
    Late(Endpoint, Duration),
}

impl Verdict {
    fn now(reply: Reply) -> Self {
        Self::Answer(reply, Duration::ZERO)
    }
}

/// Decides one call.
pub(crate) fn serve(world: &mut World, call: &mut Call, now: Moment) -> Verdict {
    let endpoint = Endpoint::of(&call.path, &world.options.paths);
    world.settle(now);
    if endpoint == Endpoint::Control {
        return Verdict::now(control::handle(world, call, now));
    }
    count(world, endpoint, call);
    if let Err(reply) = admit(world, endpoint, call, now) {
        return Verdict::now(reply);
    }
    let World { faults, rng, .. } = world;
    match faults.roll(endpoint, rng) {
        Some(kind) => strike(world, endpoint, call, kind, now),
        None => Verdict::now(dispatch(world, endpoint, call, now)),
    }
}

fn count(world: &mut World, endpoint: Endpoint, call: &Call) {
    *world.counters.calls.entry(endpoint.name()).or_default() += 1;
    if endpoint.is_easyecom() {
        *world
            .counters
            .calls_by_key
            .entry(call.header("x-api-key").to_owned())
            .or_default() += 1;
    }
}

/// Key, then rate limit, then token.
fn admit(world: &mut World, endpoint: Endpoint, call: &Call, now: Moment) -> Result<(), Reply> {
    auth::check_key(world, endpoint, call).inspect_err(|_| world.counters.unauthorised += 1)?;
    if endpoint.is_easyecom()
        && !world
            .throttle
            .admit(call.header("x-api-key"), world.options.tier, now)
    {
        world.counters.throttled += 1;
        return Err(too_many(world.options.switches.retry_after.then_some(1)));
    }
    auth::check_bearer(world, endpoint, call, now).inspect_err(|_| world.counters.unauthorised += 1)
}

fn too_many(retry_after: Option<u64>) -> Reply {
    let mut reply = Reply::json(429, &json!({ "message": "Too Many Requests" }));
    reply.retry_after = retry_after;
    reply
}

/// Does what the call asks for.
pub(crate) fn dispatch(world: &mut World, endpoint: Endpoint, call: &Call, now: Moment) -> Reply {
    if !verb_fits(endpoint, call) {
        return Reply::html(405, "405 Method Not Allowed");
    }
    match endpoint {
        Endpoint::Token => auth::token(world, call, now),
        Endpoint::Orders => orders::all(world, call, now),
        Endpoint::OrderDetails => orders::details(world, call, now),
        Endpoint::Assign => assign::assign(world, call, now),
        Endpoint::Confirm => confirm::confirm(world, call, now),
        Endpoint::Document => documents::get(world, call, now),
        Endpoint::Manifest => manifest::generate(world, call, now),
        Endpoint::UpdateTracking => tracking::update(world, call, now),
        Endpoint::TrackingDetails => tracking::details(world, call, now),
        Endpoint::BulkInventory => inventory::update(world, call, now),
        Endpoint::InventoryDetails => inventory::details(world, call),
        Endpoint::CancelOrder => cancel::cancel(world, call, now),
        Endpoint::Locations => locations(world),
        Endpoint::Book => booking::book(world, call, now),
        Endpoint::CancelBooking => dtdc_cancel::cancel(world, call, now),
        Endpoint::LabelStream => label::stream(world, call),
        Endpoint::LabelLink => label::link(world, call),
        Endpoint::TrackToken => auth::tracking_token(world, call),
        Endpoint::Track => track::pull(world, call, now),
        Endpoint::Pincode => pincode::look_up(call),
        Endpoint::File => documents::file(world, call),
        Endpoint::Control | Endpoint::Unknown => Reply::html(404, "404 Not Found"),
    }
}

/// Everything that writes is POST, everything that reads is GET; the exceptions are DTDC's.
fn verb_fits(endpoint: Endpoint, call: &Call) -> bool {
    match endpoint {
        Endpoint::Confirm | Endpoint::Unknown | Endpoint::Control => true,
        Endpoint::Token | Endpoint::Track | Endpoint::Pincode => call.method == "POST",
        _ => call.method == if endpoint.writes() { "POST" } else { "GET" },
    }
}

/// Makes a fault of the kind that was drawn.
fn strike(
    world: &mut World,
    endpoint: Endpoint,
    call: &mut Call,
    kind: FaultKind,
    now: Moment,
) -> Verdict {
    *world.counters.faults.entry(kind.name()).or_default() += 1;
    world.record(
        EffectKind::Fault,
        None,
        None,
        format!("{kind} at {}", endpoint.name()),
        now,
    );
    match kind {
        FaultKind::ErrorBefore => {
            let status = [500, 502, 503][world.rng.random_range(0..3)];
            Verdict::now(server_error(world, status))
        }
        FaultKind::ErrorAfter => {
            dispatch(world, endpoint, call, now);
            Verdict::now(server_error(world, 500))
        }
        FaultKind::Throttle => Verdict::now(too_many(Some(world.faults.retry_after_seconds))),
        FaultKind::ThrottleBare => Verdict::now(too_many(None)),
        FaultKind::Html => {
            if world.rng.random_bool(0.5) {
                dispatch(world, endpoint, call, now);
            }
            Verdict::now(Reply::html(200, "We will be back shortly"))
        }
        FaultKind::Truncated => {
            let mut reply = dispatch(world, endpoint, call, now);
            reply.body.truncate(reply.body.len() / 2);
            Verdict::now(reply)
        }
        FaultKind::DropBefore => Verdict::Hang,
        FaultKind::DropAfter => {
            dispatch(world, endpoint, call, now);
            Verdict::Hang
        }
        FaultKind::Slow => {
            let delay = between(world, world.faults.slow_seconds);
            Verdict::Answer(dispatch(world, endpoint, call, now), delay)
        }
        FaultKind::Expired => match auth::expire(world, endpoint, call, now) {
            Some(reply) => Verdict::now(reply),
            None => Verdict::now(dispatch(world, endpoint, call, now)),
        },
        FaultKind::Echo => Verdict::now(echo(endpoint, call)),
        FaultKind::LateEffect => Verdict::Late(endpoint, between(world, world.faults.late_seconds)),
        FaultKind::DuplicateRows
        | FaultKind::StaleRead
        | FaultKind::Partial
        | FaultKind::ItemFailure => {
            twist(world, call, kind);
            Verdict::now(dispatch(world, endpoint, call, now))
        }
    }
}

/// A refusal that repeats what it refuses.
fn echo(endpoint: Endpoint, call: &Call) -> Reply {
    let body = String::from_utf8_lossy(&call.body);
    let keys = ["x-api-key", "api-key", "authorization", "x-access-token"]
        .map(|name| format!("{name}: {}", call.header(name)))
        .join(", ");
    let words = format!("cannot take {body} with {keys} at {}", call.path);
    if endpoint.is_easyecom() {
        Reply::json(200, &json!({ "code": 400, "message": words, "data": [] }))
    } else {
        auth::dtdc_error(400, "OTHER", &words)
    }
}

/// Sets what changes the content of an answer.
fn twist(world: &mut World, call: &mut Call, kind: FaultKind) {
    match kind {
        FaultKind::DuplicateRows => call.twist.duplicate_rows = true,
        FaultKind::Partial => call.twist.partial = true,
        FaultKind::ItemFailure => call.twist.item_failure = true,
        _ => {
            let furthest = world.faults.stale_seconds.clamp(0.0, 30.0);
            call.twist.lag = seconds(world.rng.random::<f64>() * furthest);
        }
    }
}

fn between(world: &mut World, (low, high): (f64, f64)) -> Duration {
    let share: f64 = world.rng.random();
    Duration::from_secs_f64((low + (high - low) * share).max(0.0))
}

fn server_error(world: &World, status: u16) -> Reply {
    if world.options.switches.html_errors {
        Reply::html(status, &format!("{status} Server Error"))
    } else {
        Reply::json(
            status,
            &json!({ "code": status, "message": "Something went wrong", "data": [] }),
        )
    }
}
