//! Signing in by the organisation's identity provider, by OpenID Connect.
//!
//! The provider says who a person is; Huis says what they may do: an identity opens the account
//! that its holder linked to it, signed in, and no other. Nothing is created at arrival, and no
//! mail address is believed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use huis_accounts::{
    First, Level, Limits, Outcome, Proofs, Second, Throttle, ThrottleKey, Token, attempt,
};
use huis_kernel::{AgentId, Instant};
use huis_store::accounts::AgentRow;
use huis_trace::Operation;
use std::{future::Future, pin::Pin};
use subtle::ConstantTimeEq;

use crate::{
    Huis, UseError,
    accounts::{
        CallerState, Next, Signed,
        sign_in::{Opening, level_of, next, refused},
        traces::Told,
    },
};

/// The use of the root key that seals what the browser carries to the provider and back.
const DEPARTURE: &str = "fournisseur-identite";
/// How long a person may stay at the provider's, in milliseconds.
const JOURNEY_MS: i64 = 10 * 60_000;

const LOST: &str = "La connexion n’a pas abouti : recommencez depuis cette page. Si cela se répète, \
     connectez-vous par mot de passe et prévenez l’administrateur de votre service.";
const UNKNOWN: &str = "Cette identité n’ouvre aucun compte. Connectez-vous par mot de passe, puis \
     reliez-la depuis « Mon compte ».";

/// What a provider says of a person.
#[derive(Clone)]
pub struct Identity {
    /// The provider's address, as its tokens state it.
    pub issuer: String,
    /// The person's identifier at this provider: opaque, never reassigned.
    pub subject: String,
    /// Did the provider ask for two factors, as the installation says it must state it?
    pub strong: bool,
}

/// The secrets of one journey to the provider: each is random, and used once.
#[derive(Clone)]
pub struct Journey {
    /// Comes back with the answer: it is this browser's.
    pub state: String,
    /// Comes back in the token: it was made for this journey.
    pub nonce: String,
    /// Proves to the provider that who changes the code is who asked for it (PKCE).
    pub verifier: String,
}

/// Why a provider's answer is not taken. Holds nothing of the person (I13).
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProviderError {
    /// It does not answer, or not as the protocol says.
    #[error("le fournisseur d'identité ne répond pas comme il faut")]
    Unreachable,
    /// Its answer does not prove the person.
    #[error("la réponse du fournisseur d'identité ne prouve rien")]
    Unproved,
}

/// What is under way at a provider's.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send + 'a>>;

/// An identity provider. The server speaks the protocol; here only its verdict counts.
pub trait Provider: Send + Sync {
    /// Its name, as people know it.
    fn name(&self) -> &str;
    /// The address to send the browser to.
    fn depart<'a>(&'a self, journey: &'a Journey) -> Asked<'a, String>;
    /// Changes the code that came back for an identity, every signature and claim checked.
    fn arrive<'a>(&'a self, code: &'a str, journey: &'a Journey) -> Asked<'a, Identity>;
}

/// A browser on its way to the provider.
pub struct Departure {
    /// Where it goes.
    pub address: String,
    /// What it carries there and back, sealed.
    pub baggage: String,
}

/// What comes of an arrival.
pub enum Arrival {
    /// A sign-in, or its refusal, and the page to go to.
    Signed(Signed, String),
    /// The identity was linked to the account that asked for it.
    Linked,
    /// It was not: the session that asked for it is over.
    NotLinked,
    /// It was not: it opens an account already.
    Taken,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Baggage {
    state: String,
    nonce: String,
    verifier: String,
    /// Where to go after.
    back: String,
    until: i64,
    /// The account that links an identity, and its session.
    linking: Option<([u8; 16], [u8; 16])>,
}

impl Huis {
    /// Declares the identity provider, once, at start.
    pub fn declare_provider(&self, provider: Box<dyn Provider>) {
        // A second declaration changes nothing: the first may be at work.
        let _ = self.sign_in.provider.set(provider);
    }

    /// The name of the identity provider, when there is one.
    pub fn provider_name(&self) -> Option<&str> {
        self.sign_in.provider.get().map(|p| p.name())
    }

