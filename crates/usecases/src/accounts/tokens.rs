//! Personal tokens: a program signs in as its agent, with the grants of the moment, less than the
//! agent may by its scopes. Made on a screen, shown once, kept as a hash, revoked at any time.

use huis_access::Actor;
use huis_accounts::{Token, TokenUse};
use huis_dossier::Fault;
use huis_kernel::{Date, Delay, Instant, SessionId, Zone};
use huis_store::{accounts::AgentRow, tokens::TokenRow};
use huis_trace::Operation;
use std::collections::BTreeSet;

use crate::{
    Caller, Huis, UseError,
    accounts::{
        CallerState, Next,
        state::{Standing, owed},
        traces::Told,
    },
    caller::grant_of,
    oversight::TOKEN_DAYS,
};

/// What a token may do. A closed list; nothing goes past what its agent may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read: lists, searches, dossiers, documents.
    Read,
    /// Write in dossiers: open one, acts, sections, letters.
    Act,
    /// Files in.
    Import,
    /// Grants, accounts, partners, alerts, holds, settings.
    Administer,
}

impl Scope {
    /// Every scope, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Read, Self::Act, Self::Import, Self::Administer];

    /// Its code, which never changes.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read => "lecture",
            Self::Act => "actes",
            Self::Import => "imports",
            Self::Administer => "administration",
        }
    }
    /// What its owner reads.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Read => "Lire : journée, listes, recherches, dossiers, documents",
            Self::Act => {
                "Écrire dans les dossiers : ouvrir, déposer des actes, modifier des volets, courriers"
            }
            Self::Import => "Importer des fichiers",
            Self::Administer => {
                "Administrer : habilitations, comptes, partenaires, alertes, gels, réglages"
            }
        }
    }
    /// The scope of a code.
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// A token to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// Its last day.
    pub until: Date,
}

/// Where a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It opens what it opens.
    InForce,
    /// Its last day has passed.
    Expired,
    /// It was revoked.
    Revoked(Instant),
}

/// One's own token; never the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenLine {
    /// Its id: what the trace names it by.
    pub id: SessionId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub made: Instant,
    /// Its last day.
    pub until: Date,
    /// The last request.
    pub seen: Option<Instant>,
    /// Where it stands.
    pub state: TokenState,
}

/// Who a token stands for.
#[derive(Clone, Debug)]
pub struct TokenCaller {
    /// Its agent, with the grants of this moment.
    pub caller: Caller,
    /// What the token may do.
    pub scopes: BTreeSet<Scope>,
    /// Its last day.
    pub until: Date,
    /// Its name.
    pub name: String,
    /// What is left to do on a screen before anything opens.
    pub pending: Next,
}

/// Before each token, so that programs which look for secrets in files know one.
const PREFIX: &str = "huis_";
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;
/// The most tokens in force for one agent.
const MOST: usize = 10;
/// A token is noted as seen at most this often.
const MARK_EVERY_MS: i64 = 15_000;
/// A token that was silent for so long opens anew, and the trace says so.
const SILENCE_MS: i64 = 15 * 60_000;
/// A token that is over is listed this long, then forgotten; the trace keeps it for its own term.
const SHOWN_MS: i64 = 30 * 24 * 3_600_000;

impl Huis {
    /// One's own tokens, the newest first.
    pub async fn my_tokens(&self, caller: &Caller) -> Result<Vec<TokenLine>, UseError> {
        let rows = self.store.api_tokens(caller.actor.agent).await?;
        Ok(rows.into_iter().map(|row| line(row, caller.today)).collect())
    }

    /// The last day that a token made today may have.
    pub async fn token_limit(&self, caller: &Caller) -> Result<Date, UseError> {
        let settings = self.store.settings(caller.office.office).await?;
        let set = settings.iter().find(|(key, _)| key == TOKEN_DAYS.key).map(|(_, v)| v.as_str());
        let days = set.unwrap_or(TOKEN_DAYS.default).parse().unwrap_or(1);
        Ok(Delay { months: 0, days }.after(caller.today))
    }

