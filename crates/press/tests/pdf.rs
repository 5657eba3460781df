//! The press at work: what the file promises (PDF/UA-1), hostile words, and the same bytes for the
//! same document. `pdftotext` and `qpdf` judge from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use std::io::Write as _;
use std::process::Command;

use huis_documents::{
    Align, Block, Document, DocumentError, Figure, Heading, Letterhead, MAX_WEIGHT, Orientation,
    Press as _, Signature, Table, Text,
};
use huis_kernel::Instant;
use huis_press::TypstPress;

const AT: Instant = Instant(1_767_186_300_000); // 2025-12-31T13:05:00Z

/// A letter with every kind of block.
fn letter() -> Document {
    let mut d = Document::new("Convocation devant la CCAPEX", AT);
    d.author = "Préfecture du Rhône".into();
    d.footer = vec!["Exporté par A. Martin le 31/12/2025 à 14 h 05".into()];
    d.letterhead(Letterhead {
        sender: vec!["Préfecture du Rhône".into(), "Bureau du logement".into()],
        recipient: vec![
            "Mme Élodie DURAND".into(),
            "12 rue de l’Œillet".into(),
            "69003 LYON".into(),
        ],
        delivery: Some("Lettre recommandée avec avis de réception".into()),
        place_and_date: "Lyon, le 31 décembre 2025".into(),
        references: vec![("Notre référence :".into(), "2025-4471-K".into())],
        subject: Some("Objet : votre convocation".into()),
    });
    d.heading(1, "Votre rendez-vous");
    d.paragraph(
        Text::plain("Vous êtes attendue le ")
            .strong("4 février 2026")
            .then(" à 9\u{202f}h\u{a0}30."),
    );
    d.notice("Venez avec ce courrier.");
    d.list(["une pièce d’identité", "votre bail"]);
    d.blocks.push(Block::List { ordered: true, items: vec!["d’abord".into(), "ensuite".into()] });
    d.pairs([("Lieu", "salle 2"), ("Étage", "3")]);
    let mut table =
        Table::new(["Mois", "Dû"]).caption("Votre dette").align(1, Align::End).width(0, 1);
    for month in 1..=80 {
        table.push([format!("mois {month}"), "680,00\u{a0}€".to_owned()]);
    }
    d.table(table);
    d.figure(Figure {
        svg: r##"<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><rect width="60" height="20" fill="#2a6"/></svg>"##.into(),
        alt: "Trois quarts de la dette sont payés".into(),
        caption: Some("Part payée".into()),
        width_mm: 60,
    });
    d.page_break();
    d.heading(2, "Vos droits");
    d.paragraph("Deux\nlignes");
    d.signature(Signature { quality: "Pour le préfet,".into(), name: "Jean NOËL".into() });
    d
}

fn press(document: &Document) -> Vec<u8> {
    TypstPress::new().pdf(document).unwrap()
}

