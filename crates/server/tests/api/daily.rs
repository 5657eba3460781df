//! A day's work through the API: what is asked once is done once, what collides is shown side by
//! side, what is wrong is told at once, pages do not move under their reader.

use serde_json::{Value, json};

use super::client::{ALL, PREFECTURE, Program, case, open, program};
use crate::common::{ARCHIVE, COLMAR, House};

const TODAY: &str = "2026-03-02";

fn town() -> (House, Program) {
    let house = House::on(TODAY);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    let anne = program(&house, "anne.keller", &ALL, "10/03/2026");
    (house, anne)
}

fn arrears(version: &Value) -> Value {
    json!({
        "acte": "impaye-constitue", "le": "2026-02-10", "version": version,
        "champs": { "montant_dette": "1500.00", "tiers_payant": true },
    })
}

/// A dossier from its opening to its letters, a search, the day; by one who follows it.
#[test]
fn an_instructor_works_a_day_through_the_api_x_01_x_02_x_06() {
    let (house, anne) = town();
    let number = open(&anne, "Zimmermann");
    let at = format!("/dossiers/{number}");
    let dossier = anne.get(&at).is(200).json();
    assert_eq!(dossier["situation"]["etape"], "prevention");
    assert_eq!(dossier["volets"][0]["champs"]["nom"], "Zimmermann");
    let offers = dossier["peut"]["actes"].as_array().unwrap();
    assert!(offers.iter().any(|o| o["acte"] == "impaye-constitue"), "{offers:?}");
    // What would follow, then the act.
    let body = arrears(&dossier["version"]);
    let foreseen = anne.post(&format!("{at}/actes/essai"), &body).is(200).json();
    let due = |s: &Value| s["echeances"].as_array().unwrap().len();
    assert!(due(&foreseen["apres"]) > due(&foreseen["avant"]), "{foreseen}");
    assert_eq!(anne.get(&at).json()["version"], dossier["version"], "nothing was written");
    let done = anne.post(&format!("{at}/actes"), &body).is(201).json();
    assert_eq!((&done["numero"], &done["acte"]), (&json!(number), &json!(1)));
    let dossier = anne.get(&at).json();
    let term = &dossier["situation"]["echeances"][0];
    assert!(term["article"].as_str().is_some_and(|a| !a.is_empty()), "{term}");
    assert!(!term["calcul"].as_array().unwrap().is_empty(), "X-02: each step is told: {term}");
    assert_eq!(dossier["actes"][0]["champs"]["montant_dette"], "1500.00");
    // A search leaves nothing in its address.
    let ask = json!({ "champs": { "occupant.nom": "zimmerman", "occupant.prenom": "elise" } });
    let asked = anne.post("/recherches", &ask).is(201).json();
    let id = asked["id"].as_str().unwrap();
    let found = anne.get(&format!("/recherches/{id}")).is(200).json();
    assert_eq!(found["dossiers"][0]["dossier"]["numero"], json!(number));
    let other = program(&house, "anne.keller", &ALL, "10/03/2026");
    assert_eq!(other.get(&format!("/recherches/{id}")).problem(), "introuvable", "one token's");
    // The letters that the opening put in waiting.
    let letters = anne.get(&format!("{at}/courriers")).is(200).json();
    assert!(!letters["dus"].as_array().unwrap().is_empty());
    // A letter needs who answers for the processing.
    house.agent("alex.meyer", "administrateur", "Préfecture", &[]);
    let alex = program(&house, "alex.meyer", &["administration"], "10/03/2026");
    let values = json!({
        "organisation.responsable": "Préfecture d’essai, 7 rue Bruat, 68000 Colmar",
        "organisation.dpd": "dpd@example.org",
        "courrier.entete": "Préfecture d’essai|7 rue Bruat",
    });
    alex.json("PUT", "/reglages", &json!({ "valeurs": values })).is(200);
    let prepared =
        anne.post("/courriers/preparation", &json!({ "dossiers": [number] })).is(201).json();
    assert!(prepared["faits"][0].is_object(), "{prepared}");
    let letter = &prepared["faits"][0];
    let sent = json!({ "courriers": [letter], "mode": "courrier", "le": TODAY });
    let sent = anne.post("/courriers/envoi", &sent).is(201).json();
    assert_eq!(sent["faits"].as_array().map(Vec::len), Some(1), "{sent}");
    let back = format!("{at}/courriers/{}/retour", letter["acte"]);
    let back = anne.post(&back, &json!({ "motif": "npai", "le": TODAY })).is(201).json();
    assert_eq!(back["faits"].as_array().map(Vec::len), Some(1), "{back}");
    for path in ["/journee", "/tableau", "/courriers", "/modele", "/attendus"] {
        anne.get(path).is(200);
    }
    assert!(anne.get("/journee").text().contains(&number));
    // Filters, for an agent of one sector: each alone, and all together.
    let all = "etape=prevention&gravite=0&en_retard=false&secteur=682";
    for query in ["etape=prevention", "secteur=682", all, "situation=inconnue", "etape=cfp"] {
        let found = anne.get(&format!("/dossiers?{query}")).is(200).text();
        let within = !query.contains("inconnue") && !query.contains("cfp");
        assert_eq!(found.contains(&number), within, "{query}: {found}");
    }
}

