//! What goes in and out. The names of fields are the wire's own words, in French, and their comments
//! are what the OpenAPI document says of them. Unknown members are refused.

pub mod case;
pub mod copy;
pub mod daily;
pub mod exports;
pub mod files;
pub mod office;
pub mod own;
pub mod texts;
pub mod watch;
pub mod write;

use huis_kernel::{CaseNumber, Date, Instant, Zone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value as Json, json};

use crate::{
    facts,
    problem::Problem,
    shape::{Shape, Types, shape},
};

/// The value of a field: yes or no, a whole number, or a text.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number, or the number of a person of the dossier.
    Int(i64),
    /// Text: a date, an amount, a code of a list, words.
    Text(String),
}

impl Shape for Value {
    const NAME: &'static str = "Valeur";
    fn schema(_: &mut Types) -> Json {
        json!({
            "description": "La valeur d’un champ du registre : oui ou non, un nombre entier, ou un texte (date AAAA-MM-JJ, montant en euros comme \"1234.56\", code d’une liste, mots).",
            "anyOf": [
                { "type": "boolean" },
                { "type": "integer", "format": "int64" },
                { "type": "string" },
            ],
        })
    }
}

impl std::fmt::Debug for Value {
    /// What is sent never reaches a log (I13).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value(…)")
    }
}

/// A civil date: `2026-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub Date);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        facts::date(&text).map(Self).ok_or_else(|| serde::de::Error::custom("date"))
    }
}

impl Shape for Day {
    fn schema(_: &mut Types) -> Json {
        json!({ "type": "string", "format": "date" })
    }
}

/// An instant: `2026-12-31T09:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When(pub Instant);

impl Serialize for When {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&format_args!("{}Z", self.0.civil_in(&Zone::utc())))
    }
}

impl Shape for When {
    fn schema(_: &mut Types) -> Json {
        json!({ "type": "string", "format": "date-time" })
    }
}

shape! {
/// No parameter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoParameter "" {
}

/// A dossier.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfCase "" {
    /// Numéro du dossier, par exemple 4821-7730-K.
    pub numero: String,
}

/// Something by its id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfId "" {
    /// Identifiant opaque, tel que l’API l’a donné.
    pub id: String,
}
}

/// A number in an address; what is not one leads nowhere.
pub fn number(text: &str) -> Result<CaseNumber, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// An identifier in an address; what is not one leads nowhere.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

shape! {
/// A code and what it is called.
#[derive(Clone, Serialize)]
pub struct Named "Nomme" {
    /// Code stable.
    pub code: String,
    /// Libellé.
    pub libelle: String,
}
}

impl Named {
    /// A code and its words.
    pub fn new(code: impl Into<String>, label: impl Into<String>) -> Self {
        Self { code: code.into(), libelle: label.into() }
    }
    /// A closed list.
    pub fn all(list: &[(String, String)]) -> Vec<Self> {
        list.iter().map(|(code, label)| Self::new(code, label)).collect()
    }
}

shape! {
/// A reason of a closed list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason "Motif" {
    /// Motif : un code ou un texte, selon l’opération.
    pub motif: String,
}
}
