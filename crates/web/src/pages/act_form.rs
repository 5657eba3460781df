//! Recording an act: what is asked, what will follow, and a second look when it cannot be undone.

use askama::Template;

use crate::{
    forms::FormView,
    layout::Shell,
    pages::{Pair, Remark},
};

/// The form of an act.
#[derive(Template)]
#[template(path = "pages/act_form.html")]
pub struct ActForm {
    /// Shell.
    pub shell: Shell,
    /// What the act is called.
    pub label: String,
    /// Article.
    pub article: String,
    /// The dossier's number.
    pub number: String,
    /// It corrects this act.
    pub corrects: Option<u32>,
    /// Its depositor is shown nothing of what they deposited.
    pub unseen: bool,
    /// Known already, shown beside.
    pub known: Vec<Pair>,
    /// What is irregular, and does not prevent it.
    pub remarks: Vec<Remark>,
    /// The inputs.
    pub form: FormView,
}

/// Something that follows from an act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// What, in a sentence.
    pub text: String,
    /// The article it rests on; empty for a stage.
    pub article: String,
}

/// The second look.
#[derive(Template)]
#[template(path = "pages/act_confirm.html")]
pub struct ActConfirm {
    /// Shell.
    pub shell: Shell,
    /// What the act is called.
    pub label: String,
    /// Article.
    pub article: String,
    /// The dossier's number.
    pub number: String,
    /// It corrects this act.
    pub corrects: Option<u32>,
    /// What will be recorded.
    pub facts: Vec<Pair>,
    /// What is irregular.
    pub remarks: Vec<Remark>,
    /// What follows: the stage, the deadlines set, moved or met, each with its article.
    pub consequences: Vec<Consequence>,
    /// Carries what was typed; its only button confirms.
    pub form: FormView,
    /// The date of the act is long past or to come: said plainly.
    pub unusual_date: Option<String>,
}
