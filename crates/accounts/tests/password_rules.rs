//! X-18: each rule refuses with its reason; the newer recommendation replaces rule by rule; no
//! maximum length; the strictest of several processings.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use huis_accounts::{
    Context, Cost, Hasher, Login, Password, PasswordHash, PasswordRules, Pepper, Rule, RuleBook,
    RuleBookFault, strictest,
};
use huis_kernel::{Date, SeededRng};
use proptest::prelude::*;
use serde::Deserialize;

const TODAY: Date = Date::constant(2026, 6, 1);

#[derive(Deserialize)]
struct Cases {
    cas: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    dit: String,
    jeu: String,
    mot: String,
    #[serde(default)]
    administrateur: bool,
    refuse: Vec<String>,
}

fn hasher() -> Hasher {
    Hasher::new(Pepper::from_bytes([9; 32]), vec![], Cost::LIGHTEST, &SeededRng::new(1)).unwrap()
}

fn rules(set: &str) -> PasswordRules {
    RuleBook::embedded().unwrap().rules(set, TODAY).unwrap()
}

fn refused(
    rules: &PasswordRules,
    word: &str,
    administrator: bool,
    previous: &[PasswordHash],
) -> Vec<String> {
    let hasher = hasher();
    let login = Login::typed("jean.dupont");
    let context = Context {
        login: &login,
        administrator,
        words: &["Préfecture du Haut-Rhin"],
        previous,
        hasher: &hasher,
    };
    let faults = rules.check(&Password::typed(word), &context).err().unwrap_or_default();
    for fault in &faults {
        assert!(fault.reason.ends_with('.') && !fault.article.is_empty(), "{fault:?}");
        assert!(word.len() < 5 || !fault.reason.contains(word), "no password in a message");
    }
    faults.iter().map(|fault| fault.rule.code().to_owned()).collect()
}

#[test]
fn x_18_each_rule_refuses_with_its_reason() {
    let file: Cases = toml::from_str(include_str!("cases/passwords.toml")).unwrap();
    for case in file.cas {
        let found = refused(&rules(&case.jeu), &case.mot, case.administrateur, &[]);
        assert_eq!(found, case.refuse, "{} : {} « {} »", case.jeu, case.dit, case.mot);
    }
}

#[test]
fn x_18_the_three_previous_passwords_are_refused_and_the_fourth_is_not() {
    let (hasher, rng) = (hasher(), SeededRng::new(2));
    let words = ["gK7!pR2?vT9;", "hL8!qS3?wU1;", "jM9!rT4?xV2;", "kN1!sU5?yW3;"];
    let hashes: Vec<_> =
        words.iter().map(|w| hasher.hash(&Password::typed(w), &rng).unwrap()).collect();
    for (rank, word) in words.iter().enumerate() {
        let expect: &[&str] = if rank < 3 { &["precedents"] } else { &[] };
        assert_eq!(refused(&rules("expulsion"), word, false, &hashes), expect, "{rank}");
    }
    assert!(
        refused(&rules("cnil"), words[0], false, &hashes).is_empty(),
        "the recommendation has no such rule"
    );
}

#[test]
fn x_18_no_length_is_too_great() {
    let long: String =
        (0..5_000_u32).map(|i| char::from(33 + ((i * i + i / 7) % 90) as u8)).collect();
    assert!(refused(&rules("expulsion"), &long, true, &[]).is_empty());
    let hasher = hasher();
    let hash = hasher.hash(&Password::typed(&long), &SeededRng::new(3)).unwrap();
    assert!(hasher.verify(&Password::typed(&long), Some(&hash)));
    assert!(
        !hasher.verify(&Password::typed(&long[..4_999]), Some(&hash)),
        "the last character counts"
    );
}

