//! A sample of every page, with fictitious people: rendered by the tests, and shown by the
//! gallery (`cargo run -p huis-web --example gallery`).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "samples for tests and the gallery: a failure is theirs"
)]

mod accounts;
mod case;
mod desk;
mod entry;
mod imports;
mod indemnity;
mod letters;
mod office;
mod partners;

use askama::Template;
use huis_kernel::Date;
use huis_register::{Choice, Field, FieldKind, Power};
use huis_web::{
    forms::{Commune, FormContext, Occurrence, plain},
    i18n::Locale,
    layout::{AgentMenu, Crumb, Place, ProcessingLink, Shell, Tone, navigation},
    pages::CaseRow,
    term::Chip,
};
use std::collections::BTreeSet;

/// The day of the samples.
pub fn today() -> Date {
    jiff::civil::date(2026, 3, 12)
}

/// Every page by its name, rendered.
pub fn all(locale: Locale) -> Vec<(&'static str, String)> {
    let mut out = desk::pages(locale);
    out.extend(accounts::pages(locale));
    out.extend(case::pages(locale));
    out.extend(entry::pages(locale));
    out.extend(indemnity::pages(locale));
    out.extend(imports::pages(locale));
    out.extend(letters::pages(locale));
    out.extend(office::pages(locale));
    out.extend(partners::pages(locale));
    out
}

pub fn html(page: &impl Template) -> String {
    page.render().expect("a sample renders")
}

/// The shell of a signed-in agent who holds every power.
pub fn shell(locale: Locale, path: &str, place: Option<Place>, crumbs: &[&str]) -> Shell {
    let powers: BTreeSet<Power> = Power::ALL.iter().copied().collect();
    Shell {
        processings: vec![
            ProcessingLink {
                label: "Expulsions locatives".into(),
                title: "Prévention et procédures d’expulsion locative".into(),
                href: "/journee?traitement=expulsion".into(),
                current: true,
            },
            ProcessingLink {
                label: "Droits des personnes".into(),
                title: "Exercice des droits des personnes".into(),
                href: "/journee?traitement=droits".into(),
                current: false,
            },
        ],
        locale,
        path: path.into(),
        office: "Préfecture de démonstration (Haut-Rhin fictif)".into(),
        demo: true,
        loosened: None,
        agent: Some(AgentMenu {
            name: "Anne-Lise Wuttemberger".into(),
            role: "Instructrice, Mulhouse".into(),
            other_grants: vec![("g2".into(), "Encadrement, Haut-Rhin".into())],
        }),
        nav: navigation(&powers, place),
        can_search: true,
        create: Some("Nouveau dossier".to_owned()),
        csrf: "jeton-de-session".into(),
        flashes: vec![],
        exports: vec![("Tableur (ODS)", format!("{path}/export?format=ods"))],
        crumbs: crumbs
            .iter()
            .enumerate()
            .map(|(i, label)| {
                if i + 1 == crumbs.len() {
                    Crumb::here(*label)
                } else {
                    Crumb::link(*label, "/journee")
                }
            })
            .collect(),
    }
    .waiting(Place::Alerts, 2)
}

/// The shell before sign-in.
pub fn outside(locale: Locale, path: &str) -> Shell {
    Shell {
        locale,
        path: path.into(),
        office: "Préfecture de démonstration (Haut-Rhin fictif)".into(),
        demo: true,
        csrf: "jeton-avant-session".into(),
        ..Shell::default()
    }
}

pub fn context() -> FormContext {
    let commune = |code: &str, name: &str| Commune { code: code.into(), name: name.into() };
    FormContext {
        communes: [
            commune("68224", "Mulhouse"),
            commune("68066", "Colmar"),
            commune("68297", "Saint-Louis"),
        ]
        .into(),
        occurrences: [(
            "occupant".to_owned(),
            vec![
                Occurrence { number: 1, label: "Occupant 1 : Mireille Schmitt".into() },
                Occurrence { number: 2, label: "Occupant 2 : Karim Belhadj".into() },
            ],
        )]
        .into(),
        prefix: String::new(),
    }
}

pub fn choice(pairs: &[(&str, &str)]) -> FieldKind {
    FieldKind::Choice(
        pairs.iter().map(|(c, l)| Choice { code: (*c).into(), label: (*l).into() }).collect(),
    )
}

pub fn field(id: &str, label: &str, kind: FieldKind, required: bool, why: &str) -> Field {
    Field { why: why.into(), source: "X-07".into(), ..plain(id, label, kind, required) }
}

/// Rows of a list: due days from today, and what.
pub fn rows(what: &[(i64, &str, &str)]) -> Vec<CaseRow> {
    let numbers = ["4821-7730-K", "0317-5529-C", "9904-1182-P", "5510-8843-T", "7263-0091-B"];
    let units = ["Mulhouse", "Colmar-Ribeauvillé", "Altkirch", "Thann-Guebwiller", "Mulhouse"];
    what.iter()
        .enumerate()
        .map(|(i, (days, text, stage))| {
            let due = today().saturating_add(jiff::Span::new().days(*days));
            let number = numbers[i % 5];
            CaseRow {
                number: number.into(),
                href: format!("/dossiers/{number}"),
                what: (*text).into(),
                due: Some(due),
                chip: Some(Chip::of(due, today())),
                stage: (*stage).into(),
                unit: units[i % 5].into(),
                step: "Concours demandé".into(),
                mark: (i % 4 == 2).then_some((Tone::Bad, "grave")),
            }
        })
        .collect()
}
