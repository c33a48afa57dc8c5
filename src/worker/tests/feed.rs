//! The feed as the desk gives it.

use std::sync::Arc;

use super::rig::Rig;
use crate::{
    domain::{Operator, event::Event},
    handle::{Answer, EngineHandle, FeedKind, FeedPage, Query, Reply},
    ledger::tests::support::held,
    worker::{EngineConfig, desk},
};

/// A desk whose journal has a pause among so many other records, before half of them.
async fn desk(records: u64) -> (Rig, EngineHandle) {
    let rig = Rig::new(EngineConfig::default());
    let other = || Event::QuotaLeased {
        day: chrono::NaiveDate::default(),
        used: 1,
    };
    let half = || (0..records / 2).map(|_| other()).collect::<Vec<_>>();
    let paused = Event::Paused {
        reason: "stock count".into(),
    };
    for part in [half(), vec![paused], half()] {
        for chunk in part.chunks(500) {
            let recorded = rig.shop.record(chunk.to_vec()).await;
            recorded.expect("recorded");
        }
    }
    let (handle, end) = EngineHandle::pair(Operator::new("asha"));
    tokio::spawn(desk::run(Arc::clone(&rig.shop), end.asks));
    (rig, handle)
}

async fn ask(engine: &EngineHandle, text: &str, after: u64, before: Option<u64>) -> Answer {
    let query = Query::Feed {
        kind: FeedKind::All,
        text: text.to_owned(),
        after,
        before,
        limit: 10,
    };
    engine.query(query).await.expect("an engine")
}

async fn page(engine: &EngineHandle, text: &str, after: u64, before: Option<u64>) -> FeedPage {
    match ask(engine, text, after, before).await {
        Answer::Reply { reply } => match *reply {
            Reply::Feed(page) => page,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_filter_is_refused_with_what_there_is() {
    let (_rig, engine) = desk(0).await;
    match ask(&engine, "level:loud", 0, None).await {
        Answer::Failed { says } => assert!(says.as_str().contains("info, good, warn, bad")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_filter_that_fits_little_gives_up_for_a_while_and_says_where_to_go_on() {
    let (rig, engine) = desk(12_000).await;
    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let page = page(&engine, "level:warn says:count", 0, before).await;
        before = page.older;
        pages.push(page);
        if before.is_none() {
            break;
        }
    }
    assert_eq!(pages[0].newest, rig.shop.reader.position());
    assert_eq!(pages.len(), 3, "at most 5,000 records for each");
    assert_eq!(pages[0].older, Some(pages[0].newest - 4_999));
    let found: Vec<usize> = pages.iter().map(|page| page.lines.len()).collect();
    assert_eq!(found, [0, 1, 0]);
    assert_eq!(pages[1].lines[0].says.as_str(), "paused: stock count");
}

#[tokio::test(start_paused = true)]
async fn a_full_page_goes_on_behind_its_last_line_and_ends_where_it_was_asked_to() {
    let (rig, engine) = desk(40).await;
    let newest = rig.shop.reader.position();
    let first = page(&engine, "", 0, None).await;
    assert_eq!((first.lines.len(), first.older), (10, Some(newest - 9)));
    let second = page(&engine, "", 0, first.older).await;
    assert_eq!(second.lines[0].seq, newest - 10);
    let fitting = page(&engine, "says:\"set aside\"", 0, None).await;
    assert_eq!((fitting.lines.len(), fitting.older), (10, Some(newest - 9)));
    let new = page(&engine, "", newest - 3, None).await;
    assert_eq!((new.lines.len(), new.older), (3, None));
    let none = page(&engine, "", newest, None).await;
    assert_eq!(
        (none.lines.len(), none.newest, none.older),
        (0, newest, None)
    );
    let last = page(&engine, "", 0, Some(3)).await;
    assert_eq!((last.lines.len(), last.older), (2, None));
}

#[tokio::test(start_paused = true)]
async fn what_is_older_than_a_filter_asks_for_is_not_looked_at() {
    let (rig, engine) = desk(12_000).await;
    tokio::time::advance(std::time::Duration::from_hours(3)).await;
    rig.record(held(7)).await;
    let page = page(&engine, "age<1h", 0, None).await;
    let says: Vec<&str> = page.lines.iter().map(|line| line.says.as_str()).collect();
    assert!(says.len() == 1 && says[0].starts_with("held"), "{says:?}");
    assert_eq!(page.older, None);
}
