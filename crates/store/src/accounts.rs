//! Accounts, passwords, second factors. What is secret lies here as a hash, or sealed.

mod identities;
mod sessions;
mod throttle;

pub use sessions::{ResetRow, SessionRow};

use huis_kernel::{AgentId, Date, Instant};

use crate::{
    Store, StoreError, Work,
    sql::{Row, params},
};

/// An account as stored.
#[derive(Clone, Debug)]
pub struct AgentRow {
    /// Identifier.
    pub id: AgentId,
    /// Login, in its one form.
    pub login: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Service.
    pub service: String,
    /// Mail address.
    pub email: String,
    /// `active`, `locked`, `closed`.
    pub state: String,
    /// When it was made.
    pub created_at: Instant,
    /// By whom; nobody for the first administrator.
    pub created_by: Option<AgentId>,
    /// When the person left.
    pub closed_at: Option<Instant>,
    /// Hash of the present password.
    pub password: String,
    /// When that one was set.
    pub password_on: Date,
    /// `given`, `reset`: why it must be changed.
    pub must_change: Option<String>,
    /// Sessions that began before are closed.
    pub sessions_from: Instant,
    /// Last sign-in.
    pub signed_in_at: Option<Instant>,
    /// Secret of the second factor, sealed.
    pub totp: Option<Vec<u8>>,
    /// The last step used; 0 for none.
    pub totp_step: u64,
    /// A secret that waits for its first code, sealed.
    pub totp_next: Option<Vec<u8>>,
    /// What the person has been told, has signed, has learnt.
    pub duties: DutyDates,
}

/// When an agent met each duty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DutyDates {
    /// Informed of the processing of their own data, the trace above all.
    pub informed_on: Option<Date>,
    /// Acknowledged the habilitation procedure and signed the commitment.
    pub committed_on: Option<Date>,
    /// Trained.
    pub trained_on: Option<Date>,
}

/// What an agent must have met before or while working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Informed of the processing of their own data.
    Informed,
    /// The habilitation procedure acknowledged.
    Committed,
    /// Trained.
    Trained,
}

impl Duty {
    /// Its code in the trace.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Informed => "agent-informe",
            Self::Committed => "agent-engage",
            Self::Trained => "agent-forme",
        }
    }

    const fn column(self) -> &'static str {
        match self {
            Self::Informed => "informed_on",
            Self::Committed => "committed_on",
            Self::Trained => "trained_on",
        }
    }
}

/// A new password, with what it replaces.
#[derive(Clone, Copy, Debug)]
pub struct PasswordChange<'a> {
    /// The hash that was there: someone else's change meanwhile is not overwritten.
    pub old: &'a str,
    /// The new hash.
    pub new: &'a str,
    /// The former hashes to keep, the latest first.
    pub former: &'a [String],
    /// When it was set.
    pub on: Date,
    /// Why it must be changed again.
    pub must_change: Option<&'a str>,
    /// Sessions that began before are closed.
    pub sessions_from: Instant,
}

const AGENT: &str = "agent, login, first_name, last_name, service, email, state, created_at, \
     created_by, closed_at, password, password_on, must_change, sessions_from, signed_in_at, totp, \
     totp_step, totp_next, informed_on, committed_on, trained_on";

fn agent(r: &Row) -> Result<AgentRow, StoreError> {
    Ok(AgentRow {
        id: AgentId::from_bytes(r.id16(0)?),
        login: r.text(1)?,
        first_name: r.text(2)?,
        last_name: r.text(3)?,
        service: r.text(4)?,
        email: r.text(5)?,
        state: r.text(6)?,
        created_at: Instant(r.int(7)?),
        created_by: r.opt_id16(8)?.map(AgentId::from_bytes),
        closed_at: r.opt_int(9)?.map(Instant),
        password: r.text(10)?,
        password_on: r.date(11)?,
        must_change: r.opt_text(12)?,
        sessions_from: Instant(r.int(13)?),
        signed_in_at: r.opt_int(14)?.map(Instant),
        totp: r.opt_bytes(15)?,
        totp_step: r.count(16)?,
        totp_next: r.opt_bytes(17)?,
        duties: DutyDates {
            informed_on: r.opt_date(18)?,
            committed_on: r.opt_date(19)?,
            trained_on: r.opt_date(20)?,
        },
    })
}

