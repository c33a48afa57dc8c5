//! Lists, pages and searches.

use super::support::{at, begin, book, fresh, gave, held, now, order, seen, who};
use crate::{
    domain::{
        InvoiceId, LocationKey, OrderRecord, Sku, Stage,
        event::{Event, Outcome, StockResult},
        filter::StockFilter,
        inventory::{DiffState, SkuRecord},
        record::Attention,
        request::{InventoryItem, InventoryRequest},
    },
    handle::{Anchor, FeedKind, OrderIndex, OrdersQuery, Page, Sort, SortBy, StockBy, StockQuery},
    ledger::{BeginError, Ledger, Reader},
};

fn query(index: OrderIndex, anchor: Anchor, text: &str) -> OrdersQuery {
    OrdersQuery {
        index,
        text: text.to_owned(),
        sort: None,
        anchor,
        limit: 10,
    }
}

async fn add(ledger: &Ledger, ids: impl Iterator<Item = u64>) {
    for id in ids {
        ledger
            .record(&who(), at(id as i64), vec![seen(order(id))])
            .await
            .expect("recorded");
    }
}

fn page_of(reader: &Reader, query: &OrdersQuery) -> Page<(String, OrderRecord)> {
    let filter = query.text.parse().expect("a filter");
    reader.orders_page(query, &filter, at(0)).expect("a page")
}

/// All ids of a list, page by page, in one direction.
fn walk(reader: &Reader, index: OrderIndex, back: bool) -> Vec<u64> {
    let mut ids = Vec::new();
    let mut anchor = if back { Anchor::Last } else { Anchor::First };
    loop {
        let page = page_of(reader, &query(index, anchor, ""));
        let mut here: Vec<u64> = page.rows.iter().map(|(_, r)| r.id().0).collect();
        if back {
            here.reverse();
        }
        ids.extend(here);
        let (more, row) = if back {
            (page.more_before, page.rows.first())
        } else {
            (page.more_after, page.rows.last())
        };
        let Some((key, _)) = row.filter(|_| more) else {
            return ids;
        };
        let key = key.clone();
        anchor = if back {
            Anchor::Before { key }
        } else {
            Anchor::After { key }
        };
    }
}

#[test]
fn pages_join_in_both_directions_while_orders_come() {
    let (ledger, _, _) = fresh();
    now(async {
        add(&ledger, (1..=35).map(|n| n * 2)).await;
        let reader = ledger.reader();
        let up: Vec<u64> = (1..=35).map(|n| n * 2).collect();
        let down: Vec<u64> = up.iter().rev().copied().collect();
        assert_eq!(walk(&reader, OrderIndex::Active, false), up);
        assert_eq!(walk(&reader, OrderIndex::Active, true), down);
        assert_eq!(walk(&reader, OrderIndex::Newest, false), down);
        let stage = OrderIndex::Stage {
            stage: Stage::Fetched,
        };
        assert_eq!(walk(&reader, stage, false), up);
        let first = page_of(&reader, &query(OrderIndex::Active, Anchor::First, ""));
        assert_eq!(
            (first.total, first.more_before, first.more_after),
            (Some(35), false, true)
        );
        // Orders that come in between are neither skipped nor shown twice.
        let key = first.rows[9].0.clone();
        add(&ledger, [1, 19, 21, 23].into_iter()).await;
        let again = query(OrderIndex::Active, Anchor::After { key: key.clone() }, "");
        let page = page_of(&reader, &again);
        let ids: Vec<u64> = page.rows.iter().map(|(_, r)| r.id().0).collect();
        assert_eq!(ids, [21, 22, 23, 24, 26, 28, 30, 32, 34, 36]);
        assert!(page.more_before && page.more_after);
        let back = query(
            OrderIndex::Active,
            Anchor::Before {
                key: page.rows[0].0.clone(),
            },
            "",
        );
        let page = page_of(&reader, &back);
        assert_eq!(page.rows.last().map(|(_, r)| r.id().0), Some(20));
        let from = query(OrderIndex::Active, Anchor::From { key }, "");
        assert_eq!(page_of(&reader, &from).rows[0].1.id().0, 20);
        let ids = reader
            .stage_ids(Stage::Fetched, Some(InvoiceId(20)), 2)
            .expect("read");
        assert_eq!(ids, [InvoiceId(21), InvoiceId(22)]);
        let text = query(OrderIndex::Active, Anchor::First, "web-3");
        let page = page_of(&reader, &text);
        assert_eq!(
            (page.rows.len(), page.total, page.cut_short),
            (5, None, false)
        );
    });
}

