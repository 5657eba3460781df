//! The rules of requests beside their register, and what they make of the others' registers.

use super::common::{date, draft, known, recorded, register, rights_register};
use huis_dossier::{Case, Facts, Processing, Value};
use huis_law::{Law, Place};
use huis_processings::rights::{Kind, Rights};
use huis_register::FieldKind;
use std::collections::BTreeSet;
use toml::{Table, Value as Toml};

/// The rules and the register name the same acts and the same fields.
#[test]
fn the_acts_are_those_of_the_register() {
    let register = rights_register();
    let ours: Vec<(String, Vec<String>)> = Kind::ALL
        .iter()
        .map(|k| (k.id().to_owned(), k.fields().iter().map(|f| (*f).to_owned()).collect()))
        .collect();
    let named: Vec<(String, Vec<String>)> = register
        .acts
        .iter()
        .map(|a| (a.id.clone(), a.fields.iter().map(|f| f.id.clone()).collect()))
        .collect();
    assert_eq!(ours, named);
}

/// A request can be about any processing that Huis ships, and about no other; both desks see and do
/// the same.
#[test]
fn a_request_names_a_processing_and_the_two_desks_are_alike_x_16() {
    let register = rights_register();
    let field = register.section("demande").unwrap().field("traitement").unwrap();
    let FieldKind::Choice(choices) = &field.kind else { panic!("une liste") };
    let named: BTreeSet<&str> = choices.iter().map(|c| c.code.as_str()).collect();
    let shipped = huis_processings::all();
    assert_eq!(named, shipped.iter().map(|p| p.id()).collect());
    let mut one = register.profile("guichet-gestionnaire").unwrap().clone();
    let other = register.profile("guichet-secretariat").unwrap();
    one.id.clone_from(&other.id);
    one.label.clone_from(&other.label);
    assert_eq!(&one, other);
    // D-25: each answer says that it is free, and that one may complain to the CNIL.
    for letter in &register.letters {
        for said in [huis_register::Mention::Free, huis_register::Mention::Complaint] {
            assert!(letter.mentions.contains(&said), "{}: {said:?}", letter.id);
        }
    }
}

/// what is recorded with the request itself — its receipt and the other desk's copy, whichever
/// desk took it — is what the rules accept.
#[test]
fn opening_a_request_forwards_it_the_same_day_x_16() {
    let (eviction, own, law) = (register(), rights_register(), Law::embedded().unwrap());
    let mut rules = Rights::default();
    rules.learn(&[&eviction, &own]);
    let today = "2026-11-12".parse().unwrap();
    for (desk, other) in [("gestionnaire", "secretariat"), ("secretariat", "gestionnaire")] {
        let sections: Table = format!(
            "[demandeur]\nnom = \"Roth\"\n[demande]\ndroit = \"opposition\"\ntraitement = \"expulsion\"\nrecue_le = 2026-11-12\nguichet = \"{desk}\""
        )
        .parse()
        .unwrap();
        let known = known(&own, Some(&Toml::Table(sections)));
        let place = Place { commune: String::new(), good_friday: false };
        let mut acts = Vec::new();
        for (no, draft) in (1..).zip(rules.opens_with(&known, today)) {
            let case = Case { opened_on: today, acts: &acts, known: &known, place: &place };
            rules.judge(&case, &draft, &law, today).unwrap();
            acts.push(recorded(no, draft, Facts::new()));
        }
        let kinds: Vec<&str> = acts.iter().map(|a| a.kind.as_str()).collect();
        assert_eq!(kinds, ["demande-recue", "transmission"]);
        assert_eq!(acts[1].facts["vers"], Value::Choice(other.to_owned()));
        let case = Case { opened_on: today, acts: &acts, known: &known, place: &place };
        let standing = rules.standing(&case, &law, today);
        let one_clock: Vec<_> = standing.terms.iter().filter(|t| t.rule == "reponse").collect();
        assert_eq!(one_clock.len(), 1, "{:?}", standing.terms);
        // The ground is the register's own, ready to be sent.
        let offer = rules.offers(&case, &law, today).remove(0);
        assert!(offer.expected && offer.kind == "reponse");
        let ground = eviction.right("opposition").unwrap().ground.clone().unwrap();
        assert_eq!(offer.prefill["motif"], Value::Text(ground));
    }
    let given: Table = "acte = \"reponse\"\nle = 2026-11-12\nsens = \"accordee\"".parse().unwrap();
    assert_eq!(draft(&own, &given).on, date(&given["le"]));
}
