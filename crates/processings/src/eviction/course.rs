//! The history as the rules read it: effective acts of known kinds, in the order of their numbers,
//! with the few readings that several rules share.

use huis_dossier::{Case, Facts, Known, Value};
use huis_kernel::Date;
use huis_law::Place;

use super::kinds::Kind;

/// An act that counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded<'a> {
    /// Its number in the dossier.
    pub no: u32,
    /// Its kind.
    pub kind: Kind,
    /// The date that the law looks at.
    pub on: Date,
    /// What it holds.
    pub facts: &'a Facts,
}

impl<'a> Recorded<'a> {
    pub(crate) fn date(&self, field: &str) -> Option<Date> {
        self.facts.get(field)?.as_date()
    }
    pub(crate) fn code(&self, field: &str) -> Option<&'a str> {
        self.facts.get(field)?.as_str()
    }
    pub(crate) fn yes(&self, field: &str) -> bool {
        self.facts.get(field).and_then(Value::as_bool) == Some(true)
    }
}

/// The acts of a dossier up to a point, and what surrounds them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Course<'a> {
    all: &'a [Recorded<'a>],
    /// Where the current procedure starts: a reopening for a new incident begins another.
    from: usize,
    pub opened_on: Date,
    pub known: &'a Known,
    pub place: &'a Place,
}

/// Reads the acts of a case; kinds that the register no longer has count for nothing.
pub(crate) fn recorded<'a>(acts: &'a [huis_dossier::Act]) -> Vec<Recorded<'a>> {
    huis_dossier::effective(acts)
        .into_iter()
        .filter_map(|a| {
            Kind::from_id(a.kind).map(|kind| Recorded { no: a.no, kind, on: a.on, facts: a.facts })
        })
        .collect()
}

impl<'a> Course<'a> {
    pub(crate) fn new(case: &Case<'a>, all: &'a [Recorded<'a>]) -> Self {
        let again = |a: &Recorded<'_>| {
            a.kind == Kind::Reouverture && a.code("motif") == Some("incident_recurrent")
        };
        let from = all.iter().rposition(again).unwrap_or(0);
        Self { all, from, opened_on: case.opened_on, known: case.known, place: case.place }
    }

