//! I8, I14, X-24: whatever is done to a log, the offline verifier finds it, from the export and
//! the public key alone (truncation and rewriting by whoever holds the key: with the witness).

mod common;

use common::*;
use huis_trace::{
    Finding, LogSigner, Report, SignedNote, Verifier, purge::purge_plan, verify, witness,
};
use proptest::prelude::*;

fn check(export: &[String]) -> Result<Report, Vec<Finding>> {
    verify(export.join("\n").as_bytes(), &key())
}

/// Some days, some commits a day, some lines a commit; at least two lines in all.
fn days() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(0usize..6, 0..4), 1..6)
        .prop_filter("two lines", |d| d.iter().flatten().sum::<usize>() > 1)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What was not touched verifies, whatever its shape and however many days were purged.
    #[test]
    fn x_23_an_honest_log_verifies_before_and_after_its_purge(days in days(), purged in 0usize..6) {
        let log = written(&days);
        let purged = purged.min(log.kept.closures.len());
        let export = export(&log.kept, purged, day(800));
        let report = witness::check(&log.witness, export.join("\n").as_bytes(), &key());
        let report = report.map_err(|f| TestCaseError::fail(format!("{f:?}")))?;
        prop_assert_eq!(report.size, log.kept.rows.len() as u64);
        prop_assert_eq!(report.purged_days, purged as u64);
        prop_assert_eq!(report.closed_days as usize, log.kept.closures.len());
        prop_assert_eq!(report.witnessed, Some(report.size));
        let gone: u64 = log.kept.closures.iter().take(purged).map(|c| c.closure.range.count()).sum();
        prop_assert_eq!(report.lines, report.size - gone);
    }

    /// One byte of one record, anywhere but in the unsigned date of the header.
    #[test]
    fn i14_one_byte_changed_is_found(
        days in days(), purged in 0usize..3, record in any::<prop::sample::Index>(),
        byte in any::<prop::sample::Index>(), to in 0x21u8..0x7f,
    ) {
        let log = written(&days);
        let mut export = export(&log.kept, purged, day(800));
        let record = 1 + record.index(export.len() - 1);
        let mut bytes = export[record].clone().into_bytes();
        let at = byte.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
        export[record] = changed;
        prop_assert!(check(&export).is_err(), "{}", export[record]);
    }

    /// One record left out: a line, a closure, a purged day, the head.
    #[test]
    fn i8_a_removed_record_is_found(days in days(), purged in 0usize..3, at in any::<prop::sample::Index>()) {
        let log = written(&days);
        let mut export = export(&log.kept, purged, day(800));
        let removed = export.remove(at.index(export.len()));
        prop_assert!(check(&export).is_err(), "{removed}");
    }

    /// Two records exchanged.
    #[test]
    fn i8_two_records_exchanged_are_found(
        days in days(), purged in 0usize..3,
        a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(),
    ) {
        let log = written(&days);
        let mut export = export(&log.kept, purged, day(800));
        let (a, b) = (a.index(export.len()), b.index(export.len()));
        prop_assume!(a != b);
        export.swap(a, b);
        prop_assert!(check(&export).is_err(), "{a} {b}");
    }

    /// One record written twice.
    #[test]
    fn i8_a_repeated_record_is_found(
        days in days(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
    ) {
        let mut export = export(&written(&days).kept, 0, day(800));
        let record = export[from.index(export.len())].clone();
        export.insert(1 + to.index(export.len()), record);
        prop_assert!(check(&export).is_err());
    }

    /// Someone rewrites a line and everything in the store that depends on it, but has no key.
    #[test]
    fn i8_a_forged_line_with_its_hash_set_right_is_found(days in days(), at in any::<prop::sample::Index>()) {
        let mut log = written(&days);
        let at = at.index(log.kept.rows.len());
        let row = &mut log.kept.rows[at];
        let forged = String::from_utf8(row.leaf.bytes().to_vec()).unwrap().replace("nom", "loyer");
        row.leaf = huis_trace::Leaf::from_bytes(forged.into_bytes());
        let findings = check(&export(&log.kept, 0, day(800))).unwrap_err();
        prop_assert!(findings.iter().all(|f| matches!(f, Finding::DayChanged(_) | Finding::HeadMismatch)));
    }

    /// Two lines exchange their contents; indexes and hashes are set right.
    #[test]
    fn i8_reordered_lines_are_found(
        days in days(), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(),
    ) {
        let mut log = written(&days);
        let (a, b) = (a.index(log.kept.rows.len()), b.index(log.kept.rows.len()));
        prop_assume!(a != b);
        let (x, y) = (log.kept.rows[a].leaf.clone(), log.kept.rows[b].leaf.clone());
        log.kept.rows[a].leaf = y;
        log.kept.rows[b].leaf = x;
        prop_assert!(check(&export(&log.kept, 0, day(800))).is_err());
    }

    /// The log is put back to an earlier state of its own, all its signatures good.
    #[test]
    fn i8_a_truncated_log_is_found_by_the_witness(days in days(), keep in 0usize..4) {
        let log = written(&days);
        let keep = keep.min(days.len() - 1);
        let earlier = written(&days[..keep]);
        prop_assume!(earlier.kept.rows.len() < log.kept.rows.len());
        let export = export(&earlier.kept, 0, day(800)).join("\n");
        prop_assert!(verify(export.as_bytes(), &key()).is_ok());
        let found = earlier.kept.rows.len() as u64;
        let expected = Finding::Truncated { witnessed: log.kept.rows.len() as u64, found };
        prop_assert_eq!(witness::check(&log.witness, export.as_bytes(), &key()), Err(vec![expected]));
    }

    /// Whoever holds the key writes another history, as long or longer.
    #[test]
    fn i8_a_log_rewritten_with_the_key_is_found_by_the_witness(days in days(), more in 0usize..3) {
        let log = written(&days);
        let mut others = days;
        others[0].insert(0, 1 + more);
        let other = written_from(100, &others);
        let export = export(&other.kept, 0, day(800)).join("\n");
        prop_assert!(verify(export.as_bytes(), &key()).is_ok());
        let findings = witness::check(&log.witness, export.as_bytes(), &key()).unwrap_err();
        prop_assert!(findings.iter().any(|f| matches!(f, Finding::Rewritten(_))), "{findings:?}");
    }

    /// A byte changed in the witness's file does not pass unseen either.
    #[test]
    fn x_24_a_changed_witness_is_found(days in days(), at in any::<prop::sample::Index>(), to in 0x21u8..0x7f) {
        let log = written(&days);
        let mut bytes = log.witness.clone().into_bytes();
        let at = at.index(bytes.len());
        // The name of the log in the first line of a note only says which log it is of.
        let line = log.witness.lines().scan(0, |end, l| { *end += l.len() + 1; Some((*end, l)) });
        let (_, line) = line.into_iter().find(|(end, _)| *end > at).unwrap();
        prop_assume!(bytes[at] != to && line != origin("expulsion").to_string());
        bytes[at] = to;
        let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
        let export = export(&log.kept, 0, day(800)).join("\n");
        prop_assert!(witness::check(&changed, export.as_bytes(), &key()).is_err());
    }
}

