use clap::Args;
use huis_kernel::{Clock, SystemClock};
use std::{path::Path, process::ExitCode};

use super::say;
use crate::{
    mail::MailOptions,
    place::{Place, open_to_others},
};

/// Dit ce qui ne va pas, et comment y remédier.
#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    mail: MailOptions,
}

struct Report {
    bad: bool,
}

impl Report {
    fn good(&self, what: &str) {
        say(&format!("  bien      {what}"));
    }
    fn wrong(&mut self, what: &str, mend: &str) {
        self.bad = true;
        say(&format!("  À MENDRE  {what}\n            → {mend}"));
    }
    fn note(&self, what: &str, mend: &str) {
        say(&format!("  à voir    {what}\n            → {mend}"));
    }
}

impl Doctor {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut report = Report { bad: false };
        say(&format!("Installation : {}", self.place.data.display()));
        match self.place.root_key() {
            Ok(_) => report.good("clé racine lisible de son seul propriétaire"),
            Err(error) => report.wrong(
                &error.to_string(),
                "rendez la clé à sa place, en mode 600 ; sans elle, rien ne se relit",
            ),
        }
        for folder in [Some(self.place.data.clone()), self.place.second_place()].iter().flatten() {
            closed(folder, &mut report);
        }
        match self.place.local_registers().map(|local| huis_usecases::registers(&local)) {
            Ok(Ok(registers)) => {
                report.good(&format!("{} registre(s) valides", registers.len()));
                for (register, _, status) in &registers {
                    if let Some(banner) =
                        status.as_ref().and_then(huis_register::LocalStatus::banner)
                    {
                        report.note(
                            &format!("le registre local « {} » : {banner}", register.id),
                            "chaque page le dit ; vérifiez que l'autorisation est bien la vôtre",
                        );
                    }
                }
            }
            Ok(Err(error)) => report.wrong(&error.to_string(), "huis register check FICHIER"),
            Err(error) => report.wrong(&error.to_string(), "vérifiez --registers"),
        }
        if let Ok(root) = self.place.root_key() {
            let options = self.place.options(root, std::sync::Arc::new(SystemClock))?;
            match self.place.open_as(options).await {
                Ok(huis) => {
                    self.open(&huis, &mut report).await?;
                    continuity(&huis, &mut report).await?;
                }
                Err(error) => report.wrong(&error.to_string(), "lisez le message ci-dessus"),
            }
        }
        self.mail(&mut report).await;
        say(if report.bad { "\nDes points sont à mendre." } else { "\nTout va bien." });
        Ok(if report.bad { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// Talks to the mail server that these options name, as `huis serve` would.
    async fn mail(&self, report: &mut Report) {
        match self.mail.mailer() {
            Ok(None) => report.note(
                "aucun serveur de courriel dans cette commande : aucun courriel ne part",
                "donnez --mail-host et --url à « huis serve » (et à « huis doctor » pour l'essayer)",
            ),
            Ok(Some(mailer)) => match mailer.try_out().await {
                Ok(()) => report.good("le serveur de courriel répond et accepte la connexion"),
                Err(error) => report.wrong(
                    &format!("le serveur de courriel ne se laisse pas joindre : {error}"),
                    "vérifiez --mail-host, --mail-port, --mail-tls, --mail-user et le mot de passe",
                ),
            },
            Err(error) => report.wrong(&error.to_string(), "huis doctor --help"),
        }
    }

    async fn open(&self, huis: &huis_usecases::Huis, report: &mut Report) -> anyhow::Result<()> {
        report.good("les trois bases s'ouvrent, la clé racine est la leur");
        report.good(&format!("schéma à jour ({})", huis.store().schema().await?));
        for office in huis.store().offices().await? {
            if office.rights_desk.trim().is_empty() {
                report.wrong(
                    &format!(
                        "{} : aucun service des droits (A-16), aucun dossier ne s'ouvre",
                        office.name
                    ),
                    "Réglages, « Service des droits »",
                );
            } else {
                report.good(&format!("{} : service des droits désigné", office.name));
            }
            for due in huis.security_due(&office).await? {
                report.note(&due.words(), "page Sécurité, profil DPO (X-29)");
            }
            let alerts = huis.store().open_alerts(office.office).await?;
            if alerts > 0 {
                report.note(&format!("{alerts} alerte(s) à clore"), "page Alertes, profil DPO");
            }
        }
        let skew = huis.store().clock_skew_ms(SystemClock.now()).await?;
        if skew.abs() > 500 {
            report.note(
                &format!("l'horloge s'écarte de {skew} ms de celle de la base"),
                "réglez NTP",
            );
        } else {
            report.good("horloge d'accord avec la base");
        }
        match huis.store().stray_tokens().await? {
            0 => report.good("l'index ne garde rien d'un dossier disparu"),
            n => report.wrong(
                &format!("l'index garde {n} entrées de dossiers disparus (I7)"),
                "gardez une copie de la base et signalez-le : cela ne doit pas arriver",
            ),
        }
        if huis.is_demonstration() {
            report.note("ceci est une démonstration", "n'y mettez aucune donnée réelle (X-21)");
        }
        if self.place.witness().exists() {
            report.good("témoin du journal présent");
        } else {
            report.note(
                "pas encore de témoin du journal",
                "il s'écrit une minute après « huis serve »",
            );
        }
        Ok(())
    }
}

/// What is kept in a folder is for its owner alone. The program makes it so; a copy, or an
/// installation made before it did, may not be.
fn closed(folder: &Path, report: &mut Report) {
    let here = folder.display();
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let open = files.filter(|file| open_to_others(&file.path()).is_some()).count();
    if open == 0 || open_to_others(folder).is_none() {
        report.good(&format!("{here} : lisible de son seul propriétaire"));
    } else {
        report.wrong(
            &format!("{here} : {open} fichiers sont ouverts à d'autres comptes de la machine"),
            &format!("chmod -R go= {here}"),
        );
    }
}

/// The second place of the keys, the list of what is gone, the last backup and the last drill.
async fn continuity(huis: &huis_usecases::Huis, report: &mut Report) -> anyhow::Result<()> {
    let now = huis.continuity().await?;
    let copy = now.copy_faults();
    if copy.is_empty() {
        let found = huis.reconcile_keys().await?;
        report.good("la copie des clés est complète, clé par clé");
        if found.recovered + found.destroyed + found.renewed > 0 {
            report.note(
                &format!(
                    "{} clés retrouvées par la copie, {} détruites à nouveau, {} remises en forme",
                    found.recovered, found.destroyed, found.renewed
                ),
                "la réserve de clés venait d'un état ancien",
            );
        }
    }
    for fault in copy {
        if huis.is_demonstration() {
            report.note(&fault, "sans objet pour des données fictives");
        } else {
            report.wrong(&fault, "huis serve --keys-copy DOSSIER, sur un autre support");
        }
    }
    match huis.verify_gone().await {
        Ok(entries) => report.good(&format!("liste des effacements vérifiée ({entries} entrées)")),
        Err(error) => report.wrong(&error.to_string(), "comparez avec la copie des clés"),
    }
    for (done, name) in [(&now.backup, "sauvegarde"), (&now.drill, "exercice de restauration")] {
        if let Some(done) = done.as_ref().filter(|d| d.well) {
            report.good(&format!("dernier(e) {name} : {}", done.at.rfc3339()));
        }
    }
    for fault in now.work_faults() {
        if huis.is_demonstration() {
            report.note(&fault, "sans objet pour des données fictives");
        } else {
            report.wrong(&fault, "huis serve --backup-to DOSSIER ; huis drill --from DOSSIER");
        }
    }
    Ok(())
}
