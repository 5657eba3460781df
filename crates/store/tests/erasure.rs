//! A destroyed key leaves no byte of itself in any file of the key store (I7, X-22): not in the pages
//! that its neighbours were moved to or from, not in what was written of it on the way.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_kernel::{Instant, Rng, SeededRng};
use huis_store::{Location, Store};
use huis_vault::{ArchiveSecret, DataKey, KeyBlob, RootKey, Slot};
use std::{collections::HashSet, path::Path};

const BATCHES: i64 = 12;
const A_BATCH: i64 = 500;
/// How much of a key is looked for: it has no other like it.
const PIECE: usize = 16;

/// Numbers in an order of chance.
fn shuffled(rng: &SeededRng, upto: i64) -> Vec<i64> {
    let mut drawn: Vec<([u8; 8], i64)> = (1..=upto)
        .map(|n| {
            let mut by = [0; 8];
            rng.fill(&mut by);
            (by, n)
        })
        .collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|d| d.1).collect()
}

/// Pieces of a key that are its own, from its start to its end.
fn pieces(key: &KeyBlob) -> impl Iterator<Item = [u8; PIECE]> {
    key.0[1..].chunks_exact(PIECE).map(|piece| piece.try_into().unwrap())
}

fn found(folder: &Path, gone: &HashSet<[u8; PIECE]>) -> usize {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .flat_map(|bytes| {
            bytes
                .windows(PIECE)
                .filter(|w| gone.contains(*w))
                .map(<[u8]>::to_vec)
                .collect::<Vec<_>>()
        })
        .count()
}

#[tokio::test]
async fn a_destroyed_key_leaves_no_byte_in_the_files_i7_x_22() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(&Location::Folder(folder.path().to_owned())).await.unwrap();
    let store = store.with_keys_copy(place.path(), true).await.unwrap();
    let rng = SeededRng::new(7);
    let (root, archive) = (RootKey::generate(&rng), ArchiveSecret::generate(&rng).public());
    let now = Instant(1_795_939_249_526);
    let mut keys = Vec::new();
    for batch in 1..=BATCHES {
        let slots = (batch - 1) * A_BATCH + 1..=batch * A_BATCH;
        let made: Vec<(Slot, KeyBlob)> = slots
            .map(|slot| (Slot(slot), root.wrap(Slot(slot), &DataKey::generate(&rng), &rng)))
            .collect();
        store.keep_batch(batch, &made, now).await.unwrap();
        assert!(store.copy_batch(batch).await.unwrap());
        keys.extend(made);
    }
    let blob = |slot: i64| &keys[usize::try_from(slot - 1).unwrap()].1;
    let mut gone = HashSet::new();
    let all = shuffled(&rng, BATCHES * A_BATCH);
    // Some pass to the archive, of which some are destroyed, and others that never did.
    for some in all[..2_000].chunks(40) {
        let moved: Vec<(Slot, KeyBlob)> = some
            .iter()
            .map(|s| (Slot(*s), root.archive(Slot(*s), blob(*s), &archive, &rng).unwrap()))
            .collect();
        gone.extend(some.iter().flat_map(|s| pieces(blob(*s))));
        store.replace_keys(&moved).await.unwrap();
        let dead: Vec<Slot> = moved.iter().step_by(2).map(|(slot, _)| *slot).collect();
        gone.extend(moved.iter().step_by(2).flat_map(|(_, key)| pieces(key)));
        store.destroy_keys(&dead, now).await.unwrap();
    }
    for some in all[2_000..4_000].chunks(40) {
        gone.extend(some.iter().flat_map(|s| pieces(blob(*s))));
        let dead: Vec<Slot> = some.iter().map(|s| Slot(*s)).collect();
        store.destroy_keys(&dead, now).await.unwrap();
    }
    store.scrub().await.unwrap();
    let kept: HashSet<[u8; PIECE]> = all[4_000..].iter().flat_map(|s| pieces(blob(*s))).collect();
    for files in [folder.path(), place.path()] {
        assert!(found(files, &kept) >= kept.len(), "the others are there");
        assert_eq!(found(files, &gone), 0, "of {} pieces of keys that are no more", gone.len());
    }
    // What is left opens, in either form, and what is gone says so.
    let asked: Vec<Slot> = all.iter().map(|s| Slot(*s)).collect();
    let read = store.keys(&asked).await.unwrap();
    for (at, slot) in all.iter().enumerate() {
        let key = read.get(&Slot(*slot)).unwrap();
        let moved_and_kept = at < 2_000 && at % 2 == 1;
        assert_eq!(key.is_destroyed(), at < 4_000 && !moved_and_kept);
        assert_eq!(key.is_archived(), moved_and_kept);
    }
}
