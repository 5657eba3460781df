use anyhow::Context;
use clap::Subcommand;
use huis_kernel::Date;
use std::process::ExitCode;

use super::say;
use crate::place::Place;

/// Les durées de conservation.
#[derive(Subcommand)]
pub enum Command {
    /// Ce qui sera archivé et détruit d'ici une date.
    Plan {
        #[command(flatten)]
        place: Place,
        /// Date (AAAA-MM-JJ) ; sans date, aujourd'hui.
        #[arg(long)]
        at: Option<String>,
    },
    /// Applique maintenant ce qui est dû (le serveur le fait de lui-même).
    Run {
        #[command(flatten)]
        place: Place,
    },
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Plan { place, at } => {
                let at = at
                    .map(|t| t.parse::<Date>())
                    .transpose()
                    .context("--at : une date s'écrit AAAA-MM-JJ")?;
                let huis = place.open().await?;
                for office in huis.store().offices().await? {
                    let at = at.unwrap_or_else(|| huis.today(&office));
                    let ids: Vec<String> =
                        huis.processings().map(|p| p.register.id.clone()).collect();
                    for id in ids {
                        let plan = huis.retention_plan_of(office.office, &id, at).await?;
                        say(&format!("{id} — d'ici le {at}"));
                        if plan.lines.is_empty() {
                            say("  rien");
                        }
                        for line in plan.lines {
                            let what =
                                if line.step == "archive" { "à archiver" } else { "à détruire" };
                            say(&format!("  {:<20} {:>6} {what}", line.unit, line.count));
                        }
                        for card in plan.first {
                            say(&format!("    {}  {}  {}", card.on, card.number, card.unit));
                        }
                        if plan.waiting > 0 {
                            say(&format!("  {} en attente trop longue (alerte)", plan.waiting));
                        }
                    }
                }
                Ok(ExitCode::SUCCESS)
            }
            Self::Run { place } => {
                let huis = place.open().await?;
                let report = huis.apply_retention().await?;
                say(&format!(
                    "{} unités archivées, {} clés d'unités détruites, {} dossiers disparus{}",
                    report.archived,
                    report.destroyed,
                    report.gone,
                    if report.failed > 0 {
                        format!(", {} en échec (une alerte est levée)", report.failed)
                    } else {
                        String::new()
                    }
                ));
                Ok(if report.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
            }
        }
    }
}
