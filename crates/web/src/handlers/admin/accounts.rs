//! The accounts: personal, never shared.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use huis_dossier::{Facts, Value};
use huis_register::{Field, FieldKind};
use huis_usecases::{
    UseError,
    accounts::{AccountState, AgentLine, NewAgent},
};
use std::collections::BTreeMap;

use super::{faults, shell, typed};
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    forms::{FormContext, FormFaults, FormView, parse, plain},
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::{
        Filter, Pair,
        accounts::{AccountRow, Accounts},
    },
    routes,
};

pub fn routes() -> Router<App> {
    Router::new().route(routes::ACCOUNTS, get(list).post(create))
}

/// Which accounts: those of a service, those to see to.
const STATES: [(&str, &str); 5] = [
    ("", "Tous les comptes ouverts"),
    ("sans-habilitation", "Sans habilitation"),
    ("a-informer", "À informer ou engager"),
    ("arretes", "Bloqués ou en attente"),
    ("fermes", "Fermés"),
];

fn chosen(line: &AgentLine, state: &str) -> bool {
    let open = line.state != AccountState::Closed;
    match state {
        "sans-habilitation" => open && line.grants == 0,
        "a-informer" => open && missing(line).is_some(),
        "arretes" => line.state == AccountState::Locked || line.waits_until.is_some(),
        "fermes" => !open,
        _ => open,
    }
}

/// What stands in the way of a grant.
pub(super) fn missing(line: &AgentLine) -> Option<String> {
    match (line.duties.informed_on, line.duties.committed_on) {
        (Some(_), Some(_)) => None,
        (None, Some(_)) => Some("à informer".to_owned()),
        (Some(_), None) => Some("à engager".to_owned()),
        (None, None) => Some("à informer et à engager".to_owned()),
    }
}

/// The state of an account, in a word.
pub(super) fn state(line: &AgentLine) -> (&'static str, Tone) {
    match line.state {
        AccountState::Closed => ("fermé", Tone::Info),
        AccountState::Locked => ("bloqué", Tone::Bad),
        AccountState::Active if line.waits_until.is_some() => ("trop d’essais", Tone::Warning),
        AccountState::Active => ("actif", Tone::Good),
    }
}

fn fields() -> Vec<Field> {
    let help = |text: &str| Some(text.to_owned());
    vec![
        plain("prenom", "Prénom", FieldKind::Name, true),
        plain("nom", "Nom", FieldKind::Name, true),
        Field {
            help: help("Par exemple prenom.nom. Il ne change plus ensuite."),
            ..plain("identifiant", "Identifiant", FieldKind::Text { max: 80 }, true)
        },
        Field {
            help: help("Adresse professionnelle\u{a0}: les liens de réinitialisation y partent."),
            ..plain("courriel", "Courriel", FieldKind::Email, true)
        },
        plain("service", "Service", FieldKind::Text { max: 120 }, true),
    ]
}

/// A form that was refused, or a password to hand over.
#[derive(Default)]
struct After {
    refused: Option<FormFaults>,
    provisional: Option<Pair>,
}

async fn list(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, PageError> {
    let state = asked.get("etat").map_or("", String::as_str);
    show(&app, &me, state, After::default()).await
}

async fn show(app: &App, me: &Me, asked: &str, after: After) -> Result<Response, PageError> {
    let zone = me.zone();
    let lines = app.huis.agents(&me.caller).await.map_err(fail)?;
    let rows = lines
        .into_iter()
        .filter(|line| chosen(line, asked))
        .map(|line| {
            let (word, tone) = state(&line);
            AccountRow {
                id: format!("compte-{}", line.id),
                href: format!("{}/{}", routes::ACCOUNTS, line.id),
                missing: missing(&line),
                name: line.name,
                login: line.login,
                service: line.service,
                state: word.to_owned(),
                tone,
                last: line.signed_in_at.map_or("jamais".to_owned(), |at| fmt::instant(at, &zone)),
                second_factor: line.second_factor,
                grants: line.grants,
            }
        })
        .collect();
    let context = FormContext::default();
    let form = match &after.refused {
        Some(refused) => FormView::refused(&fields(), refused, &context),
        None => FormView::from_facts(&fields(), &Facts::new(), &context),
    };
    let option =
        |(code, label): &(&str, &str)| ((*code).to_owned(), (*label).to_owned(), *code == asked);
    Ok(page(&Accounts {
        shell: shell(me, Place::Accounts, None, "Comptes", routes::ACCOUNTS),
        filters: vec![Filter {
            name: "etat".to_owned(),
            label: "Comptes".to_owned(),
            options: STATES.iter().map(option).collect(),
        }],
        rows,
        form: form.posts(routes::ACCOUNTS, "Créer le compte"),
        form_open: after.refused.is_some(),
        provisional: after.provisional,
    }))
}

async fn create(
    State(app): State<App>,
    me: Me,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let again = async |faults: FormFaults| {
        let after = After { refused: Some(faults), provisional: None };
        Ok(refused(show(&app, &me, "", after).await?, None))
    };
    let facts = match parse(&fields(), &form, &FormContext::default()) {
        Ok(facts) => facts,
        Err(faults) => return again(faults).await,
    };
    let text = |id: &str| facts.get(id).and_then(Value::as_str).unwrap_or_default().to_owned();
    let new = NewAgent {
        login: text("identifiant"),
        first_name: text("prenom"),
        last_name: text("nom"),
        service: text("service"),
        email: text("courriel"),
    };
    match app.huis.create_agent(&me.caller, &new).await {
        // Shown in the answer itself: it is kept nowhere, and an address would betray it.
        Ok(made) => {
            let provisional = Some(Pair::new(new.login, made.password));
            show(&app, &me, "", After { refused: None, provisional }).await
        }
        Err(UseError::Invalid(reasons)) => {
            let fields = fields();
            let typed = typed(&fields, &form, "");
            again(FormFaults { faults: faults(reasons, &fields), typed }).await
        }
        Err(error) => Err(fail(error)),
    }
}
