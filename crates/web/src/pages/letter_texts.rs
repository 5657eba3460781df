//! The texts of the letters, which an office may adapt (I11).

use askama::Template;

use super::letters::Part;
use crate::layout::Shell;

/// The list of texts.
#[derive(Template)]
#[template(path = "pages/letter_texts.html")]
pub struct LetterTexts {
    /// Shell.
    pub shell: Shell,
    /// Letter, its page, who receives it, its state, clause.
    pub rows: Vec<TextRow>,
}

/// A text of the list.
#[derive(Clone, Debug)]
pub struct TextRow {
    /// What it is called.
    pub label: String,
    /// Its page.
    pub href: String,
    /// To whom it goes.
    pub to: String,
    /// « texte livré », « adapté le … par … ».
    pub state: String,
    /// The adapted text is refused by the register of today.
    pub refused: bool,
    /// Clause or article.
    pub source: String,
}

/// The form of one text.
#[derive(Template)]
#[template(path = "pages/letter_text.html")]
pub struct LetterText {
    /// Shell.
    pub shell: Shell,
    /// What it is called.
    pub label: String,
    /// Where it is posted.
    pub action: String,
    /// Subject, as typed.
    pub subject: String,
    /// Text, as typed.
    pub text: String,
    /// Lines of the text with what is wrong, the subject first (0).
    pub faults: Vec<(usize, String)>,
    /// What it may hold between braces.
    pub placeholders: Vec<(String, String)>,
    /// The letter to a made-up person.
    pub preview: Option<TextPreview>,
    /// Versions: what, when and by whom.
    pub versions: Vec<String>,
    /// Is it adapted?
    pub adapted: bool,
}

/// A letter to a made-up person.
#[derive(Clone, Debug)]
pub struct TextPreview {
    /// Subject.
    pub subject: String,
    /// To whom.
    pub recipient: Vec<String>,
    /// Body.
    pub body: Vec<Part>,
}
