use huis_accounts::{Level, RecoveryCode, SecondFactor, ThrottleKey, TotpSecret};
use huis_kernel::AgentId;
use huis_register::Power;
use huis_store::StoreError;
use huis_trace::{Dossiers, Operation};

use crate::{
    Caller, Huis, UseError,
    accounts::{CallerState, Next, Session, Signed, sign_in::Opening, state::TOTP, traces::Told},
    alerts::{FACTOR, Raise},
};

/// What the page of enrolment shows.
#[derive(Clone)]
pub struct Enrolment {
    /// The secret for a person who types it.
    pub secret: String,
    /// The same as a QR code, an `<svg>` element.
    pub qr_svg: String,
}

/// An application was enrolled.
#[derive(Clone)]
pub struct Enrolled {
    /// The session that takes the place of the present one.
    pub session: Session,
    /// The recovery codes: shown once, good once each.
    pub recovery: Vec<String>,
}

impl Huis {
    /// Begins to enrol an authenticator application. The secret waits, sealed, for its first code;
    /// an enrolment under way goes on with the same secret, so that a page loaded twice does not
    /// spoil what was photographed.
    pub async fn enrol_begin(&self, state: &CallerState) -> Result<Enrolment, UseError> {
        enrolling(state)?;
        let agent = state.caller.actor.agent;
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        let secret = match &row.totp_next {
            Some(sealed) => self.totp_secret(agent, sealed)?,
            None => {
                let secret = TotpSecret::random(&*self.rng);
                let sealed = self.seal_totp(agent, &secret);
                let mut work = self.store.begin().await?;
                work.keep_next_totp(agent, sealed).await?;
                work.commit().await?;
                secret
            }
        };
        let login = huis_accounts::Login::typed(&row.login);
        let issuer = format!("Huis {}", state.caller.office.name);
        let qr_svg = secret.qr_svg(&issuer, &login).map(|s| s.to_string()).unwrap_or_default();
        Ok(Enrolment { secret: secret.to_base32().to_string(), qr_svg })
    }