#[test]
fn attention_search_and_feeds() {
    let (ledger, _, _) = fresh();
    now(async {
        add(&ledger, 1..=12).await;
        let permit = ledger.begin(book(9, None), begin(15)).await.expect("legal");
        let unknown = Outcome::Unknown {
            saw: "no answer".into(),
            check_at: at(30),
        };
        ledger
            .settle(permit, at(16), vec![(InvoiceId(9), unknown)])
            .await
            .expect("settled");
        ledger
            .record(&who(), at(20), vec![held(7), held(3)])
            .await
            .expect("recorded");
        let permit = ledger
            .begin(book(12, None), begin(21))
            .await
            .expect("legal");
        ledger
            .settle(permit, at(22), vec![(InvoiceId(12), gave("D00000012"))])
            .await
            .expect("settled");
        let reader = ledger.reader();
        let held = OrderIndex::Attention {
            kind: Some(Attention::Held),
        };
        assert_eq!(walk(&reader, held, false), [3, 7]);
        assert_eq!(
            walk(&reader, OrderIndex::Attention { kind: None }, false),
            [3, 7, 9],
            "what waits for a person first, however late it came"
        );
        for (text, first) in [
            ("12", 12),
            ("web-7", 7),
            ("D00000012", 12),
            ("D0000", 12),
            ("D00000012411001", 12),
            ("5007", 7),
            ("500", 1),
        ] {
            let found = reader.find(text, 5).expect("searched");
            assert_eq!(found.first().map(|r| r.id().0), Some(first), "{text}");
        }
        assert!(reader.find("\u{0}é", 5).expect("searched").is_empty());
        let last = reader.position();
        let newest = reader.feed(FeedKind::All, None, 3).expect("read");
        assert_eq!(
            newest.iter().map(|e| e.seq).collect::<Vec<_>>(),
            [last, last - 1, last - 2]
        );
        assert_eq!(reader.journal(Some(2), 9).expect("read").len(), 1);
        assert!(
            reader
                .feed(FeedKind::Tracking, None, 9)
                .expect("read")
                .is_empty()
        );
    });
}

#[test]
fn stock_is_paged_pushed_and_counted() {
    let (ledger, disk, store) = fresh();
    now(async {
        let here = LocationKey::new("ab1");
        let rows = (0..120)
            .map(|n| (Sku::new(&format!("SKU-{n:03}")), n))
            .collect();
        let event = Event::Counted {
            location: here.clone(),
            source: "a".into(),
            as_of: at(1),
            rows,
        };
        let last = ledger
            .record(&who(), at(1), vec![event])
            .await
            .expect("recorded");
        assert_eq!(last, 4, "in parts");
        let reader = ledger.reader();
        let waiting = reader.stock_waiting(at(2), 3).expect("read");
        let items: Vec<InventoryItem> = waiting
            .iter()
            .map(|r| InventoryItem {
                sku: r.sku.clone(),
                quantity: r.wanted().expect("counted"),
                version: r.version,
            })
            .collect();
        let request = InventoryRequest {
            location: here.clone(),
            items,
        };
        let permit = ledger
            .begin_stock(request.clone(), begin(3))
            .await
            .expect("legal");
        let twice = ledger.begin_stock(request.clone(), begin(4)).await;
        assert!(matches!(twice, Err(BeginError::Refused(r)) if r.unmet.len() == 3));
        let sku = |n: usize| request.items[n].sku.clone();
        let results = vec![
            (sku(0), StockResult::Taken { quantity: 0 }),
            (sku(1), StockResult::Refused { says: "no".into() }),
        ];
        ledger
            .settle_stock(permit, at(5), results)
            .await
            .expect("settled");
        let counts = reader.stock_counts().expect("read");
        assert_eq!(counts[&DiffState::Waiting], 117);
        assert_eq!(
            (counts[&DiffState::Sent], counts[&DiffState::Problem]),
            (1, 1)
        );
        assert!(
            reader
                .stock_unknown_due(at(100), 9)
                .expect("read")
                .is_empty()
        );
        assert_eq!(reader.stock_unknown_due(at(200), 9).expect("read").len(), 1);
        let mut query = StockQuery {
            states: Vec::new(),
            text: String::new(),
            sku: None,
            sort: None,
            anchor: Anchor::First,
            limit: 100,
        };
        let page = reader
            .stock_page(&query, &query.text.parse().expect("a filter"))
            .expect("a page");
        assert_eq!(
            (page.rows.len(), page.total, page.more_after),
            (100, Some(120), true)
        );
        assert_eq!(page.rows[0].1.state(), DiffState::Problem);
        query.states = vec![DiffState::Waiting, DiffState::Problem];
        query.anchor = Anchor::Last;
        query.limit = 118;
        let page = reader
            .stock_page(&query, &query.text.parse().expect("a filter"))
            .expect("a page");
        assert_eq!((page.rows.len(), page.more_before), (118, false));
        query.states = Vec::new();
        query.anchor = Anchor::First;
        for by in StockBy::ALL {
            for descending in [false, true] {
                sorted_all_the_way(&reader, &mut query, Sort { by, descending });
            }
        }
        assert!(verify_ok(&disk, &store));
    });
}

fn verify_ok(disk: &crate::ledger::MemoryDisk, store: &crate::ledger::MemoryStore) -> bool {
    crate::ledger::verify_in_memory(disk, store)
        .expect("verified")
        .is_good()
}

