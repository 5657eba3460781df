//! The rights of the persons concerned (X-16, D-25) and the copy of what is held about one of them
//! (I12), on SQLite and on PostgreSQL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod apart;
#[path = "../common/mod.rs"]
mod common;

use common::{ARCHIVE, COLMAR, PROCESSING, World, choice, day, draft, facts, local, text};
use huis_demo::DemoAgent;
use huis_dossier::{Facts, Value};
use huis_kernel::{CaseNumber, Delay, Rng, SeededRng};
use huis_store::Location;
use huis_testkit::{Database, Postgres};
use huis_trace::{Authority, Leaf, Operation};
use huis_usecases::{Caller, Copied, NewCase, PersonCopy, Reading, SectionCommand, UseError};

const RIGHTS: &str = "droits";

/// A world on each engine; a database has the time of its machine.
async fn worlds(server: &Postgres) -> (Vec<World>, Database) {
    let database = server.database("droits").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Postgres(database.url());
    (vec![World::on("2026-10-12").await, World::now(folder, location).await], database)
}

/// An agent with a part in the processing of requests.
async fn desk(world: &World, login: &str, profile: &str) -> Caller {
    let agent = DemoAgent {
        login: login.into(),
        first_name: "Dominique".into(),
        last_name: login.to_uppercase(),
        service: format!("Service {login}"),
        profile: profile.into(),
        units: Vec::new(),
        email: "agent@example.org".into(),
        sponsor: None,
        second_factor: false,
        grant_from: day("2015-01-01"),
        grant_until: day("2050-01-01"),
        grant_reason: "Essai".into(),
    };
    let office = world.huis.store().offices().await.unwrap().remove(0);
    let hash = world.huis.demo_password(common::PASSWORD).await.unwrap();
    world.huis.demo_agent(&agent, office.office, RIGHTS, &hash).await.unwrap();
    world.caller(login).await
}

/// What the mentions of a copy and of letters say.
async fn settings(world: &World) {
    let office = world.huis.store().offices().await.unwrap().remove(0).office;
    for (key, value) in [
        ("organisation.responsable", "Préfet d’essai"),
        ("organisation.dpd", "dpd@example.org"),
        ("organisation.secretariat", "Secrétariat d’essai"),
    ] {
        world.huis.store().set_setting(office, key, value, None, world.huis.now()).await.unwrap();
    }
}

struct Ask<'a> {
    right: &'a str,
    number: Option<CaseNumber>,
    last: &'a str,
    first: &'a str,
    desk: &'a str,
}

async fn ask(world: &World, by: &Caller, ask: Ask<'_>) -> CaseNumber {
    let mut demand = facts(&[
        ("droit", choice(ask.right)),
        ("traitement", choice(PROCESSING)),
        ("recue_le", Value::Date(world.today())),
        ("guichet", choice(ask.desk)),
    ]);
    if let Some(number) = ask.number {
        demand.insert("numeros".into(), text(&number.to_string()));
    }
    let who = facts(&[
        ("nom", text(ask.last)),
        ("prenom", text(ask.first)),
        ("repondre", choice("courrier")),
        ("voie", text("3 rue du Puits")),
        ("code_postal", text("68000")),
        ("ville", text("Colmar")),
    ]);
    let new = NewCase {
        territory: String::new(),
        sections: vec![("demandeur".into(), who), ("demande".into(), demand)],
        acts: Vec::new(),
    };
    world.huis.create_dossier(by, RIGHTS, new).await.unwrap().number
}

async fn act(
    world: &World,
    by: &Caller,
    number: CaseNumber,
    kind: &str,
    fields: &[(&str, Value)],
) -> Result<(), UseError> {
    let office = by.office.office;
    let card = world.huis.store().card_by_number(office, RIGHTS, number).await.unwrap().unwrap();
    let command = huis_usecases::ActCommand {
        draft: draft(kind, &world.today().to_string(), fields),
        base_version: card.version,
    };
    world.huis.record_act(by, RIGHTS, number, command).await.map(drop)
}

async fn identified(world: &World, by: &Caller, number: CaseNumber) {
    act(world, by, number, "identite-verifiee", &[("moyen", choice("connue"))]).await.unwrap();
}

async fn copy(world: &World, by: &Caller, request: CaseNumber, number: CaseNumber) -> PersonCopy {
    match world.huis.copy_for(by, request, number, None).await.unwrap() {
        Copied::Whole(copy) => *copy,
        other => panic!("{other:?}"),
    }
}

fn said(value: &Value, out: &mut Vec<String>) {
    if let Value::Text(text) | Value::Choice(text) = value {
        out.push(text.clone());
    }
}

