//! Files in: a file is sent, its columns settled, its rows tried, then written by a job
//! whose progress is a page to look at again.

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_usecases::{
    ImportContent, ImportLine, ImportState, Limits, Mapping, Settled, Settling, Source, UseError,
};
use serde::Deserialize;
use std::sync::Arc;
use subtle::ConstantTimeEq;

use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    guard::{CheckedForm, CsrfToken, unstamped},
    layout::{Crumb, Place, Shell},
    pages::imports::{Columns, FieldRow, Import, Imports, Sent},
    routes,
    term::{Chip, Urgency},
};

/// The routes.
pub fn routes() -> Router<App> {
    let at = |part: &str| format!("{}/{{id}}{part}", routes::IMPORTS);
    // What surrounds the file in the form is small.
    let most = DefaultBodyLimit::max(Limits::DEFAULT.file_bytes + 64 * 1024);
    Router::new()
        .route(routes::IMPORTS, get(open).post(send).layer(most))
        .route(&at(""), get(look))
        .route(&at("/colonnes"), post(settle))
        .route(&at("/lancer"), post(start))
        .route(&at("/arreter"), post(stop))
        .route(&at("/fautes.csv"), get(faults))
}

fn href(id: &str) -> String {
    format!("{}/{id}", routes::IMPORTS)
}

fn shell(me: &Me, here: Option<&str>) -> Shell {
    let mut crumbs = vec![Crumb::link("Ma journée", routes::DAY)];
    match here {
        None => crumbs.push(Crumb::here("Importer")),
        Some(label) => {
            crumbs.push(Crumb::link("Importer", routes::IMPORTS));
            crumbs.push(Crumb::here(label));
        }
    }
    me.shell(Some(Place::Imports), crumbs)
}

async fn open(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    list(&app, &me, "", None).await
}

async fn list(
    app: &App,
    me: &Me,
    chosen: &str,
    fault: Option<String>,
) -> Result<Response, PageError> {
    let kinds = app.huis.import_kinds(&me.caller, &me.processing);
    if kinds.is_empty() {
        return Err(PageError::NotFound);
    }
    let zone = me.zone();
    let lines = app.huis.my_imports(&me.caller, &me.processing).await.map_err(fail)?;
    Ok(page(&Imports {
        shell: shell(me, None),
        kinds: kinds.iter().map(|k| (k.id.clone(), fmt::french(&k.label))).collect(),
        chosen: chosen.to_owned(),
        fault,
        megabytes: Limits::DEFAULT.file_bytes / (1024 * 1024),
        rows: Limits::DEFAULT.rows,
        lines: lines
            .iter()
            .map(|l| Sent {
                href: href(&l.id),
                label: fmt::french(&l.label),
                when: fmt::instant(l.created, &zone),
                chip: chip(l.state),
                counts: [l.lines, l.written, l.known, l.faulty],
            })
            .collect(),
    }))
}

fn chip(state: ImportState) -> Chip {
    let (urgency, text) = match state {
        ImportState::Received => (Urgency::Today, "Colonnes à vérifier"),
        ImportState::Trying => (Urgency::Soon, "Vérification en cours"),
        ImportState::Ready => (Urgency::Today, "Attend votre accord"),
        ImportState::Writing => (Urgency::Soon, "Import en cours"),
        ImportState::Done => (Urgency::Later, "Terminé"),
        ImportState::Stopped => (Urgency::Late, "Arrêté"),
        ImportState::Dropped => (Urgency::Later, "Abandonné"),
        ImportState::Expired => (Urgency::Later, "Effacé sans suite"),
    };
    Chip { urgency, text: text.to_owned() }
}

/// What the form of a file holds. Its token comes first: without it, nothing more is read.
struct Upload {
    kind: String,
    bytes: Vec<u8>,
}

async fn upload(request: Request) -> Result<Upload, PageError> {
    let expected = request.extensions().get::<CsrfToken>().cloned().ok_or(PageError::Forged)?;
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|_| PageError::Unreadable)?;
    let (mut token, mut out) = (false, Upload { kind: String::new(), bytes: Vec::new() });
    while let Some(field) = form.next_field().await.map_err(|e| too_large(&e))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "_csrf" && !token {
            return Err(PageError::Forged);
        }
        let bytes = field.bytes().await.map_err(|e| too_large(&e))?;
        match name.as_str() {
            "_csrf" => {
                let sent = String::from_utf8_lossy(&bytes);
                let (given, _) = unstamped(&sent);
                token = bool::from(given.as_bytes().ct_eq(expected.0.as_bytes()));
            }
            "genre" => out.kind = String::from_utf8_lossy(&bytes).into_owned(),
            "fichier" => out.bytes = bytes.to_vec(),
            _ => return Err(PageError::Unreadable),
        }
    }
    if token { Ok(out) } else { Err(PageError::Forged) }
}

