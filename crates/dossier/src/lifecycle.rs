//! How long a dossier lives: at every instant each of its retention units has a next step, a date
//! or an awaited event with the date at which its absence is an alert (I6, X-09, X-12).

use huis_kernel::Date;
use huis_register::{Register, Retention, StartEvent};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A stay of erasure: a claim or a request that needs what would be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Its ground, shown as the source of the date it moves.
    pub reason: String,
    /// Until when it stands.
    pub until: Date,
    /// The date that its own ground does not let it pass; without one, `until` is that date.
    pub ceiling: Option<Date>,
}

impl Hold {
    /// The last day it may move an erasure to.
    pub fn ends(&self) -> Date {
        self.ceiling.map_or(self.until, |ceiling| self.until.min(ceiling))
    }
}

/// What the life cycle looks at in a dossier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifeFacts {
    /// The day it was opened.
    pub opened_on: Date,
    /// The day of its last closing; none while it is open, and none again once reopened.
    pub closed_on: Option<Date>,
    /// The holds placed on it and not lifted.
    pub holds: Vec<Hold>,
}

/// Where a retention unit stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum UnitStage {
    /// Under the active key.
    #[default]
    Active,
    /// In the archive, under another key and another grant.
    Archived,
    /// Its key is destroyed.
    Gone,
}

/// What happens to a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// It passes to the archive.
    Archive,
    /// Its key is destroyed.
    Destroy,
}

/// The next step of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Next {
    /// Due as soon as `today >= on`.
    At {
        /// The day.
        on: Date,
        /// What happens.
        step: Step,
        /// The retention unit whose rule it is.
        rule: String,
        /// The clause, or the ground of the hold that moved the date.
        source: String,
    },
    /// An event starts the clock.
    Await {
        /// The event.
        event: StartEvent,
        /// The day from which its absence is an alert.
        alert_on: Date,
    },
    /// Nothing is left.
    Gone,
}

impl Next {
    /// Is there something to do on that day?
    pub fn is_due(&self, today: Date) -> bool {
        matches!(self, Self::At { on, .. } if *on <= today)
    }
    /// Has the awaited event been awaited for too long?
    pub fn is_alert(&self, today: Date) -> bool {
        matches!(self, Self::Await { alert_on, .. } if *alert_on <= today)
    }
}

/// The next step of one retention unit.
pub fn next(retention: &Retention, life: &LifeFacts, stage: UnitStage) -> Next {
    if stage == UnitStage::Gone {
        return Next::Gone;
    }
    let started = match retention.from {
        StartEvent::Ouverture => Some(life.opened_on),
        StartEvent::Cloture => life.closed_on,
    };
    let Some(start) = started else {
        let alert_on = retention.alert_without_event.after(life.opened_on);
        return Next::Await { event: retention.from, alert_on };
    };
    let at = |on, step, source: &str| Next::At {
        on,
        step,
        rule: retention.id.clone(),
        source: source.to_owned(),
    };
    // a closed file leaves the active environment the day it closes, held or not.
    if retention.archive && stage == UnitStage::Active {
        return at(start, Step::Archive, &retention.source);
    }
    let ceiling = retention.keep.after(start);
    let longest = life.holds.iter().filter(|h| h.ends() > ceiling).max_by_key(|h| h.ends());
    match longest {
        None => at(ceiling, Step::Destroy, &retention.source),
        // Past the ceiling of its rule, what is held lives in the archive only, on the hold's own
        // ground and no longer than that ground allows.
        Some(hold) if stage == UnitStage::Active => at(ceiling, Step::Archive, &hold.reason),
        Some(hold) => at(hold.ends(), Step::Destroy, &hold.reason),
    }
}

/// The next step of every unit of a dossier. A unit that `stages` does not name is active.
///
/// A change of register may take away a unit that a dossier still has. What it sealed then follows
/// the rule of the register that lives longest: no rule of the register is cut short, and it has an
/// end.
pub fn plan(
    register: &Register,
    life: &LifeFacts,
    stages: &BTreeMap<String, UnitStage>,
) -> Vec<(String, Next)> {
    let declared = register.retentions.iter().map(|retention| {
        let stage = stages.get(&retention.id).copied().unwrap_or_default();
        (retention.id.clone(), next(retention, life, stage))
    });
    let orphans = stages
        .iter()
        .filter(|(id, _)| !register.retentions.iter().any(|r| r.id == **id))
        .filter_map(|(id, stage)| Some((id.clone(), next(longest(register, life)?, life, *stage))));
    declared.chain(orphans).collect()
}

/// The unit that lives longest in this dossier; one that awaits its event lives longer than any
/// date.
fn longest<'r>(register: &'r Register, life: &LifeFacts) -> Option<&'r Retention> {
    register.retentions.iter().max_by_key(|retention| match retention.from {
        StartEvent::Ouverture => (false, retention.keep.after(life.opened_on)),
        StartEvent::Cloture => match life.closed_on {
            Some(closed) => (false, retention.keep.after(closed)),
            None => (true, retention.keep.after(life.opened_on)),
        },
    })
}
