//! What must hold after a storm, whatever was killed.

use huis_dossier::Value;
use huis_kernel::{Clock, SystemClock};
use huis_trace::{Leaf, Operation, Outcome};
use huis_usecases::{Caller, Huis, Question, Reading};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    common::PROCESSING,
    house::{House, caller, login, name},
    storm::{Fate, Log},
};

/// How the writes of which nobody knows ended.
#[derive(Default)]
pub struct Verdict {
    pub landed: usize,
    pub acts: usize,
}

/// Nothing acknowledged is lost, nothing refused is there, nothing is half done; every log verifies
/// against the witness.
pub async fn prove(house: &House, log: &Log, to: &Path) -> Verdict {
    let verdict = prove_rows(house, log, true).await;
    assert!(house.verified(to) >= 2);
    verdict
}

/// The same of what a restore brought back: its trace may tell of what came after its data, which
/// were read first.
pub async fn prove_restored(house: &House, log: &Log, to: &Path) -> Verdict {
    let verdict = prove_rows(house, log, false).await;
    assert!(house.verified(to) >= 2);
    verdict
}

async fn prove_rows(house: &House, log: &Log, whole: bool) -> Verdict {
    let huis = house.open("preuve").await;
    drained(&huis).await;
    let who = caller(&huis, &login(0)).await;
    let office = who.office.office;
    let mut verdict = Verdict::default();
    let mut entries = BTreeSet::new();
    for number in &house.numbers {
        // Opening checks the dossier's digest, and its mark in the key store (I14).
        let opened = huis.open_dossier(&who, PROCESSING, *number, Reading::Screen).await.unwrap();
        let view = &opened.view;
        let card = huis.store().card_by_number(office, PROCESSING, *number).await.unwrap().unwrap();
        assert_eq!(card.version, view.acts.len() as u64, "{number}: the card counts its acts");
        let there: Vec<u64> = view
            .acts
            .iter()
            .map(|a| {
                let facts = a.facts.as_ref().unwrap();
                match facts.get("versement").or_else(|| facts.get("montant_dette")) {
                    Some(Value::Money(m)) => u64::try_from(m.0).unwrap(),
                    other => panic!("{number}: {other:?}"),
                }
            })
            .collect();
        let once: BTreeSet<u64> = there.iter().copied().collect();
        assert_eq!(once.len(), there.len(), "{number}: an act is there twice");
        let mut known = BTreeSet::new();
        for write in log.acts.iter().filter(|w| w.dossier == *number) {
            known.insert(write.what);
            let is_there = once.contains(&write.what);
            match write.fate {
                Fate::Acknowledged => assert!(is_there, "LOST: {write:?}"),
                Fate::Refused => assert!(!is_there, "refused and there: {write:?}"),
                Fate::Unknown => verdict.landed += usize::from(is_there),
            }
        }
        assert!(once.is_subset(&known), "{number}: acts of nobody");
        verdict.acts += there.len();
        let (of_acts, writes) = lines_of(&huis, card.dossier, &mut entries).await;
        let held = view.sections.iter().find(|s| s.section == "occupant").unwrap().version;
        // A write of the section a line, after the one that founded the dossier.
        let (lines, rows) = ((of_acts, writes + 1), (view.acts.len() as u64, held));
        assert!(lines.0 >= rows.0 && lines.1 >= rows.1, "{number}: {rows:?} of {lines:?} lines");
        assert!(!whole || lines == rows, "{number}: {rows:?} of {lines:?} lines");
        section_agrees(&huis, &who, *number, &opened, log, &mut verdict).await;
    }
    board_agrees(&huis, &who).await;
    let changed = huis.recompute_terms(PROCESSING).await.unwrap();
    assert_eq!(changed, 0, "deadlines that the acts do not give");
    assert!(huis.store().without_tokens(office).await.unwrap().is_empty());
    one_key_each(&huis).await;
    assert_eq!(huis.store().stray_tokens().await.unwrap(), 0);
    huis.store().close().await;
    verdict
}

