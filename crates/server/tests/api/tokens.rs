//! Tokens: made and revoked on their page, told in the trace, gone with what they stood on (X-17,
//! X-18); what is asked too often; a token is in no log, no address, and no cookie opens the API.

use huis_api::Rates;
use serde_json::json;

use super::{
    client::{ALL, PREFECTURE, Program, make, nobody, open, program},
    program as binary,
};
use crate::common::{COLMAR, House, http::Visitor};

const TODAY: &str = "2026-03-02";

/// Revokes the first token of someone, on the page.
pub fn revoke(house: &House, login: &str) {
    let mut visitor = Visitor::new(house.address);
    visitor.sign_in(login);
    let page = visitor.get("/mon-compte/jetons");
    let (_, rest) = page.body.split_once("action=\"/mon-compte/jetons/").expect("one to revoke");
    let id = rest.split('/').next().unwrap();
    let hidden = page.hidden();
    let to = format!("/mon-compte/jetons/{id}/revoquer");
    let done = visitor.post(&to, &[("_csrf", hidden["_csrf"].as_str())]);
    let done = visitor.follow(done);
    assert!(done.body.contains("n’ouvre plus rien"), "{}", done.body);
}

/// A page refuses what is not a token to make, all at once; what is made is shown once.
#[test]
fn a_token_has_a_name_a_scope_and_an_end_and_is_shown_once_x_18() {
    let house = House::on(TODAY);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    house.agent("luc.weber", "instructeur", PREFECTURE, &[COLMAR]);
    let mut visitor = Visitor::new(house.address);
    visitor.sign_in("anne.keller");
    let page = make(&mut visitor, &[], "02/03/2027");
    assert_eq!(page.status, 422);
    let page = page.body.replace('\u{a0}', " ");
    assert!(page.contains("au plus tard le 31 mai 2026"), "the setting's ninety days: {page}");
    assert!(page.contains("Cochez au moins une case"));
    let page = make(&mut visitor, &["lecture"], "31/05/2026");
    assert_eq!(page.status, 200);
    let token = page.body.split_once("value=\"huis_").expect("shown").1[..43].to_owned();
    let again = visitor.get("/mon-compte/jetons");
    assert!(again.body.contains("Logiciel d’essai") && !again.body.contains(&token));
    assert!(visitor.get("/mon-compte").body.contains("Un jeton en vigueur"));
    // Another's token is nobody's to revoke.
    let id = again.body.split_once("action=\"/mon-compte/jetons/").unwrap().1;
    let to = format!("/mon-compte/jetons/{}/revoquer", id.split('/').next().unwrap());
    let mut other = Visitor::new(house.address);
    other.sign_in("luc.weber");
    let csrf = other.get("/mon-compte/jetons").hidden()["_csrf"].clone();
    assert_eq!(other.post(&to, &[("_csrf", csrf.as_str())]).status, 404);
    // The form bears the session's mark, as every form does.
    assert_eq!(visitor.post(&to, &[("_csrf", "faux")]).status, 400);
    let by = Program { address: house.address, token: Some(format!("huis_{token}")) };
    let me = by.get("/moi").is(200).json();
    assert_eq!(me["identifiant"], "anne.keller");
    assert_eq!(
        me["jeton"],
        json!({ "nom": "Logiciel d’essai", "portees": ["lecture"], "fin": "2026-05-31" })
    );
}

/// from the next request on, a token whose agent lost the last grant opens nothing; the trace
/// tells of its making, its use and its end, and holds no token.
#[test]
fn a_token_ends_with_the_grant_and_the_trace_tells_its_life_x_17_x_23() {
    let house = House::on(TODAY);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    house.agent("alex.meyer", "administrateur", "Préfecture", &[]);
    house.agent("dora.muller", "dpo", "Préfecture", &[]);
    let anne = program(&house, "anne.keller", &ALL, "10/03/2026");
    let number = open(&anne, "Zimmermann");
    let second = program(&house, "anne.keller", &["lecture"], "10/03/2026");
    second.get(&format!("/dossiers/{number}")).is(200);
    revoke(&house, "anne.keller");
    assert_eq!(second.get("/moi").is(401).problem(), "jeton");
    anne.get("/moi").is(200);
    let alex = program(&house, "alex.meyer", &ALL, "10/03/2026");
    let grants = alex.get("/habilitations").is(200).json();
    let of_anne = |g: &&serde_json::Value| g["nom"] == "Anne Keller";
    let grant = grants.as_array().unwrap().iter().find(of_anne).unwrap()["id"].clone();
    let path = format!("/habilitations/{}/retrait", grant.as_str().unwrap());
    alex.post(&path, &json!({ "motif": "Départ du service" })).is(204);
    assert_eq!(anne.get("/moi").is(401).problem(), "jeton");
    // The page of traces, through the API, a page at a time.
    let dora = program(&house, "dora.muller", &ALL, "10/03/2026");
    let mut told = Vec::new();
    let mut path = "/traces".to_owned();
    for _ in 0..20 {
        let page = dora.get(&path).is(200).json();
        for line in page["lignes"].as_array().unwrap() {
            told.push((line["operation"].as_str().unwrap().to_owned(), line["refusee"] == true));
        }
        assert!(!page.to_string().contains("huis_"), "a token in the trace");
        match page["suite"].as_str() {
            Some(next) => path = format!("/traces?apres={next}"),
            None => break,
        }
    }
    let count = |name: &str, refused: bool| {
        told.iter().filter(|(op, r)| op == name && *r == refused).count()
    };
    assert_eq!(count("token-made", false), 4);
    assert_eq!(count("token-revoked", false), 1);
    assert_eq!(count("token-used", false), 4, "{told:?}");
    // Revoked, and without a grant in force: each try is told, under its agent's name.
    assert!(count("token-used", true) >= 1, "{told:?}");
}

