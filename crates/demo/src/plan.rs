//! Which story each dossier lives, and when: the spread over five years, stages and endings, set
//! around `today` so that deadlines are due, overdue and coming, hearings near, erasures at hand.

use huis_kernel::Date;
use jiff::ToSpan;

use crate::{
    dice::Dice,
    homes::{Home, home},
    people::{Household, household},
    script::{Ground, Outcome, Stage, Step, Teller},
};

/// What the demonstration wants of a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Under way, in this stage.
    Open(Stage),
    /// Closed on this ground.
    Closed(Ground),
    /// Closed nearly four years ago: erasure is due within days or weeks.
    Fading(Ground),
    /// Closed, and its household comes back with a new incident in the next dossier.
    Former,
    /// The new dossier of the household of the dossier before.
    Returning,
    /// Closed and opened again, for a claim or a new incident.
    Reopened(Again),
}

/// The two grounds of reopening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// A claim against the State after the eviction.
    Claim,
    /// A new incident after the debt was paid.
    Incident,
}

/// A dossier before the rules have judged it.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The household has an archived dossier: the one before.
    pub returning: bool,
    pub household: Household,
    pub home: Home,
    pub opened_on: Date,
    pub steps: Vec<Step>,
}

const STAGES: [(u32, Stage); 5] = [
    (33, Stage::Prevention),
    (29, Stage::Assignation),
    (13, Stage::Cql),
    (17, Stage::Cfp),
    (8, Stage::Indemnite),
];
const GROUNDS: [(u32, Ground); 7] = [
    (30, Ground::DetteSoldee),
    (20, Ground::ResolueAvantResiliation),
    (6, Ground::NouveauBail),
    (19, Ground::DepartLocataire),
    (4, Ground::DecesLocataire),
    (15, Ground::ExecutionCfp),
    (6, Ground::RepriseLocaux),
];

/// The role of dossier `index`.
pub(crate) fn role(seed: u64, index: u64) -> Role {
    let dice = &Dice::of(seed, "role", index);
    let ground = dice.weighted(&GROUNDS).copied().unwrap_or(Ground::DetteSoldee);
    // In each hundred some have a part of their own; the household of 17 comes back in 18.
    match index % 100 {
        17 | 57 | 97 => Role::Former,
        18 | 58 | 98 => Role::Returning,
        41 | 81 => Role::Fading(ground),
        29 | 62 => Role::Reopened(Again::Claim),
        74 => Role::Reopened(Again::Incident),
        _ if dice.chance(59) => Role::Closed(ground),
        _ => Role::Open(dice.weighted(&STAGES).copied().unwrap_or(Stage::Prevention)),
    }
}

/// The story of dossier `index`. One that would begin more than five years ago is told again, and
/// after a few times a shorter one.
pub(crate) fn plan(seed: u64, index: u64, today: Date) -> Plan {
    let role = role(seed, index);
    let who = if role == Role::Returning { index.saturating_sub(1) } else { index };
    let household = household(seed, who, today);
    let home = home(seed, index, household.on(today).count());
    let oldest = today.saturating_sub(5.years());
    let mut attempt = 0;
    loop {
        let dice = &Dice::of(seed, "plan", index.saturating_mul(16).saturating_add(attempt));
        let mut teller = Teller::new(dice, &home, household.surety.is_some());
        tell(&mut teller, dice, role, attempt > 4);
        let (steps, hearing) = teller.finish();
        let last = steps.last().map_or(0, |s| s.day);
        let ahead = hearing.and_then(|h| h.checked_sub(last)).filter(|days| *days >= 0);
        let opened_on = end(dice, role, today, ahead).saturating_sub(last.days());
        if opened_on >= oldest || attempt > 12 {
            let (opened_on, returning) = (opened_on.max(oldest), role == Role::Returning);
            return Plan { returning, household, home, opened_on, steps };
        }
        attempt += 1;
    }
}

