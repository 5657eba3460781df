//! What the desk is told before and after it writes: what an act would do, who wrote the other
//! value, what voiding takes away, holidays of the office's own.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_dossier::{Severity, Value};
use huis_kernel::{CaseNumber, Zone};
use huis_store::Location;
use huis_testkit::Postgres;
use huis_trace::Operation;
use huis_usecases::{
    ActCommand, Caller, KeptForm, ListQuery, Reading, SectionCommand, UseError,
    accounts::Next,
    oversight::{Due, TraceQuery},
};
use std::collections::BTreeMap;

async fn version(world: &World, caller: &Caller, number: CaseNumber) -> u64 {
    let store = world.huis.store();
    store.card_by_number(caller.office.office, PROCESSING, number).await.unwrap().unwrap().version
}

/// the day is that of the office's zone from its first minute to its last, in winter and in
/// summer; in Greenwich it is still the day before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_06_the_day_is_the_offices_from_its_first_minute() {
    let days =
        [("2026-03-01", "2026-03-02", "2026-03-03"), ("2026-06-30", "2026-07-01", "2026-07-02")];
    for (yesterday, today, tomorrow) in days {
        let world = World::on(yesterday).await;
        world.agent("anne", "instructeur", &[COLMAR]).await;
        let midnight = Zone::named("Europe/Paris").unwrap().start_of(day(today));
        for minute in [0, 23 * 60 + 59] {
            world.clock.set(midnight.plus_ms(minute * 60_000));
            let anne = world.caller("anne").await;
            // Its first act is of the day; so are those after it.
            let number = world.dossier(&anne, "Klein", "Paul").await.number;
            let order = |on: &str| draft("commandement-payer", on, &[]);
            world.act(&anne, number, order(today)).await.unwrap();
            let early = world.act(&anne, number, order(tomorrow)).await;
            assert!(
                matches!(&early, Err(UseError::Faults(f)) if f[0].code == "date-future"),
                "{early:?}"
            );
        }
    }
}

/// before it is recorded an act says which deadlines it sets, with their article, and
/// what is irregular in it; nothing is written, and the look is traced as a reading.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_06_an_act_is_looked_at_before_it_is_recorded() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("pol", "police", &[COLMAR]).await;
    world.agent("dora", "dpo", &[]).await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    let base_version = version(&world, &anne, number).await;
    let command =
        ActCommand { draft: draft("commandement-payer", "2026-03-02", &[]), base_version };
    let foreseen =
        world.huis.preview_act(&anne, PROCESSING, number, &command, &[]).await.unwrap().unwrap();
    assert_ne!(foreseen.before.step, foreseen.after.step, "the step that follows");
    let set: Vec<_> = foreseen
        .after
        .terms
        .iter()
        .filter(|t| !foreseen.before.terms.iter().any(|b| b.rule == t.rule && b.act == t.act))
        .collect();
    assert!(!set.is_empty() && set.iter().all(|t| !t.explained.article.is_empty()), "{set:?}");
    assert_eq!(version(&world, &anne, number).await, base_version, "nothing is written");
    let opened = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    assert_eq!(opened.view.acts.len(), 1);
    // What was foreseen is what comes.
    let done = world.huis.record_act(&anne, PROCESSING, number, command.clone()).await.unwrap();
    assert_eq!(done.flags, foreseen.flags);
    let opened = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    assert_eq!(opened.standing.terms, foreseen.after.terms);
    assert_eq!(
        (&opened.standing.stage, &opened.standing.step),
        (&foreseen.after.stage, &foreseen.after.step)
    );
    // A refused act is refused here as there, all its faults at once.
    let base_version = version(&world, &anne, number).await;
    let early = ActCommand { draft: draft("expulsion", "2026-03-02", &[]), base_version };
    let refused = world.huis.preview_act(&anne, PROCESSING, number, &early, &[]).await;
    let recorded = world.huis.record_act(&anne, PROCESSING, number, early).await;
    let (Err(UseError::Faults(a)), Err(UseError::Faults(b))) = (refused, recorded) else {
        panic!("both refuse")
    };
    assert_eq!(a, b);
    let stale = world.huis.preview_act(&anne, PROCESSING, number, &command, &[]).await;
    assert!(matches!(stale, Err(UseError::Moved { .. })), "{stale:?}");
    // whom the stage is not told learns nothing here either.
    let pol = world.caller("pol").await;
    let other = ActCommand { draft: draft("commandement-payer", "2026-03-02", &[]), base_version };
    let blind = world.huis.preview_act(&pol, PROCESSING, number, &other, &[]).await;
    assert!(matches!(blind, Err(UseError::Refused(_) | UseError::NotFound)), "{blind:?}");
    let dora = world.caller("dora").await;
    let query = TraceQuery { operation: Some(Operation::Read), ..TraceQuery::default() };
    let lines = world.huis.trace_page(&dora, PROCESSING, &query).await.unwrap().lines;
    let looks = lines.iter().filter(|l| format!("{:?}", l.detail).contains("commandement-payer"));
    assert_eq!(looks.count(), 1, "X-23: the look is a reading: {lines:?}");
}

