//! The rights of the persons concerned on the screens, without JavaScript (X-16, D-25, I12): two
//! processings in one session, a request from its receipt to its answer, a copy on paper.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use common::{
    House,
    http::{Page, Visitor, pairs},
    squeeze,
};
use std::sync::Arc;

const RIGHTS: &str = "/journee?traitement=droits";

fn clerk(house: &House) -> Visitor {
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = &logins.iter().find(|l| l.profile == "instructeur").unwrap().login;
    let mut clerk = Visitor::new(house.address);
    clerk.sign_in(login);
    clerk
}

/// The requests of the demonstration.
fn requests(clerk: &mut Visitor) -> Vec<String> {
    clerk.get(RIGHTS);
    let page = clerk.get("/dossiers");
    page.links("/dossiers/").into_iter().filter(|l| l.len() == 21).collect()
}

fn text(page: &Page) -> String {
    squeeze(&page.body.replace("&#39;", "'").replace("&nbsp;", " "))
}

/// One works in one processing at a time: a dossier's own address says which, and a form is recorded
/// in the processing of its page, whatever was opened since in another tab.
#[test]
fn a_form_stays_in_the_processing_of_its_page_x_16() {
    let (house, _) = House::demonstration("2026-11-23", 60);
    let mut clerk = clerk(&house);
    let home = clerk.get("/journee");
    assert!(home.body.contains("class=\"processings\""), "two processings, a choice");
    let eviction = clerk.get("/dossiers").links("/dossiers/");
    let eviction = eviction.into_iter().find(|l| l.len() == 21).unwrap();
    let form = clerk.get("/dossiers/nouveau");
    assert!(form.body.contains("occupant-1.nom"), "the first grant's processing");
    let asked = requests(&mut clerk);
    assert!(asked.len() > 5, "{asked:?}");
    let other = clerk.get("/dossiers/nouveau");
    assert!(other.body.contains("demandeur-1.nom"), "the one that was chosen last");
    // The first page, sent now: it is refused for what it lacks, as a page of its own processing.
    let hidden = form.hidden();
    let hidden = pairs(&hidden);
    let sent = clerk.post("/dossiers/nouveau", &hidden);
    assert!(sent.body.contains("occupant-1.nom"), "{}", sent.title());
    // Bookmarks: each number opens where it belongs, and one works there then.
    for (href, says) in [(&asked[0], "Droit exercé"), (&eviction, "Local")] {
        let page = clerk.get(href);
        assert!(page.status == 200 && text(&page).contains(says), "{href}: {}", page.title());
    }
    assert!(clerk.get("/dossiers/nouveau").body.contains("occupant-1.nom"));
    let none = clerk.get("/journee?traitement=autre");
    assert_eq!(none.status, 200, "what is not theirs changes nothing");
}

/// the opposition is received, and its answer stands ready with the register's ground.
#[test]
fn an_opposition_is_answered_with_its_ground_x_16() {
    let (house, _) = House::demonstration("2026-11-23", 60);
    let mut clerk = clerk(&house);
    clerk.get(RIGHTS);
    let sent = clerk.fill(
        "/dossiers/nouveau",
        &[
            ("demandeur-1.nom", "Zurcher"),
            ("demandeur-1.prenom", "Odile"),
            ("demandeur-1.repondre", "courrier"),
            ("demandeur-1.voie", "2 rue Haute"),
            ("demandeur-1.code_postal", "68000"),
            ("demandeur-1.ville", "Colmar"),
            ("demande-1.droit", "opposition"),
            ("demande-1.traitement", "expulsion"),
            ("demande-1.recue_le", "23/11/2026"),
            ("demande-1.guichet", "secretariat"),
        ],
    );
    let request = sent.location.clone().unwrap_or_else(|| panic!("{}", text(&sent)));
    let page = clerk.follow(sent);
    let says = text(&page);
    for part in ["Demande transmise à l'autre guichet", "Répondre à la demande", "23/12/2026"] {
        assert!(says.contains(part), "{part}: {says}");
    }
    let answer = format!("{request}/actes/reponse");
    let form = text(&clerk.get(&answer));
    assert!(form.contains("Le droit d'opposition ne s'applique pas à ce traitement"), "{form}");
}

/// What is wrong with a request is said beside its field, once, and nothing typed is lost.
#[test]
fn a_request_is_refused_at_its_fields_d_25() {
    let (house, _) = House::demonstration("2026-11-23", 60);
    let mut clerk = clerk(&house);
    clerk.get(RIGHTS);
    let typed = [
        ("demandeur-1.nom", "Zurcher"),
        ("demandeur-1.prenom", "Odile"),
        ("demandeur-1.repondre", "courrier"),
        ("demande-1.droit", "acces"),
        ("demande-1.traitement", "expulsion"),
        ("demande-1.recue_le", "24/11/2026"),
        ("demande-1.guichet", "secretariat"),
        ("demande-1.numeros", "12 ou 13"),
    ];
    // Each with the page's summary, which leads to it, and no other fault.
    let faults = |page: &Page| -> Vec<String> {
        page.links("#f-").into_iter().map(|l| l.replace("#f-", "")).collect()
    };
    let refused = clerk.fill("/dossiers/nouveau", &typed);
    let asked = ["demandeur-1-voie", "demandeur-1-code_postal", "demandeur-1-ville"];
    assert_eq!(faults(&refused), asked, "an answer by post needs an address: {}", text(&refused));
    assert!(text(&refused).contains("Il le faut quand"), "{}", text(&refused));
    let address = [
        ("demandeur-1.voie", "2 rue Haute"),
        ("demandeur-1.code_postal", "68000"),
        ("demandeur-1.ville", "Colmar"),
    ];
    let refused = clerk.fill("/dossiers/nouveau", &[typed.as_slice(), address.as_slice()].concat());
    assert_eq!(faults(&refused), ["demande-1-recue_le", "demande-1-numeros"], "{}", text(&refused));
    assert!(!text(&refused).contains("Enregistrez d'abord"), "{}", text(&refused));
    assert!(refused.body.contains("12 ou 13") && refused.body.contains("Zurcher"));
    // By hand: no address is asked for.
    let by_hand = ["demandeur-1.repondre", "demande-1.recue_le", "demande-1.numeros"];
    let mut mended: Vec<_> = typed.into_iter().filter(|(n, _)| !by_hand.contains(n)).collect();
    mended.extend([("demandeur-1.repondre", "guichet"), ("demande-1.recue_le", "23/11/2026")]);
    let made = clerk.fill("/dossiers/nouveau", &mended);
    assert!(made.location.is_some(), "{}", text(&made));
    // One that resembles it is refused before it is compared.
    let again = clerk.fill("/dossiers/nouveau", &[typed.as_slice(), address.as_slice()].concat());
    assert_eq!(faults(&again), ["demande-1-recue_le", "demande-1-numeros"], "{}", text(&again));
    assert!(!text(&again).contains("ressemblent"), "{}", text(&again));
}

