//! All that is done with one household on the pages, from its creation to a form that comes too late.

use std::{
    net::SocketAddr,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use crate::{
    common::http::{Page, Visitor, pairs},
    heard::{FIRST, Heard, LAST, MAIL, NIR, NOTE, NUMBER, PHONE, STREET},
    wire,
};

const DEMO: &str = "huis-clos-sous-la-lune-68";

/// The name of the page's field whose register's name this is.
fn named(page: &Page, field: &str) -> String {
    let names = page.body.split("name=\"").skip(1).filter_map(|r| r.split('"').next());
    let mut own = names.filter(|n| *n == field || n.ends_with(&format!(".{field}")));
    own.next().unwrap_or_else(|| panic!("no field {field} in « {} »", page.title())).to_owned()
}

/// Fills the form of a page, as typed; says where it leads.
fn fill(who: &mut Visitor, path: &str, fields: &[(&str, &str)], heard: &mut Heard) -> Page {
    let page = who.get(path);
    assert_eq!(page.status, 200, "{path}: {}", page.title());
    let named: Vec<(String, &str)> = fields.iter().map(|(f, v)| (named(&page, f), *v)).collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(n, v)| (n.as_str(), *v)).collect();
    let done = who.fill(path, &named);
    told(&done, path, heard);
    done
}

/// What an answer tells beside its page: where it leads, and the addresses that it links to.
fn told(page: &Page, path: &str, heard: &mut Heard) {
    heard.add(&format!("address {path}"), page.location.clone().unwrap_or_default().as_bytes());
    heard.add(&format!("links of {path}"), page.links("").join("\n").as_bytes());
    if page.status >= 400 && page.status != 422 {
        heard.add(&format!("error page of {path}"), page.body.as_bytes());
    }
}

/// A day so long ago, as it is typed.
fn days_ago(days: i64) -> String {
    use huis_kernel::Clock;
    let zone = huis_kernel::Zone::named("Europe/Paris").unwrap();
    let then = huis_kernel::SystemClock.now().plus_ms(-days * 86_400_000);
    then.date_in(&zone).strftime("%d/%m/%Y").to_string()
}

/// Records an act, and looks a second time when the page asks.
fn record(who: &mut Visitor, path: &str, on: &str, fields: &[(&str, &str)], heard: &mut Heard) {
    let page = who.get(path);
    let hidden = page.hidden();
    let mut form = pairs(&hidden);
    form.push(("on", on));
    form.extend(fields);
    let mut done = who.post(path, &form);
    told(&done, path, heard);
    if done.location.is_none() {
        form.push(("_etape", "confirmer"));
        done = who.post(path, &form);
        told(&done, path, heard);
    }
    assert!(done.location.is_some(), "{path} is not recorded: {}", done.body);
}

fn enter(address: SocketAddr, profile: &str) -> Visitor {
    let mut who = Visitor::new(address);
    let login = who.get(&format!("/connexion?essai={profile}")).value("identifiant");
    let page = who.fill("/connexion", &[("identifiant", &login), ("mot_de_passe", DEMO)]);
    assert_eq!(page.status, 303, "{profile} « {login} »: {}", page.title());
    who
}

