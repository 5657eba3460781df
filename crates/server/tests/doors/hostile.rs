//! Hostile bytes through the doors themselves: a file sent, a form sent, by someone signed in. Each is
//! answered, none with a fault of the program.

use huis_testkit::fuzz;
use huis_usecases::accounts::Signed;
use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    common::{COLMAR, House, PASSWORD},
    wire,
};

/// Replaces the word of a corpus by the token of the session.
fn with_token(bytes: &[u8], token: &str) -> Vec<u8> {
    let word = b"TOKEN";
    let Some(at) = bytes.windows(word.len()).position(|w| w == word) else { return bytes.to_vec() };
    [&bytes[..at], token.as_bytes(), &bytes[at + word.len()..]].concat()
}

/// Sends each input of a target to an address, as a browser does; `good` is the status of what is taken.
fn sent(target: &str, path: &str, kind: &str, good: u16) {
    let house = House::on("2026-11-23");
    house.agent("anne.keller", "instructeur", "Essai", &[COLMAR]);
    let signed = house.wait(house.huis.sign_in("anne.keller", PASSWORD, "127.0.0.1")).unwrap();
    let Signed::Session(session) = signed else { panic!("no session") };
    let state = house.wait(house.huis.caller(&session.token, "127.0.0.1")).unwrap().unwrap();
    let statuses = RefCell::new(BTreeMap::<u16, u32>::new());
    let done = fuzz(target, 300, |bytes| {
        let body = with_token(bytes, &state.csrf);
        let head = format!(
            "POST {path} HTTP/1.0\r\nHost: {}\r\nCookie: huis_session={}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            house.address,
            session.token,
            body.len()
        );
        let answer = wire::raw(house.address, &[head.as_bytes(), &body].concat());
        let answer = answer.expect("an answer");
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
        *statuses.borrow_mut().entry(answer.status).or_default() += 1;
    });
    let statuses = statuses.into_inner();
    println!("{target}: {:?}; answers {statuses:?}", done.unwrap());
    assert!(statuses.contains_key(&good) && statuses.len() > 1, "{statuses:?}");
}

#[test]
fn hostile_uploads_are_answered_x_26_a_23() {
    sent("upload", "/imports", "multipart/form-data; boundary=B", 303);
}

#[test]
fn hostile_forms_are_answered_a_23() {
    sent("form", "/dossiers/nouveau", "application/x-www-form-urlencoded", 303);
}
