//! The requests of persons about their own data: what the desk reads of them beside its work, and
//! the copy of what a processing holds about one person (RGPD art. 15 and 16, X-16, I12).

use huis_access::{
    ActView, Asked, KeySource, Person, Purview, SectionView, Want, decide_subject, unlock,
};
use huis_documents::Document;
use huis_dossier::{Case, Facts, Fault, Request};
use huis_kernel::{AgentId, CaseNumber, Date, Zone};
use huis_letters::Block;
use huis_register::{Field, FieldKind, Mention, Power, Register, mention_label};
use huis_store::dossiers::CardRow;
use huis_trace::{Authority, Leaf, Line, Operation, Outcome};
use std::collections::{BTreeMap, BTreeSet};

use crate::{ActCommand, Caller, Huis, UseError, huis::place_of, oversight::purpose_label};

/// More openings than that of one dossier within the term are a fault to look at, not a page.
const OPENINGS: u32 = 50_000;

/// Who opened a dossier on a day: no agent is named (I12).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// The day.
    pub on: Date,
    /// The service.
    pub service: String,
    /// The purpose, in the register's words.
    pub purpose: String,
    /// What was done.
    pub operation: &'static str,
    /// How many times that day.
    pub times: u32,
}

/// All that is held about one person in one dossier, with what article 15 adds to it.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonCopy {
    /// The processing whose data they are.
    pub processing: String,
    /// The dossier.
    pub number: CaseNumber,
    /// Since when it exists.
    pub opened_on: Date,
    /// When it was closed, if it was.
    pub closed_on: Option<Date>,
    /// Is it in the archive?
    pub archived: bool,
    /// Whose data: section and occurrence.
    pub person: Person,
    /// Their name as the dossier writes it: last, first.
    pub name: (String, String),
    /// Sections about them.
    pub sections: Vec<SectionView>,
    /// Acts about them.
    pub acts: Vec<ActView>,
    /// Sections left out because they do not say whose they are: for the desk to mend.
    pub unattributed: BTreeSet<String>,
    /// Who opened it, newest first, within the trace's term.
    pub openings: Vec<Opening>,
    /// From which day the openings are known.
    pub since: Date,
    /// Purposes, origin, recipients, retention, rights: title and words.
    pub mentions: Vec<(String, Vec<Block>)>,
}

impl PersonCopy {
    /// The texts that an officer wrote freely of a whole household, which may speak of someone else:
    /// the desk may leave each out of the copy, by this name. A letter to the person is theirs as it
    /// was sent.
    pub fn free_texts(&self, register: &Register) -> BTreeSet<String> {
        let long = |fields: &[Field], facts: &Facts, at: &str| -> Vec<String> {
            let free = |f: &&Field| {
                matches!(f.kind, FieldKind::LongText { .. }) && facts.contains_key(&f.id)
            };
            fields.iter().filter(free).map(|f| format!("{at}.{}", f.id)).collect()
        };
        let mut out = BTreeSet::new();
        for seen in self.sections.iter().filter(|s| s.section != self.person.section) {
            if let Some(section) = register.section(&seen.section) {
                let at = format!("v.{}.{}", seen.section, seen.occurrence);
                out.extend(long(&section.fields, &seen.facts, &at));
            }
        }
        for act in &self.acts {
            let of_one = |f: &Field| matches!(f.kind, FieldKind::Reference { .. });
            if let (Some(kind), Some(facts)) = (register.act(&act.kind), &act.facts)
                && !kind.fields.iter().any(of_one)
            {
                out.extend(long(&kind.fields, facts, &format!("a.{}", act.no)));
            }
        }
        out
    }
}

/// A copy to give: of which dossier, of whom when several bear the name, without what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyCommand {
    /// The dossier.
    pub number: CaseNumber,
    /// Which of several persons of the name.
    pub which: Option<Person>,
    /// The texts left out, each by its name in [`PersonCopy::free_texts`].
    pub left_out: BTreeSet<String>,
    /// What was left out and why: the request keeps it.
    pub why: String,
}

