//! The State's indemnity on a dossier. Trying a calculation is a GET whose address holds a
//! date and codes of settings, nothing personal (I13); keeping it is the act `calcul-indemnite`.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use huis_dossier::{Facts, Value};
use huis_kernel::{CaseNumber, Date, Money};
use huis_register::{ActKind, FieldKind, Register};
use huis_usecases::{
    CALCULATION, Huis, Opened, Reading,
    indemnity::{Calculation, Line, SECTION, Settings},
};
use std::collections::BTreeMap;

use super::{number, open, shell, view};
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    forms::parse_date,
    pages::{
        Link, Pair,
        indemnity::{ChoiceView, IndemnityKept, IndemnityPage, LineView, ResultView},
    },
    routes,
};

/// Before the codes of the settings compared.
const OTHER: &str = "contre_";

fn lost(error: PageError) -> Response {
    error.into_response()
}

/// The settings of an address: those of the register's closed lists, by default the first.
fn chosen(asked: &BTreeMap<String, String>, before: &str, base: &Settings) -> Settings {
    let mut settings = *base;
    for id in Settings::IDS {
        if let Some(code) = asked.get(&format!("{before}{id}")) {
            // A code that is not of the list leaves the default.
            let _ = settings.choose(id, code);
        }
    }
    settings
}

fn typed(settings: &Settings, as_of: Date) -> Facts {
    let mut facts = Facts::new();
    for id in Settings::IDS {
        if let Some(code) = settings.code(id) {
            facts.insert(id.to_owned(), Value::Choice(code.to_owned()));
        }
    }
    facts.insert("arrete_au".to_owned(), Value::Date(as_of));
    facts
}

