//! Cells as landlords, bailiffs and their spreadsheets write them.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_dossier::Value;
use huis_imports::value;
use huis_kernel::Money;
use huis_register::{Choice, FieldKind};

fn read(kind: &FieldKind, text: &str) -> Result<Value, String> {
    value(kind, text, &|name| (name == "Colmar").then(|| "68066".to_owned()))
}

#[test]
fn dates() {
    for (text, expect) in [
        ("03/02/2025", "2025-02-03"),
        ("3/2/2025", "2025-02-03"),
        ("03-02-2025", "2025-02-03"),
        ("03.02.2025", "2025-02-03"),
        ("2025-02-03", "2025-02-03"),
        ("2025-02-03T00:00:00", "2025-02-03"),
        ("03/02/2025 00:00:00", "2025-02-03"),
        ("3 février 2025", "2025-02-03"),
        ("1er août 2024", "2024-08-01"),
        ("45691", "2025-02-03"),
        ("31122025", "2025-12-31"),
        ("20251231", "2025-12-31"),
        ("29/02/2024", "2024-02-29"),
    ] {
        let date = read(&FieldKind::Date, text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(date.as_date().unwrap().to_string(), expect, "{text}");
    }
    for (text, say) in [
        ("3/2/25", "deux chiffres"),
        ("03-févr-25", "deux chiffres"),
        ("31/02/2025", "n’existe pas"),
        ("12/31/2025", "jour/mois/année"),
        ("hier", "jour/mois/année"),
        ("12", "jour/mois/année"),
        ("99999", "jour/mois/année"),
        ("99999999", "jour/mois/année"),
        ("00/00/0000", "n’existe pas"),
    ] {
        let message = read(&FieldKind::Date, text).unwrap_err();
        assert!(message.contains(say), "{text}: {message}");
    }
}

#[test]
fn amounts() {
    for (text, cents) in [
        ("1 234,56", 123_456),
        ("1\u{a0}234,56 €", 123_456),
        ("1\u{202f}234,56", 123_456),
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("1234.56", 123_456),
        ("1234,5", 123_450),
        ("1.234.567", 123_456_700),
        ("1 234 567,00", 123_456_700),
        ("680", 68_000),
        ("680 EUR", 68_000),
        ("€ 680,00", 68_000),
        ("0,99", 99),
        ("12,500", 1_250),
    ] {
        // « 12,500 »: three decimals could be thousands.
        let got = read(&FieldKind::Money, text);
        if text == "12,500" {
            assert!(got.unwrap_err().contains("deux façons"));
            continue;
        }
        assert_eq!(got, Ok(Value::Money(Money(cents))), "{text}");
    }
    for (text, say) in [
        ("1.234", "deux façons"),
        ("1,234", "deux façons"),
        ("-12,00", "sans signe"),
        ("(12,00)", "sans signe"),
        ("12,3456", "deux décimales"),
        ("douze", "1234,56"),
        ("1.23.45", "1234,56"),
        ("1.234,567,89", "1234,56"),
        ("=1+1", "1234,56"),
        ("99999999999999999999999", "1234,56"),
        ("", "1234,56"),
    ] {
        let message = read(&FieldKind::Money, text).unwrap_err();
        assert!(message.contains(say), "{text}: {message}");
    }
}

#[test]
fn lists_names_phones_towns() {
    let landlord = FieldKind::Choice(vec![
        Choice { code: "personne_morale".into(), label: "Autre personne morale".into() },
        Choice { code: "personne_physique".into(), label: "Personne physique".into() },
    ]);
    for text in ["Personne physique", "PERSONNE PHYSIQUE", "personne_physique"] {
        assert_eq!(read(&landlord, text), Ok(Value::Choice("personne_physique".into())), "{text}");
    }
    assert!(read(&landlord, "sci").unwrap_err().contains("Autre personne morale"));
    for (text, expect) in [("Oui", true), ("x", true), ("0", false), ("FAUX", false)] {
        assert_eq!(read(&FieldKind::Bool, text), Ok(Value::Bool(expect)), "{text}");
    }
    let text = |t: &str| Ok(Value::Text(t.to_owned()));
    assert_eq!(read(&FieldKind::Phone, "639980001"), text("06 39 98 00 01"));
    assert_eq!(read(&FieldKind::Phone, "+33 6 39 98 00 01"), text("06 39 98 00 01"));
    assert_eq!(read(&FieldKind::Commune, "Colmar"), text("68066"));
    assert_eq!(read(&FieldKind::Commune, "68224"), text("68224"));
    assert!(read(&FieldKind::Commune, "Ailleurs").is_err());
    assert!(read(&FieldKind::Name, "=HYPERLINK(1)").is_err());
    assert!(read(&FieldKind::Name, "12 rue des Tanneurs").is_err());
    assert!(read(&FieldKind::Text { max: 6 }, "#ERREUR").unwrap_err().contains("formule"));
    assert_eq!(read(&FieldKind::Integer, "3,0"), Ok(Value::Int(3)));
}

proptest::proptest! {
    /// What a spreadsheet writes of an amount or a date is read back the same, and no text makes
    /// the reader fail.
    #[test]
    fn written_then_read(cents in 0i64..100_000_000, days in 0i64..60_000) {
        let (euros, rest) = (cents / 100, cents % 100);
        for text in [format!("{euros},{rest:02}"), format!("{euros}.{rest:02} €")] {
            proptest::prop_assert_eq!(read(&FieldKind::Money, &text), Ok(Value::Money(Money(cents))));
        }
        let date = huis_kernel::Date::constant(1950, 1, 2).checked_add(jiff::Span::new().days(days)).unwrap();
        let french = date.strftime("%d/%m/%Y").to_string();
        let serial = (date - huis_kernel::Date::constant(1899, 12, 30)).get_days().to_string();
        for text in [date.to_string(), french, serial] {
            proptest::prop_assert_eq!(read(&FieldKind::Date, &text), Ok(Value::Date(date)), "{}", text);
        }
    }

    #[test]
    fn no_text_breaks_a_reader(text in "\\PC{0,40}") {
        for kind in [FieldKind::Date, FieldKind::Money, FieldKind::Integer, FieldKind::Bool, FieldKind::Name,
                     FieldKind::Phone, FieldKind::Email, FieldKind::Commune, FieldKind::Text { max: 10 }] {
            let _ = read(&kind, &text);
        }
    }
}
