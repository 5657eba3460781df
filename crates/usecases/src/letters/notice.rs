//! The notice of a processing, for everyone: what the register says, and where each office may be
//! reached. Nobody's data, so no session and no trace.

use huis_documents::{Block as Set, Document, Figure};
use huis_letters::{Block, Office, easy_lines, mentions::mention};
use huis_register::{Mention, Notice, french};
use std::collections::BTreeSet;

use crate::{Huis, UseError};

/// The notice that is shown to everyone.
const PUBLIC: &str = "public";

/// A notice with what the register and the settings say.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicNotice {
    /// The processing's name.
    pub processing: String,
    /// The notice: title, text, easy text.
    pub notice: Notice,
    /// What must be told (RGPD art. 14), title and text.
    pub body: Vec<Block>,
    /// Offices: name, rights desk, officer.
    pub desks: Vec<(String, String, String)>,
}

impl Huis {
    /// The notice of a processing.
    pub async fn public_notice(&self, processing: &str) -> Result<PublicNotice, UseError> {
        let register = &self.processed(processing)?.register;
        let notice = register.notices.iter().find(|n| n.id == PUBLIC).ok_or(UseError::NotFound)?;
        let every: BTreeSet<String> = register.sections.iter().map(|s| s.id.clone()).collect();
        let (mut desks, mut first) = (Vec::new(), None);
        for row in self.store.offices().await? {
            let settings = self.store.settings(row.office).await?;
            let said = |key: &str| {
                settings.iter().find(|(k, _)| k == key).map(|s| s.1.clone()).unwrap_or_default()
            };
            let officer = said("organisation.dpd");
            desks.push((row.name.clone(), row.rights_desk.clone(), officer.clone()));
            first.get_or_insert(Office {
                name: row.name,
                controller: said("organisation.responsable"),
                rights_desk: row.rights_desk,
                secretariat: said("organisation.secretariat"),
                officer,
                ..Office::default()
            });
        }
        let office = first.unwrap_or_default();
        let mut body = Vec::new();
        for which in [
            Mention::Controller,
            Mention::Purposes,
            Mention::Data,
            Mention::Origin,
            Mention::Recipients,
            Mention::Retention,
            Mention::Rights,
            Mention::Officer,
            Mention::Complaint,
        ] {
            // A setting that is missing leaves its mention out here; letters refuse to leave.
            body.extend(mention(register, &every, &office, which).unwrap_or_default());
        }
        Ok(PublicNotice { processing: register.name.clone(), notice: notice.clone(), body, desks })
    }

    /// The notice as a document to print, plain or easy to read.
    pub async fn notice_document(
        &self,
        processing: &str,
        easy: bool,
    ) -> Result<Document, UseError> {
        let found = self.public_notice(processing).await?;
        // The day's start: the same file all day, whoever asks.
        let now = self.now();
        let day = huis_kernel::Zone::utc().start_of(now.date_in(&huis_kernel::Zone::utc()));
        let mut document = Document::new(french(&found.notice.title), day);
        document.heading(1, french(&found.notice.title));
        if easy {
            for line in easy_lines(&found.notice.easy) {
                let text = french(&line.text);
                if line.heading {
                    document.heading(2, text);
                    continue;
                }
                if let Some(picture) = line.pictogram {
                    document.blocks.push(Set::Figure(Figure {
                        svg: picture.svg(),
                        alt: picture.alt.to_owned(),
                        caption: None,
                        width_mm: 12,
                    }));
                }
                document.paragraph(text);
            }
        } else {
            for part in found.notice.text.split("\n\n") {
                document.paragraph(french(part.trim()));
            }
            for block in &found.body {
                match block {
                    Block::Heading(text) => document.heading(2, text.clone()),
                    Block::Paragraph(text) => document.paragraph(text.clone()),
                    Block::List(items) => document.list(items.iter().cloned()),
                }
            }
        }
        document.heading(2, "Où vous adresser");
        for (name, desk, officer) in &found.desks {
            document.paragraph(french(&format!(
                "{name} : {desk}. Délégué à la protection des données : {officer}."
            )));
        }
        Ok(document)
    }
}
