use huis_accounts::{AccountState, Login, Password, PasswordHash, Throttle, ThrottleKey};
use huis_kernel::{AgentId, Date, Instant, Rng};
use huis_register::Power;
use huis_store::accounts::{AgentRow, Duty, DutyDates};
use huis_trace::{Line, Operation};

use crate::{Caller, Huis, UseError, in_order};

/// An account to be made. It is personal: no account is shared.
#[derive(Clone, Debug, Default)]
pub struct NewAgent {
    /// Login.
    pub login: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Service.
    pub service: String,
    /// Mail address.
    pub email: String,
}

/// An account that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentMade {
    /// Its identifier.
    pub id: AgentId,
    /// Its temporary password: shown once, kept nowhere.
    pub password: String,
}

/// An account, as the page of accounts shows it.
#[derive(Clone, Debug)]
pub struct AgentLine {
    /// Identifier.
    pub id: AgentId,
    /// Login.
    pub login: String,
    /// First name and last name.
    pub name: String,
    /// Service.
    pub service: String,
    /// Mail address.
    pub email: String,
    /// May it sign in?
    pub state: AccountState,
    /// Too many attempts: nothing is judged before this.
    pub waits_until: Option<Instant>,
    /// Last sign-in.
    pub signed_in_at: Option<Instant>,
    /// Has it a second factor?
    pub second_factor: bool,
    /// Must the password be changed at the next sign-in?
    pub must_change: bool,
    /// When the password was set.
    pub password_on: Date,
    /// What the person has been told, has signed, has learnt.
    pub duties: DutyDates,
    /// How many grants are in force.
    pub grants: usize,
    /// When it was made.
    pub created_at: Instant,
    /// When the person left.
    pub closed_at: Option<Instant>,
}

impl NewAgent {
    /// Every fault of the form.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let login = Login::typed(&self.login);
        let shape = |c: char| c.is_alphanumeric() || "._-@".contains(c);
        if !(3..=80).contains(&login.as_str().chars().count()) || !login.as_str().chars().all(shape)
        {
            let reason =
                "Identifiant\u{a0}: de 3 à 80 lettres, chiffres, points ou tirets, sans espace.";
            faults.push(reason.to_owned());
        }
        for (name, value) in
            [("Prénom", &self.first_name), ("Nom", &self.last_name), ("Service", &self.service)]
        {
            if value.trim().is_empty() || value.chars().count() > 120 {
                faults.push(format!("{name}\u{a0}: à remplir, en 120 caractères au plus."));
            }
        }
        let (user, domain) = self.email.trim().split_once('@').unwrap_or_default();
        if user.is_empty() || !domain.contains('.') || self.email.trim().contains(' ') {
            faults.push("Courriel\u{a0}: une adresse est attendue (nom@service.fr).".to_owned());
        }
        faults
    }

    pub(super) fn row(
        &self,
        id: AgentId,
        password: &PasswordHash,
        by: Option<AgentId>,
        on: Date,
        now: Instant,
    ) -> AgentRow {
        AgentRow {
            id,
            login: Login::typed(&self.login).as_str().to_owned(),
            first_name: self.first_name.trim().to_owned(),
            last_name: self.last_name.trim().to_owned(),
            service: self.service.trim().to_owned(),
            email: self.email.trim().to_owned(),
            state: "active".to_owned(),
            created_at: now,
            created_by: by,
            closed_at: None,
            password: password.as_phc().to_owned(),
            password_on: on,
            must_change: None,
            sessions_from: now,
            signed_in_at: None,
            totp: None,
            totp_step: 0,
            totp_next: None,
            duties: DutyDates::default(),
        }
    }
}

impl Huis {
    /// The accounts.
    pub async fn agents(&self, caller: &Caller) -> Result<Vec<AgentLine>, UseError> {
        self.with_power(caller, Power::Accounts, Operation::AdminCommand).await?;
        let grants = self.store.grants(caller.office.office).await?;
        let mut lines = Vec::new();
        let mut rows = self.store.agents().await?;
        rows.sort_by_cached_key(|a| {
            (a.state == "closed", in_order(&a.last_name), in_order(&a.first_name))
        });
        for row in rows {
            let in_force = grants
                .iter()
                .filter(|g| g.agent == row.id)
                .filter(|g| crate::caller::grant_of((*g).clone()).in_force(caller.today))
                .count();
            lines.push(self.agent_line(row, in_force).await?);
        }
        Ok(lines)
    }

    /// One's own account.
    pub async fn my_account(&self, caller: &Caller) -> Result<AgentLine, UseError> {
        let row = self.store.agent(caller.actor.agent).await?.ok_or(UseError::NotFound)?;
        let in_force = caller.actor.grants.iter().filter(|g| g.in_force(caller.today)).count();
        self.agent_line(row, in_force).await
    }

