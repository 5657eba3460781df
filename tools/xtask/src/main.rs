//! The project's own commands: `cargo xtask …`.

mod arrows;
mod bench;
mod ci;
mod citations;
mod clauses;
mod deny;
mod generate;
mod licences;
mod links;
mod project;
mod release;
mod sbom;
mod service;
mod threats;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Les commandes du projet")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installe ce qui manque et lance tous les contrôles et tous les tests.
    Ci,
    /// Installe ce qui manque aux tests : PostgreSQL, Chromium, axe, aiosmtpd, icalendar,
    /// schemathesis, cargo-deny, sslyze, wapiti, nextest.
    Setup,
    /// Contrôle la taille des fichiers, les liens, les dépendances entre crates et les licences.
    Tidy,
    /// Dit quelles clauses ont des tests, et lesquels.
    Clauses {
        /// Seulement les clauses qui commencent ainsi : X, X-09.
        #[arg(long)]
        only: Option<String>,
        /// N'affiche que les fautes : une clause tenue qui a perdu ses tests.
        #[arg(long)]
        check: bool,
    },
    /// Mesure des rapports de vitesse, programme optimisé : docs/performance.md.
    Bench(bench::Options),
    /// Contrôle les licences, les sources, les paquets bannis et les avis de sécurité (cargo-deny).
    Deny,
    /// Construit la version à livrer, sa nomenclature (CycloneDX) et leurs sommes de contrôle.
    Release,
    /// Joue le guide de l’exploitant sous un vrai systemd, démarré dans un conteneur de cette machine.
    Service,
    /// Écrit les documents tirés des registres, des paramètres, des clauses et de l’API.
    Gen {
        /// N'écrit rien ; échoue si un document n'est pas à jour.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Ci => ci::run(),
        Command::Setup => ci::setup(),
        Command::Deny => deny::all(),
        Command::Release => release::run(),
        Command::Service => service::run(),
        Command::Tidy => tidy::run(),
        Command::Clauses { check: true, .. } => clauses::check(),
        Command::Clauses { only, check: false } => clauses::print(only.as_deref()),
        Command::Bench(options) => bench::run(&options),
        Command::Gen { check } => generate::run(check),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
