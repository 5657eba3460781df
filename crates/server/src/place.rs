//! Where an installation is: its data, its root key, its local registers.

use anyhow::{Context, bail};
use clap::Args;
use huis_accounts::Cost;
use huis_kernel::{Clock, SystemClock, SystemRng};
use huis_law::Law;
use huis_store::Location;
use huis_usecases::{Huis, Options, StartError};
use huis_vault::RootKey;
use std::{
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The file that remembers where the second place of the keys is.
const REMEMBERED: &str = "copie-des-cles";

/// Where an installation is.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Dossier des données (bases SQLite, clé racine, témoin du journal).
    #[arg(long, default_value = "huis-data", env = "HUIS_DATA")]
    pub data: PathBuf,
    /// Base PostgreSQL (postgres://…) à la place de SQLite.
    #[arg(long, env = "HUIS_DATABASE")]
    pub database: Option<String>,
    /// Fichier de la clé racine (par défaut : cle-racine dans le dossier des données).
    #[arg(long, env = "HUIS_KEY_FILE")]
    pub key: Option<PathBuf>,
    /// Nom de ce serveur dans le journal des accès, quand plusieurs partagent une base (par défaut :
    /// un nom tiré au sort, gardé dans le dossier des données).
    #[arg(long, env = "HUIS_SERVER_NAME")]
    pub server_name: Option<String>,
    /// Second lieu des clés : un dossier d'un autre support, hors de ce serveur. Retenu une fois
    /// donné. Aucun lot de clés ne sert avant d'y être relu.
    #[arg(long, env = "HUIS_KEYS_COPY")]
    pub keys_copy: Option<PathBuf>,
    /// Dossier de registres locaux, plus stricts que ceux livrés ou autorisés.
    #[arg(long, env = "HUIS_REGISTERS")]
    pub registers: Option<PathBuf>,
}

impl Place {
    /// Where the stores are.
    pub fn location(&self) -> Location {
        match &self.database {
            Some(url) => Location::Postgres(url.clone()),
            None => Location::Folder(self.data.clone()),
        }
    }

    /// The key file.
    pub fn key_file(&self) -> PathBuf {
        self.key.clone().unwrap_or_else(|| self.data.join("cle-racine"))
    }

    /// The witness file of the trace's heads.
    pub fn witness(&self) -> PathBuf {
        self.data.join("temoin-journal")
    }

    /// The second place of the keys: as given, or as it was given before.
    pub fn second_place(&self) -> Option<PathBuf> {
        self.keys_copy.clone().or_else(|| {
            let text = std::fs::read_to_string(self.data.join(REMEMBERED)).ok()?;
            Some(PathBuf::from(text.trim_end_matches(['\r', '\n'])))
                .filter(|p| !p.as_os_str().is_empty())
        })
    }

    /// Remembers the second place, so that no later command runs without it.
    pub fn remember(&self) -> anyhow::Result<()> {
        if let Some(folder) = &self.keys_copy {
            let folder = std::path::absolute(folder)?;
            std::fs::create_dir_all(&self.data)?;
            std::fs::write(self.data.join(REMEMBERED), format!("{}\n", folder.display()))?;
        }
        Ok(())
    }

    /// Reads the root key; refuses a file that others may read.
    pub fn root_key(&self) -> anyhow::Result<RootKey> {
        read_key(&self.key_file())
    }

    /// Writes a fresh root key, readable by its owner alone.
    pub fn make_root_key(&self) -> anyhow::Result<RootKey> {
        std::fs::create_dir_all(&self.data)?;
        write_fresh_key(&self.key_file())
    }

    /// Where a renewed root key waits until the installation has taken it.
    pub fn next_key_file(&self) -> PathBuf {
        let mut name = self.key_file().into_os_string();
        name.push(".nouvelle");
        PathBuf::from(name)
    }

    /// The local registers, as texts.
    pub fn local_registers(&self) -> anyhow::Result<Vec<(String, String)>> {
        let Some(folder) = &self.registers else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        for entry in std::fs::read_dir(folder).with_context(|| {
            format!("le dossier de registres {} ne se lit pas", folder.display())
        })? {
            let path = entry?.path();
            if path.extension().is_some_and(|e| e == "toml") {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
                out.push((name.unwrap_or_default(), std::fs::read_to_string(&path)?));
            }
        }
        out.sort();
        Ok(out)
    }

