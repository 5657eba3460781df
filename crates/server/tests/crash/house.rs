//! An installation that is served by the program, killed and served again.

use huis_accounts::Cost;
use huis_demo::DemoAgent;
use huis_dossier::{Facts, Value};
use huis_kernel::{CaseNumber, Clock, Date, SystemClock, SystemRng};
use huis_law::Law;
use huis_store::Location;
use huis_usecases::{Caller, Founding, Huis, NewCase, Options, accounts::Signed};
use huis_vault::RootKey;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    common::{ARCHIVE, COLMAR, PASSWORD, PROCESSING},
    program::served::{Served, verified_logs},
};

pub const CLIENTS: usize = 4;
const DOSSIERS: usize = 12;

pub struct House {
    /// Its own folder: the key, the witness, and what SQLite keeps.
    pub folder: PathBuf,
    pub database: Option<String>,
    pub clock: Arc<dyn Clock>,
    pub numbers: Vec<CaseNumber>,
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn occupant(name: &str) -> Facts {
    let fact = |field: &str, value| (field.to_owned(), value);
    [
        fact("qualite", Value::Choice("en_impaye".into())),
        fact("nom", Value::Text(name.into())),
        fact("prenom", Value::Text("Jeanne".into())),
        fact("date_naissance", Value::Date(day("1980-05-17"))),
    ]
    .into()
}

impl House {
    /// Founds it in a folder (whose data may be elsewhere), with dossiers and an agent a client.
    pub async fn found(folder: &Path, database: Option<String>) -> Self {
        Self::found_at(folder, database, Arc::new(SystemClock)).await
    }

    /// The same at another time.
    pub async fn found_at(folder: &Path, database: Option<String>, clock: Arc<dyn Clock>) -> Self {
        fs::create_dir_all(folder).unwrap();
        let key = folder.join("cle-racine");
        fs::write(&key, "07".repeat(32)).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let mut house = Self { folder: folder.to_owned(), database, clock, numbers: Vec::new() };
        let founding = Founding {
            name: "Préfecture d’essai".into(),
            departement: "68".into(),
            zone: "Europe/Paris".into(),
            rights_desk: "Bureau des droits".into(),
            territories: vec![(COLMAR.into(), "Colmar".into())],
            archive_passphrase: ARCHIVE.into(),
            demonstration: true,
        };
        Huis::init(&house.options("preparation"), &founding).await.unwrap();
        let huis = house.open("preparation").await;
        for client in 0..CLIENTS {
            house.agent(&huis, &login(client), "instructeur").await;
        }
        let caller = caller(&huis, &login(0)).await;
        house.open_dossiers(&huis, &caller, DOSSIERS).await;
        // The board counts from here on as the dossiers move.
        let (office, today) = (caller.office.office, caller.today);
        huis.store().board(office, PROCESSING, &[], today).await.unwrap();
        huis.store().close().await;
        house
    }

    /// Adds so many dossiers; the nth of the house has the nth name.
    pub async fn open_dossiers(&mut self, huis: &Huis, caller: &Caller, count: usize) {
        for _ in 0..count {
            let new = NewCase {
                territory: COLMAR.into(),
                sections: vec![("occupant".into(), occupant(&name(self.numbers.len() as u64)))],
                acts: vec![],
            };
            let made = huis.create_dossier(caller, PROCESSING, new).await.unwrap();
            self.numbers.push(made.number);
        }
    }

    pub fn location(&self) -> Location {
        match &self.database {
            Some(url) => Location::Postgres(url.clone()),
            None => Location::Folder(self.folder.clone()),
        }
    }

    fn options(&self, writer: &str) -> Options {
        Options {
            location: self.location(),
            writer: writer.into(),
            root: RootKey::from_bytes([7; 32]),
            clock: Arc::clone(&self.clock),
            rng: Arc::new(SystemRng),
            law: Law::embedded().unwrap(),
            local_registers: Vec::new(),
            cost: Cost::LIGHTEST,
        }
    }

    /// Opens it beside the program, to look.
    pub async fn open(&self, writer: &str) -> Arc<Huis> {
        Huis::open(self.options(writer)).await.unwrap()
    }

    pub async fn agent(&self, huis: &Huis, login: &str, profile: &str) {
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
            grant_from: day("2000-01-01"),
            grant_until: day("2050-01-01"),
            grant_reason: "Essai".into(),
        };
        let office = huis.store().offices().await.unwrap().remove(0).office;
        let hash = huis.demo_password(PASSWORD).await.unwrap();
        huis.demo_agent(&agent, office, PROCESSING, &hash).await.unwrap();
    }

    /// What the commands are told.
    pub fn place(&self) -> Vec<&str> {
        let mut place = vec!["--data", self.folder.to_str().unwrap()];
        if let Some(url) = &self.database {
            place.extend(["--database", url]);
        }
        place
    }

    /// Serves it, or serves it again.
    pub fn serve(&self) -> Served {
        Served::start(&self.place())
    }

    /// Every log verifies from outside, and none is shorter than the witness saw it.
    pub fn verified(&self, to: &Path) -> usize {
        let witness = self.folder.join("temoin-journal");
        assert!(fs::metadata(&witness).unwrap().len() > 0, "the witness saw something");
        fs::create_dir_all(to).unwrap();
        // As it is before the export: the server goes on writing to both.
        let seen = to.join("temoin");
        fs::copy(&witness, &seen).unwrap();
        verified_logs(&self.place(), to, Some(&seen)).len()
    }
}

pub fn login(client: usize) -> String {
    format!("agent-{client}")
}

/// A name of letters alone, another for each number.
pub fn name(mut n: u64) -> String {
    let mut out = String::from("Za");
    for _ in 0..6 {
        out.push(['b', 'd', 'f', 'g', 'l', 'm', 'n', 'r', 's', 't'][(n % 10) as usize]);
        out.push(['a', 'i', 'o'][(n % 3) as usize]);
        n /= 10;
    }
    out
}

pub async fn caller(huis: &Huis, login: &str) -> Caller {
    let Signed::Session(session) = huis.sign_in(login, PASSWORD, "192.0.2.1").await.unwrap() else {
        panic!("{login} does not sign in")
    };
    huis.caller(&session.token, "192.0.2.1").await.unwrap().unwrap().caller
}
