//! Backup, restore and drill as an operator runs them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod program;

use program::{huis, program, real};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

const PASSWORD: &str = "Quatre-vingt-huit-Lunes!7";

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn phrase(folder: &Path) -> PathBuf {
    let file = folder.join("phrase-sauvegarde");
    fs::write(&file, "sept mots bien choisis pour les sauvegardes\n").unwrap();
    file
}

/// a backup, its drill, and a restore elsewhere that the doctor finds well; the doctor tells a
/// missing second place of the keys.
#[test]
fn a_backup_is_drilled_then_restored_elsewhere_x_20() {
    let folder = tempfile::tempdir().unwrap();
    let made = real(folder.path(), PASSWORD, "Bureau des droits");
    assert!(made.ok, "{}", made.errors);
    let (data, to, keys_to) =
        (folder.path().join("data"), folder.path().join("site"), folder.path().join("coffre"));
    let phrase = phrase(folder.path());
    let bare = huis(&["backup", "--data", path(&data), "--to", path(&to)]);
    assert!(!bare.ok && bare.errors.contains("--recipient"), "never in the clear: {}", bare.errors);
    let at = ["--data", path(&data), "--passphrase-file", path(&phrase)];
    let taken =
        huis(&[&["backup", "--to", path(&to), "--keys-to", path(&keys_to)][..], &at].concat());
    assert!(taken.ok && taken.says.contains("Sauvegarde faite"), "{}{}", taken.says, taken.errors);
    let drill = [&["drill", "--from", path(&to), "--keys", path(&keys_to)][..], &at].concat();
    let drilled = huis(&drill);
    assert!(drilled.ok, "{}{}", drilled.says, drilled.errors);
    assert!(drilled.says.contains("remettrait le service en marche"), "{}", drilled.says);
    let doctor = huis(&["doctor", "--data", path(&data)]);
    assert!(doctor.ok, "{}", doctor.says);
    for said in ["copie des clés est complète", "liste des effacements vérifiée", "exercice"] {
        assert!(doctor.says.contains(said), "{said}: {}", doctor.says);
    }

    let there = folder.path().join("retour");
    let key = data.join("cle-racine");
    let restore = |into: &Path, extra: &[&str]| {
        let fixed =
            ["restore", "--from", path(&to), "--keys", path(&keys_to), "--into", path(into)];
        let lock = ["--passphrase-file", path(&phrase), "--key", path(&key)];
        huis(&[&fixed[..], &lock, extra].concat())
    };
    let done = restore(&there, &[]);
    assert!(done.ok && done.says.contains("Restauré"), "{}{}", done.says, done.errors);
    let again = restore(&there, &[]);
    assert!(!again.ok && again.errors.contains("existe déjà"), "{}", again.errors);
    fs::copy(&key, there.join("cle-racine")).unwrap();
    let doctor = huis(&["doctor", "--data", path(&there)]);
    assert!(!doctor.ok && doctor.says.contains("second lieu"), "said loudly: {}", doctor.says);
    let with =
        huis(&["doctor", "--data", path(&there), "--keys-copy", path(&folder.path().join("b"))]);
    assert!(with.ok, "{}", with.says);
    // The wrong key, the wrong phrase: told, and nothing is left behind that would open.
    let other = folder.path().join("autre-cle");
    fs::write(&other, "11".repeat(32)).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&other, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let elsewhere = folder.path().join("c");
    let wrong = huis(&[
        "restore",
        "--from",
        path(&to),
        "--keys",
        path(&keys_to),
        "--into",
        path(&elsewhere),
        "--passphrase-file",
        path(&phrase),
        "--key",
        path(&other),
    ]);
    assert!(!wrong.ok && wrong.errors.contains("clé racine"), "{}", wrong.errors);
    let retried = restore(&elsewhere, &[]);
    assert!(retried.ok, "an interrupted restore is begun again: {}", retried.errors);
}

/// each day by itself: a server that starts takes the day's backup.
#[test]
fn the_server_takes_the_backup_of_the_day_by_itself_x_20() {
    let folder = tempfile::tempdir().unwrap();
    assert!(real(folder.path(), PASSWORD, "Bureau des droits").ok);
    let (data, to) = (folder.path().join("data"), folder.path().join("site"));
    let phrase = phrase(folder.path());
    let mut server = program()
        .args(["serve", "--listen", "127.0.0.1:0", "--data", path(&data)])
        .args(["--backup-to", path(&to), "--backup-passphrase-file", path(&phrase)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let files = || -> Vec<String> {
        let entries = fs::read_dir(&to).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|e| e.file_name().into_string().unwrap()).collect();
        names.retain(|n| n.ends_with(".age"));
        names.sort();
        names
    };
    while files().len() < 2 && begun.elapsed() < Duration::from_secs(240) {
        std::thread::sleep(Duration::from_millis(200));
    }
    server.kill().unwrap();
    server.wait().unwrap();
    let names = files();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[0].ends_with("-cles.age") && names[1].ends_with("-donnees.age"), "{names:?}");
}
