//! Who may do nothing is told nothing, at every operation of the table: without a token, with one
//! that is over, without the scope, without the power, and out of the perimeter (I13, X-11, X-17).

use huis_api::{Operation, operations};

use super::{
    client::{ALL, Answer, MULHOUSE, PREFECTURE, Program, case, nobody, program},
    samples::{path, sample},
};
use crate::common::{COLMAR, House};

const TODAY: &str = "2026-03-02";
const UNKNOWN: &str = "0000-0001-B";

fn ask(by: &Program, operation: &Operation, number: &str) -> Answer {
    let (query, body) = sample(operation.id, number);
    let path = format!("{}{query}", path(operation.path, number));
    match (body, operation.id) {
        (Some(body), _) => by.json(operation.method, &path, &body),
        (None, "imports.envoyer") => {
            by.send("POST", &path, &[("Content-Type", "application/octet-stream")], b"a;b\n1;2\n")
        }
        (None, _) => by.send(operation.method, &path, &[], b""),
    }
}

/// What an answer says, without its number.
fn said(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let headers =
        answer.headers.iter().filter(|(n, _)| !["x-request-id", "date"].contains(&n.as_str()));
    (answer.status, headers.map(|(n, v)| (n.clone(), v.clone())).collect(), answer.text())
}

fn house() -> House {
    let house = House::on(TODAY);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    house.agent("luc.weber", "instructeur", PREFECTURE, &[MULHOUSE]);
    house.agent("remi.klein", "ministere", "Ministère", &[]);
    house
}

/// no token, garbage, a token of another kind, one that is over, one that was revoked,
/// and one whose agent's last grant has ended: one answer.
#[test]
fn without_a_token_in_force_no_operation_answers_x_17() {
    let house = house();
    let alive = program(&house, "anne.keller", &ALL, "10/03/2026");
    let expired = program(&house, "anne.keller", &ALL, "03/03/2026");
    let revoked = program(&house, "luc.weber", &ALL, "10/03/2026");
    super::tokens::revoke(&house, "luc.weber");
    let mut garbage = alive.clone();
    garbage.token = garbage.token.map(|t| format!("{}A", &t[..t.len() - 1]));
    let mut bare = alive.clone();
    bare.token = bare.token.map(|t| t.trim_start_matches("huis_").to_owned());
    alive.get("/moi").is(200);
    house.go_to("2026-03-04");
    alive.get("/moi").is(200);
    let expect = said(&nobody(&house).get("/moi").is(401));
    assert!(expect.1.contains(&("www-authenticate".to_owned(), "Bearer".to_owned())));
    for operation in operations() {
        for (who, by) in [
            ("nobody", &nobody(&house)),
            ("garbage", &garbage),
            ("without its prefix", &bare),
            ("expired", &expired),
            ("revoked", &revoked),
        ] {
            let answer = ask(by, &operation, UNKNOWN);
            assert_eq!(said(&answer), expect, "{operation:?} by {who}");
        }
        // Nor by a cookie, nor in the address.
        let mut token = alive.token.clone().unwrap();
        let bare = path(operation.path, UNKNOWN);
        for name in ["access_token", "jeton", "token"] {
            let answer =
                nobody(&house).send(operation.method, &format!("{bare}?{name}={token}"), &[], b"");
            assert_eq!(said(&answer), expect, "{operation:?}: in the address");
        }
        token = format!("huis_session={token}");
        let answer = nobody(&house).send(operation.method, &bare, &[("Cookie", &token)], b"");
        assert_eq!(said(&answer), expect, "{operation:?}: as a cookie");
    }
}

/// A token does what its scopes say, and no other operation, whatever its agent may.
#[test]
fn without_its_scope_no_operation_answers() {
    let house = house();
    for scope in ALL {
        let by = program(&house, "anne.keller", &[scope], "10/03/2026");
        for operation in operations() {
            let answer = ask(&by, &operation, UNKNOWN);
            let within = operation.scope.code() == scope;
            assert_eq!(
                answer.status == 403,
                !within,
                "{operation:?} by {scope}: {}",
                answer.text()
            );
            if !within {
                assert_eq!(answer.problem(), "portee");
            }
        }
    }
}

/// a profile without a power answers as if there were nothing, at every operation but those
/// that tell only of oneself.
#[test]
fn without_the_power_no_operation_answers_x_14_i13() {
    let house = house();
    let anne = program(&house, "anne.keller", &ALL, "10/03/2026");
    let number = super::client::open(&anne, "Zimmermann");
    let by = program(&house, "remi.klein", &ALL, "10/03/2026");
    // What is recorded once is the office's: nothing of it is there yet.
    assert_eq!(by.get("/procedure").problem(), "introuvable");
    // The counters are without identity, and everyone's.
    let own = [
        "moi.lire",
        "modele.lire",
        "attendus.lire",
        "depots.lire",
        "archives.fermer",
        "compteurs.lire",
        "moi.courriels",
        "moi.choisir-courriels",
        "moi.agenda",
        "moi.faire-agenda",
        "moi.retirer-agenda",
        // Public.
        "information.lire",
        "information.facile",
    ];
    // Several dossiers at once: each is answered for itself, as one that does not exist.
    let batch =
        ["courriers.preparer", "courriers.envoyer", "courriers.reprendre", "courriers.revenu"];
    for operation in operations() {
        let answer = ask(&by, &operation, &number);
        if own.contains(&operation.id) {
            assert!(answer.status < 300, "{operation:?}: {}", answer.text());
        } else if batch.contains(&operation.id) {
            assert_eq!(answer.json()["faits"].as_array().map(Vec::len), Some(0), "{operation:?}");
        } else {
            assert_eq!(answer.status, 404, "{operation:?}: {}", answer.text());
            assert_eq!(answer.problem(), "introuvable");
        }
        assert!(!answer.text().contains("Zimmermann"), "{operation:?}");
    }
    let model = by.get("/modele").json();
    assert_eq!(model["actes"].as_array().map(Vec::len), Some(0));
    assert_eq!(model["volets"].as_array().map(Vec::len), Some(0));
}

/// I13: a dossier that one may not know of, and one that does not exist: the same answer, to the
/// byte, at every operation on a dossier.
#[test]
fn a_dossier_out_of_the_perimeter_answers_as_one_that_does_not_exist_i13() {
    let house = house();
    let luc = program(&house, "luc.weber", &ALL, "10/03/2026");
    let made = luc.post("/dossiers", &case("Zimmermann", MULHOUSE, "68224")).is(201).json();
    let hidden = made["numero"].as_str().unwrap();
    luc.get(&format!("/dossiers/{hidden}")).is(200);
    let anne = program(&house, "anne.keller", &ALL, "10/03/2026");
    let mut seen = 0;
    for operation in operations().iter().filter(|o| o.path.contains("{numero}")) {
        let (one, other) = (ask(&anne, operation, hidden), ask(&anne, operation, UNKNOWN));
        let same = |a: &Answer, number: &str| {
            let (status, headers, text) = said(a);
            (status, headers, text.replace(number, "N"))
        };
        assert_eq!(same(&one, hidden), same(&other, UNKNOWN), "{operation:?}");
        assert!(
            one.status == 404 || operation.id == "courriers.revenu",
            "{operation:?}: {}",
            one.text()
        );
        seen += 1;
    }
    assert!(seen > 20, "the walk has lost its operations");
    // Nor through a list, a search or a cursor.
    for path in ["/dossiers", "/journee", "/tableau", &format!("/dossiers?secteur={MULHOUSE}")] {
        assert!(!anne.get(path).is(200).text().contains(hidden), "{path}");
    }
}
