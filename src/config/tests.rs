//! Each file in `tests/config` is a test; `# expect:` lines of an invalid one stand in its message.

use std::path::{Path, PathBuf};

use super::*;

fn files(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/config")
        .join(kind);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn of_file(path: &Path) -> Sources {
    Sources {
        flag: Some(path.to_owned()),
        cwd: PathBuf::from("/cwd"),
        ..Sources::default()
    }
}

#[test]
fn valid_files_load() {
    for path in files("valid") {
        if let Err(error) = load(&of_file(&path)) {
            panic!("{}: {error}", path.display());
        }
    }
}

#[test]
fn invalid_files_say_what_is_wrong_and_where() {
    for path in files("invalid") {
        let text = std::fs::read_to_string(&path).expect("readable");
        let says = load(&of_file(&path))
            .expect_err(&path.display().to_string())
            .to_string();
        let expected: Vec<_> = text
            .lines()
            .filter_map(|l| l.strip_prefix("# expect: "))
            .collect();
        assert!(!expected.is_empty(), "{} expects nothing", path.display());
        for expect in expected {
            assert!(
                says.contains(expect),
                "{}\nsays    {says}\nexpects {expect}",
                path.display()
            );
        }
        assert!(
            says.contains(&path.display().to_string()),
            "{says} names its file"
        );
        assert!(
            !says.contains("CANARY"),
            "{says} repeats what may be a secret"
        );
    }
}

#[test]
fn a_file_that_is_far_too_large_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("raftaar.toml");
    std::fs::write(&path, "# x\n".repeat(600_000)).expect("written");
    let error = load(&of_file(&path)).expect_err("too large").to_string();
    assert!(
        error.contains("larger than 1 MiB") && error.contains("raftaar.toml"),
        "{error}"
    );
}

/// The example with every `# key = value` line made real; lines marked `# no default` on request.
fn example(with_optional: bool) -> String {
    let text = include_str!("../../assets/raftaar.example.toml");
    let key = |line: &str| {
        let rest = line.strip_prefix("# ")?;
        let (key, _) = rest.split_once(" = ")?;
        let is_key = key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        is_key.then(|| rest.to_owned())
    };
    let lines: Vec<String> = text
        .lines()
        .filter_map(|line| match key(line) {
            Some(rest) if rest.ends_with("# no default") && !with_optional => None,
            Some(rest) => Some(rest),
            None => (!line.starts_with('#')).then(|| line.to_owned()),
        })
        .collect();
    lines.join("\n")
}

#[test]
fn the_example_shows_the_defaults() {
    let config: Config = toml::from_str(&example(false)).expect("the example parses");
    assert_eq!(config, Config::default());
}

/// Keys that serde knows in the table at `path`, from its own error message.
fn known_keys(path: &str) -> Vec<String> {
    let text = format!(
        "{}zzz = 1",
        if path.is_empty() {
            String::new()
        } else {
            format!("[{path}]\n")
        }
    );
    let error = toml::from_str::<Config>(&text).expect_err("no such key");
    let names = error.message().split('`').skip(3).step_by(2);
    names.map(str::to_owned).collect()
}

#[test]
fn the_example_leaves_no_key_out() {
    let table: toml::Table = toml::from_str(&example(true)).expect("the example parses");
    let mut open = vec![(String::new(), table)];
    while let Some((path, table)) = open.pop() {
        for key in known_keys(&path) {
            let value = table
                .get(&key)
                .unwrap_or_else(|| panic!("{path}.{key} is not in the example"));
            if let toml::Value::Table(inner) = value {
                let path = if path.is_empty() {
                    key
                } else {
                    format!("{path}.{key}")
                };
                open.push((path, inner.clone()));
            }
        }
    }
}

#[test]
fn variables_named_in_the_example_exist() {
    let text = include_str!("../../assets/raftaar.example.toml");
    for (name, key) in ENVIRONMENT {
        assert!(
            text.contains(name),
            "{name} for {key} is not in the example"
        );
    }
}

