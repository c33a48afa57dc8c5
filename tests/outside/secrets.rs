//! Canaries: secrets and a customer whose every word is a marker go through the whole program, with a
//! remote that repeats everything it was sent; neither may come out anywhere but where a person asked
//! for it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use raftaar::sandbox::{Credentials, FaultPlan, Mix, Person, SandboxOptions};

use crate::house::{
    House,
    console::Console,
    engine::{Engine, command},
    quick, until,
};

/// Orders of the house.
const ORDERS: u64 = 12;

/// Repeated requests before the remote becomes kind.
const ECHOES: u64 = 25;

/// Words of the customer, each found whatever encoding a place uses.
const PERSON: [&str; 4] = ["Canarynaam", "7041776655", "canaryperson", "Canaryghar"];

/// Words of the secrets.
const SECRETS: [&str; 6] = [
    "canaryeasyecomkey",
    "canaryeasyecomuser",
    "canaryeasyecompassword",
    "canarydtdckey",
    "CANARYDTDCUSER",
    "canarydtdcpassword",
];

fn options() -> SandboxOptions {
    let [key, user, password, dtdc_key, dtdc_user, dtdc_password] = SECRETS.map(str::to_owned);
    let [name, phone, email, address] = PERSON;
    SandboxOptions {
        mix: Mix::calm(),
        credentials: Credentials {
            x_api_key: key,
            email: format!("{user}@example.in"),
            password,
            dtdc_api_key: dtdc_key,
            dtdc_username: dtdc_user,
            dtdc_password,
            ..Credentials::default()
        },
        buyer: Some(Person {
            name: format!("{name} Marker"),
            phone: phone.to_owned(),
            email: format!("{email}@example.in"),
            address: format!("{address} 77, Marker Street"),
        }),
        ..quick(ORDERS as usize)
    }
}

/// What of `words` stands in `bytes`.
fn found<'a>(bytes: &[u8], words: &[&'a str]) -> Vec<&'a str> {
    let text = String::from_utf8_lossy(bytes);
    words
        .iter()
        .copied()
        .filter(|word| text.contains(word))
        .collect()
}

fn all() -> Vec<&'static str> {
    PERSON.into_iter().chain(SECRETS).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let kind = entry.file_type().expect("its kind");
        if kind.is_dir() {
            walk(&entry.path(), files);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
}

/// Everything on the disk but the places that are made for it.
fn nothing_on_the_disk(house: &House) {
    let token = house.data().join("easyecom.token");
    let kept = fs::read_to_string(&token).expect("the kept token");
    let kept: serde_json::Value = serde_json::from_str(&kept).expect("JSON");
    let jwt = kept["jwt"].as_str().expect("a token").to_owned();
    let mode = fs::metadata(&token).expect("there").permissions().mode();
    assert_eq!(mode & 0o077, 0, "the kept token is ours alone");
    let (state, documents) = (house.data().join("state"), house.data().join("documents"));
    let secrets = house.path().join("secrets.toml");
    let mut files = Vec::new();
    walk(house.path(), &mut files);
    let mut looked_at = 0;
    for path in files
        .iter()
        .filter(|path| **path != token && **path != secrets)
    {
        let bytes = fs::read(path).expect("readable");
        // The store is where the customer is kept, and the label names him.
        let may_name = path.starts_with(&state) || path.starts_with(&documents);
        let words = if may_name { SECRETS.to_vec() } else { all() };
        assert_eq!(found(&bytes, &words), [""; 0], "in {}", path.display());
        assert!(
            found(&bytes, &[&jwt]).is_empty(),
            "the token in {}",
            path.display()
        );
        looked_at += 1;
    }
    for part in ["journal", "log", "state"] {
        let inside = files
            .iter()
            .any(|path| path.starts_with(house.data().join(part)));
        assert!(inside, "{part} was looked at");
    }
    let copies = house.path().join("copies");
    assert!(
        files.iter().any(|path| path.starts_with(&copies)),
        "and a backup"
    );
    assert!(looked_at > 5, "{files:?}");
}

