//! Entering or rectifying one occurrence of a section. When someone else wrote it meanwhile, mine
//! and theirs are shown field by field.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use huis_access::SectionView;
use huis_kernel::CaseNumber;
use huis_register::{Field, Register, Section};
use huis_usecases::{Opened, Reading, SectionCommand, UseError};

use super::{
    From, beside,
    conflict::{BEFORE, conflict, proposal},
    context::{context, title},
    number, open,
    sheet::{Group, together},
    shell, with_request,
};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormData},
    guard::CheckedForm,
    layout::Tone,
    pages::{Beside, Link, section_form::SectionForm},
    routes,
};

/// The occurrence that does not exist yet, in an address.
const NEW: &str = "nouveau";

/// A section about to be written.
pub(super) struct Work<'a> {
    pub me: &'a Me,
    pub number: CaseNumber,
    pub section: &'a Section,
    /// What it holds now; none for a new occurrence.
    pub seen: Option<SectionView>,
    pub context: FormContext,
    pub group: Group,
    /// The version that the writer had before them.
    pub version: u64,
    /// What the fields held then.
    pub before: Vec<(String, String)>,
    /// The request of a person on which it is rectified.
    pub beside: Option<Beside>,
    /// Who wrote it last, as far as this reader may know: name, and when.
    pub last: Option<(String, String)>,
}

impl<'a> Work<'a> {
    async fn new(
        app: &App,
        me: &'a Me,
        (text, section, occurrence): &(String, String, String),
    ) -> Result<Self, Response> {
        let lost = |e: PageError| e.into_response();
        let number = number(text).map_err(lost)?;
        let register = me.register().map_err(lost)?;
        let section = register.section(section).ok_or_else(|| lost(PageError::NotFound))?;
        let opened = open(app, me, number, Reading::Screen).await?;
        Self::of(me, number, section, occurrence, &opened)
    }

    #[expect(
        clippy::result_large_err,
        reason = "the refusal is the answer itself, made once a request"
    )]
    fn of(
        me: &'a Me,
        number: CaseNumber,
        section: &'a Section,
        occurrence: &str,
        opened: &Opened,
    ) -> Result<Self, Response> {
        let lost = |e: PageError| e.into_response();
        let processed = me.processed().map_err(lost)?;
        let register: &Register = &processed.register;
        // what an act brings is written with that act only.
        let brought = register
            .acts
            .iter()
            .any(|a| processed.rules.brings(&a.id).contains(&section.id.as_str()));
        if brought || !opened.may.writes.contains(&section.id) {
            return Err(lost(PageError::NotFound));
        }
        let of_section = || opened.view.sections.iter().filter(|s| s.section == section.id);
        let seen = if occurrence == NEW {
            let free = section.repeats || of_section().next().is_none();
            if !free || (!section.repeats && opened.view.withheld.contains(&section.id)) {
                return Err(lost(PageError::NotFound));
            }
            None
        } else {
            let found = of_section().find(|s| s.occurrence.to_string() == occurrence);
            Some(found.cloned().ok_or_else(|| lost(PageError::NotFound))?)
        };
        let context = context(me, register, Some(opened));
        let fields: Vec<Field> =
            section.fields.iter().filter(|f| me.sees(&section.id, &f.id)).cloned().collect();
        let version = seen.as_ref().map_or(0, |s| s.version);
        let group = Group::new("", fields);
        let before = Vec::new();
        let last = seen.as_ref().and_then(|s| s.written).and_then(|w| {
            Some((opened.agents.get(&w.agent)?.clone(), fmt::instant(w.at, &me.zone())))
        });
        let beside = None;
        Ok(Self { me, number, section, seen, context, group, version, before, beside, last })
    }

    pub(super) fn label(&self) -> String {
        match &self.seen {
            Some(seen) if self.section.repeats => title(self.section, seen),
            Some(_) => self.section.label.clone(),
            None if self.section.repeats => format!("{}\u{a0}: ajouter", self.section.label),
            None => self.section.label.clone(),
        }
    }

    pub(super) fn action(&self) -> String {
        match &self.seen {
            Some(seen) => routes::section(self.number, &self.section.id, seen.occurrence),
            None => routes::dossier_part(self.number, &format!("volets/{}/{NEW}", self.section.id)),
        }
    }

    pub(super) fn cancel(&self) -> String {
        let dossier = with_request(&routes::dossier(self.number), self.beside.as_ref());
        format!("{dossier}#volet-{}", self.section.id)
    }

    fn show(&self, whole: &[String]) -> Response {
        let mut form = together(std::slice::from_ref(&self.group), whole, &self.context)
            .posts(with_request(&self.action(), self.beside.as_ref()), "Enregistrer")
            .cancels(self.cancel())
            .hides("_version", self.version.to_string());
        // What one started from goes with the form: a conflict then shows what each has changed.
        for (name, value) in &self.before {
            form = form.hides(name, value.clone());
        }
        let mut tools = Vec::new();
        if self.section.repeats && self.seen.is_some() {
            tools.push(Link::new("Retirer du dossier…", format!("{}/retirer", self.action())));
        }
        page(&SectionForm {
            shell: shell(self.me, self.number, Some(&self.section.label)),
            label: self.label(),
            number: self.number.to_string(),
            source: self.section.source.clone(),
            sensitive: self.section.class.sensitive(),
            tools,
            beside: self.beside.clone(),
            form,
        })
    }

    /// What the fields hold now, as typed.
    pub(super) fn now(&self) -> Group {
        let mut group = Group::new("", self.group.fields.clone());
        if let Some(seen) = &self.seen {
            group.fill(&seen.facts, &self.context);
        }
        group
    }

    fn remember(&mut self) {
        let now = self.now().typed;
        self.before = now.into_iter().map(|(id, text)| (format!("{BEFORE}{id}"), text)).collect();
    }

    /// What was before, as the form says.
    fn recall(&mut self, form: &FormData) {
        let names = form.names().filter(|n| n.starts_with(BEFORE));
        self.before =
            names.map(|n| (n.to_owned(), form.get(n).unwrap_or_default().to_owned())).collect();
    }
}

