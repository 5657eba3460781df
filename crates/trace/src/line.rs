use huis_kernel::{AgentId, DossierId, GrantId, Instant, SessionId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

use crate::{Hash, Operation};

/// One line of the access log: who, when, what, on which data, why, with what outcome.
///
/// It names data, it never holds them: every text in it is a code (see [`Line::check`]), people
/// and dwellings appear as dossiers and sections, searches as their tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// When.
    pub at: Instant,
    /// On what ground.
    pub authority: Authority,
    /// The signed-in session, when there is one.
    pub session: Option<SessionId>,
    /// Network address of the caller, when there is one.
    pub address: Option<String>,
    /// The processing: each has its own logs.
    pub processing: String,
    /// The purpose, of the register's `[[finalite]]`.
    pub purpose: String,
    /// What was done.
    pub operation: Operation,
    /// On which dossiers.
    pub dossiers: Dossiers,
    /// Which sections and fields were opened or written.
    pub sections: Vec<SectionFields>,
    /// With what outcome.
    pub outcome: Outcome,
    /// Further codes (act kind, alert, tokens of a search): never a personal value.
    pub detail: BTreeMap<String, String>,
}

/// The ground on which something is opened: a closed list (I2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// A person on duty, by grant; without one for what needs none (signing out).
    Agent {
        /// Who.
        agent: AgentId,
        /// By which *habilitation*.
        grant: Option<GrantId>,
    },
    /// The person concerned, for the data about them.
    Subject,
    /// A computation that the register declares.
    Rule(String),
    /// A job: sweep, rebuild, drill.
    Job(String),
    /// The program itself: start, stop, a sign-in that named nobody.
    System,
}

impl Authority {
    /// The agent on duty, when there is one.
    pub const fn agent(&self) -> Option<AgentId> {
        if let Self::Agent { agent, .. } = self { Some(*agent) } else { None }
    }
}

/// The dossiers that a line is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dossiers {
    /// None (a sign-in, a setting).
    None,
    /// These ones, in the order in which they were shown.
    List(Vec<DossierId>),
    /// So many that the line holds how they were chosen, their number and their digest.
    Selection {
        /// The selection rule.
        rule: String,
        /// How many.
        count: u64,
        /// See [`Dossiers::selection`].
        digest: Hash,
    },
}

impl Dossiers {
    /// One dossier.
    pub fn one(id: DossierId) -> Self {
        Self::List(vec![id])
    }

    /// A selection by rule: whoever holds the same set of dossiers finds the same digest,
    /// whatever the order.
    pub fn selection(rule: impl Into<String>, ids: impl IntoIterator<Item = DossierId>) -> Self {
        let ids: BTreeSet<DossierId> = ids.into_iter().collect();
        let mut hasher = Sha256::new();
        ids.iter().for_each(|id| hasher.update(id.as_bytes()));
        let count = u64::try_from(ids.len()).unwrap_or(u64::MAX);
        Self::Selection { rule: rule.into(), count, digest: Hash(hasher.finalize().into()) }
    }

    /// The ids that the line names.
    pub fn listed(&self) -> &[DossierId] {
        if let Self::List(ids) = self { ids } else { &[] }
    }

    /// How many dossiers the line is about.
    pub fn count(&self) -> u64 {
        match self {
            Self::None => 0,
            Self::List(ids) => u64::try_from(ids.len()).unwrap_or(u64::MAX),
            Self::Selection { count, .. } => *count,
        }
    }
}

/// One section with the fields that were opened or written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFields {
    /// The register's `[[volet]]`.
    pub section: String,
    /// Which one, when the section repeats and one only was opened.
    pub occurrence: Option<u32>,
    /// The register's `champs`.
    pub fields: Vec<String>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Done,
    /// Refused, by this rule.
    Refused {
        /// The rule that refuses; never the value that it looked at (I4).
        rule: String,
    },
    /// Permitted, but it did not come about.
    Failed,
}

/// A text of a line is not a code: it could hold personal data, so the line is not written (I13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` of a trace line is not a code")]
pub struct NotACode(
    /// The part of the line that is at fault.
    pub &'static str,
);

/// The longest code: a search may be traced by several tokens, separated by commas.
const LONGEST: usize = 512;

fn is_code(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:-/,+=*%".contains(&b))
}

impl Line {
    /// A line about no dossier yet, done; the caller fills in the rest.
    pub fn new(
        at: Instant,
        authority: Authority,
        processing: impl Into<String>,
        purpose: impl Into<String>,
        operation: Operation,
    ) -> Self {
        Self {
            at,
            authority,
            session: None,
            address: None,
            processing: processing.into(),
            purpose: purpose.into(),
            operation,
            dossiers: Dossiers::None,
            sections: Vec::new(),
            outcome: Outcome::Done,
            detail: BTreeMap::new(),
        }
    }

    /// Every text of a line is a code: no space, no accent, no mail address, so that no name and
    /// no typed word gets in (I13: what is searched is traced by its tokens).
    pub fn check(&self) -> Result<(), NotACode> {
        let all = |name, ok| if ok { Ok(()) } else { Err(NotACode(name)) };
        let opt = |text: &Option<String>| text.as_deref().is_none_or(is_code);
        all("processing", is_code(&self.processing) && !self.processing.contains('/'))?;
        all("purpose", is_code(&self.purpose))?;
        all("address", opt(&self.address))?;
        if let Authority::Rule(code) | Authority::Job(code) = &self.authority {
            all("authority", is_code(code))?;
        }
        if let Dossiers::Selection { rule, .. } = &self.dossiers {
            all("dossiers", is_code(rule))?;
        }
        if let Outcome::Refused { rule } = &self.outcome {
            all("outcome", is_code(rule))?;
        }
        let section =
            |s: &SectionFields| is_code(&s.section) && s.fields.iter().all(|f| is_code(f));
        all("sections", self.sections.iter().all(section))?;
        all("detail", self.detail.iter().all(|(k, v)| is_code(k) && is_code(v)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line {
        Line::new(Instant(0), Authority::System, "expulsion", "procedure", Operation::Search)
    }

    #[test]
    fn i13_a_personal_value_does_not_get_into_a_line() {
        assert_eq!(line().check(), Ok(()));
        for (value, fits) in [
            ("9f3c,0b17", true),
            ("Jean Dupont", false),
            ("jean@exemple.fr", false),
            ("Béatrice", false),
            ("", false),
        ] {
            let mut traced = line();
            traced.detail.insert("tokens".into(), value.into());
            assert_eq!(traced.check().is_ok(), fits, "{value}");
            let mut traced = line();
            traced.outcome = Outcome::Refused { rule: value.into() };
            assert_eq!(traced.check().is_ok(), fits, "{value}");
        }
    }

    #[test]
    fn a_selection_is_the_same_whatever_the_order() {
        let (a, b) = (DossierId::from_bytes([1; 16]), DossierId::from_bytes([2; 16]));
        let chosen = Dossiers::selection("echeance", [a, b]);
        assert_eq!(chosen, Dossiers::selection("echeance", [b, a, b]));
        assert_ne!(chosen, Dossiers::selection("echeance", [a]));
        assert_eq!(chosen.count(), 2);
    }
}
