//! From a story to a dossier: each step is offered and judged by the rules of the processing, on
//! the day it is written down. What they refuse is not in the dossier.

use huis_dossier::{Act, Author, Case, Draft, Facts, Known, Processing, Value};
use huis_kernel::{AgentId, Date, Zone};
use huis_law::{Law, Place};
use huis_register::Register;
use jiff::ToSpan;
use std::collections::BTreeMap;

use crate::{
    DemoAct, DemoDossier, Showcase,
    agents::DemoAgent,
    dice::Dice,
    homes::good_friday_communes,
    plan::Plan,
    script::{Fill, Step},
    sections::{Sections, sections, unit_of},
};

/// What the making of every dossier shares.
pub(crate) struct Workshop<'a> {
    pub today: Date,
    pub law: &'a Law,
    pub processing: &'a dyn Processing,
    pub agents: Vec<DemoAgent>,
    /// Who may open a dossier or record an act: (`""` or kind, unit) → agents.
    able: BTreeMap<(String, String), Vec<usize>>,
}

impl<'a> Workshop<'a> {
    pub(crate) fn new(
        today: Date,
        law: &'a Law,
        register: &Register,
        processing: &'a dyn Processing,
        agents: Vec<DemoAgent>,
        units: &[String],
    ) -> Self {
        let mut able: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, agent) in agents.iter().enumerate() {
            // A partner's profile stays shut until the installation names its authorisation.
            let Some(profile) = register.profile(&agent.profile).filter(|p| !p.partner) else {
                continue;
            };
            let creates = profile.can(huis_register::Power::Create);
            let kinds = register.acts.iter().map(|a| a.id.as_str()).filter(|k| profile.may_act(k));
            for kind in kinds.chain(creates.then_some("")) {
                for unit in
                    units.iter().filter(|u| agent.units.is_empty() || agent.units.contains(u))
                {
                    able.entry((kind.to_owned(), unit.clone())).or_default().push(index);
                }
            }
        }
        Self { today, law, processing, agents, able }
    }

    /// An agent who may record acts of a kind there, and whose grant has not ended by the day:
    /// mostly the one who follows the dossier.
    fn recorder(
        &self,
        dice: &Dice,
        kind: &str,
        unit: &str,
        day: Date,
        usual: Option<usize>,
    ) -> Option<usize> {
        let able = self.able.get(&(kind.to_owned(), unit.to_owned()))?;
        let there = |index: &usize| self.agents.get(*index).is_some_and(|a| day <= a.grant_until);
        if let Some(usual) = usual.filter(|u| able.contains(u) && there(u) && dice.chance(75)) {
            return Some(usual);
        }
        let able: Vec<usize> = able.iter().copied().filter(there).collect();
        dice.pick(&able).copied()
    }

    /// The dossier that a story gives, and how many of its steps the rules refused.
    pub(crate) fn dossier(&self, plan: &Plan, dice: &Dice) -> (DemoDossier, usize) {
        let commune = plan.home.commune;
        let place = Place {
            commune: commune.to_owned(),
            good_friday: good_friday_communes().any(|c| c == commune),
        };
        let unit = unit_of(commune);
        let opened_on = self.working(plan.opened_on, &place).min(self.today);
        let creator = self.recorder(dice, "", unit, opened_on, None).unwrap_or(0);
        let told = |kind: &str| plan.steps.iter().any(|s| s.kind == kind);
        let sections = sections(
            dice,
            plan,
            self.last_debt(plan, opened_on),
            self.agents.get(creator),
            told("dsf-transmis"),
            told("deposer-rapport"),
            told("demande-indemnite"),
        );
        let mut walk = Walk {
            shop: self,
            opened_on,
            known: known(&sections),
            place,
            history: Vec::new(),
            acts: Vec::new(),
            shift: 0,
            refused: 0,
        };
        let guarantors = walk.known.0.get("caution").map_or(0, Vec::len);
        for step in &with_letters(plan, dice, guarantors, self.today) {
            if !walk.step(plan, step, dice, unit, creator) {
                break;
            }
        }
        let refused = walk.refused;
        let (acts, place) = (walk.acts, walk.place);
        // A report that was asked for and not handed in leaves no section.
        let filed = |kind: &str| acts.iter().any(|a| a.draft.kind == kind);
        let sections = sections
            .into_iter()
            .filter(|(section, _, _)| match section.as_str() {
                "rapport_police" => filed("deposer-rapport"),
                "diagnostic" | "accompagnement" => filed("dsf-transmis"),
                _ => true,
            })
            .collect();
        let showcase = showcase(plan, &acts, self.today);
        let unit = unit.to_owned();
        (
            DemoDossier { unit, opened_on, opened_by: creator, sections, acts, place, showcase },
            refused,
        )
    }

    /// The debt as the last act left it.
    fn last_debt(&self, plan: &Plan, opened_on: Date) -> (huis_kernel::Money, Date) {
        let last = plan.steps.last().map_or(0, |s| s.day);
        let on = opened_on.saturating_add(last.days()).min(self.today);
        let amount = plan.steps.iter().rev().find_map(|s| {
            s.fields.iter().find_map(|(field, fill)| match fill {
                Fill::Value(Value::Money(m)) if *field == "montant_dette" => Some(*m),
                _ => None,
            })
        });
        (amount.unwrap_or_else(|| plan.home.debt(30)), on)
    }

    /// The day itself, or the next one on which offices and courts are open.
    fn working(&self, day: Date, place: &Place) -> Date {
        let mut day = day;
        for _ in 0..8 {
            if self.law.is_working_day(day, place) {
                break;
            }
            day = day.saturating_add(1.day());
        }
        day
    }
}

