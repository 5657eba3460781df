//! Each processing by examples: `tests/cases/{eviction,rights}/*.toml`, which say their article and
//! clause.
//!
//! A case: `nom`, `aujourdhui`, `lieu` (INSEE code, `vendredi_saint`), `ouvert_le`, `[cas.volets]`,
//! `actes` (each must be accepted in its turn), then any of:
//! - `essai` = an act to try, with `fautes = ["code@champ", …]` (all of them), or accepted with
//!   `remarques = ["code", …]` (all of them);
//! - `etape`, `pas` (step), `clos_le`, `reouvertures`;
//! - `echeances = [{ regle, le, sur, etat, acte, verifie, article, depuis }]` (those named must be so);
//! - `sans_echeance = ["regle"]`; `drapeaux` and `sans_drapeau` on the dossier;
//! - `lettres` (those that are due);
//! - `attendus` (acts awaited), `refuses = { acte = "code" }`, `demande = { acte = ["champ", …] }`
//!   (the fields asked), `connu = { acte = { champ = … } }` (what the form starts with).

use super::common::{date, draft, known, recorded, register, rights_register};
use huis_dossier::{Act, Case, Processing, TermState};
use huis_kernel::Date;
use huis_law::{Law, Place};
use huis_processings::{eviction::Eviction, rights::Rights};
use huis_register::Register;
use toml::{Table, Value as Toml};

const KEYS: &[&str] = &[
    "nom",
    "source",
    "aujourdhui",
    "lieu",
    "vendredi_saint",
    "ouvert_le",
    "volets",
    "actes",
    "essai",
    "fautes",
    "remarques",
    "etape",
    "pas",
    "clos_le",
    "reouvertures",
    "echeances",
    "sans_echeance",
    "drapeaux",
    "sans_drapeau",
    "attendus",
    "refuses",
    "demande",
    "connu",
    "ecriture",
    "lettres",
];

#[test]
fn cases_of_the_eviction_procedure() {
    run("eviction", &register(), &Eviction, 40);
}

/// X-16, D-25: one clock for two desks; each answer with its ground.
#[test]
fn cases_of_requests_of_persons_x_16_d_25() {
    let (eviction, own) = (register(), rights_register());
    let mut rules = Rights::default();
    rules.learn(&[&eviction, &own]);
    run("rights", &own, &rules, 20);
}

