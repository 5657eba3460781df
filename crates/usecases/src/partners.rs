//! Partners: which organisations file acts, in which dossiers, what is awaited of them and
//! what they deposited. They read nothing of a dossier: a number, a kind and dates.

use huis_access::Want;
use huis_kernel::{CaseNumber, Date, DossierId, Instant};
use huis_register::{Power, Profile};
pub use huis_store::partners::DepositPlace;
use huis_store::partners::{DepositRow, PartnerRow};
use huis_trace::{Dossiers, Operation};
use std::collections::BTreeSet;

use crate::{Caller, Huis, UseError, oversight::PARTNERS};

/// The longest name of an organisation, in characters.
const LONGEST_NAME: usize = 120;
/// What a page of awaited or deposited acts shows at most.
const SHOWN: u32 = 100;
/// Deposits a page.
const DEPOSITS: u32 = 50;

/// An organisation whose agents file acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Code, opaque: the perimeter of its agents' grants.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// The profile its agents file under.
    pub profile: String,
    /// Its name in the register.
    pub profile_label: String,
    /// When it was closed.
    pub closed: Option<Instant>,
}

/// A partner mandated for a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// The partner.
    pub partner: Partner,
    /// Since when.
    pub since: Date,
}

/// Something that someone is asked to file, by number only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Number of the dossier.
    pub number: CaseNumber,
    /// Rule of the deadline.
    pub rule: String,
    /// Its date.
    pub due: Date,
    /// The acts that answer it and that the caller may file.
    pub acts: Vec<String>,
}

/// What a receipt says of a deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deposit {
    /// Number of the dossier.
    pub number: CaseNumber,
    /// Number of the act.
    pub no: u32,
    /// Kind of act.
    pub kind: String,
    /// Its legal date.
    pub on: Date,
    /// When it was deposited.
    pub recorded: Instant,
    /// The act it corrects.
    pub corrects: Option<u32>,
    /// Was it voided since?
    pub voided: bool,
}

/// Are partners let in? The office names the act that authorises them.
pub(crate) fn partners_on(settings: &[(String, String)]) -> bool {
    settings.iter().any(|(key, value)| key == PARTNERS && !value.trim().is_empty())
}

