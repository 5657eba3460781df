//! what the operator does at the command line is traced as screens are, each command in its own
//! words; and without the root key every copy of a store is unreadable.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod program;

use huis_kernel::{Clock, SystemClock};
use huis_store::{Location, Store};
use huis_trace::{Leaf, Operation};
use program::{huis, in_repository, real};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

const PASSWORD: &str = "Quatre-vingt-huit-Lunes!7";

/// The operations of the commands' logs so far, oldest first.
async fn traced(data: &Path) -> Vec<Operation> {
    let store = Store::connect(&Location::Folder(data.to_owned())).await.unwrap();
    let rows = store.last_lines(None, SystemClock.now().plus_ms(60_000), 10_000).await.unwrap();
    store.close().await;
    let mut lines: Vec<_> = rows
        .into_iter()
        .filter(|r| r.log.ends_with("-commandes"))
        .map(|r| (r.index, Leaf::from_bytes(r.leaf).line().unwrap().operation))
        .collect();
    lines.reverse();
    lines.into_iter().map(|(_, operation)| operation).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_operator_is_traced_x_22() {
    let folder = tempfile::tempdir().unwrap();
    assert!(real(folder.path(), PASSWORD, "Bureau des droits").ok);
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let data = folder.path().join("data");
    fs::write(
        folder.path().join("phrase-sauvegarde"),
        "sept mots bien choisis pour les sauvegardes\n",
    )
    .unwrap();
    fs::write(folder.path().join("vide.csv"), "N° dossier;Date;Solde\n").unwrap();
    fs::write(folder.path().join("secours"), "Trente-neuf-Marees?4\n").unwrap();
    let register = in_repository("registers/expulsion.toml");
    fs::create_dir(folder.path().join("registres")).unwrap();
    fs::copy(register, folder.path().join("registres/expulsion.toml")).unwrap();
    let (to, phrase) = (path("site"), path("phrase-sauvegarde"));
    let (csv, secours) = (path("vide.csv"), path("secours"));
    let (journal, book, entry) = (path("journal"), path("conformite"), path("article-30.csv"));
    let commands: &[&[&str]] = &[
        &["doctor"],
        &["backup", "--to", &to, "--passphrase-file", &phrase],
        &["drill", "--from", &to, "--passphrase-file", &phrase],
        &["keys", "rotate"],
        &["retention", "plan", "--at", "2031-01-01"],
        &["retention", "run"],
        &["trace", "export", "--to", &journal],
        &["conformite", "--out", &book],
        &["register", "export", "--processing", "expulsion", "--out", &entry],
        &["import", &csv, "--as", "a.martin", "--profile", "releve-impayes"],
        &[
            "admin",
            "bootstrap",
            "--admin",
            "s.weber",
            "--first-name",
            "Sophie",
            "--last-name",
            "Weber",
            "--email",
            "s.weber@example.org",
            "--password-file",
            &secours,
        ],
    ];
    let mut before = traced(&data).await.len();
    for command in commands {
        let ran = huis(&[command, &["--data", data.to_str().unwrap()][..]].concat());
        let lines = traced(&data).await;
        let fresh = &lines[before..];
        assert!(fresh.contains(&Operation::Start), "{command:?}: {}{}", ran.says, ran.errors);
        let own = fresh.iter().any(|o| *o != Operation::Start);
        // The doctor changes nothing and shows no dossier: its coming is what there is to tell.
        assert!(own || command[0] == "doctor", "{command:?} {fresh:?}: {}", ran.errors);
        before = lines.len();
    }
}

/// X-22, I7: the root key is what a store is worth: with any other, or with the one of before its
/// renewal, no copy of it opens, whatever files it holds.
#[test]
fn without_its_root_key_every_copy_of_a_store_is_unreadable_x_22() {
    let folder = tempfile::tempdir().unwrap();
    assert!(real(folder.path(), PASSWORD, "Bureau des droits").ok);
    let data = folder.path().join("data");
    let former = fs::read(data.join("cle-racine")).unwrap();
    let copy = folder.path().join("copie");
    let rotated = huis(&["keys", "rotate", "--data", data.to_str().unwrap()]);
    assert!(rotated.ok, "{}", rotated.errors);
    fs::create_dir(&copy).unwrap();
    for entry in fs::read_dir(&data).unwrap().map(|e| e.unwrap()) {
        fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    let key = copy.join("cle-racine");
    for other in [former, "11".repeat(32).into_bytes()] {
        fs::write(&key, other).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let opened = huis(&["retention", "plan", "--data", copy.to_str().unwrap()]);
        assert!(!opened.ok && opened.errors.contains("clé racine"), "{}", opened.errors);
    }
    fs::remove_file(&key).unwrap();
    let opened = huis(&["retention", "plan", "--data", copy.to_str().unwrap()]);
    assert!(!opened.ok && opened.errors.contains("clé racine"), "{}", opened.errors);
    fs::copy(data.join("cle-racine"), &key).unwrap();
    let opened = huis(&["retention", "plan", "--data", copy.to_str().unwrap()]);
    assert!(opened.ok, "with its own it does: {}", opened.errors);
}