/// What asking for the file of a copy comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum CopyMade {
    /// The file.
    File(Vec<u8>),
    /// Nobody of the name, or several.
    Not(Copied),
}

/// What a request for a copy comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Copied {
    /// The copy.
    Whole(Box<PersonCopy>),
    /// Nobody of the requester's name is in the dossier.
    Nobody,
    /// Several persons bear it: choose by place, or ask a birth date.
    Several(Vec<Person>),
}

impl Huis {
    /// Is this processing the one that takes requests?
    pub fn takes_requests(&self, processing: &str) -> bool {
        self.processed(processing).is_ok_and(|p| p.rules.takes_requests())
    }

    /// What a request asks, for a desk that answers it: beside the section that it would rectify.
    pub async fn request(&self, caller: &Caller, number: CaseNumber) -> Result<Request, UseError> {
        Ok(self.asked(caller, number).await?.request().clone())
    }

    /// Opens a request under the desk's own grant, in its own log.
    async fn asked(&self, caller: &Caller, number: CaseNumber) -> Result<Asked, UseError> {
        let processed = self.requests()?;
        let (register, id) = (&processed.register, processed.register.id.as_str());
        let found = self.card(caller, id, number, Operation::Read).await?;
        let proof = match caller.decide(register, &found, Want::Power(Power::Copy)) {
            Ok(proof) => proof,
            Err(refusal) => {
                let dossier = Some(found.dossier);
                return self.refuse(caller, id, Operation::Read, dossier, refusal).await;
            }
        };
        let (card, sealed) =
            self.store.dossier(found.office, found.dossier).await?.ok_or(UseError::NotFound)?;
        let keys = self.keys_of(&sealed).await?;
        let source = KeySource { root: &self.root, archive: None, keys: &keys };
        let good_friday = caller.good_friday.clone();
        let pending = unlock(&proof, &sealed, source).and_then(|unlocked| {
            unlocked.asked(caller.now, |plain| {
                let known = plain.known();
                let place = place_of(register, &known, &good_friday);
                let opened_on = card.opened_on;
                let case = Case { opened_on, acts: &plain.acts, known: &known, place: &place };
                processed.rules.request(&case)
            })
        });
        let pending = match pending {
            Ok(pending) => pending,
            Err(error) => return Err(self.not_opened(caller, id, &card, error.into()).await?),
        };
        let receipt = self.trace(pending.line().clone()).await?;
        pending.release(&receipt)?.ok_or(UseError::NotFound)
    }

    /// An altered dossier raises its alert before it is refused (I14).
    async fn not_opened(
        &self,
        caller: &Caller,
        processing: &str,
        card: &CardRow,
        error: UseError,
    ) -> Result<UseError, UseError> {
        if matches!(error, UseError::Broken) {
            self.raise_broken(caller, processing, card.dossier).await?;
        }
        Ok(error)
    }

