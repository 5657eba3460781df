//! What the API gives as a file really comes: PDF by the press, sheets, the public archives' bundle;
//! each read, and traced, as its screen's.

use serde_json::json;
use std::sync::Arc;

use super::client::{ALL, Answer, PREFECTURE, Program, open, program};
use crate::common::{ARCHIVE, COLMAR, House, PROCESSING};

const TODAY: &str = "2026-06-30";
const UNTIL: &str = "10/07/2026";

fn pressed() -> House {
    let house = House::on(TODAY);
    house.huis.set_press(Arc::new(huis_press::TypstPress::new()));
    for (login, profile, units) in [
        ("anne.keller", "instructeur", &[COLMAR][..]),
        ("paul.pfister", "police", &[COLMAR]),
        ("alex.meyer", "administrateur", &[]),
        ("dora.petit", "dpo", &[]),
        ("odile.martin", "archiviste", &[]),
    ] {
        house.agent(login, profile, PREFECTURE, units);
    }
    house
}

#[track_caller]
fn is_pdf(answer: Answer, name: &str) {
    let answer = answer.is(200);
    assert!(answer.bytes.starts_with(b"%PDF-1.7"), "{}", answer.text());
    assert!(answer.bytes.len() > 2_000, "{} bytes", answer.bytes.len());
    assert_eq!(answer.headers["content-type"], "application/pdf");
    let named = &answer.headers["content-disposition"];
    assert!(named.starts_with("attachment") && named.contains(name), "{named}");
    assert_eq!(answer.headers["cache-control"], "no-store");
}

fn settings(alex: &Program) {
    let values = json!({
        "organisation.responsable": "Préfecture d’essai, 7 rue Bruat, 68000 Colmar",
        "organisation.dpd": "dpd@example.org",
        "courrier.entete": "Préfecture d’essai|7 rue Bruat",
    });
    alex.json("PUT", "/reglages", &json!({ "valeurs": values })).is(200);
}

/// The dossier, a letter, the register's entry and the notices, as PDF.
#[test]
fn a_dossier_a_letter_the_register_and_the_notices_come_as_pdf_x_15_a_16() {
    let house = pressed();
    let anne = program(&house, "anne.keller", &ALL, UNTIL);
    let alex = program(&house, "alex.meyer", &ALL, UNTIL);
    let dora = program(&house, "dora.petit", &ALL, UNTIL);
    settings(&alex);
    let number = open(&anne, "Zimmermann");
    is_pdf(anne.get(&format!("/dossiers/{number}/dossier.pdf")), "dossier-");
    let made = anne.post("/courriers/preparation", &json!({ "dossiers": [number] })).is(201);
    let act = made.json()["faits"][0]["acte"].clone();
    is_pdf(anne.get(&format!("/dossiers/{number}/courriers/{act}/lettre.pdf")), "courrier-");
    // Several at once, as they are printed; what is not theirs is left out, and alone is nothing.
    let other = json!({ "numero": "0000-0001-B", "acte": 1 });
    let both = json!({ "courriers": [{ "numero": number, "acte": act }, other] });
    is_pdf(anne.post("/courriers/lettres.pdf", &both), "courriers.pdf");
    let none = anne.post("/courriers/lettres.pdf", &json!({ "courriers": [other] }));
    assert_eq!(none.is(404).problem(), "introuvable");
    is_pdf(dora.get("/registre/article-30.pdf"), "registre-article-30.pdf");
    assert_eq!(anne.get("/registre/article-30.pdf").is(404).problem(), "introuvable");
    for (file, name) in [("notice.pdf", "notice.pdf"), ("facile.pdf", "notice-facile.pdf")] {
        is_pdf(anne.get(&format!("/information/{PROCESSING}/{file}")), name);
    }
    // In words, and for every processing: it is public.
    let notice = anne.get("/information/droits").is(200).json();
    assert!(!notice["texte"].as_array().unwrap().is_empty(), "{notice}");
    assert_eq!(notice["guichets"][0]["delegue"], "dpd@example.org");
    let easy = anne.get(&format!("/information/{PROCESSING}/facile")).is(200).json();
    let lines = easy["lignes"].as_array().unwrap();
    assert!(lines.iter().any(|l| l["pictogramme"].is_string()), "{easy}");
    assert_eq!(anne.get("/information/nulle-part").is(404).problem(), "introuvable");
    // what left is in the trace, as the screens' exports are.
    let told = dora.get("/traces?operation=export").is(200).json();
    let lines = told["lignes"].as_array().unwrap().iter().filter(|l| l["refusee"] == false);
    assert!(lines.count() >= 2, "{told}");
}

