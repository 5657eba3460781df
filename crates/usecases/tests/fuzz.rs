//! Hostile bytes for every reader of the program: what it may do is refuse. Each run is bounded, and so is
//! the memory that it takes (`huis_testkit::fuzz`).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

use huis_access::search::{near, normalise, sound};
use huis_imports::{Limits, find_header, propose, read, targets, value};
use huis_letters::{Template, easy_lines};
use huis_register::Register;
use huis_testkit::fuzz;
use huis_trace::{Leaf, LogKey, SignedNote, verify};
use std::collections::BTreeSet;

/// How much memory any input may take, in MiB, workbooks included.
const MOST_MIB: u64 = 300;

fn run(target: &str, reader: impl Fn(&[u8])) {
    println!("{target}: {:?}", fuzz(target, MOST_MIB, reader).unwrap());
}

fn register() -> Register {
    let text = include_str!("../../../registers/expulsion.toml");
    Register::parse("expulsion.toml", text).unwrap()
}

/// files of partners, from bytes to typed values.
#[test]
fn files_in() {
    let register = register();
    let import = &register.imports[0];
    let wanted = targets(&register, import, |_| true, true);
    let kinds: Vec<_> =
        register.sections.iter().flat_map(|s| &s.fields).map(|f| f.kind.clone()).collect();
    run("import", |bytes| {
        let mut rows = Vec::new();
        let shape = read(bytes, &Limits::DEFAULT, |row| {
            rows.push(row);
            Ok(())
        });
        if shape.is_err() {
            return;
        }
        if let Some(header) = find_header(&rows, &wanted, &Limits::DEFAULT) {
            let _ = propose(&header, &wanted);
        }
        for (cell, kind) in rows.iter().flat_map(|r| &r.cells).take(60).zip(kinds.iter().cycle()) {
            let _ = value(kind, cell, &|name| (name == "COLMAR").then(|| "68066".to_owned()));
        }
    });
}

/// A register that a person wrote: every fault is told, none breaks the reader.
#[test]
fn registers() {
    run("register", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        if let Err(faults) = Register::parse("essai.toml", &text) {
            assert!(!faults.is_empty(), "refused, and says why");
        }
    });
}

/// the texts of letters, as an office adapts them; easy texts with their pictograms.
#[test]
fn texts_of_letters() {
    let register = register();
    run("letter", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for letter in &register.letters {
            let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
            let _ = Template::parse(&register, letter, subject, body);
        }
        let _ = easy_lines(&text);
        let _ = huis_letters::Letter::body_of(&text);
    });
}

/// an export of the trace, in the hands of who verifies it; a leaf, a signed note, a key.
#[test]
fn exports_of_the_trace() {
    let key: LogKey = include_str!("../../../fuzz/corpus/key/cle-publique").trim().parse().unwrap();
    run("trace", |bytes| {
        if let Err(findings) = verify(bytes, &key) {
            assert!(!findings.is_empty(), "refused, and says why");
        }
        let _ = Leaf::from_bytes(bytes.to_vec()).line();
        let text = String::from_utf8_lossy(bytes);
        let _ = text.parse::<SignedNote>();
        let _ = text.parse::<LogKey>();
    });
}

/// rows of a backup.
#[test]
fn backups() {
    run("backup", |bytes| {
        if let Ok(chunk) = huis_store::dump::decode(bytes) {
            let width: BTreeSet<usize> = chunk.rows.iter().map(Vec::len).collect();
            assert!(width.len() <= 1, "rows of one width");
            let again = huis_store::dump::decode(&huis_store::dump::encode(&chunk)).unwrap();
            assert_eq!(again, chunk, "what was read is what is written");
        }
    });
}

/// Names as they are searched: letters of any writing.
#[test]
fn names() {
    run("name", |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let short: String = text.chars().take(64).collect();
        let word = normalise(&short);
        assert!(near(&word, &word));
        let _ = sound(&word);
    });
}
