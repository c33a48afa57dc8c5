//! What is true about orders, without I/O, clock or async: the sequence, the gate, the tracking
//! rules, the inventory figures. Everything here is data in, data out.

pub mod event;
pub mod filter;
pub mod fold;
pub mod gate;
pub mod ids;
pub mod inventory;
mod level;
pub mod load;
pub mod order;
pub mod outcome;
pub mod record;
pub mod request;
pub mod schedule;
pub mod step;
pub mod suggest;
pub mod text;
pub mod time;
pub mod tracking;
pub mod twin;

pub use ids::{
    Awb, CarrierId, InvoiceId, LocationKey, ManifestNo, MarketplaceId, Operator, OrderId,
    ReferenceCode, Sku,
};
pub use level::Level;
pub use order::{Consignee, Order, RemoteStatus};
pub use outcome::{Failure, FailureKind, ReadError, Verdict};
pub use record::OrderRecord;

pub use step::{Call, Stage, Step};
pub use text::Clean;
pub use time::Stamp;
