//! Two that write under one name do not interleave (I8, X-24), and a name is held by one live
//! process at a time.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_kernel::{Instant, SeededRng};
use huis_store::{Location, Store};
use huis_testkit::Postgres;
use huis_trace::{
    Authority, Line, LineStore, Log, LogSigner, Operation, Origin, TraceError, Writer,
};
use std::sync::Arc;

fn line(at: i64) -> Line {
    Line::new(Instant(at), Authority::System, "expulsion", "essai", Operation::Start)
}

async fn writer(store: &Store, seed: u64) -> Writer {
    let signer = Arc::new(LogSigner::from_seed("huis-essai", &[5; 32]).unwrap());
    let origin = Origin::new("essai", "expulsion", "serveur").unwrap();
    let state = store.state(&origin).await.unwrap();
    Writer::new([Log::open(signer, origin, state, Arc::new(SeededRng::new(seed))).unwrap()])
        .unwrap()
}

async fn two_writers_do_not_interleave(location: Location) {
    let store = Store::open(&location).await.unwrap();
    // Both found the log empty; then both found it with one line; then a day was closed under one.
    for round in 0..3 {
        let mut first = writer(&store, round * 10 + 1).await;
        let mut second = writer(&store, round * 10 + 2).await;
        if round == 2 {
            let day = "1970-01-03".parse().unwrap();
            first.close_days(&store, day).await.unwrap();
        } else {
            first.write(&store, vec![line(1)]).await.unwrap();
        }
        let refused = second.write(&store, vec![line(2)]).await;
        assert_eq!(refused.err(), Some(TraceError::NotPersisted), "round {round}");
        let stopped = second.write(&store, vec![line(3)]).await;
        assert_eq!(stopped.err(), Some(TraceError::Forked), "it must not go on: round {round}");
        first.write(&store, vec![line(86_400_000)]).await.unwrap();
    }
    let log = "essai/expulsion/serveur";
    let leaves = store.leaves(log, 0, 100).await.unwrap();
    let indexes: Vec<u64> = leaves.iter().map(|l| l.0).collect();
    assert_eq!(indexes, [0, 1, 2, 3, 4], "nothing of the second");
}

async fn a_name_is_held_by_one(location: Location) {
    let a = Store::open(&location).await.unwrap();
    let b = Store::open(&location).await.unwrap();
    let held = a.claim("colmar").await.unwrap().unwrap();
    assert!(b.claim("colmar").await.unwrap().is_none());
    assert!(b.claim("mulhouse").await.unwrap().is_some(), "another name is free");
    drop(held);
    // A session that ended is told to the database by its socket: it may take a moment.
    let mut again = None;
    while again.is_none() {
        again = b.claim("colmar").await.unwrap();
    }
    assert!(a.claim("colmar").await.unwrap().is_none());
}

#[tokio::test]
async fn on_sqlite_i8_x_24() {
    let folder = tempfile::tempdir().unwrap();
    two_writers_do_not_interleave(Location::Folder(folder.path().to_owned())).await;
    a_name_is_held_by_one(Location::Folder(folder.path().to_owned())).await;
}

#[tokio::test]
async fn on_postgresql_i8_x_24() {
    let server = Postgres::start().unwrap();
    let [lines, names] = ["ecrivains", "noms"].map(|name| server.database(name).unwrap());
    two_writers_do_not_interleave(Location::Postgres(lines.url())).await;
    a_name_is_held_by_one(Location::Postgres(names.url())).await;
}