    /// The copy of what a dossier holds about the person of a request, under the authority
    /// *subject*: traced as such in the log of the processing concerned. An archived dossier needs
    /// the archive open in this session.
    pub async fn copy_for(
        &self,
        caller: &Caller,
        request: CaseNumber,
        number: CaseNumber,
        which: Option<&Person>,
    ) -> Result<Copied, UseError> {
        let asked = self.asked(caller, request).await?;
        let processed = self.processed(&asked.request().processing)?;
        let (register, id) = (&processed.register, processed.register.id.as_str());
        let operation = Operation::RightAnswered;
        let found = self.card(caller, id, number, operation).await?;
        let proof = match decide_subject(register, asked, &crate::caller::card_of(&found)) {
            Ok(proof) => proof,
            Err(refusal) => {
                return self.refuse(caller, id, operation, Some(found.dossier), refusal).await;
            }
        };
        let (card, sealed) =
            self.store.dossier(found.office, found.dossier).await?.ok_or(UseError::NotFound)?;
        let keys = self.keys_of(&sealed).await?;
        let archive = self.archive_of(caller.actor.session);
        let source = KeySource { root: &self.root, archive: archive.as_ref(), keys: &keys };
        let made = unlock(&proof, &sealed, source)
            .and_then(|unlocked| unlocked.copy(&crate::caller::card_of(&card), which, caller.now));
        let pending = match made {
            Ok(pending) => pending,
            Err(error) => return Err(self.not_opened(caller, id, &card, error.into()).await?),
        };
        let receipt = self.trace(pending.line().clone()).await?;
        let copy = pending.release(&receipt)?;
        let person = match copy.whose {
            Purview::One(person) => person,
            Purview::Nobody => return Ok(Copied::Nobody),
            Purview::Several(places) => return Ok(Copied::Several(places)),
        };
        let (openings, since) = self.openings(caller, register, &card, &person).await?;
        Ok(Copied::Whole(Box::new(PersonCopy {
            processing: id.to_owned(),
            number: card.number,
            opened_on: card.opened_on,
            closed_on: card.closed_on,
            archived: card.archived,
            mentions: self.mentions_for(caller, register, &person).await?,
            person,
            name: copy.name,
            sections: copy.sections,
            acts: copy.acts,
            unattributed: copy.unattributed,
            openings,
            since,
        })))
    }

    /// Records in the request that its copy was made: of which dossier, and what was left out.
    pub async fn copy_made(
        &self,
        caller: &Caller,
        request: CaseNumber,
        number: CaseNumber,
        left_out: &str,
    ) -> Result<(), UseError> {
        let processing = self.requests()?.register.id.clone();
        let card = self.card(caller, &processing, request, Operation::Act).await?;
        let text = |t: &str| huis_dossier::Value::Text(t.to_owned());
        let mut facts =
            huis_dossier::Facts::from([("dossier".to_owned(), text(&number.to_string()))]);
        if !left_out.trim().is_empty() {
            facts.insert("ecarte".to_owned(), text(left_out.trim()));
        }
        let draft =
            huis_dossier::Draft { kind: COPY.to_owned(), on: caller.today, facts, corrects: None };
        let command = ActCommand { draft, base_version: card.version };
        self.record_act(caller, &processing, request, command).await.map(drop)
    }

    /// The copy as the file that is given, set by `paper` in the words of its page. It is recorded
    /// in the request once the file is there, and before it is given.
    pub async fn make_copy(
        &self,
        caller: &Caller,
        request: CaseNumber,
        command: &CopyCommand,
        paper: impl FnOnce(&PersonCopy) -> Option<Document> + Send,
    ) -> Result<CopyMade, UseError> {
        // Without a press nothing is opened in vain.
        if !self.has_press() {
            return Err(UseError::NotFound);
        }
        let fault = |field: &str, message: &str| Fault {
            field: Some(field.to_owned()),
            code: "copie".to_owned(),
            message: message.to_owned(),
            article: String::new(),
        };
        if !command.left_out.is_empty() && command.why.trim().is_empty() {
            let message = "Dites ce que vous écartez et pourquoi : la demande le garde.";
            return Err(UseError::Faults(vec![fault("pourquoi", message)]));
        }
        let which = command.which.as_ref();
        let copy = match self.copy_for(caller, request, command.number, which).await? {
            Copied::Whole(copy) => copy,
            other => return Ok(CopyMade::Not(other)),
        };
        let free = copy.free_texts(&self.processed(&copy.processing)?.register);
        if !command.left_out.is_subset(&free) {
            let message = "Seul un texte libre sur plusieurs personnes peut être écarté.";
            return Err(UseError::Faults(vec![fault("ecarter", message)]));
        }
        let document = paper(&copy).ok_or(UseError::Internal("copie"))?;
        let file = self.pdf(document).await?;
        self.copy_made(caller, request, command.number, &command.why).await?;
        Ok(CopyMade::File(file))
    }

