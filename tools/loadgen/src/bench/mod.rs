//! The points of the bench, one module each.

mod act;
mod import;
mod open;
mod pages;
mod start;
mod sweep;
mod trace;

pub use pages::{Request, costs};

use anyhow::{Context, Result};
use std::path::PathBuf;

use crate::{
    figures::{Asked, Ratio},
    place::Place,
    postgres::Postgres,
    process::Server,
};

/// A run.
pub struct Bench {
    /// The program that is measured.
    pub huis: PathBuf,
    /// This program, for the baseline's server.
    pub loadgen: PathBuf,
    /// Are the screens served by this program?
    pub screens: bool,
    /// The installations, the smallest first.
    pub places: Vec<Place>,
    /// Where copies are made.
    pub scratch: PathBuf,
    /// Only the points whose name begins so.
    pub only: Option<String>,
    /// How many rounds of each.
    pub rounds: usize,
    /// The PostgreSQL server that holds the databases, when it is the engine.
    pub postgres: Option<Postgres>,
    /// What was found.
    pub found: Vec<Ratio>,
}

impl Bench {
    /// Every point, or those that are asked for.
    pub async fn run(&mut self) -> Result<()> {
        println!("| point | mesure | rapport | demandé |\n|---|---|---|---|");
        let places = self.places.clone();
        for place in &places {
            // The program's own work of the day, which a server would do beside what is measured.
            let huis = place.open("mesure").await?;
            huis.daily().await?;
            huis.stop().await?;
        }
        for place in &places {
            if self.wants("ouvrir") {
                open::run(self, place).await?;
            }
        }
        if self.wants("pages") {
            pages::run(self, &places).await?;
        }
        if let Some(smallest) = places.first() {
            if self.wants("acte") {
                act::run(self, smallest).await?;
            }
            if self.wants("import") {
                import::run(self, smallest).await?;
            }
        }
        if self.wants("echeances") {
            sweep::run(self, &places).await?;
        }
        if self.wants("journal") {
            trace::run(self)?;
        }
        if let Some(largest) = places.last()
            && self.wants("demarrage")
        {
            start::run(self, largest).await?;
        }
        Ok(())
    }

    fn wants(&self, point: &str) -> bool {
        self.only.as_ref().is_none_or(|only| point.starts_with(only.as_str()))
    }

    /// Starts the server that is measured.
    async fn server(&self, place: &Place) -> Result<Server> {
        let (program, command) =
            if self.screens { (&self.loadgen, "screens") } else { (&self.huis, "serve") };
        let mut arguments = vec![command.to_owned()];
        arguments.extend(place.arguments());
        if !self.screens {
            arguments.extend(["--server-name".to_owned(), "mesure-serveur".to_owned()]);
        }
        Server::start(program, &arguments).await
    }

    /// A copy of an installation, to be changed and thrown away.
    fn copy(&self, place: &Place) -> Result<Place> {
        let mut copy = place.copy_to(&self.scratch)?;
        if let Some(postgres) = &self.postgres {
            let from = place.database.as_deref().and_then(|u| u.rsplit_once('/'));
            let (_, from) = from.context("base")?;
            copy.database = Some(postgres.copied(from, "bench_copie")?);
        }
        Ok(copy)
    }

    /// Keeps a ratio, and tells it at once.
    fn tell(&mut self, place: Option<&Place>, point: &str, told: String, ratio: f64, asked: Asked) {
        let of =
            place.map(|p| format!(", {} dossiers, {}", p.size, p.engine())).unwrap_or_default();
        let found = Ratio { point: format!("{point}{of}"), told, ratio, asked };
        println!("{}", found.line());
        self.found.push(found);
    }
}