    async fn agent_line(&self, row: AgentRow, grants: usize) -> Result<AgentLine, UseError> {
        let account = self.account(&row)?;
        let limits = self.sign_in.book.sign_in().login;
        let pepper = self.sign_in.hasher.pepper();
        let key = pepper.throttle_key(ThrottleKey::Password(&account.login));
        let waits_until = self
            .store
            .attempts(key)
            .await?
            .map(|(failures, last)| Throttle { failures, last }.blocked_until(&limits))
            .filter(|until| *until > self.now());
        Ok(AgentLine {
            id: row.id,
            name: format!("{} {}", row.first_name, row.last_name),
            login: row.login,
            service: row.service,
            email: row.email,
            state: account.state,
            waits_until,
            signed_in_at: row.signed_in_at,
            second_factor: row.totp.is_some(),
            must_change: row.must_change.is_some(),
            password_on: row.password_on,
            duties: row.duties,
            grants,
            created_at: row.created_at,
            closed_at: row.closed_at,
        })
    }

    /// Makes an account, and gives its temporary password, shown once: the person changes it at
    /// the first sign-in. It opens nothing before a grant is given.
    pub async fn create_agent(
        &self,
        caller: &Caller,
        new: &NewAgent,
    ) -> Result<AgentMade, UseError> {
        let processing =
            self.with_power(caller, Power::Accounts, Operation::AccountCreated).await?;
        let mut faults = new.faults();
        let login = Login::typed(&new.login);
        if self.store.agent_by_login(login.as_str()).await?.is_some() {
            faults.push("Cet identifiant est déjà pris.".to_owned());
        }
        if !faults.is_empty() {
            return Err(UseError::Invalid(faults));
        }
        let given = temporary_password(&*self.rng);
        let hash = self.sign_in.hash(&Password::typed(&given), &self.rng).await?;
        let id = AgentId::random(&*self.rng);
        let by = Some(caller.actor.agent);
        let mut row = new.row(id, &hash, by, caller.today, self.now());
        row.must_change = Some("given".to_owned());
        let mut work = self.store.begin().await?;
        match work.add_agent(&row).await {
            Err(e) if e.is_duplicate() => {
                return Err(UseError::Invalid(vec!["Cet identifiant est déjà pris.".to_owned()]));
            }
            other => other?,
        }
        let line = self.about(caller, processing, Operation::AccountCreated, id);
        self.commit_told(work, vec![line]).await?;
        Ok(AgentMade { id, password: given })
    }

