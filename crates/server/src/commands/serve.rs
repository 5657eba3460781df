use anyhow::{Context, bail};
use clap::Args;
use huis_usecases::backup::BackupPlan;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};
use tokio::net::TcpListener;

use super::say;
use crate::{
    figures,
    mail::{MailOptions, SmtpMailer},
    oidc::{OpenId, ProviderOptions},
    place::{NotAsSet, Place},
    serve::{Reach, serve},
};

/// Sert une installation.
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Adresse d'écoute.
    #[arg(long, default_value = "127.0.0.1:8443", env = "HUIS_LISTEN")]
    listen: SocketAddr,
    /// Certificat et clé TLS (PEM).
    #[arg(long, num_args = 2, value_names = ["CERTIFICAT", "CLE"])]
    tls: Option<Vec<PathBuf>>,
    /// Un mandataire inverse, devant, porte le TLS.
    #[arg(long)]
    behind_proxy: bool,
    /// Secondes entre deux passages des travaux du programme (durées de conservation, échéances…).
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=3_600), env = "HUIS_EVERY")]
    every: u64,
    /// Adresse locale où Prometheus lit les mesures du serveur, sur /metrics (par défaut : nulle part).
    #[arg(long, env = "HUIS_METRICS", value_name = "ADRESSE")]
    metrics: Option<SocketAddr>,
    /// Secondes pendant lesquelles un serveur qu’on arrête finit ce qu’il a commencé.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600), env = "HUIS_STOP_WITHIN")]
    stop_within: u64,
    #[command(flatten)]
    mail: MailOptions,
    #[command(flatten)]
    provider: ProviderOptions,
    #[command(flatten)]
    backup: super::backup::Daily,
}

impl Serve {
    /// What is set and can be read before anything opens.
    fn settings(&self) -> anyhow::Result<(Option<SmtpMailer>, Option<OpenId>, Option<BackupPlan>)> {
        if self.tls.is_none() && !self.behind_proxy && !self.listen.ip().is_loopback() {
            // no personal datum on an unencrypted channel but loopback.
            bail!(
                "{} n'est pas une adresse locale : donnez --tls CERTIFICAT CLÉ, ou --behind-proxy si un mandataire inverse porte le TLS (A-17)",
                self.listen
            );
        }
        Ok((self.mail.mailer()?, self.provider.provider()?, self.backup.plan()?))
    }

    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let (mailer, provider, backup) = self.settings().map_err(NotAsSet)?;
        let tls = match self.tls.as_deref() {
            Some([certificate, key]) => Some((certificate.clone(), key.clone())),
            _ => None,
        };
        let metrics = match self.metrics {
            Some(address) => Some(figures::listen(address).await?),
            None => None,
        };
        let host = self.mail.public_host();
        let huis = self.place.open_server().await?;
        if let Some(mailer) = mailer {
            huis.declare_mail_server(Box::new(mailer));
        }
        if let Some(provider) = provider {
            huis.declare_provider(Box::new(provider));
        }
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("l'adresse {} est déjà prise", self.listen))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        if backup.is_none() {
            tracing::warn!("aucune sauvegarde journalière : donnez --backup-to (X-20)");
        }
        if self.place.second_place().is_none() && !huis.is_demonstration() {
            tracing::warn!("les clés n'ont pas de second lieu : donnez --keys-copy");
        }
        say(&format!("Huis écoute sur {scheme}://{}", listener.local_addr()?));
        if let Some(metrics) = &metrics {
            say(&format!("Mesures sur http://{}/metrics", metrics.local_addr()?));
        }
        let reach = Reach {
            behind_proxy: self.behind_proxy,
            tls,
            host,
            every: Duration::from_secs(self.every),
            stop_within: Duration::from_secs(self.stop_within),
            metrics,
        };
        serve(huis, reach, self.place.witness(), backup, listener).await?;
        Ok(ExitCode::SUCCESS)
    }
}
