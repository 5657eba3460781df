//! Backup, restore, drill.

use anyhow::{Context, bail};
use clap::Args;
use huis_kernel::SystemClock;
use huis_usecases::backup::{
    BackupPlan, DrillPlan, RestorePlan, RestoreReport, Sealing, Unsealing, newest, restore,
};
use huis_vault::RootKey;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use super::say;
use crate::place::Place;

/// Where backups go, and how they are encrypted.
#[derive(Args, Clone, Debug)]
pub struct Target {
    /// Dossier des sauvegardes : un autre site.
    #[arg(long = "to", env = "HUIS_BACKUP_TO")]
    pub to: Option<PathBuf>,
    /// Dossier des sauvegardes de clés, à part des données (par défaut : le même).
    #[arg(long, env = "HUIS_BACKUP_KEYS_TO")]
    pub keys_to: Option<PathBuf>,
    /// Clé publique age (age1…) à laquelle chiffrer ; répétable.
    #[arg(long, env = "HUIS_BACKUP_RECIPIENT")]
    pub recipient: Vec<String>,
    /// Fichier contenant la phrase secrète des sauvegardes, à la place d'une clé publique.
    #[arg(long, env = "HUIS_BACKUP_PASSPHRASE_FILE", conflicts_with = "recipient")]
    pub passphrase_file: Option<PathBuf>,
    /// Nombre de jours pendant lesquels une sauvegarde des données est gardée.
    #[arg(long, default_value_t = 90)]
    pub keep_days: u32,
}

/// The same, for the server's own day.
#[derive(Args, Clone, Debug)]
pub struct Daily {
    /// Sauvegarde chaque jour dans ce dossier : un autre site.
    #[arg(long = "backup-to", env = "HUIS_BACKUP_TO")]
    to: Option<PathBuf>,
    /// Dossier des sauvegardes de clés, à part des données (par défaut : le même).
    #[arg(long = "backup-keys-to", env = "HUIS_BACKUP_KEYS_TO")]
    keys_to: Option<PathBuf>,
    /// Clé publique age (age1…) à laquelle chiffrer les sauvegardes ; répétable.
    #[arg(long = "backup-recipient", env = "HUIS_BACKUP_RECIPIENT")]
    recipient: Vec<String>,
    /// Fichier contenant la phrase secrète des sauvegardes.
    #[arg(
        long = "backup-passphrase-file",
        env = "HUIS_BACKUP_PASSPHRASE_FILE",
        conflicts_with = "recipient"
    )]
    passphrase_file: Option<PathBuf>,
    /// Nombre de jours pendant lesquels une sauvegarde des données est gardée.
    #[arg(long = "backup-keep-days", default_value_t = 90)]
    keep_days: u32,
}

impl Daily {
    /// The plan of the day's backup; none when no folder was named.
    pub fn plan(&self) -> anyhow::Result<Option<BackupPlan>> {
        let Self { to, keys_to, recipient, passphrase_file, keep_days } = self.clone();
        if to.is_none() {
            return Ok(None);
        }
        Target { to, keys_to, recipient, passphrase_file, keep_days }.plan().map(Some)
    }
}

impl Target {
    fn plan(&self) -> anyhow::Result<BackupPlan> {
        let Some(to) = self.to.clone() else {
            bail!("dites où vont les sauvegardes : --to DOSSIER (un autre site)")
        };
        let sealing = match &self.passphrase_file {
            Some(file) => Sealing::passphrase(&passphrase(file)?),
            None if self.recipient.is_empty() => bail!(
                "une sauvegarde est chiffrée : donnez --recipient age1… (la clé publique de qui restaurera) ou --passphrase-file FICHIER"
            ),
            None => Sealing::recipients(&self.recipient)?,
        };
        let keys_to = self.keys_to.clone().unwrap_or_else(|| to.clone());
        Ok(BackupPlan { to, keys_to, sealing, keep_days: self.keep_days })
    }
}

/// A passphrase in a file: seven words at least, for the file may be attacked at leisure.
fn passphrase(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("la phrase secrète {} ne se lit pas", file.display()))?;
    let text = text.trim().to_owned();
    if text.split_whitespace().count() < 7 {
        bail!("la phrase secrète {} doit contenir sept mots au moins", file.display());
    }
    Ok(text)
}

/// Sauvegarde l'installation, sans l'arrêter.
#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    target: Target,
}

