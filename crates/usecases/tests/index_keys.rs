//! The blind indexes change keys each year, and the searches in the trace each month (I5, I7, X-23).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_kernel::Clock as _;
use huis_store::{Location, index_keys::IndexState};
use huis_testkit::Postgres;
use huis_trace::Leaf;
use huis_usecases::{Caller, Huis, Question};
use huis_vault::Token;
use std::collections::BTreeSet;

fn question(last: &str, first: &str, archive: bool) -> Question {
    Question {
        number: String::new(),
        fields: [("occupant.nom", last), ("occupant.prenom", first)]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        archive,
    }
}

async fn finds(huis: &Huis, by: &Caller, last: &str, archive: bool) -> usize {
    huis.search(by, PROCESSING, &question(last, "Elise", archive)).await.unwrap().lines.len()
}

async fn states(huis: &Huis, archive: bool) -> Vec<(u32, IndexState)> {
    let rows = huis.store().index_keys(archive).await.unwrap();
    rows.iter().map(|r| (r.generation, r.state)).collect()
}

fn later(world: &World, ms: i64) {
    world.clock.set(world.clock.now().plus_ms(ms));
}

/// I7: after a year a new generation is built beside the one that serves, then serves; the old
/// tokens and their key are gone. Searching works at every step, and what is written meanwhile is
/// found. The archive's index waits for an archivist.
async fn indexes_change_keys_each_year(world: World) {
    use IndexState::{Building, Retired, Serving};
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let huis = world.again(901).await;
    let store = world.huis.store();
    let office = anne.office.office;
    world.dossier(&anne, "Hoffmann", "Élise").await;
    let closed = world.dossier(&anne, "Zimmermann", "Élise").await.number;
    let today = world.today().to_string();
    let close = draft("cloture", &today, &[("motif", choice("dette_soldee"))]);
    world.act(&anne, closed, close).await.unwrap();
    world.huis.daily().await.unwrap();
    assert_eq!(states(&world.huis, false).await, [(1, Serving)]);
    later(&world, 366 * 86_400_000);
    world.agent("bruno", "instructeur", &[]).await;
    world.agent("zoe", "archiviste", &[]).await;
    let bruno = world.caller("bruno").await;
    world.huis.daily().await.unwrap();
    assert_eq!(states(&world.huis, false).await, [(1, Serving), (2, Building)]);
    assert_eq!(finds(&world.huis, &bruno, "Hofman", false).await, 1);
    // Written while the new generation is built: found under the old one now, the new one later.
    world.dossier(&bruno, "Schneider", "Élise").await;
    assert_eq!(finds(&world.huis, &bruno, "Schneider", false).await, 1);
    // The server goes silent here; the other goes on.
    later(&world, 61_000);
    huis.daily().await.unwrap();
    assert_eq!(states(&huis, false).await, [(1, Retired), (2, Serving)]);
    assert_eq!(states(&huis, true).await, [(1, Serving), (2, Building)], "the archive is closed");
    for name in ["Hofman", "Schneider"] {
        assert_eq!(finds(&huis, &bruno, name, false).await, 1, "{name}");
        assert_eq!(finds(&world.huis, &bruno, name, false).await, 1, "{name}, by the other server");
    }
    later(&world, 61_000);
    huis.daily().await.unwrap();
    assert_eq!(states(&huis, false).await, [(2, Serving)], "the old key is destroyed");
    let gone = store.drop_tokens_before(false, Token::first_of(2)).await.unwrap();
    assert_eq!(gone, 0, "no token of the old generation is left");
    assert_eq!(finds(&huis, &bruno, "Hofman", false).await, 1);
    // The archive, once an archivist has opened it.
    let zoe = world.caller("zoe").await;
    huis.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
    assert_eq!(finds(&huis, &zoe, "Zimmerman", true).await, 1);
    for expected in [vec![(1, Retired), (2, Serving)], vec![(2, Serving)]] {
        later(&world, 61_000);
        huis.daily().await.unwrap();
        assert_eq!(states(&huis, true).await, expected);
        assert_eq!(finds(&huis, &zoe, "Zimmerman", true).await, 1);
    }
    let left = store.outdated(office, PROCESSING, true, Token::first_of(3), None, 9).await.unwrap();
    assert_eq!(left.len(), 1, "the closed file is known by the new generation");
    assert_eq!(store.drop_tokens_before(true, Token::first_of(2)).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_change_keys_each_year_on_sqlite_i5_i7() {
    indexes_change_keys_each_year(World::on("2026-03-02").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn indexes_change_keys_each_year_on_postgresql_i5_i7() {
    let server = Postgres::start().unwrap();
    let database = server.database("index").unwrap();
    let world = World::now(tempfile::tempdir().unwrap(), Location::Postgres(database.url())).await;
    indexes_change_keys_each_year(world).await;
}

/// A program that makes tokens in another manner than the one before it makes the index again, at
/// once; dossiers are found all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_of_another_manner_is_made_again() {
    use IndexState::{Building, Retired, Serving};
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    world.dossier(&anne, "Hoffmann", "Élise").await;
    world.huis.daily().await.unwrap();
    assert_eq!(states(&world.huis, false).await, [(1, Serving)], "made in this manner");
    world.huis.store().set_meta("index-manner", "1").await.unwrap();
    let steps = [
        vec![(1, Serving), (2, Building)],
        vec![(1, Retired), (2, Serving)],
        vec![(2, Serving)],
        vec![(2, Serving)],
    ];
    for expected in steps {
        world.huis.daily().await.unwrap();
        assert_eq!(states(&world.huis, false).await, expected);
        assert_eq!(finds(&world.huis, &anne, "Hofman", false).await, 1);
        later(&world, 61_000);
    }
    assert_eq!(states(&world.huis, true).await, [(1, Serving)], "the other index is as it was");
}

/// The codes of the last search in the trace.
async fn codes(world: &World, by: &Caller) -> BTreeSet<String> {
    world.huis.search(by, PROCESSING, &question("Hoffmann", "Élise", false)).await.unwrap();
    let store = world.huis.store();
    let now = world.clock.now().plus_ms(1);
    let rows = store.last_lines(Some(by.actor.agent), now, 20).await.unwrap();
    let lines = rows.into_iter().filter_map(|r| Leaf::from_bytes(r.leaf).line().ok());
    let tokens = lines.filter_map(|l| l.detail.get("tokens").cloned()).next().unwrap();
    tokens.split(',').map(str::to_owned).collect()
}

/// what a search leaves in the trace matches nothing in the index, is the same within a month
/// (so that a repetition shows), another in the next, and can be matched by nobody past the term.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_are_traced_by_a_key_of_their_month_x_23() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let store = world.huis.store();
    let office = anne.office.office;
    world.dossier(&anne, "Hoffmann", "Élise").await;
    assert_eq!(finds(&world.huis, &anne, "Hoffmann", false).await, 1);
    let march = codes(&world, &anne).await;
    assert!(march.len() > 2);
    for code in &march {
        let bits = i64::from_str_radix(code, 16).unwrap();
        let token = BTreeSet::from([Token(Token::first_of(1).0 | bits)]);
        assert!(!store.shares_tokens(office, &token, false, 1).await.unwrap(), "{code}");
    }
    world.go_to("2026-03-31");
    let anne = world.caller("anne").await;
    assert_eq!(codes(&world, &anne).await, march);
    world.go_to("2026-04-01");
    let anne = world.caller("anne").await;
    assert!(codes(&world, &anne).await.is_disjoint(&march));
    for (on, march_is_there, april_is_there) in [
        ("2027-03-31", true, true),
        ("2027-04-01", false, true),
        ("2027-04-30", false, true),
        ("2027-05-01", false, false),
    ] {
        world.go_to(on);
        world.huis.purge_traces().await.unwrap();
        for (month, expected) in [("2026-03", march_is_there), ("2026-04", april_is_there)] {
            let key = store.trace_key(month).await.unwrap();
            assert_eq!(key.is_some(), expected, "{month} on {on}");
        }
    }
}