impl Store {
    /// An account by id.
    pub async fn agent(&self, id: AgentId) -> Result<Option<AgentRow>, StoreError> {
        let sql = format!("SELECT {AGENT} FROM agent WHERE agent = $1");
        self.data.one(&sql, params![id]).await?.as_ref().map(agent).transpose()
    }

    /// An account by login.
    pub async fn agent_by_login(&self, login: &str) -> Result<Option<AgentRow>, StoreError> {
        let sql = format!("SELECT {AGENT} FROM agent WHERE login = $1");
        self.data.one(&sql, params![login]).await?.as_ref().map(agent).transpose()
    }

    /// Every account, those in use first, by name.
    pub async fn agents(&self) -> Result<Vec<AgentRow>, StoreError> {
        let sql = format!(
            "SELECT {AGENT} FROM agent
             ORDER BY CASE state WHEN 'closed' THEN 1 ELSE 0 END, last_name, first_name, login"
        );
        self.data.all(&sql, vec![]).await?.iter().map(agent).collect()
    }

    /// Hashes of the former passwords, the latest first.
    pub async fn former_passwords(&self, agent: AgentId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT hash FROM agent_password WHERE agent = $1 ORDER BY rank";
        self.data.all(sql, params![agent]).await?.iter().map(|r| r.text(0)).collect()
    }

    /// Hashes of the recovery codes that are left.
    pub async fn recovery_codes(&self, agent: AgentId) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "SELECT hash FROM agent_recovery WHERE agent = $1 ORDER BY hash";
        let rows = self.data.all(sql, params![agent]).await?;
        let hash = |r: &Row| r.bytes(0)?.try_into().map_err(|_| StoreError::Corrupt("code"));
        rows.iter().map(hash).collect()
    }

    /// The last thing that each agent did under a processing, signing in and out aside: what a
    /// review of grants looks at. Traces that were purged no longer count.
    pub async fn last_uses(&self, processing: &str) -> Result<Vec<(AgentId, Instant)>, StoreError> {
        let sql = "SELECT l.agent, MAX(l.at) FROM trace_line l JOIN trace_log g ON g.log = l.log
                   WHERE g.processing = $1 AND l.agent IS NOT NULL AND l.operation NOT IN
                   ('sign-in', 'sign-in-failed', 'sign-out', 'session-ended', 'password-changed',
                    'second-factor-changed', 'reset-asked')
                   GROUP BY l.agent";
        let rows = self.trace.all(sql, params![processing]).await?;
        rows.iter().map(|r| Ok((AgentId::from_bytes(r.id16(0)?), Instant(r.int(1)?)))).collect()
    }
}

impl Work {
    /// Adds an account.
    pub async fn add_agent(&mut self, a: &AgentRow) -> Result<(), StoreError> {
        let row = params![
            a.id,
            &a.login,
            &a.first_name,
            &a.last_name,
            &a.service,
            &a.email,
            &a.state,
            a.created_at,
            a.created_by,
            a.closed_at,
            &a.password,
            a.password_on,
            a.must_change.as_deref(),
            a.sessions_from,
            a.signed_in_at,
            a.totp.clone(),
            a.totp_step,
            a.totp_next.clone(),
            a.duties.informed_on,
            a.duties.committed_on,
            a.duties.trained_on,
        ];
        self.0.insert("agent", AGENT, vec![row], "").await
    }

    /// Replaces a password. False when someone else replaced it first.
    pub async fn set_password(
        &mut self,
        agent: AgentId,
        change: &PasswordChange<'_>,
    ) -> Result<bool, StoreError> {
        let n = self
            .0
            .run(
                "UPDATE agent SET password = $3, password_on = $4, must_change = $5,
                 sessions_from = $6 WHERE agent = $1 AND password = $2",
                params![
                    agent,
                    change.old,
                    change.new,
                    change.on,
                    change.must_change,
                    change.sessions_from
                ],
            )
            .await?;
        if n != 1 {
            return Ok(false);
        }
        self.0.run("DELETE FROM agent_password WHERE agent = $1", params![agent]).await?;
        let rows =
            change.former.iter().enumerate().map(|(i, hash)| params![agent, i, hash]).collect();
        self.0.insert("agent_password", "agent, rank, hash", rows, "").await?;
        Ok(true)
    }

