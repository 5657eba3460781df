//! `cargo xtask bench`: builds what is measured as it is shipped, then measures it. Every figure is
//! a ratio within the run (docs/performance.md).

use anyhow::{Context, Result, bail};
use std::process::Command;

use crate::project;

/// What is measured.
#[derive(clap::Args)]
pub struct Options {
    /// 5 000 dossiers seulement.
    #[arg(long, conflicts_with = "large")]
    small: bool,
    /// 500 000 dossiers aussi : une heure de préparation la première fois.
    #[arg(long)]
    large: bool,
    /// Un serveur PostgreSQL aux commits durables, à la place de SQLite : postgres://hôte:port.
    #[arg(long)]
    postgres: Option<String>,
    /// Seulement les points dont le nom commence ainsi : ouvrir, pages, acte, import, echeances,
    /// journal, demarrage.
    #[arg(long)]
    only: Option<String>,
    /// Tours de chaque mesure.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Measures.
pub fn run(options: &Options) -> Result<()> {
    let sizes = match (options.small, options.large) {
        (true, _) => "5000",
        (_, true) => "5000,50000,500000",
        _ => "5000,50000",
    };
    let root = project::root();
    let run = |program: &mut Command| -> Result<()> {
        let status = program.current_dir(&root).status().context("bench")?;
        if status.success() { Ok(()) } else { bail!("bench : {status}") }
    };
    run(Command::new("cargo").args(["build", "--release", "-p", "huis", "-p", "huis-loadgen"]))?;
    let program = root.join("target").join("release").join("huis-loadgen");
    let mut command = Command::new(program);
    command.args(["bench", "--sizes", sizes, "--rounds", &options.rounds.to_string()]);
    if let Some(server) = &options.postgres {
        command.args(["--postgres", server]);
    }
    if let Some(only) = &options.only {
        command.args(["--only", only]);
    }
    run(&mut command)
}
