//! Names, a social security number and notes that exist nowhere else go through all that the program does
//! with a household; then everything that it wrote is searched for them: what it said and logged at its
//! most talkative, addresses, letters, every file of the data, of the keys, of the backup and of its
//! temporary folder, the export of the trace, a dump of PostgreSQL. Nothing (I1, I13, X-13, X-22, A-23).

use huis_testkit::{Mail, Postgres, Smtp};
use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use crate::{
    common::http::{Page, Visitor},
    heard::{FIRST, Heard, LAST, MAIL, NIR, NOTE, NUMBER, PHONE, STREET},
    program::program,
    wire,
};

const DEMO: &str = "huis-clos-sous-la-lune-68";

/// The program as it runs, with all that it says.
struct Served {
    child: Child,
    address: SocketAddr,
    said: Arc<Mutex<Vec<u8>>>,
    readers: Vec<thread::JoinHandle<()>>,
}

fn talkative() -> Command {
    let mut command = program();
    // Everything that any part of it has to say.
    command.env("HUIS_LOG", "trace");
    command
}

impl Served {
    fn start(place: &Place, more: &[&str]) -> Self {
        let mut child = talkative()
            .args(["serve", "--listen", "127.0.0.1:0", "--every", "1"])
            .args(place.arguments())
            .args(more)
            .env("TMPDIR", &place.temporary)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once("http://").expect("it says where").1.parse().unwrap();
        fn listen(
            mut from: impl Read + Send + 'static,
            to: Arc<Mutex<Vec<u8>>>,
        ) -> thread::JoinHandle<()> {
            thread::spawn(move || {
                let mut some = [0; 8192];
                while let Ok(n @ 1..) = from.read(&mut some) {
                    to.lock().unwrap().extend_from_slice(&some[..n]);
                }
            })
        }
        let readers =
            vec![listen(out, said.clone()), listen(child.stderr.take().unwrap(), said.clone())];
        Self { child, address, said, readers }
    }

    /// Ends it as a machine that falls, and gives all that it said.
    fn kill(mut self) -> Vec<u8> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        for reader in self.readers {
            reader.join().unwrap();
        }
        Arc::try_unwrap(self.said).unwrap().into_inner().unwrap()
    }
}

struct Place {
    folder: PathBuf,
    data: PathBuf,
    temporary: PathBuf,
    database: Option<String>,
}

impl Place {
    fn prepared(folder: &Path, database: Option<String>) -> Self {
        let data = folder.join("demo");
        let temporary = folder.join("tmp");
        fs::create_dir_all(&temporary).unwrap();
        let place = Self { folder: folder.to_owned(), data, temporary, database };
        let ran = talkative()
            .args(["demo", "--prepare-only", "--dossiers", "20"])
            .args(place.arguments())
            .env("TMPDIR", &place.temporary)
            .env("HUIS_LOG", "error")
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        place
    }

    fn arguments(&self) -> Vec<String> {
        let mut out = vec!["--data".to_owned(), self.data.display().to_string()];
        if let Some(url) = &self.database {
            out.extend(["--database".to_owned(), url.clone()]);
        }
        out
    }

    /// A command of the operator, at its most talkative; what it says is kept.
    fn run(&self, command: &[&str], heard: &mut Heard) {
        let mut arguments: Vec<String> = command.iter().map(|a| (*a).to_owned()).collect();
        arguments.extend(self.arguments());
        let ran = talkative().args(&arguments).env("TMPDIR", &self.temporary).output().unwrap();
        let text = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(ran.status.success(), "{command:?}: {}", text.lines().last().unwrap_or_default());
        heard.add(&format!("huis {}", command.join(" ")), &ran.stdout);
        heard.add(&format!("huis {} (log)", command.join(" ")), &ran.stderr);
    }
}

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

fn today() -> String {
    use huis_kernel::Clock;
    let zone = huis_kernel::Zone::named("Europe/Paris").unwrap();
    huis_kernel::SystemClock.now().date_in(&zone).strftime("%d/%m/%Y").to_string()
}

fn enter(address: SocketAddr, profile: &str) -> Visitor {
    let mut who = Visitor::new(address);
    let login = who.get(&format!("/connexion?essai={profile}")).value("identifiant");
    let page = who.fill("/connexion", &[("identifiant", &login), ("mot_de_passe", DEMO)]);
    assert_eq!(page.status, 303, "{profile} « {login} »: {}", page.title());
    who
}

