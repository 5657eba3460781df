//! Dossiers as stored: the card in the clear, the rest sealed.

use huis_kernel::{AgentId, CaseNumber, Date, DossierId, Instant, OfficeId};
use huis_vault::{SealedAct, SealedDossier, SealedSection, SealedUnit, Slot, UnitState};

use crate::{
    Store, StoreError,
    sql::{Row, Tx, params},
};

/// The card: all that stands in the clear about a dossier (I1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    /// Office.
    pub office: OfficeId,
    /// Identifier.
    pub dossier: DossierId,
    /// Processing.
    pub processing: String,
    /// Number.
    pub number: CaseNumber,
    /// Territorial unit.
    pub territory: String,
    /// Stage.
    pub stage: String,
    /// Step.
    pub step: String,
    /// Opened on.
    pub opened_on: Date,
    /// Closed on.
    pub closed_on: Option<Date>,
    /// In the archive?
    pub archived: bool,
    /// How many times it was reopened.
    pub reopened: u32,
    /// The worst remark on it (0 none, 1 to know, 2 to look at, 3 serious).
    pub severity: u32,
    /// Version of its acts.
    pub version: u64,
    /// Counts every change, for live update and for writing back.
    pub revision: u64,
    /// When it last changed.
    pub changed_at: Instant,
    /// The partners mandated for it: read where a dossier is named, left empty in lists.
    pub mandates: Vec<String>,
}

pub(crate) const CARD: &str = "office, dossier, processing, number, territory, stage, step, \
     opened_on, closed_on, archived, reopened, severity, version, revision, changed_at";

/// The same columns, of table `d`.
pub(crate) const CARD_D: &str = "d.office, d.dossier, d.processing, d.number, d.territory, \
     d.stage, d.step, d.opened_on, d.closed_on, d.archived, d.reopened, d.severity, d.version, \
     d.revision, d.changed_at";

pub(crate) fn card(row: &Row) -> Result<CardRow, StoreError> {
    Ok(CardRow {
        office: OfficeId::from_bytes(row.id16(0)?),
        dossier: DossierId::from_bytes(row.id16(1)?),
        processing: row.text(2)?,
        number: CaseNumber::from_digits(row.small(3)?).ok_or(StoreError::Corrupt("numéro"))?,
        territory: row.text(4)?,
        stage: row.text(5)?,
        step: row.text(6)?,
        opened_on: row.date(7)?,
        closed_on: row.opt_date(8)?,
        archived: row.flag(9)?,
        reopened: row.small(10)?,
        severity: row.small(11)?,
        version: row.count(12)?,
        revision: row.count(13)?,
        changed_at: Instant(row.int(14)?),
        mandates: Vec::new(),
    })
}

pub(crate) async fn load_card(
    tx: &mut Tx,
    office: OfficeId,
    dossier: DossierId,
    lock: &str,
) -> Result<Option<(CardRow, Rest)>, StoreError> {
    // The partners with it: a code holds no comma, and a statement more is a round trip.
    let sql = format!(
        "SELECT {CARD}, seals, digest, next_due,
         (SELECT {}(partner, ',') FROM mandate WHERE office = $1 AND dossier = $2)
         FROM dossier WHERE office = $1 AND dossier = $2 {lock}",
        tx.gather()
    );
    let Some(row) = tx.one(&sql, params![office, dossier]).await? else { return Ok(None) };
    let mut found = card(&row)?;
    if let Some(partners) = row.opt_text(18)? {
        found.mandates = partners.split(',').map(str::to_owned).collect();
        found.mandates.sort_unstable();
    }
    let (seals, digest, next_due) = (row.count(15)?, row.bytes(16)?, row.opt_text(17)?);
    Ok(Some((found, Rest { seals, digest, next_due })))
}

/// The partners mandated for a dossier.
const MANDATES: &str =
    "SELECT partner FROM mandate WHERE office = $1 AND dossier = $2 ORDER BY partner";

fn mandated(rows: &[Row]) -> Result<Vec<String>, StoreError> {
    rows.iter().map(|r| r.text(0)).collect()
}

/// What else stands on the row of a dossier.
pub(crate) struct Rest {
    /// What binds the rows of a dossier together (I14).
    seals: u64,
    digest: Vec<u8>,
    /// The nearest deadline on which someone must act.
    pub(crate) next_due: Option<String>,
}

