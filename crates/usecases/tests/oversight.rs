//! Watching over the work, on a real store with the clock in hand: alerts, the trace as evidence,
//! its term, the plan of erasure, the supervisor, the register, the settings.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    reason = "a test fails by panicking, its helpers too"
)]

mod common;

use common::*;
use huis_kernel::{CaseNumber, Delay, Zone};
use huis_register::ChangeKind;
use huis_store::Location;
use huis_testkit::Postgres;
use huis_trace::{Finding, Operation, verify};
use huis_usecases::{
    Caller, Question, Reading, UseError,
    alerts::FINDINGS,
    oversight::{By, TraceQuery},
};
use std::path::Path;

const DPO: &str = "dora";

/// Anne files, Dora controls, Sam supervises, Alex administers.
async fn service(today: &str) -> World {
    staffed(World::on(today).await).await
}

async fn staffed(world: World) -> World {
    world.agent("anne", "instructeur", &[]).await;
    world.agent(DPO, "dpo", &[]).await;
    world.agent("sam", "chef", &[COLMAR]).await;
    world.agent("alex", "administrateur", &[]).await;
    world
}

async fn read(world: &World, caller: &Caller, number: CaseNumber) {
    // Each reading is a request of its own, at its own instant.
    world.clock.advance_ms(1_000);
    let caller = Caller { now: world.huis.now(), ..caller.clone() };
    world.huis.open_dossier(&caller, PROCESSING, number, Reading::Screen).await.unwrap();
}

/// So many dossiers of one office.
async fn several(world: &World, caller: &Caller, n: u32) -> Vec<CaseNumber> {
    let mut out = Vec::new();
    for _ in 0..n {
        out.push(world.dossier(caller, "Klein", "Paul").await.number);
    }
    out
}

async fn rules(world: &World) -> Vec<String> {
    let dora = world.caller(DPO).await;
    let alerts = world.huis.alerts(&dora, PROCESSING).await.unwrap();
    alerts.into_iter().map(|a| a.rule).collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// X-24: unusual reading raises an alert that someone must close, with a finding of the list, and
/// that nobody closes about themselves.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_24_unusual_reading_raises_an_alert_that_someone_must_close() {
    let world = service("2026-03-02").await;
    let (anne, dora) = (world.caller("anne").await, world.caller(DPO).await);
    let threshold =
        world.huis.processed(PROCESSING).unwrap().register.security.alert_volume_per_hour;
    let numbers = several(&world, &anne, threshold + 2).await;
    let (most, beyond) = numbers.split_at(threshold as usize);
    for number in most {
        read(&world, &anne, *number).await;
        // Another section of it, a form: the same dossier.
        read(&world, &anne, most[0]).await;
    }
    assert_eq!(world.huis.open_alerts(&dora, PROCESSING).await.unwrap(), 0, "up to the threshold");
    for number in beyond {
        read(&world, &anne, *number).await;
    }
    let alerts = world.huis.alerts(&dora, PROCESSING).await.unwrap();
    let [alert] = alerts.as_slice() else { panic!("once an hour: {alerts:?}") };
    assert_eq!(alert.rule, "volume");
    assert_eq!(alert.agent.as_ref().unwrap().1, "Camille ANNE");
    assert!(alert.summary.contains(&(threshold + 1).to_string()), "{}", alert.summary);
    assert!(alert.closable && alert.closed.is_none());
    // Anne sees no alert, closes none.
    let refused = world.huis.alerts(&anne, PROCESSING).await;
    assert!(matches!(refused, Err(UseError::Refused(_))), "{refused:?}");
    assert_eq!(world.huis.open_alerts(&anne, PROCESSING).await.unwrap(), 0);
    let close = async |finding: &str, note: &str| {
        world.huis.close_alert(&dora, PROCESSING, alert.id, finding, note).await
    };
    for (finding, note) in [("rien", ""), ("justifie", "é".repeat(501).as_str())] {
        let refused = close(finding, note).await;
        assert!(matches!(refused, Err(UseError::Invalid(_))), "{finding}: {refused:?}");
    }
    close(FINDINGS[0].0, "  Rattrapage du courrier. ").await.unwrap();
    assert_eq!(world.huis.open_alerts(&dora, PROCESSING).await.unwrap(), 0);
    let closed = world.huis.alerts(&dora, PROCESSING).await.unwrap().remove(0).closed.unwrap();
    assert_eq!(
        (closed.by.as_str(), closed.note.as_str()),
        ("Camille DORA", "Rattrapage du courrier.")
    );
    assert_eq!(closed.finding, FINDINGS[0].1);
    assert!(matches!(close(FINDINGS[0].0, "").await, Err(UseError::Invalid(_))), "once");
    // Raised and closed are lines of the trace.
    for operation in [Operation::AlertRaised, Operation::AlertClosed] {
        let query = TraceQuery { operation: Some(operation), ..TraceQuery::default() };
        let page = world.huis.trace_page(&dora, PROCESSING, &query).await.unwrap();
        assert!(!page.lines.is_empty(), "{operation}");
    }
}

