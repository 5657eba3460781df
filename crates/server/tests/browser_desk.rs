//! What the desk may count on: an act looked at before it is recorded, what was typed kept when the
//! session dies under it; before a browser, and with plain requests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{
    COLMAR, House, PASSWORD, PROCESSING, day,
    desk::Desk,
    http::{Visitor, pairs},
    squeeze,
};
use huis_dossier::{Draft, Facts, Value};
use huis_usecases::{NewCase, accounts::Signed};

const PREFECTURE: &str = "Préfecture, prévention des expulsions";

/// A house with Anne, instructing at Colmar, and a dossier of hers; its path.
fn house() -> (House, String) {
    let house = House::on("2026-03-02");
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    let number = house.wait(async {
        let huis = &house.huis;
        let Signed::Session(session) =
            huis.sign_in("anne.keller", PASSWORD, "192.0.2.1").await.unwrap()
        else {
            panic!("Anne signs in")
        };
        let state = huis.caller(&session.token, "192.0.2.1").await.unwrap().unwrap();
        let text = |t: &str| Value::Text(t.into());
        let choice = |t: &str| Value::Choice(t.into());
        let facts = |pairs: &[(&str, Value)]| -> Facts {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect()
        };
        let new = NewCase {
            territory: COLMAR.into(),
            sections: vec![
                (
                    "occupant".into(),
                    facts(&[
                        ("qualite", choice("titulaire")),
                        ("nom", text("Zimmermann")),
                        ("prenom", text("Lucie")),
                    ]),
                ),
                (
                    "local".into(),
                    facts(&[
                        ("type_bailleur", choice("social")),
                        ("numero", text("12")),
                        ("nom_voie", text("rue des Tanneurs")),
                        ("code_postal", text("68000")),
                        ("commune", text("68066")),
                        ("date_bail", Value::Date(day("2019-03-01"))),
                    ]),
                ),
            ],
            acts: vec![Draft {
                kind: "impaye-constitue".into(),
                on: day("2026-03-02"),
                facts: Facts::new(),
                corrects: None,
            }],
        };
        huis.create_dossier(&state.caller, PROCESSING, new).await.unwrap().number
    });
    (house, format!("/dossiers/{number}"))
}

/// « Vérifier » says what follows with its article and records nothing; back to the
/// form, nothing typed is lost; confirmed, what was said has come. Without a remark an act is one
/// click; a date that is likely a slip is looked at twice.
#[test]
fn browser_an_act_is_looked_at_before_it_is_recorded_x_06() {
    let (house, dossier) = house();
    let desk = Desk::new(&house);
    desk.sign_in("anne.keller");
    let form = format!("{dossier}/actes/commandement-payer");
    desk.go(&form);
    desk.fill(&[("on", "02/03/2026")]);
    desk.leave(|| desk.browser.click("main form.sheet-form [value='verifier']").unwrap());
    desk.says("Rien n'est encore enregistré");
    let follows = desk.all("#suivra ~ ul li").join("\n");
    assert!(follows.contains("Nouvelle date à connaître") && follows.contains("art."), "{follows}");
    desk.leave(|| desk.browser.click("main [value='revenir']").unwrap());
    assert_eq!(desk.browser.property("main [name='on']", "value").unwrap(), "02/03/2026");
    desk.leave(|| desk.browser.click("main form.sheet-form [value='verifier']").unwrap());
    desk.leave(|| desk.browser.click("main [value='confirmer']").unwrap());
    assert!(desk.note().contains("enregistré"), "{}", desk.note());
    desk.says("Fin du délai du commandement de payer");
    // Sure, and nothing irregular: one click.
    desk.go(&format!("{dossier}/actes/plan-apurement"));
    desk.fill(&[("on", "02/03/2026")]);
    desk.send();
    assert_eq!(desk.browser.count("main [name='_etape'][value='confirmer']").unwrap(), 0);
    // A year and more ago: is it a slip?
    desk.go(&format!("{dossier}/actes/information-occupant"));
    desk.fill(&[("on", "01/02/2025"), ("occupant", "1")]);
    desk.send();
    desk.says("remonte à plus d'un an");
}