/// All that is done with a household, on the pages. Gives the address of its dossier.
pub fn scenario(address: SocketAddr, temporary: &Path, heard: &mut Heard) -> String {
    let mut clerk = enter(address, "instructeur");
    // Refused first: the faults come back with what was typed, and nowhere else.
    let mail = format!("{MAIL}@example.org");
    let household = [
        ("occupant-1.qualite", "en_impaye"),
        ("occupant-1.nom", LAST),
        ("occupant-1.prenom", FIRST),
        ("occupant-1.telephone", PHONE),
        ("occupant-1.courriel", &mail),
        ("occupant-1.numero_allocataire", NUMBER),
        ("local-1.type_bailleur", "social"),
        ("local-1.numero", "12"),
        ("local-1.nom_voie", STREET),
        ("local-1.code_postal", "68000"),
        ("local-1.commune", "Colmar (68066)"),
    ];
    let wrong: Vec<(&str, &str)> =
        household.iter().chain(&[("occupant-1.date_naissance", "31/02/1980")]).copied().collect();
    let refused = clerk.fill("/dossiers/nouveau", &wrong);
    assert!(
        refused.location.is_none() && refused.body.contains("31/02/1980"),
        "{}",
        refused.title()
    );
    told(&refused, "/dossiers/nouveau", heard);
    let made = clerk.fill("/dossiers/nouveau", &household);
    told(&made, "/dossiers/nouveau", heard);
    let mut made = made;
    if made.location.is_none() {
        // It asks once more: a dossier may exist.
        let hidden = made.hidden();
        let mut again = pairs(&hidden);
        again.extend(household);
        again.push(("_etape", "confirmer"));
        made = clerk.post("/dossiers/nouveau", &again);
    }
    let dossier = made.location.clone().unwrap_or_else(|| panic!("{}", made.body));
    let dossier = dossier.split(['?', '#']).next().unwrap().to_owned();
    assert!(clerk.get(&dossier).body.contains(LAST), "the household is there");
    // Found by its name; by a name that is nobody's; a question without its second part.
    let page = clerk.get("/recherche");
    let way = page.body.split("<form").find(|f| f.contains("prenom")).expect("a search by name");
    let kind = way.split("type=\"hidden\"").skip(1).map(str::to_owned).collect::<Vec<_>>();
    let mut asked: Vec<(String, String)> = kind
        .iter()
        .filter_map(|h| {
            let part = |name: &str| {
                Some(h.split_once(&format!("{name}=\""))?.1.split_once('"')?.0.to_owned())
            };
            Some((part("name")?, part("value")?))
        })
        .collect();
    let field = |end: &str| {
        let mut names = way.split("name=\"").skip(1).filter_map(|r| r.split('"').next());
        names.find(|n| n.ends_with(end)).unwrap().to_owned()
    };
    asked.push((field(".nom"), LAST.to_owned()));
    asked.push((field(".prenom"), FIRST.to_owned()));
    let typed: Vec<(&str, &str)> = asked.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let found = clerk.post("/recherche", &typed);
    told(&found, "/recherche", heard);
    let found = clerk.follow(found);
    assert!(found.body.contains(&dossier), "found: {}", found.title());
    told(&found, "the answer of the search", heard);
    // Notes, with what no note should hold; the same form twice: a conflict.
    let notes = format!("{NOTE}. Sécurité sociale : {NIR}.");
    let form = format!("{dossier}/volets/accompagnement/nouveau");
    let page = clerk.get(&form);
    let hidden = page.hidden();
    let mut sent = pairs(&hidden);
    let long = named(&page, "preconisations");
    sent.push((&long, &notes));
    for _ in 0..2 {
        let done = clerk.post(&form, &sent);
        told(&done, &form, heard);
    }
    // A letter, its paper; the dossier and the list as files.
    let letter = format!("{dossier}/courriers/nouveau/information-occupant/1");
    let done = fill(&mut clerk, &letter, &[], heard);
    let done = clerk.follow(done);
    told(&done, &letter, heard);
    for file in ["/dossier.pdf", "/imprimer", "/traces", "/vif", "/version"] {
        let page = clerk.get(&format!("{dossier}{file}"));
        told(&page, file, heard);
    }
    for list in ["/dossiers/export?format=csv", "/journee", "/tableau", "/courriers", "/dossiers"] {
        told(&clerk.get(list), list, heard);
    }
    file_in(address, &mut clerk, &dossier, temporary, heard);
    // The procedure, up to the prefect's request to the police, by mail; its term comes within the week.
    let hearing = days_ago(270);
    for (kind, ago, fields) in [
        ("information-occupant", 0, &[("occupant", "1")][..]),
        ("assignation", 330, &[("audience_le", &*hearing)]),
        ("assignation-recue-prefet", 327, &[]),
        ("jugement", 260, &[("issue", "expulsion")]),
        ("commandement-quitter-lieux", 250, &[]),
        ("cql-recu-prefet", 249, &[]),
        ("demande-cfp", 58, &[]),
        ("rapport-police-demande", 0, &[]),
    ] {
        record(&mut clerk, &format!("{dossier}/actes/{kind}"), &days_ago(ago), fields, heard);
    }
    // What is not a table is refused without a word of what it holds.
    let page = clerk.get("/imports");
    let kind = page
        .body
        .split("<option value=\"")
        .nth(1)
        .unwrap_or("x\"")
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let bad = upload(address, &clerk, &page, &kind, format!("%PDF {LAST}").as_bytes());
    heard.add("an upload that is no table", &bad.body);
    // A calendar, and what another may not know.
    let made = clerk.fill("/mon-compte", &[]);
    told(&made, "/mon-compte", heard);
    let token = clerk.get("/mon-compte").hidden();
    let feed = clerk.post("/mon-compte/agenda", &[("_csrf", token.get("_csrf").map_or("", |v| v))]);
    let feed = clerk.follow(feed);
    if let Some((_, link)) = feed.body.split_once("/agenda/") {
        let link = format!("/agenda/{}", link.split('"').next().unwrap());
        let calendar = Visitor::new(address).get(&link);
        assert!(calendar.body.contains("VCALENDAR"), "{}", calendar.body);
        heard.add("the calendar", calendar.body.as_bytes());
    }
    for profile in ["ministere", "dpo", "bailleur"] {
        let mut other = enter(address, profile);
        let page = other.get(&dossier);
        heard.add(&format!("what a {profile} is answered"), page.body.as_bytes());
        let page = other.get("/journee");
        heard.add(&format!("the day of a {profile}"), page.body.as_bytes());
    }
    // The officer of data protection sees who did what: never of whom.
    let mut dpo = enter(address, "dpo");
    for page in
        ["/traces", "/traces/tableur?format=csv", "/alertes", "/conservation", "/habilitations"]
    {
        heard.add(page, dpo.get(page).body.as_bytes());
    }
    heard.add("traces of the dossier", dpo.get(&format!("{dossier}/traces")).body.as_bytes());
    // A session ends while a form is filled: what was typed is kept, sealed.
    let old = clerk.cookies();
    let page = clerk.get(&form);
    let token = clerk.get("/journee");
    let token = token
        .body
        .split("name=\"_csrf\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    clerk.post("/deconnexion", &[("_csrf", &token)]);
    let hidden = page.hidden();
    let body: String = hidden
        .iter()
        .map(|(n, v)| format!("{n}={v}&"))
        .chain([format!("{}={}", long, LAST)])
        .collect();
    let late = wire::ask(address, "POST", &form, &old, Some(&body));
    heard.add(
        "a form that came too late",
        format!("{} {}", late.header("location"), late.status).as_bytes(),
    );
    // A password forgotten: known and unknown.
    let mut anyone = Visitor::new(address);
    let known = anyone.get("/connexion?essai=instructeur").value("identifiant");
    for login in [LAST, &known] {
        let done = anyone.fill("/connexion/oubli", &[("identifiant", login)]);
        heard.add("a forgotten password", done.location.clone().unwrap_or_default().as_bytes());
    }
    // Addresses that hold a name are somebody's mistake: they are not repeated.
    for path in [format!("/dossiers/{LAST}"), format!("/recherche?nom={LAST}"), format!("/{LAST}")]
    {
        let answer = wire::ask(address, "GET", &path, "", None);
        heard.add(
            "an address that holds a name",
            answer.header("location").replace(&format!("/{LAST}"), "").as_bytes(),
        );
    }
    dossier
}

fn upload(
    address: SocketAddr,
    who: &Visitor,
    page: &Page,
    kind: &str,
    file: &[u8],
) -> wire::Answer {
    let token = page.hidden().get("_csrf").cloned().unwrap_or_default();
    let mut body = Vec::new();
    for (name, value) in [("_csrf", token.as_bytes()), ("genre", kind.as_bytes())] {
        body.extend(
            format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").bytes(),
        );
        body.extend_from_slice(value);
        body.extend(b"\r\n");
    }
    body.extend(format!("--B\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"{LAST}.csv\"\r\nContent-Type: text/csv\r\n\r\n").bytes());
    body.extend_from_slice(file);
    body.extend(b"\r\n--B--\r\n");
    let head = format!(
        "POST /imports HTTP/1.0\r\nHost: {address}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: multipart/form-data; boundary=B\r\nContent-Length: {}\r\n\r\n",
        who.cookies(),
        body.len()
    );
    let mut all = head.into_bytes();
    all.extend(body);
    wire::raw(address, &all).unwrap()
}

/// A file in, to its last step: the household in it, and a line that is nobody's. What the program
/// keeps in its folder for temporary files is looked at on the way.
fn file_in(
    address: SocketAddr,
    clerk: &mut Visitor,
    dossier: &str,
    temporary: &Path,
    heard: &mut Heard,
) {
    let page = clerk.get("/imports");
    let number = dossier.trim_start_matches("/dossiers/");
    let now = days_ago(0);
    let csv = format!(
        "N° dossier;Nom;Prénom;N° voie;Voie;Ville;Date impayé;Montant dû;Observations\r\n\
         {number};{LAST};{FIRST};12;{STREET};Colmar;{now};1 234,56;{NOTE}\r\n\
         ;{LAST};;;;;3/2/25;x;{NIR}\r\n"
    );
    let sent = upload(address, clerk, &page, "releve-impayes", csv.as_bytes());
    let at = sent.header("location").to_owned();
    assert!(at.starts_with("/imports/"), "{}", sent.text());
    heard.add("address of the import", at.as_bytes());
    heard.folder(temporary);
    let columns = clerk.get(&at);
    let (hidden, chosen) = (columns.hidden(), chosen(&columns));
    let pairs: Vec<(&str, &str)> =
        hidden.iter().chain(&chosen).map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let done = clerk.post(&format!("{at}/colonnes"), &pairs);
    told(&done, "columns of the import", heard);
    let tried = until(clerk, &at, "Attend votre accord");
    told(&tried, "the import, tried", heard);
    heard.folder(temporary);
    let token = tried.hidden().get("_csrf").cloned().unwrap_or_default();
    let done = clerk.post(&format!("{at}/lancer"), &[("_csrf", &token)]);
    assert_eq!(done.status, 303, "{}", done.title());
    told(&done, "the import, begun", heard);
    told(&until(clerk, &at, "Terminé"), "the import, ended", heard);
    heard.folder(temporary);
    // What is to be mended goes back to who sent it, and to nobody else.
    let faults = clerk.get(&format!("{at}/fautes.csv"));
    assert!(faults.status == 200 && faults.body.contains(LAST), "{}", faults.body);
    assert!(clerk.get(dossier).body.contains("1\u{202f}234,56"), "a line was written");
}

/// What the lists of a page's form have chosen.
fn chosen(page: &Page) -> std::collections::BTreeMap<String, String> {
    let lists = page.body.split("<select ").skip(1);
    lists
        .filter_map(|list| {
            let list = list.split("</select>").next()?;
            let name = list.split_once("name=\"")?.1.split('"').next()?;
            let option = list.split("<option ").find(|o| o.contains("\" selected"))?;
            let value = option.split_once("value=\"")?.1.split('"').next()?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// Looks at a page again until it says something.
fn until(who: &mut Visitor, path: &str, says: &str) -> Page {
    let begun = Instant::now();
    loop {
        let page = who.get(path);
        if page.body.contains(says) {
            return page;
        }
        assert!(begun.elapsed() < Duration::from_secs(90), "« {says} »: {}", page.body);
        thread::sleep(Duration::from_millis(100));
    }
}
