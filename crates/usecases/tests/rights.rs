//! The golden matrix of rights (`docs/generated/droits-expulsion.md`) is what the use cases show:
//! every profile opens dossiers that together hold every field and every kind of act, and finds what
//! the matrix says, in each situation, and nothing else (I2, I13, X-11 to ).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_dossier::{Draft, Facts, Value};
use huis_kernel::{CaseNumber, Date, Money};
use huis_register::{FieldKind, Register};
use huis_usecases::{Caller, Opened, Reading, SectionCommand, UseError};
use std::collections::{BTreeMap, BTreeSet};

const GOLDEN: &str = include_str!("../../../docs/generated/droits-expulsion.md");
const TODAY: &str = "2026-11-23";

/// A table of the matrix: row → profile → mark.
type Table = BTreeMap<String, BTreeMap<String, String>>;

fn golden(title: &str) -> Table {
    let (_, part) = GOLDEN.split_once(&format!("## {title}\n")).expect("a table of that title");
    let part = part.split("\n## ").next().unwrap();
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect()
    };
    let mut lines = part.lines().filter(|l| l.starts_with('|'));
    let head = cells(lines.next().unwrap());
    let rows = lines.filter(|l| !l.starts_with("| ---")).map(cells);
    rows.map(|row| (row[0].clone(), head[1..].iter().cloned().zip(row[1..].to_vec()).collect()))
        .collect()
}

/// The rows of a table where a profile has this letter.
fn with(table: &Table, profile: &str, letter: &str) -> BTreeSet<String> {
    let has = |row: &BTreeMap<String, String>| row[profile].split(' ').any(|m| m == letter);
    table.iter().filter(|(_, row)| has(row)).map(|(name, _)| name.clone()).collect()
}

/// The fields and the kinds of act that an opened dossier shows.
fn shown(opened: &Opened) -> (BTreeSet<String>, BTreeSet<String>) {
    let sections = opened.view.sections.iter();
    let fields =
        sections.flat_map(|s| s.facts.keys().map(|f| format!("{}.{f}", s.section))).collect();
    (fields, opened.view.acts.iter().map(|a| a.kind.clone()).collect())
}

/// A value that a field takes.
fn value(kind: &FieldKind) -> Option<Value> {
    Some(match kind {
        FieldKind::Name => text("Zimmermann"),
        FieldKind::Date => Value::Date(day("2024-05-17")),
        FieldKind::Money => Value::Money(Money(12_345)),
        FieldKind::Integer => Value::Int(2),
        FieldKind::Bool => Value::Bool(true),
        FieldKind::Choice(choices) => choice(&choices[0].code),
        FieldKind::Phone => text("06 39 98 00 01"),
        FieldKind::Email => text("jeanne@example.org"),
        FieldKind::Commune => text("68066"),
        FieldKind::Text { .. } => text("68000"),
        FieldKind::LongText { .. } => text("Une ligne."),
        FieldKind::Reference { .. } => return None,
    })
}

/// Fills every field of every section that the instructor writes.
async fn fill(world: &World, by: &Caller, number: CaseNumber, register: &Register) {
    for section in register.sections.iter().filter(|s| s.id != "rapport_police") {
        let facts: Facts = section
            .fields
            .iter()
            .filter_map(|f| {
                // Amounts by lines have a form of their own.
                let held = match f.id.as_str() {
                    "loyers" => text("01/01/2025 ; 600 ; 80 ; oui"),
                    "paiements" => text("08/2025 ; 300"),
                    "prejudices" => text("commissaire ; 01/02/2025 ; 100 ; oui"),
                    _ => value(&f.kind)?,
                };
                Some((f.id.clone(), held))
            })
            .collect();
        let seen = world.huis.open_dossier(by, PROCESSING, number, Reading::Screen).await.unwrap();
        let held = seen.view.sections.iter().find(|s| s.section == section.id);
        let command = SectionCommand {
            section: section.id.clone(),
            occurrence: held.map(|s| s.occurrence),
            base_version: held.map_or(0, |s| s.version),
            facts,
            about: None,
            remove: false,
        };
        world.huis.write_section(by, PROCESSING, number, command).await.unwrap();
    }
}

/// The numbers that an act may name: those of the letters, or a count of anything.
async fn letters(world: &World, by: &Caller, number: CaseNumber) -> Vec<i64> {
    let opened = world.huis.open_dossier(by, PROCESSING, number, Reading::Screen).await.unwrap();
    let letters = opened.view.acts.iter().filter(|a| a.kind == "courrier");
    letters.map(|a| i64::from(a.no)).chain([2]).collect()
}

