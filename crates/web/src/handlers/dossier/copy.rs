//! The copy of what is held about one person, before it is given to them (RGPD art. 15, I12). What
//! may not be shown is not in what was opened: this page only puts it in words.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use huis_kernel::CaseNumber;
use huis_register::{Field, FieldKind, Register};
use huis_usecases::{Copied, Person, PersonCopy, UseError};
use serde::Deserialize;
use std::collections::BTreeSet;

use super::{context::context, number, shell};
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormFaults, FormView, plain, show as say},
    guard::CheckedForm,
    pages::{
        Pair,
        copy::{CopyPage, CopyPart, CopyView},
    },
    routes,
};

/// Of which dossier, and of whom when several bear the name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::handlers) struct Asked {
    pub dossier: String,
    pub volet: String,
    pub occurrence: String,
}

impl Asked {
    pub(in crate::handlers) fn person(&self) -> Option<Person> {
        let occurrence = self.occurrence.parse().ok()?;
        Some(Person { section: self.volet.clone(), occurrence })
    }
}

/// The page with nothing in it yet.
fn blank(me: &Me, request: CaseNumber, of: CaseNumber) -> CopyPage {
    CopyPage {
        shell: shell(me, request, Some("Copie des données")),
        request: request.to_string(),
        number: of.to_string(),
        unlock: None,
        none: None,
        several: Vec::new(),
        copy: None,
        faults: Vec::new(),
        make: None,
    }
}

fn lost(error: PageError) -> Response {
    error.into_response()
}

pub(super) async fn show(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    screen(&app, &me, &text, &asked, Vec::new()).await
}

/// The copy as it would be given.
pub(in crate::handlers) async fn screen(
    app: &App,
    me: &Me,
    text: &str,
    asked: &Asked,
    faults: Vec<String>,
) -> Result<Response, Response> {
    let request = number(text).map_err(lost)?;
    let of = number(&asked.dossier).map_err(lost)?;
    if !app.huis.takes_requests(&me.processing) {
        return Err(lost(PageError::NotFound));
    }
    let mut shown = blank(me, request, of);
    shown.faults = faults;
    let which = asked.person();
    match app.huis.copy_for(&me.caller, request, of, which.as_ref()).await {
        Ok(Copied::Whole(copy)) => {
            let register =
                &app.huis.processed(&copy.processing).map_err(|e| lost(fail(e)))?.register;
            shown.copy = Some(view(me, register, &copy));
            let made = || routes::dossier_part(request, "copie.pdf");
            shown.make = app.huis.has_press().then(made);
        }
        Ok(Copied::Nobody) => {
            shown.none = Some(
                "Personne de ce nom n’est dans ce dossier. Vérifiez le numéro, et que la demande écrit le nom et le prénom comme le dossier.".to_owned(),
            );
        }
        Ok(Copied::Several(places)) => {
            shown.several = places.iter().map(|p| place(&app.huis, request, of, p)).collect();
        }
        Err(UseError::ArchiveLocked) => {
            shown.unlock = Some(passphrase(request, &asked.dossier, None));
        }
        Err(UseError::Refused(_)) => {
            shown.none = Some(
                "L’identité de la personne n’est pas encore vérifiée : enregistrez d’abord comment elle l’a été.".to_owned(),
            );
        }
        Err(UseError::NotFound) => {
            shown.none = Some(
                "Cette demande ne vise pas ce dossier, ou il n’existe plus. La demande doit porter son numéro, exercer le droit d’accès et n’être pas close.".to_owned(),
            );
        }
        Err(UseError::Invalid(missing)) => shown.faults.extend(missing),
        Err(error) => return Err(lost(fail(error))),
    }
    Ok(page(&shown))
}

/// « Occupant 2 », without a name: what the choice between namesakes shows.
fn place(
    huis: &huis_usecases::Huis,
    request: CaseNumber,
    of: CaseNumber,
    person: &Person,
) -> (String, String) {
    let mut sections = huis.processings().filter_map(|p| p.register.section(&person.section));
    let label = sections.next().map_or(person.section.as_str(), |s| s.label.as_str());
    let occurrence = person.occurrence.to_string();
    let to = routes::with_query(
        &routes::dossier_part(request, "copie"),
        &[("dossier", &of.to_string()), ("volet", &person.section), ("occurrence", &occurrence)],
    );
    (format!("{label} {occurrence}"), to)
}

