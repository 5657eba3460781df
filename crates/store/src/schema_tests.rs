//! The steps of a schema, on both engines: whole or not at all, once, never backwards.

use super::*;
use crate::open::{Location, Store};
use huis_testkit::Postgres;

/// A first step, and two that a next version might bring.
const ONE: &str = "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, body BLOB NOT NULL);";
const TWO: &str = "ALTER TABLE a ADD COLUMN more TEXT NOT NULL DEFAULT 'x';
                   CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY);
                   INSERT INTO b (id) VALUES (1);";
/// Stops in its middle.
const BROKEN: &str = "CREATE TABLE c (id BIGINT NOT NULL PRIMARY KEY);
                      INSERT INTO b (id) VALUES (1);
                      CREATE TABLE d (id BIGINT NOT NULL PRIMARY KEY);";

async fn tables(db: &Db) -> Vec<String> {
    let mut all: Vec<String> = columns(db).await.unwrap().into_iter().map(|(t, _)| t).collect();
    all.dedup();
    all
}

async fn steps_are_whole_and_forward_only(location: Location) {
    let store = Store::connect(&location).await.unwrap();
    let db = &store.data;
    assert_eq!(version(db).await.unwrap(), 0);
    bring_up(db, &[ONE]).await.unwrap();
    assert_eq!((version(db).await.unwrap(), tables(db).await.len()), (1, 2));
    let broken = bring_up(db, &[ONE, TWO, BROKEN]).await;
    assert!(matches!(broken, Err(StoreError::Database(_))), "{broken:?}");
    assert_eq!(version(db).await.unwrap(), 2, "the step before it stands");
    assert_eq!(tables(db).await, ["a", "b", "migration"], "of the broken one nothing does");
    // The connection it failed on serves on, and the mended step is taken.
    bring_up(db, &[ONE, TWO, "CREATE TABLE c (id BIGINT NOT NULL PRIMARY KEY);"]).await.unwrap();
    assert_eq!(tables(db).await, ["a", "b", "c", "migration"]);
    // An older program refuses, and changes nothing.
    let older = bring_up(db, &[ONE, TWO]).await.unwrap_err().to_string();
    assert!(older.contains("étape 3") && older.contains("l’étape 2"), "{older}");
    assert!(older.contains("version plus récente") && older.contains("huis restore"), "{older}");
    // A database whose first step was another one is not taken for this one.
    let other = bring_up(db, &["CREATE TABLE z (id BIGINT NOT NULL PRIMARY KEY);", "", "", ""])
        .await
        .unwrap_err()
        .to_string();
    assert!(other.contains("version d’essai") && other.contains("z.id"), "{other}");
    assert_eq!(version(db).await.unwrap(), 3);
    // Nor is what never was Huis.
    store.keys.script("CREATE TABLE foreigner (id BIGINT)".into()).await.unwrap();
    let foreign = bring_up(&store.keys, &[ONE]).await.unwrap_err().to_string();
    assert!(foreign.contains("autre chose que Huis"), "{foreign}");
    assert_eq!(tables(&store.keys).await, ["foreigner"]);
}

async fn many_start_at_once_and_one_migrates(location: Location) {
    let mut tasks = Vec::new();
    for _ in 0..6 {
        let location = location.clone();
        tasks.push(tokio::spawn(async move { Store::open(&location).await.map(drop) }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let store = Store::open(&location).await.unwrap();
    assert_eq!(store.schema().await.unwrap(), Schema::of_this_program());
    let taken = store.data.all("SELECT version FROM migration ORDER BY version", vec![]).await;
    assert_eq!(taken.unwrap().len(), DATA.len(), "each step once");
    store.wipe().await.unwrap();
    assert_eq!(store.schema().await.unwrap(), Schema { data: 0, keys: 0, trace: 0 });
    store.migrate(Schema::FIRST).await.unwrap();
    assert_eq!(store.schema().await.unwrap(), Schema::FIRST);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| Location::Folder(folder.path().join(name));
    steps_are_whole_and_forward_only(at("a")).await;
    many_start_at_once_and_one_migrates(at("b")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    let server = Postgres::start().unwrap();
    let [a, b] = ["etapes", "ensemble"].map(|name| server.database(name).unwrap());
    steps_are_whole_and_forward_only(Location::Postgres(a.url())).await;
    many_start_at_once_and_one_migrates(Location::Postgres(b.url())).await;
}
