//! Deposits to the public archives (X-10, code du patrimoine art. L. 212-3): closed dossiers whose
//! term comes are taken out once for the archives that keep them, and what was taken is on record.
//! The term itself does not move: what is deposited is destroyed here as the rest.

use huis_documents::{Bom, Column, Document, Kind, Sheet, bundle};
use huis_dossier::Fault;
use huis_kernel::{CaseNumber, Date, Delay};
use huis_register::Power;
use huis_store::oversight::Perimeter;
use huis_trace::{Dossiers, Operation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

use crate::{Caller, Huis, Opened, Reading, UseError, oversight::PlannedCard};

/// Most dossiers of one deposit: each is set as a document, and the file is held in memory.
pub const MOST_DEPOSITED: usize = 25;
/// How many dossiers near their term are listed.
const LISTED: u32 = 200;
/// The longest name of a service, or reference, in characters.
const LONGEST: usize = 120;

/// The record of a deposit: counts and references, no personal datum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deposited {
    /// The day.
    pub deposited_on: Date,
    /// To which archives.
    pub service: String,
    /// The reference of their visa.
    pub visa: String,
    /// How many dossiers.
    pub dossiers: u64,
    /// SHA-256 of the file that was handed over, in hexadecimal.
    pub sha256: String,
}

/// What is deposited, where, under which visa.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DepositCommand {
    /// The archives that receive it.
    pub service: String,
    /// The reference of their visa.
    pub visa: String,
    /// The dossiers.
    pub numbers: Vec<CaseNumber>,
}

impl DepositCommand {
    /// All that is wrong with it: field and message.
    pub fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        let texts = [
            ("service", &self.service, "Nommez le service d’archives qui reçoit les dossiers."),
            ("visa", &self.visa, "Donnez la référence de son visa."),
        ];
        for (field, text, missing) in texts {
            match text.trim().chars().count() {
                0 => faults.push((field, missing.to_owned())),
                n if n > LONGEST => {
                    faults.push((field, format!("Il tient en {LONGEST} caractères.")));
                }
                _ => {}
            }
        }
        match self.numbers.len() {
            0 => faults.push(("dossier", "Cochez au moins un dossier.".to_owned())),
            n if n > MOST_DEPOSITED => faults.push((
                "dossier",
                format!(
                    "Cochez {MOST_DEPOSITED} dossiers au plus\u{a0}: le reste se verse ensuite."
                ),
            )),
            _ => {}
        }
        faults
    }
}

impl Huis {
    /// The archived dossiers whose last key is destroyed by a day, the nearest first. The archive
    /// must be open in this session: what is offered may be read.
    pub async fn near_their_term(
        &self,
        caller: &Caller,
        processing: &str,
        by: Date,
    ) -> Result<Vec<PlannedCard>, UseError> {
        let powers = [Power::Archive];
        let mine = self.allowed(caller, processing, &powers, Operation::List).await?;
        if !self.archive_is_open(caller) {
            return Err(UseError::ArchiveLocked);
        }
        let office = caller.office.office;
        let perimeter = Perimeter { office, processing, territories: &mine };
        let rows = self.store.first_planned(perimeter, by, LISTED).await?;
        let mut last: BTreeMap<CaseNumber, _> = BTreeMap::new();
        for row in rows.into_iter().filter(|r| r.step == "destroy" && r.card.archived) {
            // A dossier goes with its last unit.
            last.insert(row.card.number, row);
        }
        let mut line = self.line(caller, processing, Operation::List);
        line.dossiers = Dossiers::List(last.values().map(|r| r.card.dossier).collect());
        line.detail.insert("liste".to_owned(), "versement".to_owned());
        self.trace(line).await?;
        let mut cards: Vec<PlannedCard> = last
            .into_values()
            .map(|row| PlannedCard {
                number: row.card.number,
                unit: row.unit,
                step: row.step,
                on: row.on,
            })
            .collect();
        cards.sort_by_key(|c| (c.on, c.number.digits()));
        Ok(cards)
    }