    /// The name of this server in the trace: given, or drawn once and kept beside the data, so that a
    /// restart goes on with its logs.
    pub fn server_name(&self) -> anyhow::Result<String> {
        let fits = |name: &str| {
            (1..=32).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if let Some(name) = &self.server_name {
            if !fits(name) {
                bail!(
                    "--server-name : des lettres sans accent, des chiffres et des tirets, 32 au plus"
                );
            }
            return Ok(name.clone());
        }
        let file = self.data.join("nom-du-serveur");
        match std::fs::read_to_string(&file) {
            Ok(name) if fits(name.trim()) => Ok(name.trim().to_owned()),
            Ok(_) => bail!("{} ne contient pas un nom de serveur", file.display()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(&self.data)?;
                let name = huis_store::writer_name(&SystemRng);
                std::fs::write(&file, format!("{name}\n"))
                    .with_context(|| format!("{} ne s'écrit pas", file.display()))?;
                Ok(name)
            }
            Err(e) => Err(e).with_context(|| format!("{} ne se lit pas", file.display())),
        }
    }

    /// How to open it.
    pub fn options(&self, root: RootKey, clock: Arc<dyn Clock>) -> anyhow::Result<Options> {
        let law = Law::embedded().map_err(|faults| {
            anyhow::anyhow!(
                "{}",
                faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            )
        })?;
        Ok(Options {
            location: self.location(),
            // A command writes beside a server that may be at work, in a log of its own.
            writer: format!("{}-commandes", self.server_name()?),
            root,
            clock,
            rng: Arc::new(SystemRng),
            law,
            local_registers: self.local_registers()?,
            cost: Cost::DEFAULT,
        })
    }

    /// Opens it to serve it, under the server's own name.
    pub async fn open_server(&self) -> anyhow::Result<Arc<Huis>> {
        let options = || {
            let options = self.options(self.root_key()?, Arc::new(SystemClock))?;
            Ok(Options { writer: self.server_name()?, ..options })
        };
        let opened = self.open_as(options().map_err(NotAsSet)?).await;
        opened.map_err(|error| match error.downcast_ref::<StartError>() {
            Some(why) if why.lasts() => NotAsSet(error).into(),
            _ => error,
        })
    }

    /// Opens it for a command.
    pub async fn open(&self) -> anyhow::Result<Arc<Huis>> {
        self.open_as(self.options(self.root_key()?, Arc::new(SystemClock))?).await
    }

    /// Opens it by these options, with the second place of its keys.
    pub async fn open_as(&self, options: Options) -> anyhow::Result<Arc<Huis>> {
        let (writer, cost) = (options.writer.clone(), options.cost);
        let huis = match Huis::open_with(options, self.second_place().as_deref()).await {
            Err(StartError::WrongKey) if self.next_key_file().exists() => {
                // A renewal was stopped between its two steps: the second is left.
                let next = self.next_key_file();
                let options = self.options(read_key(&next)?, Arc::new(SystemClock))?;
                let options = Options { writer, cost, ..options };
                let huis = Huis::open_with(options, self.second_place().as_deref()).await?;
                take_place(&next, &self.key_file())?;
                huis
            }
            opened => opened?,
        };
        huis.set_press(Arc::new(huis_press::TypstPress::new()));
        self.remember()?;
        Ok(huis)
    }
}

/// A server that does not start as it is set, and will not until someone mends it: its supervisor
/// is told not to try again (`sysexits.h`, `EX_CONFIG`).
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
pub struct NotAsSet(pub anyhow::Error);

impl NotAsSet {
    /// The code with which the program ends.
    pub const CODE: u8 = 78;
}

/// Reads a root key; refuses a file that others may read.
pub fn read_key(file: &Path) -> anyhow::Result<RootKey> {
    let text = std::fs::read_to_string(file).with_context(|| {
        format!(
            "la clé racine {} ne se lit pas : lancez « huis init », ou donnez --key",
            file.display()
        )
    })?;
    if let Some(mode) = open_to_others(file) {
        bail!(
            "la clé racine {} est lisible par d'autres ({mode:o}) : chmod 600 {}",
            file.display(),
            file.display()
        );
    }
    let bytes = hex(text.trim()).with_context(|| {
        format!("{} n'est pas une clé racine (64 chiffres hexadécimaux)", file.display())
    })?;
    Ok(RootKey::from_bytes(bytes))
}

/// Makes a root key in a file that was not there.
pub fn write_fresh_key(file: &Path) -> anyhow::Result<RootKey> {
    let key = RootKey::generate(&SystemRng);
    let text: String = key.expose().iter().map(|b| format!("{b:02x}")).collect();
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(file).with_context(|| {
        format!("la clé racine {} existe déjà : rien n'est changé", file.display())
    })?;
    writeln!(out, "{text}")?;
    out.sync_all()?;
    // Its name must outlive a power cut too: soon it is the only one that opens.
    settle_folder(file)?;
    Ok(key)
}

/// Puts a renewed root key in the place of the former.
pub fn take_place(next: &Path, file: &Path) -> anyhow::Result<()> {
    std::fs::rename(next, file).with_context(|| {
        format!(
            "la nouvelle clé est dans {} : relancez « huis keys rotate » pour la mettre à sa place",
            next.display()
        )
    })?;
    settle_folder(file)
}

fn settle_folder(file: &Path) -> anyhow::Result<()> {
    let folder = file.parent().filter(|p| !p.as_os_str().is_empty());
    Ok(std::fs::File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?)
}

/// The mode of a file that others than its owner may read or write.
#[cfg(unix)]
pub fn open_to_others(file: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(file).ok()?.permissions().mode() & 0o777;
    // A credential of systemd is root's, read by this service alone through an access list: what
    // stands for a group in its mode is the mask of that list.
    let credential = std::env::var_os("CREDENTIALS_DIRECTORY")
        .is_some_and(|folder| file.parent() == Some(Path::new(&folder)));
    let others = if credential { 0o037 } else { 0o077 };
    (mode & others != 0).then_some(mode)
}

#[cfg(not(unix))]
pub fn open_to_others(_: &Path) -> Option<u32> {
    None
}

fn hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 {
        return None;
    }
    let mut out = [0; 32];
    for (i, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(out)
}
