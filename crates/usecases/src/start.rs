//! Opening an installation: keys, registers, trace, what a crash left behind.

use huis_accounts::Cost;
use huis_kernel::{Clock, OfficeId, Rng};
use huis_law::Law;
use huis_measures::Measures;
use huis_register::Register;
use huis_store::{
    Claim, CopyState, Location, Store, StoreError,
    offices::{OfficeRow, RegisterRow},
    writer_name,
};
use huis_trace::{
    Line, LineStore as _, Log, LogSigner, LogState, Operation, Origin, OriginError, RestoredFrom,
    Writer, group::group_measured,
};
use huis_vault::{ArchivePublic, ArchiveSecret, RootKey};
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::{Arc, Mutex},
};
use tokio::sync::Semaphore;

use crate::{
    Huis, Processed, UseError,
    accounts::SignIn,
    calendar::Calendar,
    registers::in_force,
    standing::Standing,
    tracing_out::{Chained, FOLLOWING},
};

/// The registers shipped with the program.
const SHIPPED: [(&str, &str); 2] = [
    ("expulsion.toml", include_str!("../../../registers/expulsion.toml")),
    ("droits.toml", include_str!("../../../registers/droits.toml")),
];

/// The password rules shipped with the program.
const PASSWORDS: &str = include_str!("../../../parameters/passwords.toml");

/// The log that holds what belongs to no processing (sign-ins of accounts without grant, starts).
pub(crate) const INSTALLATION: &str = "installation";

/// How an installation is opened.
pub struct Options {
    /// Where the data are.
    pub location: Location,
    /// Who writes the trace: this server, or the administrative commands of this machine. A restart
    /// under the same name goes on with its logs.
    pub writer: String,
    /// The root key.
    pub root: RootKey,
    /// Clock.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Arc<dyn Rng>,
    /// The law's parameters.
    pub law: Law,
    /// Local registers: file name and text. A local register of the same processing replaces the
    /// shipped one, when it is stricter or names its authorisation.
    pub local_registers: Vec<(String, String)>,
    /// Cost of a password's hash.
    pub cost: Cost,
}

/// Why an installation does not open.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A register has faults: every one of them, with its line.
    #[error("{}", .0.join("\n"))]
    Register(Vec<String>),
    /// The root key is not the one of this installation.
    #[error(
        "la clé racine n'est pas celle de cette installation : vérifiez le fichier de clé (--key)"
    )]
    WrongKey,
    /// The installation was not initialised.
    #[error("ce dossier ne contient pas d'installation : lancez « huis init »")]
    NotInitialised,
    /// It was already initialised.
    #[error("une installation existe déjà ici : rien n'a été changé")]
    AlreadyThere,
    /// The second place of the keys is not named.
    #[error("cette installation a une copie de ses clés : dites où elle est (--keys-copy DOSSIER)")]
    KeysCopy,
    /// A restore was interrupted: what is here is no installation yet.
    #[error("une restauration a été interrompue ici : relancez « huis restore »")]
    Restoring,
    /// The second place of the keys is the first.
    #[error("la copie des clés doit être ailleurs que les données (--keys-copy)")]
    SamePlace,
    /// The clock of the database and ours disagree.
    #[error(
        "l'horloge de ce serveur diffère de celle de la base de plus de deux secondes : réglez-la (NTP)"
    )]
    Clock,
    /// The registers of this server are not those in force.
    #[error(
        "le registre « {0} » de ce serveur diffère de la version en vigueur : mettez à jour ce serveur, ou faites entrer la nouvelle version en vigueur avec « huis register adopt »"
    )]
    OtherRegister(String),
    /// Anything else.
    #[error(transparent)]
    Use(#[from] UseError),
    /// The trace does not open.
    #[error("le journal des accès ne s'ouvre pas ({0})")]
    Trace(String),
}

impl StartError {
    /// Does it last until someone mends what is set? A database that is away comes back by itself,
    /// and a clock is set right by the machine.
    pub const fn lasts(&self) -> bool {
        match self {
            Self::Register(_)
            | Self::WrongKey
            | Self::NotInitialised
            | Self::AlreadyThere
            | Self::KeysCopy
            | Self::Restoring
            | Self::SamePlace
            | Self::OtherRegister(_) => true,
            Self::Store(_) | Self::Clock | Self::Use(_) | Self::Trace(_) => false,
        }
    }
}

