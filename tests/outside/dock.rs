//! Load-out from the command line: what is on the truck survives the engine.

use raftaar::{
    handle::{CommandReply, ManifestLoad},
    sandbox::{Mix, SandboxOptions},
};

use crate::house::{House, engine::command, quick};

fn said(house: &House, args: &[&str]) -> (Option<i32>, String) {
    let output = command(house, args).output().expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), text)
}

fn list(house: &House) -> Vec<ManifestLoad> {
    let (code, text) = said(house, &["--json", "dock", "list"]);
    assert_eq!(code, Some(0), "{text}");
    serde_json::from_str(&text).expect("a list of manifests")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_truck_is_loaded_by_two_lives_of_the_engine_and_handed_over() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        ..quick(12)
    })
    .await;
    let engine = house.serve().await;
    house
        .until("all are shipped", |o| {
            o.stages
                .iter()
                .filter(|(stage, _)| stage.is_manifested())
                .map(|(_, n)| n)
                .sum::<u64>()
                >= 12
        })
        .await;
    let truck = list(&house)
        .into_iter()
        .max_by_key(|load| load.orders)
        .expect("a manifest");
    let awbs: Vec<&str> = truck.rows.iter().map(|r| r.awb.as_str()).collect();
    let name = truck.name();
    let (first, rest) = awbs.split_first().expect("a parcel");
    let refused = |words: &str| {
        let output = command(&house, &["dock", "hand-over", &name]).output();
        let output = output.expect("the program starts");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{text}");
        assert!(text.contains(words), "{text}");
    };
    refused("--empty");
    let (code, text) = said(&house, &["dock", "load", "--manifest", &name, first]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("LOADED"), "{text}");
    engine.kill_9();

    let engine = house.serve().await;
    let (code, text) = said(&house, &["dock", "load", first]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("TWICE"), "{text}");
    let (code, text) = said(&house, &["--json", "dock", "load", "not-ours-4711"]);
    assert_eq!(code, Some(3), "{text}");
    let reply: CommandReply = serde_json::from_str(&text).expect("a reply");
    assert!(reply.load.is_some_and(|l| !l.verdict.is_loaded()));
    let all_but_last = rest.split_last().map_or(rest, |(_, most)| most);
    for awb in all_but_last {
        let (code, text) = said(&house, &["dock", "load", awb]);
        assert_eq!(code, Some(0), "{text}");
    }
    let (code, text) = said(&house, &["dock", "hand-over", &name]);
    assert_eq!(code, Some(0), "{text}");
    let behind = rest.len() - all_but_last.len();
    if behind > 0 {
        assert!(text.contains("1 STAYED BEHIND"), "{text}");
        assert!(text.contains("MISSING, NOT ON THIS TRUCK"), "{text}");
    }
    refused("--again");
    let closed = list(&house)
        .into_iter()
        .find(|load| load.manifest == truck.manifest)
        .expect("it is still listed");
    assert_eq!(closed.loaded as usize, 1 + all_but_last.len());
    assert_eq!(closed.closed.map(|c| c.missing as usize), Some(behind));
    let (_, sheet) = said(&house, &["dock", "sheet", &name]);
    for awb in awbs {
        assert!(sheet.contains(awb), "{sheet}");
    }
    engine.stop();
    let (code, text) = said(&house, &["store", "verify"]);
    assert_eq!(code, Some(0), "{text}");
}
