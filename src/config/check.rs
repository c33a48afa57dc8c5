//! Values that parse but make no sense: each with the range that is allowed and what it is for.

use std::{fmt::Display, ops::RangeInclusive};

use super::{Config, Problem};
use crate::http::{AddressError, AddressFault, BaseUrl};

/// Problems found so far.
struct Check<'a> {
    origin: &'a dyn Fn(&str) -> String,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn wrong(&mut self, key: &str, says: String) {
        self.problems.push(Problem {
            at: (self.origin)(key),
            key: key.to_owned(),
            says,
        });
    }

    fn range<T: PartialOrd + Display>(
        &mut self,
        key: &str,
        value: T,
        allowed: RangeInclusive<T>,
        why: &str,
    ) {
        if !allowed.contains(&value) {
            let (from, to) = allowed.into_inner();
            self.wrong(
                key,
                format!("{value} is out of range; {from} to {to} is allowed ({why})"),
            );
        }
    }

    fn url(&mut self, key: &str, text: &str, allow_http: bool) {
        let Err(AddressError { shown, fault }) = BaseUrl::parse(text, allow_http) else {
            return;
        };
        let says = match fault {
            AddressFault::Shape => format!("{shown:?} is no address; write https://host"),
            AddressFault::Credentials => "a user or password has no place in an address; secrets are looked up elsewhere (see `raftaar doctor`)".to_owned(),
            AddressFault::Query => format!("{shown:?} must not be followed by a query; end the address before the first `?` or `#`"),
            AddressFault::Plain => {
                let section = key.split('.').next().unwrap_or(key);
                format!("{shown:?} is not encrypted; write https://, or set {section}.allow_http = true for a test set-up")
            }
            AddressFault::Scheme => format!("{shown:?} is no web address; write https://…"),
        };
        self.wrong(key, says);
    }
}

