//! What an agent has to do: the day page, the list and the board. Cards only (I1), whose codes are
//! named by the register and the rules.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use huis_kernel::{CaseNumber, Date, Instant};
use huis_register::Power;
use huis_usecases::{
    ActLine, BoardCell, DayLine, ListLine, ListQuery, Processed, partners::DepositPlace,
};
use serde::Deserialize;

use super::exports::sheets;
use crate::{
    app::{App, Me, fail},
    errors::{PageError, page},
    fmt,
    layout::{Crumb, Flash, Place, Tone},
    pages::{
        CaseRow, Filter, Link, board,
        day::{self, ByNumber},
        list,
    },
    routes,
    term::Chip,
};

/// The routes.
pub fn routes() -> Router<App> {
    Router::new()
        .route(routes::DAY, get(day_page))
        .route(routes::LIST, get(list_page))
        .route(routes::BOARD, get(board_page))
}

/// A card as a row: what is due or what happened, and when.
pub(super) fn row(
    processed: &Processed,
    line: &ListLine,
    what: String,
    due: Option<Date>,
    chip: Option<Chip>,
) -> CaseRow {
    let stage = processed.register.stage(&line.stage);
    let stage = stage.map_or_else(|| line.stage.clone(), |s| s.label.clone());
    let step = processed.rules.step_label(&line.step);
    CaseRow {
        number: line.number.to_string(),
        href: routes::dossier(line.number),
        what,
        due,
        chip,
        step: if step == stage { String::new() } else { step.to_owned() },
        stage,
        unit: line.territory.clone(),
        mark: match line.severity {
            3.. => Some((Tone::Bad, "irrégularité grave")),
            2 => Some((Tone::Warning, "à vérifier")),
            _ => None,
        },
    }
}

/// A card with its nearest deadline.
pub(super) fn next_row(processed: &Processed, line: &ListLine, today: Date) -> CaseRow {
    let what = line.next.as_ref().map(|(rule, _)| processed.rules.term_label(rule).to_owned());
    let due = line.next.as_ref().map(|(_, due)| *due);
    let chip = due.map(|d| Chip::of(d, today));
    row(processed, line, what.unwrap_or_else(|| "Rien à faire pour l’instant".into()), due, chip)
}

/// Where the page of one's deposits starts: an instant and a place, nothing personal (I13).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Deposits {
    depots: String,
}

impl Deposits {
    fn place(&self) -> Option<DepositPlace> {
        let mut parts = self.depots.split('.');
        let at = Instant(parts.next()?.parse().ok()?);
        let number = CaseNumber::from_digits(parts.next()?.parse().ok()?)?;
        Some((at, number, parts.next()?.parse().ok()?))
    }

    fn href((at, number, no): DepositPlace) -> String {
        format!("{}?depots={}.{}.{no}#depots", routes::DAY, at.0, number.digits())
    }
}

