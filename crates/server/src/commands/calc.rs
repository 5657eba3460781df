use anyhow::Context;
use clap::{Args, Subcommand};
use std::{io::Read, path::PathBuf, process::ExitCode};

use super::say;

/// Les calculs du droit, seuls.
#[derive(Subcommand)]
pub enum Command {
    /// Échéances de la procédure d'expulsion (docs/calc-deadlines.md).
    Deadlines(Deadlines),
}

/// Les échéances.
#[derive(Args)]
pub struct Deadlines {
    /// Fichier JSON ; sans fichier, l'entrée standard.
    pub file: Option<PathBuf>,
}

/// The longest input that is read.
const LONGEST: u64 = 1024 * 1024;

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Deadlines(command) = self;
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
        let answer = huis_processings::eviction::calc_deadlines(&text, &law)
            .map_err(|e| anyhow::anyhow!("{e}"))?;
        say(&answer);
        Ok(ExitCode::SUCCESS)
    }
}
