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
    /// What opening a case is called.
    pub title: String,
    /// Groups of inputs, one a section.
    pub groups: Vec<Group>,
    /// Buttons that add another occurrence of a section.
    pub add: Vec<AddButton>,
    /// Faults, hidden values, button; its own fields are empty.
    pub form: FormView,
    /// Active dossiers that look like this one.
    pub alike: Vec<CaseRow>,
    /// The running ones that look alike were shown: the button opens the dossier all the same.
    pub confirms: bool,
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
    /// Inputs that can wait, folded.
    pub more: Vec<FieldView>,
}

/// A button that adds another occurrence of a section.
#[derive(Clone, Debug)]
pub struct AddButton {
    /// The section.
    pub section: String,
    /// Its text.
    pub label: String,
}
