//! Reading what EasyEcom writes: pure, without I/O, and never trusting a type. Its types drift from
//! answer to answer (contracts/easyecom.md section 4, "Unstable types").

mod confirm;
mod envelope;
mod fields;
mod lines;
mod lists;
mod named;
mod redact;
mod row;

pub(super) use confirm::judge_confirm;
pub use envelope::{Envelope, is_nothing};
pub use fields::Fields;
pub use lists::{
    DocumentUrls, Location, TrackRead, decode_documents, decode_locations, decode_orders,
    decode_stock, decode_tracks, pick_order,
};
pub(super) use named::{Standing, find_text, mentions};
pub use redact::redact;
pub use row::{RejectedRow, SeenOrder, decode_row};
