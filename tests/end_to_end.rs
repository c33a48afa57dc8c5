//! The whole, over real HTTP against the sandbox, on a real disk.

use std::time::Duration;

use raftaar::{
    demo::{Demo, DemoOptions},
    sandbox::FaultPlan,
};

async fn to_the_end(options: DemoOptions, patience: Duration) {
    let demo = Demo::start(options).await.expect("the demo starts");
    let until = tokio::time::Instant::now() + patience;
    loop {
        let progress = demo.progress().await.expect("the engine answers");
        if progress.settled && progress.shipped > 0 {
            break;
        }
        assert!(
            tokio::time::Instant::now() < until,
            "not settled: {progress}\n{}",
            demo.finish().await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let closing = demo.finish().await;
    println!("{closing}");
    assert!(closing.ok, "{closing}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_reach_their_end() {
    let options = DemoOptions {
        orders: 40,
        speed: 36_000.0,
        ..DemoOptions::default()
    };
    to_the_end(options, Duration::from_secs(90)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_reach_their_end_with_every_fifth_call_failing() {
    let options = DemoOptions {
        orders: 40,
        speed: 36_000.0,
        faults: FaultPlan::rough(0.2),
        seed: 2,
        ..DemoOptions::default()
    };
    to_the_end(options, Duration::from_secs(150)).await;
}