/// What `huis init` sets.
pub struct Founding {
    /// The office's name.
    pub name: String,
    /// Département.
    pub departement: String,
    /// Time zone.
    pub zone: String,
    /// Rights desk; may be empty, and then no processing opens.
    pub rights_desk: String,
    /// Territories.
    pub territories: Vec<(String, String)>,
    /// The archive's passphrase.
    pub archive_passphrase: String,
    /// Is it a demonstration?
    pub demonstration: bool,
}

impl Huis {
    /// Makes a new installation in an empty store.
    pub async fn init(options: &Options, founding: &Founding) -> Result<OfficeId, StartError> {
        let store = Store::open(&options.location).await?;
        if store.meta("installation").await?.is_some() {
            return Err(StartError::AlreadyThere);
        }
        let rng = &*options.rng;
        let now = options.clock.now();
        let archive = ArchiveSecret::generate(rng);
        store.keep_named_key("archive-public", &archive.public().0).await?;
        store
            .keep_named_key("archive-secret", &archive.lock(&founding.archive_passphrase, rng))
            .await?;
        crate::root::found(&store, &options.root, rng).await?;
        let office = OfficeId::random(rng);
        store
            .add_office(
                &OfficeRow {
                    office,
                    name: founding.name.clone(),
                    departement: founding.departement.clone(),
                    zone: founding.zone.clone(),
                    rights_desk: founding.rights_desk.clone(),
                },
                &founding.territories,
                now,
            )
            .await?;
        for (register, text, _) in registers(&options.local_registers)? {
            record(&store, &register, &text, now).await?;
            // No dossier is there to be planned.
            let (key, sha) = crate::life::planned(&register);
            store.set_meta(&key, &sha).await?;
        }
        if founding.demonstration {
            store.set_meta("demonstration", "oui").await?;
        }
        // Last: an installation that was interrupted is not one.
        store.set_meta("installation", &writer_name(rng)).await?;
        Ok(office)
    }

    /// Opens an installation, and chains or destroys what a crash left half-way.
    pub async fn open(options: Options) -> Result<Arc<Self>, StartError> {
        Self::open_with(options, None).await
    }

    /// Opens an installation whose keys have a second place: a folder that stands elsewhere. Once
    /// it has one, it does not open without.
    pub async fn open_with(
        options: Options,
        keys_copy: Option<&Path>,
    ) -> Result<Arc<Self>, StartError> {
        Self::open_as(options, keys_copy, false).await
    }

    /// Opens what a restore is bringing back, and nobody is served from yet.
    pub(crate) async fn open_restoring(
        options: Options,
        keys_copy: Option<&Path>,
    ) -> Result<Arc<Self>, StartError> {
        Self::open_as(options, keys_copy, true).await
    }