/// The steps of the story with the information letters, to each occupant as soon as the file is
/// made. In one dossier of twenty somebody was forgotten, in one of eight it took days; those
/// of the last days wait for the desk's next batch.
fn with_letters(plan: &Plan, dice: &Dice, guarantors: usize, today: Date) -> Vec<Step> {
    let forgetful = dice.chance(5);
    let delay = if dice.chance(12) { dice.between(1, 8) } else { 0 };
    let mut steps = plan.steps.clone();
    for (no, _) in plan.household.on(plan.opened_on) {
        if forgetful && dice.chance(60) {
            continue;
        }
        let mode = if dice.chance(93) { "courrier" } else { "remise" };
        let fields = vec![
            ("occupant", Fill::Value(Value::Reference(no))),
            ("mode", Fill::Value(Value::Choice(mode.to_owned()))),
        ];
        steps.push(Step { day: delay, kind: "information-occupant", fields });
    }
    for no in (1..=guarantors).filter_map(|n| u32::try_from(n).ok()) {
        let fields = vec![
            ("caution", Fill::Value(Value::Reference(no))),
            ("mode", Fill::Value(Value::Choice("courrier".to_owned()))),
        ];
        steps.push(Step { day: delay, kind: "information-caution", fields });
    }
    if plan.opened_on.saturating_add(WAITING.days()) > today {
        steps.retain(|s| !s.kind.starts_with("information-o") && s.kind != "information-caution");
    }
    steps.sort_by_key(|s| s.day);
    steps
}

/// Letters of files opened since so many days wait for the desk.
const WAITING: i64 = 4;

