//! Entering or rectifying an occurrence of a section.

use askama::Template;

use crate::{
    forms::FormView,
    layout::Shell,
    pages::{Beside, Link},
};

/// The form of a section.
#[derive(Template)]
#[template(path = "pages/section_form.html")]
pub struct SectionForm {
    /// Shell.
    pub shell: Shell,
    /// What the section is called, with the occurrence.
    pub label: String,
    /// The dossier's number.
    pub number: String,
    /// Its source in the register.
    pub source: String,
    /// A sensitive class: said before anything is typed.
    pub sensitive: bool,
    /// What else may be done with it: withdraw it.
    pub tools: Vec<Link>,
    /// What a person asks to be rectified.
    pub beside: Option<Beside>,
    /// The inputs.
    pub form: FormView,
}
