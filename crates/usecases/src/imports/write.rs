//! One row: tried, then written as an act, or as a new dossier.

use huis_access::{KeySource, decide_rule, gather, unlock};
use huis_dossier::{Case, Draft, Facts, Fault, Value};
use huis_imports::{CellFault, Entry, Row};
use huis_law::geo::Geo;
use huis_register::{FieldKind, Power};
use huis_store::dossiers::CardRow;
use huis_trace::Operation;
use std::collections::BTreeSet;

use super::{
    find::Place,
    job::{Job, towns},
    mark::{Stamp, on_dossier},
    stage::{Verdict, may_open},
};
use crate::{
    ActCommand, Huis, NewCase, SectionCommand, UseError, caller::card_of, entry::missing,
    huis::place_of,
};

impl Huis {
    /// What would become of a row, without writing anything.
    pub(super) async fn try_row(
        &self,
        job: &Job<'_>,
        row: &Row,
        seen: &mut BTreeSet<[u8; 32]>,
    ) -> Result<Verdict, UseError> {
        let entry = match understood(job, row) {
            Ok(entry) => entry,
            Err(verdict) => return Ok(verdict),
        };
        let mark = self.row_mark(&job.staged, &entry);
        if !seen.insert(mark) || self.store.import_mark(job.office(), mark).await?.is_some() {
            return Ok(Verdict::Known);
        }
        match self.find(job, &entry).await? {
            Place::On(card) => {
                let key = self.mark_key(&job.staged);
                let mark = on_dossier(&key, &job.staged.kind.id, card.dossier, &entry);
                if !seen.insert(mark) || self.store.import_mark(job.office(), mark).await?.is_some()
                {
                    return Ok(Verdict::Known);
                }
                let faults = self.judged(job, &card, &entry).await?;
                Ok(if faults.is_empty() { Verdict::Written } else { told(job, &faults) })
            }
            Place::None(_) if opens(job, &entry) => {
                match founding(job, &entry, &self.units(job).await?) {
                    Ok(_) => Ok(Verdict::Written),
                    Err(faults) => Ok(Verdict::Faulty { faults, last: true }),
                }
            }
            Place::None(fault) => Ok(Verdict::Faulty { faults: vec![fault], last: true }),
        }
    }

    /// What the rules say of the act that a row would record, as the dossier stands now.
    async fn judged(
        &self,
        job: &Job<'_>,
        card: &CardRow,
        entry: &Entry,
    ) -> Result<Vec<Fault>, UseError> {
        let processed = job.staged.processed;
        let register = &processed.register;
        let Some((card, sealed, keys)) = self.rows_and_keys(card.office, card.dossier).await?
        else {
            return Err(UseError::NotFound);
        };
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let proof = decide_rule(register, "essai-import", &card_of(&card));
        let (good_friday, law) = (job.caller.good_friday.clone(), self.law());
        let draft = draft(job, entry);
        let answer = unlock(&proof, &sealed, source)?.answer(|plain| {
            let known = plain.known();
            let place = place_of(register, &known, &good_friday);
            let case =
                Case { opened_on: card.opened_on, acts: &plain.acts, known: &known, place: &place };
            processed.rules.judge(&case, &draft, &law, job.caller.today).err().unwrap_or_default()
        })?;
        let mut line = self.import_line(&job.caller, &job.staged.row, "essai");
        line.operation = Operation::Compute;
        let pending = gather(vec![answer], line, None);
        // Inside no transaction: the line may feed the detectors.
        let receipt = self.trace(pending.line().clone()).await?;
        Ok(pending.release(&receipt)?.into_iter().next().map(|(_, f)| f).unwrap_or_default())
    }

