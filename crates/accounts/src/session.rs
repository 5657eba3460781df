use huis_kernel::{AgentId, Instant, Rng, SessionId};

use crate::{Account, AccountState, SignInRules, Token, TokenHash, TokenUse};

/// When sessions end by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// After so long without a request.
    pub idle_ms: i64,
    /// After so long in any case.
    pub absolute_ms: i64,
}

impl SessionLimits {
    /// From a register's `[securite]`: minutes of idleness and hours in all.
    pub const fn new(idle_minutes: u32, absolute_hours: u32) -> Self {
        // `as` because a const function has no `From`; a u32 always fits.
        Self {
            idle_ms: idle_minutes as i64 * 60_000,
            absolute_ms: absolute_hours as i64 * 3_600_000,
        }
    }
    /// The shortest of the processings that an account works in (settlement 12).
    #[must_use]
    pub fn strictest(self, other: Self) -> Self {
        Self {
            idle_ms: self.idle_ms.min(other.idle_ms),
            absolute_ms: self.absolute_ms.min(other.absolute_ms),
        }
    }
}

/// What the holder of a session has proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The password only: nothing opens but the page of the code.
    Password,
    /// A reset link only: nothing opens but the pages of the code and of the new password.
    ResetLink,
    /// The identity provider only, which asked for one factor: nothing opens but the page of the
    /// code.
    Provider,
    /// Both factors, but a password to change or a second factor to enrol: those pages only.
    Held,
    /// Signed in.
    Full,
}

/// A session as stored: who holds the cookie is whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name in the trace; it opens nothing.
    pub id: SessionId,
    /// What the cookie hashes to.
    pub token: TokenHash,
    /// Whose it is.
    pub agent: AgentId,
    /// What was proved.
    pub level: Level,
    /// When it began.
    pub created: Instant,
    /// The last request.
    pub last_seen: Instant,
    /// When it ends.
    pub limits: SessionLimits,
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum SessionEnd {
    /// Nothing was asked for too long.
    #[error("Votre session s’est fermée faute d’activité. Reconnectez-vous.")]
    Idle,
    /// It has lasted its longest.
    #[error("Votre session a atteint sa durée maximale. Reconnectez-vous.")]
    Absolute,
    /// The account was closed or locked, its password changed, or its sessions closed.
    #[error("Votre session a été fermée. Reconnectez-vous.")]
    Revoked,
}

impl Session {
    /// Opens a session; the token goes into the cookie and nowhere else.
    pub fn open(
        agent: AgentId,
        level: Level,
        limits: SessionLimits,
        rng: &dyn Rng,
        now: Instant,
    ) -> (Self, Token) {
        let token = Token::random(rng);
        let session = Self {
            id: SessionId::random(rng),
            token: token.hash(TokenUse::Session),
            agent,
            level,
            created: now,
            last_seen: now,
            limits,
        };
        (session, token)
    }

    /// A session that has something left to prove: it lives a few minutes.
    pub fn open_partial(
        agent: AgentId,
        level: Level,
        rules: &SignInRules,
        rng: &dyn Rng,
        now: Instant,
    ) -> (Self, Token) {
        let limits =
            SessionLimits { idle_ms: rules.second_factor_ms, absolute_ms: rules.second_factor_ms };
        Self::open(agent, level, limits, rng, now)
    }

    /// The session that takes this one's place when more was proved. Its token is new, so a
    /// cookie planted before the sign-in opens nothing after it; delete the old row.
    pub fn raised(
        &self,
        level: Level,
        limits: SessionLimits,
        rng: &dyn Rng,
        now: Instant,
    ) -> (Self, Token) {
        Self::open(self.agent, level, limits, rng, now)
    }

    /// Does the session still stand? Asked at each request, with the account as it is now, so that
    /// leaving the service closes everything at once.
    pub fn standing(&self, account: &Account, now: Instant) -> Result<(), SessionEnd> {
        let other = account.agent != self.agent;
        if other || account.state != AccountState::Active || self.created < account.sessions_from {
            return Err(SessionEnd::Revoked);
        }
        if now >= self.created.plus_ms(self.limits.absolute_ms) {
            return Err(SessionEnd::Absolute);
        }
        if now >= self.last_seen.plus_ms(self.limits.idle_ms) {
            return Err(SessionEnd::Idle);
        }
        Ok(())
    }

    /// A request was answered. The clock may have been set back; the mark never is.
    #[must_use]
    pub fn seen(mut self, now: Instant) -> Self {
        self.last_seen = self.last_seen.max(now);
        self
    }
}
