//! One's own tokens: what a program signs in by. Made here, shown once, revoked here.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use huis_kernel::Delay;
use huis_register::{Field, FieldKind};
use huis_usecases::{
    UseError,
    accounts::{NewToken, Scope, TokenLine, TokenState},
};
use std::collections::BTreeSet;

use super::crumbs;
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{
        FieldFault, FormContext, FormData, FormFaults, FormView, SummaryLine, Typed, parse, plain,
    },
    guard::CheckedForm,
    layout::{Shell, Tone},
    pages::{
        Pair,
        accounts::{ScopeChoice, TokenRow, Tokens},
    },
    routes,
};

const NAME: &str = "nom";
const UNTIL: &str = "fin";
const SCOPE: &str = "portee";
const PASSWORD: &str = "actuel";
/// What the form proposes: long enough to be tried, short enough to be forgotten without harm.
const PROPOSED: Delay = Delay { months: 1, days: 0 };

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(routes::MY_TOKENS, get(open).post(make))
        .route(&format!("{}/{{id}}/revoquer", routes::MY_TOKENS), post(revoke))
}

/// How many tokens of one's own are in force.
pub(super) async fn in_force(app: &App, me: &Me) -> Result<usize, PageError> {
    let mine = app.huis.my_tokens(&me.caller).await.map_err(fail)?;
    Ok(mine.iter().filter(|t| t.state == TokenState::InForce).count())
}

fn fields(limit: huis_kernel::Date) -> Vec<Field> {
    let mut name = plain(NAME, "Nom du jeton", FieldKind::Text { max: 60 }, true);
    name.help =
        Some("Celui du logiciel qui s’en servira, par exemple « Logiciel de l’étude ».".to_owned());
    let mut until = plain(UNTIL, "Dernier jour", FieldKind::Date, true);
    until.help = Some(format!("Au plus tard le {}.", fmt::date(limit)));
    vec![name, until]
}

/// What the page shows beside the list.
#[derive(Default)]
struct Shown {
    made: Option<Pair>,
    refused: Option<(FormFaults, BTreeSet<Scope>)>,
    password_fault: Option<String>,
}

