//! Who a request is about, when several could be meant: namesakes, what is hidden, several dossiers.

use huis_dossier::Value;
use huis_usecases::{Copied, NewCase, Person, Question, Reading, SectionCommand, UseError};

use super::{
    Ask, RIGHTS, ask, common,
    common::{COLMAR, PROCESSING, World, choice, day, facts, local, text},
    copy, desk, identified, settings, words,
};

/// I12: two who bear one name in one dossier: the copy is of neither before one is told apart, by a
/// birth date or by place; the place of someone else names nobody.
#[tokio::test(flavor = "multi_thread")]
async fn namesakes_of_one_dossier_are_told_apart_i12() {
    let world = World::on("2026-10-12").await;
    settings(&world).await;
    let huis = &world.huis;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let one = desk(&world, "gestion", "guichet-gestionnaire").await;
    let mut sections = vec![("local".to_owned(), local())];
    for (first, born, street) in [
        ("Lucie", "1950-02-01", "2 rue de la Mère"),
        ("Lucie", "1980-05-17", "3 rue de la Fille"),
        ("Marc", "1979-01-01", "4 rue du Tiers"),
    ] {
        let mut own = common::occupant("Roth", first);
        own.insert("qualite".into(), choice("autre_occupant"));
        own.insert("date_naissance".into(), Value::Date(day(born)));
        own.insert("contact_voie".into(), text(street));
        sections.push(("occupant".to_owned(), own));
    }
    let new = NewCase { territory: COLMAR.into(), sections, acts: Vec::new() };
    let number = huis.create_dossier(&anne, PROCESSING, new).await.unwrap().number;
    let wanted = Ask {
        right: "acces",
        number: Some(number),
        last: "Roth",
        first: "Lucie",
        desk: "gestionnaire",
    };
    let request = ask(&world, &one, wanted).await;
    identified(&world, &one, request).await;
    let place = |occurrence| Person { section: "occupant".to_owned(), occurrence };
    let both = huis.copy_for(&one, request, number, None).await.unwrap();
    assert_eq!(both, Copied::Several(vec![place(1), place(2)]), "places, and no name");
    // Chosen by place, one of the two and never a third.
    for (occurrence, own) in [(1, "Mère"), (2, "Fille")] {
        match huis.copy_for(&one, request, number, Some(&place(occurrence))).await.unwrap() {
            Copied::Whole(copy) => {
                let text = words(&copy);
                for street in ["Mère", "Fille", "Tiers"] {
                    assert_eq!(text.contains(street), street == own, "{street}: {text}");
                }
            }
            other => panic!("{other:?}"),
        }
    }
    let third = huis.copy_for(&one, request, number, Some(&place(3))).await.unwrap();
    assert!(matches!(third, Copied::Several(_)), "{third:?}");
    // The requester's own birth date, once known, tells them apart.
    let seen = huis.open_dossier(&one, RIGHTS, request, Reading::Screen).await.unwrap();
    let held = seen.view.sections.iter().find(|s| s.section == "demandeur").unwrap();
    let mut who = held.facts.clone();
    who.insert("date_naissance".into(), Value::Date(day("1980-05-17")));
    let command = SectionCommand {
        section: "demandeur".into(),
        occurrence: Some(held.occurrence),
        base_version: held.version,
        facts: who,
        about: None,
        remove: false,
    };
    huis.write_section(&one, RIGHTS, request, command).await.unwrap();
    assert_eq!(copy(&world, &one, request, number).await.person, place(2));
}

/// I12: what the household shares goes to each of them, unless it is hidden from co-holders: then it
/// goes to nobody by this way.
#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_shared_section_is_in_nobodys_copy_i12() {
    let world = World::on("2026-10-12").await;
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
    let secret = "MotQuiNeSortPas";
    sections.push(("accompagnement".to_owned(), facts(&[("preconisations", text(secret))])));
    let new = NewCase { territory: COLMAR.into(), sections, acts: Vec::new() };
    let number = huis.create_dossier(&anne, PROCESSING, new).await.unwrap().number;
    let mut requests = Vec::new();
    for first in ["Lucie", "Marc"] {
        let wanted =
            Ask { right: "acces", number: Some(number), last: "Roth", first, desk: "gestionnaire" };
        let request = ask(&world, &one, wanted).await;
        identified(&world, &one, request).await;
        let copy = copy(&world, &one, request, number).await;
        assert!(words(&copy).contains(secret), "{first}: shared by the household");
        requests.push(request);
    }
    let seen = huis.open_dossier(&anne, PROCESSING, number, Reading::Screen).await.unwrap();
    let held = seen.view.sections.iter().find(|s| s.section == "accompagnement").unwrap();
    let (at, reason) = (held.version, Some("violences"));
    huis.restrict_section(&anne, PROCESSING, number, "accompagnement", 1, at, reason)
        .await
        .unwrap();
    for request in requests {
        let copy = copy(&world, &one, request, number).await;
        assert!(!words(&copy).contains(secret), "hidden: {copy:?}");
        assert!(copy.sections.iter().all(|s| s.section != "accompagnement"));
    }
}

/// a request that names several dossiers is found by each of their numbers.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_names_several_dossiers_is_found_by_each_x_16() {
    let world = World::on("2026-10-12").await;
    let huis = &world.huis;
    world.agent("anne", "instructeur", &[]).await;
    let anne = world.caller("anne").await;
    let one = desk(&world, "gestion", "guichet-gestionnaire").await;
    let mut numbers = Vec::new();
    for last in ["Roth", "Roth", "Meyer"] {
        numbers.push(world.dossier(&anne, last, "Lucie").await.number);
    }
    let demand = facts(&[
        ("droit", choice("acces")),
        ("traitement", choice(PROCESSING)),
        ("recue_le", Value::Date(world.today())),
        ("guichet", choice("gestionnaire")),
        ("numeros", text(&format!("{}, {}", numbers[0], numbers[1]))),
    ]);
    let who = facts(&[
        ("nom", text("Roth")),
        ("prenom", text("Lucie")),
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
    let request = huis.create_dossier(&one, RIGHTS, new).await.unwrap().number;
    for (number, named) in numbers.iter().zip([true, true, false]) {
        let fields = [
            ("demande.numeros".to_owned(), number.to_string()),
            ("demande.traitement".to_owned(), PROCESSING.to_owned()),
        ];
        let question = Question { number: String::new(), fields: fields.into(), archive: false };
        let found = huis.search(&one, RIGHTS, &question).await.unwrap();
        let lines: Vec<_> = found.lines.iter().map(|l| l.line.number).collect();
        assert_eq!(lines, if named { vec![request] } else { Vec::new() }, "{number}");
    }
    // Each of those it names may be copied, and no other.
    settings(&world).await;
    identified(&world, &one, request).await;
    for number in &numbers[..2] {
        assert_eq!(copy(&world, &one, request, *number).await.number, *number);
    }
    let other = huis.copy_for(&one, request, numbers[2], None).await;
    assert!(matches!(other, Err(UseError::NotFound)), "{other:?}");
}
