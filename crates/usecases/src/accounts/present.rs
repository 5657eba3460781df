use huis_access::Actor;
use huis_accounts::{Level, SessionEnd, Token, TokenUse, csrf_token};
use huis_kernel::{AgentId, Instant};
use huis_store::accounts::{AgentRow, SessionRow};
use huis_trace::Operation;
use std::collections::{HashMap, hash_map::Entry};

use crate::{
    Caller, Huis, UseError,
    accounts::{
        Next,
        sign_in::session_of,
        state::{Standing, owed},
        traces::Told,
    },
    caller::grant_of,
};

/// A request is noted at most this often: the mark moves a session's end by so little.
const MARK_EVERY_MS: i64 = 15_000;

/// Who a request comes from.
#[derive(Clone, Debug)]
pub struct CallerState {
    /// Who, with which grants. While something is pending there are none: whatever the page, it
    /// opens nothing.
    pub caller: Caller,
    /// What each form of the session carries.
    pub csrf: String,
    /// What is left to do first; [`Next::Done`]: nothing.
    pub pending: Next,
}

/// One's own open session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionLine {
    /// Since when.
    pub since: Instant,
    /// The last request.
    pub seen: Instant,
    /// Where from.
    pub address: String,
    /// Is it the one that asks?
    pub current: bool,
}

impl Huis {
    /// Who is behind the cookie of a request: asked anew each time, so that leaving the service
    /// closes everything the same minute, open sessions included.
    pub async fn caller(
        &self,
        token: &str,
        address: &str,
    ) -> Result<Option<CallerState>, UseError> {
        let Some(session) = self.session_behind(token).await? else { return Ok(None) };
        let Some(row) = self.store.agent(session.agent).await? else { return Ok(None) };
        let standing = self.standing(Some(&row)).await?;
        if let Some(why) = self.over(&session, &row, &standing)? {
            self.end(&session, why, &standing).await?;
            return Ok(None);
        }
        let now = self.now();
        if now >= session.seen_at.plus_ms(MARK_EVERY_MS) {
            self.store.session_seen(session.id, now).await?;
        }
        let mut pending = self.pending(&session, &row, &standing)?;
        let office = standing.office.office;
        let (unread, settings) =
            tokio::join!(self.procedure_unread(office, row.id), self.store.settings(office));
        let (unread, settings) = (unread?, settings?);
        if pending == Next::Done && unread {
            // nothing opens before the procedure in force has been read.
            pending = Next::ReadProcedure;
        }
        let csrf = Token::parse(token).map(|t| csrf_token(&t)).unwrap_or_default();
        // Another server may have changed the office's holidays.
        self.calendar.adopt(&settings);
        let mut grants = standing.all;
        if pending != Next::Done {
            grants.clear();
        }
        let actor = Actor {
            agent: row.id,
            session: Some(session.id),
            address: Some(address.to_owned()),
            strong: session.strong || self.exempt(Some(&row)),
            grants: grants.into_iter().map(grant_of).collect(),
        };
        let at = (standing.office, standing.today, now);
        let caller = Caller::of(actor, row, at, &settings);
        Ok(Some(CallerState { caller, csrf, pending }))
    }

    /// An agent for work that goes on in their name after the request: with the grants they have
    /// now, so that a withdrawal stops it. `None` when the account is closed or stopped, or
    /// works no more.
    pub(crate) async fn caller_of(
        &self,
        agent: AgentId,
        strong: bool,
    ) -> Result<Option<Caller>, UseError> {
        let Some(row) = self.store.agent(agent).await? else { return Ok(None) };
        let standing = self.standing(Some(&row)).await?;
        if row.state != "active" || standing.grants.is_empty() {
            return Ok(None);
        }
        let settings = self.store.settings(standing.office.office).await?;
        let actor = Actor {
            agent: row.id,
            session: None,
            address: None,
            strong: strong || self.exempt(Some(&row)),
            grants: standing.all.into_iter().map(grant_of).collect(),
        };
        let at = (standing.office, standing.today, self.now());
        Ok(Some(Caller::of(actor, row, at, &settings)))
    }

    /// Why the session behind a cookie is over, for the page that asks to sign in again.
    pub async fn session_end(&self, token: &str) -> Result<Option<String>, UseError> {
        let Some(token) = Token::parse(token) else { return Ok(None) };
        let hash = *token.hash(TokenUse::Session).as_bytes();
        let ended = self.store.session(hash).await?.and_then(|s| s.ended_by);
        Ok(ended.and_then(|code| match code.as_str() {
            "inactivite" => Some(SessionEnd::Idle.to_string()),
            "duree-maximale" => Some(SessionEnd::Absolute.to_string()),
            "deconnexion" | "remplacee" => None,
            _ => Some(SessionEnd::Revoked.to_string()),
        }))
    }

