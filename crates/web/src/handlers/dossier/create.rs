//! Opening a dossier: where, whom and what it concerns. What looks like it among the running ones
//! is shown before it is made, and an archived one may be hinted at after.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use huis_dossier::{Facts, Fault, Value};
use huis_register::{Choice, Field, FieldKind, Power, Register, Section};
use huis_usecases::{NewCase, Question, UseError, first_sections, referent, unit_of};
use std::collections::BTreeMap;

use super::{
    context::{ADDRESS, context},
    sheet::{Group, together},
};
use crate::{
    app::{App, Me, fail, flash},
    cite::cited,
    errors::{PageError, page},
    forms::{FieldFault, FormContext, FormData, FormView, plain},
    guard::CheckedForm,
    handlers::lists::next_row,
    layout::{Crumb, Tone},
    pages::{
        CaseRow,
        new_dossier::{AddButton, Group as Shown, NewDossier},
    },
    routes,
};

/// The field of the territorial unit.
const UNIT: &str = "secteur";
/// How many occurrences of a section the form shows.
const COUNT: &str = "_combien.";
/// More occurrences than that are added on the dossier itself.
const MOST: usize = 8;

/// One section of the form.
struct Part<'a> {
    section: &'a Section,
    occurrence: usize,
    group: Group,
}

/// The form.
struct Work<'a> {
    me: &'a Me,
    register: &'a Register,
    territories: Vec<(String, String)>,
    context: FormContext,
    unit: Group,
    parts: Vec<Part<'a>>,
    whole: Vec<String>,
    alike: Vec<CaseRow>,
}

impl<'a> Work<'a> {
    async fn new(app: &App, me: &'a Me, counts: &FormData) -> Result<Self, PageError> {
        if !me.can(Power::Create) {
            return Err(PageError::NotFound);
        }
        let register = me.register()?;
        let territories =
            app.huis.territories(&me.caller, &me.processing, Power::Create).await.map_err(fail)?;
        let mut parts = Vec::new();
        for section in first_sections(&me.caller, register) {
            let asked = counts.get(&format!("{COUNT}{}", section.id));
            let asked = asked.and_then(|n| n.parse().ok()).unwrap_or(1);
            let n: usize = if section.repeats { asked } else { 1 };
            for occurrence in 1..=n.clamp(1, MOST) {
                let prefix = format!("{}-{occurrence}.", section.id);
                let group = Group::new(&prefix, section.fields.clone());
                parts.push(Part { section, occurrence, group });
            }
        }
        let unit = Group::new("", unit_field(&territories).into_iter().collect());
        let context = context(me, register, None);
        let (whole, alike) = (Vec::new(), Vec::new());
        Ok(Self { me, register, territories, context, unit, parts, whole, alike })
    }

    fn count(&self, section: &str) -> usize {
        self.parts.iter().filter(|p| p.section.id == section).count()
    }

