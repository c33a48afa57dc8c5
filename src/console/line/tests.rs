//! Lines and JSON of a hand-made engine.

use super::*;
use crate::console::fixture::{Engine, pair, serve};

fn options(follow: bool, json: bool) -> LineOptions {
    LineOptions {
        follow,
        json,
        zone: None,
        filter: FeedFilter::default(),
    }
}

/// All that is printed about an engine as it stands.
async fn printed(engine: Engine, json: bool) -> Vec<u8> {
    let (handle, end) = pair();
    tokio::spawn(serve(end, engine));
    let mut out = Vec::new();
    let ended = watch(&handle, options(false, json), &mut out).await;
    ended.expect("printed");
    out
}

#[tokio::test]
async fn once_prints_and_ends() {
    let out = printed(Engine::normal(), false).await;
    let text = String::from_utf8(out).expect("text");
    assert!(text.contains("in Confirmed: 16"));
    assert!(
        text.contains("NEEDS YOU few AWBs: 12 allotted AWBs are left"),
        "{text}"
    );
    assert!(text.contains("NEEDS YOU order 100203"), "{text}");
    assert!(text.lines().count() > 10, "the newest happenings follow");
    assert!(!text.contains('\u{1b}'));
}

#[tokio::test]
async fn json_is_the_overview_and_what_needs_a_person() {
    let out = printed(Engine::normal(), true).await;
    let overview: Overview = serde_json::from_slice(&out).expect("an overview");
    assert_eq!(overview.confirmed.count, 16);
    let all: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    let needs = &all["needs"];
    let first = [&needs["troubles"][0], &needs["orders"][0]];
    insta::assert_snapshot!(serde_json::to_string_pretty(&first).expect("JSON"));
    let named = needs["orders"].as_array().expect("a list").len() as u64;
    let counted = overview.attention.values().sum::<u64>();
    assert_eq!((named, needs["more"].as_u64()), (counted, Some(0)));
}

#[tokio::test]
async fn json_names_so_many_orders_and_counts_the_others() {
    let engine = Engine::many();
    let counted = engine.overview.attention.values().sum::<u64>();
    let out = printed(engine, true).await;
    let all: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
    let named = all["needs"]["orders"].as_array().expect("a list").len();
    assert_eq!(named, ORDERS_IN_JSON);
    let more = all["needs"]["more"].as_u64().expect("a number");
    assert_eq!(more + named as u64, counted);
    assert!(out.len() < 64 * 1024, "{} bytes", out.len());
}

#[tokio::test]
async fn following_ends_when_the_engine_is_gone() {
    let (handle, mut end) = pair();
    let options = options(true, true);
    let engine = Engine::normal();
    let task = tokio::spawn(async move {
        let mut out = Vec::new();
        let result = watch(&handle, options, &mut out).await;
        (result, out)
    });
    let mut answering = engine.clone();
    // The figures, and what needs a person.
    for _ in 0..3 {
        let asked = end.asks.recv().await.expect("a question");
        let answer = answering.answer(&asked.ask);
        asked.answer.send(answer).expect("somebody waits");
    }
    drop(end);
    let (result, out) = task.await.expect("no panic");
    assert!(matches!(result, Err(WatchError::Gone)));
    assert_eq!(String::from_utf8_lossy(&out).lines().count(), 1);
}
