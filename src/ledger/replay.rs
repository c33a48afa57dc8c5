//! One record applied to the state: the fold, and where the record is found again.

use super::{
    error::StoreError,
    index,
    journal::Place,
    keys::{Key, kind},
    view::Overlay,
};
use crate::domain::{event::Entry, fold::fold};

/// Applies one record to the state, as it was applied when it was written.
pub(super) fn replay(
    entry: &Entry,
    place: Place,
    overlay: &mut Overlay<'_>,
) -> Result<(), StoreError> {
    fold(entry, overlay)?;
    index_record(entry, place, overlay);
    Ok(())
}

/// Notes where the record is, for the orders that it is about and for the feed.
pub(super) fn index_record(entry: &Entry, place: Place, overlay: &mut Overlay<'_>) {
    let value = encode_place(place);
    for id in entry.event.invoices() {
        let key = Key::new(kind::HISTORY).id(id).number(entry.seq).done();
        overlay.put(key, value.clone());
    }
    if index::is_tracking(&entry.event) {
        overlay.put(Key::new(kind::FEED).number(entry.seq).done(), value);
    }
}

fn encode_place(place: Place) -> Vec<u8> {
    let mut value = place.segment.to_be_bytes().to_vec();
    value.extend_from_slice(&place.offset.to_be_bytes());
    value
}

/// Reads what the index keeps of a record's place.
pub(super) fn decode_place(value: &[u8]) -> Option<Place> {
    let (segment, offset) = value.split_first_chunk::<4>()?;
    Some(Place {
        segment: u32::from_be_bytes(*segment),
        offset: u64::from_be_bytes(*offset.first_chunk::<8>()?),
    })
}