/// All that is done with a household, on the pages.
fn scenario(address: SocketAddr, heard: &mut Heard) -> String {
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
        let mut again: Vec<(&str, &str)> =
            hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
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
    let pairs: Vec<(&str, &str)> = asked.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let found = clerk.post("/recherche", &pairs);
    told(&found, "/recherche", heard);
    let found = clerk.follow(found);
    assert!(found.body.contains(&dossier), "found: {}", found.title());
    told(&found, "the answer of the search", heard);
    // Notes, with what no note should hold; the same form twice: a conflict.
    let notes = format!("{NOTE}. Sécurité sociale : {NIR}.");
    let form = format!("{dossier}/volets/accompagnement/nouveau");
    let page = clerk.get(&form);
    let hidden = page.hidden();
    let mut sent: Vec<(&str, &str)> =
        hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
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
    // The prefect's request: to the police, by mail.
    let now = today();
    for (kind, fields) in [
        ("information-occupant", &[("occupant", "1")][..]),
        ("demande-cfp", &[]),
        ("rapport-police-demande", &[]),
    ] {
        let path = format!("{dossier}/actes/{kind}");
        let page = clerk.get(&path);
        let mut all = vec![("on", now.as_str())];
        all.extend(fields);
        let hidden = page.hidden();
        let mut form: Vec<(&str, &str)> =
            hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        form.extend(&all);
        let mut done = clerk.post(&path, &form);
        told(&done, &path, heard);
        if done.location.is_none() {
            form.push(("_etape", "confirmer"));
            done = clerk.post(&path, &form);
            told(&done, &path, heard);
        }
    }
    // A file of a landlord's: the household in it, and a line that is nobody's.
    let page = clerk.get("/imports");
    if page.status == 200 {
        let kind = page
            .body
            .split("<option value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let csv = format!(
            "Nom;Prénom;N° voie;Voie;Ville;Date impayé;Montant dû;Observations\r\n\
             {LAST};{FIRST};12;{STREET};Colmar;01/03/2026;1 234,56;{NOTE}\r\n\
             {LAST};;;;;3/2/25;x;{NIR}\r\n"
        );
        let to = upload(address, &clerk, &page, &kind, csv.as_bytes());
        heard.add("address of the import", to.header("location").as_bytes());
        let at = to.header("location").to_owned();
        if !at.is_empty() {
            let columns = clerk.get(&at);
            let hidden = columns.hidden();
            let pairs: Vec<(&str, &str)> =
                hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let done = clerk.post(&format!("{at}/colonnes"), &pairs);
            told(&done, "columns of the import", heard);
            told(&clerk.get(&at), "the import", heard);
        }
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

fn letters(mails: &[Mail], heard: &mut Heard) {
    for mail in mails {
        heard.add("a letter", mail.raw.as_bytes());
        heard.add("a letter, decoded", format!("{} {}", mail.subject, mail.body).as_bytes());
    }
}

/// On SQLite: the whole, with letters, a backup, an export of the trace, the conformity file.
#[test]
fn planted_names_are_nowhere_on_sqlite_i1_i13_x_13_x_22() {
    let folder = tempfile::tempdir().unwrap();
    let smtp = Smtp::start().unwrap();
    let port = smtp.port().to_string();
    let place = Place::prepared(folder.path(), None);
    let served = Served::start(
        &place,
        &[
            "--mail-host",
            "127.0.0.1",
            "--mail-port",
            &port,
            "--mail-tls",
            "none",
            "--mail-from",
            "huis@essai.example",
            "--url",
            "https://huis.essai.example",
        ],
    );
    let mut heard = Heard::default();
    let dossier = scenario(served.address, &mut heard);
    // the letter of a new password; those of a request to the police are read in
    // `browser_post.rs`, which has the clock in hand.
    letters(&smtp.wait_mails(1).unwrap(), &mut heard);
    let said = served.kill();
    assert!(said.len() > 100_000, "it was talkative: {}", said.len());
    heard.add("the log of the server", &said);
    let phrase = folder.path().join("phrase");
    fs::write(&phrase, "sept mots bien choisis pour les sauvegardes\n").unwrap();
    let (to, keys) = (place.folder.join("site"), place.folder.join("coffre"));
    place.run(
        &[
            "backup",
            "--to",
            to.to_str().unwrap(),
            "--keys-to",
            keys.to_str().unwrap(),
            "--passphrase-file",
            phrase.to_str().unwrap(),
        ],
        &mut heard,
    );
    let export = place.folder.join("export");
    place.run(&["trace", "export", "--to", export.to_str().unwrap()], &mut heard);
    heard.folder(folder.path());
    let files = heard.0.iter().filter(|(from, _)| from.ends_with(".db")).count();
    assert!(files >= 3, "the three stores were read: {files}");
    let found = heard.found();
    assert!(found.is_empty(), "{} places, of {dossier}:\n{}", found.len(), found.join("\n"));
}

/// On PostgreSQL: a dump of the whole database, as its administrator would take it, and its own files.
#[test]
fn planted_names_are_in_no_dump_of_postgresql_i1_x_22() {
    let server = Postgres::start().unwrap();
    let database = server.database("plantes").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::prepared(folder.path(), Some(database.url().to_owned()));
    let served = Served::start(&place, &[]);
    let mut heard = Heard::default();
    scenario(served.address, &mut heard);
    heard.add("the log of the server", &served.kill());
    let dump = Command::new("pg_dump").arg("--dbname").arg(database.url()).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    assert!(dump.stdout.len() > 100_000, "{}", dump.stdout.len());
    heard.add("a dump of PostgreSQL", &dump.stdout);
    heard.folder(folder.path());
    let found = heard.found();
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}
