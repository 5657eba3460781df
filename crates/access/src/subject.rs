//! The person concerned and what is held about them (RGPD art. 15, I12). The authority *subject* is
//! closed: it rests on a request that was opened under its desk's own grant, names one dossier and
//! one identified person, and shows what is about that person and nothing of another.

use huis_dossier::{Act, Facts, Request, Value};
use huis_kernel::{AgentId, DossierId, Instant, OfficeId, SessionId};
use huis_register::{ActKind, Class, Field, FieldKind, Power, Register, Section};
use huis_trace::{Authority, Operation, Outcome, SectionFields};
use std::collections::BTreeSet;

use crate::{
    ActView, Card, OpenError, Pending, Plain, Proof, Refusal, SectionBody, SectionView, Unlocked,
    body::ActBody, search::normalise,
};

/// A request as it stands in its own dossier, read by a desk that may give copies. It comes from an
/// opened request and from nowhere else.
#[derive(Debug)]
pub struct Asked {
    request: Request,
    dossier: DossierId,
    office: OfficeId,
    agent: AgentId,
    session: Option<SessionId>,
    address: Option<String>,
}

impl Asked {
    /// What is asked.
    pub const fn request(&self) -> &Request {
        &self.request
    }
}

/// The person concerned, as the request names them.
#[derive(Debug)]
pub(crate) struct Subject {
    asked: Asked,
}

/// A person of a dossier: an occurrence of a section of persons.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// Section.
    pub section: String,
    /// Occurrence.
    pub occurrence: u32,
}

/// Whose data a copy holds, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purview {
    /// The one person that the request names.
    One(Person),
    /// Nobody of this name is in the dossier.
    Nobody,
    /// Several persons of this name: by their places, for the desk to ask a birth date.
    Several(Vec<Person>),
}

/// All that is held about one person in one dossier.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectCopy {
    /// Whose.
    pub whose: Purview,
    /// Their name as the dossier writes it: last, first.
    pub name: (String, String),
    /// Sections about them, in the register's order.
    pub sections: Vec<SectionView>,
    /// Acts about them.
    pub acts: Vec<ActView>,
    /// Sections that should say whose they are and do not: not shown, for the desk to mend.
    pub unattributed: BTreeSet<String>,
}

/// Decides for the person concerned: the request asks for a copy, of this processing, names this
/// dossier, is open, and its author was identified.
pub fn decide_subject<'r>(
    register: &'r Register,
    asked: Asked,
    card: &Card,
) -> Result<Proof<'r>, Refusal> {
    let request = &asked.request;
    let of = request.right == "acces"
        && request.open
        && request.processing == register.id
        && card.processing == register.id
        && card.office == asked.office
        && request.numbers.contains(&card.number);
    if !of {
        return Err(Refusal::NotAsked);
    }
    if !request.identified {
        return Err(Refusal::NotIdentified);
    }
    Ok(Proof {
        register,
        profiles: Vec::new(),
        authority: Authority::Subject,
        session: asked.session,
        address: asked.address.clone(),
        purpose: "droit-acces".to_owned(),
        office: card.office,
        dossier: Some(card.dossier),
        everything: false,
        subject: Some(Subject { asked }),
    })
}

impl Unlocked<'_, '_> {
    /// The request that this dossier is, for a desk that may give copies; `None` when it is none.
    /// Traced in the log of requests, under the desk's grant.
    pub fn asked(
        &self,
        at: Instant,
        rule: impl FnOnce(&Plain) -> Option<Request>,
    ) -> Result<Pending<Option<Asked>>, OpenError> {
        let Authority::Agent { agent, .. } = self.proof.authority else {
            return Err(OpenError::WrongProof);
        };
        if !self.proof.can(Power::Copy) {
            return Err(OpenError::WrongProof);
        }
        let asked = rule(&self.plain()?).map(|request| Asked {
            request,
            dossier: self.sealed.dossier,
            office: self.sealed.office,
            agent,
            session: self.proof.session,
            address: self.proof.address.clone(),
        });
        let line = self.line(Operation::Read, at, Vec::new(), Outcome::Done);
        Ok(Pending::new(asked, line))
    }