    /// Sends a browser to the provider: to sign in, or, from a whole session and by the password, to
    /// link an identity, which will open the account in its place.
    pub async fn provider_depart(
        &self,
        linking: Option<(&CallerState, &str)>,
        back: &str,
    ) -> Result<Departure, UseError> {
        let provider = self.sign_in.provider.get().ok_or(UseError::NotFound)?;
        let linking = match linking {
            None => None,
            Some((state, password)) if state.pending == Next::Done => {
                self.password_again(state, password, Operation::IdentityLinked).await?;
                let session = state.caller.actor.session.ok_or(UseError::NotFound)?;
                Some((*state.caller.actor.agent.as_bytes(), *session.as_bytes()))
            }
            Some(_) => return Err(UseError::SecondFactor),
        };
        let secret = || Token::random(&*self.rng).to_text();
        let journey = Journey { state: secret(), nonce: secret(), verifier: secret() };
        let address = provider.depart(&journey).await.map_err(unreachable)?;
        let baggage = Baggage {
            state: journey.state,
            nonce: journey.nonce,
            verifier: journey.verifier,
            back: back.to_owned(),
            until: self.now().plus_ms(JOURNEY_MS).0,
            linking,
        };
        let text = serde_json::to_vec(&baggage).map_err(|_| UseError::Internal("bagage"))?;
        let sealed = self.root.seal_secret(DEPARTURE, b"", &text, &*self.rng);
        Ok(Departure { address, baggage: URL_SAFE_NO_PAD.encode(sealed) })
    }

    /// A browser comes back from the provider. `whom`: the session that it holds, if any; `given`:
    /// the state and the code of the address, `None` when the provider refused.
    pub async fn provider_arrive(
        &self,
        baggage: &str,
        given: Option<(&str, &str)>,
        whom: Option<&CallerState>,
        address: &str,
    ) -> Result<Arrival, UseError> {
        let provider = self.sign_in.provider.get().ok_or(UseError::NotFound)?;
        // Each arrival makes the server ask the provider: nobody makes it ask at will.
        if let Some(wait) = self.admit_address(address).await? {
            return Ok(Arrival::Signed(wait, String::new()));
        }
        let lost = || Arrival::Signed(refused(LOST), String::new());
        let Some(baggage) = self.baggage(baggage) else { return Ok(lost()) };
        let identity = match given {
            Some((state, code)) if bool::from(state.as_bytes().ct_eq(baggage.state.as_bytes())) => {
                let journey = Journey {
                    state: baggage.state,
                    nonce: baggage.nonce,
                    verifier: baggage.verifier,
                };
                provider.arrive(code, &journey).await
            }
            _ => Err(ProviderError::Unproved),
        };
        let identity = match identity {
            Ok(identity) => identity,
            Err(why) => {
                tracing::warn!(%why, "connexion par le fournisseur d'identité refusée");
                let told = Told::by_nobody(Operation::SignInFailed)
                    .from(address)
                    .with("moyen", "fournisseur")
                    .refused("fournisseur");
                self.tell(told, None).await?;
                return Ok(lost());
            }
        };
        let key = self.sign_in.hasher.pepper().identity(&identity.issuer, &identity.subject);
        match baggage.linking {
            Some(asked) => self.link(key, asked, whom, address).await,
            None => {
                let signed = self.sign_in_as(key, identity.strong, address).await?;
                Ok(Arrival::Signed(signed, baggage.back))
            }
        }
    }

    /// Is an identity linked to one's account?
    pub async fn identity_linked(&self, agent: AgentId) -> Result<bool, UseError> {
        Ok(self.store.has_identity(agent).await?)
    }

    /// Unlinks one's identity: the password alone opens the account again.
    pub async fn unlink_identity(&self, state: &CallerState) -> Result<(), UseError> {
        if state.pending != Next::Done {
            return Err(UseError::SecondFactor);
        }
        let agent = state.caller.actor.agent;
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        let mut work = self.store.begin().await?;
        if !work.drop_identities(agent).await? {
            return Err(UseError::NotFound);
        }
        let standing = self.standing(Some(&row)).await?;
        let told = Told::by(agent, Operation::IdentityUnlinked);
        let told = state.caller.actor.session.into_iter().fold(told, Told::in_session);
        let lines = self.told_lines(&told, Some(&standing));
        self.commit_told(work, lines).await
    }

