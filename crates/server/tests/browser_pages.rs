//! Every page of the navigation, for an agent of each profile, before a real browser: no fault of
//! accessibility that a machine can see, nothing that the browser complains of, the banner of the
//! demonstration. Then the keyboard alone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{ARCHIVE, House, PROCESSING, desk::Desk};
use huis_testkit::{Key, axe};
use huis_usecases::demo::{DemoLogin, Loaded};
use serde_json::Value;

const TODAY: &str = "2026-11-23";
const DOSSIERS: usize = 120;

/// Those who work on dossiers.
#[test]
fn pages_of_those_who_instruct_x_21() {
    pages(&["instructeur", "secretaire-ccapex"]);
}

/// Those who decide, keep the archive, or see three things.
#[test]
fn pages_of_those_who_decide_keep_and_deposit_x_21() {
    pages(&["chef", "archiviste", "police"]);
}

/// Those who watch and administer.
#[test]
fn pages_of_those_who_watch_and_administer_x_21() {
    pages(&["dpo", "administrateur", "ministere"]);
}

/// Partners, whom the installation has not let in, and one who has not signed in.
#[test]
fn pages_of_those_who_stay_outside_x_21_x_26() {
    let partners = ["commissaire-justice", "service-social", "bailleur", "caf", "banque-de-france"];
    pages(&partners);
}