/// All the words of a copy.
fn words(copy: &PersonCopy) -> String {
    let mut out = vec![copy.name.0.clone(), copy.name.1.clone()];
    copy.sections.iter().flat_map(|s| s.facts.values()).for_each(|v| said(v, &mut out));
    copy.acts
        .iter()
        .filter_map(|a| a.facts.as_ref())
        .flat_map(|f| f.values())
        .for_each(|v| said(v, &mut out));
    out.extend(copy.openings.iter().flat_map(|o| [o.service.clone(), o.purpose.clone()]));
    out.extend(copy.unattributed.iter().cloned());
    out.join("\n")
}

/// received at one desk, the other sees it at once; under one clock of a month; the opposition
/// has its ground ready and its letter says it, with the CNIL and that it is free (D-25).
#[tokio::test(flavor = "multi_thread")]
async fn a_request_runs_at_two_desks_under_one_clock_x_16_d_25() {
    let server = Postgres::start().unwrap();
    let (worlds, _database) = worlds(&server).await;
    for world in worlds {
        let huis = &world.huis;
        settings(&world).await;
        let one = desk(&world, "gestion", "guichet-gestionnaire").await;
        let other = desk(&world, "secretariat", "guichet-secretariat").await;
        let wanted = Ask {
            right: "opposition",
            number: None,
            last: "Roth",
            first: "Lucie",
            desk: "gestionnaire",
        };
        let number = ask(&world, &one, wanted).await;
        for who in [&one, &other] {
            let seen = huis.open_dossier(who, RIGHTS, number, Reading::Screen).await.unwrap();
            let kinds: Vec<&str> = seen.view.acts.iter().map(|a| a.kind.as_str()).collect();
            assert_eq!(kinds, ["demande-recue", "transmission"]);
            assert_eq!(seen.view.acts[1].facts.as_ref().unwrap()["vers"], choice("secretariat"));
            let clocks: Vec<_> =
                seen.standing.terms.iter().filter(|t| t.rule == "reponse").collect();
            let month = Delay { months: 1, days: 0 }.after(world.today());
            assert!(clocks.len() == 1 && clocks[0].due >= month, "{clocks:?}");
            let day = huis.day(who, RIGHTS).await.unwrap();
            assert!(day.coming_count + day.late_count > 0, "one list for both desks");
        }
        let register = &huis.processed(PROCESSING).unwrap().register;
        let ground = register.right("opposition").unwrap().ground.clone().unwrap();
        let seen = huis.open_dossier(&other, RIGHTS, number, Reading::Screen).await.unwrap();
        let offer = seen.offers.iter().find(|o| o.kind == "reponse").unwrap();
        assert!(offer.expected);
        let ready: Vec<(&str, Value)> =
            offer.prefill.iter().map(|(f, v)| (f.as_str(), v.clone())).collect();
        act(&world, &other, number, "reponse", &ready).await.unwrap();
        let none = Facts::new();
        let letter = huis.prepare_letter(&one, RIGHTS, number, "droits-opposition", Some(1), &none);
        let letter = letter.await.unwrap().letter.to_text();
        let plain = |t: &str| t.replace(['\u{a0}', '\u{202f}'], " ").replace('’', "'");
        for part in [ground.as_str(), "CNIL", "gratuit"] {
            assert!(plain(&letter).contains(&plain(part)), "{part}: {letter}");
        }
        let early = act(&world, &one, number, "cloture", &[("motif", choice("repondue"))]).await;
        assert!(matches!(early, Err(UseError::Faults(_))), "answered is sent: {early:?}");
    }
}

/// a right that no text of the processing names is received, and decided by the officer.
#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_no_text_names_is_decided_by_the_officer_x_16() {
    let world = World::on("2026-10-12").await;
    let one = desk(&world, "gestion", "guichet-gestionnaire").await;
    let dora = desk(&world, "dora", "dpo").await;
    let wanted = Ask {
        right: "effacement",
        number: None,
        last: "Roth",
        first: "Lucie",
        desk: "secretariat",
    };
    let number = ask(&world, &one, wanted).await;
    identified(&world, &one, number).await;
    let no = [("sens", choice("refusee")), ("motif", text("Le dossier est en cours."))];
    let alone = act(&world, &one, number, "reponse", &no).await;
    assert!(matches!(alone, Err(UseError::Faults(_))), "{alone:?}");
    let refused = act(&world, &one, number, "decision-delegue", &no).await;
    assert!(matches!(refused, Err(UseError::Refused(_))), "the desk does not decide: {refused:?}");
    act(&world, &dora, number, "decision-delegue", &no).await.unwrap();
    act(&world, &one, number, "reponse", &no).await.unwrap();
}