fn three_days() -> Written {
    written(&[vec![2, 3], vec![4], vec![1, 1], vec![2]])
}

#[test]
fn i8_each_fault_is_named() {
    let log = three_days();
    let honest = export(&log.kept, 1, day(800));
    type Case<'a> = (&'a str, &'a dyn Fn(&mut Vec<String>), Finding);
    let cases: [Case<'_>; 6] = [
        ("no header", &|e| drop(e.remove(0)), Finding::Header),
        ("no head", &|e| drop(e.pop()), Finding::Unsigned(13)),
        ("line 6 gone", &|e| drop(e.remove(4)), Finding::Missing { from: 6, to: 6 }),
        ("purged day gone", &|e| drop(e.remove(1)), Finding::Missing { from: 0, to: 4 }),
        ("line 6 changed", &|e| e[4] = e[4].replace("occupant", "locataire"), Finding::Changed(6)),
        ("key changed", &|e| e[0] = e[0].replace("exemple+", "example+"), Finding::OtherKey),
    ];
    assert!(check(&honest).is_ok());
    for (name, tamper, expected) in cases {
        let mut export = honest.clone();
        tamper(&mut export);
        let findings = check(&export).unwrap_err();
        assert!(findings.contains(&expected), "{name}: {findings:?}");
    }
    // A fault in one day hides none after it, and accuses no other.
    let mut export = honest;
    export.remove(4);
    assert_eq!(check(&export), Err(vec![Finding::Missing { from: 6, to: 6 }]));
}