/// The words of a file, as another program reads them.
fn words(pdf: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let out = Command::new("pdftotext").arg("-layout").arg(file.path()).arg("-").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// The file unpacked, its structure found sound by another program.
fn unpacked(pdf: &[u8]) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let check = Command::new("qpdf").arg("--check").arg(file.path()).output().unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    let out = Command::new("qpdf")
        .args(["--qdf", "--object-streams=disable"])
        .arg(file.path())
        .arg("-")
        .output()
        .unwrap();
    assert!(out.status.success());
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[test]
fn a_letter_is_tagged_in_french_and_says_that_it_is_accessible() {
    let raw = unpacked(&press(&letter()));
    for mark in [
        "/StructTreeRoot",
        "/MarkInfo",
        "/Marked true",
        "/Lang (fr",
        "/Outlines",
        "/DisplayDocTitle true",
        "pdfuaid:part>1<",
        "/S /H1",
        "/S /TH",
        "/S /TD",
        "/S /L",
        "/S /Figure",
        "/CreationDate (D:20251231130500",
    ] {
        assert!(raw.contains(mark), "{mark}");
    }
    assert!(!raw.contains("/JavaScript") && !raw.contains("/EmbeddedFile"));
}

#[test]
fn its_words_are_read_back_with_head_and_foot_of_each_page() {
    let text = words(&press(&letter()));
    for said in [
        "Mme Élodie DURAND",
        "12 rue de l’Œillet",
        "2025-4471-K",
        "4 février 2026",
        "une pièce d’identité",
        "mois 80",
        "680,00 €",
        "Jean NOËL",
    ] {
        assert!(text.replace('\u{a0}', " ").contains(said), "{said}\n{text}");
    }
    let pages: Vec<&str> = text.split('\u{c}').filter(|p| !p.trim().is_empty()).collect();
    assert!(pages.len() >= 3, "{} pages", pages.len());
    for (i, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("page {}/{}", i + 1, pages.len())), "{page}");
        assert!(page.contains("Exporté par A. Martin"));
        if page.contains("mois ") {
            assert!(page.contains("Mois") && page.contains("Dû"), "header not repeated: {page}");
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let one = TypstPress::new();
    let first = one.pdf(&letter()).unwrap();
    assert_eq!(first, one.pdf(&letter()).unwrap());
    assert_eq!(first, press(&letter()));
}

#[test]
fn words_are_shown_as_they_are_and_never_run() {
    let hostile = [
        "#read(\"/etc/passwd\")",
        "] #panic() [",
        "$x^2$ `raw` *bold* _it_ <label> @ref",
        "= not a heading",
        "\\u{41} \\ #import \"x\"",
        "-- --- ... \"quotes\" 'single'",
        "http://example.org/?a=1",
        "\"}],\"blocks\":[]",
    ];
    for text in hostile {
        let mut d = Document::new(text, AT);
        d.author = text.into();
        d.footer = vec![text.into()];
        d.heading(1, text);
        d.paragraph(text);
        d.pairs([(text, text)]);
        d.table(Table::new([text]).caption(text).row([text]));
        d.letterhead(Letterhead {
            sender: vec![text.into()],
            recipient: vec![text.into()],
            subject: Some(text.into()),
            ..Letterhead::default()
        });
        d.signature(Signature { quality: text.into(), name: text.into() });
        let shown = words(&press(&d));
        // One line a paragraph at least holds the text unaltered.
        assert!(shown.contains(text), "{text}\n{shown}");
    }
}

#[test]
fn odd_words_and_shapes_do_not_stop_a_letter() {
    let odd = [
        "\u{0}\u{7}\u{1b}[31m".to_owned(),
        "محمد עברית 漢字 😀".to_owned(),
        "\u{202e}evil\u{2066}".to_owned(),
        "e\u{301}\u{300}\u{302}".to_owned(),
        "a".repeat(5_000),
        " \n\n\t ".to_owned(),
        String::new(),
        "\u{10ffff}\u{e000}\u{fffd}".to_owned(),
    ];
    for text in odd {
        let mut d = Document::new(text.clone(), AT);
        d.blocks.push(Block::Heading(Heading { level: 9, text: text.clone() }));
        d.paragraph(text.clone());
        d.list([text.clone()]);
        d.table(Table::new([text.clone(), String::new()]).row([text.clone()]));
        d.table(Table::new(["a"]).row(["1", "2", "3"]));
        d.table(Table::new(Vec::<String>::new()));
        d.letterhead(Letterhead::default());
        d.pairs(Vec::<(Text, Text)>::new());
        d.list(Vec::<Text>::new());
        unpacked(&press(&d));
    }
    let unseen = words(&press(&{
        let mut d = Document::new("x", AT);
        d.paragraph("a漢b");
        d
    }));
    assert!(unseen.contains("a\u{25a1}b"), "{unseen}");
}

#[test]
fn too_long_and_unreadable_are_refused_without_the_words() {
    let mut d = Document::new("x", AT);
    d.paragraph("secret ".repeat(MAX_WEIGHT / 7 + 1));
    let error = TypstPress::new().pdf(&d).unwrap_err();
    assert!(matches!(error, DocumentError::TooLong { .. }));
    let mut d = Document::new("x", AT);
    let svg = "<svg secret".to_owned();
    d.figure(Figure { svg, alt: "secret".into(), caption: None, width_mm: 10 });
    let error = TypstPress::new().pdf(&d).unwrap_err();
    assert_eq!(error, DocumentError::Figure);
    assert!(!error.to_string().contains("secret"));
}

#[test]
fn a_picture_reaches_no_file_of_the_machine() {
    let mut d = Document::new("x", AT);
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><image width="9" height="9" xlink:href="/etc/hostname"/><text font-family="x">a</text></svg>"#;
    d.figure(Figure { svg: svg.into(), alt: "rien".into(), caption: None, width_mm: 10 });
    match TypstPress::new().pdf(&d) {
        Ok(pdf) => assert!(!unpacked(&pdf).contains("/Subtype /Image")),
        Err(error) => assert_eq!(error, DocumentError::Figure),
    }
}

#[test]
fn a_page_on_its_side_is_wider_than_high() {
    let mut d = Document::new("Matrice", AT);
    d.orientation = Orientation::Landscape;
    d.heading(1, "Matrice");
    let raw = unpacked(&press(&d));
    let media = raw.split("/MediaBox").nth(1).unwrap();
    let numbers: Vec<f64> = media
        .split_whitespace()
        .filter_map(|w| w.trim_matches(['[', ']']).parse().ok())
        .take(4)
        .collect();
    assert!(numbers[2] > numbers[3], "{numbers:?}");
}
