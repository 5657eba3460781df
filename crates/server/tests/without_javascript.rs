//! The same journey with plain requests: every page works where no script runs, and what is not
//! one's own answers as if it did not exist.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason
)]

mod common;

use std::collections::BTreeSet;

use common::{House, http::Visitor, squeeze};

/// signing in, the day, the list, a dossier, an act; the form's token is what lets it in.
#[test]
fn an_act_is_recorded_without_javascript_and_not_without_its_token_x_01() {
    let (house, _) = House::demonstration("2026-11-23", 120);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = &logins.iter().find(|l| l.profile == "secretaire-ccapex").unwrap().login;
    let mut visitor = Visitor::new(house.address);
    let door = visitor.get("/dossiers");
    assert!(door.title().contains("Connexion"), "A-17: nothing before one has signed in");
    assert_eq!(visitor.sign_in(login).title().split(" – ").next(), Some("Ma journée"));
    let list = visitor.get("/dossiers");
    let dossier = list.links("/dossiers/").into_iter().find(|l| l.len() == 21).unwrap();
    let form = format!("{dossier}/actes/avis-ccapex");
    let page = visitor.get(&form);
    let hidden = page.hidden();
    let fields = [
        ("on", "23/11/2026"),
        ("nature", "avis"),
        ("objet", "apurement"),
        ("destinataire", ""),
        ("_version", hidden["_version"].as_str()),
    ];
    let said = |v: &mut Visitor| v.get(&dossier).body.matches("23/11/2026</time>").count();
    let before = said(&mut visitor);
    for token in ["", "0123456789abcdef"] {
        let mut forged = fields.to_vec();
        forged.push(("_csrf", token));
        assert_eq!(visitor.post(&form, &forged).status, 400, "« {token} »");
    }
    assert_eq!(visitor.post(&form, &fields).status, 400, "no token at all");
    assert_eq!(said(&mut visitor), before, "nothing was recorded");
    let mut whole = fields.to_vec();
    whole.push(("_csrf", hidden["_csrf"].as_str()));
    let done = visitor.post(&form, &whole);
    assert_eq!(done.status, 303, "a form sent is never sent twice by going back");
    assert!(visitor.follow(done).body.contains("L’acte est enregistré"));
    assert_eq!(said(&mut visitor), before + 1);
    // Signed out, the same cookie opens nothing.
    let token = visitor.get("/journee").body;
    let token = token.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    visitor.post("/deconnexion", &[("_csrf", token)]);
    assert!(visitor.get(&dossier).title().contains("Connexion"));
}

