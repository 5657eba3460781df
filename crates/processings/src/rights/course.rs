//! The history of a request as the rules read it.

use huis_dossier::{Case, Facts, Known, Value, effective};
use huis_kernel::{CaseNumber, Date};
use huis_law::{Computed, Law, LawError, Place, Roll, Step};
use huis_register::french;

use super::{
    kinds::Kind,
    said::{Registers, Said},
};

/// The mode of a sending that was marked by mistake: a correction alone says it.
pub(crate) const CANCELLED: &str = "annule";

/// An act that counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded<'a> {
    pub no: u32,
    /// The act that speaks last for it.
    pub last: u32,
    pub kind: Kind,
    pub on: Date,
    pub facts: &'a Facts,
}

impl<'a> Recorded<'a> {
    pub(crate) fn text(&self, field: &str) -> Option<&'a str> {
        self.facts.get(field)?.as_str()
    }
    pub(crate) fn letter(&self) -> Option<u32> {
        u32::try_from(self.facts.get("courrier")?.as_int()?).ok()
    }
}

/// A request: its acts, its sections, and what the register concerned says of the right.
#[derive(Debug)]
pub(crate) struct Course<'a> {
    pub acts: Vec<Recorded<'a>>,
    pub opened_on: Date,
    pub known: &'a Known,
    pub place: &'a Place,
    pub said: Said,
    /// The processing concerned is one of the installation's.
    pub here: bool,
}

impl<'a> Course<'a> {
    pub(crate) fn new(case: &Case<'a>, registers: &Registers) -> Self {
        let acts = effective(case.acts)
            .into_iter()
            .filter_map(|a| {
                let kind = Kind::from_id(a.kind)?;
                Some(Recorded { no: a.no, last: a.last, kind, on: a.on, facts: a.facts })
            })
            .collect();
        let text = |field| case.known.get("demande", field).and_then(Value::as_str).unwrap_or("");
        let (processing, right) = (text("traitement"), text("droit"));
        Self {
            acts,
            opened_on: case.opened_on,
            known: case.known,
            place: case.place,
            said: registers.right(processing, right),
            here: registers.knows(processing),
        }
    }

    pub(crate) fn asked(&self, field: &str) -> &'a str {
        self.known.get("demande", field).and_then(Value::as_str).unwrap_or("")
    }
    pub(crate) fn first(&self, kind: Kind) -> Option<Recorded<'a>> {
        self.acts.iter().find(|a| a.kind == kind).copied()
    }
    pub(crate) fn last(&self, kind: Kind) -> Option<Recorded<'a>> {
        self.acts.iter().rev().find(|a| a.kind == kind).copied()
    }
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.first(kind).is_some()
    }
    /// The day from which the delay runs: the receipt at either desk (X-16, D-25).
    pub(crate) fn received_on(&self) -> Date {
        self.first(Kind::DemandeRecue).map_or(self.opened_on, |a| a.on)
    }
    pub(crate) fn identified(&self) -> bool {
        self.has(Kind::IdentiteVerifiee)
    }
    /// Does the officer have to decide, and has not?
    pub(crate) fn awaits_officer(&self) -> bool {
        self.said.officer && !self.has(Kind::DecisionDelegue)
    }
    /// The right is not open for this processing: the ground that the person reads.
    pub(crate) fn ground(&self) -> Option<&str> {
        self.said.ground.as_deref()
    }

    /// The requester to whom letters go: section occurrence.
    pub(crate) fn requester(&self) -> Option<u32> {
        self.known.0.get("demandeur")?.first().map(|(no, _)| *no)
    }
    /// The dossiers that the request names, or the words that are no number.
    pub(crate) fn numbers(&self) -> Result<Vec<CaseNumber>, Vec<String>> {
        let words = self.asked("numeros").split([',', ';', ' ', '\n']).map(str::trim);
        let (mut numbers, mut unread) = (Vec::new(), Vec::new());
        for word in words.filter(|w| !w.is_empty()) {
            match word.parse() {
                Ok(number) => numbers.push(number),
                Err(_) => unread.push(word.to_owned()),
            }
        }
        if unread.is_empty() { Ok(numbers) } else { Err(unread) }
    }

    /// The sending of a prepared letter, with the return of what came back.
    pub(crate) fn sent(&self, letter: u32) -> Option<(Recorded<'a>, Option<Recorded<'a>>)> {
        let sending = self.acts.iter().rev().find(|a| {
            a.kind == Kind::EnvoiCourrier
                && a.letter() == Some(letter)
                && a.text("mode") != Some(CANCELLED)
        })?;
        let back = self.acts.iter().find(|a| {
            a.kind == Kind::CourrierRevenu && a.letter() == Some(letter) && a.no > sending.no
        });
        Some((*sending, back.copied()))
    }
    /// The sending of a letter that reached its requester, for an act it follows.
    pub(crate) fn told(&self, letters: &[&str], about: u32) -> Option<Recorded<'a>> {
        let of = |a: &&Recorded<'a>| {
            a.kind == Kind::Courrier
                && a.text("modele").is_some_and(|m| letters.contains(&m))
                && a.facts.get("pour").and_then(Value::as_int) == Some(i64::from(about))
        };
        self.acts.iter().filter(of).find_map(|written| match self.sent(written.no) {
            Some((sending, None)) => Some(sending),
            _ => None,
        })
    }

    /// One month from the receipt (RGPD art. 12 § 3), counted as regulation n° 1182/71 does; sooner
    /// when the register of the processing promises it.
    pub(crate) fn first_month(&self, law: &Law) -> Result<Computed, LawError> {
        let start = self.received_on();
        let mut month = law.after(start, "droits.reponse", start, self.place, Roll::Union1182)?;
        let promised = self.said.delay.after(start);
        let (legal, _) = law.delay("droits.reponse", start)?;
        if promised > start && promised < legal.after(start) {
            let text =
                format!("Le registre du traitement promet une réponse en {}", self.said.delay);
            month.steps.push(Step { text: french(&text), date: Some(promised) });
            month.due = promised;
        }
        Ok(month)
    }
    /// The day by which the answer is due: the month, or three in all once it was extended in time.
    pub(crate) fn answer_due(&self, law: &Law) -> Result<Computed, LawError> {
        let start = self.received_on();
        match self.last(Kind::Prolongation) {
            None => self.first_month(law),
            Some(_) => law.after(start, "droits.prolongation", start, self.place, Roll::Union1182),
        }
    }
    /// The letters that carry the answer.
    pub(crate) const ANSWERS: &'static [&'static str] = &[
        "droits-acces",
        "droits-rectification",
        "droits-accord",
        "droits-opposition",
        "droits-refus",
    ];
}
