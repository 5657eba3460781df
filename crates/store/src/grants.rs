//! Grants (*habilitations*) and their reviews.

use huis_kernel::{AgentId, Date, GrantId, Instant, OfficeId};

use crate::{Store, StoreError, Work, sql::Row, sql::params};

/// A grant as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// Office.
    pub office: OfficeId,
    /// Identifier.
    pub id: GrantId,
    /// Holder.
    pub agent: AgentId,
    /// Processing.
    pub processing: String,
    /// Profile.
    pub profile: String,
    /// Territories; empty: the whole office.
    pub territories: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Giver.
    pub giver: Option<AgentId>,
    /// When it was given.
    pub given_at: Instant,
    /// Reason.
    pub reason: String,
    /// Head of service, where the profile asks for one.
    pub sponsor: Option<String>,
    /// Withdrawn at.
    pub withdrawn: Option<Instant>,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// Last review that confirmed it.
    pub reviewed_on: Option<Date>,
}

const GRANT: &str = "office, grant_id, agent, processing, profile, territories, from_on, until_on, \
     giver, given_at, reason, sponsor, withdrawn_at, withdrawn_reason, reviewed_on";

fn grant(r: &Row) -> Result<GrantRow, StoreError> {
    let territories = r.text(5)?;
    Ok(GrantRow {
        office: OfficeId::from_bytes(r.id16(0)?),
        id: GrantId::from_bytes(r.id16(1)?),
        agent: AgentId::from_bytes(r.id16(2)?),
        processing: r.text(3)?,
        profile: r.text(4)?,
        territories: territories.split(' ').filter(|t| !t.is_empty()).map(str::to_owned).collect(),
        from: r.date(6)?,
        until: r.date(7)?,
        giver: r.opt_id16(8)?.map(AgentId::from_bytes),
        given_at: Instant(r.int(9)?),
        reason: r.text(10)?,
        sponsor: r.opt_text(11)?,
        withdrawn: r.opt_int(12)?.map(Instant),
        withdrawn_reason: r.opt_text(13)?,
        reviewed_on: r.opt_date(14)?,
    })
}

impl Store {
    /// Every grant of an agent: read at each request, so that a withdrawal counts at once.
    pub async fn grants_of(&self, agent: AgentId) -> Result<Vec<GrantRow>, StoreError> {
        let sql = format!("SELECT {GRANT} FROM habilitation WHERE agent = $1 ORDER BY from_on");
        self.data.all(&sql, params![agent]).await?.iter().map(grant).collect()
    }

    /// Every grant of an office, those in force first.
    pub async fn grants(&self, office: OfficeId) -> Result<Vec<GrantRow>, StoreError> {
        let sql = format!(
            "SELECT {GRANT} FROM habilitation WHERE office = $1
             ORDER BY CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END, until_on, given_at"
        );
        self.data.all(&sql, params![office]).await?.iter().map(grant).collect()
    }

    /// Opens a review campaign.
    pub async fn open_review(
        &self,
        office: OfficeId,
        review: [u8; 16],
        by: AgentId,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.data
            .run(
                "INSERT INTO review (office, review, opened_at, opened_by) VALUES ($1,$2,$3,$4)",
                params![office, review, now, by],
            )
            .await?;
        Ok(())
    }

    /// Closes the campaign under way.
    pub async fn close_review(&self, office: OfficeId, now: Instant) -> Result<(), StoreError> {
        self.data
            .run(
                "UPDATE review SET closed_at = $2 WHERE office = $1 AND closed_at IS NULL",
                params![office, now],
            )
            .await?;
        Ok(())
    }

    /// The campaigns of an office, newest first: (opened at, closed at).
    pub async fn reviews(
        &self,
        office: OfficeId,
    ) -> Result<Vec<(Instant, Option<Instant>)>, StoreError> {
        let sql = "SELECT opened_at, closed_at FROM review WHERE office = $1
                   ORDER BY opened_at DESC LIMIT 20";
        let rows = self.data.all(sql, params![office]).await?;
        rows.iter().map(|r| Ok((Instant(r.int(0)?), r.opt_int(1)?.map(Instant)))).collect()
    }
}

impl Work {
    /// Gives a grant.
    pub async fn add_grant(&mut self, row: &GrantRow) -> Result<(), StoreError> {
        self.0
            .run(
                "INSERT INTO habilitation (office, grant_id, agent, processing, profile,
                 territories, from_on, until_on, giver, given_at, reason, sponsor)
                 VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
                params![
                    row.office,
                    row.id,
                    row.agent,
                    &row.processing,
                    &row.profile,
                    row.territories.join(" "),
                    row.from,
                    row.until,
                    row.giver,
                    row.given_at,
                    &row.reason,
                    row.sponsor.as_deref(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Withdraws a grant. False when it was withdrawn already.
    pub async fn withdraw_grant(
        &mut self,
        office: OfficeId,
        id: GrantId,
        by: AgentId,
        reason: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let n = self
            .0
            .run(
                "UPDATE habilitation SET withdrawn_at = $3, withdrawn_by = $4,
                 withdrawn_reason = $5
                 WHERE office = $1 AND grant_id = $2 AND withdrawn_at IS NULL",
                params![office, id, now, by, reason],
            )
            .await?;
        Ok(n == 1)
    }

    /// Confirms a grant in a review.
    pub async fn confirm_grant(
        &mut self,
        office: OfficeId,
        id: GrantId,
        by: AgentId,
        on: Date,
    ) -> Result<bool, StoreError> {
        let n = self
            .0
            .run(
                "UPDATE habilitation SET reviewed_on = $3, reviewed_by = $4
                 WHERE office = $1 AND grant_id = $2 AND withdrawn_at IS NULL",
                params![office, id, on, by],
            )
            .await?;
        Ok(n == 1)
    }
}
