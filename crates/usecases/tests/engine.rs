//! The engine on a real store, with the clock in hand: who sees what, what lives how long, what
//! is noticed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_dossier::Facts;
use huis_kernel::SeededRng;
use huis_store::Location;
use huis_testkit::Postgres;
use huis_usecases::{NewCase, Question, Reading, SectionCommand, UseError};
use huis_vault::Slot;

fn question(last: &str, first: &str, archive: bool) -> Question {
    Question {
        number: String::new(),
        fields: [("occupant.nom", last), ("occupant.prenom", first)]
            .map(|(k, v)| (k.to_owned(), v.to_owned()))
            .into(),
        archive,
    }
}

/// what one agent writes another of the same perimeter reads, and an agent of
/// another arrondissement does not learn that it exists.
async fn shared_within_the_perimeter(world: World) {
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("bruno", "secretaire-ccapex", &[]).await;
    world.agent("chloe", "instructeur", &[MULHOUSE]).await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Hoffmann", "Élise").await.number;
    let bruno = world.caller("bruno").await;
    let seen = world.huis.open_dossier(&bruno, PROCESSING, number, Reading::Screen).await.unwrap();
    let name = seen.view.sections.iter().find(|s| s.section == "occupant").unwrap();
    assert_eq!(name.facts.get("nom"), Some(&text("Hoffmann")));
    assert_eq!(seen.view.acts.len(), 1);
    let chloe = world.caller("chloe").await;
    let hidden = world.huis.open_dossier(&chloe, PROCESSING, number, Reading::Screen).await;
    assert!(matches!(hidden, Err(UseError::NotFound)), "I13");
    let found = world.huis.search(&chloe, PROCESSING, &question("Hofman", "Elise", false)).await;
    assert!(found.unwrap().lines.is_empty(), "X-11: nothing outside the perimeter");
    let found = world.huis.search(&bruno, PROCESSING, &question("Hofman", "Elise", false)).await;
    assert_eq!(found.unwrap().lines.len(), 1, "near spelling, within the perimeter");
    let alone = world.huis.search(&bruno, PROCESSING, &question("Hoffmann", "", false)).await;
    let alone = alone.unwrap();
    assert!(alone.lines.is_empty() && !alone.missing.is_empty(), "a name alone searches nothing");
    // The field that the register does not name cannot be collected.
    let mut facts: Facts = local();
    facts.insert("religion".into(), text("aucune"));
    let new =
        NewCase { territory: COLMAR.into(), sections: vec![("local".into(), facts)], acts: vec![] };
    let refused = world.huis.create_dossier(&anne, PROCESSING, new).await;
    assert!(matches!(refused, Err(UseError::Invalid(_))), "X-07: {refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_within_the_perimeter_on_sqlite_x_01_x_07_x_11() {
    shared_within_the_perimeter(World::on("2026-03-02").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_within_the_perimeter_on_postgresql_x_01_x_07_x_11() {
    let server = Postgres::start().unwrap();
    let database = server.database("moteur").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let world = World::now(folder, Location::Postgres(database.url())).await;
    shared_within_the_perimeter(world).await;
}

/// two agents on one file lose nothing: different sections do not collide; the same section
/// shows a conflict; an act on a file that moved asks to look again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_agents_lose_nothing_x_01() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("bruno", "instructeur", &[]).await;
    let (anne, bruno) = (world.caller("anne").await, world.caller("bruno").await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    let write = |section: &str, facts: Facts, base| SectionCommand {
        section: section.into(),
        occurrence: Some(1),
        base_version: base,
        facts,
        about: None,
        remove: false,
    };
    let mut corrected = occupant("Klein", "Paul");
    corrected.insert("telephone".into(), text("06 39 98 00 01"));
    let huis = &world.huis;
    huis.write_section(&anne, PROCESSING, number, write("occupant", corrected.clone(), 1))
        .await
        .unwrap();
    huis.write_section(&bruno, PROCESSING, number, write("local", local(), 1)).await.unwrap();
    let late =
        huis.write_section(&bruno, PROCESSING, number, write("occupant", corrected, 1)).await;
    assert!(matches!(late, Err(UseError::Conflict { occurrence: 1, .. })), "{late:?}");
    let act = draft("signalement-caf", "2026-03-02", &[("organisme", choice("caf"))]);
    world.act(&anne, number, act.clone()).await.unwrap();
    let command = huis_usecases::ActCommand { draft: act, base_version: 1 };
    let moved = huis.record_act(&bruno, PROCESSING, number, command).await;
    assert!(matches!(moved, Err(UseError::Moved { version: 2 })), "{moved:?}");
}

/// I7: closing takes the file away from ordinary eyes at once; it is found
/// again under the archive grant and passphrase only; a reopening counts without identity; four
/// years after the last closing it is gone, and a backup of the data taken before opens no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_archived_reopened_then_gone_x_04_x_09_x_10_x_12_i7() {
    let world = World::on("2023-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("zoe", "archiviste", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Zimmermann", "Jeanne").await.number;
    let register = &world.huis.processed(PROCESSING).unwrap().register;
    let closing = register.act("cloture").unwrap().fields.first().unwrap();
    let huis_register::FieldKind::Choice(reasons) = &closing.kind else { panic!("no choice") };
    assert_eq!(reasons.len(), 7, "X-09: the seven reasons");
    let close = |on: &str| draft("cloture", on, &[("motif", choice("dette_soldee"))]);
    let closed = world.act(&anne, number, close("2023-03-02")).await.unwrap();
    assert!(closed.archived);
    // Ordinary eyes: neither list, nor search, nor number.
    let huis = &world.huis;
    let gone = huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await;
    assert!(matches!(gone, Err(UseError::NotFound)), "X-12: {gone:?}");
    let none = huis.search(&anne, PROCESSING, &question("Zimmermann", "Jeanne", false)).await;
    assert!(none.unwrap().lines.is_empty(), "X-12");
    // The archive: locked without its passphrase, even for its grant.
    let zoe = world.caller("zoe").await;
    let locked = huis.search(&zoe, PROCESSING, &question("Zimermann", "Jane", true)).await;
    assert!(matches!(locked, Err(UseError::ArchiveLocked)), "{locked:?}");
    assert!(huis.unlock_archive(&zoe, PROCESSING, "mauvaise phrase").await.is_err());
    huis.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
    let found =
        huis.search(&zoe, PROCESSING, &question("Zimmerman", "Jeanne", true)).await.unwrap();
    assert_eq!(found.lines.len(), 1);
    // a new file for the same person says that an archived one may exist; a stranger's does not.
    assert!(world.dossier(&anne, "Zimmermann", "Jeanne").await.archived_match);
    assert!(!world.dossier(&anne, "Okonkwo", "Ada").await.archived_match);
    // Reopening after a settled debt: a new incident. The clock stops; the count is anonymous.
    world.go_to("2024-06-01");
    // passwords of the year before have expired; newcomers carry on.
    world.agent("anne2", "instructeur", &[]).await;
    world.agent("zoe2", "archiviste", &[]).await;
    let zoe = world.caller("zoe2").await;
    huis.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
    let reopening = draft("reouverture", "2024-06-01", &[("motif", choice("incident_recurrent"))]);
    world.act(&zoe, number, reopening).await.unwrap();
    let anne = world.caller("anne2").await;
    let back = huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    assert!(!back.card.archived && back.card.closed_on.is_none());
    let counters = huis.store().counters(anne.office.office, PROCESSING).await.unwrap();
    assert_eq!(counters, [(2024, "reouverture".to_owned(), 1)], "X-10");
    world.act(&anne, number, close("2024-06-01")).await.unwrap();
    // A backup of the data, taken before the end.
    let backup = tempfile::tempdir().unwrap();
    let data = world.folder.path().join("data");
    huis.store().scrub().await.unwrap();
    std::fs::copy(data.join("data.db"), backup.path().join("data.db")).unwrap();
    // The day before the term: still there. On the day: gone, keys included.
    world.go_to("2028-05-31");
    huis.sweep().await.unwrap();
    let office = anne.office.office;
    assert!(huis.store().card_by_number(office, PROCESSING, number).await.unwrap().is_some());
    world.go_to("2028-06-01");
    let report = huis.sweep().await.unwrap();
    assert_eq!((report.gone, report.failed), (1, 0), "X-09: four years, then gone by itself");
    assert!(huis.store().card_by_number(office, PROCESSING, number).await.unwrap().is_none());
    assert_eq!(huis.sweep().await.unwrap().destroyed, 0, "restartable: nothing twice");
    let certificate = huis.store().certificates(office, 1).await.unwrap().remove(0);
    assert!(!certificate.1.contains("Zimmermann") && certificate.1.contains("\"gone\":1"));
    // I7: yesterday's data with today's keys.
    for name in ["keys.db", "trace.db"] {
        std::fs::copy(data.join(name), backup.path().join(name)).unwrap();
    }
    huis.store().scrub().await.unwrap();
    for file in ["data.db", "keys.db"] {
        let bytes = std::fs::read(data.join(file)).unwrap();
        assert!(!bytes.windows(10).any(|w| w == b"Zimmermann"), "{file}");
    }
    let old = world.copy(backup.path(), 99).await;
    world.agent("zoe3", "archiviste", &[]).await;
    let zoe = world.caller("zoe3").await;
    old.unlock_archive(&zoe, PROCESSING, ARCHIVE).await.unwrap();
    let dead = old.open_dossier(&zoe, PROCESSING, number, Reading::Screen).await;
    assert!(matches!(dead, Err(UseError::NotFound)), "I7: {dead:?}");
}

/// I14, A-23: a byte changed in what is stored is noticed, nothing is shown, an alert is raised.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_altered_section_is_noticed_i14_a_23() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Weber", "Luc").await.number;
    let store = world.huis.store();
    let card = store.card_by_number(anne.office.office, PROCESSING, number).await.unwrap().unwrap();
    let mut work = store.begin().await.unwrap();
    let (_, mut sealed) = work.dossier(card.office, card.dossier).await.unwrap().unwrap();
    let body = &mut sealed.sections[0].body;
    let last = body.len() - 1;
    body[last] ^= 1;
    work.put_sections(card.office, card.dossier, &sealed.sections).await.unwrap();
    work.commit().await.unwrap();
    let broken = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await;
    assert!(matches!(broken, Err(UseError::Broken)), "{broken:?}");
    let dora = world.caller("dora").await;
    assert_eq!(world.huis.open_alerts(&dora, PROCESSING).await.unwrap(), 1);
}

/// destroying a key makes what it sealed unreadable, whatever rows remain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_key_a_dossier_opens_no_more_x_22() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Weber", "Luc").await.number;
    let store = world.huis.store();
    let slots: Vec<Slot> = (1..=2_000).map(Slot).collect();
    store.destroy_keys(&slots, anne.now).await.unwrap();
    let opened = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await;
    assert!(matches!(opened, Err(UseError::NotFound)), "{opened:?}");
    assert!(store.destroyed_slots().await.unwrap().len() > 1, "the list that restore replays");
}