/// of two agents on one section the second is told who wrote the first, and when; a profile
/// that does not follow the file is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_01_a_section_tells_who_wrote_it_last() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("bruno", "secretaire-ccapex", &[]).await;
    world.agent("pol", "police", &[COLMAR]).await;
    let (anne, bruno) = (world.caller("anne").await, world.caller("bruno").await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    world.clock.advance_ms(60_000);
    let bruno = Caller { now: world.huis.now(), ..bruno };
    let mut facts = occupant("Klein", "Paule");
    facts.insert("prenom".into(), text("Paula"));
    let command = |base_version| SectionCommand {
        section: "occupant".into(),
        occurrence: Some(1),
        base_version,
        facts: facts.clone(),
        about: None,
        remove: false,
    };
    world.huis.write_section(&bruno, PROCESSING, number, command(1)).await.unwrap();
    let mine = world.huis.write_section(&anne, PROCESSING, number, command(1)).await;
    assert!(matches!(mine, Err(UseError::Conflict { .. })), "{mine:?}");
    let seen = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    let section = seen.view.sections.iter().find(|s| s.section == "occupant").unwrap();
    let written = section.written.unwrap();
    assert_eq!((written.agent, written.at), (bruno.actor.agent, bruno.now));
    assert!(seen.agents[&written.agent].contains("BRUNO"), "{:?}", seen.agents);
    let pol = world.caller("pol").await;
    let seen = world.huis.open_dossier(&pol, PROCESSING, number, Reading::Screen).await.unwrap();
    assert!(seen.view.sections.iter().all(|s| s.written.is_none()), "X-13");
}

