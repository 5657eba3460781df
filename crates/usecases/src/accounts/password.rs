use huis_accounts::{
    Context, First, Level, Login, Outcome, Password, PasswordHash, PasswordRules, Proofs,
    ResetRefused, ResetRequest, Rule, Second, ThrottleKey, Token, TokenHash, TokenUse, attempt,
    request_reset, reset_answer,
};
use huis_kernel::AgentId;
use huis_register::Power;
use huis_store::{
    StoreError,
    accounts::{PasswordChange, ResetRow},
};
use huis_trace::Operation;

use crate::{
    Caller, Huis, UseError,
    accounts::{
        CallerState, Letter, Next, Session, Signed,
        sign_in::{Opening, refused},
        traces::Told,
    },
    alerts::FACTOR,
};

/// One rule of the account's passwords, as the page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRule {
    /// What is asked.
    pub text: String,
    /// The article or deliberation.
    pub article: String,
    /// False when the article is not verified.
    pub verified: bool,
}

/// What a new password is judged against.
pub(super) struct Judged<'a> {
    pub login: &'a Login,
    /// The present hash, then the former ones.
    pub previous: Vec<PasswordHash>,
    /// The names of the organisation: no secret here.
    pub words: Vec<String>,
}

/// For so long after a sign-in by the provider, nothing is asked again.
const JUST_ARRIVED_MS: i64 = 10 * 60_000;

impl Huis {
    /// The rules that the account's password meets: the strictest of its processings.
    pub async fn password_rules(&self, caller: &Caller) -> Result<Vec<PasswordRule>, UseError> {
        let row = self.store.agent(caller.actor.agent).await?;
        let standing = self.standing(row.as_ref()).await?;
        Ok(rule_lines(&standing.rules, standing.administrator))
    }

    /// Changes one's own password: every broken rule at once, each with its reason. All
    /// sessions close; the one given takes the place of the present one. The old password is not
    /// asked after a reset.
    pub async fn change_password(
        &self,
        state: &CallerState,
        old: &str,
        new: &str,
    ) -> Result<Session, UseError> {
        if state.pending == Next::Totp {
            return Err(UseError::SecondFactor);
        }
        let agent = state.caller.actor.agent;
        let address = state.caller.actor.address.as_deref().unwrap_or_default();
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        let standing = self.standing(Some(&row)).await?;
        let mut account = self.whole_account(&row).await?;
        let told = || {
            let told = Told::by(agent, Operation::PasswordChanged).from(address);
            state.caller.actor.session.into_iter().fold(told, Told::in_session)
        };
        if row.must_change.as_deref() != Some("reset") {
            self.password_again(state, old, Operation::PasswordChanged).await?;
        }
        let new = Password::typed(new);
        let words = vec![standing.office.name.clone(), row.service.clone()];
        let judged = Judged { login: &account.login, previous: account.hashes(), words };
        self.judge(judged, &standing.rules, standing.administrator, &new).await?;
        let hash = self.sign_in.hash(&new, &self.rng).await?;
        account.change_password(hash, &standing.rules, standing.today, self.now());
        let mut work = self.store.begin().await?;
        let former: Vec<String> = account.former.iter().map(|h| h.as_phc().to_owned()).collect();
        let change = PasswordChange {
            old: &row.password,
            new: account.password.as_phc(),
            former: &former,
            on: account.password_set_on,
            must_change: None,
            sessions_from: account.sessions_from,
        };
        if !work.set_password(agent, &change).await? {
            return Err(StoreError::Conflict.into());
        }
        let opening =
            Opening { agent: &row, level: Level::Held, strong: state.caller.actor.strong, address };
        let (_, session) = self.renewed(&mut work, &opening, &account, &standing).await?;
        let lines = self.told_lines(&told(), Some(&standing));
        self.commit_told(work, lines).await?;
        Ok(session)
    }

