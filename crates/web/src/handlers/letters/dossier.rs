//! The letters of one dossier.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use huis_access::DossierView;
use huis_dossier::{Facts, Value};
use huis_kernel::CaseNumber;
use huis_register::{Letter as Entry, Register};
use huis_usecases::{
    UseError,
    letters::{MODES, RETURNS},
};

use super::batch::sheets;
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    forms::{FormContext, FormFaults, FormView, Typed, parse},
    guard::CheckedForm,
    layout::{Crumb, Place, Shell},
    pages::{
        Link,
        letters::{DossierLetters, LetterForm, WrittenRow},
    },
    routes,
};

fn number(text: &str) -> Result<CaseNumber, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

fn shell(me: &Me, number: CaseNumber, here: &str) -> Shell {
    me.shell(
        Some(Place::List),
        vec![
            Crumb::link("Dossiers", routes::LIST),
            Crumb::link(number.to_string(), routes::dossier(number)),
            Crumb::here(here),
        ],
    )
}

/// What a recipient is called, as far as the reader sees.
fn called(view: &DossierView, to: Option<&(String, u32)>, entry: Option<&Entry>) -> String {
    let Some((section, no)) = to else {
        return entry.and_then(|e| e.organisation.clone()).unwrap_or_default();
    };
    let facts = view.sections.iter().find(|s| s.section == *section && s.occurrence == *no);
    let text = |field: &str| {
        facts.and_then(|s| s.facts.get(field)).and_then(Value::as_str).unwrap_or_default()
    };
    format!("{} {}", text("prenom"), text("nom")).trim().to_owned()
}

fn label(names: &[(&str, &str)], code: &str) -> String {
    names.iter().find(|(c, _)| *c == code).map_or(code, |(_, l)| l).to_owned()
}

pub(super) async fn open(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    let number = number(&text)?;
    let register = me.register()?;
    let (view, letters) =
        app.huis.dossier_letters(&me.caller, &me.processing, number).await.map_err(fail)?;
    let name =
        |id: &str| register.letter(id).map_or_else(|| id.to_owned(), |l| fmt::french(&l.label));
    let due = letters
        .due
        .iter()
        .map(|d| {
            let to = called(&view, d.to.as_ref(), None);
            (name(&d.letter), to, fmt::date(d.since), d.returned)
        })
        .collect();
    let written = letters
        .written
        .iter()
        .rev()
        .map(|w| WrittenRow {
            no: w.no,
            key: format!("{number}.{}", w.no),
            label: name(&w.letter),
            to: called(&view, w.to.as_ref(), register.letter(&w.letter)),
            on: fmt::date(w.on),
            state: match (&w.sent, &w.returned) {
                (_, Some((on, why))) => {
                    format!("revenue le {}\u{a0}: {}", fmt::date(*on), label(&RETURNS, why))
                }
                (Some(sent), None) => format!(
                    "partie le {} ({})",
                    fmt::date(sent.on),
                    label(&MODES, &sent.mode).to_lowercase()
                ),
                (None, None) => "préparée, pas encore partie".to_owned(),
            },
            away: w.sent.is_some() && w.returned.is_none(),
            href: routes::dossier_part(number, &format!("courriers/{}", w.no)),
        })
        .collect();
    Ok(page(&DossierLetters {
        shell: shell(&me, number, "Courriers"),
        number: number.to_string(),
        due,
        written,
        others: others(register, &view, number),
        returns: RETURNS.iter().map(|(c, l)| ((*c).to_owned(), (*l).to_owned())).collect(),
        today: fmt::date(me.caller.today),
        fault: None,
    }))
}

