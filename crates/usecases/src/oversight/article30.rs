//! The entry of the register of processing activities as files: a document in the order of the
//! CNIL's model, and the same lines as a sheet.

use huis_documents::{Cell, Column, Document, Kind, Sheet};
use huis_kernel::Zone;
use huis_register::{Power, to_article30};
use huis_store::offices::OfficeRow;
use huis_trace::{Dossiers, Operation};

use super::By;
use crate::{Huis, Processed, UseError};

/// The entry, to read and sign, and to sort.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterFile {
    /// For the press.
    pub document: Document,
    /// Part, subject, what the register says.
    pub sheet: Sheet,
}

/// Headings, each with its lines.
pub(super) type Parts = Vec<(String, Vec<(String, String)>)>;

impl Huis {
    /// The article-30 entry of a processing as files. Traced as an export.
    pub async fn register_file(
        &self,
        by: By<'_>,
        processing: &str,
    ) -> Result<RegisterFile, UseError> {
        self.allowed_by(by, processing, Power::Register, Operation::Export).await?;
        let office = self.office_of(by).await?;
        let processed = self.processed(processing)?;
        let parts = self.article30_parts(&office, processed).await?;
        let mut line = self.line_by(by, processing, Operation::Export);
        line.dossiers = Dossiers::None;
        line.detail.insert("liste".to_owned(), "registre".to_owned());
        self.trace(line).await?;
        let title =
            format!("Registre des activités de traitement\u{a0}: {}", processed.register.name);
        let mut document = Document::new(title.as_str(), self.now());
        document.author.clone_from(&office.name);
        document.heading(1, title);
        document.paragraph(format!(
            "Article 30 du règlement (UE) 2016/679. État au {}.",
            self.today(&office).strftime("%d/%m/%Y")
        ));
        write_parts(&mut document, 2, &parts);
        if let By::Caller(caller) = by {
            document.footer = crate::footer(caller);
        }
        Ok(RegisterFile { document, sheet: sheet("Registre article 30", &parts) })
    }

    /// The office of who asks; a command speaks for the first.
    pub(super) async fn office_of(&self, by: By<'_>) -> Result<OfficeRow, UseError> {
        match by {
            By::Caller(caller) => Ok(caller.office.clone()),
            By::Command(_) => {
                self.store.offices().await?.into_iter().next().ok_or(UseError::NotFound)
            }
        }
    }

    /// The register's own headings, with what the installation adds: who answers for it.
    pub(super) async fn article30_parts(
        &self,
        office: &OfficeRow,
        processed: &Processed,
    ) -> Result<Parts, UseError> {
        let settings = self.store.settings(office.office).await?;
        let said = |key: &str| {
            let value = settings.iter().find(|(k, _)| k == key).map(|(_, v)| v.trim());
            value.filter(|v| !v.is_empty()).unwrap_or("Non renseigné").to_owned()
        };
        let desk =
            if office.rights_desk.is_empty() { "Non désigné" } else { &office.rights_desk };
        let row = |what: &str, says: String| (what.to_owned(), says);
        let mut parts = to_article30(&processed.register);
        let actors = vec![
            row("Organisme", office.name.clone()),
            row("Responsable du traitement", said("organisation.responsable")),
            row("Délégué à la protection des données", said("organisation.dpd")),
            row("Service des droits", desk.to_owned()),
        ];
        let mut people: Vec<(String, String)> = Vec::new();
        for notice in &processed.register.notices {
            if !people.iter().any(|(who, _)| *who == notice.audience) {
                people
                    .push((notice.audience.clone(), format!("Informées par « {} »", notice.title)));
            }
        }
        let none =
            "Aucun\u{a0}: le registre n’en déclare pas, et ce qu’il ne nomme pas n’est pas envoyé.";
        let transfers = vec![row("Hors de l’Union européenne", none.to_owned())];
        parts.insert(1.min(parts.len()), ("Acteurs".to_owned(), actors));
        parts.insert(3.min(parts.len()), ("Catégories de personnes concernées".to_owned(), people));
        let before_last = parts.len().saturating_sub(1);
        parts.insert(before_last, ("Transferts".to_owned(), transfers));
        Ok(parts)
    }

    pub(super) fn zone_of(office: &OfficeRow) -> Zone {
        Zone::named(&office.zone).unwrap_or_else(Zone::utc)
    }
}

/// Headings of this level, each with its names and values; a long enumeration becomes a list.
pub(super) fn write_parts(document: &mut Document, level: u8, parts: &Parts) {
    const SEPARATOR: &str = "\u{a0}; ";
    for (heading, rows) in parts {
        document.heading(level, heading.as_str());
        for (what, says) in rows {
            if says.matches(SEPARATOR).count() >= 3 {
                document.heading(level + 1, what.as_str());
                document.list(says.split(SEPARATOR).map(str::to_owned));
            } else {
                document.pairs([(what.as_str(), says.as_str())]);
            }
        }
    }
}

/// Three columns: part, subject, what is said of it.
pub(super) fn sheet(name: &str, parts: &Parts) -> Sheet {
    let columns = ["Partie", "Objet", "Contenu"].map(|c| Column::new(c, Kind::Text));
    let mut sheet = Sheet::new(name, columns);
    for (heading, rows) in parts {
        for (what, says) in rows {
            sheet.row([heading, what, says].map(|t| Cell::Text(t.clone())));
        }
    }
    sheet
}