/// Every path with its key.
fn paths(paths: &crate::easyecom::Paths) -> [(&'static str, &str); 12] {
    [
        ("token", &paths.token),
        ("orders", &paths.orders),
        ("order_details", &paths.order_details),
        ("assign", &paths.assign),
        ("confirm", &paths.confirm),
        ("document", &paths.document),
        ("manifest", &paths.manifest),
        ("tracking", &paths.tracking),
        ("track_read", &paths.track_read),
        ("inventory_bulk", &paths.inventory_bulk),
        ("inventory_read", &paths.inventory_read),
        ("locations", &paths.locations),
    ]
}

/// All problems of `config`; `origin` says who set a key.
pub(super) fn check(config: &Config, origin: &dyn Fn(&str) -> String) -> Vec<Problem> {
    let mut check = Check {
        origin,
        problems: Vec::new(),
    };
    remotes(&mut check, config);
    sandbox(&mut check, config);
    engine(&mut check, config);
    rest(&mut check, config);
    check.problems
}

/// Short waits are for a sandbox alone: at a real remote they could buy a second shipment.
fn sandbox(check: &mut Check<'_>, config: &Config) {
    if !config.site.sandbox {
        return;
    }
    let urls = &config.dtdc.urls;
    for (key, url) in [
        ("easyecom.base_url", &config.easyecom.base_url),
        ("dtdc.urls.booking", &urls.booking),
        ("dtdc.urls.label", &urls.label),
        ("dtdc.urls.tracking", &urls.tracking),
        ("dtdc.urls.pincode", &urls.pincode),
    ] {
        if BaseUrl::parse(url, true).is_ok_and(|base| !base.is_loopback()) {
            check.wrong(
                key,
                format!("{url:?} is not on this machine, and site.sandbox = true is for `raftaar sandbox` alone; point it at the sandbox, or set site.sandbox = false"),
            );
        }
    }
}

fn remotes(check: &mut Check<'_>, config: &Config) {
    let easyecom = &config.easyecom;
    check.url("easyecom.base_url", &easyecom.base_url, easyecom.allow_http);
    for (name, path) in paths(&easyecom.paths) {
        if !path.starts_with('/') || path.contains([' ', '?', '#']) {
            check.wrong(
                &format!("easyecom.paths.{name}"),
                format!("{path:?} is no path; it begins with `/` and has no query"),
            );
        }
    }
    if let Some(rate) = easyecom.per_second {
        check.range("easyecom.per_second", rate, 0.1..=100.0, "calls a second");
    }
    if let Some(burst) = easyecom.burst {
        check.range("easyecom.burst", burst, 1.0..=200.0, "calls at once");
    }
    if let Some(day) = easyecom.per_day {
        check.range("easyecom.per_day", day, 10..=10_000_000, "calls a day");
    }
    check.range(
        "easyecom.margin_percent",
        easyecom.margin_percent,
        0..=90,
        "share of the rate left unused",
    );
    check.range(
        "easyecom.page_size",
        easyecom.page_size,
        1..=crate::easyecom::ORDERS_PER_PAGE_MAX,
        "EasyEcom gives at most 250 rows a page",
    );
    if config
        .site
        .location_key
        .chars()
        .any(|c| !c.is_ascii_alphanumeric())
    {
        check.wrong(
            "site.location_key",
            format!(
                "{:?} is no location key; it has letters and digits only, such as ab1234567890",
                config.site.location_key
            ),
        );
    }
    let dtdc = &config.dtdc;
    check.url("dtdc.urls.booking", &dtdc.urls.booking, dtdc.allow_http);
    check.url("dtdc.urls.label", &dtdc.urls.label, dtdc.allow_http);
    check.url("dtdc.urls.tracking", &dtdc.urls.tracking, dtdc.allow_http);
    check.url("dtdc.urls.pincode", &dtdc.urls.pincode, dtdc.allow_http);
    if let Some(latency) = dtdc.booking_latency_s {
        check.range(
            "dtdc.booking_latency_s",
            latency,
            1..=604_800,
            "seconds until a booking appears in tracking; leave it out if DTDC has not told you",
        );
    }
    let pin = &dtdc.origin.pincode;
    if !pin.is_empty() && (pin.len() != 6 || !pin.bytes().all(|b| b.is_ascii_digit())) {
        check.wrong(
            "dtdc.origin.pincode",
            format!("{pin:?} is no PIN code; it has six digits"),
        );
    }
    if !dtdc
        .reference_prefix
        .bytes()
        .all(|b| b.is_ascii_alphanumeric())
        || dtdc.reference_prefix.len() > 8
    {
        check.wrong(
            "dtdc.reference_prefix",
            format!(
                "{:?} is no prefix; at most 8 letters and digits",
                dtdc.reference_prefix
            ),
        );
    }
}

fn engine(check: &mut Check<'_>, config: &Config) {
    let engine = &config.engine;
    check.range(
        "engine.concurrency",
        engine.concurrency,
        1..=64,
        "orders worked on at once",
    );
    check.range(
        "engine.poll_s",
        engine.poll_s,
        2..=3600,
        "seconds; each read costs a call",
    );
    check.range(
        "engine.fresh_for_s",
        engine.fresh_for_s,
        5..=3600,
        "seconds",
    );
    check.range(
        "engine.fresh_for_manifest_s",
        engine.fresh_for_manifest_s,
        5..=3600,
        "seconds",
    );
    check.range("engine.first_days", engine.first_days, 1..=90, "days");
    check.range(
        "engine.settle_s",
        engine.settle_s,
        2..=3600,
        "seconds; shorter risks a second shipment",
    );
    check.range(
        "engine.timeouts.connect_s",
        engine.timeouts.connect_s,
        1..=60,
        "seconds",
    );
    check.range(
        "engine.timeouts.read_s",
        engine.timeouts.read_s,
        2..=300,
        "seconds",
    );
    check.range(
        "engine.timeouts.write_s",
        engine.timeouts.write_s,
        5..=300,
        "seconds; shorter than the slowest success makes outcomes unknown",
    );
    check.range(
        "engine.timeouts.not_after_s",
        engine.timeouts.not_after_s,
        1..=60,
        "seconds",
    );
    check.range(
        "engine.cut_off_lead_s",
        engine.cut_off_lead_s,
        0..=14_400,
        "seconds",
    );
    check.range(
        "engine.manifest_linger_s",
        engine.manifest_linger_s,
        0..=3600,
        "seconds",
    );
    check.range(
        "engine.manifest_batch_max",
        engine.manifest_batch_max,
        1..=1000,
        "AWBs in one call",
    );
    check.range(
        "engine.tracking_poll_s",
        engine.tracking_poll_s,
        5..=86_400,
        "seconds",
    );
    check.range(
        "engine.retry_first_s",
        engine.retry_first_s,
        1..=300,
        "seconds",
    );
    check.range(
        "engine.retry_max_s",
        engine.retry_max_s,
        1..=86_400,
        "seconds",
    );
    if engine.retry_max_s < engine.retry_first_s {
        check.wrong(
            "engine.retry_max_s",
            format!(
                "{} is less than engine.retry_first_s ({})",
                engine.retry_max_s, engine.retry_first_s
            ),
        );
    }
}

fn rest(check: &mut Check<'_>, config: &Config) {
    let stock = &config.inventory;
    check.range("inventory.watch_s", stock.watch_s, 1..=3600, "seconds");
    check.range("inventory.push_s", stock.push_s, 5..=86_400, "seconds");
    check.range(
        "inventory.read_back_s",
        stock.read_back_s,
        1..=604_800,
        "seconds",
    );
    check.range(
        "inventory.max_skus_per_push",
        stock.max_skus_per_push,
        1..=500,
        "the batch limit is not known; 50 is used without trouble",
    );
    if let Some(hold) = config.console.esc_hold_ms {
        check.range("console.esc_hold_ms", hold, 0..=1000, "milliseconds");
    }
    check.range(
        "console.loud_after_min",
        config.console.loud_after_min,
        1..=10_080,
        "minutes",
    );
    for (name, rings) in [
        ("console.bell_ok", config.console.bell_ok),
        ("console.bell_wrong", config.console.bell_wrong),
        ("console.bell_twice", config.console.bell_twice),
        ("console.bell_needs_you", config.console.bell_needs_you),
    ] {
        check.range(name, rings, 0..=5, "rings");
    }
    let prefix = &config.console.scan_prefix;
    if prefix.chars().count() > 1
        || prefix
            .chars()
            .any(|c| c.is_alphanumeric() || c.is_control())
    {
        check.wrong(
            "console.scan_prefix",
            "must be one sign that is no letter, digit or control character, such as ~ or §"
                .to_owned(),
        );
    }
    check.range("log.keep_days", config.log.keep_days, 1..=3650, "days");
    let store = &config.store;
    check.range("store.cache_mib", store.cache_mib, 8..=16_384, "MiB");
    check.range("store.segment_mib", store.segment_mib, 1..=4_096, "MiB");
    check.range("store.archive_days", store.archive_days, 0..=3_650, "days");
    check.range(
        "store.compact_times",
        store.compact_times,
        2..=1000,
        "times",
    );
    check.range(
        "store.min_free_mib",
        store.min_free_mib,
        0..=1_048_576,
        "MiB",
    );
    check.range("backup.keep", config.backup.keep, 1..=1000, "copies");
    check.range("backup.every_h", config.backup.every_h, 1..=720, "hours");
}