    /// The copy of what is held about the person of the request. `which` tells apart persons of one
    /// name, and can name none but these.
    pub fn copy(
        &self,
        card: &Card,
        which: Option<&Person>,
        at: Instant,
    ) -> Result<Pending<SubjectCopy>, OpenError> {
        let Some(subject) = self.proof.subject.as_ref() else { return Err(OpenError::WrongProof) };
        if card.dossier != self.sealed.dossier {
            return Err(OpenError::WrongProof);
        }
        let bodies = self.bodies()?;
        let plain = self.plain_of(bodies.clone())?;
        let register = self.proof.register;
        let mut copy = SubjectCopy {
            whose: whose(register, &plain, &subject.asked.request, which),
            name: (String::new(), String::new()),
            sections: Vec::new(),
            acts: Vec::new(),
            unattributed: BTreeSet::new(),
        };
        let mut seen = Vec::new();
        if let Purview::One(person) = copy.whose.clone() {
            let rule = Whose::new(register, &person);
            if let Some(body) = plain.section(&person.section, person.occurrence) {
                let text = |field: &str| {
                    body.facts.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
                };
                copy.name = (text("nom"), text("prenom"));
            }
            self.sections_of(&rule, &plain, &mut copy, &mut seen);
            self.acts_of(&rule, &plain, bodies, &mut copy);
            if !copy.acts.is_empty() {
                let section = "actes".to_owned();
                seen.push(SectionFields { section, occurrence: None, fields: Vec::new() });
            }
        }
        let mut line = self.line(Operation::RightAnswered, at, seen, Outcome::Done);
        line.detail.insert("agent".to_owned(), subject.asked.agent.to_string());
        line.detail.insert("demande".to_owned(), subject.asked.dossier.to_string());
        if !matches!(copy.whose, Purview::One(_)) {
            line.outcome = Outcome::Refused { rule: "personne".to_owned() };
        }
        Ok(Pending::new(copy, line))
    }

    fn sections_of(
        &self,
        rule: &Whose<'_>,
        plain: &Plain,
        copy: &mut SubjectCopy,
        seen: &mut Vec<SectionFields>,
    ) {
        for section in &self.proof.register.sections {
            let of = plain.sections.iter().filter(|(s, _, _, b)| *s == section.id && !b.removed);
            for (_, occurrence, version, body) in of {
                match rule.section(section, *occurrence, body) {
                    Shown::No => continue,
                    Shown::Unattributed => {
                        copy.unattributed.insert(section.id.clone());
                        continue;
                    }
                    Shown::Yes => {}
                }
                let facts = rule.facts(&section.fields, &body.facts);
                seen.push(SectionFields {
                    section: section.id.clone(),
                    occurrence: section.repeats.then_some(*occurrence),
                    fields: facts.keys().cloned().collect(),
                });
                copy.sections.push(SectionView {
                    section: section.id.clone(),
                    occurrence: *occurrence,
                    version: *version,
                    facts,
                    about: body.about,
                    restricted: None,
                    written: None,
                });
            }
        }
    }

    fn acts_of(
        &self,
        rule: &Whose<'_>,
        plain: &Plain,
        bodies: Vec<ActBody>,
        copy: &mut SubjectCopy,
    ) {
        let register = self.proof.register;
        let acts = self.sealed.acts.iter().zip(bodies);
        for (row, body) in acts.filter(|(a, _)| a.voided.is_none()) {
            let Some(kind) = register.act(&row.kind) else { continue };
            let mut facts = body.facts;
            if !rule.act(register, kind, &facts, &plain.acts) {
                continue;
            }
            // What an act proposes for a section goes as the section does.
            facts.retain(|field, _| match register.proposed(kind, field) {
                None => true,
                Some(section) => {
                    let held = plain.section(&section.id, 1);
                    rule.section(section, 1, held.unwrap_or(&SectionBody::default())) == Shown::Yes
                }
            });
            copy.acts.push(ActView {
                no: row.no,
                kind: row.kind.clone(),
                on: row.on,
                recorded: row.recorded,
                agent: None,
                corrects: row.corrects,
                voided: None,
                facts: Some(rule.facts(&kind.fields, &facts)),
                flags: Vec::new(),
            });
        }
    }
}

/// The sections whose occurrences are persons of a dossier.
fn persons(register: &Register) -> impl Iterator<Item = &Section> {
    register.sections.iter().filter(|s| s.repeats && s.class == Class::Identite)
}

/// The persons that the request can mean: the very same names (accents and case apart: a near
/// spelling may be someone else), and
/// the same birth date when both know one.
fn whose(register: &Register, plain: &Plain, request: &Request, which: Option<&Person>) -> Purview {
    let (last, first) = (normalise(&request.last_name), normalise(&request.first_name));
    if last.is_empty() || first.is_empty() {
        return Purview::Nobody;
    }
    let mut found = Vec::new();
    for section in persons(register) {
        for (_, occurrence, _, body) in
            plain.sections.iter().filter(|(s, _, _, b)| *s == section.id && !b.removed)
        {
            let text = |field: &str| {
                normalise(body.facts.get(field).and_then(Value::as_str).unwrap_or_default())
            };
            let born = body.facts.get("date_naissance").and_then(Value::as_date);
            let apart = request.born.zip(born).is_some_and(|(a, b)| a != b);
            if text("nom") == last && text("prenom") == first && !apart {
                found.push((
                    Person { section: section.id.clone(), occurrence: *occurrence },
                    born.is_some() && born == request.born,
                ));
            }
        }
    }
    // A birth date that fits tells one from a namesake of whom none is known.
    if found.iter().filter(|(_, sure)| *sure).count() == 1 {
        found.retain(|(_, sure)| *sure);
    }
    let mut found: Vec<Person> = found.into_iter().map(|(person, _)| person).collect();
    if let Some(which) = which.filter(|which| found.contains(which)) {
        return Purview::One(which.clone());
    }
    match (found.len(), found.pop()) {
        (1, Some(one)) => Purview::One(one),
        (_, Some(last)) => {
            found.push(last);
            Purview::Several(found)
        }
        _ => Purview::Nobody,
    }
}