#[test]
fn x_18_the_reasons_name_their_source() {
    let hasher = hasher();
    let login = Login::typed("jean.dupont");
    let context =
        Context { login: &login, administrator: true, words: &[], previous: &[], hasher: &hasher };
    let faults =
        rules("expulsion-restriction").check(&Password::typed("abc"), &context).unwrap_err();
    let said: Vec<_> =
        faults.iter().map(|f| (f.reason.as_str(), f.article.contains("2016-015"))).collect();
    assert_eq!(
        said[0],
        (
            "Il faut 10 caractères au moins pour un compte d’administration\u{a0}; il y en a 3.",
            true
        )
    );
    assert_eq!(said[1], ("Il manque une majuscule, un chiffre et un caractère spécial.", true));
    assert!(
        said[2].0.starts_with("Sa force est de 9\u{a0}bits\u{a0}; il en faut 50.")
            && faults[2].article.contains("2022-100")
    );
}

#[test]
fn x_18_changed_every_six_months_and_each_year_for_administrators_elsewhere() {
    let set_on = Date::constant(2025, 8, 31);
    let due =
        |set: &str, administrator| rules(set).expires_on(administrator, set_on).map(|(day, _)| day);
    assert_eq!(due("expulsion", false), Some(Date::constant(2026, 2, 28)));
    assert_eq!(due("expulsion", true), Some(Date::constant(2026, 2, 28)), "the sooner");
    assert_eq!(due("cnil", false), None, "no periodic renewal for users since 2022");
    assert_eq!(due("cnil", true), Some(Date::constant(2026, 8, 31)));
}

#[test]
fn x_18_an_account_in_several_processings_meets_the_strictest_of_each() {
    let all = strictest(&[rules("cnil"), rules("expulsion-restriction")]).unwrap();
    assert_eq!(all.entropy.as_ref().map(|r| r.value), Some(80));
    assert_eq!(all.length.as_ref().map(|r| r.value), Some(8));
    assert!(all.classes.is_some(), "asked by one, whatever the other says");
    assert_eq!(all.history.as_ref().map(|r| r.value), Some(3));
    assert_eq!(strictest(&[]), None);
    assert_eq!(strictest(&[rules("cnil"), rules("cnil")]), Some(rules("cnil")));
}

#[test]
fn the_file_tells_all_its_faults() {
    let shipped = include_str!("../../../parameters/passwords.toml");
    assert_eq!(RuleBook::embedded().unwrap().ids().count(), 4);
    let check = |from: &str, to: &str, expect: &str| {
        assert!(shipped.contains(from), "{from}");
        let faults = RuleBook::parse(&shipped.replacen(from, to, 1)).unwrap_err();
        let said: Vec<String> = faults.iter().map(RuleBookFault::to_string).collect();
        assert!(said.iter().any(|s| s.contains(expect)), "{expect}: {said:?}");
    };
    check(
        "valeur = 80",
        "valeur = \"80\"",
        "jeu « cnil », règle « entropie » : un nombre est attendu",
    );
    check("valeur = \"6 mois\"", "valeur = \"six mois\"", "règle « renouvellement » : une durée");
    check("id = \"classes\"", "id = \"clases\"", "la règle « clases » n'existe pas");
    check("id = \"cnil\"", "id = \"cnl\"", "« cnil » doit être le nom d'un jeu écrit plus haut");
    check("id = \"expulsion\"", "id = \"cnil\"", "deux jeux s'appellent « cnil »");
    check("essais_max = 10", "essais_max = 0", "[connexion] essais_max");
    check("essais_max = 10", "essai_max = 10", "unknown field `essai_max`");
    check("id = \"vocabulaire\"", "id = \"longueur\"", "« vocabulaire » manquent");
    check("verifie = true\n", "", "missing field `verifie`");
    let two = shipped.replacen("valeur = 80", "valeur = true", 1).replacen(
        "lien_min = 30",
        "lien_min = 0",
        1,
    );
    assert_eq!(RuleBook::parse(&two).unwrap_err().len(), 2, "all at once");
}

