//! A state that follows the journal: records it lacks are applied as when they were written.

use super::{
    core::RECORDS_PER_SETTLE,
    error::{OpenError, StoreError},
    journal::{JournalReader, LineHash},
    position::{Position, size_of},
    replay::replay,
    store::{Changes, FLUSH_BYTES_MAX, Store},
    view::Overlay,
};

/// Applies the records behind `from` up to `last`, which has this hash. Returns where the state stands
/// then.
pub(super) fn follow(
    store: &dyn Store,
    reader: &JournalReader,
    from: Position,
    (last, hash): (u64, LineHash),
) -> Result<Position, OpenError> {
    let mut overlay = Overlay::new(store);
    let mut pending = Changes::new();
    let mut bytes = 0;
    let mut position = from;
    let mut seen = (position.seq, position.hash);
    reader.walk(
        from.seq + 1,
        last,
        |place, entry, hash| -> Result<(), OpenError> {
            replay(&entry, place, &mut overlay)?;
            let changes = overlay.keep_event();
            overlay.keep_request();
            bytes += size_of(&changes);
            pending.extend(changes);
            seen = (entry.seq, hash);
            if bytes > FLUSH_BYTES_MAX / 2 || entry.seq - position.seq >= RECORDS_PER_SETTLE {
                position.advance(store, std::mem::take(&mut pending), entry.seq, hash)?;
                store.settle()?;
                overlay = Overlay::new(store);
                bytes = 0;
            }
            Ok(())
        },
    )?;
    if seen.0 > position.seq {
        position.advance(store, pending, seen.0, seen.1)?;
        store.settle()?;
    }
    if seen != (last, hash) {
        return Err(StoreError::Damaged {
            says: format!("it followed the journal to {} of {last}", seen.0).into(),
        }
        .into());
    }
    Ok(position)
}
