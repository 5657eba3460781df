use huis_kernel::{AgentId, Instant, SessionId};

use crate::{
    Store, StoreError, Work,
    sql::{Row, params},
};

/// A session as stored. The cookie is known by its hash only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its name in the trace; it opens nothing.
    pub id: SessionId,
    /// What the cookie hashes to.
    pub token_hash: [u8; 32],
    /// Whose it is.
    pub agent: AgentId,
    /// What was proved: `password`, `reset`, `held`, `full`.
    pub level: String,
    /// Was a second factor given in it?
    pub strong: bool,
    /// When it began.
    pub created_at: Instant,
    /// The last request, to some seconds.
    pub seen_at: Instant,
    /// It ends after so long without a request.
    pub idle_ms: i64,
    /// It ends after so long in any case.
    pub absolute_ms: i64,
    /// Where from.
    pub address: String,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// Why, a code.
    pub ended_by: Option<String>,
}

/// A password reset that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResetRow {
    /// What the link hashes to.
    pub hash: [u8; 32],
    /// Whose account; nobody's when the login is unknown.
    pub agent: Option<AgentId>,
    /// It is good before this.
    pub until: Instant,
    /// When it was used.
    pub used: Option<Instant>,
}

const SESSION: &str = "session, token_hash, agent, level, strong, created_at, seen_at, idle_ms, \
     absolute_ms, address, ended_at, ended_by";

fn hash(r: &Row, column: usize) -> Result<[u8; 32], StoreError> {
    r.bytes(column)?.try_into().map_err(|_| StoreError::Corrupt("empreinte"))
}

fn session(r: &Row) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        id: SessionId::from_bytes(r.id16(0)?),
        token_hash: hash(r, 1)?,
        agent: AgentId::from_bytes(r.id16(2)?),
        level: r.text(3)?,
        strong: r.flag(4)?,
        created_at: Instant(r.int(5)?),
        seen_at: Instant(r.int(6)?),
        idle_ms: r.int(7)?,
        absolute_ms: r.int(8)?,
        address: r.text(9)?,
        ended_at: r.opt_int(10)?.map(Instant),
        ended_by: r.opt_text(11)?,
    })
}

impl Store {
    /// The session behind a cookie, ended or not.
    pub async fn session(&self, token_hash: [u8; 32]) -> Result<Option<SessionRow>, StoreError> {
        let sql = format!("SELECT {SESSION} FROM session WHERE token_hash = $1");
        self.data.one(&sql, params![token_hash]).await?.as_ref().map(session).transpose()
    }

    /// The sessions that have not ended, of one agent or of all, the latest first.
    pub async fn open_sessions(
        &self,
        agent: Option<AgentId>,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let rows = match agent {
            Some(agent) => {
                let sql = format!(
                    "SELECT {SESSION} FROM session WHERE agent = $1 AND ended_at IS NULL
                     ORDER BY created_at DESC"
                );
                self.data.all(&sql, params![agent]).await?
            }
            None => {
                let sql = format!(
                    "SELECT {SESSION} FROM session WHERE ended_at IS NULL ORDER BY created_at DESC"
                );
                self.data.all(&sql, vec![]).await?
            }
        };
        rows.iter().map(session).collect()
    }

    /// A request was answered.
    pub async fn session_seen(&self, id: SessionId, now: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE session SET seen_at = $2 WHERE session = $1 AND seen_at < $2";
        self.data.run(sql, params![id, now]).await?;
        Ok(())
    }

    /// A reset by the hash of its link.
    pub async fn reset(&self, link: [u8; 32]) -> Result<Option<ResetRow>, StoreError> {
        let sql = "SELECT hash, agent, until_at, used_at FROM reset WHERE hash = $1";
        let row = self.data.one(sql, params![link]).await?;
        row.map(|r| {
            Ok(ResetRow {
                hash: hash(&r, 0)?,
                agent: r.opt_id16(1)?.map(AgentId::from_bytes),
                until: Instant(r.int(2)?),
                used: r.opt_int(3)?.map(Instant),
            })
        })
        .transpose()
    }

    /// Removes what sign-in leaves behind: sessions that ended, links and throttles that no longer
    /// count, all before an instant. The trace keeps what must be kept, for its own term.
    pub async fn sweep_sign_in(&self, before: Instant) -> Result<u64, StoreError> {
        let mut gone = 0;
        for sql in [
            "DELETE FROM session WHERE ended_at < $1",
            "DELETE FROM reset WHERE until_at < $1",
            "DELETE FROM throttle WHERE last_at < $1",
        ] {
            gone += self.data.run(sql, params![before]).await?;
        }
        Ok(gone)
    }
}

impl Work {
    /// Opens a session.
    pub async fn add_session(&mut self, s: &SessionRow) -> Result<(), StoreError> {
        let row = params![
            s.id,
            s.token_hash,
            s.agent,
            &s.level,
            s.strong,
            s.created_at,
            s.seen_at,
            s.idle_ms,
            s.absolute_ms,
            &s.address,
            s.ended_at,
            s.ended_by.as_deref(),
        ];
        self.0.insert("session", SESSION, vec![row], "").await
    }

    /// Ends a session. False when it had ended.
    pub async fn end_session(
        &mut self,
        id: SessionId,
        why: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE session SET ended_at = $2, ended_by = $3
                   WHERE session = $1 AND ended_at IS NULL";
        Ok(self.0.run(sql, params![id, now, why]).await? == 1)
    }

    /// Ends every session of an agent, and tells which.
    pub async fn end_sessions(
        &mut self,
        agent: AgentId,
        why: &str,
        now: Instant,
    ) -> Result<Vec<SessionId>, StoreError> {
        let sql = "UPDATE session SET ended_at = $2, ended_by = $3
                   WHERE agent = $1 AND ended_at IS NULL RETURNING session";
        let rows = self.0.all(sql, params![agent, now, why]).await?;
        rows.iter().map(|r| r.id16(0).map(SessionId::from_bytes)).collect()
    }

    /// Keeps a reset; the earlier ones of the account no longer count.
    pub async fn add_reset(&mut self, reset: &ResetRow) -> Result<(), StoreError> {
        self.0.run("DELETE FROM reset WHERE agent = $1", params![reset.agent]).await?;
        let row = params![reset.hash, reset.agent, reset.until, reset.used];
        self.0.insert("reset", "hash, agent, until_at, used_at", vec![row], "").await
    }

    /// Takes back the link that an account may still have.
    pub async fn end_resets(&mut self, agent: AgentId) -> Result<(), StoreError> {
        self.0.run("DELETE FROM reset WHERE agent = $1", params![agent]).await?;
        Ok(())
    }

    /// Uses a link, once: false when it was used meanwhile.
    pub async fn use_reset(&mut self, link: [u8; 32], now: Instant) -> Result<bool, StoreError> {
        let sql = "UPDATE reset SET used_at = $2 WHERE hash = $1 AND used_at IS NULL";
        Ok(self.0.run(sql, params![link, now]).await? == 1)
    }
}
