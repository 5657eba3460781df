//! The fonts of every document: Source Sans 3 (SIL Open Font License), made for reading on paper
//! and on screen, with the narrow spaces and the ligatures of French.

use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};

const FILES: [&[u8]; 4] = [
    include_bytes!("../fonts/SourceSans3-Regular.ttf"),
    include_bytes!("../fonts/SourceSans3-Bold.ttf"),
    include_bytes!("../fonts/SourceSans3-Regular_Italic.ttf"),
    include_bytes!("../fonts/SourceSans3-Bold_Italic.ttf"),
];

/// The fonts, and the typesetter's own library, which also is made once.
pub struct Fonts {
    pub book: LazyHash<FontBook>,
    pub fonts: Vec<Font>,
    pub library: LazyHash<Library>,
}

impl Fonts {
    /// Reads the fonts in the program.
    pub fn read() -> Self {
        let fonts: Vec<Font> =
            FILES.iter().filter_map(|file| Font::new(Bytes::new(*file), 0)).collect();
        Self {
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            library: LazyHash::new(Library::default()),
        }
    }

    /// Can every one of the fonts draw it?
    pub fn draw(&self, c: char) -> bool {
        self.fonts.iter().all(|font| font.info().coverage.contains(u32::from(c)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_french_needs_is_drawn() {
        let fonts = Fonts::read();
        assert_eq!(fonts.fonts.len(), 4);
        for c in "ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿ«»’–—…€°²³½•§\u{a0}\u{202f}\u{25a1}áíñóúłžșåøŁŻ"
            .chars()
        {
            assert!(fonts.draw(c), "U+{:04X}", u32::from(c));
        }
    }
}