/// Nothing typed is lost: the session ends while a form is filled in; after signing in again the
/// form is there as it was, and only the writer's own second click records it.
#[test]
fn browser_what_was_typed_outlives_the_session() {
    let (house, dossier) = house();
    let desk = Desk::new(&house);
    desk.sign_in("anne.keller");
    desk.go(&format!("{dossier}/actes/commandement-payer"));
    desk.fill(&[("on", "02/03/2026")]);
    house.clock.advance_ms(20 * 3_600_000);
    desk.leave(|| desk.browser.click("main form.sheet-form button.primary").unwrap());
    assert!(desk.path().starts_with("/connexion"), "{}", desk.path());
    desk.says("votre saisie est gardée");
    desk.fill(&[("identifiant", "anne.keller"), ("mot_de_passe", PASSWORD)]);
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    desk.says("Votre saisie a été gardée");
    desk.leave(|| desk.browser.click("main form button.primary").unwrap());
    desk.says("relisez-la");
    assert_eq!(desk.browser.property("main [name='on']", "value").unwrap(), "02/03/2026");
    desk.send();
    if desk.browser.count("main [value='confirmer']").unwrap() > 0 {
        desk.leave(|| desk.browser.click("main [value='confirmer']").unwrap());
    }
    assert!(desk.note().contains("enregistré"), "{} {}", desk.note(), desk.main());
    desk.go("/journee");
    assert!(!desk.note().contains("gardée"), "it has served: {}", desk.note());
}

/// The same with plain requests: kept for the account that sent it and nobody else, also when the
/// page belonged to an earlier session; a foreign token keeps nothing.
#[test]
fn a_late_form_is_kept_for_its_writer_alone() {
    let (house, dossier) = house();
    house.agent("berthe.roth", "instructeur", PREFECTURE, &[COLMAR]);
    let mut anne = Visitor::new(house.address);
    anne.sign_in("anne.keller");
    let path = format!("{dossier}/actes/commandement-payer");
    let page = anne.get(&path);
    let hidden = page.hidden();
    let mut typed = pairs(&hidden);
    typed.push(("on", "02/03/2026"));
    house.clock.advance_ms(20 * 3_600_000);
    let late = anne.post(&path, &typed);
    let to = late.location.clone().unwrap();
    let (_, kept) = to.split_once("retour=").expect("it leads to the sign-in page and back");
    let kept = kept.to_owned();
    assert!(to.starts_with("/connexion") && kept.starts_with("/saisies/"), "{to}");
    assert!(squeeze(&anne.follow(late).body).contains("votre saisie est gardée"));
    let mut berthe = Visitor::new(house.address);
    berthe.sign_in("berthe.roth");
    assert_eq!(berthe.get(&kept).status, 404, "I13: another's is not there");
    assert!(!berthe.get("/journee").body.contains("/saisies/"));
    anne.sign_in("anne.keller");
    assert!(anne.get("/journee").body.contains(&kept), "offered on the day page");
    let offer = anne.get(&kept);
    let again = offer.hidden();
    assert_eq!(again.get("on").map(String::as_str), Some("02/03/2026"));
    let pairs = pairs(&again);
    let back = anne.post(&path, &pairs);
    assert_eq!(back.status, 200, "shown, not recorded");
    assert!(squeeze(&back.body).contains("relisez-la") && back.body.contains("02/03/2026"));
    let acts = anne.get(&dossier).body.matches("id=\"acte-").count();
    assert_eq!(acts, 1, "the dossier's first act alone: nothing was recorded");
    // A page of the earlier session, sent in the new one.
    let expired = anne.post(&path, &typed);
    assert!(
        expired.location.as_deref().unwrap().starts_with("/saisies/"),
        "{:?}",
        expired.location
    );
    for token in ["", "0123456789abcdef"] {
        let forged = anne.post(&path, &[("_csrf", token), ("on", "02/03/2026")]);
        assert_eq!(forged.status, 400, "« {token} »");
    }
    // After some hours it is gone.
    house.clock.advance_ms(9 * 3_600_000);
    anne.sign_in("anne.keller");
    assert_eq!(anne.get(&kept).status, 404);
}
