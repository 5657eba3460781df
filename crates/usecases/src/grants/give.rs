use huis_kernel::{AgentId, Date, GrantId};
use huis_register::{Power, Profile};
use huis_store::{accounts::AgentRow, grants::GrantRow};
use huis_trace::{Operation, Outcome};

use crate::{Caller, Huis, UseError, grants::within};

/// A grant to be given.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// To whom.
    pub agent: AgentId,
    /// Which profile of the register.
    pub profile: String,
    /// Where, by code; empty: the whole office.
    pub territories: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Why.
    pub reason: String,
    /// The head of service who vouches for it, where the profile asks for one.
    pub sponsor: Option<String>,
}

/// A grant as far as it was filled in.
#[derive(Clone, Debug, Default)]
pub struct AskedGrant {
    /// To whom.
    pub agent: Option<AgentId>,
    /// Which profile of the register.
    pub profile: Option<String>,
    /// Where, by code; empty: the whole office.
    pub territories: Vec<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Why.
    pub reason: Option<String>,
    /// Who vouches for it.
    pub sponsor: Option<String>,
}

impl AskedGrant {
    fn whole(new: &NewGrant) -> Self {
        Self {
            agent: Some(new.agent),
            profile: Some(new.profile.clone()),
            territories: new.territories.clone(),
            from: Some(new.from),
            until: Some(new.until),
            reason: Some(new.reason.clone()),
            sponsor: new.sponsor.clone(),
        }
    }

    fn complete(&self) -> Option<NewGrant> {
        Some(NewGrant {
            agent: self.agent?,
            profile: self.profile.clone()?,
            territories: self.territories.clone(),
            from: self.from?,
            until: self.until?,
            reason: self.reason.clone()?,
            sponsor: self.sponsor.clone(),
        })
    }
}

/// The longest reason, in characters.
const LONGEST_REASON: usize = 500;

impl Huis {
    /// Every fault of a grant of which some answers may be missing still: a form with an empty field
    /// tells the faults of the others in the same round.
    pub async fn foresee_grant(
        &self,
        caller: &Caller,
        processing: &str,
        asked: &AskedGrant,
    ) -> Result<Vec<String>, UseError> {
        let register = &self.processed(processing)?.register;
        match caller.power(register, Power::Grant) {
            Ok(scope) => self.grant_faults(caller, processing, &scope, asked).await,
            Err(refusal) => {
                self.refuse(caller, processing, Operation::GrantGiven, None, refusal).await
            }
        }
    }

    async fn grant_faults(
        &self,
        caller: &Caller,
        processing: &str,
        scope: &[String],
        asked: &AskedGrant,
    ) -> Result<Vec<String>, UseError> {
        let register = &self.processed(processing)?.register;
        let office = caller.office.office;
        let known = self.store.territories(office).await?;
        let mut faults = Vec::new();
        if let Some(agent) = asked.agent {
            let row = self.store.agent(agent).await?;
            // With a procedure on record the agent reads it before the grant opens anything.
            let on_record = self.store.procedure_read(office, agent).await?.0 > 0;
            faults.extend(agent_faults(row.as_ref(), on_record));
        }
        let profile = asked.profile.as_deref().map(|id| register.profile(id));
        match profile {
            Some(None) => faults.push("Ce profil n’est pas au registre.".to_owned()),
            Some(Some(profile)) => faults.extend(profile_faults(profile, asked, caller)),
            None => {}
        }
        if profile.flatten().is_some_and(|p| p.partner) {
            if let Some(new) = asked.complete() {
                faults.extend(self.partner_faults(office, &new).await?);
            }
        } else if !asked.territories.iter().all(|t| known.iter().any(|(code, _)| code == t)) {
            faults.push("Un des lieux cochés n’est pas un secteur de cette organisation\u{a0}: décochez-le.".to_owned());
        }
        if !within(scope, &asked.territories) {
            faults.push("Le périmètre dépasse celui où vous habilitez.".to_owned());
        }
        match (asked.from, asked.until) {
            (Some(from), Some(until)) if until < from => {
                faults.push("La fin vient avant le début.".to_owned());
            }
            (_, Some(until)) if until < caller.today => {
                faults.push("La fin est passée.".to_owned());
            }
            _ => {}
        }
        match asked.reason.as_deref().map(|r| r.trim().chars().count()) {
            //
            Some(0) => faults.push("Un motif est nécessaire.".to_owned()),
            Some(n) if n > LONGEST_REASON => {
                faults.push(format!("Le motif tient en {LONGEST_REASON} caractères."));
            }
            _ => {}
        }
        if let Some(new) = asked.complete() {
            let held = self.store.grants_of(new.agent).await?;
            if let Some(same) = held.iter().find(|g| same_grant(g, office, processing, &new)) {
                faults.push(format!(
                    "Cette personne a déjà cette habilitation jusqu’au {}.",
                    same.until.strftime("%d/%m/%Y")
                ));
            }
        }
        Ok(faults)
    }

