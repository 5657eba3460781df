//! A document: its blocks and what is said of it as a whole.

use huis_kernel::Instant;

use crate::blocks::{Block, Figure, Heading, Letterhead, Signature, Table};
use crate::text::Text;

/// How the page is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    /// Upright: letters and files.
    #[default]
    Portrait,
    /// On its side: wide tables.
    Landscape,
}

/// A document to print. The same document gives the same bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The language of its words, as in BCP 47: `fr`.
    pub lang: String,
    /// Its title, in the file's properties; printed only where a heading says it.
    pub title: String,
    /// Which organisation made it, in the file's properties.
    pub author: String,
    /// When it was made, from the clock (I9).
    pub at: Instant,
    /// How the page is held.
    pub orientation: Orientation,
    /// Lines at the foot of each page, beside « page n/N »: who took the file out and when.
    pub footer: Vec<String>,
    /// What it says, in reading order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// An empty document in French, upright.
    pub fn new(title: impl Into<String>, at: Instant) -> Self {
        Self {
            lang: "fr".to_owned(),
            title: title.into(),
            author: String::new(),
            at,
            orientation: Orientation::Portrait,
            footer: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Adds a title, of level 1 (a chapter) to 4.
    pub fn heading(&mut self, level: u8, text: impl Into<String>) {
        let level = level.clamp(1, 4);
        self.blocks.push(Block::Heading(Heading { level, text: text.into() }));
    }

    /// Adds a paragraph.
    pub fn paragraph(&mut self, text: impl Into<Text>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    /// Adds a remark in a frame.
    pub fn notice(&mut self, text: impl Into<Text>) {
        self.blocks.push(Block::Notice(text.into()));
    }

    /// Adds a list with bullets.
    pub fn list<T: Into<Text>>(&mut self, items: impl IntoIterator<Item = T>) {
        let items = items.into_iter().map(Into::into).collect();
        self.blocks.push(Block::List { ordered: false, items });
    }

    /// Adds names and values.
    pub fn pairs<A: Into<Text>, B: Into<Text>>(&mut self, pairs: impl IntoIterator<Item = (A, B)>) {
        let pairs = pairs.into_iter().map(|(a, b)| (a.into(), b.into())).collect();
        self.blocks.push(Block::Pairs(pairs));
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// Adds a picture.
    pub fn figure(&mut self, figure: Figure) {
        self.blocks.push(Block::Figure(figure));
    }

    /// Adds the head of a letter.
    pub fn letterhead(&mut self, head: Letterhead) {
        self.blocks.push(Block::Letterhead(head));
    }

    /// Adds who signs.
    pub fn signature(&mut self, signature: Signature) {
        self.blocks.push(Block::Signature(signature));
    }

    /// What follows begins on a new page.
    pub fn page_break(&mut self) {
        self.blocks.push(Block::PageBreak);
    }

    /// How much there is to set, about a byte a letter and forty a cell: what
    /// [`crate::MAX_WEIGHT`] bounds.
    pub fn weight(&self) -> usize {
        let footer = self.footer.iter().map(String::len).sum::<usize>();
        self.title.len() + footer + self.blocks.iter().map(Block::weight).sum::<usize>()
    }
}
