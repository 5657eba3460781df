//! Whole servers, as processes: one that is killed and comes back, two on one PostgreSQL.
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

use common::{COLMAR, PASSWORD, PROCESSING, http::Visitor};
use huis_accounts::Cost;
use huis_demo::DemoAgent;
use huis_kernel::{CaseNumber, Clock, Date, Instant, SystemClock, SystemRng, Zone};
use huis_law::Law;
use huis_store::{Location, work::NextRow};
use huis_testkit::Postgres;
use huis_usecases::{Caller, Founding, Huis, NewCase, Options, accounts::Signed};
use huis_vault::RootKey;
use program::served::{Served, verified_logs};
use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

/// X-24, I8: a server that is killed and started again, three times over, goes on with its log; the
/// commands of the machine have one of their own; both verify.
#[test]
fn a_server_that_comes_back_goes_on_with_its_log_x_24_i8() {
    let (folder, data) = program::demonstration(5);
    let data = data.to_str().unwrap();
    for _ in 0..3 {
        let mut served = Served::start(&["--data", data]);
        assert_eq!(Visitor::new(served.address).get("/connexion").status, 200);
        served.kill();
    }
    let count = |names: &[String], of: &str| names.iter().filter(|n| n.contains(of)).count();
    for _ in 0..2 {
        let names = verified_logs(&["--data", data], folder.path(), None);
        assert_eq!(count(&names, "_installation_"), 2, "the server's and the commands': {names:?}");
        assert_eq!(
            count(&names, "commandes.jsonl"),
            3,
            "one a processing, and their own: {names:?}"
        );
    }
}

/// The house of two servers.
struct House {
    huis: Arc<Huis>,
    key: PathBuf,
    folder: tempfile::TempDir,
    url: String,
}

impl House {
    async fn found(url: String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = || Options {
            location: Location::Postgres(url.clone()),
            writer: "preparation".into(),
            root: RootKey::from_bytes([7; 32]),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
            law: Law::embedded().unwrap(),
            local_registers: Vec::new(),
            cost: Cost::LIGHTEST,
        };
        let founding = Founding {
            name: "Préfecture d’essai".into(),
            departement: "68".into(),
            zone: "Europe/Paris".into(),
            rights_desk: "Bureau des droits".into(),
            territories: vec![(COLMAR.into(), "Colmar".into())],
            archive_passphrase: common::ARCHIVE.into(),
            demonstration: true,
        };
        Huis::init(&options(), &founding).await.unwrap();
        let huis = Huis::open(options()).await.unwrap();
        let key = folder.path().join("cle");
        fs::write(&key, "07".repeat(32)).unwrap();
        fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        Self { huis, key, folder, url }
    }

    async fn agent(&self, login: &str, profile: &str) {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let agent = DemoAgent {
            login: login.into(),
            first_name: "Camille".into(),
            last_name: login.to_uppercase(),
            service: "Service d’essai".into(),
            profile: profile.into(),
            units: Vec::new(),
            email: "agent@example.org".into(),
            sponsor: None,
            second_factor: false,
            grant_from: day("2015-01-01"),
            grant_until: day("2050-01-01"),
            grant_reason: "Essai".into(),
        };
        let office = self.huis.store().offices().await.unwrap().remove(0);
        let hash = self.huis.demo_password(PASSWORD).await.unwrap();
        self.huis.demo_agent(&agent, office.office, PROCESSING, &hash).await.unwrap();
    }

    async fn caller(&self, login: &str) -> Caller {
        let signed = self.huis.sign_in(login, PASSWORD, "192.0.2.1").await.unwrap();
        let Signed::Session(session) = signed else { panic!("{login} does not sign in") };
        self.huis.caller(&session.token, "192.0.2.1").await.unwrap().unwrap().caller
    }

    fn serve(&self, name: &str) -> Served {
        let data = self.folder.path().join(name);
        let (data, key) = (data.to_str().unwrap(), self.key.to_str().unwrap());
        Served::start(&[
            "--server-name",
            name,
            "--database",
            &self.url,
            "--key",
            key,
            "--data",
            data,
        ])
    }
}

/// The act form of a dossier, filled and sent.
fn act(visitor: &mut Visitor, number: CaseNumber, today: Date) -> u16 {
    let on = today.strftime("%d/%m/%Y").to_string();
    let form = format!("/dossiers/{number}/actes/impaye-constitue");
    let page = visitor.fill(&form, &[("on", &on), ("montant_dette", "1500,00")]);
    if page.status != 303 {
        eprintln!("{}", common::squeeze(page.body.split_once("<main").map_or("", |m| m.1)));
    }
    page.status
}

async fn acts(house: &House, by: &Caller, number: CaseNumber) -> u64 {
    let office = by.office.office;
    let card = house.huis.store().card_by_number(office, PROCESSING, number).await.unwrap();
    card.unwrap().version
}

