use huis_kernel::{AgentId, Instant, Rng};

use crate::{Account, AccountState, SignInRules, Token, TokenHash, TokenUse};

/// What everyone reads who asks for a reset, whatever the login (S-11).
pub fn reset_answer(rules: &SignInRules) -> String {
    format!(
        "Si un compte correspond à cet identifiant, un message part à son adresse. Le lien qu’il \
         contient est valable {}\u{a0}minutes et une seule fois.",
        rules.reset_ms.div_euclid(60_000)
    )
}

/// A reset that was asked for. A row is written for an unknown login too, without an agent, so
/// that both cost the same; letters leave from the outbox, later, for the rows that have one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetRequest {
    /// Whose account, if any.
    pub agent: Option<AgentId>,
    /// What the link hashes to.
    pub token: TokenHash,
    /// The link is good before this.
    pub expires: Instant,
    /// When it was used.
    pub used: Option<Instant>,
}

/// The link is not good. One error for all: unknown, used, past, or another's.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("Ce lien n’est plus valable. Demandez-en un autre.")]
pub struct ResetRefused;

/// Someone asks for a reset (after [`crate::Throttle::admit`], for the login and the address). Store
/// the row in any case and drop the account's earlier ones; put the token in the letter only when
/// the row has an agent.
pub fn request_reset(
    account: Option<&Account>,
    rules: &SignInRules,
    rng: &dyn Rng,
    now: Instant,
) -> (ResetRequest, Token) {
    let token = Token::random(rng);
    let agent = account.filter(|a| a.state == AccountState::Active).map(|a| a.agent);
    let request = ResetRequest {
        agent,
        token: token.hash(TokenUse::Reset),
        expires: now.plus_ms(rules.reset_ms),
        used: None,
    };
    (request, token)
}

impl ResetRequest {
    /// Uses the link, once. Then [`Account::reset`], and a session of level
    /// [`crate::Level::ResetLink`]: the second factor is still asked, then a new password.
    pub fn redeem(&mut self, token: &Token, now: Instant) -> Result<AgentId, ResetRefused> {
        let good = self.token == token.hash(TokenUse::Reset);
        match self.agent {
            Some(agent) if good && self.used.is_none() && now < self.expires => {
                self.used = Some(now);
                Ok(agent)
            }
            _ => Err(ResetRefused),
        }
    }
}
