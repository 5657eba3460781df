//! Two agents changed the same section: mine and theirs, field by field.

use askama::Template;

use crate::layout::Shell;

/// The choice.
#[derive(Template)]
#[template(path = "pages/conflict.html")]
pub struct Conflict {
    /// Shell.
    pub shell: Shell,
    /// What was edited.
    pub label: String,
    /// The dossier's number.
    pub number: String,
    /// Why there is a choice to make.
    pub why: String,
    /// What the two sides are called: mine, theirs.
    pub sides: (&'static str, &'static str),
    /// Where it is posted.
    pub action: String,
    /// Where « Annuler » goes.
    pub cancel: String,
    /// The version that this choice is made against.
    pub version: u64,
    /// Fields on which the two differ.
    pub fields: Vec<ConflictField>,
    /// Values on which they agree, carried along: (name, value as typed).
    pub agreed: Vec<(String, String)>,
}

/// A field on which the two differ. Sent as `name` = the value chosen.
#[derive(Clone, Debug)]
pub struct ConflictField {
    /// HTML id.
    pub id: String,
    /// HTML name.
    pub name: String,
    /// Label.
    pub label: String,
    /// As it was when both began.
    pub before: String,
    /// Mine: as typed, and as read.
    pub mine: (String, String),
    /// Theirs: as typed, and as read.
    pub theirs: (String, String),
    /// Only one of the two changed it: theirs is chosen when I did not touch it.
    pub theirs_chosen: bool,
}
