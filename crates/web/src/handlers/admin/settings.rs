//! The office's settings, by subject; each is kept by itself and traced by its name.

use axum::{
    Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use huis_register::{Field, FieldKind};
use huis_usecases::{
    UseError,
    oversight::{SettingKind, SettingLine},
};

use super::{shell, typed};
use crate::{
    app::{App, Me, fail, flash},
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormFaults, FormView, Typed, parse, plain},
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::{
        Remark,
        settings::{Settings, SettingsGroup},
    },
    routes,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::SETTINGS, get(open))
        .route(&format!("{}/{{groupe}}", routes::SETTINGS), post(save))
}

/// The subjects: the first part of a setting's key, the title, what it changes.
const GROUPS: [(&str, &str, &str); 5] = [
    (
        "organisation",
        "Organisation et droits des personnes",
        "Imprimé sur chaque lettre d’information.",
    ),
    ("partenaires", "Partenaires", "Sans autorisation nommée, aucun partenaire n’a d’accès."),
    ("feries", "Jours fériés locaux", "Un changement recalcule les échéances en cours."),
    ("securite", "Sécurité", "Ce que l’organisme tient à jour à côté du logiciel."),
    ("courriel", "Courriel", "Les courriels ne portent qu’un numéro et un lien."),
];

fn group_of(line: &SettingLine) -> &str {
    line.setting.key.split_once('.').map_or("", |(group, _)| group)
}

fn field(line: &SettingLine) -> Field {
    let kind = match line.setting.kind {
        SettingKind::Text(max) => FieldKind::Text { max },
        SettingKind::GoodFriday => FieldKind::LongText { max: 8_000 },
        SettingKind::Date => FieldKind::Date,
        SettingKind::Email => FieldKind::Email,
        SettingKind::Server => FieldKind::Text { max: 260 },
    };
    let help = fmt::french(&format!("{} ({})", line.setting.help, line.setting.source));
    Field {
        help: Some(help),
        ..plain(line.setting.key, &fmt::french(line.setting.label), kind, line.setting.required)
    }
}

/// A value as it is typed; a date is kept as the standard writes it and shown as read.
fn shown(line: &SettingLine) -> String {
    match line.setting.kind {
        SettingKind::Date => line.value.parse().map_or_else(|_| line.value.clone(), fmt::date),
        _ => line.value.clone(),
    }
}

async fn open(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    show(&app, &me, None).await
}

async fn show(
    app: &App,
    me: &Me,
    refusal: Option<(&str, FormFaults)>,
) -> Result<Response, PageError> {
    let lines = app.huis.settings(&me.caller).await.map_err(fail)?;
    let context = FormContext::default();
    let mut groups = Vec::new();
    for (id, title, hint) in GROUPS {
        let mine: Vec<&SettingLine> = lines.iter().filter(|l| group_of(l) == id).collect();
        if mine.is_empty() {
            continue;
        }
        let fields: Vec<Field> = mine.iter().map(|l| field(l)).collect();
        let form = match &refusal {
            Some((at, faults)) if *at == id => FormView::refused(&fields, faults, &context),
            _ => {
                let typed: Typed =
                    mine.iter().map(|l| (l.setting.key.to_owned(), shown(l))).collect();
                FormView::from_typed(&fields, &typed, &[], &context)
            }
        };
        groups.push(SettingsGroup {
            id: id.to_owned(),
            title: title.to_owned(),
            hint: hint.to_owned(),
            form: form.posts(format!("{}/{id}", routes::SETTINGS), "Enregistrer"),
        });
    }
    let answer = page(&Settings {
        shell: shell(me, Place::Settings, None, "Réglages", routes::SETTINGS),
        groups,
        health: health(app, &lines, app.huis.continuity_faults().await.map_err(fail)?),
    });
    Ok(if refusal.is_some() { refused(answer, None) } else { answer })
}

/// What the office still has to see to.
fn health(app: &App, lines: &[SettingLine], continuity: Vec<String>) -> Vec<Remark> {
    let mut out: Vec<Remark> = lines
        .iter()
        .filter(|l| l.setting.required && l.value.is_empty())
        .map(|l| Remark {
            tone: Tone::Bad,
            text: fmt::french(&format!("« {} » n’est pas renseigné.", l.setting.label)),
            article: fmt::french(l.setting.source),
        })
        .collect();
    out.extend(continuity.into_iter().map(Remark::continuity));
    if !app.huis.mail_ready() {
        out.push(Remark {
            tone: Tone::Info,
            text: "Aucun serveur de courriel en service\u{a0}: les liens de réinitialisation se \
                   remettent en main propre, depuis la page du compte."
                .to_owned(),
            article: String::new(),
        });
    }
    out
}

async fn save(
    State(app): State<App>,
    me: Me,
    Path(group): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let lines = app.huis.settings(&me.caller).await.map_err(fail)?;
    let mine: Vec<&SettingLine> = lines.iter().filter(|l| group_of(l) == group).collect();
    if mine.is_empty() {
        return Err(PageError::NotFound);
    }
    let fields: Vec<Field> = mine.iter().map(|l| field(l)).collect();
    let facts = match parse(&fields, &form, &FormContext::default()) {
        Ok(facts) => facts,
        Err(faults) => return show(&app, &me, Some((&group, faults))).await,
    };
    let mut wrong = Vec::new();
    for line in mine {
        let key = line.setting.key;
        let value = match facts.get(key) {
            Some(huis_dossier::Value::Date(date)) => date.to_string(),
            Some(value) => value.as_str().unwrap_or_default().replace(['\n', '\t'], " "),
            None => String::new(),
        };
        if value == line.value {
            continue;
        }
        match app.huis.set_setting(&me.caller, key, &value).await {
            Ok(_) => {}
            Err(UseError::Invalid(reasons)) => wrong.push(FieldFault {
                field: Some(key.to_owned()),
                message: fmt::french(&reasons.join(" ")),
                article: None,
            }),
            Err(error) => return Err(fail(error)),
        }
    }
    if wrong.is_empty() {
        return Ok(flash(app.tls, routes::SETTINGS, Tone::Good, "flash.settings_saved"));
    }
    let faults = FormFaults { faults: wrong, typed: typed(&fields, &form, "") };
    show(&app, &me, Some((&group, faults))).await
}