/// A person with words of their own, planted in all that is about them.
struct Planted {
    section: &'static str,
    occurrence: u32,
    last: String,
    first: String,
    words: Vec<String>,
}

/// Distinct words that hold no other.
struct Words<'a>(&'a SeededRng, u32);

impl Words<'_> {
    fn next(&mut self) -> String {
        self.1 += 1;
        let letter = |n: u32| char::from(b'A' + u8::try_from(n % 26).unwrap());
        let salt = self.0.below(17_576);
        format!("Mot{}{}{}x{}y", letter(salt), letter(salt / 26), letter(salt / 676), self.1)
    }
}

struct Household {
    number: CaseNumber,
    people: Vec<Planted>,
    /// Of the whole household.
    shared: Vec<String>,
    /// Of the dwelling: a guarantor's too.
    dwelling: Vec<String>,
    /// Of nobody here: an officer, a hidden section, a letter to an organisation.
    none: Vec<String>,
}

async fn household(world: &World, by: &Caller, rng: &SeededRng) -> Household {
    let mut words = Words(rng, 0);
    let mut people = Vec::new();
    let mut sections = Vec::new();
    let family = words.next();
    let occupants = 2 + rng.below(3);
    for occurrence in 1..=occupants + rng.below(3) {
        let section = if occurrence <= occupants { "occupant" } else { "caution" };
        let occurrence = if section == "caution" { occurrence - occupants } else { occurrence };
        // Co-holders often bear one name: the first name tells them apart.
        let last = if section == "occupant" { family.clone() } else { words.next() };
        let (first, street) = (words.next(), words.next());
        let mut own = facts(&[("nom", text(&last)), ("prenom", text(&first))]);
        if section == "occupant" {
            own.insert("qualite".into(), choice("autre_occupant"));
            own.insert("contact_voie".into(), text(&street));
        } else {
            own.insert("voie".into(), text(&street));
        }
        sections.push((section.to_owned(), own));
        let own = vec![first.clone(), street];
        people.push(Planted { section, occurrence, last, first, words: own });
    }
    let (street, advice, officer) = (words.next(), words.next(), words.next());
    let mut home = local();
    home.insert("residence".into(), text(&street));
    sections.push(("local".to_owned(), home));
    sections.push(("accompagnement".to_owned(), facts(&[("preconisations", text(&advice))])));
    sections.push(("referent".to_owned(), facts(&[("nom", text(&officer))])));
    let new = NewCase { territory: COLMAR.into(), sections, acts: Vec::new() };
    let number = world.huis.create_dossier(by, PROCESSING, new).await.unwrap().number;
    let mut out = Household {
        number,
        people,
        shared: vec![advice],
        dwelling: vec![street],
        none: vec![officer],
    };
    let today = world.today().to_string();
    let letter = |to: &[(&str, Value)], content: &str| {
        let mut fields = vec![
            ("modele", text("convocation-ccapex")),
            ("version", text("1")),
            ("objet", text("Objet")),
            ("contenu", text(content)),
        ];
        fields.extend_from_slice(to);
        draft("courrier", &today, &fields)
    };
    for i in 0..out.people.len() {
        let content = words.next();
        let person = &mut out.people[i];
        let to = [(person.section, Value::Reference(person.occurrence))];
        world.act(by, number, letter(&to, &content)).await.unwrap();
        person.words.push(content);
    }
    let organisation = words.next();
    world.act(by, number, letter(&[], &organisation)).await.unwrap();
    out.none.push(organisation);
    // One of the household is hidden from the others (a violent household).
    if rng.below(2) == 0 {
        let occurrence = 1 + rng.below(occupants);
        let seen = world.huis.open_dossier(by, PROCESSING, number, Reading::Screen).await.unwrap();
        let held = seen.view.sections.iter();
        let held =
            held.filter(|s| s.section == "occupant").find(|s| s.occurrence == occurrence).unwrap();
        world
            .huis
            .restrict_section(
                by,
                PROCESSING,
                number,
                "occupant",
                occurrence,
                held.version,
                Some("violences"),
            )
            .await
            .unwrap();
    }
    out
}

