//! The files themselves: what is shipped, what a fault says, what an office adds.

use huis_kernel::{Date, Money};
use huis_law::{Law, LawError, ParameterValue, Place, Rate, Roll};
use jiff::civil::date;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../parameters")
}

fn place(commune: &str) -> Place {
    Place { commune: commune.to_owned(), good_friday: false }
}

#[test]
fn what_is_built_in_is_what_the_folder_says() {
    assert_eq!(Law::embedded(), Law::load(&folder()));
}

/// X-02: the rule and the date it came into force stand with every delay.
#[test]
fn every_version_names_its_article_and_its_dates_follow_one_another() {
    let law = Law::embedded().unwrap();
    for id in law.ids() {
        assert!(law.label(id).is_some() && law.counts_on(id).is_some(), "{id}");
        let history = law.history(id);
        assert!(!history.is_empty(), "{id}");
        for pair in history.windows(2) {
            assert!(pair[0].until < pair[1].from, "{id}");
        }
        for version in history {
            assert!(!version.article.is_empty() && !version.source.is_empty(), "{id}");
        }
    }
}

/// The table of ids that other rules code against is complete, in both directions.
#[test]
fn the_readme_lists_every_id() {
    let law = Law::embedded().unwrap();
    let readme = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let table = readme.split("## Les identifiants").nth(1).unwrap();
    let table = table.split("\n## ").next().unwrap();
    let mut listed: Vec<_> = table
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| {
            let family = word.split_once('.').map(|(family, _)| family);
            matches!(family, Some("expulsion" | "interets" | "securite" | "continuite" | "droits"))
        })
        .collect();
    listed.sort_unstable();
    assert_eq!(listed, law.ids().collect::<Vec<_>>());
}

#[test]
fn the_version_is_the_one_in_force_on_the_day_that_counts() {
    let law = Law::embedded().unwrap();
    let check = |id: &str, on: Date, expect: &str| {
        let said = law.parameter(id, on).map(|d| d.value.to_string());
        assert_eq!(said.as_deref(), (!expect.is_empty()).then_some(expect), "{id} {on}");
    };
    check("expulsion.grace-max", date(2014, 3, 26), "1 an");
    check("expulsion.grace-max", date(2014, 3, 27), "3 ans");
    check("expulsion.grace-max", date(2023, 7, 28), "3 ans");
    check("expulsion.grace-max", date(2023, 7, 29), "1 an");
    check("expulsion.commandement-payer", date(2023, 7, 28), "2 mois");
    check("expulsion.commandement-payer", date(2023, 7, 29), "6 semaines");
    check("expulsion.dsf-entretien", date(2021, 1, 7), "");
    check("expulsion.dsf-entretien", date(2021, 1, 8), "15 jours ouvrés");
    // X-09
    check("expulsion.conservation", date(2026, 1, 1), "4 ans");
    // X-05: no rate is supposed for a half-year that was not found.
    check("interets.legal-autres", date(2026, 6, 30), "2,62\u{a0}%");
    check("interets.legal-particulier", date(2026, 1, 1), "6,67\u{a0}%");
    check("interets.legal-autres", date(2026, 7, 1), "");
    assert_eq!(
        law.parameter("expulsion.petite-dette", date(2026, 1, 1)).map(|d| d.value),
        Some(ParameterValue::Money(Money(10_000)))
    );
    assert_eq!(Rate::parse("5 %"), Some(Rate(500)));
}

#[test]
fn a_wrong_question_is_told() {
    let law = Law::embedded().unwrap();
    let day = date(2020, 1, 1);
    let unknown = law.delay("expulsion.nulle-part", day).unwrap_err();
    assert_eq!(unknown, LawError::Unknown("expulsion.nulle-part".to_owned()));
    let early = law.working_days_after(day, "expulsion.dsf-entretien", day, &place("76351"));
    assert!(matches!(early, Err(LawError::NotInForce { .. })));
    let unit = law.before(day, "expulsion.heure-fin", day);
    assert!(matches!(unit, Err(LawError::Unit { .. })));
    let unit = law.working_days_before(day, "expulsion.cql", day, &place("76351"));
    assert!(matches!(unit, Err(LawError::Unit { .. })));
}

