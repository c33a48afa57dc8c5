//! From the configuration to what each module is started with.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{Code, Failure};
use crate::{
    config::{self, AwbSourceKind, Config},
    domain::{CarrierId, Clean, LocationKey},
    dtdc::{self, Dtdc},
    easyecom::{self, EasyEcom},
    http::{BaseUrl, DownloadRules, Downloader, Http, HttpSettings},
    ledger::LedgerOptions,
    setup::secrets::{Secret, Secrets},
    worker::{
        EngineConfig, HttpRemotes,
        config::{
            AwbConfig, FetchConfig, Limits, ManifestConfig, Replay, SettleConfig, StockConfig,
            TrackingConfig,
        },
    },
};

/// sled's cache; its own default would be 1 GiB.
const CACHE_BYTES: u64 = 64 << 20;

/// The engine's settings.
pub fn engine(config: &Config, sandbox: bool) -> EngineConfig {
    let defaults = EngineConfig::default();
    let seconds = Duration::from_secs;
    let engine = &config.engine;
    let rate = config.easyecom.rate();
    EngineConfig {
        location: LocationKey::new(&config.site.location_key),
        name: Clean::new(&config.site.name),
        zone: config.site.zone.0,
        sandbox,
        carrier_id: CarrierId(config.easyecom.company_carrier_id),
        courier: Clean::new(&config.easyecom.courier),
        by_hand: engine.steps_by_hand(),
        concurrency: engine.concurrency,
        fetch: FetchConfig {
            every: seconds(engine.poll_s),
            min_gap: if sandbox {
                Duration::from_millis(500)
            } else {
                defaults.fetch.min_gap
            },
            fresh_for: seconds(engine.fresh_for_s),
            fresh_for_manifest: seconds(engine.fresh_for_manifest_s),
            first_days: i64::from(engine.first_days),
            page_size: u16::try_from(config.easyecom.page_size).unwrap_or(u16::MAX),
        },
        limits: Limits {
            per_second: rate.per_second,
            burst: rate.burst,
            per_day: rate.per_day,
            margin: f64::from(config.easyecom.margin_percent) / 100.0,
            login_gap: if sandbox {
                Duration::from_millis(1100)
            } else {
                defaults.limits.login_gap
            },
        },
        settle: settle(config, sandbox),
        manifest: ManifestConfig {
            continuous: engine.manifest_continuous,
            linger: seconds(engine.manifest_linger_s),
            cut_offs: engine.cut_offs.iter().map(|t| t.0).collect(),
            lead: seconds(engine.cut_off_lead_s),
            batch_max: engine.manifest_batch_max,
        },
        tracking: TrackingConfig {
            every: seconds(engine.tracking_poll_s),
            replay: match engine.tracking_replay {
                config::Replay::Each => Replay::Each,
                config::Replay::Latest => Replay::Latest,
            },
        },
        stock: StockConfig {
            path: Some(config.inventory.path.clone()).filter(|p| !p.as_os_str().is_empty()),
            setting_on: config.inventory.update_available_only,
            watch_every: seconds(config.inventory.watch_s),
            push_every: seconds(config.inventory.push_s),
            read_every: seconds(config.inventory.read_back_s),
            skus_per_push: config.inventory.max_skus_per_push,
        },
        awb: AwbConfig {
            file: (config.awb.source == AwbSourceKind::File).then(|| config.awb.file.clone()),
            announce: config.awb.announce,
            low_water: config.awb.low_water,
            check_pin: config.dtdc.check_pin,
            reference_prefix: config.dtdc.reference_prefix.clone(),
        },
        seed: seed(),
        ..defaults
    }
}

/// Jitter differs from one life to the next.
fn seed() -> u64 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos() as u64)
}

fn settle(config: &Config, sandbox: bool) -> SettleConfig {
    let defaults = EngineConfig::default().settle;
    let seconds = Duration::from_secs;
    let engine = &config.engine;
    // The sandbox confirms and manifests in a second or two.
    let quick = |otherwise: Duration| if sandbox { seconds(2) } else { otherwise };
    SettleConfig {
        not_after: seconds(engine.timeouts.not_after_s),
        call_timeout: seconds(engine.timeouts.write_s),
        late_effect: seconds(engine.settle_s),
        booking_latency: config.dtdc.booking_latency_s.map(seconds),
        recheck: quick(defaults.recheck),
        confirm_check: quick(defaults.confirm_check),
        manifest_check: quick(defaults.manifest_check),
        retry_first: seconds(engine.retry_first_s),
        retry_max: seconds(engine.retry_max_s),
    }
}

