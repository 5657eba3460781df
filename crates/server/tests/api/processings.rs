//! Two processings for one agent: a header names which; what is not theirs is as what does not exist
//! (I13, X-16). The copy of a person's data, in the processing of requests (I12).

use huis_api::operations;
use serde_json::{Value, json};
use std::sync::Arc;

use super::{
    client::{ALL, Answer, Program, program},
    samples::{path, sample},
};
use crate::common::House;

const TODAY: &str = "2026-11-23";
const UNTIL: &str = "10/12/2026";
const RIGHTS: (&str, &str) = ("Huis-Traitement", "droits");

/// The demonstration, with a clerk who holds a desk and one who does not.
fn town() -> (House, Program, Program) {
    let (house, _) = House::demonstration(TODAY, 60);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = &logins.iter().find(|l| l.profile == "instructeur").unwrap().login;
    let both = program(&house, login, &ALL, UNTIL);
    house.agent("simon.sans", "instructeur", "Préfecture", &[]);
    let one = program(&house, "simon.sans", &ALL, UNTIL);
    (house, both, one)
}

fn get(by: &Program, path: &str) -> Answer {
    by.send("GET", path, &[RIGHTS], b"")
}

fn numbers(list: &Value) -> Vec<String> {
    let lines = list["dossiers"].as_array().unwrap().iter();
    lines.map(|l| l["numero"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_header_names_the_processing_and_what_is_not_theirs_does_not_exist_i13_x_16() {
    let (_house, both, one) = town();
    // Absent, the oldest grant's; named, its own list, its own powers, its own model.
    let me = both.get("/moi").is(200).json();
    assert_eq!(me["traitement"], "expulsion");
    let named = |me: &Value| {
        let all = me["traitements"].as_array().unwrap();
        all.iter().map(|t| t["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(named(&me), ["expulsion", "droits"]);
    let there = get(&both, "/moi").is(200).json();
    assert_eq!(there["traitement"], "droits");
    let may = |me: &Value| me["pouvoirs"].to_string().contains("\"copier\"");
    assert!(may(&there) && !may(&me), "{there}");
    let (evictions, requests) = (both.get("/dossiers").json(), get(&both, "/dossiers").json());
    let (evictions, requests) = (numbers(&evictions), numbers(&requests));
    assert!(!evictions.is_empty() && !requests.is_empty());
    assert!(evictions.iter().all(|n| !requests.contains(n)));
    let request = format!("/dossiers/{}", requests[0]);
    get(&both, &request).is(200);
    assert_eq!(both.get(&request).is(404).problem(), "introuvable");
    assert_eq!(get(&both, &format!("/dossiers/{}", evictions[0])).problem(), "introuvable");
    assert_eq!(both.send("GET", "/moi", &[RIGHTS, RIGHTS], b"").is(400).problem(), "illisible");
    // Unknown, malformed, or another's: one answer, to the byte, at every operation.
    assert_eq!(named(&one.get("/moi").json()), ["expulsion"]);
    for operation in operations() {
        let (query, body) = sample(operation.id, &requests[0]);
        let at = format!("{}{query}", path(operation.path, &requests[0]));
        let (kind, body) = match body {
            Some(body) => ("application/json", body.to_string()),
            None if operation.id == "imports.envoyer" => ("text/csv", "a;b\n".to_owned()),
            None => ("text/plain", String::new()),
        };
        let ask = |name: &str| {
            let headers = [("Content-Type", kind), ("Huis-Traitement", name)];
            one.send(operation.method, &at, &headers, body.as_bytes())
        };
        let theirs = ask("droits").is(404);
        assert_eq!(theirs.problem(), "introuvable", "{operation:?}");
        for unknown in ["nulle-part", "Expulsion", "*", ""] {
            let other = ask(unknown).is(404);
            assert_eq!(theirs.text(), other.text(), "{operation:?} {unknown}");
        }
    }
}

/// A key is of a request in its processing; the header is in the document, on every operation.
#[test]
fn a_key_is_of_its_processing_and_the_header_is_documented() {
    let (_house, both, _) = town();
    let ask = json!({ "numero": "0000-0001-B" }).to_string();
    let send = |headers: &[(&str, &str)]| {
        let mut all = vec![("Content-Type", "application/json"), ("Idempotency-Key", "k-1")];
        all.extend_from_slice(headers);
        both.send("POST", "/recherches", &all, ask.as_bytes())
    };
    send(&[]).is(201);
    assert_eq!(send(&[]).is(201).headers["idempotency-replayed"], "true");
    assert_eq!(send(&[RIGHTS]).is(422).problem(), "idempotence");
    let document = Program { token: None, ..both.clone() }.get("/openapi.json").json();
    let header = &document["components"]["parameters"]["traitement"];
    assert_eq!(header["schema"]["enum"], json!(["expulsion", "droits"]));
    let mut seen = 0;
    for (at, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let all = operation["parameters"].as_array().unwrap();
            let named = json!({ "$ref": "#/components/parameters/traitement" });
            assert!(all.contains(&named), "{method} {at}");
            seen += 1;
        }
    }
    assert_eq!(seen, operations().len());
}

/// I12, X-16: the desk reads what would be copied, gives it as a PDF, and the request keeps it; for
/// anyone else there is no such thing.
#[test]
fn a_desk_gives_a_person_their_copy_i12_x_16() {
    let (house, both, one) = town();
    house.huis.set_press(Arc::new(huis_press::TypstPress::new()));
    let requests = numbers(&get(&both, "/dossiers").json());
    let mut made = false;
    for request in requests {
        let at = format!("/dossiers/{request}");
        let seen = get(&both, &at).json();
        let demand = seen["volets"].as_array().unwrap().iter();
        let Some(demand) = demand.clone().find(|v| v["volet"] == "demande") else { continue };
        let Some(number) = demand["champs"]["numeros"].as_str() else { continue };
        let number = number.split(',').next().unwrap().trim();
        let look = get(&both, &format!("{at}/copie?dossier={number}"));
        if look.status != 200 || look.json()["etat"] != "copie" {
            assert!([404, 409, 422].contains(&look.status), "{}", look.text());
            continue;
        }
        let copy = look.json()["copie"].clone();
        assert_eq!((&copy["traitement"], &copy["dossier"]), (&json!("expulsion"), &json!(number)));
        assert!(!copy["volets"].as_array().unwrap().is_empty());
        assert!(!copy["consultations"].as_array().unwrap().is_empty());
        assert!(copy["mentions"].to_string().contains("CNIL"), "{}", copy["mentions"]);
        // Elsewhere than where requests are taken, or for who holds no desk, there is none.
        let asked = format!("{at}/copie?dossier={number}");
        assert_eq!(both.get(&asked).is(404).problem(), "introuvable");
        assert_eq!(get(&one, &asked).is(404).problem(), "introuvable");
        let send = |by: &Program, body: &Value, extra: &[(&str, &str)]| {
            let mut headers = vec![RIGHTS, ("Content-Type", "application/json")];
            headers.extend_from_slice(extra);
            by.send("POST", &format!("{at}/copie"), &headers, body.to_string().as_bytes())
        };
        let body = json!({ "dossier": number });
        assert_eq!(send(&one, &body, &[]).is(404).problem(), "introuvable");
        let reader = Program { token: reading(&house), ..both.clone() };
        assert_eq!(send(&reader, &body, &[]).is(403).problem(), "portee");
        // What may be left out, and why, is said; a file is not given again by a key.
        let wrong = json!({ "dossier": number, "ecarter": ["v.occupant.1.nom"], "pourquoi": "x" });
        assert_eq!(send(&both, &wrong, &[]).is(422).faults(), ["ecarter"]);
        let mute = json!({ "dossier": number, "ecarter": ["v.occupant.1.nom"] });
        assert_eq!(send(&both, &mute, &[]).is(422).faults(), ["pourquoi"]);
        let keyed = send(&both, &body, &[("Idempotency-Key", "k")]).is(400);
        assert_eq!(keyed.faults(), ["Idempotency-Key"]);
        let recorded = |seen: &Value| {
            seen["actes"].as_array().unwrap().iter().filter(|a| a["genre"] == "copie").count()
        };
        let before = recorded(&get(&both, &at).json());
        let file = send(&both, &body, &[]).is(200);
        assert!(file.bytes.starts_with(b"%PDF-1.7"), "{}", file.text());
        assert_eq!(file.headers["content-type"], "application/pdf");
        assert_eq!(recorded(&get(&both, &at).json()), before + 1, "the request keeps it");
        made = true;
        break;
    }
    assert!(made, "a request of access that one may answer");
}

/// A token of the desk's holder that reads, and no more.
fn reading(house: &House) -> Option<String> {
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = &logins.iter().find(|l| l.profile == "instructeur").unwrap().login;
    program(house, login, &["lecture"], UNTIL).token
}