/// 429 with its wait, for one token and for one address; another token still answers.
#[test]
fn what_is_asked_too_often_waits() {
    let rates = Rates { token: 5, address: 40, failure: 12 };
    let house = House::with_rates(TODAY, Some(rates));
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    house.agent("luc.weber", "instructeur", PREFECTURE, &[COLMAR]);
    let anne = program(&house, "anne.keller", &ALL, "10/03/2026");
    let luc = program(&house, "luc.weber", &ALL, "10/03/2026");
    for _ in 0..5 {
        anne.get("/moi").is(200);
    }
    let refused = anne.get("/moi").is(429);
    assert_eq!(
        (refused.problem().as_str(), refused.headers["retry-after"].as_str()),
        ("debit", "13")
    );
    luc.get("/moi").is(200);
    // Trying tokens costs the address more: three of them, and nobody there is answered for a while.
    let stranger = Program { token: Some("huis_x".to_owned()), ..nobody(&house) };
    let mut statuses: Vec<u16> = (0..4).map(|_| stranger.get("/moi").status).collect();
    statuses.dedup();
    assert_eq!(statuses, [401, 429]);
    luc.get("/moi").is(429);
}

/// No cookie opens the API, no answer of it sets one, none may be kept, no other site may ask.
#[test]
fn the_api_takes_no_cookie_and_says_nothing_to_other_sites() {
    let house = House::on(TODAY);
    house.agent("anne.keller", "instructeur", PREFECTURE, &[COLMAR]);
    let anne = program(&house, "anne.keller", &ALL, "10/03/2026");
    let answer = anne.send("GET", "/moi", &[("Origin", "https://ailleurs.example")], b"").is(200);
    for absent in ["set-cookie", "access-control-allow-origin", "access-control-allow-credentials"]
    {
        assert!(!answer.headers.contains_key(absent), "{absent}");
    }
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(anne.send("OPTIONS", "/moi", &[], b"").status, 405);
    // A wrong method and a wrong path are problems too.
    assert_eq!(anne.get("/recherches").problem(), "methode");
    assert_eq!(anne.get("/nulle-part").problem(), "introuvable");
    assert_eq!(nobody(&house).get("/nulle-part").problem(), "introuvable");
}

/// The real program, from its command line: the API answers, and what it says of requests holds no
/// token and no name (I13).
#[test]
fn the_built_program_serves_the_api_and_logs_no_token_i13() {
    use std::io::{BufRead, BufReader};
    let (folder, data) = binary::demonstration(20);
    let log = folder.path().join("journal");
    let mut child = binary::program()
        .env("HUIS_LOG", "debug")
        .args(["serve", "--data", data.to_str().unwrap(), "--listen", "127.0.0.1:0"])
        .stdout(std::process::Stdio::piped())
        // A file, not a pipe: nobody reads it while the program writes.
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let says = lines.find_map(|l| {
        let l = l.ok()?;
        l.contains("127.0.0.1:").then_some(l)
    });
    let says = says.expect("where it listens");
    let port = says.split("127.0.0.1:").nth(1).unwrap();
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    let address = format!("127.0.0.1:{port}").parse().unwrap();
    let token = format!("huis_{}", "A".repeat(43));
    let by = Program { address, token: Some(token.clone()) };
    assert_eq!(by.get("/moi").is(401).problem(), "jeton");
    by.get(&format!("/moi?jeton={token}")).is(401);
    let document = Program { address, token: None }.get("/openapi.json").is(200).json();
    assert_eq!(document["openapi"], "3.1.0");
    child.kill().unwrap();
    child.wait().unwrap();
    let mut text = std::fs::read_to_string(&log).unwrap();
    assert!(text.len() > 1_000, "a log that says something");
    text.extend(lines.map_while(Result::ok));
    assert!(!text.contains("huis_A"), "a token in the log: {text}");
}
