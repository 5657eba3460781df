//! An office at work, on a real store in a folder of its own: an administrator, agents who choose
//! their password and enrol their telephone as people do. The clock is moved by hand.

use huis_accounts::Cost;
use huis_kernel::{
    AgentId, Clock, Date, GrantId, Instant, ManualClock, SeededRng, SystemClock, Zone,
};
use huis_law::Law;
use huis_store::Location;
use huis_testkit::{Phone, Postgres};
use huis_trace::{Leaf, Line, Operation};
use huis_usecases::{
    Caller, Founding, Huis, Options, UseError,
    accounts::{CallerState, Duty, NewAgent, Next, Session, Signed},
    grants::NewGrant,
};
use huis_vault::RootKey;
use std::{any::Any, sync::Arc};

pub const PROCESSING: &str = "expulsion";
pub const ADDRESS: &str = "192.0.2.7";
pub const START: Date = Date::constant(2026, 3, 2);
pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 24 * 60 * MINUTE;

/// Someone who holds a telephone: the secret, as it was typed in.
#[derive(Clone)]
pub struct Person {
    pub id: AgentId,
    pub login: String,
    pub password: String,
    pub phone: Phone,
    pub recovery: Vec<String>,
    pub token: String,
}

pub struct Office {
    pub huis: Arc<Huis>,
    pub clock: Arc<ManualClock>,
    pub admin: Person,
    /// The folder or the server: it goes with the office.
    _place: Box<dyn Any + Send>,
}

impl Office {
    pub async fn open() -> Self {
        Self::with(false).await
    }

