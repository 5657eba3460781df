//! Partners: the organisations, the dossiers for which each is mandated, and what their
//! agents deposited. Card columns only.

use huis_kernel::{AgentId, CaseNumber, Date, DossierId, Instant, OfficeId};

use std::collections::BTreeSet;

use crate::{
    Store, StoreError, Work,
    dossiers::CARD_D,
    lists::{TermDue, followed, term_due},
    sql::{Row, params},
    work::{ids, places},
};

/// An organisation whose agents deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerRow {
    /// Code, opaque: the perimeter of its agents' grants.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The profile its agents file under.
    pub profile: String,
    /// When it was closed: it is mandated no more, and its agents reach nothing.
    pub closed_at: Option<Instant>,
}

/// An act that someone deposited: all that a receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositRow {
    /// Number of the dossier.
    pub number: CaseNumber,
    /// Number of the act.
    pub no: u32,
    /// Kind of act.
    pub kind: String,
    /// Its legal date.
    pub on: Date,
    /// When it was deposited.
    pub recorded: Instant,
    /// The act it corrects.
    pub corrects: Option<u32>,
    /// Was it voided since?
    pub voided: bool,
}

/// A deposit's place among those of its agent: when it was recorded, and which it is.
pub type DepositPlace = (Instant, CaseNumber, u32);

/// Where someone may file.
#[derive(Clone, Copy, Debug)]
pub enum Reach<'a> {
    /// In these territories; none named: the whole office.
    Territories(&'a [String]),
    /// In the dossiers for which one of these partners is mandated; none named: nowhere.
    Partners(&'a [String]),
}

fn partner(r: &Row) -> Result<PartnerRow, StoreError> {
    Ok(PartnerRow {
        code: r.text(0)?,
        name: r.text(1)?,
        profile: r.text(2)?,
        closed_at: r.opt_int(3)?.map(Instant),
    })
}

fn deposit(r: &Row) -> Result<DepositRow, StoreError> {
    Ok(DepositRow {
        number: CaseNumber::from_digits(r.small(0)?).ok_or(StoreError::Corrupt("numéro"))?,
        no: r.small(1)?,
        kind: r.text(2)?,
        on: r.date(3)?,
        recorded: Instant(r.int(4)?),
        corrects: r.opt_int(5)?.and_then(|n| u32::try_from(n).ok()),
        voided: r.opt_text(6)?.is_some(),
    })
}

const DEPOSIT: &str = "d.number, a.no, a.kind, a.acted_on, a.recorded_at, a.corrects, a.voided
     FROM act a JOIN dossier d ON d.office = a.office AND d.dossier = a.dossier";

impl Store {
    /// The partners of an office, closed ones last.
    pub async fn partners(&self, office: OfficeId) -> Result<Vec<PartnerRow>, StoreError> {
        let sql = "SELECT code, name, profile, closed_at FROM partner WHERE office = $1
                   ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, profile, name";
        self.data.all(sql, params![office]).await?.iter().map(partner).collect()
    }

    /// Since when each partner is mandated for a dossier: (code, day).
    pub async fn mandates(
        &self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Vec<(String, Date)>, StoreError> {
        let sql = "SELECT partner, since FROM mandate WHERE office = $1 AND dossier = $2
                   ORDER BY since, partner";
        let rows = self.data.all(sql, params![office, dossier]).await?;
        rows.iter().map(|r| Ok((r.text(0)?, r.date(1)?))).collect()
    }

    /// Running deadlines of some rules, where some may file the act that answers them, by date.
    pub async fn terms_awaited(
        &self,
        office: OfficeId,
        processing: &str,
        rules: &[&str],
        reach: Reach<'_>,
        limit: u32,
    ) -> Result<Vec<TermDue>, StoreError> {
        if rules.is_empty() || matches!(reach, Reach::Partners([])) {
            return Ok(Vec::new());
        }
        let (deadlines, codes) = match reach {
            Reach::Territories(codes) => (self.terms_of_open(2, codes), codes),
            // A partner's own dossiers are few: from them to their deadlines, and not through every
            // deadline of the office.
            Reach::Partners(codes) => {
                let mandated = format!(
                    "(SELECT DISTINCT dossier FROM mandate
                      WHERE office = $1 AND partner IN ({})) m CROSS JOIN term t
                     CROSS JOIN dossier d WHERE t.office = $1 AND t.dossier = m.dossier
                     AND d.office = $1 AND d.dossier = t.dossier{}",
                    places(3, codes.len()),
                    followed(2)
                );
                (mandated, codes)
            }
        };
        let mut list = params![office, processing];
        list.extend(ids(codes.iter().map(String::as_str)));
        list.extend(ids(rules.iter().copied()));
        let sql = format!(
            "SELECT {CARD_D}, t.rule, t.due, t.action FROM {deadlines}
             AND t.state = 'running' AND t.action = 1 AND t.rule IN ({})
             ORDER BY t.due, t.dossier LIMIT {limit}",
            places(3 + codes.len(), rules.len())
        );
        self.data.all(&sql, list).await?.iter().map(term_due).collect()
    }

    /// What an agent deposited, newest first, after a row of the page before.
    pub async fn deposits_of(
        &self,
        office: OfficeId,
        processing: &str,
        agent: AgentId,
        after: Option<DepositPlace>,
        limit: u32,
    ) -> Result<Vec<DepositRow>, StoreError> {
        let mut list = params![office, agent, processing];
        let mut older = "";
        if let Some((at, number, no)) = after {
            list.extend(params![at, number.digits(), no]);
            older = " AND (a.recorded_at < $4 OR (a.recorded_at = $4 AND (d.number < $5
                      OR (d.number = $5 AND a.no < $6))))";
        }
        let sql = format!(
            "SELECT {DEPOSIT} WHERE a.office = $1 AND a.agent = $2 AND d.processing = $3{older}
             ORDER BY a.recorded_at DESC, d.number DESC, a.no DESC LIMIT {limit}"
        );
        self.data.all(&sql, list).await?.iter().map(deposit).collect()
    }

    /// Who has acted in a dossier.
    pub async fn authors(
        &self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<BTreeSet<AgentId>, StoreError> {
        let sql = "SELECT DISTINCT agent FROM act
                   WHERE office = $1 AND dossier = $2 AND agent IS NOT NULL";
        let rows = self.data.all(sql, params![office, dossier]).await?;
        rows.iter().map(|r| Ok(AgentId::from_bytes(r.id16(0)?))).collect()
    }

    /// One deposit of an agent.
    pub async fn deposit_of(
        &self,
        office: OfficeId,
        dossier: DossierId,
        no: u32,
        agent: AgentId,
    ) -> Result<Option<DepositRow>, StoreError> {
        let sql = format!(
            "SELECT {DEPOSIT} WHERE a.office = $1 AND a.dossier = $2 AND a.no = $3
             AND a.agent = $4"
        );
        let row = self.data.one(&sql, params![office, dossier, no, agent]).await?;
        row.as_ref().map(deposit).transpose()
    }
}

