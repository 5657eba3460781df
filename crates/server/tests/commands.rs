//! The program as an operator runs it: the built binary, its options, what it says and what it
//! refuses to do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod program;

use program::{Ran, demonstration, huis, huis_reading, in_repository, real};
use serde_json::Value;
use std::{fs, path::Path};

/// Wrong options are all told at once, and nothing is made of them.
#[test]
fn init_tells_every_fault_at_once_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let short = folder.path().join("phrase");
    fs::write(&short, "trois mots seulement").unwrap();
    let ran = huis(&[
        "init",
        "--data",
        path(&data),
        "--name",
        " ",
        "--departement",
        "999",
        "--zone",
        "Lune/Mer",
        "--admin",
        "a.martin",
        "--first-name",
        "Alice",
        "--last-name",
        "Martin",
        "--email",
        "a.martin@example.org",
        "--password-file",
        path(&folder.path().join("absent")),
        "--archive-passphrase-file",
        path(&short),
    ]);
    assert!(!ran.ok);
    for option in ["--name", "--departement", "--zone", "--password-file", "--archive-passphrase"] {
        assert!(ran.errors.contains(option), "{option} is told: {}", ran.errors);
    }
    assert!(!data.exists(), "nothing was made");
}

/// X-19: what the program writes, its own account alone reads, whatever the account that starts it lets
/// others read; the doctor sees what was opened since.
#[cfg(unix)]
#[test]
fn what_is_kept_is_for_its_owner_alone_x_19() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let made = real(folder.path(), "Quatre-vingt-huit-Lunes!7", "Bureau des droits");
    assert!(made.ok, "{}", made.errors);
    let data = folder.path().join("data");
    let copy = folder.path().join("ailleurs");
    let mut looked_at = 0;
    for kept in [&data, &copy] {
        for file in
            fs::read_dir(kept).unwrap().map(|file| file.unwrap().path()).chain([kept.clone()])
        {
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}: {mode:o}", file.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 6, "{looked_at}");
    let open =
        |file: &Path, mode| fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    open(&data.join("keys.db"), 0o644);
    assert!(huis(&["doctor", "--data", path(&data)]).ok, "in a closed folder nobody comes to it");
    open(&data, 0o755);
    let told = huis(&["doctor", "--data", path(&data)]);
    assert!(
        !told.ok && told.says.contains(&format!("chmod -R go= {}", path(&data))),
        "{}",
        told.says
    );
}

/// A password that breaks the rules stops the init with its reason (X-18); the same command run
/// again with a better one finishes it.
#[test]
fn init_makes_an_installation_that_the_doctor_finds_well_x_18() {
    let folder = tempfile::tempdir().unwrap();
    let refused = real(folder.path(), "court", "Bureau des droits");
    assert!(!refused.ok && refused.errors.contains("caractères"), "{}", refused.errors);
    let made = real(folder.path(), "Quatre-vingt-huit-Lunes!7", "Bureau des droits");
    assert!(made.ok, "{}", made.errors);
    let data = folder.path().join("data");
    let doctor = huis(&["doctor", "--data", path(&data)]);
    assert!(doctor.ok && doctor.says.contains("Tout va bien"), "{}", doctor.says);
    assert!(!doctor.says.contains("démonstration"), "X-21: a real one");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = data.join("cle-racine");
        fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
        let open = huis(&["doctor", "--data", path(&data)]);
        assert!(!open.ok && open.says.contains("lisible par d'autres"), "{}", open.says);
    }
}

/// Without a rights desk no dossier opens: the init warns, the doctor does not pass (A-16).
#[test]
fn the_doctor_asks_for_a_rights_desk() {
    let folder = tempfile::tempdir().unwrap();
    let made = real(folder.path(), "Quatre-vingt-huit-Lunes!7", "");
    assert!(made.ok && made.says.contains("A-16"), "{}{}", made.says, made.errors);
    let doctor = huis(&["doctor", "--data", path(&folder.path().join("data"))]);
    assert!(!doctor.ok && doctor.says.contains("aucun service des droits"), "{}", doctor.says);
}