    pub async fn with(demonstration: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().to_owned());
        Self::at(location, demonstration, Box::new(folder)).await
    }

    /// The same office on each of the two engines.
    pub async fn on_both() -> [Self; 2] {
        let server = Postgres::start().unwrap();
        let database = server.database("accounts").unwrap();
        let location = Location::Postgres(database.url());
        let place = Box::new((database, server));
        [Self::open().await, Self::at(location, false, place).await]
    }

    async fn at(location: Location, demonstration: bool, place: Box<dyn Any + Send>) -> Self {
        // The schema first: spreading its tables (docs/scale.md) may take longer than clocks may differ.
        huis_store::Store::open(&location).await.unwrap().close().await;
        let zone = Zone::named("Europe/Paris").unwrap();
        let nine = zone.start_of(START).plus_ms(9 * 60 * MINUTE);
        // A server that disagrees with the clock of its database does not open: moved after.
        let first = match &location {
            Location::Folder(_) => nine,
            Location::Postgres(_) => SystemClock.now(),
        };
        let clock = Arc::new(ManualClock::at(first));
        let rng = Arc::new(SeededRng::new(41));
        let options = Options {
            location,
            writer: "essai".into(),
            root: RootKey::generate(&*rng),
            clock: clock.clone(),
            rng,
            law: Law::embedded().unwrap(),
            local_registers: Vec::new(),
            cost: Cost::LIGHTEST,
        };
        let founding = Founding {
            name: "Préfecture du Haut-Rhin".into(),
            departement: "68".into(),
            zone: "Europe/Paris".into(),
            rights_desk: "Bureau du logement".into(),
            territories: vec![("682".into(), "Colmar".into()), ("684".into(), "Mulhouse".into())],
            archive_passphrase: "phrase des archives".into(),
            demonstration,
        };
        Huis::init(&options, &founding).await.unwrap();
        let huis = Huis::open(options).await.unwrap();
        clock.set(nine);
        let password = "gK7!pR2?vT9;wQ4%".to_owned();
        let id = huis.bootstrap_admin(&new_agent("admin.un"), &password).await.unwrap();
        let admin = Person {
            id,
            login: "admin.un".into(),
            password,
            phone: Phone::default(),
            recovery: Vec::new(),
            token: String::new(),
        };
        let mut office = Self { huis, clock, admin: admin.clone(), _place: place };
        office.admin = office.arrive(admin).await;
        office
    }

    /// Gives the password, enrols the telephone if asked, and stays signed in.
    pub async fn arrive(&self, mut who: Person) -> Person {
        let mut session = session(self.password(&who).await);
        while session.next != Next::Done {
            let state = self.state(&session.token).await;
            session = match session.next {
                Next::ChangePassword(_) => {
                    let chosen = format!("{}:Lampe-7-Route", who.login);
                    let changed =
                        self.huis.change_password(&state, &who.password, &chosen).await.unwrap();
                    who.password = chosen;
                    changed
                }
                Next::EnrolTotp => {
                    let shown = self.huis.enrol_begin(&state).await.unwrap();
                    who.phone = Phone::enrolled(&shown.secret);
                    let code = self.code(&who);
                    let done = self.huis.enrol_confirm(&state, &code, "").await.unwrap();
                    who.recovery = done.recovery;
                    done.session
                }
                Next::Totp => {
                    self.clock.advance_ms(31_000);
                    let code = self.code(&who);
                    let signed = self.huis.second_factor(&session.token, &code, ADDRESS).await;
                    self::session(signed.unwrap())
                }
                Next::ReadProcedure => panic!("no procedure is on record"),
                Next::Done => session,
            };
        }
        who.token = session.token;
        who
    }

    pub async fn password(&self, who: &Person) -> Signed {
        self.huis.sign_in(&who.login, &who.password, ADDRESS).await.unwrap()
    }

    /// What the telephone shows now.
    pub fn code(&self, who: &Person) -> String {
        who.phone.code(self.huis.now().0)
    }

    pub async fn state(&self, token: &str) -> CallerState {
        self.huis.caller(token, ADDRESS).await.unwrap().expect("the session stands")
    }

    pub async fn caller(&self, who: &Person) -> Caller {
        let state = self.state(&who.token).await;
        assert_eq!(state.pending, Next::Done);
        state.caller
    }

    pub async fn is_in(&self, who: &Person) -> bool {
        self.huis.caller(&who.token, ADDRESS).await.unwrap().is_some()
    }

    /// An account, informed and committed, without a grant; its password is the temporary one.
    pub async fn hire(&self, login: &str) -> Person {
        let admin = self.caller(&self.admin).await;
        let password = self.huis.create_agent(&admin, &new_agent(login)).await.unwrap().password;
        let id = self.huis.store().agent_by_login(login).await.unwrap().unwrap().id;
        for duty in [Duty::Informed, Duty::Committed] {
            self.huis.record_duty(&admin, id, duty, admin.today).await.unwrap();
        }
        let (login, phone) = (login.to_owned(), Phone::default());
        Person { id, login, password, phone, recovery: Vec::new(), token: String::new() }
    }

    /// An agent with a grant until a day, signed in.
    pub async fn employ(&self, login: &str, profile: &str, until: Date) -> (Person, GrantId) {
        let who = self.hire(login).await;
        let admin = self.caller(&self.admin).await;
        let grant = NewGrant { until, ..grant(who.id, profile, admin.today) };
        let id = self.huis.give(&admin, PROCESSING, &grant).await.unwrap();
        (self.arrive(who).await, id)
    }

    /// Every line of one operation, oldest first.
    pub async fn lines(&self, operation: Operation) -> Vec<Line> {
        let rows = self.huis.store().last_lines(None, Instant(i64::MAX), 10_000).await.unwrap();
        rows.into_iter()
            .rev()
            .map(|row| Leaf::from_bytes(row.leaf).line().unwrap())
            .filter(|line| line.operation == operation)
            .collect()
    }

    /// The clock goes to nine o'clock on a day, and the administrator comes in again.
    pub async fn on(&mut self, day: Date) {
        let zone = Zone::named("Europe/Paris").unwrap();
        self.clock.set(zone.start_of(day).plus_ms(9 * 60 * MINUTE));
        self.admin = self.arrive(self.admin.clone()).await;
    }
}

pub fn grant(agent: AgentId, profile: &str, today: Date) -> NewGrant {
    NewGrant {
        agent,
        profile: profile.into(),
        territories: Vec::new(),
        from: today,
        until: today,
        reason: "Prise de poste".into(),
        sponsor: None,
    }
}

pub fn new_agent(login: &str) -> NewAgent {
    NewAgent {
        login: login.into(),
        first_name: "Camille".into(),
        last_name: "Essai".into(),
        service: "Bureau du logement".into(),
        email: format!("{login}@exemple.fr"),
    }
}

pub fn session(signed: Signed) -> Session {
    match signed {
        Signed::Session(session) => session,
        Signed::Refused { message, .. } => panic!("refused: {message}"),
    }
}

pub fn message(signed: Signed) -> String {
    match signed {
        Signed::Refused { message, .. } => message,
        Signed::Session(session) => panic!("signed in, next {:?}", session.next),
    }
}

pub fn faults<T>(result: Result<T, UseError>) -> Vec<String> {
    match result {
        Err(UseError::Invalid(faults)) => faults,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted"),
    }
}
