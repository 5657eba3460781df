//! Alerts: read, and closed with a finding.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use huis_dossier::{Facts, Value};
use huis_kernel::AlertId;
use huis_register::{Choice, Field, FieldKind, Power};
use huis_usecases::{
    UseError,
    alerts::{AlertLine, FINDINGS, INTEGRITY, LOG},
};

use super::{shell, when};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{self, FieldFault, FormContext, FormData, FormFaults, FormView, Typed, plain},
    guard::CheckedForm,
    layout::{Place, Tone},
    pages::{
        Link, Pair,
        alerts::{AlertView, Alerts, ClosedAlert},
    },
    routes,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route("/alertes", get(list)).route("/alertes/{id}", post(close))
}

/// How many of the closed ones the page shows.
const CLOSED_SHOWN: usize = 50;

async fn list(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    show(&app, &me, None).await
}

async fn close(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let id: AlertId = id.parse().map_err(|_| PageError::NotFound)?;
    let facts = match forms::parse(&fields(), &form, &context(id)) {
        Ok(facts) => facts,
        Err(faults) => return show(&app, &me, Some((id, faults))).await,
    };
    let text = |field: &str| facts.get(field).and_then(Value::as_str).unwrap_or_default();
    let closed = app
        .huis
        .close_alert(&me.caller, &me.processing, id, text("constat"), text("remarque"))
        .await;
    match closed {
        Ok(()) => Ok(flash(app.tls, routes::ALERTS, Tone::Good, "flash.alert_closed")),
        Err(UseError::Invalid(messages)) => {
            let typed = typed(&form, id);
            let faults = messages
                .into_iter()
                .map(|message| FieldFault { field: None, message, article: None })
                .collect();
            show(&app, &me, Some((id, FormFaults { faults, typed }))).await
        }
        Err(UseError::Refused(_)) => {
            Ok(flash(app.tls, routes::ALERTS, Tone::Warning, "flash.alert_own"))
        }
        Err(error) => Err(fail(error)),
    }
}

async fn show(
    app: &App,
    me: &Me,
    refused: Option<(AlertId, FormFaults)>,
) -> Result<Response, PageError> {
    let lines = app.huis.alerts(&me.caller, &me.processing).await.map_err(fail)?;
    let (closed, open): (Vec<_>, Vec<_>) = lines.into_iter().partition(|a| a.closed.is_some());
    let still_open = |id: AlertId| open.iter().any(|a| a.id == id);
    if let Some((id, _)) = &refused
        && !still_open(*id)
    {
        return Ok(flash(app.tls, routes::ALERTS, Tone::Info, "flash.alert_closed_before"));
    }
    let open = open
        .into_iter()
        .map(|alert| {
            let faults = refused.as_ref().filter(|r| r.0 == alert.id).map(|r| &r.1);
            open_view(me, alert, faults)
        })
        .collect();
    Ok(page(&Alerts {
        shell: shell(app, me, Place::Alerts, "Alertes").await?,
        remarks: super::security::due(app, me).await?,
        open,
        closed: closed
            .into_iter()
            .take(CLOSED_SHOWN)
            .filter_map(|alert| closed_view(me, alert))
            .collect(),
    }))
}

fn open_view(me: &Me, alert: AlertLine, refused: Option<&FormFaults>) -> AlertView {
    let context = context(alert.id);
    let form = alert.closable.then(|| {
        let fields = fields();
        let form = match refused {
            Some(faults) => FormView::refused(&fields, faults, &context),
            None => FormView::from_facts(&fields, &Facts::new(), &context),
        };
        form.posts(format!("/alertes/{}", alert.id), "Fermer l’alerte")
    });
    let mut facts = Vec::new();
    let mut traces = None;
    if let Some((agent, name, service)) = &alert.agent {
        facts.push(Pair::new("Agent", format!("{name} ({service})")));
        traces = me
            .can(Power::Traces)
            .then(|| Link::new("Voir ses traces", format!("{}?agent={agent}", routes::TRACES)));
    }
    facts.push(Pair::new("Levée le", when(me, alert.raised_at)));
    // What was altered is worse than what was read.
    let altered = alert.rule == INTEGRITY || alert.rule == LOG;
    AlertView {
        id: format!("alerte-{}", alert.id),
        title: alert.title,
        summary: fmt::french(&alert.summary),
        tone: if altered { Tone::Bad } else { Tone::Warning },
        facts,
        traces,
        form,
    }
}

fn closed_view(me: &Me, alert: AlertLine) -> Option<ClosedAlert> {
    let closing = alert.closed?;
    let mut title = alert.title;
    if let Some((_, name, _)) = &alert.agent {
        title = format!("{title} ({name})");
    }
    let mut finding = closing.finding;
    if !closing.note.is_empty() {
        finding = format!("{finding}. {}", closing.note);
    }
    Some(ClosedAlert {
        title,
        raised: when(me, alert.raised_at),
        closed: format!("{}, par {}", when(me, closing.at), closing.by),
        finding: fmt::french(&finding),
    })
}

fn fields() -> [Field; 2] {
    let findings = FINDINGS
        .iter()
        .map(|(code, label)| Choice { code: (*code).to_owned(), label: fmt::french(label) })
        .collect();
    let mut note =
        plain("remarque", "Ce qui a été vérifié", FieldKind::LongText { max: 500 }, false);
    note.help = Some("Sans nom de ménage : la remarque reste avec l’alerte.".to_owned());
    [plain("constat", "Constat", FieldKind::Choice(findings), true), note]
}

/// Several forms stand on the page: each has its own names.
fn context(id: AlertId) -> FormContext {
    FormContext { prefix: format!("{id}."), ..FormContext::default() }
}

fn typed(form: &FormData, id: AlertId) -> Typed {
    fields()
        .iter()
        .map(|f| (f.id.clone(), form.get(&format!("{id}.{}", f.id)).unwrap_or_default().to_owned()))
        .collect()
}
