use huis_accounts::{
    Account, Cause, First, Level, Limits, Login, Outcome, Password, Proofs, Second,
    Session as Rule, SessionLimits, Step, Throttle, ThrottleKey, Token, TokenHash, TokenUse, Wait,
    attempt, prove,
};
use huis_kernel::{Instant, SessionId};
use huis_store::{
    Work,
    accounts::{AgentRow, SessionRow},
};
use huis_trace::Operation;

use crate::{
    Huis, UseError,
    accounts::{
        Next, Session, Signed,
        state::{Standing, next_of, owed},
        traces::Told,
    },
};

const NO_GRANT: &str = "Vous n’avez aucune habilitation en cours\u{a0}: voyez l’administrateur de \
     votre service.";
const OVER: &str = "Votre session a été fermée. Reconnectez-vous.";

/// A session about to be opened.
pub(super) struct Opening<'a> {
    pub agent: &'a AgentRow,
    pub level: Level,
    pub strong: bool,
    pub address: &'a str,
}

impl Huis {
    /// Login and password. An unknown login, a wrong password, a locked and a closed
    /// account read the same and cost the same (I13).
    pub async fn sign_in(
        &self,
        login: &str,
        password: &str,
        address: &str,
    ) -> Result<Signed, UseError> {
        let (login, password) = (Login::typed(login), Password::typed(password));
        let key = ThrottleKey::Password(&login);
        if let Some(refused) = self.admit(key, address).await? {
            return Ok(refused);
        }
        let row = self.store.agent_by_login(login.as_str()).await?;
        let standing = self.standing(row.as_ref()).await?;
        let account = row.as_ref().map(|r| self.account(r)).transpose()?;
        let first = {
            let (account, password) = (account.clone(), password.clone());
            let judge = move |hasher: &_| prove(account.as_ref(), &password, hasher);
            self.sign_in.blocking(judge).await?
        };
        let proofs = Proofs { first, second: Second::NotGiven };
        let outcome = attempt(account.as_ref(), &proofs, &standing.duties(), standing.today);
        let (Some(row), Some(account)) = (row, account) else {
            return self.failed(outcome, None, address).await;
        };
        if matches!(outcome, Outcome::Refused(_)) {
            return self.failed(outcome, Some((&row, &standing)), address).await;
        }
        self.refund(key, address).await?;
        if standing.grants.is_empty() {
            return self.without_grant(&row, &standing, address).await;
        }
        self.rehash(&row, &account, &password).await?;
        let opening = Opening {
            agent: &row,
            level: level_of(outcome, Level::Password),
            strong: self.exempt(Some(&row)),
            address,
        };
        let work = self.store.begin().await?;
        self.opened(work, &opening, &standing, next(outcome), "mot-de-passe").await
    }

    /// The code of the application, or a recovery code; after the password or a reset link.
    pub async fn second_factor(
        &self,
        token: &str,
        code: &str,
        address: &str,
    ) -> Result<Signed, UseError> {
        let Some((session, row)) = self.partial(token).await? else { return Ok(refused(OVER)) };
        if code.trim().is_empty() {
            return Ok(refused("Saisissez le code de votre application, ou un code de secours."));
        }
        let key = ThrottleKey::Code(&row.id);
        if let Some(refused) = self.admit(key, address).await? {
            return Ok(refused);
        }
        let standing = self.standing(Some(&row)).await?;
        let account = self.whole_account(&row).await?;
        let second = account.prove_second(code, self.sign_in.hasher.pepper(), self.now());
        let first = match session_of(&session).level {
            Level::ResetLink => First::ResetLink,
            Level::Provider => First::Provider { strong: false },
            Level::Password | Level::Held | Level::Full => First::Password,
        };
        let mut outcome =
            attempt(Some(&account), &Proofs { first, second }, &standing.duties(), standing.today);
        let mut work = self.store.begin().await?;
        // The code counts once, whatever another request does at the same moment.
        if !matches!(outcome, Outcome::Refused(_)) && !use_up(&mut work, &account, second).await? {
            outcome = Outcome::Refused(Cause::ReplayedCode);
        }
        if let Outcome::Refused(cause) = outcome {
            drop(work);
            let told = Told::by(row.id, Operation::SignInFailed)
                .from(address)
                .in_session(session.id)
                .refused(cause.code());
            self.tell(told, Some(&standing)).await?;
            return Ok(refused(outcome.message().unwrap_or(OVER)));
        }
        if standing.grants.is_empty() {
            drop(work);
            return self.without_grant(&row, &standing, address).await;
        }
        work.end_session(session.id, "remplacee", self.now()).await?;
        let means = if let Second::Recovery(_) = second { "code-de-secours" } else { "code" };
        let opening =
            Opening { agent: &row, level: level_of(outcome, Level::Held), strong: true, address };
        let signed = self.opened(work, &opening, &standing, next(outcome), means).await?;
        self.refund(key, address).await?;
        Ok(signed)
    }