    /// The person leaves: grants, sessions and the account itself end in one transaction, the same
    /// minute.
    pub async fn close_agent(
        &self,
        caller: &Caller,
        agent: AgentId,
        reason: &str,
    ) -> Result<(), UseError> {
        let processing = self.with_power(caller, Power::Accounts, Operation::AccountClosed).await?;
        self.within_reach(caller, agent).await?;
        self.not_oneself(caller, agent)?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(UseError::Invalid(vec!["Un motif est nécessaire.".to_owned()]));
        }
        let now = self.now();
        let grants = self.store.grants_of(agent).await?;
        let mut work = self.store.begin().await?;
        if !work.set_agent_state(agent, "closed", now, now).await? {
            return Err(UseError::NotFound);
        }
        work.drop_identities(agent).await?;
        self.lock_archive(work.end_api_tokens(agent, now).await?);
        let mut lines = vec![self.about(caller, processing, Operation::AccountClosed, agent)];
        for grant in grants.iter().filter(|g| g.withdrawn.is_none()) {
            let by = caller.actor.agent;
            if work.withdraw_grant(grant.office, grant.id, by, reason, now).await? {
                let of = &grant.processing;
                let mut line = self.about(caller, of, Operation::GrantWithdrawn, agent);
                line.detail.insert("habilitation".to_owned(), grant.id.to_string());
                lines.push(line);
            }
        }
        let closed = work.end_sessions(agent, "fermee", now).await?;
        self.lock_archive(closed);
        self.commit_told(work, lines).await?;
        self.list_withdrawals_now().await;
        Ok(())
    }

    /// Stops an account for a time (a doubt, a long absence): its sessions close, its grants wait.
    pub async fn lock_agent(&self, caller: &Caller, agent: AgentId) -> Result<(), UseError> {
        let processing = self.with_power(caller, Power::Accounts, Operation::AdminCommand).await?;
        self.within_reach(caller, agent).await?;
        self.not_oneself(caller, agent)?;
        let now = self.now();
        let row = self.store.agent(agent).await?.filter(|a| a.state == "active");
        row.ok_or(UseError::NotFound)?;
        let mut work = self.store.begin().await?;
        work.set_agent_state(agent, "locked", now, now).await?;
        let closed = work.end_sessions(agent, "fermee", now).await?;
        self.lock_archive(closed);
        let mut line = self.about(caller, processing, Operation::AdminCommand, agent);
        line.detail.insert("commande".to_owned(), "compte-bloque".to_owned());
        self.commit_told(work, vec![line]).await
    }

    /// Opens an account again that was stopped, or that too many attempts have throttled.
    pub async fn unlock_agent(&self, caller: &Caller, agent: AgentId) -> Result<(), UseError> {
        let processing =
            self.with_power(caller, Power::Accounts, Operation::AccountUnlocked).await?;
        self.within_reach(caller, agent).await?;
        let row = self.store.agent(agent).await?.filter(|a| a.state != "closed");
        let row = row.ok_or(UseError::NotFound)?;
        let login = Login::typed(&row.login);
        let pepper = self.sign_in.hasher.pepper();
        for key in
            [ThrottleKey::Password(&login), ThrottleKey::Code(&agent), ThrottleKey::Reset(&login)]
        {
            self.store.forget_attempts(pepper.throttle_key(key)).await?;
        }
        let now = self.now();
        let mut work = self.store.begin().await?;
        work.set_agent_state(agent, "active", row.sessions_from, now).await?;
        let line = self.about(caller, processing, Operation::AccountUnlocked, agent);
        self.commit_told(work, vec![line]).await
    }

    /// Records that an agent was informed, has acknowledged the habilitation procedure
    /// or was trained.
    pub async fn record_duty(
        &self,
        caller: &Caller,
        agent: AgentId,
        duty: Duty,
        on: Date,
    ) -> Result<(), UseError> {
        let processing = self.with_power(caller, Power::Accounts, Operation::AdminCommand).await?;
        self.within_reach(caller, agent).await?;
        if on > caller.today {
            return Err(UseError::Invalid(vec!["Cette date est à venir.".to_owned()]));
        }
        let line = self.about(caller, processing, Operation::AdminCommand, agent);
        self.set_duty(agent, duty, on, line).await
    }

    /// The person acknowledges it themself.
    pub async fn acknowledge(&self, caller: &Caller, duty: Duty) -> Result<(), UseError> {
        let agent = caller.actor.agent;
        let processing = caller.actor.grants.iter().find(|g| g.in_force(caller.today));
        let processing = processing.ok_or(UseError::NotFound)?.processing.clone();
        let line = self.about(caller, &processing, Operation::AdminCommand, agent);
        self.set_duty(agent, duty, caller.today, line).await
    }

    async fn set_duty(
        &self,
        agent: AgentId,
        duty: Duty,
        on: Date,
        mut line: Line,
    ) -> Result<(), UseError> {
        let mut work = self.store.begin().await?;
        if !work.set_duty(agent, duty, on).await? {
            return Err(UseError::NotFound);
        }
        line.detail.insert("commande".to_owned(), duty.code().to_owned());
        self.commit_told(work, vec![line]).await
    }

    /// The processing by which a caller has a power; refused, and traced, when there is none.
    pub(crate) async fn with_power(
        &self,
        caller: &Caller,
        power: Power,
        operation: Operation,
    ) -> Result<&str, UseError> {
        let mut refusal = None;
        for (id, processed) in &self.processed {
            match caller.power(&processed.register, power) {
                Ok(_) => return Ok(id),
                Err(why) => refusal = refusal.or(Some((id, why))),
            }
        }
        let Some((id, why)) = refusal else { return Err(UseError::NotFound) };
        self.refuse(caller, id, operation, None, why).await
    }

    /// An administrator of one territory has no hand on the accounts of another: all that the
    /// account holds today must be within theirs. Otherwise it is as if it did not exist (I13).
    pub(super) async fn within_reach(
        &self,
        caller: &Caller,
        agent: AgentId,
    ) -> Result<(), UseError> {
        let scopes: Vec<Vec<String>> = self
            .processed
            .values()
            .filter_map(|p| caller.power(&p.register, Power::Accounts).ok())
            .collect();
        let within = |held: &[String]| {
            scopes.iter().any(|scope| {
                scope.is_empty() || (!held.is_empty() && held.iter().all(|t| scope.contains(t)))
            })
        };
        let grants = self.store.grants_of(agent).await?;
        let all = grants
            .into_iter()
            .map(crate::caller::grant_of)
            .filter(|g| g.in_force(caller.today))
            .all(|g| g.office == caller.office.office && within(&g.territories));
        if all { Ok(()) } else { Err(UseError::NotFound) }
    }

    /// A line about an account.
    pub(crate) fn about(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
        agent: AgentId,
    ) -> Line {
        let mut line = self.line(caller, processing, operation);
        line.detail.insert("compte".to_owned(), agent.to_string());
        line
    }

    fn not_oneself(&self, caller: &Caller, agent: AgentId) -> Result<(), UseError> {
        if caller.actor.agent == agent {
            let reason = "Un autre administrateur doit le faire pour vous.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        Ok(())
    }
}

/// Four groups of five, without the signs that are mistaken for one another.
fn temporary_password(rng: &dyn Rng) -> String {
    const SIGNS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let sign = || {
        let n = rng.below(u32::try_from(SIGNS.len()).unwrap_or(0));
        usize::try_from(n).ok().and_then(|n| SIGNS.get(n)).map_or('x', |b| char::from(*b))
    };
    let group = || (0..5).map(|_| sign()).collect::<String>();
    (0..4).map(|_| group()).collect::<Vec<_>>().join("-")
}
