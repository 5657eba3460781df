//! One account: what the person was told, what may be done with it, leaving the service.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::Response,
    routing::{get, post},
};
use huis_dossier::{Facts, Value};
use huis_kernel::{AgentId, Date};
use huis_register::{Field, FieldKind, Power};
use huis_usecases::{
    UseError,
    accounts::{AccountState, AgentLine, Duty, DutyDates},
    grants::GrantState,
};

use super::{accounts, faults, scope, shell, typed};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormFaults, FormView, parse, plain},
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::{
        Pair,
        accounts::{Account, AccountAction},
    },
    routes,
};

pub fn routes() -> Router<App> {
    let at = |part: &str| format!("{}/{{id}}{part}", routes::ACCOUNTS);
    Router::new()
        .route(&at(""), get(open))
        .route(&at("/devoirs"), post(duties))
        .route(&at("/fermer"), post(close))
        .route(&at("/bloquer"), post(lock))
        .route(&at("/debloquer"), post(unlock))
        .route(&at("/second-facteur"), post(drop_second))
        .route(&at("/lien"), post(reset_link))
}

fn id_of(text: &str) -> Result<AgentId, PageError> {
    text.parse().map_err(|_| PageError::NotFound)
}

/// Each duty: its field, what it is called, when it was met.
const DUTIES: [(&str, &str, Duty); 3] = [
    ("informe", "Informé du traitement et de la trace le", Duty::Informed),
    ("engage", "Procédure acceptée et engagement signé le", Duty::Committed),
    ("forme", "Formé le", Duty::Trained),
];

const fn met(duty: Duty, dates: DutyDates) -> Option<Date> {
    match duty {
        Duty::Informed => dates.informed_on,
        Duty::Committed => dates.committed_on,
        Duty::Trained => dates.trained_on,
    }
}

fn duty_fields() -> Vec<Field> {
    DUTIES.iter().map(|(id, label, _)| plain(id, label, FieldKind::Date, false)).collect()
}

fn closing_fields() -> Vec<Field> {
    vec![plain("motif", "Motif", FieldKind::Text { max: 200 }, true)]
}

/// The names of the two forms of the page do not meet.
fn context(prefix: &str) -> FormContext {
    FormContext { prefix: prefix.to_owned(), ..FormContext::default() }
}

const DUTY: &str = "devoirs.";
const CLOSING: &str = "depart.";

/// What the page says besides the account.
#[derive(Default)]
struct After {
    duties: Option<FormFaults>,
    closing: Option<FormFaults>,
    link: Option<String>,
    fault: Option<String>,
}

async fn open(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    show(&app, &me, id_of(&id)?, After::default()).await
}

async fn show(app: &App, me: &Me, id: AgentId, after: After) -> Result<Response, PageError> {
    let lines = app.huis.agents(&me.caller).await.map_err(fail)?;
    let line = lines.into_iter().find(|l| l.id == id).ok_or(PageError::NotFound)?;
    let zone = me.zone();
    let base = format!("{}/{id}", routes::ACCOUNTS);
    let own = id == me.caller.actor.agent;
    let open = line.state != AccountState::Closed;
    let (state, tone) = accounts::state(&line);
    let was_refused = after.fault.is_some() || after.duties.is_some() || after.closing.is_some();
    let instant = |at| fmt::instant(at, &zone);
    let mut facts = vec![
        Pair::new("Identifiant", line.login.clone()),
        Pair::new("Service", line.service.clone()),
        Pair::new("Courriel", line.email.clone()),
        Pair::new("Créé le", instant(line.created_at)),
        Pair::new("Dernière connexion", line.signed_in_at.map_or("jamais".to_owned(), instant)),
        Pair::new("Second facteur", if line.second_factor { "en place" } else { "à installer" }),
        Pair::new(
            "Mot de passe",
            if line.must_change {
                "provisoire, à changer à la prochaine connexion".to_owned()
            } else {
                format!("changé le {}", fmt::date(line.password_on))
            },
        ),
    ];
    facts.extend(
        line.waits_until.map(|at| Pair::new("Trop d’essais, attente jusqu’au", instant(at))),
    );
    facts.extend(line.closed_at.map(|at| Pair::new("Fermé le", instant(at))));
    let duties = open.then(|| {
        let fields = duty_fields();
        let form = match &after.duties {
            Some(refusal) => FormView::refused(&fields, refusal, &context(DUTY)),
            None => FormView::from_facts(&fields, &kept(line.duties), &context(DUTY)),
        };
        form.posts(format!("{base}/devoirs"), "Enregistrer ces dates")
    });
    let closing = (open && !own).then(|| {
        let fields = closing_fields();
        let form = match &after.closing {
            Some(refusal) => FormView::refused(&fields, refusal, &context(CLOSING)),
            None => FormView::from_facts(&fields, &Facts::new(), &context(CLOSING)),
        };
        form.posts(format!("{base}/fermer"), "Fermer le compte")
    });
    let answer = page(&Account {
        shell: shell(me, Place::Accounts, Some(("Comptes", routes::ACCOUNTS)), "Compte", &base),
        name: line.name.clone(),
        state: state.to_owned(),
        tone,
        facts,
        grants: grants(app, me, id).await?,
        give: (open && !own && me.can(Power::Grant))
            .then(|| format!("{}?agent={id}", routes::GIVE)),
        duties,
        closing,
        actions: if open { actions(&line, &base, own) } else { Vec::new() },
        link: after.link,
        fault: after.fault,
    });
    Ok(if was_refused { refused(answer, None) } else { answer })
}

