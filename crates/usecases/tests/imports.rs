//! Files in: sealed while they wait, tried, written once whatever happens, told row by row;
//! a partner learns nothing of other dossiers.
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
use huis_imports::Source;
use huis_kernel::{CaseNumber, Money};
use huis_store::{Location, partners::PartnerRow};
use huis_testkit::Postgres;
use huis_usecases::{
    Caller, Huis, ImportPage, ImportState, NewCase, Reading, Settled, Settling, UseError,
};

const KIND: &str = "releve-impayes";

async fn file_of(world: &World, caller: &Caller, last: &str, birth: &str) -> CaseNumber {
    let mut occupant = occupant(last, "Élise");
    occupant.insert("date_naissance".into(), huis_dossier::Value::Date(day(birth)));
    let new = NewCase {
        territory: COLMAR.into(),
        sections: vec![("occupant".into(), occupant), ("local".into(), local())],
        acts: vec![],
    };
    world.huis.create_dossier(caller, PROCESSING, new).await.unwrap().number
}

/// Sends a file, takes the columns as proposed (and what `more` gives), and waits for the trial.
async fn tried(
    huis: &Huis,
    caller: &Caller,
    text: &str,
    more: &[(&str, &str)],
    open: bool,
) -> ImportPage {
    let id = huis.send_file(caller, PROCESSING, KIND, text.into()).await.unwrap().id;
    let content = huis.look_at_import(caller, &id).await.unwrap().content.unwrap();
    let mut mapping = content.mapping;
    for (key, fixed) in more {
        mapping.0.insert((*key).to_owned(), Source::Fixed((*fixed).to_owned()));
    }
    let settled = huis.settle_import(caller, &id, Settling { mapping, open }).await.unwrap();
    assert_eq!(settled, Settled::Trying);
    huis.work_imports().await.unwrap();
    let page = huis.look_at_import(caller, &id).await.unwrap();
    assert_eq!(page.line.state, ImportState::Ready);
    page
}

async fn written(huis: &Huis, caller: &Caller, id: &str) -> ImportPage {
    huis.start_import(caller, id).await.unwrap();
    huis.work_imports().await.unwrap();
    huis.look_at_import(caller, id).await.unwrap()
}

fn counts(page: &ImportPage) -> (u32, u32, u32) {
    (page.line.written, page.line.known, page.line.faulty)
}

fn said(page: &ImportPage) -> String {
    let faults = &page.content.as_ref().unwrap().faults;
    let told = |f: &huis_usecases::FaultLine| {
        let texts: Vec<String> =
            f.faults.iter().map(|f| format!("{:?} {}", f.column, f.message)).collect();
        format!("{} {}", f.no, texts.join(" / "))
    };
    faults.iter().map(told).collect::<Vec<_>>().join("\n")
}

async fn acts(huis: &Huis, caller: &Caller, number: CaseNumber) -> usize {
    huis.open_dossier(caller, PROCESSING, number, Reading::Screen).await.unwrap().view.acts.len()
}