/// The ledger's settings.
pub fn ledger(config: &Config, engine: &EngineConfig) -> LedgerOptions {
    LedgerOptions {
        dir: config.data_dir(),
        location: engine.location.clone(),
        cache_bytes: CACHE_BYTES,
        fresh_for_s: engine.fetch.fresh_for.as_secs().cast_signed(),
        not_after: chrono::Duration::from_std(engine.settle.not_after).unwrap_or_default(),
        stock_setting_on: engine.stock.setting_on,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The remotes over HTTP.
pub fn remotes(config: &Config, secrets: &Secrets) -> Result<HttpRemotes, Failure> {
    let fail = |e: crate::http::HttpError| Failure::new(Code::Usage, e.to_string());
    let seconds = Duration::from_secs;
    let timeouts = &config.engine.timeouts;
    let limits = |allow_http| HttpSettings {
        connect_timeout: seconds(timeouts.connect_s),
        read_timeout: seconds(timeouts.read_s),
        write_timeout: seconds(timeouts.write_s),
        allow_http,
        ..HttpSettings::default()
    };
    let to_easyecom = Http::new(&limits(config.easyecom.allow_http)).map_err(fail)?;
    let to_dtdc = Http::new(&limits(config.dtdc.allow_http)).map_err(fail)?;
    let easyecom = EasyEcom::new(
        to_easyecom.clone(),
        easyecom_settings(config),
        easyecom_login(config, secrets),
    )
    .map_err(fail)?;
    let dtdc = Dtdc::new(to_dtdc, dtdc_settings(config), dtdc_login(secrets)).map_err(fail)?;
    let mut bases: Vec<BaseUrl> = vec![easyecom.base().clone()];
    bases.extend(dtdc.bases());
    let mut rules = DownloadRules::with_bases(bases);
    rules.hosts.clone_from(&config.easyecom.document_hosts);
    let downloader = Downloader::new(to_easyecom.settings(), rules).map_err(fail)?;
    Ok(HttpRemotes {
        easyecom,
        dtdc,
        downloader,
    })
}

fn secret(secrets: &Secrets, which: Secret) -> SecretString {
    secrets.get(which).cloned().unwrap_or_default()
}

fn plain(secrets: &Secrets, which: Secret) -> String {
    secret(secrets, which).expose_secret().to_owned()
}

fn easyecom_settings(config: &Config) -> easyecom::Settings {
    let ours = &config.easyecom;
    let paths = &ours.paths;
    easyecom::Settings {
        base_url: ours.base_url.clone(),
        paths: easyecom::Paths {
            token: paths.token.clone(),
            orders: paths.orders.clone(),
            order_details: paths.order_details.clone(),
            assign: paths.assign.clone(),
            confirm: paths.confirm.clone(),
            document: paths.document.clone(),
            manifest: paths.manifest.clone(),
            tracking: paths.tracking.clone(),
            track_read: paths.tracking_read.clone(),
            inventory_bulk: paths.bulk_inventory.clone(),
            inventory_read: paths.inventory_read.clone(),
            ..easyecom::Paths::default()
        },
        confirm_verb: match ours.confirm_verb {
            config::ConfirmVerb::Post => easyecom::ConfirmVerb::Post,
            config::ConfirmVerb::Get => easyecom::ConfirmVerb::Get,
        },
        assign_encoding: match ours.assign_encoding {
            config::AssignEncoding::Form => easyecom::AssignEncoding::Form,
            _ => easyecom::AssignEncoding::Json,
        },
        page_size: u16::try_from(ours.page_size).unwrap_or(u16::MAX),
        ..easyecom::Settings::default()
    }
}

fn easyecom_login(config: &Config, secrets: &Secrets) -> easyecom::Credentials {
    easyecom::Credentials {
        api_key: secret(secrets, Secret::EasyecomApiKey),
        email: plain(secrets, Secret::EasyecomEmail),
        password: secret(secrets, Secret::EasyecomPassword),
        location_key: LocationKey::new(&config.site.location_key),
    }
}

fn dtdc_settings(config: &Config) -> dtdc::Settings {
    let ours = &config.dtdc;
    let origin = &ours.origin;
    dtdc::Settings {
        booking_url: ours.urls.booking.clone(),
        label_url: ours.urls.booking.clone(),
        tracking_url: ours.urls.tracking.clone(),
        pincode_url: ours.urls.pincode.clone(),
        customer_code: ours.customer_code.clone(),
        service_type_id: ours.service_type_id.clone(),
        commodity_id: ours.commodity_id.clone(),
        label_code: ours.label_code.clone(),
        origin: dtdc::Origin {
            name: origin.name.clone(),
            phone: origin.phone.clone(),
            address_1: origin.address_line_1.clone(),
            address_2: origin.address_line_2.clone(),
            city: origin.city.clone(),
            state: origin.state.clone(),
            pincode: origin.pincode.clone(),
        },
        ..dtdc::Settings::default()
    }
}

fn dtdc_login(secrets: &Secrets) -> dtdc::Credentials {
    dtdc::Credentials {
        api_key: secret(secrets, Secret::DtdcApiKey),
        tracking_username: plain(secrets, Secret::DtdcTrackUser),
        tracking_password: secret(secrets, Secret::DtdcTrackPassword),
        tracking_key: secrets.get(Secret::DtdcTrackKey).cloned(),
    }
}
