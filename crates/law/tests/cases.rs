//! The case files, read by one `check` a file. A lawyer reads and adds to `cases/*.toml`.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test stops the test"
)]

use huis_kernel::Date;
use huis_law::{Computed, Law, Place, Roll};
use toml::{Table, Value};

struct Case(Table);

impl Case {
    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|v| v.as_str().unwrap())
    }
    fn date(&self, key: &str) -> Option<Date> {
        self.0.get(key).map(date)
    }
    fn bool(&self, key: &str) -> Option<bool> {
        self.0.get(key).map(|v| v.as_bool().unwrap())
    }
    fn name(&self) -> &str {
        self.text("nom").unwrap()
    }
    fn place(&self) -> Place {
        Place {
            commune: self.text("commune").unwrap_or("76351").to_owned(),
            good_friday: self.bool("vendredi_saint").unwrap_or(false),
        }
    }
}

fn date(value: &Value) -> Date {
    value.as_datetime().unwrap().to_string().parse().unwrap()
}

/// Case files are typed with plain spaces.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

fn check(file: &str, known: &[&str], case: impl Fn(&Law, &Case)) {
    let law = Law::embedded().unwrap();
    let file: Table = file.parse().unwrap();
    let cases = file["cas"].as_array().unwrap();
    assert!(!cases.is_empty());
    for one in cases {
        let one = Case(one.as_table().unwrap().clone());
        for key in one.0.keys() {
            assert!(known.contains(&key.as_str()), "{} : clé inconnue {key}", one.name());
        }
        case(&law, &one);
    }
}

/// every act sets its legal deadlines, with the rule and its steps.
#[test]
fn delays_are_counted_as_the_law_counts_them() {
    let known = [
        "nom",
        "sens",
        "id",
        "de",
        "version",
        "commune",
        "vendredi_saint",
        "attendu",
        "sur",
        "etape",
        "verifie",
    ];
    check(include_str!("cases/delais.toml"), &known, |law, case| {
        let (id, from, place) = (case.text("id").unwrap(), case.date("de").unwrap(), case.place());
        let on = case.date("version").unwrap_or(from);
        let computed: Computed = match case.text("sens").unwrap() {
            "apres" => law.after(from, id, on, &place, Roll::Cpc642),
            "silence" => law.after(from, id, on, &place, Roll::None),
            "union" => law.after(from, id, on, &place, Roll::Union1182),
            "avant" => law.before(from, id, on),
            "ouvres-apres" => law.working_days_after(from, id, on, &place),
            "ouvres-avant" => law.working_days_before(from, id, on, &place),
            other => panic!("sens inconnu : {other}"),
        }
        .unwrap();
        let steps: Vec<_> = computed.steps.iter().map(|s| plain(&s.text)).collect();
        assert_eq!(Some(computed.due), case.date("attendu"), "{} : {steps:#?}", case.name());
        assert_eq!(computed.safe, case.date("sur"), "{}", case.name());
        assert_eq!(computed.verified, case.bool("verifie").unwrap_or(true), "{}", case.name());
        assert!(!computed.article.is_empty());
        assert!(steps[0].contains(&plain(law.label(id).unwrap())), "{steps:#?}");
        if let Some(step) = case.text("etape") {
            assert!(steps.iter().any(|s| s == step), "{} : {steps:#?}", case.name());
        }
    });
}

#[test]
fn holidays_follow_the_place_and_the_year() {
    let known = ["nom", "annee", "commune", "vendredi_saint", "attendu", "dont", "sans"];
    check(include_str!("cases/jours-feries.toml"), &known, |law, case| {
        let year = i16::try_from(case.0["annee"].as_integer().unwrap()).unwrap();
        let days: Vec<_> =
            law.holidays(year, &case.place()).into_iter().map(|(day, _)| day).collect();
        if let Some(expected) = case.0.get("attendu") {
            let expected: Vec<_> = expected.as_array().unwrap().iter().map(date).collect();
            assert_eq!(days, expected, "{}", case.name());
        }
        if let Some(day) = case.date("dont") {
            assert!(days.contains(&day) && days.len() == 12, "{} : {days:?}", case.name());
            assert!(law.holiday(day, &case.place()).is_some());
        }
        if let Some(day) = case.date("sans") {
            assert!(!days.contains(&day), "{} : {days:?}", case.name());
        }
    });
}

/// the truce enters the indemnity.
#[test]
fn truces_follow_their_dated_texts() {
    let known = ["nom", "jour", "barree", "differee", "suivante", "verifie"];
    check(include_str!("cases/treves.toml"), &known, |law, case| {
        let day = case.date("jour").unwrap();
        let name = case.name();
        assert_eq!(law.eviction_barred_until(day), case.date("barree"), "{name}");
        assert_eq!(law.liability_deferred_until(day), case.date("differee"), "{name}");
        assert_eq!(law.next_truce(day).map(|t| t.period.from), case.date("suivante"), "{name}");
        let verified = law.truce(day).map(|t| t.verified);
        let expected = case.date("barree").map(|_| case.bool("verifie").unwrap_or(true));
        assert_eq!(verified, expected, "{name}");
    });
}