impl Huis {
    /// The partners of the office, closed ones last; for who gives grants or mandates.
    pub async fn partners(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<Partner>, UseError> {
        let register = &self.processed(processing)?.register;
        if let Err(refusal) =
            caller.power(register, Power::Grant).or_else(|_| caller.power(register, Power::Mandate))
        {
            return self.refuse(caller, processing, Operation::AdminCommand, None, refusal).await;
        }
        self.known_partners(caller, processing).await
    }

    async fn known_partners(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<Partner>, UseError> {
        let register = &self.processed(processing)?.register;
        let rows = self.store.partners(caller.office.office).await?;
        let partner = |row: PartnerRow| {
            let profile = register.profile(&row.profile)?;
            Some(Partner {
                profile_label: profile.label.clone(),
                code: row.code,
                name: row.name,
                profile: row.profile,
                closed: row.closed_at,
            })
        };
        Ok(rows.into_iter().filter_map(partner).collect())
    }

    /// Adds a partner: its name, and the profile its agents file under.
    pub async fn add_partner(
        &self,
        caller: &Caller,
        processing: &str,
        name: &str,
        profile: &str,
    ) -> Result<String, UseError> {
        let operation = Operation::PartnerChanged;
        let register = self.grants_whole(caller, processing, operation).await?;
        let known = self.known_partners(caller, processing).await?;
        let name = name.trim();
        let mut faults = Vec::new();
        match name.chars().count() {
            0 => faults.push("Nom\u{a0}: un nom est nécessaire.".to_owned()),
            n if n > LONGEST_NAME => {
                faults.push(format!("Nom\u{a0}: il tient en {LONGEST_NAME} caractères."));
            }
            _ => {}
        }
        if known.iter().any(|p| p.closed.is_none() && p.name == name && p.profile == profile) {
            faults.push("Nom\u{a0}: cet organisme est déjà là.".to_owned());
        }
        if !register.profile(profile).is_some_and(|p| p.partner) {
            faults.push("Profil\u{a0}: ce n’est pas celui d’un partenaire.".to_owned());
        }
        if !faults.is_empty() {
            return Err(UseError::Invalid(faults));
        }
        let id: String = self.id16().iter().take(6).map(|b| format!("{b:02x}")).collect();
        let row = PartnerRow {
            code: format!("p{id}"),
            name: name.to_owned(),
            profile: profile.to_owned(),
            closed_at: None,
        };
        let mut work = self.store.begin().await?;
        let by = Some(caller.actor.agent);
        work.add_partner(caller.office.office, &row, by, caller.now).await?;
        let mut line = self.line(caller, processing, operation);
        line.detail.insert("partenaire".to_owned(), row.code.clone());
        self.commit_told(work, vec![line]).await?;
        Ok(row.code)
    }

    /// Closes a partner: its mandates end at once, so that its agents reach nothing more.
    pub async fn close_partner(
        &self,
        caller: &Caller,
        processing: &str,
        code: &str,
    ) -> Result<(), UseError> {
        let operation = Operation::PartnerChanged;
        self.grants_whole(caller, processing, operation).await?;
        let mut work = self.store.begin().await?;
        if !work.close_partner(caller.office.office, code, caller.now).await? {
            return Err(UseError::NotFound);
        }
        let mut line = self.line(caller, processing, operation);
        line.detail.insert("partenaire".to_owned(), code.to_owned());
        line.detail.insert("fin".to_owned(), "fermeture".to_owned());
        self.commit_told(work, vec![line]).await
    }

    /// Partners are the whole office's: who gives grants in one territory only names none.
    async fn grants_whole(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
    ) -> Result<&huis_register::Register, UseError> {
        let register = &self.processed(processing)?.register;
        match caller.power(register, Power::Grant) {
            Ok(scope) if scope.is_empty() => Ok(register),
            Ok(_) => {
                let refusal = huis_access::Refusal::OutOfPerimeter;
                self.refuse(caller, processing, operation, None, refusal).await
            }
            Err(refusal) => self.refuse(caller, processing, operation, None, refusal).await,
        }
    }

    /// The partners mandated for a dossier, and those that may still be.
    pub async fn mandates(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
    ) -> Result<(Vec<Mandate>, Vec<Partner>), UseError> {
        let (office, dossier) = self.mandating(caller, processing, number, Operation::Read).await?;
        let held = self.store.mandates(office, dossier).await?;
        let known = self.known_partners(caller, processing).await?;
        let since = |p: &Partner| held.iter().find(|(code, _)| *code == p.code).map(|h| h.1);
        let mut mandates = Vec::new();
        let mut others = Vec::new();
        for partner in known {
            match since(&partner) {
                Some(since) => mandates.push(Mandate { partner, since }),
                None if partner.closed.is_none() => others.push(partner),
                None => {}
            }
        }
        Ok((mandates, others))
    }

    /// Mandates a partner for a dossier: from the next click its agents may file acts there.
    pub async fn mandate(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        code: &str,
    ) -> Result<(), UseError> {
        let operation = Operation::MandateGiven;
        let (office, dossier) = self.mandating(caller, processing, number, operation).await?;
        let known = self.store.partners(office).await?;
        if !known.iter().any(|p| p.code == code && p.closed_at.is_none()) {
            let fault = "Organisme\u{a0}: choisissez un partenaire de la liste.";
            return Err(UseError::Invalid(vec![fault.to_owned()]));
        }
        let mut work = self.store.begin().await?;
        let by = Some(caller.actor.agent);
        work.add_mandate(office, dossier, code, caller.today, by).await?;
        self.tell_mandate(caller, processing, operation, work, dossier, code).await
    }

    /// Ends a mandate: from the next click the dossier does not exist for its agents.
    pub async fn end_mandate(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        code: &str,
    ) -> Result<(), UseError> {
        let operation = Operation::MandateEnded;
        let (office, dossier) = self.mandating(caller, processing, number, operation).await?;
        let mut work = self.store.begin().await?;
        if !work.end_mandate(office, dossier, code).await? {
            return Err(UseError::NotFound);
        }
        self.tell_mandate(caller, processing, operation, work, dossier, code).await
    }

    async fn mandating(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        operation: Operation,
    ) -> Result<(huis_kernel::OfficeId, DossierId), UseError> {
        let register = &self.processed(processing)?.register;
        let found = self.card(caller, processing, number, operation).await?;
        match caller.decide(register, &found, Want::Power(Power::Mandate)) {
            Ok(_) => Ok((found.office, found.dossier)),
            Err(refusal) => {
                self.refuse(caller, processing, operation, Some(found.dossier), refusal).await
            }
        }
    }

    async fn tell_mandate(
        &self,
        caller: &Caller,
        processing: &str,
        operation: Operation,
        work: huis_store::Work,
        dossier: DossierId,
        code: &str,
    ) -> Result<(), UseError> {
        let mut line = self.line(caller, processing, operation);
        line.dossiers = Dossiers::one(dossier);
        line.detail.insert("partenaire".to_owned(), code.to_owned());
        self.commit_told(work, vec![line]).await
    }

    /// The acts that the caller may file in a dossier without opening it; a dossier out of reach
    /// answers as one that does not exist (I13).
    pub async fn doorstep(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
    ) -> Result<Vec<String>, UseError> {
        let register = &self.processed(processing)?.register;
        let found = self.card(caller, processing, number, Operation::Act).await?;
        let may = |kind: &str| caller.decide(register, &found, Want::Act(kind));
        let mut refusal = huis_access::Refusal::OutOfPerimeter;
        let mut acts = Vec::new();
        for kind in &register.acts {
            match may(&kind.id) {
                Ok(_) => acts.push(kind.id.clone()),
                Err(why) => refusal = why,
            }
        }
        if acts.is_empty() {
            let id = Some(found.dossier);
            return self.refuse(caller, processing, Operation::Act, id, refusal).await;
        }
        Ok(acts)
    }

    /// What is awaited of a caller who has no list: the deadlines that an act of theirs answers,
    /// by number and date.
    pub async fn awaited(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<Awaited>, UseError> {
        let processed = self.processed(processing)?;
        let office = caller.office.office;
        let mut seen = BTreeSet::new();
        let mut shown = BTreeSet::new();
        let mut awaited = Vec::new();
        for grant in caller.grants(processing) {
            let profile = processed.register.profile(&grant.profile);
            let Some(profile) = profile.filter(|p| filing(caller, p)) else { continue };
            for asked in self.asked_of(processed, office, grant, profile, SHOWN).await? {
                let term = asked.term;
                if seen.insert((term.card.number.digits(), term.rule.clone())) {
                    shown.insert(term.card.dossier);
                    awaited.push(Awaited {
                        number: term.card.number,
                        acts: asked.acts,
                        rule: term.rule,
                        due: term.due,
                    });
                }
            }
        }
        if !shown.is_empty() {
            let mut line = self.line(caller, processing, Operation::List);
            line.dossiers = Dossiers::List(shown.into_iter().collect());
            self.trace(line).await?;
        }
        awaited.sort_by_key(|a| (a.due, a.number.digits()));
        Ok(awaited)
    }

    /// A page of what the caller deposited, newest first, and where the next one starts.
    pub async fn deposits(
        &self,
        caller: &Caller,
        processing: &str,
        after: Option<DepositPlace>,
    ) -> Result<(Vec<Deposit>, Option<DepositPlace>), UseError> {
        let (office, agent) = (caller.office.office, caller.actor.agent);
        let mut rows =
            self.store.deposits_of(office, processing, agent, after, DEPOSITS + 1).await?;
        let more = rows.len() > DEPOSITS as usize;
        rows.truncate(DEPOSITS as usize);
        let next = rows.last().filter(|_| more).map(|r| (r.recorded, r.number, r.no));
        Ok((rows.into_iter().map(deposit).collect(), next))
    }

    /// The receipt of one's own deposit: nothing of what was deposited.
    pub async fn receipt_of(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        no: u32,
    ) -> Result<Deposit, UseError> {
        let office = caller.office.office;
        let card = self.store.card_by_number(office, processing, number).await?;
        // I13: a number that nobody has is looked into as another.
        let dossier = card.map_or(DossierId::from_bytes([0; 16]), |c| c.dossier);
        let own = self.store.deposit_of(office, dossier, no, caller.actor.agent).await?;
        own.map(deposit).ok_or(UseError::NotFound)
    }
}

/// Does this profile file acts without a list of dossiers, and may it now?
fn filing(caller: &Caller, profile: &Profile) -> bool {
    !profile.acts.is_empty()
        && !profile.can(Power::Lists)
        && !profile.can(Power::Archive)
        && (!profile.second_factor || caller.actor.strong)
        && (!profile.partner || caller.partners_on)
}

fn deposit(row: DepositRow) -> Deposit {
    let DepositRow { number, no, kind, on, recorded, corrects, voided } = row;
    Deposit { number, no, kind, on, recorded, corrects, voided }
}