    /// The acts of the current procedure.
    pub(crate) fn acts(&self) -> &'a [Recorded<'a>] {
        self.all.get(self.from..).unwrap_or_default()
    }
    /// All the acts, of earlier procedures too.
    pub(crate) const fn whole(&self) -> &'a [Recorded<'a>] {
        self.all
    }
    /// The last act of a kind.
    pub(crate) fn last(&self, kind: Kind) -> Option<Recorded<'a>> {
        self.last_of(&[kind])
    }
    /// The last act of any of these kinds.
    pub(crate) fn last_of(&self, kinds: &[Kind]) -> Option<Recorded<'a>> {
        self.acts().iter().rev().find(|a| kinds.contains(&a.kind)).copied()
    }
    /// The first act of any of these kinds recorded after act `no`.
    pub(crate) fn next_of(&self, kinds: &[Kind], no: u32) -> Option<Recorded<'a>> {
        self.acts().iter().find(|a| a.no > no && kinds.contains(&a.kind)).copied()
    }
    /// Is there an act of this kind?
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.last(kind).is_some()
    }

    /// The closing that stands, when the dossier is closed.
    pub(crate) fn closing(&self) -> Option<Recorded<'a>> {
        let last =
            self.all.iter().rev().find(|a| matches!(a.kind, Kind::Cloture | Kind::Reouverture))?;
        (last.kind == Kind::Cloture).then_some(*last)
    }
    /// How many times the dossier was reopened.
    pub(crate) fn reopenings(&self) -> u32 {
        let n = self.all.iter().filter(|a| a.kind == Kind::Reouverture).count();
        u32::try_from(n).unwrap_or(u32::MAX)
    }

    /// The judgment that may be executed: an eviction, or time to pay that was not kept, and no
    /// appeal that undid it.
    pub(crate) fn title(&self) -> Option<Recorded<'a>> {
        let judgment = self.last(Kind::Jugement)?;
        let undone = self
            .next_of(&[Kind::DecisionAppel], judgment.no)
            .is_some_and(|d| d.code("issue") == Some("infirme"));
        let executable = match judgment.code("issue") {
            Some("expulsion") => true,
            Some("delais") => self.next_of(&[Kind::DelaisNonTenus], judgment.no).is_some(),
            _ => false,
        };
        (executable && !undone).then_some(judgment)
    }

    /// The first hearing of the last summons: the one before which the prefect is notified.
    pub(crate) fn first_hearing(&self) -> Option<Date> {
        let summons = self.last(Kind::Assignation)?;
        summons.date("audience_le").or_else(|| {
            self.next_of(&[Kind::AudienceFixee], summons.no).and_then(|a| a.date("audience_le"))
        })
    }
    /// The hearing as it is fixed now.
    pub(crate) fn hearing(&self) -> Option<Date> {
        let summons = self.last(Kind::Assignation)?;
        self.acts()
            .iter()
            .rev()
            .filter(|a| {
                a.no > summons.no && matches!(a.kind, Kind::AudienceFixee | Kind::AudienceRenvoyee)
            })
            .find_map(|a| a.date("audience_le"))
            .or_else(|| summons.date("audience_le"))
    }

    /// Does the landlord seize the commission before the summons (*personne morale* other than a
    /// family company, loi n° 89-462 art. 24 II)? `None` when it is not known.
    pub(crate) fn legal_person(&self) -> Option<bool> {
        self.last_of(&[Kind::Assignation, Kind::CommandementPayer])
            .and_then(|a| a.code("bailleur"))
            .or_else(|| self.last(Kind::CommandementPayer).and_then(|a| a.code("bailleur")))
            .map(|code| code == "personne_morale")
            .or_else(|| self.social().filter(|social| *social))
    }
    /// Is the landlord a social one (X-07: *privé ou social*)?
    pub(crate) fn social(&self) -> Option<bool> {
        self.known.get("local", "type_bailleur")?.as_str().map(|code| code == "social")
    }

    /// The *protocole de cohésion sociale* in force on a day.
    pub(crate) fn protocol(&self, day: Date) -> Option<Recorded<'a>> {
        let protocol = self.last(Kind::Protocole)?;
        let ended =
            self.next_of(&[Kind::ProtocoleDenonce], protocol.no).is_some_and(|d| d.on <= day);
        let running = protocol.on <= day && protocol.date("fin").is_none_or(|end| day <= end);
        (running && !ended).then_some(protocol)
    }

    /// The occupants of the dossier, by occurrence number, with the letter that informed each
    /// one that was sent, and did not come back since.
    pub(crate) fn occupants(&self) -> Vec<(u32, Option<Recorded<'a>>)> {
        self.informed("occupant", Kind::InformationOccupant)
    }
    /// The same of the guarantors.
    pub(crate) fn guarantors(&self) -> Vec<(u32, Option<Recorded<'a>>)> {
        self.informed("caution", Kind::InformationCaution)
    }
    fn informed(&self, section: &str, kind: Kind) -> Vec<(u32, Option<Recorded<'a>>)> {
        let numbers = self.known.0.get(section).map(Vec::as_slice).unwrap_or_default();
        let letter = |no: u32| {
            let to = Some(&Value::Reference(no));
            let mine = |a: &&Recorded<'a>| a.kind == kind && a.facts.get(section) == to;
            self.all.iter().filter(mine).find(|a| self.arrived(a)).copied()
        };
        numbers.iter().map(|(no, _)| (*no, letter(*no))).collect()
    }
    /// Was it really sent, and has it not come back since?
    pub(crate) fn arrived(&self, sending: &Recorded<'a>) -> bool {
        sending.code("mode") != Some(CANCELLED) && self.came_back(sending).is_none()
    }
    /// The return of what was sent.
    pub(crate) fn came_back(&self, sending: &Recorded<'a>) -> Option<Recorded<'a>> {
        let letter = sending.facts.get("courrier")?;
        let back = |a: &&Recorded<'a>| {
            a.kind == Kind::CourrierRevenu
                && a.no > sending.no
                && a.facts.get("courrier") == Some(letter)
        };
        self.all.iter().find(back).copied()
    }
}

/// The mode of a sending that was marked by mistake: a correction alone says it.
pub(crate) const CANCELLED: &str = "annule";
