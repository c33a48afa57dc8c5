//! A wrong clock. The machine's own cannot be set in a test; EasyEcom's `Date` header can, which to the
//! engine is the same.

use raftaar::sandbox::{EffectKind, Mix, SandboxOptions};

use super::house::{House, quick, until};

fn calm(orders: usize) -> SandboxOptions {
    SandboxOptions {
        mix: Mix::calm(),
        ..quick(orders)
    }
}

fn tracked(house: &House) -> usize {
    let log = house.sandbox.log();
    log.iter()
        .filter(|effect| effect.kind == EffectKind::Tracked)
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_minute_is_said_and_ten_stop_the_tracking_until_the_clock_is_set() {
    let house = House::build(calm(3)).await;
    house.sandbox.skew_date(chrono::Duration::minutes(25));
    let engine = house.serve().await;
    let overview = house
        .until(
            "orders shipped and scanned under a wrong clock",
            |overview| {
                overview.schedule.tracking_read_at.is_some()
                    && overview
                        .stages
                        .iter()
                        .all(|(stage, n)| *n == 0 || stage.is_manifested())
                    && overview.stages.values().sum::<u64>() == 3
            },
        )
        .await;
    let alarms: Vec<_> = overview.alarms.iter().map(ToString::to_string).collect();
    assert!(
        alarms.iter().any(|a| a.contains("s behind EasyEcom's")),
        "{alarms:?}"
    );
    assert!(
        alarms
            .iter()
            .any(|a| a.contains("no tracking status is told")),
        "{alarms:?}"
    );
    assert_eq!(tracked(&house), 0, "nothing was told");
    // Two minutes: still said, but told again.
    house.sandbox.skew_date(chrono::Duration::minutes(2));
    until("statuses are told", async || {
        (tracked(&house) > 0).then_some(())
    })
    .await;
    let overview = house
        .until("one alarm is left", |o| o.alarms.len() == 1)
        .await;
    assert!(overview.alarms[0].as_str().contains("s behind EasyEcom's"));
    // Right again.
    house.sandbox.skew_date(chrono::Duration::zero());
    house
        .until("no alarm is left", |o| o.alarms.is_empty())
        .await;
    assert!(house.sandbox.report().violations.is_empty());
    engine.stop();
    house.verify();
}
