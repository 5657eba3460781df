//! The office's settings, by subject: one form each, saved together with all its faults at once.

use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_register::{Field, FieldKind};
use huis_usecases::{
    UseError,
    oversight::{SettingKind, SettingLine},
};
use serde::Deserialize;

use super::{shell, typed};
use crate::{
    app::{App, Me, fail, flash},
    cite::cited,
    errors::{PageError, page},
    fmt,
    forms::{FieldFault, FormContext, FormFaults, FormView, Typed, parse, plain},
    guard::CheckedForm,
    handlers::sign_in::refused,
    layout::{Place, Tone},
    pages::{
        Remark,
        settings::{SettingChange, Settings, SettingsConfirm, SettingsGroup},
    },
    routes,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::SETTINGS, get(open))
        .route(&format!("{}/{{groupe}}", routes::SETTINGS), post(save))
}

/// The subjects: the first part of a setting's key, the title, what it changes.
const GROUPS: [(&str, &str, &str); 6] = [
    (
        "organisation",
        "Organisation et droits des personnes",
        "Imprimé sur chaque lettre d’information.",
    ),
    ("courrier", "Courriers", "En-tête et signature de toutes les lettres."),
    ("partenaires", "Partenaires", "Sans autorisation nommée, aucun partenaire n’a d’accès."),
    (
        "feries",
        "Jours fériés locaux",
        "Un changement recalcule les échéances en cours, après vous avoir dit combien bougent.",
    ),
    (
        "jetons",
        "Jetons d’accès",
        "Un jeton laisse un logiciel agir au nom d’un agent, avec ses habilitations du moment.",
    ),
    (
        "securite",
        "Réseau et locaux",
        "Ce que l’organisme tient à côté du logiciel\u{a0}; le dossier de conformité le reprend.",
    ),
];

fn group_of(line: &SettingLine) -> &str {
    line.setting.key.split_once('.').map_or("", |(group, _)| group)
}

fn field(line: &SettingLine) -> Field {
    let kind = match line.setting.kind {
        SettingKind::Text(max) => FieldKind::Text { max },
        SettingKind::Days(_) => FieldKind::Text { max: 5 },
        SettingKind::GoodFriday => FieldKind::LongText { max: 8_000 },
        SettingKind::Holidays => FieldKind::LongText { max: 8_000 },
        SettingKind::LongText(max) => FieldKind::LongText { max },
    };
    let help = fmt::french(&format!("{} ({})", line.setting.help, cited(line.setting.source)));
    Field {
        help: Some(help),
        ..plain(line.setting.key, &fmt::french(line.setting.label), kind, line.setting.required)
    }
}

#[derive(Debug, Deserialize)]
struct Saved {
    /// How many dossiers the change just made has moved.
    deplaces: Option<u64>,
}

async fn open(
    State(app): State<App>,
    me: Me,
    Query(saved): Query<Saved>,
) -> Result<Response, PageError> {
    show(&app, &me, None, saved.deplaces).await
}

/// « Aucun dossier ne voit », « Un dossier voit », « 12 dossiers voient ».
fn moved_words(n: u64, none: &str, one: &str, many: &str) -> String {
    match n {
        0 => none.to_owned(),
        1 => one.to_owned(),
        n => format!("{n}\u{a0}{many}"),
    }
}

async fn show(
    app: &App,
    me: &Me,
    refusal: Option<(&str, FormFaults)>,
    moved: Option<u64>,
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
                    mine.iter().map(|l| (l.setting.key.to_owned(), l.value.clone())).collect();
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
        health: moved
            .map(said)
            .into_iter()
            .chain(health(app, &lines, app.huis.continuity_faults().await.map_err(fail)?))
            .collect(),
    });
    Ok(if refusal.is_some() { refused(answer, None) } else { answer })
}

