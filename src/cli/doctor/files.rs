//! Files and folders.

use std::{os::unix::fs::MetadataExt, path::Path};

use super::{Check, State};
use crate::{
    config::{AwbSourceKind, Config, Loaded},
    console,
    setup::{
        data::{self, DataFault, DiskKind, FREE_MIN_BYTES},
        secrets::{Secret, Secrets, SecretsError},
    },
};

/// The file.
pub fn configuration(loaded: &Loaded) -> Check {
    if let Some(file) = &loaded.file {
        Check::ok("configuration", format!("{} is read", file.display()))
    } else {
        let places: Vec<_> = loaded
            .looked_for
            .iter()
            .map(|p| p.display().to_string())
            .collect();
        Check::warn(
            "configuration",
            format!("no file at {}", places.join(" or ")),
            "copy assets/raftaar.example.toml there, or name one with --config",
        )
    }
}

/// The data folder and its disk.
pub fn data_folder(path: &Path) -> Vec<Check> {
    const NAME: &str = "data folder";
    let shown = path.display();
    let folder = match data::judge(path) {
        Ok(mode) if mode & 0o010 != 0 => Check::ok(
            NAME,
            format!("{shown}, mode {mode:04o}: its group may attach to the engine"),
        ),
        Ok(mode) => Check::ok(
            NAME,
            format!(
                "{shown}, mode {mode:04o}: only this user may attach (chmod 0710 and chgrp for a group)"
            ),
        ),
        Err(error) => match &error.fault {
            DataFault::Io(why) if why.kind() == std::io::ErrorKind::NotFound => {
                return vec![Check::warn(
                    NAME,
                    format!("{shown} does not exist yet"),
                    "`raftaar serve` makes it",
                )];
            }
            DataFault::Io(_) => return vec![Check::bad(NAME, error.found(), &error.advice())],
            _ => Check::bad(NAME, error.found(), &error.advice()),
        },
    };
    vec![folder, disk(path)]
}

fn disk(path: &Path) -> Check {
    const NAME: &str = "disk";
    let disk = match data::disk(path) {
        Ok(disk) => disk,
        Err(error) => return Check::warn(NAME, error, "see to the disk"),
    };
    let free = format!(
        "{:.1} GiB free",
        disk.free_bytes as f64 / f64::from(1_u32 << 30)
    );
    if disk.free_bytes < FREE_MIN_BYTES {
        return Check::bad(
            NAME,
            free,
            "make room; the engine stops when the journal cannot be written",
        );
    }
    match disk.kind {
        DiskKind::Local(kind) => Check::ok(NAME, format!("{kind}, {free}")),
        DiskKind::Other => Check::warn(
            NAME,
            format!("a file system that is not known here, {free}"),
            "ext4 and xfs are tried",
        ),
        DiskKind::Doubtful(kind) => Check::warn(
            NAME,
            format!("{kind}, {free}"),
            "the store has known trouble on it; ext4 and xfs are tried",
        ),
        DiskKind::Unfit(kind) => Check::bad(
            NAME,
            format!("{kind}, {free}"),
            "it loses what it was given or cannot lock; use a local disk",
        ),
    }
}

/// Secrets: present, and where; never what they are.
pub fn secrets(secrets: Result<&Secrets, &SecretsError>) -> Vec<Check> {
    let secrets = match secrets {
        Ok(secrets) => secrets,
        Err(error) => {
            return vec![Check::bad(
                "secrets",
                error,
                "do as it says; until then no secret is read",
            )];
        }
    };
    let missing = secrets.missing();
    Secret::ALL
        .into_iter()
        .filter_map(|secret| match secrets.place(secret) {
            Some(place) => Some(Check::ok(secret.title(), format!("from {place}"))),
            None if missing.contains(&secret) => Some(Check::bad(
                secret.title(),
                "missing",
                &format!(
                    "set {} or {} in secrets.toml",
                    secret.variable(),
                    secret.key()
                ),
            )),
            None => None,
        })
        .collect()
}