/// X-24: an officer who reads too much is somebody else's alert.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_24_nobody_closes_an_alert_about_themselves() {
    let world = service("2026-03-02").await;
    let dora = world.caller(DPO).await;
    // Ten refusals within ten minutes: her profile opens no dossier.
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    for _ in 0..10 {
        world.clock.advance_ms(1_000);
        let dora = Caller { now: world.huis.now(), ..dora.clone() };
        let no = world.huis.open_dossier(&dora, PROCESSING, number, Reading::Screen).await;
        assert!(no.is_err());
    }
    let alert = world.huis.alerts(&dora, PROCESSING).await.unwrap().remove(0);
    assert_eq!((alert.rule.as_str(), alert.closable), ("refus", false));
    let refused = world.huis.close_alert(&dora, PROCESSING, alert.id, "justifie", "").await;
    assert!(matches!(refused, Err(UseError::Refused(_))), "{refused:?}");
    world.agent("elsa", "dpo", &[]).await;
    let elsa = world.caller("elsa").await;
    world.huis.close_alert(&elsa, PROCESSING, alert.id, "justifie", "").await.unwrap();
}

/// X-24: looking for oneself, or opening a file at one's own name, stands out; a namesake by the
/// first name alone does not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_24_ones_own_name_stands_out() {
    let world = service("2026-03-02").await;
    let anne = world.caller("anne").await;
    let other = world.dossier(&anne, "Anne", "Baptiste").await.number;
    let own = world.dossier(&anne, "Anne", "Camille").await.number;
    let question = |last: &str, first: &str| Question {
        number: String::new(),
        fields: [("occupant.nom", last), ("occupant.prenom", first)]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        archive: false,
    };
    let search = async |last: &str, first: &str| {
        world.huis.search(&anne, PROCESSING, &question(last, first)).await.unwrap();
    };
    search("Muller", "Camille").await;
    search("Anne", "Baptiste").await;
    read(&world, &anne, other).await;
    assert!(rules(&world).await.is_empty());
    search("Ânne", "Camille").await;
    assert_eq!(rules(&world).await, ["propre-nom"]);
    read(&world, &anne, own).await;
    assert_eq!(rules(&world).await, ["propre-nom", "propre-nom"], "told each time");
}

/// X-24: after a restart the last weeks are learnt again, and an hour that had begun goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_24_a_restart_does_not_forget_what_was_read() {
    let world = service("2026-03-02").await;
    let anne = world.caller("anne").await;
    let numbers = several(&world, &anne, 61).await;
    let (before, after) = numbers.split_at(40);
    for number in before {
        read(&world, &anne, *number).await;
    }
    let again = world.again(3).await;
    for number in after {
        world.clock.advance_ms(1_000);
        let anne = Caller { now: again.now(), ..anne.clone() };
        again.open_dossier(&anne, PROCESSING, *number, Reading::Screen).await.unwrap();
    }
    assert_eq!(rules(&world).await, ["volume"]);
}

