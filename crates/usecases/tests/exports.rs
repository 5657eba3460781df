//! Exports: the perimeter of the list, one trace line with the ids, and the alert on an unusual
//! volume (I3, X-23, X-24).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_documents::Cell;
use huis_usecases::{
    ListQuery, Reading, UseError,
    oversight::{By, Operation, TraceQuery},
};

/// taking away more dossiers than the register allows in an hour raises the alert that
/// opening them one by one would raise; the line counts them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_export_is_one_line_and_an_alert_x_23_x_24() {
    let world = World::on("2026-11-23").await;
    let loaded = world.huis.load_demo(68, 250, PASSWORD, |_, _| {}).await.unwrap();
    let login =
        |part: &str| loaded.sign_ins.iter().find(|(p, _)| p.contains(part)).unwrap().1.clone();
    world.agent("zoe", "instructeur", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let zoe = world.caller("zoe").await;
    let dora = world.caller("dora").await;
    let query = ListQuery::default();
    let lines = world.huis.export_list(&zoe, PROCESSING, &query).await.unwrap().unwrap();
    let lines = lines.rows;
    assert!(lines.len() > 60, "more than alerte_volume: {}", lines.len());
    let asked = TraceQuery { operation: Some(Operation::Export), ..TraceQuery::default() };
    let traced = world.huis.trace_page(&dora, PROCESSING, &asked).await.unwrap();
    assert_eq!(traced.lines.len(), 1);
    assert_eq!(traced.lines[0].count, lines.len() as u64);
    let alerts = world.huis.alerts(&dora, PROCESSING).await.unwrap();
    assert!(alerts.iter().any(|a| a.rule.contains("volume")), "{:?}", alerts.len());
    // I3: an agent of one sector takes away that sector.
    let clerk = world.caller(&login("nstruct")).await;
    let theirs = world.huis.export_list(&clerk, PROCESSING, &query).await.unwrap().unwrap();
    let register = &world.huis.processed(PROCESSING).unwrap().register;
    let mine = clerk.power(register, huis_register::Power::Lists).unwrap();
    let theirs = theirs.rows;
    assert!(theirs.len() < lines.len() && !theirs.is_empty());
    let here = |cell: &Cell| matches!(cell, Cell::Text(territory) if mine.contains(territory));
    assert!(theirs.iter().all(|row| here(&row[1])), "its second column is the territory");
}

/// a file of the trace holds every line that the filters keep, and is one line itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trace_is_taken_away_whole_x_23() {
    let world = World::on("2026-11-23").await;
    world.agent("zoe", "instructeur", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let (zoe, dora) = (world.caller("zoe").await, world.caller("dora").await);
    let number = world.dossier(&zoe, "Klein", "Paul").await.number;
    for _ in 0..120 {
        world.huis.open_dossier(&zoe, PROCESSING, number, Reading::Screen).await.unwrap();
    }
    let mut asked = TraceQuery { agent: Some(zoe.actor.agent), ..TraceQuery::default() };
    asked.operation = Some(Operation::Read);
    let sheet = world.huis.export_traces(&dora, PROCESSING, &asked).await.unwrap();
    assert_eq!(sheet.rows.len(), 120);
    asked = TraceQuery { operation: Some(Operation::TraceExport), ..TraceQuery::default() };
    assert_eq!(world.huis.trace_page(&dora, PROCESSING, &asked).await.unwrap().lines.len(), 1);
}

/// who has no list has no file of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_list_takes_none_away_x_13() {
    let world = World::on("2026-11-23").await;
    world.agent("paul", "police", &[]).await;
    let paul = world.caller("paul").await;
    let query = ListQuery::default();
    let refused = world.huis.export_list(&paul, PROCESSING, &query).await;
    assert!(matches!(refused, Err(UseError::Refused(_) | UseError::NotFound)));
    assert!(world.huis.export_day(&paul, PROCESSING).await.is_err());
    assert!(world.huis.register_file(By::Caller(&paul), PROCESSING).await.is_err());
}

/// the file for the authority says who may do what, how long all is kept, and whether
/// the log verifies; it names no agent and no dossier, and leaves its trace.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_conformity_file_is_whole_and_names_nobody_a_22_x_29() {
    let world = World::on("2026-11-23").await;
    world.agent("zoe", "instructeur", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    let zoe = world.caller("zoe").await;
    let number = world.dossier(&zoe, "Krembel", "Odile").await.number;
    let file = world.huis.conformity_file("conformite", None).await.unwrap();
    assert!(file.sound);
    let register = &world.huis.processed(PROCESSING).unwrap().register;
    let text = format!("{:?}", file.document);
    for said in [
        "Table des durées de conservation",
        "Matrice des droits",
        "Journal des accès",
        "Acteurs",
        "Transferts",
        "Habilitations en cours",
        "Revue des risques",
        "Registre livré avec le logiciel",
    ] {
        let said = said.to_lowercase();
        assert!(text.to_lowercase().contains(&said), "{said}");
    }
    for profile in &register.profiles {
        assert!(text.contains(&profile.label), "{}", profile.label);
    }
    for notice in &register.notices {
        assert!(text.contains(&notice.title), "{}", notice.title);
    }
    let sheets = format!("{:?}", file.annexes);
    for unit in &register.retentions {
        assert!(sheets.contains(&unit.source) && text.contains(&unit.source), "{}", unit.id);
    }
    for hidden in ["Krembel", "ZOE", &number.to_string()] {
        assert!(!text.contains(hidden) && !sheets.contains(hidden), "{hidden}");
    }
    // a review that was never dated is said to be due.
    assert!(text.contains("Aucune revue des risques n’est enregistrée"));
    // The matrix is the register's own decision, cell by cell.
    let seen = file.annexes.iter().find(|s| s.name == "Volets expulsion").unwrap();
    for (section, row) in register.sections.iter().zip(&seen.rows) {
        for (profile, cell) in register.profiles.iter().zip(&row[1..]) {
            let sees = section.fields.iter().any(|f| profile.sees_field(&section.id, &f.id));
            let writes = profile.writes.contains(&section.id);
            let huis_documents::Cell::Text(mark) = cell else { panic!("a mark is a text") };
            assert_eq!(mark.to_lowercase().contains('l'), sees, "{} {}", section.id, profile.id);
            assert_eq!(mark.contains('E'), writes, "{} {}", section.id, profile.id);
        }
    }
    let again = world.huis.conformity_file("conformite", None).await.unwrap();
    assert!(again.sound, "its own lines verify too");
}
