//! Files in: sending one, settling its columns, its trial, its progress, its report.

use askama::Template;

use crate::{layout::Shell, term::Chip};

/// Sending a file, and what was sent before.
#[derive(Template)]
#[template(path = "pages/imports.html")]
pub struct Imports {
    /// Shell.
    pub shell: Shell,
    /// The kinds of files: id and label.
    pub kinds: Vec<(String, String)>,
    /// The kind that was chosen.
    pub chosen: String,
    /// Why the file was refused.
    pub fault: Option<String>,
    /// The largest file, in megabytes.
    pub megabytes: usize,
    /// The most rows.
    pub rows: u32,
    /// What was sent.
    pub lines: Vec<Sent>,
}

/// A file that was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its page.
    pub href: String,
    /// What kind.
    pub label: String,
    /// When.
    pub when: String,
    /// Where it stands.
    pub chip: Chip,
    /// Rows, written, known, faulty.
    pub counts: [u32; 4],
}

/// Which column gives what.
#[derive(Template)]
#[template(path = "pages/import_columns.html")]
pub struct Columns {
    /// Shell.
    pub shell: Shell,
    /// The import's page.
    pub href: String,
    /// What kind.
    pub label: String,
    /// « CSV, UTF-8, séparateur point-virgule ».
    pub read: String,
    /// Rows.
    pub rows: u32,
    /// The columns are those of an earlier file.
    pub remembered: bool,
    /// Fields that count: obligatory, finding the dossier, or given by a column.
    pub first: Vec<FieldRow>,
    /// The other ones.
    pub others: Vec<FieldRow>,
    /// Something is wrong.
    pub refused: bool,
    /// Open dossiers for rows that have none; none when the caller may not.
    pub open: Option<bool>,
    /// Headers and first rows of the file.
    pub header: Vec<String>,
    /// First rows.
    pub sample: Vec<Vec<String>>,
}

/// A field and what gives it.
#[derive(Clone, Debug)]
pub struct FieldRow {
    /// HTML id.
    pub id: String,
    /// Target.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// Must each row give it?
    pub required: bool,
    /// The columns: value, label, chosen.
    pub columns: Vec<(String, String, bool)>,
    /// The same for all rows; none when it differs by nature.
    pub fixed: Option<String>,
    /// What is wrong.
    pub fault: Option<String>,
}

/// An import after its columns: trial, question, progress, report.
#[derive(Template)]
#[template(path = "pages/import.html")]
pub struct Import {
    /// Shell.
    pub shell: Shell,
    /// Its page.
    pub href: String,
    /// What kind.
    pub label: String,
    /// Where it stands.
    pub chip: Chip,
    /// What it means, and what to do.
    pub text: String,
    /// The job is at work: rows gone through.
    pub moving: Option<u32>,
    /// Rows.
    pub rows: u32,
    /// Rows written, or that would be.
    pub written: u32,
    /// « écrites » or « à écrire ».
    pub written_label: String,
    /// Rows already there.
    pub known: u32,
    /// Rows with faults.
    pub faulty: u32,
    /// Waits for a yes.
    pub ready: bool,
    /// May be stopped, or thrown away: the button's words.
    pub stop: Option<String>,
    /// The faults can be taken away as a file, until that day.
    pub until: Option<String>,
    /// The first faults: row, texts.
    pub faults: Vec<(u32, Vec<String>)>,
}
