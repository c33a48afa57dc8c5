//! Remotes that go away: a restart in the middle, a name that does not resolve.

use std::{fs, time::Duration};

use raftaar::{
    domain::record::Attention,
    handle::LinkState,
    sandbox::{EffectKind, FaultPlan, Mix, SandboxOptions},
};

use super::{
    house::{House, quick, timely, until},
    proxy::{Line, Proxy},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_remote_that_restarts_in_the_middle_is_waited_for() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(30)
    })
    .await;
    house
        .sandbox
        .set_faults(timely("slow=0.3".parse::<FaultPlan>().expect("a plan")));
    let mut proxy = Proxy::to(house.sandbox.addr()).await;
    house.configure(&proxy.url(), &proxy.url());
    // Documents are fetched from where the sandbox says that they are; this makes it a known remote.
    let config = fs::read_to_string(house.config()).expect("the configuration");
    let pincode = format!("pincode = \"{}\"", proxy.url());
    let direct = format!("pincode = \"{}\"", house.sandbox.base_url());
    fs::write(house.config(), config.replace(&pincode, &direct)).expect("written");
    let engine = house.serve().await;
    let written = |kind: EffectKind| {
        let log = house.sandbox.log();
        log.iter().filter(|effect| effect.kind == kind).count()
    };
    until("some orders are booked", async || {
        (written(EffectKind::Booked) > 2).then_some(())
    })
    .await;
    proxy.down().await;
    house
        .until("the screen shows that EasyEcom is away", |overview| {
            matches!(overview.easyecom.state, LinkState::Shaky | LinkState::Down)
        })
        .await;
    proxy.set(Line::Reset);
    proxy.up().await;
    let before = proxy.cut();
    until("connections were reset", async || {
        (proxy.cut() > before + 2).then_some(())
    })
    .await;
    // The calls arrive and their answers do not.
    proxy.set(Line::ResetBeforeAnswer);
    let before = proxy.cut();
    until("answers were cut off", async || {
        (proxy.cut() > before + 2).then_some(())
    })
    .await;
    proxy.set(Line::Whole);
    house.sandbox.set_faults(FaultPlan::none());
    let overview = house.until_settled(Duration::from_mins(3)).await;
    house.nothing_is_wrong(&overview);
    engine.stop();
    house.verify();
}

/// Lines of the journal that tell how a call ended.
fn journal(house: &House) -> String {
    let folder = house.data().join("journal");
    let mut text = String::new();
    for file in fs::read_dir(folder).expect("the journal").flatten() {
        if file.path().extension().is_some_and(|e| e == "jsonl") {
            text += &fs::read_to_string(file.path()).expect("a segment");
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_does_not_resolve_is_known_not_to_be_reached() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(3)
    })
    .await;
    // RFC 6761: this name never resolves. It is not this machine, so the short waits are off.
    house.configure(&house.sandbox.base_url(), "https://dtdc.invalid");
    let short = fs::read_to_string(house.config()).expect("the configuration");
    let config = short
        .replace("sandbox = true", "")
        .replace("[dtdc]", "[dtdc]\ncheck_pin = false");
    fs::write(house.config(), config).expect("written");
    let engine = house.serve().await;
    let overview = house
        .until("bookings were tried", |overview| {
            matches!(overview.dtdc.state, LinkState::Shaky | LinkState::Down)
        })
        .await;
    until("the journal holds how they ended", async || {
        journal(&house)
            .contains(r#""end":"not_applied""#)
            .then_some(())
    })
    .await;
    assert_eq!(
        overview.attention.get(&Attention::Unknown),
        None,
        "nothing is in doubt that was never sent"
    );
    let ended = journal(&house);
    assert!(ended.contains("unreachable"), "{ended}");
    assert!(!ended.contains(r#""end":"unknown""#), "{ended}");
    engine.stop();
    // The name is mended: the same orders go on, each with one AWB.
    house.configure(&house.sandbox.base_url(), &house.sandbox.base_url());
    let engine = house.serve().await;
    let overview = house.until_settled(Duration::from_mins(2)).await;
    let report = house.nothing_is_wrong(&overview);
    assert_eq!(report.awbs_booked, 3);
    engine.stop();
    house.verify();
}
