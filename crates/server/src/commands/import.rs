use anyhow::{Context, bail};
use clap::Args;
use huis_usecases::{ImportState, UseError};
use std::{path::PathBuf, process::ExitCode};

use super::{say, say_error};
use crate::place::Place;

/// Importe un fichier (CSV ou XLSX) au nom d'un compte, dans la limite de ses habilitations.
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    /// Le fichier.
    file: PathBuf,
    /// Identifiant du compte au nom duquel les actes sont enregistrés.
    #[arg(long = "as")]
    login: String,
    /// Ce que contient le fichier : un `[[import]]` du registre.
    #[arg(long)]
    profile: String,
    /// Traitement.
    #[arg(long, default_value = "expulsion")]
    processing: String,
    /// Vérifie seulement : rien n'est écrit.
    #[arg(long)]
    dry_run: bool,
    /// Où écrire les lignes à corriger (un fichier nouveau).
    #[arg(long)]
    faults: Option<PathBuf>,
}

impl Import {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let most = huis_usecases::Limits::DEFAULT.file_bytes as u64;
        let size = std::fs::metadata(&self.file).context("le fichier ne se lit pas")?.len();
        if size > most {
            bail!("le fichier est trop gros : {} Mo au plus", most / (1024 * 1024));
        }
        let bytes = std::fs::read(&self.file).context("le fichier ne se lit pas")?;
        let huis = self.place.open().await?;
        let done =
            huis.import_as(&self.login, &self.processing, &self.profile, bytes, self.dry_run).await;
        huis.caught_up().await;
        let done = match done {
            Ok(done) => done,
            Err(UseError::Invalid(texts)) => {
                texts.iter().for_each(|text| say_error(text));
                return Ok(ExitCode::FAILURE);
            }
            Err(UseError::NotFound) => {
                bail!("ce compte n'existe pas, ou aucune de ses habilitations ne permet cet import")
            }
            Err(error) => return Err(error.into()),
        };
        let line = &done.line;
        let written = if self.dry_run { "à écrire" } else { "écrites" };
        say(&format!(
            "{} lignes : {} {written}, {} déjà présentes, {} à corriger",
            line.lines, line.written, line.known, line.faulty
        ));
        if let (Some(bytes), Some(path)) = (&done.faults, &self.faults) {
            let mut out = std::fs::OpenOptions::new();
            out.write(true).create_new(true);
            // What households owe is not for every account of the machine to read.
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut out, 0o600);
            let mut out = out.open(path).context("--faults : ce fichier existe déjà")?;
            std::io::Write::write_all(&mut out, bytes)?;
        }
        let whole = line.faulty == 0 && line.state != ImportState::Stopped;
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
