//! Does not lose: the program as it is served, under a storm of writes, is killed at moments drawn
//! from a seed, loses its database, its connections, or its disk; and comes back by itself. What it
//! acknowledged is there with its trace, nothing is half done, the log verifies (I2, I8, I14, A-23).
//!
//! `HUIS_CRASH_ROUNDS` makes the storm long, `HUIS_CRASH_SEED` another one.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod archive;
mod backup;
#[path = "../common/mod.rs"]
mod common;
mod house;
mod jobs;
#[path = "../program/mod.rs"]
mod program;
mod proof;
mod storm;

use house::House;
use huis_kernel::{AgentId, Clock, SystemClock};
use huis_store::{Location, Store, drafts::DraftRow};
use huis_testkit::Postgres;
use proof::prove;
use std::time::Duration;
use storm::{Dice, Fate, Storm};

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(usual)
}

fn rounds(usual: u64) -> u64 {
    setting("HUIS_CRASH_ROUNDS", usual)
}

fn seed() -> u64 {
    setting("HUIS_CRASH_SEED", 2_016)
}

fn tell(what: &str, faults: &str, log: &storm::Log, verdict: &proof::Verdict) {
    println!(
        "{what}: {faults}; {} writes acknowledged, {} refused, {} in flight of which {} had \
         landed; {} acts stand; answers {:?}",
        log.count(Fate::Acknowledged),
        log.count(Fate::Refused),
        log.count(Fate::Unknown),
        verdict.landed,
        verdict.acts,
        log.statuses
    );
}

/// kill -9 at any moment of a storm.
async fn killed(house: &House, what: &str) {
    let mut dice = Dice::new(seed());
    let mut served = house.serve();
    let storm = Storm::begin(house, served.address, seed());
    let rounds = rounds(8);
    for _ in 0..rounds {
        storm.goes_on(4, what);
        std::thread::sleep(Duration::from_millis(dice.below(400)));
        served.kill();
        storm.lost();
        served = house.serve();
        storm.back(served.address);
    }
    storm.goes_on(4, what);
    let log = storm.end();
    let verdict = prove(house, &log, &house.folder.join("preuve")).await;
    drop(served);
    tell(what, &format!("{rounds} kills"), &log, &verdict);
    assert!(log.count(Fate::Acknowledged) as u64 > rounds * 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_a_storm_loses_nothing_on_sqlite_a_23_i2_i8_i14() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), None).await;
    killed(&house, "SQLite").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_in_a_storm_loses_nothing_on_postgresql_a_23_i2_i8_i14() {
    let server = Postgres::start().unwrap();
    let database = server.database("tempete").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), Some(database.url())).await;
    killed(&house, "PostgreSQL").await;
}

/// The database ends without a goodbye and starts again, and connections are cut under the storm:
/// meanwhile pages say that they cannot answer, and all goes on by itself, the server never
/// restarted. The index, which PostgreSQL empties then, is whole again.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_goes_and_comes_back_loses_nothing_a_23_i2_i8() {
    let server = Postgres::durable().unwrap();
    let database = server.database("panne").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let house = House::found(&folder.path().join("data"), Some(database.url())).await;
    let mut dice = Dice::new(seed());
    // A form that came after its session's end, and was kept: that is an acknowledgement too.
    let place = Location::Postgres(database.url());
    let (late, now) = (AgentId::from_bytes([9; 16]), SystemClock.now());
    let kept = DraftRow { draft: [8; 16], kept_at: now };
    let store = Store::connect(&place).await.unwrap();
    store.keep_draft(kept, late, vec![7; 64], now.plus_ms(9_000_000), 5).await.unwrap();
    store.close().await;
    let served = house.serve();
    let storm = Storm::begin(&house, served.address, seed());
    let (ends, cuts) = (rounds(2), rounds(2) * 10);
    for _ in 0..ends {
        storm.goes_on(8, "before the end");
        std::thread::sleep(Duration::from_millis(dice.below(300)));
        server.crash();
        let before = storm.log.lock().unwrap().statuses.get(&503).copied().unwrap_or(0);
        let begun = std::time::Instant::now();
        while storm.log.lock().unwrap().statuses.get(&503).copied().unwrap_or(0) == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "nobody was told");
            std::thread::sleep(Duration::from_millis(20));
        }
        server.restart().unwrap();
        storm.goes_on(8, "after the end");
    }
    let mut dropped = 0;
    for _ in 0..cuts {
        std::thread::sleep(Duration::from_millis(dice.below(60)));
        let ended = database
            .sql(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE application_name = 'huis' AND datname = current_database()",
            )
            .unwrap();
        dropped += ended.parse::<u64>().unwrap();
    }
    storm.goes_on(8, "after the cuts");
    let log = storm.end();
    let told = log.seen.get(&503).cloned().unwrap_or_default();
    assert!(told.contains("indisponible"), "{:?}", log.seen);
    let verdict = prove(&house, &log, &house.folder.join("preuve")).await;
    drop(served);
    let faults = format!("{ends} ends of the database, {dropped} connections cut in {cuts} times");
    tell("PostgreSQL", &faults, &log, &verdict);
    assert!(dropped > 0);
    let store = Store::connect(&place).await.unwrap();
    let found = store.drafts(late, now).await.unwrap();
    assert_eq!(found, [kept], "a kept form outlives the end of its database");
}

/// A disk that fills: pages answer that there is no room, what was acknowledged stays, and the same
/// server goes on as soon as there is room again.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_loses_nothing_a_23_i2() {
    let folder = tempfile::tempdir().unwrap();
    let disk = program::disk::Disk::mount(&folder.path().join("disque"), 96).unwrap();
    let house = House::found(&disk.path.join("data"), None).await;
    let served = house.serve();
    let storm = Storm::begin(&house, served.address, seed());
    let times = rounds(2);
    for _ in 0..times {
        storm.goes_on(8, "with room");
        disk.fill();
        let begun = std::time::Instant::now();
        let before = storm.log.lock().unwrap().statuses.get(&503).copied().unwrap_or(0);
        while storm.log.lock().unwrap().statuses.get(&503).copied().unwrap_or(0) < before + 8 {
            let log = storm.log.lock().unwrap();
            assert!(begun.elapsed() < Duration::from_secs(90), "{:?} {:?}", log.statuses, log.seen);
            drop(log);
            std::thread::sleep(Duration::from_millis(10));
        }
        disk.free();
        storm.goes_on(8, "with room again");
    }
    let log = storm.end();
    let told = log.seen.get(&503).cloned().unwrap_or_default();
    assert!(told.contains("n'a plus de place"), "{:?}", log.seen);
    let verdict = prove(&house, &log, &folder.path().join("preuve")).await;
    drop(served);
    tell("full disk", &format!("{times} times full"), &log, &verdict);
}
