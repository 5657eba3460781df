//! A server that is asked to stop finishes what it began, hands back what it holds, closes its logs
//! and says 0; asked twice, it ends at once. With the program itself.
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

use common::{COLMAR, PASSWORD, PROCESSING};
use huis_accounts::Cost;
use huis_demo::DemoAgent;
use huis_kernel::{Clock, Date, OfficeId, SystemClock, SystemRng, Zone};
use huis_law::Law;
use huis_store::{Location, Store, imports::ImportRow};
use huis_usecases::{
    Caller, Founding, Huis, NewCase, Options, Settled, Settling, accounts::Signed,
};
use huis_vault::RootKey;
use program::huis;
use served::Served;
use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::Arc,
    time::Duration,
};

/// A form whose second half the server waits for: it has said that it reads the first.
fn begun(served: &Served) -> TcpStream {
    let mut stream = TcpStream::connect(served.address).unwrap();
    let head = format!(
        "POST /connexion HTTP/1.1\r\nHost: {}\r\nContent-Length: 22\r\nExpect: 100-continue\r\n\
         Cookie: huis_visitor=jeton\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        served.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut continues = [0; 25];
    stream.read_exact(&mut continues).unwrap();
    assert_eq!(&continues, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"identifiant").unwrap();
    stream
}

/// Waits until nobody is let in any more.
fn closed(served: &Served) {
    while TcpStream::connect(served.address).is_ok() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// X-24, I8: the request in flight is answered, nobody else is let in, the logs end by the stop and
/// verify, and the witness has their heads.
#[test]
fn a_request_in_flight_is_answered_and_the_logs_are_closed_x_24() {
    let (folder, data) = program::demonstration(3);
    let mut served = Served::start(&["--data", data.to_str().unwrap()]);
    let mut stream = begun(&served);
    served.signal("TERM");
    closed(&served);
    assert!(served.child.try_wait().unwrap().is_none(), "it waits for the request");
    stream.write_all(b"=a&_csrf=xx").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 4") && answer.contains("</html>"), "{answer}");
    assert_eq!(served.child.wait().unwrap().code(), Some(0), "{}", served.log());
    let to = folder.path().join("export");
    let place = ["--data", data.to_str().unwrap(), "--to", to.to_str().unwrap()];
    assert!(huis(&[&["trace", "export"], &place as &[&str]].concat()).ok);
    let mut stops = 0;
    for file in fs::read_dir(&to).unwrap().map(|e| e.unwrap().path()) {
        let Some("jsonl") = file.extension().and_then(|e| e.to_str()) else { continue };
        let (key, witness) = (to.join("cle-publique"), data.join("temoin-journal"));
        let of = |p: &Path| p.to_str().unwrap().to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let mut arguments =
            vec!["trace".into(), "verify".into(), of(&file), "--key".into(), of(&key)];
        if text.contains("\"stop\"") || text.contains("\\\"stop\\\"") {
            stops += 1;
            arguments.extend(["--witness".into(), of(&witness)]);
        }
        let ran = huis(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(ran.ok, "{}", ran.errors);
    }
    assert_eq!(stops, 1, "one log ends by the stop of the server");
}

#[test]
fn the_second_order_ends_it_at_once() {
    let (_folder, data) = program::demonstration(1);
    let mut served = Served::start(&["--data", data.to_str().unwrap(), "--stop-within", "600"]);
    let _waits = begun(&served);
    served.signal("INT");
    closed(&served);
    assert!(served.child.try_wait().unwrap().is_none());
    served.signal("TERM");
    assert_eq!(served.child.wait().unwrap().code(), Some(130));
}

fn options(data: &Path) -> Options {
    Options {
        location: Location::Folder(data.to_owned()),
        writer: "preparation".into(),
        root: RootKey::from_bytes([7; 32]),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
        law: Law::embedded().unwrap(),
        local_registers: Vec::new(),
        cost: Cost::LIGHTEST,
    }
}

async fn signed_in(huis: &Huis, office: OfficeId) -> Caller {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let agent = DemoAgent {
        login: "anne".into(),
        first_name: "Anne".into(),
        last_name: "MARTIN".into(),
        service: "Service d’essai".into(),
        profile: "instructeur".into(),
        units: Vec::new(),
        email: "agent@example.org".into(),
        sponsor: None,
        second_factor: false,
        grant_from: day("2015-01-01"),
        grant_until: day("2050-01-01"),
        grant_reason: "Essai".into(),
    };
    let hash = huis.demo_password(PASSWORD).await.unwrap();
    huis.demo_agent(&agent, office, PROCESSING, &hash).await.unwrap();
    let signed = huis.sign_in("anne", PASSWORD, "192.0.2.1").await.unwrap();
    let Signed::Session(session) = signed else { panic!("she does not sign in") };
    huis.caller(&session.token, "192.0.2.1").await.unwrap().unwrap().caller
}

/// Sends a long file and has it tried: the servers of the installation do the work.
async fn long_import(data: &Path) -> OfficeId {
    let founding = Founding {
        name: "Préfecture d’essai".into(),
        departement: "68".into(),
        zone: "Europe/Paris".into(),
        rights_desk: "Bureau des droits".into(),
        territories: vec![(COLMAR.into(), "Colmar".into())],
        archive_passphrase: common::ARCHIVE.into(),
        demonstration: true,
    };
    let office = Huis::init(&options(data), &founding).await.unwrap();
    let huis = Huis::open(options(data)).await.unwrap();
    let anne = signed_in(&huis, office).await;
    let new = NewCase { territory: COLMAR.into(), sections: vec![], acts: vec![] };
    let number = huis.create_dossier(&anne, PROCESSING, new).await.unwrap().number;
    let today = SystemClock.now().date_in(&Zone::utc()).strftime("%d/%m/%Y").to_string();
    let mut csv = "N° dossier;Date impayé;Montant dû\n".to_owned();
    for row in 0..3_000 {
        csv.push_str(&format!("{number};{today};{},00\n", 100 + row));
    }
    let id = huis.send_file(&anne, PROCESSING, "releve-impayes", csv.into()).await.unwrap().id;
    let content = huis.look_at_import(&anne, &id).await.unwrap().content.unwrap();
    let settling = Settling { mapping: content.mapping, open: false };
    assert_eq!(huis.settle_import(&anne, &id, settling).await.unwrap(), Settled::Trying);
    huis.stop().await.unwrap();
    office
}

async fn under_way(store: &Store, office: OfficeId) -> Option<ImportRow> {
    store.imports_at_work(office).await.unwrap().into_iter().next()
}

/// a server that stops in the middle of a long file ends its batch and hands its lease back;
/// another goes on at once, from there.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_import_is_handed_over_x_26() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let office = long_import(&data).await;
    let key = data.join("cle-racine");
    fs::write(&key, "07".repeat(32)).unwrap();
    fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let store = Store::open(&Location::Folder(data.clone())).await.unwrap();
    let serve = |name| Served::start(&["--data", data.to_str().unwrap(), "--server-name", name]);
    let mut alsace = serve("alsace");
    while under_way(&store, office).await.is_some_and(|i| i.done < 2) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    alsace.signal("TERM");
    assert_eq!(alsace.child.wait().unwrap().code(), Some(0), "{}", alsace.log());
    let left = under_way(&store, office).await.expect("it is not over");
    assert!((2..60).contains(&left.done), "{}", left.done);
    // Whoever asks has the lease at once: nobody waits for it to run out.
    let (lease, now) = (format!("import {office}"), SystemClock.now());
    assert!(store.lease(&lease, "essai", now, 1).await.unwrap(), "the lease was let go");
    store.release(&lease, "essai").await.unwrap();
    let vosges = serve("vosges");
    while under_way(&store, office).await.is_some_and(|i| i.done == left.done) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let now = under_way(&store, office).await;
    assert!(now.is_none_or(|i| i.done > left.done), "{}", vosges.log());
}