impl Backup {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let plan = self.target.plan()?;
        let huis = self.place.open().await?;
        let done = huis.backup(&plan, "sauvegarde").await?;
        say(&format!(
            "Sauvegarde faite : {} lignes, {} clés, {} Kio\n  données  {}\n  clés     {}",
            done.rows,
            done.slots,
            done.bytes.div_ceil(1024),
            done.data.display(),
            done.keys.display()
        ));
        if done.pruned > 0 {
            say(&format!("{} anciens fichiers effacés", done.pruned));
        }
        if plan.to == plan.keys_to {
            say(
                "À voir : données et clés vont au même endroit. Avec --keys-to, qui vole l'un n'a pas l'autre.",
            );
        }
        say("La clé racine n'est dans aucune sauvegarde : gardez-la à part.");
        Ok(ExitCode::SUCCESS)
    }
}

/// What a backup is read with.
#[derive(Args, Clone, Debug)]
pub struct Source {
    /// Dossier des sauvegardes (la plus récente), ou un fichier « …-donnees.age ».
    #[arg(long, env = "HUIS_BACKUP_TO")]
    from: PathBuf,
    /// Dossier ou fichier des clés sauvegardées (par défaut : à côté des données).
    #[arg(long, env = "HUIS_BACKUP_KEYS_TO")]
    keys: Option<PathBuf>,
    /// Fichier d'identité age (AGE-SECRET-KEY-1…).
    #[arg(long)]
    identity: Option<PathBuf>,
    /// Fichier contenant la phrase secrète des sauvegardes.
    #[arg(long, env = "HUIS_BACKUP_PASSPHRASE_FILE", conflicts_with = "identity")]
    passphrase_file: Option<PathBuf>,
    /// Fichier contenant la phrase secrète de l'archive : les dossiers archivés se retrouvent
    /// alors tout de suite.
    #[arg(long)]
    archive_passphrase_file: Option<PathBuf>,
    /// Témoin des têtes du journal : plus récent que la sauvegarde.
    #[arg(long)]
    witness: Option<PathBuf>,
}

impl Source {
    fn plan(&self, keys_copy: Option<PathBuf>) -> anyhow::Result<RestorePlan> {
        let unsealing = match (&self.identity, &self.passphrase_file) {
            (Some(file), _) => Unsealing::identities(
                &std::fs::read_to_string(file)
                    .with_context(|| format!("{} ne se lit pas", file.display()))?,
            )?,
            (None, Some(file)) => Unsealing::passphrase(&passphrase(file)?),
            (None, None) => bail!("donnez --identity FICHIER ou --passphrase-file FICHIER"),
        };
        let found = newest(&self.from, self.keys.as_deref())?;
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file)
                .with_context(|| format!("{} ne se lit pas", file.display()))
        };
        Ok(RestorePlan {
            data: found.data,
            keys: found.keys,
            keys_copy: keys_copy.filter(|folder| folder.join("keys.db").is_file()),
            unsealing,
            archive: match &self.archive_passphrase_file {
                Some(file) => Some(read(file)?.trim().to_owned()),
                None => None,
            },
            witness: self.witness.as_ref().map(read).transpose()?,
        })
    }
}

/// Restaure une sauvegarde dans un lieu vide, SQLite ou PostgreSQL.
#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    source: Source,
    /// Dossier vide où restaurer ; il reçoit aussi le témoin et retient la copie des clés.
    #[arg(long)]
    into: PathBuf,
    /// Base PostgreSQL vide (postgres://…) à la place de SQLite.
    #[arg(long)]
    into_database: Option<String>,
    /// Fichier de la clé racine de l'installation sauvegardée.
    #[arg(long)]
    key: PathBuf,
    /// La copie des clés : elle n'est jamais plus ancienne qu'une sauvegarde.
    #[arg(long, env = "HUIS_KEYS_COPY")]
    keys_copy: Option<PathBuf>,
    /// Dossier de registres locaux.
    #[arg(long, env = "HUIS_REGISTERS")]
    registers: Option<PathBuf>,
}