/// The same key with the same request does it once, and gives the number again, not what was sent;
/// with another request it is refused; two at once, one goes on.
#[test]
fn a_request_that_comes_twice_is_done_once() {
    let (house, anne) = town();
    let body = case("Zimmermann", COLMAR, "68066");
    let first = anne.once("cle-1", "/dossiers", &body).is(201);
    let again = anne.once("cle-1", "/dossiers", &body).is(201);
    assert_eq!(first.json()["numero"], again.json()["numero"]);
    assert_eq!(again.headers["idempotency-replayed"], "true");
    assert_eq!(again.json().as_object().unwrap().len(), 1, "ids only: {}", again.text());
    assert_eq!(anne.get("/dossiers").json()["dossiers"].as_array().unwrap().len(), 1);
    let other = case("Krieg", COLMAR, "68066");
    assert_eq!(anne.once("cle-1", "/dossiers", &other).is(422).problem(), "idempotence");
    let number = first.json()["numero"].as_str().unwrap().to_owned();
    let path = format!("/dossiers/{number}/actes");
    assert_eq!(anne.once("cle-1", &path, &body).is(422).problem(), "idempotence");
    // A refused request gives its key back: mended, it goes on.
    let wrong =
        json!({ "acte": "impaye-constitue", "le": "2026-02-10", "version": 0, "champs": {} });
    let mut wrong_kind = wrong.clone();
    wrong_kind["acte"] = json!("inconnu");
    anne.once("cle-2", &path, &wrong_kind).is(422);
    anne.once("cle-2", &path, &arrears(&json!(0))).is(201);
    assert_eq!(anne.once("cle-2", &path, &arrears(&json!(0))).is(201).json()["acte"], 1);
    // Ten at once with one key: one act.
    let at_once = arrears(&json!(1));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let ask = || anne.once("cle-3", &path, &at_once);
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    for answer in &answers {
        match answer.status {
            201 => assert_eq!(answer.json()["acte"], 2),
            409 => assert_eq!(answer.problem(), "idempotence-en-cours"),
            other => panic!("{other}: {}", answer.text()),
        }
    }
    assert!(answers.iter().any(|a| a.status == 201));
    let acts = anne.get(&format!("/dossiers/{number}")).json()["actes"].as_array().unwrap().len();
    assert_eq!(acts, 2);
    // Another's key is another key; and a key is forgotten after a day.
    house.agent("luc.weber", "instructeur", PREFECTURE, &[COLMAR]);
    let luc = program(&house, "luc.weber", &ALL, "10/03/2026");
    let theirs = luc.once("cle-1", "/dossiers", &body).is(201).json();
    assert_ne!(theirs["numero"], json!(number));
    house.go_to("2026-03-04");
    let fresh = anne.once("cle-1", "/dossiers", &body).is(201);
    assert!(!fresh.headers.contains_key("idempotency-replayed"));
    assert_ne!(fresh.json()["numero"], json!(number));
    assert_eq!(anne.once("une clé", "/dossiers", &body).is(400).faults(), ["Idempotency-Key"]);
}