/// a report deposited in the wrong file leaves it with its deposit, and the right one can
/// come in its place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_08_voiding_a_deposit_empties_its_report() {
    let world = World::on("2025-01-06").await;
    world.agent("anne", "instructeur", &[]).await;
    let number = world.dossier(&world.caller("anne").await, "Klein", "Paul").await.number;
    for (day, kind, fields) in COURSE {
        world.go_to(day);
        // A password of January is out of date in September.
        let login = format!("anne{day}");
        world.agent(&login, "instructeur", &[]).await;
        let anne = world.caller(&login).await;
        let fields: Vec<_> = fields.iter().map(|(k, v)| (*k, v())).collect();
        let done = world.act(&anne, number, draft(kind, day, &fields)).await;
        assert!(done.is_ok(), "{kind}: {done:?}");
    }
    world.go_to("2025-09-22");
    world.agent("pol", "police", &[COLMAR]).await;
    world.agent("chef", "chef", &[]).await;
    let deposit = async |risk: &str| {
        let pol = world.caller("pol").await;
        let base_version = version(&world, &pol, number).await;
        let command =
            ActCommand { draft: draft("deposer-rapport", "2025-09-22", &[]), base_version };
        let report = SectionCommand {
            section: "rapport_police".into(),
            occurrence: None,
            base_version: 0,
            facts: facts(&[("risque", choice(risk))]),
            about: None,
            remove: false,
        };
        world.huis.record_act_with(&pol, PROCESSING, number, command, vec![report]).await
    };
    let report = async || {
        let chef = world.caller("chef").await;
        let seen = world.huis.open_dossier(&chef, PROCESSING, number, Reading::Screen).await;
        let sections = seen.unwrap().view.sections;
        sections.into_iter().find(|s| s.section == "rapport_police").map(|s| s.facts)
    };
    let first = deposit("eleve").await.unwrap();
    assert_eq!(report().await.unwrap().get("risque"), Some(&choice("eleve")));
    let chef = world.caller("chef").await;
    world.huis.void_act(&chef, PROCESSING, number, first.no, "autre-dossier").await.unwrap();
    assert!(report().await.is_none(), "X-08: the report left with its deposit");
    let seen = world.huis.open_dossier(&chef, PROCESSING, number, Reading::Screen).await.unwrap();
    let occupant = seen.view.sections.iter().find(|s| s.section == "occupant");
    assert!(occupant.is_some_and(|s| !s.facts.is_empty()), "and nothing else did");
    // The file is whole (I14), and the right report comes in its place.
    deposit("aucun").await.unwrap();
    assert_eq!(report().await.unwrap().get("risque"), Some(&choice("aucun")));
    assert!(first.flags.iter().all(|f| f.severity < Severity::Serious));
}