/// X-23: every access is a line that says who, when, what, of which data, for which purpose; those
/// who control them read them in words, within their perimeter, and that is a line too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_23_who_opened_a_dossier_is_told_in_words() {
    let world = service("2026-03-02").await;
    world.agent("tom", "chef", &[MULHOUSE]).await;
    let (anne, dora) = (world.caller("anne").await, world.caller(DPO).await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    read(&world, &anne, number).await;
    let sam = world.caller("sam").await;
    for reader in [&dora, &sam] {
        let lines = world.huis.traces_of_dossier(reader, PROCESSING, number).await.unwrap();
        let reading = lines.iter().find(|l| l.operation == Operation::Read).unwrap();
        assert_eq!(
            (reading.who.as_str(), reading.service.as_str()),
            ("Camille ANNE", "Service d’essai")
        );
        assert!(reading.purpose.starts_with("Gérer la prévention"), "{}", reading.purpose);
        assert_eq!(reading.dossiers, [number]);
        let (_, fields) = reading.sections.iter().find(|s| s.0.starts_with("Occupant")).unwrap();
        assert!(fields.iter().any(|f| f == "Prénom"), "{fields:?}");
        let told = format!("{lines:?}");
        assert!(!told.contains("Klein") && !told.contains("Tanneurs"), "a line shows no datum");
    }
    let lines = world.huis.traces_of_dossier(&dora, PROCESSING, number).await.unwrap();
    let reads = lines.iter().filter(|l| l.operation == Operation::TraceRead).count();
    assert_eq!(reads, 3, "reading the trace is traced, this time included");
    // Another arrondissement's supervisor does not learn that it exists; who files has no sight.
    let tom = world.caller("tom").await;
    let hidden = world.huis.traces_of_dossier(&tom, PROCESSING, number).await;
    assert!(matches!(hidden, Err(UseError::NotFound)), "{hidden:?}");
    let refused = world.huis.traces_of_dossier(&anne, PROCESSING, number).await;
    assert!(matches!(refused, Err(UseError::Refused(_))), "{refused:?}");
}

/// X-23: pages of the trace, newest first, without a gap or a repetition; by agent, by operation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_23_the_trace_is_read_page_by_page() {
    let world = service("2026-03-02").await;
    let (anne, dora) = (world.caller("anne").await, world.caller(DPO).await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    // Lines of one instant too: what orders them is their place.
    for _ in 0..120 {
        world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    }
    let mut query = TraceQuery {
        agent: Some(anne.actor.agent),
        operation: Some(Operation::Read),
        before: None,
    };
    let mut places = Vec::new();
    loop {
        let page = world.huis.trace_page(&dora, PROCESSING, &query).await.unwrap();
        assert!(
            page.lines.iter().all(|l| l.operation == Operation::Read && l.who == "Camille ANNE")
        );
        places.extend(page.lines.into_iter().map(|l| l.place.index));
        match page.next {
            Some(next) => query.before = Some(next),
            None => break,
        }
    }
    assert_eq!(places.len(), 120);
    assert!(places.is_sorted_by(|a, b| a > b), "newest first, none twice");
    let refused = world.huis.trace_page(&anne, PROCESSING, &TraceQuery::default()).await;
    assert!(matches!(refused, Err(UseError::Refused(_))), "{refused:?}");
}