fn overlaid(overlays: Vec<Overlay>) -> Result<Loaded, ConfigError> {
    load(&Sources {
        overlays,
        cwd: PathBuf::from("/cwd"),
        data_home: Some(PathBuf::from("/home/data")),
        ..Sources::default()
    })
}

#[test]
fn the_environment_lies_over_the_file_and_flags_over_both() {
    let look = |name: &str| match name {
        "RAFTAAR_LOCATION_KEY" => Some("1234567890".to_owned()),
        "RAFTAAR_COMPANY_CARRIER_ID" => Some("9001".to_owned()),
        "RAFTAAR_MODE" => Some("by_hand".to_owned()),
        "RAFTAAR_ASCII" => Some("true".to_owned()),
        "RAFTAAR_DATA" => Some("from-env".to_owned()),
        "RAFTAAR_NAME" => Some(String::new()),
        _ => None,
    };
    let mut overlays = from_environment(look);
    overlays.push(Overlay::flag("--data", "site.data_dir", "from-flag"));
    let config = overlaid(overlays).expect("loads").config;
    assert_eq!(config.site.location_key, "1234567890");
    assert_eq!(config.easyecom.company_carrier_id, 9001);
    assert_eq!(config.engine.mode, Mode::ByHand);
    assert!(config.console.ascii);
    assert_eq!(config.site.data_dir, PathBuf::from("/cwd/from-flag"));
}

#[test]
fn a_wrong_variable_is_named() {
    let wrong = |key: &str, text: &str| {
        let overlay = Overlay {
            key: key.to_owned(),
            text: text.to_owned(),
            source: "RAFTAAR_X".to_owned(),
        };
        overlaid(vec![overlay]).expect_err(key).to_string()
    };
    assert_eq!(
        wrong("engine.mode", "fast"),
        "RAFTAAR_X: engine.mode: unknown variant `fast`, expected `automatic` or `by_hand`"
    );
    let says = wrong("engine.poll_s", "1");
    assert!(
        says.starts_with("RAFTAAR_X: engine.poll_s: 1 is out of range"),
        "{says}"
    );
    let says = wrong("easyecom.company_carrier_id", "dtdc");
    assert!(
        says.starts_with("RAFTAAR_X: easyecom.company_carrier_id: invalid type"),
        "{says}"
    );
}

#[test]
fn the_first_file_of_the_usual_places_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let home = folder.path().join("home");
    std::fs::create_dir_all(home.join("raftaar")).expect("a home");
    let system = folder.path().join("system.toml");
    std::fs::write(&system, "[site]\nname = 'system'\ndata_dir = 'd'\n").expect("written");
    let sources = Sources {
        system: Some(system.clone()),
        config_home: Some(home.clone()),
        cwd: PathBuf::from("/cwd"),
        ..Sources::default()
    };
    let loaded = load(&sources).expect("loads");
    assert_eq!(loaded.config.site.name, "system");
    assert_eq!(loaded.config.site.data_dir, folder.path().join("d"));
    assert_eq!(loaded.looked_for, vec![home.join("raftaar/raftaar.toml")]);

    std::fs::write(home.join("raftaar/raftaar.toml"), "[site]\nname = 'home'\n").expect("written");
    assert_eq!(load(&sources).expect("loads").config.site.name, "home");
    let missing = Sources {
        flag: Some(PathBuf::from("none.toml")),
        ..sources
    };
    let says = load(&missing).expect_err("missing").to_string();
    assert!(says.starts_with("/cwd/none.toml: "), "{says}");
}

#[test]
fn without_a_file_the_defaults_hold_and_name_what_is_missing() {
    let loaded = overlaid(Vec::new()).expect("loads");
    assert_eq!(loaded.config.site.data_dir, PathBuf::from("/home/data"));
    let missing = loaded.config.missing_for_engine();
    assert!(
        missing.iter().any(|m| m.starts_with("site.location_key: ")),
        "{missing:?}"
    );
    assert_eq!(
        loaded.config.easyecom.settings(),
        crate::easyecom::Settings::default()
    );
    assert_eq!(
        loaded.config.dtdc.settings(),
        crate::dtdc::Settings::default()
    );
}
