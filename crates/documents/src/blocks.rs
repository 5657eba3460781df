//! What a document is made of.

use crate::text::Text;

/// One piece of a document, set under the one before it.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A title; levels 1 to 4, also the bookmarks of the file.
    Heading(Heading),
    /// A paragraph.
    Paragraph(Text),
    /// A remark set apart in a frame: a warning, what the reader must do.
    Notice(Text),
    /// A list, numbered when `ordered`.
    List {
        /// Numbers instead of bullets.
        ordered: bool,
        /// Its items.
        items: Vec<Text>,
    },
    /// Names and values, two columns without a frame: a card, a summary.
    Pairs(Vec<(Text, Text)>),
    /// A table of data.
    Table(Table),
    /// A picture.
    Figure(Figure),
    /// The head of a letter; first block of its document.
    Letterhead(Letterhead),
    /// Who signs.
    Signature(Signature),
    /// What follows begins on a new page.
    PageBreak,
}

/// A title within a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 for a chapter, to 4.
    pub level: u8,
    /// Its words.
    pub text: String,
}

/// On which side of its column a cell stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Where reading begins: words.
    #[default]
    Start,
    /// Where reading ends: amounts and counts.
    End,
    /// In the middle: marks.
    Center,
}

/// A table of data with a header row, repeated on each page that the table reaches.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What the table shows, above it.
    pub caption: Option<String>,
    /// The header row.
    pub header: Vec<String>,
    /// One alignment a column; a missing one is [`Align::Start`].
    pub align: Vec<Align>,
    /// One relative width a column; a missing one is as wide as it needs.
    pub widths: Vec<Option<u16>>,
    /// The rows; a missing cell is empty, one too many is left out.
    pub rows: Vec<Vec<Text>>,
}

impl Table {
    /// An empty table under a header row.
    pub fn new<T: Into<String>>(header: impl IntoIterator<Item = T>) -> Self {
        let header: Vec<String> = header.into_iter().map(Into::into).collect();
        let (align, widths) = (vec![Align::Start; header.len()], vec![None; header.len()]);
        Self { header, align, widths, ..Self::default() }
    }

    /// The table under a caption.
    #[must_use]
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(caption.into());
        self
    }

    /// The table, a column (from 0) aligned.
    #[must_use]
    pub fn align(mut self, column: usize, align: Align) -> Self {
        if let Some(slot) = self.align.get_mut(column) {
            *slot = align;
        }
        self
    }

    /// The table, a column (from 0) given its share of the width that is left.
    #[must_use]
    pub fn width(mut self, column: usize, share: u16) -> Self {
        if let Some(slot) = self.widths.get_mut(column) {
            *slot = Some(share);
        }
        self
    }

    /// The table with one row more.
    #[must_use]
    pub fn row<T: Into<Text>>(mut self, cells: impl IntoIterator<Item = T>) -> Self {
        self.push(cells);
        self
    }

    /// Adds a row.
    pub fn push<T: Into<Text>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }
}

/// A picture with the words for whoever does not see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The picture, in SVG. Made by the program, never given by a person.
    pub svg: String,
    /// What it shows, in words (WCAG 1.1.1).
    pub alt: String,
    /// The words printed under it.
    pub caption: Option<String>,
    /// Its width in millimetres.
    pub width_mm: u16,
}

/// The head of a letter: the recipient stands in the window of a DL envelope (NF Z 11-001).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letterhead {
    /// The service that writes, one line each, the first in bold.
    pub sender: Vec<String>,
    /// To whom, one line each, six at most as the Post asks (NF Z 10-011).
    pub recipient: Vec<String>,
    /// How it is sent: « Lettre recommandée avec avis de réception ».
    pub delivery: Option<String>,
    /// « Lyon, le 4 février 2026 ».
    pub place_and_date: String,
    /// Names and values: « Notre référence », « Dossier suivi par ».
    pub references: Vec<(String, String)>,
    /// « Objet ».
    pub subject: Option<String>,
}

/// Who signs, at the end of a letter; kept on one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// In what quality: « Pour le préfet et par délégation, ».
    pub quality: String,
    /// The name, under the room for the signature.
    pub name: String,
}

impl Block {
    pub(crate) fn weight(&self) -> usize {
        let lines = |lines: &[String]| lines.iter().map(|l| l.len() + 1).sum::<usize>();
        match self {
            Self::Heading(heading) => heading.text.len(),
            Self::Paragraph(text) | Self::Notice(text) => text.weight(),
            Self::List { items, .. } => items.iter().map(Text::weight).sum(),
            Self::Pairs(pairs) => pairs.iter().map(|(a, b)| a.weight() + b.weight()).sum(),
            Self::Table(table) => {
                let cells = table.rows.iter().flatten().map(|c| c.weight() + 40).sum::<usize>();
                lines(&table.header) + table.caption.as_ref().map_or(0, String::len) + cells
            }
            Self::Figure(figure) => figure.svg.len() + figure.alt.len(),
            Self::Letterhead(head) => {
                let pairs = head.references.iter().map(|(a, b)| a.len() + b.len()).sum::<usize>();
                lines(&head.sender) + lines(&head.recipient) + head.place_and_date.len() + pairs
            }
            Self::Signature(signature) => signature.quality.len() + signature.name.len(),
            Self::PageBreak => 1,
        }
    }
}