fn run(folder: &str, register: &Register, rules: &dyn Processing, least: usize) {
    let law = Law::embedded().expect("the law loads");
    let folder = format!("{}/tests/cases/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let table: Table = text.parse().unwrap_or_else(|e| panic!("{} : {e}", file.display()));
        for case in table["cas"].as_array().unwrap() {
            let case = case.as_table().unwrap();
            seen += 1;
            let name = case["nom"].as_str().unwrap();
            assert!(case["source"].as_str().is_some_and(|s| !s.is_empty()), "{name} : sans source");
            let unknown: Vec<_> = case.keys().filter(|k| !KEYS.contains(&k.as_str())).collect();
            assert!(unknown.is_empty(), "{name} : clés inconnues {unknown:?}");
            for fault in check(register, rules, &law, case) {
                wrong.push(format!("{} — {name} : {fault}", file.file_name().unwrap().display()));
            }
        }
    }
    assert!(seen > least, "{seen} cas seulement");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The texts of a list.
fn texts(value: Option<&Toml>) -> Option<Vec<String>> {
    let list = value?.as_array().expect("une liste");
    Some(list.iter().map(|t| t.as_str().expect("un texte").to_owned()).collect())
}

/// All that differs from what a case expects.
fn check(register: &Register, rules: &dyn Processing, law: &Law, case: &Table) -> Vec<String> {
    let mut wrong = Vec::new();
    let today = date(&case["aujourdhui"]);
    let place = Place {
        commune: case.get("lieu").and_then(Toml::as_str).unwrap_or("75056").to_owned(),
        good_friday: case.get("vendredi_saint").and_then(Toml::as_bool).unwrap_or(false),
    };
    let known = known(register, case.get("volets"));
    let none = Vec::new();
    let given = case.get("actes").and_then(Toml::as_array).unwrap_or(&none);
    let opened_on = case
        .get("ouvert_le")
        .map_or_else(|| given.first().map_or(today, |a| date(&a.as_table().unwrap()["le"])), date);
    let mut acts: Vec<Act> = Vec::new();
    for (i, given) in given.iter().enumerate() {
        let given = given.as_table().unwrap();
        let draft = draft(register, given);
        let case = Case { opened_on, acts: &acts, known: &known, place: &place };
        match rules.judge(&case, &draft, law, today) {
            Ok(judged) => acts.push(recorded(u32::try_from(i + 1).unwrap(), draft, judged.used)),
            Err(faults) => return vec![format!("acte {} refusé : {faults:?}", i + 1)],
        }
        if given.get("annule").and_then(Toml::as_bool) == Some(true) {
            acts.last_mut().unwrap().voided = true;
        }
    }
    let dossier = Case { opened_on, acts: &acts, known: &known, place: &place };
    check_draft(register, rules, law, case, &dossier, today, &mut wrong);
    check_standing(rules, law, case, &dossier, today, &mut wrong);
    check_offers(rules, law, case, &dossier, today, &mut wrong);
    if let Some(want) = texts(case.get("lettres")) {
        let due = rules.letters(&dossier, law, today).due;
        same("lettres", &due.into_iter().map(|l| l.letter).collect(), &want, &mut wrong);
    }
    if let Some(expected) = case.get("ecriture").and_then(Toml::as_table) {
        for (section, code) in expected {
            let got = rules.may_write(&dossier, section, law, today).err().map(|f| f.code);
            same(
                "écriture",
                &got.unwrap_or_default(),
                &code.as_str().unwrap().to_owned(),
                &mut wrong,
            );
        }
    }
    wrong
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, want: &T, wrong: &mut Vec<String>) {
    if got != want {
        wrong.push(format!("{what} : {got:?} au lieu de {want:?}"));
    }
}

fn check_draft(
    register: &Register,
    rules: &dyn Processing,
    law: &Law,
    case: &Table,
    dossier: &Case<'_>,
    today: Date,
    wrong: &mut Vec<String>,
) {
    let Some(essay) = case.get("essai").and_then(Toml::as_table) else { return };
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    let draft = draft(register, essay);
    match (rules.judge(dossier, &draft, law, today), texts(case.get("fautes"))) {
        (Ok(_), Some(_)) => wrong.push("l'essai est accepté".to_owned()),
        (Err(faults), None) => wrong.push(format!("l'essai est refusé : {faults:?}")),
        (Err(faults), Some(want)) => {
            let got = faults
                .iter()
                .map(|f| match &f.field {
                    Some(field) => format!("{}@{field}", f.code),
                    None => f.code.clone(),
                })
                .collect();
            same("fautes", &sorted(got), &sorted(want), wrong);
        }
        (Ok(judged), None) => {
            let got = judged.flags.iter().map(|f| f.code.clone()).collect();
            let want = texts(case.get("remarques")).unwrap_or_default();
            same("remarques", &sorted(got), &sorted(want), wrong);
        }
    }
}

fn check_standing(
    rules: &dyn Processing,
    law: &Law,
    case: &Table,
    dossier: &Case<'_>,
    today: Date,
    wrong: &mut Vec<String>,
) {
    let standing = rules.standing(dossier, law, today);
    let text = |key: &str| case.get(key).map(|v| v.as_str().unwrap().to_owned());
    // Lists name steps and deadlines by their code, an opened dossier in words: the same words.
    same("nom du pas", &rules.step_label(&standing.step), &standing.step_label.as_str(), wrong);
    for term in &standing.terms {
        same("nom d'échéance", &rules.term_label(&term.rule), &term.label.as_str(), wrong);
    }
    if let Some(want) = text("etape") {
        same("étape", &standing.stage, &want, wrong);
    }
    if let Some(want) = text("pas") {
        same("pas", &standing.step, &want, wrong);
    }
    if let Some(want) = case.get("clos_le") {
        same("clos le", &standing.closed_on, &Some(date(want)), wrong);
    }
    if let Some(want) = case.get("reouvertures").and_then(Toml::as_integer) {
        same("réouvertures", &i64::from(standing.reopened), &want, wrong);
    }
    for rule in texts(case.get("sans_echeance")).unwrap_or_default() {
        if standing.terms.iter().any(|t| t.rule == rule) {
            wrong.push(format!("l'échéance {rule} existe"));
        }
    }
    let flags: Vec<&str> = standing.flags.iter().map(|f| f.code.as_str()).collect();
    for code in texts(case.get("drapeaux")).unwrap_or_default() {
        if !flags.contains(&code.as_str()) {
            wrong.push(format!("pas de drapeau {code} parmi {flags:?}"));
        }
    }
    for code in texts(case.get("sans_drapeau")).unwrap_or_default() {
        if flags.contains(&code.as_str()) {
            wrong.push(format!("drapeau {code}"));
        }
    }
    for want in case.get("echeances").and_then(Toml::as_array).into_iter().flatten() {
        let want = want.as_table().unwrap();
        let rule = want["regle"].as_str().unwrap();
        let Some(term) = standing.terms.iter().find(|t| t.rule == rule) else {
            let rules: Vec<_> = standing.terms.iter().map(|t| &t.rule).collect();
            wrong.push(format!("pas d'échéance {rule} parmi {rules:?}"));
            continue;
        };
        for (key, value) in want {
            let what = format!("{rule}, {key}");
            match key.as_str() {
                "regle" => {}
                "le" => same(&what, &term.due, &date(value), wrong),
                "sur" => same(&what, &term.explained.safe, &Some(date(value)), wrong),
                "depuis" => same(&what, &term.explained.in_force_since, &Some(date(value)), wrong),
                "agir" => same(&what, &Some(term.action), &value.as_bool(), wrong),
                "verifie" => same(&what, &Some(term.explained.verified), &value.as_bool(), wrong),
                "article" | "etape_dit" => {
                    let part = value.as_str().unwrap();
                    let said = term.explained.article.clone()
                        + &term.explained.steps.iter().map(|s| s.text.as_str()).collect::<String>();
                    if !said.replace(['\u{a0}', '\u{202f}'], " ").contains(part) {
                        wrong.push(format!("{what} : « {part} » n'est pas dans {said}"));
                    }
                }
                "etat" => {
                    let state = match value.as_str().unwrap() {
                        "court" => TermState::Running,
                        "tenu" => TermState::Met,
                        "tard" => TermState::Late,
                        "sans-objet" => TermState::Dropped,
                        other => panic!("état inconnu : {other}"),
                    };
                    same(&what, &term.state, &state, wrong);
                }
                other => panic!("clé d'échéance inconnue : {other}"),
            }
        }
    }
}

fn check_offers(
    rules: &dyn Processing,
    law: &Law,
    case: &Table,
    dossier: &Case<'_>,
    today: Date,
    wrong: &mut Vec<String>,
) {
    let offers = rules.offers(dossier, law, today);
    let offer = |kind: &str| offers.iter().find(|o| o.kind == kind).expect("un acte du registre");
    if let Some(mut want) = texts(case.get("attendus")) {
        let mut got: Vec<String> =
            offers.iter().filter(|o| o.expected).map(|o| o.kind.clone()).collect();
        got.sort();
        want.sort();
        same("attendus", &got, &want, wrong);
    }
    for (kind, code) in case.get("refuses").and_then(Toml::as_table).into_iter().flatten() {
        let got = offer(kind).refused.as_ref().map(|f| f.code.clone()).unwrap_or_default();
        same(&format!("refus de {kind}"), &got, &code.as_str().unwrap().to_owned(), wrong);
    }
    for (kind, fields) in case.get("demande").and_then(Toml::as_table).into_iter().flatten() {
        let want = texts(Some(fields)).unwrap();
        same(&format!("champs de {kind}"), &offer(kind).fields, &want, wrong);
    }
    for (kind, fields) in case.get("connu").and_then(Toml::as_table).into_iter().flatten() {
        let got: Vec<&str> = offer(kind).prefill.keys().map(String::as_str).collect();
        let want = texts(Some(fields)).unwrap();
        same(&format!("connu de {kind}"), &got, &want.iter().map(String::as_str).collect(), wrong);
    }
}