    /// The sections of which one may want another occurrence.
    fn repeated(&self) -> impl Iterator<Item = &'a Section> {
        let last = |p: &&Part<'a>| p.section.repeats && p.occurrence == self.count(&p.section.id);
        self.parts.iter().filter(last).map(|p| p.section)
    }

    fn show(&self) -> Response {
        let mut form = FormView::default()
            .posts(
                routes::NEW,
                if self.alike.is_empty() {
                    &self.register.words.open
                } else {
                    "Ouvrir quand même"
                },
            )
            .cancels(routes::LIST);
        let unit = together(std::slice::from_ref(&self.unit), &self.whole, &self.context);
        form.summary = unit.summary;
        let mut groups = Vec::new();
        if !unit.fields.is_empty() {
            groups.push(Shown {
                id: "ou".to_owned(),
                label: "Service compétent".to_owned(),
                fields: unit.fields,
                more: Vec::new(),
            });
        }
        for part in &self.parts {
            let view = part.group.view(&self.context);
            form.summary.extend(view.summary);
            if form.communes.is_empty() {
                form.communes = view.communes;
            }
            let several = self.count(&part.section.id) > 1;
            let label = &part.section.label;
            // First what is needed and what one searches by; the rest can wait and is folded.
            let (fields, more) =
                view.fields.into_iter().zip(&part.section.fields).partition::<Vec<_>, _>(
                    |(view, field)| {
                        field.required
                            || field.required_if.is_some()
                            || view.fault.is_some()
                            || searched(self.register, part.section, field)
                            || ADDRESS.contains(&field.id.as_str())
                    },
                );
            groups.push(Shown {
                id: format!("{}-{}", part.section.id, part.occurrence),
                label: if several { format!("{label} {}", part.occurrence) } else { label.clone() },
                fields: fields.into_iter().map(|f| f.0).collect(),
                more: more.into_iter().map(|f| f.0).collect(),
            });
        }
        let mut add = Vec::new();
        for section in self.repeated() {
            let n = self.count(&section.id);
            form = form.hides(&format!("{COUNT}{}", section.id), n.to_string());
            if n < MOST {
                let label = format!("Ajouter\u{a0}: {}", section.label.to_lowercase());
                add.push(AddButton { section: section.id.clone(), label });
            }
        }
        let takes_requests = self.me.processed().is_ok_and(|p| p.rules.takes_requests());
        let notice = self.register.letters.first().map(|l| {
            let says = if takes_requests {
                "L’enregistrement transmet la demande à l’autre guichet le jour même et met en attente les lettres qui lui répondent, accusé de réception d’abord"
            } else {
                "L’ouverture met en attente les lettres qui informent chaque personne du dossier"
            };
            crate::fmt::french(&format!(
                "{says} ({}) : elles partent de la page « Courriers ».",
                cited(&l.source)
            ))
        });
        page(&NewDossier {
            shell: self.me.shell(
                None,
                vec![Crumb::link("Dossiers", routes::LIST), Crumb::here(&self.register.words.open)],
            ),
            title: self.register.words.open.clone(),
            groups,
            add,
            form,
            confirms: !self.alike.is_empty(),
            alike: self.alike.clone(),
            notice: notice.unwrap_or_default(),
        })
    }

    /// Reads every group, each with its faults; `None` when there is one.
    fn read(&mut self, form: &FormData) -> Option<(String, Vec<(String, Facts)>)> {
        let unit = self.unit.read(form, &self.context);
        let mut sections = Vec::new();
        let mut faulty = unit.is_none();
        for part in &mut self.parts {
            part.group.keep(form);
            let blank = part.group.typed.values().all(|t| t.trim().is_empty());
            if part.occurrence > 1 && blank {
                continue;
            }
            match part.group.read(form, &self.context) {
                Some(facts) => sections.push((part.section.id.clone(), facts)),
                None => faulty = true,
            }
        }
        if faulty {
            return None;
        }
        let chosen = unit.as_ref().and_then(|u| u.get(UNIT)?.as_str()).map(str::to_owned);
        match chosen.or_else(|| unit_of(self.register, &self.territories, &sections)) {
            Some(unit) => Some((unit, sections)),
            None => {
                self.whole.push(
                    "La ville du local n’est d’aucun de vos secteurs\u{a0}: choisissez le secteur."
                        .to_owned(),
                );
                None
            }
        }
    }

    /// Says what a rule refuses beside the field that it is about, when it is one of the form.
    fn refuse(&mut self, fault: &Fault) {
        let at = fault.field.as_deref().and_then(|path| path.split_once('.'));
        let held = |part: &&mut Part<'_>| {
            let field = at.filter(|(section, _)| *section == part.section.id).map(|(_, f)| f);
            part.group.fields.iter().any(|f| Some(f.id.as_str()) == field)
        };
        match self.parts.iter_mut().find(held) {
            Some(part) => part.group.faults.push(FieldFault {
                field: at.map(|(_, field)| field.to_owned()),
                ..FieldFault::from(fault)
            }),
            None => self.whole.push(fault.message.clone()),
        }
    }

    /// Running dossiers that a search by what was typed finds.
    async fn look_alike(
        &self,
        app: &App,
        sections: &[(String, Facts)],
    ) -> Result<Vec<CaseRow>, UseError> {
        if !self.me.can(Power::Search) {
            return Ok(Vec::new());
        }
        let processed = app.huis.processed(&self.me.processing)?;
        let mut rows = BTreeMap::new();
        for question in questions(self.register, sections) {
            let found = app.huis.search(&self.me.caller, &self.me.processing, &question).await?;
            for line in found.lines {
                let row = next_row(processed, &line.line, self.me.caller.today);
                rows.entry(line.line.number).or_insert(row);
            }
        }
        Ok(rows.into_values().collect())
    }
}