    /// The same password, hashed anew at the present cost.
    pub async fn rehash(&mut self, agent: AgentId, old: &str, new: &str) -> Result<(), StoreError> {
        let sql = "UPDATE agent SET password = $3 WHERE agent = $1 AND password = $2";
        self.0.run(sql, params![agent, old, new]).await?;
        Ok(())
    }

    /// The password must be changed (`reset`), and every session that began before is closed.
    pub async fn require_change(
        &mut self,
        agent: AgentId,
        why: &str,
        sessions_from: Instant,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE agent SET must_change = $2, sessions_from = $3 WHERE agent = $1";
        self.0.run(sql, params![agent, why, sessions_from]).await?;
        Ok(())
    }

    /// Changes the state of an account. False when it was that already.
    pub async fn set_agent_state(
        &mut self,
        agent: AgentId,
        state: &str,
        sessions_from: Instant,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let closed = (state == "closed").then_some(now);
        let n = self
            .0
            .run(
                "UPDATE agent SET state = $2, sessions_from = $3, closed_at = $4
                 WHERE agent = $1 AND state <> $2",
                params![agent, state, sessions_from, closed],
            )
            .await?;
        Ok(n == 1)
    }

    /// A sign-in came to its end.
    pub async fn signed_in(&mut self, agent: AgentId, now: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE agent SET signed_in_at = $2 WHERE agent = $1";
        self.0.run(sql, params![agent, now]).await?;
        Ok(())
    }

    /// Keeps a secret until its first code proves it.
    pub async fn keep_next_totp(
        &mut self,
        agent: AgentId,
        sealed: Vec<u8>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE agent SET totp_next = $2 WHERE agent = $1";
        self.0.run(sql, params![agent, sealed]).await?;
        Ok(())
    }

    /// Puts the waiting secret to service, if it is still this one, the step of its first code
    /// being used; or takes the second factor away (`None`). Sessions begun before are closed.
    pub async fn set_totp(
        &mut self,
        agent: AgentId,
        proved: Option<(&[u8], u64)>,
        sessions_from: Instant,
    ) -> Result<bool, StoreError> {
        let n = match proved {
            Some((sealed, step)) => {
                let sql = "UPDATE agent SET totp = totp_next, totp_next = NULL, totp_step = $3,
                           sessions_from = $4 WHERE agent = $1 AND totp_next = $2";
                self.0.run(sql, params![agent, sealed, step, sessions_from]).await?
            }
            None => {
                let sql = "UPDATE agent SET totp = NULL, totp_next = NULL, totp_step = 0,
                           sessions_from = $2 WHERE agent = $1 AND totp IS NOT NULL";
                self.0.run(sql, params![agent, sessions_from]).await?
            }
        };
        Ok(n == 1)
    }

    /// Uses up a step: false when it, or a later one, was used already (a code counts once).
    pub async fn use_totp_step(&mut self, agent: AgentId, step: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE agent SET totp_step = $2 WHERE agent = $1 AND totp_step < $2";
        Ok(self.0.run(sql, params![agent, step]).await? == 1)
    }

    /// Uses up a recovery code: false when it was used already.
    pub async fn use_recovery_code(
        &mut self,
        agent: AgentId,
        hash: [u8; 32],
    ) -> Result<bool, StoreError> {
        let sql = "DELETE FROM agent_recovery WHERE agent = $1 AND hash = $2";
        Ok(self.0.run(sql, params![agent, hash]).await? == 1)
    }

    /// Replaces the recovery codes.
    pub async fn set_recovery_codes(
        &mut self,
        agent: AgentId,
        hashes: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        self.0.run("DELETE FROM agent_recovery WHERE agent = $1", params![agent]).await?;
        let rows = hashes.iter().map(|hash| params![agent, *hash]).collect();
        self.0.insert("agent_recovery", "agent, hash", rows, "").await
    }

    /// Records that a duty was met.
    pub async fn set_duty(
        &mut self,
        agent: AgentId,
        duty: Duty,
        on: Date,
    ) -> Result<bool, StoreError> {
        let sql = format!("UPDATE agent SET {} = $2 WHERE agent = $1", duty.column());
        Ok(self.0.run(&sql, params![agent, on]).await? == 1)
    }
}