/// I13, X-11 to X-14: a page outside the profile is the page of what does not exist, word for word.
#[test]
fn a_page_outside_the_profile_does_not_exist_i13_x_11_x_13_x_14() {
    let (house, _) = House::demonstration("2026-11-23", 120);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let mut anyone = Visitor::new(house.address);
    assert!(logins.len() >= 14, "an agent of each profile: {}", logins.len());
    let mut refused = 0;
    for login in &logins {
        let profile = &login.profile;
        anyone = Visitor::new(house.address);
        let day = anyone.sign_in(&login.login);
        let nothing = anyone.get("/nulle-part");
        assert_eq!(nothing.status, 404);
        for (place, door) in PLACES {
            let page = anyone.get(place);
            if day.body.contains(&format!("href=\"{door}\"")) {
                assert_eq!(page.status, 200, "{profile}: {place}");
            } else {
                assert_eq!(page.status, 404, "{profile}: {place}");
                assert_eq!(bare(&page.body), bare(&nothing.body), "{profile}: {place}");
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused}");
    // A number that nobody has is as the one of another sector.
    let absent = anyone.get("/dossiers/0000-0000-A");
    assert_eq!(absent.status, 404);
}

/// Whatever one may see, in each processing, tells of the texts by their names.
#[test]
fn no_page_tells_a_clause_by_its_id() {
    let (house, _) = House::demonstration("2026-11-23", 120);
    let mut read = 0;
    for login in house.wait(house.huis.demo_logins()).unwrap() {
        let mut visitor = Visitor::new(house.address);
        visitor.sign_in(&login.login);
        for processing in ["expulsion", "droits"] {
            visitor.get(&format!("/journee?traitement={processing}"));
            let list = visitor.get("/dossiers").links("/dossiers/");
            let dossier = list.into_iter().find(|l| l.len() == 21);
            let acts = |d: &String| visitor.get(d).links(&format!("{d}/actes/"));
            let acts = dossier.as_ref().map(acts).unwrap_or_default();
            let places = PLACES.map(|(place, _)| place.to_owned());
            let others = OTHERS.map(str::to_owned);
            let each = places.iter().chain(&others).chain(&dossier).chain(acts.iter().take(5));
            for place in
                each.filter(|place| !place.contains("export") && *place != "/traces/tableur")
            {
                no_clause(&visitor.get(place).body, place);
                read += 1;
            }
        }
    }
    assert!(read > 500, "{read}");
}

/// Pages to which no menu of the day page leads.
const OTHERS: [&str; 8] = [
    "/journee",
    "/aide",
    "/mon-compte",
    "/securite",
    "/courriers",
    "/partenaires",
    "/imports",
    "/compteurs",
];

/// Pages, each with the address by which the day page leads to it.
const PLACES: [(&str, &str); 22] = [
    ("/dossiers", "/dossiers"),
    ("/dossiers/nouveau", "/dossiers/nouveau"),
    ("/recherche", "/recherche"),
    ("/tableau", "/tableau"),
    ("/encadrement", "/encadrement"),
    ("/archives", "/archives"),
    ("/alertes", "/alertes"),
    ("/habilitations", "/habilitations"),
    ("/habilitations/revue", "/habilitations"),
    ("/traces", "/traces"),
    ("/conservation", "/conservation"),
    ("/registre", "/registre"),
    ("/registre/article-30", "/registre"),
    ("/comptes", "/comptes"),
    ("/reglages", "/reglages"),
    // I3: what one may not see one may not take away either.
    ("/dossiers/export", "/dossiers"),
    ("/journee/export", "/dossiers"),
    ("/tableau/export", "/tableau"),
    ("/habilitations/export", "/habilitations"),
    ("/traces/tableur", "/traces"),
    ("/conservation/export", "/conservation"),
    ("/registre/article-30/export", "/registre"),
];

/// A clause has an id for who builds the program; who reads a page is told of the text.
fn no_clause(body: &str, place: &str) {
    let text: String = body.split('<').filter_map(|t| t.split_once('>')).map(|t| t.1).collect();
    let letters: Vec<char> = text.chars().collect();
    for (at, four) in letters.windows(4).enumerate() {
        let id = matches!(four, ['A' | 'C' | 'D' | 'I' | 'S' | 'X', '-', a, b]
            if a.is_ascii_digit() && b.is_ascii_digit());
        let alone = at == 0 || letters.get(at - 1).is_none_or(|c| !c.is_alphanumeric());
        let around = || letters[at.saturating_sub(60)..(at + 20).min(letters.len())].iter();
        assert!(!(id && alone), "{place}: {}", around().collect::<String>());
    }
}

/// A page without what changes from one request to the next.
fn bare(body: &str) -> String {
    let main = squeeze(body.split_once("<main").unwrap().1);
    let (before, after) = main.split_once("numéro à votre assistance : ").unwrap();
    format!("{before}{}", after.split_once("</p>").unwrap().1)
}

/// behind each count of the supervisor is the list of just those dossiers.
#[test]
fn a_supervisor_opens_the_list_behind_a_count_x_03() {
    let (house, _) = House::demonstration("2026-11-23", 120);
    let logins = house.wait(house.huis.demo_logins()).unwrap();
    let login = &logins.iter().find(|l| l.profile == "chef").unwrap().login;
    let mut visitor = Visitor::new(house.address);
    visitor.sign_in(login);
    let page = visitor.get("/encadrement");
    let (mut lists, mut late) = (0, 0);
    for (at, _) in page.body.match_indices("href=\"/dossiers?secteur=") {
        let (href, rest) = page.body[at + 6..].split_once("\">").unwrap();
        let count: usize = rest.split('<').next().unwrap().parse().unwrap();
        let list = visitor.get(&href.replace("&amp;", "&").replace("&#38;", "&"));
        let rows = list.links("/dossiers/").into_iter().filter(|l| l.len() == 21);
        assert_eq!(rows.collect::<BTreeSet<_>>().len(), count.min(50), "{href}");
        lists += 1;
        late += usize::from(href.contains("retard"));
    }
    assert!(lists > late && late > 0, "{lists} lists, {late} of them of what is late");
}