/// The board counts what there is: its counts moved with the dossiers, through every fault.
async fn board_agrees(huis: &Huis, who: &Caller) {
    let office = who.office.office;
    let mut there: BTreeMap<(String, String), u64> = BTreeMap::new();
    for card in huis.store().running(office, PROCESSING, None, 100_000).await.unwrap() {
        *there.entry((card.territory, card.stage)).or_default() += 1;
    }
    let board = huis.store().board(office, PROCESSING, &[], who.today).await.unwrap();
    let counted: BTreeMap<_, _> =
        board.into_iter().map(|(territory, stage, n, _)| ((territory, stage), n)).collect();
    assert_eq!(counted, there, "the board");
}

/// The server chains what a crash left by itself, within seconds, and makes a lost index again.
pub async fn drained(huis: &Huis) {
    let begun = Instant::now();
    loop {
        let waiting = huis.store().outbox(SystemClock.now(), 500).await.unwrap();
        let lost = huis.store().index_is_lost().await.unwrap();
        if waiting.is_empty() && !lost {
            return;
        }
        let long = begun.elapsed() > Duration::from_secs(60);
        assert!(!long, "{} lines wait, index lost: {lost}", waiting.len());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The lines that tell of acts, and of the section; none is chained twice.
async fn lines_of(
    huis: &Arc<Huis>,
    dossier: huis_kernel::DossierId,
    entries: &mut BTreeSet<String>,
) -> (u64, u64) {
    let (mut of_acts, mut of_sections) = (0, 0);
    for row in huis.store().lines_of_dossier(dossier, 100_000).await.unwrap() {
        let line = Leaf::from_bytes(row.leaf).line().unwrap();
        let Some(entry) = line.detail.get("ecriture") else { continue };
        assert!(entries.insert(entry.clone()), "a line was chained twice");
        assert_eq!(line.outcome, Outcome::Done);
        of_acts += u64::from(line.operation == Operation::Act);
        of_sections += u64::from(line.operation == Operation::Write);
    }
    (of_acts, of_sections)
}

async fn section_agrees(
    huis: &Arc<Huis>,
    who: &Caller,
    number: huis_kernel::CaseNumber,
    opened: &huis_usecases::Opened,
    log: &Log,
    verdict: &mut Verdict,
) {
    let section = opened.view.sections.iter().find(|s| s.section == "occupant").unwrap();
    let Some(Value::Text(held)) = section.facts.get("nom") else { panic!("{number}") };
    let mine: Vec<_> = log.sections.iter().filter(|w| w.dossier == number).collect();
    let last = mine.iter().rposition(|w| w.fate == Fate::Acknowledged);
    // The last acknowledged one, or one of those sent after it of which nobody knows.
    let may: Vec<String> = mine
        .iter()
        .skip(last.unwrap_or(0))
        .filter(|w| w.fate != Fate::Refused)
        .map(|w| name(w.what))
        .collect();
    if last.is_some() {
        assert!(may.contains(held), "{number}: LOST: {held} is none of {may:?}");
        verdict.landed += usize::from(may.first() != Some(held));
    }
    // The index holds the very name that the section holds.
    let question = Question {
        number: String::new(),
        fields: BTreeMap::from([
            ("occupant.nom".to_owned(), held.clone()),
            ("occupant.prenom".to_owned(), "Jeanne".to_owned()),
        ]),
        archive: false,
    };
    let found = huis.search(who, PROCESSING, &question).await.unwrap();
    assert!(found.lines.iter().any(|l| l.line.number == number), "{number}: not found by its name");
}

/// A key serves one act or one unit.
pub async fn one_key_each(huis: &Huis) {
    let mut slots = Vec::new();
    let units = huis.store().unit_keys(None, 10_000).await.unwrap();
    let mut dossiers: Vec<_> = units.iter().map(|u| (u.office, u.dossier)).collect();
    dossiers.dedup();
    slots.extend(units.iter().map(|u| u.slot));
    for at in dossiers {
        slots.extend(huis.store().act_keys(at).await.unwrap().iter().map(|a| a.slot));
    }
    let all = slots.len();
    slots.sort_unstable();
    slots.dedup();
    assert_eq!(slots.len(), all, "a key serves twice");
}