/// a police agent sees the number, the date, who and where; nothing else. A ministry
/// has no route to a file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_police_see_three_things_and_a_ministry_none_x_13_x_14() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("pol", "police", &[COLMAR]).await;
    world.agent("min", "ministere", &[]).await;
    let anne = world.caller("anne").await;
    let number = world.dossier(&anne, "Weber", "Luc").await.number;
    let pol = world.caller("pol").await;
    let seen = world.huis.open_dossier(&pol, PROCESSING, number, Reading::Screen).await.unwrap();
    for section in &seen.view.sections {
        let fields: Vec<&str> = section.facts.keys().map(String::as_str).collect();
        match section.section.as_str() {
            "occupant" => assert_eq!(fields, ["nom", "prenom"]),
            "local" => assert!(!fields.contains(&"loyer") && !fields.contains(&"date_bail")),
            other => panic!("a police agent sees « {other} »"),
        }
    }
    assert!(seen.view.acts.iter().all(|a| a.facts.is_none()), "no act's content");
    assert!(seen.standing.terms.is_empty() && seen.standing.flags.is_empty());
    let min = world.caller("min").await;
    let none = world.huis.open_dossier(&min, PROCESSING, number, Reading::Screen).await;
    assert!(none.is_err(), "X-14");
    assert!(world.huis.day(&pol, PROCESSING).await.is_err());
    // no report before it is asked for.
    let early = world.act(&pol, number, draft("deposer-rapport", "2026-03-02", &[])).await;
    assert!(matches!(early, Err(UseError::Faults(_))), "X-08: {early:?}");
}

