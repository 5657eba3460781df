//! Accounts and grants through the pages, as a browser without JavaScript meets them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a browser for tests: a failure is the test’s"
)]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use huis_kernel::{ManualClock, SeededRng, Zone};
use huis_law::Law;
use huis_store::Location;
use huis_usecases::{
    Founding, Huis, Options,
    accounts::{Cost, NewAgent},
};
use huis_vault::RootKey;
use std::{collections::BTreeMap, sync::Arc};
use tempfile::TempDir;
use tower::ServiceExt;

const ADMIN: &str = "admin.un";
const PASSWORD: &str = "gK7!pR2?vT9;wQ4%";
const CHOSEN: &str = "Lampe-7-Route-Quartz!";

/// Where it is, and its clock; both go with it.
struct Place {
    _folder: TempDir,
    clock: Arc<ManualClock>,
}

/// An office whose data are invented, so that nobody has to enrol a telephone.
async fn office() -> (Router, Place) {
    let folder = tempfile::tempdir().unwrap();
    let rng = Arc::new(SeededRng::new(11));
    let nine = Zone::utc().start_of(jiff::civil::date(2026, 3, 2)).plus_ms(9 * 3_600_000);
    let clock = Arc::new(ManualClock::at(nine));
    let options = Options {
        location: Location::Folder(folder.path().to_owned()),
        writer: "essai".into(),
        root: RootKey::generate(&*rng),
        clock: clock.clone(),
        rng,
        law: Law::embedded().unwrap(),
        local_registers: Vec::new(),
        cost: Cost::LIGHTEST,
    };
    let founding = Founding {
        name: "Préfecture fictive".into(),
        departement: "68".into(),
        zone: "Europe/Paris".into(),
        rights_desk: "Bureau du logement".into(),
        territories: vec![("684".into(), "Mulhouse".into())],
        archive_passphrase: "phrase des archives".into(),
        demonstration: true,
    };
    Huis::init(&options, &founding).await.unwrap();
    let huis = Huis::open(options).await.unwrap();
    let admin = NewAgent {
        login: ADMIN.into(),
        first_name: "Ada".into(),
        last_name: "Un".into(),
        service: "Service numérique".into(),
        email: "ada@example.org".into(),
    };
    huis.bootstrap_admin(&admin, PASSWORD).await.unwrap();
    (huis_web::app(huis, false, false), Place { _folder: folder, clock })
}

/// Cookies and the last page.
struct Browser {
    app: Router,
    cookies: BTreeMap<String, String>,
    status: StatusCode,
    at: String,
    page: String,
}

impl Browser {
    fn new(app: &Router) -> Self {
        let (app, cookies) = (app.clone(), BTreeMap::new());
        Self { app, cookies, status: StatusCode::OK, at: String::new(), page: String::new() }
    }

    async fn signed_in(app: &Router, login: &str, password: &str) -> Self {
        let mut browser = Self::new(app);
        browser.sign_in(login, password).await;
        browser
    }

    async fn sign_in(&mut self, login: &str, password: &str) {
        self.get("/connexion").await;
        self.post("/connexion", &[("identifiant", login), ("mot_de_passe", password)]).await;
    }

    async fn get(&mut self, path: &str) {
        self.send(Request::get(path), path, String::new()).await;
    }

