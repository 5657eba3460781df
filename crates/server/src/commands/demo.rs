use anyhow::{Context, bail};
use clap::Args;
use huis_accounts::Cost;
use huis_kernel::{Clock, SystemClock, Zone};
use huis_usecases::Huis;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::net::TcpListener;

use super::{progress, say};
use crate::{
    place::Place,
    serve::{Reach, serve},
};

/// Démonstration : un département fictif.
#[derive(Args)]
pub struct Demo {
    /// Dossier de la démonstration.
    #[arg(long, default_value = "demo-data")]
    pub data: PathBuf,
    /// Base PostgreSQL vide à la place de SQLite.
    #[arg(long)]
    pub database: Option<String>,
    /// Graine : la même donne les mêmes dossiers.
    #[arg(long, default_value_t = 68)]
    pub seed: u64,
    /// Nombre de dossiers.
    #[arg(long, default_value_t = 2_000)]
    pub dossiers: usize,
    /// Second lieu des clés (par défaut : « copie » dans le dossier de la démonstration).
    #[arg(long)]
    pub keys_copy: Option<PathBuf>,
    /// Sans second lieu des clés : pour une démonstration seulement.
    #[arg(long, conflicts_with = "keys_copy")]
    pub no_keys_copy: bool,
    /// Recommence à neuf.
    #[arg(long)]
    pub fresh: bool,
    /// Adresse d'écoute.
    #[arg(long, default_value = "127.0.0.1:8068")]
    pub listen: SocketAddr,
    /// Prépare les données et s'arrête.
    #[arg(long)]
    pub prepare_only: bool,
}

/// The one password of the demonstration's agents, and the archive's passphrase. They open
/// fictitious data only.
pub const PASSWORD: &str = "huis-clos-sous-la-lune-68";
/// The archive's passphrase.
pub const PASSPHRASE: &str = "archives de la maison fictive";
/// The mark of a demonstration's folder.
const MARK: &str = "DEMONSTRATION";

impl Demo {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let place = Place {
            data: self.data.clone(),
            database: self.database.clone(),
            key: None,
            server_name: None,
            keys_copy: (!self.no_keys_copy)
                .then(|| self.keys_copy.clone().unwrap_or_else(|| self.data.join("copie"))),
            registers: None,
        };
        let mark = self.data.join(MARK);
        let holds_something =
            std::fs::read_dir(&self.data).is_ok_and(|mut entries| entries.next().is_some());
        if holds_something && !mark.exists() {
            // generated data never meet real ones.
            bail!(
                "le dossier {} n'est pas une démonstration : rien n'y est écrit. Choisissez-en un autre avec --data.",
                self.data.display()
            );
        }
        if self.fresh && mark.exists() {
            if self.database.is_some() {
                bail!("--fresh n'efface pas une base PostgreSQL : donnez-en une vide");
            }
            std::fs::remove_dir_all(&self.data)
                .with_context(|| format!("{} ne s'efface pas", self.data.display()))?;
        }
        let hints = self.data.join("a-essayer.txt");
        if !hints.exists() {
            self.prepare(&place, &mark, &hints).await?;
        }
        let listener = if self.prepare_only {
            None
        } else {
            Some(TcpListener::bind(self.listen).await.with_context(|| {
                format!(
                    "l'adresse {} est déjà prise : choisissez-en une autre avec --listen",
                    self.listen
                )
            })?)
        };
        say(&std::fs::read_to_string(&hints)?);
        let Some(listener) = listener else { return Ok(ExitCode::SUCCESS) };
        let mut options = place.options(place.root_key()?, Arc::new(SystemClock))?;
        options.cost = Cost::LIGHTEST;
        options.writer = place.server_name()?;
        let huis = place.open_as(options).await?;
        say(&format!("Ouvrez http://{} (Ctrl-C pour arrêter)", listener.local_addr()?));
        let reach = Reach {
            behind_proxy: false,
            tls: None,
            host: None,
            every: Duration::from_secs(600),
            stop_within: Duration::from_secs(20),
            metrics: None,
        };
        serve(huis, reach, place.witness(), None, listener).await?;
        Ok(ExitCode::SUCCESS)
    }

    async fn prepare(&self, place: &Place, mark: &Path, hints: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.data)?;
        std::fs::write(mark, "Données fictives, engendrées par « huis demo ».\n")?;
        if place.key_file().exists() {
            bail!(
                "une préparation a été interrompue dans {} : recommencez avec --fresh",
                self.data.display()
            );
        }
        let root = place.make_root_key()?;
        let mut options = place.options(root, Arc::new(SystemClock))?;
        options.cost = Cost::LIGHTEST;
        let zone = Zone::named("Europe/Paris").unwrap_or_else(Zone::utc);
        let today = SystemClock.now().date_in(&zone);
        let founding = huis_usecases::demo::office(self.seed, today, PASSPHRASE);
        Huis::init(&options, &founding).await?;
        let huis = place.open_as(options).await?;
        let loaded = huis
            .load_demo(self.seed, self.dossiers, PASSWORD, |done, of| {
                progress("Dossiers fictifs", done, of);
            })
            .await?;
        let mut text = format!(
            "Huis : démonstration prête ({} dossiers fictifs, dont {} archivés).\n\n\
             Mot de passe de tous les comptes : {PASSWORD}\n\
             Phrase secrète de l'archive :      {PASSPHRASE}\n\nUn compte par profil :\n",
            loaded.dossiers, loaded.archived
        );
        for (profile, login) in &loaded.sign_ins {
            text.push_str(&format!("  {login:<28} {profile}\n"));
        }
        if !loaded.desks.is_empty() {
            text.push_str("\nQui répond aux demandes des personnes (traitement « droits ») :\n");
        }
        for (desk, login) in &loaded.desks {
            text.push_str(&format!("  {login:<28} {desk}\n"));
        }
        text.push_str("\nÀ essayer :\n");
        for (i, hint) in loaded.hints.iter().enumerate() {
            text.push_str(&format!("  {}. {hint}\n", i + 1));
        }
        std::fs::write(hints, text)?;
        Ok(())
    }
}