    /// Gives a grant; or every fault at once.
    pub async fn give(
        &self,
        caller: &Caller,
        processing: &str,
        new: &NewGrant,
    ) -> Result<GrantId, UseError> {
        let operation = Operation::GrantGiven;
        let register = &self.processed(processing)?.register;
        let scope = match caller.power(register, Power::Grant) {
            Ok(scope) => scope,
            Err(refusal) => {
                return self.refuse(caller, processing, operation, None, refusal).await;
            }
        };
        if new.agent == caller.actor.agent {
            // Traced: trying it is worth an alert.
            let mut line = self.line(caller, processing, operation);
            line.outcome = Outcome::Refused { rule: "soi-meme".to_owned() };
            self.trace(line).await?;
            //
            let reason = "Nul ne s’habilite soi-même\u{a0}: un autre doit le faire.";
            return Err(UseError::Invalid(vec![reason.to_owned()]));
        }
        let faults = self.grant_faults(caller, processing, &scope, &AskedGrant::whole(new)).await?;
        if !faults.is_empty() {
            return Err(UseError::Invalid(faults));
        }
        let office = caller.office.office;
        let id = GrantId::random(&*self.rng);
        let row = GrantRow {
            office,
            id,
            agent: new.agent,
            processing: processing.to_owned(),
            profile: new.profile.clone(),
            territories: new.territories.clone(),
            from: new.from,
            until: new.until,
            giver: Some(caller.actor.agent),
            given_at: self.now(),
            reason: new.reason.trim().to_owned(),
            sponsor: new
                .sponsor
                .as_deref()
                .map(str::trim)
                .filter(|s| !s.is_empty())
                .map(Into::into),
            withdrawn: None,
            withdrawn_reason: None,
            reviewed_on: None,
        };
        let mut work = self.store.begin().await?;
        work.add_grant(&row).await?;
        let mut line = self.about(caller, processing, operation, new.agent);
        line.detail.insert("habilitation".to_owned(), id.to_string());
        line.detail.insert("profil".to_owned(), new.profile.clone());
        self.commit_told(work, vec![line]).await?;
        Ok(id)
    }

    /// A partner's grant has its organisation for perimeter, and no territory: one at least, still
    /// open, that files under this very profile.
    async fn partner_faults(
        &self,
        office: huis_kernel::OfficeId,
        new: &NewGrant,
    ) -> Result<Option<String>, UseError> {
        let partners = self.store.partners(office).await?;
        let own = |code: &String| {
            partners
                .iter()
                .any(|p| p.code == *code && p.profile == new.profile && p.closed_at.is_none())
        };
        let named = !new.territories.is_empty() && new.territories.iter().all(own);
        //
        Ok((!named).then(|| {
            "Le périmètre d’un partenaire est son organisme\u{a0}: choisissez-le, et lui seul."
                .to_owned()
        }))
    }
}

/// The person must be there, informed and have acknowledged the procedure.
fn agent_faults(agent: Option<&AgentRow>, procedure_on_record: bool) -> Vec<String> {
    let Some(agent) = agent else { return vec!["Cette personne n’a pas de compte.".to_owned()] };
    let mut faults = Vec::new();
    if agent.state != "active" {
        faults.push("Le compte de cette personne n’est pas actif.".to_owned());
    }
    if agent.duties.informed_on.is_none() {
        let fault = "Cette personne n’a pas encore été informée du traitement et de la trace.";
        faults.push(fault.to_owned());
    }
    if agent.duties.committed_on.is_none() && !procedure_on_record {
        let fault = "Cette personne n’a pas encore pris connaissance de la procédure \
                     d’habilitation.";
        faults.push(fault.to_owned());
    }
    faults
}

fn profile_faults(profile: &Profile, new: &AskedGrant, caller: &Caller) -> Vec<String> {
    let mut faults = Vec::new();
    let latest = new.from.map(|from| profile.max_term.after(from));
    if let Some(latest) = latest.filter(|latest| new.until.is_some_and(|until| until > *latest)) {
        faults.push(format!(
            "Ce profil se donne pour {} au plus\u{a0}: jusqu’au {}.",
            profile.max_term,
            latest.strftime("%d/%m/%Y")
        ));
    }
    let named = new.sponsor.as_deref().is_some_and(|s| !s.trim().is_empty());
    if let Some(sponsor) = profile.sponsor.as_ref().filter(|_| !named) {
        faults.push(format!("Ce profil demande que le {sponsor} soit nommé."));
    }
    if profile.partner && !caller.partners_on {
        faults.push(
            "Les partenaires sont fermés tant que l’installation n’a pas nommé son autorisation."
                .to_owned(),
        );
    }
    faults
}

/// The same profile and perimeter, over days in common.
fn same_grant(
    held: &GrantRow,
    office: huis_kernel::OfficeId,
    processing: &str,
    new: &NewGrant,
) -> bool {
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    held.withdrawn.is_none()
        && held.office == office
        && held.processing == processing
        && held.profile == new.profile
        && sorted(&held.territories) == sorted(&new.territories)
        && held.from <= new.until
        && new.from <= held.until
}