pub(super) async fn form(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, String)>,
    Query(from): Query<From>,
) -> Result<Response, Response> {
    let mut work = Work::new(&app, &me, &path).await?;
    work.beside = beside(&app, &me, work.number, &from).await;
    work.group = work.now();
    work.remember();
    Ok(work.show(&[]))
}

/// What an act proposes for a section, taken over field by field.
pub(super) async fn take_over(
    State(app): State<App>,
    me: Me,
    Path((text, no, section)): Path<(String, u32, String)>,
) -> Result<Response, Response> {
    let lost = |e: PageError| e.into_response();
    let number = number(&text).map_err(lost)?;
    let register = me.register().map_err(lost)?;
    let opened = open(&app, &me, number, Reading::Screen).await?;
    let act = opened.view.acts.iter().find(|a| a.no == no && a.voided.is_none());
    let facts = act.and_then(|a| Some((register.act(&a.kind)?, a.facts.as_ref()?)));
    let found = facts.filter(|(kind, _)| kind.proposes.contains(&section));
    let (found, section) =
        found.zip(register.section(&section)).ok_or_else(|| lost(PageError::NotFound))?;
    let current = opened.view.sections.iter().find(|s| s.section == section.id);
    let occurrence = current.map_or_else(|| NEW.to_owned(), |s| s.occurrence.to_string());
    let mut work = Work::of(&me, number, section, &occurrence, &opened)?;
    work.remember();
    work.group = work.now();
    let mut proposed = found.1.clone();
    proposed.retain(|field, _| section.field(field).is_some());
    work.group.fill(&proposed, &work.context);
    let differs = work.group.typed != work.now().typed;
    Ok(if differs && work.seen.is_some() { proposal(&work) } else { work.show(&[]) })
}

pub(super) async fn send(
    State(app): State<App>,
    me: Me,
    Path(path): Path<(String, String, String)>,
    Query(from): Query<From>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let mut work = Work::new(&app, &me, &path).await?;
    if !from.demande.is_empty() {
        work.beside = beside(&app, &me, work.number, &from).await;
    }
    let version = form.get("_version").and_then(|v| v.parse::<u64>().ok());
    let version = version.ok_or_else(|| PageError::Unreadable.into_response())?;
    work.recall(&form);
    let Some(facts) = work.group.read(&form, &work.context) else {
        // The version stays the one that was read: a fault typed is no reason to miss a conflict.
        work.version = version;
        return Ok(work.show(&[]));
    };
    let command = SectionCommand {
        section: work.section.id.clone(),
        occurrence: work.seen.as_ref().map(|s| s.occurrence),
        base_version: version,
        facts,
        about: None,
        remove: false,
    };
    match app.huis.write_section(&me.caller, &me.processing, work.number, command).await {
        Ok(()) => Ok(flash(app.tls, &work.cancel(), Tone::Good, "flash.section_saved")),
        Err(UseError::Conflict { .. }) => Ok(conflict(&work)),
        Err(UseError::Faults(faults)) => {
            work.version = version;
            work.group.faults.extend(faults.iter().map(FieldFault::from));
            Ok(work.show(&[]))
        }
        Err(UseError::Invalid(faults)) => {
            work.version = version;
            Ok(work.show(&faults))
        }
        Err(error) => Err(fail(error).into_response()),
    }
}
