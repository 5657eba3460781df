//! What leaves Huis as a file: documents, which a [`Press`] makes into PDF, and sheets, which are
//! written as CSV and ODS here.
//!
//! Everything is plain data. A text that a person typed stays a text: no markup in it is ever
//! interpreted, and no cell of a sheet is ever a formula. Whoever fills a document has it from the
//! reduced view, as a page has (I3).
//!
//! ```
//! use huis_documents::{Align, Column, Document, Kind, Sheet, Table, Text, Written};
//! use huis_kernel::{Instant, Money};
//!
//! let mut letter = Document::new("Convocation", Instant(1_767_186_300_000));
//! letter.heading(1, "Votre rendez-vous");
//! letter.paragraph(Text::plain("Vous êtes attendu le ").strong("4 février").then("."));
//! letter.pairs([("Lieu", "Préfecture, salle 2"), ("Heure", "9 h 30")]);
//! letter.table(Table::new(["Mois", "Dû"]).align(1, Align::End).row(["janvier", "680,00 €"]));
//! // press.pdf(&letter)? gives the bytes of the file.
//!
//! let mut sheet = Sheet::new("Dettes", [Column::new("Mois", Kind::Text), Column::new("Dû", Kind::Money)]);
//! sheet.row(["janvier".into(), Money(68_000).into()]);
//! let written = Written { title: "Dettes".into(), author: "CCAPEX".into(), at: Instant(0) };
//! assert!(huis_documents::ods(&written, &[sheet]).unwrap().starts_with(b"PK"));
//! ```

mod blocks;
mod bundle;
mod clean;
mod csv;
mod document;
mod file;
mod ods;
mod press;
mod sheet;
mod text;

pub use blocks::{Align, Block, Figure, Heading, Letterhead, Signature, Table};
pub use bundle::bundle;
pub use clean::{printable, unformulated};
pub use csv::{Bom, Csv};
pub use document::{Document, Orientation};
pub use file::{File, Format};
pub use ods::{Ods, Written, ods};
pub use press::{DocumentError, MAX_WEIGHT, Press};
pub use sheet::{Cell, Column, Kind, Sheet, SheetError};
pub use text::{Run, Style, Text};