/// one administrator alone does not get into an agent's account: once a second factor
/// was taken away, no reset link is handed over before the data-protection officer has looked. And
/// an administrator of one territory has no hand on the accounts of another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_is_not_taken_over_by_one_administrator_x_11_x_17_x_24() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("adam", "administrateur", &[]).await;
    world.agent("mila", "administrateur", &[MULHOUSE]).await;
    world.agent("dora", "dpo", &[]).await;
    let anne = world.caller("anne").await.actor.agent;
    let (adam, mila) = (world.caller("adam").await, world.caller("mila").await);
    let huis = &world.huis;
    let elsewhere = huis.admin_reset(&mila, anne).await;
    assert!(matches!(elsewhere, Err(UseError::NotFound)), "X-11: {elsewhere:?}");
    assert!(matches!(huis.lock_agent(&mila, anne).await, Err(UseError::NotFound)));
    huis.admin_reset(&adam, anne).await.unwrap();
    let secret = world.root.seal_secret("totp", anne.as_bytes(), &[9; 20], &SeededRng::new(4));
    let mut work = huis.store().begin().await.unwrap();
    work.keep_next_totp(anne, secret.clone()).await.unwrap();
    assert!(work.set_totp(anne, Some((&secret, 1)), adam.now).await.unwrap());
    work.commit().await.unwrap();
    huis.drop_second_factor(&adam, anne).await.unwrap();
    let both = huis.admin_reset(&adam, anne).await;
    assert!(matches!(both, Err(UseError::Invalid(_))), "{both:?}");
    let dora = world.caller("dora").await;
    let alert = huis.alerts(&dora, PROCESSING).await.unwrap().remove(0);
    huis.close_alert(&dora, PROCESSING, alert.id, "justifie", "").await.unwrap();
    huis.admin_reset(&adam, anne).await.unwrap();
}

