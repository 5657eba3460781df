//! The operator's guide is played: every command of its `sh` blocks, in order, on one machine.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod program;

use huis_testkit::{Block, blocks};
use program::in_repository;
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

/// Bash in the folder, with the built program in its path and what earlier blocks exported.
fn bash(folder: &Path, exported: &str, text: &str) -> Command {
    let program = Path::new(env!("CARGO_BIN_EXE_huis")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    command
        .args(["-euo", "pipefail", "-c", &format!("{exported}{text}")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder)
        .env("HUIS_LOG", "error")
        .env("DEPOT", in_repository(""))
        .stdin(Stdio::null());
    command
}

/// what the guide promises its reader.
#[test]
fn every_command_of_the_operator_guide_works_x_20_x_22_a_03() {
    let guide = fs::read_to_string(in_repository("docs/exploitation.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut exported = String::new();
    let blocks = blocks(&guide, "sh").unwrap();
    assert!(blocks.len() > 10, "the guide has lost its commands");
    for Block { line: at, text } in &blocks {
        if text.starts_with("huis serve") {
            serves(folder.path(), &exported, text, *at);
            continue;
        }
        let out = bash(folder.path(), &exported, text).output().unwrap();
        assert!(
            out.status.success(),
            "docs/exploitation.md:{at}\n{text}\n{}\n{}",
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
        for line in text.lines().filter(|l| l.starts_with("export ")) {
            exported.push_str(line);
            exported.push('\n');
        }
    }
}

/// A server starts, says where it listens, and is ended.
fn serves(folder: &Path, exported: &str, text: &str, at: usize) {
    let text = format!("exec {}", text.replace(":8443", ":0"));
    let mut child = bash(folder, exported, &text)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let listens = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .any(|line| line.unwrap_or_default().contains("écoute sur"));
    let _ = child.kill();
    let _ = child.wait();
    assert!(listens, "docs/exploitation.md:{at}: the server did not start");
}

/// An option that the guide names in passing exists.
#[test]
fn the_guide_names_options_that_exist() {
    let guide = fs::read_to_string(in_repository("docs/exploitation.md")).unwrap();
    let mut help = String::new();
    for command in [
        &["serve"] as &[&str],
        &["init"],
        &["backup"],
        &["restore"],
        &["drill"],
        &["trace", "verify"],
        &["register", "adopt"],
        &["retention", "plan"],
        &["register", "diff"],
        &["admin", "bootstrap"],
    ] {
        let mut with_help = command.to_vec();
        with_help.push("--help");
        help.push_str(&program::huis(&with_help).says);
    }
    help.push_str("--version");
    // The engine of containers has options of its own.
    let ours = guide.lines().filter(|l| !l.starts_with("podman ") && !l.starts_with("ferme="));
    let words = ours.flat_map(|l| l.split(|c: char| c.is_whitespace() || "`(),;".contains(c)));
    for option in words.filter(|w| w.starts_with("--") && w.len() > 3) {
        assert!(help.contains(option), "{option} is in the guide and in no command");
    }
}
