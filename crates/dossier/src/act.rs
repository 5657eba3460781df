use huis_kernel::{AgentId, Date, Instant};
use serde::{Deserialize, Serialize};

use crate::Facts;

/// Who recorded an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    /// A person, by grant.
    Agent(AgentId),
    /// A declared rule (silence that becomes a refusal, a truce that ends).
    Rule,
}

/// An event of the procedure: dated, numbered within its dossier, never edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Number within the dossier, from 1: what orders acts (never a clock).
    pub no: u32,
    /// Kind, of the register's `[[acte]]`.
    pub kind: String,
    /// The date that the law looks at.
    pub on: Date,
    /// When it was written down.
    pub recorded: Instant,
    /// Who wrote it down.
    pub by: Author,
    /// What it holds.
    pub facts: Facts,
    /// The earlier act that this one corrects.
    pub corrects: Option<u32>,
    /// Recorded on the wrong dossier: its payload is gone, kind, date and reason stay.
    pub voided: bool,
}

/// An act about to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Kind, of the register's `[[acte]]`.
    pub kind: String,
    /// The date that the law looks at.
    pub on: Date,
    /// What it holds.
    pub facts: Facts,
    /// The earlier act that this one corrects.
    pub corrects: Option<u32>,
}

/// An act as it counts now: the first one's number, with the last correction's date and facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveAct<'a> {
    /// Number of the original act.
    pub no: u32,
    /// Number of the act that speaks last (the original, or its last correction).
    pub last: u32,
    /// Kind.
    pub kind: &'a str,
    /// The date that counts.
    pub on: Date,
    /// The facts that count.
    pub facts: &'a Facts,
}

/// The history as it counts: voided acts left out, corrections put in the place of what they
/// correct (also a correction of a correction), in the order of the originals' numbers.
pub fn effective(history: &[Act]) -> Vec<EffectiveAct<'_>> {
    let mut out: Vec<EffectiveAct<'_>> = Vec::new();
    for act in history.iter().filter(|a| !a.voided) {
        let target =
            act.corrects.and_then(|no| out.iter_mut().find(|e| e.no == no || e.last == no));
        match target {
            Some(e) => {
                e.last = act.no;
                e.on = act.on;
                e.facts = &act.facts;
            }
            None => out.push(EffectiveAct {
                no: act.no,
                last: act.no,
                kind: &act.kind,
                on: act.on,
                facts: &act.facts,
            }),
        }
    }
    out
}
