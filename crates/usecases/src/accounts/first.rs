use huis_accounts::{Login, Password, PasswordHash};
use huis_demo::DemoAgent;
use huis_kernel::{AgentId, Date, GrantId, Instant, OfficeId, Zone};
use huis_register::Power;
use huis_store::{
    accounts::{DutyDates, PasswordChange},
    grants::GrantRow,
};
use huis_trace::{Authority, Line, Operation, Outcome};

use crate::{
    Huis, UseError,
    accounts::{NewAgent, password::Judged},
    caller::grant_of,
    start::INSTALLATION,
};

impl Huis {
    /// The first administrator, at the installation; or the next one, when no administrator's
    /// grant is in force any longer and nobody could give another. From the server's command line
    /// only: it needs no caller.
    pub async fn bootstrap_admin(
        &self,
        new: &NewAgent,
        password: &str,
    ) -> Result<AgentId, UseError> {
        let known = self.store.agent_by_login(Login::typed(&new.login).as_str()).await?;
        let standing = self.standing(known.as_ref()).await?;
        let (office, today, now) = (&standing.office, standing.today, self.now());
        if self.has_administrator(office.office, today).await? {
            // a command that is refused is told as a screen's refusal is.
            let mut line = self.job_line(INSTALLATION, "administration", Operation::AdminCommand);
            line.outcome = Outcome::Refused { rule: "administrateur-en-fonction".to_owned() };
            self.trace(line).await?;
            let reason = "Un administrateur est en fonction : il crée les autres comptes.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        let faults = new.faults();
        if !faults.is_empty() {
            return Err(UseError::Invalid(faults));
        }
        let login = Login::typed(&new.login);
        let password = Password::typed(password);
        let previous = match &known {
            Some(row) => self.whole_account(row).await?.hashes(),
            None => Vec::new(),
        };
        let words = vec![office.name.clone(), new.service.clone()];
        let judged = Judged { login: &login, previous, words };
        self.judge(judged, &standing.rules, true, &password).await?;
        let hash = self.sign_in.hash(&password, &self.rng).await?;
        let mut work = self.store.begin().await?;
        let id = match known {
            None => {
                let id = AgentId::random(&*self.rng);
                work.add_agent(&new.row(id, &hash, None, today, now)).await?;
                id
            }
            Some(row) => {
                work.set_agent_state(row.id, "active", now, now).await?;
                let change = PasswordChange {
                    old: &row.password,
                    new: hash.as_phc(),
                    former: std::slice::from_ref(&row.password),
                    on: today,
                    must_change: None,
                    sessions_from: now,
                };
                work.set_password(row.id, &change).await?;
                row.id
            }
        };
        let mut lines = Vec::new();
        for processed in self.processed.values() {
            let register = &processed.register;
            let administers = |p: &&huis_register::Profile| {
                p.can(Power::Grant) && p.can(Power::Accounts) && !p.partner
            };
            let Some(profile) = register.profiles.iter().find(administers) else { continue };
            let grant = GrantRow {
                office: office.office,
                id: GrantId::random(&*self.rng),
                agent: id,
                processing: register.id.clone(),
                profile: profile.id.clone(),
                territories: Vec::new(),
                from: today,
                until: profile.max_term.after(today),
                giver: None,
                given_at: now,
                reason: "Mise en service de l’installation".to_owned(),
                sponsor: None,
                withdrawn: None,
                withdrawn_reason: None,
                reviewed_on: None,
            };
            work.add_grant(&grant).await?;
            lines.push(self.at_setup(Operation::AccountCreated, &grant));
            lines.push(self.at_setup(Operation::GrantGiven, &grant));
        }
        if lines.is_empty() {
            let reason = "Aucun registre ne décrit de profil qui tient les comptes.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        self.commit_told(work, lines).await?;
        Ok(id)
    }

    /// The one password of the demonstration's agents: hashed once for all of them.
    pub async fn demo_password(&self, password: &str) -> Result<PasswordHash, UseError> {
        self.sign_in.hash(&Password::typed(password), &self.rng).await
    }

    /// Adds an agent of the demonstration with the one grant that it holds, as it stood on an
    /// invented day. It needs no policy, and no installation with real data has it.
    pub async fn demo_agent(
        &self,
        agent: &DemoAgent,
        office: OfficeId,
        processing: &str,
        password: &PasswordHash,
    ) -> Result<AgentId, UseError> {
        if !self.demonstration {
            return Err(UseError::Internal("démonstration seulement"));
        }
        let id = AgentId::random(&*self.rng);
        let new = NewAgent {
            login: agent.login.clone(),
            first_name: agent.first_name.clone(),
            last_name: agent.last_name.clone(),
            service: agent.service.clone(),
            email: agent.email.clone(),
        };
        let today = self.now().date_in(&Zone::utc());
        let mut row = new.row(id, password, None, today, self.now());
        let before = Some(agent.grant_from);
        row.duties = DutyDates { informed_on: before, committed_on: before, trained_on: before };
        let grant = GrantRow {
            office,
            id: GrantId::random(&*self.rng),
            agent: id,
            processing: processing.to_owned(),
            profile: agent.profile.clone(),
            territories: agent.units.clone(),
            from: agent.grant_from,
            until: agent.grant_until,
            giver: None,
            // As if it had been given on its first day: a review sees it.
            given_at: Instant(Zone::utc().start_of(agent.grant_from).0.min(self.now().0)),
            reason: agent.grant_reason.clone(),
            sponsor: agent.sponsor.clone(),
            withdrawn: None,
            withdrawn_reason: None,
            reviewed_on: None,
        };
        let mut work = self.store.begin().await?;
        work.add_agent(&row).await?;
        work.add_grant(&grant).await?;
        let line = self.at_setup(Operation::GrantGiven, &grant);
        self.commit_told(work, vec![line]).await?;
        Ok(id)
    }

    /// Is there someone who can give grants today?
    async fn has_administrator(&self, office: OfficeId, today: Date) -> Result<bool, UseError> {
        for row in self.store.grants(office).await? {
            let profile = self
                .processed
                .get(&row.processing)
                .and_then(|p| p.register.profile(&row.profile))
                .is_some_and(|p| p.can(Power::Grant));
            let agent = row.agent;
            if profile && grant_of(row).in_force(today) {
                let holder = self.store.agent(agent).await?;
                if holder.is_some_and(|a| a.state == "active") {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn at_setup(&self, operation: Operation, grant: &GrantRow) -> Line {
        let authority = Authority::Job("installation".to_owned());
        let mut line =
            Line::new(self.now(), authority, &grant.processing, "administration", operation);
        line.detail.insert("compte".to_owned(), grant.agent.to_string());
        line.detail.insert("habilitation".to_owned(), grant.id.to_string());
        line.detail.insert("profil".to_owned(), grant.profile.clone());
        line
    }
}
