//! The press: documents as tagged PDF, by typst.
//!
//! A document reaches the typesetter as data: one JSON file in a world that holds nothing else, so
//! that there is nothing on the machine to read and no text that is run. The typesetter keeps what
//! it has set in memory to set it faster again; here that is forgotten after each document, for it
//! is personal data.

mod data;
mod fonts;
mod world;

use std::sync::OnceLock;

use huis_documents::{Document, DocumentError, MAX_WEIGHT, Press};
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use fonts::Fonts;
use world::Sheet;

/// The press by typst. Its fonts are read at the first document.
#[derive(Default)]
pub struct TypstPress {
    fonts: OnceLock<Fonts>,
}

impl TypstPress {
    /// A press that has read nothing yet.
    pub const fn new() -> Self {
        Self { fonts: OnceLock::new() }
    }
}

/// Forgets what the typesetter remembers of a document, however its setting ends.
struct Forget;

impl Drop for Forget {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}

impl Press for TypstPress {
    fn pdf(&self, document: &Document) -> Result<Vec<u8>, DocumentError> {
        let weight = document.weight();
        if weight > MAX_WEIGHT {
            return Err(DocumentError::TooLong { weight, most: MAX_WEIGHT });
        }
        let fonts = self.fonts.get_or_init(Fonts::read);
        let _forget = Forget;
        let world = Sheet::new(fonts, document)?;
        let set: PagedDocument = typst::compile(&world)
            .output
            .map_err(|errors| fault(document, "mise en page", &errors))?;
        // PDF/UA-1 (ISO 14289-1), which checks what it promises: tags, a language, a title, words
        // for each picture, a character for each glyph.
        let standards = PdfStandards::new(&[PdfStandard::Ua_1])
            .map_err(|_| DocumentError::Press("norme".to_owned()))?;
        let options = PdfOptions {
            ident: Smart::Auto,
            creator: Smart::Custom(Some("Huis".to_owned())),
            timestamp: data::civil(document.at).map(Timestamp::new_utc),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&set, &options).map_err(|errors| fault(document, "PDF/UA-1", &errors))
    }
}

/// What failed, in words that do not hold the document's own.
fn fault(
    document: &Document,
    step: &str,
    errors: &[typst::diag::SourceDiagnostic],
) -> DocumentError {
    let pictures = document.blocks.iter().any(|b| matches!(b, huis_documents::Block::Figure(_)));
    if pictures && errors.iter().any(|e| e.message.contains("SVG") || e.message.contains("image")) {
        return DocumentError::Figure;
    }
    DocumentError::Press(format!("{step}, {} fautes", errors.len()))
}
