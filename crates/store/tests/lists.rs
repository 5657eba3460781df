//! The lists that follow deadlines, acts and retention units with their dossiers, on both engines (and
//! on spread tables, with `HUIS_TEST_CITUS`): what each gives, and in which order.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_kernel::{AgentId, CaseNumber, Date, DossierId, Instant, OfficeId};
use huis_store::{
    Location, Store,
    dossiers::CardRow,
    lists::TermDue,
    partners::Reach,
    work::{NextRow, TermRow},
};
use huis_testkit::Postgres;
use huis_vault::{SealedAct, SealedUnit, Slot, UnitState};

const PROCESSING: &str = "expulsion";
/// Who recorded the second act of each dossier.
const SECOND: AgentId = AgentId::from_bytes([7; 16]);
const RULES: [&str; 2] = ["audience", "concours"];

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn office(n: u8) -> OfficeId {
    OfficeId::from_bytes([n; 16])
}

/// A dossier of an office, by its number: its territory, and how it stands.
fn card(of: OfficeId, n: u32, territory: &str, closed: bool, archived: bool) -> CardRow {
    let mut id = [0; 16];
    id[15] = u8::try_from(n).unwrap();
    CardRow {
        office: of,
        dossier: DossierId::from_bytes(id),
        processing: PROCESSING.to_owned(),
        number: CaseNumber::from_digits(n).unwrap(),
        territory: territory.to_owned(),
        stage: "impaye".to_owned(),
        step: "impaye".to_owned(),
        opened_on: day("2026-01-05"),
        closed_on: closed.then(|| day("2026-02-02")),
        archived,
        reopened: 0,
        severity: 0,
        version: 1,
        revision: 1,
        changed_at: Instant(1),
        mandates: Vec::new(),
    }
}

/// A dossier with three deadlines, two acts, a retention unit, and its partners.
async fn add(store: &Store, card: &CardRow, due: [&str; 3], next: &str, partners: &[&str]) {
    let (office, dossier) = (card.office, card.dossier);
    let mut work = store.begin().await.unwrap();
    work.add_card(card).await.unwrap();
    let term = |(rule, due, state): (&str, &str, &str)| TermRow {
        rule: rule.to_owned(),
        due: day(due),
        action: true,
        state: state.to_owned(),
        act: None,
    };
    let terms = [
        ("audience", due[0], "running"),
        ("concours", due[1], "running"),
        ("audience", due[2], "met"),
    ];
    work.set_terms(office, dossier, &terms.map(term)).await.unwrap();
    let slot = Slot(i64::from(card.number.digits()) + i64::from(office.as_bytes()[0]) * 1_000);
    let unit = SealedUnit {
        unit: "dossier".to_owned(),
        slot,
        state: UnitState::Active,
        version: 1,
        contents: vec![1],
    };
    work.put_units(office, dossier, &[unit]).await.unwrap();
    let step = NextRow {
        unit: "dossier".to_owned(),
        on: day(next),
        step: if card.archived { "destroy" } else { "archive" }.to_owned(),
    };
    work.set_next(office, dossier, &[step]).await.unwrap();
    let act = |no: u32| SealedAct {
        no,
        unit: "dossier".to_owned(),
        kind: "impaye-constitue".to_owned(),
        on: day("2026-01-05"),
        recorded: Instant(i64::from(card.number.digits() * 10 + no)),
        agent: (no == 2).then_some(SECOND),
        corrects: None,
        voided: None,
        slot: Slot(slot.0 * 10 + i64::from(no)),
        body: vec![2],
    };
    work.add_acts(office, dossier, &[act(1), act(2)]).await.unwrap();
    for partner in partners {
        work.add_mandate(office, dossier, partner, day("2026-01-06"), None).await.unwrap();
    }
    work.commit().await.unwrap();
}

/// Number, territory, closed and archived or not, deadlines, next step, partners.
type Told<'a> = (u32, &'a str, bool, bool, [&'a str; 3], &'a str, &'a [&'a str]);

async fn fill(store: &Store) {
    let one = office(1);
    let far = "2040-01-01";
    let dossiers: [Told<'_>; 5] = [
        (101, "682", false, false, ["2026-05-01", "2026-03-01", "2026-02-01"], far, &["p1"]),
        (102, "683", false, false, ["2026-04-01", "2026-06-01", "2026-02-01"], far, &["p1", "p2"]),
        (103, "682", false, false, ["2026-02-15", "2026-07-01", "2026-02-01"], far, &[]),
        (
            104,
            "682",
            true,
            false,
            ["2026-01-15", "2026-01-16", "2026-02-01"],
            "2027-02-02",
            &["p2"],
        ),
        (105, "682", true, true, ["2026-01-15", "2026-01-16", "2026-02-01"], "2027-01-01", &[]),
    ];
    for (n, territory, closed, archived, due, next, partners) in dossiers {
        add(store, &card(one, n, territory, closed, archived), due, next, partners).await;
    }
    // Another office has the same, and nobody sees it.
    let due = ["2026-01-01", "2026-01-02", "2026-01-03"];
    add(store, &card(office(2), 101, "682", false, false), due, "2026-01-01", &["p1"]).await;
}

