//! Dependencies point down: nothing below knows what is above it.

use std::{fs, path::Path};

/// Folders and the folders of ours that they may name.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("domain", &["domain"]),
    ("http", &["http", "domain"]),
    ("handle", &["handle", "domain"]),
    ("files", &["files", "domain"]),
    // The permit is the one thing of the ledger that clients know.
    ("easyecom", &["easyecom", "http", "domain", "ledger"]),
    ("dtdc", &["dtdc", "http", "domain", "ledger"]),
    ("ledger", &["ledger", "domain", "handle"]),
    (
        "worker",
        &[
            "worker", "ledger", "easyecom", "dtdc", "files", "http", "handle", "domain", "setup",
        ],
    ),
    ("console", &["console", "handle", "domain"]),
    ("link", &["link", "handle", "domain"]),
    (
        "config",
        &[
            "config", "domain", "easyecom", "dtdc", "files", "http", "setup", "link",
        ],
    ),
    ("setup", &["setup", "config", "domain", "easyecom", "dtdc"]),
];

const FOLDERS: [&str; 15] = [
    "cli", "config", "console", "demo", "domain", "dtdc", "easyecom", "files", "handle", "http",
    "ledger", "link", "sandbox", "setup", "worker",
];

fn sources(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "tests") {
                sources(&path, found);
            }
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.push((path.display().to_string(), without_tests(&text)));
        }
    }
}

/// A source up to its tests, which may look anywhere. A line that only names a module of tests does not
/// end it.
fn without_tests(text: &str) -> String {
    let end = text.find("#[cfg(test)]\nmod tests {");
    text.get(..end.unwrap_or(text.len()))
        .unwrap_or_default()
        .to_owned()
}

/// Folders of ours that a source names: `crate::x`, `use crate::x;` and the first names inside
/// `use crate::{..}`, on one line or several.
fn names(code: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let direct = [format!("crate::{folder}::"), format!("crate::{folder};")]
            .iter()
            .any(|text| code.contains(text));
        let first = |name: &str| name.split(['{', ':', ',', ' ']).next() == Some(folder);
        let grouped = code.split("use crate::{").skip(1).any(|group| {
            let group = group.split("\n};").next().unwrap_or_default();
            match group.split_once("};") {
                Some((one_line, _)) if !one_line.contains('\n') => {
                    one_line.split(", ").any(|name| first(name.trim()))
                }
                _ => group.lines().any(|line| {
                    let line = line.strip_prefix("    ").unwrap_or(line);
                    !line.starts_with(' ') && first(line)
                }),
            }
        });
        if direct || grouped {
            found.push(folder);
        }
    }
    found
}

#[test]
fn nothing_knows_what_is_above_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (folder, allowed) in ALLOWED {
        let mut found = Vec::new();
        sources(&root.join(folder), &mut found);
        assert!(!found.is_empty(), "{folder} has sources");
        for (path, code) in found {
            wrong.extend(
                names(&code)
                    .into_iter()
                    .filter(|name| !allowed.contains(name))
                    .map(|name| format!("{path} names {name}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_sandbox_knows_nobody() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sandbox"),
        &mut found,
    );
    for (path, code) in found {
        let known: Vec<_> = names(&code)
            .into_iter()
            .filter(|n| *n != "sandbox")
            .collect();
        assert!(known.is_empty(), "{path} names {known:?}");
    }
}

#[test]
fn only_the_store_names_sled() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    for (path, code) in found {
        let inside = path.contains("/ledger/store/");
        assert!(inside || !code.contains("sled::"), "{path} names sled");
    }
}

/// Secrets stand in the environment: what starts another program takes them out first.
#[test]
fn only_one_place_starts_other_programs() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    for (path, code) in found {
        let inside = path.ends_with("/setup/process.rs");
        assert!(
            inside || !(code.contains("process::Command") || code.contains("Command::new(\"")),
            "{path} starts a program by itself"
        );
    }
}

/// Credentials go over these connections. reqwest and rustls call every such way "danger".
#[test]
fn nothing_switches_the_checks_of_certificates_off() {
    let mut found = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    for (path, code) in found {
        for word in [
            "danger_",
            ".dangerous(",
            "ServerCertVerifier",
            "with_custom_certificate_verifier",
        ] {
            assert!(!code.contains(word), "{path} names {word}");
        }
    }
}

/// The fault matrix of `ARCHITECTURE.md` names a test in each row, and every one of them exists.
#[test]
fn every_row_of_the_fault_matrix_names_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("it is there");
    let (_, rest) = text
        .split_once("## Store against the world")
        .expect("the matrix");
    let (matrix, _) = rest.split_once("\n## ").expect("what follows");
    let mut found = Vec::new();
    everything(&root.join("src"), &mut found);
    everything(&root.join("tests"), &mut found);
    let rows: Vec<&str> = matrix
        .lines()
        .filter(|line| line.starts_with('|'))
        .skip(2)
        .collect();
    assert!(rows.len() > 15, "{}", rows.len());
    for row in rows {
        let last = row
            .trim_end_matches('|')
            .rsplit('|')
            .next()
            .expect("a cell");
        let names: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test in {row}");
        for name in names {
            let wanted = format!("fn {name}(");
            assert!(
                found.iter().any(|text| text.contains(&wanted)),
                "no test is called {name}"
            );
        }
    }
}

/// Every source, tests too.
fn everything(dir: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            everything(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(fs::read_to_string(&path).expect("a source file"));
        }
    }
}
