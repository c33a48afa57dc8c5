//! Remotes that deny us.

use std::time::Duration;

use super::rig::{Rig, failure};
use crate::{
    domain::{FailureKind, InvoiceId, Operator, ReadError},
    easyecom::TokenState,
    worker::{
        EngineConfig,
        shop::lock,
        steps::{self, End},
        traffic::Class,
    },
};

fn alarms(rig: &Rig) -> String {
    let live = lock(&rig.shop.live);
    let says = live.alarms.iter().map(|(_, says)| says.to_string());
    says.collect::<Vec<_>>().join("\n")
}

/// Tries to assign every order every five seconds.
async fn assign_for(rig: &Rig, orders: u64, long: Duration) {
    let until = tokio::time::Instant::now() + long;
    while tokio::time::Instant::now() < until {
        rig.read();
        for id in 1..=orders {
            steps::assign::assign(&rig.shop, InvoiceId(id), &Operator::engine()).await;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_without_rights_costs_few_calls_and_is_said() {
    let rig = Rig::new(EngineConfig::default());
    for id in 1..=5 {
        rig.booked(id).await;
    }
    rig.said().write = failure(FailureKind::Unauthorized, "HTTP 403");
    assign_for(&rig, 5, Duration::from_hours(6)).await;
    let tried = rig.said().count("assign");
    assert!(tried < 60, "{tried} denied calls");
    assert!(
        alarms(&rig).contains("EasyEcom denies our writes"),
        "{}",
        alarms(&rig)
    );
    // Mended, and said so.
    rig.said().write = crate::domain::Verdict::Applied(());
    rig.shop.try_again();
    rig.read();
    let end = steps::assign::assign(&rig.shop, InvoiceId(1), &Operator::engine()).await;
    assert!(matches!(end, End::Taken(_)), "{end:?}");
    assert!(!alarms(&rig).contains("denies"), "{}", alarms(&rig));
}

#[tokio::test(start_paused = true)]
async fn reads_that_are_denied_cost_few_calls() {
    let rig = Rig::new(EngineConfig::default());
    rig.said().details = Err(ReadError::Unauthorized("HTTP 403".into()));
    for _ in 0..1_000 {
        let id = InvoiceId(1);
        let remotes = &rig.shop.remotes;
        let read = || crate::worker::ports::Remotes::order_details(remotes, id);
        let _ = rig.shop.read(Class::Look, read).await;
        tokio::time::sleep(Duration::from_secs(6)).await;
    }
    let asked = rig.said().count("details");
    assert!(asked < 40, "{asked} denied reads");
}

#[tokio::test(start_paused = true)]
async fn wrong_credentials_are_tried_more_and_more_seldom() {
    let rig = Rig::new(EngineConfig::default());
    rig.said().token = TokenState::None;
    rig.said().login = Err(ReadError::Unauthorized(
        "Invalid user credentials provided".into(),
    ));
    let until = tokio::time::Instant::now() + Duration::from_hours(12);
    while tokio::time::Instant::now() < until {
        assert!(rig.shop.log_in().await.is_err());
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    let logins = rig.said().count("login");
    assert!((5..40).contains(&logins), "{logins} logins");
    assert!(alarms(&rig).contains("login failed"), "{}", alarms(&rig));
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_asked_to_wait_waits() {
    let rig = Rig::new(EngineConfig::default());
    rig.said().token = TokenState::None;
    rig.said().login = Err(ReadError::Throttled {
        retry_after_s: Some(1_500),
    });
    let began = tokio::time::Instant::now();
    assert!(rig.shop.log_in().await.is_err());
    rig.said().login = Ok(());
    while rig.shop.log_in().await.is_err() {
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    assert!(began.elapsed() >= Duration::from_mins(25));
}
