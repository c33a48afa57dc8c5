//! From a journal and whatever state there is to a core that can go on: the state is checked
//! against the journal, and built anew where it cannot be trusted.

use std::{path::Path, sync::Arc, time::Instant};

use super::{
    base::Base,
    core::Core,
    error::{OpenError, OpenReport},
    home::Home,
    journal::{Checked, JournalDisk, LineHash, Start, Tail},
    options::Rules,
    position::{Digest, Position, STATE_SCHEMA, size_of},
    store::{Changes, FLUSH_BYTES_MAX, Pair, SledSource, Store, StoreSource},
};

/// Memory for the caches of a compaction.
const COMPACT_CACHE_BYTES: u64 = 64 << 20;

/// Customers' rows moved at once.
const PEOPLE_PAGE: usize = 200;

/// What was found in the place of the state.
enum Found {
    /// It can go on from here.
    Good(Arc<dyn Store>, Position),
    /// It cannot be trusted; customers' data is saved from it where it can be read.
    Bad(String, Vec<Pair>),
}

/// Opens journal and state together. The first record of this life is not written yet.
pub(super) fn recover(
    disk: Arc<dyn JournalDisk>,
    source: &dyn StoreSource,
    rules: Rules,
) -> Result<(Core, OpenReport), OpenError> {
    let begun = Instant::now();
    let base = usable_base(&*disk)?;
    let start = base.as_ref().map(Base::start).unwrap_or_default();
    let checked = Checked::skim(Arc::clone(&disk), start)?;
    let tail = checked.tail();
    let mut report = OpenReport {
        records: tail.seq,
        journal_bytes: checked.bytes(),
        ..OpenReport::default()
    };
    let (store, position) = match look(source, &checked)? {
        Found::Good(store, position) => {
            let store = compacted(store, source, rules, position.live, &mut report)?;
            (store, position)
        }
        Found::Bad(why, people) => {
            let aside = source.set_aside()?;
            report.rebuilt = Some(format!("{why}; the old one is kept as {aside}"));
            let store = source.open()?;
            for page in people.chunks(PEOPLE_PAGE) {
                let rows: Changes = page
                    .iter()
                    .map(|(k, v)| (k.clone(), Some(v.clone())))
                    .collect();
                store.people_apply(&rows)?;
                store.settle()?;
            }
            (store, Position::default())
        }
    };
    if report.rebuilt.is_none() && position.seq == 0 && tail.seq > 0 {
        report.rebuilt = Some("there was none".to_owned());
    }
    let position = match &base {
        Some(base) if position.seq == 0 => load(base, &*disk, &*store)?,
        _ => position,
    };
    let (journal, torn) = checked.open(rules.segment_bytes)?;
    report.torn = torn;
    let mut core = Core::new(store, journal, position, rules)?;
    report.replayed = core.catch_up()?;
    report.took = begun.elapsed();
    Ok((core, report))
}

fn look(source: &dyn StoreSource, checked: &Checked) -> Result<Found, OpenError> {
    if source.died_opening() {
        let why = "the process ended while the working state was being opened".to_owned();
        return Ok(Found::Bad(why, Vec::new()));
    }
    let store = match source.open() {
        Ok(store) => store,
        Err(e) if e.is_damage() => return Ok(Found::Bad(e.to_string(), Vec::new())),
        Err(e) => return Err(e.into()),
    };
    let reader = checked.reader();
    let why = match trust(&*store, reader.first() - 1, checked.tail(), |seq| {
        hash_of(checked, seq)
    }) {
        Ok(Ok(position)) => return Ok(Found::Good(store, position)),
        Ok(Err(why)) => why,
        Err(OpenError::Store(e)) if e.is_damage() => e.to_string(),
        Err(e) => return Err(e),
    };
    Ok(Found::Bad(why, save_people(&*store)))
}

/// Moves the working state of a folder that nobody uses out of the way: the next opening builds it
/// from the journal. Returns the name it is kept under.
pub fn set_state_aside(dir: &Path) -> Result<String, OpenError> {
    let _home = Home::visit(dir)?;
    Ok(SledSource::new(dir, 0).set_aside()?)
}

/// The base that a journal begins with. Where the state in it is of another version, it is built from
/// the archived segments instead.
pub(super) fn usable_base(disk: &dyn JournalDisk) -> Result<Option<Base>, OpenError> {
    let Some(base) = Base::read(disk)? else {
        return Ok(None);
    };
    if base.is_understood() {
        return Ok(Some(base));
    }
    if is_whole(disk, base.first_segment)? {
        return Ok(None);
    }
    Err(OpenError::ArchiveNeeded {
        first: base.first_segment,
        found: base.state_schema,
        known: STATE_SCHEMA,
    })
}

