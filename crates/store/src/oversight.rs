//! What those who watch ask of the store: what will be erased, what is late, whose tokens a
//! dossier bears, which alerts may go. Counts and card columns only.

use huis_kernel::{AgentId, Date, DossierId, Instant, OfficeId};
use huis_vault::Token;

use crate::{
    Store, StoreError,
    dossiers::CARD_D,
    lifecycle::DueRow,
    sql::{Param, params},
    work::{ids, places},
};

/// Dossiers of one processing within some territories (none named: the whole office).
#[derive(Clone, Copy, Debug)]
pub struct Perimeter<'a> {
    /// Office.
    pub office: OfficeId,
    /// Processing.
    pub processing: &'a str,
    /// Territories.
    pub territories: &'a [String],
}

/// The running deadlines of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleCount {
    /// Rule, a code of the processing.
    pub rule: String,
    /// Actions still to do.
    pub running: u64,
    /// Of which past their date.
    pub late: u64,
}

impl Perimeter<'_> {
    /// The condition on table `d`, after its own parameters; it appends those it needs.
    fn on_d(&self, list: &mut Vec<Param>) -> String {
        list.extend(params![self.office, self.processing]);
        let (office, processing) = (list.len() - 1, list.len());
        let mut sql = format!("d.office = ${office} AND d.processing = ${processing}");
        if !self.territories.is_empty() {
            let held = places(list.len() + 1, self.territories.len());
            sql.push_str(&format!(" AND d.territory IN ({held})"));
            list.extend(ids(self.territories.iter().map(String::as_str)));
        }
        sql
    }
}

impl Store {
    /// How many units take their next step by a day: (unit, step, count).
    pub async fn planned(
        &self,
        perimeter: Perimeter<'_>,
        by: Date,
    ) -> Result<Vec<(String, String, u64)>, StoreError> {
        let mut list = params![by];
        let sql = format!(
            "SELECT u.unit, u.next_step, COUNT(*) FROM dossier d
             JOIN unit u ON u.office = d.office AND u.dossier = d.dossier
             WHERE u.next_on <= $1 AND {} GROUP BY u.unit, u.next_step ORDER BY 1, 2",
            perimeter.on_d(&mut list)
        );
        let rows = self.data.all(&sql, list).await?;
        rows.iter().map(|r| Ok((r.text(0)?, r.text(1)?, r.count(2)?))).collect()
    }

    /// How many dossiers a hold keeps past their own term on a day.
    pub async fn held(&self, perimeter: Perimeter<'_>, today: Date) -> Result<u64, StoreError> {
        let mut list = params![today];
        let sql = format!(
            "SELECT COUNT(DISTINCT d.dossier) FROM dossier d
             JOIN hold h ON h.office = d.office AND h.dossier = d.dossier
             WHERE h.lifted_at IS NULL AND h.until_on >= $1 AND {}",
            perimeter.on_d(&mut list)
        );
        self.data.one(&sql, list).await?.map_or(Ok(0), |r| r.count(0))
    }

    /// The first units that are archived or destroyed by a day, by date.
    pub async fn first_planned(
        &self,
        perimeter: Perimeter<'_>,
        by: Date,
        limit: u32,
    ) -> Result<Vec<DueRow>, StoreError> {
        self.first_units(perimeter, by, "<> 'alert'", limit).await
    }

    /// The first units that wait for the event that starts their term, and should not by a day (I6).
    pub async fn first_late(
        &self,
        perimeter: Perimeter<'_>,
        by: Date,
        limit: u32,
    ) -> Result<Vec<DueRow>, StoreError> {
        self.first_units(perimeter, by, "= 'alert'", limit).await
    }

    async fn first_units(
        &self,
        perimeter: Perimeter<'_>,
        by: Date,
        step: &'static str,
        limit: u32,
    ) -> Result<Vec<DueRow>, StoreError> {
        let mut list = params![by];
        let sql = format!(
            "SELECT {CARD_D}, u.unit, u.slot, u.next_on, u.next_step FROM dossier d
             JOIN unit u ON u.office = d.office AND u.dossier = d.dossier
             WHERE u.next_on <= $1 AND u.next_step {step} AND {}
             ORDER BY u.next_on, u.dossier, u.unit LIMIT {limit}",
            perimeter.on_d(&mut list)
        );
        let rows = self.data.all(&sql, list).await?;
        rows.iter().map(crate::lifecycle::due_row).collect()
    }