impl Restore {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let plan = self.source.plan(self.keys_copy.clone())?;
        let place = Place {
            data: self.into.clone(),
            database: self.into_database,
            key: Some(self.key.clone()),
            server_name: None,
            keys_copy: self.keys_copy,
            registers: self.registers,
        };
        let options = place.options(place.root_key()?, Arc::new(SystemClock))?;
        let (_, report) = restore(options, place.keys_copy.as_deref(), plan).await?;
        place.remember()?;
        tell(&report);
        say(&format!(
            "\nEnsuite : mettez la clé racine à sa place ({}), puis huis doctor et huis serve.",
            self.into.join("cle-racine").display()
        ));
        Ok(if report.lost > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn tell(report: &RestoreReport) {
    let rows: u64 = report.rows.values().sum();
    let at = report.made_at.map(huis_kernel::Instant::rfc3339).unwrap_or_default();
    say(&format!("Restauré : {rows} lignes, à l'état du {at}"));
    say(&format!("  rejoué    {} entrées de la liste des effacements", report.entries));
    let done = [
        (report.destroyed, "clés détruites depuis la sauvegarde, détruites à nouveau"),
        (report.erased, "unités de conservation effacées depuis, effacées à nouveau"),
        (report.voided, "actes annulés depuis, annulés à nouveau"),
        (report.grants, "habilitations retirées depuis, retirées à nouveau"),
        (report.agents, "comptes fermés depuis, fermés à nouveau"),
    ];
    for (n, what) in done.into_iter().filter(|(n, _)| *n > 0) {
        say(&format!("  {n:>8}  {what}"));
    }
    say("            toutes les sessions sont fermées ; les envois attendent une relecture");
    say(&format!("  {:>8}  dossiers remis dans l'index", report.index.dossiers));
    if report.index.locked > 0 {
        say(&format!(
            "  {:>8}  dossiers archivés, remis dans l'index quand l'archive s'ouvrira",
            report.index.locked
        ));
    }
    if !report.reopened.is_empty() {
        let numbers: Vec<String> = report.reopened.iter().map(ToString::to_string).collect();
        say(&format!("  à clore de nouveau (archivés depuis) : {}", numbers.join(", ")));
    }
    if report.locked > 0 {
        say(&format!(
            "  {:>8}  unités archivées depuis : recommencez avec --archive-passphrase-file pour les rendre au bureau",
            report.locked
        ));
    }
    if report.index.broken + report.lost > 0 {
        say(&format!(
            "  PERDU     {} unités sans clé, {} dossiers qui ne s'ouvrent pas",
            report.lost, report.index.broken
        ));
    }
    if report.mails > 0 {
        say(&format!(
            "  {} courriels attendaient : ils ne partiront pas, ils étaient peut-être déjà partis",
            report.mails
        ));
    }
    for head in &report.restored_from {
        say(&format!("  le nouveau journal part de {head}"));
    }
}

/// Exercice : restaure la dernière sauvegarde dans un lieu d'essai, vérifie, jette, et retient.
#[derive(Args)]
pub struct Drill {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    source: Source,
    /// Dossier d'essai, vide ou à créer (par défaut : un dossier temporaire du système).
    #[arg(long)]
    scratch: Option<PathBuf>,
}

impl Drill {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let root: RootKey = self.place.root_key()?;
        let huis = self.place.open().await?;
        let scratch = match &self.scratch {
            Some(folder) => folder.clone(),
            None => std::env::temp_dir().join(format!("huis-exercice-{}", std::process::id())),
        };
        if std::fs::read_dir(&scratch).is_ok_and(|mut entries| entries.next().is_some()) {
            bail!("le dossier d'essai {} n'est pas vide", scratch.display());
        }
        let there = Place { data: scratch.clone(), database: None, ..self.place.clone() };
        let plan = DrillPlan {
            restore: self.source.plan(self.place.second_place())?,
            scratch: there.options(root, Arc::new(SystemClock))?,
        };
        let done = huis.drill(plan).await;
        // What was restored is sealed, and goes whatever the result.
        let _ = std::fs::remove_dir_all(&scratch);
        let report = done?;
        tell(&report.restored);
        let seconds = |ms: i64| ms.div_euclid(1000);
        say(&format!(
            "\nExercice : restauré et vérifié en {} s ; une restauration perdrait {} min de travail",
            seconds(report.took_ms),
            seconds(report.loss_ms).div_euclid(60)
        ));
        say(&format!(
            "  {} dossiers rouverts, {} archivés (scellés), {} traces vérifiées{}",
            report.opened,
            report.locked,
            report.lines,
            if report.trace_sound { "" } else { " : ÉCARTS" }
        ));
        for table in &report.apart {
            say(&format!(
                "  {:<20} {:>8} dans la sauvegarde, {:>8} en service",
                table.table, table.restored, table.live
            ));
        }
        say(if report.well() {
            "Cette sauvegarde remettrait le service en marche. L'exercice est retenu."
        } else {
            "CETTE SAUVEGARDE NE SUFFIRAIT PAS. L'exercice est retenu comme un échec."
        });
        Ok(if report.well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