/// Whether every segment before `first` is at hand.
pub(super) fn is_whole(disk: &dyn JournalDisk, first: u32) -> Result<bool, OpenError> {
    let segments = disk
        .segments()
        .map_err(|e| OpenError::io("journal", "listed", &e))?;
    Ok(segments.into_iter().take_while(|n| *n < first).eq(1..first))
}

/// Puts the state of a base into an empty store.
pub(super) fn load(
    base: &Base,
    disk: &dyn JournalDisk,
    store: &dyn Store,
) -> Result<Position, OpenError> {
    Position::install(store)?;
    let mut batch = Changes::new();
    let mut live = 0;
    base.each_pair(disk, |key, value| {
        live += (key.len() + value.len()) as u64;
        batch.insert(key, Some(value));
        if size_of(&batch) > FLUSH_BYTES_MAX / 2 {
            store.apply(&std::mem::take(&mut batch))?;
        }
        Ok(())
    })?;
    store.apply(&batch)?;
    let start = base.start();
    let position = Position {
        seq: start.seq,
        hash: start.hash,
        digest: base.digest(),
        live,
    };
    position.installed(store)?;
    Ok(position)
}

/// The hash of record `seq`.
pub(super) fn hash_of(checked: &Checked, seq: u64) -> Result<LineHash, OpenError> {
    let Start {
        seq: before, hash, ..
    } = checked.start();
    if seq == before {
        return Ok(hash);
    }
    let mut found = LineHash::default();
    checked.reader().walk(seq, seq, |_, _, hash| {
        found = hash;
        Ok::<_, OpenError>(())
    })?;
    Ok(found)
}

/// Where a state stands, if it is what it says and belongs to this journal, which follows record
/// `before`; else why not.
pub(super) fn trust(
    store: &dyn Store,
    before: u64,
    tail: Tail,
    hash_of: impl Fn(u64) -> Result<LineHash, OpenError>,
) -> Result<Result<Position, String>, OpenError> {
    let Some(mut position) = Position::read(store)? else {
        return Ok(Ok(Position::default()));
    };
    let (digest, live) = Digest::weigh(store)?;
    position.live = live;
    if digest != position.digest {
        return Ok(Err(
            "the working state is not what was written into it".to_owned()
        ));
    }
    if position.seq > tail.seq {
        return Err(OpenError::JournalShort {
            journal: tail.seq,
            state: position.seq,
        });
    }
    if position.seq < before {
        return Ok(Err(format!(
            "the working state stands at record {}, the journal follows record {before}",
            position.seq
        )));
    }
    if hash_of(position.seq)? != position.hash {
        return Ok(Err(format!(
            "the working state followed another journal up to record {}",
            position.seq
        )));
    }
    Ok(Ok(position))
}

/// Compacts a store that takes many times the room of what is in it. A disk without room for the
/// copy is no reason not to go on.
fn compacted(
    store: Arc<dyn Store>,
    source: &dyn StoreSource,
    rules: Rules,
    live: u64,
    report: &mut OpenReport,
) -> Result<Arc<dyn Store>, OpenError> {
    let before = source.bytes_on_disk()?;
    if before <= rules.room_for(live) {
        return Ok(store);
    }
    match source.compact(store) {
        Ok(store) => {
            report.compacted = Some((before, source.bytes_on_disk()?));
            Ok(store)
        }
        Err(error) => {
            report.warnings.push(format!(
                "the working state takes {before} bytes for {live} and could not be compacted: {error}"
            ));
            Ok(source.open()?)
        }
    }
}

/// Compacts the working state of a folder that nobody uses. Returns its bytes before and after.
pub fn compact(dir: &Path) -> Result<(u64, u64), OpenError> {
    let _home = Home::visit(dir)?;
    let source = SledSource::new(dir, COMPACT_CACHE_BYTES);
    let before = source.bytes_on_disk()?;
    let store = source.open()?;
    drop(source.compact(store)?);
    Ok((before, source.bytes_on_disk()?))
}

/// Customers' data that can still be read: it is in no journal, and reading it again from EasyEcom
/// costs calls.
fn save_people(store: &dyn Store) -> Vec<Pair> {
    let mut saved: Vec<Pair> = Vec::new();
    loop {
        let after = saved.last().map(|(k, _)| k.clone()).unwrap_or_default();
        match store.people_range(&after, PEOPLE_PAGE) {
            Ok(page) if !page.is_empty() => saved.extend(page),
            // Damaged further on: what was read so far is kept.
            Ok(_) | Err(_) => return saved,
        }
    }
}
