//! All that the typesetter can reach: its sheet of styles, the document, its pictures, the fonts.

use std::collections::HashMap;

use huis_documents::{Block, Document, DocumentError};
use typst::Library;
use typst::World;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

use crate::data;
use crate::fonts::Fonts;

const STYLES: &str = include_str!("document.typ");

/// One document before the typesetter.
pub struct Sheet<'a> {
    fonts: &'a Fonts,
    main: Source,
    files: HashMap<FileId, Bytes>,
}

impl<'a> Sheet<'a> {
    /// Lays the document out as files in memory.
    pub fn new(fonts: &'a Fonts, document: &Document) -> Result<Self, DocumentError> {
        let mut files = HashMap::new();
        let json = data::json(document, |c| fonts.draw(c));
        files.insert(id("document.json")?, Bytes::from_string(json));
        for (i, block) in document.blocks.iter().enumerate() {
            if let Block::Figure(figure) = block {
                let svg = Bytes::from_string(figure.svg.clone());
                files.insert(id(&data::figure_name(i))?, svg);
            }
        }
        let main = Source::new(id("document.typ")?, STYLES.to_owned());
        Ok(Self { fonts, main, files })
    }
}

/// The same few names at each document: the typesetter keeps names for ever.
fn id(name: &str) -> Result<FileId, DocumentError> {
    let path = VirtualPath::new(name).map_err(|_| DocumentError::Press("nom".to_owned()))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.fonts.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }
    fn main(&self) -> FileId {
        self.main.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.fonts.get(index).cloned()
    }
    /// No date but the document's own (I9).
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
