//! Opening a dossier: first whether one exists, then what the register asks to open it.

use askama::Template;

use crate::{
    forms::{FieldView, FormView},
    layout::Shell,
    pages::CaseRow,
};

/// The form.
#[derive(Template)]
#[template(path = "pages/new_dossier.html")]
pub struct NewDossier {
    /// Shell.
    pub shell: Shell,
    /// Groups of inputs, one a section.
    pub groups: Vec<Group>,
    /// Faults, hidden values, button; its own fields are empty.
    pub form: FormView,
    /// Active dossiers that look like this one.
    pub alike: Vec<CaseRow>,
    /// An archived file may exist: what this profile may learn of it.
    pub archived: Option<String>,
    /// The archived dossiers, to those whose grant opens the archive.
    pub archived_rows: Vec<CaseRow>,
    /// The information that the person will be sent.
    pub notice: String,
}

/// The inputs of one section.
#[derive(Clone, Debug)]
pub struct Group {
    /// HTML id.
    pub id: String,
    /// Legend.
    pub label: String,
    /// Inputs.
    pub fields: Vec<FieldView>,
}