#[test]
fn a_later_version_counts_from_its_day() {
    let shipped = include_str!("../../../parameters/passwords.toml");
    let later = r#"
[[jeu.regle]]
id = "entropie"
valeur = 90
depuis = 2027-01-01
article = "à venir"
source = "essai"
verifie = false
"#;
    let at = shipped.find("# Cas 2").unwrap();
    let (head, tail) = shipped.split_at(at);
    let book = RuleBook::parse(&format!("{head}{later}{tail}")).unwrap();
    let bits =
        |set: &str, day| book.rules(set, day).unwrap().entropy.map(|r| (r.value, r.verified));
    assert_eq!(bits("cnil", Date::constant(2026, 12, 31)), Some((80, true)));
    assert_eq!(bits("cnil", Date::constant(2027, 1, 1)), Some((90, false)));
    assert_eq!(
        bits("expulsion", Date::constant(2027, 1, 1)),
        Some((90, false)),
        "through the replacement"
    );
    assert_eq!(
        bits("cnil-restriction", Date::constant(2027, 1, 1)),
        Some((50, true)),
        "its own stays"
    );
    assert!(book.rules("expulsion", Date::constant(2016, 1, 1)).is_none(), "before any of it");
}

fn rule<T>(value: T) -> Rule<T> {
    Rule { value, article: "art.".to_owned(), since: TODAY, verified: true }
}

prop_compose! {
    fn any_rules()(
        base in prop::sample::select(vec!["cnil", "cnil-restriction", "expulsion", "expulsion-restriction"]),
        entropy in prop::option::of(0_u32..100),
        length in prop::option::of(0_u32..25),
        classes: bool,
        words: bool,
        specials in 20_u32..50,
        vocabulary in 1000_u32..8000,
    ) -> PasswordRules {
        let mut rules = rules(base);
        rules.entropy = entropy.map(rule);
        rules.length = length.map(rule);
        rules.classes = classes.then(|| rule(()));
        rules.not_account_words = words.then(|| rule(()));
        rules.measure.specials = specials;
        rules.measure.vocabulary = vocabulary;
        rules
    }
}

proptest! {
    /// X-18, settlement 12: what the strictest accepts, each accepts.
    #[test]
    fn x_18_accepted_by_the_strictest_is_accepted_by_each(
        a in any_rules(), b in any_rules(), c in any_rules(),
        word in prop_oneof![
            "[a-zA-Z0-9!?;:]{6,24}",
            "[a-z]{3,8}( [a-z]{3,8}){3,9}",
            "(jean|Dupont|rhin|azerty)[a-zA-Z0-9!?]{0,16}",
            "\\PC{0,20}",
        ],
        administrator: bool,
    ) {
        let all = strictest(&[a.clone(), b.clone(), c.clone()]).unwrap();
        let by_all = refused(&all, &word, administrator, &[]);
        for one in [&a, &b, &c] {
            let by_one = refused(one, &word, administrator, &[]);
            prop_assert!(!by_all.is_empty() || by_one.is_empty(), "{:?} by {:?}", by_one, one);
        }
    }

    /// The order and the repetition of processings change nothing.
    #[test]
    fn x_18_the_strictest_has_no_order(a in any_rules(), b in any_rules(), word in "[a-zA-Z0-9! ]{0,24}") {
        let ab = strictest(&[a.clone(), b.clone()]).unwrap();
        let ba = strictest(&[b.clone(), a.clone(), b]).unwrap();
        prop_assert_eq!(refused(&ab, &word, true, &[]), refused(&ba, &word, true, &[]));
    }

    /// Adding a character of a class already there never weakens what was typed.
    #[test]
    fn a_longer_password_is_never_weaker(word in "[a-zA-Z0-9!]{1,30}", more in "[a-zA-Z0-9!]") {
        let measure = rules("cnil").measure;
        let longer = format!("{word}{more}");
        prop_assert!(
            huis_accounts::Strength::of(&longer, measure).bits >= huis_accounts::Strength::of(&word, measure).bits
        );
    }
}
