//! Orders that were decoded before. Decoding costs ten times what reading does, and screens and the
//! engine read the same few hundred orders again and again.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{InvoiceId, OrderRecord},
    ledger::{error::StoreError, view::decode},
};

/// Orders kept, about 6 KiB each; more than a warehouse has in work at once.
const ORDERS_MAX: usize = 4_096;

/// Decoded orders beside the bytes that they were decoded from: other bytes are decoded anew, so
/// nothing has to be told when an order changes.
#[derive(Default)]
pub(in crate::ledger) struct DecodedOrders {
    orders: Mutex<HashMap<InvoiceId, Decoded>>,
}

/// Bytes, and the order in them.
type Decoded = (Vec<u8>, Arc<OrderRecord>);

impl DecodedOrders {
    /// The order that `value`, found under `key`, says.
    pub fn order(
        &self,
        id: InvoiceId,
        key: &[u8],
        value: Vec<u8>,
    ) -> Result<Arc<OrderRecord>, StoreError> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((bytes, record)) = orders.get(&id)
            && *bytes == value
        {
            return Ok(Arc::clone(record));
        }
        let record = Arc::new(decode::<OrderRecord>(key, &value)?);
        if orders.len() >= ORDERS_MAX {
            orders.clear();
        }
        orders.insert(id, (value, Arc::clone(&record)));
        Ok(record)
    }
}
