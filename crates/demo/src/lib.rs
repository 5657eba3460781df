//! A département that does not exist, for demonstrations: an office, its agents, and the dossiers
//! of five years in every stage. Deterministic (same seed, same day, same data) and pure: it gives
//! data and stores nothing. No person, phone number or mail address of it exists.
//!
//! A dossier is first told as a story (`plan`, `script`), then walked through the rules of the
//! processing (`walk`): what they would refuse to an agent is not in the demonstration either.

mod agents;
mod dice;
mod hints;
mod homes;
mod names;
mod people;
mod plan;
mod requests;
mod script;
mod sections;
#[cfg(test)]
mod tests;
mod walk;

pub use agents::DemoAgent;
pub use hints::{Hint, Showcase, worth_trying};
pub use requests::{Desks, Subject, requests};

use huis_dossier::{Draft, Facts};
use huis_kernel::Date;
use huis_law::{Law, Place, geo::Geo};
use huis_processings::eviction::Eviction;
use huis_register::Register;

/// The département of the demonstration: one of Alsace-Moselle, whose own holidays show.
const DEPARTEMENT: &str = "68";

/// The office and who works there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// The office.
    pub office: DemoOffice,
    /// Its arrondissements.
    pub units: Vec<Unit>,
    /// Its agents, in the order that [`DemoAct::agent`] counts.
    pub agents: Vec<DemoAgent>,
}

impl Demo {
    /// An agent of a profile whose grant runs on a day and whose perimeter holds an arrondissement
    /// (any, when `unit` is `None`): who to sign in as.
    pub fn agent(&self, profile: &str, unit: Option<&str>, on: Date) -> Option<&DemoAgent> {
        let covers = |a: &DemoAgent| {
            a.units.is_empty() || unit.is_none_or(|unit| a.units.iter().any(|u| u == unit))
        };
        self.agents.iter().find(|a| a.profile == profile && a.granted_on(on) && covers(a))
    }
}

/// The office of the demonstration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoOffice {
    /// Name.
    pub name: String,
    /// Code of the département.
    pub departement: String,
    /// IANA time zone.
    pub zone: String,
    /// Who answers for the processing, for the notices.
    pub controller: String,
    /// The desk that receives the requests of persons.
    pub rights_desk: String,
    /// The commission's secretariat, the other desk.
    pub ccapex_desk: String,
    /// The data-protection officer, for the notices.
    pub dpo: String,
    /// Communes where the office holds Good Friday for a holiday (code du travail, L. 3134-13).
    pub good_friday: Vec<String>,
}

/// An arrondissement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// INSEE code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// A dossier of the demonstration.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoDossier {
    /// Arrondissement, by its INSEE code.
    pub unit: String,
    /// The day it was opened.
    pub opened_on: Date,
    /// Who opened it: an index of [`Demo::agents`].
    pub opened_by: usize,
    /// Section, occurrence, fields.
    pub sections: Vec<(String, u32, Facts)>,
    /// Its acts, in order: act `n` of the dossier is the `n`th. The information letters are among
    /// them (`information-occupant`, X-15).
    pub acts: Vec<DemoAct>,
    /// Where the dwelling is.
    pub place: Place,
    /// What it is worth showing for, if anything.
    pub showcase: Option<Showcase>,
}

/// An act that the rules accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAct {
    /// The act.
    pub draft: Draft,
    /// The day it was written down.
    pub recorded: Date,
    /// Who wrote it down: an index of [`Demo::agents`].
    pub agent: usize,
}

/// The office, its arrondissements and its forty agents.
pub fn demo(seed: u64, today: Date) -> Demo {
    let departement = Geo::embedded().departement(DEPARTEMENT).map_or("", |d| d.name);
    let unit =
        |a: &huis_law::geo::Arrondissement| Unit { code: a.code.into(), name: a.name.into() };
    Demo {
        office: DemoOffice {
            name: format!("Préfecture de démonstration ({departement} fictif)"),
            departement: DEPARTEMENT.to_owned(),
            zone: "Europe/Paris".to_owned(),
            controller: format!("Préfet de démonstration ({departement} fictif)"),
            rights_desk: "Bureau de la prévention des expulsions, droits@example.org".to_owned(),
            ccapex_desk: "Secrétariat de la CCAPEX, ccapex@example.org".to_owned(),
            dpo: "dpo@example.org".to_owned(),
            good_friday: homes::good_friday_communes().map(str::to_owned).collect(),
        },
        units: Geo::embedded().arrondissements(DEPARTEMENT).into_iter().map(unit).collect(),
        agents: agents::agents(seed, today),
    }
}

/// The dossiers, one after the other. Dossier `n` does not depend on how many are asked for; only
/// a household that comes back refers to the dossier before its own.
pub fn dossiers<'a>(
    seed: u64,
    today: Date,
    count: usize,
    law: &'a Law,
    register: &Register,
) -> impl Iterator<Item = DemoDossier> + use<'a> {
    tried(seed, today, count, law, register).map(|(dossier, _)| dossier)
}

/// The dossiers, each with the number of steps that the rules refused.
fn tried<'a>(
    seed: u64,
    today: Date,
    count: usize,
    law: &'a Law,
    register: &Register,
) -> impl Iterator<Item = (DemoDossier, usize)> + use<'a> {
    let demo = demo(seed, today);
    let units: Vec<String> = demo.units.into_iter().map(|u| u.code).collect();
    let shop = walk::Workshop::new(today, law, register, &Eviction, demo.agents, &units);
    (0..u64::try_from(count).unwrap_or(0)).map(move |index| {
        let plan = plan::plan(seed, index, today);
        shop.dossier(&plan, &dice::Dice::of(seed, "dossier", index))
    })
}