    /// Posts a form of the present page: its own token goes along.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let token = self.between("name=\"_csrf\" value=\"", "\"");
        let mut body = format!("_csrf={token}");
        for (name, value) in fields {
            let value: String = value.bytes().map(|b| format!("%{b:02X}")).collect();
            body.push_str(&format!("&{name}={value}"));
        }
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, path, body).await;
    }

    async fn send(&mut self, request: axum::http::request::Builder, path: &str, body: String) {
        let (mut request, mut body, mut path) = (request, body, path.to_owned());
        for _ in 0..5 {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            let whole = request
                .header(header::COOKIE, cookies.join("; "))
                .header(header::ACCEPT_LANGUAGE, "fr")
                .body(Body::from(body))
                .unwrap();
            let (parts, answer) = self.app.clone().oneshot(whole).await.unwrap().into_parts();
            for cookie in parts.headers.get_all(header::SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            if let Some(to) = parts.headers.get(header::LOCATION) {
                path = to.to_str().unwrap().to_owned();
                (request, body) = (Request::get(&path), String::new());
                continue;
            }
            let bytes = to_bytes(answer, 1 << 22).await.unwrap();
            self.page = String::from_utf8(bytes.to_vec()).unwrap();
            self.status = parts.status;
            self.at = path;
            return;
        }
        panic!("a circle of redirections at {path}");
    }

    /// The text between two marks of the page.
    fn between(&self, before: &str, after: &str) -> String {
        let rest =
            self.page.split_once(before).unwrap_or_else(|| panic!("{before}: {}", self.page));
        rest.1.split_once(after).unwrap().0.to_owned()
    }

    fn says(&self, text: &str) -> bool {
        self.page.contains(text)
    }
}

/// Makes an account; gives its page's address and its provisional password.
async fn account(admin: &mut Browser, login: &str) -> (String, String) {
    admin.get("/comptes").await;
    let fields = [
        ("prenom", "Zoé"),
        ("nom", "Test"),
        ("identifiant", login),
        ("courriel", "zoe@example.org"),
        ("service", "Bureau"),
    ];
    admin.post("/comptes", &fields).await;
    let password = admin.between("class=\"secret\">", "<");
    let rows = admin.page.split("<tr id=\"compte-").skip(1);
    let row = rows.into_iter().find(|row| row.contains(login)).unwrap();
    (format!("/comptes/{}", row.split('"').next().unwrap()), password)
}

fn grant(page: &str) -> Vec<(&'static str, String)> {
    let agent = page.rsplit('/').next().unwrap().to_owned();
    [
        ("profil", "instructeur"),
        ("du", "02/03/2026"),
        ("au", "02/09/2026"),
        ("motif", "Arrivée au service"),
        ("garant", ""),
        ("_secteur", "684"),
    ]
    .into_iter()
    .map(|(n, v)| (n, v.to_owned()))
    .chain([("agent", agent)])
    .collect()
}

async fn give(admin: &mut Browser, page: &str) {
    let fields = grant(page);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    admin.get("/habilitations/donner").await;
    // A box forgotten gives nothing, and never the whole territory.
    let nowhere: Vec<(&str, &str)> =
        fields.iter().filter(|(name, _)| *name != "_secteur").copied().collect();
    admin.post("/habilitations/donner", &nowhere).await;
    assert!(admin.says("Choisissez un secteur"), "{}", admin.page);
    admin.post("/habilitations/donner", &fields).await;
}

/// An instructor at work: informed, committed, granted, with a password of their own.
async fn at_work(app: &Router, admin: &mut Browser, login: &str) -> (Browser, String) {
    let (page, password) = account(admin, login).await;
    let duties = format!("{page}/devoirs");
    let dates = [("devoirs.informe", "02/03/2026"), ("devoirs.engage", "02/03/2026")];
    admin.get(&page).await;
    admin.post(&duties, &dates).await;
    give(admin, &page).await;
    assert!(admin.says("Habilitation donnée."), "{}", admin.page);
    let mut agent = Browser::signed_in(app, login, &password).await;
    assert_eq!(agent.at, "/mon-compte/mot-de-passe");
    let fields = [("actuel", password.as_str()), ("nouveau", CHOSEN), ("encore", CHOSEN)];
    agent.post("/mon-compte/mot-de-passe", &fields).await;
    assert_eq!(agent.at, "/mon-compte");
    (agent, page)
}