type Field = (&'static str, fn() -> Value);

/// From the first arrears to the prefect's request for a report.
const COURSE: &[(&str, &str, &[Field])] = &[
    ("2025-01-20", "commandement-payer", &[]),
    ("2025-04-01", "assignation", &[("audience_le", || Value::Date(day("2025-06-12")))]),
    ("2025-04-02", "assignation-recue-prefet", &[]),
    ("2025-06-19", "jugement", &[("issue", || choice("expulsion"))]),
    ("2025-06-23", "signification-jugement", &[]),
    ("2025-07-07", "commandement-quitter-lieux", &[]),
    ("2025-07-09", "cql-recu-prefet", &[]),
    ("2025-09-15", "demande-cfp", &[("diligences_jointes", || Value::Bool(true))]),
    ("2025-09-16", "rapport-police-demande", &[]),
];

/// a day that the office adds moves the deadlines that end on it, where it is kept; how many
/// is told before; taken away, they come back. Another server knows at once.
async fn a_day_of_the_office_moves_deadlines(world: World, today: &str) {
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("alex", "administrateur", &[]).await;
    let (anne, alex) = (world.caller("anne").await, world.caller("alex").await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    world.act(&anne, number, draft("commandement-payer", today, &[])).await.unwrap();
    let other = world.again(77).await;
    let dues = async |huis: &huis_usecases::Huis| {
        let opened = huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
        opened.standing.terms.iter().map(|t| (t.rule.clone(), t.due)).collect::<Vec<_>>()
    };
    let before = dues(&world.huis).await;
    let running = before.iter().map(|t| t.1).max().unwrap();
    let free = running.strftime("%d/%m/%Y").to_string();
    let at = |text: String| vec![("feries.locaux".to_owned(), text)];
    // Elsewhere: nothing moves.
    let elsewhere = at(format!("{free} ; Fête de Mulhouse ; 68224"));
    assert_eq!(world.huis.foresee_settings(&alex, &elsewhere).await.unwrap(), Some(0));
    let here = at(format!("{free} ; Fête de la ville ; Colmar"));
    assert_eq!(world.huis.foresee_settings(&alex, &here).await.unwrap(), Some(1));
    assert_eq!(dues(&world.huis).await, before, "foreseeing changes nothing");
    assert_eq!(world.huis.set_settings(&alex, &here).await.unwrap(), 1);
    let after = dues(&world.huis).await;
    assert!(!after.iter().any(|t| t.1 == running), "{after:?}");
    // The other server has not been told: it sees it as it next meets a caller.
    let token = world.token("anne").await;
    other.caller(&token, "192.0.2.1").await.unwrap().unwrap();
    assert_eq!(dues(&other).await, after, "a second server");
    // What the card keeps moved as well.
    let store = world.huis.store();
    let office = anne.office.office;
    let card = store.card_by_number(office, PROCESSING, number).await.unwrap().unwrap();
    let mut work = store.begin().await.unwrap();
    let kept = work.terms(office, card.dossier).await.unwrap();
    drop(work);
    assert!(!kept.iter().any(|t| t.due == running), "{kept:?}");
    assert_eq!(world.huis.set_settings(&alex, &at(String::new())).await.unwrap(), 1);
    assert_eq!(dues(&world.huis).await, before, "taken away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_02_a_day_of_the_office_moves_deadlines_on_sqlite() {
    a_day_of_the_office_moves_deadlines(World::on("2026-03-02").await, "2026-03-02").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_02_a_day_of_the_office_moves_deadlines_on_postgresql() {
    let server = Postgres::start().unwrap();
    let database = server.database("feries").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::now(folder, Location::Postgres(database.url())).await;
    let today = world.today().to_string();
    a_day_of_the_office_moves_deadlines(world, &today).await;
}

/// Settings of one group are saved together or not at all, every fault told beside its setting; one
/// line of the trace says which changed, from what to what.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_saved_together_with_one_line() {
    let world = World::on("2026-03-02").await;
    world.agent("alex", "administrateur", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let (alex, dora) = (world.caller("alex").await, world.caller("dora").await);
    let set = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    };
    let wrong = set(&[
        ("feries.vendredi_saint", "75056"),
        ("feries.locaux", "demain ; Fête\n25/12 ; Noël bis"),
        ("organisation.service_droits", ""),
        ("organisation.secretariat", "2 rue de la Paix"),
    ]);
    let Err(UseError::Faults(faults)) = world.huis.set_settings(&alex, &wrong).await else {
        panic!("refused")
    };
    let of = |key: &str| faults.iter().filter(|f| f.field.as_deref() == Some(key)).count();
    assert_eq!(
        [of("feries.vendredi_saint"), of("feries.locaux"), of("organisation.service_droits")],
        [1, 2, 1],
        "{faults:?}"
    );
    let lines = world.huis.settings(&alex).await.unwrap();
    let value = |key: &str| lines.iter().find(|l| l.setting.key == key).unwrap().value.clone();
    assert_eq!(value("organisation.secretariat"), "", "nothing of a refused form is kept");
    let good = set(&[
        ("feries.vendredi_saint", "68066"),
        ("feries.locaux", "27/05 ; Fête ; 68066"),
        ("organisation.secretariat", "2 rue de la Paix"),
        ("organisation.service_droits", "Bureau des droits"),
    ]);
    world.huis.set_settings(&alex, &good).await.unwrap();
    assert_eq!(world.huis.set_settings(&alex, &good).await.unwrap(), 0, "nothing changes twice");
    let query = TraceQuery { operation: Some(Operation::SettingChanged), ..TraceQuery::default() };
    let told = world.huis.trace_page(&dora, PROCESSING, &query).await.unwrap().lines;
    let [line] = told.as_slice() else { panic!("one line: {told:?}") };
    let detail = format!("{:?}", line.detail);
    for part in ["Secrétariat", "vide", "renseigne", "27/05:68066", "68066"] {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    assert!(!detail.contains("Paix") && !detail.contains("Service des droits"), "{detail}");
}

/// I1, I14: a kept form is sealed, its account's alone, and gone after some hours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i1_a_kept_form_is_sealed_and_its_writers_alone() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("bruno", "secretaire-ccapex", &[]).await;
    let token = world.token("anne").await;
    let anne = world.huis.caller(&token, "192.0.2.1").await.unwrap().unwrap().caller;
    let form = KeptForm {
        path: "/dossiers/1".into(),
        number: None,
        fields: vec![("occupant-1.nom".into(), "Zimmermannplante".into())],
    };
    let id = world.huis.keep_late_form(&token, &form).await.unwrap().unwrap();
    let nobody = "0".repeat(token.len());
    assert!(world.huis.keep_late_form(&nobody, &form).await.unwrap().is_none());
    for entry in std::fs::read_dir(world.folder.path().join("data")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(16).any(|w| w == b"Zimmermannplante"), "sealed");
    }
    assert_eq!(world.huis.kept_form(&anne, PROCESSING, &id).await.unwrap().0, form);
    let bruno = world.caller("bruno").await;
    let other = world.huis.kept_form(&bruno, PROCESSING, &id).await;
    assert!(matches!(other, Err(UseError::NotFound)), "{other:?}");
    assert!(world.huis.kept_forms(&bruno).await.unwrap().is_empty());
    world.huis.forget_form(&bruno, &id).await.unwrap();
    assert_eq!(world.huis.kept_forms(&anne).await.unwrap().len(), 1, "nobody else forgets it");
    for _ in 0..9 {
        world.clock.advance_ms(1);
        world.huis.keep_form(&anne, &form).await.unwrap();
    }
    assert_eq!(world.huis.kept_forms(&anne).await.unwrap().len(), 5, "the newest few");
    world.clock.advance_ms(9 * 3_600_000);
    let late = Caller { now: world.huis.now(), ..anne.clone() };
    assert!(world.huis.kept_forms(&late).await.unwrap().is_empty());
}

/// a procedure recorded is read by each agent before anything opens, in each new version; a
/// review of the risks is dated, and told when it is overdue.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_29_the_procedure_is_read_first_and_an_overdue_review_is_told() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("dora", "dpo", &[]).await;
    let (anne, dora) = (world.caller("anne").await, world.caller("dora").await);
    let huis = &world.huis;
    let office = &anne.office;
    let due = async || huis.security_due(office).await.unwrap();
    assert_eq!(due().await, [Due::NeverReviewed, Due::NoProcedure]);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    let token = world.token("anne").await;
    let state = async || huis.caller(&token, "192.0.2.1").await.unwrap().unwrap();
    assert_eq!(state().await.pending, Next::Done, "without a procedure nothing stands in the way");
    // Only who answers for it records it, and all its faults are told at once.
    let on = day("2026-03-01");
    let refused = huis.record_procedure(&anne, PROCESSING, on, "Le préfet", "Texte").await;
    assert!(matches!(refused, Err(UseError::Refused(_))), "{refused:?}");
    let wrong = huis.record_procedure(&dora, PROCESSING, day("2027-01-01"), " ", "").await;
    assert!(matches!(&wrong, Err(UseError::Invalid(f)) if f.len() == 3), "{wrong:?}");
    huis.record_procedure(&dora, PROCESSING, on, "Le préfet", "On demande, on motive.")
        .await
        .unwrap();
    let waiting = state().await;
    assert_eq!(waiting.pending, Next::ReadProcedure);
    let shut = huis.open_dossier(&waiting.caller, PROCESSING, number, Reading::Screen).await;
    assert!(shut.is_err(), "the grant opens nothing before");
    let text = huis.procedure(&waiting.caller).await.unwrap().unwrap();
    assert_eq!((text.version, text.body.as_str()), (1, "On demande, on motive."));
    assert!(huis.acknowledge_procedure(&waiting.caller, 2).await.is_err(), "not that version");
    huis.acknowledge_procedure(&waiting.caller, 1).await.unwrap();
    let open = state().await;
    assert_eq!(open.pending, Next::Done);
    huis.open_dossier(&open.caller, PROCESSING, number, Reading::Screen).await.unwrap();
    // A new version is read again.
    huis.record_procedure(&dora, PROCESSING, on, "Le préfet", "On motive mieux.").await.unwrap();
    assert_eq!(state().await.pending, Next::ReadProcedure);
    let seen = huis.security(&dora, PROCESSING).await.unwrap();
    let read: Vec<_> = seen.procedures.iter().map(|p| (p.version, p.read_by)).collect();
    assert_eq!(read, [(2, 1), (1, 2)], "who recorded it has read it");
    // The review: dated, the next one within a year, overdue from the day after.
    let review = async |held: &str, next: &str, text: &str| {
        huis.record_risk_review(&dora, PROCESSING, day(held), day(next), text).await
    };
    let wrong = review("2026-04-01", "2028-01-01", "").await;
    assert!(matches!(&wrong, Err(UseError::Invalid(f)) if f.len() == 3), "{wrong:?}");
    review("2026-02-01", "2026-12-31", "Accès distant revu.").await.unwrap();
    assert!(due().await.is_empty());
    world.go_to("2026-12-31");
    assert!(due().await.is_empty(), "due that day, not overdue");
    world.go_to("2027-01-01");
    assert_eq!(due().await, [Due::Overdue(day("2026-12-31"))]);
}

/// the board counts as dossiers move (opened, an act, closed, a day that passes) and always
/// agrees with the lists, whether it was looked at before or not.
async fn the_board_counts(world: World) {
    let day = |n: i64| world.today().saturating_add(jiff::Span::new().days(n)).to_string();
    let (first_day, week_on, next) = (day(0), day(7), day(8));
    world.agent("anne", "instructeur", &[COLMAR]).await;
    let anne = world.caller("anne").await;
    let agrees = async |anne: &Caller| {
        let board = world.huis.board(anne, PROCESSING).await.unwrap();
        let mut there: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for late in [false, true] {
            let query = ListQuery { late, ..ListQuery::default() };
            for line in world.huis.list(anne, PROCESSING, &query).await.unwrap().lines {
                let cell = there.entry(line.stage).or_default();
                if late { cell.1 += 1 } else { cell.0 += 1 }
            }
        }
        let cells = board.cells.into_iter();
        let counted: BTreeMap<_, _> =
            cells.map(|((_, stage), c)| (stage, (c.count, c.late))).collect();
        assert_eq!(counted, there);
        (there.values().map(|c| c.0).sum::<u64>(), there.values().map(|c| c.1).sum::<u64>())
    };
    // Never looked at, then looked at: both ways lead to the same counts.
    let first = world.dossier(&anne, "Klein", "Paul").await.number;
    assert_eq!(agrees(&anne).await, (1, 0));
    let second = world.dossier(&anne, "Grand", "Rose").await.number;
    assert_eq!(agrees(&anne).await, (2, 0));
    let act = draft("commandement-payer", &first_day, &[]);
    world.act(&anne, first, act).await.unwrap();
    assert_eq!(agrees(&anne).await, (2, 0));
    // The information letter is late some days on: nobody wrote anything.
    world.go_to(&week_on);
    let anne = world.caller("anne").await;
    assert_eq!(agrees(&anne).await, (2, 2));
    let close = draft("cloture", &week_on, &[("motif", choice("dette_soldee"))]);
    world.act(&anne, second, close).await.unwrap();
    assert_eq!(agrees(&anne).await, (1, 1));
    // What is written before the first look of a day is counted by it.
    world.go_to(&next);
    let anne = world.caller("anne").await;
    world.dossier(&anne, "Petit", "Jean").await;
    assert_eq!(agrees(&anne).await, (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_03_the_board_counts_as_dossiers_move_on_sqlite() {
    the_board_counts(World::on("2026-03-02").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_03_the_board_counts_as_dossiers_move_on_postgresql() {
    let server = Postgres::start().unwrap();
    let database = server.database("tableau").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::now(folder, Location::Postgres(database.url())).await;
    the_board_counts(world).await;
}
