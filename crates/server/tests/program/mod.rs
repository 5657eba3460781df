//! Running the built program.
#![allow(dead_code, clippy::allow_attributes_without_reason, clippy::allow_attributes)]

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

pub mod disk;
pub mod served;

/// What a run gave.
pub struct Ran {
    pub ok: bool,
    /// The exit status, when it was not killed.
    pub code: Option<i32>,
    pub says: String,
    pub errors: String,
}

pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_huis"));
    // What the machine of the test says for itself is not what is tested.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HUIS_")) {
        command.env_remove(name);
    }
    command.env("HUIS_LOG", "error");
    command
}

pub fn huis(arguments: &[&str]) -> Ran {
    huis_reading(arguments, "")
}

/// Runs with a text on the standard input.
pub fn huis_reading(arguments: &[&str], input: &str) -> Ran {
    let mut child = program()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let out = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (ok, code) = (out.status.success(), out.status.code());
    Ran { ok, code, says: text(out.stdout), errors: text(out.stderr) }
}

/// A file of the repository.
pub fn in_repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A demonstration in a folder of its own.
pub fn demonstration(dossiers: usize) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let count = dossiers.to_string();
    let ran =
        huis(&["demo", "--prepare-only", "--data", data.to_str().unwrap(), "--dossiers", &count]);
    assert!(ran.ok, "{}", ran.errors);
    (folder, data)
}

/// A real installation, in `data` of a folder.
pub fn real(folder: &Path, password: &str, rights_desk: &str) -> Ran {
    let file = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let data = folder.join("data");
    huis(&[
        "init",
        "--data",
        data.to_str().unwrap(),
        "--name",
        "Préfecture d’essai",
        "--departement",
        "68",
        "--rights-desk",
        rights_desk,
        "--keys-copy",
        folder.join("ailleurs").to_str().unwrap(),
        "--admin",
        "a.martin",
        "--first-name",
        "Alice",
        "--last-name",
        "Martin",
        "--email",
        "a.martin@example.org",
        "--password-file",
        &file("mot-de-passe", password),
        "--archive-passphrase-file",
        &file("phrase", "sept mots choisis pour une archive d’essai"),
    ])
}
