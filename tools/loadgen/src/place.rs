//! An installation to measure: a demonstration of a given size, made once and kept.

use anyhow::{Context, Result};
use huis_accounts::Cost;
use huis_kernel::{CaseNumber, Clock, OfficeId, SystemClock, SystemRng, Zone};
use huis_law::Law;
use huis_store::Location;
use huis_usecases::{Caller, Huis, ListQuery, Options, accounts::Signed};
use huis_vault::RootKey;
use std::{
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// The processing that is measured.
pub const PROCESSING: &str = "expulsion";
/// The password of its invented agents.
pub const PASSWORD: &str = "huis-clos-sous-la-lune-68";
/// The passphrase of its archive.
const PASSPHRASE: &str = "archives de la maison fictive";
/// The file that says that it is whole.
const WHOLE: &str = "prete";

/// Where an installation to measure is.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its folder: the key file, and the data on SQLite.
    pub folder: PathBuf,
    /// Its PostgreSQL database.
    pub database: Option<String>,
    /// How many dossiers.
    pub size: usize,
}

impl Place {
    /// Where the stores are.
    pub fn location(&self) -> Location {
        self.database
            .clone()
            .map_or_else(|| Location::Folder(self.folder.clone()), Location::Postgres)
    }

    /// `sqlite` or `postgres`.
    pub const fn engine(&self) -> &'static str {
        if self.database.is_some() { "postgres" } else { "sqlite" }
    }

    /// What `huis` and the baseline are told of it.
    pub fn arguments(&self) -> Vec<String> {
        let mut out = vec!["--data".to_owned(), self.folder.display().to_string()];
        if let Some(url) = &self.database {
            out.extend(["--database".to_owned(), url.clone()]);
        }
        out
    }

    /// Was it made whole?
    pub fn is_whole(&self) -> bool {
        self.folder.join(WHOLE).exists()
    }

    /// Makes it, unless it is there; how long it took.
    pub async fn prepare(
        &self,
        progress: impl Fn(usize, usize) + Send,
    ) -> Result<Option<Duration>> {
        if self.is_whole() {
            return Ok(None);
        }
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)?;
        }
        std::fs::create_dir_all(&self.folder)?;
        let started = Instant::now();
        let root = RootKey::generate(&SystemRng);
        let hex: String = root.expose().iter().map(|b| format!("{b:02x}")).collect();
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(self.key_file())?;
        writeln!(file, "{hex}")?;
        let options = self.options("preparation", Arc::new(SystemClock))?;
        let zone = Zone::named("Europe/Paris").unwrap_or_else(Zone::utc);
        let today = SystemClock.now().date_in(&zone);
        let founding = huis_usecases::demo::office(68, today, PASSPHRASE);
        Huis::init(&options, &founding).await?;
        let huis = Huis::open(options).await?;
        huis.load_demo(68, self.size, PASSWORD, progress).await?;
        huis.store().scrub().await?;
        std::fs::write(self.folder.join(WHOLE), format!("{}\n", self.size))?;
        Ok(Some(started.elapsed()))
    }

    /// The file of its root key.
    fn key_file(&self) -> PathBuf {
        self.folder.join("cle-racine")
    }

    fn options(&self, writer: &str, clock: Arc<dyn Clock>) -> Result<Options> {
        let text = std::fs::read_to_string(self.key_file())?;
        let hex = text.trim();
        let byte =
            |i: usize| hex.get(2 * i..2 * i + 2).and_then(|h| u8::from_str_radix(h, 16).ok());
        let key: Option<Vec<u8>> = (0..32).map(byte).collect();
        let key = key.and_then(|k| <[u8; 32]>::try_from(k).ok()).context("clé racine")?;
        Ok(Options {
            location: self.location(),
            writer: writer.to_owned(),
            root: RootKey::from_bytes(key),
            clock,
            rng: Arc::new(SystemRng),
            law: Law::embedded().map_err(|_| anyhow::anyhow!("paramètres du droit"))?,
            local_registers: Vec::new(),
            cost: Cost::LIGHTEST,
        })
    }

    /// Opens it in this process.
    pub async fn open(&self, writer: &str) -> Result<Arc<Huis>> {
        self.open_at(writer, Arc::new(SystemClock)).await
    }

    /// Opens it in this process, at another time.
    pub async fn open_at(&self, writer: &str, clock: Arc<dyn Clock>) -> Result<Arc<Huis>> {
        Ok(Huis::open(self.options(writer, clock)?).await?)
    }

    /// A copy of its files, to be changed.
    pub fn copy_to(&self, folder: &Path) -> Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Err(error) = std::fs::copy(entry.path(), folder.join(entry.file_name()))
                // What a server leaves behind it goes as it closes.
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(error.into());
            }
        }
        Ok(Self { folder: folder.to_owned(), ..self.clone() })
    }
}

/// An agent who works on dossiers, and some that they may open.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Login.
    pub login: String,
    /// As the use cases know them.
    pub caller: Caller,
    /// The session's token.
    pub token: String,
    /// Running dossiers of theirs.
    pub numbers: Vec<CaseNumber>,
}

/// The agents of a profile, each with up to `most` running dossiers, taken through the list.
pub async fn workers(huis: &Huis, profile: &str, most: usize) -> Result<Vec<Worker>> {
    let office = huis.store().offices().await?.into_iter().next().context("office")?;
    let today = huis.today(&office);
    let grants = huis.store().grants(office.office).await?;
    let mut out = Vec::new();
    for agent in huis.store().agents().await? {
        let held = grants.iter().any(|g| {
            let live = g.from <= today && today <= g.until && g.withdrawn.is_none();
            g.agent == agent.id && g.profile == profile && live
        });
        if !held || agent.state != "active" {
            continue;
        }
        let (caller, token) = signed_in(huis, &agent.login).await?;
        let mut numbers = Vec::new();
        let mut after = None;
        while numbers.len() < most {
            let query = ListQuery { after, ..ListQuery::default() };
            let page = huis.list(&caller, PROCESSING, &query).await?;
            numbers.extend(page.lines.iter().map(|l| l.number));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        numbers.truncate(most);
        out.push(Worker { login: agent.login, caller, token, numbers });
    }
    Ok(out)
}

/// Signs an agent in, in this process.
pub async fn signed_in(huis: &Huis, login: &str) -> Result<(Caller, String)> {
    let session = match huis.sign_in(login, PASSWORD, "127.0.0.1").await? {
        Signed::Session(session) => session,
        Signed::Refused { message, .. } => anyhow::bail!("{login} : {message}"),
    };
    let state = huis.caller(&session.token, "127.0.0.1").await?.context("session")?;
    Ok((state.caller, session.token))
}

/// The office of an installation.
pub async fn office(huis: &Huis) -> Result<OfficeId> {
    Ok(huis.store().offices().await?.into_iter().next().context("office")?.office)
}
