//! The keys of an installation.

use clap::{Args, Subcommand};
use huis_kernel::SystemClock;
use huis_usecases::{Huis, StartError};
use std::{process::ExitCode, sync::Arc};

use super::say;
use crate::place::{Place, read_key, take_place, write_fresh_key};

/// Les clés d'une installation.
#[derive(Subcommand)]
pub enum Command {
    /// Renouvelle la clé racine. Le service peut continuer ; l'ancienne clé n'ouvre plus rien.
    Rotate(Rotate),
}

/// Renouvelle la clé racine.
#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    place: Place,
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Rotate(Rotate { place }) = self;
        let (file, next) = (place.key_file(), place.next_key_file());
        if next.exists() && Self::taken(&place).await? {
            // Stopped between the two steps the last time: the second is left.
            take_place(&next, &file)?;
            say("Le renouvellement interrompu est achevé.");
            return Ok(ExitCode::SUCCESS);
        }
        let huis = place.open().await?;
        // A fresh key that was never taken opens nothing.
        let _ = std::fs::remove_file(&next);
        let new = write_fresh_key(&next)?;
        huis.renew_root(&new).await?;
        take_place(&next, &file)?;
        say(&format!(
            "Clé racine renouvelée : {}\n  Mettez-en une copie au coffre, et gardez l'ancienne tant que vivent les sauvegardes de clés faites avec elle.",
            file.display()
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// Does the waiting key open the installation?
    async fn taken(place: &Place) -> anyhow::Result<bool> {
        // Cut while it was written, it was not taken: a key is whole on the disk before it is.
        let Ok(key) = read_key(&place.next_key_file()) else { return Ok(false) };
        let options = place.options(key, Arc::new(SystemClock))?;
        match Huis::open_with(options, place.second_place().as_deref()).await {
            Ok(_) => Ok(true),
            Err(StartError::WrongKey) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }
}
