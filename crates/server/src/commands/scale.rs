//! Spreading the tables over several PostgreSQL servers, by the Citus extension (docs/scale.md).

use anyhow::bail;
use clap::Subcommand;
use huis_store::{Distribution, Store};
use std::process::ExitCode;

use super::say;
use crate::place::Place;

/// L’échelle.
#[derive(Subcommand)]
pub enum Command {
    /// Dit comment les tables sont réparties.
    Status {
        #[command(flatten)]
        place: Box<Place>,
    },
    /// Répartit par organisme les tables d’une installation, serveurs arrêtés, et n’en laisse pas de
    /// copie en clair sur le coordinateur.
    Distribute {
        #[command(flatten)]
        place: Box<Place>,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Status { place } => {
                let store = Store::open(&place.location()).await?;
                told(&store.distribution().await?);
            }
            Self::Distribute { place } => {
                let store = Store::open(&place.location()).await?;
                if store.distribution().await? == Distribution::Alone {
                    bail!(
                        "cette base n'a pas l'extension Citus : CREATE EXTENSION citus (docs/scale.md)"
                    );
                }
                let others = store.others_at_work().await?;
                if others > 0 {
                    bail!(
                        "{others} connexions de Huis à cette base : arrêtez d'abord les serveurs"
                    );
                }
                for table in store.spread().await? {
                    say(&format!("  répartie  {table}"));
                }
                told(&store.distribution().await?);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn told(how: &Distribution) {
    match how {
        Distribution::Alone => say("Tables sur un seul serveur, sans l'extension Citus."),
        Distribution::Waits(tables) => say(&format!(
            "{} tables à répartir : arrêtez les serveurs, puis « huis scale distribute ».",
            tables.len()
        )),
        Distribution::Spread { tables, servers } => say(&format!(
            "{} tables réparties sur {servers} serveur(s), aucune copie sur le coordinateur.",
            tables.len()
        )),
    }
}
