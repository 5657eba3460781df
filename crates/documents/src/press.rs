//! The port of the press: who fills a document does not know how it is set.

use crate::Document;

/// The most that one document may hold, by [`Document::weight`]: some hundred pages of words, or two
/// thousand rows of four cells, which take seconds and two hundred megabytes. What is longer
/// belongs in a sheet.
pub const MAX_WEIGHT: usize = 400_000;

/// Why a document was not made. Says nothing of what stands in it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DocumentError {
    /// More than [`MAX_WEIGHT`].
    #[error("le document est trop long pour un PDF : {weight} signes, {most} au plus")]
    TooLong {
        /// What it weighs.
        weight: usize,
        /// The most.
        most: usize,
    },
    /// A picture is no SVG that the press can read.
    #[error("une figure du document n'est pas lisible")]
    Figure,
    /// The press could not set it: a fault of the program.
    #[error("le document n'a pas pu être mis en page ({0})")]
    Press(String),
    /// This server has no press.
    #[error("ce serveur ne produit pas de PDF")]
    NoPress,
}

/// Makes a document into a file to read and print. Setting a page takes processor time: call it
/// where blocking is allowed.
pub trait Press: Send + Sync {
    /// The document as a tagged PDF, with the document's language and bookmarks.
    ///
    /// The same document gives the same bytes.
    fn pdf(&self, document: &Document) -> Result<Vec<u8>, DocumentError>;
}

/// No press at all: where no PDF is asked for.
impl Press for () {
    fn pdf(&self, _: &Document) -> Result<Vec<u8>, DocumentError> {
        Err(DocumentError::NoPress)
    }
}
