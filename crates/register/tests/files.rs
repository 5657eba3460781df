//! Every register of `good/` loads; every one of `bad/` gives the faults written beside it, all at
//! once, in the order of the file. `HUIS_BLESS=1` writes them again: read them before committing.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use huis_register::{FieldKind, Register, to_article30};
use std::{fs, path::PathBuf};

fn files(dir: &str) -> Vec<PathBuf> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests").join(dir);
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn told(file: &str, text: &str) -> String {
    match Register::parse(file, text) {
        Ok(_) => String::new(),
        Err(faults) => faults.iter().map(|f| format!("{f}\n")).collect(),
    }
}

fn mini() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/good/mini.toml")).unwrap()
}

#[test]
fn good_registers_load() {
    for path in files("good") {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(told(name, &fs::read_to_string(&path).unwrap()), "");
    }
}

/// D-08, D-15, D-16, D-28, X-16, X-28, A-04, I4, I6.
#[test]
fn bad_registers_tell_all_their_faults() {
    for path in files("bad") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let told = told(name, &fs::read_to_string(&path).unwrap());
        let expected = path.with_extension("expected");
        if std::env::var_os("HUIS_BLESS").is_some() {
            fs::write(&expected, &told).unwrap();
        }
        assert_eq!(told, fs::read_to_string(&expected).unwrap_or_default(), "{name}");
        assert!(!told.is_empty(), "{name} is not bad");
    }
}

/// Whatever line is lost or garbled, the loader answers with a fault or a register, never a panic;
/// and no line is there for nothing: most cannot be lost.
#[test]
fn a_lost_or_garbled_line_is_a_fault_or_a_register() {
    let text = mini();
    let lines: Vec<&str> = text.lines().collect();
    let mut refused = 0;
    for i in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(i);
        refused += usize::from(Register::parse("sans.toml", &without.join("\n")).is_err());
        let garbled = lines[i].replace('"', "'").replace('=', "= 1 #").replace('[', "[[");
        let mut with = lines.clone();
        with[i] = &garbled;
        let _ = Register::parse("autre.toml", &with.join("\n"));
    }
    assert!(refused > lines.len() / 2, "{refused} of {}", lines.len());
}

/// A hostile file is refused quickly, with few and short messages.
#[test]
fn hostile_files_are_refused() {
    let deep = |open: &str, n: usize| format!("a = {}", open.repeat(n));
    for (what, text) in [
        ("too large", " ".repeat(1024 * 1024 + 1)),
        ("deep arrays", deep("[", 500_000)),
        ("deep tables", deep("{a=", 300_000)),
        ("deep dotted key", format!("a{} = 1", ".a".repeat(500_000))),
        ("deep header", format!("[a{}]", ".a".repeat(500_000))),
        ("many keys", (0..60_000).map(|i| format!("cle_{i} = 1\n")).collect()),
        ("a long key", format!("{} = 1", "k".repeat(1_000_000))),
        ("control characters", "[traitement]\nid = \"\\u001b[2J\\u0007\"".to_owned()),
        ("many items", format!("[[profil]]\nid = \"p\"\nvoit = [{}]", "\"x\",".repeat(200_000))),
    ] {
        let faults = Register::parse("hostile.toml", &text).unwrap_err();
        assert!(faults.len() <= 200, "{what}");
        for fault in faults {
            let shown = fault.to_string();
            assert!(shown.chars().count() < 1000, "{what}: {} characters", shown.len());
            assert!(!shown.chars().any(char::is_control), "{what}");
        }
    }
}

/// A field is a line of the file: adding one changes nothing else.
#[test]
fn a_field_is_added_by_the_file_alone() {
    let line = "  { id = \"etage\", type = \"entier\", libelle = \"Étage\", pourquoi = \"situer le local\" },\n";
    let text = mini().replace("  { id = \"loyer\"", &format!("{line}  {{ id = \"loyer\""));
    let register = Register::parse("essai.toml", &text).unwrap();
    let field = register.section("local").unwrap().field("etage").unwrap();
    assert_eq!((&field.kind, field.source.as_str()), (&FieldKind::Integer, "X-07"));
    assert!(register.profile("gestionnaire").unwrap().sees_field("local", "etage"));
    let entry = to_article30(&register);
    let said: String =
        entry.iter().flat_map(|(_, rows)| rows).map(|(_, says)| says.as_str()).collect();
    assert!(said.contains("Étage"));
    let before = Register::parse("essai.toml", &mini()).unwrap();
    assert_ne!(before.sha256, register.sha256);
}

/// The entry names each thing of the register that a person or the CNIL may ask about (C-25).
#[test]
fn the_article_30_entry_is_complete() {
    let register = Register::parse("mini.toml", &mini()).unwrap();
    let entry = to_article30(&register);
    let all: String = entry
        .iter()
        .map(|(heading, rows)| {
            let rows: String = rows.iter().map(|(a, b)| format!("{a} = {b}\n")).collect();
            format!("## {heading}\n{rows}\n")
        })
        .collect();
    let expected = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/good/mini.article30");
    if std::env::var_os("HUIS_BLESS").is_some() {
        fs::write(expected, &all).unwrap();
    }
    assert_eq!(all, fs::read_to_string(expected).unwrap_or_default());
}

/// The registers that are shipped load, whatever is in them.
#[test]
fn shipped_registers_load() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../registers");
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let name = path.file_name().unwrap().to_str().unwrap();
            assert_eq!(told(name, &fs::read_to_string(&path).unwrap()), "");
            let register = Register::parse(name, &fs::read_to_string(&path).unwrap()).unwrap();
            assert_eq!(format!("{}.toml", register.id), name, "a file bears its register's id");
        }
    }
}