    /// Writes a row: once, whatever happened before.
    pub(super) async fn write_row(&self, job: &Job<'_>, row: &Row) -> Result<Verdict, UseError> {
        let entry = match understood(job, row) {
            Ok(entry) => entry,
            Err(verdict) => return Ok(verdict),
        };
        let mark = self.row_mark(&job.staged, &entry);
        if let Some(before) = self.store.import_mark(job.office(), mark).await? {
            return Ok(again(job, row, before.import, before.line));
        }
        let key = self.mark_key(&job.staged);
        let stamp = Stamp {
            row: mark,
            entry: entry.clone(),
            reference: self.reference_mark(&job.staged, &entry),
            import: job.staged.row.import,
            line: row.no,
            kind: job.staged.kind.id.clone(),
            until: job.staged.kind.recognises.after(job.caller.today),
            key,
        };
        // Someone may work on the same dossier at this moment: look again, a few times.
        for _ in 0..4 {
            let done = match self.find(job, &entry).await? {
                Place::On(card) => {
                    let mark = on_dossier(&stamp.key, &stamp.kind, card.dossier, &entry);
                    if let Some(before) = self.store.import_mark(job.office(), mark).await? {
                        return Ok(again(job, row, before.import, before.line));
                    }
                    self.write_on(job, *card, &entry, &stamp).await
                }
                Place::None(_) if opens(job, &entry) => {
                    match founding(job, &entry, &self.units(job).await?) {
                        Ok(new) => self
                            .create_stamped(
                                &job.caller,
                                &job.staged.row.processing,
                                new,
                                Some(&stamp),
                            )
                            .await
                            .map(|_| ()),
                        Err(faults) => return Ok(Verdict::Faulty { faults, last: true }),
                    }
                }
                Place::None(fault) => {
                    return Ok(Verdict::Faulty { faults: vec![fault], last: false });
                }
            };
            return Ok(match done {
                Ok(()) => Verdict::Written,
                Err(error) if error.is_conflict() => continue,
                Err(UseError::Store(e)) if e.is_duplicate() => Verdict::Known,
                Err(UseError::Faults(faults)) => told(job, &faults),
                Err(UseError::Invalid(texts)) => Verdict::Faulty {
                    faults: texts.into_iter().map(CellFault::row).collect(),
                    last: false,
                },
                Err(UseError::NotFound | UseError::Refused(_) | UseError::ArchiveLocked) => {
                    let text = "Ce dossier ne peut plus être complété.";
                    Verdict::Faulty { faults: vec![CellFault::row(text)], last: false }
                }
                Err(UseError::Broken) => {
                    let text =
                        "Ce dossier est en cours de vérification\u{a0}: réessayez plus tard.";
                    Verdict::Faulty { faults: vec![CellFault::row(text)], last: false }
                }
                Err(error) => return Err(error),
            });
        }
        let text = "Le dossier changeait au même moment\u{a0}: renvoyez cette ligne.";
        Ok(Verdict::Faulty { faults: vec![CellFault::row(text)], last: false })
    }

    /// The territorial units in which the sender may open a dossier.
    async fn units(&self, job: &Job<'_>) -> Result<Vec<String>, UseError> {
        let register = &job.staged.processed.register;
        let Ok(mine) = job.caller.power(register, Power::Create) else { return Ok(Vec::new()) };
        let all = self.store.territories(job.office()).await?.into_iter().map(|(code, _)| code);
        Ok(all.filter(|code| mine.is_empty() || mine.contains(code)).collect())
    }

    async fn write_on(
        &self,
        job: &Job<'_>,
        card: CardRow,
        entry: &Entry,
        stamp: &Stamp,
    ) -> Result<(), UseError> {
        let command = ActCommand { draft: draft(job, entry), base_version: card.version };
        let sections = entry
            .sections
            .iter()
            .map(|(section, facts)| SectionCommand {
                section: section.clone(),
                occurrence: None,
                base_version: 0,
                facts: facts.clone(),
                about: None,
                remove: false,
            })
            .collect();
        let processing = &job.staged.row.processing;
        self.record_on(&job.caller, processing, card, command, sections, Some(stamp))
            .await
            .map(|_| ())
    }
}

