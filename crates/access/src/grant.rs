use huis_kernel::{AgentId, CaseNumber, Date, DossierId, GrantId, Instant, OfficeId, SessionId};

/// *Habilitation*: one agent, one profile, one perimeter, from a day to a day, given by someone
/// for a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Identifier.
    pub id: GrantId,
    /// Its holder.
    pub agent: AgentId,
    /// Office.
    pub office: OfficeId,
    /// Processing.
    pub processing: String,
    /// Profile of the register.
    pub profile: String,
    /// Territorial units, empty meaning the whole office; of a partner's grant, its organisation,
    /// and nothing when there is none.
    pub territories: Vec<String>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// Who gave it; `None` for the first administrator of an installation.
    pub giver: Option<AgentId>,
    /// Why.
    pub reason: String,
    /// The head of service named by the profile's `garant`.
    pub sponsor: Option<String>,
    /// When it was withdrawn.
    pub withdrawn: Option<Instant>,
    /// The last review that confirmed it.
    pub reviewed_on: Option<Date>,
}

impl Grant {
    /// Does it open anything on that day? Checked at each request: a withdrawal counts at once.
    pub fn in_force(&self, today: Date) -> bool {
        self.withdrawn.is_none() && self.from <= today && today <= self.until
    }
    /// Is the territorial unit within its perimeter?
    pub fn covers(&self, territory: &str) -> bool {
        self.territories.is_empty() || self.territories.iter().any(|t| t == territory)
    }
    /// Is its organisation one of those mandated for a dossier? The whole perimeter of a partner
    /// without an organisation it reaches nothing.
    pub fn mandated(&self, mandates: &[String]) -> bool {
        self.territories.iter().any(|t| mandates.contains(t))
    }
}

/// Who is asking: an agent in a session, with all of their grants.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The person.
    pub agent: AgentId,
    /// The session, when there is one (an administrative command has none).
    pub session: Option<SessionId>,
    /// Network address.
    pub address: Option<String>,
    /// Was a second factor given in this session?
    pub strong: bool,
    /// Every grant of that person, in force or not.
    pub grants: Vec<Grant>,
}

/// What stands in the clear about a dossier: nothing else does (I1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Office.
    pub office: OfficeId,
    /// Identifier, opaque.
    pub dossier: DossierId,
    /// Processing.
    pub processing: String,
    /// Number, random.
    pub number: CaseNumber,
    /// Territorial unit.
    pub territory: String,
    /// Stage of the register.
    pub stage: String,
    /// Finer step, a code.
    pub step: String,
    /// Opened on.
    pub opened_on: Date,
    /// Closed on.
    pub closed_on: Option<Date>,
    /// Is it in the archive?
    pub archived: bool,
    /// Version of its acts.
    pub version: u64,
    /// The partners mandated for it, by their codes.
    pub mandates: Vec<String>,
}
