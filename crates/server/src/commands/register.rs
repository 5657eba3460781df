use anyhow::Context;
use clap::{Subcommand, ValueEnum};
use huis_documents::{Written, ods};
use huis_kernel::SystemClock;
use huis_register::{ChangeKind, Erasure, Register};
use huis_usecases::oversight::By;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use super::{say, say_error};
use crate::place::Place;

/// Le registre des traitements.
#[derive(Subcommand)]
pub enum Command {
    /// Vérifie un fichier : toutes ses fautes, avec leurs lignes.
    Check {
        /// Fichiers.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Fait entrer en vigueur les registres de ce serveur (--registers).
    Adopt {
        #[command(flatten)]
        place: Place,
        /// Identifiant de l'agent qui le décide.
        #[arg(long)]
        by: String,
        /// Seconde personne, quand des données seraient effacées plus tôt.
        #[arg(long)]
        second: Option<String>,
    },
    /// Écrit la fiche de l'article 30, à lire et signer (PDF) ou à trier (ODS).
    Export {
        #[command(flatten)]
        place: Place,
        /// Le traitement ; inutile quand il n'y en a qu'un.
        #[arg(long)]
        processing: Option<String>,
        /// pdf ou ods.
        #[arg(long, value_enum, default_value_t = Format::Pdf)]
        format: Format,
        /// Fichier à écrire.
        #[arg(long)]
        out: PathBuf,
    },
    /// Dit en mots ce qu'un changement fait.
    Diff {
        /// Avant.
        before: PathBuf,
        /// Après.
        after: PathBuf,
        /// Vérifie aussi que le second peut remplacer le premier localement.
        #[arg(long)]
        local: bool,
    },
}

/// En quoi la fiche est écrite.
#[derive(Clone, Copy, ValueEnum)]
pub enum Format {
    /// Un document.
    Pdf,
    /// Une feuille de calcul.
    Ods,
}

/// The article-30 entry of one processing as a file.
async fn export(
    place: &Place,
    processing: Option<String>,
    format: Format,
) -> anyhow::Result<Vec<u8>> {
    let huis = place.open().await?;
    let mut ids = huis.processings().map(|p| p.register.id.clone());
    let processing = match (processing, ids.next(), ids.next()) {
        (Some(one), ..) => one,
        (None, Some(one), None) => one,
        (None, ..) => anyhow::bail!("--processing : dites quel traitement"),
    };
    let entry = huis.register_file(By::Command("registre"), &processing).await?;
    Ok(match format {
        Format::Pdf => huis.pdf(entry.document).await?,
        Format::Ods => {
            let about = Written {
                title: entry.document.title,
                author: entry.document.author,
                at: entry.document.at,
            };
            ods(&about, &[entry.sheet])?
        }
    })
}

fn read(file: &Path) -> anyhow::Result<Result<Register, Vec<String>>> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} ne se lit pas", file.display()))?;
    let name = file.display().to_string();
    Ok(Register::parse(&name, &text)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect()))
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Adopt { place, by, second } => {
                let options = place.options(place.root_key()?, Arc::new(SystemClock))?;
                let copy = place.second_place();
                let adopted = huis_usecases::Huis::adopt_registers(
                    options,
                    copy.as_deref(),
                    &by,
                    second.as_deref(),
                )
                .await?;
                if adopted.is_empty() {
                    say("Rien à faire : les registres de ce serveur sont déjà enregistrés.");
                }
                for one in adopted {
                    say(&format!("{} : en vigueur le {}", one.id, one.in_force));
                    one.changes.iter().for_each(|c| say(&format!("  {}", c.text)));
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Export { place, processing, format, out } => {
                let bytes = export(&place, processing, format).await?;
                std::fs::write(&out, bytes)
                    .with_context(|| format!("{} ne s'écrit pas", out.display()))?;
                say(&format!("{} est écrit.", out.display()));
                Ok(ExitCode::SUCCESS)
            }
            Self::Check { files } => {
                let mut good = true;
                for file in files {
                    match read(&file)? {
                        Ok(r) => say(&format!(
                            "{} : registre « {} » valide ({} volets, {} actes, {} profils)",
                            file.display(),
                            r.id,
                            r.sections.len(),
                            r.acts.len(),
                            r.profiles.len()
                        )),
                        Err(faults) => {
                            good = false;
                            faults.iter().for_each(|f| say_error(f));
                        }
                    }
                }
                Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
            Self::Diff { before, after, local } => {
                let (old, new) = match (read(&before)?, read(&after)?) {
                    (Ok(old), Ok(new)) => (old, new),
                    (old, new) => {
                        for faults in [old.err(), new.err()].into_iter().flatten() {
                            faults.iter().for_each(|f| say_error(f));
                        }
                        return Ok(ExitCode::FAILURE);
                    }
                };
                let changes = huis_register::diff(&old, &new);
                if changes.is_empty() {
                    say("Aucun changement.");
                }
                for change in changes {
                    let mark = match change.kind {
                        ChangeKind::Loosens => "élargit  ",
                        ChangeKind::Tightens => "restreint",
                        ChangeKind::Neutral => "neutre   ",
                    };
                    let erasure = match change.affects {
                        Erasure::Earlier => " [des données seront effacées plus tôt]",
                        Erasure::Later => " [des données seront effacées plus tard]",
                        Erasure::Either => " [l'effacement change de date]",
                        Erasure::None => "",
                    };
                    say(&format!("{mark} | {}{erasure}", change.text));
                }
                if local && let Err(faults) = huis_register::check_local(&old, &new) {
                    faults.iter().for_each(|f| say_error(&f.to_string()));
                    return Ok(ExitCode::FAILURE);
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}
