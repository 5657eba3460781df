//! I2, A-20: a receipt only after the commit; group commit under load; failures and restarts.

mod common;

use common::*;
use huis_kernel::{Instant, SeededRng};
use huis_trace::{
    Head, Line, Log, LogState, OpenError, Operation, RestoredFrom, TraceError, Writer,
    group::{group, group_measured},
    memory::{Fate, MemoryStore},
    verify,
};
use std::{collections::BTreeSet, sync::Arc};

fn in_processing(processing: &str, n: u8) -> Line {
    Line { processing: processing.into(), ..line(day(0), n) }
}

#[test]
fn a_20_no_receipt_before_the_line_is_durable() {
    let (store, mut writer) = (MemoryStore::default(), writer(&["expulsion"]));
    store.set_fate(Fate::Lost);
    let failed = now(writer.write(&&store, vec![line(day(0), 1)]));
    assert_eq!(failed, Err(TraceError::NotPersisted));
    assert_eq!(store.kept(&origin("expulsion")).rows, []);
    store.set_fate(Fate::Kept);
    let (asked, other) = (line(day(0), 2), line(day(0), 3));
    let receipts = now(writer.write(&&store, vec![asked.clone()])).unwrap();
    assert_eq!(receipts.len(), 1);
    let receipt = &receipts[0];
    assert_eq!((receipt.processing(), receipt.index()), ("expulsion", 0));
    // A receipt releases the view of its own line, not that of another.
    assert!(receipt.attests(&asked) && !receipt.attests(&other));
    assert_eq!(store.kept(&origin("expulsion")).rows[0].line, asked);
}

/// The commit was durable but its answer was lost: the writer asks, and goes on without a hole.
#[test]
fn i8_a_lost_answer_neither_forks_nor_holes_the_log() {
    for fate in [Fate::Lost, Fate::KeptInSilence] {
        let (store, mut writer) = (MemoryStore::default(), writer(&["expulsion", "controle"]));
        write(&mut writer, &store, vec![line(day(0), 1), in_processing("controle", 1)]).unwrap();
        store.set_fate(fate);
        let lost = write(&mut writer, &store, vec![line(day(0), 2), in_processing("controle", 2)]);
        assert_eq!(lost, Err(TraceError::NotPersisted));
        store.set_fate(Fate::Kept);
        write(&mut writer, &store, vec![line(day(1), 3)]).unwrap();
        let kept = store.kept(&origin("expulsion"));
        assert_eq!(kept.rows.len(), if fate == Fate::Lost { 2 } else { 3 });
        let export = export(&kept, 0, day(2)).join("\n");
        assert!(verify(export.as_bytes(), &key()).is_ok());
    }
}

#[test]
fn i8_a_writer_whose_log_another_wrote_stops() {
    let store = MemoryStore::default();
    let (mut a, mut b) = (writer(&["expulsion"]), writer(&["expulsion"]));
    write(&mut a, &store, vec![line(day(0), 1)]).unwrap();
    assert_eq!(write(&mut b, &store, vec![line(day(0), 2)]), Err(TraceError::NotPersisted));
    assert_eq!(write(&mut b, &store, vec![line(day(0), 2)]), Err(TraceError::Forked));
    assert_eq!(store.kept(&origin("expulsion")).rows.len(), 1);
}

#[test]
fn i13_a_line_with_a_name_in_it_is_refused_and_harms_no_other() {
    let (store, mut writer) = (MemoryStore::default(), writer(&["expulsion"]));
    let mut named = line(day(0), 1);
    named.detail.insert("cherche".into(), "Jean Dupont".into());
    assert!(matches!(write(&mut writer, &store, vec![named]), Err(TraceError::NotACode(_))));
    let unknown = in_processing("slime", 1);
    let refused = write(&mut writer, &store, vec![unknown]);
    assert_eq!(refused, Err(TraceError::UnknownProcessing));
    assert_eq!(write(&mut writer, &store, vec![line(day(0), 2)]), Ok(()));
}

