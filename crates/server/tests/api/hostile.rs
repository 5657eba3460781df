//! Hostile bytes in the place of JSON: each is answered with a problem that says what is wrong, and none with
//! a fault of the program.

use huis_testkit::fuzz;
use std::{cell::RefCell, collections::BTreeMap};

use crate::{
    client::{PREFECTURE, open, program},
    common::House,
};

#[test]
fn hostile_json_is_answered_a_23() {
    let house = House::on("2026-11-23");
    house.agent("anne.keller", "instructeur", PREFECTURE, &[]);
    let by = program(&house, "anne.keller", &["lecture", "actes"], "30/11/2026");
    let number = open(&by, "Roth");
    let statuses = RefCell::new(BTreeMap::<u16, u32>::new());
    let done = fuzz("json", 300, |bytes| {
        for path in ["/dossiers".to_owned(), format!("/dossiers/{number}/actes")] {
            let headers = [("Content-Type", "application/json")];
            let answer = by.send("POST", &path, &headers, bytes);
            assert!(answer.status < 500, "{path}: {}", answer.text());
            if answer.status >= 400 {
                assert!(!answer.problem().is_empty());
            }
            *statuses.borrow_mut().entry(answer.status).or_default() += 1;
        }
    });
    let statuses = statuses.into_inner();
    println!("json: {:?}; answers {statuses:?}", done.unwrap());
    assert!(statuses.contains_key(&201) && statuses.len() > 2, "{statuses:?}");
}
