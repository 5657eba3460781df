//! What one may not know of an account: whether it exists, is locked, is closed, has a second factor, was
//! tried too often. Every attempt answers alike, to the byte, and costs alike: the same number of password
//! hashes, counted and not timed (S-11, X-18, I13).

use huis_testkit::Phone;
use huis_usecases::{Caller, accounts::Signed};

use crate::{
    common::{COLMAR, House, PASSWORD},
    limits::{jar, sign_in, token},
    wire::{Answer, ask},
};

/// Names as long as each other: what echoes one is as long as what echoes another.
const ACTIVE: &str = "anne.keller";
const CODED: &str = "bruno.coder";
const LOCKED: &str = "clara.stopp";
const CLOSED: &str = "denis.closs";
const NOBODY: &str = "zoe.inconnu";
const LOGINS: [&str; 5] = [ACTIVE, CODED, LOCKED, CLOSED, NOBODY];

const WRONG: &str = "pas-le-bon-mot";

/// All that a visitor sees of an answer, and the work that it took.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    hashes: u64,
}

/// Hashes that this server computed, as its figures tell them.
fn hashes(house: &House) -> u64 {
    let figures = house.wait(house.huis.figures());
    let line = figures.lines().find_map(|l| l.strip_prefix("huis_password_hashes_total "));
    line.expect("the server counts its hashes").parse().unwrap()
}

/// What an answer shows, but the number of its request, the hour, its form's token and the login typed.
fn seen(house: &House, act: impl FnOnce() -> Answer) -> Seen {
    let before = hashes(house);
    let answer = act();
    let hashes = hashes(house) - before;
    let mut body = answer.text().replace(answer.header("x-request-id"), "R");
    if body.contains("name=\"_csrf\"") {
        body = body.replace(&token(&answer), "T");
    }
    for login in LOGINS {
        body = body.replace(login, "N");
    }
    let passing = ["x-request-id", "date"];
    let headers = answer.headers.into_iter().filter(|(n, _)| !passing.contains(&n.as_str()));
    Seen { status: answer.status, headers: headers.collect(), body, hashes }
}

fn tried(house: &House, login: &str, password: &str) -> Seen {
    seen(house, || sign_in(house.address, login, password, "", ""))
}

fn caller(house: &House, login: &str) -> (Caller, String) {
    let signed = house.wait(house.huis.sign_in(login, PASSWORD, "127.0.0.1")).unwrap();
    let Signed::Session(session) = signed else { panic!("{login} does not sign in") };
    let state = house.wait(house.huis.caller(&session.token, "127.0.0.1")).unwrap().unwrap();
    (state.caller, session.token)
}

/// One account of each kind, none of `NOBODY`.
fn peopled() -> House {
    let house = House::on("2026-11-23");
    for login in [ACTIVE, CODED, LOCKED, CLOSED] {
        house.agent(login, "instructeur", "Essai", &[COLMAR]);
    }
    let (_, session) = caller(&house, CODED);
    let state = house.wait(house.huis.caller(&session, "127.0.0.1")).unwrap().unwrap();
    let shown = house.wait(house.huis.enrol_begin(&state)).unwrap();
    let code = Phone::enrolled(&shown.secret).code(house.huis.now().0);
    house.wait(house.huis.enrol_confirm(&state, &code, "")).unwrap();
    house.agent("axel.maitre", "administrateur", "Essai", &[]);
    let (admin, _) = caller(&house, "axel.maitre");
    let id = |login| house.wait(house.huis.store().agent_by_login(login)).unwrap().unwrap().id;
    house.wait(house.huis.lock_agent(&admin, id(LOCKED))).unwrap();
    house.wait(house.huis.close_agent(&admin, id(CLOSED), "Départ")).unwrap();
    house
}

#[test]
fn a_refused_sign_in_answers_and_costs_the_same_whoever_it_is_s_11_x_18_i13() {
    let house = peopled();
    let nobody = tried(&house, NOBODY, WRONG);
    assert_eq!((nobody.status, nobody.hashes), (422, 1), "{}", nobody.body);
    assert!(nobody.body.contains("N") && nobody.headers.len() > 5, "{nobody:?}");
    for (login, password, what) in [
        (ACTIVE, WRONG, "a wrong password"),
        (CODED, WRONG, "a wrong password, where a code would be asked"),
        (LOCKED, WRONG, "a locked account"),
        (LOCKED, PASSWORD, "a locked account, by its password"),
        (CLOSED, WRONG, "a closed account"),
        (CLOSED, PASSWORD, "a closed account, by its password"),
    ] {
        assert_eq!(tried(&house, login, password), nobody, "{what}");
    }
    // Tried too often: from the same attempt on, for as long, and nothing more is computed.
    let mut shut = 0;
    for round in 0..6 {
        let (known, unknown) = (tried(&house, ACTIVE, WRONG), tried(&house, NOBODY, WRONG));
        assert_eq!(known, unknown, "try {round}");
        if known.status == 429 {
            assert_eq!(known.hashes, 0, "nothing is judged meanwhile");
            shut += 1;
        }
    }
    assert!(shut > 1, "tries are bounded");
    let (right, wrong) = (tried(&house, ACTIVE, PASSWORD), tried(&house, NOBODY, WRONG));
    assert_eq!(right.status, 429);
    assert_eq!(right, wrong, "the right password is not told from a wrong one");
}

#[test]
fn a_forgotten_password_answers_and_costs_the_same_whoever_it_is_s_11_i13() {
    let house = peopled();
    let page = ask(house.address, "GET", "/connexion/oubli", "", None);
    let asked = |login: &str| {
        let form = format!("_csrf={}&identifiant={login}", token(&page));
        seen(&house, || ask(house.address, "POST", "/connexion/oubli", &jar(&page), Some(&form)))
    };
    let nobody = asked(NOBODY);
    assert_eq!((nobody.status, nobody.hashes), (200, 0), "{}", nobody.body);
    for login in [ACTIVE, CODED, LOCKED, CLOSED] {
        assert_eq!(asked(login), nobody, "{login}");
    }
}
