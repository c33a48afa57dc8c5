//! Wire shapes of EasyEcom that several answers share.

mod drift;
mod order_json;

pub(crate) use order_json::{View, documents, order_v1, order_v2, status_of};
