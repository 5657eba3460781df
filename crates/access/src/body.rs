use huis_dossier::{Facts, Flag};
use huis_kernel::{AgentId, Instant};
use serde::{Deserialize, Serialize};

/// What a section holds under its seal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionBody {
    /// The fields.
    pub facts: Facts,
    /// The person it speaks of, an occurrence of the register's `de_qui` section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<u32>,
    /// Hidden from co-holders and from profiles without the power.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted: Option<Restriction>,
    /// Withdrawn from the dossier (an occupant entered by mistake): rectification, not history.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
    /// Who wrote it last, and when: two writers of one section are told of each other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<WrittenBy>,
    /// The act that brought it: voiding that act empties it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought: Option<u32>,
}

/// The last writer of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenBy {
    /// Who.
    pub agent: AgentId,
    /// When.
    pub at: Instant,
}

/// Why a section is hidden from the other persons of the dossier (separated or violent
/// households: the most dangerous leak there is).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// Reason, a code of a closed list.
    pub reason: String,
    /// The day it was set.
    pub since: huis_kernel::Date,
}

/// What an act holds under its seal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActBody {
    /// What was typed.
    pub facts: Facts,
    /// What the rule used beside it (I10).
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub used: Facts,
    /// What was irregular when it was recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
}

/// The contents list of a retention unit: which sections and acts there must be (I14).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    /// Section, occurrence, version.
    pub sections: Vec<(String, u32, u64)>,
    /// Numbers of its acts; a voided one is negative.
    pub acts: Vec<i64>,
}
