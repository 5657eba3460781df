//! Lists as files: what the page shows, in the same perimeter, traced as an export (I3, X-23).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{ARCHIVE, House, http::Visitor, squeeze};

/// The rows under the header of a CSV file of ours without quoted line ends.
fn rows(body: &str) -> Vec<Vec<String>> {
    let text = body.strip_prefix('\u{feff}').expect("the mark by which Excel knows UTF-8");
    let cells = |line: &str| line.split(';').map(str::to_owned).collect();
    text.lines().skip(1).map(cells).collect()
}

/// I3, X-23: the file has the dossiers of the list, with its filters, and no other; the officer
/// reads in the trace that it left, with how many.
#[test]
fn a_list_leaves_with_its_filters_and_its_trace_i3_x_23() {
    let (house, _) = House::demonstration("2026-11-23", 120);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = |profile: &str| logins.iter().find(|l| l.profile == profile).unwrap().login.clone();
    let mut clerk = Visitor::new(house.address);
    clerk.sign_in(&login("instructeur"));
    let page = clerk.get("/dossiers");
    let offered = page.links("/dossiers/export");
    assert_eq!(offered.len(), 2, "ODS and CSV: {offered:?}");
    let file = clerk.get("/dossiers/export?format=csv");
    assert_eq!(file.status, 200);
    let all = rows(&file.body);
    assert!(all.len() > 10, "{}", file.body);
    let shown: Vec<String> =
        page.links("/dossiers/").into_iter().filter(|l| l.len() == 21).collect();
    for href in &shown {
        let number = href.trim_start_matches("/dossiers/");
        assert!(all.iter().any(|row| row[0] == number), "{number} is on the page");
    }
    let clerk_numbers: Vec<String> = all.iter().map(|r| r[0].clone()).collect();
    // The filters of the page are in the file's address.
    let late = clerk.get("/dossiers?retard=oui");
    let href = late.links("/dossiers/export").into_iter().find(|l| l.contains("csv")).unwrap();
    assert!(href.contains("retard=oui"), "{href}");
    let some = rows(&clerk.get(&href.replace("&amp;", "&").replace("&#38;", "&")).body);
    assert!(!some.is_empty() && some.len() < all.len(), "{} of {}", some.len(), all.len());
    assert!(some.iter().all(|row| clerk_numbers.contains(&row[0])));
    for (place, least) in [("/journee/export", 1), ("/tableau/export", 3)] {
        let file = clerk.get(&format!("{place}?format=csv"));
        assert!(rows(&file.body).len() >= least, "{place}: {}", file.body);
        let sheet = clerk.get(&format!("{place}?format=ods"));
        assert!(sheet.body.starts_with("PK"), "{place}");
    }
    assert_eq!(clerk.get("/dossiers/export?format=exe").status, 400);
    // who exported what, for whom controls the traces.
    let mut officer = Visitor::new(house.address);
    officer.sign_in(&login("dpo"));
    let trace = squeeze(&officer.get("/traces?operation=export").body);
    assert!(trace.contains("Export") && trace.contains("dossiers"), "{trace}");
    for place in ["/traces/tableur", "/conservation/export", "/registre/article-30/export"] {
        let file = officer.get(&format!("{place}?format=csv"));
        assert_eq!(file.status, 200, "{place}");
        // Its header at least: nothing may be due.
        assert!(file.body.contains(';'), "{place}: {}", file.body);
    }
}

/// closed dossiers near their term leave for the public archives in one file, each as its page
/// has it; the officer finds the record.
#[test]
fn closed_dossiers_are_deposited_in_one_file_x_10() {
    let (house, _) = House::demonstration("2026-11-23", 120);
    house.huis.set_press(std::sync::Arc::new(huis_press::TypstPress::new()));
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = |profile: &str| logins.iter().find(|l| l.profile == profile).unwrap().login.clone();
    let mut archivist = Visitor::new(house.address);
    archivist.sign_in(&login("archiviste"));
    let door = archivist.get("/archives/versement");
    assert!(door.body.contains("name=\"phrase\""), "X-12: the passphrase first");
    let hidden = door.hidden();
    let csrf = ("_csrf", hidden["_csrf"].as_str());
    archivist.post("/archives/ouvrir", &[csrf, ("phrase", ARCHIVE)]);
    let page = archivist.get("/archives/versement?au=2030-11-23");
    assert!(page.body.contains("name=\"dossier\""), "{}", squeeze(&page.body));
    let numbers: Vec<String> = page
        .links("/dossiers/")
        .into_iter()
        .map(|l| l.trim_start_matches("/dossiers/").to_owned())
        .take(2)
        .collect();
    // What is missing is told at once, and nothing chosen is lost.
    let chosen = ("dossier", numbers[0].as_str());
    let refused = archivist.post("/archives/versement", &[csrf, chosen]);
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("son visa") && refused.body.contains(" checked"));
    let filled = [
        csrf,
        chosen,
        ("dossier", numbers[1].as_str()),
        ("service", "Archives d’Alsace"),
        ("visa", "2026-118"),
    ];
    let file = archivist.post("/archives/versement", &filled);
    assert_eq!(file.status, 200, "{}", squeeze(&file.body));
    assert!(file.body.starts_with("PK") && file.body.contains("bordereau.csv"));
    for number in &numbers {
        assert!(file.body.contains(&format!("dossier-{number}.pdf")), "{number}");
    }
    let mut officer = Visitor::new(house.address);
    officer.sign_in(&login("dpo"));
    let kept = squeeze(&officer.get("/conservation").body);
    assert!(kept.contains("2 dossiers versés") && kept.contains("visa 2026-118"), "{kept}");
}