/// I12: for dossiers of several persons, each with words of their own, the copy for one contains
/// every word about them and none about another; on both engines.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_holds_every_word_of_one_person_and_none_of_another_i12() {
    let server = Postgres::start().unwrap();
    let (worlds, _database) = worlds(&server).await;
    for (round, world) in worlds.into_iter().enumerate() {
        settings(&world).await;
        world.agent("anne", "instructeur", &[]).await;
        let anne = world.caller("anne").await;
        let one = desk(&world, "gestion", "guichet-gestionnaire").await;
        let rng = SeededRng::new(1_212 + round as u64);
        let dossiers = if round == 0 { 10 } else { 3 };
        for case in 0..dossiers {
            let home = household(&world, &anne, &rng).await;
            for person in &home.people {
                let wanted = Ask {
                    right: "acces",
                    number: Some(home.number),
                    last: &person.last,
                    first: &person.first,
                    desk: "gestionnaire",
                };
                let request = ask(&world, &one, wanted).await;
                identified(&world, &one, request).await;
                let copy = copy(&world, &one, request, home.number).await;
                let text = words(&copy);
                let member = person.section == "occupant";
                let mut hers: Vec<&String> = person.words.iter().chain(&home.dwelling).collect();
                hers.push(&person.last);
                let mut not: Vec<&String> = home.none.iter().collect();
                if member {
                    hers.extend(&home.shared);
                } else {
                    not.extend(&home.shared);
                }
                let others = home.people.iter().filter(|p| p.first != person.first);
                not.extend(others.flat_map(|p| &p.words));
                for word in hers {
                    assert!(text.contains(word.as_str()), "case {case}: {word} is missing: {text}");
                }
                for word in not {
                    assert!(!text.contains(word.as_str()), "case {case}: {word} leaked: {text}");
                }
                assert_eq!(copy.person.section, person.section);
                assert_eq!(copy.person.occurrence, person.occurrence);
            }
        }
    }
}

/// I12: the openings are all there, by service, purpose and day, and name no agent; another person's
/// own section opened alone is the other's affair; the copy is traced as the person's own.
#[tokio::test(flavor = "multi_thread")]
async fn who_opened_a_dossier_is_told_by_service_and_purpose_i12() {
    let server = Postgres::start().unwrap();
    let (worlds, _database) = worlds(&server).await;
    for world in worlds {
        settings(&world).await;
        let huis = &world.huis;
        world.agent("anne", "instructeur", &[]).await;
        let anne = world.caller("anne").await;
        let one = desk(&world, "gestion", "guichet-gestionnaire").await;
        let mut sections = vec![("local".to_owned(), local())];
        for first in ["Lucie", "Marc"] {
            let mut own = common::occupant("Roth", first);
            own.insert("qualite".into(), choice("autre_occupant"));
            sections.push(("occupant".to_owned(), own));
        }
        let new = NewCase { territory: COLMAR.into(), sections, acts: Vec::new() };
        let number = huis.create_dossier(&anne, PROCESSING, new).await.unwrap().number;
        huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
        // Twice on one day, then once after a year: the trace of the first day has gone by then.
        huis.open_dossier(&anne, PROCESSING, number, Reading::Print).await.unwrap();
        let mut marc = common::occupant("Roth", "Marc");
        marc.insert("qualite".into(), choice("autre_occupant"));
        let command = SectionCommand {
            section: "occupant".into(),
            occurrence: Some(2),
            base_version: 1,
            facts: marc,
            about: None,
            remove: false,
        };
        huis.write_section(&anne, PROCESSING, number, command).await.unwrap();
        let wanted = |first| Ask {
            right: "acces",
            number: Some(number),
            last: "Roth",
            first,
            desk: "gestionnaire",
        };
        let request = ask(&world, &one, wanted("Lucie")).await;
        let early = huis.copy_for(&one, request, number, None).await;
        assert!(matches!(early, Err(UseError::Refused(_))), "art. 12.6: {early:?}");
        identified(&world, &one, request).await;
        let lucie = copy(&world, &one, request, number).await;
        let told: Vec<(&str, &str, u32)> =
            lucie.openings.iter().map(|o| (o.service.as_str(), o.operation, o.times)).collect();
        for expected in [
            ("Service d’essai", Operation::Read.label(), 1),
            ("Service d’essai", Operation::Print.label(), 1),
            ("Service d’essai", Operation::Create.label(), 1),
            ("Service gestion", Operation::RightAnswered.label(), 1),
        ] {
            assert!(told.contains(&expected), "{expected:?} in {told:?}");
        }
        let wrote = Operation::Write.label();
        assert!(!told.iter().any(|t| t.1 == wrote), "of Marc's section alone: {told:?}");
        let text = words(&lucie);
        assert!(!text.contains("ANNE") && !text.contains("GESTION"), "no agent is named: {text}");
        let request = ask(&world, &one, wanted("Marc")).await;
        identified(&world, &one, request).await;
        let marc = copy(&world, &one, request, number).await;
        assert!(marc.openings.iter().any(|o| o.operation == wrote), "{:?}", marc.openings);
        // The log of the processing says on whose ground: the person's.
        let card = huis
            .store()
            .card_by_number(anne.office.office, PROCESSING, number)
            .await
            .unwrap()
            .unwrap();
        let rows = huis.store().lines_of_dossier(card.dossier, 100).await.unwrap();
        let lines: Vec<_> =
            rows.into_iter().map(|r| Leaf::from_bytes(r.leaf).line().unwrap()).collect();
        let own: Vec<_> = lines.iter().filter(|l| l.authority == Authority::Subject).collect();
        assert_eq!(own.len(), 2);
        assert!(own.iter().all(|l| {
            l.operation == Operation::RightAnswered
                && l.processing == PROCESSING
                && l.detail.contains_key("demande")
        }));
        // Past the trace's term a day is not told any more.
        let (first, last) = (world.today(), Delay { months: 13, days: 8 }.after(world.today()));
        world.go_to(&last.to_string());
        let one = desk(&world, "suivant", "guichet-gestionnaire").await;
        let request = ask(&world, &one, wanted("Lucie")).await;
        identified(&world, &one, request).await;
        let later = copy(&world, &one, request, number).await;
        assert!(later.openings.iter().all(|o| o.on >= later.since), "{:?}", later.openings);
        assert_eq!(later.since, Delay { months: 12, days: 0 }.before(last));
        assert!(later.openings.iter().all(|o| o.on > first), "{:?}", later.openings);
    }
}

