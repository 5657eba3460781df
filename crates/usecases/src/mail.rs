//! Mail: who is told what, once, and how it leaves. A mail holds the address it goes to,
//! numbers of dossiers, names of deadlines and a link; no name, nothing of a dossier (I13).

mod choices;
mod gather;
mod leave;

pub use choices::{MailChoice, MailState};

use huis_kernel::{AgentId, OfficeId};
use huis_store::mail::MailRow;
use serde::{Deserialize, Serialize};

use crate::{Huis, UseError};

/// What a mail is about. A closed list; `required` ones cannot be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailKind {
    /// Something is asked of who files without a list: a police report, a partner's act.
    Asked,
    /// An alert waits to be closed.
    Alert,
    /// The day's deadlines.
    Digest,
    /// Something was deposited in a dossier that one follows.
    Deposit,
    /// A review of grants is under way.
    Review,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Asked, Self::Alert, Self::Digest, Self::Deposit, Self::Review];

    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "demande",
            Self::Alert => "alerte",
            Self::Digest => "echeances",
            Self::Deposit => "depot",
            Self::Review => "revue",
        }
    }

    /// The kind of that code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.code() == code)
    }

    /// What the page calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Asked => "Un dépôt m’est demandé",
            Self::Alert => "Une alerte attend",
            Self::Digest => "Mes échéances, chaque matin",
            Self::Deposit => "Un dépôt est arrivé dans un dossier que je suis",
            Self::Review => "Une revue des habilitations est en cours",
        }
    }

    /// The clause by which it cannot be switched off.
    pub const fn required(self) -> Option<&'static str> {
        match self {
            Self::Asked => Some("X-13"),
            Self::Alert => Some("X-24"),
            Self::Digest | Self::Deposit | Self::Review => None,
        }
    }

    pub(crate) const fn subject(self) -> &'static str {
        match self {
            Self::Asked => "Huis\u{a0}: un dépôt vous est demandé",
            Self::Alert => "Huis\u{a0}: une alerte attend",
            Self::Digest => "Huis\u{a0}: vos échéances",
            Self::Deposit => "Huis\u{a0}: un dépôt est arrivé",
            Self::Review => "Huis\u{a0}: revue des habilitations",
        }
    }
}

/// What a mail says, sealed while it waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    text: String,
    path: String,
}

/// The use of the key under which a mail waits.
const SEALED_FOR: &str = "courriel";

impl Huis {
    /// Puts a mail on its way, once for all that `about` tells of.
    async fn mail_about(
        &self,
        office: OfficeId,
        agent: AgentId,
        kind: MailKind,
        about: &str,
        text: String,
        path: String,
    ) -> Result<bool, UseError> {
        let told = format!("{} {agent} {about}", kind.code());
        let hash = self.root.derive("identité des courriels").hmac(b"courriel", told.as_bytes());
        let mut mail = [0; 16];
        mail.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        let body =
            serde_json::to_vec(&Body { text, path }).map_err(|_| UseError::Internal("courriel"))?;
        let row = MailRow {
            mail,
            office,
            agent,
            kind: kind.code().to_owned(),
            body: self.root.seal_secret(SEALED_FOR, &mail, &body, &*self.rng),
            made_at: self.now(),
            attempts: 0,
        };
        Ok(self.store.post(&row).await?)
    }
}