/// Records each kind of act that nobody recorded yet, in the first dossier whose rules take it.
async fn record(
    world: &World,
    by: &Caller,
    numbers: &[CaseNumber],
    register: &Register,
    seen: &BTreeSet<String>,
) {
    for kind in register.acts.iter().filter(|k| !seen.contains(&k.id)) {
        // Everything or what is asked only; a date behind or ahead; an act's number, when it names one.
        let facts = |all: bool, ahead: bool, no: i64| -> Facts {
            let fields = kind.fields.iter().filter(|f| all || f.required);
            let held = |f: &huis_register::Field| match &f.kind {
                FieldKind::Reference { .. } => Some(Value::Reference(1)),
                FieldKind::Date if ahead => Some(Value::Date(day("2027-02-15"))),
                FieldKind::Integer => Some(Value::Int(no)),
                kind => value(kind),
            };
            fields.filter_map(|f| Some((f.id.clone(), held(f)?))).collect()
        };
        let numbered = kind.fields.iter().any(|f| matches!(f.kind, FieldKind::Integer));
        'kind: for number in numbers {
            let named = if numbered { letters(world, by, *number).await } else { vec![1] };
            let tries = named.into_iter().flat_map(|no| {
                let ways = [(false, false), (true, false), (false, true), (true, true)];
                ways.map(|(all, ahead)| facts(all, ahead, no))
            });
            for facts in tries.collect::<Vec<_>>() {
                let on = day(TODAY);
                let draft = Draft { kind: kind.id.clone(), on, facts, corrects: None };
                if world.act(by, *number, draft).await.is_ok() {
                    break 'kind;
                }
            }
        }
    }
}

/// The running dossiers that together show all there is, as few as it takes.
async fn cover(
    world: &World,
    by: &Caller,
    numbers: Vec<CaseNumber>,
) -> (Vec<CaseNumber>, BTreeSet<String>, BTreeSet<String>) {
    let mut all = Vec::new();
    for number in numbers {
        let opened =
            world.huis.open_dossier(by, PROCESSING, number, Reading::Screen).await.unwrap();
        let (fields, acts) = shown(&opened);
        all.push((number, fields, acts));
    }
    let (mut chosen, mut fields, mut acts) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    loop {
        let brings = |(_, f, a): &&(CaseNumber, BTreeSet<String>, BTreeSet<String>)| {
            f.difference(&fields).count() + a.difference(&acts).count()
        };
        let Some(best) = all.iter().max_by_key(brings).filter(|b| brings(b) > 0).cloned() else {
            return (chosen, fields, acts);
        };
        chosen.push(best.0);
        fields.extend(best.1);
        acts.extend(best.2);
    }
}

