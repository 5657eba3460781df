//! The texts of the letters: read, tried on a made-up person, adapted, taken back (I11).

use axum::{
    extract::{Path, State},
    response::Response,
};
use huis_register::Register;
use huis_usecases::letters::{LetterText as Found, Preview, TemplateFault, placeholders};

use super::batch::parts;
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    guard::CheckedForm,
    layout::{Crumb, Place, Shell, Tone},
    pages::letter_texts::{LetterText, LetterTexts, TextPreview, TextRow},
    routes,
};

fn shell(me: &Me, here: Option<&str>) -> Shell {
    let mut crumbs = vec![Crumb::link("Réglages", routes::SETTINGS)];
    match here {
        None => crumbs.push(Crumb::here("Textes des courriers")),
        Some(here) => {
            crumbs.push(Crumb::link("Textes des courriers", routes::LETTER_TEXTS));
            crumbs.push(Crumb::here(here));
        }
    }
    me.shell(Some(Place::Settings), crumbs)
}

fn recipient(register: &Register, found: &Found) -> String {
    let person = found.entry.to.as_deref().and_then(|to| register.section(to));
    person.map_or_else(
        || fmt::french(found.entry.organisation.as_deref().unwrap_or_default()),
        |s| s.label.clone(),
    )
}

fn said(me: &Me, found: &Found) -> Vec<String> {
    found
        .versions
        .iter()
        .map(|v| {
            let what = if v.shipped { "retour au texte livré" } else { "texte adapté" };
            let at = fmt::instant(v.at, &me.zone());
            format!("Version {}\u{a0}: {what}, le {at}, par {}", v.version, v.by)
        })
        .collect()
}

pub(super) async fn list(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let found = app.huis.letter_texts(&me.caller, &me.processing).await.map_err(fail)?;
    let register = me.register()?;
    let rows = found
        .iter()
        .map(|f| TextRow {
            label: fmt::french(&f.entry.label),
            href: format!("{}/{}", routes::LETTER_TEXTS, f.entry.id),
            to: recipient(register, f),
            state: match said(&me, f).first().filter(|_| f.adapted) {
                Some(last) => last.clone(),
                None => "Texte livré".to_owned(),
            },
            refused: !f.faults.is_empty(),
            source: fmt::french(&f.entry.source),
        })
        .collect();
    Ok(page(&LetterTexts { shell: shell(&me, None), rows }))
}

/// What the page shows beside what is typed.
struct Shown {
    subject: String,
    text: String,
    faults: Vec<TemplateFault>,
    preview: Option<TextPreview>,
}

async fn show(app: &App, me: &Me, id: &str, typed: Option<Shown>) -> Result<Response, PageError> {
    let all = app.huis.letter_texts(&me.caller, &me.processing).await.map_err(fail)?;
    let found = all.into_iter().find(|f| f.entry.id == id).ok_or(PageError::NotFound)?;
    let label = fmt::french(&found.entry.label);
    let versions = said(me, &found);
    let refused = typed.as_ref().is_some_and(|t| !t.faults.is_empty());
    let shown = typed.unwrap_or_else(|| Shown {
        subject: found.subject.clone(),
        text: found.text.clone(),
        faults: found.faults.clone(),
        preview: None,
    });
    let mut answer = page(&LetterText {
        shell: shell(me, Some(&label)),
        label,
        action: format!("{}/{id}", routes::LETTER_TEXTS),
        subject: shown.subject,
        text: shown.text,
        faults: shown
            .faults
            .into_iter()
            .map(|f| (f.line, format!("{} {}", f.message, f.mend)))
            .collect(),
        placeholders: placeholders(me.register()?, &found.entry),
        preview: shown.preview,
        versions,
        adapted: found.adapted,
    });
    if refused {
        *answer.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

pub(super) async fn form(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    show(&app, &me, &id, None).await
}

pub(super) async fn save(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let text = |name: &str| form.get(name).unwrap_or_default().replace("\r\n", "\n");
    let (subject, body) = (text("objet"), text("texte"));
    let (huis, caller, processing) = (&app.huis, &me.caller, me.processing.as_str());
    let done = match form.get("etape") {
        Some("apercu") => {
            let tried = huis.preview_letter(caller, processing, &id, &subject, &body).await;
            let (preview, faults) = match tried.map_err(fail)? {
                Preview::Faults(faults) => (None, faults),
                Preview::Letter(letter) => {
                    let body = parts(&letter.body);
                    let (subject, recipient) = (letter.subject, letter.recipient);
                    (Some(TextPreview { subject, recipient, body }), Vec::new())
                }
            };
            let shown = Shown { subject, text: body, faults, preview };
            return show(&app, &me, &id, Some(shown)).await;
        }
        Some("livre") => huis.adapt_letter(caller, processing, &id, None).await,
        _ => huis.adapt_letter(caller, processing, &id, Some((&subject, &body))).await,
    };
    let faults = done.map_err(fail)?;
    if faults.is_empty() {
        let to = format!("{}/{id}", routes::LETTER_TEXTS);
        return Ok(flash(app.tls, &to, Tone::Good, "flash.settings_saved"));
    }
    show(&app, &me, &id, Some(Shown { subject, text: body, faults, preview: None })).await
}
