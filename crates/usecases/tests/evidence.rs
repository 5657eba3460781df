//! What an administrator of the database can do to what is stored, without a key: each way is
//! noticed at the next opening, nothing is shown, someone is told (I14, A-23, X-24).
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
use huis_store::Location;
use huis_testkit::{Database, Postgres};
use huis_usecases::{Caller, Reading, SectionCommand, UseError};

const TABLES: [&str; 5] = ["dossier", "unit", "section", "act", "term"];

/// The administrator at work on one dossier.
struct Administrator<'a> {
    database: &'a Database,
    dossier: String,
}

impl Administrator<'_> {
    fn sql(&self, sql: &str) {
        let sql = sql.replace("ITS", &format!("dossier = '\\x{}'", self.dossier));
        let done = self.database.sql(&format!("SET search_path TO huis_data; {sql}"));
        done.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    /// Keeps the rows of today.
    fn copy(&self) {
        for table in TABLES {
            self.sql(&format!(
                "DROP TABLE IF EXISTS old_{table};
                 CREATE TABLE old_{table} AS SELECT * FROM {table} WHERE ITS;"
            ));
        }
    }
    /// Brings rows of a table back.
    fn back(&self, table: &str, which: &str) {
        self.sql(&format!(
            "DELETE FROM {table} WHERE ITS AND {which};
             INSERT INTO {table} SELECT * FROM old_{table} WHERE {which};"
        ));
    }
}

