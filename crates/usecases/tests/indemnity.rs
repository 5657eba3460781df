//! The State's indemnity on a real dossier: tried, kept as an act, replayed (I10).
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::*;
use huis_dossier::{Facts, Value};
use huis_kernel::{CaseNumber, Money};
use huis_usecases::{
    Caller, Reading, SectionCommand, UseError,
    indemnity::{SECTION, plain},
};

/// A refused request of 15 May 2025 and a departure on 19 January 2026: vector A.
async fn refused(world: &World, anne: &Caller) -> CaseNumber {
    let number = world.dossier(anne, "Hoffmann", "Élise").await.number;
    for (kind, on, fields) in [
        (
            "assignation",
            "2024-09-10",
            vec![
                ("audience_le", Value::Date(day("2024-12-09"))),
                ("bailleur", choice("personne_morale")),
            ],
        ),
        ("jugement", "2025-01-13", vec![("issue", choice("expulsion"))]),
        ("commandement-quitter-lieux", "2025-02-03", vec![]),
        ("cql-recu-prefet", "2025-02-03", vec![]),
        ("demande-cfp", "2025-05-15", vec![]),
        ("depart-constate", "2026-01-19", vec![]),
        ("demande-indemnite", "2026-02-02", vec![("montant", Value::Money(Money(240_000)))]),
    ] {
        world.act(anne, number, draft(kind, on, &fields)).await.unwrap();
    }
    number
}

async fn amounts(world: &World, anne: &Caller, number: CaseNumber, payments: &str) {
    let opened = world.huis.open_dossier(anne, PROCESSING, number, Reading::Screen).await.unwrap();
    let held = opened.view.sections.iter().find(|s| s.section == SECTION);
    let command = SectionCommand {
        section: SECTION.into(),
        occurrence: held.map(|s| s.occurrence),
        base_version: held.map_or(0, |s| s.version),
        facts: facts(&[
            ("loyers", text("01/01/2025 ; 600 ; 80 ; oui")),
            ("paiements", text(payments)),
        ]),
        about: None,
        remove: false,
    };
    world.huis.write_section(anne, PROCESSING, number, command).await.unwrap();
}

/// X-05, I10: what is tried is what is kept; what the dossier becomes changes nothing to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calculation_is_tried_kept_and_replayed_x_05() {
    let world = World::on("2026-06-30").await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    let anne = world.caller("anne").await;
    let number = refused(&world, &anne).await;
    // Without a rent, what is missing is said; nothing is invented.
    let tried =
        world.huis.try_indemnity(&anne, PROCESSING, number, vec![Facts::new()]).await.unwrap();
    let missing = tried[0].as_ref().unwrap_err();
    assert_eq!(missing[0].code, "loyer-manquant");

    amounts(&world, &anne, number, "08/2025-01/2026 ; 300 ; occupant ; periode").await;
    let typed = vec![Facts::new(), facts(&[("prorata", choice("trentiemes"))])];
    let tried = world.huis.try_indemnity(&anne, PROCESSING, number, typed).await.unwrap();
    let total = |i: usize| plain(tried[i].as_ref().unwrap().calculation.totals.principal);
    assert_eq!((total(0), total(1)), ("2389,67".into(), "2393,34".into()), "side by side");

    let kept = world.act(&anne, number, draft("calcul-indemnite", "2026-06-30", &[])).await;
    let no = kept.unwrap().no;
    amounts(&world, &anne, number, "08/2025-01/2026 ; 100 ; occupant ; periode").await;
    let opened = world.huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    let act = opened.view.acts.iter().find(|a| a.no == no).unwrap();
    let sealed = act.facts.as_ref().unwrap();
    assert_eq!(sealed["total"], Value::Money(Money(241_506)));
    let replayed = world.huis.replay_indemnity(sealed).unwrap();
    assert!(replayed.same, "I10");
    assert_eq!(plain(replayed.calculation.totals.total), "2415,06");
    let tried =
        world.huis.try_indemnity(&anne, PROCESSING, number, vec![Facts::new()]).await.unwrap();
    assert_eq!(plain(tried[0].as_ref().unwrap().calculation.totals.principal), "3589,67");

    // The amount goes on to the proposal and the decision.
    for kind in ["proposer-indemnite", "decision-indemnite"] {
        let offer = opened.offers.iter().find(|o| o.kind == kind).unwrap();
        assert!(offer.refused.is_none());
        assert_eq!(offer.prefill["montant"], Value::Money(Money(241_506)), "{kind}");
    }
}

/// X-11, I13: only whom may record a calculation tries one, within their perimeter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_tries_a_calculation_x_05_x_11() {
    let world = World::on("2026-06-30").await;
    world.agent("anne", "instructeur", &[COLMAR]).await;
    world.agent("chloe", "instructeur", &[MULHOUSE]).await;
    world.agent("bruno", "secretaire-ccapex", &[]).await;
    world.agent("paul", "police", &[]).await;
    let anne = world.caller("anne").await;
    let number = refused(&world, &anne).await;
    for login in ["chloe", "bruno", "paul"] {
        let other = world.caller(login).await;
        let tried = world.huis.try_indemnity(&other, PROCESSING, number, vec![Facts::new()]).await;
        assert!(
            matches!(tried, Err(UseError::NotFound | UseError::Refused(_))),
            "{login}: {tried:?}"
        );
    }
}
