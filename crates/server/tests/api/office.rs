//! The office through the API: accounts, one's own mails and calendar, texts of letters, security,
//! the review, exports; and what is answered of a request that died half-way.

use serde_json::{Value, json};

use super::client::{ALL, PREFECTURE, Program, case, nobody, program};
use crate::common::{COLMAR, House, PASSWORD};
use huis_usecases::{Once, accounts::Signed};

const TODAY: &str = "2026-03-02";
const UNTIL: &str = "10/03/2026";

fn office() -> (House, Program, Program, Program) {
    let house = House::on(TODAY);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    house.agent("alex.meyer", "administrateur", PREFECTURE, &[]);
    house.agent("dora.petit", "dpo", PREFECTURE, &[]);
    let of = |login| program(&house, login, &ALL, UNTIL);
    let (anne, alex, dora) = (of("anne.keller"), of("alex.meyer"), of("dora.petit"));
    (house, anne, alex, dora)
}

/// a provisional password is told once, in the answer alone; a reset link too; neither is told
/// again by a key.
#[test]
fn an_account_is_made_and_what_opens_it_is_told_once_x_11_x_18() {
    let (house, anne, alex, _) = office();
    let new = json!({
        "identifiant": "zoe.essai", "prenom": "Zoé", "nom": "Essai", "service": "Service",
        "courriel": "zoe@example.org",
    });
    assert_eq!(anne.post("/comptes", &new).is(404).problem(), "introuvable");
    let made = alex.once("compte-1", "/comptes", &new).is(201).json();
    let password = made["mot_de_passe"].as_str().unwrap();
    let again = alex.once("compte-1", "/comptes", &new).is(201);
    assert_eq!(again.json(), json!({ "id": made["id"] }), "the id alone");
    // It opens nothing before a grant is given, and is changed first: no session, no guess.
    let signed = house.wait(house.huis.sign_in("zoe.essai", password, "127.0.0.1")).unwrap();
    assert!(!matches!(signed, Signed::Session(_)), "without a grant nothing opens (X-17)");
    assert_eq!(alex.post("/comptes", &new).is(422).problem(), "refus");
    let blank = json!({
        "identifiant": "", "prenom": "", "nom": "", "service": "", "courriel": "",
    });
    let faults = alex.post("/comptes", &blank).is(422).json()["faults"].as_array().unwrap().len();
    assert!(faults >= 4, "all at once: {faults}");
    let all = alex.get("/comptes").is(200).json();
    let line = |login: &str| {
        let lines = all.as_array().unwrap().iter();
        lines.clone().find(|l| l["identifiant"] == login).unwrap().clone()
    };
    assert_eq!(line("zoe.essai")["mot_de_passe_provisoire"], true);
    let id = line("anne.keller")["id"].as_str().unwrap().to_owned();
    // A reset link: where it leads is told once.
    let at = format!("/comptes/{id}/lien");
    let made = alex.once("lien-1", &at, &json!({})).is(201).json();
    let path = made["chemin"].as_str().unwrap();
    assert!(path.starts_with("/connexion/lien/"), "{path}");
    let page = crate::common::http::Visitor::new(house.address).get(path);
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(alex.once("lien-1", &at, &json!({})).is(201).json(), json!({}));
    let own = line("alex.meyer")["id"].as_str().unwrap().to_owned();
    for part in ["lien", "second-facteur/retrait"] {
        let refused = alex.post(&format!("/comptes/{own}/{part}"), &json!({}));
        assert_eq!(refused.is(422).problem(), "refus", "nobody loosens their own door");
        let refused = anne.post(&format!("/comptes/{id}/{part}"), &json!({}));
        assert_eq!(refused.is(404).problem(), "introuvable");
    }
    // Who has no second factor has none to take away, as who does not exist.
    let none = alex.post(&format!("/comptes/{id}/second-facteur/retrait"), &json!({}));
    assert_eq!(none.is(404).problem(), "introuvable");
    anne.get("/moi").is(200);
}