/// The file of allotted numbers.
pub fn awb(config: &Config) -> Vec<Check> {
    const NAME: &str = "AWB numbers";
    if config.awb.source == AwbSourceKind::Dtdc {
        return vec![Check::ok(NAME, "allocated by DTDC's booking")];
    }
    let file = &config.awb.file;
    let list = match crate::files::read_allotted(file) {
        Ok(list) => list,
        Err(error) => {
            let advice = "put DTDC's allotted numbers there, one a line";
            return vec![Check::bad(NAME, error, advice)];
        }
    };
    let mut checks = vec![match list.problems.first() {
        None => Check::ok(
            NAME,
            format!("{} has {} numbers", file.display(), list.numbers.len()),
        ),
        Some(first) => {
            let found = format!(
                "{} numbers, {} lines that are none; {first}",
                list.numbers.len(),
                list.problems.len()
            );
            Check::warn(NAME, found, "correct these lines")
        }
    }];
    let mut strange = list.numbers.iter().filter(|awb| !awb.looks_like_dtdc());
    if let Some(first) = strange.next() {
        checks.push(Check::warn(
            NAME,
            format!(
                "{} of them do not look like DTDC's; the first is {first}",
                1 + strange.count()
            ),
            "compare them with what DTDC allotted; they are used as they stand",
        ));
    }
    checks
}

/// The stock path and EasyEcom's setting.
pub fn inventory(config: &Config) -> Check {
    const NAME: &str = "inventory";
    let stock = &config.inventory;
    if stock.path.as_os_str().is_empty() {
        return Check::warn(
            NAME,
            "no stock file is configured: no quantities are pushed",
            "set inventory.path",
        );
    }
    if !stock.path.exists() {
        return Check::bad(
            NAME,
            format!("{} does not exist", stock.path.display()),
            "make the folder, or correct inventory.path",
        );
    }
    if !stock.update_available_only {
        return Check::warn(
            NAME,
            "\"Update Available Inventory Only\" is not known to be ON: nothing is pushed",
            "switch it on at EasyEcom (Account Settings, Other Settings), then set inventory.update_available_only = true",
        );
    }
    Check::ok(
        NAME,
        format!(
            "{}; \"Update Available Inventory Only\" is said to be ON",
            stock.path.display()
        ),
    )
}

/// Copies of the store.
pub fn backup(config: &Config) -> Check {
    const NAME: &str = "backup";
    let dir = &config.backup.dir;
    if dir.as_os_str().is_empty() {
        return Check::warn(NAME, "none", "set backup.dir, better on another disk");
    }
    let device = |path: &Path| std::fs::metadata(path).map(|meta| meta.dev()).ok();
    match (device(dir), device(&config.site.data_dir)) {
        (None, _) => Check::bad(
            NAME,
            format!("{} cannot be looked at", dir.display()),
            "make the folder",
        ),
        (Some(one), Some(other)) if one == other => Check::warn(
            NAME,
            format!("{} is on the same disk as the data", dir.display()),
            "use another disk",
        ),
        _ => Check::ok(NAME, dir.display()),
    }
}

/// The operator's own keymap.
pub fn keymap(loaded: &Loaded) -> Vec<Check> {
    const NAME: &str = "keymap";
    let Some(file) = loaded.keymap_file() else {
        return vec![Check::ok(NAME, "built in")];
    };
    let name = file.display().to_string();
    match std::fs::read_to_string(&file) {
        Ok(text) => {
            let (_, problems) = console::keymap_overlay(&name, &text);
            if problems.is_empty() {
                return vec![Check::ok(NAME, name)];
            }
            let advice = "its command keeps the default keys; `raftaar keymap print` shows them";
            problems
                .iter()
                .map(|problem| Check::new(State::Warn, NAME, &problem.says, advice))
                .collect()
        }
        Err(error) => vec![Check::warn(
            NAME,
            format!("{name}: {error}"),
            "correct console.keymap",
        )],
    }
}
