//! The API's ways in: personal tokens, known by their hash, and the keys by which a request that
//! comes twice is done once.

use huis_kernel::{AgentId, Date, Instant, OfficeId, SessionId};

use crate::{
    Store, StoreError, Work,
    sql::{Row, params},
};

/// A personal token as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Its name in the trace, where a session's stands; it opens nothing.
    pub id: SessionId,
    /// What it hashes to.
    pub hash: [u8; 32],
    /// Whose it is.
    pub agent: AgentId,
    /// Where it was made.
    pub office: OfficeId,
    /// What its owner calls it.
    pub name: String,
    /// Codes of its scopes, separated by spaces.
    pub scopes: String,
    /// Was it made in a session with a second factor?
    pub strong: bool,
    /// When.
    pub made: Instant,
    /// Its last day.
    pub until: Date,
    /// The last request, to some seconds.
    pub seen: Option<Instant>,
    /// When it was revoked.
    pub ended: Option<Instant>,
}

/// What became of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is new: the request may go on.
    Fresh,
    /// The same request was done: its status, and its result.
    Done(u16, String),
    /// A request with this key is under way, or stopped without telling.
    Open(Instant),
    /// The key served for another request.
    Other,
}

const COLUMNS: &str =
    "token, hash, agent, office, name, scopes, strong, made_at, until_on, seen_at, ended_at";

fn token(r: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: SessionId::from_bytes(r.id16(0)?),
        hash: r.bytes(1)?.try_into().map_err(|_| StoreError::Corrupt("empreinte"))?,
        agent: AgentId::from_bytes(r.id16(2)?),
        office: OfficeId::from_bytes(r.id16(3)?),
        name: r.text(4)?,
        scopes: r.text(5)?,
        strong: r.flag(6)?,
        made: Instant(r.int(7)?),
        until: r.date(8)?,
        seen: r.opt_int(9)?.map(Instant),
        ended: r.opt_int(10)?.map(Instant),
    })
}

impl Store {
    /// The token of a hash, revoked or not.
    pub async fn api_token(&self, hash: [u8; 32]) -> Result<Option<TokenRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM api_token WHERE hash = $1");
        self.data.one(&sql, params![hash]).await?.as_ref().map(token).transpose()
    }

    /// A token by its id.
    pub async fn api_token_of(&self, id: SessionId) -> Result<Option<TokenRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM api_token WHERE token = $1");
        self.data.one(&sql, params![id]).await?.as_ref().map(token).transpose()
    }

    /// The tokens of an agent, the newest first.
    pub async fn api_tokens(&self, agent: AgentId) -> Result<Vec<TokenRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM api_token WHERE agent = $1 ORDER BY made_at DESC, token"
        );
        self.data.all(&sql, params![agent]).await?.iter().map(token).collect()
    }

    /// A request with this token was answered.
    pub async fn api_token_seen(&self, id: SessionId, now: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE api_token SET seen_at = $2
                   WHERE token = $1 AND (seen_at IS NULL OR seen_at < $2)";
        self.data.run(sql, params![id, now]).await?;
        Ok(())
    }

    /// Takes a key for a request, or tells what it served for. The first to come has it: two
    /// requests with one key never go on both.
    pub async fn claim_key(
        &self,
        office: OfficeId,
        agent: AgentId,
        key: [u8; 32],
        request: [u8; 32],
        now: Instant,
    ) -> Result<Claimed, StoreError> {
        let sql = "INSERT INTO idempotency (office, agent, key, request, started_at)
                   VALUES ($1,$2,$3,$4,$5) ON CONFLICT (office, agent, key) DO NOTHING";
        if self.data.run(sql, params![office, agent, key, request, now]).await? == 1 {
            return Ok(Claimed::Fresh);
        }
        let sql = "SELECT request, started_at, status, result FROM idempotency
                   WHERE office = $1 AND agent = $2 AND key = $3";
        let Some(row) = self.data.one(sql, params![office, agent, key]).await? else {
            // It was let go of between the two: whoever asks again has it.
            return Ok(Claimed::Open(now));
        };
        if row.bytes(0)? != request {
            return Ok(Claimed::Other);
        }
        match (row.opt_int(2)?, row.opt_text(3)?) {
            (Some(status), Some(result)) => {
                let status = u16::try_from(status).map_err(|_| StoreError::Corrupt("statut"))?;
                Ok(Claimed::Done(status, result))
            }
            _ => Ok(Claimed::Open(Instant(row.int(1)?))),
        }
    }

    /// What the request of a key gave.
    pub async fn keep_result(
        &self,
        office: OfficeId,
        agent: AgentId,
        key: [u8; 32],
        status: u16,
        result: &str,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE idempotency SET status = $4, result = $5
                   WHERE office = $1 AND agent = $2 AND key = $3";
        self.data.run(sql, params![office, agent, key, i64::from(status), result]).await?;
        Ok(())
    }

    /// Lets go of a key whose request changed nothing.
    pub async fn drop_key(
        &self,
        office: OfficeId,
        agent: AgentId,
        key: [u8; 32],
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM idempotency WHERE office = $1 AND agent = $2 AND key = $3
                   AND status IS NULL";
        self.data.run(sql, params![office, agent, key]).await?;
        Ok(())
    }

    /// Forgets the keys older than an instant.
    pub async fn drop_old_keys(&self, before: Instant) -> Result<u64, StoreError> {
        self.data.run("DELETE FROM idempotency WHERE started_at < $1", params![before]).await
    }

    /// Forgets the tokens that were revoked before an instant, or whose last day is before a day.
    pub async fn drop_old_tokens(&self, before: Instant, day: Date) -> Result<u64, StoreError> {
        let sql = "DELETE FROM api_token WHERE ended_at < $1 OR until_on < $2";
        self.data.run(sql, params![before, day]).await
    }
}

impl Work {
    /// Keeps a new token.
    pub async fn add_api_token(&mut self, row: &TokenRow) -> Result<(), StoreError> {
        let values = params![
            row.id,
            row.hash,
            row.agent,
            row.office,
            &row.name,
            &row.scopes,
            row.strong,
            row.made,
            row.until
        ];
        let columns = "token, hash, agent, office, name, scopes, strong, made_at, until_on";
        self.0.insert("api_token", columns, vec![values], "").await
    }

    /// Revokes a token of an agent. False when there is none to revoke.
    pub async fn end_api_token(
        &mut self,
        id: SessionId,
        agent: AgentId,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE api_token SET ended_at = $3
                   WHERE token = $1 AND agent = $2 AND ended_at IS NULL";
        Ok(self.0.run(sql, params![id, agent, now]).await? == 1)
    }

    /// Revokes every token of an agent; gives those that were not yet.
    pub async fn end_api_tokens(
        &mut self,
        agent: AgentId,
        now: Instant,
    ) -> Result<Vec<SessionId>, StoreError> {
        let sql = "UPDATE api_token SET ended_at = $2 WHERE agent = $1 AND ended_at IS NULL
                   RETURNING token";
        let rows = self.0.all(sql, params![agent, now]).await?;
        rows.iter().map(|r| Ok(SessionId::from_bytes(r.id16(0)?))).collect()
    }
}
