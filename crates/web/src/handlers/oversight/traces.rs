//! The trace: read by page and by dossier, verified, exported for whoever verifies it elsewhere
//!

use axum::{
    Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use huis_kernel::{AgentId, CaseNumber, Instant, Zone};
use huis_register::Power;
use huis_usecases::{
    entry, in_order,
    oversight::{By, Operation, TraceLine, TracePage, TracePlace, TraceQuery, TraceReport},
};
use serde::Deserialize;

use super::{shell, when};
use crate::handlers::exports::sheets;
use crate::{
    app::{App, Me, fail},
    cite::cited,
    errors::{PageError, page},
    fmt,
    forms::parse_date,
    guard::CheckedForm,
    layout::{Crumb, Place, Tone},
    pages::{
        Filter, Link, Pair,
        traces::{self, Evidence, Traces, TypedFilter, Verified},
    },
    routes,
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::TRACES, get(list))
        .route("/traces/verifier", post(verify))
        .route("/dossiers/{number}/traces", get(of_dossier))
}

/// What the address asks for: codes and identifiers, nothing personal (I13).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::handlers) struct Asked {
    agent: String,
    operation: String,
    /// Not later than this day, as typed or as an ISO date.
    au: String,
    /// The number of a dossier: its own traces.
    dossier: String,
    /// `instant,rang,journal` of the last line of the page before.
    avant: String,
}

impl Asked {
    pub(in crate::handlers) fn query(&self, zone: &Zone) -> Result<TraceQuery, PageError> {
        let agent = Some(self.agent.as_str()).filter(|a| !a.is_empty());
        Ok(TraceQuery {
            agent: agent.map(str::parse).transpose().map_err(|_| PageError::Unreadable)?,
            operation: self.operation.parse().ok(),
            before: place(&self.avant).or_else(|| self.end_of_day(zone)),
        })
    }

    /// Where the day asked for ends.
    fn end_of_day(&self, zone: &Zone) -> Option<TracePlace> {
        let next = parse_date(&self.au)?.tomorrow().ok()?;
        Some(TracePlace { at: zone.start_of(next), log: String::new(), index: 0 })
    }

    /// What is typed rather than chosen, with what is wrong in it.
    fn typed(&self) -> Vec<TypedFilter> {
        let (day, number) = (self.au.trim(), self.dossier.trim());
        vec![
            TypedFilter {
                name: "au".to_owned(),
                label: "Jusqu’au".to_owned(),
                value: parse_date(day).map_or_else(|| day.to_owned(), fmt::date),
                date: true,
                fault: entry::date(day).err().filter(|_| !day.is_empty()),
            },
            TypedFilter {
                name: "dossier".to_owned(),
                label: "Dossier n°".to_owned(),
                value: number.to_owned(),
                date: false,
                fault: number
                    .parse::<CaseNumber>()
                    .err()
                    .filter(|_| !number.is_empty())
                    .map(|why| format!("{}.", capital(&why.to_string()))),
            },
        ]
    }

    fn address(&self, before: Option<&TracePlace>) -> String {
        let mut parts = Vec::new();
        if !self.agent.is_empty() {
            parts.push(format!("agent={}", self.agent));
        }
        if !self.operation.is_empty() {
            parts.push(format!("operation={}", self.operation));
        }
        parts.extend(parse_date(&self.au).map(|day| format!("au={day}")));
        // A log is named by letters, digits, dashes and slashes: nothing to escape.
        parts.extend(before.map(|p| format!("avant={},{},{}", p.at.0, p.index, p.log)));
        if parts.is_empty() {
            routes::TRACES.to_owned()
        } else {
            format!("{}?{}", routes::TRACES, parts.join("&"))
        }
    }
}

fn place(text: &str) -> Option<TracePlace> {
    let mut parts = text.splitn(3, ',');
    let at = Instant(parts.next()?.parse().ok()?);
    let index = parts.next()?.parse().ok()?;
    Some(TracePlace { at, index, log: parts.next()?.to_owned() })
}

async fn list(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    if let Ok(number) = asked.dossier.parse::<CaseNumber>() {
        return Ok(Redirect::to(&routes::dossier_part(number, "traces")).into_response());
    }
    show(&app, &me, &asked, None).await
}

async fn verify(State(app): State<App>, me: Me, _: CheckedForm) -> Result<Response, PageError> {
    let by = By::Caller(&me.caller);
    let report = app.huis.verify_trace(by, &me.processing, None).await.map_err(fail)?;
    show(&app, &me, &Asked::default(), Some(&report)).await
}