async fn open_partners(world: &World, admin: &Caller) {
    let office = admin.office.office;
    let store = world.huis.store();
    store
        .set_setting(
            office,
            "partenaires.autorisation",
            "Délibération d’essai",
            None,
            world.huis.now(),
        )
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_profile_sees_what_the_golden_matrix_says_x_11_x_12_x_13_x_14_x_26_i13() {
    let world = World::on(TODAY).await;
    let huis = &world.huis;
    huis.load_demo(68, 90, PASSWORD, |_, _| {}).await.unwrap();
    let register = huis.processed(PROCESSING).unwrap().register.clone();
    world.agent("admin", "administrateur", &[]).await;
    let admin = world.caller("admin").await;
    let office = admin.office.office;
    open_partners(&world, &admin).await;
    world.agent("tout", "instructeur", &[]).await;
    let all = world.caller("tout").await;
    let full = world.dossier(&all, "Zimmermann", "Jeanne").await.number;
    fill(&world, &all, full, &register).await;
    let cards = huis.store().running(office, PROCESSING, None, 1_000).await.unwrap();
    let running: Vec<CaseNumber> = cards.iter().map(|c| c.number).collect();
    let (_, _, seen) = cover(&world, &all, running.clone()).await;
    record(&world, &all, &running, &register, &seen).await;
    let (chosen, fields, acts) = cover(&world, &all, running).await;
    let every: BTreeSet<String> = register
        .sections
        .iter()
        .flat_map(|s| s.fields.iter().map(move |f| format!("{}.{}", s.id, f.id)))
        .collect();
    let missing: Vec<&String> = every.difference(&fields).collect();
    assert!(missing.is_empty(), "fields that no dossier holds: {missing:?}");
    let kinds: BTreeSet<String> = register.acts.iter().map(|a| a.id.clone()).collect();
    let absent: Vec<&str> = kinds.difference(&acts).map(String::as_str).collect();
    assert_eq!(absent, ABSENT, "kinds of act that no running dossier holds");
    let (seen, recorded) = (golden("Champs, dossier en cours"), golden("Actes, dossier en cours"));
    let powers = golden("Pouvoirs");
    let doors = golden("Selon la situation");
    let place = cards.iter().find(|c| c.number == full).unwrap().territory.clone();
    for profile in &register.profiles {
        let id = profile.id.as_str();
        // Of the whole office: the demonstration's dossiers are in every territory.
        let units: &[&str] = if profile.partner { &["p-essai"] } else { &[] };
        world.agent(&format!("p.{id}"), id, units).await;
        let caller = world.caller(&format!("p.{id}")).await;
        let (mut f, mut a) = (BTreeSet::new(), BTreeSet::new());
        for number in &chosen {
            match huis.open_dossier(&caller, PROCESSING, *number, Reading::Screen).await {
                Ok(opened) => {
                    let (fields, acts) = shown(&opened);
                    f.extend(fields);
                    a.extend(acts);
                    assert_eq!(opened.may.acts, with(&recorded, id, "E"), "{id} records");
                    let writes: BTreeSet<String> = with(&seen, id, "E")
                        .iter()
                        .map(|f| f.split_once('.').unwrap().0.to_owned())
                        .collect();
                    assert_eq!(opened.may.writes, writes, "{id} writes");
                    assert_eq!(doors["en cours"][id], "lit", "{id}");
                }
                Err(error) => {
                    assert!(matches!(error, UseError::NotFound), "{id}: {error:?}");
                    assert_ne!(doors["en cours"][id], "lit", "{id}");
                }
            }
        }
        assert_eq!(f, with(&seen, id, "L"), "{id} reads fields");
        let mut reads = with(&recorded, id, "L");
        reads.retain(|kind| acts.contains(kind));
        assert_eq!(a, reads, "{id} reads acts");
        for (power, row) in &powers {
            let power = profile_power(&register, power);
            assert_eq!(caller.can(&register, power), row[id] == "oui", "{id}: {power:?}");
        }
        situations(&world, &caller, profile, full, &place, &doors).await;
    }
}

/// The kinds of act that a running dossier of the demonstration never holds: `cloture` leaves with it
/// to the archive.
const ABSENT: [&str; 0] = [];

fn profile_power(register: &Register, name: &str) -> huis_register::Power {
    let mut powers = register.profiles.iter().flat_map(|p| p.powers.iter().copied());
    powers.find(|p| format!("{p:?}") == name).unwrap()
}

/// Opens one dossier in the other situations of the matrix.
async fn situations(
    world: &World,
    caller: &Caller,
    profile: &huis_register::Profile,
    number: CaseNumber,
    place: &str,
    doors: &BTreeMap<String, BTreeMap<String, String>>,
) {
    let id = profile.id.as_str();
    let huis = &world.huis;
    let limited = |units: &[&str]| {
        let mut caller = caller.clone();
        for grant in &mut caller.actor.grants {
            grant.territories = units.iter().map(|u| (*u).to_owned()).collect();
        }
        caller
    };
    let elsewhere = if place == COLMAR { MULHOUSE } else { COLMAR };
    let mut weak = caller.clone();
    weak.actor.strong = false;
    let mut off = caller.clone();
    off.partners_on = false;
    let mut ended = caller.clone();
    let mut early = caller.clone();
    let today: Date = caller.today;
    ended.actor.grants.iter_mut().for_each(|g| g.until = today.yesterday().unwrap());
    early.actor.grants.iter_mut().for_each(|g| g.from = today.tomorrow().unwrap());
    let mut other = caller.clone();
    other
        .actor
        .grants
        .iter_mut()
        .for_each(|g| g.office = huis_kernel::OfficeId::from_bytes([9; 16]));
    let cases = [
        ("hors périmètre", limited(&[elsewhere])),
        ("sans second facteur", weak),
        ("partenaires fermés", off),
        ("habilitation finie", ended),
        ("habilitation à venir", early),
        ("autre organisation", other),
    ];
    for (situation, caller) in cases {
        let opens = huis.open_dossier(&caller, PROCESSING, number, Reading::Screen).await;
        let says = doors[situation][id].as_str();
        assert_eq!(opens.is_ok(), says == "lit", "{id}, {situation}: {says}, {opens:?}");
        if opens.is_err() {
            let nothing = matches!(opens, Err(UseError::NotFound | UseError::SecondFactor));
            assert!(nothing, "{id}, {situation}: {opens:?}");
        }
        // Whoever reads nothing files on the doorstep what the matrix says, and nowhere else.
        if says != "lit" {
            let files = huis.doorstep(&caller, PROCESSING, number).await;
            assert_eq!(
                files.is_ok_and(|acts| !acts.is_empty()),
                says == "agit",
                "{id}, {situation}: files"
            );
        }
    }
}

/// the archive, shut then open, as each profile; X-26: a mandate opens the doorstep and no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_archive_opens_to_whom_the_matrix_says_x_12_x_26() {
    let world = World::on(TODAY).await;
    let huis = &world.huis;
    let loaded = huis.load_demo(68, 60, PASSWORD, |_, _| {}).await.unwrap();
    assert!(loaded.archived > 3, "{}", loaded.archived);
    let register = huis.processed(PROCESSING).unwrap().register.clone();
    world.agent("admin", "administrateur", &[]).await;
    let admin = world.caller("admin").await;
    open_partners(&world, &admin).await;
    let archived = archived(&world, &admin).await;
    let (seen, recorded) = (
        golden("Champs, dossier archivé, l'archive ouverte"),
        golden("Actes, dossier archivé, l'archive ouverte"),
    );
    let doors = golden("Selon la situation");
    for profile in &register.profiles {
        let id = profile.id.as_str();
        let units: &[&str] = if profile.partner { &["p-essai"] } else { &[] };
        world.agent(&format!("p.{id}"), id, units).await;
        let caller = world.caller(&format!("p.{id}")).await;
        let number = archived[0];
        let shut = huis.open_dossier(&caller, PROCESSING, number, Reading::Screen).await;
        let nothing = matches!(shut, Err(UseError::NotFound | UseError::ArchiveLocked));
        assert!(nothing, "{id}: {shut:?}");
        // Not even that it changed.
        assert!(huis.revision(&caller, PROCESSING, number).await.is_err(), "{id}");
        let unlocked = huis.unlock_archive(&caller, PROCESSING, ARCHIVE).await;
        assert_eq!(unlocked.is_ok(), doors["archivé"][id] == "lit", "{id}: {unlocked:?}");
        let (mut f, mut a) = (BTreeSet::new(), BTreeSet::new());
        for number in &archived {
            if let Ok(opened) =
                huis.open_dossier(&caller, PROCESSING, *number, Reading::Screen).await
            {
                let (fields, acts) = shown(&opened);
                f.extend(fields);
                a.extend(acts);
                assert_eq!(opened.may.acts, with(&recorded, id, "E"), "{id} records");
                assert!(opened.may.writes.is_empty(), "{id}: what is archived is written no more");
            }
        }
        assert_eq!(!f.is_empty(), doors["archivé"][id] == "lit", "{id}");
        let (reads, knows) = (with(&seen, id, "L"), with(&recorded, id, "L"));
        assert!(f.is_subset(&reads) && a.is_subset(&knows), "{id}: {f:?} {a:?}");
        if !f.is_empty() {
            assert!(f.len() > 30 && a.len() > 10 && a.contains("cloture"), "{id}: {f:?} {a:?}");
        }
    }
}