    async fn open_as(
        options: Options,
        keys_copy: Option<&Path>,
        restoring: bool,
    ) -> Result<Arc<Self>, StartError> {
        let store = open_store(&options, keys_copy).await?;
        if !restoring && store.meta(RESTORING).await?.is_some() {
            return Err(StartError::Restoring);
        }
        let installation = store.meta("installation").await?.ok_or(StartError::NotInitialised)?;
        if store.clock_skew_ms(options.clock.now()).await?.abs() > 2_000 {
            return Err(StartError::Clock);
        }
        let root =
            crate::root::open(&store, &options.root).await?.ok_or(StartError::NotInitialised)?;
        let public = store.named_key("archive-public").await?.ok_or(StartError::NotInitialised)?;
        let archive = ArchivePublic(public.try_into().map_err(|_| StartError::NotInitialised)?);
        let mut rules: BTreeMap<String, _> =
            huis_processings::all().into_iter().map(|p| (p.id().to_owned(), p)).collect();
        let mut processed = BTreeMap::new();
        let office = store.offices().await?.into_iter().next().ok_or(StartError::NotInitialised)?;
        let zone = huis_kernel::Zone::named(&office.zone).unwrap_or_else(huis_kernel::Zone::utc);
        let today = options.clock.now().date_in(&zone);
        let loaded = in_force(&store, &options.local_registers, today, restoring).await?;
        // A processing may answer for the others: each is told what all the registers say.
        let told: Vec<&Register> = loaded.iter().map(|(register, ..)| register).collect();
        rules.values_mut().for_each(|rules| rules.learn(&told));
        for (register, text, local) in loaded {
            let Some(rules) = rules.remove(&register.id) else {
                return Err(StartError::Register(vec![format!(
                    "Aucun traitement « {} » dans ce programme.",
                    register.id
                )]));
            };
            let letters = crate::letters::shipped(&register).map_err(StartError::Register)?;
            processed.insert(
                register.id.clone(),
                Processed { register, source: text, rules, local, letters },
            );
        }
        let seed = root.derive("trace signer");
        let signer = LogSigner::from_seed(format!("huis-{installation}"), seed.expose())
            .map_err(|e| StartError::Trace(e.to_string()))?;
        let signer = Arc::new(signer);
        let log_key = signer.public();
        let names: Vec<String> =
            processed.keys().cloned().chain([INSTALLATION.to_owned()]).collect();
        let origins = |server: &str| {
            let of = |name: &String| Origin::new(&installation, name, server);
            names.iter().map(of).collect::<Result<Vec<_>, _>>()
        };
        let mut restored = BTreeMap::new();
        for name in &names {
            if let Some(head) = store.meta(&format!("{RESTORED_FROM} {name}")).await? {
                restored.insert(name.clone(), restored_from(&head)?);
            }
        }
        let base = match store.meta(RESTORATION).await? {
            Some(id) => format!("{}-{id}", options.writer),
            None => options.writer.clone(),
        };
        let (server, claim, logs, damaged) =
            take_logs(&store, &base, &restored, origins, &signer, &options.rng).await?;
        let writer = Writer::new(logs).map_err(|e| StartError::Trace(e.to_string()))?;
        let measures = Arc::new(Measures::new(env!("CARGO_PKG_VERSION"), store.engine()));
        let told = Arc::clone(&measures);
        let (handle, task) =
            group_measured(store.clone(), writer, move |lines, took| told.group(lines, took));
        let task = tokio::spawn(async move {
            // The name is let go once the last line is written.
            claim.held_during(task).await;
        });
        let sign_in = SignIn::new(&root, PASSWORDS, options.cost, &*options.rng)
            .map_err(|e| StartError::Trace(e.to_string()))?;
        let demonstration = store.meta("demonstration").await?.is_some();
        let huis = Arc::new_cyclic(|me| Self {
            store,
            root,
            calendar: Calendar::new(options.law),
            processed,
            clock: options.clock,
            rng: options.rng,
            trace: handle,
            log_key,
            archive,
            unlocked: Mutex::new(HashMap::new()),
            sign_in,
            measures,
            standing: Standing::new(task),
            following: Arc::new(Semaphore::new(FOLLOWING)),
            chained: Chained::default(),
            me: me.clone(),
            importing: tokio::sync::Mutex::new(()),
            alerts: Mutex::new(crate::alerts::Watch::default()),
            press: crate::press::PressRoom::default(),
            server,
            installation,
            demonstration,
        });
        if matches!(huis.keys_copy().await?, CopyState::Lags(_)) {
            huis.reconcile_keys().await?;
        }
        huis.ensure_index_keys().await?;
        huis.store.empty_index_is_whole().await?;
        huis.chain_waiting().await?;
        for processing in damaged {
            huis.raise_log(&processing, 1).await?;
        }
        huis.calendar.adopt(&huis.store.settings(office.office).await?);
        if huis.finish_destructions().await? > 0 {
            huis.store.scrub().await?;
        }
        huis.finish_all_moves().await?;
        let authority = huis_trace::Authority::System;
        let start =
            Line::new(huis.now(), authority, INSTALLATION, "administration", Operation::Start);
        huis.trace(start).await?;
        Ok(huis)
    }

    /// The name of this installation in its logs.
    pub fn installation(&self) -> &str {
        &self.installation
    }
}

/// How many live servers may share one name before it is a fault.
const MOST: u32 = 64;

type Taken = (String, Claim, Vec<Log>, Vec<String>);

