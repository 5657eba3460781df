//! A file that leaves: what it is called, what it is, its bytes.

use crate::{
    csv::Bom,
    ods::{Written, ods},
    sheet::{Sheet, SheetError},
};

/// The format of a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// OpenDocument, the State's own (RGI).
    #[default]
    Ods,
    /// Text.
    Csv,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 2] = [Self::Ods, Self::Csv];

    /// Its code, which is also the ending of the file's name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ods => "ods",
            Self::Csv => "csv",
        }
    }
    /// The format of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.code() == code)
    }
    /// Its media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A file to hand over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name, with its ending: letters, digits and dashes, nothing personal (I13).
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl File {
    /// A file named by a word and its ending.
    pub fn new(name: &str, ending: &str, media: &'static str, bytes: Vec<u8>) -> Self {
        Self { name: format!("{}.{ending}", slug(name)), media, bytes }
    }
    /// A PDF.
    pub fn pdf(name: &str, bytes: Vec<u8>) -> Self {
        Self::new(name, "pdf", "application/pdf", bytes)
    }
    /// A sheet, named after its list and `day`.
    ///
    /// # Errors
    /// The sheet could not be written.
    pub fn sheet(
        sheet: &Sheet,
        format: Format,
        day: huis_kernel::Date,
        written: &Written,
    ) -> Result<Self, SheetError> {
        let bytes = match format {
            Format::Csv => sheet.csv(Bom::Yes)?,
            Format::Ods => ods(written, std::slice::from_ref(sheet))?,
        };
        let name = format!("{}-{day}", sheet.name);
        Ok(Self::new(&name, format.code(), format.media(), bytes))
    }
}

/// Letters, digits and dashes.
fn slug(name: &str) -> String {
    let plain = |c: char| match c.to_ascii_lowercase() {
        'à' | 'â' => 'a',
        'é' | 'è' | 'ê' | 'É' => 'e',
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    name.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::{Column, Kind};

    #[test]
    fn a_file_is_named_by_its_list_and_its_day() {
        assert_eq!(slug("Échéances du jour"), "echeances-du-jour");
        assert_eq!(slug("4821-7730-K"), "4821-7730-k");
        let sheet = Sheet::new("Ma journée", [Column::new("Quoi", Kind::Text)]);
        let written = Written {
            title: "Ma journée".into(),
            author: "CCAPEX".into(),
            at: huis_kernel::Instant(0),
        };
        let day = "2026-11-23".parse().unwrap();
        for format in Format::ALL {
            let file = File::sheet(&sheet, format, day, &written).unwrap();
            assert_eq!(file.name, format!("ma-journee-2026-11-23.{}", format.code()));
            assert_eq!((Format::of(format.code()), file.media), (Some(format), format.media()));
        }
    }
}