/// X-24, I8: the trace verifies inside as an outsider verifies its export; a store put back to an
/// earlier state is found by what the witness has seen, and raises an alert.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_24_a_trace_put_back_in_time_is_found_by_the_witness() {
    let world = service("2026-03-02").await;
    let (anne, dora) = (world.caller("anne").await, world.caller(DPO).await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    let witness = world.folder.path().join("temoin");
    // What follows the creation is not waited for: it would be one more head.
    world.huis.caught_up().await;
    assert!(world.huis.witness(&witness).await.unwrap() > 0);
    assert_eq!(world.huis.witness(&witness).await.unwrap(), 0, "a head is kept once");
    let early = tempfile::tempdir().unwrap();
    copy(&world.folder.path().join("data"), early.path());
    for _ in 0..3 {
        read(&world, &anne, number).await;
    }
    world.huis.witness(&witness).await.unwrap();
    let seen = std::fs::read_to_string(&witness).unwrap();
    let by = By::Caller(&dora);
    let report = world.huis.verify_trace(by, PROCESSING, Some(&seen)).await.unwrap();
    assert!(report.sound() && report.lines() > 0, "{report:?}");
    // From outside, with the export and the public key only.
    let mut forged = 0;
    for log in world.huis.trace_logs(PROCESSING).await.unwrap() {
        let mut export = Vec::new();
        world.huis.export_trace(by, PROCESSING, &log, &mut export).await.unwrap();
        verify(export.as_slice(), world.huis.log_key()).unwrap();
        let text = String::from_utf8(export).unwrap();
        // One word of one line of it changed: a reading made a list.
        let other = text.replacen(r#""operation":"read""#, r#""operation":"list""#, 1);
        if other != text {
            let found = verify(other.as_bytes(), world.huis.log_key()).unwrap_err();
            assert!(matches!(found[0], Finding::Changed(_)), "{found:?}");
            forged += 1;
        }
    }
    assert_eq!(forged, 1, "the log of the processing holds readings");
    let refused = world.huis.verify_trace(By::Caller(&anne), PROCESSING, None).await;
    assert!(matches!(refused, Err(UseError::Refused(_))));
    // The same installation from yesterday's copy, whose log goes on: sound by itself, not for the
    // witness.
    let old = world.copy(early.path(), 99).await;
    assert!(old.verify_trace(by, PROCESSING, None).await.unwrap().sound());
    assert_eq!(old.open_alerts(&dora, PROCESSING).await.unwrap(), 0);
    for _ in 0..2 {
        let report = old.verify_trace(by, PROCESSING, Some(&seen)).await.unwrap();
        let cut = |f: &Finding| matches!(f, Finding::Truncated { .. } | Finding::Rewritten(_));
        assert!(report.findings().any(|(_, f)| cut(f)), "{report:?}");
    }
    assert_eq!(old.open_alerts(&dora, PROCESSING).await.unwrap(), 1, "one alert while it is open");
}

/// X-24: a log that is no longer there at all is missed too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_24_a_log_that_disappeared_is_missed() {
    let world = service("2026-03-02").await;
    let dora = world.caller(DPO).await;
    let early = tempfile::tempdir().unwrap();
    copy(&world.folder.path().join("data"), early.path());
    let witness = world.folder.path().join("temoin");
    let second = world.again(5).await;
    second.counters(&dora, PROCESSING).await.unwrap();
    second.witness(&witness).await.unwrap();
    let seen = std::fs::read_to_string(&witness).unwrap();
    let command = By::Command("trace-verify");
    assert!(world.huis.verify_trace(command, PROCESSING, Some(&seen)).await.unwrap().sound());
    let old = world.copy(early.path(), 99).await;
    let report = old.verify_trace(command, PROCESSING, Some(&seen)).await.unwrap();
    let lost = |f: &Finding| matches!(f, Finding::Truncated { found: 0, .. });
    assert!(report.findings().any(|(_, f)| lost(f)), "{report:?}");
}

/// X-23: younger than a year nothing goes; the first past the term is gone, also from the log of a
/// server that stopped long ago; the rest verifies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_23_the_trace_goes_at_its_term_and_the_rest_verifies() {
    let mut world = service("2025-03-10").await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    // The server stops; another takes over some days later, and stays.
    world.go_to("2025-03-20");
    let huis = world.again(7).await;
    world.huis = huis.clone();
    while huis.store().claim("essai").await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    huis.close_days().await.unwrap();
    let later = Caller { now: huis.now(), ..anne.clone() };
    huis.open_dossier(&later, PROCESSING, number, Reading::Screen).await.unwrap();
    let utc = |at: &str| Zone::utc().start_of(day(at));
    world.clock.set(utc("2026-03-11").plus_ms(-1));
    huis.close_days().await.unwrap();
    assert_eq!(huis.purge_traces().await.unwrap().lines, 0, "younger than a year: by nobody");
    world.clock.set(utc("2026-03-11"));
    let purged = huis.purge_traces().await.unwrap();
    assert!(purged.days > 0 && purged.lines > 0, "{purged:?}");
    assert_eq!(huis.purge_traces().await.unwrap().days, 0, "once");
    let command = By::Command("trace-verify");
    let report = huis.verify_trace(command, PROCESSING, None).await.unwrap();
    assert!(report.sound(), "{report:?}");
    let told = report.logs.iter().map(|l| l.result.as_ref().unwrap());
    let (gone, overdue) = told.fold((0, 0), |(g, o), r| (g + r.purged_days, o + r.overdue.len()));
    assert_eq!((gone, overdue), (purged.days, 0));
    // The reading of the 20th is younger: still there.
    let office = anne.office.office;
    let card = huis.store().card_by_number(office, PROCESSING, number).await.unwrap().unwrap();
    let left = huis.store().lines_of_dossier(card.dossier, 10).await.unwrap();
    assert_eq!(left.len(), 1);
    world.clock.set(utc("2026-03-21"));
    huis.close_days().await.unwrap();
    huis.purge_traces().await.unwrap();
    assert!(huis.store().lines_of_dossier(card.dossier, 10).await.unwrap().is_empty());
    assert!(huis.verify_trace(command, PROCESSING, None).await.unwrap().sound());
}