async fn show(
    app: &App,
    me: &Me,
    asked: &Asked,
    report: Option<&TraceReport>,
) -> Result<Response, PageError> {
    let query = asked.query(&me.caller.zone())?;
    let typed = asked.typed();
    // What answers another question than the one that was asked is no answer.
    let found = if typed.iter().all(|t| t.fault.is_none()) {
        app.huis.trace_page(&me.caller, &me.processing, &query).await.map_err(fail)?
    } else {
        TracePage::default()
    };
    let logs = app.huis.trace_logs(&me.processing).await.map_err(fail)?;
    let agents = app.huis.trace_agents(&me.caller, &me.processing).await.map_err(fail)?;
    let only = query.agent.filter(|_| agents.is_empty()).map(|agent| {
        let named = found.lines.iter().find(|l| l.agent == Some(agent)).map(|l| l.who.as_str());
        let all = Asked { operation: asked.operation.clone(), ..Asked::default() };
        Link::new(format!("Traces de {}", named.unwrap_or("cet agent")), all.address(None))
    });
    let mut shell = shell(app, me, Place::Traces, "Traces").await?;
    let filters = asked.address(None);
    shell.exports = sheets("/traces/tableur", filters.trim_start_matches(routes::TRACES));
    Ok(page(&Traces {
        shell,
        of: me.caller.office.name.clone(),
        kept: kept(me)?,
        evidence: Some(Evidence {
            key: app.huis.log_key().to_string(),
            logs: logs
                .into_iter()
                .map(|log| {
                    let href = format!("/traces/export/{log}");
                    Link::new(log, href)
                })
                .collect(),
            action: "/traces/verifier".to_owned(),
            verified: report.map(verified),
        }),
        filters: choices(&agents, query.agent, query.operation),
        typed,
        only,
        lines: found.lines.into_iter().map(|l| line(me, l, Some(asked), None)).collect(),
        next: found.next.as_ref().map(|p| asked.address(Some(p))),
        first: (!asked.avant.is_empty()).then(|| asked.address(None)),
    }))
}

async fn of_dossier(
    State(app): State<App>,
    me: Me,
    Path(number): Path<String>,
) -> Result<Response, PageError> {
    let number: CaseNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let lines =
        app.huis.traces_of_dossier(&me.caller, &me.processing, number).await.map_err(fail)?;
    let mut shell = shell(&app, &me, Place::Traces, "Traces").await?;
    // Who controls the traces need not be allowed to open the dossier: no link to it then.
    let dossier = if me.can(Power::Lists) {
        Crumb::link(format!("Dossier {number}"), routes::dossier(number))
    } else {
        Crumb::link("Traces", routes::TRACES)
    };
    let last = if me.can(Power::Lists) { "Traces".to_owned() } else { format!("Dossier {number}") };
    shell.crumbs = vec![Crumb::link("Ma journée", routes::DAY), dossier, Crumb::here(last)];
    let asked = me.can(Power::Traces).then(Asked::default);
    Ok(page(&Traces {
        shell,
        of: format!("Dossier {number}"),
        kept: kept(&me)?,
        evidence: None,
        filters: Vec::new(),
        typed: Vec::new(),
        only: None,
        lines: lines.into_iter().map(|l| line(&me, l, asked.as_ref(), Some(number))).collect(),
        next: None,
        first: None,
    }))
}

/// For how long the register keeps them.
fn kept(me: &Me) -> Result<String, PageError> {
    let traces = &me.register()?.traces;
    Ok(format!("gardées {} ({})", traces.keep, cited(&traces.source)))
}

fn choices(
    agents: &[(AgentId, String)],
    agent: Option<AgentId>,
    operation: Option<Operation>,
) -> Vec<Filter> {
    let all = (String::new(), "tous".to_owned(), agent.is_none());
    let each = agents.iter().map(|(id, name)| (id.to_string(), name.clone(), Some(*id) == agent));
    let whose = Filter {
        name: "agent".to_owned(),
        label: "Agent".to_owned(),
        options: std::iter::once(all).chain(each).collect(),
    };
    let whose = (!agents.is_empty()).then_some(whose);
    whose.into_iter().chain([operations(operation)]).collect()
}

fn operations(chosen: Option<Operation>) -> Filter {
    let all = (String::new(), "toutes".to_owned(), chosen.is_none());
    let mut each: Vec<(String, String, bool)> = Operation::ALL
        .iter()
        .map(|o| (o.code().to_owned(), o.label().to_owned(), Some(*o) == chosen))
        .collect();
    each.sort_by_cached_key(|(_, label, _)| in_order(label));
    Filter {
        name: "operation".to_owned(),
        label: "Opération".to_owned(),
        options: std::iter::once(all).chain(each).collect(),
    }
}

/// How many dossiers of one line are named.
const NAMED: usize = 3;