/// I12: the copy is of what the request names, of a person who was made sure of, to a desk; and an
/// archived dossier gives it once the archive is open.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_needs_its_request_its_desk_and_the_archive_i12_x_12() {
    let world = World::on("2026-10-12").await;
    settings(&world).await;
    let huis = &world.huis;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let one = desk(&world, "gestion", "guichet-gestionnaire").await;
    let dora = desk(&world, "dora", "dpo").await;
    let number = world.dossier(&anne, "Roth", "Lucie").await.number;
    let other = world.dossier(&anne, "Roth", "Lucie").await.number;
    let wanted = |right, first| Ask {
        right,
        number: Some(number),
        last: "Roth",
        first,
        desk: "gestionnaire",
    };
    let request = ask(&world, &one, wanted("acces", "Lucie")).await;
    identified(&world, &one, request).await;
    let not_named = huis.copy_for(&one, request, other, None).await;
    assert!(matches!(not_named, Err(UseError::NotFound)), "{not_named:?}");
    for who in [&anne, &dora] {
        let refused = huis.copy_for(who, request, number, None).await;
        assert!(refused.is_err(), "no desk: {refused:?}");
    }
    let rectify = ask(&world, &one, wanted("rectification", "Lucie")).await;
    identified(&world, &one, rectify).await;
    let refused = huis.copy_for(&one, rectify, number, None).await;
    assert!(matches!(refused, Err(UseError::NotFound)), "{refused:?}");
    let stranger = ask(&world, &one, wanted("acces", "Paul")).await;
    identified(&world, &one, stranger).await;
    assert_eq!(huis.copy_for(&one, stranger, number, None).await.unwrap(), Copied::Nobody);
    // Closed: in the archive, whose own key the desk opens by its passphrase.
    let closing =
        draft("cloture", &world.today().to_string(), &[("motif", choice("dette_soldee"))]);
    world.act(&anne, number, closing).await.unwrap();
    let locked = huis.copy_for(&one, request, number, None).await;
    assert!(matches!(locked, Err(UseError::ArchiveLocked)), "{locked:?}");
    huis.unlock_archive(&one, RIGHTS, ARCHIVE).await.unwrap();
    let archived = copy(&world, &one, request, number).await;
    assert!(archived.archived && words(&archived).contains("Tanneurs"), "{archived:?}");
    // That opens nothing else: the file itself stays the archivist's.
    let opened = huis.open_dossier(&one, PROCESSING, number, Reading::Screen).await;
    assert!(matches!(opened, Err(UseError::NotFound)), "{opened:?}");
    huis.copy_made(&one, request, number, "").await.unwrap();
    let seen = huis.open_dossier(&one, RIGHTS, request, Reading::Screen).await.unwrap();
    assert_eq!(seen.view.acts.last().unwrap().kind, "copie");
    act(&world, &one, request, "cloture", &[("motif", choice("retiree"))]).await.unwrap();
    let over = huis.copy_for(&one, request, number, None).await;
    assert!(matches!(over, Err(UseError::NotFound)), "a closed request opens nothing: {over:?}");
}