fn too_large(error: &axum::extract::multipart::MultipartError) -> PageError {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        PageError::TooLarge
    } else {
        PageError::Unreadable
    }
}

async fn send(State(app): State<App>, me: Me, request: Request) -> Result<Response, PageError> {
    // Who may send nothing sends no bytes either.
    if app.huis.import_kinds(&me.caller, &me.processing).is_empty() {
        return Err(PageError::NotFound);
    }
    let sent = upload(request).await?;
    let done = app.huis.send_file(&me.caller, &me.processing, &sent.kind, sent.bytes).await;
    match done {
        Ok(done) => Ok(Redirect::to(&href(&done.id)).into_response()),
        Err(UseError::Invalid(texts)) => list(&app, &me, &sent.kind, Some(texts.join(" "))).await,
        Err(error) => Err(fail(error)),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Again {
    colonnes: String,
}

async fn look(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(again): Query<Again>,
) -> Result<Response, PageError> {
    let found = app.huis.look_at_import(&me.caller, &id).await.map_err(fail)?;
    let line = found.line;
    let settling = line.state == ImportState::Received
        || line.state == ImportState::Ready && !again.colonnes.is_empty();
    if let Some(content) = found.content.as_ref().filter(|_| settling) {
        return Ok(columns(&me, &line, content, &content.mapping, content.open, &[]));
    }
    let moving = line.state.moving();
    let until = line.until.map(fmt::date);
    let label = fmt::french(&line.label);
    let faults = found.content.map(|c| c.faults).unwrap_or_default();
    let told = |f: &huis_usecases::CellFault| match &f.column {
        Some(column) => format!("{column}\u{a0}: {}", f.message),
        None => f.message.clone(),
    };
    let view = Import {
        shell: shell(&me, Some(&label)),
        href: href(&id),
        chip: chip(line.state),
        text: fmt::french(text(&line)),
        moving: moving.then_some(line.through),
        rows: line.lines,
        written: line.written,
        written_label: match line.state {
            ImportState::Trying | ImportState::Ready => "À écrire",
            _ => "Écrites",
        }
        .to_owned(),
        known: line.known,
        faulty: line.faulty,
        ready: line.state == ImportState::Ready,
        stop: match line.state {
            ImportState::Trying | ImportState::Ready => Some("Abandonner ce fichier"),
            ImportState::Writing => Some("Arrêter l’import"),
            ImportState::Done | ImportState::Stopped if until.is_some() => {
                Some("Effacer les lignes à corriger")
            }
            _ => None,
        }
        .map(str::to_owned),
        until,
        faults: faults.iter().map(|f| (f.no, f.faults.iter().map(told).collect())).collect(),
        label,
    };
    let mut answer = page(&view);
    if moving {
        // Looked at again by itself, without a script.
        answer.headers_mut().insert(header::REFRESH, HeaderValue::from_static("3"));
    }
    Ok(answer)
}

fn text(line: &ImportLine) -> &'static str {
    match line.state {
        ImportState::Received => "Vérifiez les colonnes.",
        ImportState::Trying => {
            "Chaque ligne est vérifiée ; rien n’est encore écrit. Vous pouvez quitter cette page."
        }
        ImportState::Ready if line.written == 0 => {
            "Aucune ligne n’est à écrire : corrigez celles qui sont signalées, ou les colonnes."
        }
        ImportState::Ready => {
            "Rien n’est encore écrit. Les lignes sans faute le seront, une par une, avec votre \
             accord ; les autres vous reviendront dans un fichier à corriger."
        }
        ImportState::Writing => {
            "Les lignes sont écrites une par une. Vous pouvez quitter cette page : l’import \
             continue, même si le serveur s’arrête."
        }
        ImportState::Done if line.faulty == 0 => {
            "Toutes les lignes ont été traitées ; le fichier envoyé est détruit."
        }
        ImportState::Done => "Les lignes sans faute ont été traitées.",
        ImportState::Stopped => {
            "L’import a été arrêté. Ce qui est écrit le reste ; envoyez de nouveau le fichier pour \
             continuer, aucune ligne ne sera écrite deux fois."
        }
        ImportState::Dropped => "Le fichier est détruit ; rien n’a été écrit.",
        ImportState::Expired => {
            "Le fichier a attendu trop longtemps et a été détruit ; envoyez-le de nouveau."
        }
    }
}

fn columns(
    me: &Me,
    line: &ImportLine,
    content: &ImportContent,
    mapping: &Mapping,
    open: Option<bool>,
    faults: &[(String, String)],
) -> Response {
    let rows = content.targets.iter().map(|target| {
        let from = mapping.0.get(&target.key);
        let named = content.header.columns.iter().enumerate();
        let row = FieldRow {
            id: target.key.replace(['.', '_'], "-"),
            key: target.key.clone(),
            label: fmt::french(&target.label),
            required: target.required,
            columns: named
                .map(|(at, name)| (at.to_string(), name.clone(), from == Some(&Source::Column(at))))
                .collect(),
            fixed: target.kind.as_ref().map(|_| match from {
                Some(Source::Fixed(text)) => text.clone(),
                _ => String::new(),
            }),
            fault: faults.iter().find(|(key, _)| *key == target.key).map(|f| f.1.clone()),
        };
        let counts = target.required
            || from.is_some()
            || row.fault.is_some()
            || target.kind.is_none()
            || target.key.starts_with("acte.");
        (counts, row)
    });
    let (first, others): (Vec<_>, Vec<_>) = rows.partition(|(counts, _)| *counts);
    let label = fmt::french(&line.label);
    let width = content.header.columns.len();
    page(&Columns {
        shell: shell(me, Some(&label)),
        href: href(&line.id),
        label,
        read: content.shape.clone(),
        rows: line.lines,
        remembered: content.remembered,
        first: first.into_iter().map(|r| r.1).collect(),
        others: others.into_iter().map(|r| r.1).collect(),
        refused: !faults.is_empty(),
        open,
        header: content.header.columns.clone(),
        sample: content
            .first
            .iter()
            .map(|r| (0..width).map(|at| r.cells.get(at).cloned().unwrap_or_default()).collect())
            .collect(),
    })
}

async fn settle(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(form): CheckedForm,
) -> Result<Response, PageError> {
    let mut mapping = Mapping::default();
    for name in form.names() {
        let Some((way, key)) = name.split_once('.') else { continue };
        let text = form.get(name).unwrap_or_default().trim();
        match (way, text.parse::<usize>()) {
            ("c", Ok(at)) => drop(mapping.0.insert(key.to_owned(), Source::Column(at))),
            // A column, once chosen, counts before a value for all.
            ("v", _) if !text.is_empty() => {
                mapping.0.entry(key.to_owned()).or_insert_with(|| Source::Fixed(text.to_owned()));
            }
            _ => {}
        }
    }
    let open = form.get("ouvrir") == Some("oui");
    let settling = Settling { mapping: mapping.clone(), open };
    match app.huis.settle_import(&me.caller, &id, settling).await.map_err(fail)? {
        Settled::Trying => {
            go_on(&app);
            Ok(Redirect::to(&href(&id)).into_response())
        }
        Settled::Refused(faults) => {
            let found = app.huis.look_at_import(&me.caller, &id).await.map_err(fail)?;
            let content = found.content.ok_or(PageError::NotFound)?;
            let open = content.open.map(|_| open);
            Ok(columns(&me, &found.line, &content, &mapping, open, &faults))
        }
    }
}

async fn start(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(_): CheckedForm,
) -> Result<Response, PageError> {
    app.huis.start_import(&me.caller, &id).await.map_err(fail)?;
    go_on(&app);
    Ok(Redirect::to(&href(&id)).into_response())
}

async fn stop(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    CheckedForm(_): CheckedForm,
) -> Result<Response, PageError> {
    app.huis.stop_import(&me.caller, &id).await.map_err(fail)?;
    Ok(Redirect::to(&href(&id)).into_response())
}

async fn faults(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let file = app.huis.import_faults(&me.caller, &id).await.map_err(fail)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"lignes-a-corriger.csv\""),
    ];
    Ok((headers, file).into_response())
}

/// The job goes on by itself; what fails is taken up again within the minute.
fn go_on(app: &App) {
    let huis = Arc::clone(&app.huis);
    tokio::spawn(async move {
        if let Err(error) = huis.work_imports().await {
            tracing::error!(%error, "un import attend : il sera repris");
        }
    });
}