fn nothing_in_the_process_list(engine: &Engine) {
    let process = PathBuf::from(format!("/proc/{}", engine.pid()));
    let arguments = fs::read(process.join("cmdline")).expect("its arguments");
    assert!(!arguments.is_empty());
    assert_eq!(found(&arguments, &all()), [""; 0]);
    // Only root may read it: the process hides its memory. Secrets of a file are not in it at all.
    if let Ok(environment) = fs::read(process.join("environ")) {
        assert_eq!(found(&environment, &all()), [""; 0]);
    }
    for thread in fs::read_dir(process.join("task"))
        .expect("its threads")
        .flatten()
    {
        let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        assert_eq!(children.trim(), "", "it started nothing");
    }
}

/// What a command says, on both channels.
fn said(house: &House, args: &[&str]) -> String {
    let output = command(house, args).output().expect("it runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

const ORDER: &str = "200000001";

fn nothing_in_what_commands_say(house: &House) {
    let questions: [&[&str]; 11] = [
        &["orders", "--all"],
        &["orders", "--attention"],
        &["orders", "--all", "--text", PERSON[0]],
        &["order", ORDER],
        &["why-not", "confirm", ORDER],
        &["tracking"],
        &["inventory"],
        &["journal", "--limit", "500"],
        &["watch", "--once"],
        &["doctor"],
        &["store", "backups"],
    ];
    for args in questions {
        for more in [&[][..], &["--json"], &["-vv"]] {
            let args = [args, more].concat();
            let said = said(house, &args);
            assert!(!said.is_empty(), "{args:?} says nothing");
            assert_eq!(found(said.as_bytes(), &all()), [""; 0], "{args:?}: {said}");
        }
    }
    let asked = said(house, &["order", ORDER, "--people"]);
    assert!(asked.contains(PERSON[0]), "whoever asks is told: {asked}");
    assert_eq!(found(asked.as_bytes(), &SECRETS), [""; 0]);
}

async fn nothing_on_the_screen_unless_asked_for(house: &House) {
    let mut console = Console::open(house, "");
    console.until_shown("Crash house").await;
    let clean = |console: &Console| {
        assert_eq!(
            found(&console.shown(), &all()),
            [""; 0],
            "{}",
            console.screen()
        );
    };
    console.press("o");
    console.until_shown("Esc Close").await;
    clean(&console);
    console.press("\u{1b}");
    console.until_shown("q Quit").await;
    // All orders, newest first; the first one opened.
    console.press("s");
    console.until_shown("Which orders?").await;
    console.press("j\r");
    console.until_shown("newest first").await;
    console.until_shown("20000001").await;
    clean(&console);
    console.press("\r");
    console.until_shown("(c shows)").await;
    clean(&console);
    console.press("c");
    console.until_shown(PERSON[0]).await;
    assert_eq!(found(&console.shown(), &SECRETS), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_and_no_customer_comes_out() {
    let house = House::build(options()).await;
    house.keep_secrets_in_file();
    house.amend(
        "[store]",
        "[log]\nlevel = \"trace\"\n[backup]\ndir = \"copies\"\n[store]",
    );
    let echoing: FaultPlan = "echo=0.3,error_before=0.05,html=0.05"
        .parse()
        .expect("a plan");
    house.sandbox.set_faults(echoing);
    let engine = house.serve().await;
    let echoed = || {
        house
            .sandbox
            .report()
            .faults
            .get("echo")
            .copied()
            .unwrap_or(0)
    };
    until("the remote repeated a lot", async || {
        // A refused call for many parcels stops booking until a person has looked.
        said(&house, &["resume"]);
        (echoed() >= ECHOES).then_some(())
    })
    .await;
    house.sandbox.set_faults(FaultPlan::none());
    until("the orders went on", async || {
        said(&house, &["resume"]);
        (house.sandbox.report().shipped > 0).then_some(())
    })
    .await;
    nothing_in_the_process_list(&engine);
    nothing_in_what_commands_say(&house);
    nothing_on_the_screen_unless_asked_for(&house).await;
    engine.stop();
    said(&house, &["store", "backup"]);
    // The remote's words were kept, so what it repeated was taken out of them.
    let mut journal = Vec::new();
    walk(&house.data().join("journal"), &mut journal);
    let words = journal
        .iter()
        .map(|path| fs::read_to_string(path).expect("text"));
    assert!(words.collect::<String>().contains("cannot take"));
    nothing_on_the_disk(&house);
    house.verify();
}
