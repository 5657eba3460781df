//! Upgrades, with the program as it is served: an installation that an earlier one made is migrated,
//! opened, worked in and verified, on both engines.
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
#[path = "../../store/tests/snapshots/mod.rs"]
mod snapshots;

use common::{PASSWORD, PROCESSING, http::Visitor};
use huis_accounts::Cost;
use huis_demo::DemoAgent;
use huis_dossier::{Draft, Value};
use huis_kernel::{Clock, GrantId, SystemClock, SystemRng};
use huis_law::Law;
use huis_store::{Location, Schema, Store, grants::GrantRow};
use huis_testkit::Postgres;
use huis_usecases::{
    ActCommand, Huis, Options, Reading, StartError,
    accounts::Signed,
    backup::{BackupPlan, RestorePlan, Sealing, Unsealing, restore, take},
    oversight::By,
};
use huis_vault::RootKey;
use program::{
    huis, program,
    served::{Served, verified_logs},
};
use std::{
    fs,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

fn root(folder: &Path) -> RootKey {
    let text = fs::read_to_string(folder.join("cle-racine")).unwrap();
    let byte = |i: usize| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap();
    RootKey::from_bytes(std::array::from_fn(byte))
}

fn options(location: &Location, folder: &Path, writer: &str) -> Options {
    Options {
        location: location.clone(),
        writer: writer.into(),
        root: root(folder),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
        law: Law::embedded().unwrap(),
        local_registers: Vec::new(),
        cost: Cost::LIGHTEST,
    }
}

/// The program of this schema did not know the rights of persons, a processing of its own.
const RIGHTS_CAME_AFTER: i64 = 1;

/// What a newer program brings, a changed register or a new processing, comes into force when an
/// administrator of the installation says so: until then nothing is served. The snapshot's
/// administrators are of its own day: one of them gets a grant that lasts.
async fn adopts(step: i64, location: &Location, folder: &Path) {
    match Huis::open(options(location, folder, "trop-tot")).await {
        Err(StartError::OtherRegister(_)) => {}
        Err(error) => panic!("{step}: {error}"),
        Ok(huis) => {
            assert!(step > RIGHTS_CAME_AFTER, "not adopted yet");
            return huis.store().close().await;
        }
    }
    let store = Store::open(location).await.unwrap();
    let office = store.offices().await.unwrap().remove(0).office;
    let grants = store.grants(office).await.unwrap();
    let old = grants.into_iter().find(|g| g.profile == "administrateur").unwrap();
    let agents = store.agents().await.unwrap();
    let login = agents.iter().find(|a| a.id == old.agent).unwrap().login.clone();
    let mut work = store.begin().await.unwrap();
    let (from, until) = ("2015-01-01".parse().unwrap(), "2050-01-01".parse().unwrap());
    let grant = GrantRow { id: GrantId::random(&SystemRng), from, until, ..old };
    work.add_grant(&grant).await.unwrap();
    work.commit().await.unwrap();
    store.close().await;
    let options = options(location, folder, "adoption");
    let adopted = Huis::adopt_registers(options, None, &login, None).await.unwrap();
    assert!(!adopted.is_empty());
    if step > RIGHTS_CAME_AFTER {
        return;
    }
    // A processing that has nothing to change, which those who administer the others administer from
    // today, and nobody else.
    let new = adopted.iter().find(|a| a.id == "droits").expect("a new processing");
    assert!(new.changes.is_empty() && !new.erases, "{new:?}");
    let store = Store::open(location).await.unwrap();
    let given = store.grants(office).await.unwrap();
    let given: Vec<_> = given.iter().filter(|g| g.processing == "droits").collect();
    assert!(given.iter().any(|g| g.agent == grant.agent && g.until == grant.until), "{given:?}");
    for one in given {
        assert_eq!((one.profile.as_str(), one.from), ("administrateur", new.in_force));
    }
    store.close().await;
}

/// An agent of today (the snapshot's are of its own day), who opens a dossier that the earlier
/// program made, records an act in it, and finds the log sound. By the use cases: on the machine's
/// own clock, and without the work of the day, which one day will have erased what is there.
async fn worked_in(step: i64, location: &Location, folder: &Path) {
    adopts(step, location, folder).await;
    let huis = Huis::open(options(location, folder, "mise-a-jour")).await.unwrap();
    let office = huis.store().offices().await.unwrap().remove(0).office;
    let agent = DemoAgent {
        login: "camille.nouvelle".into(),
        first_name: "Camille".into(),
        last_name: "NOUVELLE".into(),
        service: "Service d’essai".into(),
        profile: "instructeur".into(),
        units: Vec::new(),
        email: "agent@example.org".into(),
        sponsor: None,
        second_factor: false,
        grant_from: "2015-01-01".parse().unwrap(),
        grant_until: "2050-01-01".parse().unwrap(),
        grant_reason: "Essai".into(),
    };
    let hash = huis.demo_password(PASSWORD).await.unwrap();
    huis.demo_agent(&agent, office, PROCESSING, &hash).await.unwrap();
    let signed = huis.sign_in(&agent.login, PASSWORD, "192.0.2.1").await.unwrap();
    let Signed::Session(session) = signed else { panic!("refused") };
    let caller = huis.caller(&session.token, "192.0.2.1").await.unwrap().unwrap().caller;
    let ids = huis.store().every_dossier(office, PROCESSING, None, 100).await.unwrap();
    let (mut opened, mut written) = (0, 0);
    for id in ids {
        let (card, _) = huis.store().dossier(office, id).await.unwrap().unwrap();
        if card.archived {
            continue;
        }
        let number = card.number;
        let view = huis.open_dossier(&caller, PROCESSING, number, Reading::Screen).await.unwrap();
        assert!(!view.view.sections.is_empty() && !view.view.acts.is_empty(), "{number}");
        opened += 1;
        let draft = Draft {
            kind: "signalement-caf".into(),
            on: caller.today,
            facts: [("organisme".to_owned(), Value::Choice("caf".into()))].into(),
            corrects: None,
        };
        let command = ActCommand { draft, base_version: card.version };
        written += u32::from(huis.record_act(&caller, PROCESSING, number, command).await.is_ok());
    }
    assert!(opened > 0 && written > 0, "{opened} opened, {written} written");
    let report = huis.verify_trace(By::Command("essai"), PROCESSING, None).await.unwrap();
    assert!(report.sound() && report.lines() > opened, "{}", report.lines());
    // What unlogged tables held is in no snapshot: the index is made again, and serves.
    huis.daily().await.unwrap();
    huis.store().close().await;
}

fn serves(place: &[&str], folder: &Path) {
    let said = huis(&[&["doctor"], place].concat());
    let schema = format!("schéma à jour ({})", Schema::of_this_program());
    assert!(said.says.contains(&schema), "{}{}", said.says, said.errors);
    let served = Served::start(place);
    let mut visitor = Visitor::new(served.address);
    visitor.sign_in("camille.nouvelle");
    assert_eq!(visitor.get("/dossiers").status, 200);
    drop(served);
    assert!(!verified_logs(place, folder, None).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_earlier_installation_is_migrated_and_served_on_sqlite() {
    for step in snapshots::all() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        snapshots::unzip(step, &data);
        worked_in(step, &Location::Folder(data.clone()), &data).await;
        serves(&["--data", data.to_str().unwrap()], folder.path());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_earlier_installation_is_migrated_and_served_on_postgresql() {
    let server = Postgres::start().unwrap();
    for step in snapshots::all() {
        let database = server.database(&format!("ancien{step}")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (files, data) = (folder.path().join("pas"), folder.path().join("data"));
        snapshots::unzip(step, &files);
        let location = Location::Postgres(database.url());
        snapshots::into(&files, &location).await;
        worked_in(step, &location, &files).await;
        let (url, key) = (database.url(), files.join("cle-racine"));
        let key = key.to_str().unwrap();
        serves(
            &["--database", &url, "--key", key, "--data", data.to_str().unwrap()],
            folder.path(),
        );
    }
}

/// A backup that was taken under an earlier schema, and an earlier register, restores into the program
/// of today, on either engine: the rows go in as they were, the steps since are taken, and what the
/// program brings waits for the administrator as after any upgrade.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_each_earlier_schema_restores_into_this_program_x_20() {
    let server = Postgres::start().unwrap();
    for step in snapshots::all() {
        let folder = tempfile::tempdir().unwrap();
        let files = folder.path().join("pas");
        snapshots::unzip(step, &files);
        // As its program left it: no step of today is taken before the backup.
        let old = Store::connect(&Location::Folder(files.clone())).await.unwrap();
        assert_eq!(old.schema().await.unwrap().data, step);
        let plan = BackupPlan {
            to: folder.path().join("donnees"),
            keys_to: folder.path().join("cles"),
            sealing: Sealing::passphrase("seize mots au hasard"),
            keep_days: 30,
        };
        let taken = take(&old, "ancienne", SystemClock.now(), &plan).await.unwrap();
        assert!(taken.rows > 100 && taken.slots > 0, "{taken:?}");
        old.close().await;
        let database = server.database(&format!("restaure{step}")).unwrap();
        let places =
            [Location::Folder(folder.path().join("ici")), Location::Postgres(database.url())];
        for place in places {
            let plan = RestorePlan {
                data: taken.data.clone(),
                keys: Some(taken.keys.clone()),
                keys_copy: None,
                unsealing: Unsealing::passphrase("seize mots au hasard"),
                archive: None,
                witness: None,
            };
            let (huis, report) =
                restore(options(&place, &files, "restauration"), None, plan).await.unwrap();
            assert_eq!(report.made_at, Some(taken.made_at));
            assert_eq!((report.lost, report.destroyed), (0, 0), "{report:?}");
            assert_eq!(huis.store().schema().await.unwrap(), Schema::of_this_program());
            huis.store().close().await;
            drop(huis);
            worked_in(step, &place, &files).await;
        }
    }
}

/// A program that is killed at any moment of its first start leaves a database that the next start
/// brings up whole; and two that start together take each step once.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_may_be_killed_anywhere_or_be_two() {
    let server = Postgres::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut killed = 0;
    for round in 0..8_u64 {
        let database = server.database("coupure").unwrap();
        let data = folder.path().join(format!("data-{round}"));
        fs::create_dir_all(&data).unwrap();
        let postgres = round % 2 == 1;
        let location = if postgres {
            Location::Postgres(database.url())
        } else {
            Location::Folder(data.clone())
        };
        snapshots::unzip(1, &folder.path().join(format!("pas-{round}")));
        let files = folder.path().join(format!("pas-{round}"));
        if postgres {
            snapshots::into(&files, &location).await;
        } else {
            snapshots::unzip(1, &data);
        }
        let (key, url) = (files.join("cle-racine"), database.url());
        let start = || {
            let mut command = program();
            command.args(["serve", "--listen", "127.0.0.1:0", "--key", key.to_str().unwrap()]);
            command.args(["--data", data.to_str().unwrap()]);
            if postgres {
                command.args(["--database", &url]);
            }
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        let mut both = [start(), start()];
        std::thread::sleep(Duration::from_millis(15 + 35 * round));
        for child in &mut both {
            killed += u32::from(child.try_wait().unwrap().is_none());
            let _ = child.kill();
            child.wait().unwrap();
        }
        // Whatever was left, whole steps stand, and the next start ends it.
        let begun = Instant::now();
        let store = loop {
            match Store::open(&location).await {
                Ok(store) => break store,
                // A connection of the killed may hold its lock for a moment.
                Err(error) if begun.elapsed() > Duration::from_secs(20) => panic!("{error}"),
                Err(_) => {}
            }
        };
        assert_eq!(store.schema().await.unwrap(), Schema::of_this_program());
        assert_eq!(store.offices().await.unwrap().len(), 1);
        store.close().await;
    }
    // The others had ended by themselves: once up to date, a server that finds a register that is not
    // in force says so and serves nothing.
    assert!(killed >= 4, "{killed} were killed at work");
}
