use huis_access::{
    Edits, KeySource, Plain, Restriction, Sealing, SectionBody, SectionEdit, Want, Written, unlock,
    write,
};
use huis_dossier::{Case, Facts, Fault, Standing};
use huis_kernel::CaseNumber;
use huis_register::Power;
use huis_store::dossiers::CardRow;
use huis_trace::Operation;

use crate::{
    Caller, Huis, UseError,
    dossier::{next_rows, set_standing, standing},
    huis::place_of,
};

/// A section to write: rectification overwrites (acts never do).
#[derive(Clone, Debug, PartialEq)]
pub struct SectionCommand {
    /// Section.
    pub section: String,
    /// Occurrence; `None` adds one.
    pub occurrence: Option<u32>,
    /// The version the writer had before them.
    pub base_version: u64,
    /// What it holds now.
    pub facts: Facts,
    /// The person it speaks of, when the register says it speaks of one.
    pub about: Option<u32>,
    /// Withdraw it from the dossier (an occupant entered by mistake).
    pub remove: bool,
}

impl SectionCommand {
    /// The same fields, added to what the section's one occurrence holds now.
    pub(crate) fn onto(mut self, plain: &Plain) -> Self {
        let now = plain.sections.iter().find(|(s, ..)| *s == self.section);
        if let Some((_, occurrence, version, body)) = now {
            self.occurrence = Some(*occurrence);
            self.base_version = *version;
            let mut facts = body.facts.clone();
            facts.append(&mut self.facts);
            self.facts = facts;
        }
        self
    }

    /// The edit, keeping what the writer did not touch (whose it is, whether it is hidden).
    pub(crate) fn edit(self, plain: &Plain) -> SectionEdit {
        let old = self.occurrence.and_then(|o| plain.section(&self.section, o));
        SectionEdit {
            body: SectionBody {
                facts: self.facts,
                about: self.about.or_else(|| old.and_then(|b| b.about)),
                restricted: old.and_then(|b| b.restricted.clone()),
                removed: self.remove,
                // Who writes it now, and with which act, is noted as it is sealed.
                written: None,
                brought: old.and_then(|b| b.brought),
            },
            section: self.section,
            occurrence: self.occurrence,
            base_version: self.base_version,
        }
    }
}

impl Huis {
    /// Writes a section.
    pub async fn write_section(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        command: SectionCommand,
    ) -> Result<(), UseError> {
        let section = command.section.clone();
        let want = Want::Write(&section);
        self.edit_section(caller, processing, number, &section, want, Operation::Write, |plain| {
            command.edit(plain)
        })
        .await
    }

    /// Hides a section from the other persons of the dossier, or shows it again (separated or
    /// violent households).
    #[expect(clippy::too_many_arguments, reason = "one argument a word of the sentence")]
    pub async fn restrict_section(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        section: &str,
        occurrence: u32,
        base_version: u64,
        reason: Option<&str>,
    ) -> Result<(), UseError> {
        if reason.is_some_and(|r| !["violences", "separation", "securite"].contains(&r)) {
            return Err(UseError::Invalid(vec!["Choisissez le motif du masquage.".into()]));
        }
        let restricted = reason.map(|r| Restriction { reason: r.to_owned(), since: caller.today });
        let operation = if reason.is_some() { Operation::Hide } else { Operation::RestrictLifted };
        let want = Want::Power(Power::Restrict);
        self.edit_section(caller, processing, number, section, want, operation, |plain| {
            // A section that is not there stays so: the write refuses an unknown occurrence.
            let mut body = plain.section(section, occurrence).cloned().unwrap_or_default();
            body.restricted = restricted;
            SectionEdit {
                section: section.to_owned(),
                occurrence: Some(occurrence),
                base_version,
                body,
            }
        })
        .await
    }

    #[expect(clippy::too_many_arguments, reason = "one argument a word of the sentence")]
    async fn edit_section(
        &self,
        caller: &Caller,
        processing: &str,
        number: CaseNumber,
        section: &str,
        want: Want<'_>,
        operation: Operation,
        edit: impl FnOnce(&Plain) -> SectionEdit,
    ) -> Result<(), UseError> {
        let register = &self.processed(processing)?.register;
        let found = self.card(caller, processing, number, operation).await?;
        if let Err(refusal) = caller.decide(register, &found, want) {
            return self.refuse(caller, processing, operation, Some(found.dossier), refusal).await;
        }
        match self.edit_found(caller, processing, &found, section, want, operation, edit).await {
            Ok(()) => Ok(()),
            Err(e) => Err(self.write_failed(caller, processing, operation, found.dossier, e).await),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one argument a word of the sentence")]
    async fn edit_found(
        &self,
        caller: &Caller,
        processing: &str,
        found: &CardRow,
        section: &str,
        want: Want<'_>,
        operation: Operation,
        edit: impl FnOnce(&Plain) -> SectionEdit,
    ) -> Result<(), UseError> {
        let processed = self.processed(processing)?;
        let register = &processed.register;
        let good_friday = caller.good_friday.clone();
        let law = self.law();
        let mut work = self.store.begin().await?;
        let (mut card, sealed) =
            work.dossier(found.office, found.dossier).await?.ok_or(UseError::NotFound)?;
        let holds = work.holds(found.office, found.dossier).await?;
        let proof = caller.decide(register, &card, want)?;
        let keys = self.keys_of(&sealed).await?;
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let unlocked = unlock(&proof, &sealed, source)?;
        let index = self.index_key(card.office, processing, false).await?;
        let sealing = Sealing { rng: &*self.rng, index: &index, fresh: Vec::new() };
        let mut after: Option<Standing> = None;
        let opened_on = card.opened_on;
        let written = write(&unlocked, operation, caller.now, sealing, |plain| {
            let known = plain.known();
            let place = place_of(register, &known, &good_friday);
            let case = Case { opened_on, acts: &plain.acts, known: &known, place: &place };
            // some sections open only at their moment of the procedure.
            processed
                .rules
                .may_write(&case, section, &law, caller.today)
                .map_err(|fault| vec![fault])?;
            let edit = edit(plain);
            let mut changed = plain.clone();
            if let Some(occurrence) = edit.occurrence {
                changed.sections.retain(|(s, o, ..)| !(*s == edit.section && *o == occurrence));
            }
            changed.sections.push((
                edit.section.clone(),
                edit.occurrence.unwrap_or(u32::MAX),
                0,
                edit.body.clone(),
            ));
            // A lease date or a landlord's kind corrected here moves the running deadlines.
            after = Some(standing(
                processed,
                opened_on,
                &changed,
                &plain.acts,
                &good_friday,
                &law,
                caller.today,
            ));
            Ok::<_, Vec<Fault>>(Edits { sections: vec![edit], acts: Vec::new() })
        })?;
        let (change, line) = match written {
            Written::Done(change, line) => (change, line),
            Written::Conflict { section, occurrence } => {
                return Err(UseError::Conflict { section, occurrence });
            }
            Written::Refused(pending) => {
                drop(work);
                let receipt = self.trace(pending.line().clone()).await?;
                return Err(UseError::Faults(pending.release(&receipt)?));
            }
        };
        let after = after.ok_or(UseError::Internal("situation"))?;
        set_standing(&mut card, &after);
        card.changed_at = caller.now;
        let next = next_rows(register, &card, &sealed.units, &holds);
        let mark = self.put(&mut work, &sealed, &card, &change, &after, &next).await?;
        work.set_card(&card);
        let mut line = *line;
        line.detail.insert("volet".to_owned(), section.to_owned());
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.follow(vec![mark], vec![(entry, line)]).await;
        Ok(())
    }
}
