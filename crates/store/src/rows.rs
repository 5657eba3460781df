//! What a transaction does to the row of a dossier: gathered, and written once, last of all. An act
//! moves the card, the digest, the deadlines and the board; that is one statement, and the board's
//! counts follow from what was loaded and what is written.

use huis_kernel::{Date, DossierId, OfficeId};
use huis_vault::SealedDossier;
use std::collections::BTreeMap;

use crate::{
    StoreError,
    dossiers::CardRow,
    sql::{Param, Tx, params},
    tally::{self, Counted},
    work::TermRow,
};

/// Where a dossier's row stands: what the board counts it by.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    at: Counted,
    /// Is it counted at all? Not once it is closed or archived.
    counted: bool,
}

impl Placed {
    pub(crate) fn new(card: &CardRow, next_due: Option<String>) -> Self {
        let at = Counted {
            processing: card.processing.clone(),
            territory: card.territory.clone(),
            stage: card.stage.clone(),
            next_due,
        };
        Self { at, counted: !card.archived && card.closed_on.is_none() }
    }

    fn counted(self) -> Option<Counted> {
        self.counted.then_some(self.at)
    }
}

/// A digest to write, after the one that was loaded.
struct Seal {
    after: u64,
    seals: u64,
    digest: Vec<u8>,
}

/// What is known of a row, and what is to be written on it.
#[derive(Default)]
struct Change {
    /// As it was before the transaction; none inside when there was no row.
    before: Option<Option<Placed>>,
    /// As it is now.
    now: Option<Placed>,
    card: Option<CardRow>,
    seal: Option<Seal>,
    /// How many deadlines run, and the nearest on which someone must act.
    terms: Option<(usize, Option<Date>)>,
}

/// The rows of dossiers that a transaction touches.
#[derive(Default)]
pub(crate) struct Rows(BTreeMap<(OfficeId, DossierId), Change>);

impl Rows {
    fn of(&mut self, office: OfficeId, dossier: DossierId) -> &mut Change {
        self.0.entry((office, dossier)).or_default()
    }

    /// A row as it was loaded.
    pub(crate) fn loaded(&mut self, card: &CardRow, next_due: Option<String>) {
        let change = self.of(card.office, card.dossier);
        if change.before.is_none() {
            let placed = Placed::new(card, next_due);
            change.now = Some(placed.clone());
            change.before = Some(Some(placed));
        }
    }

    /// A row that was not there.
    pub(crate) fn added(&mut self, card: &CardRow) {
        let change = self.of(card.office, card.dossier);
        change.before = Some(None);
        change.now = Some(Placed::new(card, None));
    }

    pub(crate) fn set_card(&mut self, card: &CardRow) {
        self.of(card.office, card.dossier).card = Some(card.clone());
    }

    pub(crate) fn set_digest(&mut self, sealed: &SealedDossier) {
        let change = self.of(sealed.office, sealed.dossier);
        let after = change.seal.as_ref().map_or(sealed.seals.saturating_sub(1), |s| s.after);
        change.seal = Some(Seal { after, seals: sealed.seals, digest: sealed.digest.clone() });
    }

    pub(crate) fn set_terms(&mut self, office: OfficeId, dossier: DossierId, terms: &[TermRow]) {
        let running = || terms.iter().filter(|t| t.state == "running");
        let next_due = running().filter(|t| t.action).map(|t| t.due).min();
        self.of(office, dossier).terms = Some((running().count(), next_due));
    }

    /// A row that is about to be removed.
    pub(crate) async fn removed(
        &mut self,
        tx: &mut Tx,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), StoreError> {
        let change = self.of(office, dossier);
        change.know(tx, office, dossier).await?;
        *change = Change { before: change.before.take(), ..Change::default() };
        Ok(())
    }

    /// Writes what waits for a row: before it is read again, and at the end.
    pub(crate) async fn write(
        &mut self,
        tx: &mut Tx,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), StoreError> {
        match self.0.get_mut(&(office, dossier)) {
            Some(change) => change.write(tx, office, dossier).await,
            None => Ok(()),
        }
    }

    /// Writes what waits, then moves the board's counts, which are held for the commit's time.
    pub(crate) async fn settle(self, tx: &mut Tx) -> Result<(), StoreError> {
        let mut moved = Vec::new();
        for ((office, dossier), mut change) in self.0 {
            change.write(tx, office, dossier).await?;
            let before = change.before.flatten().and_then(Placed::counted);
            moved.push((office, before, change.now.and_then(Placed::counted)));
        }
        tally::follow(tx, moved).await
    }
}

impl Change {
    async fn know(
        &mut self,
        tx: &mut Tx,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), StoreError> {
        if self.before.is_none() {
            let placed = tally::placed(tx, office, dossier).await?;
            self.now.clone_from(&placed);
            self.before = Some(placed);
        }
        Ok(())
    }

    /// `Conflict` when the revision of the card, or the digest, moved since it was loaded.
    async fn write(
        &mut self,
        tx: &mut Tx,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), StoreError> {
        if self.card.is_none() && self.seal.is_none() && self.terms.is_none() {
            return Ok(());
        }
        self.know(tx, office, dossier).await?;
        let mut list = params![office, dossier];
        let (mut sets, mut held) = (Vec::new(), String::new());
        let mut set = |list: &mut Vec<Param>, column: &str, value: Param| {
            list.push(value);
            sets.push(format!("{column} = ${}", list.len()));
        };
        if let Some(card) = self.card.take() {
            set(&mut list, "territory", (&card.territory).into());
            set(&mut list, "stage", (&card.stage).into());
            set(&mut list, "step", (&card.step).into());
            set(&mut list, "closed_on", card.closed_on.into());
            set(&mut list, "archived", card.archived.into());
            set(&mut list, "reopened", card.reopened.into());
            set(&mut list, "severity", card.severity.into());
            set(&mut list, "version", card.version.into());
            set(&mut list, "changed_at", card.changed_at.into());
            set(&mut list, "revision", (card.revision + 1).into());
            list.push(card.revision.into());
            held.push_str(&format!(" AND revision = ${}", list.len()));
            let due = self.now.take().and_then(|now| now.at.next_due);
            self.now = Some(Placed::new(&card, due));
        }
        if let Some(seal) = self.seal.take() {
            set(&mut list, "seals", seal.seals.into());
            set(&mut list, "digest", seal.digest.into());
            list.push(seal.after.into());
            held.push_str(&format!(" AND seals = ${}", list.len()));
        }
        if let Some((running, next_due)) = self.terms.take() {
            set(&mut list, "running", running.into());
            set(&mut list, "next_due", next_due.into());
            if let Some(now) = &mut self.now {
                now.at.next_due = next_due.map(|due| due.to_string());
            }
        }
        let sql = format!(
            "UPDATE dossier SET {} WHERE office = $1 AND dossier = $2{held}",
            sets.join(", ")
        );
        if tx.run(&sql, list).await? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }
}
