use chrono::{TimeDelta, Utc};
use secrecy::ExposeSecret;

use super::{JWT, client, client_with, secret, token_reply};
use crate::{
    domain::ReadError,
    easyecom::{Settings, TokenState},
    http::fake::{Fake, json, nobody, reply},
};

#[tokio::test]
async fn a_login_as_the_contract_shows_it() {
    let fake = Fake::start(vec![token_reply()]).await;
    let client = client_with(&fake.url(), Settings::default());
    assert_eq!(client.token_state(Utc::now()), TokenState::None);
    let info = client.login().await.expect("a token");
    assert_eq!(info.company.as_str(), "Demo WH");
    assert_eq!(
        (info.expires_at - info.obtained_at).num_seconds(),
        7_884_000
    );
    let at = |days| client.token_state(info.obtained_at + TimeDelta::days(days));
    assert_eq!(
        [at(0), at(84), at(85), at(91), at(92)],
        [
            TokenState::Fresh,
            TokenState::Fresh,
            TokenState::Ageing,
            TokenState::Ageing,
            TokenState::Rejected
        ]
    );
    let request = fake.requests().concat();
    assert!(request.starts_with("POST /access/token HTTP/1.1"));
    assert!(request.contains("x-api-key: canary-api-key-0001"));
    assert!(request.contains(r#""location_key":"ab1234567890""#));
    assert!(request.contains(r#""email":"canary-user@example.in""#));
}

#[tokio::test]
async fn refused_logins() {
    let name = |error: ReadError| match error {
        ReadError::Unauthorized(_) => "unauthorized",
        ReadError::CoolDown(_) => "cool-down",
        ReadError::Throttled { retry_after_s } => match retry_after_s {
            Some(60) => "throttled 60",
            _ => "throttled",
        },
        ReadError::Server(_) => "server",
        ReadError::Garbled(_) => "garbled",
        ReadError::Refused(_) => "refused",
        _ => "other",
    };
    let bad = r#"{"code":400,"message":"Invalid user credentials provided","data":[]}"#;
    for (reply, expected) in [
        (reply(401, &[], bad), "unauthorized"),
        (reply(403, &[], r#"{"message":"wait"}"#), "cool-down"),
        (
            reply(403, &["content-type: text/html"], "<html>"),
            "cool-down",
        ),
        (reply(429, &["retry-after: 60"], ""), "throttled 60"),
        (json(bad), "unauthorized"),
        (
            json(r#"{"message":"Invalid location key provided","data":[]}"#),
            "unauthorized",
        ),
        (reply(400, &[], bad), "unauthorized"),
        (
            json(r#"{"message":"Account suspended","data":[]}"#),
            "refused",
        ),
        (json(r#"{"data":[],"message":null}"#), "garbled"),
        (json(r#"{"data":{"token":{"jwt_token":"a b"}}}"#), "garbled"),
        (reply(500, &[], "oops"), "server"),
        (reply(200, &[], "<html>"), "garbled"),
    ] {
        let shown = String::from_utf8_lossy(&reply).into_owned();
        let fake = Fake::start(vec![reply]).await;
        let client = client_with(&fake.url(), Settings::default());
        let error = client.login().await.expect_err(&shown);
        assert_eq!(name(error), expected, "{shown}");
        assert_eq!(client.token_state(Utc::now()), TokenState::None);
    }
}

#[tokio::test]
async fn a_401_ends_the_token_and_calls_stop() {
    let fake = Fake::start(vec![reply(401, &[], "Invalid Api token."), token_reply()]).await;
    let client = client(&fake.url());
    assert!(client.export_token().is_some());
    assert!(matches!(
        client.locations().await,
        Err(ReadError::Unauthorized(_))
    ));
    assert_eq!(client.token_state(Utc::now()), TokenState::Rejected);
    assert!(client.export_token().is_none());
    // Nothing more is sent until a new login.
    assert!(matches!(
        client.locations().await,
        Err(ReadError::Unauthorized(_))
    ));
    assert_eq!(fake.requests().len(), 1);
    client.login().await.expect("a token");
    assert_eq!(client.token_state(Utc::now()), TokenState::Fresh);
}

#[tokio::test]
async fn a_token_can_be_kept() {
    let url = nobody().await;
    let now = Utc::now();
    let first = client(&url);
    let kept = first.export_token().expect("a token");
    assert!(kept.expose_secret().contains(JWT));
    let second = client_with(&url, Settings::default());
    let info = second.import_token(&kept, now).expect("the same account");
    assert!(info.expires_at > now);
    assert_eq!(second.token_state(now), TokenState::Fresh);
    let elsewhere = client_with("http://localhost:1", Settings::default());
    assert!(elsewhere.import_token(&kept, now).is_none());
    assert!(
        second
            .import_token(&kept, now + TimeDelta::days(100))
            .is_none()
    );
    assert!(second.import_token(&secret("{}"), now).is_none());
}
