use anyhow::bail;
use clap::Args;
use huis_kernel::{SystemClock, Zone};
use huis_law::geo::Geo;
use huis_usecases::{Founding, Huis, StartError};
use std::{path::PathBuf, process::ExitCode, sync::Arc};

use super::{admin::Administrator, say};
use crate::place::Place;

/// Crée une installation réelle : clés, organisation, premier administrateur, service des droits.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    place: Place,
    /// Nom de l'organisation (par exemple : Préfecture du Haut-Rhin).
    #[arg(long)]
    name: String,
    /// Département (code).
    #[arg(long)]
    departement: String,
    /// Service auprès duquel s'exercent les droits. Sans lui, aucun dossier ne s'ouvre.
    #[arg(long, default_value = "")]
    rights_desk: String,
    /// Fuseau horaire.
    #[arg(long, default_value = "Europe/Paris")]
    zone: String,
    #[command(flatten)]
    first: Administrator,
    /// Fichier contenant la phrase secrète de l'archive (sept mots au moins).
    #[arg(long)]
    archive_passphrase_file: PathBuf,
}

impl Init {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut wrong = Vec::new();
        let geo = Geo::embedded();
        if geo.departement(&self.departement).is_none() {
            wrong
                .push(format!("--departement : « {} » n'est pas un département", self.departement));
        }
        if Zone::named(&self.zone).is_none() {
            wrong.push(format!(
                "--zone : « {} » n'est pas un fuseau (Europe/Paris, Indian/Reunion…)",
                self.zone
            ));
        }
        let password = self.first.password().unwrap_or_else(|fault| {
            wrong.push(fault);
            String::new()
        });
        if self.name.trim().is_empty() {
            wrong.push("--name : donnez le nom de l'organisation".to_owned());
        }
        let passphrase = std::fs::read_to_string(&self.archive_passphrase_file).unwrap_or_default();
        let passphrase = passphrase.trim().to_owned();
        if passphrase.split_whitespace().count() < 7 {
            wrong.push(format!(
                "--archive-passphrase-file : {} doit contenir sept mots au moins",
                self.archive_passphrase_file.display()
            ));
        }
        if !wrong.is_empty() {
            bail!("{}", wrong.join("\n"));
        }
        // An init that stopped half-way (a password refused by the rules) can be run again.
        let root = if self.place.key_file().exists() {
            self.place.root_key()?
        } else {
            self.place.make_root_key()?
        };
        let territories = geo
            .arrondissements(&self.departement)
            .into_iter()
            .map(|a| (a.code.to_owned(), a.name.to_owned()))
            .collect();
        let made = Huis::init(
            &self.place.options(root.clone(), Arc::new(SystemClock))?,
            &Founding {
                name: self.name.clone(),
                departement: self.departement.clone(),
                zone: self.zone.clone(),
                rights_desk: self.rights_desk.clone(),
                territories,
                archive_passphrase: passphrase,
                demonstration: false,
            },
        )
        .await;
        match made {
            Ok(_) | Err(StartError::AlreadyThere) => {}
            Err(error) => return Err(error.into()),
        }
        let options = self.place.options(root, Arc::new(SystemClock))?;
        let huis = self.place.open_as(options).await?;
        huis.bootstrap_admin(&self.first.account(), &password).await?;
        say(&format!(
            "Installation créée dans {}.\nPremier administrateur : {}\n",
            self.place.data.display(),
            self.first.admin
        ));
        say(&format!(
            "Mettez à l'abri, hors de ce serveur : la clé racine ({}) et la phrase secrète de l'archive.\nSans elles, rien ne se relit.",
            self.place.key_file().display()
        ));
        if self.rights_desk.trim().is_empty() {
            say(
                "\nAttention : le service des droits n'est pas désigné (A-16). Aucun dossier ne s'ouvrira avant :\n  Réglages, « Service des droits ».",
            );
        }
        if self.place.second_place().is_none() {
            say(
                "\nAttention : les clés n'ont pas de second lieu. Si ce serveur les perd, aucun dossier ne se relit :\n  huis serve --keys-copy DOSSIER (sur un autre support).",
            );
        }
        say("\nEnsuite : huis doctor, puis huis serve --tls CERTIFICAT CLÉ (ou --behind-proxy).");
        Ok(ExitCode::SUCCESS)
    }
}