    /// Asks an open session for its password again, before what would outlive it: as many tries as
    /// at the door, and each refusal is traced.
    pub(super) async fn password_again(
        &self,
        state: &CallerState,
        typed: &str,
        operation: Operation,
    ) -> Result<(), UseError> {
        let agent = state.caller.actor.agent;
        let address = state.caller.actor.address.as_deref().unwrap_or_default();
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        let account = self.account(&row)?;
        let key = ThrottleKey::Password(&account.login);
        if let Some(Signed::Refused { message, .. }) = self.admit(key, address).await? {
            return Err(UseError::Invalid(vec![message]));
        }
        let (typed, stored) = (Password::typed(typed), account.password.clone());
        if !self.sign_in.blocking(move |h| h.verify(&typed, Some(&stored))).await? {
            let told = Told::by(agent, operation).from(address).refused("mot-de-passe");
            let told = state.caller.actor.session.into_iter().fold(told, Told::in_session);
            let standing = self.standing(Some(&row)).await?;
            self.tell(told, Some(&standing)).await?;
            let reason = "Le mot de passe actuel est inexact.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        self.refund(key, address).await
    }

    /// As [`Self::password_again`]; an account that the identity provider opens may have no password
    /// in use, and proves as much by having just arrived from there.
    pub(super) async fn proved_again(
        &self,
        state: &CallerState,
        typed: &str,
        operation: Operation,
    ) -> Result<(), UseError> {
        let agent = state.caller.actor.agent;
        if !typed.is_empty() || !self.store.has_identity(agent).await? {
            return self.password_again(state, typed, operation).await;
        }
        let sessions = self.my_sessions(&state.caller).await?;
        let here = sessions.iter().find(|s| s.current);
        if here.is_some_and(|s| self.now() < s.since.plus_ms(JUST_ARRIVED_MS)) {
            return Ok(());
        }
        let reason = "Donnez votre mot de passe ; ou reconnectez-vous par votre fournisseur d’identité, et recommencez dans les dix minutes.";
        Err(UseError::Invalid(vec![huis_register::french(reason)]))
    }

    /// Every rule that a new password breaks.
    pub(super) async fn judge(
        &self,
        of: Judged<'_>,
        rules: &PasswordRules,
        administrator: bool,
        new: &Password,
    ) -> Result<(), UseError> {
        let Judged { login, previous, words } = of;
        let (rules, new, login) = (rules.clone(), new.clone(), login.clone());
        let judged = self
            .sign_in
            .blocking(move |hasher| {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                let context = Context {
                    login: &login,
                    administrator,
                    words: &words,
                    previous: &previous,
                    hasher,
                };
                rules.check(&new, &context)
            })
            .await?;
        judged.map_err(|faults| UseError::Invalid(faults.into_iter().map(|f| f.reason).collect()))
    }

    /// Someone forgot a password. The answer and the cost are the same whatever the login (S-11):
    /// a row is written for an unknown one too, and the letter leaves later.
    pub async fn ask_reset(&self, login: &str, address: &str) -> Result<String, UseError> {
        let login = Login::typed(login);
        if let Some(Signed::Refused { message, .. }) =
            self.admit(ThrottleKey::Reset(&login), address).await?
        {
            return Err(UseError::Invalid(vec![message]));
        }
        let row = self.store.agent_by_login(login.as_str()).await?;
        let standing = self.standing(row.as_ref()).await?;
        let account = row.as_ref().map(|r| self.account(r)).transpose()?;
        let rules = *self.sign_in.book.sign_in();
        let (request, token) = request_reset(account.as_ref(), &rules, &*self.rng, self.now());
        let mut work = self.store.begin().await?;
        work.add_reset(&reset_row(&request)).await?;
        let told = Told::by_nobody(Operation::ResetAsked).from(address);
        let lines = match request.agent {
            Some(agent) => self.told_lines(&told.with("compte", agent), Some(&standing)),
            None => self.told_lines(&told, None),
        };
        self.commit_told(work, lines).await?;
        if let Some(row) = row.filter(|r| request.agent == Some(r.id)) {
            let minutes = rules.reset_ms.div_euclid(60_000);
            if let Some(mailer) = self.sign_in.mailer() {
                let token = token.to_text();
                mailer.post(Letter::Reset { to: row.email, token, minutes });
            }
        }
        Ok(reset_answer(&rules))
    }

    /// A reset link that an administrator hands over, where no mail server is declared. It does
    /// not open the account to whoever carries it: the second factor is still asked.
    pub async fn admin_reset(&self, caller: &Caller, agent: AgentId) -> Result<String, UseError> {
        let processing = self.with_power(caller, Power::Accounts, Operation::ResetAsked).await?;
        self.within_reach(caller, agent).await?;
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        if agent == caller.actor.agent {
            let reason = "Pour vous-même, passez par « Mot de passe oublié ».";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        if self.is_alerted(caller.office.office, FACTOR, agent).await? {
            let reason = "Le second facteur de ce compte vient d’être retiré : le délégué à la protection des données doit d’abord fermer l’alerte.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        let account = self.account(&row)?;
        let rules = *self.sign_in.book.sign_in();
        let (request, token) = request_reset(Some(&account), &rules, &*self.rng, self.now());
        if request.agent.is_none() {
            return Err(UseError::Invalid(vec!["Ce compte n’est pas actif.".to_owned()]));
        }
        let mut work = self.store.begin().await?;
        work.add_reset(&reset_row(&request)).await?;
        let mut line = self.line(caller, processing, Operation::ResetAsked);
        line.detail.insert("compte".to_owned(), agent.to_string());
        self.commit_told(work, vec![line]).await?;
        Ok(token.to_text())
    }

    /// Uses a reset link, once. What follows is the code, if the account has a second factor, then
    /// a new password: the link alone opens nothing (S-11).
    pub async fn redeem_reset(&self, link: &str, address: &str) -> Result<Signed, UseError> {
        // One answer for all: unknown, used, past (S-11).
        let no = || Ok(refused(&ResetRefused.to_string()));
        let Some(token) = Token::parse(link) else { return no() };
        let hash = *token.hash(TokenUse::Reset).as_bytes();
        let Some(found) = self.store.reset(hash).await? else { return no() };
        let mut request = ResetRequest {
            agent: found.agent,
            token: TokenHash::from_bytes(found.hash),
            expires: found.until,
            used: found.used,
        };
        let now = self.now();
        let Ok(agent) = request.redeem(&token, now) else { return no() };
        let Some(row) = self.store.agent(agent).await? else { return no() };
        let standing = self.standing(Some(&row)).await?;
        let mut account = self.account(&row)?;
        let proofs = Proofs { first: First::ResetLink, second: Second::NotGiven };
        let outcome = attempt(Some(&account), &proofs, &standing.duties(), standing.today);
        let Outcome::Continue(step) = outcome else { return no() };
        if standing.grants.is_empty() {
            return no();
        }
        account.reset(now);
        let mut work = self.store.begin().await?;
        if !work.use_reset(hash, now).await? {
            return no();
        }
        work.require_change(agent, "reset", account.sessions_from).await?;
        // Whoever held the account before may have linked an identity, or made a token or a calendar
        // link, of theirs.
        work.drop_identities(agent).await?;
        work.end_feed(agent).await?;
        self.lock_archive(work.end_api_tokens(agent, now).await?);
        let closed = work.end_sessions(agent, "fermee", now).await?;
        self.lock_archive(closed);
        let next = super::state::next_of(step);
        let level = if next == Next::Totp { Level::ResetLink } else { Level::Held };
        let opening = Opening { agent: &row, level, strong: self.exempt(Some(&row)), address };
        self.opened(work, &opening, &standing, next, "lien").await
    }
}

fn reset_row(request: &ResetRequest) -> ResetRow {
    ResetRow {
        hash: *request.token.as_bytes(),
        agent: request.agent,
        until: request.expires,
        used: request.used,
    }
}

/// The rules in words, each with its source.
fn rule_lines(rules: &PasswordRules, administrator: bool) -> Vec<PasswordRule> {
    fn line<T>(rule: Option<&Rule<T>>, text: impl FnOnce(&T) -> String) -> Option<PasswordRule> {
        rule.map(|rule| PasswordRule {
            text: text(&rule.value),
            article: rule.article.clone(),
            verified: rule.verified,
        })
    }
    let special = rules.administrator_length.as_ref().filter(|_| administrator);
    let length = rules.length.iter().chain(special).max_by_key(|rule| rule.value);
    let renewal = rules.administrator_renewal.as_ref().filter(|_| administrator);
    [
        line(length, |n| format!("{n} caractères au moins, sans maximum")),
        line(rules.entropy.as_ref(), |n| {
            format!("une force d’au moins {n}\u{a0}bits\u{a0}: long et varié, ou une phrase de mots sans rapport")
        }),
        line(rules.classes.as_ref(), |()| {
            "une minuscule, une majuscule, un chiffre et un caractère spécial".to_owned()
        }),
        line(rules.not_login.as_ref(), |()| "différent de l’identifiant".to_owned()),
        line(rules.not_account_words.as_ref(), |()| {
            "pas bâti sur l’identifiant ni sur le nom de l’organisme".to_owned()
        }),
        line(rules.not_common.as_ref(), |()| "pas un mot de passe courant".to_owned()),
        line(rules.history.as_ref(), |n| format!("différent des {n} précédents")),
        line(renewal.or(rules.renewal.as_ref()), |delay| format!("changé au bout de {delay} au plus tard")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
