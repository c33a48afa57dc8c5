//! Settings under which days pass in a minute.

use std::{fmt::Write as _, fs, io, path::Path, time::Duration};

use super::DemoOptions;
use crate::{
    domain::{CarrierId, Clean, LocationKey},
    dtdc::{self, Dtdc},
    easyecom::{self, EasyEcom},
    http::{DownloadRules, Downloader, Http, HttpSettings},
    sandbox::{SandboxOptions, Tier},
    worker::{
        EngineConfig, HttpRemotes, WallClock,
        config::{
            AwbConfig, FetchConfig, Limits, ManifestConfig, Replay, SettleConfig, StockConfig,
            TrackingConfig,
        },
    },
};

/// The longest that the sandbox's late effects take; what is not there after this and the call's own
/// time will not come.
const LATE_MAX_S: f64 = 2.0;

/// The longest that a call may take here.
const CALL_TIMEOUT: Duration = Duration::from_secs(3);

/// Calls a second, at once and a day, where a day passes in seconds: a day's calls have to pass in them
/// too.
const COMPRESSED: (f64, f64, u64) = (400.0, 400.0, 50_000_000);

fn tier(options: &DemoOptions) -> Tier {
    match options.apart {
        Some(_) => Tier::Unlimited,
        None => Tier::Gold,
    }
}

/// Half a day of the parcels' time.
fn half_day(options: &DemoOptions) -> Duration {
    Duration::from_secs_f64(43_200.0 / options.speed)
}

pub(super) fn sandbox(options: &DemoOptions) -> SandboxOptions {
    let mut faults = options.faults.clone();
    faults.late_seconds = (0.1, LATE_MAX_S);
    faults.slow_seconds = (0.1, 4.0);
    faults.stale_seconds = 2.0;
    faults.retry_after_seconds = 1;
    SandboxOptions {
        orders: options.orders,
        seed: options.seed,
        speed: options.speed,
        arrival: options.arrival,
        tier: tier(options),
        faults,
        token_cooldown: Duration::from_secs(1),
        confirm_delay: Duration::from_secs(2),
        ..SandboxOptions::default()
    }
}

pub(super) fn engine(dir: &Path, options: &DemoOptions) -> EngineConfig {
    let milli = Duration::from_millis;
    let (per_second, burst, per_day) = tier(options).limits().unwrap_or(COMPRESSED);
    EngineConfig {
        location: LocationKey::new(&SandboxOptions::default().credentials.location_key),
        name: Clean::new("Demo warehouse"),
        sandbox: true,
        carrier_id: CarrierId(9001),
        courier: Clean::new("DTDC"),
        concurrency: 12,
        fetch: FetchConfig {
            every: milli(3000),
            min_gap: milli(500),
            fresh_for: milli(20_000),
            fresh_for_manifest: milli(5000),
            first_days: 7,
            // Its sandbox shows rows at once, but for what it is told to show late.
            overlap: Duration::from_secs(20),
            page_size: 250,
        },
        limits: Limits {
            per_second,
            burst,
            per_day: u32::try_from(per_day).unwrap_or(u32::MAX),
            margin: 0.2,
            login_gap: milli(1100),
        },
        settle: SettleConfig {
            not_after: milli(4000),
            call_timeout: CALL_TIMEOUT,
            late_effect: Duration::from_secs_f64(LATE_MAX_S * 2.0),
            booking_latency: Some(milli(500)),
            recheck: milli(1000),
            confirm_check: milli(2500),
            manifest_check: milli(500),
            retry_first: milli(300),
            retry_max: milli(5000),
        },
        manifest: ManifestConfig {
            continuous: true,
            linger: milli(3000),
            cut_offs: options.pickup.into_iter().collect(),
            lead: Duration::ZERO,
            batch_max: 100,
        },
        tracking: TrackingConfig {
            every: options
                .apart
                .as_ref()
                .map_or(milli(4000), |_| half_day(options)),
            replay: Replay::Each,
        },
        stock: StockConfig {
            path: Some(dir.join("stock")),
            setting_on: true,
            watch_every: milli(1000),
            push_every: milli(5000),
            read_every: milli(20_000),
            ..EngineConfig::default().stock
        },
        awb: AwbConfig {
            reference_prefix: String::new(),
            ..EngineConfig::default().awb
        },
        seed: options.seed,
        ..EngineConfig::default()
    }
}

/// A count of the warehouse's shelves, a little off what EasyEcom shows.
pub(super) fn stock_file(stock: Vec<(String, i64)>, dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut text = String::from("sku,quantity\n");
    for (n, (sku, available)) in stock.into_iter().enumerate() {
        let quantity = (available + (n as i64 % 7) - 2).max(0);
        let sku = sku.replace('"', "\"\"");
        let _ = writeln!(text, "\"{sku}\",{quantity}");
    }
    fs::write(dir.join("count.csv"), text)
}

/// The remotes, all of them the sandbox at `url`.
pub(super) fn remotes(url: &str) -> Result<HttpRemotes, String> {
    let keys = SandboxOptions::default().credentials;
    let url = url.to_owned();
    let http = Http::new(&HttpSettings {
        connect_timeout: CALL_TIMEOUT,
        read_timeout: CALL_TIMEOUT,
        write_timeout: CALL_TIMEOUT,
        ..HttpSettings::default()
    })
    .map_err(|e| e.to_string())?;
    let easyecom = EasyEcom::new(
        http.clone(),
        easyecom::Settings {
            base_url: url.clone(),
            ..easyecom::Settings::default()
        },
        easyecom::Credentials {
            api_key: keys.x_api_key.into(),
            email: keys.email,
            password: keys.password.into(),
            location_key: LocationKey::new(&keys.location_key),
        },
    )
    .map_err(|e| e.to_string())?;
    let dtdc = Dtdc::new(
        http.clone(),
        dtdc::Settings {
            booking_url: url.clone(),
            label_url: url.clone(),
            tracking_url: url.clone(),
            pincode_url: url,
            customer_code: keys.dtdc_customer_code,
            origin: dtdc::Origin {
                name: "Demo warehouse".to_owned(),
                phone: "9000000000".to_owned(),
                address_1: "1 Demo Road".to_owned(),
                address_2: String::new(),
                city: "Pune".to_owned(),
                state: "Maharashtra".to_owned(),
                pincode: "411001".to_owned(),
            },
            ..dtdc::Settings::default()
        },
        dtdc::Credentials {
            api_key: keys.dtdc_api_key.into(),
            tracking_username: keys.dtdc_username,
            tracking_password: keys.dtdc_password.into(),
            tracking_key: None,
        },
    )
    .map_err(|e| e.to_string())?;
    let bases = vec![easyecom.base().clone()];
    let downloader = Downloader::new(http.settings(), DownloadRules::with_bases(bases))
        .map_err(|e| e.to_string())?;
    Ok(HttpRemotes {
        clock: WallClock::default(),
        easyecom,
        dtdc,
        downloader,
        token_file: None,
    })
}