/// A new or moved holiday is a change of a file alone.
#[test]
fn an_office_adds_its_own_holidays() {
    let text = r#"
        [[ferie]]
        nom = "Fête de la commune"
        jour = "06-16"
        communes = ["76351"]
        article = "arrêté préfectoral"

        [[ferie]]
        nom = "Journée de deuil"
        le = 2025-06-17
        article = "décret"
    "#;
    let law = Law::embedded().unwrap().with_local_holidays("bureau.toml", text).unwrap();
    let check = |day, commune: &str, expect: Option<&str>| {
        assert_eq!(law.holiday(day, &place(commune)), expect, "{day} {commune}");
    };
    check(date(2025, 6, 16), "76351", Some("Fête de la commune"));
    check(date(2026, 6, 16), "76351", Some("Fête de la commune"));
    check(date(2025, 6, 16), "68224", None);
    check(date(2025, 6, 17), "68224", Some("Journée de deuil"));
    check(date(2026, 6, 17), "68224", None);
    let start = date(2025, 5, 16);
    let computed =
        law.after(start, "expulsion.appel", start, &place("76351"), Roll::Cpc642).unwrap();
    assert_eq!(computed.due, date(2025, 6, 18));
}

#[test]
fn every_fault_of_a_file_is_told_with_its_line() {
    let text = r#"[[ferie]]
nom = "Un jour"
jour = "02-30"
article = "code"

[[ferie]]
jour = "05-01"
paques = 3
article = "code"
depuis = 2020-01-02
jusqu_au = 2020-01-01

[[ferie]]
nom = ""
artcle = "code"

[[treve]]
"#;
    let faults = Law::default().with_local_holidays("bureau.toml", text).unwrap_err();
    let told: Vec<_> = faults.iter().map(|f| (f.line, f.what.replace('\u{a0}', " "))).collect();
    let expect = [
        (3, "« jour » attend un jour"),
        (6, "il manque « nom »"),
        (6, "un jour férié n'a qu'une règle"),
        (11, "« jusqu_au » est avant « depuis »"),
        (14, "« nom » attend un texte"),
        (13, "il manque « article »"),
        (13, "il manque le jour"),
        (15, "« artcle » n'est pas connu"),
        (17, "« treve » n'est pas connu"),
    ];
    assert_eq!(told.len(), expect.len(), "{told:#?}");
    for ((line, what), (at, start)) in told.iter().zip(expect) {
        assert!(*line == at && what.starts_with(start), "{line} {what} ≠ {at} {start}");
    }
    assert_eq!(faults[1].to_string(), "bureau.toml, ligne 6\u{a0}: il manque «\u{a0}nom\u{a0}»");
}

#[test]
fn versions_that_overlap_or_lack_a_value_are_refused() {
    let text = r#"
[[parametre]]
id = "a"
libelle = "A"
date_qui_compte = "acte"
[[parametre.valeur]]
delai = "2 lunes"
article = "x"
source = "y"
verifie = true
[[parametre.valeur]]
depuis = 2020-01-01
article = "x"
source = "y"
verifie = true
[[parametre]]
id = "b"
libelle = "B"
date_qui_compte = "acte"
[[parametre.valeur]]
delai = "2 mois"
jusqu_au = 2020-06-01
article = "x"
source = "y"
verifie = true
[[parametre.valeur]]
delai = "3 mois"
depuis = 2020-05-01
article = "x"
source = "y"
verifie = true
[[parametre]]
id = "b"
libelle = "B"
date_qui_compte = "acte"
"#;
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("expulsion")).unwrap();
    std::fs::write(dir.path().join("expulsion/faux.toml"), text).unwrap();
    let faults = Law::load(dir.path()).unwrap_err();
    let lines: Vec<_> = faults.iter().map(|f| f.line).collect();
    assert_eq!(lines, [7, 11, 26, 32, 32], "{faults:#?}");
    assert!(faults.iter().all(|f| f.file == "expulsion/faux.toml"));
}