/// What a letter says of a decision, in the demonstration.
const TOLD: &[(&str, &str, &str, &str)] = &[
    (
        "cfp-accorde",
        "cfp-accorde",
        "Concours de la force publique accordé",
        "Le concours de la force publique vous est accordé pour l’exécution de la décision d’expulsion.",
    ),
    (
        "cfp-accorde",
        "cfp-accorde-occupant",
        "Concours de la force publique accordé pour votre expulsion",
        "Le concours de la force publique est accordé. Contactez notre service : un relogement peut encore être recherché.",
    ),
    (
        "cfp-refuse",
        "cfp-refuse",
        "Concours de la force publique refusé",
        "Le concours de la force publique vous est refusé, pour le motif que porte la décision.",
    ),
    (
        "demande-indemnite",
        "accuse-indemnite",
        "Accusé de réception de votre demande d’indemnité",
        "Votre demande d’indemnité est enregistrée. Le silence gardé pendant deux mois vaut rejet.",
    ),
];

fn known(sections: &Sections) -> Known {
    let mut known = Known::default();
    for (section, occurrence, facts) in sections {
        known.0.entry(section.clone()).or_default().push((*occurrence, facts.clone()));
    }
    known
}

/// A dossier under way.
struct Walk<'a, 'b> {
    shop: &'b Workshop<'a>,
    opened_on: Date,
    known: Known,
    place: Place,
    history: Vec<Act>,
    acts: Vec<DemoAct>,
    /// By how many days the story is behind, because a truce had to be waited for.
    shift: i64,
    refused: usize,
}

impl Walk<'_, '_> {
    fn date(&self, day: i64) -> Date {
        let date = self.opened_on.saturating_add(day.saturating_add(self.shift).days());
        self.shop.working(date, &self.place)
    }

    /// Takes one step if the rules let it; false when the story has reached today.
    fn step(&mut self, plan: &Plan, step: &Step, dice: &Dice, unit: &str, creator: usize) -> bool {
        let mut on = self.date(step.day);
        if step.kind == "expulsion" {
            // No one is put out in winter (CPCE art. L. 412-6): the file waits for spring.
            if let Some(until) = self.shop.law.eviction_barred_until(on) {
                let spring = self
                    .shop
                    .working(until.saturating_add(dice.between(5, 40).days()), &self.place);
                self.shift += i64::from((spring - on).get_days());
                on = spring;
            }
        }
        if on > self.shop.today {
            return false;
        }
        let written = self.date(step.day + dice.around(0, 0, 3)).max(on);
        let before = self.acts.last().map_or(self.opened_on, |a| a.recorded);
        let recorded = written.max(before).min(self.shop.today);
        let draft = Draft {
            kind: step.kind.to_owned(),
            on,
            facts: self.facts(plan, step, on),
            corrects: None,
        };
        let case = Case {
            opened_on: self.opened_on,
            acts: &self.history,
            known: &self.known,
            place: &self.place,
        };
        let judged = self.shop.processing.judge(&case, &draft, self.shop.law, recorded);
        let agent = self.shop.recorder(dice, step.kind, unit, recorded, Some(creator));
        match (judged, agent) {
            (Ok(_), Some(agent)) => {
                let no = u32::try_from(self.history.len()).unwrap_or(u32::MAX).saturating_add(1);
                let id = u8::try_from(agent).unwrap_or(u8::MAX);
                self.history.push(Act {
                    no,
                    kind: draft.kind.clone(),
                    on,
                    recorded: Zone::utc().start_of(recorded),
                    by: Author::Agent(AgentId::from_bytes([id; 16])),
                    facts: draft.facts.clone(),
                    corrects: None,
                    voided: false,
                });
                self.acts.push(DemoAct { draft, recorded, agent });
                self.tell(step.kind, no, recorded, dice, (unit, creator));
            }
            _ => self.refused += 1,
        }
        true
    }