async fn day_page(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Deposits>,
) -> Result<Response, PageError> {
    let processed = me.processed()?;
    if !me.can(Power::Lists) {
        return door_page(&app, &me, ByNumber::default(), asked.place()).await;
    }
    let mut shell = me.shell(Some(Place::Day), vec![Crumb::here("Ma journée")]);
    shell.exports = sheets("/journee/export", "");
    for kept in app.huis.kept_forms(&me.caller).await.map_err(fail)? {
        shell.flashes.push(Flash {
            tone: Tone::Info,
            text: format!("Une saisie du {} est gardée.", fmt::instant(kept.at, &me.zone())),
            link: Some(("La reprendre".to_owned(), format!("{}/{}", routes::KEPT, kept.id))),
        });
    }
    let today = fmt::long_date(me.caller.today);
    let found = app.huis.day(&me.caller, &me.processing).await.map_err(fail)?;
    let due = |lines: &[DayLine]| -> Vec<CaseRow> {
        let rows = lines.iter().map(|l| {
            let chip = Chip::of(l.due, me.caller.today);
            let what = processed.rules.term_label(&l.rule).to_owned();
            row(processed, &l.line, what, Some(l.due), Some(chip))
        });
        rows.collect()
    };
    let soon_count = found.today.len() as u64;
    let counts = vec![
        count(found.late_count, "en retard", "#retard", Tone::Bad),
        count(soon_count, "à faire aujourd’hui", "#aujourdhui", Tone::Warning),
        count(found.coming_count, "dans les deux semaines", "#bientot", Tone::Info),
        count(found.came_in.len() as u64, "arrivés depuis trois jours", "#arrive", Tone::Info),
        count(found.stuck.len() as u64, "sans mouvement", "#bloque", Tone::Info),
    ]
    .into_iter()
    .filter(|c| c.number != "0")
    .collect();
    let more_late = (found.late_count > found.late.len() as u64).then(|| {
        Link::new("Voir tous les dossiers en retard", format!("{}?retard=oui", routes::LIST))
    });
    let came_in = found.came_in.iter().map(|a| arrival(processed, &me, a)).collect();
    let stuck = found.stuck.iter().map(|l| stuck_row(processed, &me, l)).collect();
    let mut groups = vec![
        group(
            "retard",
            "En retard",
            "La date est passée et rien ne dit que c’est fait.",
            due(&found.late),
            more_late,
        ),
        group("aujourdhui", "Aujourd’hui", "Dernier jour.", due(&found.today), None),
        group("bientot", "Dans les deux semaines", "Par date.", due(&found.coming), None),
        group(
            "arrive",
            "Arrivé depuis trois jours",
            "Actes enregistrés, le dernier d’abord.",
            came_in,
            None,
        ),
        group(
            "bloque",
            "Sans mouvement",
            "Aucune échéance, aucun acte depuis deux mois : relancer ou clore.",
            stuck,
            None,
        ),
    ];
    // As the tiles count them.
    for (id, all) in [("retard", found.late_count), ("bientot", found.coming_count)] {
        if let Some(group) = groups.iter_mut().find(|g| g.id == id) {
            group.total = (all > group.rows.len() as u64).then(|| tally(all));
        }
    }
    groups.retain(|g| !g.rows.is_empty());
    let idle = doors(&me);
    let waits = |l: &DayLine| processed.rules.letter_terms().contains(&l.rule.as_str());
    let letters = [&found.late, &found.today, &found.coming].into_iter().flatten().any(waits);
    Ok(page(&day::Day {
        shell,
        today,
        counts,
        groups,
        idle,
        letters,
        by_number: None,
        shut: false,
    }))
}

/// no list for whom is asked one thing on one dossier; the number comes to them with
/// the request. Others (officer, administrator) have their own doors.
pub(super) async fn door_page(
    app: &App,
    me: &Me,
    typed: ByNumber,
    after: Option<DepositPlace>,
) -> Result<Response, PageError> {
    let files = me.profiles().any(|p| !p.acts.is_empty());
    let lead = if me.opens_dossiers() {
        "Votre habilitation ouvre un dossier à la fois, par le numéro qui accompagne la demande \
         reçue. Chaque ouverture est tracée."
    } else if files {
        "Votre habilitation n’ouvre pas les dossiers\u{a0}: elle permet d’y déposer ce qui vous \
         est demandé, par le numéro qui accompagne la demande reçue."
    } else {
        "Votre habilitation n’ouvre pas les dossiers\u{a0}: par son numéro, vous voyez qui a consulté \
         un dossier, ou suspendez un effacement."
    };
    let reaches = me.opens_dossiers() || me.can(Power::Hold) || files;
    let (awaited, deposits, older) = filing(app, me, after).await?;
    let newest = after.map(|_| format!("{}#depots", routes::DAY));
    let held = ByNumber { lead: lead.to_owned(), awaited, deposits, older, newest, ..typed };
    Ok(page(&day::Day {
        shell: me.shell(Some(Place::Day), vec![Crumb::here("Ma journée")]),
        today: fmt::long_date(me.caller.today),
        counts: Vec::new(),
        groups: Vec::new(),
        idle: doors(me),
        letters: false,
        by_number: reaches.then_some(held),
        shut: me.profiles().next().is_none(),
    }))
}

