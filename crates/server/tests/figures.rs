//! What a server tells of itself: figures, log, health. With the program itself, and nothing personal
//! in any of them (I13).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;
mod program;
mod served;

use common::http::Visitor;
use huis_testkit::Postgres;
use program::huis;
use serde_json::Value;
use served::Served;
use std::{collections::BTreeSet, time::Duration};

/// Words that no figure, log line or answer about health may hold.
const PLANTED: [&str; 3] = ["ZZPLANTE", "c.zzplante", "4821-7730"];

/// Each `name="value"` of the figures.
fn labels(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let Some((_, rest)) = line.split_once('{') else { continue };
        for pair in rest.rsplit_once('}').unwrap().0.split("\",") {
            let (name, value) = pair.split_once("=\"").unwrap();
            out.push((name.to_owned(), value.trim_end_matches('"').to_owned()));
        }
    }
    out
}

fn figure(text: &str, name: &str) -> f64 {
    let line = text.lines().find(|l| l.strip_prefix(name).is_some_and(|r| r.starts_with(' ')));
    line.unwrap_or_else(|| panic!("{name} is not in:\n{text}"))
        .rsplit_once(' ')
        .unwrap()
        .1
        .parse()
        .unwrap()
}

/// I13: whatever is asked for, the labels are the program's own words; the log has one JSON object a
/// line, with the request's number, and the template of its address.
#[test]
fn figures_and_log_hold_nothing_that_was_asked_for_i13() {
    let (_folder, data) = program::demonstration(3);
    let served = Served::start(&["--data", data.to_str().unwrap()]);
    let mut visitor = Visitor::new(served.address);
    for path in
        ["/dossiers/4821-7730-K", "/ZZPLANTE", "/dossiers/ZZPLANTE/actes/c.zzplante?q=ZZPLANTE"]
    {
        visitor.get(path);
    }
    let fields = [("identifiant", "c.zzplante"), ("mot_de_passe", "ZZPLANTE-aussi-long")];
    visitor.fill("/connexion", &fields);
    for (path, word) in [("/sante/vivant", "vivant"), ("/sante/pret", "pret")] {
        let page = Visitor::new(served.address).get(path);
        assert_eq!((page.status, page.body.as_str()), (200, word));
    }
    let mut reader = Visitor::new(served.figures);
    let text = reader.get("/metrics").body;
    for (name, value) in labels(&text) {
        assert!(huis_measures::LABELS.contains(&name.as_str()), "{name}");
        let template = value.starts_with('/') && !value.contains(|c: char| c.is_ascii_digit());
        assert!(name != "route" || template || value == "autre", "{value}");
    }
    let routes: BTreeSet<String> =
        labels(&text).into_iter().filter(|(n, _)| n == "route").map(|(_, v)| v).collect();
    assert!(routes.contains("/dossiers/{numero}") && routes.contains("autre"), "{routes:?}");
    assert!(figure(&text, "huis_trace_group_lines_count") >= 1.0, "the start is a line");
    assert!(figure(&text, "huis_keys_ahead") > 0.0);
    assert!(figure(&text, "huis_resident_bytes") > 1e6);
    for part in ["Database", "Trace", "Keys", "Schema", "Register", "Running"] {
        assert!(figure(&text, &format!("huis_ready{{part=\"{part}\"}}")) > 0.0, "{part}");
    }
    assert_eq!(reader.get("/ailleurs").status, 404, "nothing else is told there");
    let log = served.log();
    let lines: Vec<Value> = log.lines().map(|l| serde_json::from_str(l).expect(l)).collect();
    let asked = lines.iter().find(|l| l["span"]["route"] == "/dossiers/{numero}").expect(&log);
    assert!(asked["span"]["id"].as_str().is_some_and(|id| id.len() == 12), "{asked}");
    assert!(asked["statut"].is_u64() && asked["ms"].is_u64(), "{asked}");
    for word in PLANTED {
        assert!(!text.contains(word) && !log.contains(word), "{word}");
    }
}

#[test]
fn figures_are_for_this_machine_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let ran = huis(&["serve", "--data", data, "--metrics", "0.0.0.0:9464"]);
    assert!(!ran.ok && ran.errors.contains("une adresse locale seulement"), "{}", ran.errors);
}

/// A statement that is slow is told by its first words, without its values; a schema that a newer
/// program has moved makes this server not ready, and the figures say why.
#[test]
fn what_is_slow_or_amiss_is_told_and_nothing_else() {
    let server = Postgres::start().unwrap();
    let database = server.database("mesures").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (url, data) = (database.url(), folder.path().join("d"));
    let place = ["--database", &url, "--data", data.to_str().unwrap()];
    let made = huis(&[&["demo", "--prepare-only", "--dossiers", "1"], &place as &[&str]].concat());
    assert!(made.ok, "{}", made.errors);
    let served = Served::start(&place);
    let page = Visitor::new(served.address).get("/sante/pret");
    assert_eq!((page.status, page.body.as_str()), (200, "pret"));
    let mut visitor = Visitor::new(served.address);
    visitor.get("/connexion");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            database.sql(
                "BEGIN; LOCK TABLE huis_data.throttle IN ACCESS EXCLUSIVE MODE;
                 SELECT pg_sleep(2); COMMIT",
            )
        });
        std::thread::sleep(Duration::from_millis(300));
        let fields = [("identifiant", "c.zzplante"), ("mot_de_passe", "ZZPLANTE-aussi-long")];
        visitor.fill("/connexion", &fields);
    });
    let log = served.log();
    let slow = log.lines().find(|l| l.contains("slow statement")).expect(&log);
    assert!(slow.contains("throttle"), "{slow}");
    assert!(PLANTED.iter().all(|word| !log.contains(word)), "{log}");
    database.sql("INSERT INTO huis_data.migration VALUES (99)").unwrap();
    std::thread::sleep(Duration::from_millis(1_100));
    let page = Visitor::new(served.address).get("/sante/pret");
    assert_eq!((page.status, page.body.as_str()), (503, "non"));
    let text = Visitor::new(served.figures).get("/metrics").body;
    assert!(figure(&text, "huis_ready{part=\"Schema\"}") < 1.0);
    assert!(served.log().contains("mettez ce serveur à jour"));
}