/// X-05, I10: a calculation that an act keeps, as JSON and as its proposal; only for who sees it.
#[test]
fn a_kept_calculation_is_read_again_and_proposed_as_pdf_x_05() {
    let house = pressed();
    let anne = program(&house, "anne.keller", &ALL, UNTIL);
    let paul = program(&house, "paul.pfister", &ALL, UNTIL);
    let number = open(&anne, "Hoffmann");
    for (kind, on, fields) in [
        (
            "assignation",
            "2024-09-10",
            json!({ "audience_le": "2024-12-09", "bailleur": "personne_morale" }),
        ),
        ("jugement", "2025-01-13", json!({ "issue": "expulsion" })),
        ("commandement-quitter-lieux", "2025-02-03", json!({})),
        ("cql-recu-prefet", "2025-02-03", json!({})),
        ("demande-cfp", "2025-05-15", json!({})),
        ("depart-constate", "2026-01-19", json!({})),
        ("demande-indemnite", "2026-02-02", json!({ "montant": "2400.00" })),
    ] {
        anne.act(&number, kind, on, fields).is(201);
    }
    let amounts = json!({ "champs": {
        "loyers": "01/01/2025 ; 600 ; 80 ; oui",
        "paiements": "08/2025-01/2026 ; 300 ; occupant ; periode",
    } });
    anne.post(&format!("/dossiers/{number}/volets/indemnite"), &amounts).is(201);
    let kept = anne.act(&number, "calcul-indemnite", TODAY, json!({})).is(201).json();
    let at = format!("/dossiers/{number}/indemnite/{}", kept["acte"]);
    let read = anne.get(&at).is(200).json();
    assert_eq!((&read["acte"], &read["inchange"]), (&kept["acte"], &json!(true)));
    assert_eq!(read["calcul"]["total"], "2415.06", "{read}");
    is_pdf(anne.get(&format!("{at}/proposition.pdf")), "indemnite-");
    // Another act keeps none; the police sees none.
    for path in [format!("/dossiers/{number}/indemnite/1"), format!("{at}9")] {
        assert_eq!(anne.get(&path).is(404).problem(), "introuvable");
        let pdf = anne.get(&format!("{path}/proposition.pdf"));
        assert_eq!(pdf.is(404).problem(), "introuvable");
    }
    for path in [at.clone(), format!("{at}/proposition.pdf")] {
        assert_eq!(paul.get(&path).is(404).problem(), "introuvable");
    }
}

/// closed dossiers near their term leave in one file, with their slip, on record.
#[test]
fn dossiers_are_deposited_with_the_public_archives_x_10_x_12() {
    let house = pressed();
    let anne = program(&house, "anne.keller", &ALL, UNTIL);
    let running = open(&anne, "Weber");
    let number = open(&anne, "Zimmermann");
    anne.act(&number, "cloture", TODAY, json!({ "motif": "dette_soldee" })).is(201);
    house.go_to("2026-07-01");
    let odile = program(&house, "odile.martin", &ALL, UNTIL);
    let dora = program(&house, "dora.petit", &ALL, UNTIL);
    assert_eq!(odile.get("/versements").is(409).problem(), "archive-fermee");
    odile.post("/archives/ouverture", &json!({ "phrase": ARCHIVE })).is(204);
    assert_eq!(odile.get("/versements").is(200).json(), json!([]), "not within six months");
    let near = odile.get("/versements?au=2030-12-31").is(200).json();
    assert_eq!(near[0]["numero"], json!(number), "{near}");
    let none = json!({ "service": "", "visa": "", "dossiers": [] });
    let mut faults = odile.post("/versements", &none).is(422).faults();
    faults.sort();
    assert_eq!(faults, ["dossiers", "service", "visa"], "all at once");
    let all = json!({ "service": "Archives d’Alsace", "visa": "2026-118", "dossiers": [number] });
    // A running dossier is not the archivist's, and nobody else deposits.
    let wrong = json!({ "service": "Archives d’Alsace", "visa": "2026-118", "dossiers": [number, running] });
    assert_eq!(odile.post("/versements", &wrong).is(404).problem(), "introuvable");
    for other in [&anne, &dora] {
        assert_eq!(other.post("/versements", &all).is(404).problem(), "introuvable");
        assert_eq!(other.get("/versements").is(404).problem(), "introuvable");
    }
    assert_eq!(odile.once("k", "/versements", &all).is(400).faults(), ["Idempotency-Key"]);
    let file = odile.post("/versements", &all).is(200);
    assert!(file.bytes.starts_with(b"PK"), "{}", file.text());
    assert_eq!(file.headers["content-type"], "application/zip");
    let text = file.text();
    assert!(text.contains("bordereau.csv") && text.contains(&format!("dossier-{number}.pdf")));
    // The record stays with the certificates of what was destroyed.
    let plan = dora.get("/conservation").is(200).json();
    let kept = plan["certificats"].as_array().unwrap().iter();
    let kept: Vec<_> = kept.filter(|c| c["versement"].is_object()).collect();
    assert_eq!(kept.len(), 1, "{plan}");
    assert_eq!(kept[0]["versement"]["visa"], "2026-118");
    assert!(kept[0]["preuve"].as_str().is_some_and(|p| p.contains('#')), "{plan}");
    // the log that says so verifies; for who controls it alone.
    let verified = dora.post("/traces/verification", &json!({})).is(200).json();
    assert_eq!(verified["intact"], true, "{verified}");
    assert!(verified["journaux"][0]["lignes"].as_u64().unwrap() > 3, "{verified}");
    assert_eq!(anne.post("/traces/verification", &json!({})).is(404).problem(), "introuvable");
    let told = dora.get("/traces?operation=transmit").is(200).json();
    let lines = told["lignes"].as_array().unwrap().iter().filter(|l| l["refusee"] == false);
    assert_eq!(lines.count(), 1, "{told}");
}