    /// Signs out. The archive, if it was unlocked in this session, closes with it.
    pub async fn sign_out(&self, token: &str, address: &str) -> Result<(), UseError> {
        let Some(session) = self.session_behind(token).await? else { return Ok(()) };
        let now = self.now();
        let mut work = self.store.begin().await?;
        if !work.end_session(session.id, "deconnexion", now).await? {
            return Ok(());
        }
        self.lock_archive([session.id]);
        let row = self.store.agent(session.agent).await?;
        let standing = self.standing(row.as_ref()).await?;
        let told = Told::by(session.agent, Operation::SignOut).from(address).in_session(session.id);
        let lines = self.told_lines(&told, Some(&standing));
        self.commit_told(work, lines).await
    }

    /// Opens a session and traces it, when both factors are proved: the token leaves only after.
    pub(super) async fn opened(
        &self,
        mut work: Work,
        opening: &Opening<'_>,
        standing: &Standing,
        next: Next,
        means: &'static str,
    ) -> Result<Signed, UseError> {
        let (id, token) = self.add_session(&mut work, opening, standing).await?;
        let mut lines = Vec::new();
        if next != Next::Totp {
            work.signed_in(opening.agent.id, self.now()).await?;
            let told = Told::by(opening.agent.id, Operation::SignIn)
                .from(opening.address)
                .in_session(id)
                .with("moyen", means);
            lines = self.told_lines(&told, Some(standing));
        }
        self.commit_told(work, lines).await?;
        Ok(Signed::Session(Session { token: token.to_text(), next }))
    }

    /// Writes the row of a session.
    pub(super) async fn add_session(
        &self,
        work: &mut Work,
        opening: &Opening<'_>,
        standing: &Standing,
    ) -> Result<(SessionId, Token), UseError> {
        let (agent, now) = (opening.agent.id, self.now());
        let (session, token) = match opening.level {
            Level::Password | Level::ResetLink | Level::Provider => {
                let rules = self.sign_in.book.sign_in();
                Rule::open_partial(agent, opening.level, rules, &*self.rng, now)
            }
            Level::Held | Level::Full => {
                Rule::open(agent, opening.level, standing.limits, &*self.rng, now)
            }
        };
        work.add_session(&row_of(&session, opening.strong, opening.address)).await?;
        Ok((session.id, token))
    }

    /// The session that takes the place of all others, once a password or a second factor changed.
    pub(super) async fn renewed(
        &self,
        work: &mut Work,
        opening: &Opening<'_>,
        account: &Account,
        standing: &Standing,
    ) -> Result<(SessionId, Session), UseError> {
        let closed = work.end_sessions(account.agent, "remplacee", self.now()).await?;
        self.lock_archive(closed);
        let next = owed(account, standing);
        let level = if next == Next::Done { Level::Full } else { Level::Held };
        let opening = Opening { level, ..*opening };
        let (id, token) = self.add_session(work, &opening, standing).await?;
        Ok((id, Session { token: token.to_text(), next }))
    }

    /// The session behind a cookie that waits for a code, if it stands.
    async fn partial(&self, token: &str) -> Result<Option<(SessionRow, AgentRow)>, UseError> {
        let Some(session) = self.session_behind(token).await? else { return Ok(None) };
        if !matches!(session.level.as_str(), "password" | "reset" | "provider") {
            return Ok(None);
        }
        let Some(row) = self.store.agent(session.agent).await? else { return Ok(None) };
        let stands = session_of(&session).standing(&self.account(&row)?, self.now()).is_ok();
        Ok(stands.then_some((session, row)))
    }

    /// The session behind a cookie, unless it has ended.
    pub(super) async fn session_behind(&self, token: &str) -> Result<Option<SessionRow>, UseError> {
        let Some(token) = Token::parse(token) else { return Ok(None) };
        let hash = *token.hash(TokenUse::Session).as_bytes();
        Ok(self.store.session(hash).await?.filter(|s| s.ended_at.is_none()))
    }

    /// The archive does not stay open for a session that is over.
    pub(crate) fn lock_archive(&self, sessions: impl IntoIterator<Item = SessionId>) {
        let mut unlocked = self.unlocked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for session in sessions {
            unlocked.remove(&session);
        }
    }

    /// Counts an attempt under its key and its address, before it is judged.
    pub(super) async fn admit(
        &self,
        key: ThrottleKey<'_>,
        address: &str,
    ) -> Result<Option<Signed>, UseError> {
        let (now, rules, pepper) =
            (self.now(), *self.sign_in.book.sign_in(), self.sign_in.hasher.pepper());
        let keys = [pepper.throttle_key(ThrottleKey::Address(address)), pepper.throttle_key(key)];
        let judge = |rank: usize, failures, last| {
            let limits: &Limits = if rank == 0 { &rules.address } else { &rules.login };
            Throttle { failures, last }.admit(limits, now).map(|t| (t.failures, t.last))
        };
        let counted = self.store.count_attempt(&keys, judge).await?;
        Ok(counted.err().map(|wait| throttled(wait, now)))
    }