impl Job<'_> {
    const fn office(&self) -> huis_kernel::OfficeId {
        self.staged.row.office
    }
}

/// A row, or what becomes of it at once.
fn understood(job: &Job<'_>, row: &Row) -> Result<Entry, Verdict> {
    let towns = towns(&job.caller.office.departement);
    match job.plan.mapping.read(&job.plan.header, &job.targets, row, &towns) {
        None => Err(Verdict::Passed),
        Some(Err(faults)) => Err(Verdict::Faulty { faults, last: true }),
        Some(Ok(entry)) => Ok(entry),
    }
}

/// A row already written: by this very row, before the program stopped, or by another.
fn again(job: &Job<'_>, row: &Row, import: [u8; 16], line: u32) -> Verdict {
    if import == job.staged.row.import && line == row.no {
        Verdict::Written
    } else {
        Verdict::Known
    }
}

fn draft(job: &Job<'_>, entry: &Entry) -> Draft {
    Draft {
        kind: job.staged.kind.act.clone(),
        on: entry.on,
        facts: entry.act.clone(),
        corrects: None,
    }
}

/// The faults of the rules, on the columns that gave the fields.
fn told(job: &Job<'_>, faults: &[Fault]) -> Verdict {
    let faults = faults
        .iter()
        .map(|fault| {
            let key = match fault.field.as_deref() {
                Some("on") => Some("date".to_owned()),
                Some(field) => Some(format!("acte.{field}")),
                None => None,
            };
            CellFault { column: key.map(|k| job.column(&k)), message: fault.message.clone() }
        })
        .collect();
    Verdict::Faulty { faults, last: false }
}

/// May this row open a dossier? Never one that names a number: it means one that exists.
fn opens(job: &Job<'_>, entry: &Entry) -> bool {
    job.plan.open
        && entry.number.is_none()
        && may_open(&job.caller, job.staged.processed, job.staged.kind)
}

/// The dossier that a row opens: its obligatory fields must be there, and its town says its
/// territory.
fn founding(job: &Job<'_>, entry: &Entry, units: &[String]) -> Result<NewCase, Vec<CellFault>> {
    let register = &job.staged.processed.register;
    let mut faults = Vec::new();
    let mut sections: Vec<(String, Facts)> = Vec::new();
    let mut territory = None;
    for section in register
        .sections
        .iter()
        .filter(|s| job.staged.kind.opens.contains(&s.id) || entry.sections.contains_key(&s.id))
    {
        let mut facts = entry.people.get(&section.id).cloned().unwrap_or_default();
        facts.extend(entry.sections.get(&section.id).cloned().unwrap_or_default());
        for (field, _) in missing(&section.fields, &facts) {
            faults.push(CellFault::at(
                job.column(&format!("{}.{}", section.id, field.id)),
                "Il le faut pour ouvrir un dossier.",
            ));
        }
        for field in section.fields.iter().filter(|f| f.kind == FieldKind::Commune) {
            let code = facts.get(&field.id).and_then(Value::as_str);
            let town = code.and_then(|code| Geo::embedded().commune(code));
            territory = territory.or_else(|| town?.arrondissement);
        }
        if !facts.is_empty() {
            sections.push((section.id.clone(), facts));
        }
    }
    let within = territory.filter(|t| units.iter().any(|u| u == t));
    match within {
        Some(territory) if faults.is_empty() => {
            Ok(NewCase { territory: territory.to_owned(), sections, acts: vec![draft(job, entry)] })
        }
        Some(_) => Err(faults),
        None => {
            if faults.is_empty() {
                let text = "Le logement n’est pas dans votre périmètre\u{a0}: le dossier n’a pas \
                            été ouvert.";
                faults.push(CellFault::row(text));
            }
            Err(faults)
        }
    }
}