/// The account's grants, for whom may know them.
async fn grants(app: &App, me: &Me, id: AgentId) -> Result<Vec<Pair>, PageError> {
    if !me.can(Power::Grant) && !me.can(Power::Review) {
        return Ok(Vec::new());
    }
    let places = app.huis.territory_names(&me.caller).await.map_err(fail)?;
    let all = app.huis.grants(&me.caller, &me.processing).await.map_err(fail)?;
    let state = |state: &GrantState, from, until| match state {
        GrantState::Coming => format!("du {} au {}", fmt::date(from), fmt::date(until)),
        GrantState::InForce => format!("jusqu’au {}", fmt::date(until)),
        GrantState::Expired => format!("terminée le {}", fmt::date(until)),
        GrantState::Withdrawn { at, reason } => {
            format!("retirée le {}\u{a0}: {reason}", fmt::instant(*at, &me.zone()))
        }
    };
    Ok(all
        .iter()
        .filter(|g| g.agent == id)
        .map(|g| {
            let label = format!("{}, {}", g.profile_label, scope(&g.territories, &places));
            Pair::new(label, state(&g.state, g.from, g.until))
        })
        .collect())
}

fn actions(line: &AgentLine, base: &str, own: bool) -> Vec<AccountAction> {
    let action = |label: &str, hint: &str, part: &str, danger| AccountAction {
        label: label.to_owned(),
        hint: hint.to_owned(),
        action: format!("{base}/{part}"),
        danger,
    };
    let mut out = Vec::new();
    if line.state == AccountState::Locked || line.waits_until.is_some() {
        let hint = "La personne peut se connecter à nouveau, ses essais manqués sont oubliés.";
        out.push(action("Débloquer le compte", hint, "debloquer", false));
    }
    // For oneself, another does it: nobody loosens their own door.
    if own {
        return out;
    }
    if line.state == AccountState::Active {
        let hint = "À remettre en main propre quand aucun courriel ne part. Le second facteur \
                    reste demandé.";
        out.push(action("Faire un lien de réinitialisation", hint, "lien", false));
        let hint = "Pour un doute ou une longue absence\u{a0}: ses sessions sont closes, ses \
                    habilitations attendent.";
        out.push(action("Bloquer le compte", hint, "bloquer", true));
    }
    if line.second_factor {
        let hint = "Téléphone et codes de secours perdus\u{a0}: la personne en installera un autre \
                    à sa prochaine connexion.";
        out.push(action("Retirer le second facteur", hint, "second-facteur", true));
    }
    out
}

fn kept(dates: DutyDates) -> Facts {
    DUTIES
        .iter()
        .filter_map(|(id, _, duty)| Some(((*id).to_owned(), Value::Date(met(*duty, dates)?))))
        .collect()
}