/// X-03: the supervisor sees the work of the perimeter in numbers, by unit, stage, rule and agent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_03_the_supervisor_sees_lateness_activity_and_what_is_stuck() {
    let world = service("2026-03-02").await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    read(&world, &anne, number).await;
    read(&world, &anne, number).await;
    world.go_to("2026-03-06");
    world.huis.recompute_terms(PROCESSING).await.unwrap();
    let sam = world.caller("sam").await;
    let seen = world.huis.supervisor(&sam, PROCESSING).await.unwrap();
    assert_eq!(seen.board.iter().map(|b| b.count).sum::<u64>(), 1);
    assert_eq!(seen.board[0].territory, "Colmar");
    assert_eq!(seen.letters_unsent, 1, "X-15: the letter is not sent: {:?}", seen.rules);
    let letter = seen.rules.iter().find(|r| r.rule == "lettre-information").unwrap();
    assert!(letter.late == 1 && letter.label.contains("lettre"), "{letter:?}");
    let row = seen.agents.iter().find(|a| a.name == "Camille ANNE").unwrap();
    assert_eq!((row.opened, row.created), (2, 1), "{row:?}");
    assert!(!format!("{:?}", seen.agents).contains(&number.to_string()), "no dossier by agent");
    // Thirty days later that activity is no longer counted.
    world.go_to("2026-04-10");
    let sam = world.caller("sam").await;
    let later = world.huis.supervisor(&sam, PROCESSING).await.unwrap();
    assert!(later.agents.iter().all(|a| a.name != "Camille ANNE"), "{:?}", later.agents);
    // Another arrondissement's supervisor sees none of it.
    world.agent("tom", "chef", &[MULHOUSE]).await;
    let tom = world.caller("tom").await;
    let none = world.huis.supervisor(&tom, PROCESSING).await.unwrap();
    assert!(none.board.is_empty() && none.rules.is_empty() && none.stuck.is_empty());
    let refused = world.huis.supervisor(&anne, PROCESSING).await;
    assert!(matches!(refused, Err(UseError::Refused(_))));
}

/// X-10, X-14: reopenings are counted without identity, and a ministry reads the counters and
/// nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_10_x_14_counters_are_anonymous_and_all_that_a_ministry_reads() {
    let world = service("2026-03-02").await;
    world.agent("min", "ministere", &[]).await;
    world.agent("huissier", "commissaire-justice", &[]).await;
    let min = world.caller("min").await;
    let mut work = world.huis.store().begin().await.unwrap();
    work.count(min.office.office, PROCESSING, 2026, "reouverture").await.unwrap();
    work.commit().await.unwrap();
    let counters = world.huis.counters(&min, PROCESSING).await.unwrap();
    assert_eq!(counters.len(), 1);
    assert_eq!((counters[0].year, counters[0].n), (2026, 1));
    assert_eq!(counters[0].label, "Réouvertures de dossiers");
    for refused in [
        world.huis.supervisor(&min, PROCESSING).await.map(drop),
        world.huis.retention_plan(&min, PROCESSING, min.today).await.map(drop),
        world.huis.trace_page(&min, PROCESSING, &TraceQuery::default()).await.map(drop),
        world.huis.register_page(&min, PROCESSING).await.map(drop),
        world.huis.alerts(&min, PROCESSING).await.map(drop),
        world.huis.settings(&min).await.map(drop),
    ] {
        assert!(matches!(refused, Err(UseError::Refused(_))), "{refused:?}");
    }
    let partner = world.caller("huissier").await;
    assert!(world.huis.counters(&partner, PROCESSING).await.is_err(), "X-26");
}