/// RGPD art. 16: from the request one comes to the section to rectify, with what is asked beside.
#[test]
fn what_is_asked_stands_beside_what_is_rectified_x_16() {
    let (house, _) = House::demonstration("2026-11-23", 60);
    let mut clerk = clerk(&house);
    let mut seen = false;
    for request in requests(&mut clerk) {
        let page = clerk.get(&request);
        let link = page.links("/dossiers/").into_iter().find(|l| l.contains("?demande="));
        // Other rights lead to their dossier too: this one says what is wrong.
        let rectifies = text(&page).contains("Ma date de naissance est fausse");
        let Some(link) = link.filter(|_| rectifies) else { continue };
        let dossier = clerk.get(link.split('#').next().unwrap());
        if dossier.status != 200 {
            continue; // an archived dossier is the archivist's
        }
        assert!(text(&dossier).contains("Ma date de naissance est fausse"), "{}", text(&dossier));
        let edit = dossier.links("/dossiers/");
        let edit = edit.into_iter().find(|l| l.contains("/volets/occupant/1?demande=")).unwrap();
        let form = clerk.get(&edit);
        assert!(text(&form).contains("Ma date de naissance est fausse"));
        seen = true;
    }
    assert!(seen, "a request to rectify that one may follow");
}

/// I12: the copy is looked at, then made; it says who opened the file, and its making is recorded.
#[test]
fn a_copy_is_looked_at_and_made_on_paper_i12() {
    let (house, _) = House::demonstration("2026-11-23", 60);
    house.huis.set_press(Arc::new(huis_press::TypstPress::new()));
    let mut clerk = clerk(&house);
    let mut made = 0;
    for request in requests(&mut clerk) {
        let page = clerk.get(&request);
        let links = page.links("/dossiers/");
        let Some(link) = links.into_iter().find(|l| l.contains("/copie?dossier=")) else {
            continue;
        };
        let copy = clerk.get(&link.replace("&amp;", "&"));
        let says = text(&copy);
        assert_eq!(copy.status, 200);
        if !says.contains("Ce qui sera remis") && !says.contains("Voici ce qui sera remis") {
            // Not identified yet, or in the archive: the page says so.
            assert!(says.contains("identité") || says.contains("archive"), "{says}");
            continue;
        }
        assert!(says.contains("Qui a consulté le dossier") && says.contains("CNIL"), "{says}");
        // What an officer writes freely of the household may be left out.
        let of = link.split("dossier=").nth(1).unwrap().split('&').next().unwrap();
        let form = format!("/dossiers/{of}/volets/accompagnement/nouveau");
        let page = clerk.get(&form);
        let mut names = page.body.split("name=\"").filter_map(|rest| rest.split('"').next());
        if let Some(name) = names.find(|name| name.ends_with("preconisations")) {
            clerk.fill(&form, &[(name, "La voisine du dessus garde les enfants.")]);
        }
        let copy = clerk.get(&link.replace("&amp;", "&"));
        let free = "v.accompagnement.1.preconisations";
        if !copy.body.contains(&format!("name=\"ecarter\" value=\"{free}\"")) {
            continue; // a dossier of another sector, or whose section is filled already
        }
        let hidden = copy.hidden();
        let mut fields = pairs(&hidden);
        let to = format!("{request}/copie.pdf");
        // What is no such text is not left out in silence: the page is shown again.
        let mut other = fields.clone();
        other.extend([("ecarter", "v.occupant.1.nom"), ("pourquoi", "essai")]);
        assert!(text(&clerk.post(&to, &other)).contains("peut être écarté"));
        fields.push(("ecarter", free));
        let refused = clerk.post(&to, &fields);
        assert!(text(&refused).contains("Dites ce que vous écartez"), "a reason is asked");
        fields.push(("pourquoi", "Les préconisations parlent d’une voisine."));
        let file = clerk.post(&to, &fields);
        assert!(file.body.starts_with("%PDF-1.7"), "{}", text(&file));
        let after = text(&clerk.get(&request));
        assert!(after.contains("Copie des données établie"), "{after}");
        assert!(after.contains("parlent d'une voisine"), "{after}");
        made += 1;
        if made == 1 {
            break;
        }
    }
    assert_eq!(made, 1);
}
