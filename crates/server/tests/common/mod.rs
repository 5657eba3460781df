//! A house to visit: an installation in a temporary folder, served on the loopback, with its clock
//! in the test's hand, and agents of any profile.
#![allow(dead_code, clippy::allow_attributes_without_reason, clippy::allow_attributes)]

pub mod desk;
pub mod http;

use huis_accounts::Cost;
use huis_demo::DemoAgent;
use huis_kernel::{Date, ManualClock, SeededRng, Zone};
use huis_law::Law;
use huis_store::Location;
use huis_usecases::{Founding, Huis, Options, demo::Loaded};
use huis_vault::RootKey;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Runtime};

pub const PROCESSING: &str = "expulsion";
pub const PASSWORD: &str = "la-lune-sur-les-toits-68";
pub const ARCHIVE: &str = "sept mots pour une archive de test";
pub const COLMAR: &str = "682";

/// An installation that answers on the loopback. Everything here blocks: the server has threads of
/// its own.
pub struct House {
    pub huis: Arc<Huis>,
    pub clock: Arc<ManualClock>,
    pub address: SocketAddr,
    runtime: Runtime,
    _folder: TempDir,
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Noon of a day in the office: within working hours, the same date in every zone near.
fn noon(text: &str) -> huis_kernel::Instant {
    Zone::named("Europe/Paris").unwrap().start_of(day(text)).plus_ms(12 * 3_600_000)
}

impl House {
    /// A house with two sectors and nobody in it yet.
    pub fn on(today: &str) -> Self {
        Self::with_rates(today, None)
    }

    /// The same, where the API lets so much through.
    pub fn with_rates(today: &str, rates: Option<huis_api::Rates>) -> Self {
        let founding = Founding {
            name: "Préfecture d’essai".into(),
            departement: "68".into(),
            zone: "Europe/Paris".into(),
            rights_desk: "Bureau des droits".into(),
            territories: vec![(COLMAR.into(), "Colmar".into()), ("684".into(), "Mulhouse".into())],
            archive_passphrase: ARCHIVE.into(),
            demonstration: true,
        };
        Self::founded(today, &founding, rates)
    }

    /// The demonstration, with that many dossiers.
    pub fn demonstration(today: &str, dossiers: usize) -> (Self, Loaded) {
        let founding = huis_usecases::demo::office(68, day(today), ARCHIVE);
        let house = Self::founded(today, &founding, None);
        let loaded = house.wait(house.huis.load_demo(68, dossiers, PASSWORD, |_, _| {})).unwrap();
        (house, loaded)
    }

    fn founded(today: &str, founding: &Founding, rates: Option<huis_api::Rates>) -> Self {
        let runtime = Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(noon(today)));
        let options = |seed| Options {
            location: Location::Folder(folder.path().join("data")),
            writer: "essai".into(),
            root: RootKey::from_bytes([7; 32]),
            clock: clock.clone(),
            rng: Arc::new(SeededRng::new(seed)),
            law: Law::embedded().unwrap(),
            local_registers: Vec::new(),
            cost: Cost::LIGHTEST,
        };
        let (huis, listener) = runtime.block_on(async {
            Huis::init(&options(1), founding).await.unwrap();
            let huis = Huis::open(options(2)).await.unwrap();
            (huis, TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap())
        });
        let address = listener.local_addr().unwrap();
        // The clock stands still: what may be asked in a minute is asked in a test.
        let many = u32::MAX / 2_000;
        let api = huis_api::Reach {
            tls: false,
            address: huis_web::client_address,
            behind_proxy: false,
            rates: rates.unwrap_or(huis_api::Rates { token: many, address: many, failure: 1 }),
            papers: huis_api::Papers {
                dossier: huis_web::dossier_paper,
                proposal: huis_web::proposal_paper,
                copy: huis_web::copy_paper,
            },
        };
        let app = huis_api::router(huis.clone(), api)
            .merge(huis_web::app(huis.clone(), false, false))
            .into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { huis, clock, address, runtime, _folder: folder }
    }

    /// Waits for something asynchronous.
    pub fn wait<T>(&self, it: impl Future<Output = T>) -> T {
        self.runtime.block_on(it)
    }

    /// Goes to noon of a day; the program's own daily work is done, as its server does it.
    pub fn go_to(&self, date: &str) -> huis_usecases::SweepReport {
        self.clock.set(noon(date));
        self.wait(self.huis.daily()).unwrap()
    }

    /// Adds an agent of these sectors (none: all); the login is `prenom.nom`.
    pub fn agent(&self, login: &str, profile: &str, service: &str, units: &[&str]) {
        let capital = |word: &str| {
            let mut letters = word.chars();
            letters.next().unwrap().to_uppercase().chain(letters).collect::<String>()
        };
        let (first, last) = login.split_once('.').unwrap();
        let agent = DemoAgent {
            login: login.into(),
            first_name: capital(first),
            last_name: capital(last),
            service: service.into(),
            profile: profile.into(),
            units: units.iter().map(|u| (*u).to_owned()).collect(),
            email: format!("{login}@example.org"),
            sponsor: (profile == "police").then(|| "Commissaire d’essai".to_owned()),
            second_factor: false,
            grant_from: day("2015-01-01"),
            grant_until: day("2050-01-01"),
            grant_reason: "Essai".into(),
        };
        self.wait(async {
            let office = self.huis.store().offices().await.unwrap().remove(0);
            let hash = self.huis.demo_password(PASSWORD).await.unwrap();
            self.huis.demo_agent(&agent, office.office, PROCESSING, &hash).await.unwrap();
        });
    }
}

/// Text as one reads it: any run of spaces, unbreakable ones included, is one space, and an
/// apostrophe is an apostrophe.
pub fn squeeze(text: &str) -> String {
    text.replace('’', "'").split_whitespace().collect::<Vec<_>>().join(" ")
}