/// no way in without a grant, no grant before the person was informed and
/// has signed; then a password of one's own before anything else.
#[tokio::test]
async fn joining_the_service() {
    let (app, _place) = office().await;
    let mut admin = Browser::signed_in(&app, ADMIN, PASSWORD).await;
    assert_eq!(admin.at, "/journee");
    let (page, password) = account(&mut admin, "zoe.test").await;
    let mut zoe = Browser::signed_in(&app, "zoe.test", &password).await;
    assert!(zoe.status == StatusCode::UNPROCESSABLE_ENTITY && zoe.says("aucune habilitation"));

    give(&mut admin, &page).await;
    assert_eq!(admin.status, StatusCode::UNPROCESSABLE_ENTITY);
    for kept in [
        "été informée du traitement",
        "procédure d’habilitation",
        "Arrivée au service",
        "value=\"684\" checked",
    ] {
        assert!(admin.says(kept), "{kept}");
    }
    let duties = format!("{page}/devoirs");
    let dates = [("devoirs.informe", "01/03/2026"), ("devoirs.engage", "01/03/2026")];
    admin.get(&page).await;
    admin.post(&duties, &dates).await;
    give(&mut admin, &page).await;
    assert_eq!(admin.at, "/habilitations");

    zoe.sign_in("zoe.test", &password).await;
    for elsewhere in ["/", "/journee", "/dossiers", "/mon-compte"] {
        zoe.get(elsewhere).await;
        assert_eq!(zoe.at, "/mon-compte/mot-de-passe", "{elsewhere}");
    }
    let weak = [("actuel", password.as_str()), ("nouveau", "court"), ("encore", "court")];
    zoe.post("/mon-compte/mot-de-passe", &weak).await;
    assert!(zoe.says("8 caractères au moins") && zoe.says("bits"), "every broken rule at once");
    let good = [("actuel", password.as_str()), ("nouveau", CHOSEN), ("encore", CHOSEN)];
    zoe.post("/mon-compte/mot-de-passe", &good).await;
    zoe.get("/journee").await;
    assert_eq!((zoe.at.as_str(), zoe.status), ("/journee", StatusCode::OK));
}

/// what ends, ends at the next click, open sessions included; the sign-in page says so.
#[tokio::test]
async fn leaving_the_service() {
    let (app, _place) = office().await;
    let mut admin = Browser::signed_in(&app, ADMIN, PASSWORD).await;
    let (mut one, page_of_one) = at_work(&app, &mut admin, "zoe.un").await;
    let (mut two, _) = at_work(&app, &mut admin, "zoe.deux").await;

    admin.get(&page_of_one).await;
    admin.post(&format!("{page_of_one}/fermer"), &[("depart.motif", "")]).await;
    assert_eq!(admin.status, StatusCode::UNPROCESSABLE_ENTITY, "a reason is needed");
    one.get("/journee").await;
    assert_eq!(one.at, "/journee");
    admin.post(&format!("{page_of_one}/fermer"), &[("depart.motif", "départ")]).await;
    assert!(admin.says("Compte fermé"));
    one.get("/journee").await;
    assert!(one.at.starts_with("/connexion") && one.says("session a été fermée"), "{}", one.page);

    admin.get("/habilitations?profil=instructeur").await;
    let grant = admin.between("<tr id=\"habilitation-", "\"");
    admin.post(&format!("/habilitations/{grant}/retirer"), &[("motif", "")]).await;
    assert!(admin.says("Un motif est nécessaire."));
    two.get("/journee").await;
    assert_eq!(two.at, "/journee");
    admin.post(&format!("/habilitations/{grant}/retirer"), &[("motif", "fin de mission")]).await;
    two.get("/journee").await;
    assert!(two.at.starts_with("/connexion"));
}