async fn duties(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let fields = duty_fields();
    let again = async |refusal: FormFaults| {
        show(&app, &me, id, After { duties: Some(refusal), ..After::default() }).await
    };
    let facts = match parse(&fields, &form, &context(DUTY)) {
        Ok(facts) => facts,
        Err(refusal) => return again(refusal).await,
    };
    let lines = app.huis.agents(&me.caller).await.map_err(fail)?;
    let dates = lines.iter().find(|l| l.id == id).ok_or(PageError::NotFound)?.duties;
    let mut wrong = Vec::new();
    for (field, _, duty) in DUTIES {
        let fault = match (facts.get(field), met(duty, dates)) {
            (Some(Value::Date(on)), before) if Some(*on) != before => {
                match app.huis.record_duty(&me.caller, id, duty, *on).await {
                    Ok(()) => None,
                    Err(UseError::Invalid(reasons)) => Some(reasons.join(" ")),
                    Err(error) => return Err(fail(error)),
                }
            }
            (None, Some(_)) => {
                Some("Une date enregistrée se corrige, elle ne s’efface pas.".into())
            }
            _ => None,
        };
        wrong.extend(fault.map(|message| FieldFault {
            field: Some(field.to_owned()),
            message,
            article: None,
        }));
    }
    if wrong.is_empty() {
        return Ok(done(&app, id, "flash.duty_recorded"));
    }
    again(FormFaults { faults: wrong, typed: typed(&fields, &form, DUTY) }).await
}

async fn close(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let fields = closing_fields();
    let again = async |refusal: FormFaults| {
        show(&app, &me, id, After { closing: Some(refusal), ..After::default() }).await
    };
    let facts = match parse(&fields, &form, &context(CLOSING)) {
        Ok(facts) => facts,
        Err(refusal) => return again(refusal).await,
    };
    let reason = facts.get("motif").and_then(Value::as_str).unwrap_or_default();
    match app.huis.close_agent(&me.caller, id, reason).await {
        Ok(()) => Ok(done(&app, id, "flash.account_closed")),
        Err(UseError::Invalid(reasons)) => {
            let typed = typed(&fields, &form, CLOSING);
            again(FormFaults { faults: faults(reasons, &fields), typed }).await
        }
        Err(error) => Err(fail(error)),
    }
}

fn done(app: &App, id: AgentId, key: &str) -> Response {
    flash(app.tls, &format!("{}/{id}", routes::ACCOUNTS), Tone::Good, key)
}

/// The page again, with what was done or why it was not.
async fn outcome(
    app: &App,
    me: &Me,
    id: AgentId,
    result: Result<(), UseError>,
    key: &str,
) -> Result<Response, PageError> {
    match result {
        Ok(()) => Ok(done(app, id, key)),
        Err(UseError::Invalid(reasons)) => {
            let fault = Some(reasons.join(" "));
            show(app, me, id, After { fault, ..After::default() }).await
        }
        Err(error) => Err(fail(error)),
    }
}

async fn lock(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _: CheckedForm,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let result = app.huis.lock_agent(&me.caller, id).await;
    outcome(&app, &me, id, result, "flash.account_locked").await
}

async fn unlock(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _: CheckedForm,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let result = app.huis.unlock_agent(&me.caller, id).await;
    outcome(&app, &me, id, result, "flash.account_unlocked").await
}

async fn drop_second(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    _: CheckedForm,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let result = app.huis.drop_second_factor(&me.caller, id).await;
    outcome(&app, &me, id, result, "flash.second_factor_dropped").await
}

async fn reset_link(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    headers: HeaderMap,
    _: CheckedForm,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    match app.huis.admin_reset(&me.caller, id).await {
        Ok(token) => {
            // The address that the administrator uses is the one the person will use.
            let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or_default();
            let scheme = if app.tls { "https" } else { "http" };
            let link = Some(format!("{scheme}://{host}{}/{token}", routes::RESET_LINK));
            show(&app, &me, id, After { link, ..After::default() }).await
        }
        Err(error) => outcome(&app, &me, id, Err(error), "").await,
    }
}
