//! The supervisor's page, and the counters that everyone but partners may read.

use axum::{Router, extract::State, response::Response, routing::get};
use huis_register::Power;
use huis_usecases::{
    UseError,
    oversight::{BoardLine, CounterLine, StuckLine, Supervision},
};
use std::collections::BTreeMap;

use super::shell;
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    handlers::lists::Asked,
    layout::{Crumb, Place},
    pages::{
        CaseRow, Link, Remark,
        supervise::{Activity, Awaited, Counter, Counters, Figure, Load, Supervise},
    },
    routes,
};

/// Its page.
pub fn routes() -> Router<App> {
    Router::new().route(routes::SUPERVISE, get(supervise)).route(routes::COUNTERS, get(alone))
}

async fn supervise(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let seen = app.huis.supervisor(&me.caller, &me.processing).await.map_err(fail)?;
    let counters = counters(&app, &me).await?;
    let figures = figures(&me, &seen);
    let order: Vec<&str> = me.register()?.stages.iter().map(|s| s.label.as_str()).collect();
    Ok(page(&Supervise {
        shell: shell(&app, &me, Place::Supervise, "Encadrement").await?,
        figures,
        health: app
            .huis
            .continuity_faults()
            .await
            .map_err(fail)?
            .into_iter()
            .map(Remark::continuity)
            .chain(super::security::due(&app, &me).await?)
            .collect(),
        loads: loads(&seen.board, &order, me.can(Power::Lists)),
        awaited: seen
            .rules
            .into_iter()
            .map(|r| Awaited { label: r.label, running: r.running, late: r.late })
            .collect(),
        agents: seen
            .agents
            .into_iter()
            .map(|a| Activity {
                name: a.name,
                service: a.service,
                opened: a.opened,
                created: a.created,
                acts: a.acts,
                written: a.written,
                searches: a.searches,
            })
            .collect(),
        stuck: seen.stuck.into_iter().map(|line| stuck(&me, line)).collect(),
        counters,
    }))
}

fn figures(me: &Me, seen: &Supervision) -> Vec<Figure> {
    let running: u64 = seen.board.iter().map(|b| b.count).sum();
    let lists = me.can(Power::Lists);
    vec![
        Figure {
            value: fmt::count(running),
            label: "Dossiers en cours".to_owned(),
            hot: false,
            link: lists.then(|| Link::new("Voir la liste", routes::LIST)),
        },
        Figure {
            value: fmt::count(seen.late),
            label: "Actions en retard".to_owned(),
            hot: seen.late > 0,
            link: lists.then(|| Link::new("Voir les plus pressées", routes::DAY)),
        },
        Figure {
            value: fmt::count(seen.letters_unsent),
            label: "Dossiers qui attendent une lettre d’information".to_owned(),
            hot: seen.letters_unsent > 0,
            link: lists.then(|| Link::new("Voir lesquels", routes::LETTERS)),
        },
        Figure {
            value: fmt::count(seen.open_alerts),
            label: "Alertes à fermer".to_owned(),
            hot: seen.open_alerts > 0,
            link: me.can(Power::Alerts).then(|| Link::new("Voir les alertes", routes::ALERTS)),
        },
    ]
}

/// Territories by name, each with its stages below, in the order of the procedure.
fn loads(board: &[BoardLine], order: &[&str], lists: bool) -> Vec<Load> {
    let mut units: BTreeMap<&str, (u64, u64, Vec<&BoardLine>)> = BTreeMap::new();
    for cell in board {
        let unit = units.entry(&cell.territory).or_default();
        unit.0 += cell.count;
        unit.1 += cell.late;
        unit.2.push(cell);
    }
    let most = units.values().map(|u| u.0).max().unwrap_or(0).max(1);
    let load = |unit: &str, of: &BoardLine, stage: bool, active: u64, late: u64| Load {
        href: (lists && active > 0).then(|| of_cell(of, stage, false).href()),
        late_href: (lists && late > 0).then(|| of_cell(of, stage, true).href()),
        unit: unit.to_owned(),
        stage: stage.then(|| of.stage.clone()),
        active,
        late,
        bar: active * 1000 / most,
        late_bar: late * 1000 / most,
    };
    let mut out = Vec::new();
    for (unit, (active, late, mut cells)) in units {
        cells.sort_by_key(|c| order.iter().position(|label| *label == c.stage));
        out.extend(cells.first().map(|first| load(unit, first, false, active, late)));
        out.extend(cells.into_iter().map(|c| load(unit, c, true, c.count, c.late)));
    }
    out
}

/// The list of a cell of the board, or of its whole territory.
fn of_cell(cell: &BoardLine, stage: bool, late: bool) -> Asked {
    let (territory, of) = cell.codes.clone();
    Asked {
        secteur: territory,
        etape: if stage { of } else { String::new() },
        retard: if late { "oui".to_owned() } else { String::new() },
        ..Asked::default()
    }
}

fn stuck(me: &Me, line: StuckLine) -> CaseRow {
    CaseRow {
        number: line.number.to_string(),
        href: routes::dossier(line.number),
        what: "Dernier mouvement".to_owned(),
        due: Some(line.changed_at.date_in(&me.zone())),
        chip: None,
        stage: line.stage,
        step: String::new(),
        unit: line.territory,
        mark: None,
    }
}

/// The counters alone: a ministry reads no more than these.
async fn alone(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let lines = app.huis.counters(&me.caller, &me.processing).await.map_err(fail)?;
    let crumbs = vec![Crumb::link("Ma journée", routes::DAY), Crumb::here("Compteurs")];
    let counters = lines.into_iter().map(counter).collect();
    Ok(page(&Counters { shell: me.shell(None, crumbs), counters }))
}

/// The counters, when the caller may read them.
pub(super) async fn counters(app: &App, me: &Me) -> Result<Vec<Counter>, PageError> {
    match app.huis.counters(&me.caller, &me.processing).await {
        Ok(lines) => Ok(lines.into_iter().map(counter).collect()),
        Err(UseError::Refused(_)) => Ok(Vec::new()),
        Err(error) => Err(fail(error)),
    }
}

fn counter(line: CounterLine) -> Counter {
    Counter {
        year: line.year.to_string(),
        label: fmt::french(&line.label),
        count: fmt::count(line.n),
    }
}