/// Every letter of the register that this dossier can have now, to each person.
fn others(register: &Register, view: &DossierView, number: CaseNumber) -> Vec<Link> {
    let mut out = Vec::new();
    for letter in &register.letters {
        let acted = letter
            .act
            .as_ref()
            .is_none_or(|kind| view.acts.iter().any(|a| a.kind == *kind && a.voided.is_none()));
        if !acted {
            continue;
        }
        let href = |no: u32| {
            routes::dossier_part(number, &format!("courriers/nouveau/{}/{no}", letter.id))
        };
        let name = fmt::french(&letter.label);
        match &letter.to {
            None => out.push(Link::new(name, href(0))),
            Some(section) => {
                for person in view.sections.iter().filter(|s| s.section == *section) {
                    let to = Some((section.clone(), person.occurrence));
                    let who = called(view, to.as_ref(), None);
                    out.push(Link::new(format!("{name} – {who}"), href(person.occurrence)));
                }
            }
        }
    }
    out
}

pub(super) async fn letter(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let asked = (number(&text)?, no.parse().map_err(|_| PageError::NotFound)?);
    let found = app.huis.open_letters(&me.caller, &me.processing, &[asked]).await.map_err(fail)?;
    if found.letters.is_empty() {
        return Err(PageError::NotFound);
    }
    Ok(sheets(&app, &me, found))
}

fn entry<'r>(register: &'r Register, id: &str) -> Result<&'r Entry, PageError> {
    register.letter(id).ok_or(PageError::NotFound)
}

fn form_page(me: &Me, number: CaseNumber, entry: &Entry, to: u32, form: FormView) -> Response {
    let action = routes::dossier_part(number, &format!("courriers/nouveau/{}/{to}", entry.id));
    page(&LetterForm {
        shell: shell(me, number, "Préparer une lettre"),
        title: fmt::french(&entry.label),
        number: number.to_string(),
        to: entry.organisation.clone().unwrap_or_default(),
        form: form
            .posts(action, "Préparer la lettre")
            .cancels(routes::dossier_part(number, "courriers")),
    })
}

pub(super) async fn form(
    State(app): State<App>,
    me: Me,
    Path((text, id, to)): Path<(String, String, u32)>,
) -> Result<Response, PageError> {
    let number = number(&text)?;
    let entry = entry(me.register()?, &id)?;
    if !me.caller.writes_letters(me.register()?) {
        return Err(PageError::NotFound);
    }
    // I13: no form for a dossier that one may not know of.
    app.huis.revision(&me.caller, &me.processing, number).await.map_err(fail)?;
    let form = FormView::from_typed(&entry.fields, &Typed::new(), &[], &FormContext::default());
    Ok(form_page(&me, number, entry, to, form))
}

pub(super) async fn prepare(
    State(app): State<App>,
    me: Me,
    Path((text, id, to)): Path<(String, String, u32)>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let number = number(&text)?;
    let entry = entry(me.register()?, &id)?;
    let context = FormContext::default();
    let inputs: Facts = match parse(&entry.fields, &form, &context) {
        Ok(facts) => facts,
        Err(faults) => {
            app.huis.revision(&me.caller, &me.processing, number).await.map_err(fail)?;
            let view = FormView::refused(&entry.fields, &faults, &context);
            return Ok(refused(form_page(&me, number, entry, to, view)));
        }
    };
    let to_whom = entry.to.as_ref().map(|_| to);
    let huis = &app.huis;
    match huis.prepare_letter(&me.caller, &me.processing, number, &id, to_whom, &inputs).await {
        Ok(made) => {
            let part = format!("courriers/{}", made.written.no);
            Ok(Redirect::to(&routes::dossier_part(number, &part)).into_response())
        }
        Err(UseError::Invalid(texts)) => {
            let mut view = FormView::refused(
                &entry.fields,
                &FormFaults { typed: typed(entry, &form), faults: Vec::new() },
                &context,
            );
            view.summary = texts
                .into_iter()
                .map(|text| crate::forms::SummaryLine { target: String::new(), text })
                .collect();
            Ok(refused(form_page(&me, number, entry, to, view)))
        }
        Err(other) => Err(fail(other)),
    }
}

fn typed(entry: &Entry, form: &crate::forms::FormData) -> Typed {
    let kept =
        entry.fields.iter().filter_map(|f| Some((f.id.clone(), form.get(&f.id)?.to_owned())));
    kept.collect()
}

fn refused(mut answer: Response) -> Response {
    *answer.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    answer
}
