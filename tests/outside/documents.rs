//! Documents that are none.

use std::fs;

use raftaar::sandbox::{EndpointClass, FaultKind, FaultPlan, Mix, SandboxOptions};

use crate::house::{House, engine::command, quick, until};

/// Files below a folder.
fn files(folder: &std::path::Path) -> usize {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path()),
            _ => 1,
        })
        .sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pdf_that_is_none_is_refused_and_shown() {
    let house = House::build(SandboxOptions {
        mix: Mix::calm(),
        faults: FaultPlan::just(FaultKind::Html, 1.0)
            .only_for(EndpointClass::Documents)
            .only_for(EndpointClass::Label),
        ..quick(1)
    })
    .await;
    let engine = house.serve().await;
    let shown = until("the order says why", async || {
        let output = command(&house, &["order", "200000001"])
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.contains("not a PDF").then_some(said)
    })
    .await;
    assert!(shown.contains("a web page"), "{shown}");
    assert!(
        !shown.contains("We will be back shortly"),
        "nothing is quoted: {shown}"
    );
    assert_eq!(
        files(&house.data().join("documents")),
        0,
        "nothing was kept"
    );
    house.sandbox.set_faults(FaultPlan::none());
    house
        .until("it is shipped all the same", |o| {
            o.stages
                .iter()
                .any(|(stage, n)| *n == 1 && stage.is_manifested())
        })
        .await;
    engine.stop();
    house.verify();
}