/// Each fault of a register with the line where it is.
#[test]
fn register_check_tells_all_the_faults_with_their_lines() {
    let shipped = fs::read_to_string(in_repository("registers/expulsion.toml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("expulsion.toml");
    let breaks = [
        (r#"{ id = "date_bail", "#, r#"type = "date""#, r#"type = "datte""#),
        (r#"garde = "4 ans""#, r#"garde = "4 ans""#, ""),
        (r#"modifie = ["rapport_police"]"#, "rapport_police", "rapport_de_police"),
    ];
    let mut lines: Vec<String> = shipped.lines().map(str::to_owned).collect();
    let mut at = Vec::new();
    for (mark, good, bad) in breaks {
        let line = lines.iter().position(|l| l.contains(mark)).unwrap();
        let broken = lines[line].replacen(good, bad, 1);
        assert_ne!(broken, lines[line], "{mark}");
        lines[line] = broken;
        at.push(line + 1);
    }
    fs::write(&file, lines.join("\n")).unwrap();
    let ran = huis(&["register", "check", path(&file)]);
    assert!(!ran.ok);
    // A key that is missing is told at its table, a little above.
    let told: Vec<usize> = ran
        .errors
        .split("ligne ")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok())
        .collect();
    for line in at {
        assert!(told.iter().any(|t| (line - 8..=line).contains(t)), "line {line}: {}", ran.errors);
    }
    let good = huis(&["register", "check", path(&in_repository("registers/expulsion.toml"))]);
    assert!(good.ok && good.says.contains("valide"), "{}{}", good.says, good.errors);
}

/// A-03: in plain words what a change does; what loosens cannot stand locally without its own
/// authorisation.
#[test]
fn register_diff_says_what_a_change_does_a_03() {
    let shipped = in_repository("registers/expulsion.toml");
    let text = fs::read_to_string(&shipped).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let check = |from: &str, to: &str, says: &[&str], allowed: bool| {
        let file = folder.path().join("local.toml");
        fs::write(&file, text.replace(from, to)).unwrap();
        let plain = huis(&["register", "diff", path(&shipped), path(&file)]);
        assert!(plain.ok, "{}", plain.errors);
        for part in says {
            assert!(plain.says.contains(part), "« {part} » in: {}", plain.says);
        }
        let local = huis(&["register", "diff", path(&shipped), path(&file), "--local"]);
        assert_eq!(local.ok, allowed, "{to}: {}", local.errors);
    };
    let keep = r#"garde = "4 ans""#;
    check(keep, r#"garde = "5 ans""#, &["élargit", "5 ans", "effacées plus tard"], false);
    check(keep, r#"garde = "3 ans""#, &["restreint", "3 ans", "effacées plus tôt"], true);
    check("", "", &["Aucun changement."], true);
}

/// A-22, X-29: one command writes the file for the authority, its document and its annexes.
#[test]
fn conformite_writes_a_document_and_its_annexes_a_22_x_29() {
    let (folder, data) = demonstration(20);
    let out = folder.path().join("dossier");
    let ran = huis(&["conformite", "--data", path(&data), "--out", path(&out)]);
    assert!(ran.ok, "{}{}", ran.says, ran.errors);
    assert!(fs::read(out.join("annexes.ods")).unwrap().starts_with(b"PK"));
    let document = out.join("conformite.pdf");
    let text = std::process::Command::new("pdftotext").arg(&document).arg("-").output().unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    for said in ["Matrice des droits", "Table des durées", "Tous les journaux se vérifient"] {
        assert!(text.replace('\u{a0}', " ").contains(said), "{said}");
    }
    let entry = folder.path().join("fiche.pdf");
    let ran = huis(&[
        "register",
        "export",
        "--data",
        path(&data),
        "--processing",
        "expulsion",
        "--out",
        path(&entry),
    ]);
    assert!(ran.ok, "{}", ran.errors);
    assert!(fs::read(&entry).unwrap().starts_with(b"%PDF-1.7"));
}

/// A-03: the article-30 entry leaves as a sheet; the operator's command leaves its trace (X-22).
#[test]
fn register_export_writes_the_article_30_entry_x_22() {
    let (folder, data) = demonstration(20);
    let out = folder.path().join("registre.ods");
    let export = |data: &Path| {
        let place = ["register", "export", "--data", path(data), "--format", "ods"];
        let which = ["--processing", "droits", "--out", path(&out)];
        huis(&[&place[..], &which].concat())
    };
    let absent = export(&folder.path().join("absent"));
    assert!(!absent.ok && !out.exists(), "{}", absent.says);
    let ran = export(&data);
    assert!(ran.ok, "{}", ran.errors);
    let bytes = fs::read(&out).unwrap();
    let mark = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
    assert!(bytes.windows(mark.len()).any(|w| w == mark));
    let logs = folder.path().join("journaux");
    assert!(huis(&["trace", "export", "--data", path(&data), "--to", path(&logs)]).ok);
    let told = fs::read_dir(&logs).unwrap().any(|entry| {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        text.lines().any(|l| l.contains("export") && l.contains("registre"))
    });
    assert!(told, "the command leaves its line");
}

/// X-09: what will be archived and destroyed by a date, before it is.
#[test]
fn retention_plan_counts_what_comes_due_x_09() {
    let (_folder, data) = demonstration(60);
    let plan = |at: &str| huis(&["retention", "plan", "--data", path(&data), "--at", at]);
    let count = |ran: &Ran| -> u64 {
        let line = ran.says.lines().find(|l| l.trim_start().starts_with("dossier "));
        line.map_or(0, |l| l.split_whitespace().nth(1).unwrap().parse().unwrap())
    };
    let (near, far) = (plan("2027-06-30"), plan("2060-01-01"));
    assert!(near.ok && far.ok, "{}{}", near.errors, far.errors);
    assert!(far.says.contains("à détruire"), "{}", far.says);
    assert!(count(&far) > count(&near), "{}\n{}", near.says, far.says);
    let wrong = plan("31/12/2026");
    assert!(!wrong.ok && wrong.errors.contains("AAAA-MM-JJ"), "{}", wrong.errors);
}

/// X-22, X-24: whoever has an export and the public key verifies it; one letter changed, one line
/// removed or two exchanged, and it does not pass. The export is itself in the next one.
#[test]
fn an_exported_trace_verifies_and_a_tampered_one_does_not_x_22_x_24() {
    let (folder, data) = demonstration(60);
    let out = folder.path().join("export");
    let ran = huis(&["trace", "export", "--data", path(&data), "--to", path(&out)]);
    assert!(ran.ok, "{}", ran.errors);
    let key = out.join("cle-publique");
    let mut logs: Vec<_> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    logs.sort_by_key(|log| fs::metadata(log).unwrap().len());
    let verify = |file: &Path| huis(&["trace", "verify", path(file), "--key", path(&key)]);
    for log in &logs {
        let ran = verify(log);
        assert!(ran.ok && ran.says.contains("Journal intact"), "{}{}", ran.says, ran.errors);
    }
    let longest = logs.last().unwrap();
    let text = fs::read_to_string(longest).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let middle = lines.len() / 2;
    assert!(lines.len() > 60, "every dossier loaded is a line: {}", lines.len());
    let tampered = folder.path().join("tampered.jsonl");
    let digit = lines[middle].rfind(|c: char| c.is_ascii_digit()).unwrap();
    let mut changed = lines.clone();
    let other = if lines[middle].as_bytes()[digit] == b'1' { "2" } else { "1" };
    let edited = format!("{}{other}{}", &lines[middle][..digit], &lines[middle][digit + 1..]);
    changed[middle] = &edited;
    let mut removed = lines.clone();
    removed.remove(middle);
    let mut exchanged = lines.clone();
    exchanged.swap(middle, middle + 1);
    for (what, lines) in [("changed", changed), ("removed", removed), ("exchanged", exchanged)] {
        fs::write(&tampered, lines.join("\n") + "\n").unwrap();
        let ran = verify(&tampered);
        assert!(!ran.ok && !ran.errors.is_empty(), "{what}: {}", ran.says);
    }
    // X-22: the command was traced as a screen is.
    let again = folder.path().join("again");
    assert!(huis(&["trace", "export", "--data", path(&data), "--to", path(&again)]).ok);
    let told = fs::read_dir(&again).unwrap().any(|entry| {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        text.contains("trace-export")
    });
    assert!(told, "an export leaves its line");
}

/// The documented example is the program's own answer.
#[test]
fn calc_deadlines_answers_as_documented_x_02() {
    let page = fs::read_to_string(in_repository("docs/calc-deadlines.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```json\n").skip(1).filter_map(|b| b.split("```").next()).collect();
    let [question, answer] = blocks.as_slice() else { panic!("two blocks, {}", blocks.len()) };
    let ran = huis_reading(&["calc", "deadlines"], question);
    assert!(ran.ok, "{}", ran.errors);
    // Spaces that hold words together are typography: the page is written with plain ones.
    let plain = |text: &str| text.replace('\u{a0}', " ");
    let read = |text: &str| serde_json::from_str::<Value>(&plain(text)).unwrap();
    assert_eq!(read(&ran.says), read(answer));
    // All the faults at once, and none repeats a value.
    let wrong = question.replace("2026-01-06", "2026-02-30").replace("68224", "Mulhouze");
    let ran = huis_reading(&["calc", "deadlines"], &wrong);
    assert!(!ran.ok && !ran.errors.contains("Mulhouze"), "{}", ran.errors);
}

/// X-21: generated data go into a folder of their own and no other.
#[test]
fn a_demonstration_stays_in_its_own_folder_x_21() {
    let (_folder, data) = demonstration(60);
    let hints = fs::read_to_string(data.join("a-essayer.txt")).unwrap();
    assert!(hints.contains("60 dossiers fictifs") && hints.contains("À essayer"), "{hints}");
    assert!(hints.contains("Qui répond aux demandes des personnes"), "X-16: {hints}");
    let doctor = huis(&["doctor", "--data", path(&data)]);
    assert!(
        doctor.ok && doctor.says.contains("n'y mettez aucune donnée réelle"),
        "{}",
        doctor.says
    );
    // Started again, it is the same one.
    let again = huis(&["demo", "--prepare-only", "--data", path(&data)]);
    assert!(again.ok && again.says.contains("60 dossiers fictifs"), "{}", again.says);
    let real = tempfile::tempdir().unwrap();
    fs::write(real.path().join("data.db"), "vraies données").unwrap();
    for fresh in [&[][..], &["--fresh"]] {
        let mut arguments = vec!["demo", "--prepare-only", "--data", path(real.path())];
        arguments.extend(fresh);
        let ran = huis(&arguments);
        assert!(!ran.ok && ran.errors.contains("n'est pas une démonstration"), "{}", ran.errors);
    }
    let left: Vec<_> = fs::read_dir(real.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing was added");
    assert_eq!(fs::read_to_string(real.path().join("data.db")).unwrap(), "vraies données");
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
