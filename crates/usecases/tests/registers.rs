//! The register is the program's configuration: a change of its file alone changes what may be
//! collected; what loosens needs its authorisation (A-03, I11), what erases sooner a second person
//! and a notice.
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
use huis_usecases::{Huis, NewCase, Reading, StartError, UseError};

const SHIPPED: &str = include_str!("../../../registers/expulsion.toml");

fn local(text: String) -> Vec<(String, String)> {
    vec![("expulsion.toml".to_owned(), text)]
}

/// The shipped file with one more field in the dwelling's section, seen by whoever sees it.
fn with_field(authorisation: &str) -> String {
    let field = r#"{ id = "porte", libelle = "Porte", type = "texte", max = 20, pourquoi = "Trouver le logement.", source = "X-07" },"#;
    let at = SHIPPED.find("{ id = \"type_local\"").unwrap();
    let (before, after) = SHIPPED.split_at(at);
    let text = format!("{before}{field}\n  {after}");
    if authorisation.is_empty() {
        return text;
    }
    text.replacen(
        "[traitement]\n",
        &format!("[traitement]\nautorisation = \"{authorisation}\"\n"),
        1,
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_is_a_change_of_the_file_alone_and_loosening_needs_its_authorisation_a_03_x_07() {
    let world = World::on("2026-03-02").await;
    world.agent("anne", "instructeur", &[]).await;
    world.agent("dora", "dpo", &[]).await;
    // Without its authorisation, a register that collects more does not load.
    let refused =
        Huis::adopt_registers(world.options_with(local(with_field(""))), None, "dora", None).await;
    assert!(matches!(refused, Err(StartError::Register(_))), "A-03");
    // A server whose files are not the version in force refuses to serve.
    let text = with_field("Arrêté préfectoral d’essai du 1er mars 2026");
    let other = Huis::open(world.options_with(local(text.clone()))).await;
    assert!(matches!(other, Err(StartError::OtherRegister(_))));
    // Whoever does not hold the register does not bring it into force.
    let stranger =
        Huis::adopt_registers(world.options_with(local(text.clone())), None, "anne", None).await;
    assert!(matches!(stranger, Err(StartError::Use(UseError::Invalid(_)))));
    let adopted =
        Huis::adopt_registers(world.options_with(local(text.clone())), None, "dora", None)
            .await
            .unwrap();
    assert_eq!(adopted.len(), 1);
    assert!(adopted.iter().all(|a| !a.erases && a.in_force == day("2026-03-02")));
    assert!(adopted.iter().flat_map(|a| &a.changes).any(|c| c.text.contains("Porte")));
    // The field is collected and read back: no code was touched.
    let huis = Huis::open(world.options_with(local(text))).await.unwrap();
    let anne = world.caller("anne").await;
    let mut dwelling: Facts = common::local();
    dwelling.insert("porte".into(), common::text("B 12"));
    let new = NewCase {
        territory: COLMAR.into(),
        sections: vec![("occupant".into(), occupant("Huber", "Anne")), ("local".into(), dwelling)],
        acts: vec![],
    };
    let number = huis.create_dossier(&anne, PROCESSING, new).await.unwrap().number;
    let opened = huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    let section = opened.view.sections.iter().find(|s| s.section == "local").unwrap();
    assert_eq!(section.facts.get("porte"), Some(&common::text("B 12")));
    let banner = huis.processed(PROCESSING).unwrap().local.as_ref().and_then(|l| l.banner());
    assert!(banner.unwrap().contains("Arrêté préfectoral d’essai"), "I11: every page says so");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_erases_sooner_needs_a_second_person_and_its_notice_i6() {
    let world = World::on("2026-03-02").await;
    world.agent("dora", "dpo", &[]).await;
    world.agent("adam", "administrateur", &[]).await;
    let text = SHIPPED.replace("garde = \"4 ans\"", "garde = \"2 ans\"");
    assert_ne!(text, SHIPPED);
    let alone =
        Huis::adopt_registers(world.options_with(local(text.clone())), None, "dora", Some("dora"))
            .await;
    assert!(matches!(alone, Err(StartError::Use(UseError::Invalid(_)))), "not the same person");
    let adopted =
        Huis::adopt_registers(world.options_with(local(text.clone())), None, "dora", Some("adam"))
            .await
            .unwrap();
    let change = adopted.first().unwrap();
    assert!(change.erases && change.in_force > day("2026-03-02"));
    // Until its day, the version before it counts, also on a server that has the new file.
    let keep = |huis: &Huis| {
        let register = &huis.processed(PROCESSING).unwrap().register;
        register.retentions.first().unwrap().keep.to_string()
    };
    let before = Huis::open(world.options_with(local(text.clone()))).await.unwrap();
    assert_eq!(keep(&before), "4 ans");
    world.go_to(&change.in_force.to_string());
    let after = Huis::open(world.options_with(local(text))).await.unwrap();
    assert_eq!(keep(&after), "2 ans");
}
