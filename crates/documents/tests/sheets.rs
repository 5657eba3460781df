//! Sheets as other programs read them: the ODS by another reader, the CSV by a reader of its own
//! rules, hostile cells included.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use std::io::{Cursor, Read};

use calamine::{Data, Ods as Reader, Reader as _};
use huis_documents::{Bom, Cell, Column, Csv, Kind, Ods, Sheet, SheetError, Written, ods};
use huis_kernel::{Instant, Money};
use jiff::civil::date;
use proptest::prelude::*;

const HOSTILE: [&str; 9] = [
    "=HYPERLINK(\"http://x\";\"y\")",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\u{feff}=1",
    "\u{0}=1",
    "\u{202e}=1",
];

fn sheet() -> Sheet {
    let mut sheet = Sheet::new(
        "Dossiers",
        [
            Column::new("Référence", Kind::Text),
            Column::new("Audience", Kind::Date),
            Column::new("Dette", Kind::Money),
            Column::new("Occupants", Kind::Number),
        ],
    );
    sheet.row([
        "D’Été ; « œil »".into(),
        date(2026, 2, 4).into(),
        Money(-123_456).into(),
        3_usize.into(),
    ]);
    sheet.row([
        "a\"b\nc  d".into(),
        None::<huis_kernel::Date>.into(),
        "inconnue".into(),
        Cell::Empty,
    ]);
    sheet
}

fn written() -> Written {
    Written { title: "Essai".into(), author: "CCAPEX <69>".into(), at: Instant(0) }
}

#[test]
fn csv_is_what_a_french_spreadsheet_opens() {
    let bytes = sheet().csv(Bom::Yes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(
        text,
        "\u{feff}Référence;Audience;Dette;Occupants\r\n\
         \"D’Été ; « œil »\";04/02/2026;-1234,56;3\r\n\
         \"a\"\"b\nc  d\";;inconnue;\r\n"
    );
    assert!(!sheet().csv(Bom::No).unwrap().starts_with(b"\xef\xbb\xbf"));
}

#[test]
fn no_cell_of_csv_begins_a_formula() {
    for hostile in HOSTILE {
        let mut sheet = Sheet::new(hostile, [Column::new(hostile, Kind::Text)]);
        sheet.row([hostile.into()]);
        let bytes = sheet.csv(Bom::No).unwrap();
        let mut reader =
            csv::ReaderBuilder::new().delimiter(b';').has_headers(false).from_reader(&bytes[..]);
        for record in reader.records() {
            assert!(record.unwrap()[0].starts_with('\''), "{hostile:?}");
        }
    }
}

#[test]
fn another_program_reads_the_ods_with_its_types() {
    let bytes = ods(&written(), &[sheet(), sheet()]).unwrap();
    assert_eq!(bytes, ods(&written(), &[sheet(), sheet()]).unwrap(), "same sheets, same bytes");
    let mut reader: Reader<_> = Reader::new(Cursor::new(bytes)).unwrap();
    assert_eq!(reader.sheet_names(), ["Dossiers", "Dossiers 2"]);
    let range = reader.worksheet_range("Dossiers").unwrap();
    let cell = |row, column| range.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(cell(0, 2), Data::String("Dette".into()));
    assert_eq!(cell(1, 0), Data::String("D’Été ; « œil »".into()));
    assert_eq!(cell(1, 1), Data::DateTimeIso("2026-02-04".into()));
    assert_eq!(cell(1, 2), Data::Float(-1234.56));
    assert_eq!(cell(1, 3), Data::Float(3.0));
    assert_eq!(cell(2, 0), Data::String("a\"b\nc  d".into()));
    assert_eq!(cell(2, 1), Data::Empty);
    assert_eq!(cell(2, 2), Data::String("inconnue".into()));
}

#[test]
fn words_of_an_ods_are_words_and_nothing_is_a_formula() {
    let mut sheet = Sheet::new("</table:table>", [Column::new("Nom", Kind::Text)]);
    for hostile in HOSTILE {
        sheet.row([hostile.into()]);
    }
    sheet.row(["</text:p><table:table-cell table:formula=\"of:=1\"/>".into()]);
    sheet.row(["]]>&amp;<!--".into()]);
    let bytes = ods(&written(), &[sheet]).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.by_index(0).unwrap().name().unwrap(), "mimetype");
    let mut content = String::new();
    archive.by_name("content.xml").unwrap().read_to_string(&mut content).unwrap();
    let mut xml = quick_xml::Reader::from_str(&content);
    loop {
        match xml.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                assert!(tag.try_get_attribute("table:formula").unwrap().is_none());
            }
            _ => {}
        }
    }
    let mut reader: Reader<_> = Reader::new(Cursor::new(bytes)).unwrap();
    let range = reader.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(range.get_value((1, 0)), Some(&Data::String(HOSTILE[0].into())));
    assert_eq!(range.get_value((11, 0)), Some(&Data::String("]]>&amp;<!--".into())));
    let formulas = reader.worksheet_formula(&reader.sheet_names()[0].clone()).unwrap();
    assert!(formulas.used_cells().all(|(.., formula)| formula.is_empty()));
}

#[test]
fn a_row_that_does_not_fit_is_refused() {
    let columns = [Column::new("Le", Kind::Date)];
    let mut csv = Csv::new(Vec::new(), &columns, Bom::No).unwrap();
    assert!(matches!(csv.row(&[]), Err(SheetError::Width { row: 1, cells: 0, columns: 1 })));
    assert!(matches!(csv.row(&[3_u32.into()]), Err(SheetError::Kind { row: 2, column: 1 })));
    let mut ods = Ods::new(Cursor::new(Vec::new()), &written()).unwrap();
    assert!(matches!(ods.row(&[Cell::Empty]), Err(SheetError::NoSheet)));
}

proptest! {
    /// Whatever a person typed comes back as it was, but for the signs that show nothing.
    #[test]
    fn any_text_survives_both_files(text in any::<String>()) {
        let mut sheet = Sheet::new("T", [Column::new("Texte", Kind::Text), Column::new("Fin", Kind::Text)]);
        sheet.row([text.as_str().into(), "fin".into()]);
        let kept = huis_documents::printable(&text).into_owned();

        let bytes = sheet.csv(Bom::No).unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(&bytes[..]);
        let record = reader.records().next().unwrap().unwrap();
        let back = &record[0];
        prop_assert!(back == kept || back == format!("'{kept}"), "{:?} {:?}", back, kept);
        prop_assert!(!back.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']));
        prop_assert_eq!(&record[1], "fin");

        let bytes = ods(&written(), &[sheet]).unwrap();
        let mut reader: Reader<_> = Reader::new(Cursor::new(bytes)).unwrap();
        let range = reader.worksheet_range("T").unwrap();
        prop_assert_eq!(range.get_value((1, 1)), Some(&Data::String("fin".into())));
        let back = match range.get_value((1, 0)) { Some(Data::String(s)) => s.clone(), _ => String::new() };
        prop_assert_eq!(back, kept);
    }
}