type Filing = (Option<Vec<day::AwaitedRow>>, Vec<day::DepositRow>, Option<String>);

/// What is awaited of whoever files without a list, and what they filed: numbers, kinds and dates.
async fn filing(app: &App, me: &Me, after: Option<DepositPlace>) -> Result<Filing, PageError> {
    if !me.profiles().any(|p| !p.acts.is_empty()) || me.can(Power::Archive) {
        return Ok((None, Vec::new(), None));
    }
    let processed = me.processed()?;
    let awaited = app.huis.awaited(&me.caller, &me.processing).await.map_err(fail)?;
    let found = app.huis.deposits(&me.caller, &me.processing, after).await.map_err(fail)?;
    let (deposits, next) = found;
    let label = |kind: &str| {
        processed.register.act(kind).map_or_else(|| kind.to_owned(), |a| a.label.clone())
    };
    let zone = me.zone();
    let asked = awaited.into_iter().map(|a| day::AwaitedRow {
        number: a.number.to_string(),
        href: routes::dossier(a.number),
        what: processed.rules.term_label(&a.rule).to_owned(),
        due: fmt::date(a.due),
        chip: Chip::of(a.due, me.caller.today),
    });
    let done = deposits.into_iter().map(|d| day::DepositRow {
        number: d.number.to_string(),
        href: routes::receipt(d.number, d.no),
        what: if d.voided { format!("{} (annulé)", label(&d.kind)) } else { label(&d.kind) },
        on: fmt::date(d.on),
        recorded: fmt::instant(d.recorded, &zone),
    });
    Ok((Some(asked.collect()), done.collect(), next.map(Deposits::href)))
}

/// Where one may go when nothing waits.
fn doors(me: &Me) -> Vec<Link> {
    let open = me.register().map_or("Ouvrir un dossier", |r| &r.words.open);
    let all = [
        (Power::Lists, "Parcourir les dossiers en cours", routes::LIST),
        (Power::Search, "Chercher un dossier", routes::SEARCH),
        (Power::Create, open, routes::NEW),
        (Power::Archive, "Chercher dans les dossiers clos", routes::ARCHIVE),
        (Power::Alerts, "Voir les alertes", routes::ALERTS),
        (Power::Grant, "Gérer les habilitations", routes::GRANTS),
        (Power::Register, "Lire le registre", routes::REGISTER),
    ];
    let mut doors: Vec<Link> = all
        .into_iter()
        .filter(|(power, ..)| me.can(*power))
        .map(|(_, label, href)| Link::new(label, href))
        .collect();
    // a ministry has no way to a dossier, and reads what was counted without identity.
    if doors.is_empty() && !me.opens_dossiers() && me.profiles().any(|p| !p.partner) {
        doors.push(Link::new("Lire les compteurs anonymes", routes::COUNTERS));
    }
    doors
}

/// A count stops at 99: beyond, one is not read.
fn tally(n: u64) -> String {
    if n > 99 { "99+".to_owned() } else { n.to_string() }
}

fn count(n: u64, label: &str, href: &str, tone: Tone) -> day::Count {
    day::Count { number: tally(n), label: label.to_owned(), href: href.to_owned(), tone }
}

fn group(id: &str, title: &str, hint: &str, rows: Vec<CaseRow>, more: Option<Link>) -> day::Group {
    let (id, title, hint) = (id.to_owned(), title.to_owned(), hint.to_owned());
    day::Group { id, title, hint, rows, total: None, more }
}