/// A-03, I11: the officer reads the register's entry, and what each version changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_03_the_register_is_read_with_what_each_version_changed() {
    let world = service("2026-03-02").await;
    let dora = world.caller(DPO).await;
    let page = world.huis.register_page(&dora, PROCESSING).await.unwrap();
    assert!(page.article30.iter().any(|(h, rows)| h.contains("conservation") && !rows.is_empty()));
    assert_eq!((page.versions.len(), &page.banner), (1, &None));
    assert!(page.versions[0].changes.is_none(), "the first version changes nothing");
    // A later version with a shorter session.
    let processed = world.huis.processed(PROCESSING).unwrap();
    let body = processed.source.replace("session_max = 10", "session_max = 8");
    let next = huis_register::Register::parse("expulsion.toml", &body).unwrap();
    let row = huis_store::offices::RegisterRow {
        processing: PROCESSING.into(),
        sha256: next.sha256,
        in_force: next.in_force,
        recorded_at: world.huis.now().plus_ms(1),
        body,
    };
    world.huis.store().record_register(&row).await.unwrap();
    let page = world.huis.register_page(&dora, PROCESSING).await.unwrap();
    let changes = page.versions[0].changes.as_ref().unwrap();
    assert!(changes.iter().any(|c| c.kind == ChangeKind::Tightens), "{changes:?}");
    let anne = world.caller("anne").await;
    assert!(world.huis.register_page(&anne, PROCESSING).await.is_err());
}

/// A-16, X-26: settings are a closed list, changed by who may, traced by their key and never by
/// what they hold.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_16_x_26_settings_are_typed_guarded_and_traced() {
    let world = service("2026-03-02").await;
    let (anne, alex, dora) =
        (world.caller("anne").await, world.caller("alex").await, world.caller(DPO).await);
    let huis = &world.huis;
    assert!(matches!(huis.settings(&anne).await, Err(UseError::Refused(_))));
    let refused = huis.set_setting(&anne, "organisation.secretariat", "Ici").await;
    assert!(matches!(refused, Err(UseError::Refused(_))));
    let unknown = huis.set_setting(&alex, "organisation.inconnu", "Ici").await;
    assert!(matches!(unknown, Err(UseError::NotFound)), "{unknown:?}");
    let empty = huis.set_setting(&alex, "organisation.service_droits", " ").await;
    assert!(matches!(empty, Err(UseError::Invalid(_))), "A-16: {empty:?}");
    assert!(!world.caller("anne").await.partners_on, "X-26: off as shipped");
    let act = "Arrêté du 4 mai 2026";
    huis.set_setting(&alex, "partenaires.autorisation", act).await.unwrap();
    huis.set_setting(&alex, "organisation.service_droits", "Guichet unique").await.unwrap();
    let caller = world.caller("anne").await;
    assert!(caller.partners_on);
    assert_eq!(caller.office.rights_desk, "Guichet unique");
    let lines = huis.settings(&alex).await.unwrap();
    let value = |key: &str| lines.iter().find(|l| l.setting.key == key).unwrap().value.clone();
    assert_eq!(value("partenaires.autorisation"), act);
    assert_eq!(value("organisation.service_droits"), "Guichet unique");
    let query = TraceQuery { operation: Some(Operation::SettingChanged), ..TraceQuery::default() };
    let told = huis.trace_page(&dora, PROCESSING, &query).await.unwrap().lines;
    let done: Vec<_> = told.iter().filter(|l| !l.refused).collect();
    assert_eq!(done.len(), 2, "what is refused for its form changes nothing");
    assert!(!format!("{told:?}").contains("Guichet"));
    assert!(done[0].detail.iter().any(|(_, v)| v == "Service des droits"), "{:?}", done[0].detail);
}

