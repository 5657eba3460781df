//! Each list as a sheet: what its page shows, in columns that sort.

use huis_documents::{Cell, Column, Kind, Sheet};
use huis_kernel::{Date, Zone};
use huis_register::Register;
use std::collections::BTreeMap;

use crate::{
    Board, Day, ListLine, Processed,
    grants::{GrantLine, GrantState, scope_words},
    oversight::{RetentionPlan, TracePage},
};

fn card_columns(more: [Column; 3]) -> Vec<Column> {
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
fn card(processed: &Processed, line: &ListLine) -> [Cell; 5] {
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

fn number(n: u64) -> Cell {
    Cell::Number(i64::try_from(n).unwrap_or(i64::MAX))
}

pub(super) fn dossiers(processed: &Processed, lines: &[ListLine]) -> Sheet {
    let mut out = Sheet::new(
        "Dossiers",
        card_columns([
            Column::new("Prochaine échéance", Kind::Text),
            Column::new("Date", Kind::Date),
            Column::new("Remarques", Kind::Text),
        ]),
    );
    for line in lines {
        let next = line.next.as_ref();
        let what = next.map(|(rule, _)| processed.rules.term_label(rule));
        let rest = [what.into(), next.map(|n| n.1).into(), remarks(line.severity).into()];
        out.row(card(processed, line).into_iter().chain(rest));
    }
    out
}

pub(super) fn day(processed: &Processed, found: &Day, zone: &Zone) -> Sheet {
    let mut out = Sheet::new(
        "Ma journée",
        card_columns([
            Column::new("Quand", Kind::Text),
            Column::new("Quoi", Kind::Text),
            Column::new("Date", Kind::Date),
        ]),
    );
    let mut add = |line: &ListLine, when: &str, what: &str, on: Date| {
        let rest = [when.into(), what.into(), on.into()];
        out.row(card(processed, line).into_iter().chain(rest));
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
        add(&act.line, "arrivé depuis trois jours", what, act.recorded.date_in(zone));
    }
    for line in &found.stuck {
        add(line, "sans mouvement", "Dernier changement", line.changed_at.date_in(zone));
    }
    out
}

pub(super) fn board(found: &Board) -> Sheet {
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
            let cell = found.cells.get(&(code.clone(), stage.clone())).copied().unwrap_or_default();
            out.row([
                name.as_str().into(),
                label.as_str().into(),
                number(cell.count),
                number(cell.late),
            ]);
        }
    }
    out
}

pub(super) fn plan(register: &Register, plan: &RetentionPlan) -> Sheet {
    let mut out = Sheet::new(
        "Conservation",
        [
            Column::new("Le", Kind::Date),
            Column::new("Dossier", Kind::Text),
            Column::new("Ensemble", Kind::Text),
            Column::new("Volets", Kind::Text),
            Column::new("Ce qui se passe", Kind::Text),
            Column::new("Source", Kind::Text),
        ],
    );
    for card in &plan.first {
        let unit = register.retentions.iter().find(|r| r.id == card.unit);
        let sections = unit.into_iter().flat_map(|u| &u.sections);
        let labels: Vec<&str> =
            sections.filter_map(|s| Some(register.section(s)?.label.as_str())).collect();
        let does = if card.step == "archive" { "passe en archive" } else { "clé détruite" };
        out.row([
            card.on.into(),
            card.number.to_string().into(),
            card.unit.as_str().into(),
            labels.join(", ").into(),
            does.into(),
            unit.map(|u| u.source.as_str()).into(),
        ]);
    }
    out
}

pub(super) fn grants(
    grants: Vec<GrantLine>,
    places: &BTreeMap<String, String>,
    zone: &Zone,
) -> Sheet {
    let mut out = Sheet::new(
        "Habilitations",
        [
            Column::new("Agent", Kind::Text),
            Column::new("Service", Kind::Text),
            Column::new("Profil", Kind::Text),
            Column::new("Périmètre", Kind::Text),
            Column::new("Du", Kind::Date),
            Column::new("Au", Kind::Date),
            Column::new("Donnée par", Kind::Text),
            Column::new("Le", Kind::Date),
            Column::new("Motif", Kind::Text),
            Column::new("Garant", Kind::Text),
            Column::new("État", Kind::Text),
            Column::new("Dernière revue", Kind::Date),
        ],
    );
    for grant in grants {
        let state = match &grant.state {
            GrantState::Coming => "à venir",
            GrantState::InForce => "en cours",
            GrantState::Expired => "à son terme",
            GrantState::Withdrawn { .. } => "retirée",
        };
        out.row([
            grant.agent_name.into(),
            grant.service.into(),
            grant.profile_label.into(),
            scope_words(&grant.territories, places).into(),
            grant.from.into(),
            grant.until.into(),
            grant.giver.as_deref().unwrap_or("l’installation").into(),
            grant.given_at.date_in(zone).into(),
            grant.reason.into(),
            grant.sponsor.into(),
            state.into(),
            grant.reviewed_on.into(),
        ]);
    }
    out
}

pub(super) fn traces(found: TracePage, zone: &Zone) -> Sheet {
    let mut out = Sheet::new(
        "Traces",
        [
            Column::new("Quand", Kind::Text),
            Column::new("Qui", Kind::Text),
            Column::new("Service", Kind::Text),
            Column::new("Adresse", Kind::Text),
            Column::new("Finalité", Kind::Text),
            Column::new("Opération", Kind::Text),
            Column::new("Nombre de dossiers", Kind::Number),
            Column::new("Dossiers", Kind::Text),
            Column::new("Volets et champs", Kind::Text),
            Column::new("Issue", Kind::Text),
            Column::new("Précisions", Kind::Text),
            Column::new("Place au journal", Kind::Text),
        ],
    );
    let more = found.next.map(|place| huis_law::instant_words(place.at, zone));
    for line in found.lines {
        let numbers: Vec<String> = line.dossiers.iter().map(ToString::to_string).collect();
        let sections =
            line.sections.iter().map(|(s, fields)| format!("{s} ({})", fields.join(", ")));
        let detail = line.detail.iter().map(|(k, v)| format!("{k}\u{a0}: {v}"));
        out.row([
            huis_law::instant_words(line.place.at, zone).into(),
            line.who.into(),
            line.service.into(),
            line.address.into(),
            line.purpose.into(),
            line.operation.label().into(),
            number(line.count),
            numbers.join(", ").into(),
            sections.collect::<Vec<_>>().join("\n").into(),
            line.outcome.into(),
            detail.collect::<Vec<_>>().join("\n").into(),
            format!("{} n° {}", line.place.log, line.place.index).into(),
        ]);
    }
    if let Some(at) = more {
        let says = format!("Les lignes d’avant le {at} ne sont pas dans ce fichier.");
        let empty = || huis_documents::Cell::from(String::new());
        out.row(std::array::from_fn::<_, 12, _>(|i| {
            if i == 0 { says.clone().into() } else { empty() }
        }));
    }
    out
}
