//! How mails leave: tried again with growing waits, given up in the end and shown to the
//! administrator; never twice once the mail server has taken them.

use huis_kernel::Instant;

use super::{Body, MailKind, SEALED_FOR};
use crate::{
    Huis, UseError,
    accounts::{Letter, NotSent},
};

/// The wait after the first failure; it doubles.
const FIRST_WAIT_MS: i64 = 60_000;
/// After so many attempts, over about three days, a mail is given up.
const ATTEMPTS: u32 = 12;
/// Mails a turn.
const TURN: u32 = 50;
/// The mark that nothing leaves for now: after a restore, until someone has looked.
pub(super) const PAUSED: &str = "outbox-paused";

impl Huis {
    /// Gathers what there is to tell and lets it leave; one server at a time. Gives how many left.
    /// Without a mail server, or while mail is paused, nothing is gathered nor sent.
    pub async fn post_mails(&self) -> Result<u64, UseError> {
        if !self.mail_ready() || self.mails_paused().await? {
            return Ok(0);
        }
        if !self.store.lease("mail", &self.server, self.now(), 300_000).await? {
            return Ok(0);
        }
        self.gather_mails().await?;
        self.forget_mails().await?;
        let mut left = 0;
        for row in self.store.mails_due(self.now(), TURN).await? {
            if self.is_stopping() {
                break;
            }
            let agent = self.store.agent(row.agent).await?.filter(|a| a.state == "active");
            let Some(agent) = agent else {
                self.store.mail_dead(row.mail, "compte", self.now()).await?;
                continue;
            };
            let kind = MailKind::of(&row.kind).ok_or(UseError::Internal("courriel"))?;
            let refused = self.store.mails_refused(row.agent).await?;
            if kind.required().is_none() && refused.contains(&row.kind) {
                // Not wanted is not a failure: it is as if it had left.
                self.store.mail_sent(row.mail, self.now()).await?;
                continue;
            }
            let opened = self.root.open_secret(SEALED_FOR, &row.mail, &row.body).ok();
            let body: Option<Body> = opened.and_then(|b| serde_json::from_slice(&b).ok());
            let Some(body) = body else {
                self.store.mail_dead(row.mail, "illisible", self.now()).await?;
                continue;
            };
            let letter = Letter::Notice {
                to: agent.email,
                id: row.mail.iter().map(|b| format!("{b:02x}")).collect(),
                subject: kind.subject(),
                text: body.text,
                path: body.path,
            };
            let Some(sending) = self.sending(letter) else { break };
            match sending.await {
                Ok(()) => {
                    self.store.mail_sent(row.mail, self.now()).await?;
                    left += 1;
                }
                Err(NotSent::Refused) => {
                    self.store.mail_dead(row.mail, "refus", self.now()).await?;
                }
                Err(NotSent::Later) if row.attempts + 1 >= ATTEMPTS => {
                    self.store.mail_dead(row.mail, "serveur", self.now()).await?;
                }
                Err(NotSent::Later) => {
                    let next = again(self.now(), row.attempts);
                    self.store.mail_again(row.mail, next).await?;
                }
            }
        }
        Ok(left)
    }

    pub(super) async fn mails_paused(&self) -> Result<bool, UseError> {
        Ok(self.store.meta(PAUSED).await?.is_some_and(|since| !since.is_empty()))
    }

    /// Pauses every mail, or lets them leave again: what a restore does, so that nothing which had
    /// left is sent anew before someone has looked.
    pub async fn pause_mails(&self, paused: bool) -> Result<(), UseError> {
        let since = if paused { self.now().rfc3339() } else { String::new() };
        Ok(self.store.set_meta(PAUSED, &since).await?)
    }
}

/// When a mail is tried again: one minute, two, four… at most a day.
fn again(now: Instant, attempts: u32) -> Instant {
    let wait = FIRST_WAIT_MS.saturating_mul(1_i64 << attempts.min(20)).min(86_400_000);
    now.plus_ms(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stop_growing() {
        let waits: Vec<i64> = (0..14).map(|n| again(Instant(0), n).0 / 60_000).collect();
        assert_eq!(waits[..4], [1, 2, 4, 8]);
        assert!(waits.windows(2).all(|w| w[0] <= w[1]));
        assert_eq!(waits[13], 1440);
    }
}