/// what will be destroyed by a date is told before, with the numbers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x_09_the_plan_of_erasure_is_told_before() {
    let world = World::on("2023-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let (anne, dora) = (world.caller("anne").await, world.caller("dora").await);
    let number = world.dossier(&anne, "Klein", "Paul").await.number;
    let running = world.dossier(&anne, "Weber", "Luc").await.number;
    let close = draft("cloture", "2023-03-02", &[("motif", choice("dette_soldee"))]);
    world.act(&anne, number, close).await.unwrap();
    for (at, expected) in [("2027-03-01", false), ("2027-03-02", true)] {
        let plan = world.huis.retention_plan(&dora, PROCESSING, day(at)).await.unwrap();
        let mut due = plan.first.iter().filter(|c| c.number == number && c.step == "destroy");
        assert_eq!(due.next().is_some(), expected, "{at}: {plan:?}");
        assert!(plan.first.iter().all(|c| c.number != running), "{at}");
        let counted: u64 = plan.lines.iter().map(|l| l.count).sum();
        assert_eq!(counted, plan.first.len() as u64, "{at}");
        // I6: what has waited too long for its closing is named too.
        assert_eq!(plan.late.len() as u64, plan.waiting, "{at}");
        assert!(plan.late.iter().any(|c| c.number == running), "{at}: {plan:?}");
        assert!(plan.late.iter().all(|c| c.number != number), "{at}");
    }
    let refused = world.huis.retention_plan(&anne, PROCESSING, day("2027-03-02")).await;
    assert!(matches!(refused, Err(UseError::Refused(_))));
    let office = anne.office.office;
    let plan = world.huis.retention_plan_of(office, PROCESSING, day("2027-03-02")).await.unwrap();
    assert!(plan.processing == PROCESSING && !plan.lines.is_empty(), "{plan:?}");
    world.go_to("2027-03-02");
    world.huis.sweep().await.unwrap();
    // Dora's password is four years old and opens nothing: her successor looks.
    world.agent("elsa", "dpo", &[]).await;
    let elsa = world.caller("elsa").await;
    let after = world.huis.retention_plan(&elsa, PROCESSING, day("2027-03-02")).await.unwrap();
    assert!(after.first.is_empty() && after.certificates.len() == 1, "{after:?}");
}
