//! The copy of what is held about one person, before it is given to them (RGPD art. 15, I12).

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Pair};

/// The copy, or why there is none yet.
#[derive(Template)]
#[template(path = "pages/copy.html")]
pub struct CopyPage {
    /// Shell.
    pub shell: Shell,
    /// The request's number.
    pub request: String,
    /// The dossier's number.
    pub number: String,
    /// Opening the archive, when the dossier is in it.
    pub unlock: Option<FormView>,
    /// Why there is no copy, and what to do.
    pub none: Option<String>,
    /// Persons of one name: by their places, each with its address.
    pub several: Vec<(String, String)>,
    /// The copy.
    pub copy: Option<CopyView>,
    /// What is wrong with what was asked.
    pub faults: Vec<String>,
    /// Where the document is made; none without a press.
    pub make: Option<String>,
}

/// A part of the copy: a section or an act.
#[derive(Clone, Debug)]
pub struct CopyPart {
    /// What it is.
    pub title: String,
    /// What it says.
    pub pairs: Vec<Pair>,
    /// What of it an officer wrote freely about several persons: id, label, words. The desk may
    /// leave it out.
    pub free: Vec<(String, String, String)>,
}

/// The copy in words.
#[derive(Clone, Debug)]
pub struct CopyView {
    /// Whose: « Roth Lucie ».
    pub name: String,
    /// The processing.
    pub processing: String,
    /// The dossier's own dates.
    pub card: Vec<Pair>,
    /// Sections about the person.
    pub sections: Vec<CopyPart>,
    /// Acts about the person.
    pub acts: Vec<CopyPart>,
    /// Who opened it: day, service, purpose, what, how many times.
    pub openings: Vec<(String, String, String, String, u32)>,
    /// From which day the openings are known.
    pub since: String,
    /// Title and paragraphs.
    pub mentions: Vec<(String, Vec<String>)>,
    /// Sections that do not say whose they are, and are not in the copy.
    pub unattributed: Vec<String>,
    /// Section and occurrence of the person, to make the document of the same.
    pub place: (String, u32),
}