async fn archived(world: &World, admin: &Caller) -> Vec<CaseNumber> {
    let office = admin.office.office;
    let store = world.huis.store();
    let every = store.every_dossier(office, PROCESSING, None, 1_000).await.unwrap();
    let cards = store.cards(office, &every).await.unwrap();
    cards.into_iter().filter(|c| c.archived).map(|c| c.number).collect()
}

/// I13, X-01: what is hidden from co-holders shows to the profiles that the matrix names, and to no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_section_shows_to_whom_the_matrix_says_i13() {
    let world = World::on(TODAY).await;
    let huis = &world.huis;
    let register = huis.processed(PROCESSING).unwrap().register.clone();
    world.agent("tout", "instructeur", &[]).await;
    let all = world.caller("tout").await;
    let number = world.dossier(&all, "Zimmermann", "Jeanne").await.number;
    fill(&world, &all, number, &register).await;
    for section in ["occupant", "local"] {
        let seen = huis.open_dossier(&all, PROCESSING, number, Reading::Screen).await.unwrap();
        let held = seen.view.sections.iter().find(|s| s.section == section).unwrap();
        let (at, version) = (held.occurrence, held.version);
        huis.restrict_section(&all, PROCESSING, number, section, at, version, Some("violences"))
            .await
            .unwrap();
    }
    let golden = golden("Volets masqués aux co-titulaires");
    let doors = self::golden("Selon la situation");
    for profile in &register.profiles {
        let id = profile.id.as_str();
        world.agent(&format!("p.{id}"), id, &[]).await;
        let caller = world.caller(&format!("p.{id}")).await;
        let opened = huis.open_dossier(&caller, PROCESSING, number, Reading::Screen).await;
        let Ok(opened) = opened else {
            assert_ne!(doors["en cours"][id], "lit", "{id}");
            continue;
        };
        let held = |s: &str| opened.view.sections.iter().any(|v| v.section == s);
        let sees = golden["volets masqués"][id] == "oui";
        for section in ["occupant", "local"] {
            assert_eq!(held(section), sees, "{id}: {section}");
        }
    }
}
