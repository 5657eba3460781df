//! I1: no personal datum outside a section, a sealed document or the card. The live schema of both
//! engines is read; every column must be classified, and both engines must have the same.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_store::{Location, Store};
use huis_testkit::Postgres;
use std::collections::{BTreeMap, BTreeSet};

const CLASSES: [&str; 11] =
    ["id", "unit", "stage", "date", "term", "token", "sealed", "agent", "ours", "count", "reason"];

fn classified() -> BTreeSet<(String, String)> {
    let tables: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(include_str!("../schema/columns.toml")).unwrap();
    let mut out = BTreeSet::new();
    for (table, columns) in tables {
        for (column, class) in columns {
            assert!(CLASSES.contains(&class.as_str()), "{table}.{column} : classe « {class} »");
            out.insert((table.clone(), column));
        }
    }
    out
}

async fn live(location: Location) -> BTreeSet<(String, String)> {
    Store::open(&location).await.unwrap().columns().await.unwrap().into_iter().collect()
}

#[tokio::test]
async fn every_column_is_classified_on_both_engines_i1() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = live(Location::Folder(folder.path().to_owned())).await;
    let server = Postgres::start().unwrap();
    let database = server.database("schema").unwrap();
    let postgres = live(Location::Postgres(database.url())).await;
    let known = classified();
    let missing: Vec<_> = sqlite.difference(&known).collect();
    assert!(missing.is_empty(), "colonnes sans classe : {missing:?}");
    let stale: Vec<_> = known.difference(&sqlite).collect();
    assert!(stale.is_empty(), "classes sans colonne : {stale:?}");
    assert_eq!(sqlite, postgres, "les deux moteurs n'ont pas les mêmes colonnes");
}

#[tokio::test]
async fn two_servers_open_one_database_and_only_one_holds_a_lease() {
    let server = Postgres::start().unwrap();
    let database = server.database("bail").unwrap();
    let location = Location::Postgres(database.url());
    let (a, b) = tokio::join!(Store::open(&location), Store::open(&location));
    // A race to migrate is lost by one at most, and won by trying again.
    let a = match a {
        Ok(store) => store,
        Err(_) => Store::open(&location).await.unwrap(),
    };
    let b = match b {
        Ok(store) => store,
        Err(_) => Store::open(&location).await.unwrap(),
    };
    let now = huis_kernel::Instant(1_000_000);
    assert!(a.lease("sweep", "a", now, 60_000).await.unwrap());
    assert!(!b.lease("sweep", "b", now, 60_000).await.unwrap());
    assert!(a.lease("sweep", "a", now.plus_ms(1_000), 60_000).await.unwrap(), "renewal");
    assert!(b.lease("sweep", "b", now.plus_ms(62_000), 60_000).await.unwrap(), "after its end");
    assert!(!a.lease("sweep", "a", now.plus_ms(63_000), 60_000).await.unwrap());
}
