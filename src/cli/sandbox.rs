//! `raftaar sandbox`.

use std::{fmt::Write, path::Path};

use super::{Code, Ended, Failure, args::SandboxArgs, print, serve::Signals};
use crate::sandbox::{Sandbox, SandboxOptions};

/// What the environment does not carry.
const ORIGIN: &str = "
and this in its raftaar.toml:

[dtdc.origin]
name = \"Sandbox warehouse\"
phone = \"9000000000\"
address_1 = \"Godown 5\"
city = \"BHIWANDI\"
state = \"MAHARASHTRA\"
pincode = \"421302\"
";

fn read(file: &Path) -> Result<SandboxOptions, Failure> {
    let failed = |says: String| Failure::new(Code::Usage, format!("{}: {says}", file.display()));
    let text = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    serde_json::from_slice(&text).map_err(|error| failed(error.to_string()))
}

/// Runs the sandbox until it is told to stop; then prints what happened there.
pub async fn run(args: SandboxArgs, json: bool) -> Ended {
    let told = args.options.as_deref().map(read).transpose()?;
    let options = told.unwrap_or_else(|| SandboxOptions {
        bind: args.bind,
        orders: args.orders as usize,
        seed: args.seed,
        speed: args.speed,
        arrival: args.arrival,
        tier: args.tier,
        faults: args.faults,
        // A sandbox is there to be tried quickly; EasyEcom's own minute would stand in the way.
        token_cooldown: std::time::Duration::from_secs(1),
        ..SandboxOptions::default()
    });
    let mut signals = Signals::listen()?;
    let login = options.credentials.clone();
    let carrier = options.carriers.first().map_or(0, |c| c.company_carrier_id);
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| Failure::new(Code::Failed, format!("{}: {error}", args.bind)))?;
    let url = sandbox.base_url();
    let mut out = format!("the sandbox listens on {url}; point an engine at it with\n\n");
    for (name, value) in [
        ("RAFTAAR_SANDBOX", "true"),
        ("RAFTAAR_EASYECOM_URL", url.as_str()),
        ("RAFTAAR_DTDC_BOOKING_URL", url.as_str()),
        ("RAFTAAR_DTDC_LABEL_URL", url.as_str()),
        ("RAFTAAR_DTDC_TRACKING_URL", url.as_str()),
        ("RAFTAAR_DTDC_PINCODE_URL", url.as_str()),
        ("RAFTAAR_LOCATION_KEY", &login.location_key),
        ("RAFTAAR_COMPANY_CARRIER_ID", &carrier.to_string()),
        ("RAFTAAR_DTDC_CUSTOMER_CODE", &login.dtdc_customer_code),
        ("RAFTAAR_EASYECOM_API_KEY", &login.x_api_key),
        ("RAFTAAR_EASYECOM_EMAIL", &login.email),
        ("RAFTAAR_EASYECOM_PASSWORD", &login.password),
        ("RAFTAAR_DTDC_API_KEY", &login.dtdc_api_key),
        ("RAFTAAR_DTDC_TRACK_USER", &login.dtdc_username),
        ("RAFTAAR_DTDC_TRACK_PASSWORD", &login.dtdc_password),
    ] {
        let _ = writeln!(out, "export {name}={value}");
    }
    out.push_str(ORIGIN);
    if !json {
        print::text(&out)?;
    }
    signals.stop().await;
    let report = sandbox.report();
    sandbox.stop().await;
    print::json(&report)?;
    Ok(if report.violations.is_empty() {
        Code::Done
    } else {
        Code::Bad
    })
}
