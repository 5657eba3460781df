use super::*;
use crate::sql::params;

fn file(folder: &tempfile::TempDir, aside: bool) -> File {
    let file = Some(folder.path().join("essai.db"));
    let journal = if aside { "TRUNCATE" } else { "WAL" };
    File::new(Opening { file, journal, create: true, aside }, 2)
}

async fn made(folder: &tempfile::TempDir, aside: bool) -> File {
    let file = file(folder, aside);
    file.script("CREATE TABLE t (a BIGINT NOT NULL PRIMARY KEY, b BLOB)".into()).await.unwrap();
    file
}

async fn numbers(file: &File) -> Vec<i64> {
    let rows = file.all("SELECT a FROM t ORDER BY a", vec![]).await.unwrap();
    rows.into_iter()
        .map(|row| match row.as_slice() {
            [Value::Int(n)] => *n,
            _ => panic!("a number"),
        })
        .collect()
}

const ADD: &str = "INSERT INTO t (a) VALUES ($1)";

#[tokio::test]
async fn places_are_numbers_whatever_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, false);
    let rows = file.all("SELECT $2, $1, $2, $3", params![7_i64, "deux", None::<i64>]).await;
    let two = || Value::Text("deux".into());
    assert_eq!(rows.unwrap(), [[two(), Value::Int(7), two(), Value::Null]]);
}

#[tokio::test]
async fn a_transaction_that_is_dropped_leaves_nothing_and_the_next_one_begins() {
    let folder = tempfile::tempdir().unwrap();
    for aside in [false, true] {
        let folder = tempfile::tempdir_in(&folder).unwrap();
        let file = made(&folder, aside).await;
        let mut tx = file.begin().await.unwrap();
        assert_eq!(tx.run(ADD, params![1_i64]).await.unwrap(), 1);
        drop(tx);
        let mut tx = file.begin().await.unwrap();
        tx.run(ADD, params![2_i64]).await.unwrap();
        let again = tx.run(ADD, params![2_i64]).await.unwrap_err();
        assert!(again.is_duplicate(), "{again}");
        tx.commit().await.unwrap();
        assert_eq!(file.run(ADD, params![3_i64]).await.unwrap(), 1);
        assert!(file.run(ADD, params![3_i64]).await.unwrap_err().is_duplicate());
        assert_eq!(numbers(&file).await, [2, 3]);
    }
}

/// On one thread, so that it shows that nobody sleeps on it.
#[tokio::test]
async fn another_program_that_holds_the_file_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    for aside in [false, true] {
        let folder = tempfile::tempdir_in(&folder).unwrap();
        let file = made(&folder, aside).await;
        let other = Connection::open(folder.path().join("essai.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE; INSERT INTO t (a) VALUES (1)").unwrap();
        let done = std::cell::Cell::new(false);
        let wait = async {
            file.run(ADD, params![2_i64]).await.unwrap();
            assert!(done.get(), "it had the file only when the other let go of it");
        };
        let release = async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            done.set(true);
            other.execute_batch("COMMIT").unwrap();
        };
        tokio::join!(wait, release);
        assert_eq!(numbers(&file).await, [1, 2]);
    }
}

/// A full disk may end a transaction; what its author still asks must not be written alone.
#[tokio::test]
async fn a_transaction_that_the_engine_ended_takes_nothing_more() {
    let folder = tempfile::tempdir().unwrap();
    let file = made(&folder, false).await;
    let mut tx = file.begin().await.unwrap();
    tx.run(ADD, params![1_i64]).await.unwrap();
    tx.script("ROLLBACK").await.unwrap();
    let refused = tx.run(ADD, params![2_i64]).await.unwrap_err();
    assert!(matches!(refused, StoreError::Away("transaction")), "{refused}");
    assert!(tx.commit().await.unwrap_err().passes());
    assert_eq!(numbers(&file).await, [0_i64; 0]);
}

#[tokio::test]
async fn a_file_without_room_says_so_keeps_nothing_of_it_and_serves_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = made(&folder, false).await;
    let mut tx = file.begin().await.unwrap();
    tx.script("PRAGMA max_page_count = 4").await.unwrap();
    tx.run(ADD, params![1_i64]).await.unwrap();
    let big = "INSERT INTO t (a, b) VALUES ($1, $2)";
    let full = tx.run(big, params![2_i64, vec![0_u8; 1 << 20]]).await.unwrap_err();
    assert!(matches!(full, StoreError::NoRoom), "{full}");
    drop(tx);
    assert_eq!(numbers(&file).await, [0_i64; 0]);
    // The connection that failed is not kept, nor is its limit.
    file.run(big, params![3_i64, vec![0_u8; 1 << 20]]).await.unwrap();
    assert_eq!(numbers(&file).await, [3]);
}

#[tokio::test]
async fn a_view_is_of_one_instant_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = made(&folder, false).await;
    file.run(ADD, params![1_i64]).await.unwrap();
    let mut view = file.snapshot().await.unwrap();
    let count = "SELECT COUNT(*) FROM t";
    assert_eq!(view.all(count, vec![]).await.unwrap(), [[Value::Int(1)]]);
    file.run(ADD, params![2_i64]).await.unwrap();
    assert_eq!(view.all(count, vec![]).await.unwrap(), [[Value::Int(1)]]);
    // As a file that is not this account's to write says: what was asked may be asked again.
    let refused = view.run(ADD, params![3_i64]).await.unwrap_err();
    assert!(refused.passes() && refused.to_string().contains("ne peut pas l’écrire"), "{refused}");
    assert_eq!(numbers(&file).await, [1, 2]);
}

#[tokio::test]
async fn closing_waits_for_who_reads_and_then_nothing_more_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = made(&folder, false).await;
    let mut view = file.snapshot().await.unwrap();
    let (closing, reading) = tokio::join!(file.close(), async {
        tokio::task::yield_now().await;
        let rows = view.all("SELECT COUNT(*) FROM t", vec![]).await;
        drop(view);
        rows
    });
    let () = closing;
    assert_eq!(reading.unwrap(), [[Value::Int(0)]]);
    assert_eq!(file.counts().0, 0, "no connection is left");
    assert!(file.all("SELECT 1", vec![]).await.unwrap_err().passes());
    assert!(file.begin().await.unwrap_err().passes());
}