    /// One's own open sessions.
    pub async fn my_sessions(&self, caller: &Caller) -> Result<Vec<SessionLine>, UseError> {
        let sessions = self.store.open_sessions(Some(caller.actor.agent)).await?;
        Ok(sessions
            .into_iter()
            .map(|s| SessionLine {
                since: s.created_at,
                seen: s.seen_at,
                current: caller.actor.session == Some(s.id),
                address: s.address,
            })
            .collect())
    }

    /// Ends one's other sessions: one was left open elsewhere.
    pub async fn close_other_sessions(&self, caller: &Caller) -> Result<u64, UseError> {
        let agent = caller.actor.agent;
        let row = self.store.agent(agent).await?;
        let standing = self.standing(row.as_ref()).await?;
        let mut ended = 0;
        for session in self.store.open_sessions(Some(agent)).await? {
            if caller.actor.session != Some(session.id) {
                ended += u64::from(self.end(&session, "fermee", &standing).await?);
            }
        }
        Ok(ended)
    }

    /// Ends, and traces, the sessions that are over although nobody asked them anything: idle, or
    /// without a grant in force since its last day has passed. The server runs it each minute
    /// « permissions supprimées dès la fin »).
    pub async fn end_dead_sessions(&self) -> Result<u64, UseError> {
        self.lock_silent_tokens().await?;
        let mut known: HashMap<_, Option<(AgentRow, Standing)>> = HashMap::new();
        let mut ended = 0;
        for session in self.store.open_sessions(None).await? {
            let of = match known.entry(session.agent) {
                Entry::Occupied(of) => of.into_mut(),
                Entry::Vacant(unknown) => {
                    let row = self.store.agent(session.agent).await?;
                    let standing = self.standing(row.as_ref()).await?;
                    unknown.insert(row.map(|row| (row, standing)))
                }
            };
            let Some((row, standing)) = of else { continue };
            if let Some(why) = self.over(&session, row, standing)? {
                ended += u64::from(self.end(&session, why, standing).await?);
            }
        }
        Ok(ended)
    }

    /// Removes what sign-in leaves behind once it no longer counts. Run daily.
    pub async fn sweep_sign_in(&self) -> Result<u64, UseError> {
        let rules = self.sign_in.book.sign_in();
        let longest = [rules.login.forget_ms, rules.address.forget_ms, rules.reset_ms]
            .into_iter()
            .max()
            .unwrap_or(0);
        Ok(self.store.sweep_sign_in(self.now().plus_ms(-longest)).await?)
    }

    /// Is the session over, and why?
    fn over(
        &self,
        session: &SessionRow,
        row: &AgentRow,
        standing: &Standing,
    ) -> Result<Option<&'static str>, UseError> {
        let stands = session_of(session).standing(&self.account(row)?, self.now());
        Ok(match stands {
            Err(SessionEnd::Idle) => Some("inactivite"),
            Err(SessionEnd::Absolute) => Some("duree-maximale"),
            Err(SessionEnd::Revoked) => Some("fermee"),
            Ok(()) if standing.grants.is_empty() => Some("sans-habilitation"),
            Ok(()) => None,
        })
    }

    async fn end(
        &self,
        session: &SessionRow,
        why: &'static str,
        standing: &Standing,
    ) -> Result<bool, UseError> {
        self.lock_archive([session.id]);
        let mut work = self.store.begin().await?;
        if !work.end_session(session.id, why, self.now()).await? {
            return Ok(false);
        }
        let told = Told::by(session.agent, Operation::SessionEnded)
            .in_session(session.id)
            .with("motif", why);
        let lines = self.told_lines(&told, Some(standing));
        self.commit_told(work, lines).await?;
        Ok(true)
    }

    fn pending(
        &self,
        session: &SessionRow,
        row: &AgentRow,
        standing: &Standing,
    ) -> Result<Next, UseError> {
        Ok(match session_of(session).level {
            Level::Password | Level::ResetLink | Level::Provider => Next::Totp,
            Level::Held => owed(&self.account(row)?, standing),
            // A grant given since may ask for a second factor; a password that ages waits for the
            // next sign-in.
            // A session that a provider opened with two factors has given its second.
            Level::Full if standing.second_factor && row.totp.is_none() && !session.strong => {
                Next::EnrolTotp
            }
            Level::Full => Next::Done,
        })
    }
}
