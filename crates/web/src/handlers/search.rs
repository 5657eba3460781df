//! Searching the running dossiers: a question is posted, its answer lives behind an opaque ticket
//! of the session, so that no name is ever in an address (I13).

use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use huis_kernel::CaseNumber;
use huis_register::{Power, Register};
use huis_usecases::Question;
use serde::Deserialize;

use super::{
    lists::{door_page, next_row},
    ways::{self, Refused},
};
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    guard::CheckedForm,
    layout::Crumb,
    pages::{
        day::ByNumber,
        search::{Search, SearchResults},
    },
    routes,
};

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::SEARCH, get(form).post(ask))
        .route("/recherche/{ticket}", get(answer))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Again {
    reprendre: String,
}

async fn form(
    State(app): State<App>,
    me: Me,
    Query(again): Query<Again>,
) -> Result<Response, PageError> {
    let question = if again.reprendre.is_empty() {
        Question::default()
    } else {
        // A ticket that is over leaves an empty form, not an error.
        app.huis.question(&me.caller, &again.reprendre).await.unwrap_or_default()
    };
    show(&me, &question, None)
}

fn show(me: &Me, question: &Question, refused: Option<&Refused>) -> Result<Response, PageError> {
    if !me.can(Power::Search) {
        return Err(PageError::NotFound);
    }
    let ways = ways::ways(me.register()?, &me.caller, routes::SEARCH, question, refused);
    let crumbs = vec![Crumb::link("Ma journée", routes::DAY), Crumb::here("Recherche")];
    Ok(page(&Search { shell: me.shell(None, crumbs), ways }))
}

async fn ask(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    // The field at the top of each page, and that of the day page of whoever has no list.
    if let Some(number) = form.get("numero") {
        return by_number(&app, &me, number).await;
    }
    match ways::question(me.register()?, &me.caller, &form, false) {
        Ok(question) if !question.number.is_empty() => by_number(&app, &me, &question.number).await,
        Ok(question) => {
            let ticket = app.huis.ask(&me.caller, &question).await.map_err(fail)?;
            Ok(Redirect::to(&format!("{}/{ticket}", routes::SEARCH)).into_response())
        }
        Err(refused) => show(&me, &Question::default(), Some(&refused)),
    }
}

/// A whole number opens its dossier: it says nothing of the person. Whether it exists, and whether
/// the agent may know it, is the dossier page's to say (I13).
async fn by_number(app: &App, me: &Me, number: &str) -> Result<Response, PageError> {
    match number.parse::<CaseNumber>() {
        Ok(found) => Ok(Redirect::to(&routes::dossier(found)).into_response()),
        Err(error) => {
            let mut message = error.to_string();
            if let Some(first) = message.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            message.push('.');
            if me.can(Power::Search) {
                let refused = Refused::number(number, &message);
                return show(me, &Question::default(), Some(&refused));
            }
            let value = number.to_owned();
            let typed = ByNumber { value, fault: Some(message), ..ByNumber::default() };
            door_page(app, me, typed, None).await
        }
    }
}

async fn answer(
    State(app): State<App>,
    me: Me,
    Path(ticket): Path<String>,
) -> Result<Response, PageError> {
    let question = app.huis.question(&me.caller, &ticket).await.map_err(fail)?;
    if question.archive {
        return Err(PageError::NotFound);
    }
    let processed = me.processed()?;
    let found = app.huis.search(&me.caller, &me.processing, &question).await.map_err(fail)?;
    let crumbs = vec![
        Crumb::link("Ma journée", routes::DAY),
        Crumb::link("Recherche", routes::SEARCH),
        Crumb::here("Résultats"),
    ];
    let today = me.caller.today;
    let hint = "Un dossier clos n’est jamais dans cette recherche : cherchez-le dans les archives.";
    Ok(page(&SearchResults {
        shell: me.shell(None, crumbs),
        way: asked(&processed.register, &question),
        again: format!("{}?reprendre={ticket}", routes::SEARCH),
        missing: found.missing,
        rows: found.lines.iter().map(|f| next_row(processed, &f.line, today)).collect(),
        capped: found.cut,
        archive_hint: me.can(Power::Archive).then(|| hint.to_owned()),
        create: me.can(Power::Create),
    }))
}

/// What was asked, in words that name no one.
fn asked(register: &Register, question: &Question) -> String {
    let whole = |search: &&huis_register::Search| {
        search.of.iter().all(|p| {
            let field = p.field.as_deref().unwrap_or_default();
            question.fields.contains_key(&format!("{}.{field}", p.section))
        })
    };
    let labels: Vec<String> =
        register.searches.iter().filter(whole).map(|s| s.label.to_lowercase()).collect();
    if labels.is_empty() { "numéro".to_owned() } else { labels.join(", ou par ") }
}