/// A line in words. On the page of one dossier (`of`), that one is not said again.
fn line(
    me: &Me,
    line: TraceLine,
    asked: Option<&Asked>,
    of: Option<CaseNumber>,
) -> traces::TraceLine {
    let agent_href = |agent: AgentId| {
        asked.map(|a| {
            Asked { agent: agent.to_string(), avant: String::new(), ..a.clone() }.address(None)
        })
    };
    let known = line.dossiers.iter().filter(|n| of != Some(**n)).take(NAMED);
    let dossiers: Vec<Link> =
        known.map(|n| Link::new(n.to_string(), routes::dossier_part(*n, "traces"))).collect();
    let said = dossiers.len() + usize::from(of.is_some());
    let others = line.count.saturating_sub(u64::try_from(said).unwrap_or(0));
    let others = match (others, said) {
        (0, _) => String::new(),
        (n, 0) => format!("{} dossier{}", fmt::count(n), fmt::s(n)),
        (n, _) => format!("et {} autre{}", fmt::count(n), fmt::s(n)),
    };
    let sections: Vec<&str> = line.sections.iter().map(|s| s.0.as_str()).collect();
    let sections = sections.join(", ");
    let fields = line.sections.iter().filter(|s| !s.1.is_empty());
    let fields = fields.map(|(label, fields)| Pair::new(label.clone(), fields.join(", ")));
    let detail = line.detail.iter().map(|(k, v)| Pair::new(capital(k), fmt::french(v)));
    let address = line.address.iter().map(|a| Pair::new("Adresse réseau", a.clone()));
    let what = fields.chain(detail).chain(address).collect();
    traces::TraceLine {
        at: when(me, line.place.at),
        who: line.who,
        who_href: line.agent.and_then(agent_href),
        role: line.service,
        operation: line.operation.label().to_owned(),
        dossiers,
        others,
        sections,
        what,
        purpose: line.purpose,
        outcome: line.outcome,
        refused: line.refused,
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
}

fn told(lines: u64, closed: u64, purged: u64) -> String {
    let counted = |n: u64, what: &str, how: &str| {
        let s = fmt::s(n);
        (n > 0).then(|| format!("{} {what}{s}{how}", fmt::count(n)))
    };
    let closed = counted(closed, "journée", if closed > 1 { " closes" } else { " close" });
    let purged = counted(purged, "purgée", " au terme");
    let parts = [counted(lines, "trace", ""), closed, purged];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn verified(report: &TraceReport) -> Verified {
    let (tone, text) = if report.sound() {
        let lines = report.lines();
        let text = format!(
            "Journal intact\u{a0}: {} trace{} vérifiée{}, de la première à la dernière.",
            fmt::count(lines),
            fmt::s(lines),
            fmt::s(lines)
        );
        (Tone::Good, text)
    } else {
        let wrong = u64::try_from(report.findings().count()).unwrap_or(u64::MAX);
        let text = format!(
            "Le journal ne se vérifie plus\u{a0}: {} écart{}. Une alerte est levée.",
            fmt::count(wrong),
            fmt::s(wrong)
        );
        (Tone::Bad, text)
    };
    let logs = report
        .logs
        .iter()
        .map(|log| {
            let told = match &log.result {
                Ok(r) => told(r.lines, r.closed_days, r.purged_days),
                Err(findings) => {
                    let each = findings.iter().take(20).map(|f| fmt::french(&f.to_string()));
                    each.collect::<Vec<_>>().join("\u{a0}; ")
                }
            };
            Pair::new(log.log.clone(), told)
        })
        .collect();
    Verified { tone, text, logs }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of the next page leads back to the place it came from, filters kept.
    #[test]
    fn a_page_address_reads_back() {
        let place_of =
            TracePlace { at: Instant(1_767_186_300_000), log: "a/expulsion/s1".into(), index: 7 };
        let asked = Asked { operation: "read".into(), ..Asked::default() };
        let address = asked.address(Some(&place_of));
        assert_eq!(address, "/traces?operation=read&avant=1767186300000,7,a/expulsion/s1");
        let (_, written) = address.split_once("avant=").unwrap();
        assert_eq!(place(written), Some(place_of.clone()));
        for wrong in ["", "1", "1,2", "x,2,log", "1,-2,log"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
        let paris = Zone::named("Europe/Paris").unwrap();
        assert!(Asked { agent: "jean".into(), ..Asked::default() }.query(&paris).is_err());
        // A day ends at the office's midnight; a page within it starts where the one before ended.
        let day = Asked { au: "12/03/2026".into(), ..asked };
        assert_eq!(day.address(None), "/traces?operation=read&au=2026-03-12");
        let end = day.query(&paris).unwrap().before.unwrap();
        assert_eq!(end.at, paris.start_of(jiff::civil::date(2026, 3, 13)));
        let further = Asked { avant: written.into(), ..day };
        assert_eq!(further.query(&paris).unwrap().before, Some(place_of));
        for (au, dossier, faults) in [
            ("", "", [false, false]),
            ("hier", "", [true, false]),
            ("2026-03-12", "12", [false, true]),
        ] {
            let typed =
                Asked { au: au.into(), dossier: dossier.into(), ..Asked::default() }.typed();
            assert_eq!(typed.iter().map(|t| t.fault.is_some()).collect::<Vec<_>>(), faults, "{au}");
        }
    }
}