/// a statement is tried, written, told; sent again it writes nothing; its corrected
/// faults do.
async fn a_statement_is_written_once(world: World) {
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let huis = &world.huis;
    let klein = file_of(&world, &anne, "Klein", "1980-05-17").await;
    let meyer = file_of(&world, &anne, "Meyer", "1971-01-02").await;
    let today = world.today().strftime("%d/%m/%Y").to_string();
    let text = format!(
        "Relevé du mois\n\nN° dossier;Nom;Prénom;Né le;Ville;Voie;N° voie;Date impayé;Montant dû\n\
         {klein};;;;;;;{today};1 234,56\n\
         ;Méyer;Elise;02/01/1971;;;;{today};800,00 €\n\
         ;Inconnue;Élise;02/01/1971;;;;{today};800,00\n\
         {klein};;;;;;;3/2/25;12,345\n\
         {klein};;;;;;;{today};1.234,56\n\
         Total;;;;;;;;2 034,56\n"
    );
    let page = tried(huis, &anne, &text, &[], false).await;
    assert_eq!(counts(&page), (2, 1, 2), "{}", said(&page));
    let told = said(&page);
    assert!(told.contains("6 None Cette ligne n’a pas pu être rattachée"), "{told}");
    assert!(told.contains("7 Some(\"Date impayé\") L’année a deux chiffres"), "{told}");
    assert!(told.contains("Some(\"Montant dû\") Ce montant se lit de deux façons"), "{told}");
    assert_eq!(acts(huis, &anne, klein).await, 0, "a trial writes nothing");
    let page = written(huis, &anne, &page.line.id).await;
    assert_eq!((page.line.state, counts(&page)), (ImportState::Done, (2, 1, 2)));
    let seen = huis.open_dossier(&anne, PROCESSING, klein, Reading::Screen).await.unwrap();
    let act = &seen.view.acts[0];
    assert_eq!((act.kind.as_str(), act.on), ("impaye-constitue", world.today()));
    let debt = huis_dossier::Value::Money(Money(123_456));
    assert_eq!(act.facts.as_ref().unwrap().get("montant_dette"), Some(&debt));
    let section = seen.view.sections.iter().find(|s| s.section == "dette").unwrap();
    assert_eq!(section.facts.get("montant"), Some(&debt), "the debt's section follows the act");
    assert_eq!(acts(huis, &anne, meyer).await, 1, "found by name and birth, near spelling");
    // The faults come back as a file; corrected, it is read with the same columns.
    let faults =
        String::from_utf8(huis.import_faults(&anne, &page.line.id).await.unwrap()).unwrap();
    assert!(faults.starts_with("\u{feff}N° dossier;") && faults.contains(";Faute"), "{faults}");
    assert_eq!(faults.lines().count(), 3, "{faults}");
    let corrected = faults.replace("3/2/25", &today).replace("12,345", "12,34");
    let page = tried(huis, &anne, &corrected, &[], false).await;
    assert!(page.content.as_ref().unwrap().remembered, "the columns were remembered");
    assert_eq!(counts(&page), (1, 0, 1), "{}", said(&page));
    written(huis, &anne, &page.line.id).await;
    assert_eq!(acts(huis, &anne, klein).await, 2);
    // The whole again: nothing twice.
    let page = tried(huis, &anne, &text, &[], false).await;
    assert_eq!(counts(&page), (0, 3, 2), "{}", said(&page));
    let page = written(huis, &anne, &page.line.id).await;
    assert_eq!(counts(&page), (0, 3, 2));
    assert_eq!((acts(huis, &anne, klein).await, acts(huis, &anne, meyer).await), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_is_written_once_on_sqlite_x_26() {
    a_statement_is_written_once(World::on("2026-03-02").await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_is_written_once_on_postgresql_x_26() {
    let server = Postgres::start().unwrap();
    let database = server.database("imports").unwrap();
    let folder = tempfile::tempdir().unwrap();
    a_statement_is_written_once(World::now(folder, Location::Postgres(database.url())).await).await;
}

/// The landlord's organisation exists, and is mandated for this dossier.
async fn mandated(world: &World, by: &Caller, number: CaseNumber) {
    let row = PartnerRow {
        code: "phabitat".into(),
        name: "Habitat d’essai".into(),
        profile: "bailleur".into(),
        closed_at: None,
    };
    let mut work = world.huis.store().begin().await.unwrap();
    work.add_partner(by.office.office, &row, None, by.now).await.unwrap();
    work.commit().await.unwrap();
    world.huis.mandate(by, PROCESSING, number, "phabitat").await.unwrap();
}

/// X-26, I13: a landlord records acts by number, by their own reference once known, and learns
/// nothing of what is outside their perimeter or of a household that is not certain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_landlord_learns_nothing_of_other_dossiers_x_26_i13() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("bailleur", "bailleur", &["phabitat"]).await;
    world.agent("alex", "administrateur", &[]).await;
    let (anne, huis) = (world.caller("anne").await, &world.huis);
    let colmar = file_of(&world, &anne, "Klein", "1980-05-17").await;
    let mut new = vec![("occupant".into(), occupant("Roth", "Paul")), ("local".into(), local())];
    new[1].1.insert("commune".into(), text("68224"));
    let new = NewCase { territory: MULHOUSE.into(), sections: new, acts: vec![] };
    let mulhouse = huis.create_dossier(&anne, PROCESSING, new).await.unwrap().number;
    mandated(&world, &anne, mulhouse).await;
    let landlord = world.caller("bailleur").await;
    let shut = huis.send_file(&landlord, PROCESSING, KIND, b"a;b\n1;2\n".to_vec()).await;
    assert!(matches!(shut, Err(UseError::NotFound)), "partners are off: {shut:?}");
    let alex = world.caller("alex").await;
    huis.set_setting(&alex, "partenaires.autorisation", "Arrêté du 2 mars 2026").await.unwrap();
    let landlord = world.caller("bailleur").await;
    let nobody: CaseNumber = CaseNumber::from_digits(12_345_678).unwrap();
    let csv = format!(
        "N° dossier;Réf locataire;Nom;Prénom;Né le;Date;Solde\n\
         {mulhouse};L-77;;;;01/03/2026;500,00\n\
         {colmar};L-78;;;;01/03/2026;500,00\n\
         {nobody};L-79;;;;01/03/2026;500,00\n\
         ;;Klein;Élise;17/05/1980;01/03/2026;500,00\n"
    );
    let page = tried(huis, &landlord, &csv, &[], true).await;
    assert_eq!(counts(&page), (1, 0, 3), "{}", said(&page));
    let content = page.content.as_ref().unwrap();
    assert!(content.open.is_none(), "a partner opens no dossier");
    assert!(!content.targets.iter().any(|t| t.key == "dette.montant"), "nor writes a section");
    let (outside, absent) = (&content.faults[0].faults, &content.faults[1].faults);
    assert_eq!(outside, absent, "what is outside answers as what does not exist");
    assert!(!said(&page).contains("Klein"));
    written(huis, &landlord, &page.line.id).await;
    assert_eq!(acts(huis, &anne, mulhouse).await, 1);
    assert_eq!(acts(huis, &anne, colmar).await, 0);
    // Next month, by their own reference alone.
    let csv = "Réf locataire;Date;Solde\nl-77;02/03/2026;650\nL-78;02/03/2026;650\n";
    let page = tried(huis, &landlord, csv, &[], false).await;
    assert_eq!(counts(&page), (1, 0, 1), "{}", said(&page));
    written(huis, &landlord, &page.line.id).await;
    assert_eq!(acts(huis, &anne, mulhouse).await, 2);
    // Another's import answers as none.
    let other = huis.look_at_import(&anne, &page.line.id).await;
    assert!(matches!(other, Err(UseError::NotFound)));
}

/// Rows open dossiers where the sender may, once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_open_dossiers_once_x_26() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let (anne, huis) = (world.caller("anne").await, &world.huis);
    let csv = "Nom;Prénom;Né le;N° voie;Voie;Code postal;Ville;Date;Solde\n\
               Schmitt;Anna;03/04/1985;3;des Clefs;68100;MULHOUSE;01/03/2026;900\n\
               Weber;Luc;;;;;;01/03/2026;900\n";
    let fixed = [("occupant.qualite", "en_impaye"), ("local.type_bailleur", "Social")];
    let page = tried(huis, &anne, csv, &fixed, true).await;
    assert_eq!(counts(&page), (1, 0, 1), "{}", said(&page));
    assert!(said(&page).contains("Il le faut pour ouvrir un dossier"), "{}", said(&page));
    let page = written(huis, &anne, &page.line.id).await;
    assert_eq!(counts(&page), (1, 0, 1));
    let page = tried(huis, &anne, csv, &fixed, true).await;
    assert_eq!(counts(&page), (0, 1, 1), "{}", said(&page));
}

/// Killed anywhere, it goes on where it was, and no row is written twice or half.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_it_goes_on_x_26() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let mut numbers = Vec::new();
    for at in 0..4 {
        numbers.push(
            file_of(&world, &anne, &format!("Klein{}", ["a", "b", "c", "d"][at]), "1980-05-17")
                .await,
        );
    }
    let mut csv = "N° dossier;Date;Solde\n".to_owned();
    for at in 0..120 {
        csv.push_str(&format!("{};01/03/2026;{},00\n", numbers[at % 4], 100 + at));
    }
    let page = tried(&world.huis, &anne, &csv, &[], false).await;
    assert_eq!(counts(&page), (120, 0, 0), "{}", said(&page));
    world.huis.start_import(&anne, &page.line.id).await.unwrap();
    let mut huis = std::sync::Arc::clone(&world.huis);
    let mut killed = 0;
    for seed in 50..90 {
        let at_work = std::sync::Arc::clone(&huis);
        let task = tokio::spawn(async move { at_work.work_imports().await });
        tokio::time::sleep(std::time::Duration::from_millis(20 * (seed - 49))).await;
        if task.is_finished() {
            task.await.unwrap().unwrap();
            break;
        }
        task.abort();
        let _ = task.await;
        killed += 1;
        // Another server takes over once the lease of the dead one is past.
        world.clock.set(huis_kernel::Instant(huis_kernel::Clock::now(&*world.clock).0 + 61_000));
        huis = world.again(seed).await;
    }
    assert!(killed > 0, "it was killed at least once");
    huis.work_imports().await.unwrap();
    let line = huis.import_progress(&anne, &page.line.id).await.unwrap();
    assert_eq!((line.state, line.written, line.known, line.faulty), (ImportState::Done, 120, 0, 0));
    for number in numbers {
        assert_eq!(acts(&huis, &anne, number).await, 30);
    }
}

/// I1, I7: nothing of the file is in the clear, and at the end its key is destroyed; past its day
/// too. A withdrawn grant stops the work.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_is_sealed_and_then_gone_i1_i7_x_17() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    let (anne, huis) = (world.caller("anne").await, &world.huis);
    let number = file_of(&world, &anne, "Klein", "1980-05-17").await;
    let csv = format!(
        "N° dossier;Colonne Zwanzigerova;Date;Solde\n{number};Zwanzigerova;01/03/2026;12\n;;;\n"
    );
    let seen = |folder: &std::path::Path| {
        std::fs::read_dir(folder).unwrap().any(|f| {
            let bytes = std::fs::read(f.unwrap().path()).unwrap();
            bytes.windows(12).any(|w| w == b"Zwanzigerova")
        })
    };
    let page = tried(huis, &anne, &csv, &[], false).await;
    let data = world.folder.path().join("data");
    assert!(!seen(&data), "I1: the file waits sealed");
    let page = written(huis, &anne, &page.line.id).await;
    assert_eq!((counts(&page), page.line.until), ((1, 0, 0), None), "I7: its key is destroyed");
    assert!(page.content.is_none());
    let destroyed = huis.store().open_destructions(10).await.unwrap();
    assert!(destroyed.is_empty(), "confirmed");
    // One that nobody comes back to.
    let id = huis.send_file(&anne, PROCESSING, KIND, csv.clone().into_bytes()).await.unwrap().id;
    world.go_to("2026-03-18");
    huis.daily().await.unwrap();
    let line = huis.import_progress(&anne, &id).await.unwrap();
    assert_eq!((line.state, line.until), (ImportState::Expired, None));
    // One whose sender may no longer.
    let anne = world.caller("anne").await;
    let csv = csv.replace("12", "13");
    let page = tried(huis, &anne, &csv, &[], false).await;
    huis.start_import(&anne, &page.line.id).await.unwrap();
    world.agent("alex", "administrateur", &[]).await;
    let alex = world.caller("alex").await;
    let grant = anne.actor.grants[0].id;
    huis.withdraw(&alex, PROCESSING, grant, "Essai").await.unwrap();
    huis.work_imports().await.unwrap();
    let line = huis.import_progress(&anne, &page.line.id).await.unwrap();
    assert_eq!((line.state, line.written), (ImportState::Stopped, 0));
}

