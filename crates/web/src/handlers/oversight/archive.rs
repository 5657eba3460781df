//! The archive: opened by its passphrase for one session, searched apart.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_dossier::Facts;
use huis_register::{Field, FieldKind, Power};
use huis_usecases::{Found, FoundLine, Question, UseError};

use super::shell;
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormFaults, FormView, plain},
    guard::CheckedForm,
    handlers::ways::{self, Refused},
    layout::{Place, Tone},
    pages::{
        Pair,
        archive::{Archive, ArchiveFound, ArchiveRow},
    },
    routes,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/archives", get(start).post(ask))
        .route("/archives/ouvrir", post(unlock))
        .route("/archives/fermer", post(lock))
        .route("/archives/recherche/{ticket}", get(answer))
}

async fn start(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    show(&app, &me, None, &Question::default(), None, None).await
}

async fn unlock(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let phrase = form.get("phrase").unwrap_or_default().trim();
    match app.huis.unlock_archive(&me.caller, &me.processing, phrase).await {
        Ok(()) => Ok(Redirect::to(routes::ARCHIVE).into_response()),
        Err(UseError::Invalid(faults)) => {
            let faults = faults.into_iter().map(|message| FieldFault {
                field: Some("phrase".to_owned()),
                message,
                article: None,
            });
            // A passphrase is never shown again.
            let faults = FormFaults { faults: faults.collect(), typed: Default::default() };
            show(&app, &me, Some(&faults), &Question::default(), None, None).await
        }
        Err(error) => Err(fail(error)),
    }
}

async fn lock(State(app): State<App>, me: Me, _: CheckedForm) -> Response {
    app.huis.close_archive(&me.caller);
    flash(app.tls, routes::ARCHIVE, Tone::Info, "flash.archive_closed")
}

/// Keeps the question; its answer lives behind a ticket, so that no name is in an address (I13).
async fn ask(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    match ways::question(me.register()?, &me.caller, &form, true) {
        Ok(question) => {
            let ticket = app.huis.ask(&me.caller, &question).await.map_err(fail)?;
            Ok(Redirect::to(&format!("/archives/recherche/{ticket}")).into_response())
        }
        Err(refused) => show(&app, &me, None, &Question::default(), Some(&refused), None).await,
    }
}

async fn answer(
    State(app): State<App>,
    me: Me,
    Path(ticket): Path<String>,
) -> Result<Response, PageError> {
    let question = app.huis.question(&me.caller, &ticket).await.map_err(fail)?;
    if !question.archive {
        return Err(PageError::NotFound);
    }
    match app.huis.search(&me.caller, &me.processing, &question).await {
        Ok(found) => show(&app, &me, None, &question, None, Some(found)).await,
        // The session was renewed or the archive closed meanwhile: open it again first.
        Err(UseError::ArchiveLocked) => Ok(Redirect::to(routes::ARCHIVE).into_response()),
        Err(error) => Err(fail(error)),
    }
}

async fn show(
    app: &App,
    me: &Me,
    wrong_phrase: Option<&FormFaults>,
    question: &Question,
    refused: Option<&Refused>,
    found: Option<Found>,
) -> Result<Response, PageError> {
    if !me.can(Power::Archive) {
        return Err(PageError::NotFound);
    }
    let register = me.register()?;
    let open = app.huis.archive_is_open(&me.caller);
    let ways = if open {
        ways::ways(register, &me.caller, routes::ARCHIVE, question, refused)
    } else {
        Vec::new()
    };
    let stage = |id: &str| register.stage(id).map_or_else(|| id.to_owned(), |s| s.label.clone());
    Ok(page(&Archive {
        shell: shell(app, me, Place::Archive, "Archives").await?,
        unlock: (!open).then(|| passphrase(wrong_phrase)),
        lock_action: open.then(|| "/archives/fermer".to_owned()),
        ways,
        found: found.map(|found| ArchiveFound {
            rows: found.lines.into_iter().map(|line| row(line, stage)).collect(),
            missing: found.missing.iter().map(|m| fmt::french(m)).collect(),
            capped: found.cut,
        }),
    }))
}

fn passphrase(wrong: Option<&FormFaults>) -> FormView {
    let field: [Field; 1] =
        [plain("phrase", "Phrase secrète de l’archive", FieldKind::Text { max: 200 }, true)];
    let context = FormContext::default();
    let mut form = match wrong {
        Some(faults) => FormView::refused(&field, faults, &context),
        None => FormView::from_facts(&field, &Facts::new(), &context),
    };
    for field in &mut form.fields {
        field.input_type = "password";
    }
    // One field, whose fault stands beside it; and what was typed is not kept.
    form.summary.clear();
    form.posts("/archives/ouvrir", "Ouvrir l’archive")
}

fn row(found: FoundLine, stage: impl Fn(&str) -> String) -> ArchiveRow {
    let FoundLine { line, by, closed_on, erased_on } = found;
    let mut facts = vec![
        Pair::new("Secteur", line.territory),
        Pair::new("Dernière étape", stage(&line.stage)),
        Pair::new("Ouvert le", fmt::date(line.opened_on)),
    ];
    facts.extend(closed_on.map(|date| Pair::new("Clos le", fmt::date(date))));
    facts.push(Pair::new("Trouvé par", by.join(", ")));
    ArchiveRow {
        number: line.number.to_string(),
        href: routes::dossier(line.number),
        facts,
        erased_on: erased_on.map(fmt::date),
    }
}
