//! The file for the authority: what a control asks for, drawn at one instant from the
//! registers, the store and the trace. One document to read, sheets to check it by. It holds
//! nothing of any dossier; the agents' grants are counted, not named.

mod matrix;

use huis_documents::{Column, Document, Kind, Sheet, Table};
use huis_kernel::{Date, Instant};
use huis_register::{Register, ending_label, start_event_label};
use huis_store::offices::OfficeRow;
use huis_trace::Operation;
use std::collections::BTreeMap;

use super::{
    By, SETTINGS, TraceReport,
    article30::{sheet, write_parts},
};
use crate::{Huis, Processed, UseError, start::INSTALLATION};

/// The file for the authority.
#[derive(Clone, Debug, PartialEq)]
pub struct ConformityFile {
    /// To read.
    pub document: Document,
    /// To check it by.
    pub annexes: Vec<Sheet>,
    /// Does every log of accesses verify?
    pub sound: bool,
}

/// What the settings of an installation say that a control asks for.
const STATED: [&str; 6] = [
    "organisation.responsable",
    "organisation.secretariat",
    "organisation.dpd",
    "partenaires.autorisation",
    "securite.reseau",
    "securite.locaux",
];

impl Huis {
    /// The conformity file of the whole installation, by an administrative command. It verifies
    /// the logs first, against the witness when its text is given, and leaves a trace.
    pub async fn conformity_file(
        &self,
        command: &'static str,
        witness: Option<&str>,
    ) -> Result<ConformityFile, UseError> {
        let by = By::Command(command);
        let office = self.office_of(by).await?;
        let today = self.today(&office);
        let title = format!("Dossier de conformité\u{a0}: {}", office.name);
        let mut document = Document::new(title.as_str(), self.now());
        document.author.clone_from(&office.name);
        document.footer = vec![format!(
            "{}. Établi le {} par Huis {}.",
            office.name,
            french(today),
            env!("CARGO_PKG_VERSION")
        )];
        document.heading(1, title);
        document.paragraph(
            "Ce dossier est tiré du logiciel en service\u{a0}: ses registres commandent ce qui peut \
             être saisi, montré, gardé et effacé. Il ne contient aucune donnée de dossier.",
        );
        let mut annexes = Vec::new();
        let mut sound = true;
        self.statements(&office, &mut document).await?;
        self.habilitations(&office, today, &mut document).await?;
        for processed in self.processed.values() {
            let register = &processed.register;
            document.page_break();
            document.heading(1, format!("Traitement\u{a0}: {}", register.name));
            local(processed, &mut document);
            let parts = self.article30_parts(&office, processed).await?;
            write_parts(&mut document, 2, &parts);
            annexes.push(sheet(&format!("Article 30 {}", register.id), &parts));
            retention(register, &mut document, &mut annexes);
            matrix::write(register, &mut document, &mut annexes);
            notices(register, &mut document);
            let report = self.verify_trace(by, &register.id, witness).await?;
            sound &= report.sound();
            evidence(&report, self.log_key().to_string(), &mut document);
        }
        let mut line = self.job_line(INSTALLATION, command, Operation::Export);
        line.detail.insert("liste".to_owned(), "conformite".to_owned());
        self.trace(line).await?;
        Ok(ConformityFile { document, annexes, sound })
    }

    /// Who answers for what, and what was declared: procedure, review of risks, premises.
    async fn statements(
        &self,
        office: &OfficeRow,
        document: &mut Document,
    ) -> Result<(), UseError> {
        let kept = self.store.settings(office.office).await?;
        document.heading(2, "Organisation et sécurité déclarées");
        let mut rows = vec![
            ("Organisme".to_owned(), office.name.clone()),
            ("Département".to_owned(), office.departement.clone()),
            ("Service des droits (A-16)".to_owned(), said(Some(&office.rights_desk))),
        ];
        for setting in SETTINGS.iter().filter(|s| STATED.contains(&s.key)) {
            let value = kept.iter().find(|(key, _)| key == setting.key).map(|(_, v)| v.as_str());
            rows.push((format!("{} ({})", setting.label, setting.source), said(value)));
        }
        let on = |day: Date| day.strftime("%d/%m/%Y").to_string();
        if let Some(p) = self.store.procedures(office.office).await?.first() {
            let approved = format!(
                "version {}, approuvée le {} par {}",
                p.version,
                on(p.approved_on),
                p.approver
            );
            rows.push(("Procédure d’habilitation (X-17, X-29)".to_owned(), approved));
        }
        if let Some(r) = self.store.risk_reviews(office.office).await?.first() {
            let held = format!("{}, la suivante au plus tard le {}", on(r.held_on), on(r.next_on));
            rows.push(("Dernière revue des risques (X-29)".to_owned(), held));
        }
        document.pairs(rows);
        for due in self.security_due(office).await? {
            document.notice(format!("{} (X-29)", due.words()).as_str());
        }
        Ok(())
    }