async fn show(app: &App, me: &Me, shown: Shown) -> Result<Response, PageError> {
    let rows = app.huis.my_tokens(&me.caller).await.map_err(fail)?;
    let limit = app.huis.token_limit(&me.caller).await.map_err(fail)?;
    let fields = fields(limit);
    let context = FormContext::default();
    let (mut form, chosen, scope_fault) = match &shown.refused {
        Some((faults, chosen)) => {
            let of_scope =
                faults.faults.iter().find(|f| f.field.as_deref() == Some(SCOPE)).cloned();
            // Told beside the boxes, which are no field of the form.
            let mut others = faults.clone();
            others.faults.retain(|f| f.field.as_deref() != Some(SCOPE));
            let mut view = FormView::refused(&fields, &others, &context);
            if let Some(fault) = &of_scope {
                view.summary.push(SummaryLine {
                    target: SCOPE.to_owned(),
                    text: format!("Ce qu’il pourra faire\u{a0}: {}", fault.message),
                });
            }
            (view, chosen.clone(), of_scope.map(|f| f.message))
        }
        None => {
            let until = PROPOSED.after(me.caller.today).min(limit);
            let facts = [(UNTIL.to_owned(), huis_dossier::Value::Date(until))].into();
            let view = FormView::from_facts(&fields, &facts, &context);
            (view, BTreeSet::from([Scope::Read]), None)
        }
    };
    if let Some(fault) = &shown.password_fault {
        form.summary.push(SummaryLine { target: PASSWORD.to_owned(), text: fault.clone() });
    }
    form = form.posts(routes::MY_TOKENS, "Faire le jeton");
    let refused = shown.refused.is_some();
    // A page that shows a token is not one that a language form leads back to.
    let shell = Shell {
        path: routes::MY_TOKENS.to_owned(),
        ..me.shell(None, crumbs(me, "Jetons d’accès"))
    };
    let mut answer = page(&Tokens {
        shell,
        made: shown.made,
        rows: rows.iter().map(|t| row(me, t)).collect(),
        scopes: Scope::ALL
            .into_iter()
            .map(|s| ScopeChoice { code: s.code(), label: s.label(), on: chosen.contains(&s) })
            .collect(),
        scope_fault,
        linked: app.huis.identity_linked(me.caller.actor.agent).await.map_err(fail)?,
        password_fault: shown.password_fault,
        form,
    });
    if refused {
        *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(answer)
}

fn row(me: &Me, token: &TokenLine) -> TokenRow {
    let zone = me.zone();
    let (state, tone) = match token.state {
        TokenState::InForce => ("En vigueur", Tone::Good),
        TokenState::Expired => ("Terminé", Tone::Info),
        TokenState::Revoked(_) => ("Révoqué", Tone::Info),
    };
    let names: Vec<&str> = token.scopes.iter().map(|s| s.code()).collect();
    TokenRow {
        id: format!("jeton-{}", token.id),
        name: token.name.clone(),
        scopes: names.join(", "),
        made: fmt::date(token.made.date_in(&zone)),
        until: fmt::date(token.until),
        seen: token.seen.map_or_else(|| "jamais".to_owned(), |at| fmt::instant(at, &zone)),
        state,
        tone,
        revoke: (token.state == TokenState::InForce)
            .then(|| format!("{}/{}/revoquer", routes::MY_TOKENS, token.id)),
    }
}

async fn open(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    show(&app, &me, Shown::default()).await
}

async fn make(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let limit = app.huis.token_limit(&me.caller).await.map_err(fail)?;
    let kept = || -> Typed {
        [NAME, UNTIL].map(|n| (n.to_owned(), form.get(n).unwrap_or_default().to_owned())).into()
    };
    let mut password_fault = None;
    let scopes: BTreeSet<Scope> = form.all(SCOPE).filter_map(Scope::of).collect();
    let typed: Vec<(&str, &str)> = form
        .names()
        .filter(|n| ![SCOPE, PASSWORD].contains(n))
        .map(|n| (n, form.get(n).unwrap_or_default()))
        .collect();
    let read = parse(
        &fields(limit),
        &FormData::from_pairs(typed.iter().copied()),
        &FormContext::default(),
    );
    let faults = match read {
        Err(mut faults) => {
            if scopes.is_empty() {
                faults.faults.push(FieldFault {
                    field: Some(SCOPE.to_owned()),
                    message: "Cochez au moins une case.".to_owned(),
                    article: None,
                });
            }
            faults
        }
        Ok(facts) => {
            let name = facts.get(NAME).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
            let until = facts.get(UNTIL).and_then(|v| v.as_date()).unwrap_or(me.caller.today);
            let new = NewToken { name: name.clone(), scopes: scopes.clone(), until };
            let password = form.get(PASSWORD).unwrap_or_default();
            match app.huis.make_token(&me.session.state, password, &new).await {
                Ok(token) => {
                    let made = Some(Pair::new(name, token));
                    return show(&app, &me, Shown { made, ..Shown::default() }).await;
                }
                Err(UseError::Faults(faults)) => {
                    let faults = faults.iter().map(FieldFault::from).collect();
                    FormFaults { faults, typed: kept() }
                }
                // The password is not among what the register could describe, and is never kept.
                Err(UseError::Invalid(why)) => {
                    password_fault = Some(why.join(" "));
                    FormFaults { faults: Vec::new(), typed: kept() }
                }
                Err(error) => return Err(fail(error)),
            }
        }
    };
    let refused = Some((faults, scopes));
    show(&app, &me, Shown { refused, password_fault, ..Shown::default() }).await
}

async fn revoke(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _: CheckedForm,
) -> Result<Response, PageError> {
    let id = id.parse().map_err(|_| PageError::NotFound)?;
    app.huis.revoke_token(&me.caller, id).await.map_err(fail)?;
    Ok(flash(app.tls, routes::MY_TOKENS, Tone::Good, "flash.token_revoked"))
}