    /// Takes dossiers out for the public archives in one file: each as its own page has it (I3), by
    /// `paper`, and the slip that lists them; then puts it on record.
    pub async fn deposit(
        &self,
        caller: &Caller,
        processing: &str,
        command: &DepositCommand,
        paper: impl Fn(&Opened) -> Option<Document> + Send + Sync,
    ) -> Result<Vec<u8>, UseError> {
        self.allowed(caller, processing, &[Power::Archive], Operation::Transmit).await?;
        // Without a press nothing is opened in vain.
        if !self.has_press() {
            return Err(UseError::NotFound);
        }
        let fault = |(field, message): (&str, String)| Fault {
            field: Some(field.to_owned()),
            code: "versement".to_owned(),
            message,
            article: String::new(),
        };
        let faults: Vec<Fault> = command.faults().into_iter().map(fault).collect();
        if !faults.is_empty() {
            return Err(UseError::Faults(faults));
        }
        let mut slip = Sheet::new(
            "Bordereau de versement",
            [
                Column::new("Dossier", Kind::Text),
                Column::new("Ouvert le", Kind::Date),
                Column::new("Clos le", Kind::Date),
                Column::new("Fichier", Kind::Text),
                Column::new("SHA-256", Kind::Text),
            ],
        );
        let mut files = Vec::with_capacity(command.numbers.len());
        for number in &command.numbers {
            let opened = self.open_dossier(caller, processing, *number, Reading::Export).await?;
            if !opened.card.archived {
                return Err(UseError::NotFound);
            }
            let document = paper(&opened).ok_or(UseError::Internal("versement"))?;
            let bytes = self.pdf(document).await?;
            let name = format!("dossier-{number}.pdf");
            slip.row([
                number.to_string().into(),
                opened.card.opened_on.into(),
                opened.card.closed_on.into(),
                name.clone().into(),
                sha256(&bytes).into(),
            ]);
            files.push((name, bytes));
        }
        let list = slip.csv(Bom::Yes)?;
        let named = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let all = std::iter::once(("bordereau.csv", list.as_slice())).chain(named);
        let file = bundle(all)?;
        self.record_deposit(caller, processing, command, &file).await?;
        Ok(file)
    }

    /// Puts on record that a file of dossiers was taken out for the public archives, before it
    /// leaves. Each dossier in it was opened, and traced, when it was set.
    pub async fn record_deposit(
        &self,
        caller: &Caller,
        processing: &str,
        command: &DepositCommand,
        file: &[u8],
    ) -> Result<Deposited, UseError> {
        self.allowed(caller, processing, &[Power::Archive], Operation::Transmit).await?;
        let faults = command.faults();
        if !faults.is_empty() {
            return Err(UseError::Invalid(faults.into_iter().map(|(_, text)| text).collect()));
        }
        let office = caller.office.office;
        let mut dossiers = Vec::with_capacity(command.numbers.len());
        for number in &command.numbers {
            let card = self.store.card_by_number(office, processing, *number).await?;
            dossiers.push(card.filter(|c| c.archived).ok_or(UseError::NotFound)?.dossier);
        }
        let sha256 = sha256(file);
        let record = Deposited {
            deposited_on: caller.today,
            service: command.service.trim().to_owned(),
            visa: command.visa.trim().to_owned(),
            dossiers: dossiers.len() as u64,
            sha256: sha256.clone(),
        };
        let body = serde_json::to_string(&record).map_err(|_| UseError::Internal("versement"))?;
        let mut line = self.line(caller, processing, Operation::Transmit);
        line.dossiers = Dossiers::List(dossiers);
        line.detail.insert("versement".to_owned(), sha256);
        let receipt = self.trace(line).await?;
        let place = format!("{}#{}", receipt.origin(), receipt.index());
        self.store.keep_certificate(office, self.id16(), self.now(), &body, &place, None).await?;
        Ok(record)
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// How far ahead the terms are looked at when nothing else is asked: the time to choose, to have
/// the visa, and to hand over.
pub fn ahead(today: Date) -> Date {
    Delay { months: 6, days: 0 }.after(today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_deposit_is_told_at_once() {
        let fields = |c: &DepositCommand| c.faults().into_iter().map(|f| f.0).collect::<Vec<_>>();
        assert_eq!(fields(&DepositCommand::default()), ["service", "visa", "dossier"]);
        let number = CaseNumber::random(&huis_kernel::SeededRng::new(1));
        let mut command = DepositCommand {
            service: "Archives du Haut-Rhin".into(),
            visa: "2031-118".into(),
            numbers: vec![number],
        };
        assert!(command.faults().is_empty());
        command.numbers = vec![number; MOST_DEPOSITED + 1];
        command.visa = "x".repeat(LONGEST + 1);
        assert_eq!(fields(&command), ["visa", "dossier"]);
    }
}
