//! The letters of the day: the list, by cards alone; the letters themselves, opened together under
//! one line and sealed as they are prepared, so that a reprint is identical (I10).

use huis_access::{DossierView, KeySource, Pending, Want, together, unlock};
use huis_dossier::{Case, Draft, Facts, LetterDue, LetterWritten, Letters, Value};
use huis_kernel::{CaseNumber, Date};
use huis_letters::{Letter, Material};
use huis_register::Power;
use huis_store::{dossiers::CardRow, lists::ListRow};
use huis_trace::{Dossiers, Operation};
use std::collections::BTreeMap;

use super::{MOST, templates::InForce};
use crate::{Caller, Huis, ListLine, UseError, huis::place_of, lists::list_line};

/// A dossier where letters wait, from its card: no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterDay {
    /// The dossier.
    pub line: ListLine,
    /// The deadlines that a letter answers: rule and date.
    pub rules: Vec<(String, Date)>,
}

/// A letter as it is printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Printed {
    /// The dossier.
    pub number: CaseNumber,
    /// What is known of the letter in its dossier: act number, recipient, sending.
    pub written: LetterWritten,
    /// What it is called.
    pub label: String,
    /// The letter.
    pub letter: Letter,
}

/// What stands in the way of one dossier's letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterFault {
    /// The dossier.
    pub number: CaseNumber,
    /// What is wrong, in French, with no personal datum.
    pub messages: Vec<String>,
}

/// Letters prepared or opened together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The letters, by dossier.
    pub letters: Vec<Printed>,
    /// Dossiers that could not be.
    pub faults: Vec<LetterFault>,
}

/// A dossier opened for its letters.
struct Seen {
    card: CardRow,
    view: DossierView,
    letters: Letters,
}