impl Work {
    /// Adds a partner.
    pub async fn add_partner(
        &mut self,
        office: OfficeId,
        row: &PartnerRow,
        by: Option<AgentId>,
        now: Instant,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO partner (office, code, name, profile, created_at, created_by)
                   VALUES ($1,$2,$3,$4,$5,$6)";
        let values = params![office, &row.code, &row.name, &row.profile, now, by];
        self.0.run(sql, values).await?;
        Ok(())
    }

    /// Closes a partner: every mandate of it ends. False when it was closed already.
    pub async fn close_partner(
        &mut self,
        office: OfficeId,
        code: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE partner SET closed_at = $3
                   WHERE office = $1 AND code = $2 AND closed_at IS NULL";
        let n = self.0.run(sql, params![office, code, now]).await?;
        let sql = "DELETE FROM mandate WHERE office = $1 AND partner = $2";
        self.0.run(sql, params![office, code]).await?;
        Ok(n == 1)
    }

    /// Mandates a partner for a dossier. False when it was already.
    pub async fn add_mandate(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        partner: &str,
        since: Date,
        by: Option<AgentId>,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO mandate (office, dossier, partner, since, named_by)
                   VALUES ($1,$2,$3,$4,$5) ON CONFLICT (office, dossier, partner) DO NOTHING";
        Ok(self.0.run(sql, params![office, dossier, partner, since, by]).await? == 1)
    }

    /// Ends a mandate. False when there was none.
    pub async fn end_mandate(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        partner: &str,
    ) -> Result<bool, StoreError> {
        let sql = "DELETE FROM mandate WHERE office = $1 AND dossier = $2 AND partner = $3";
        Ok(self.0.run(sql, params![office, dossier, partner]).await? == 1)
    }
}