pub(crate) async fn load_units(
    tx: &mut Tx,
    office: OfficeId,
    dossier: DossierId,
) -> Result<Vec<SealedUnit>, StoreError> {
    let sql = "SELECT unit, slot, state, version, contents FROM unit
               WHERE office = $1 AND dossier = $2 ORDER BY unit";
    let rows = tx.all(sql, params![office, dossier]).await?;
    rows.iter()
        .map(|r| {
            Ok(SealedUnit {
                unit: r.text(0)?,
                slot: Slot(r.int(1)?),
                state: match r.text(2)?.as_str() {
                    "active" => UnitState::Active,
                    "archived" => UnitState::Archived,
                    _ => return Err(StoreError::Corrupt("état d'unité")),
                },
                version: r.count(3)?,
                contents: r.bytes(4)?,
            })
        })
        .collect()
}

pub(crate) async fn load_sealed(
    tx: &mut Tx,
    card: &CardRow,
    row: Rest,
) -> Result<SealedDossier, StoreError> {
    let (office, dossier) = (card.office, card.dossier);
    let units = load_units(tx, office, dossier).await?;
    let sections = tx
        .all(
            "SELECT unit, place, version, body FROM section
             WHERE office = $1 AND dossier = $2 ORDER BY place",
            params![office, dossier],
        )
        .await?
        .iter()
        .map(|r| {
            Ok(SealedSection {
                unit: r.text(0)?,
                place: r.id16(1)?,
                version: r.count(2)?,
                body: r.bytes(3)?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    let acts = tx
        .all(
            "SELECT no, unit, kind, acted_on, recorded_at, agent, corrects, voided, slot, body
             FROM act WHERE office = $1 AND dossier = $2 ORDER BY no",
            params![office, dossier],
        )
        .await?
        .iter()
        .map(|r| {
            Ok(SealedAct {
                no: r.small(0)?,
                unit: r.text(1)?,
                kind: r.text(2)?,
                on: r.date(3)?,
                recorded: Instant(r.int(4)?),
                agent: r.opt_id16(5)?.map(AgentId::from_bytes),
                corrects: r.opt_int(6)?.and_then(|n| u32::try_from(n).ok()),
                voided: r.opt_text(7)?,
                slot: Slot(r.int(8)?),
                body: r.bytes(9)?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(SealedDossier {
        office,
        dossier,
        processing: card.processing.clone(),
        number: card.number,
        territory: card.territory.clone(),
        opened_on: card.opened_on,
        closed_on: card.closed_on,
        version: card.version,
        seals: row.seals,
        digest: row.digest,
        units,
        sections,
        acts,
    })
}

impl Store {
    /// The card of a number, within one office and processing.
    pub async fn card_by_number(
        &self,
        office: OfficeId,
        processing: &str,
        number: CaseNumber,
    ) -> Result<Option<CardRow>, StoreError> {
        let sql = format!(
            "SELECT {CARD} FROM dossier WHERE office = $1 AND processing = $2 AND number = $3"
        );
        let row = self.data.one(&sql, params![office, processing, number.digits()]).await?;
        self.with_mandates(row.as_ref().map(card).transpose()?).await
    }

    /// Is there a dossier of this number? The same work whatever the answer (I13).
    pub async fn has_number(
        &self,
        office: OfficeId,
        processing: &str,
        number: CaseNumber,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM dossier WHERE office = $1 AND processing = $2 AND number = $3";
        let row = self.data.one(sql, params![office, processing, number.digits()]).await?;
        Ok(row.is_some())
    }

    /// A card with the partners mandated for its dossier: what decides of their reach.
    pub(crate) async fn with_mandates(
        &self,
        card: Option<CardRow>,
    ) -> Result<Option<CardRow>, StoreError> {
        // I13: what does not exist is looked for as what does; the look costs the same.
        let nobody = (OfficeId::from_bytes([0; 16]), DossierId::from_bytes([0; 16]));
        let (office, dossier) = card.as_ref().map_or(nobody, |c| (c.office, c.dossier));
        let rows = self.data.all(MANDATES, params![office, dossier]).await?;
        let Some(mut card) = card else { return Ok(None) };
        card.mandates = mandated(&rows)?;
        Ok(Some(card))
    }

    /// The revision of a dossier: all that a live update says.
    pub async fn revision(
        &self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Option<u64>, StoreError> {
        let row = self
            .data
            .one(
                "SELECT revision FROM dossier WHERE office = $1 AND dossier = $2",
                params![office, dossier],
            )
            .await?;
        row.map(|r| r.count(0)).transpose()
    }

    /// A dossier as of one instant: card and sealed rows agree.
    pub async fn dossier(
        &self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Option<(CardRow, SealedDossier)>, StoreError> {
        let mut tx = self.data.snapshot().await?;
        let Some((card, row)) = load_card(&mut tx, office, dossier, "").await? else {
            return Ok(None);
        };
        let sealed = load_sealed(&mut tx, &card, row).await?;
        Ok(Some((card, sealed)))
    }
}