    /// Makes a token; the only time that it is told. All the faults at once, then the password: a
    /// session left open, or stolen, makes none.
    pub async fn make_token(
        &self,
        state: &CallerState,
        password: &str,
        new: &NewToken,
    ) -> Result<String, UseError> {
        let caller = &state.caller;
        let limit = self.token_limit(caller).await?;
        let name = new.name.trim();
        let mut faults = Vec::new();
        let mut fault = |field: &str, message: String| {
            faults.push(Fault {
                field: Some(field.to_owned()),
                code: "jeton".to_owned(),
                message,
                article: String::new(),
            });
        };
        match name.chars().count() {
            0 => fault("nom", "Donnez-lui un nom : celui du logiciel qui s’en servira.".to_owned()),
            n if n > LONGEST_NAME => {
                fault("nom", format!("Le nom tient en {LONGEST_NAME} caractères."));
            }
            _ if name.chars().any(char::is_control) => {
                fault("nom", "Le nom tient sur une ligne.".to_owned());
            }
            _ => {}
        }
        if new.scopes.is_empty() {
            fault("portee", "Cochez au moins une case.".to_owned());
        }
        if new.until < caller.today || new.until > limit {
            fault(
                "fin",
                format!("La fin est à venir, et au plus tard le {}.", huis_law::short_date(limit)),
            );
        }
        let known = self.my_tokens(caller).await?;
        if known.iter().filter(|t| t.state == TokenState::InForce).count() >= MOST {
            fault("nom", format!("{MOST} jetons au plus : révoquez-en un."));
        }
        if !faults.is_empty() {
            return Err(UseError::Faults(faults));
        }
        self.proved_again(state, password, Operation::TokenMade).await?;
        let row = self.agent_row(caller).await?;
        let standing = self.standing(Some(&row)).await?;
        let token = Token::random(&*self.rng);
        let scopes: Vec<&str> = new.scopes.iter().map(|s| s.code()).collect();
        let kept = TokenRow {
            id: SessionId::random(&*self.rng),
            hash: *token.hash(TokenUse::Api).as_bytes(),
            agent: row.id,
            office: caller.office.office,
            name: name.to_owned(),
            scopes: scopes.join(" "),
            strong: caller.actor.strong,
            made: caller.now,
            until: new.until,
            seen: None,
            ended: None,
        };
        let told = self
            .of_token(caller, &kept, Operation::TokenMade)
            .with("dernier-jour", new.until)
            .with("portees", scopes.join(","));
        let lines = self.told_lines(&told, Some(&standing));
        let mut work = self.store.begin().await?;
        work.add_api_token(&kept).await?;
        self.commit_told(work, lines).await?;
        Ok(format!("{PREFIX}{}", token.to_text()))
    }

    /// Revokes one's own token: it opens nothing from now on.
    pub async fn revoke_token(&self, caller: &Caller, id: SessionId) -> Result<(), UseError> {
        let kept = self.store.api_token_of(id).await?;
        let kept = kept.filter(|t| t.agent == caller.actor.agent).ok_or(UseError::NotFound)?;
        let row = self.agent_row(caller).await?;
        let standing = self.standing(Some(&row)).await?;
        let told = self.of_token(caller, &kept, Operation::TokenRevoked);
        let lines = self.told_lines(&told, Some(&standing));
        self.lock_archive([id]);
        let mut work = self.store.begin().await?;
        if !work.end_api_token(id, caller.actor.agent, caller.now).await? {
            return Err(UseError::NotFound);
        }
        self.commit_told(work, lines).await
    }

    async fn agent_row(&self, caller: &Caller) -> Result<AgentRow, UseError> {
        self.store.agent(caller.actor.agent).await?.ok_or(UseError::NotFound)
    }