/// X-02: a holiday that is added moves the deadlines that run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_02_good_friday_of_the_commune_moves_the_deadlines() {
    // Good Friday of 2026 is 3 April; the act is served so that its term ends that day.
    let world = service("2026-02-02").await;
    let (anne, alex) = (world.caller("anne").await, world.caller("alex").await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    let office = anne.office.office;
    let card =
        world.huis.store().card_by_number(office, PROCESSING, number).await.unwrap().unwrap();
    let due = async || {
        let mut work = world.huis.store().begin().await.unwrap();
        let terms = work.terms(office, card.dossier).await.unwrap();
        terms.into_iter().map(|t| (t.rule, t.due)).collect::<Vec<_>>()
    };
    let order = draft("commandement-payer", "2026-02-03", &[]);
    world.go_to("2026-02-03");
    let caller = Caller { now: world.huis.now(), today: day("2026-02-03"), ..anne.clone() };
    world.act(&caller, number, order).await.unwrap();
    let before = due().await;
    let on = |terms: &[(String, huis_kernel::Date)], at: &str| {
        terms.iter().filter(|t| t.1 == day(at)).count()
    };
    assert!(on(&before, "2026-04-03") > 0, "{before:?}");
    let moved = world.huis.set_setting(&alex, "feries.vendredi_saint", "68066").await.unwrap();
    assert_eq!(moved, 1);
    let after = due().await;
    assert!(on(&after, "2026-04-03") < on(&before, "2026-04-03"), "{after:?}");
    // Easter Monday is one everywhere: the first working day is Tuesday the 7th.
    assert!(on(&after, "2026-04-07") > on(&before, "2026-04-07"), "{after:?}");
}

/// X-03, X-23, X-24: the same on PostgreSQL: own name, traces, pages, plan, supervision, evidence.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_03_x_23_x_24_oversight_on_postgresql() {
    let server = Postgres::start().unwrap();
    let database = server.database("controle").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Postgres(database.url());
    let world = staffed(World::now(folder, location).await).await;
    let today = world.today();
    let after = |months, days| Delay { months, days }.after(today).to_string();
    let (anne, dora) = (world.caller("anne").await, world.caller(DPO).await);
    let own = world.dossier(&anne, "Anne", "Camille").await.number;
    read(&world, &anne, own).await;
    assert_eq!(rules(&world).await, ["propre-nom"]);
    let huis = &world.huis;
    let lines = huis.traces_of_dossier(&dora, PROCESSING, own).await.unwrap();
    assert!(lines.iter().any(|l| l.operation == Operation::Read && l.who == "Camille ANNE"));
    let mut query = TraceQuery { agent: Some(anne.actor.agent), ..TraceQuery::default() };
    let first = huis.trace_page(&dora, PROCESSING, &query).await.unwrap();
    let newest = first.lines.first().unwrap().place.clone();
    query.before = Some(newest.clone());
    let rest = huis.trace_page(&dora, PROCESSING, &query).await.unwrap();
    assert_eq!(rest.lines.len(), first.lines.len() - 1);
    assert!(rest.lines.iter().all(|l| l.place != newest));
    let close = draft("cloture", &today.to_string(), &[("motif", choice("dette_soldee"))]);
    world.act(&anne, own, close).await.unwrap();
    let second = world.dossier(&anne, "Weber", "Luc").await.number;
    world.go_to(&after(0, 3));
    huis.recompute_terms(PROCESSING).await.unwrap();
    let (sam, dora) = (world.caller("sam").await, world.caller(DPO).await);
    let seen = huis.supervisor(&sam, PROCESSING).await.unwrap();
    assert_eq!((seen.board.len(), seen.letters_unsent), (1, 1), "{seen:?}");
    assert!(seen.agents.iter().any(|a| a.name == "Camille ANNE" && a.created == 2));
    let plan = huis.retention_plan(&dora, PROCESSING, day(&after(48, 0))).await.unwrap();
    assert!(plan.first.iter().any(|c| c.number == own), "{plan:?}");
    assert!(plan.first.iter().all(|c| c.number != second), "{plan:?}");
    let witness = world.folder.path().join("temoin");
    huis.witness(&witness).await.unwrap();
    let heads = std::fs::read_to_string(&witness).unwrap();
    world.go_to(&after(12, 8));
    huis.close_days().await.unwrap();
    let purged = huis.purge_traces().await.unwrap();
    assert!(purged.lines > 0, "{purged:?}");
    let command = By::Command("trace-verify");
    let report = huis.verify_trace(command, PROCESSING, Some(&heads)).await.unwrap();
    assert!(report.sound(), "{report:?}");
}