#[test]
fn x_24_another_key_verifies_nothing() {
    let export = export(&three_days().kept, 0, day(800)).join("\n");
    let other = LogSigner::from_seed("huis.exemple", &[8; 32]).unwrap().public();
    let findings = verify(export.as_bytes(), &other).unwrap_err();
    assert!(findings.contains(&Finding::OtherKey) && findings.contains(&Finding::HeadForged));
}

/// the lines of a young day were deleted, the closure left in place, and the header dated
/// as if a year had passed. A verifier that is told the day finds it.
#[test]
fn x_23_a_purge_before_the_term_is_found() {
    let log = three_days();
    let early = export(&log.kept, 2, day(100));
    let expected = vec![Finding::PurgedTooEarly(date(0)), Finding::PurgedTooEarly(date(1))];
    assert_eq!(check(&early), Err(expected.clone()));
    let lying = export(&log.kept, 2, day(800)).join("\n");
    assert!(verify(lying.as_bytes(), &key()).is_ok());
    let told = Verifier::new(key()).term("1 an".parse().unwrap(), day(100));
    assert_eq!(told.verify(lying.as_bytes()), Err(expected));
    // A year and a day after the first day, that day may be gone, and the second may not.
    let told = |n| Verifier::new(key()).term("1 an".parse().unwrap(), day(n));
    let first = export(&log.kept, 1, day(0)).join("\n");
    assert!(told(366).verify(first.as_bytes()).is_ok());
    assert!(told(365).verify(first.as_bytes()).is_err());
    // And once its own day has come, the report says that it is overdue.
    assert_eq!(told(367).verify(first.as_bytes()).unwrap().overdue, [date(1)]);
}

/// the plan takes the days past the term, oldest first, and stops at a closure that the
/// key did not sign: nothing is purged on the word of whoever can write to the store.
#[test]
fn x_23_the_plan_takes_the_days_past_the_term_and_no_other() {
    let log = three_days();
    let mut notes: Vec<_> = log.kept.closures.iter().map(|c| c.note.clone()).collect();
    let plan = |notes: &[SignedNote], n: i64| -> Vec<_> {
        let plan = purge_plan(notes, &key(), "1 an".parse().unwrap(), day(n));
        plan.iter().map(|d| (d.day(), d.first(), d.end())).collect()
    };
    assert_eq!(plan(&notes, 365), []);
    assert_eq!(plan(&notes, 366), [(date(0), 0, 5)]);
    assert_eq!(plan(&notes, 368), [(date(0), 0, 5), (date(1), 5, 9), (date(2), 9, 11)]);
    let mut forged = log.kept.closures[1].closure.clone();
    forged.day = date(-400);
    notes[1] = forged.sign(&LogSigner::from_seed("huis.exemple", &[8; 32]).unwrap());
    assert_eq!(plan(&notes, 368), [(date(0), 0, 5)]);
}

/// even whoever holds the key cannot date a day back to purge it, once the witness has seen
/// its lines.
#[test]
fn x_23_a_backdated_day_is_found_by_the_witness() {
    let log = three_days();
    let mut kept = log.kept.clone();
    let mut closure = kept.closures[1].closure.clone();
    // The second day is given out as an older one; the first is left out of the way.
    kept.closures[0].closure.day = date(-500);
    kept.closures[0].note = kept.closures[0].closure.sign(&signer());
    closure.day = date(-400);
    kept.closures[1].note = closure.sign(&signer());
    let export = export(&kept, 2, day(5)).join("\n");
    assert!(verify(export.as_bytes(), &key()).is_ok(), "the key alone vouches for it");
    let findings = witness::check(&log.witness, export.as_bytes(), &key()).unwrap_err();
    assert_eq!(findings, [Finding::Backdated(date(-500)), Finding::Backdated(date(-400))]);
}

/// What was exported once must verify for ever: one of each version, of the same log.
#[test]
fn x_24_an_export_of_each_version_verifies() {
    let key = "huis-50b9459c8174+2c79cde6+AbARWmTtwFT/7BKJSdleW7XDZhb/VOFbPX7zvdOkWFZz";
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/trace/");
    let [first, second] = ["whole.jsonl", "whole-2.jsonl"].map(|name| {
        let export = std::fs::read(format!("{corpus}{name}")).unwrap();
        verify(export.as_slice(), &key.parse().unwrap()).unwrap()
    });
    assert_eq!(first, second);
    assert_eq!(first.lines, 2);
}