    /// The first code proves that the application was enrolled; other sessions close. In the place of
    /// one that is there the password is asked again: a session left open, or stolen, gives no
    /// telephone.
    pub async fn enrol_confirm(
        &self,
        state: &CallerState,
        code: &str,
        password: &str,
    ) -> Result<Enrolled, UseError> {
        enrolling(state)?;
        let agent = state.caller.actor.agent;
        let address = state.caller.actor.address.as_deref().unwrap_or_default();
        if self.store.agent(agent).await?.is_some_and(|row| row.totp.is_some()) {
            self.password_again(state, password, Operation::SecondFactorChanged).await?;
        }
        let key = ThrottleKey::Code(&agent);
        if let Some(Signed::Refused { message, .. }) = self.admit(key, address).await? {
            return Err(UseError::Invalid(vec![message]));
        }
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        let begin = || UseError::Invalid(vec!["Recommencez l’enrôlement.".to_owned()]);
        let sealed = row.totp_next.as_ref().ok_or_else(begin)?;
        let secret = self.totp_secret(agent, sealed)?;
        let standing = self.standing(Some(&row)).await?;
        let told = || {
            let told = Told::by(agent, Operation::SecondFactorChanged).from(address);
            state.caller.actor.session.into_iter().fold(told, Told::in_session)
        };
        let Ok(step) = secret.verify(code, self.now(), None) else {
            self.tell(told().refused("code"), Some(&standing)).await?;
            let reason = "Code refusé. Vérifiez l’heure du téléphone et attendez le code suivant.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        };
        self.refund(key, address).await?;
        let mut account = self.whole_account(&row).await?;
        account.second_factor =
            Some(SecondFactor { secret, last_step: Some(step), recovery: Vec::new() });
        account.close_sessions(self.now());
        let (codes, hashes) = self.fresh_codes();
        let mut work = self.store.begin().await?;
        if !work.set_totp(agent, Some((sealed, step)), account.sessions_from).await? {
            return Err(StoreError::Conflict.into());
        }
        work.set_recovery_codes(agent, &hashes).await?;
        let opening = Opening { agent: &row, level: Level::Held, strong: true, address };
        let (_, session) = self.renewed(&mut work, &opening, &account, &standing).await?;
        let lines = self.told_lines(&told().with("effet", "enrole"), Some(&standing));
        self.commit_told(work, lines).await?;
        Ok(Enrolled { session, recovery: codes })
    }

    /// A fresh set of recovery codes, by the password; the former ones no longer count.
    pub async fn new_recovery_codes(
        &self,
        state: &CallerState,
        password: &str,
    ) -> Result<Vec<String>, UseError> {
        let agent = state.caller.actor.agent;
        let row = self.store.agent(agent).await?.ok_or(UseError::NotFound)?;
        if state.pending != Next::Done || !state.caller.actor.strong || row.totp.is_none() {
            return Err(UseError::SecondFactor);
        }
        self.password_again(state, password, Operation::SecondFactorChanged).await?;
        let standing = self.standing(Some(&row)).await?;
        let (codes, hashes) = self.fresh_codes();
        let mut work = self.store.begin().await?;
        work.set_recovery_codes(agent, &hashes).await?;
        let told =
            Told::by(agent, Operation::SecondFactorChanged).with("effet", "codes-de-secours");
        let lines = self.told_lines(&told, Some(&standing));
        self.commit_told(work, lines).await?;
        Ok(codes)
    }

    /// The telephone is lost and the recovery codes with it: an administrator takes the second
    /// factor away, sessions close, and the next sign-in enrols another.
    pub async fn drop_second_factor(
        &self,
        caller: &Caller,
        agent: AgentId,
    ) -> Result<(), UseError> {
        let processing =
            self.with_power(caller, Power::Accounts, Operation::SecondFactorChanged).await?;
        self.within_reach(caller, agent).await?;
        if agent == caller.actor.agent {
            let reason = "Un autre administrateur doit le faire pour vous.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        let mut work = self.store.begin().await?;
        if !work.set_totp(agent, None, self.now()).await? {
            return Err(UseError::NotFound);
        }
        work.set_recovery_codes(agent, &[]).await?;
        work.drop_identities(agent).await?;
        work.end_feed(agent).await?;
        // One that was handed over before would open the account now: whoever asks for another waits
        // until the alert is closed.
        work.end_resets(agent).await?;
        self.lock_archive(work.end_api_tokens(agent, self.now()).await?);
        let closed = work.end_sessions(agent, "fermee", self.now()).await?;
        self.lock_archive(closed);
        let mut line = self.line(caller, processing, Operation::SecondFactorChanged);
        line.detail.insert("compte".to_owned(), agent.to_string());
        line.detail.insert("effet".to_owned(), "retire".to_owned());
        self.commit_told(work, vec![line]).await?;
        let summary = "Vérifiez la demande auprès de l’agent : tant que cette alerte est ouverte, aucun lien de réinitialisation n’est remis pour ce compte.";
        self.raise(Raise {
            office: caller.office.office,
            processing,
            rule: FACTOR,
            agent: Some(agent),
            at: self.now(),
            summary: summary.to_owned(),
            dossiers: Dossiers::None,
        })
        .await?;
        Ok(())
    }

    pub(super) fn seal_totp(&self, agent: AgentId, secret: &TotpSecret) -> Vec<u8> {
        self.root.seal_secret(TOTP, agent.as_bytes(), secret.as_bytes(), &*self.rng)
    }

    fn fresh_codes(&self) -> (Vec<String>, Vec<[u8; 32]>) {
        let pepper = self.sign_in.hasher.pepper();
        RecoveryCode::set(&*self.rng)
            .iter()
            .map(|code| (code.to_text().to_string(), *code.hash(pepper).as_bytes()))
            .unzip()
    }
}

/// May the session enrol an application? Not before what comes first, and where there is one
/// already, only after it was given.
const fn enrolling(state: &CallerState) -> Result<(), UseError> {
    match state.pending {
        Next::EnrolTotp | Next::Done => Ok(()),
        Next::Totp | Next::ChangePassword(_) | Next::ReadProcedure => Err(UseError::SecondFactor),
    }
}