fn unit_field(territories: &[(String, String)]) -> Option<Field> {
    if territories.len() < 2 {
        return None;
    }
    let choices = territories
        .iter()
        .map(|(code, label)| Choice { code: code.clone(), label: label.clone() })
        .collect();
    let mut field = plain(UNIT, "Secteur", FieldKind::Choice(choices), false);
    field.help = Some("Sans réponse, c’est celui de la ville du local.".to_owned());
    Some(field)
}

fn searched(register: &Register, section: &Section, field: &Field) -> bool {
    register
        .searches
        .iter()
        .flat_map(|s| &s.of)
        .any(|p| p.section == section.id && p.field.as_deref() == Some(field.id.as_str()))
}

/// One question a section that a declared search is made of.
fn questions(register: &Register, sections: &[(String, Facts)]) -> Vec<Question> {
    let mut out = Vec::new();
    for (section, facts) in sections {
        let mut fields = BTreeMap::new();
        let paths = register.searches.iter().flat_map(|s| &s.of);
        for path in paths.filter(|p| p.section == *section) {
            let Some(field) = &path.field else { continue };
            let text = match facts.get(field) {
                Some(Value::Text(t) | Value::Choice(t)) => t.clone(),
                Some(Value::Date(d)) => d.year().to_string(),
                Some(Value::Int(n)) => n.to_string(),
                _ => continue,
            };
            fields.insert(format!("{section}.{field}"), text);
        }
        let whole = register.searches.iter().any(|s| {
            s.of.iter().all(|p| {
                let field = p.field.as_deref().unwrap_or_default();
                fields.contains_key(&format!("{}.{field}", p.section))
            })
        });
        if whole {
            out.push(Question { fields, ..Question::default() });
        }
    }
    out
}

pub(super) async fn form(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    Ok(Work::new(&app, &me, &FormData::default()).await?.show())
}

pub(super) async fn send(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let added = form.get("_ajouter").unwrap_or_default();
    if !added.is_empty() {
        return another(&app, &me, &form, added).await;
    }
    let mut work = Work::new(&app, &me, &form).await?;
    let Some((territory, sections)) = work.read(&form) else {
        return Ok(work.show());
    };
    let mut new = NewCase { territory, sections, acts: Vec::new() };
    // What is refused is said first: a look at what is alike would be for nothing.
    if let Err(UseError::Faults(faults)) = app.huis.try_new(&me.caller, &me.processing, &new) {
        faults.iter().for_each(|fault| work.refuse(fault));
        return Ok(work.show());
    }
    if form.get("_vu") != Some("oui") {
        work.alike = work.look_alike(&app, &new.sections).await.map_err(fail)?;
        if !work.alike.is_empty() {
            return Ok(work.show());
        }
    }
    new.sections.extend(referent(&me.caller, work.register));
    match app.huis.create_dossier(&me.caller, &me.processing, new).await {
        Ok(created) => {
            let to = routes::dossier(created.number);
            if created.archived_match {
                return Ok(flash(app.tls, &to, Tone::Warning, "flash.created_archive"));
            }
            Ok(flash(app.tls, &to, Tone::Good, "flash.created"))
        }
        Err(UseError::Invalid(faults)) => {
            work.whole = faults;
            Ok(work.show())
        }
        Err(UseError::Faults(faults)) => {
            faults.iter().for_each(|fault| work.refuse(fault));
            Ok(work.show())
        }
        Err(error @ UseError::NoRightsDesk) => {
            work.whole = vec![error.to_string()];
            Ok(work.show())
        }
        Err(error) => Err(fail(error)),
    }
}

/// The same form with one more occurrence of a section; nothing is judged yet.
async fn another(
    app: &App,
    me: &Me,
    form: &FormData,
    section: &str,
) -> Result<Response, PageError> {
    let name = format!("{COUNT}{section}");
    let n = form.get(&name).and_then(|n| n.parse::<usize>().ok()).unwrap_or(1);
    let counts: Vec<(String, String)> = form
        .names()
        .filter(|other| other.starts_with(COUNT) && *other != name)
        .map(|other| (other.to_owned(), form.get(other).unwrap_or_default().to_owned()))
        .chain([(name.clone(), n.saturating_add(1).to_string())])
        .collect();
    let mut work = Work::new(app, me, &FormData::from_pairs(counts)).await?;
    work.unit.keep(form);
    for part in &mut work.parts {
        part.group.keep(form);
    }
    Ok(work.show().into_response())
}