/// two servers on one PostgreSQL. What one writes the other shows at once; a
/// session is theirs both; a grant withdrawn on one closes on the other; one that is killed loses
/// nothing that it acknowledged, and the other takes its work over.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_are_one_house_x_01_x_17_x_24_i8() {
    let server = Postgres::start().unwrap();
    let database = server.database("maison").unwrap();
    let house = House::found(database.url()).await;
    for (login, profile) in
        [("anne", "instructeur"), ("chloe", "instructeur"), ("adam", "administrateur")]
    {
        house.agent(login, profile).await;
    }
    let anne = house.caller("anne").await;
    let today = anne.today;
    let mut numbers = Vec::new();
    for _ in 0..12 {
        let new = NewCase { territory: COLMAR.into(), sections: vec![], acts: vec![] };
        numbers.push(house.huis.create_dossier(&anne, PROCESSING, new).await.unwrap().number);
    }
    let (mut a, b) = (house.serve("alsace"), house.serve("vosges"));
    let mut at_a = Visitor::new(a.address);
    at_a.sign_in("anne");
    let mut at_b = at_a.at(b.address);
    let path = format!("/dossiers/{}", numbers[0]);
    assert_eq!(at_b.get(&path).status, 200, "a session made on A is valid on B");
    // What one writes the other shows, at once, both ways.
    let shows = |v: &mut Visitor, number: CaseNumber| {
        common::squeeze(&v.get(&format!("/dossiers/{number}")).body).contains("1 500,00")
    };
    assert!(!shows(&mut at_b, numbers[0]));
    assert_eq!(act(&mut at_a, numbers[0], today), 303);
    assert!(shows(&mut at_b, numbers[0]), "B shows what A wrote");
    assert_eq!(act(&mut at_b, numbers[1], today), 303);
    assert_eq!(acts(&house, &anne, numbers[1]).await, 1);
    // a grant withdrawn on A closes on B at the next request.
    let mut chloe = Visitor::new(b.address);
    chloe.sign_in("chloe");
    assert_eq!(chloe.get(&path).status, 200);
    let office = anne.office.office;
    let id = house.caller("chloe").await.actor.agent;
    let grants = house.huis.store().grants(office).await.unwrap();
    let grant = grants.iter().find(|g| g.agent == id).unwrap().id;
    let mut adam = Visitor::new(a.address);
    adam.sign_in("adam");
    let page = adam.get("/habilitations").body;
    let token = page.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let gone = adam.post(
        &format!("/habilitations/{grant}/retirer"),
        &[("_csrf", token), ("motif", "Changement de service")],
    );
    assert_eq!(gone.status, 303);
    let closed = chloe.get(&path);
    assert!(closed.status != 200 || closed.title().contains("Connexion"), "{}", closed.title());
    // A is killed while it writes; whatever it acknowledged is there.
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let writing = {
        let (acknowledged, numbers) = (Arc::clone(&acknowledged), numbers.clone());
        std::thread::spawn(move || {
            for number in numbers.into_iter().skip(2) {
                // Ends by a panic once nobody answers: its visitor expects an answer.
                if act(&mut at_a, number, today) == 303 {
                    acknowledged.lock().unwrap().push(number);
                }
            }
        })
    };
    while acknowledged.lock().unwrap().len() < 4 && !writing.is_finished() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    a.kill();
    let _ = writing.join();
    let acknowledged = acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() >= 4, "{acknowledged:?}");
    for number in &acknowledged {
        assert_eq!(acts(&house, &anne, *number).await, 1, "{number} was acknowledged");
        assert!(shows(&mut at_b, *number));
    }
    // It died while it swept, its lease still running; the other takes over once it has run out.
    let store = house.huis.store();
    let name = format!("sweep {office}");
    let now = || -> Instant { SystemClock.now() };
    while !store.lease(&name, "alsace", now(), 3_000).await.unwrap() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let card = store.card_by_number(office, PROCESSING, numbers[0]).await.unwrap().unwrap();
    let unit = store.dossier(office, card.dossier).await.unwrap().unwrap().1.units.remove(0).unit;
    let mut work = store.begin().await.unwrap();
    let overdue = NextRow { unit, on: "2020-01-01".parse().unwrap(), step: "destroy".into() };
    work.set_next(office, card.dossier, &[overdue]).await.unwrap();
    work.commit().await.unwrap();
    let today = now().date_in(&Zone::utc());
    while !store.due(office, today, 1).await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(at_b.get(&path).status, 200, "judged again, it was not due: it lives");
    // A comes back; every log verifies, one a server.
    drop(house.serve("alsace"));
    let key = house.key.to_str().unwrap();
    let data = house.folder.path().join("commandes");
    let place = ["--database", &house.url, "--key", key, "--data", data.to_str().unwrap()];
    let names = verified_logs(&place, house.folder.path(), None);
    let of = |writer: &str| names.iter().filter(|n| n.contains(writer)).count();
    assert_eq!((of("alsace"), of("vosges")), (2, 2), "{names:?}");
}