/// What a change of holidays has done.
fn said(moved: u64) -> Remark {
    let text = moved_words(
        moved,
        "Jours fériés enregistrés\u{a0}: aucune échéance en cours n’a bougé.",
        "Jours fériés enregistrés\u{a0}: un dossier a vu ses échéances bouger.",
        "dossiers ont vu leurs échéances bouger\u{a0}: les jours fériés sont enregistrés.",
    );
    Remark { tone: Tone::Good, text, article: String::new() }
}

/// What the office still has to see to.
fn health(app: &App, lines: &[SettingLine], continuity: Vec<String>) -> Vec<Remark> {
    let mut out: Vec<Remark> = lines
        .iter()
        .filter(|l| l.setting.required && l.value.is_empty())
        .map(|l| Remark {
            tone: Tone::Bad,
            text: fmt::french(&format!("« {} » n’est pas renseigné.", l.setting.label)),
            article: l.setting.source.to_owned(),
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
        Err(faults) => return show(&app, &me, Some((&group, faults)), None).await,
    };
    let mut values = Vec::new();
    for line in &mine {
        let key = line.setting.key;
        let text = facts.get(key).and_then(|v| v.as_str()).unwrap_or_default();
        let lines = matches!(line.setting.kind, SettingKind::Holidays | SettingKind::LongText(_));
        let value = if lines { text.to_owned() } else { text.replace(['\n', '\t'], " ") };
        values.push((key.to_owned(), value));
    }
    let step = form.get("_etape").unwrap_or_default();
    if step == "revenir" {
        let typed = typed(&fields, &form, "");
        return show(&app, &me, Some((&group, FormFaults { faults: Vec::new(), typed })), None)
            .await;
    }
    let foreseen = match app.huis.foresee_settings(&me.caller, &values).await {
        Ok(Some(moves)) if step != "confirmer" => {
            return Ok(confirm(&me, &group, &mine, &values, moves));
        }
        Ok(moves) => Ok(moves.is_some()),
        Err(error) => Err(error),
    };
    let saved = match foreseen {
        Ok(calendar) => {
            app.huis.set_settings(&me.caller, &values).await.map(|moved| (calendar, moved))
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok((true, moved)) => {
            let to = format!("{}?deplaces={moved}", routes::SETTINGS);
            Ok(Redirect::to(&to).into_response())
        }
        Ok((false, _)) => Ok(flash(app.tls, routes::SETTINGS, Tone::Good, "flash.settings_saved")),
        Err(UseError::Faults(faults)) => {
            let typed = typed(&fields, &form, "");
            let faults = faults
                .into_iter()
                .map(|f| FieldFault {
                    field: f.field,
                    message: fmt::french(&f.message),
                    article: None,
                })
                .collect();
            show(&app, &me, Some((&group, FormFaults { faults, typed })), None).await
        }
        Err(error) => Err(fail(error)),
    }
}

/// The second look at a change of holidays: what it was, what it will be, how many dossiers move.
fn confirm(
    me: &Me,
    group: &str,
    mine: &[&SettingLine],
    values: &[(String, String)],
    moves: u64,
) -> Response {
    let mut changes = Vec::new();
    let mut form = FormView::default()
        .posts(format!("{}/{group}", routes::SETTINGS), "Enregistrer et recalculer")
        .cancels(routes::SETTINGS);
    for (key, value) in values {
        form = form.hides(key, value.clone());
        let line = mine.iter().find(|l| l.setting.key == key && l.value != *value);
        if let Some(line) = line {
            let words = |text: &str| {
                if text.is_empty() { "(vide)".to_owned() } else { text.to_owned() }
            };
            changes.push(SettingChange {
                label: fmt::french(line.setting.label),
                before: words(&line.value),
                after: words(value),
            });
        }
    }
    let moves = moved_words(
        moves,
        "Aucune échéance en cours ne bougera.",
        "Un dossier en cours verra ses échéances bouger.",
        "dossiers en cours verront leurs échéances bouger.",
    );
    page(&SettingsConfirm {
        shell: shell(me, Place::Settings, None, "Réglages", routes::SETTINGS),
        changes,
        moves,
        form,
    })
}
