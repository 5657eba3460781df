//! Upgrades: an installation made by each earlier schema is kept (`snapshots/`), and comes to the
//! very schema that the steps make from nothing, on both engines; what is newer, or was never
//! delivered, is refused as it is.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod snapshots;

use huis_store::{Location, Schema, Store};
use huis_testkit::{Database, Postgres};
use rusqlite::Connection;
use std::path::Path;

/// Every column (with its type, its default and its place in the primary key) and every index of
/// the three files, in words.
fn shape_of_files(folder: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for name in ["data.db", "keys.db", "trace.db"] {
        let db = Connection::open(folder.join(name)).unwrap();
        for sql in [
            "SELECT m.name || '.' || p.name || ' ' || p.type || ' ' || p.\"notnull\" || ' '
             || COALESCE(p.dflt_value, '-') || ' ' || p.pk FROM sqlite_master m
             JOIN pragma_table_info(m.name) p WHERE m.type = 'table'",
            "SELECT m.tbl_name || ' by ' || COALESCE(m.name, '') || ' '
             || (SELECT group_concat(i.name) FROM pragma_index_info(m.name) i)
             FROM sqlite_master m WHERE m.type = 'index'",
        ] {
            let mut statement = db.prepare(sql).unwrap();
            let lines = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
            out.extend(lines.map(|line| format!("{name} {}", line.unwrap())));
        }
    }
    out.sort();
    out
}

fn shape_of_database(database: &Database) -> Vec<String> {
    let sql =
        "SELECT table_schema || ' ' || table_name || '.' || column_name || ' ' || data_type || ' '
               || is_nullable || ' ' || COALESCE(column_default, '-')
               FROM information_schema.columns WHERE table_schema LIKE 'huis_%'
               UNION ALL SELECT schemaname || ' ' || indexdef FROM pg_indexes
               WHERE schemaname LIKE 'huis_%'
               UNION ALL SELECT n.nspname || ' ' || c.relname || ' ' || c.relpersistence::text
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname LIKE 'huis_%' AND c.relkind = 'r'";
    let mut out: Vec<String> = database.sql(sql).unwrap().lines().map(str::to_owned).collect();
    out.sort();
    out
}

/// The schemas of which a snapshot is kept; the first that was delivered is one of them.
fn steps() -> Vec<i64> {
    let kept = snapshots::all();
    assert!(kept.contains(&1), "{kept:?}");
    kept
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_the_steps_since_make_the_schema_of_nothing_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("neuf");
    Store::open(&Location::Folder(fresh.clone())).await.unwrap().close().await;
    let expected = shape_of_files(&fresh);
    for step in steps() {
        let old = folder.path().join(format!("pas-{step}"));
        snapshots::unzip(step, &old);
        let location = Location::Folder(old.clone());
        let store = Store::connect(&location).await.unwrap();
        assert_eq!(store.schema().await.unwrap().data, step);
        store.close().await;
        let store = Store::open(&location).await.unwrap();
        assert_eq!(store.schema().await.unwrap(), Schema::of_this_program());
        assert_eq!(store.offices().await.unwrap().len(), 1);
        store.close().await;
        assert_eq!(shape_of_files(&old), expected);
        // Its second opening changes nothing.
        Store::open(&location).await.unwrap().close().await;
        assert_eq!(shape_of_files(&old), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_and_the_steps_since_make_the_schema_of_nothing_on_postgresql() {
    let server = Postgres::start().unwrap();
    let fresh = server.database("neuf").unwrap();
    Store::open(&Location::Postgres(fresh.url())).await.unwrap().close().await;
    let expected = shape_of_database(&fresh);
    let folder = tempfile::tempdir().unwrap();
    for step in steps() {
        let old = server.database(&format!("ancien{step}")).unwrap();
        let files = folder.path().join(format!("pas-{step}"));
        snapshots::unzip(step, &files);
        let location = Location::Postgres(old.url());
        snapshots::into(&files, &location).await;
        let store = Store::open(&location).await.unwrap();
        assert_eq!(store.schema().await.unwrap(), Schema::of_this_program());
        assert_eq!(store.offices().await.unwrap().len(), 1);
        store.close().await;
        assert_eq!(shape_of_database(&old), expected);
    }
}

/// What is newer than the program, and what comes from before the first delivery, is refused with
/// what to do, and nothing of it is changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_and_one_never_delivered_are_refused_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("plus-recente");
    snapshots::unzip(1, &newer);
    let next = Schema::of_this_program().trace + 1;
    let db = Connection::open(newer.join("trace.db")).unwrap();
    db.execute("INSERT INTO migration (version) VALUES (?1)", [next]).unwrap();
    let before = shape_of_files(&newer);
    let refused = Store::open(&Location::Folder(newer.clone())).await.unwrap_err().to_string();
    assert!(refused.contains("version plus récente"), "{refused}");
    assert!(refused.contains("restaurez la sauvegarde"), "{refused}");
    assert_eq!(shape_of_files(&newer), before, "not even the other two stores");

    // The layout of 21 November: the same number, and tables that are not there.
    let trial = folder.path().join("essai");
    snapshots::unzip(1, &trial);
    let db = Connection::open(trial.join("data.db")).unwrap();
    for sql in ["DROP TABLE draft", "ALTER TABLE dossier DROP COLUMN digest"] {
        db.execute(sql, []).unwrap();
    }
    let before = shape_of_files(&trial);
    let refused = Store::open(&Location::Folder(trial.clone())).await.unwrap_err().to_string();
    assert!(refused.contains("version d’essai"), "{refused}");
    assert!(refused.contains("huis demo --fresh"), "{refused}");
    assert_eq!(shape_of_files(&trial), before);
}
