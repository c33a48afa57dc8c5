//! The configuration in the terms of engine, ledger and clients.

use std::time::Duration;

use rand::{RngCore, SeedableRng, rngs::StdRng};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    cli::{Code, Failure},
    config::{self, AwbSourceKind, Config},
    domain::{CarrierId, Clean, LocationKey},
    dtdc::{self, Dtdc},
    easyecom::{self, EasyEcom},
    http::{DownloadRules, Downloader, Http, HttpSettings},
    ledger::LedgerOptions,
    setup::{
        secrets::{Secret, Secrets},
        token::TokenFile,
    },
    worker::{
        EngineConfig, HttpRemotes, WallClock,
        config::{
            AwbConfig, FetchConfig, KeepConfig, Limits, ManifestConfig, Replay, SettleConfig,
            StockConfig, TrackingConfig,
        },
    },
};

/// The engine's settings.
pub fn engine_config(config: &Config) -> EngineConfig {
    let real = as_configured(config);
    if config.site.sandbox {
        hastened(real)
    } else {
        real
    }
}

/// Waits that no key sets, cut to what a sandbox on this machine needs.
fn hastened(real: EngineConfig) -> EngineConfig {
    let milli = Duration::from_millis;
    EngineConfig {
        sandbox: true,
        fetch: FetchConfig {
            min_gap: milli(500),
            ..real.fetch
        },
        limits: Limits {
            login_gap: milli(1100),
            ..real.limits
        },
        settle: SettleConfig {
            recheck: milli(1000),
            confirm_check: milli(2500),
            manifest_check: milli(500),
            ..real.settle
        },
        ..real
    }
}

