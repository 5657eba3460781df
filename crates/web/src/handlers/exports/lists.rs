//! The desk's lists as sheets: dossiers with the filters kept, the day's deadlines, the board.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use huis_documents::{Cell, Column, Kind, Sheet};
use huis_kernel::Date;
use huis_usecases::{BoardCell, ListLine, Processed};

use super::{Wanted, sheet};
use crate::{
    app::{App, Me, fail, flash},
    errors::PageError,
    handlers::lists::Asked,
    layout::Tone,
};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/dossiers/export", get(dossiers))
        .route("/journee/export", get(day))
        .route("/tableau/export", get(board))
}

fn columns(more: [Column; 3]) -> Vec<Column> {
    [
        Column::new("Dossier", Kind::Text),
        Column::new("Secteur", Kind::Text),
        Column::new("Étape", Kind::Text),
        Column::new("Situation", Kind::Text),
        Column::new("Ouvert le", Kind::Date),
    ]
    .into_iter()
    .chain(more)
    .collect()
}

/// The cells of a card: what the list shows of it, each code in the words of the register.
fn cells(processed: &Processed, line: &ListLine) -> [Cell; 5] {
    let stage = processed.register.stage(&line.stage);
    let stage = stage.map_or(line.stage.as_str(), |s| s.label.as_str());
    [
        line.number.to_string().into(),
        line.territory.as_str().into(),
        stage.into(),
        processed.rules.step_label(&line.step).into(),
        line.opened_on.into(),
    ]
}

const fn remarks(severity: u32) -> &'static str {
    match severity {
        3.. => "irrégularité grave",
        2 => "à vérifier",
        1 => "à savoir",
        0 => "",
    }
}

async fn dossiers(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Asked>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let processed = me.processed()?;
    let found = app.huis.export_list(&me.caller, &me.processing, &asked.query()).await;
    let Some(lines) = found.map_err(fail)? else {
        return Ok(flash(app.tls, &asked.href(), Tone::Warning, "flash.export_too_long"));
    };
    let mut out = Sheet::new(
        "Dossiers",
        columns([
            Column::new("Prochaine échéance", Kind::Text),
            Column::new("Date", Kind::Date),
            Column::new("Remarques", Kind::Text),
        ]),
    );
    for line in &lines {
        let next = line.next.as_ref();
        let what = next.map(|(rule, _)| processed.rules.term_label(rule));
        let rest = [what.into(), next.map(|n| n.1).into(), remarks(line.severity).into()];
        out.row(cells(processed, line).into_iter().chain(rest));
    }
    sheet(&me, &out, wanted.format)
}

async fn day(
    State(app): State<App>,
    me: Me,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let processed = me.processed()?;
    let found = app.huis.export_day(&me.caller, &me.processing).await.map_err(fail)?;
    let mut out = Sheet::new(
        "Ma journée",
        columns([
            Column::new("Quand", Kind::Text),
            Column::new("Quoi", Kind::Text),
            Column::new("Date", Kind::Date),
        ]),
    );
    let mut add = |line: &ListLine, when: &str, what: &str, on: Date| {
        let rest = [when.into(), what.into(), on.into()];
        out.row(cells(processed, line).into_iter().chain(rest));
    };
    for (when, lines) in [
        ("en retard", &found.late),
        ("aujourd’hui", &found.today),
        ("dans les deux semaines", &found.coming),
    ] {
        for due in lines {
            add(&due.line, when, processed.rules.term_label(&due.rule), due.due);
        }
    }
    for act in &found.came_in {
        let kind = processed.register.act(&act.kind);
        let what = kind.map_or(act.kind.as_str(), |a| a.label.as_str());
        add(&act.line, "arrivé depuis trois jours", what, act.recorded.date_in(&me.zone()));
    }
    for line in &found.stuck {
        add(line, "sans mouvement", "Dernier changement", line.changed_at.date_in(&me.zone()));
    }
    sheet(&me, &out, wanted.format)
}

async fn board(
    State(app): State<App>,
    me: Me,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let found = app.huis.export_board(&me.caller, &me.processing).await.map_err(fail)?;
    let mut out = Sheet::new(
        "Tableau",
        [
            Column::new("Secteur", Kind::Text),
            Column::new("Étape", Kind::Text),
            Column::new("Dossiers", Kind::Number),
            Column::new("Dont en retard", Kind::Number),
        ],
    );
    for (code, name) in &found.territories {
        for (stage, label) in &found.stages {
            let cell = found.cells.get(&(code.clone(), stage.clone()));
            let BoardCell { count, late } = cell.copied().unwrap_or_default();
            let number = |n: u64| Cell::Number(i64::try_from(n).unwrap_or(i64::MAX));
            out.row([name.as_str().into(), label.as_str().into(), number(count), number(late)]);
        }
    }
    sheet(&me, &out, wanted.format)
}