    /// Actions to do on active dossiers, by rule, with those past their date.
    pub async fn actions_by_rule(
        &self,
        perimeter: Perimeter<'_>,
        today: Date,
    ) -> Result<Vec<RuleCount>, StoreError> {
        let mut list = params![today];
        let sql = format!(
            "SELECT t.rule, COUNT(*), SUM(CASE WHEN t.due < $1 THEN 1 ELSE 0 END)
             FROM dossier d JOIN term t ON t.office = d.office AND t.dossier = d.dossier
             WHERE t.state = 'running' AND t.action = 1 AND d.archived = 0
             AND d.closed_on IS NULL AND {} GROUP BY t.rule ORDER BY t.rule",
            perimeter.on_d(&mut list)
        );
        let rows = self.data.all(&sql, list).await?;
        rows.iter()
            .map(|r| Ok(RuleCount { rule: r.text(0)?, running: r.count(1)?, late: r.count(2)? }))
            .collect()
    }

    /// How many acts each agent recorded since an instant.
    pub async fn acts_by_agent(
        &self,
        office: OfficeId,
        processing: &str,
        since: Instant,
    ) -> Result<Vec<(AgentId, u64)>, StoreError> {
        let sql = "SELECT a.agent, COUNT(*) FROM act a
                   JOIN dossier d ON d.office = a.office AND d.dossier = a.dossier
                   WHERE a.office = $1 AND a.recorded_at >= $2 AND d.processing = $3
                   AND a.agent IS NOT NULL GROUP BY a.agent";
        let rows = self.data.all(sql, params![office, since, processing]).await?;
        rows.iter().map(|r| Ok((AgentId::from_bytes(r.id16(0)?), r.count(1)?))).collect()
    }

    /// Which of these sets of tokens a dossier bears whole, in the active index (`false`) or the
    /// archive's. One statement, however many they are; none of them is empty.
    pub async fn bears(
        &self,
        office: OfficeId,
        dossier: DossierId,
        sets: &[(&[Token], bool)],
    ) -> Result<Vec<bool>, StoreError> {
        if sets.is_empty() {
            return Ok(Vec::new());
        }
        let mut list = params![office, dossier];
        let mut counts = Vec::new();
        for (tokens, archive) in sets {
            let table = if *archive { "archive_token" } else { "token" };
            // By the dossier, which bears some forty tokens, and not by the token: a name of every
            // day is borne by hundreds of dossiers.
            let by = self.data.by_index(&format!("{table}_dossier"));
            counts.push(format!(
                "(SELECT COUNT(DISTINCT token) FROM {table} {by}
                 WHERE office = $1 AND dossier = $2 AND token IN ({}))",
                places(list.len() + 1, tokens.len())
            ));
            list.extend(ids(tokens.iter().copied()));
        }
        let row = self.data.one(&format!("SELECT {}", counts.join(", ")), list).await?;
        let row = row.ok_or(StoreError::Corrupt("compte"))?;
        let borne = |(at, (tokens, _)): (usize, &(&[Token], bool))| {
            Ok(row.count(at)? == u64::try_from(tokens.len()).unwrap_or(u64::MAX))
        };
        sets.iter().enumerate().map(borne).collect()
    }

    /// How many alerts of some processings are open.
    pub async fn open_alerts_of(
        &self,
        office: OfficeId,
        processings: &[&str],
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT COUNT(*) FROM alert WHERE office = $1 AND closed_at IS NULL
             AND processing IN ({})",
            places(2, processings.len())
        );
        let mut list = params![office];
        list.extend(ids(processings.iter().copied()));
        self.data.one(&sql, list).await?.map_or(Ok(0), |r| r.count(0))
    }

    /// Forgets closed alerts raised before an instant: they do not outlive the lines that they
    /// speak of. An open one stays until someone closes it.
    pub async fn forget_alerts(
        &self,
        processing: &str,
        before: Instant,
    ) -> Result<u64, StoreError> {
        let sql = "DELETE FROM alert WHERE processing = $1 AND raised_at < $2
                   AND closed_at IS NOT NULL";
        self.data.run(sql, params![processing, before]).await
    }
}
