//! The notices, for everyone: no session, nobody's data (X-15, A-16, D-23).

use axum::{
    Router,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use huis_usecases::letters::{Block, easy_lines};

use crate::{
    app::{AnySession, App, fail},
    errors::{PageError, page},
    fmt,
    pages::{
        information::{EasyRow, Information, InformationEasy},
        letters::Part,
    },
    routes,
};

/// The routes.
pub fn routes() -> Router<App> {
    let of = |part: &str| format!("{}/{{traitement}}{part}", routes::INFORMATION);
    Router::new()
        .route(&of(""), get(plain))
        .route(&of("/facile"), get(easy))
        .route(&of("/notice.pdf"), get(plain_pdf))
        .route(&of("/facile.pdf"), get(easy_pdf))
}

fn here(processing: &str) -> String {
    format!("{}/{processing}", routes::INFORMATION)
}

async fn plain(
    State(app): State<App>,
    any: AnySession,
    Path(processing): Path<String>,
) -> Result<Response, PageError> {
    let found = app.huis.public_notice(&processing).await.map_err(fail)?;
    let body = found.body.into_iter().map(|block| match block {
        Block::Heading(text) => Part::Heading(text),
        Block::Paragraph(text) => Part::Paragraph(text),
        Block::List(items) => Part::List(items),
    });
    Ok(page(&Information {
        shell: any.shell(),
        title: fmt::french(&found.notice.title),
        text: found.notice.text.split("\n\n").map(|p| fmt::french(p.trim())).collect(),
        body: body.collect(),
        desks: found.desks,
        here: here(&processing),
        pdf: app.huis.has_press(),
    }))
}

async fn easy(
    State(app): State<App>,
    any: AnySession,
    Path(processing): Path<String>,
) -> Result<Response, PageError> {
    let found = app.huis.public_notice(&processing).await.map_err(fail)?;
    let mut groups: Vec<(String, Vec<EasyRow>)> = Vec::new();
    for line in easy_lines(&found.notice.easy) {
        let text = fmt::french(&line.text);
        if line.heading {
            groups.push((text, Vec::new()));
            continue;
        }
        let row = EasyRow {
            svg: line.pictogram.map(|p| p.svg()).unwrap_or_default(),
            alt: line.pictogram.map_or("", |p| p.alt).to_owned(),
            text,
        };
        match groups.last_mut() {
            Some((_, rows)) => rows.push(row),
            None => groups.push(("L’essentiel".to_owned(), vec![row])),
        }
    }
    Ok(page(&InformationEasy {
        shell: any.shell(),
        title: fmt::french(&found.notice.title),
        groups,
        desks: found.desks,
        plain: here(&processing),
        pdf: app.huis.has_press(),
    }))
}

async fn plain_pdf(
    State(app): State<App>,
    Path(processing): Path<String>,
) -> Result<Response, PageError> {
    pdf(&app, &processing, false).await
}

async fn easy_pdf(
    State(app): State<App>,
    Path(processing): Path<String>,
) -> Result<Response, PageError> {
    pdf(&app, &processing, true).await
}

async fn pdf(app: &App, processing: &str, easy: bool) -> Result<Response, PageError> {
    if !app.huis.has_press() {
        return Err(PageError::NotFound);
    }
    let document = app.huis.notice_document(processing, easy).await.map_err(fail)?;
    let bytes = app.huis.pdf(document).await.map_err(fail)?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}
