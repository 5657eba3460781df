//! Which dossier a row is about: by its number, by the sender's own reference, or by two things
//! that agree (name and address, name and birth). What one may not see answers as what is not
//! there, and two households that fit answer as none (I13, X-26).

use huis_access::{Want, gather, search};
use huis_dossier::Facts;
use huis_imports::{CellFault, Entry};
use huis_store::dossiers::CardRow;
use huis_trace::Operation;
use std::collections::{BTreeMap, BTreeSet};

use super::{job::Job, stage::Staged};
use crate::{Caller, Huis, UseError};

/// Most candidates opened to match one row.
const MOST: u32 = 50;

const NO_NUMBER: &str =
    "Aucun dossier que vous pouvez compléter ne porte ce numéro\u{a0}: vérifiez-le.";
const NO_MATCH: &str = "Cette ligne n’a pas pu être rattachée avec certitude à un dossier\u{a0}: \
     donnez son numéro, ou le nom, le prénom et une seconde donnée (date de naissance, adresse) \
     écrits comme au dossier.";

/// Where a row goes.
pub(super) enum Place {
    /// On this dossier.
    On(Box<CardRow>),
    /// On none that exists.
    None(CellFault),
}

impl Huis {
    pub(super) async fn find(&self, job: &Job<'_>, entry: &Entry) -> Result<Place, UseError> {
        let staged = &job.staged;
        let register = &staged.processed.register;
        let (caller, office) = (&job.caller, staged.row.office);
        let want = Want::Act(&staged.kind.act);
        if let Some(number) = entry.number {
            let column = job.column("numero");
            let found = self.store.card_by_number(office, &register.id, number).await?;
            let dossier = found.as_ref().map(|c| c.dossier);
            let decided = found.as_ref().map_or(Err(huis_access::Refusal::OutOfPerimeter), |c| {
                caller.decide(register, c, want).map(|_| ())
            });
            return match (found, decided) {
                (Some(card), Ok(())) => Ok(Place::On(Box::new(card))),
                // A number that is not there costs and traces as one that is hidden: who sends a
                // file of guesses is seen doing it.
                (_, Err(refusal)) => {
                    let refused: Result<(), _> =
                        self.refuse(caller, &register.id, Operation::Act, dossier, refusal).await;
                    if let Err(error @ (UseError::Store(_) | UseError::Trace(_))) = refused {
                        return Err(error);
                    }
                    Ok(Place::None(CellFault::at(column, NO_NUMBER)))
                }
                (None, Ok(())) => Ok(Place::None(CellFault::at(column, NO_NUMBER))),
            };
        }
        if let Some(mark) = self.reference_mark(staged, entry)
            && let Some(card) = self.store.card_by_mark(office, &register.id, mark).await?
            && caller.decide(register, &card, want).is_ok()
        {
            return Ok(Place::On(Box::new(card)));
        }
        Ok(match self.matching(caller, staged, entry).await? {
            Some(card) => Place::On(Box::new(card)),
            None => Place::None(CellFault::row(NO_MATCH)),
        })
    }

    /// The one dossier on which two declared searches agree, at least; confirmed after opening,
    /// under *rule*.
    async fn matching(
        &self,
        caller: &Caller,
        staged: &Staged<'_>,
        entry: &Entry,
    ) -> Result<Option<CardRow>, UseError> {
        let register = &staged.processed.register;
        let office = staged.row.office;
        let mut facts: BTreeMap<&str, Facts> = BTreeMap::new();
        for (section, more) in entry.people.iter().chain(&entry.sections) {
            facts.entry(section).or_default().extend(more.clone());
        }
        let index = self.index_key(office, &register.id, false).await?;
        let none = Facts::new();
        let of = |s: &huis_register::Search| {
            let section = s.of.first().map_or("", |p| p.section.as_str());
            facts.get(section).unwrap_or(&none).clone()
        };
        let asked: Vec<_> = register
            .searches
            .iter()
            .map(|s| (s, of(s)))
            .map(|(s, f)| (s, search::fact_tokens(s, &f, &index), f))
            .filter(|(_, tokens, _)| !tokens.is_empty())
            .collect();
        if asked.len() < 2 {
            return Ok(None);
        }
        let mine = territories(caller, staged);
        let mut common: Option<BTreeMap<_, CardRow>> = None;
        for (_, tokens, _) in &asked {
            let found =
                self.store.candidates(office, &register.id, tokens, &mine, false, MOST).await?;
            let found: BTreeMap<_, _> = found.into_iter().map(|c| (c.dossier, c)).collect();
            common = Some(match common {
                None => found,
                Some(before) => {
                    before.into_iter().filter(|(id, _)| found.contains_key(id)).collect()
                }
            });
        }
        let (mut held, mut cards) = (Vec::new(), common.unwrap_or_default());
        for card in cards.values() {
            let Ok(proof) = caller.decide(register, card, Want::Act(&staged.kind.act)) else {
                continue;
            };
            let sees = proof.sees_restricted();
            let answer = self
                .ask_one(staged.processed, card, None, |plain| {
                    asked.iter().all(|(s, _, f)| search::agrees(s, f, plain, sees))
                })
                .await;
            match answer {
                Ok(Some(answer)) => held.push(answer),
                Ok(None) => {}
                Err(UseError::Broken) => {
                    self.raise_broken(caller, &register.id, card.dossier).await?;
                }
                Err(error) => return Err(error),
            }
        }
        if held.is_empty() {
            return Ok(None);
        }
        let mut line = self.import_line(caller, &staged.row, "rapprochement");
        line.operation = Operation::Search;
        line.detail.insert("regle".into(), "rapprochement".into());
        let pending = gather(held, line, None);
        let receipt = self.trace(pending.line().clone()).await?;
        let matches: BTreeSet<_> =
            pending.release(&receipt)?.into_iter().filter(|(_, yes)| *yes).map(|m| m.0).collect();
        let mut matches = matches.into_iter();
        match (matches.next(), matches.next()) {
            (Some(one), None) => Ok(cards.remove(&one)),
            _ => Ok(None),
        }
    }
}

/// Where the caller may record the act: empty means all of the office.
fn territories(caller: &Caller, staged: &Staged<'_>) -> Vec<String> {
    let register = &staged.processed.register;
    let grants = caller
        .grants(&register.id)
        .filter(|g| register.profile(&g.profile).is_some_and(|p| p.may_act(&staged.kind.act)));
    let mut out = Vec::new();
    for grant in grants {
        if grant.territories.is_empty() {
            return Vec::new();
        }
        out.extend(grant.territories.iter().cloned());
    }
    out
}