fn as_configured(config: &Config) -> EngineConfig {
    let engine = &config.engine;
    EngineConfig {
        location: LocationKey::new(&config.site.location_key),
        name: Clean::new(&config.site.name),
        zone: config.site.zone.0,
        carrier_id: CarrierId(config.easyecom.company_carrier_id),
        courier: Clean::new(&config.easyecom.courier),
        by_hand: engine.steps_by_hand(),
        concurrency: engine.concurrency,
        fetch: FetchConfig {
            every: seconds(engine.poll_s),
            fresh_for: seconds(engine.fresh_for_s),
            fresh_for_manifest: seconds(engine.fresh_for_manifest_s),
            first_days: i64::from(engine.first_days),
            page_size: config.easyecom.page_size,
            ..EngineConfig::default().fetch
        },
        limits: limits(config),
        settle: settle(config),
        manifest: ManifestConfig {
            continuous: engine.manifest_continuous,
            linger: seconds(engine.manifest_linger_s),
            cut_offs: engine.cut_offs.iter().map(|time| time.0).collect(),
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
        stock: stock(config),
        awb: awb(config),
        keep: keep(config),
        seed: StdRng::from_os_rng().next_u64(),
        ..EngineConfig::default()
    }
}

fn limits(config: &Config) -> Limits {
    let rate = config.easyecom.rate();
    Limits {
        per_second: rate.per_second,
        burst: rate.burst,
        per_day: rate.per_day,
        margin: f64::from(config.easyecom.margin_percent) / 100.0,
        ..EngineConfig::default().limits
    }
}

fn settle(config: &Config) -> SettleConfig {
    let engine = &config.engine;
    SettleConfig {
        not_after: seconds(engine.timeouts.not_after_s),
        call_timeout: seconds(engine.timeouts.write_s),
        late_effect: seconds(engine.settle_s),
        booking_latency: config.dtdc.booking_latency_s.map(seconds),
        retry_first: seconds(engine.retry_first_s),
        retry_max: seconds(engine.retry_max_s),
        ..EngineConfig::default().settle
    }
}

fn stock(config: &Config) -> StockConfig {
    let stock = &config.inventory;
    StockConfig {
        path: (!stock.path.as_os_str().is_empty()).then(|| stock.path.clone()),
        setting_on: stock.update_available_only,
        watch_every: seconds(stock.watch_s),
        push_every: seconds(stock.push_s),
        read_every: seconds(stock.read_back_s),
        skus_per_push: stock.max_skus_per_push,
    }
}

fn awb(config: &Config) -> AwbConfig {
    let awb = &config.awb;
    AwbConfig {
        file: (awb.source == AwbSourceKind::File).then(|| awb.file.clone()),
        announce: awb.announce,
        low_water: awb.low_water,
        check_pin: config.dtdc.check_pin,
        reference_prefix: config.dtdc.reference_prefix.clone(),
    }
}

fn keep(config: &Config) -> KeepConfig {
    let backup = &config.backup;
    KeepConfig {
        backup_dir: (!backup.dir.as_os_str().is_empty()).then(|| backup.dir.clone()),
        backup_keep: backup.keep as usize,
        backup_every: seconds(u64::from(backup.every_h) * 3600),
        min_free: config.store.min_free_mib << 20,
    }
}

/// The ledger's options.
pub fn ledger_options(config: &Config) -> LedgerOptions {
    let store = &config.store;
    LedgerOptions {
        cache_bytes: store.cache_mib << 20,
        segment_bytes: store.segment_mib << 20,
        compact_times: store.compact_times,
        fresh_for_s: config.engine.fresh_for_s.cast_signed(),
        not_after: chrono::Duration::seconds(config.engine.timeouts.not_after_s.cast_signed()),
        stock_setting_on: config.inventory.update_available_only,
        zone: config.site.zone.0,
        ..LedgerOptions::new(
            config.data_dir(),
            LocationKey::new(&config.site.location_key),
        )
    }
}

/// The clients. Calls nobody.
pub fn remotes(config: &Config, secrets: &Secrets) -> Result<HttpRemotes, Failure> {
    let wrong =
        |section: &str, error: String| Failure::new(Code::Usage, format!("{section}: {error}"));
    let timeouts = &config.engine.timeouts;
    let http = |allow_http| {
        Http::new(&HttpSettings {
            connect_timeout: seconds(timeouts.connect_s),
            read_timeout: seconds(timeouts.read_s),
            write_timeout: seconds(timeouts.write_s),
            allow_http,
            ..HttpSettings::default()
        })
        .map_err(|error| wrong("http", error.to_string()))
    };
    let http_easyecom = http(config.easyecom.allow_http)?;
    let easyecom = EasyEcom::new(
        http_easyecom.clone(),
        config.easyecom.settings(),
        easyecom::Credentials {
            api_key: secret(secrets, Secret::EasyecomApiKey),
            email: plain(secrets, Secret::EasyecomEmail),
            password: secret(secrets, Secret::EasyecomPassword),
            location_key: LocationKey::new(&config.site.location_key),
        },
    )
    .map_err(|error| wrong("easyecom", error.to_string()))?;
    let dtdc = Dtdc::new(
        http(config.dtdc.allow_http)?,
        config.dtdc.settings(),
        dtdc::Credentials {
            api_key: secret(secrets, Secret::DtdcApiKey),
            tracking_username: plain(secrets, Secret::DtdcTrackUser),
            tracking_password: secret(secrets, Secret::DtdcTrackPassword),
            tracking_key: secrets.get(Secret::DtdcTrackKey).cloned(),
        },
    )
    .map_err(|error| wrong("dtdc", error.to_string()))?;
    let mut bases = vec![easyecom.base().clone()];
    bases.extend(dtdc.bases());
    let rules = DownloadRules {
        hosts: config.easyecom.document_hosts.clone(),
        bases,
    };
    let downloader = Downloader::new(http_easyecom.settings(), rules)
        .map_err(|error| wrong("easyecom.document_hosts", error.to_string()))?;
    // With a token of an earlier life there is nothing to wait for.
    let token_file = TokenFile::of(&config.data_dir());
    if let Some(kept) = token_file.read() {
        easyecom.import_token(&kept, chrono::Utc::now());
    }
    Ok(HttpRemotes {
        clock: WallClock::default(),
        easyecom,
        dtdc,
        downloader,
        token_file: Some(token_file),
    })
}

fn secret(secrets: &Secrets, which: Secret) -> SecretString {
    secrets.get(which).cloned().unwrap_or_default()
}

/// A user's name, which the clients do not treat as a secret.
fn plain(secrets: &Secrets, which: Secret) -> String {
    secret(secrets, which).expose_secret().to_owned()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unset_keys_leave_the_engine_at_its_defaults() {
        let from_file = EngineConfig {
            seed: 0,
            ..engine_config(&Config::default())
        };
        let mut own = EngineConfig::default();
        // The pickup stands in the file's defaults, since an operator has to see and change it.
        own.manifest
            .cut_offs
            .clone_from(&from_file.manifest.cut_offs);
        assert_eq!(format!("{from_file:?}"), format!("{own:?}"));
    }
}