#[test]
fn a_search_that_gives_up_says_where_to_go_on() {
    let (ledger, _, _) = fresh();
    now(async {
        let events = |ids: std::ops::RangeInclusive<u64>| ids.map(|id| seen(order(id))).collect();
        for begin in (1..=5_000).step_by(500) {
            ledger
                .record(&who(), at(0), events(begin..=begin + 499))
                .await
                .expect("recorded");
        }
        let reader = ledger.reader();
        for (first, back) in [(Anchor::First, false), (Anchor::Last, true)] {
            let mut asked = query(OrderIndex::Active, first, "ref:web-4999");
            let mut looks = 0;
            let found = loop {
                let page = page_of(&reader, &asked);
                looks += 1;
                if let [(_, only)] = page.rows.as_slice() {
                    break only.id();
                }
                let key = page.resume.expect("where to go on");
                asked.anchor = if back {
                    Anchor::Before { key }
                } else {
                    Anchor::After { key }
                };
            };
            assert_eq!(found, InvoiceId(4_999));
            assert_eq!(looks, if back { 1 } else { 3 });
        }
    });
}

#[test]
fn rows_are_sorted_by_any_column_and_paged() {
    let (ledger, _, _) = fresh();
    now(async {
        for id in 1..=35 {
            let mut order = order(id);
            order.destination.city = ["Pune", "agra", "Delhi"][id as usize % 3].into();
            ledger
                .record(&who(), at(id as i64), vec![seen(order)])
                .await
                .expect("recorded");
        }
        let reader = ledger.reader();
        for by in SortBy::ALL {
            let walk = |descending, back| {
                let mut ids = Vec::new();
                let mut anchor = if back { Anchor::Last } else { Anchor::First };
                loop {
                    let mut asked = query(OrderIndex::Active, anchor, "");
                    asked.sort = Some(Sort { by, descending });
                    let page = page_of(&reader, &asked);
                    let mut here: Vec<u64> = page.rows.iter().map(|(_, r)| r.id().0).collect();
                    if back {
                        here.reverse();
                    }
                    ids.extend(here);
                    let (more, row) = if back {
                        (page.more_before, page.rows.first())
                    } else {
                        (page.more_after, page.rows.last())
                    };
                    let Some((key, _)) = row.filter(|_| more) else {
                        break ids;
                    };
                    let key = key.clone();
                    anchor = if back {
                        Anchor::Before { key }
                    } else {
                        Anchor::After { key }
                    };
                }
            };
            let up = walk(false, false);
            let mut reversed = walk(false, true);
            reversed.reverse();
            assert_eq!(up, reversed, "{by:?}");
            assert_eq!(up.len(), 35, "{by:?}");
            assert_eq!(walk(true, false).len(), 35, "{by:?}");
            match by {
                SortBy::City => assert_eq!((up[0], up[34]), (1, 33)),
                SortBy::Age => assert_eq!((up[0], up[34]), (35, 1)),
                SortBy::Invoice => assert_eq!((up[0], up[34]), (1, 35)),
                _ => {}
            }
        }
    });
}

#[test]
fn what_has_left_stands_behind_what_has_not() {
    let (ledger, _, _) = fresh();
    now(async {
        add(&ledger, 1..=3).await;
        let mut shipped = order(1);
        shipped.status = crate::domain::RemoteStatus::Shipped;
        shipped.manifest_no = Some(crate::domain::ManifestNo::new("M-1"));
        ledger
            .record(&who(), at(9), vec![seen(shipped)])
            .await
            .expect("recorded");
        let ids = walk(&ledger.reader(), OrderIndex::Active, false);
        assert_eq!(
            ids,
            [2, 3, 1],
            "the most urgent that can still be late first"
        );
    });
}

/// Goes through the sorted list page by page: every SKU once, in the order that was asked for.
fn sorted_all_the_way(reader: &Reader, query: &mut StockQuery, sort: Sort<StockBy>) {
    query.sort = Some(sort);
    query.limit = 50;
    query.anchor = Anchor::First;
    let mut all: Vec<SkuRecord> = Vec::new();
    loop {
        let page = reader
            .stock_page(query, &StockFilter::default())
            .expect("a page");
        let Some((key, _)) = page.rows.last() else {
            break;
        };
        query.anchor = Anchor::After { key: key.clone() };
        all.extend(page.rows.into_iter().map(|(_, record)| record));
        if !page.more_after {
            break;
        }
    }
    assert_eq!(all.len(), 120, "{sort:?}");
    let in_order = |a: &SkuRecord, b: &SkuRecord| match sort.by {
        StockBy::Sku => a.sku <= b.sku,
        StockBy::Ours => a.wanted() <= b.wanted(),
        StockBy::Theirs => a.theirs() <= b.theirs(),
        StockBy::Difference => {
            a.difference().map_or(0, i64::abs) <= b.difference().map_or(0, i64::abs)
        }
        StockBy::Counted => a.counted.as_ref().map(|c| c.at) <= b.counted.as_ref().map(|c| c.at),
        StockBy::Acknowledged => {
            a.acknowledged.as_ref().map(|x| x.at) <= b.acknowledged.as_ref().map(|x| x.at)
        }
    };
    if sort.descending {
        all.reverse();
    }
    let right = all.windows(2).all(|pair| in_order(&pair[0], &pair[1]));
    assert!(right, "{sort:?}");
    query.sort = None;
}
