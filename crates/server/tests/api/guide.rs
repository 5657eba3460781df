//! The examples of `docs/api` are played: every command of their `sh` blocks, in order, as the
//! partner's developer would, against a served house; each answer is the one that is printed.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::{
    client::{ALL, program},
    partners::{FILINGS, Town, login},
    program::in_repository,
};

/// Each `sh` block of a page, with the `json` block that follows it, if one does.
fn played(page: &str) -> Vec<(usize, String, Option<String>)> {
    let mut out: Vec<(usize, String, Option<String>)> = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (at, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(name)) => open = Some((at + 2, name, String::new())),
            (Some(_), Some("")) => match open.take().unwrap() {
                (at, "sh", text) => out.push((at, text, None)),
                (_, "json", text) => out.last_mut().expect("an answer to something").2 = Some(text),
                _ => {}
            },
            (Some((.., text)), _) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    out
}

/// Is the answer the one that is printed? « … » stands for anything, and a member that is not
/// printed may be there.
fn alike(printed: &serde_json::Value, came: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (printed, came) {
        (Value::String(any), _) if any == "…" => true,
        (Value::Object(a), Value::Object(b)) => {
            a.iter().all(|(k, v)| b.get(k).is_some_and(|w| alike(v, w)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() <= b.len() && a.iter().zip(b).all(|(v, w)| alike(v, w))
        }
        (a, b) => a == b,
    }
}

fn play(page: &Path, given: &BTreeMap<&str, String>) -> usize {
    let text = fs::read_to_string(page).unwrap();
    let name = page.file_name().unwrap().to_string_lossy().into_owned();
    let folder = tempfile::tempdir().unwrap();
    let mut exported = String::new();
    let blocks = played(&text);
    for (at, text, answer) in &blocks {
        let out = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &format!("{exported}{text}")])
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", std::env::var("PATH").unwrap())
            .envs(given.iter().map(|(k, v)| (*k, v.as_str())))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        let errors = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "docs/api/{name}:{at}\n{text}\n{said}\n{errors}");
        if let Some(answer) = answer {
            let printed = serde_json::from_str(answer)
                .unwrap_or_else(|e| panic!("docs/api/{name}:{at}: the answer is no JSON: {e}"));
            let came = serde_json::from_str(&said)
                .unwrap_or_else(|_| panic!("docs/api/{name}:{at}\n{text}\nanswers: {said}"));
            assert!(alike(&printed, &came), "docs/api/{name}:{at}\n{text}\nanswers: {said}");
        }
        for line in text.lines().filter(|l| l.starts_with("export ")) {
            exported.push_str(line);
            exported.push('\n');
        }
    }
    blocks.len()
}

/// X-26: the worked example of each partner, and the page that they share.
#[test]
fn every_example_of_the_api_guide_works_x_26() {
    let town = Town::new();
    town.authorise();
    let folder = in_repository("docs/api");
    let huis = format!("http://{}", town.house.address);
    let anne = town.anne.token.clone().unwrap();
    let given =
        BTreeMap::from([("HUIS", huis.clone()), ("JETON", anne), ("DOSSIER", town.ours.clone())]);
    assert!(play(&folder.join("README.md"), &given) >= 5);
    for filing in &FILINGS {
        let page = folder.join(format!("{}.md", filing.profile));
        let by = program(&town.house, &login("ici", filing.profile), &ALL, "01/02/2025");
        let given = BTreeMap::from([
            ("HUIS", huis.clone()),
            ("JETON", by.token.unwrap()),
            ("DOSSIER", town.ours.clone()),
        ]);
        assert!(play(&page, &given) >= 3, "{}", page.display());
    }
    let pages = fs::read_dir(&folder).unwrap().count();
    assert_eq!(pages, FILINGS.len() + 1, "a page of docs/api that no test plays");
}
