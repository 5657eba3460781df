//! A small world: an installation in a temporary folder (or database), a clock moved by hand, and
//! agents of any profile.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    missing_docs
)]

use huis_accounts::Cost;
use huis_demo::DemoAgent;
use huis_dossier::{Draft, Facts, Value};
use huis_kernel::{CaseNumber, Date, Instant, ManualClock, Money, SeededRng, Zone};
use huis_law::Law;
use huis_store::Location;
use huis_usecases::{
    ActCommand, ActRecorded, Caller, Created, Founding, Huis, NewCase, Options, UseError,
    accounts::{CallerState, Signed},
};
use huis_vault::RootKey;
use std::{path::Path, sync::Arc};
use tempfile::TempDir;

pub const PROCESSING: &str = "expulsion";
pub const PASSWORD: &str = "la-lune-sur-les-toits-68";
pub const ARCHIVE: &str = "sept mots pour une archive de test";
pub const COLMAR: &str = "681";
pub const MULHOUSE: &str = "684";

pub struct World {
    pub huis: Arc<Huis>,
    pub clock: Arc<ManualClock>,
    pub folder: TempDir,
    pub location: Location,
    pub root: RootKey,
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn noon(date: Date) -> Instant {
    Zone::named("Europe/Paris").unwrap().start_of(date).plus_ms(12 * 3_600_000)
}

fn options(location: &Location, root: &RootKey, clock: &Arc<ManualClock>, seed: u64) -> Options {
    Options {
        location: location.clone(),
        writer: "essai".into(),
        root: root.clone(),
        clock: clock.clone(),
        rng: Arc::new(SeededRng::new(seed)),
        law: Law::embedded().unwrap(),
        local_registers: Vec::new(),
        cost: Cost::LIGHTEST,
    }
}

/// A hand that stands still is soon too far from the clock of a database.
pub fn keep_up(clock: &ManualClock, location: &Location) {
    use huis_kernel::Clock;
    if matches!(location, Location::Postgres(_)) {
        clock.set(huis_kernel::SystemClock.now());
    }
}

impl World {
    pub async fn on(today: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().join("data"));
        Self::at(today, folder, location).await
    }

    pub async fn at(today: &str, folder: TempDir, location: Location) -> Self {
        Self::from(ManualClock::at(noon(day(today))), folder, location).await
    }

    /// At the machine's own time: a server refuses a database whose clock differs from its own.
    pub async fn now(folder: TempDir, location: Location) -> Self {
        use huis_kernel::Clock;
        // The schema first: spreading its tables (docs/scale.md) may take longer than that.
        huis_store::Store::open(&location).await.unwrap().close().await;
        Self::from(ManualClock::at(huis_kernel::SystemClock.now()), folder, location).await
    }