fn arrival(processed: &Processed, me: &Me, act: &ActLine) -> CaseRow {
    let label = processed.register.act(&act.kind).map_or(act.kind.as_str(), |a| a.label.as_str());
    let what = match &act.by {
        Some(name) => format!("{label} (par {name})"),
        None => label.to_owned(),
    };
    let day = act.recorded.date_in(&me.zone());
    row(processed, &act.line, what, Some(day), None)
}

fn stuck_row(processed: &Processed, me: &Me, line: &ListLine) -> CaseRow {
    let moved = line.changed_at.date_in(&me.zone());
    row(processed, line, "Dernier changement".to_owned(), Some(moved), None)
}

/// The filters of the list, kept in the address: codes only, nothing personal (I13).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) etape: String,
    pub(super) secteur: String,
    pub(super) pas: String,
    pub(super) remarques: String,
    pub(super) retard: String,
    pub(super) apres: String,
}

impl Asked {
    pub(super) fn query(&self) -> ListQuery {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ListQuery {
            territory: some(&self.secteur),
            stage: some(&self.etape),
            step: some(&self.pas),
            severity: self.remarques.parse().unwrap_or(0),
            late: self.retard == "oui",
            after: self.apres.split_once('.').and_then(|(at, number)| {
                let number: CaseNumber = number.parse().ok()?;
                Some((Instant(at.parse().ok()?), number))
            }),
        }
    }

    /// The address of this list, without its page.
    pub(super) fn href(&self) -> String {
        let pairs = [
            ("etape", &self.etape),
            ("secteur", &self.secteur),
            ("pas", &self.pas),
            ("remarques", &self.remarques),
            ("retard", &self.retard),
        ];
        let set: Vec<String> = pairs
            .iter()
            .filter(|(_, value)| is_code(value))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if set.is_empty() {
            routes::LIST.to_owned()
        } else {
            format!("{}?{}", routes::LIST, set.join("&"))
        }
    }
}

/// Codes of the register need no escaping in an address; anything else is not one.
fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

async fn list_page(
    State(app): State<App>,
    me: Me,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let processed = me.processed()?;
    let query = asked.query();
    let found = app.huis.list(&me.caller, &me.processing, &query).await.map_err(fail)?;
    let territories =
        app.huis.territories(&me.caller, &me.processing, Power::Lists).await.map_err(fail)?;
    let register = &processed.register;
    let stages = register.stages.iter().map(|s| (s.id.as_str(), s.label.as_str()));
    let units = territories.iter().map(|(code, name)| (code.as_str(), name.as_str()));
    let steps = processed.rules.step_labels().iter().copied();
    let mut filters = vec![
        filter("etape", "Étape", "toutes", stages, &asked.etape),
        filter("secteur", "Secteur", "tous", units, &asked.secteur),
        filter("pas", "Situation", "toutes", steps, &asked.pas),
        filter("retard", "Échéances", "toutes", [("oui", "en retard")], &asked.retard),
        filter(
            "remarques",
            "Remarques",
            "avec ou sans",
            [("2", "à vérifier ou graves"), ("3", "graves")],
            &asked.remarques,
        ),
    ];
    // A processing of the whole organisation is not cut into sectors.
    filters.retain(|f| f.name != "secteur" || register.placed());
    let here = asked.href();
    let filtered = here != routes::LIST;
    let first = query.after.is_some().then(|| here.clone());
    let next = found.next.map(|(at, number)| {
        let sign = if filtered { '&' } else { '?' };
        format!("{here}{sign}apres={}.{number}", at.0)
    });
    let n = found.lines.len() as u64;
    let count = if next.is_none() && first.is_none() {
        format!("{n}\u{a0}dossier{}", fmt::s(n))
    } else {
        "Les derniers modifiés d’abord, cinquante par page".to_owned()
    };
    let today = me.caller.today;
    let mut shell = me.shell(Some(Place::List), crumbs("Dossiers"));
    if !found.lines.is_empty() {
        shell.exports = sheets("/dossiers/export", here.trim_start_matches(routes::LIST));
    }
    Ok(page(&list::List {
        shell,
        filters,
        filtered,
        count,
        rows: found.lines.iter().map(|l| next_row(processed, l, today)).collect(),
        next,
        first,
        title: processed.register.words.running.clone(),
        create: me.can(Power::Create).then(|| processed.register.words.open.clone()),
    }))
}