/// two who write one section: mine and theirs, field by field; two who act on one dossier: the
/// version now.
#[test]
fn what_collides_is_shown_side_by_side_x_01() {
    let (_house, anne) = town();
    let number = open(&anne, "Zimmermann");
    let at = format!("/dossiers/{number}");
    let path = format!("{at}/volets/dette");
    let new = json!({ "champs": { "montant": "1500.00", "dispositif": "fsl" } });
    assert_eq!(anne.post(&path, &new).is(201).json()["id"], "1");
    anne.post(&path, &new).is(422);
    let seen = anne.get(&at).json();
    let debt = seen["volets"].as_array().unwrap().iter().find(|v| v["volet"] == "dette").unwrap();
    let write = |version: &Value, amount: &str| {
        let champs = json!({ "montant": amount, "dispositif": "fsl" });
        anne.json("PUT", &format!("{path}/1"), &json!({ "version": version, "champs": champs }))
    };
    write(&debt["version"], "1600.00").is(204);
    let clash = write(&debt["version"], "1700.00").is(409);
    assert_eq!(clash.problem(), "conflit");
    let clash = clash.json()["conflit"].clone();
    assert_eq!(clash["champs"], json!({ "montant": { "mien": "1700.00", "leur": "1600.00" } }));
    write(&clash["version"], "1700.00").is(204);
    // Acts are checked by the dossier's version.
    let stale = arrears(&seen["version"]);
    anne.post(&format!("{at}/actes"), &stale).is(201);
    let moved = anne.post(&format!("{at}/actes"), &stale).is(409);
    assert_eq!((moved.problem().as_str(), &moved.json()["version"]), ("version", &json!(1)));
}