    /// Who opened what is held about a person, as far as the trace reaches.
    async fn openings(
        &self,
        caller: &Caller,
        register: &Register,
        card: &CardRow,
        person: &Person,
    ) -> Result<(Vec<Opening>, Date), UseError> {
        let rows = self.caught_up().await.lines_of_dossier(card.dossier, OPENINGS).await?;
        if rows.len() >= usize::try_from(OPENINGS).unwrap_or(usize::MAX) {
            return Err(UseError::Internal("consultations"));
        }
        let zone = Zone::named(&caller.office.zone).unwrap_or_else(Zone::utc);
        let since = register.traces.keep.before(caller.today).max(card.opened_on);
        let mut lines = Vec::new();
        for row in rows {
            // A line that does not read is for the verification to tell.
            let Ok(line) = Leaf::from_bytes(row.leaf).line() else { continue };
            let day = line.at.date_in(&zone);
            if day >= since && line.outcome == Outcome::Done && about(register, &line, person) {
                lines.push((day, line));
            }
        }
        let agents: BTreeSet<AgentId> = lines.iter().filter_map(|(_, l)| opener(l)).collect();
        let who = self.store.who(&agents).await?;
        let mut counted: BTreeMap<(std::cmp::Reverse<Date>, String, String, &str), u32> =
            BTreeMap::new();
        for (day, line) in lines {
            let Some(agent) = opener(&line) else { continue };
            let service = who.get(&agent).map_or("", |(_, service)| service.as_str()).trim();
            let service =
                if service.is_empty() { caller.office.name.as_str() } else { service }.to_owned();
            let purpose = purpose_label(register, &line.purpose);
            let key = (std::cmp::Reverse(day), service, purpose, line.operation.label());
            *counted.entry(key).or_default() += 1;
        }
        let openings = counted
            .into_iter()
            .map(|((on, service, purpose, operation), times)| Opening {
                on: on.0,
                service,
                purpose,
                operation,
                times,
            })
            .collect();
        Ok((openings, since))
    }

    /// What article 15 § 1 adds to the data, in the register's and the settings' words.
    async fn mentions_for(
        &self,
        caller: &Caller,
        register: &Register,
        person: &Person,
    ) -> Result<Vec<(String, Vec<Block>)>, UseError> {
        const TOLD: [Mention; 9] = [
            Mention::Controller,
            Mention::Purposes,
            Mention::Origin,
            Mention::Recipients,
            Mention::Retention,
            Mention::Rights,
            Mention::Officer,
            Mention::Free,
            Mention::Complaint,
        ];
        let office = self.letter_office(caller).await?;
        let shows = BTreeSet::from([person.section.clone()]);
        let (mut out, mut missing) = (Vec::new(), Vec::new());
        for which in TOLD {
            match huis_letters::mentions::mention(register, &shows, &office, which) {
                Ok(blocks) => {
                    let words = blocks.into_iter().filter(|b| !matches!(b, Block::Heading(_)));
                    let title = huis_register::french(mention_label(which));
                    out.push((title, words.collect()));
                }
                Err(fault) => missing.push(fault),
            }
        }
        if missing.is_empty() { Ok(out) } else { Err(UseError::Invalid(missing)) }
    }
}

/// The act that records a copy.
pub const COPY: &str = "copie";

/// The agent who opened, or for whom the person concerned had it opened.
fn opener(line: &Line) -> Option<AgentId> {
    match &line.authority {
        Authority::Agent { agent, .. } => Some(*agent),
        Authority::Subject => line.detail.get("agent")?.parse().ok(),
        _ => None,
    }
}

/// Does a line tell of what is about this person? One that opened another's section alone does not:
/// when that was is the other's own affair.
fn about(register: &Register, line: &Line, person: &Person) -> bool {
    let of_another = |s: &huis_trace::SectionFields| {
        let repeats = register.section(&s.section).is_some_and(|r| r.repeats);
        repeats
            && s.occurrence.is_some_and(|no| s.section != person.section || no != person.occurrence)
    };
    line.sections.is_empty() || !line.sections.iter().all(of_another)
}