    /// The procedure's last campaign, and the grants in force, counted by profile.
    async fn habilitations(
        &self,
        office: &OfficeRow,
        today: Date,
        document: &mut Document,
    ) -> Result<(), UseError> {
        document.heading(2, "Habilitations");
        let zone = Self::zone_of(office);
        let day = |at: Instant| french(at.date_in(&zone));
        let campaigns = self.store.reviews(office.office).await?;
        let last = campaigns.first().map_or_else(
            || "Aucune campagne n’a encore été menée".to_owned(),
            |(opened, closed)| match closed {
                Some(closed) => format!("du {} au {}", day(*opened), day(*closed)),
                None => format!("ouverte le {}, en cours", day(*opened)),
            },
        );
        let grants = self.store.grants(office.office).await?;
        let live: Vec<_> = grants
            .iter()
            .filter(|g| g.withdrawn.is_none() && g.from <= today && today <= g.until)
            .collect();
        let reviewed = live.iter().filter(|g| g.reviewed_on.is_some()).count();
        document.pairs([
            ("Dernière revue (X-17)", last),
            ("Campagnes menées", campaigns.len().to_string()),
            ("Habilitations en cours", live.len().to_string()),
            ("dont confirmées par une revue", reviewed.to_string()),
            ("Habilitations terminées ou retirées", (grants.len() - live.len()).to_string()),
        ]);
        let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
        for grant in live {
            let register = self.processed.get(&grant.processing).map(|p| &p.register);
            let name = register.map_or(grant.processing.as_str(), |r| r.name.as_str());
            let profile = register.and_then(|r| r.profile(&grant.profile));
            let profile = profile.map_or(grant.profile.as_str(), |p| p.label.as_str());
            *counts.entry((name.to_owned(), profile.to_owned())).or_default() += 1;
        }
        let mut table = Table::new(["Traitement", "Profil", "Habilitations en cours"])
            .align(2, huis_documents::Align::End)
            .width(0, 2)
            .width(1, 1);
        for ((processing, profile), n) in counts {
            table.push([processing, profile, n.to_string()]);
        }
        document.table(table);
        Ok(())
    }
}

/// `31/12/2025`
fn french(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

fn said(value: Option<&str>) -> String {
    let value = value.map(str::trim).filter(|v| !v.is_empty());
    value.unwrap_or("Non renseigné").to_owned()
}

/// Is the register the shipped one, or the installation's own, and on what authorisation?
fn local(processed: &Processed, document: &mut Document) {
    let text = match processed.local.as_ref() {
        None => "Registre livré avec le logiciel.".to_owned(),
        Some(local) => local.banner().unwrap_or_else(|| {
            "Registre local, au plus aussi large que le registre livré.".to_owned()
        }),
    };
    document.notice(text);
}

/// The table of retention, in the document and as a sheet.
fn retention(register: &Register, document: &mut Document, annexes: &mut Vec<Sheet>) {
    let head = ["Ensemble", "Contenu", "À compter de", "Durée", "Archivage", "Puis", "Source"];
    let mut table = Table::new(head).width(1, 3).width(6, 2);
    let mut out = Sheet::new(
        format!("Durées {}", register.id),
        head.map(|title| Column::new(title, Kind::Text)),
    );
    for unit in &register.retentions {
        let sections = register.sections.iter().filter(|s| unit.sections.contains(&s.id));
        let acts = register
            .acts
            .iter()
            .filter(|a| register.unit_of_act(&a.id).is_some_and(|u| u.id == unit.id));
        let holds: Vec<&str> =
            sections.map(|s| s.label.as_str()).chain(acts.map(|a| a.label.as_str())).collect();
        let row = [
            unit.id.clone(),
            holds.join(", "),
            start_event_label(unit.from).to_owned(),
            unit.keep.to_string(),
            if unit.archive { "oui" } else { "non" }.to_owned(),
            ending_label(unit.then).to_owned(),
            unit.source.clone(),
        ];
        out.row(row.iter().map(|cell| cell.as_str().into()));
        table.push(row);
    }
    document.heading(2, "Table des durées de conservation");
    document.table(table);
    annexes.push(out);
}

/// The words that the people concerned are given, whole.
fn notices(register: &Register, document: &mut Document) {
    document.heading(2, "Textes d’information des personnes");
    for notice in &register.notices {
        document.heading(3, notice.title.as_str());
        document.pairs([("À qui", &*notice.audience), ("Source", &*notice.source)]);
        for paragraph in notice.text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
            document.paragraph(paragraph);
        }
    }
}

/// What the verifier says of each log, with its head and the key to check it by.
fn evidence(report: &TraceReport, key: String, document: &mut Document) {
    document.heading(2, "Journal des accès");
    let verdict = if report.sound() {
        "Tous les journaux se vérifient."
    } else {
        "Des écarts sont constatés\u{a0}: voir ci-dessous."
    };
    document.pairs([("Résultat", verdict.to_owned()), ("Clé publique", key)]);
    let mut table =
        Table::new(["Journal", "Lignes", "Jours clos", "Jours purgés", "Tête signée", "Résultat"])
            .align(1, huis_documents::Align::End)
            .align(2, huis_documents::Align::End)
            .align(3, huis_documents::Align::End)
            .width(0, 2)
            .width(4, 3);
    for log in &report.logs {
        match &log.result {
            Ok(found) => {
                let head = found.head.as_ref().map_or_else(
                    || "journal vide".to_owned(),
                    |h| format!("{} lignes, racine {}", h.size, h.root),
                );
                table.push([
                    log.log.clone(),
                    found.lines.to_string(),
                    found.closed_days.to_string(),
                    found.purged_days.to_string(),
                    head,
                    "conforme".to_owned(),
                ]);
            }
            Err(findings) => {
                let wrong: Vec<String> = findings.iter().map(ToString::to_string).collect();
                let dash = || "–".to_owned();
                table.push([log.log.clone(), dash(), dash(), dash(), dash(), wrong.join(" ")]);
            }
        }
    }
    document.table(table);
}
