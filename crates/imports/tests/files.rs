//! Files as they come: encodings, separators, workbooks; and those made to harm.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod workbook;

use huis_imports::{FileFault, Limits, Row, Shape, read};
use workbook::{Book, stored};

const LIMITS: Limits = Limits::DEFAULT;

fn rows_within(bytes: &[u8], limits: &Limits) -> Result<(Shape, Vec<Row>), FileFault> {
    let mut rows = Vec::new();
    let shape = read(bytes, limits, |row| {
        rows.push(row);
        Ok(())
    })?;
    Ok((shape, rows))
}

fn rows(bytes: &[u8]) -> Result<(Shape, Vec<Row>), FileFault> {
    rows_within(bytes, &LIMITS)
}

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    rows(bytes).unwrap().1.into_iter().map(|r| r.cells).collect()
}

const TABLE: &str = "Nom;Montant dû\nBéranger;1 234,56\nŒuvrard;12,00\n";

fn utf16(text: &str, little: bool) -> Vec<u8> {
    let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let latin: Vec<u8> = TABLE
        .chars()
        .map(|c| match c {
            'Œ' => 0x8C,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let expect =
        vec![vec!["Nom", "Montant dû"], vec!["Béranger", "1 234,56"], vec!["Œuvrard", "12,00"]];
    for (name, bytes) in [
        ("UTF-8", TABLE.as_bytes().to_vec()),
        ("UTF-8", format!("\u{feff}{TABLE}").into_bytes()),
        ("UTF-8", TABLE.replace('\n', "\r\n").into_bytes()),
        ("Windows-1252", latin),
        ("UTF-16", utf16(TABLE, true)),
        ("UTF-16", utf16(TABLE, false)),
    ] {
        assert_eq!(cells(&bytes), expect, "{name}");
        assert!(rows(&bytes).unwrap().0.detail.starts_with(name));
    }
}

#[test]
fn separators_quotes_and_ragged_lines() {
    for (text, expect) in [
        ("a,b,c\n1,2,3\n", vec![vec!["a", "b", "c"], vec!["1", "2", "3"]]),
        ("a\tb\n1,5\t2\n", vec![vec!["a", "b"], vec!["1,5", "2"]]),
        ("a|b\n1|2\n", vec![vec!["a", "b"], vec!["1", "2"]]),
        ("sep=,\na,b\n1;2,3\n", vec![vec!["a", "b"], vec!["1;2", "3"]]),
        ("a;b\n\"1;\"\"x\"\"\";2\n", vec![vec!["a", "b"], vec!["1;\"x\"", "2"]]),
        ("a;b\n\"deux\nlignes\";2\n", vec![vec!["a", "b"], vec!["deux\nlignes", "2"]]),
        (
            "a;b;c\n1;;\n\n;;\n1;2;3;4\n",
            vec![vec!["a", "b", "c"], vec!["1"], vec!["1", "2", "3", "4"]],
        ),
        (
            "montant;n\n1,5;2\n2,5;3\n3,5;4\n",
            vec![vec!["montant", "n"], vec!["1,5", "2"], vec!["2,5", "3"], vec!["3,5", "4"]],
        ),
        ("une seule colonne\nA\n", vec![vec!["une seule colonne"], vec!["A"]]),
    ] {
        assert_eq!(cells(text.as_bytes()), expect, "{text:?}");
    }
    let numbers: Vec<u32> = rows(b"a;b\n\n1;2\n").unwrap().1.iter().map(|r| r.no).collect();
    assert_eq!(numbers, [1, 3], "the line that a person sees");
}

#[test]
fn a_workbook_gives_values_dates_and_what_formulas_gave() {
    let (shape, rows) = rows(&Book::table().bytes()).unwrap();
    assert_eq!((shape.kind, shape.detail.as_str()), ("XLSX", "feuille « Relevé »"));
    let cells: Vec<_> = rows.into_iter().map(|r| (r.no, r.cells)).collect();
    assert_eq!(
        cells,
        [
            (1, vec!["Nom".into(), "Montant dû".into(), "Date".into()]),
            (2, vec!["Béranger".to_owned(), "1234.56".into(), "2025-02-03".into()]),
            (4, vec!["Œuvrard".into(), "0.3".into(), "oui".into(), "42".into(), "#ERREUR".into()]),
        ]
    );
}

#[test]
fn what_is_no_table_is_refused_with_its_mend() {
    let nested = format!("<worksheet>{}</worksheet>", "<a>".repeat(5_000));
    let bomb = format!("<worksheet><sheetData>{}</sheetData></worksheet>", " ".repeat(30_000_000));
    let entities = "<?xml version=\"1.0\"?><!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet/>";
    let backwards = "<worksheet><sheetData><row r=\"9\"><c r=\"A9\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row></sheetData></worksheet>";
    let far = "<worksheet><sheetData><row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row></sheetData></worksheet>";
    let with = |sheet: &str| Book::table().sheet(sheet).bytes();
    let mut locked = Book::table().bytes();
    // The « encrypted » bit of each entry, local and central.
    for at in 0..locked.len().saturating_sub(10) {
        match &locked[at..at + 4] {
            b"PK\x03\x04" => locked[at + 6] |= 1,
            b"PK\x01\x02" => locked[at + 8] |= 1,
            _ => {}
        }
    }
    let mut cut = Book::table().bytes();
    cut.truncate(cut.len() / 2);
    let corrupted = {
        let mut bytes = Book::table().bytes();
        let at = bytes.len() / 3;
        bytes[at] ^= 0xFF;
        bytes[at + 1] ^= 0xFF;
        bytes
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", vec![], "vide"),
        ("blank lines", b"\n\n;;\n".to_vec(), "vide"),
        ("pdf", b"%PDF-1.7\n".to_vec(), "PDF"),
        ("image", b"\x89PNG\r\n".to_vec(), "image"),
        ("html named .xls", b"<html><table></table></html>".to_vec(), "Web"),
        ("binary", b"a;b\n\0\0\0".to_vec(), "binaire"),
        ("old xls or password", b"\xD0\xCF\x11\xE0\xA1\xB1".to_vec(), "mot de passe"),
        ("encrypted zip", locked, "mot de passe"),
        ("word", stored(&[("word/document.xml", "<a/>")]), "Word"),
        ("opendocument", stored(&[("mimetype", "application/vnd.oasis")]), "OpenDocument"),
        ("xlsb", stored(&[("xl/workbook.bin", "")]), ".xlsb"),
        ("any archive", stored(&[("a.txt", "a")]), "archive"),
        ("zip bomb", with(&bomb), "grossit"),
        ("entities", with(entities), "entités"),
        ("deep", with(&nested), "imbriqués"),
        ("rows backwards", with(backwards), "ordre"),
        ("far column", with(far), "colonnes"),
        ("cut", cut, "abîmé"),
        ("corrupted", corrupted, "abîmé"),
        ("not xml", with("<worksheet><sheetData><row"), "abîmé"),
        ("no sheet", Book::empty().bytes(), "vide"),
        ("many sheets", Book::table().extra_sheets(40).bytes(), "feuilles"),
        ("many columns", format!("{}\n", "a;".repeat(500)).into_bytes(), "colonnes"),
        (
            "unclosed quote",
            format!("a;b\n\"1;{}\n", "x;y\n".repeat(2_000)).into_bytes(),
            "guillemet",
        ),
    ];
    for (name, bytes, say) in cases {
        match rows(&bytes) {
            Err(fault) => assert!(fault.to_string().contains(say), "{name}: {fault}"),
            Ok((_, rows)) => panic!("{name} was read: {rows:?}"),
        }
    }
}

#[test]
fn limits_are_kept() {
    let small = Limits { rows: 3, file_bytes: 1024 * 1024, ..LIMITS };
    let text = "a;b\n".repeat(10);
    assert_eq!(rows_within(text.as_bytes(), &small), Err(FileFault::Rows(3)));
    let large = vec![b'a'; 1024 * 1024 + 1];
    assert_eq!(rows_within(&large, &small), Err(FileFault::TooLarge(1)));
    let mut seen = 0;
    let stop = read(text.as_bytes(), &LIMITS, |_| {
        seen += 1;
        if seen == 2 { Err(FileFault::Stopped) } else { Ok(()) }
    });
    assert_eq!((stop, seen), (Err(FileFault::Stopped), 2), "rows come one by one");
}

/// A macro is neither read nor run: the sheet beside it is.
#[test]
fn macros_are_ignored() {
    let (_, rows) = rows(&Book::table().part("xl/vbaProject.bin", "\u{1}macro").bytes()).unwrap();
    assert_eq!(rows.len(), 3);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// The entry point for fuzzing: any bytes are read or refused.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2_000)) {
        let _ = rows(&bytes);
    }

    #[test]
    fn a_workbook_with_wrong_bytes_is_read_or_refused(at in 0usize..4_000, byte in proptest::prelude::any::<u8>()) {
        let mut bytes = Book::table().bytes();
        let len = bytes.len();
        bytes[at % len] = byte;
        let _ = rows(&bytes);
    }

    /// What is written with quotes is read back the same, whatever the separator.
    #[test]
    fn quoted_cells_come_back(table in proptest::collection::vec(proptest::collection::vec("[a-zé]{1,5}\"[a-z ]{1,3}[a-z]", 3), 3..8), sep in 0usize..4) {
        let sep = [b';', b',', b'\t', b'|'][sep];
        let mut out = csv::WriterBuilder::new().delimiter(sep).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        for row in &table {
            out.write_record(row).unwrap();
        }
        proptest::prop_assert_eq!(cells(&out.into_inner().unwrap()), table);
    }
}
