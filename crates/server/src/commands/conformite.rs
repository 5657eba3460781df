//! The file for the authority, in one command.

use anyhow::Context;
use clap::Args;
use huis_documents::{Written, ods};
use std::{path::PathBuf, process::ExitCode};

use super::{say, say_error};
use crate::place::Place;

/// Dossier de conformité pour l'autorité de contrôle : un document et ses annexes.
#[derive(Args)]
pub struct Conformite {
    #[command(flatten)]
    place: Place,
    /// Dossier où écrire conformite.pdf et annexes.ods ; créé s'il n'existe pas.
    #[arg(long)]
    out: PathBuf,
    /// Fichier du témoin du journal, gardé hors de portée de ce serveur ; sans lui, celui du serveur.
    #[arg(long)]
    witness: Option<PathBuf>,
}

impl Conformite {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        // The witness that this server writes says less than one kept elsewhere, and is better
        // than none.
        let witness = self.witness.or_else(|| Some(self.place.witness()).filter(|f| f.exists()));
        let witness = witness
            .map(|file| {
                std::fs::read_to_string(&file)
                    .with_context(|| format!("{} ne se lit pas", file.display()))
            })
            .transpose()?;
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("{} ne peut être créé", self.out.display()))?;
        let huis = self.place.open().await?;
        let file = huis.conformity_file("conformite", witness.as_deref()).await?;
        let written = Written {
            title: file.document.title.clone(),
            author: file.document.author.clone(),
            at: file.document.at,
        };
        let annexes = self.out.join("annexes.ods");
        std::fs::write(&annexes, ods(&written, &file.annexes)?)
            .with_context(|| format!("{} ne s'écrit pas", annexes.display()))?;
        let document = self.out.join("conformite.pdf");
        std::fs::write(&document, huis.pdf(file.document).await?)
            .with_context(|| format!("{} ne s'écrit pas", document.display()))?;
        say(&format!("{} et {} sont écrits.", document.display(), annexes.display()));
        if !file.sound {
            say_error("le journal des accès ne se vérifie pas : le document dit où");
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
}
