//! Names, a social security number and notes that exist nowhere else go through all that the program does
//! with a household; then everything that it wrote is searched for them: what it said and logged at its
//! most talkative, its figures, addresses, letters and the morning's mails, every file of the data, of the
//! keys, of the backup and of its temporary folder, the export of the trace, a dump of PostgreSQL.
//! Nothing (I1, I13, X-13, X-22, A-23).

use huis_accounts::Cost;
use huis_kernel::{Clock, ManualClock, SystemClock, SystemRng, Zone};
use huis_law::Law;
use huis_store::Location;
use huis_testkit::{Mail, Postgres, Smtp};
use huis_usecases::{Huis, Options};
use huis_vault::RootKey;
use std::{
    fs,
    process::Command,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

use crate::{
    common::http::Visitor,
    heard::Heard,
    household::scenario,
    talkative::{Place, Served},
};

/// The mails of yesterday morning, written as a server of that day does: the real one has written today's
/// before the household came, and whatever the hour it is past six o'clock yesterday.
fn gather_yesterday(place: &Place) {
    let text = fs::read_to_string(place.data.join("cle-racine")).unwrap();
    let bytes: Vec<u8> = text
        .trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let today = SystemClock.now().date_in(&Zone::named("Europe/Paris").unwrap());
    let today = Zone::named("Europe/Paris").unwrap().start_of(today);
    let options = Options {
        location: Location::Folder(place.data.clone()),
        writer: "hier".into(),
        root: RootKey::from_bytes(bytes.try_into().unwrap()),
        clock: Arc::new(ManualClock::at(today.plus_ms(-12 * 3_600_000))),
        rng: Arc::new(SystemRng),
        law: Law::embedded().unwrap(),
        local_registers: Vec::new(),
        cost: Cost::LIGHTEST,
    };
    Runtime::new().unwrap().block_on(async {
        let copy = place.data.join("copie");
        let huis = Huis::open_with(options, Some(&copy)).await.unwrap();
        assert!(huis.gather_mails().await.unwrap() > 0, "there is something to tell");
        huis.store().close().await;
    });
}

/// Waits until the server has sent, about this dossier, the morning's mail to who follows it and the
/// request to the police.
fn sent_about(smtp: &Smtp, number: &str) -> Vec<Mail> {
    let begun = Instant::now();
    loop {
        let mails = smtp.mails().unwrap();
        let of = |subject: &str| {
            mails.iter().any(|m| m.subject.contains(subject) && m.body.contains(number))
        };
        if of("vos échéances") && of("un dépôt vous est demandé") {
            return mails;
        }
        let subjects: Vec<&String> = mails.iter().map(|m| &m.subject).collect();
        assert!(begun.elapsed() < Duration::from_secs(150), "{number}: {subjects:?}");
        thread::sleep(Duration::from_millis(200));
    }
}

fn letters(mails: &[Mail], heard: &mut Heard) {
    for mail in mails {
        heard.add("a letter", mail.raw.as_bytes());
        heard.add("a letter, decoded", format!("{} {}", mail.subject, mail.body).as_bytes());
    }
}

/// The page of figures, which names the routes that the household went by, and nothing of it.
fn figures(served: &Served, heard: &mut Heard) {
    let page = Visitor::new(served.figures).get("/metrics");
    assert!(page.body.contains("route=\"/dossiers/{numero}\""), "{}", page.body);
    assert!(page.body.contains("route=\"/imports/{id}/lancer\""), "{}", page.body);
    heard.add("the figures", page.body.as_bytes());
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
    let dossier = scenario(served.address, &place.temporary, &mut heard);
    // the letter of a new password, the day's deadlines, the request to the police.
    gather_yesterday(&place);
    letters(&sent_about(&smtp, dossier.trim_start_matches("/dossiers/")), &mut heard);
    figures(&served, &mut heard);
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
    scenario(served.address, &place.temporary, &mut heard);
    figures(&served, &mut heard);
    heard.add("the log of the server", &served.kill());
    let dump = Command::new("pg_dump").arg("--dbname").arg(database.url()).output().unwrap();
    assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
    assert!(dump.stdout.len() > 100_000, "{}", dump.stdout.len());
    heard.add("a dump of PostgreSQL", &dump.stdout);
    heard.folder(folder.path());
    let found = heard.found();
    assert!(found.is_empty(), "{} places:\n{}", found.len(), found.join("\n"));
}