/// an account that is stopped for a doubt writes nothing more, what it had launched included.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_account_imports_nothing_more_x_17() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("alex", "administrateur", &[]).await;
    let (anne, alex) = (world.caller("anne").await, world.caller("alex").await);
    let huis = &world.huis;
    let number = file_of(&world, &anne, "Klein", "1980-05-17").await;
    let csv = format!("N° dossier;Date;Solde\n{number};01/03/2026;12\n");
    let page = tried(huis, &anne, &csv, &[], false).await;
    huis.start_import(&anne, &page.line.id).await.unwrap();
    huis.lock_agent(&alex, anne.actor.agent).await.unwrap();
    huis.work_imports().await.unwrap();
    let line = huis.import_progress(&anne, &page.line.id).await.unwrap();
    assert_eq!((line.state, line.written), (ImportState::Stopped, 0));
    world.agent("luc", "instructeur", &[]).await;
    assert_eq!(acts(huis, &world.caller("luc").await, number).await, 0);
}

/// X-26, I13: what an organisation typed for all the rows of its file is remembered for it, and shown
/// to no other that sends a file with the same columns.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_reads_nothing_that_another_typed_x_26_i13() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("alex", "administrateur", &[]).await;
    world.agent("luc", "bailleur", &["phabitat"]).await;
    world.agent("lea", "bailleur", &["phabitat"]).await;
    world.agent("max", "bailleur", &["pautre"]).await;
    let (anne, alex, huis) = (world.caller("anne").await, world.caller("alex").await, &world.huis);
    let number = file_of(&world, &anne, "Klein", "1980-05-17").await;
    mandated(&world, &anne, number).await;
    huis.set_setting(&alex, "partenaires.autorisation", "Arrêté du 2 mars 2026").await.unwrap();
    let csv = format!("N° dossier;Solde\n{number};500,00\n");
    let luc = world.caller("luc").await;
    tried(huis, &luc, &csv, &[("date", "01/03/2026")], false).await;
    for (login, reads) in [("lea", true), ("max", false)] {
        let sender = world.caller(login).await;
        let id = huis.send_file(&sender, PROCESSING, KIND, csv.clone().into_bytes()).await;
        let page = huis.look_at_import(&sender, &id.unwrap().id).await.unwrap();
        let content = page.content.unwrap();
        let typed = content.mapping.0.values().any(|s| matches!(s, Source::Fixed(_)));
        assert_eq!((content.remembered, typed), (reads, reads), "{login}");
    }
}