/// Every fault at once, each with its field; unknown members, wrong types, too deep, too large, not
/// JSON, not declared as JSON.
#[test]
fn what_is_wrong_is_told_at_once_x_07() {
    let (_house, anne) = town();
    let number = open(&anne, "Zimmermann");
    let path = format!("/dossiers/{number}/actes");
    let body = json!({
        "acte": "impaye-constitue", "le": "2026-02-10",
        "champs": { "montant_dette": "douze", "tiers_payant": "oui", "religion": "x" },
    });
    let refused = anne.post(&path, &body).is(422);
    let mut faults = refused.faults();
    faults.sort();
    assert_eq!(
        faults,
        ["champs.montant_dette", "champs.religion", "champs.tiers_payant", "version"]
    );
    assert!(!refused.text().contains("douze"), "nothing of what was sent comes back");
    let shape = json!({ "acte": 3, "le": "02/03/2026", "inconnu": true, "champs": { "x": [1] } });
    let refused = anne.post(&path, &shape).is(400);
    let mut faults = refused.faults();
    faults.sort();
    assert_eq!(
        (refused.problem().as_str(), faults.as_slice()),
        ("illisible", &["acte".to_owned(), "champs.x".to_owned(), "inconnu".to_owned()][..])
    );
    let deep = format!("{{\"acte\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    let json_type = [("Content-Type", "application/json")];
    assert_eq!(anne.send("POST", &path, &json_type, deep.as_bytes()).problem(), "illisible");
    assert_eq!(anne.send("POST", &path, &json_type, b"{").is(400).problem(), "illisible");
    assert_eq!(anne.send("POST", &path, &[], b"{}").is(415).problem(), "format");
    let large = vec![b' '; 300 * 1024];
    assert_eq!(anne.send("POST", &path, &json_type, &large).is(413).problem(), "trop-grand");
    for query in ["?apres=zz", "?gravite=4", "?gravite=x", "?inconnu=1", "?secteur=1&secteur=2"] {
        assert_eq!(
            anne.get(&format!("/dossiers{query}")).is(400).problem(),
            "illisible",
            "{query}"
        );
    }
    let lost = json!({ "secteur": "999", "volets": [{ "volet": "rapport_police", "champs": {} }] });
    let mut faults = anne.post("/dossiers", &lost).is(422).faults();
    faults.sort();
    assert_eq!(faults, ["secteur", "volets", "volets", "volets.0.volet"]);
}

/// Pages by key set: every dossier once, though others change meanwhile.
#[test]
fn pages_do_not_move_under_their_reader() {
    let house = House::demonstration("2026-11-23", 180).0;
    let login = house.wait(house.huis.demo_logins()).unwrap();
    let chef = login.iter().find(|l| l.profile == "instructeur").unwrap();
    let by = program(&house, &chef.login, &ALL, "10/12/2026");
    let mut seen: Vec<String> = Vec::new();
    let mut path = "/dossiers".to_owned();
    loop {
        let page = by.get(&path).is(200).json();
        let lines = page["dossiers"].as_array().unwrap();
        assert!(lines.len() <= 50);
        seen.extend(lines.iter().map(|l| l["numero"].as_str().unwrap().to_owned()));
        let Some(next) = page["suite"].as_str() else { break };
        assert!(next.bytes().all(|b| b.is_ascii_hexdigit()), "opaque");
        path = format!("/dossiers?apres={next}");
    }
    let mut once = seen.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), seen.len(), "none twice");
    let board = by.get("/tableau").json();
    let count = |c: &Value| c["nombre"].as_u64().unwrap();
    let total: u64 = board["cases"].as_array().unwrap().iter().map(count).sum();
    assert_eq!(u64::try_from(seen.len()).unwrap(), total, "none left out");
}

/// the archive opens by its passphrase for one token, closes behind a silent one, and a file
/// as a paper says what its page says.
#[test]
fn the_archive_opens_for_one_token_and_closes_behind_a_silent_one_x_12() {
    let (house, anne) = town();
    house.agent("odile.martin", "archiviste", "Archives", &[]);
    let number = open(&anne, "Zimmermann");
    anne.act(&number, "cloture", TODAY, json!({ "motif": "dette_soldee" }));
    house.go_to("2026-03-03");
    let odile = program(&house, "odile.martin", &ALL, "10/03/2026");
    let ask = json!({ "numero": number, "archive": true });
    let id = odile.post("/recherches", &ask).is(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/recherches/{id}");
    assert_eq!(odile.get(&path).is(409).problem(), "archive-fermee");
    odile.post("/archives/ouverture", &json!({ "phrase": "fausse" })).is(422);
    odile.post("/archives/ouverture", &json!({ "phrase": ARCHIVE })).is(204);
    odile.get(&path).is(200);
    let other = program(&house, "odile.martin", &ALL, "10/03/2026");
    let theirs = other.post("/recherches", &ask).is(201).json()["id"].as_str().unwrap().to_owned();
    assert_eq!(other.get(&format!("/recherches/{theirs}")).is(409).problem(), "archive-fermee");
    // Who has no archive grant is told of no archive.
    assert_eq!(
        anne.post("/archives/ouverture", &json!({ "phrase": ARCHIVE })).problem(),
        "introuvable"
    );
    use huis_kernel::Clock;
    house.clock.set(house.clock.now().plus_ms(16 * 60_000));
    assert_eq!(odile.get(&path).is(409).problem(), "archive-fermee", "silent for a quarter");
}
