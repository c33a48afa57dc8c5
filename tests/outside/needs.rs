//! What needs a person and is about no order: it is said, and leaves when it is mended.

use std::fs;

use raftaar::sandbox::{Mix, SandboxOptions};

use crate::house::{House, engine::command, quick, until};

fn watch(house: &House) -> String {
    let output = command(house, &["watch", "--once"])
        .output()
        .expect("it runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Puts a file into its folder at once, as the warehouse's system should.
fn drop_stock(house: &House, rows: &str) {
    let folder = house.path().join("stock");
    fs::create_dir_all(&folder).expect("a folder");
    let aside = house.path().join("stock.new");
    fs::write(&aside, format!("sku,quantity\n{rows}")).expect("written");
    fs::rename(&aside, folder.join("stock.csv")).expect("moved");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_skus_and_few_awbs_are_said_until_they_are_mended() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(3)
    })
    .await;
    let awbs = house.path().join("awbs.txt");
    fs::write(&awbs, numbers(1..=5)).expect("written");
    house.amend(
        "[store]",
        "[awb]\nsource = \"file\"\nfile = \"awbs.txt\"\nlow_water = 10\n[inventory]\npath = \"stock\"\n\
         update_available_only = true\nwatch_s = 1\npush_s = 5\n[store]",
    );
    let sku = house.sandbox.stock()[0].0.clone();
    drop_stock(&house, &format!("{sku},7\nNO-SUCH-SKU,4\n"));
    let engine = house.serve().await;
    let text = until("both are said", async || {
        let text = watch(&house);
        let both =
            text.contains("NEEDS YOU few AWBs: ") && text.contains("NEEDS YOU SKU NO-SUCH-SKU: ");
        both.then_some(text)
    })
    .await;
    assert!(!text.contains(&format!("NEEDS YOU SKU {sku}")), "{text}");

    fs::write(&awbs, numbers(1..=40)).expect("written");
    until("the AWBs are not said any more", async || {
        let text = watch(&house);
        let gone =
            !text.contains("NEEDS YOU few AWBs: ") && text.contains("NEEDS YOU SKU NO-SUCH-SKU: ");
        gone.then_some(())
    })
    .await;
    act(&house, &["leave-out", "NO-SUCH-SKU", "--reason", "a combo"]);
    until("the SKU is not said any more", async || {
        (!watch(&house).contains("NEEDS YOU")).then_some(())
    })
    .await;
    let listed = act(&house, &["inventory"]);
    assert!(listed.contains("a combo"), "{listed}");
    act(&house, &["take-in", "NO-SUCH-SKU"]);
    until("it is tried, refused and said again", async || {
        let text = watch(&house);
        text.contains("NEEDS YOU SKU NO-SUCH-SKU: ").then_some(())
    })
    .await;
    engine.stop();
    house.verify();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_could_go_on_and_does_not_says_why() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(20)
    })
    .await;
    house.amend(
        "tier = \"gold\"",
        "per_second = 20.0\nburst = 20.0\nper_day = 24",
    );
    house.amend("poll_s = 2", "poll_s = 3600");
    let engine = house.serve().await;
    let overview = house
        .until("the day's calls are used up", |o| {
            o.quota.wave.fits == 0 && o.quota.wave.waiting > 0
        })
        .await;
    assert!(overview.quota.wave.later() > 0);
    let waiting = act(&house, &["orders", "--stage", "fetched", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&waiting).expect("rows");
    let invoice = rows[0]["invoice"].to_string();
    let steps = act(&house, &["order", &invoice]);
    assert!(
        steps.contains("waits for calls: the next come at 00:00"),
        "{steps}"
    );
    act(&house, &["pause", "the truck is full"]);
    let steps = act(&house, &["order", &invoice]);
    assert!(steps.contains("the engine is paused"), "{steps}");
    engine.stop();
    house.verify();
}

fn act(house: &House, args: &[&str]) -> String {
    let output = command(house, args).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{args:?}: {text}");
    text
}

fn numbers(mut range: std::ops::RangeInclusive<u32>) -> String {
    let (first, last) = (range.next(), range.next_back());
    let number = |n: Option<u32>| 100_000_000 + n.expect("a number");
    format!("7D{}-7D{}\n", number(first), number(last))
}