fn shown(terms: &[TermDue]) -> Vec<(u32, &str, String)> {
    let of = |t: &'_ TermDue| (t.card.number.digits(), t.due.to_string());
    terms.iter().map(|t| (of(t).0, t.rule.as_str(), of(t).1)).collect()
}

async fn lists(location: Location) {
    let store = Store::open(&location).await.unwrap();
    fill(&store).await;
    let (one, none): (OfficeId, &[String]) = (office(1), &[]);
    let colmar = ["682".to_owned()];
    let all = [
        (103, "audience", "2026-02-15"),
        (101, "concours", "2026-03-01"),
        (102, "audience", "2026-04-01"),
        (101, "audience", "2026-05-01"),
        (102, "concours", "2026-06-01"),
        (103, "concours", "2026-07-01"),
    ];
    let expected = |wanted: &dyn Fn(u32, &str) -> bool| -> Vec<(u32, &str, String)> {
        let kept = all.iter().filter(|(n, rule, _)| wanted(*n, rule));
        kept.map(|(n, rule, due)| (*n, *rule, (*due).to_owned())).collect()
    };
    // Letters: by rule, within territories.
    let named = store.terms_named(one, PROCESSING, none, &RULES, 50).await.unwrap();
    assert_eq!(shown(&named), expected(&|_, _| true));
    let named = store.terms_named(one, PROCESSING, &colmar, &["concours"], 50).await.unwrap();
    assert_eq!(shown(&named), expected(&|n, rule| n != 102 && rule == "concours"));
    let first = store.terms_named(one, PROCESSING, none, &RULES, 2).await.unwrap();
    assert_eq!(shown(&first), expected(&|_, _| true)[..2]);
    // What a partner, or an agent of a territory, may answer; a dossier of two partners comes once.
    let awaited =
        async |reach| store.terms_awaited(one, PROCESSING, &RULES, reach, 50).await.unwrap();
    let (p1, both) = (["p1".to_owned()], ["p1".to_owned(), "p2".to_owned()]);
    assert_eq!(shown(&awaited(Reach::Partners(&p1)).await), expected(&|n, _| n != 103));
    assert_eq!(shown(&awaited(Reach::Partners(&both)).await), expected(&|n, _| n != 103));
    let p2 = ["p2".to_owned()];
    assert_eq!(shown(&awaited(Reach::Partners(&p2)).await), expected(&|n, _| n == 102));
    assert_eq!(shown(&awaited(Reach::Territories(&colmar)).await), expected(&|n, _| n != 102));
    assert!(awaited(Reach::Partners(&[])).await.is_empty());
    // The day page: from a day to a day.
    let (from, to) = (Some(day("2026-03-01")), day("2026-06-01"));
    let due = store.terms_due(one, PROCESSING, none, from, to, 50).await.unwrap();
    assert_eq!(shown(&due), expected(&|_, _| true)[1..5]);
    let counted = store.count_terms(one, PROCESSING, &colmar, "2026-03-01", to, 99).await.unwrap();
    assert_eq!(counted, 2);
    // What the sweep takes, archived and closed alike, by date; and what moved.
    let ripe = store.due(one, day("2030-01-01"), 10).await.unwrap();
    let ripe: Vec<(u32, &str)> =
        ripe.iter().map(|r| (r.card.number.digits(), r.step.as_str())).collect();
    assert_eq!(ripe, [(105, "destroy"), (104, "archive")]);
    let came = async |but| {
        let since = (Instant(1_012), but);
        let acts = store.acts_since(one, PROCESSING, &colmar, since, 10).await.unwrap();
        acts.iter().map(|(c, _, at, _)| (c.number.digits(), at.0)).collect::<Vec<_>>()
    };
    let all = [(104, 1_042), (104, 1_041), (103, 1_032), (103, 1_031), (101, 1_012)];
    assert_eq!(came(None).await, all);
    assert_eq!(came(Some(SECOND)).await, [(104, 1_041), (103, 1_031)]);
    // A dossier that is held tells its partners, in their order.
    let mut work = store.begin().await.unwrap();
    let (held, _) =
        work.dossier(one, card(one, 102, "", false, false).dossier).await.unwrap().unwrap();
    assert_eq!(held.mandates, both);
    let (held, _) =
        work.dossier(one, card(one, 103, "", false, false).dossier).await.unwrap().unwrap();
    assert!(held.mandates.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite_x_26() {
    let folder = tempfile::tempdir().unwrap();
    lists(Location::Folder(folder.path().to_owned())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_x_26() {
    let server = Postgres::start().unwrap();
    lists(Location::Postgres(server.database("listes").unwrap().url())).await;
}