    /// An installation that is not a demonstration.
    pub async fn real(today: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().join("data"));
        Self::made(ManualClock::at(noon(day(today))), folder, location, false).await
    }

    async fn from(clock: ManualClock, folder: TempDir, location: Location) -> Self {
        Self::made(clock, folder, location, true).await
    }

    async fn made(
        clock: ManualClock,
        folder: TempDir,
        location: Location,
        demonstration: bool,
    ) -> Self {
        let clock = Arc::new(clock);
        let root = RootKey::from_bytes([7; 32]);
        let founding = Founding {
            name: "Préfecture d’essai".into(),
            departement: "68".into(),
            zone: "Europe/Paris".into(),
            rights_desk: "Bureau des droits".into(),
            territories: vec![
                (COLMAR.into(), "Colmar".into()),
                (MULHOUSE.into(), "Mulhouse".into()),
            ],
            archive_passphrase: ARCHIVE.into(),
            demonstration,
        };
        Huis::init(&options(&location, &root, &clock, 1), &founding).await.unwrap();
        keep_up(&clock, &location);
        let huis = Huis::open(options(&location, &root, &clock, 2)).await.unwrap();
        Self { huis, clock, folder, location, root }
    }

    /// How to open it with registers of one's own.
    pub fn options_with(&self, local_registers: Vec<(String, String)>) -> Options {
        // Each opening is another writer of the trace: it needs a name of its own.
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1_000);
        let seed = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Options { local_registers, ..options(&self.location, &self.root, &self.clock, seed) }
    }

    /// The same installation opened again, as a second server or after a restart.
    pub async fn again(&self, seed: u64) -> Arc<Huis> {
        keep_up(&self.clock, &self.location);
        Huis::open(options(&self.location, &self.root, &self.clock, seed)).await.unwrap()
    }

    /// An installation opened from a copy of its files, with the same root key.
    pub async fn copy(&self, folder: &Path, seed: u64) -> Arc<Huis> {
        let location = Location::Folder(folder.to_owned());
        Huis::open(options(&location, &self.root, &self.clock, seed)).await.unwrap()
    }

    pub fn go_to(&self, date: &str) {
        self.clock.set(noon(day(date)));
    }

    pub fn today(&self) -> Date {
        use huis_kernel::Clock;
        self.clock.now().date_in(&Zone::named("Europe/Paris").unwrap())
    }

    /// Adds an agent with one grant, for ten years around today.
    pub async fn agent(&self, login: &str, profile: &str, units: &[&str]) {
        let agent = DemoAgent {
            login: login.into(),
            first_name: "Camille".into(),
            last_name: login.to_uppercase(),
            service: "Service d’essai".into(),
            profile: profile.into(),
            units: units.iter().map(|u| (*u).to_owned()).collect(),
            email: "agent@example.org".into(),
            sponsor: (profile == "police").then(|| "Commissaire d’essai".to_owned()),
            second_factor: false,
            grant_from: day("2015-01-01"),
            grant_until: day("2050-01-01"),
            grant_reason: "Essai".into(),
        };
        let office = self.huis.store().offices().await.unwrap().remove(0);
        let hash = self.huis.demo_password(PASSWORD).await.unwrap();
        self.huis.demo_agent(&agent, office.office, PROCESSING, &hash).await.unwrap();
    }

    pub async fn token(&self, login: &str) -> String {
        match self.huis.sign_in(login, PASSWORD, "192.0.2.1").await.unwrap() {
            Signed::Session(session) => session.token,
            Signed::Refused { message, .. } => panic!("{message}"),
        }
    }

    pub async fn caller(&self, login: &str) -> Caller {
        self.state(login).await.caller
    }

    pub async fn state(&self, login: &str) -> CallerState {
        let token = self.token(login).await;
        self.huis.caller(&token, "192.0.2.1").await.unwrap().unwrap()
    }

    /// A dossier of one household, in Colmar.
    pub async fn dossier(&self, caller: &Caller, last: &str, first: &str) -> Created {
        self.dossier_in(&self.huis, caller, last, first).await
    }

    /// The same in another opening of the installation, or in a restored one.
    pub async fn dossier_in(
        &self,
        huis: &Huis,
        caller: &Caller,
        last: &str,
        first: &str,
    ) -> Created {
        let new = NewCase {
            territory: COLMAR.into(),
            sections: vec![("occupant".into(), occupant(last, first)), ("local".into(), local())],
            acts: vec![draft(
                "impaye-constitue",
                &self.today().to_string(),
                &[("montant_dette", Value::Money(Money(150_000)))],
            )],
        };
        huis.create_dossier(caller, PROCESSING, new).await.unwrap()
    }

    pub async fn act(
        &self,
        caller: &Caller,
        number: CaseNumber,
        draft: Draft,
    ) -> Result<ActRecorded, UseError> {
        let office = caller.office.office;
        let card =
            self.huis.store().card_by_number(office, PROCESSING, number).await.unwrap().unwrap();
        let command = ActCommand { draft, base_version: card.version };
        self.huis.record_act(caller, PROCESSING, number, command).await
    }
}

pub fn facts(fields: &[(&str, Value)]) -> Facts {
    fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect()
}

pub fn draft(kind: &str, on: &str, fields: &[(&str, Value)]) -> Draft {
    Draft { kind: kind.into(), on: day(on), facts: facts(fields), corrects: None }
}

pub fn text(value: &str) -> Value {
    Value::Text(value.into())
}

pub fn choice(value: &str) -> Value {
    Value::Choice(value.into())
}

pub fn occupant(last: &str, first: &str) -> Facts {
    facts(&[
        ("qualite", choice("titulaire")),
        ("nom", text(last)),
        ("prenom", text(first)),
        ("date_naissance", Value::Date(day("1980-05-17"))),
    ])
}

pub fn local() -> Facts {
    facts(&[
        ("type_bailleur", choice("social")),
        ("numero", text("12")),
        ("nom_voie", text("des Tanneurs")),
        ("code_postal", text("68000")),
        ("commune", text("68066")),
        ("date_bail", Value::Date(day("2019-03-01"))),
    ])
}