    fn baggage(&self, sealed: &str) -> Option<Baggage> {
        // A few hundred bytes: a huge cookie is not even decoded.
        if sealed.len() > 4096 {
            return None;
        }
        let text =
            self.root.open_secret(DEPARTURE, b"", &URL_SAFE_NO_PAD.decode(sealed).ok()?).ok()?;
        let baggage: Baggage = serde_json::from_slice(&text).ok()?;
        (self.now() < Instant(baggage.until)).then_some(baggage)
    }

    async fn sign_in_as(
        &self,
        key: [u8; 32],
        strong: bool,
        address: &str,
    ) -> Result<Signed, UseError> {
        let row: Option<AgentRow> = match self.store.agent_by_identity(key).await? {
            Some(agent) => self.store.agent(agent).await?,
            None => None,
        };
        let standing = self.standing(row.as_ref()).await?;
        let account = row.as_ref().map(|r| self.account(r)).transpose()?;
        let first = First::Provider { strong };
        let proofs = Proofs { first, second: Second::NotGiven };
        let outcome = attempt(account.as_ref(), &proofs, &standing.duties(), standing.today);
        let Some(row) = row else {
            let told = Told::by_nobody(Operation::SignInFailed)
                .from(address)
                .with("moyen", "fournisseur")
                .refused("identite-inconnue");
            self.tell(told, None).await?;
            return Ok(refused(UNKNOWN));
        };
        if let Outcome::Refused(cause) = outcome {
            let told = Told::by(row.id, Operation::SignInFailed)
                .from(address)
                .with("moyen", "fournisseur")
                .refused(cause.code());
            self.tell(told, Some(&standing)).await?;
            return Ok(refused(outcome.message().unwrap_or(LOST)));
        }
        if standing.grants.is_empty() {
            return self.without_grant(&row, &standing, address).await;
        }
        self.refund_address(address).await?;
        let opening = Opening {
            agent: &row,
            level: level_of(outcome, Level::Provider),
            strong: strong || self.exempt(Some(&row)),
            address,
        };
        let work = self.store.begin().await?;
        self.opened(work, &opening, &standing, next(outcome), "fournisseur").await
    }

    /// Links an identity to the account whose session asked for it, and still stands.
    async fn link(
        &self,
        key: [u8; 32],
        (agent, session): ([u8; 16], [u8; 16]),
        whom: Option<&CallerState>,
        address: &str,
    ) -> Result<Arrival, UseError> {
        let asked = whom.filter(|state| {
            state.pending == Next::Done
                && state.caller.actor.agent.as_bytes() == &agent
                && state.caller.actor.session.is_some_and(|s| s.as_bytes() == &session)
        });
        let Some(state) = asked else {
            return Ok(Arrival::NotLinked);
        };
        self.refund_address(address).await?;
        let agent = state.caller.actor.agent;
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        let standing = self.standing(Some(&row)).await?;
        let mut work = self.store.begin().await?;
        // One identity an account: the former goes with the new.
        work.drop_identities(agent).await?;
        if !work.add_identity(key, agent, self.now()).await? {
            return Ok(Arrival::Taken);
        }
        let told = Told::by(agent, Operation::IdentityLinked).from(address);
        let told = state.caller.actor.session.into_iter().fold(told, Told::in_session);
        let lines = self.told_lines(&told, Some(&standing));
        self.commit_told(work, lines).await?;
        Ok(Arrival::Linked)
    }

    async fn admit_address(&self, address: &str) -> Result<Option<Signed>, UseError> {
        let (now, rules) = (self.now(), *self.sign_in.book.sign_in());
        let key = self.sign_in.hasher.pepper().throttle_key(ThrottleKey::Address(address));
        let limits: Limits = rules.address;
        let judge = |_, failures, last| {
            Throttle { failures, last }.admit(&limits, now).map(|t| (t.failures, t.last))
        };
        let counted = self.store.count_attempt(&[key], judge).await?;
        Ok(counted.err().map(|wait| super::sign_in::throttled(wait, now)))
    }

    /// An address gets its own attempt back, and no other.
    pub(super) async fn refund_address(&self, address: &str) -> Result<(), UseError> {
        let key = self.sign_in.hasher.pepper().throttle_key(ThrottleKey::Address(address));
        Ok(self.store.refund_attempt(key).await?)
    }
}

fn unreachable(why: ProviderError) -> UseError {
    tracing::error!(%why, "le fournisseur d'identité n'a pas pu être joint");
    UseError::Invalid(vec![LOST.to_owned()])
}
