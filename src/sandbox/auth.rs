//! Logins of both services, and the check of what they handed out.

use serde_json::json;

use super::call::{Call, Reply, text};
use super::clock::{Moment, seconds};
use super::effects::EffectKind;
use super::encoding::base64;
use super::endpoint::Endpoint;
use super::world::{Session, World};

/// Life of a token in seconds (easyecom.md section 2).
const EXPIRES_IN: i64 = 7_884_000;

/// EasyEcom's refusal of missing or wrong credentials.
fn invalid_token() -> Reply {
    Reply::json(401, &json!({ "message": "Invalid Api token." }))
}

/// The API key of a call, if it must be and is right.
pub(crate) fn check_key(world: &World, endpoint: Endpoint, call: &Call) -> Result<(), Reply> {
    let switches = &world.options.switches;
    if endpoint.is_easyecom()
        && switches.require_api_key
        && call.header("x-api-key") != world.options.credentials.x_api_key
    {
        return Err(invalid_token());
    }
    if endpoint.wants_dtdc_key() {
        let key = call.header("api-key");
        if key.is_empty() {
            return Err(dtdc_error(401, "NO_API_KEY", "API key should be present"));
        }
        if key != world.options.credentials.dtdc_api_key {
            return Err(dtdc_error(401, "WRONG_API_KEY", "Wrong api key"));
        }
    }
    Ok(())
}

/// A refusal of DTDC's booking system for the whole request (dtdc.md section 2).
pub(crate) fn dtdc_error(status: u16, reason: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "error": { "statusCode": status, "reason": reason, "message": message } }),
    )
}

/// The bearer token of a call, if it must be there.
pub(crate) fn check_bearer(
    world: &World,
    endpoint: Endpoint,
    call: &Call,
    now: Moment,
) -> Result<(), Reply> {
    if endpoint.wants_bearer() {
        let alive = call
            .header("authorization")
            .strip_prefix("Bearer ")
            .and_then(|token| world.sessions.get(token.trim()))
            .is_some_and(|session| session.expires > now);
        return if alive { Ok(()) } else { Err(invalid_token()) };
    }
    if endpoint == Endpoint::Track
        && !world
            .tracking_tokens
            .contains(call.header("x-access-token"))
    {
        return Err(spring_unauthorised(now, &call.path));
    }
    Ok(())
}

/// The captured shape of a 401 of DTDC tracking.
fn spring_unauthorised(now: Moment, path: &str) -> Reply {
    let body = json!({ "timestamp": now.to_rfc3339(), "status": 401, "error": "Unauthorized",
                       "message": "Unauthorized", "path": path });
    Reply::json(401, &body)
}

/// Ends the sessions, as far as the cool-down lets the caller begin a new one.
pub(crate) fn expire(
    world: &mut World,
    endpoint: Endpoint,
    call: &Call,
    now: Moment,
) -> Option<Reply> {
    if endpoint == Endpoint::Track {
        world.tracking_tokens.clear();
        return Some(spring_unauthorised(now, &call.path));
    }
    let cooled = world
        .last_login
        .is_none_or(|at| now - at >= cooldown(world));
    cooled.then(|| {
        world.sessions.clear();
        invalid_token()
    })
}

fn cooldown(world: &World) -> chrono::Duration {
    seconds(world.options.token_cooldown.as_secs_f64())
}

/// POST `/access/token`.
pub(crate) fn token(world: &mut World, call: &Call, now: Moment) -> Reply {
    let fields = call.fields();
    let wanted = &world.options.credentials;
    let given = |key: &str| text(&fields, key).unwrap_or_default();
    let refusal = if given("email") != wanted.email || given("password") != wanted.password {
        Some("Invalid user credentials provided")
    } else if given("location_key") != wanted.location_key {
        Some("Invalid location key provided")
    } else {
        None
    };
    if let Some(message) = refusal {
        world.counters.unauthorised += 1;
        return Reply::json(401, &json!({ "data": [], "message": message }));
    }
    if world
        .last_login
        .is_some_and(|at| now - at < cooldown(world))
    {
        world.counters.token_refusals += 1;
        return Reply::json(
            403,
            &json!({ "data": [], "message": "Please wait before requesting a new token" }),
        );
    }
    let claims = format!(
        r#"{{"location":"{}","n":{}}}"#,
        wanted.location_key,
        world.effects.len()
    );
    let jwt = format!(
        "eyJhbGciOiJub25lIn0.{}.sandbox",
        base64(claims.as_bytes()).trim_end_matches('=')
    );
    world.last_login = Some(now);
    world.sessions.insert(
        jwt.clone(),
        Session {
            expires: now + chrono::Duration::seconds(EXPIRES_IN),
        },
    );
    world.record(EffectKind::LoggedIn, None, None, "", now);
    let data = json!({
        "companyname": "Raftaar Sandbox WH", "all_location": 1, "time_zone": "Asia/Kolkata", "logo_url": null,
        "brandname": null, "brand_id": null, "logo": null, "credit_limit": null, "credit_balance": null,
        "userName": "Sandbox WMS", "paymentKey": 0, "serialMode": false,
        "token": { "jwt_token": jwt, "token_type": "bearer", "expires_in": EXPIRES_IN } });
    Reply::json(200, &json!({ "data": data, "message": null }))
}

/// GET `/dtdc-api/api/dtdc/authenticate`: the token is plain text.
pub(crate) fn tracking_token(world: &mut World, call: &Call) -> Reply {
    let wanted = &world.options.credentials;
    if call.param("username") != Some(&wanted.dtdc_username)
        || call.param("password") != Some(&wanted.dtdc_password)
    {
        world.counters.unauthorised += 1;
        return Reply::text(401, "Not Authorized");
    }
    let serial = world.counters.calls.values().sum::<u64>();
    let token = format!("{}:{serial:032x}", wanted.dtdc_username);
    world.tracking_tokens.insert(token.clone());
    Reply::text(200, token)
}
