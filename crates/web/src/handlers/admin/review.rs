//! The periodic review of all grants: each confirmed or withdrawn, one by one.

use axum::{Router, extract::State, response::Response, routing::get};
use huis_kernel::GrantId;
use huis_usecases::UseError;

use super::{grants::Around, shell};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::FormData,
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::grants::{Review, ReviewRow},
    routes,
    term::Chip,
};

pub fn routes() -> Router<App> {
    Router::new().route(routes::REVIEW, get(open).post(decide))
}

async fn open(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    show(&app, &me, &FormData::default(), Vec::new()).await
}

/// What was decided about a grant: confirmed, or withdrawn.
fn decision(form: &FormData, id: GrantId) -> Option<bool> {
    match form.get(&format!("decision.{id}")) {
        Some("confirmer") => Some(true),
        Some("retirer") => Some(false),
        _ => None,
    }
}

async fn show(
    app: &App,
    me: &Me,
    form: &FormData,
    faults: Vec<String>,
) -> Result<Response, PageError> {
    let state = app.huis.review(&me.caller, &me.processing).await.map_err(fail)?;
    let lines = app.huis.review_lines(&me.caller, &me.processing).await.map_err(fail)?;
    let around = Around::new(app, me).await?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let was_refused = !faults.is_empty();
    let answer = page(&Review {
        shell: shell(
            me,
            Place::Grants,
            Some(("Habilitations", routes::GRANTS)),
            "Revue",
            routes::REVIEW,
        ),
        action: routes::REVIEW.to_owned(),
        open: state.open.is_some(),
        faults,
        reason: form.get("motif").unwrap_or_default().to_owned(),
        done: count(state.decided),
        total: count(state.total),
        due: Chip::of(state.due, me.caller.today),
        rows: lines
            .iter()
            .map(|line| ReviewRow {
                id: line.grant.id.to_string(),
                grant: around.row(&line.grant),
                last_use: line
                    .last_use
                    .map_or_else(|| "jamais".to_owned(), |at| fmt::ago(at, me.caller.now)),
                own: line.own,
                chosen: decision(form, line.grant.id),
            })
            .collect(),
    });
    Ok(if was_refused { refused(answer, None) } else { answer })
}

async fn decide(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let (huis, caller, processing) = (&app.huis, &me.caller, me.processing.as_str());
    let (done, key) = match form.get("_etape") {
        Some("ouvrir") => (huis.open_review(caller, processing).await, "flash.review_opened"),
        Some("terminer") => (huis.close_review(caller, processing).await, "flash.review_closed"),
        _ => (save(&app, &me, &form).await, "flash.review_saved"),
    };
    let to = if key == "flash.review_closed" { routes::GRANTS } else { routes::REVIEW };
    match done {
        Ok(()) => Ok(flash(app.tls, to, Tone::Good, key)),
        Err(UseError::Invalid(faults)) => show(&app, &me, &form, faults).await,
        Err(error) => Err(fail(error)),
    }
}

/// Withdrawals first: without their reason nothing is written.
async fn save(app: &App, me: &Me, form: &FormData) -> Result<(), UseError> {
    let (mut keep, mut withdraw) = (Vec::new(), Vec::new());
    for name in form.names() {
        let id = name.strip_prefix("decision.").and_then(|id| id.parse::<GrantId>().ok());
        match id.and_then(|id| Some((id, decision(form, id)?))) {
            Some((id, true)) => keep.push(id),
            Some((id, false)) => withdraw.push(id),
            None => {}
        }
    }
    if keep.is_empty() && withdraw.is_empty() {
        let reason = "Choisissez une décision pour une habilitation au moins.";
        return Err(UseError::Invalid(vec![reason.to_owned()]));
    }
    let reason = form.get("motif").unwrap_or_default();
    if !withdraw.is_empty() {
        app.huis.review_withdraw(&me.caller, &me.processing, &withdraw, reason).await?;
    }
    if !keep.is_empty() {
        app.huis.review_confirm(&me.caller, &me.processing, &keep).await?;
    }
    Ok(())
}