fn pages(profiles: &[&str]) {
    let (house, loaded) = House::demonstration(TODAY, DOSSIERS);
    let desk = Desk::new(&house);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let mut faults = Vec::new();
    for path in ["/connexion", "/connexion/oubli"] {
        look(&desk, path, "nobody", &mut faults);
    }
    for profile in profiles {
        let login = logins.iter().find(|l| l.profile == *profile).unwrap();
        desk.sign_in(&login.login);
        let mut paths = desk.all_links("nav.main a");
        assert!(paths.contains(&"/journee".to_owned()), "{profile}: {paths:?}");
        paths.extend(["/aide", "/mon-compte", "/mon-compte/jetons"].map(str::to_owned));
        paths.extend(more(&desk, login, &loaded));
        for path in &paths {
            look(&desk, path, profile, &mut faults);
        }
    }
    // All of them at once: a page that is mended is not the end of it.
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// A dossier as this profile may open it, and forms.
fn more(desk: &Desk<'_>, login: &DemoLogin, loaded: &Loaded) -> Vec<String> {
    match login.profile.as_str() {
        "instructeur" | "secretaire-ccapex" | "chef" => {
            desk.go("/dossiers");
            let dossier = desk.all_links("table.cases th a").remove(0);
            desk.go(&dossier);
            let act = desk.all_links("#suite .offers a, #autres a").into_iter().next();
            let mut out = vec!["/recherche".to_owned(), format!("{dossier}/imprimer")];
            out.extend(act);
            out.push(dossier);
            if login.profile != "chef" {
                out.extend(requests(desk));
            }
            out
        }
        "police" => {
            // A running dossier of its sector: the number comes with the prefect's request.
            let store = desk.house.huis.store();
            let number = desk.house.wait(async {
                let office = store.offices().await.unwrap().remove(0).office;
                let sectors = store.territories(office).await.unwrap();
                let mine = sectors.into_iter().find(|s| login.scope == [s.1.clone()]).unwrap().0;
                let cards = store.running(office, PROCESSING, None, 1_000).await.unwrap();
                cards.into_iter().find(|card| card.territory == mine).unwrap().number
            });
            vec![format!("/dossiers/{number}")]
        }
        "archiviste" => {
            desk.go("/archives");
            desk.fill(&[("phrase", ARCHIVE)]);
            desk.send();
            vec![format!("/dossiers/{}", numbered(loaded, "quatre ans"))]
        }
        "dpo" => {
            let number = numbered(loaded, "quatre ans");
            let mut out =
                ["", "/traces", "/gel"].map(|part| format!("/dossiers/{number}{part}")).to_vec();
            out.extend(["/registre?traitement=droits", "/conservation"].map(str::to_owned));
            out.push("/journee?traitement=expulsion".to_owned());
            out
        }
        "administrateur" => {
            vec!["/habilitations/donner".to_owned(), "/habilitations/revue".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// the other processing of who holds a desk: its pages, a request, its answer, a copy. One
/// comes back to the first at the end.
fn requests(desk: &Desk<'_>) -> Vec<String> {
    desk.go("/journee?traitement=droits");
    desk.go("/dossiers");
    let found = desk.all_links("table.cases th a");
    assert!(found.len() > 5, "the requests of the demonstration: {found:?}");
    let mut out: Vec<String> =
        ["/journee?traitement=droits", "/dossiers", "/tableau", "/courriers", "/dossiers/nouveau"]
            .map(str::to_owned)
            .to_vec();
    let (mut copy, mut answer) = (None, None);
    for request in &found {
        desk.go(request);
        let links = desk.all_links("#dossier-vise a");
        copy = copy.or_else(|| links.into_iter().find(|l| l.contains("/copie?")));
        let acts = desk.all_links("#suite .offers a");
        answer = answer.or_else(|| acts.into_iter().find(|l| l.ends_with("/reponse")));
        out.push(format!("{request}/courriers"));
    }
    out.truncate(7);
    out.extend(found.into_iter().take(2));
    out.push(copy.expect("a copy to make"));
    out.push(answer.expect("an answer that is ready"));
    out.push("/journee?traitement=expulsion".to_owned());
    // What was found is looked at from where one was.
    desk.go("/journee?traitement=expulsion");
    out
}

/// The number that the hint with these words gives.
fn numbered(loaded: &Loaded, words: &str) -> String {
    let hint = loaded.hints.iter().find(|h| h.contains(words)).unwrap();
    let number = hint.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let number = number.into_iter().find(|w| w.len() == 11 && w.as_bytes()[4] == b'-');
    number.unwrap_or_else(|| panic!("no number in {hint}")).to_owned()
}

fn look(desk: &Desk<'_>, path: &str, profile: &str, faults: &mut Vec<String>) {
    desk.go(path);
    let mut fault = |what: String| faults.push(format!("{profile}, {path}: {what}"));
    if desk.nothing_here() {
        return fault("no page".to_owned());
    }
    let headings = desk.browser.count("h1").unwrap();
    if headings != 1 {
        fault(format!("{headings} main headings"));
    }
    if !desk.all(".banner.demo").iter().any(|banner| banner.contains("fictives")) {
        fault("X-21: no banner".to_owned());
    }
    for broken in axe(&desk.browser).unwrap() {
        fault(format!("{} ({}): {}", broken.id, broken.help, broken.nodes.join(" | ")));
    }
    for line in desk.browser.console().unwrap() {
        fault(format!("the browser complains: {line}"));
    }
}

impl Desk<'_> {
    /// What has the focus: its tag, id and address; empty when nothing shows that it has it.
    fn focus(&self) -> (String, String, String) {
        let it = self.script(
            "const e = document.activeElement, s = getComputedStyle(e);
             const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
             const seen = e !== document.body && (ring || s.boxShadow !== 'none');
             return seen ? [e.tagName, e.id, e.getAttribute('href') || ''] : ['', '', ''];",
            &[],
        );
        let part = |i: usize| it.get(i).and_then(Value::as_str).unwrap_or_default().to_owned();
        (part(0), part(1), part(2))
    }
}

/// Keyboard alone, from the sign-in to an opened dossier, the focus in sight at each stop; then
/// the shortcut to a number (WCAG 2.1.1, 2.4.7).
#[test]
fn a_dossier_is_opened_with_the_keyboard_alone() {
    let (house, _) = House::demonstration(TODAY, DOSSIERS);
    let desk = Desk::new(&house);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = &logins.iter().find(|l| l.profile == "instructeur").unwrap().login;
    desk.go("/connexion");
    assert_eq!(desk.focus().1, "identifiant", "one types at once");
    desk.browser.type_text(login).unwrap();
    desk.browser.press(&[Key::Tab]).unwrap();
    desk.browser.type_text(common::PASSWORD).unwrap();
    desk.leave(|| desk.browser.press(&[Key::Enter]).unwrap());
    assert_eq!(desk.path(), "/journee");
    desk.browser.press(&[Key::Tab]).unwrap();
    assert_eq!(desk.focus().2, "#contenu", "the first stop skips to the content");
    desk.browser.press(&[Key::Enter]).unwrap();
    let dossier = (0..60)
        .find_map(|stop| {
            desk.browser.press(&[Key::Tab]).unwrap();
            let (tag, id, href) = desk.focus();
            assert!(!tag.is_empty(), "stop {stop}: nothing shows where one is");
            (tag == "A" && href.len() == "/dossiers/0000-0000-A".len() && id.is_empty())
                .then_some(href)
                .filter(|href| href.starts_with("/dossiers/"))
        })
        .expect("a dossier is reached");
    desk.leave(|| desk.browser.press(&[Key::Enter]).unwrap());
    assert_eq!(desk.path(), dossier);
    desk.browser.type_text("/").unwrap();
    assert_eq!(desk.focus().1, "recherche-rapide", "« / » leads to the number");
    let number = dossier.trim_start_matches("/dossiers/");
    desk.browser.type_text(number).unwrap();
    desk.leave(|| desk.browser.press(&[Key::Enter]).unwrap());
    assert_eq!(desk.path(), dossier);
    // A page that is one form is typed into at once; its second look is answered by a key.
    desk.go(&format!("{dossier}/actes/etat-dette"));
    assert_eq!(desk.focus().1, "f-on", "the date of the act");
    desk.go("/recherche");
    assert_eq!(desk.focus().0, "INPUT", "the first way to search");
    // From a list with its filters, and back to it.
    desk.go("/dossiers?retard=oui");
    desk.go(&dossier);
    let back = desk.script("return document.querySelector('.crumbs a').getAttribute('href')", &[]);
    assert_eq!(back.as_str(), Some("/dossiers?retard=oui"));
}