    /// The letters that tell a decision leave within days.
    fn tell(&mut self, kind: &str, about: u32, decided: Date, dice: &Dice, who: (&str, usize)) {
        let place = self.place.clone();
        let on = self.shop.working(decided.saturating_add(2.days()), &place);
        let text = |t: &str| Value::Text(t.to_owned());
        let (unit, usual) = who;
        let agent = self.shop.recorder(dice, "courrier", unit, on, Some(usual));
        let Some(agent) = agent.filter(|_| TOLD.iter().any(|(of, ..)| *of == kind)) else { return };
        for (_, letter, subject, words) in TOLD.iter().filter(|(of, ..)| *of == kind) {
            let to: Vec<Option<u32>> = if letter.ends_with("occupant") {
                let occupants = self.known.0.get("occupant").map(Vec::as_slice).unwrap_or_default();
                occupants.iter().map(|(no, _)| Some(*no)).collect()
            } else {
                vec![None]
            };
            for who in to.into_iter().filter(|_| on <= self.shop.today) {
                let mut facts = Facts::from([
                    ("modele".to_owned(), text(letter)),
                    ("version".to_owned(), text("démonstration")),
                    ("objet".to_owned(), text(subject)),
                    ("contenu".to_owned(), text(words)),
                    ("pour".to_owned(), Value::Int(i64::from(about))),
                ]);
                if let Some(no) = who {
                    facts.insert("occupant".to_owned(), Value::Reference(no));
                }
                let written = self.push("courrier", on, facts, agent);
                let sent = Facts::from([
                    ("courrier".to_owned(), Value::Int(i64::from(written))),
                    ("mode".to_owned(), Value::Choice("courrier".to_owned())),
                ]);
                self.push("envoi-courrier", on, sent, agent);
            }
        }
    }

    /// Records an act that nothing can refuse, and gives its number.
    fn push(&mut self, kind: &str, on: Date, facts: Facts, agent: usize) -> u32 {
        let no = u32::try_from(self.history.len()).unwrap_or(u32::MAX).saturating_add(1);
        let id = u8::try_from(agent).unwrap_or(u8::MAX);
        self.history.push(Act {
            no,
            kind: kind.to_owned(),
            on,
            recorded: Zone::utc().start_of(on),
            by: Author::Agent(AgentId::from_bytes([id; 16])),
            facts: facts.clone(),
            corrects: None,
            voided: false,
        });
        let draft = Draft { kind: kind.to_owned(), on, facts, corrects: None };
        self.acts.push(DemoAct { draft, recorded: on, agent });
        no
    }

    fn facts(&self, plan: &Plan, step: &Step, on: Date) -> Facts {
        let value = |fill: &Fill| match fill {
            Fill::Day(day) => Some(Value::Date(self.date(*day))),
            Fill::Lease => Some(Value::Date(plan.home.lease(self.opened_on))),
            Fill::Renewal => plan.home.renewed(self.opened_on, on).map(Value::Date),
            Fill::Value(value) => Some(value.clone()),
        };
        let fields = step.fields.iter();
        fields.filter_map(|(id, fill)| Some(((*id).to_owned(), value(fill)?))).collect()
    }
}

/// What the dossier is worth showing for.
fn showcase(plan: &Plan, acts: &[DemoAct], today: Date) -> Option<Showcase> {
    let last = |kind: &str| acts.iter().rposition(|a| a.draft.kind == kind);
    let closed = last("cloture") > last("reouverture");
    if plan.returning {
        return Some(Showcase::Returning);
    }
    if closed {
        let closed_on = last("cloture").and_then(|at| acts.get(at)).map(|a| a.draft.on)?;
        let four_years = closed_on.saturating_add(4.years());
        return (four_years <= today.saturating_add(60.days())).then_some(Showcase::Fading);
    }
    if last("rapport-police-demande") > last("deposer-rapport")
        && last("cfp-accorde").is_none()
        && last("cfp-refuse").is_none()
    {
        return Some(Showcase::PoliceReport);
    }
    let summons = last("audience-renvoyee").or(last("assignation")).and_then(|at| acts.get(at))?;
    let hearing = summons.draft.facts.get("audience_le").and_then(Value::as_date)?;
    (hearing > today && last("assignation-recue-prefet").is_some()).then_some(Showcase::Hearing)
}
