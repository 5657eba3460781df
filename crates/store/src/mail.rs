//! Mails on their way, what each person refuses of them, and calendar links. A mail is written once
//! however often it is asked for; its body is sealed until it has left (I1).

use huis_kernel::{AgentId, Instant, OfficeId};

use crate::{Store, StoreError, Work, sql::Row, sql::params};

/// A mail as it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailRow {
    /// A hash of what it tells.
    pub mail: [u8; 16],
    /// Office.
    pub office: OfficeId,
    /// To whom: an account, whose address is read when it leaves.
    pub agent: AgentId,
    /// Kind, a code.
    pub kind: String,
    /// What it says, sealed.
    pub body: Vec<u8>,
    /// When it was asked for.
    pub made_at: Instant,
    /// How often it was tried.
    pub attempts: u32,
}

/// A mail that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadMail {
    /// Which.
    pub mail: [u8; 16],
    /// To whom.
    pub agent: AgentId,
    /// Kind.
    pub kind: String,
    /// When it was given up.
    pub dead_at: Instant,
    /// How often it was tried.
    pub attempts: u32,
    /// Why, a code.
    pub failure: String,
}

/// A calendar link: its hash only is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRow {
    /// Whose deadlines.
    pub agent: AgentId,
    /// In which office.
    pub office: OfficeId,
    /// When it was made.
    pub made_at: Instant,
    /// When it was last read.
    pub read_at: Option<Instant>,
}

fn feed(r: &Row) -> Result<FeedRow, StoreError> {
    Ok(FeedRow {
        agent: AgentId::from_bytes(r.id16(0)?),
        office: OfficeId::from_bytes(r.id16(1)?),
        made_at: Instant(r.int(2)?),
        read_at: r.opt_int(3)?.map(Instant),
    })
}

impl Store {
    /// Puts a mail on its way; false when this very mail was already.
    pub async fn post(&self, row: &MailRow) -> Result<bool, StoreError> {
        let sql = "INSERT INTO mail (mail, office, agent, kind, body, made_at, next_at, attempts)
                   VALUES ($1,$2,$3,$4,$5,$6,$6,0) ON CONFLICT (mail) DO NOTHING";
        let body = row.body.clone();
        let values = params![row.mail, row.office, row.agent, &row.kind, body, row.made_at];
        Ok(self.data.run(sql, values).await? == 1)
    }

    /// The mails whose turn has come.
    pub async fn mails_due(&self, now: Instant, limit: u32) -> Result<Vec<MailRow>, StoreError> {
        let sql = format!(
            "SELECT mail, office, agent, kind, body, made_at, attempts FROM mail
             WHERE sent_at IS NULL AND dead_at IS NULL AND next_at <= $1
             ORDER BY next_at, mail LIMIT {limit}"
        );
        let rows = self.data.all(&sql, params![now]).await?;
        rows.iter()
            .map(|r| {
                Ok(MailRow {
                    mail: r.id16(0)?,
                    office: OfficeId::from_bytes(r.id16(1)?),
                    agent: AgentId::from_bytes(r.id16(2)?),
                    kind: r.text(3)?,
                    body: r.bytes(4)?,
                    made_at: Instant(r.int(5)?),
                    attempts: r.small(6)?,
                })
            })
            .collect()
    }

    /// The mail has left: its body goes.
    pub async fn mail_sent(&self, mail: [u8; 16], now: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE mail SET sent_at = $2, body = $3 WHERE mail = $1";
        self.data.run(sql, params![mail, now, Vec::<u8>::new()]).await?;
        Ok(())
    }

    /// The mail did not leave: again later.
    pub async fn mail_again(&self, mail: [u8; 16], next: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE mail SET attempts = attempts + 1, next_at = $2 WHERE mail = $1";
        self.data.run(sql, params![mail, next]).await?;
        Ok(())
    }

    /// The mail is given up: its body goes.
    pub async fn mail_dead(
        &self,
        mail: [u8; 16],
        why: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE mail SET attempts = attempts + 1, dead_at = $2, failure = $3, body = $4
                   WHERE mail = $1";
        self.data.run(sql, params![mail, now, why, Vec::<u8>::new()]).await?;
        Ok(())
    }

    /// Every mail that waits is given up, for one reason.
    pub async fn mails_all_dead(&self, why: &str, now: Instant) -> Result<u64, StoreError> {
        let sql = "UPDATE mail SET dead_at = $1, failure = $2, body = $3
                   WHERE sent_at IS NULL AND dead_at IS NULL";
        self.data.run(sql, params![now, why, Vec::<u8>::new()]).await
    }

