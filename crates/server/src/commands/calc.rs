use anyhow::Context;
use clap::{Args, Subcommand};
use std::{io::Read, path::PathBuf, process::ExitCode};

use super::say;

/// Les calculs du droit, seuls.
#[derive(Subcommand)]
pub enum Command {
    /// Échéances de la procédure d'expulsion (docs/calc-deadlines.md).
    Deadlines(Input),
    /// Indemnité due par l'État pour un concours de la force publique refusé
    /// (docs/calc-indemnity.md).
    Indemnity(Input),
}

/// D'où lire.
#[derive(Args)]
pub struct Input {
    /// Fichier JSON ; sans fichier, l'entrée standard.
    pub file: Option<PathBuf>,
}

/// The longest input that is read.
const LONGEST: u64 = 1024 * 1024;

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (Self::Deadlines(command) | Self::Indemnity(command)) = &self;
        let mut text = String::new();
        match &command.file {
            Some(file) => std::fs::File::open(file)
                .with_context(|| format!("{} ne se lit pas", file.display()))?
                .take(LONGEST)
                .read_to_string(&mut text)?,
            None => std::io::stdin().take(LONGEST).read_to_string(&mut text)?,
        };
        let law = huis_law::Law::embedded().map_err(|f| {
            anyhow::anyhow!("{}", f.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        use huis_processings::eviction::{calc_deadlines, indemnity::calc_indemnity};
        let answer = match self {
            Self::Deadlines(_) => calc_deadlines(&text, &law).map_err(|e| e.to_string()),
            Self::Indemnity(_) => calc_indemnity(&text, &law).map_err(|e| e.to_string()),
        }
        .map_err(|e| anyhow::anyhow!("{e}"))?;
        say(&answer);
        Ok(ExitCode::SUCCESS)
    }
}
