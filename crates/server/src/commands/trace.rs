use anyhow::Context;
use clap::Subcommand;
use huis_trace::{LogKey, Verifier};
use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
};

use super::{say, say_error};
use crate::place::Place;
use huis_usecases::oversight::By;

/// Le journal des accès.
#[derive(Subcommand)]
pub enum Command {
    /// Écrit l'export d'un journal, et dit la clé publique qui le vérifie.
    Export {
        #[command(flatten)]
        place: Place,
        /// Dossier où écrire un fichier par journal.
        #[arg(long)]
        to: PathBuf,
    },
    /// Vérifie un export, hors ligne : l'export et la clé publique suffisent.
    Verify {
        /// Fichier exporté.
        file: PathBuf,
        /// Clé publique (fichier, ou la clé elle-même).
        #[arg(long)]
        key: String,
        /// Témoin des têtes du journal.
        #[arg(long)]
        witness: Option<PathBuf>,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Export { place, to } => {
                let huis = place.open().await?;
                std::fs::create_dir_all(&to)?;
                let mut n = 0;
                let mut done = std::collections::BTreeSet::new();
                let ids: Vec<String> = huis.processings().map(|p| p.register.id.clone()).collect();
                for id in ids {
                    for log in huis.trace_logs(&id).await? {
                        if !done.insert(log.clone()) {
                            continue;
                        }
                        let name: String = log
                            .chars()
                            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
                            .collect();
                        let mut out =
                            BufWriter::new(File::create(to.join(format!("{name}.jsonl")))?);
                        huis.export_trace(By::Command("trace-export"), &id, &log, &mut out).await?;
                        out.flush()?;
                        n += 1;
                    }
                }
                let key = huis.log_key().to_string();
                std::fs::write(to.join("cle-publique"), format!("{key}\n"))?;
                say(&format!("{n} journaux exportés dans {}\nClé publique : {key}", to.display()));
                Ok(ExitCode::SUCCESS)
            }
            Self::Verify { file, key, witness } => {
                let text = std::fs::read_to_string(&key).unwrap_or(key);
                let key: LogKey = text.trim().parse().map_err(|_| {
                    anyhow::anyhow!("--key : ce n'est pas la clé publique d'un journal")
                })?;
                let export = BufReader::new(
                    File::open(&file)
                        .with_context(|| format!("{} ne se lit pas", file.display()))?,
                );
                let mut verifier = Verifier::new(key);
                if let Some(witness) = witness {
                    let heads = std::fs::read_to_string(&witness)
                        .with_context(|| format!("{} ne se lit pas", witness.display()))?;
                    verifier = verifier.witnessed(heads);
                }
                match verifier.verify(export) {
                    Ok(report) => {
                        say(&format!(
                            "Journal intact : {} lignes présentes sur {}, {} jours clos dont {} purgés ({})",
                            report.lines,
                            report.size,
                            report.closed_days,
                            report.purged_days,
                            report.origin
                        ));
                        Ok(ExitCode::SUCCESS)
                    }
                    Err(findings) => {
                        findings.iter().for_each(|f| say_error(&f.to_string()));
                        Ok(ExitCode::FAILURE)
                    }
                }
            }
        }
    }
}