impl Huis {
    /// The dossiers where a letter waits, oldest first: a list, so cards alone.
    pub async fn letters_due(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<LetterDay>, UseError> {
        let mine = self.allowed(caller, processing, &[Power::Lists], Operation::List).await?;
        let rules = self.processed(processing)?.rules.letter_terms();
        let office = caller.office.office;
        let terms = self.store.terms_named(office, processing, &mine, rules, 200).await?;
        let names = self.territory_names(caller).await?;
        let mut out: Vec<LetterDay> = Vec::new();
        let mut ids = Vec::new();
        for term in terms {
            let number = term.card.number;
            match out.iter_mut().find(|d| d.line.number == number) {
                Some(day) => day.rules.push((term.rule, term.due)),
                None => {
                    ids.push(term.card.dossier);
                    out.push(LetterDay {
                        line: list_line(&names, ListRow { card: term.card, next: None }),
                        rules: vec![(term.rule, term.due)],
                    });
                }
            }
        }
        let mut line = self.line(caller, processing, Operation::List);
        line.dossiers = Dossiers::List(ids);
        line.detail.insert("liste".into(), "courriers".into());
        self.trace(line).await?;
        Ok(out)
    }

    /// Prepares the letters that are due in these dossiers (one transaction a dossier; those that
    /// already wait are taken as they are) and gives them all, opened under one line.
    pub async fn prepare_letters(
        &self,
        caller: &Caller,
        processing: &str,
        numbers: &[CaseNumber],
    ) -> Result<Batch, UseError> {
        let mut batch = Batch::default();
        let seen = self.open_for_letters(caller, processing, numbers, &mut batch.faults).await?;
        let texts = self.texts(caller, processing).await?;
        for seen in seen {
            let number = seen.card.number;
            for due in seen.letters.due.iter().filter_map(|d| d.prepared) {
                let written = seen.letters.written.iter().find(|w| w.no == due);
                batch.letters.extend(written.and_then(|w| self.printed(processing, &seen, w)));
            }
            let wanted: Vec<LetterDue> =
                seen.letters.due.iter().filter(|d| d.prepared.is_none()).cloned().collect();
            match self.seal_letters(caller, processing, &texts, &seen, wanted, &Facts::new()).await
            {
                Ok(letters) => batch.letters.extend(letters),
                Err(UseError::Invalid(messages)) => {
                    batch.faults.push(LetterFault { number, messages });
                }
                Err(UseError::Faults(faults)) => {
                    let messages = faults.into_iter().map(|f| f.message).collect();
                    batch.faults.push(LetterFault { number, messages });
                }
                Err(e) if e.is_conflict() => batch.faults.push(moved(number)),
                Err(other) => return Err(other),
            }
        }
        Ok(batch)
    }

    /// Prepares one letter of a dossier, due or asked for.
    pub async fn prepare_letter(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        letter: &str,
        to: Option<u32>,
        inputs: &Facts,
    ) -> Result<Printed, UseError> {
        let register = &self.processed(processing)?.register;
        let entry = register.letter(letter).ok_or(UseError::NotFound)?;
        let mut faults = Vec::new();
        let seen = self.open_for_letters(caller, processing, &[number], &mut faults).await?;
        let seen = seen.into_iter().next().ok_or(UseError::NotFound)?;
        let to = entry.to.clone().zip(to);
        let due = seen.letters.due.iter().find(|d| d.letter == letter && d.to == to);
        let last = |kind: &str| seen.view.acts.iter().rev().find(|a| a.kind == kind);
        let wanted = due.cloned().unwrap_or_else(|| LetterDue {
            letter: letter.to_owned(),
            act: entry.act.as_deref().and_then(last).map(|a| a.no),
            since: caller.today,
            sent_as: Facts::new(),
            prepared: None,
            returned: false,
            to,
        });
        let texts = self.texts(caller, processing).await?;
        let made =
            self.seal_letters(caller, processing, &texts, &seen, vec![wanted], inputs).await?;
        made.into_iter().next().ok_or(UseError::NotFound)
    }

    /// Letters that were prepared, as they were sealed, under one line (printing again).
    pub async fn open_letters(
        &self,
        caller: &Caller,
        processing: &str,
        letters: &[(CaseNumber, u32)],
    ) -> Result<Batch, UseError> {
        let mut batch = Batch::default();
        let mut numbers: Vec<CaseNumber> = letters.iter().map(|l| l.0).collect();
        numbers.dedup();
        for seen in self.open_for_letters(caller, processing, &numbers, &mut batch.faults).await? {
            let number = seen.card.number;
            for (_, no) in letters.iter().filter(|l| l.0 == number) {
                let written = seen.letters.written.iter().find(|w| w.no == *no);
                batch.letters.extend(written.and_then(|w| self.printed(processing, &seen, w)));
            }
        }
        Ok(batch)
    }

    /// The letters of one dossier: what is due, and what became of those prepared.
    pub async fn dossier_letters(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
    ) -> Result<(DossierView, Letters), UseError> {
        let mut faults = Vec::new();
        let seen = self.open_for_letters(caller, processing, &[number], &mut faults).await?;
        let seen = seen.into_iter().next().ok_or(UseError::NotFound)?;
        Ok((seen.view, seen.letters))
    }

    /// Opens dossiers for their letters: one authority, one line with all their ids.
    async fn open_for_letters(
        &self,
        caller: &Caller,
        processing: &str,
        numbers: &[CaseNumber],
        faults: &mut Vec<LetterFault>,
    ) -> Result<Vec<Seen>, UseError> {
        if numbers.len() > MOST {
            return Err(UseError::Invalid(vec![format!(
                "Choisissez {MOST} dossiers au plus : le reste se prépare ensuite."
            )]));
        }
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let good_friday = caller.good_friday.clone();
        let law = self.law();
        let mut opened: Vec<Pending<(DossierView, Letters)>> = Vec::new();
        let mut cards: Vec<CardRow> = Vec::new();
        for number in numbers {
            let one = async {
                let found = self.card(caller, processing, *number, Operation::Letter).await?;
                let want = Want::Act("courrier");
                if let Err(refusal) = caller.decide(register, &found, want) {
                    let dossier = Some(found.dossier);
                    return self
                        .refuse(caller, processing, Operation::Letter, dossier, refusal)
                        .await;
                }
                let (card, sealed, keys) = self
                    .rows_and_keys(found.office, found.dossier)
                    .await?
                    .ok_or(UseError::NotFound)?;
                let proof = caller.decide(register, &card, Want::Read)?;
                let source = KeySource { root: &self.root, archive: None, keys: &keys };
                let viewed = unlock(&proof, &sealed, source).and_then(|unlocked| {
                    let card = crate::caller::card_of(&card);
                    unlocked.view(&card, Operation::Letter, caller.now, |plain| {
                        let known = plain.known();
                        let place = place_of(register, &known, &good_friday);
                        let case = Case {
                            opened_on: card.opened_on,
                            acts: &plain.acts,
                            known: &known,
                            place: &place,
                        };
                        processed.rules.letters(&case, &law, caller.today)
                    })
                });
                Ok((card, viewed))
            };
            match one.await {
                Ok((card, Ok(pending))) => {
                    opened.push(pending);
                    cards.push(card);
                }
                Ok((card, Err(error))) => {
                    let error = UseError::from(error);
                    if matches!(error, UseError::Broken) {
                        self.raise_broken(caller, processing, card.dossier).await?;
                    }
                    faults.push(LetterFault { number: *number, messages: vec![error.to_string()] });
                }
                Err(UseError::NotFound | UseError::Refused(_)) => faults.push(LetterFault {
                    number: *number,
                    messages: vec!["Ce dossier ne vous est pas accessible.".to_owned()],
                }),
                Err(other) => return Err(other),
            }
        }
        let mut out = Vec::new();
        for group in together(opened) {
            let receipt = self.trace(group.line().clone()).await?;
            let ids = group.line().dossiers.listed().to_vec();
            for (id, (view, letters)) in ids.into_iter().zip(group.release(&receipt)?) {
                if let Some(card) = cards.iter().find(|c| c.dossier == id) {
                    out.push(Seen { card: card.clone(), view, letters });
                }
            }
        }
        Ok(out)
    }

    /// Fills these letters and seals each in an act `courrier`.
    async fn seal_letters(
        &self,
        caller: &Caller,
        processing: &str,
        texts: &BTreeMap<String, InForce>,
        seen: &Seen,
        wanted: Vec<LetterDue>,
        inputs: &Facts,
    ) -> Result<Vec<Printed>, UseError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let register = &self.processed(processing)?.register;
        let office = self.letter_office(caller).await?;
        let (mut drafts, mut filled, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for due in &wanted {
            let text = texts.get(&due.letter).ok_or(UseError::NotFound)?;
            let own = due.to.as_ref().and_then(|(section, no)| {
                let mut sections = seen.view.sections.iter();
                sections.find(|s| s.section == *section && s.occurrence == *no).map(|s| &s.facts)
            });
            let shared: Vec<(&str, &Facts)> = seen
                .view
                .sections
                .iter()
                .filter(|s| register.section(&s.section).is_some_and(|r| !r.repeats))
                .map(|s| (s.section.as_str(), &s.facts))
                .collect();
            let act = due.act.and_then(|no| effective(&seen.view, no));
            let material = Material {
                register,
                office: &office,
                number: seen.card.number,
                opened_on: seen.card.opened_on,
                today: caller.today,
                recipient: own,
                sections: &shared,
                act,
                inputs,
            };
            match text.template.fill(&material) {
                Ok(letter) => {
                    drafts.push(draft(due, &letter, &text.version, caller.today));
                    filled.push(letter);
                }
                Err(more) => missing.extend(more),
            }
        }
        if !missing.is_empty() {
            missing.sort();
            missing.dedup();
            return Err(UseError::Invalid(missing));
        }
        // What was read is what is sealed: an act recorded meanwhile makes one look again.
        let (count, base) = (drafts.len(), Some(seen.card.version));
        let numbers = self
            .record_letters(caller, processing, &seen.card, count, base, |_, _| Ok(drafts))
            .await?;
        let out = numbers.into_iter().zip(wanted).zip(filled);
        Ok(out
            .map(|((no, due), letter)| Printed {
                number: seen.card.number,
                label: register.letter(&due.letter).map_or_else(String::new, |l| l.label.clone()),
                written: LetterWritten {
                    no,
                    letter: due.letter,
                    to: due.to,
                    act: due.act,
                    on: letter.date,
                    sent: None,
                    returned: None,
                    sent_as: due.sent_as,
                },
                letter,
            })
            .collect())
    }

    /// A letter as it was sealed.
    fn printed(&self, processing: &str, seen: &Seen, written: &LetterWritten) -> Option<Printed> {
        let register = &self.processed(processing).ok()?.register;
        let (_, facts) = effective(&seen.view, written.no)?;
        let text = |field: &str| facts.get(field).and_then(Value::as_str).unwrap_or_default();
        let lines = |field: &str| text(field).lines().map(str::to_owned).collect::<Vec<_>>();
        Some(Printed {
            number: seen.card.number,
            label: register.letter(&written.letter).map_or_else(String::new, |l| l.label.clone()),
            written: written.clone(),
            letter: Letter {
                sender: lines("expediteur"),
                recipient: lines("destinataire"),
                place: text("lieu").to_owned(),
                date: written.on,
                reference: seen.card.number.to_string(),
                subject: text("objet").to_owned(),
                body: Letter::body_of(text("contenu")),
                signature: lines("signature"),
            },
        })
    }
}

fn moved(number: CaseNumber) -> LetterFault {
    let message = "Le dossier a changé entre-temps : recommencez.".to_owned();
    LetterFault { number, messages: vec![message] }
}

/// An act as it counts: with its last correction.
fn effective(view: &DossierView, no: u32) -> Option<(Date, &Facts)> {
    let last = |no: u32| view.acts.iter().rev().find(|a| a.corrects == Some(no));
    let mut act = view.acts.iter().find(|a| a.no == no)?;
    for _ in 0..view.acts.len() {
        match last(act.no) {
            Some(later) => act = later,
            None => break,
        }
    }
    Some((act.on, act.facts.as_ref()?))
}

fn draft(due: &LetterDue, letter: &Letter, version: &str, today: Date) -> Draft {
    let text = |t: String| Value::Text(t);
    let mut facts = Facts::from([
        ("modele".to_owned(), text(due.letter.clone())),
        ("version".to_owned(), text(version.to_owned())),
        ("expediteur".to_owned(), text(letter.sender.join("\n"))),
        ("destinataire".to_owned(), text(letter.recipient.join("\n"))),
        ("lieu".to_owned(), text(letter.place.clone())),
        ("objet".to_owned(), text(letter.subject.clone())),
        ("contenu".to_owned(), text(letter.to_text())),
        ("signature".to_owned(), text(letter.signature.join("\n"))),
    ]);
    if let Some((section, no)) = &due.to {
        facts.insert(section.clone(), Value::Reference(*no));
    }
    if let Some(act) = due.act {
        facts.insert("pour".to_owned(), Value::Int(i64::from(act)));
    }
    facts.retain(|_, v| v.as_str() != Some(""));
    Draft { kind: "courrier".to_owned(), on: today, facts, corrects: None }
}