/// Takes a writer's name that no other live process holds: the one asked for, or with a number
/// behind; and goes on with its logs. A name whose logs do not fit their signed head is left alone
/// (I8): the processings of those logs are told.
async fn take_logs(
    store: &Store,
    base: &str,
    restored: &BTreeMap<String, RestoredFrom>,
    origins: impl Fn(&str) -> Result<Vec<Origin>, OriginError>,
    signer: &Arc<LogSigner>,
    rng: &Arc<dyn Rng>,
) -> Result<Taken, StartError> {
    let mut damaged = Vec::new();
    for n in 1..=MOST {
        let name = if n == 1 { base.to_owned() } else { format!("{base}.{n}") };
        let of = origins(&name).map_err(|e| StartError::Trace(e.to_string()))?;
        let Some(claim) = store.claim(&name).await? else { continue };
        let mut logs = Vec::new();
        for origin in &of {
            let state = store.state(origin).await;
            // A log without a line yet, after a restore, names the head it comes from.
            let from = restored.get(origin.processing()).cloned();
            let log = state.ok().and_then(|state| {
                let state = match from {
                    Some(from) if state.size() == 0 => LogState::after_restore(from),
                    _ => state,
                };
                Log::open(Arc::clone(signer), origin.clone(), state, Arc::clone(rng)).ok()
            });
            match log {
                Some(log) => logs.push(log),
                None => damaged.push(origin.processing().to_owned()),
            }
        }
        if logs.len() == of.len() {
            return Ok((name, claim, logs, damaged));
        }
    }
    Err(StartError::Trace("nom de serveur".into()))
}

/// The mark of an installation whose keys have a second place.
pub(crate) const KEYS_COPY: &str = "keys-copy";
/// The mark of a restore under way.
pub(crate) const RESTORING: &str = "restoring";
/// The head that the new log of a processing names, until its first line is written.
pub(crate) const RESTORED_FROM: &str = "restored-from";
/// What a restore adds to the name of whoever writes the trace: no log is taken up from its past.
pub(crate) const RESTORATION: &str = "restoration";

fn restored_from(text: &str) -> Result<RestoredFrom, StartError> {
    let mut parts = text.split(' ');
    let mut read = || {
        let origin = parts.next()?.parse().ok()?;
        let size = parts.next()?.parse().ok()?;
        Some(RestoredFrom { origin, size, root: parts.next()?.parse().ok()? })
    };
    read().ok_or_else(|| StartError::Trace("tête d’origine".into()))
}

/// Opens the stores, with the second place of the keys. It is made the first time it is named; from
/// then on it must be there: a share that is not mounted is not an empty copy.
async fn open_store(options: &Options, keys_copy: Option<&Path>) -> Result<Store, StartError> {
    let store = Store::open(&options.location).await?;
    let known = store.meta(KEYS_COPY).await?.is_some();
    let Some(folder) = keys_copy else {
        return if known { Err(StartError::KeysCopy) } else { Ok(store) };
    };
    if let huis_store::Location::Folder(data) = &options.location
        && std::path::absolute(data).ok() == std::path::absolute(folder).ok()
    {
        return Err(StartError::SamePlace);
    }
    let store = store.with_keys_copy(folder, !known).await?;
    if !known && store.meta("installation").await?.is_some() {
        store.set_meta(KEYS_COPY, "oui").await?;
    }
    Ok(store)
}

type Loaded = (Register, String, Option<huis_register::LocalStatus>);

/// The registers of this program: the shipped ones, each replaced by its local one when there is
/// one and it may be.
pub fn registers(local: &[(String, String)]) -> Result<Vec<Loaded>, StartError> {
    let tell = |faults: Vec<huis_register::RegisterFault>| {
        StartError::Register(faults.iter().map(ToString::to_string).collect())
    };
    let mut out: Vec<Loaded> = Vec::new();
    for (name, text) in SHIPPED {
        out.push((Register::parse(name, text).map_err(tell)?, text.to_owned(), None));
    }
    for (name, text) in local {
        let register = Register::parse(name, text).map_err(tell)?;
        let Some(shipped) = out.iter_mut().find(|(r, ..)| r.id == register.id) else {
            return Err(StartError::Register(vec![format!(
                "{name} : aucun traitement « {} » à remplacer.",
                register.id
            )]));
        };
        let status = huis_register::check_local(&shipped.0, &register).map_err(tell)?;
        *shipped = (register, text.clone(), Some(status));
    }
    Ok(out)
}

async fn record(
    store: &Store,
    register: &Register,
    text: &str,
    now: huis_kernel::Instant,
) -> Result<(), StoreError> {
    store
        .record_register(&RegisterRow {
            processing: register.id.clone(),
            sha256: register.sha256,
            in_force: register.in_force,
            recorded_at: now,
            body: text.to_owned(),
        })
        .await
}