type Attack = (&'static str, fn(&Administrator));

/// From one changed byte to the whole dossier brought back with its own digest.
const ATTACKS: &[Attack] = &[
    ("one byte of a section", |a| {
        a.sql("UPDATE section SET body = set_byte(body, 20, get_byte(body, 20) # 1) WHERE ITS");
    }),
    ("one byte of a contents list", |a| {
        a.sql("UPDATE unit SET contents = set_byte(contents, 20, get_byte(contents, 20) # 1) WHERE ITS");
    }),
    ("a section removed", |a| {
        a.sql("DELETE FROM section WHERE ITS AND place = (SELECT place FROM section WHERE ITS ORDER BY 1 LIMIT 1)");
    }),
    ("two sections exchanged", |a| {
        a.sql(
            "UPDATE section s SET body = t.body FROM section t WHERE s.ITS AND t.dossier = s.dossier
             AND t.office = s.office
             AND t.place <> s.place",
        );
    }),
    ("an act removed", |a| a.sql("DELETE FROM act WHERE ITS AND no = 1")),
    ("another reason for a void act", |a| {
        a.sql("UPDATE act SET voided = 'doublon' WHERE ITS AND voided IS NOT NULL");
    }),
    ("an act no longer void", |a| a.sql("UPDATE act SET voided = NULL WHERE ITS")),
    ("an act voided by hand", |a| {
        a.sql("UPDATE act SET voided = 'doublon', body = '' WHERE ITS AND no = 1");
    }),
    ("a section brought back", |a| a.back("section", "true")),
    ("a unit brought back: its rows and its list", |a| {
        a.back("section", "true");
        a.back("unit", "true");
    }),
    ("everything brought back but the card", |a| {
        for table in &TABLES[1..] {
            a.back(table, "true");
        }
    }),
    ("the whole dossier brought back", |a| {
        for table in TABLES {
            a.back(table, "true");
        }
    }),
    ("the number of the digest raised", |a| {
        a.sql("UPDATE dossier SET seals = seals + 1 WHERE ITS")
    }),
    ("the digest emptied", |a| a.sql("UPDATE dossier SET digest = '', seals = 0 WHERE ITS")),
    ("moved to another territory", |a| a.sql("UPDATE dossier SET territory = '684' WHERE ITS")),
    ("opened later, so kept longer", |a| {
        a.sql("UPDATE dossier SET opened_on = '2031-01-01' WHERE ITS");
    }),
    ("closed by hand", |a| a.sql("UPDATE dossier SET closed_on = '2020-01-01' WHERE ITS")),
    ("said to be archived", |a| a.sql("UPDATE unit SET state = 'archived' WHERE ITS")),
];

async fn broken(world: &World, by: &Caller, number: huis_kernel::CaseNumber, what: &str) {
    let opened = world.huis.open_dossier(by, PROCESSING, number, Reading::Screen).await;
    assert!(matches!(opened, Err(UseError::Broken)), "{what}: {opened:?}");
}

/// I14, A-23, X-24: on PostgreSQL, by its administrator.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_administrator_of_the_database_does_is_noticed_i14_a_23_x_24() {
    let server = Postgres::start().unwrap();
    let database = server.database("preuve").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::now(folder, Location::Postgres(database.url())).await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("carl", "chef", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let anne = world.caller("anne").await;
    let (dora, carl) = (world.caller("dora").await, world.caller("carl").await);
    let store = world.huis.store();
    let office = anne.office.office;
    for (n, (what, attack)) in ATTACKS.iter().enumerate() {
        let number = world.dossier(&anne, "Weber", "Luc").await.number;
        let dossier = store.card_by_number(office, PROCESSING, number).await.unwrap().unwrap();
        let hex = dossier.dossier.as_bytes().iter().map(|b| format!("{b:02x}")).collect();
        let administrator = Administrator { database: &database, dossier: hex };
        let today = world.today().to_string();
        let act = draft("signalement-caf", &today, &[("organisme", choice("caf"))]);
        let no = world.act(&anne, number, act).await.unwrap().no;
        administrator.copy();
        // Life goes on: a section is corrected, an act is voided.
        let mut facts = occupant("Weber", "Luc");
        facts.insert("telephone".into(), text("06 39 98 00 01"));
        let section = SectionCommand {
            section: "occupant".into(),
            occurrence: Some(1),
            base_version: 1,
            facts,
            about: None,
            remove: false,
        };
        world.huis.write_section(&anne, PROCESSING, number, section).await.unwrap();
        world.huis.void_act(&carl, PROCESSING, number, no, "erreur-de-saisie").await.unwrap();
        let seen = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await;
        assert!(seen.is_ok(), "before « {what} »: {seen:?}");
        attack(&administrator);
        broken(&world, &anne, number, what).await;
        let alerts = world.huis.alerts(&dora, PROCESSING).await.unwrap();
        let told = alerts.iter().filter(|a| a.rule == "integrite").count();
        assert_eq!(told, n + 1, "someone is told of « {what} »");
        // A write does not bless it either.
        let act = draft("signalement-caf", &today, &[("organisme", choice("caf"))]);
        let written = world.act(&anne, number, act).await;
        assert!(written.is_err(), "{what}: {written:?}");
        broken(&world, &anne, number, what).await;
    }
}

/// I14, A-19: a key exchanged in the rows does not make the sweep destroy another dossier's; the
/// altered dossier is told of, and keeps no other past its term.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_altered_dossier_is_not_destroyed_and_stops_no_other_i14_a_19() {
    let world = World::on("2023-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let store = world.huis.store();
    let close = || draft("cloture", "2023-03-02", &[("motif", choice("dette_soldee"))]);
    let mut cards = Vec::new();
    for name in ["Weber", "Klein", "Roth"] {
        let number = world.dossier(&anne, name, "Luc").await.number;
        if name != "Roth" {
            world.act(&anne, number, close()).await.unwrap();
        }
        cards.push(
            store.card_by_number(anne.office.office, PROCESSING, number).await.unwrap().unwrap(),
        );
    }
    let (altered, victim) = (&cards[0], &cards[2]);
    let mut work = store.begin().await.unwrap();
    let (_, other) = work.dossier(victim.office, victim.dossier).await.unwrap().unwrap();
    let (_, mut sealed) = work.dossier(altered.office, altered.dossier).await.unwrap().unwrap();
    for (unit, from) in sealed.units.iter_mut().zip(&other.units) {
        unit.slot = from.slot;
    }
    work.put_units(altered.office, altered.dossier, &sealed.units).await.unwrap();
    work.commit().await.unwrap();
    world.go_to("2029-03-02");
    let report = world.huis.sweep().await.unwrap();
    assert!(report.failed > 0 && report.gone == 1, "{report:?}");
    let slots: Vec<_> = other.units.iter().map(|u| u.slot).collect();
    let keys = store.keys(&slots).await.unwrap();
    assert!(slots.iter().all(|s| !keys.get(s).unwrap().0.is_empty()), "the victim's keys live");
    let alerts = store.alerts(altered.office, 50).await.unwrap();
    assert_eq!(alerts.iter().filter(|a| a.rule == "integrite").count(), 1);
}

/// I14: a crash between a change and its mark, or a key store brought back from a backup, is no
/// alteration; a reading puts the mark again, and from then on the change cannot be brought back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mark_that_lags_is_no_alteration_and_is_put_again_i14() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Weber", "Luc").await.number;
    let store = world.huis.store();
    let card = store.card_by_number(anne.office.office, PROCESSING, number).await.unwrap().unwrap();
    let (_, sealed) = store.dossier(card.office, card.dossier).await.unwrap().unwrap();
    let slots: Vec<_> = sealed.units.iter().map(|u| u.slot).collect();
    assert_eq!(store.keys(&slots).await.unwrap().least(), 1);
    store.forget_marks().await.unwrap();
    assert_eq!(store.keys(&slots).await.unwrap().least(), 0);
    world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    assert_eq!(store.keys(&slots).await.unwrap().least(), 1);
}
