//! Forms from the register, and back: [`render_fields`] gives the inputs of a list of fields,
//! [`parse`] gives typed facts or every fault at once, with what was typed kept as it was.
//!
//! What is not a field of the register has no input and is refused when sent.

mod data;
mod parse;
mod render;
mod show;

pub use data::FormData;
pub use huis_usecases::entry::Commune;
pub(crate) use parse::parse_date;
pub use parse::{FieldFault, FormFaults, parse};
pub use render::{FieldView, FormView, OptionView, SummaryLine, Widget, render_fields};
pub use show::{show, typed_text};

use huis_register::{Field, FieldKind};
use std::{collections::BTreeMap, sync::Arc};

/// What was typed, by field id. Kept when a form is refused: nothing typed is lost.
pub type Typed = BTreeMap<String, String>;

/// An occurrence of a repeated section, as the page may name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// Its number.
    pub number: u32,
    /// How this agent may see it named (« Occupant 2 » when not allowed the name).
    pub label: String,
}

/// What a form needs beside its fields.
#[derive(Clone, Debug, Default)]
pub struct FormContext {
    /// Communes proposed by name.
    pub communes: Arc<[Commune]>,
    /// Occurrences that a reference may name, by section.
    pub occurrences: BTreeMap<String, Vec<Occurrence>>,
    /// Put before each input's name, to hold several groups in one form (`occupant.`).
    pub prefix: String,
}

impl FormContext {
    fn commune(&self, code: &str) -> Option<&Commune> {
        self.communes.iter().find(|c| c.code == code)
    }
    fn occurrence(&self, section: &str, number: u32) -> Option<&Occurrence> {
        self.occurrences.get(section)?.iter().find(|o| o.number == number)
    }
}

/// A field that is not of the register (the date of an act, the reason of a grant), so that every
/// form of the application is made, checked and shown the same way.
pub fn plain(id: &str, label: &str, kind: FieldKind, required: bool) -> Field {
    Field {
        id: id.to_owned(),
        label: label.to_owned(),
        kind,
        required,
        required_if: None,
        why: String::new(),
        source: String::new(),
        help: None,
    }
}

#[cfg(test)]
mod tests;