/// Is a section in the copy?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Yes,
    No,
    /// It is about one person and does not say which.
    Unattributed,
}

/// What is about one person of a dossier.
struct Whose<'a> {
    person: &'a Person,
    /// One of the household, to whom what the household shares is about too; a guarantor is not.
    household: bool,
}

impl<'a> Whose<'a> {
    fn new(register: &Register, person: &'a Person) -> Self {
        let section = register.section(&person.section);
        Self { person, household: section.is_some_and(|s| s.about.is_some()) }
    }

    fn is(&self, section: &str, occurrence: u32) -> bool {
        self.person.section == section && self.person.occurrence == occurrence
    }

    fn section(&self, section: &Section, occurrence: u32, body: &SectionBody) -> Shown {
        if section.repeats && section.class == Class::Identite {
            // A person: oneself, hidden from the others or not.
            let own = self.is(&section.id, occurrence);
            return if own { Shown::Yes } else { Shown::No };
        }
        if let Some(about) = &section.about {
            return match body.about {
                Some(no) if self.is(about, no) => Shown::Yes,
                Some(_) => Shown::No,
                None => Shown::Unattributed,
            };
        }
        // Hidden from co-holders: whoever it protects, it goes to nobody by this way.
        let shared = !section.repeats
            && body.restricted.is_none()
            && body.about.is_none_or(|no| self.is(&self.person.section, no))
            && match section.class {
                // Identity or contact of someone else: an officer, a representative.
                Class::Identite | Class::Contact => false,
                Class::Logement => true,
                _ => self.household,
            };
        if shared { Shown::Yes } else { Shown::No }
    }

    /// Facts without the references to another person.
    fn facts(&self, fields: &[Field], facts: &Facts) -> Facts {
        let other = |id: &String, value: &Value| {
            let kind = fields.iter().find(|f| f.id == *id).map(|f| &f.kind);
            match (kind, value) {
                (Some(FieldKind::Reference { section }), Value::Reference(no)) => {
                    !self.is(section, *no)
                }
                _ => false,
            }
        };
        facts.iter().filter(|(f, v)| !other(f, v)).map(|(f, v)| (f.clone(), v.clone())).collect()
    }

    /// Is an act about the person? One that names persons is about those; one that speaks of a
    /// letter goes as the letter does; the others are the household's.
    fn act(&self, register: &Register, kind: &ActKind, facts: &Facts, all: &[Act]) -> bool {
        match self.named(kind, facts) {
            Some(own) => own,
            // A letter to an organisation, an act about a person that does not say which.
            None if names_persons(register, kind) => false,
            None => match letter_of(kind, facts) {
                None => self.household,
                Some(no) => all.iter().find(|a| i64::from(a.no) == no).is_some_and(|letter| {
                    let kind = register.act(&letter.kind);
                    kind.is_some_and(|k| self.named(k, &letter.facts) == Some(true))
                }),
            },
        }
    }

    /// Does an act name persons, and this one alone?
    fn named(&self, kind: &ActKind, facts: &Facts) -> Option<bool> {
        let mut named = None;
        for field in &kind.fields {
            if let (FieldKind::Reference { section }, Some(Value::Reference(no))) =
                (&field.kind, facts.get(&field.id))
            {
                let own = self.is(section, *no);
                named = Some(named.unwrap_or(true) && own);
            }
        }
        named
    }
}

fn names_persons(register: &Register, kind: &ActKind) -> bool {
    kind.fields.iter().any(|f| match &f.kind {
        FieldKind::Reference { section } => persons(register).any(|s| s.id == *section),
        _ => false,
    })
}

/// The letter that an act speaks of: the convention of the letters' acts.
fn letter_of(kind: &ActKind, facts: &Facts) -> Option<i64> {
    kind.field("courrier").filter(|f| f.kind == FieldKind::Integer)?;
    facts.get("courrier")?.as_int()
}