    fn of_token<'a>(&self, caller: &'a Caller, token: &TokenRow, operation: Operation) -> Told<'a> {
        let mut told = Told::by(caller.actor.agent, operation).with("jeton", token.id);
        told.session = caller.actor.session;
        told.address = caller.actor.address.as_deref();
        told
    }

    /// Who a token stands for, asked anew at each request as for a session: a token whose agent's
    /// last grant has ended, or account closed, opens nothing from the next request on.
    pub async fn token_caller(
        &self,
        text: &str,
        address: &str,
    ) -> Result<Option<TokenCaller>, UseError> {
        let parsed = text.strip_prefix(PREFIX).and_then(Token::parse);
        let found = match parsed {
            Some(token) => self.store.api_token(*token.hash(TokenUse::Api).as_bytes()).await?,
            None => None,
        };
        let Some(token) = found else {
            let told = Told::by_nobody(Operation::SignInFailed).from(address).refused("jeton");
            self.tell(told, None).await?;
            return Ok(None);
        };
        let row = self.store.agent(token.agent).await?;
        let standing = self.standing(row.as_ref()).await?;
        let now = self.now();
        let Some(row) = row else { return Ok(None) };
        let refused = match row.state.as_str() {
            _ if token.ended.is_some() => Some("jeton-revoque"),
            _ if token.until < standing.today => Some("jeton-expire"),
            "active" if standing.grants.is_empty() => Some("sans-habilitation"),
            "active" => None,
            _ => Some("compte"),
        };
        let told = Told::by(row.id, Operation::TokenUsed).from(address).in_session(token.id);
        if let Some(rule) = refused {
            self.lock_archive([token.id]);
            self.tell(told.refused(rule), Some(&standing)).await?;
            return Ok(None);
        }
        let silent = token.seen.is_none_or(|seen| now >= seen.plus_ms(SILENCE_MS));
        if silent {
            // What was opened by passphrase does not stay open behind a silent program.
            self.lock_archive([token.id]);
            self.tell(told, Some(&standing)).await?;
        }
        if token.seen.is_none_or(|seen| now >= seen.plus_ms(MARK_EVERY_MS)) {
            self.store.api_token_seen(token.id, now).await?;
        }
        self.token_caller_of(token, row, standing, address).await.map(Some)
    }

    async fn token_caller_of(
        &self,
        token: TokenRow,
        row: AgentRow,
        standing: Standing,
        address: &str,
    ) -> Result<TokenCaller, UseError> {
        let strong = token.strong || self.exempt(Some(&row));
        let mut pending = owed(&self.account(&row)?, &standing);
        if pending == Next::EnrolTotp && strong {
            // A session that a provider opened with two factors gave its second.
            pending = Next::Done;
        }
        if pending == Next::Done && self.procedure_unread(standing.office.office, row.id).await? {
            // nothing opens before the procedure in force has been read, on a screen.
            pending = Next::ReadProcedure;
        }
        let settings = self.store.settings(standing.office.office).await?;
        self.calendar.adopt(&settings);
        let mut grants = standing.all;
        if pending != Next::Done {
            grants.clear();
        }
        let actor = Actor {
            agent: row.id,
            session: Some(token.id),
            address: Some(address.to_owned()),
            strong,
            grants: grants.into_iter().map(grant_of).collect(),
        };
        let at = (standing.office, standing.today, self.now());
        let caller = Caller::of(actor, row, at, &settings);
        let scopes = scopes(&token.scopes).into_iter().collect();
        Ok(TokenCaller { caller, scopes, until: token.until, name: token.name, pending })
    }

    /// Locks the archive behind tokens that have gone silent. The server runs it each minute.
    pub(super) async fn lock_silent_tokens(&self) -> Result<(), UseError> {
        let open: Vec<SessionId> = {
            let unlocked = self.unlocked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            unlocked.keys().copied().collect()
        };
        let now = self.now();
        for id in open {
            // A session's own end closes what it opened.
            let Some(token) = self.store.api_token_of(id).await? else { continue };
            let silent = token.seen.is_none_or(|seen| now >= seen.plus_ms(SILENCE_MS));
            if silent || token.ended.is_some() {
                self.lock_archive([id]);
            }
        }
        Ok(())
    }

    /// Forgets tokens that have been over for a month.
    pub(crate) async fn sweep_tokens(&self) -> Result<u64, UseError> {
        let before = self.now().plus_ms(-SHOWN_MS);
        Ok(self.store.drop_old_tokens(before, before.date_in(&Zone::utc())).await?)
    }
}

fn scopes(codes: &str) -> Vec<Scope> {
    codes.split(' ').filter_map(Scope::of).collect()
}

fn line(row: TokenRow, today: Date) -> TokenLine {
    let state = match row.ended {
        Some(at) => TokenState::Revoked(at),
        None if row.until < today => TokenState::Expired,
        None => TokenState::InForce,
    };
    TokenLine {
        id: row.id,
        scopes: scopes(&row.scopes),
        name: row.name,
        made: row.made,
        until: row.until,
        seen: row.seen,
        state,
    }
}
