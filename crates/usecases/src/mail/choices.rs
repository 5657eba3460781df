//! What a person wants to be told by mail; and what the administrator sees of mail.

use huis_kernel::Instant;
use huis_register::Power;
use huis_trace::Operation;

use super::MailKind;
use crate::{Caller, Huis, UseError};

/// A kind of mail on « Mon compte ».
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailChoice {
    /// Which.
    pub kind: MailKind,
    /// Is it sent?
    pub on: bool,
}

/// Where mail stands, for the administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailState {
    /// A mail server is declared.
    pub ready: bool,
    /// Nothing leaves for now.
    pub paused: bool,
    /// How many wait.
    pub waiting: u64,
    /// Given up: to whom, about what, when, why (a code).
    pub dead: Vec<(String, MailKind, Instant, String)>,
}

impl Huis {
    /// What the caller is told by mail, among what their profiles may be told.
    pub async fn mail_choices(&self, caller: &Caller) -> Result<Vec<MailChoice>, UseError> {
        let refused = self.store.mails_refused(caller.actor.agent).await?;
        let mut mine = Vec::new();
        for kind in MailKind::ALL {
            let concerned = self.processed.values().any(|p| {
                caller
                    .grants(&p.register.id)
                    .filter_map(|g| p.register.profile(&g.profile))
                    .any(|profile| concerns(kind, profile))
            });
            let off = kind.required().is_none() && refused.iter().any(|k| k == kind.code());
            if concerned {
                mine.push(MailChoice { kind, on: !off });
            }
        }
        Ok(mine)
    }

    /// Chooses what to be told by mail; what the law requires stays on.
    pub async fn choose_mails(&self, caller: &Caller, wanted: &[String]) -> Result<(), UseError> {
        let off: Vec<&str> = MailKind::ALL
            .into_iter()
            .filter(|k| k.required().is_none())
            .map(MailKind::code)
            .filter(|code| !wanted.iter().any(|w| w == code))
            .collect();
        Ok(self.store.refuse_mails(caller.actor.agent, &off).await?)
    }

    /// Where mail stands: counts, and what was given up.
    pub async fn mail_state(&self, caller: &Caller) -> Result<MailState, UseError> {
        self.with_power(caller, Power::Settings, Operation::AdminCommand).await?;
        let office = caller.office.office;
        let rows = self.store.dead_mails(office).await?;
        let names = self.names_of(&rows.iter().map(|r| r.agent).collect()).await?;
        let dead = rows.into_iter().filter_map(|r| {
            let name = names.get(&r.agent).cloned().unwrap_or_default();
            Some((name, MailKind::of(&r.kind)?, r.dead_at, r.failure))
        });
        Ok(MailState {
            ready: self.mail_ready(),
            paused: self.mails_paused().await?,
            waiting: self.store.mails_waiting(office).await?,
            dead: dead.collect(),
        })
    }

    /// Lets mail leave again, or holds it.
    pub async fn hold_mails(&self, caller: &Caller, paused: bool) -> Result<(), UseError> {
        let operation = Operation::SettingChanged;
        let id = self.with_power(caller, Power::Settings, operation).await?.to_owned();
        let mut line = self.line(caller, &id, operation);
        let word = if paused { "suspendus" } else { "repris" };
        line.detail.insert("courriels".to_owned(), word.to_owned());
        self.trace(line).await?;
        self.pause_mails(paused).await
    }
}

/// May someone of this profile be told such things at all?
fn concerns(kind: MailKind, profile: &huis_register::Profile) -> bool {
    let lists = profile.can(Power::Lists);
    match kind {
        MailKind::Asked => !lists && !profile.can(Power::Archive) && !profile.acts.is_empty(),
        MailKind::Alert => profile.can(Power::Alerts),
        MailKind::Review => profile.can(Power::Review),
        MailKind::Digest | MailKind::Deposit => lists && !profile.acts.is_empty(),
    }
}
