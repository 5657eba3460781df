//! Lists taken away as files.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::shape::{Shape, Types, shape};

/// The format of a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// OpenDocument.
    #[default]
    Ods,
    /// Text.
    Csv,
}

impl Shape for Format {
    fn schema(_: &mut Types) -> Json {
        json!({ "type": "string", "enum": ["ods", "csv"] })
    }
}

impl From<Format> for huis_documents::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Ods => Self::Ods,
            Format::Csv => Self::Csv,
        }
    }
}

shape! {
/// A sheet.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted "" {
    /// ods (à l’origine) ou csv.
    pub format: Format,
}

/// The list of dossiers as a sheet, with its filters.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListWanted "" {
    /// Code d’un secteur.
    pub secteur: Option<String>,
    /// Code d’une étape.
    pub etape: Option<String>,
    /// Code d’une situation.
    pub situation: Option<String>,
    /// Gravité au moins, de 0 à 3.
    pub gravite: Option<u32>,
    /// Seulement ceux en retard.
    pub en_retard: Option<bool>,
    /// ods (à l’origine) ou csv.
    pub format: Format,
}

/// The retention plan as a sheet.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlanWanted "" {
    /// AAAA-MM-JJ ; absent : aujourd’hui.
    pub au: Option<String>,
    /// ods (à l’origine) ou csv.
    pub format: Format,
}

/// A page of the log as a sheet, with its filters.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TracesWanted "" {
    /// Identifiant d’un agent.
    pub agent: Option<String>,
    /// Code d’une opération.
    pub operation: Option<String>,
    /// La valeur de `suite` de la page d’avant.
    pub apres: Option<String>,
    /// ods (à l’origine) ou csv.
    pub format: Format,
}
}