fn filter<'a>(
    name: &str,
    label: &str,
    all: &str,
    options: impl IntoIterator<Item = (&'a str, &'a str)>,
    chosen: &str,
) -> Filter {
    let every = (String::new(), all.to_owned(), chosen.is_empty());
    let options =
        options.into_iter().map(|(code, text)| (code.to_owned(), text.to_owned(), code == chosen));
    Filter {
        name: name.to_owned(),
        label: label.to_owned(),
        options: std::iter::once(every).chain(options).collect(),
    }
}

fn crumbs(here: &str) -> Vec<Crumb> {
    vec![Crumb::link("Ma journée", routes::DAY), Crumb::here(here)]
}

async fn board_page(State(app): State<App>, me: Me) -> Result<Response, PageError> {
    let found = app.huis.board(&me.caller, &me.processing).await.map_err(fail)?;
    let cell = |unit: Option<&str>, stage: Option<&str>| -> board::Cell {
        let sum = found
            .cells
            .iter()
            .filter(|((u, s), _)| unit.is_none_or(|w| w == u) && stage.is_none_or(|w| w == s))
            .fold(BoardCell::default(), |sum, (_, c)| BoardCell {
                count: sum.count + c.count,
                late: sum.late + c.late,
            });
        let code = |code: Option<&str>| code.unwrap_or_default().to_owned();
        let asked = Asked { etape: code(stage), secteur: code(unit), ..Asked::default() };
        let late = Asked { retard: "oui".to_owned(), ..asked.clone() };
        board::Cell {
            count: u32::try_from(sum.count).unwrap_or(u32::MAX),
            late: u32::try_from(sum.late).unwrap_or(u32::MAX),
            href: asked.href(),
            late_href: late.href(),
        }
    };
    let line = |unit: Option<&str>| -> Vec<board::Cell> {
        let stages = found.stages.iter().map(|(id, _)| Some(id.as_str()));
        stages.chain([None]).map(|stage| cell(unit, stage)).collect()
    };
    let rows = found
        .territories
        .iter()
        .map(|(code, name)| board::BoardRow { unit: name.clone(), cells: line(Some(code)) })
        .collect();
    let mut shell = me.shell(Some(Place::Board), crumbs("Tableau"));
    shell.exports = sheets("/tableau/export", "");
    Ok(page(&board::Board {
        shell,
        stages: found.stages.iter().map(|(_, label)| label.clone()).collect(),
        rows: if found.cells.is_empty() { Vec::new() } else { rows },
        totals: line(None),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_list_keeps_its_filters_and_nothing_else() {
        let asked = Asked {
            etape: "cfp".into(),
            secteur: "684".into(),
            retard: "oui".into(),
            pas: "a b&c=d".into(),
            apres: "1767186300000.4821-7730-K".into(),
            ..Asked::default()
        };
        assert_eq!(asked.href(), "/dossiers?etape=cfp&secteur=684&retard=oui");
        assert_eq!(Asked::default().href(), "/dossiers");
        let number = CaseNumber::from_digits(1234).unwrap();
        let page = Asked { apres: format!("1767186300000.{number}"), ..asked };
        assert_eq!(page.query().after, Some((Instant(1_767_186_300_000), number)));
        assert!(page.query().late);
        assert_eq!(
            Asked { apres: "n’importe quoi".into(), ..Asked::default() }.query().after,
            None
        );
    }
}