/// One's own mails and calendar; the office's mails for who keeps its settings.
#[test]
fn one_chooses_ones_mails_and_makes_ones_calendar_x_02() {
    let (house, anne, alex, dora) = office();
    let mine = anne.get("/moi/courriels").is(200).json();
    let codes = |all: &Value, on: bool| {
        let all = all.as_array().unwrap().iter().filter(|m| m["envoye"] == on);
        all.map(|m| m["courriel"]["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&mine, true), ["echeances", "depot"]);
    let wrong = json!({ "courriels": ["echeances", "alerte", "publicite"] });
    let refused = anne.json("PUT", "/moi/courriels", &wrong).is(422);
    assert_eq!(refused.faults(), ["courriels.1", "courriels.2"]);
    anne.json("PUT", "/moi/courriels", &json!({ "courriels": ["depot"] })).is(204);
    assert_eq!(codes(&anne.get("/moi/courriels").json(), true), ["depot"]);
    // What the law requires is not refused.
    dora.json("PUT", "/moi/courriels", &json!({ "courriels": [] })).is(204);
    let left = dora.get("/moi/courriels").json();
    assert!(codes(&left, true).contains(&"alerte".to_owned()), "{left}");
    // The calendar: its link is told once, and opens without a token, as calendars do.
    assert_eq!(anne.get("/moi/agenda").is(200).json(), json!({ "existe": false }));
    let made = anne.once("agenda", "/moi/agenda", &json!({})).is(201).json();
    let path = made["chemin"].as_str().unwrap().to_owned();
    assert_eq!(anne.once("agenda", "/moi/agenda", &json!({})).is(201).json(), json!({}));
    assert_eq!(anne.get("/moi/agenda").json()["existe"], true);
    let mut calendar = crate::common::http::Visitor::new(house.address);
    let page = calendar.get(&path);
    assert!(page.status == 200 && page.body.starts_with("BEGIN:VCALENDAR"), "{}", page.body);
    anne.send("DELETE", "/moi/agenda", &[], b"").is(204);
    assert_eq!(calendar.get(&path).status, 404);
    // A token that only reads makes no link that would outlive it.
    let reader = program(&house, "anne.keller", &["lecture"], UNTIL);
    assert_eq!(reader.post("/moi/agenda", &json!({})).is(403).problem(), "portee");
    // The office's.
    alex.json("PUT", "/courriels", &json!({ "suspendus": true })).is(204);
    assert_eq!(alex.get("/courriels").is(200).json()["suspendus"], true);
    for other in [&anne, &dora] {
        assert_eq!(other.get("/courriels").is(404).problem(), "introuvable");
    }
}

/// I11: the texts of letters: tried on nobody, adapted, given back; their mandatory mentions stay.
#[test]
fn a_text_is_tried_adapted_and_given_back_x_15_i11() {
    let (_house, anne, alex, _) = office();
    let values = json!({
        "organisation.responsable": "Préfecture d’essai, 7 rue Bruat, 68000 Colmar",
        "organisation.dpd": "dpd@example.org",
    });
    let all = alex.get("/textes").is(200).json();
    assert!(all.as_array().unwrap().len() > 5 && all[0]["adaptee"] == false, "{all}");
    let at = "/textes/information-occupant";
    let shipped = alex.get(at).is(200).json();
    assert!(!shipped["champs"].as_array().unwrap().is_empty());
    let text = shipped["texte"].as_str().unwrap();
    let new = json!({ "objet": "Un objet d’essai", "texte": text });
    // What the office has not said of itself is missing from its letters, and not their fault.
    let missing = alex.post(&format!("{at}/essai"), &new).is(422);
    assert_eq!(missing.faults(), ["", ""], "{}", missing.text());
    alex.json("PUT", "/reglages", &json!({ "valeurs": values })).is(200);
    let tried = alex.post(&format!("{at}/essai"), &new).is(200).json();
    assert_eq!(tried["objet"], "Un objet d’essai");
    assert!(tried["destinataire"].to_string().contains("EXEMPLE"), "a made-up person: {tried}");
    assert_eq!(alex.get(at).json(), shipped, "nothing was kept");
    // Without what the law asks to tell, with every fault at once.
    let bare = json!({ "objet": "", "texte": "Bonjour [[inconnu.champ]]." });
    for (method, path) in [("POST", format!("{at}/essai")), ("PUT", at.to_owned())] {
        let refused = alex.json(method, &path, &bare).is(422);
        assert!(refused.faults().len() >= 2, "{}", refused.text());
    }
    alex.json("PUT", at, &new).is(204);
    let adapted = alex.get(at).json();
    assert_eq!((&adapted["objet"], &adapted["adaptee"]), (&new["objet"], &json!(true)));
    alex.send("DELETE", at, &[], b"").is(204);
    let back = alex.get(at).json();
    assert_eq!((&back["objet"], &back["adaptee"]), (&shipped["objet"], &json!(false)));
    assert_eq!(back["versions"].as_array().unwrap().len(), 2, "each kept");
    for path in ["/textes", at, "/textes/nulle-part"] {
        assert_eq!(anne.get(path).is(404).problem(), "introuvable");
    }
    assert_eq!(anne.json("PUT", at, &new).is(404).problem(), "introuvable");
    assert_eq!(alex.get("/textes/nulle-part").is(404).problem(), "introuvable");
}

/// risks reviewed and the procedure recorded through the API; from then on nothing opens to a
/// token whose agent has not read it, but the procedure itself: that it was read is said on a screen.
#[test]
fn nothing_opens_before_the_procedure_was_read_by_a_person_x_29() {
    let (house, anne, _, dora) = office();
    let due = dora.get("/securite").is(200).json();
    assert_eq!(due["a_faire"].as_array().unwrap().len(), 2, "{due}");
    let review = |held: &str| json!({ "tenue_le": held, "prochaine_le": "2027-03-02", "compte_rendu": "Essai" });
    dora.post("/securite/revues", &review("2027-01-01")).is(422);
    dora.post("/securite/revues", &review(TODAY)).is(204);
    let procedure = json!({
        "approuvee_le": TODAY, "approuvee_par": "Préfet d’essai", "texte": "Chacun son accès.",
    });
    assert_eq!(anne.post("/securite/procedures", &procedure).is(404).problem(), "introuvable");
    dora.post("/securite/procedures", &procedure).is(204);
    let seen = dora.get("/securite").is(200).json();
    assert_eq!(seen["a_faire"], json!([]));
    assert_eq!(seen["procedures"][0]["lue_par"], 1, "who records it has it before them");
    let read = anne.get("/procedure").is(200).json();
    assert_eq!((&read["version"], &read["texte"]), (&json!(1), &json!("Chacun son accès.")));
    assert!(read.get("lue_par").is_none());
    for path in ["/moi", "/dossiers", "/exports/dossiers", "/moi/agenda"] {
        assert_eq!(anne.get(path).is(403).problem(), "compte", "{path}");
    }
    assert_eq!(anne.post("/procedure", &json!({ "version": 1 })).is(405).problem(), "methode");
    let named = anne.send("GET", "/procedure", &[("Huis-Traitement", "expulsion")], b"");
    assert_eq!(named.is(404).problem(), "introuvable", "nothing is granted yet");
    // Its reader says so in a session of theirs.
    let mut visitor = crate::common::http::Visitor::new(house.address);
    let (login, password) = (("identifiant", "anne.keller"), ("mot_de_passe", PASSWORD));
    visitor.fill("/connexion", &[login, password]);
    visitor.fill("/procedure", &[]);
    anne.get("/moi").is(200);
}

/// the review through the API: each grant confirmed or withdrawn, within it.
#[test]
fn grants_are_confirmed_or_withdrawn_within_the_review_x_17() {
    let (house, anne, alex, dora) = office();
    use huis_kernel::Clock;
    let lead = if dora.get("/revue").status == 200 { &dora } else { &alex };
    assert_eq!(anne.get("/revue/habilitations").is(404).problem(), "introuvable");
    let withdraw = |ids: &[&str], why: &str| json!({ "habilitations": ids, "motif": why });
    lead.post("/revue/retraits", &withdraw(&[], "x")).is(422);
    house.clock.set(house.clock.now().plus_ms(60_000));
    lead.post("/revue/ouverture", &json!({})).is(204);
    let lines = lead.get("/revue/habilitations").is(200).json();
    let lines = lines.as_array().unwrap().clone();
    assert!(lines.len() >= 3, "{lines:?}");
    let id = |of: &str| {
        let line = lines.iter().find(|l| l["habilitation"]["profil"] == of).unwrap();
        line["habilitation"]["id"].as_str().unwrap().to_owned()
    };
    let anne_s = id("instructeur");
    assert_eq!(lead.post("/revue/retraits", &withdraw(&[&anne_s], " ")).is(422).problem(), "refus");
    anne.get("/moi").is(200);
    lead.post("/revue/retraits", &withdraw(&[&anne_s], "Partie")).is(204);
    assert_eq!(anne.get("/moi").is(401).problem(), "jeton", "from the next request on");
    let left: Vec<String> = lead
        .get("/revue/habilitations")
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["habilitation"]["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!left.contains(&anne_s));
    lead.post("/revue/confirmations", &json!({ "habilitations": left })).is(204);
    assert_eq!(lead.get("/revue/habilitations").json(), json!([]));
    lead.post("/revue/cloture", &json!({})).is(204);
}

/// the lists as sheets, by the screens' own use cases: refused where they are, traced as
/// they are, and no cell is a formula.
#[test]
fn lists_leave_as_sheets_traced_and_without_formulas_x_13_x_23() {
    let (house, anne, alex, dora) = office();
    house.agent("paul.pfister", "police", "=HYPERLINK(\"http://x\")", &[COLMAR]);
    let paul = program(&house, "paul.pfister", &ALL, UNTIL);
    let number = super::client::open(&anne, "Zimmermann");
    let text = |by: &Program, path: &str| by.get(path).is(200).text();
    let list = text(&anne, "/exports/dossiers?format=csv");
    assert!(list.starts_with('\u{feff}') && list.contains(&number), "{list}");
    assert!(!text(&anne, "/exports/dossiers?format=csv&etape=cfp").contains(&number));
    let ods = anne.get("/exports/dossiers").is(200);
    assert!(ods.bytes.starts_with(b"PK"));
    assert_eq!(ods.headers["content-type"], "application/vnd.oasis.opendocument.spreadsheet");
    assert!(ods.headers["content-disposition"].contains("dossiers-2026-03-02.ods"));
    for path in ["/exports/journee", "/exports/tableau"] {
        assert!(text(&anne, &format!("{path}?format=csv")).contains(';'), "{path}");
        assert_eq!(paul.get(path).is(404).problem(), "introuvable", "X-13: {path}");
    }
    for path in ["/exports/dossiers", "/exports/habilitations", "/exports/traces"] {
        assert_eq!(paul.get(path).is(404).problem(), "introuvable", "{path}");
    }
    for query in ["?format=exe", "?format=", "?format=csv&format=csv", "?inconnu=1"] {
        let refused = anne.get(&format!("/exports/dossiers{query}")).is(400);
        assert_eq!(refused.problem(), "illisible", "{query}");
    }
    // What a reader's token reads on its screen it may take away; what it may not read, not.
    let reader = program(&house, "dora.petit", &["lecture"], UNTIL);
    for path in ["/exports/traces", "/exports/conservation", "/exports/article-30"] {
        assert_eq!(reader.get(path).is(403).problem(), "portee", "{path}");
        assert!(text(&dora, &format!("{path}?format=csv")).contains(';'), "{path}");
        assert_eq!(anne.get(path).is(404).problem(), "introuvable", "{path}");
    }
    let holder = if alex.get("/habilitations").status == 200 { &alex } else { &dora };
    let grants = text(holder, "/exports/habilitations?format=csv");
    let cell = "\"'=HYPERLINK(\"\"http://x\"\")\"";
    assert!(grants.contains(cell), "an apostrophe before it: {grants}");
    assert!(!grants.contains(";=") && !grants.contains(";\"="), "{grants}");
    // One line of trace for each.
    let told = dora.get("/traces?operation=export").json();
    let lines = told["lignes"].as_array().unwrap().iter().filter(|l| l["refusee"] == false);
    let lists: Vec<String> = lines.map(|l| l["detail"].to_string()).collect();
    assert!(lists.len() >= 6, "{told}");
    assert!(lists.iter().any(|l| l.contains("habilitations")), "{lists:?}");
}

/// A request that died half-way: under way at first; after a bounded time nobody can say, and where to
/// look is told. It is never done under that key.
#[test]
fn a_request_that_died_half_way_says_where_to_look() {
    let (house, anne, alex, _) = office();
    use huis_kernel::Clock;
    let body = case("Zimmermann", COLMAR, "68066");
    let bytes = body.to_string();
    let token = anne.token.clone().unwrap();
    let caller = house.wait(house.huis.token_caller(&token, "127.0.0.1")).unwrap().unwrap().caller;
    // What the server does before it runs the request; then it is gone.
    let asked: [&[u8]; 3] = [b"dossiers.ouvrir", b"", bytes.as_bytes()];
    let taken = house.wait(house.huis.once(&caller, "cle-morte", &asked)).unwrap();
    assert!(matches!(taken, Once::New(_)));
    let again = || anne.once("cle-morte", "/dossiers", &body).is(409);
    assert_eq!(again().problem(), "idempotence-en-cours");
    house.clock.set(house.clock.now().plus_ms(14 * 60_000));
    assert_eq!(again().problem(), "idempotence-en-cours");
    house.clock.set(house.clock.now().plus_ms(2 * 60_000));
    let lost = again();
    assert_eq!(lost.problem(), "idempotence-perdue");
    assert_eq!(lost.json()["verifier"], json!(["/api/v1/dossiers"]));
    // It was not done, and the address says so; another key does it.
    assert_eq!(anne.get("/dossiers").json()["dossiers"], json!([]));
    assert_eq!(again().problem(), "idempotence-perdue", "never under that key");
    let other = case("Krieg", COLMAR, "68066");
    assert_eq!(anne.once("cle-morte", "/dossiers", &other).is(422).problem(), "idempotence");
    anne.once("cle-neuve", "/dossiers", &body).is(201);
    assert_eq!(anne.get("/dossiers").json()["dossiers"].as_array().unwrap().len(), 1);
    // Nobody else learns of it.
    assert_ne!(alex.once("cle-morte", "/dossiers", &body).status, 409);
    assert_eq!(nobody(&house).once("cle-morte", "/dossiers", &body).is(401).problem(), "jeton");
}
