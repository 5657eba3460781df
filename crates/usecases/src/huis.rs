use huis_dossier::{Known, Processing};
use huis_kernel::{CaseNumber, Clock, Date, Instant, Rng, SessionId, Zone};
use huis_law::{Law, Place};
use huis_register::{Class, FieldKind, LocalStatus, Register};
use huis_store::{Store, offices::OfficeRow};
use huis_trace::{LogKey, group::Handle};
use huis_vault::{ArchivePublic, ArchiveSecret, RootKey};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, Weak},
};

use crate::{Caller, UseError, accounts::SignIn, calendar::Calendar, tracing_out::Chained};

/// One processing as it runs: its register, its rules, and whether a local register loosens it.
pub struct Processed {
    /// The register in force.
    pub register: Register,
    /// The file, as it is.
    pub source: String,
    /// Its rules.
    pub rules: Box<dyn Processing>,
    /// Shipped, stricter, or loosened under a named authorisation.
    pub local: Option<LocalStatus>,
    /// The shipped text of each of its letters, by id.
    pub letters: BTreeMap<String, huis_letters::Template>,
}

/// The running program: everything that use cases share.
pub struct Huis {
    pub(crate) store: Store,
    pub(crate) root: RootKey,
    pub(crate) calendar: Calendar,
    pub(crate) processed: BTreeMap<String, Processed>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) trace: Handle,
    pub(crate) log_key: LogKey,
    pub(crate) archive: ArchivePublic,
    pub(crate) unlocked: Mutex<HashMap<SessionId, ArchiveSecret>>,
    pub(crate) sign_in: SignIn,
    pub(crate) alerts: Mutex<crate::alerts::Watch>,
    pub(crate) press: crate::press::PressRoom,
    pub(crate) measures: Arc<huis_measures::Measures>,
    pub(crate) standing: crate::standing::Standing,
    /// Held by what goes on after an act was acknowledged.
    pub(crate) following: Arc<tokio::sync::Semaphore>,
    /// Lines that are chained, and still in the outbox.
    pub(crate) chained: Chained,
    /// Itself, for what goes on.
    pub(crate) me: Weak<Self>,
    /// One import at a time goes on at this server.
    pub(crate) importing: tokio::sync::Mutex<()>,
    pub(crate) server: String,
    pub(crate) installation: String,
    pub(crate) demonstration: bool,
}

impl Huis {
    /// The present instant.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Today in an office's zone.
    pub fn today(&self, office: &OfficeRow) -> Date {
        let zone = Zone::named(&office.zone).unwrap_or_else(Zone::utc);
        self.now().date_in(&zone)
    }

    /// Is it a demonstration?
    pub const fn is_demonstration(&self) -> bool {
        self.demonstration
    }

    /// The law in force, with the office's own holidays.
    pub fn law(&self) -> Arc<Law> {
        self.calendar.law()
    }

    /// A processing by id.
    pub fn processed(&self, id: &str) -> Result<&Processed, UseError> {
        self.processed.get(id).ok_or(UseError::NotFound)
    }

    /// Which processing a number is of, among those in which the caller has a grant: numbers are
    /// free in a whole office when they are drawn.
    pub async fn processing_of(
        &self,
        caller: &Caller,
        number: CaseNumber,
    ) -> Result<Option<String>, UseError> {
        let mut found = None;
        // Each is asked, whatever the others say: a hidden number costs what none costs (I13).
        for id in self.processed.keys().filter(|id| caller.grants(id).next().is_some()) {
            if self.store.has_number(caller.office.office, id, number).await? {
                found = Some(id.clone());
            }
        }
        Ok(found)
    }

    /// The processings in which the caller has a grant, the one they have worked in longest first.
    pub fn processings_of(&self, caller: &Caller) -> Vec<&Processed> {
        let since = |p: &&Processed| caller.grants(&p.register.id).map(|g| g.from).min();
        let mut mine: Vec<_> = self.processed.values().filter(|p| since(p).is_some()).collect();
        mine.sort_by_key(|p| (since(p), p.rules.takes_requests()));
        mine
    }

    /// The processing that takes the requests of persons about their data.
    pub(crate) fn requests(&self) -> Result<&Processed, UseError> {
        self.processed.values().find(|p| p.rules.takes_requests()).ok_or(UseError::NotFound)
    }

    /// Every processing of this installation.
    pub fn processings(&self) -> impl Iterator<Item = &Processed> {
        self.processed.values()
    }

    /// The key that verifies the trace from outside.
    pub const fn log_key(&self) -> &LogKey {
        &self.log_key
    }

    /// The store, for the commands of the operator.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn archive_of(&self, session: Option<SessionId>) -> Option<ArchiveSecret> {
        let unlocked = self.unlocked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        unlocked.get(&session?).cloned()
    }

    pub(crate) fn id16(&self) -> [u8; 16] {
        let mut id = [0; 16];
        self.rng.fill(&mut id);
        id
    }
}

/// Where the dwelling is, for the holidays of the place: the first commune field of a dwelling
/// section. `good_friday` lists the communes where Good Friday is a holiday (the office's setting).
pub(crate) fn place_of(register: &Register, known: &Known, good_friday: &str) -> Place {
    let commune = register
        .sections
        .iter()
        .filter(|s| s.class == Class::Logement)
        .flat_map(|s| s.fields.iter().map(move |f| (s, f)))
        .find(|(_, f)| f.kind == FieldKind::Commune)
        .and_then(|(s, f)| known.get(&s.id, &f.id)?.as_str())
        .unwrap_or("")
        .to_owned();
    let good_friday =
        !commune.is_empty() && good_friday.split_whitespace().any(|code| code == commune);
    Place { commune, good_friday }
}