    /// The mails that were given up in an office, newest first.
    pub async fn dead_mails(&self, office: OfficeId) -> Result<Vec<DeadMail>, StoreError> {
        let sql = "SELECT mail, agent, kind, dead_at, attempts, failure FROM mail
                   WHERE office = $1 AND dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT 100";
        let rows = self.data.all(sql, params![office]).await?;
        rows.iter()
            .map(|r| {
                Ok(DeadMail {
                    mail: r.id16(0)?,
                    agent: AgentId::from_bytes(r.id16(1)?),
                    kind: r.text(2)?,
                    dead_at: Instant(r.int(3)?),
                    attempts: r.small(4)?,
                    failure: r.opt_text(5)?.unwrap_or_default(),
                })
            })
            .collect()
    }

    /// How many mails wait in an office.
    pub async fn mails_waiting(&self, office: OfficeId) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM mail WHERE office = $1 AND sent_at IS NULL
                   AND dead_at IS NULL";
        self.data.one(sql, params![office]).await?.map_or(Ok(0), |r| r.count(0))
    }

    /// Forgets mails that left, or were given up, before an instant.
    pub async fn forget_mails(&self, before: Instant) -> Result<u64, StoreError> {
        let sql = "DELETE FROM mail WHERE made_at < $1
                   AND (sent_at IS NOT NULL OR dead_at IS NOT NULL)";
        self.data.run(sql, params![before]).await
    }

    /// The kinds of mail that a person does not want.
    pub async fn mails_refused(&self, agent: AgentId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT kind FROM mail_refused WHERE agent = $1 ORDER BY kind";
        self.data.all(sql, params![agent]).await?.iter().map(|r| r.text(0)).collect()
    }

    /// Replaces the kinds of mail that a person does not want.
    pub async fn refuse_mails(&self, agent: AgentId, kinds: &[&str]) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        tx.run("DELETE FROM mail_refused WHERE agent = $1", params![agent]).await?;
        for kind in kinds {
            let sql = "INSERT INTO mail_refused (agent, kind) VALUES ($1, $2)";
            tx.run(sql, params![agent, *kind]).await?;
        }
        tx.commit().await
    }

    /// Gives an agent a new calendar link in place of the one before.
    pub async fn set_feed(
        &self,
        agent: AgentId,
        office: OfficeId,
        hash: [u8; 32],
        now: Instant,
    ) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        tx.run("DELETE FROM feed WHERE agent = $1", params![agent]).await?;
        let sql = "INSERT INTO feed (agent, hash, office, made_at) VALUES ($1,$2,$3,$4)";
        tx.run(sql, params![agent, hash, office, now]).await?;
        tx.commit().await
    }

    /// Takes an agent's calendar link away. False when there was none.
    pub async fn end_feed(&self, agent: AgentId) -> Result<bool, StoreError> {
        Ok(self.data.run("DELETE FROM feed WHERE agent = $1", params![agent]).await? > 0)
    }

    /// An agent's calendar link.
    pub async fn feed_of(&self, agent: AgentId) -> Result<Option<FeedRow>, StoreError> {
        let sql = "SELECT agent, office, made_at, read_at FROM feed WHERE agent = $1";
        self.data.one(sql, params![agent]).await?.as_ref().map(feed).transpose()
    }

    /// The calendar link of a hash.
    pub async fn feed(&self, hash: [u8; 32]) -> Result<Option<FeedRow>, StoreError> {
        let sql = "SELECT agent, office, made_at, read_at FROM feed WHERE hash = $1";
        self.data.one(sql, params![hash]).await?.as_ref().map(feed).transpose()
    }

    /// A calendar was read.
    pub async fn feed_read(&self, agent: AgentId, now: Instant) -> Result<(), StoreError> {
        let sql = "UPDATE feed SET read_at = $2 WHERE agent = $1";
        self.data.run(sql, params![agent, now]).await?;
        Ok(())
    }
}

impl Work {
    /// Takes an agent's calendar link away, together with what else ends here.
    pub async fn end_feed(&mut self, agent: AgentId) -> Result<(), StoreError> {
        self.0.run("DELETE FROM feed WHERE agent = $1", params![agent]).await?;
        Ok(())
    }
}