/// X-11, I13: the pages of administration do not exist for whom they are not.
#[tokio::test]
async fn administration_is_for_administrators() {
    let (app, _place) = office().await;
    let mut admin = Browser::signed_in(&app, ADMIN, PASSWORD).await;
    let (mut zoe, page) = at_work(&app, &mut admin, "zoe.test").await;
    for path in [
        "/comptes",
        &page,
        "/habilitations",
        "/habilitations/donner",
        "/habilitations/revue",
        "/reglages",
    ] {
        admin.get(path).await;
        assert_eq!(admin.status, StatusCode::OK, "{path}");
        zoe.get(path).await;
        assert_eq!(zoe.status, StatusCode::NOT_FOUND, "{path}");
        assert!(zoe.says("Rien à cette adresse"));
    }
    zoe.get("/mon-compte").await;
    zoe.post(&format!("{page}/bloquer"), &[]).await;
    assert_eq!(zoe.status, StatusCode::NOT_FOUND);
}

/// a review ends when every grant was confirmed or withdrawn, not before.
#[tokio::test]
async fn the_review_goes_through_every_grant() {
    let (app, place) = office().await;
    let mut admin = Browser::signed_in(&app, ADMIN, PASSWORD).await;
    at_work(&app, &mut admin, "zoe.test").await;
    place.clock.advance_ms(60_000);
    admin.get("/habilitations/revue").await;
    admin.post("/habilitations/revue", &[("_etape", "ouvrir")]).await;
    admin.post("/habilitations/revue", &[("_etape", "terminer")]).await;
    assert_eq!(admin.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The review is the office's: each processing in its turn.
    for processing in ["droits", "expulsion"] {
        admin.get(&format!("/habilitations/revue?traitement={processing}")).await;
        let decisions: Vec<String> = admin
            .page
            .split("name=\"decision.")
            .skip(1)
            .filter_map(|part| part.split_once("\" value=\"confirmer\""))
            .map(|(id, _)| format!("decision.{id}"))
            .collect();
        assert!(!decisions.is_empty());
        for decision in &decisions {
            admin.post("/habilitations/revue", &[(decision, "confirmer")]).await;
        }
    }
    assert!(admin.says("Toutes les habilitations sont examinées"), "{}", admin.page);
    admin.post("/habilitations/revue", &[("_etape", "terminer")]).await;
    assert!(admin.at == "/habilitations" && admin.says("La revue est terminée"));
}

/// I13, S-11: a sign-in page and a forgotten password tell nothing of who has an account.
#[tokio::test]
async fn the_door_says_nothing_of_who_lives_there() {
    let (app, _place) = office().await;
    let mut pages = Vec::new();
    for login in [ADMIN, "personne.ici"] {
        let mut browser = Browser::signed_in(&app, login, "mauvais").await;
        let refusal = browser.between("role=\"alert\"", "</p>");
        assert_eq!(browser.status, StatusCode::UNPROCESSABLE_ENTITY);
        browser.get("/connexion/oubli").await;
        browser.post("/connexion/oubli", &[("identifiant", login)]).await;
        pages.push((refusal, browser.between("role=\"status\"", "</main>"), browser.status));
    }
    assert_eq!(pages.first(), pages.last());
}

/// The reader comes back to the page asked for, in the language chosen.
#[tokio::test]
async fn a_reader_finds_their_page_and_language_again() {
    let (app, _place) = office().await;
    let mut admin = Browser::new(&app);
    admin.get("/comptes").await;
    assert_eq!(admin.at, "/connexion?retour=/comptes");
    let back = admin.between("name=\"retour\" value=\"", "\"");
    let fields = [("identifiant", ADMIN), ("mot_de_passe", PASSWORD), ("retour", back.as_str())];
    admin.post("/connexion", &fields).await;
    assert_eq!(admin.at, "/comptes");
    admin.post("/langue", &[("langue", "en"), ("retour", "/comptes")]).await;
    assert!(admin.at == "/comptes" && admin.says("<html lang=\"en\">"));
    admin.get("/nulle-part").await;
    assert!(admin.says("Nothing at this address"), "error pages too");
    admin.get("/comptes/nulle-part").await;
    assert!(admin.says("Nothing at this address"), "one answer for all that is not there");
    admin.get("/comptes").await;
    admin.post("/deconnexion", &[]).await;
    admin.get("/comptes").await;
    assert!(admin.at.starts_with("/connexion"));
}
