//! One entry for each decoder of what comes from outside. The corpus, the property tests and the
//! targets in `fuzz/` all go through these, so none of them can rot by itself. An entry takes any
//! bytes, never panics in the decoder, and checks what the decoder promises: nothing lost, nothing
//! that steers a terminal.

#[cfg(test)]
mod tests;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

pub use crate::{
    config::feed::configuration,
    console::feed::{key_name, keymap},
    dtdc::feed::{
        booking_answer, cancel_answer, label_answer, pincode_answer, track_answer, track_login,
        track_push,
    },
    easyecom::feed::{
        confirm_answer, documents_answer, inventory_answer, locations_answer, login_answer,
        manifest_answer, order_details, orders_page, stock_page, tracks_answer, write_answer,
    },
    files::feed::{awb_list, document, stock_file},
    http::feed::{document_url, next_link},
    ledger::feed::{journal_file, journal_line},
    link::feed::{ask_frame, engine_frame},
    setup::feed::secrets_file,
};

/// A decoder's entry.
pub struct Feed {
    /// Its name: of the function, of the folder in `tests/corpus`, of the target in `fuzz/`.
    pub name: &'static str,
    /// Feeds it.
    pub run: fn(&[u8]),
}

macro_rules! feeds {
    ($($name:ident),+ $(,)?) => {
        /// All of them.
        pub const ALL: &[Feed] = &[$(Feed { name: stringify!($name), run: $name }),+];
    };
}

feeds![
    ask_frame,
    awb_list,
    booking_answer,
    cancel_answer,
    clean_text,
    configuration,
    confirm_answer,
    document,
    document_url,
    documents_answer,
    engine_frame,
    inventory_answer,
    journal_file,
    journal_line,
    key_name,
    keymap,
    label_answer,
    locations_answer,
    login_answer,
    manifest_answer,
    next_link,
    order_details,
    orders_page,
    pincode_answer,
    secrets_file,
    stock_file,
    stock_page,
    track_answer,
    track_login,
    track_push,
    tracks_answer,
    write_answer,
];

/// Text for the screen.
pub fn clean_text(bytes: &[u8]) {
    use crate::domain::Clean;
    let raw = String::from_utf8_lossy(bytes);
    let clean = Clean::new(&raw);
    shown(clean.as_str());
    assert!(clean.as_str().chars().count() <= crate::domain::text::CLEAN_CHARS_MAX);
    assert_eq!(
        Clean::new(clean.as_str()),
        clean,
        "cleaning twice is cleaning once"
    );
    for limit in [1, 7] {
        assert!(Clean::with_limit(&raw, limit).as_str().chars().count() <= limit);
    }
}

/// Text that may reach a terminal: nothing in it steers one, hides or turns around.
pub(crate) fn shown(text: &str) {
    for c in text.chars() {
        let steers = c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        assert!(!steers, "{c:?} in {text:?}");
    }
}

/// A decoded thing whose every text may be shown.
pub(crate) fn harmless(thing: &impl Serialize) {
    let mut open = vec![serde_json::to_value(thing).expect("it serialises")];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => shown(&text),
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                for (name, value) in fields {
                    shown(&name);
                    open.push(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// The same, and what is kept of it can be read again.
pub(crate) fn keeps<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(thing: &T) {
    harmless(thing);
    let kept = serde_json::to_string(thing).expect("it serialises");
    let again: T = serde_json::from_str(&kept).expect("what is kept can be read");
    assert_eq!(*thing, again);
}
