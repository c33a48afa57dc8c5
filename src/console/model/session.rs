//! What an operator finds again after leaving: list, filters, marks, focus, cursor.

use serde::{Deserialize, Serialize};
use tui_input::Input;

use super::{
    MARKS_MAX, Model, Pane, Place,
    listing::{LISTS_MAX, SavedList},
};
use crate::{
    domain::{Clean, InvoiceId, Sku, Step},
    handle::{FeedKind, OrderIndex, Sort, StockBy},
};

/// Farther from its usual size no pane is on any screen.
const SIZE_MAX: i16 = 400;

/// The file's contents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    list: Option<OrderIndex>,
    filter: String,
    sort: Option<Sort>,
    saved: Vec<SavedList>,
    stock_filter: String,
    stock_sort: Option<Sort<StockBy>>,
    feed_filter: String,
    marks: Vec<InvoiceId>,
    order: Option<InvoiceId>,
    order_key: String,
    order_line: usize,
    sku: Option<Sku>,
    sku_key: String,
    sku_line: usize,
    step: usize,
    feed_line: Option<(u64, usize)>,
    list_before: Option<(OrderIndex, String)>,
    pane: u8,
    second: u8,
    zoomed: bool,
    sizes: (i16, i16),
    feed: Option<FeedKind>,
}

impl Session {
    /// What is worth finding again.
    pub fn of(model: &Model) -> Self {
        let (order, order_key, order_line) = apart(model.orders.place());
        let (sku, sku_key, sku_line) = apart(model.stock.place());
        let before = model.list_before.as_ref();
        Self {
            list: Some(model.index),
            filter: model.orders_filter.value().to_owned(),
            sort: model.sort,
            saved: model.saved.clone(),
            stock_sort: model.stock_sort,
            stock_filter: model.stock_filter.value().to_owned(),
            feed_filter: model.feed_filter.value().to_owned(),
            marks: model.marks.iter().copied().collect(),
            order,
            order_key,
            order_line,
            sku,
            sku_key,
            sku_line,
            step: model.steps.selected,
            feed_line: model.feed.place(),
            list_before: before.map(|(index, filter)| (*index, filter.value().to_owned())),
            pane: model.focus as u8,
            second: model.second as u8,
            zoomed: model.zoomed,
            sizes: model.sizes,
            feed: Some(model.feed.kind),
        }
    }

    /// Puts it back, before the first question is asked. The file may be anybody's: texts are cleaned,
    /// lists are cut.
    pub fn restore(self, model: &mut Model) {
        let field = |text: &str| Input::new(Clean::with_limit(text, 160).as_str().to_owned());
        let pane = |n: u8| Pane::ALL.get(usize::from(n)).copied();
        model.index = self.list.unwrap_or(model.index);
        model.orders_filter = field(&self.filter);
        model.stock_filter = field(&self.stock_filter);
        model.feed_filter = field(&self.feed_filter);
        model.sort = self.sort;
        model.stock_sort = self.stock_sort;
        model.saved = self
            .saved
            .into_iter()
            .take(LISTS_MAX)
            .map(|saved| SavedList {
                name: Clean::with_limit(&saved.name, 160).as_str().to_owned(),
                filter: Clean::with_limit(&saved.filter, 160).as_str().to_owned(),
                ..saved
            })
            .collect();
        model.marks = self.marks.into_iter().take(MARKS_MAX).collect();
        model.focus = pane(self.pane).unwrap_or(Pane::Orders);
        model.second = pane(self.second)
            .filter(|p| *p != Pane::Orders)
            .unwrap_or(Pane::Steps);
        model.zoomed = self.zoomed;
        let held = |wish: i16| wish.clamp(-SIZE_MAX, SIZE_MAX);
        model.sizes = (held(self.sizes.0), held(self.sizes.1));
        model.feed.kind = self.feed.unwrap_or(FeedKind::Tracking);
        let before = self.list_before;
        model.list_before = before.map(|(index, filter)| (index, field(&filter)));
        model.steps.selected = self.step.min(Step::ALL.len() - 1);
        model.feed.wanted = self.feed_line;
        model.orders.wanted = place(self.order, &self.order_key, self.order_line);
        model.stock.wanted = place(self.sku, &self.sku_key, self.sku_line);
    }
}

/// Longer than this no key of a row is.
const KEY_MAX: usize = 2_000;

fn apart<Id>(place: Option<Place<Id>>) -> (Option<Id>, String, usize) {
    place.map_or((None, String::new(), 0), |place| {
        (Some(place.id), place.key, place.line)
    })
}

fn place<Id>(id: Option<Id>, key: &str, line: usize) -> Option<Place<Id>> {
    let key = Clean::with_limit(key, KEY_MAX).as_str().to_owned();
    id.map(|id| Place { id, key, line })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::{
        fixture::{Bench, Engine, now},
        model::Setup,
        update::Event,
    };

    #[test]
    fn an_operator_finds_the_screen_again() {
        let mut bench = Bench::new(Engine::normal(), (100, 30));
        bench.press("/");
        bench.type_text("SHOP");
        bench.press("enter S j j enter F");
        bench.type_text("shops");
        bench.press("enter space j j 3 v > + z");
        let text = serde_json::to_string(&Session::of(&bench.model)).expect("JSON");
        let session: Session = serde_json::from_str(&text).expect("read back");
        let mut again = Bench {
            engine: Engine::normal(),
            model: Model::new(Setup::default(), (100, 30), now()),
            now: now(),
            effects: Vec::new(),
        };
        session.restore(&mut again.model);
        again.event(Event::Started);
        assert_eq!(Session::of(&again.model), Session::of(&bench.model));
        assert_eq!(again.model.orders.selected, bench.model.orders.selected);
    }

    #[test]
    fn a_strange_file_does_no_harm() {
        for text in [
            "{}",
            r#"{"pane":200,"second":0,"filter":"\u001b[31m","x":1}"#,
        ] {
            let session: Session = serde_json::from_str(text).expect("lenient");
            let mut model = Model::new(Setup::default(), (80, 24), now());
            session.restore(&mut model);
            assert_eq!(model.focus, Pane::Orders);
            assert_ne!(model.second, Pane::Orders);
            assert!(!model.orders_filter.value().contains('\u{1b}'));
        }
    }
}