fn passphrase(request: CaseNumber, of: &str, wrong: Option<&FormFaults>) -> FormView {
    let field: [Field; 1] =
        [plain("phrase", "Phrase secrète de l’archive", FieldKind::Text { max: 200 }, true)];
    let context = FormContext::default();
    let mut form = match wrong {
        Some(faults) => FormView::refused(&field, faults, &context),
        None => FormView::from_facts(&field, &huis_dossier::Facts::new(), &context),
    };
    for field in &mut form.fields {
        field.input_type = "password";
    }
    form.summary.clear();
    form.posts(routes::dossier_part(request, "copie/archives"), "Ouvrir l’archive")
        .hides("dossier", of.to_owned())
}

pub(super) async fn unlock(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, Response> {
    let request = number(&text).map_err(lost)?;
    let of = form.get("dossier").unwrap_or_default();
    let of = number(of).map_err(lost)?;
    let phrase = form.get("phrase").unwrap_or_default().trim();
    match app.huis.unlock_archive(&me.caller, &me.processing, phrase).await {
        Ok(()) => {
            let to = routes::dossier_part(request, "copie");
            let to = routes::with_query(&to, &[("dossier", &of.to_string())]);
            Ok(Redirect::to(&to).into_response())
        }
        Err(UseError::Invalid(faults)) => {
            let faults = faults.into_iter().map(|message| FieldFault {
                field: Some("phrase".to_owned()),
                message,
                article: None,
            });
            // A passphrase is never shown again.
            let faults = FormFaults { faults: faults.collect(), typed: Default::default() };
            let mut shown = blank(&me, request, of);
            shown.unlock = Some(passphrase(request, &of.to_string(), Some(&faults)));
            Ok(page(&shown))
        }
        Err(error) => Err(lost(fail(error))),
    }
}

/// The copy in words.
pub(in crate::handlers) fn view(me: &Me, register: &Register, copy: &PersonCopy) -> CopyView {
    let context = context(me, register, None);
    let free = copy.free_texts(register);
    let sections = copy.sections.iter().filter_map(|s| {
        let section = register.section(&s.section)?;
        let id = format!("v.{}.{}", s.section, s.occurrence);
        Some(part(section.label.clone(), &id, (&section.fields, &s.facts), &free, &context))
    });
    let acts = copy.acts.iter().filter_map(|a| {
        let kind = register.act(&a.kind)?;
        let title = format!("{} – {} (n°\u{a0}{})", fmt::date(a.on), kind.label, a.no);
        let facts = a.facts.as_ref()?;
        Some(part(title, &format!("a.{}", a.no), (&kind.fields, facts), &free, &context))
    });
    let name = format!("{} {}", copy.name.0, copy.name.1);
    let mut card = vec![
        Pair::new("Traitement", fmt::french(&register.name)),
        Pair::new("Dossier", copy.number.to_string()),
        Pair::new("Personne concernée", name.trim().to_owned()),
        Pair::new("Ouvert le", fmt::date(copy.opened_on)),
    ];
    card.extend(copy.closed_on.map(|on| Pair::new("Clos le", fmt::date(on))));
    let unattributed = copy.unattributed.iter();
    CopyView {
        name: name.trim().to_owned(),
        processing: fmt::french(&register.name),
        card,
        sections: sections.collect(),
        acts: acts.collect(),
        openings: copy
            .openings
            .iter()
            .map(|o| {
                let purpose = fmt::french(&o.purpose);
                (fmt::date(o.on), o.service.clone(), purpose, o.operation.to_owned(), o.times)
            })
            .collect(),
        since: fmt::date(copy.since),
        mentions: copy
            .mentions
            .iter()
            .map(|(title, blocks)| (title.clone(), blocks.iter().flat_map(texts).collect()))
            .collect(),
        unattributed: unattributed
            .map(|id| register.section(id).map_or_else(|| id.clone(), |s| s.label.clone()))
            .collect(),
        place: (copy.person.section.clone(), copy.person.occurrence),
    }
}

fn texts(block: &huis_usecases::letters::Block) -> Vec<String> {
    use huis_usecases::letters::Block;
    match block {
        Block::Heading(text) | Block::Paragraph(text) => vec![text.clone()],
        Block::List(items) => vec![format!("{}.", items.join("\u{a0}; "))],
    }
}

fn part(
    title: String,
    id: &str,
    (fields, facts): (&[Field], &huis_dossier::Facts),
    free: &BTreeSet<String>,
    context: &FormContext,
) -> CopyPart {
    let mut out = CopyPart { title, pairs: Vec::new(), free: Vec::new() };
    for field in fields {
        let Some(value) = facts.get(&field.id) else { continue };
        let words = say(field, value, context);
        let name = format!("{id}.{}", field.id);
        if free.contains(&name) {
            out.free.push((name, field.label.clone(), words));
        } else {
            out.pairs.push(Pair::new(field.label.clone(), words));
        }
    }
    out
}
