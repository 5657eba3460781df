//! Letters: the list of the day, a batch to print and mark as sent, the letters of one dossier.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Link};

/// The dossiers where a letter waits.
#[derive(Template)]
#[template(path = "pages/letters.html")]
pub struct Letters {
    /// Shell.
    pub shell: Shell,
    /// Dossiers, oldest first.
    pub rows: Vec<LetterRow>,
    /// How many may go in one batch.
    pub most: usize,
    /// May the reader write them? Whoever supervises sees that they wait.
    pub writes: bool,
    /// Why the last choice was refused.
    pub fault: Option<String>,
}

/// A dossier where letters wait, by its card.
#[derive(Clone, Debug)]
pub struct LetterRow {
    /// Number.
    pub number: String,
    /// Its letters' page.
    pub href: String,
    /// What waits.
    pub what: String,
    /// Before when.
    pub due: String,
    /// Is the date past?
    pub late: bool,
    /// Territory.
    pub unit: String,
    /// Chosen at first.
    pub chosen: bool,
}

/// Letters put together: read, print, mark as sent.
#[derive(Template)]
#[template(path = "pages/letter_batch.html")]
pub struct LetterBatch {
    /// Shell.
    pub shell: Shell,
    /// « 12 lettres de 8 dossiers ».
    pub title: String,
    /// Letters.
    pub letters: Vec<LetterSheet>,
    /// Dossiers that were left out, and why.
    pub faults: Vec<(String, String, String)>,
    /// How a letter leaves: code and name.
    pub modes: Vec<(String, String)>,
    /// The day, as typed.
    pub today: String,
    /// Some of them may be marked as sent.
    pub to_send: bool,
    /// This server makes PDF files.
    pub pdf: bool,
}

/// A letter as it is printed.
#[derive(Clone, Debug)]
pub struct LetterSheet {
    /// `NUMBER.no`: what forms carry.
    pub key: String,
    /// Dossier's number.
    pub number: String,
    /// What it is called.
    pub label: String,
    /// Sent already.
    pub sent: bool,
    /// Who writes.
    pub sender: Vec<String>,
    /// To whom.
    pub recipient: Vec<String>,
    /// Place and date.
    pub place_and_date: String,
    /// Subject.
    pub subject: String,
    /// Body.
    pub body: Vec<Part>,
    /// Who signs.
    pub signature: Vec<String>,
}

/// A piece of a letter.
#[derive(Clone, Debug)]
pub enum Part {
    /// A title.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
}

/// What was marked, and what was not.
#[derive(Template)]
#[template(path = "pages/letters_sent.html")]
pub struct LettersSent {
    /// Shell.
    pub shell: Shell,
    /// What was done.
    pub title: String,
    /// The letters that were marked: keys.
    pub keys: Vec<String>,
    /// Dossiers that were not, and why.
    pub faults: Vec<(String, String, String)>,
    /// May be taken back today.
    pub undo: bool,
}

/// The letters of one dossier.
#[derive(Template)]
#[template(path = "pages/dossier_letters.html")]
pub struct DossierLetters {
    /// Shell.
    pub shell: Shell,
    /// Number.
    pub number: String,
    /// Letters that are due: what, to whom, since when, why again.
    pub due: Vec<(String, String, String, bool)>,
    /// Letters that were prepared.
    pub written: Vec<WrittenRow>,
    /// Others that may be prepared.
    pub others: Vec<Link>,
    /// Why a letter comes back: code and name.
    pub returns: Vec<(String, String)>,
    /// The day, as typed.
    pub today: String,
    /// What was refused.
    pub fault: Option<String>,
}

/// A prepared letter.
#[derive(Clone, Debug)]
pub struct WrittenRow {
    /// Act number.
    pub no: u32,
    /// `NUMBER.no`.
    pub key: String,
    /// What it is called.
    pub label: String,
    /// To whom.
    pub to: String,
    /// Its date.
    pub on: String,
    /// What became of it.
    pub state: String,
    /// It is under way, and may come back.
    pub away: bool,
    /// Its print page.
    pub href: String,
}

/// The form of a letter that asks for something.
#[derive(Template)]
#[template(path = "pages/letter_form.html")]
pub struct LetterForm {
    /// Shell.
    pub shell: Shell,
    /// What it is called.
    pub title: String,
    /// Number.
    pub number: String,
    /// To whom.
    pub to: String,
    /// Inputs.
    pub form: FormView,
}
