//! Who administers an installation: the first administrator, and the next one when nobody in
//! office could name one any longer.

use anyhow::bail;
use clap::{Args, Subcommand};
use huis_usecases::accounts::NewAgent;
use std::{path::PathBuf, process::ExitCode};

use super::say;
use crate::place::Place;

/// L'administration d'une installation.
#[derive(Subcommand)]
pub enum Command {
    /// Met un administrateur en fonction, quand il n'y en a plus aucun.
    Bootstrap(Bootstrap),
}

/// Met un administrateur en fonction, quand il n'y en a plus aucun.
#[derive(Args)]
pub struct Bootstrap {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    person: Administrator,
}

/// The administrator to be.
#[derive(Args)]
pub struct Administrator {
    /// Identifiant de l'administrateur.
    #[arg(long)]
    pub admin: String,
    /// Prénom de l'administrateur.
    #[arg(long)]
    pub first_name: String,
    /// Nom de l'administrateur.
    #[arg(long)]
    pub last_name: String,
    /// Courriel de l'administrateur.
    #[arg(long)]
    pub email: String,
    /// Service de l'administrateur.
    #[arg(long, default_value = "Administration")]
    pub service: String,
    /// Fichier contenant le mot de passe de l'administrateur.
    #[arg(long)]
    pub password_file: PathBuf,
}

impl Administrator {
    /// The account.
    pub fn account(&self) -> NewAgent {
        NewAgent {
            login: self.admin.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            service: self.service.clone(),
            email: self.email.clone(),
        }
    }

    /// The password of the file; or what is wrong with it.
    pub fn password(&self) -> Result<String, String> {
        let text = std::fs::read_to_string(&self.password_file).unwrap_or_default();
        let password = text.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            let file = self.password_file.display();
            return Err(format!("--password-file : {file} est vide ou illisible"));
        }
        Ok(password.to_owned())
    }
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Bootstrap(it) = self;
        let password = match it.person.password() {
            Ok(password) => password,
            Err(wrong) => bail!("{wrong}"),
        };
        let huis = it.place.open().await?;
        huis.bootstrap_admin(&it.person.account(), &password).await?;
        say(&format!("Administrateur en fonction : {}", it.person.admin));
        say(
            "À la première connexion, Huis demande un second facteur. Effacez le fichier du mot de passe.",
        );
        Ok(ExitCode::SUCCESS)
    }
}
