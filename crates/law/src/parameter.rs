use huis_kernel::{Date, Delay, Money};
use serde::{Deserialize, Serialize};
use std::fmt;

use crate::read::{Entry, Faults, bounds};

/// A rate, in hundredths of a percent: 2,62 % is 262.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rate(pub i64);

impl Rate {
    /// Reads `2,62 %`.
    pub fn parse(text: &str) -> Option<Self> {
        // A rate and an amount have the same two decimals.
        Money::parse(text.trim().strip_suffix('%')?).ok().map(|m| Self(m.0))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let n = self.0.unsigned_abs();
        write!(f, "{sign}{},{:02}\u{a0}%", n / 100, n % 100)
    }
}

/// What a version of a parameter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParameterValue {
    /// `delai`: « 2 mois », « 6 semaines ».
    Delay(Delay),
    /// `jours_ouvres`: a count of working days.
    WorkingDays(u32),
    /// `nombre`: a plain number (rents, hours).
    Number(u32),
    /// `montant`
    Money(Money),
    /// `taux`
    Rate(Rate),
}

impl fmt::Display for ParameterValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(delay) => delay.fmt(f),
            Self::WorkingDays(1) => f.write_str("1 jour ouvré"),
            Self::WorkingDays(n) => write!(f, "{n} jours ouvrés"),
            Self::Number(n) => n.fmt(f),
            Self::Money(money) => money.fmt(f),
            Self::Rate(rate) => rate.fmt(f),
        }
    }
}

/// One version of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// What it says.
    pub value: ParameterValue,
    /// First day in force; `None` when it was not found out (the oldest version only).
    pub from: Option<Date>,
    /// Last day in force; `None` when no later version is known.
    pub until: Option<Date>,
    /// The rule.
    pub article: String,
    /// Where it was read, or the text that changed it.
    pub source: String,
    /// Publication in the Journal officiel.
    pub published: Option<Date>,
    /// The day of the copy in which it was read as in force.
    pub still_valid_on: Option<Date>,
    /// False when the fact could not be verified.
    pub verified: bool,
    /// What a clerk should know; shown with the computation.
    pub note: Option<String>,
}

impl Dated {
    /// Was it in force that day?
    pub fn in_force(&self, on: Date) -> bool {
        self.from.is_none_or(|from| from <= on) && self.until.is_none_or(|until| on <= until)
    }
}

/// A parameter with all its versions, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) id: String,
    pub(crate) label: String,
    pub(crate) counts_on: String,
    pub(crate) history: Vec<Dated>,
}

/// Reads one `[[parametre]]`.
pub(crate) fn parameter(mut entry: Entry<'_>, faults: &mut Faults<'_>) -> Option<Parameter> {
    let id = entry.text(faults, "id");
    let label = entry.text(faults, "libelle");
    let counts_on = entry.text(faults, "date_qui_compte");
    let id = entry.need(faults, "id", id);
    let label = entry.need(faults, "libelle", label);
    let counts_on = entry.need(faults, "date_qui_compte", counts_on);
    let versions = entry.entries(faults, "valeur");
    if versions.is_empty() {
        faults.at(entry.at, "il manque une version : [[parametre.valeur]]");
    }
    let mut history: Vec<Dated> = Vec::new();
    for version in versions {
        let at = version.at;
        let Some(next) = dated(version, faults) else { continue };
        if let Some(last) = history.last_mut() {
            follow(last, &next, at, faults);
        }
        history.push(next);
    }
    entry.end(faults);
    Some(Parameter { id: id?, label: label?, counts_on: counts_on?, history })
}

/// A version starts after the one before, which ends on the eve unless it says otherwise.
fn follow(last: &mut Dated, next: &Dated, at: usize, faults: &mut Faults<'_>) {
    let Some(from) = next.from else {
        faults.at(at, "il manque « depuis » : seule la première version peut s'en passer");
        return;
    };
    if last.from.is_some_and(|f| from <= f) || last.until.is_some_and(|u| from <= u) {
        faults.at(at, "cette version commence avant la fin de la précédente");
    }
    if last.until.is_none() {
        last.until = from.yesterday().ok();
    }
}

fn dated(mut entry: Entry<'_>, faults: &mut Faults<'_>) -> Option<Dated> {
    let value = value(&mut entry, faults);
    let (from, until) = bounds(&mut entry, faults);
    let article = entry.text(faults, "article");
    let source = entry.text(faults, "source");
    let verified = entry.bool(faults, "verifie");
    let article = entry.need(faults, "article", article);
    let source = entry.need(faults, "source", source);
    let verified = entry.need(faults, "verifie", verified);
    let published = entry.date(faults, "publie");
    let still_valid_on = entry.date(faults, "encore_valable_le");
    let note = entry.text(faults, "note");
    entry.end(faults);
    Some(Dated {
        value: value?,
        from,
        until,
        article: article?,
        source: source?,
        published,
        still_valid_on,
        verified: verified?,
        note,
    })
}

/// Exactly one of the five ways to say a value.
fn value(entry: &mut Entry<'_>, faults: &mut Faults<'_>) -> Option<ParameterValue> {
    let delay = "un délai : « 2 mois », « 6 semaines », « 15 jours », « 3 ans »";
    let mut said = [
        entry.form(faults, "delai", delay, |t| t.parse().ok().map(ParameterValue::Delay)),
        entry.integer(faults, "jours_ouvres").map(ParameterValue::WorkingDays),
        entry.integer(faults, "nombre").map(ParameterValue::Number),
        entry.form(faults, "montant", "un montant : « 100 € »", |t| {
            Money::parse(t).ok().map(ParameterValue::Money)
        }),
        entry.form(faults, "taux", "un taux : « 2,62 % »", |t| {
            Rate::parse(t).map(ParameterValue::Rate)
        }),
    ]
    .into_iter()
    .flatten();
    let first = said.next();
    if !entry.has(&["delai", "jours_ouvres", "nombre", "montant", "taux"]) {
        faults.at(entry.at, "il manque la valeur : delai, jours_ouvres, nombre, montant ou taux");
    }
    if said.next().is_some() {
        faults.at(entry.at, "une version n'a qu'une valeur");
    }
    first
}