/// Tells the story that the role asks for.
fn tell(teller: &mut Teller<'_>, dice: &Dice, role: Role, short: bool) {
    match role {
        Role::Open(stage) => {
            let first = reach(teller, dice, stage);
            teller.break_off(first);
        }
        Role::Returning => {
            teller.prevention();
            teller.break_off(0);
        }
        Role::Former => paid(teller),
        Role::Closed(_) | Role::Fading(_) if short => paid(teller),
        Role::Closed(ground) | Role::Fading(ground) => closed(teller, dice, ground),
        Role::Reopened(Again::Claim) => {
            evicted(teller, Outcome::EvictedLate);
            teller.close(Ground::ExecutionCfp);
            teller.reopen("demande_indemnite");
            let first = teller.told();
            teller.indemnity();
            teller.break_off(first);
        }
        Role::Reopened(Again::Incident) => {
            paid(teller);
            teller.reopen("incident_recurrent");
            let first = teller.told();
            teller.prevention();
            teller.break_off(first);
        }
    }
}

/// Tells the stages up to one; gives the number of steps told before that one.
fn reach(teller: &mut Teller<'_>, dice: &Dice, stage: Stage) -> usize {
    let mut before = 0;
    teller.prevention();
    if stage >= Stage::Assignation {
        before = teller.told();
        teller.summons();
        if stage > Stage::Assignation || dice.chance(45) {
            teller.judgment(stage > Stage::Assignation);
        }
    }
    if stage >= Stage::Cql {
        before = teller.told();
        teller.cql(stage > Stage::Cql);
    }
    if stage >= Stage::Cfp {
        before = teller.told();
        let claimed = stage == Stage::Indemnite;
        let outcomes = [
            (if claimed { 0 } else { 45 }, Outcome::Granted),
            (15, Outcome::Refused),
            (40, Outcome::Silent),
        ];
        teller.cfp(dice.weighted(&outcomes).copied().unwrap_or(Outcome::Silent));
    }
    if stage >= Stage::Indemnite {
        before = teller.told();
        teller.indemnity();
    }
    before
}

/// From the first arrears to the eviction.
fn evicted(teller: &mut Teller<'_>, outcome: Outcome) {
    teller.prevention();
    teller.summons();
    teller.judgment(true);
    teller.cql(true);
    teller.cfp(outcome);
}

/// A debt paid before it came to court.
fn paid(teller: &mut Teller<'_>) {
    teller.prevention();
    teller.settle();
    teller.close(Ground::DetteSoldee);
}

/// Tells how it came to be closed on a ground.
fn closed(teller: &mut Teller<'_>, dice: &Dice, ground: Ground) {
    match ground {
        Ground::DetteSoldee if dice.chance(60) => return paid(teller),
        Ground::DetteSoldee => {
            teller.prevention();
            teller.summons();
            teller.judgment(false);
        }
        Ground::ResolueAvantResiliation | Ground::DecesLocataire => {
            teller.prevention();
            if dice.chance(45) {
                teller.summons();
            }
        }
        Ground::NouveauBail => {
            reach(teller, dice, Stage::Cql);
            teller.protocol();
        }
        Ground::DepartLocataire => {
            reach(teller, dice, Stage::Cql);
            teller.departure();
        }
        Ground::RepriseLocaux => {
            reach(teller, dice, Stage::Cql);
        }
        Ground::ExecutionCfp => {
            evicted(teller, Outcome::Evicted);
        }
    }
    teller.close(ground);
}

/// The day of the last act. `ahead`: how many days after it the hearing is.
fn end(dice: &Dice, role: Role, today: Date, ahead: Option<i64>) -> Date {
    let ago = |days: i64| today.saturating_sub(days.days());
    match role {
        Role::Open(_) | Role::Returning | Role::Reopened(_) => {
            if let Some(ahead) = ahead {
                // Hearings of the last days and of the coming weeks.
                return ago((ahead - dice.between(-6, 75)).max(0));
            }
            let spans = [(46, (0, 28)), (36, (29, 75)), (18, (76, 210))];
            let (low, high) = dice.weighted(&spans).copied().unwrap_or((0, 28));
            ago(dice.between(low, high))
        }
        Role::Closed(_) => ago(dice.between(2, 4 * 365 - 60)),
        Role::Fading(_) => {
            today.saturating_sub(4.years()).saturating_add(dice.between(1, 45).days())
        }
        Role::Former => ago(dice.between(430, 1250)),
    }
}
