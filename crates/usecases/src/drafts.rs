//! A form that came too late (the session was over, the page had expired) is kept for its account:
//! sealed, for some hours, and offered again after signing in. Nothing typed is lost.

use huis_accounts::{Token, TokenUse};
use huis_kernel::{AgentId, CaseNumber, Instant, SessionId};
use huis_store::drafts::DraftRow;
use huis_trace::{Dossiers, Operation};
use serde::{Deserialize, Serialize};

use crate::{Caller, Huis, UseError};

/// How long a form is kept, in milliseconds: a working day's absence, no more.
const KEPT_MS: i64 = 8 * 3_600_000;
/// The most forms kept for one account.
const MOST: usize = 5;
/// The use of the root key that seals them.
const USE: &str = "saisie";

/// A form as it was sent.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptForm {
    /// Where it was sent to.
    pub path: String,
    /// The dossier that it is about, when it is about one.
    pub number: Option<String>,
    /// Names and values, in order.
    pub fields: Vec<(String, String)>,
}

impl std::fmt::Debug for KeptForm {
    /// What was typed never reaches a log (I13).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeptForm({} fields)", self.fields.len())
    }
}

/// A kept form, as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLine {
    /// Its opaque id.
    pub id: String,
    /// When it was kept.
    pub at: Instant,
}

impl Huis {
    /// Keeps a form that was sent with the cookie of a session that is over. `None` when nobody who
    /// may still sign in was behind it.
    pub async fn keep_late_form(
        &self,
        token: &str,
        form: &KeptForm,
    ) -> Result<Option<String>, UseError> {
        let Some(token) = Token::parse(token) else { return Ok(None) };
        let hash = *token.hash(TokenUse::Session).as_bytes();
        let Some(session) = self.store.session(hash).await? else { return Ok(None) };
        let agent = self.store.agent(session.agent).await?;
        // A session that never had its second factor, or whose holder left, keeps nothing.
        if session.level != "full" || agent.is_none_or(|a| a.state != "active") {
            return Ok(None);
        }
        self.keep_for(session.agent, form).await.map(Some)
    }

    /// Keeps a form of one's own that its page's token no longer covers.
    pub async fn keep_form(&self, caller: &Caller, form: &KeptForm) -> Result<String, UseError> {
        self.keep_for(caller.actor.agent, form).await
    }

    async fn keep_for(&self, agent: AgentId, form: &KeptForm) -> Result<String, UseError> {
        let draft = self.id16();
        let body = serde_json::to_vec(form).map_err(|_| UseError::Internal("saisie"))?;
        let body = self.root.seal_secret(USE, &owner(draft, agent), &body, &*self.rng);
        let now = self.now();
        let row = DraftRow { draft, kept_at: now };
        self.store.keep_draft(row, agent, body, now.plus_ms(KEPT_MS), MOST).await?;
        Ok(hex(draft))
    }

    /// One's own kept forms, the newest first.
    pub async fn kept_forms(&self, caller: &Caller) -> Result<Vec<KeptLine>, UseError> {
        let rows = self.store.drafts(caller.actor.agent, caller.now).await?;
        Ok(rows.into_iter().map(|r| KeptLine { id: hex(r.draft), at: r.kept_at }).collect())
    }

    /// Opens one of one's own kept forms; traced, as it may speak of a dossier.
    pub async fn kept_form(
        &self,
        caller: &Caller,
        processing: &str,
        id: &str,
    ) -> Result<(KeptForm, Instant), UseError> {
        let draft = draft_of(id)?;
        let agent = caller.actor.agent;
        let found = self.store.draft(draft, agent, caller.now).await?;
        let (body, at) = found.ok_or(UseError::NotFound)?;
        let plain = self
            .root
            .open_secret(USE, &owner(draft, agent), &body)
            .map_err(|_| UseError::NotFound)?;
        let form: KeptForm = serde_json::from_slice(&plain).map_err(|_| UseError::NotFound)?;
        let number = form.number.as_deref().and_then(|n| n.parse::<CaseNumber>().ok());
        // It speaks of its dossier, which may be of another processing than one works in now.
        let of = match number {
            Some(number) => self.processing_of(caller, number).await?,
            None => None,
        };
        let processing = of.as_deref().unwrap_or(processing);
        let mut line = self.line(caller, processing, Operation::Read);
        line.detail.insert("objet".to_owned(), "saisie-gardee".to_owned());
        if let Some(number) = number {
            let office = caller.office.office;
            if let Some(card) = self.store.card_by_number(office, processing, number).await? {
                line.dossiers = Dossiers::one(card.dossier);
            }
        }
        self.trace(line).await?;
        Ok((form, at))
    }

    /// Forgets one of one's own kept forms.
    pub async fn forget_form(&self, caller: &Caller, id: &str) -> Result<(), UseError> {
        Ok(self.store.drop_draft(draft_of(id)?, caller.actor.agent).await?)
    }
}

/// An id is written as a session's is: 32 hexadecimal digits.
fn draft_of(id: &str) -> Result<[u8; 16], UseError> {
    let id: SessionId = id.parse().map_err(|_| UseError::NotFound)?;
    Ok(*id.as_bytes())
}

/// A kept form opens for its account and under its id only (I14).
fn owner(draft: [u8; 16], agent: AgentId) -> Vec<u8> {
    [draft.as_slice(), agent.as_bytes().as_slice()].concat()
}

fn hex(id: [u8; 16]) -> String {
    id.iter().map(|b| format!("{b:02x}")).collect()
}
