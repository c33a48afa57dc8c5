//! The demo's warehouse: a sandbox, and a configuration that points at it and hurries.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{
    cli::args::DemoArgs,
    config::{Config, Tier},
    sandbox::{self, Credentials, FaultPlan, SandboxOptions},
    setup::secrets::{Secret, Secrets},
};

/// The sandbox. Its key is of the largest tier: 200 orders need more calls than a new key has in a day.
pub fn options(args: &DemoArgs) -> SandboxOptions {
    SandboxOptions {
        orders: args.orders as usize,
        seed: args.seed,
        speed: args.speed,
        tier: sandbox::Tier::Diamond,
        faults: args.faults.map_or_else(FaultPlan::none, FaultPlan::rough),
        ..SandboxOptions::default()
    }
}

/// The sandbox's logins.
pub fn secrets(login: &Credentials) -> Secrets {
    Secrets::given([
        (Secret::EasyecomApiKey, login.x_api_key.clone()),
        (Secret::EasyecomEmail, login.email.clone()),
        (Secret::EasyecomPassword, login.password.clone()),
        (Secret::DtdcApiKey, login.dtdc_api_key.clone()),
        (Secret::DtdcTrackUser, login.dtdc_username.clone()),
        (Secret::DtdcTrackPassword, login.dtdc_password.clone()),
    ])
}

/// The configuration. Times are as short as the sandbox is fast; the latest effect that its faults make
/// comes 20 s after the call, so the settle time is longer than that.
pub fn config(args: &DemoArgs, sandbox: &SandboxOptions, url: &str, data: &Path) -> Config {
    let mut config = Config::default();
    config
        .site
        .location_key
        .clone_from(&sandbox.credentials.location_key);
    "Demo warehouse".clone_into(&mut config.site.name);
    data.clone_into(&mut config.site.data_dir);
    let easyecom = &mut config.easyecom;
    url.clone_into(&mut easyecom.base_url);
    easyecom.tier = Tier::Diamond;
    easyecom.paths.document.clone_from(&sandbox.paths.document);
    easyecom.paths.manifest.clone_from(&sandbox.paths.manifest);
    easyecom
        .paths
        .bulk_inventory
        .clone_from(&sandbox.paths.bulk_inventory);
    easyecom.document_hosts = vec!["127.0.0.1".to_owned()];
    if let Some(carrier) = sandbox.carriers.first() {
        easyecom.company_carrier_id = carrier.company_carrier_id;
        easyecom.courier.clone_from(&carrier.courier);
    }
    let dtdc = &mut config.dtdc;
    for address in [
        &mut dtdc.urls.booking,
        &mut dtdc.urls.tracking,
        &mut dtdc.urls.pincode,
    ] {
        url.clone_into(address);
    }
    dtdc.customer_code
        .clone_from(&sandbox.credentials.dtdc_customer_code);
    "B2C SMART EXPRESS".clone_into(&mut dtdc.service_type_id);
    "Demo warehouse".clone_into(&mut dtdc.origin.name);
    "9000000000".clone_into(&mut dtdc.origin.phone);
    "1 Demo Road".clone_into(&mut dtdc.origin.address_line_1);
    "560001".clone_into(&mut dtdc.origin.pincode);
    "Bengaluru".clone_into(&mut dtdc.origin.city);
    "Karnataka".clone_into(&mut dtdc.origin.state);
    dtdc.booking_latency_s = Some(30);
    let engine = &mut config.engine;
    engine.poll_s = 5;
    engine.fresh_for_s = 30;
    engine.settle_s = if args.faults.is_some() { 25 } else { 5 };
    engine.timeouts.write_s = 10;
    engine.timeouts.read_s = 10;
    engine.manifest_linger_s = 3;
    engine.tracking_poll_s = 5;
    engine.retry_first_s = 1;
    engine.retry_max_s = 10;
    config.inventory.path = data.with_file_name("stock.csv");
    config.inventory.update_available_only = true;
    config.inventory.push_s = 5;
    config.inventory.read_back_s = 15;
    config
}

/// A count of the warehouse, a little off from what EasyEcom shows.
pub fn stock_file(path: &PathBuf, shown: &[(String, i64)]) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let mut rows = vec!["sku,quantity".to_owned()];
    rows.extend(
        shown
            .iter()
            .zip(0_i64..)
            .map(|((sku, pieces), i)| format!("{sku},{}", pieces + i % 7)),
    );
    std::fs::write(path, rows.join("\n") + "\n")
}