    /// What was proved is forgotten as a failure; the address gets its own attempt back only.
    pub(super) async fn refund(&self, key: ThrottleKey<'_>, address: &str) -> Result<(), UseError> {
        let pepper = self.sign_in.hasher.pepper();
        self.store.forget_attempts(pepper.throttle_key(key)).await?;
        self.refund_address(address).await
    }

    /// A wrong first factor proves nobody: the line names no one as its author, and the account
    /// that was tried by its identifier only, when there is one.
    async fn failed(
        &self,
        outcome: Outcome,
        tried: Option<(&AgentRow, &Standing)>,
        address: &str,
    ) -> Result<Signed, UseError> {
        let Outcome::Refused(cause) = outcome else { return Err(UseError::Internal("connexion")) };
        let told = Told::by_nobody(Operation::SignInFailed).from(address).refused(cause.code());
        match tried {
            Some((row, standing)) => {
                self.tell(told.with("compte", row.id), Some(standing)).await?;
            }
            None => self.tell(told, None).await?,
        }
        Ok(refused(outcome.message().unwrap_or(OVER)))
    }

    /// The password is right, and opens nothing (X-17: permissions end with the service).
    pub(super) async fn without_grant(
        &self,
        row: &AgentRow,
        standing: &Standing,
        address: &str,
    ) -> Result<Signed, UseError> {
        let told =
            Told::by(row.id, Operation::SignInFailed).from(address).refused("sans-habilitation");
        self.tell(told, Some(standing)).await?;
        Ok(refused(NO_GRANT))
    }

    /// Hashes the password anew when the cost or the pepper has changed: it is at hand now.
    async fn rehash(
        &self,
        row: &AgentRow,
        account: &Account,
        password: &Password,
    ) -> Result<(), UseError> {
        if !self.sign_in.hasher.needs_rehash(&account.password) {
            return Ok(());
        }
        let hash = self.sign_in.hash(password, &self.rng).await?;
        let mut work = self.store.begin().await?;
        work.rehash(row.id, &row.password, hash.as_phc()).await?;
        Ok(work.commit().await?)
    }
}

/// Uses up the code that was accepted: false when someone else used it first.
async fn use_up(work: &mut Work, account: &Account, second: Second) -> Result<bool, UseError> {
    Ok(match second {
        Second::Totp(step) => work.use_totp_step(account.agent, step).await?,
        Second::Recovery(rank) => {
            let codes = account.second_factor.as_ref().map(|f| &f.recovery);
            match codes.and_then(|codes| codes.get(rank)) {
                Some(code) => work.use_recovery_code(account.agent, *code.as_bytes()).await?,
                None => false,
            }
        }
        Second::NotGiven | Second::Refused(_) => false,
    })
}

pub(super) fn refused(message: &str) -> Signed {
    Signed::Refused { message: message.to_owned(), wait_seconds: None }
}

/// Too many attempts: nothing is judged for a while.
pub(super) fn throttled(wait: Wait, now: Instant) -> Signed {
    Signed::Refused {
        message: wait.message(now),
        wait_seconds: Some(seconds_until(wait.until, now)),
    }
}

pub(super) fn seconds_until(until: Instant, now: Instant) -> u64 {
    let ms = until.0.saturating_sub(now.0).max(0);
    u64::try_from(ms).unwrap_or(0).div_ceil(1000)
}

pub(super) const fn next(outcome: Outcome) -> Next {
    match outcome {
        Outcome::Continue(step) => next_of(step),
        Outcome::SignedIn | Outcome::Refused(_) => Next::Done,
    }
}

/// `first`: the level while a code is awaited.
pub(super) const fn level_of(outcome: Outcome, first: Level) -> Level {
    match outcome {
        Outcome::Continue(Step::GiveCode) => first,
        Outcome::Continue(_) => Level::Held,
        Outcome::SignedIn | Outcome::Refused(_) => Level::Full,
    }
}

fn row_of(session: &Rule, strong: bool, address: &str) -> SessionRow {
    SessionRow {
        id: session.id,
        token_hash: *session.token.as_bytes(),
        agent: session.agent,
        level: match session.level {
            Level::Password => "password",
            Level::ResetLink => "reset",
            Level::Provider => "provider",
            Level::Held => "held",
            Level::Full => "full",
        }
        .to_owned(),
        strong,
        created_at: session.created,
        seen_at: session.last_seen,
        idle_ms: session.limits.idle_ms,
        absolute_ms: session.limits.absolute_ms,
        address: address.to_owned(),
        ended_at: None,
        ended_by: None,
    }
}

pub(super) fn session_of(row: &SessionRow) -> Rule {
    Rule {
        id: row.id,
        token: TokenHash::from_bytes(row.token_hash),
        agent: row.agent,
        // An unknown word proves the least.
        level: match row.level.as_str() {
            "full" => Level::Full,
            "held" => Level::Held,
            "reset" => Level::ResetLink,
            "provider" => Level::Provider,
            _ => Level::Password,
        },
        created: row.created_at,
        last_seen: row.seen_at,
        limits: SessionLimits { idle_ms: row.idle_ms, absolute_ms: row.absolute_ms },
    }
}
