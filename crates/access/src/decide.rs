use huis_kernel::{Date, DossierId, GrantId, OfficeId};
use huis_register::{Power, Profile, Register};
use huis_trace as trace;

use crate::{Actor, Card, subject::Subject};

/// What is wanted of a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want<'a> {
    /// Read what the profile sees.
    Read,
    /// Record an act of this kind.
    Act(&'a str),
    /// Write this section.
    Write(&'a str),
    /// A power that is not a field.
    Power(Power),
}

/// Why something is refused: the rule, never the hidden value (I4). A person without sight of a
/// dossier is answered as if it did not exist (I13); the rule is for the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No grant in force covers this office, processing and territory.
    #[error("hors-perimetre")]
    OutOfPerimeter,
    /// The profile does not include it.
    #[error("hors-profil")]
    NotInProfile,
    /// The profile asks for a second factor.
    #[error("second-facteur")]
    SecondFactor,
    /// The dossier is archived: it needs an archive grant.
    #[error("archive")]
    Archived,
    /// Partners are off until the installation names its authorisation.
    #[error("partenaire")]
    PartnersOff,
    /// The request does not ask for a copy of this dossier's data, or is over.
    #[error("hors-demande")]
    NotAsked,
    /// Whoever asks was not made sure of (RGPD art. 12 § 6).
    #[error("identite-non-verifiee")]
    NotIdentified,
}

impl Refusal {
    /// Stable code for the trace.
    pub fn code(self) -> String {
        self.to_string()
    }
    /// Must the answer look as if the dossier did not exist?
    pub const fn hides(self) -> bool {
        !matches!(self, Self::NotInProfile | Self::NotIdentified)
    }
}

/// That someone may open something: made by `decide*` only.
#[derive(Debug)]
pub struct Proof<'r> {
    pub(crate) register: &'r Register,
    pub(crate) profiles: Vec<&'r Profile>,
    pub(crate) authority: trace::Authority,
    pub(crate) session: Option<huis_kernel::SessionId>,
    pub(crate) address: Option<String>,
    pub(crate) purpose: String,
    pub(crate) office: OfficeId,
    pub(crate) dossier: Option<DossierId>,
    /// Under *rule* and *job* everything may be read, and nothing of it shown.
    pub(crate) everything: bool,
    /// Under *subject*: the person concerned, and the request on which the copy is made.
    pub(crate) subject: Option<Subject>,
}

impl Proof<'_> {
    /// Does the proof let this field of a section be shown?
    pub fn sees(&self, section: &str, field: &str) -> bool {
        self.profiles.iter().any(|p| p.sees_field(section, field))
    }
    /// Does the proof let the content of this kind of act be shown?
    pub fn sees_act(&self, kind: &str) -> bool {
        self.profiles.iter().any(|p| p.sees_act(kind))
    }
    /// May sections hidden from co-holders be shown?
    pub fn sees_restricted(&self) -> bool {
        self.profiles.iter().any(|p| p.can(Power::Restrict))
    }
    /// May this section be written?
    pub fn may_write(&self, section: &str) -> bool {
        self.profiles.iter().any(|p| p.may_write(section))
    }
    /// May this kind of act be recorded?
    pub fn may_act(&self, kind: &str) -> bool {
        self.profiles.iter().any(|p| p.may_act(kind))
    }
    /// Has one of the profiles this power?
    pub fn can(&self, power: Power) -> bool {
        self.profiles.iter().any(|p| p.can(power))
    }
    /// The profiles under which the proof was made.
    pub fn profile_ids(&self) -> Vec<&str> {
        self.profiles.iter().map(|p| p.id.as_str()).collect()
    }
}

/// Decides for a person on duty. Several grants of one person add up; the trace names the first
/// that carries what is wanted.
pub fn decide<'r>(
    register: &'r Register,
    actor: &Actor,
    card: &Card,
    want: Want<'_>,
    today: Date,
    partners_on: bool,
) -> Result<Proof<'r>, Refusal> {
    let mut profiles = Vec::new();
    let mut lead: Option<(GrantId, &Profile)> = None;
    let mut refusal = Refusal::OutOfPerimeter;
    for grant in actor.grants.iter().filter(|g| {
        g.in_force(today)
            && g.office == card.office
            && g.processing == register.id
            && card.processing == register.id
    }) {
        let Some(profile) = register.profile(&grant.profile) else { continue };
        // a partner reaches the dossiers for which its organisation is mandated, and no other.
        let reached = if profile.partner {
            grant.mandated(&card.mandates)
        } else {
            grant.covers(&card.territory)
        };
        if !reached {
            continue;
        }
        if profile.partner && !partners_on {
            refusal = Refusal::PartnersOff;
            continue;
        }
        if profile.second_factor && !actor.strong {
            refusal = Refusal::SecondFactor;
            continue;
        }
        // the two environments have two grants. A hold opens nothing and spans both.
        let archivist = profile.can(Power::Archive)
            && !profile.can(Power::Lists)
            && !profile.can(Power::Search);
        let holds = want == Want::Power(Power::Hold);
        if !holds && (card.archived && !profile.can(Power::Archive) || !card.archived && archivist)
        {
            refusal = Refusal::Archived;
            continue;
        }
        profiles.push(profile);
        if lead.is_none() && carries(profile, want) {
            lead = Some((grant.id, profile));
        }
    }
    let Some((grant, profile)) = lead else {
        // « Your profile does not allow it » is said to who may know that the dossier exists.
        let knows = profiles.iter().any(|p| carries(p, Want::Read));
        return Err(if knows { Refusal::NotInProfile } else { refusal });
    };
    Ok(Proof {
        register,
        authority: trace::Authority::Agent { agent: actor.agent, grant: Some(grant) },
        session: actor.session,
        address: actor.address.clone(),
        purpose: profile.purpose.clone(),
        office: card.office,
        dossier: Some(card.dossier),
        profiles,
        everything: false,
        subject: None,
    })
}

fn carries(profile: &Profile, want: Want<'_>) -> bool {
    match want {
        // a profile that sees nothing has no route to a file.
        Want::Read => !profile.sees.is_empty() || !profile.sees_acts.is_empty(),
        Want::Act(kind) => profile.may_act(kind),
        Want::Write(section) => profile.may_write(section),
        Want::Power(power) => profile.can(power),
    }
}

/// Decides for a declared rule: the result may be shown to who asked, the inputs to nobody.
pub fn decide_rule<'r>(register: &'r Register, rule: &'static str, card: &Card) -> Proof<'r> {
    Proof {
        register,
        profiles: Vec::new(),
        authority: trace::Authority::Rule(rule.to_owned()),
        session: None,
        address: None,
        purpose: rule.to_owned(),
        office: card.office,
        dossier: Some(card.dossier),
        everything: true,
        subject: None,
    }
}

/// Decides for a job of the program itself (sweep, rebuild of the index, drill).
pub fn decide_job<'r>(register: &'r Register, job: &'static str, office: OfficeId) -> Proof<'r> {
    Proof {
        register,
        profiles: Vec::new(),
        authority: trace::Authority::Job(job.to_owned()),
        session: None,
        address: None,
        purpose: job.to_owned(),
        office,
        dossier: None,
        everything: true,
        subject: None,
    }
}