/// Kill and restart at any commit: the stored text of the state is all that is needed.
#[test]
fn a_restart_goes_on_where_the_store_stands() {
    let store = MemoryStore::default();
    let mut state = LogState::empty();
    for n in 0..40u8 {
        let mut writer = Writer::new([log("expulsion", state)]).unwrap();
        write(&mut writer, &store, vec![line(day(i64::from(n) / 7), n)]).unwrap();
        let text = store.kept(&origin("expulsion")).state.unwrap().to_text();
        state = LogState::from_text(&text).unwrap();
    }
    let kept = store.kept(&origin("expulsion"));
    assert_eq!((kept.rows.len(), kept.closures.len()), (40, 5));
    assert!(verify(export(&kept, 0, day(9)).join("\n").as_bytes(), &key()).is_ok());
}

#[test]
fn i14_a_state_that_was_tampered_with_is_not_gone_on_from() {
    let open = |text: &str, processing| {
        let state = LogState::from_text(text)?;
        let rng = Arc::new(SeededRng::new(1));
        Log::open(Arc::new(signer()), origin(processing), state, rng).map(drop)
    };
    let text = written(&[vec![3], vec![2, 3]]).kept.state.unwrap().to_text();
    assert_eq!(open(&text, "expulsion"), Ok(()));
    assert_eq!(open(&text, "controle"), Err(OpenError::Mismatch));
    let older = written(&[vec![3], vec![2]]).kept.state.unwrap().to_text();
    let part = |text: &str, from: &str, to: &str| {
        text.split_once(from).unwrap().1.split_once(to).unwrap().0.to_owned()
    };
    let (head, other) =
        (part(&text, r#""head":"#, r#","restored"#), part(&older, r#""head":"#, r#","restored"#));
    assert_eq!(open(&text.replace(&head, &other), "expulsion"), Err(OpenError::Mismatch));
    assert_eq!(open(&text.replace(&head, "null"), "expulsion"), Err(OpenError::Mismatch));
    assert_eq!(
        open(&text.replace("huis.exemple/", "huis.example/"), "expulsion"),
        Err(OpenError::Forged)
    );
    assert_eq!(
        open(&text.replace(r#""size":8"#, r#""size":9"#), "expulsion"),
        Err(OpenError::Unreadable)
    );
}

/// A line that comes late stands a day further: it is never purged before its term, and the day
/// that was closed stays as it was.
#[test]
fn x_23_a_late_line_joins_the_next_day() {
    let (store, mut writer) = (MemoryStore::default(), writer(&["expulsion"]));
    write(&mut writer, &store, vec![line(day(0), 1)]).unwrap();
    now(writer.close_days(&&store, date(0))).unwrap();
    assert_eq!(store.kept(&origin("expulsion")).closures.len(), 0, "the day is not over");
    now(writer.close_days(&&store, date(1))).unwrap();
    now(writer.close_days(&&store, date(2))).unwrap();
    assert_eq!(store.kept(&origin("expulsion")).closures.len(), 1, "a day is closed once");
    write(&mut writer, &store, vec![line(day(0).plus_ms(DAY - 1), 2)]).unwrap();
    let kept = store.kept(&origin("expulsion"));
    assert_eq!([kept.rows[0].day, kept.rows[1].day], [date(0), date(1)]);
    assert!(verify(export(&kept, 1, day(800)).join("\n").as_bytes(), &key()).is_ok());
}

/// A restored log names in every head the head that it was restored from.
#[test]
fn a_restored_log_says_where_it_comes_from() {
    let old = written(&[vec![3]]).kept.state.unwrap();
    let head = Head::open(old.head().unwrap(), &key()).unwrap();
    let from = RestoredFrom { origin: head.origin, size: head.size, root: head.root };
    let store = MemoryStore::default();
    let mut writer =
        Writer::new([log("expulsion", LogState::after_restore(from.clone()))]).unwrap();
    write(&mut writer, &store, vec![line(day(1), 1)]).unwrap();
    write(&mut writer, &store, vec![line(day(1), 2)]).unwrap();
    let report =
        verify(export(&store.kept(&origin("expulsion")), 0, day(2)).join("\n").as_bytes(), &key());
    assert_eq!(report.unwrap().restored_from, Some(from));
}

/// Sixty-four callers at once, on two logs: each has the receipt of its own line, the log has
/// every line once, and there were far fewer commits than lines.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_20_group_commit_gives_each_caller_its_own_receipt() {
    let store = Arc::new(MemoryStore::default());
    let (handle, task) = group(Arc::clone(&store), writer(&["expulsion", "controle"]));
    let callers: Vec<_> = (0..64u8)
        .map(|n| {
            let handle = handle.clone();
            tokio::spawn(async move {
                let processing = if n % 3 == 0 { "controle" } else { "expulsion" };
                for k in 0..20 {
                    let mine = Line {
                        at: Instant(day(0).0 + i64::from(n) * 100 + k),
                        operation: Operation::List,
                        ..in_processing(processing, n)
                    };
                    let two = vec![mine.clone(), in_processing("expulsion", n)];
                    let receipts = handle.write_all(two.clone()).await.unwrap();
                    assert!(receipts.iter().zip(&two).all(|(r, line)| r.attests(line)));
                    let receipt = handle.write(mine.clone()).await.unwrap();
                    assert!(receipt.attests(&mine) && receipt.processing() == processing);
                }
            })
        })
        .collect();
    // All are queued before the task starts: the first commit takes what waits.
    let task = tokio::spawn(task);
    for caller in callers {
        caller.await.unwrap();
    }
    handle.close_days(date(1)).await.unwrap();
    let sizes: u64 = handle.heads().iter().map(|h| Head::open(h, &key()).unwrap().size).sum();
    drop(handle);
    task.await.unwrap();
    assert_eq!(sizes, 64 * 20 * 3);
    assert!(store.commits() < 64 * 20, "{} commits", store.commits());
    for processing in ["expulsion", "controle"] {
        let rows = store.kept(&origin(processing)).rows;
        let indexes: BTreeSet<u64> = rows.iter().map(|r| r.index).collect();
        assert_eq!(indexes.len(), rows.len());
    }
    let export = export(&store.kept(&origin("expulsion")), 0, day(2)).join("\n");
    assert!(verify(export.as_bytes(), &key()).is_ok());
}

/// A store that fails fails every caller of the group, and none gets a receipt.
#[tokio::test]
async fn a_20_when_the_store_fails_nobody_gets_a_receipt() {
    let store = Arc::new(MemoryStore::default());
    let (handle, task) = group(Arc::clone(&store), writer(&["expulsion"]));
    let task = tokio::spawn(task);
    store.set_fate(Fate::Lost);
    let (a, b) = tokio::join!(handle.write(line(day(0), 1)), handle.write(line(day(0), 2)));
    assert_eq!(
        (a.err(), b.err()),
        (Some(TraceError::NotPersisted), Some(TraceError::NotPersisted))
    );
    store.set_fate(Fate::Kept);
    assert!(handle.write(line(day(0), 3)).await.is_ok());
    // Once the task is gone, so is the way to a receipt.
    task.abort();
    let _ = task.await;
    assert_eq!(handle.write(line(day(0), 4)).await.err(), Some(TraceError::Stopped));
}

/// A writer that is ended writes what waits, refuses what comes later, and is seen to be gone.
#[tokio::test]
async fn an_ended_writer_writes_what_waits_and_takes_nothing_more() {
    let store = Arc::new(MemoryStore::default());
    let measured = Arc::new(std::sync::Mutex::new(Vec::new()));
    let told = Arc::clone(&measured);
    let (handle, task) = group_measured(Arc::clone(&store), writer(&["expulsion"]), move |n, _| {
        told.lock().unwrap().push(n);
    });
    assert!(handle.is_alive());
    let writing: Vec<_> = (0..3)
        .map(|n| {
            let handle = handle.clone();
            tokio::spawn(async move { handle.write(line(day(0), n)).await })
        })
        .collect();
    tokio::task::yield_now().await;
    handle.end().await;
    task.await;
    for one in writing {
        one.await.unwrap().unwrap();
    }
    assert!(!handle.is_alive());
    assert_eq!(handle.write(line(day(0), 9)).await.unwrap_err(), TraceError::Stopped);
    assert_eq!(measured.lock().unwrap().iter().sum::<usize>(), 3, "each line was measured once");
}
