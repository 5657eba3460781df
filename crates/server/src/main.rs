//! The one binary, `huis`.

use clap::{Parser, Subcommand};
use place::NotAsSet;
use std::process::ExitCode;

mod answer;
mod commands;
mod figures;
mod jobs;
mod logs;
mod mail;
mod oidc;
mod place;
mod serve;
mod signals;
mod tls;

/// A page is thousands of short-lived texts, made on every core at once (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Huis : la gestion des dossiers autour du logement, sous les règles qui la lient.
#[derive(Parser)]
#[command(name = "huis", version, about, arg_required_else_help = true)]
struct Cli {
    /// Forme des lignes du journal de service : pour une personne, ou une ligne JSON chacune.
    #[arg(long, global = true, value_enum, default_value_t, env = "HUIS_LOG_FORMAT")]
    log_format: logs::Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Démonstration : un département fictif, prêt à essayer.
    Demo(commands::demo::Demo),
    /// Crée une installation réelle.
    Init(commands::init::Init),
    /// Sert une installation.
    Serve(Box<commands::serve::Serve>),
    /// Dit ce qui ne va pas dans une installation, et comment y remédier.
    Doctor(commands::doctor::Doctor),
    /// L'administration : remettre un administrateur en fonction.
    #[command(subcommand)]
    Admin(commands::admin::Command),
    /// Le dossier de conformité, pour l'autorité de contrôle.
    Conformite(commands::conformite::Conformite),
    /// Les clés : renouveler la clé racine.
    #[command(subcommand)]
    Keys(commands::keys::Command),
    /// Importe un fichier au nom d'un compte.
    Import(commands::import::Import),
    /// Le registre des traitements.
    #[command(subcommand)]
    Register(commands::register::Command),
    /// Les durées de conservation.
    #[command(subcommand)]
    Retention(commands::retention::Command),
    /// Le journal des accès.
    #[command(subcommand)]
    Trace(commands::trace::Command),
    /// L’échelle : plusieurs serveurs PostgreSQL.
    #[command(subcommand)]
    Scale(commands::scale::Command),
    /// Sauvegarde l'installation, sans l'arrêter.
    Backup(commands::backup::Backup),
    /// Restaure une sauvegarde dans un lieu vide.
    Restore(commands::backup::Restore),
    /// Exercice de restauration.
    Drill(commands::backup::Drill),
    /// Les calculs du droit, seuls : JSON en entrée, JSON en sortie.
    #[command(subcommand)]
    Calc(commands::calc::Command),
}

#[tokio::main]
async fn main() -> ExitCode {
    // What this program writes, its own user alone reads, whoever starts it: databases, exports,
    // backups.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::parse();
    logs::start(cli.log_format);
    let done = match cli.command {
        Command::Demo(c) => c.run().await,
        Command::Init(c) => c.run().await,
        Command::Serve(c) => c.run().await,
        Command::Doctor(c) => c.run().await,
        Command::Admin(c) => c.run().await,
        Command::Conformite(c) => c.run().await,
        Command::Keys(c) => c.run().await,
        Command::Import(c) => c.run().await,
        Command::Register(c) => c.run().await,
        Command::Retention(c) => c.run().await,
        Command::Trace(c) => c.run().await,
        Command::Scale(c) => c.run().await,
        Command::Backup(c) => c.run().await,
        Command::Restore(c) => c.run().await,
        Command::Drill(c) => c.run().await,
        Command::Calc(c) => c.run(),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            commands::say_error(&format!("{error:#}"));
            if error.is::<NotAsSet>() { NotAsSet::CODE.into() } else { ExitCode::FAILURE }
        }
    }
}
