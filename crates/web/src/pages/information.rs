//! What is done with the data, for everyone: plain and easy to read (X-15, D-23).

use askama::Template;

use super::letters::Part;
use crate::layout::Shell;

/// The notice of a processing.
#[derive(Template)]
#[template(path = "pages/information.html")]
pub struct Information {
    /// Shell.
    pub shell: Shell,
    /// Title.
    pub title: String,
    /// Paragraphs.
    pub text: Vec<String>,
    /// What must be told.
    pub body: Vec<Part>,
    /// Offices: name, rights desk, officer.
    pub desks: Vec<(String, String, String)>,
    /// This page's address.
    pub here: String,
    /// This server makes PDF files.
    pub pdf: bool,
}

/// The same, easy to read.
#[derive(Template)]
#[template(path = "pages/information_easy.html")]
pub struct InformationEasy {
    /// Shell.
    pub shell: Shell,
    /// Title.
    pub title: String,
    /// Titles, each with its lines: picture (SVG of ours), what it shows, words.
    pub groups: Vec<(String, Vec<EasyRow>)>,
    /// Offices: name, rights desk, officer.
    pub desks: Vec<(String, String, String)>,
    /// The plain page's address.
    pub plain: String,
    /// This server makes PDF files.
    pub pdf: bool,
}

/// One idea.
#[derive(Clone, Debug)]
pub struct EasyRow {
    /// The picture.
    pub svg: String,
    /// What it shows.
    pub alt: String,
    /// Words.
    pub text: String,
}
