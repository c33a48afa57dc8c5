//! Every file of the corpus through its decoder, then changed copies of them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};

use super::{ALL, Feed};

/// Files for every decoder.
const COMMON: &str = "any";

/// Changed copies per decoder that every test run makes.
const CHANGED: u32 = 400;

/// Longest input that is made: long enough for every limit but those of whole files.
const BYTES_MAX: usize = 16 << 10;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = root().join("tests/corpus").join(folder);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let bytes = fs::read(&path).expect("readable");
            (path, bytes)
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    files
}

/// Feeds, and says with what if that panics.
fn feed(feed: &Feed, name: &str, bytes: &[u8]) {
    let fed = std::panic::catch_unwind(|| (feed.run)(bytes));
    if fed.is_err() {
        let kept = std::env::temp_dir().join(format!("raftaar-{}-crash", feed.name));
        fs::write(&kept, bytes).ok();
        panic!(
            "{} did not survive {name}; it lies in {}, put it into tests/corpus/{}/",
            feed.name,
            kept.display(),
            feed.name
        );
    }
}

#[test]
fn the_corpus_is_survived() {
    let common = files(COMMON);
    for one in ALL {
        for (path, bytes) in common.iter().chain(&files(one.name)) {
            feed(one, &path.display().to_string(), bytes);
        }
    }
}

/// Pieces that decoders look for, or stumble over.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"0",
    b"\\u0000",
    b"\\u001b",
    b"\\ud800",
    b"\x1b[2J",
    b"\xc2\x9b",
    b"\xff",
    b"\xe2\x80\xae",
    b"\n",
    b"\r\n",
    b"\0",
    b"99999999999999999999",
    b"{\"data\":",
];

/// A copy with a few changes.
fn changed(rng: &mut StdRng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let pick = |rng: &mut StdRng| &seeds[rng.random_range(0..seeds.len())];
    let mut bytes = pick(rng).clone();
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=bytes.len());
        let end = rng.random_range(at..=bytes.len().min(at + 40));
        match rng.random_range(0..7) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                bytes.splice(at..end, piece.iter().copied());
            }
            3 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << rng.random_range(0..8);
                }
            }
            4 => {
                let piece = bytes[at..end].repeat(rng.random_range(1..8));
                bytes.splice(at..at, piece);
            }
            5 => {
                // What another seed has from here on.
                let other = pick(rng);
                let from = rng.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                let mut noise = vec![0; rng.random_range(1..9)];
                rng.fill_bytes(&mut noise);
                bytes.splice(at..at, noise);
            }
        }
    }
    bytes.truncate(BYTES_MAX);
    bytes
}

fn seeds(one: &Feed) -> Vec<Vec<u8>> {
    let all = files(one.name).into_iter().chain(files(COMMON));
    all.map(|(_, bytes)| bytes).collect()
}

#[test]
fn changed_copies_of_the_corpus_are_survived() {
    for one in ALL {
        let seeds = seeds(one);
        for n in 0..CHANGED {
            let mut rng = StdRng::seed_from_u64(u64::from(n));
            feed(
                one,
                &format!("changed copy {n}"),
                &changed(&mut rng, &seeds),
            );
        }
    }
}

/// `RAFTAAR_FEED_SECONDS=600 cargo test --release --lib feed::tests::long -- --nocapture`.
#[test]
fn long() {
    let Some(seconds) = std::env::var("RAFTAAR_FEED_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
    else {
        return;
    };
    let (begun, limit) = (Instant::now(), Duration::from_secs(seconds));
    let all: Vec<_> = ALL.iter().map(|one| (one, seeds(one))).collect();
    let mut rng = StdRng::from_os_rng();
    let mut fed = 0_u64;
    while begun.elapsed() < limit {
        for (one, seeds) in &all {
            feed(one, "a changed copy", &changed(&mut rng, seeds));
            fed += 1;
        }
    }
    eprintln!("{fed} inputs to {} decoders in {seconds} s", ALL.len());
}

/// Names of the files in a folder, without their ending.
fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect()
}

#[test]
fn every_decoder_has_its_target_and_every_target_its_decoder() {
    let decoders: BTreeSet<String> = ALL.iter().map(|one| one.name.to_owned()).collect();
    assert_eq!(names(&root().join("fuzz/fuzz_targets")), decoders);
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("its manifest");
    for name in decoders {
        let target = root().join(format!("fuzz/fuzz_targets/{name}.rs"));
        let code = fs::read_to_string(&target).expect("a target");
        assert!(
            code.contains(&format!("feed::{name}(bytes)")),
            "{name}: {code}"
        );
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
    }
}