pub(super) async fn screen(
    State(app): State<App>,
    me: Me,
    Path(text): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, Response> {
    let number = number(&text).map_err(lost)?;
    let register = &me.processed().map_err(lost)?.register;
    let kind = register.act(CALCULATION).ok_or_else(|| lost(PageError::NotFound))?;
    let opened = open(&app, &me, number, Reading::Screen).await?;
    if !opened.may.acts.contains(CALCULATION) || opened.card.archived {
        return Err(lost(PageError::NotFound));
    }
    let today = me.caller.today;
    let written = asked.get("arrete_au").map(|t| t.trim()).filter(|t| !t.is_empty());
    let (as_of, as_of_fault) = match written.map(parse_date) {
        None => (today, None),
        Some(Some(day)) if day <= today => (day, None),
        Some(Some(_)) => (today, Some("Cette date est à venir.".to_owned())),
        Some(None) => (today, Some("Écrivez la date comme 31/12/2025.".to_owned())),
    };
    let mine = chosen(&asked, "", &Settings::default());
    let other = chosen(&asked, OTHER, &mine);
    let mut tries = vec![typed(&mine, as_of)];
    if other != mine {
        tries.push(typed(&other, as_of));
    }
    let tried = app.huis.try_indemnity(&me.caller, &me.processing, number, tries).await;
    let mut tried = tried.map_err(|e| fail(e).into_response())?.into_iter();
    let (mut missing, mut result, mut versus) = (Vec::new(), None, Vec::new());
    match tried.next() {
        Some(Ok(done)) => {
            if let Some(Ok(against)) = tried.next() {
                versus = compared(&done.calculation, &against.calculation);
            }
            result = Some(shown(&done.calculation, kind));
        }
        Some(Err(faults)) => missing.extend(faults.into_iter().map(|f| f.message)),
        None => {}
    }
    let mut keep: Vec<(String, String)> = Settings::IDS
        .iter()
        .filter_map(|id| Some(((*id).to_owned(), mine.code(id)?.to_owned())))
        .collect();
    keep.push(("on".to_owned(), fmt::date(today)));
    keep.push(("arrete_au".to_owned(), fmt::date(as_of)));
    keep.push(("_version".to_owned(), opened.card.version.to_string()));
    let may_propose = opened.may.acts.contains("proposer-indemnite");
    let kept = kept(&opened);
    let propose = (may_propose && !kept.is_empty())
        .then(|| Link::new("Proposer l’indemnité…", routes::act(number, "proposer-indemnite")));
    Ok(page(&IndemnityPage {
        shell: shell(&me, number, Some("Indemnité")),
        number: number.to_string(),
        here: routes::dossier_part(number, "indemnite"),
        as_of: written.map_or_else(|| fmt::date(as_of), str::to_owned),
        as_of_fault,
        choices: choices(kind, &mine, &other),
        missing,
        section: section(&opened, register, number),
        result,
        versus,
        keep,
        keep_action: routes::act(number, CALCULATION),
        kept,
        propose,
    }))
}

/// A calculation that an act keeps, replayed from its own facts (I10).
pub(super) async fn sealed(
    State(app): State<App>,
    me: Me,
    Path((text, no)): Path<(String, u32)>,
) -> Result<Response, Response> {
    Ok(page(&kept_page(&app, &me, &text, no, Reading::Screen).await?))
}

/// The page of a calculation that an act keeps.
async fn kept_page(
    app: &App,
    me: &Me,
    text: &str,
    no: u32,
    reading: Reading,
) -> Result<IndemnityKept, Response> {
    let number = number(text).map_err(lost)?;
    me.register().map_err(lost)?.act(CALCULATION).ok_or_else(|| lost(PageError::NotFound))?;
    let opened = open(app, me, number, reading).await?;
    kept_in(&app.huis, me, &opened, no).map_err(lost)
}

/// The calculation that an act of an opened dossier keeps, in words.
pub(in crate::handlers) fn kept_in(
    huis: &Huis,
    me: &Me,
    opened: &Opened,
    no: u32,
) -> Result<IndemnityKept, PageError> {
    let number = opened.card.number;
    let kind = me.register()?.act(CALCULATION).ok_or(PageError::NotFound)?;
    let done = huis.kept_indemnity(opened, no).ok_or(PageError::NotFound)?;
    let settings = Settings::IDS
        .iter()
        .filter_map(|id| {
            let label = done.calculation.settings.label(id)?;
            Some(Pair::new(name(kind, id), label.to_owned()))
        })
        .collect();
    Ok(IndemnityKept {
        shell: shell(me, number, Some("Calcul de l’indemnité")),
        number: number.to_string(),
        no,
        pdf: huis.has_press().then(|| {
            routes::dossier_part(number, &format!("indemnite/calcul/{no}/proposition.pdf"))
        }),
        same: done.same,
        settings,
        result: shown(&done.calculation, kind),
    })
}

/// The form of the section that holds the amounts: its occurrence, or a new one.
fn section(opened: &Opened, register: &Register, number: CaseNumber) -> Link {
    let held = opened.view.sections.iter().find(|s| s.section == SECTION);
    let label = register.section(SECTION).map_or("", |s| s.label.as_str());
    match held {
        Some(held) => Link::new(
            format!("Modifier le volet «\u{a0}{label}\u{a0}»"),
            routes::section(number, SECTION, held.occurrence),
        ),
        None => Link::new(
            format!("Remplir le volet «\u{a0}{label}\u{a0}»"),
            routes::dossier_part(number, &format!("volets/{SECTION}/nouveau")),
        ),
    }
}

/// The calculations that acts keep, the last first.
fn kept(opened: &Opened) -> Vec<Link> {
    let number = opened.card.number;
    let acts = opened.view.acts.iter().rev().filter(|a| a.kind == CALCULATION);
    acts.filter_map(|a| {
        let total = a.facts.as_ref()?.get("total")?.as_money()?;
        let label = format!("{}\u{a0}: {total} (acte n°\u{a0}{})", fmt::date(a.on), a.no);
        Some(Link::new(label, routes::dossier_part(number, &format!("indemnite/calcul/{}", a.no))))
    })
    .collect()
}

/// The settings as the register names them.
fn choices(kind: &ActKind, mine: &Settings, other: &Settings) -> Vec<ChoiceView> {
    let of = |id: &str| {
        let field = kind.fields.iter().find(|f| f.id == id)?;
        let FieldKind::Choice(list) = &field.kind else { return None };
        let options = list.iter().map(|c| {
            let is = |s: &Settings| s.code(id) == Some(c.code.as_str());
            (c.code.clone(), c.label.clone(), is(mine), is(other))
        });
        Some(ChoiceView {
            id: id.to_owned(),
            label: field.label.clone(),
            options: options.collect(),
        })
    };
    Settings::IDS.iter().filter_map(|id| of(id)).collect()
}

fn name(kind: &ActKind, id: &str) -> String {
    kind.fields.iter().find(|f| f.id == id).map_or_else(|| id.to_owned(), |f| f.label.clone())
}

fn totals(done: &Calculation) -> Vec<(&'static str, Money)> {
    let t = done.totals;
    let mut out = vec![("Préjudice", t.gross), ("Paiements déduits", t.payments)];
    if t.prescribed.0 != 0 {
        out.push(("Années prescrites", t.prescribed));
    }
    out.extend([("Principal", t.principal), ("Intérêts", t.interest), ("Total", t.total)]);
    out
}

/// Two results side by side: those of the same name.
fn compared(mine: &Calculation, other: &Calculation) -> Vec<(String, String, String)> {
    let period = |c: &Calculation| period(c);
    let mut rows = vec![("Période".to_owned(), period(mine), period(other))];
    let all = |c: &Calculation| {
        let t = c.totals;
        [t.gross, t.payments, t.prescribed, t.principal, t.interest, t.total]
    };
    let names =
        ["Préjudice", "Paiements déduits", "Années prescrites", "Principal", "Intérêts", "Total"];
    for ((name, a), b) in names.into_iter().zip(all(mine)).zip(all(other)) {
        rows.push((name.to_owned(), a.to_string(), b.to_string()));
    }
    rows
}

fn period(done: &Calculation) -> String {
    let spans: Vec<String> = done
        .spans
        .iter()
        .map(|s| format!("du {} au {} ({} jours)", fmt::date(s.from), fmt::date(s.to), s.days()))
        .collect();
    match (spans.is_empty(), done.open) {
        (true, _) => "Aucun jour de responsabilité".to_owned(),
        (false, true) => format!("{}, en cours", spans.join(", puis ")),
        (false, false) => spans.join(", puis "),
    }
}

fn shown(done: &Calculation, kind: &ActKind) -> ResultView {
    let line = |l: &Line| LineView {
        label: l.head.label().replace('\'', "’"),
        period: if l.from == l.to {
            fmt::date(l.from)
        } else {
            format!("{} – {}", fmt::date(l.from), fmt::date(l.to))
        },
        formula: l.formula.clone(),
        article: l.article.clone(),
        setting: l.setting.map(|id| {
            let chosen = done.settings.label(id).unwrap_or_default();
            format!("{}\u{a0}: {chosen}", name(kind, id))
        }),
        amount: l.amount.to_string(),
    };
    ResultView {
        period: period(done),
        steps: done.steps.iter().map(|s| (s.text.clone(), s.date.map(fmt::date))).collect(),
        totals: totals(done).into_iter().map(|(n, m)| Pair::new(n, m.to_string())).collect(),
        lines: done.lines.iter().map(line).collect(),
        interest: done.interest.iter().map(line).collect(),
        excluded: done
            .excluded
            .iter()
            .map(|e| (e.what.clone(), e.amount.to_string(), e.reason.clone(), e.article.clone()))
            .collect(),
        limitation: done
            .limitation
            .iter()
            .map(|y| {
                let lost = if y.lost { " (passé)" } else { "" };
                Pair::new(y.year.to_string(), format!("{}{lost}", fmt::date(y.until)))
            })
            .collect(),
        remarks: done.remarks.iter().map(view::remark).collect(),
        verified: done.verified,
    }
}

/// What an act's page shows elsewhere than among its fields.
pub(super) fn apart(kind: &str, field: &str) -> bool {
    kind == CALCULATION && matches!(field, "faits" | "resultat")
}
