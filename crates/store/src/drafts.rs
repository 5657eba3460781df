//! Forms that a session's end kept from being recorded: sealed, short-lived, one account's (I1).

use huis_kernel::{AgentId, Instant};

use crate::{Store, StoreError, sql::params};

/// A kept form, without what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftRow {
    /// Its opaque id.
    pub draft: [u8; 16],
    /// When it was kept.
    pub kept_at: Instant,
}

impl Store {
    /// Keeps a sealed form for an account; the oldest beyond `most` go.
    pub async fn keep_draft(
        &self,
        row: DraftRow,
        agent: AgentId,
        body: Vec<u8>,
        until: Instant,
        most: usize,
    ) -> Result<(), StoreError> {
        let known = self.drafts(agent, row.kept_at).await?;
        for old in known.iter().skip(most.saturating_sub(1)) {
            self.drop_draft(old.draft, agent).await?;
        }
        let values = params![row.draft, agent, body, row.kept_at, until];
        self.data
            .run(
                "INSERT INTO draft (draft, agent, body, kept_at, until_at) VALUES ($1,$2,$3,$4,$5)",
                values,
            )
            .await?;
        Ok(())
    }

    /// The forms kept for an account, the newest first.
    pub async fn drafts(&self, agent: AgentId, now: Instant) -> Result<Vec<DraftRow>, StoreError> {
        let sql = "SELECT draft, kept_at FROM draft WHERE agent = $1 AND until_at > $2
                   ORDER BY kept_at DESC, draft";
        let rows = self.data.all(sql, params![agent, now]).await?;
        rows.iter()
            .map(|r| Ok(DraftRow { draft: r.id16(0)?, kept_at: Instant(r.int(1)?) }))
            .collect()
    }

    /// A kept form, for the account that it is kept for, while it lasts.
    pub async fn draft(
        &self,
        draft: [u8; 16],
        agent: AgentId,
        now: Instant,
    ) -> Result<Option<(Vec<u8>, Instant)>, StoreError> {
        let sql = "SELECT body, kept_at FROM draft
                   WHERE draft = $1 AND agent = $2 AND until_at > $3";
        let row = self.data.one(sql, params![draft, agent, now]).await?;
        row.map(|r| Ok((r.bytes(0)?, Instant(r.int(1)?)))).transpose()
    }

    /// Forgets a kept form.
    pub async fn drop_draft(&self, draft: [u8; 16], agent: AgentId) -> Result<(), StoreError> {
        let sql = "DELETE FROM draft WHERE draft = $1 AND agent = $2";
        self.data.run(sql, params![draft, agent]).await?;
        Ok(())
    }

    /// Forgets the forms past their end.
    pub async fn drop_old_drafts(&self, now: Instant) -> Result<(), StoreError> {
        self.data.run("DELETE FROM draft WHERE until_at <= $1", params![now]).await?;
        Ok(())
    }
}
