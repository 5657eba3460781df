//! Samples: supervision, alerts, grants, register, retention, accounts, settings.

use huis_dossier::Facts;
use huis_kernel::Delay;
use huis_register as reg;
use huis_register::FieldKind;
use huis_web::{
    forms::{FormView, plain},
    i18n::Locale,
    layout::{Place, Tone},
    pages::{Link, Pair, Remark, alerts, grants, register, retention, settings, supervise},
    term::Chip,
};
use jiff::civil::date;

use super::{choice, context, field, html, rows, shell, today};

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let mut out = grants_pages(locale);
    out.extend([
        ("encadrement", html(&supervise_page(locale))),
        ("alertes", html(&alerts_page(locale, false))),
        ("alertes-vide", html(&alerts_page(locale, true))),
        ("registre", html(&register_page(locale))),
        (
            "compteurs",
            html(&supervise::Counters {
                shell: shell(locale, "/compteurs", None, &["Ma journée", "Compteurs"]),
                counters: counters(),
            }),
        ),
        ("article-30", html(&article30_page(locale))),
        ("conservation", html(&retention_page(locale))),
        ("reglages", html(&settings_page(locale))),
    ]);
    out
}

fn counters() -> Vec<supervise::Counter> {
    vec![supervise::Counter {
        year: "2025".into(),
        label: "Réouvertures de dossiers".into(),
        count: "4".into(),
    }]
}

fn supervise_page(locale: Locale) -> supervise::Supervise {
    let load = |unit: &str, stage: Option<&str>, active: u64, late: u64| supervise::Load {
        href: Some("/dossiers?secteur=68066".into()),
        late_href: (late > 0).then(|| "/dossiers?secteur=68066&retard=oui".into()),
        unit: unit.into(),
        stage: stage.map(Into::into),
        active,
        late,
        bar: active * 100 / 519,
        late_bar: late * 100 / 519,
    };
    let figure = |value: &str, label: &str, hot: bool| supervise::Figure {
        value: value.into(),
        label: label.into(),
        hot,
        link: hot.then(|| Link::new("Voir", "/journee")),
    };
    let awaited = |label: &str, running: u64, late: u64| supervise::Awaited {
        label: label.into(),
        running,
        late,
    };
    supervise::Supervise {
        health: vec![Remark::continuity("La sauvegarde journalière est en retard.".to_owned())],
        shell: shell(
            locale,
            "/encadrement",
            Some(Place::Supervise),
            &["Ma journée", "Encadrement"],
        ),
        figures: vec![
            figure("574", "Dossiers en cours", false),
            figure("79", "Actions en retard", true),
        ],
        loads: vec![
            load("Mulhouse", None, 519, 76),
            load("Mulhouse", Some("Prévention"), 211, 18),
            load("Mulhouse", Some("Assignation"), 308, 58),
            load("Altkirch", None, 55, 3),
            load("Altkirch", Some("Prévention"), 55, 3),
        ],
        awaited: vec![
            awaited("Envoyer la lettre d’information", 61, 40),
            awaited("Répondre à la demande de concours", 12, 0),
        ],
        agents: vec![supervise::Activity {
            name: "Anne-Lise Wuttemberger".into(),
            service: "Sous-préfecture de Mulhouse".into(),
            opened: 312,
            created: 14,
            acts: 88,
            written: 41,
            searches: 57,
        }],
        stuck: rows(&[(0, "Plus rien depuis le 02/01/2026 à 9 h 10", "Prévention")]),
        counters: counters(),
    }
}

fn alerts_page(locale: Locale, empty: bool) -> alerts::Alerts {
    let alert = |id: &str, title: &str, tone| {
        let fields = [
            field(
                "constat",
                "Constat",
                choice(&[
                    ("normal", "usage normal"),
                    ("formation", "erreur, à expliquer à l’agent"),
                    ("incident", "incident, à signaler"),
                ]),
                true,
                "",
            ),
            field("motif", "Ce qui a été vérifié", FieldKind::LongText { max: 500 }, true, ""),
        ];
        let mut form = context();
        form.prefix = format!("{id}.");
        alerts::AlertView {
            id: id.into(),
            title: title.into(),
            summary: "84 dossiers ouverts en une heure (seuil\u{a0}: 60)".into(),
            tone,
            facts: vec![
                Pair::new("Agent", "Bruno Keller"),
                Pair::new("Quand", "11/03/2026, de 21 h 10 à 22 h 04"),
                Pair::new("Seuil", "60 dossiers par heure"),
            ],
            traces: Some(Link::new("Voir les 84 lignes", "/traces?alerte=1")),
            form: (tone == Tone::Bad).then(|| {
                FormView::from_facts(&fields, &Facts::new(), &form)
                    .posts("/alertes/1", "Fermer l’alerte")
            }),
        }
    };
    alerts::Alerts {
        shell: shell(locale, "/alertes", Some(Place::Alerts), &["Ma journée", "Alertes"]),
        remarks: vec![],
        open: if empty {
            vec![]
        } else {
            vec![
                alert("alerte-1", "84 dossiers ouverts en une heure", Tone::Bad),
                alert("alerte-2", "Consultation hors des heures de service", Tone::Warning),
            ]
        },
        closed: vec![alerts::ClosedAlert {
            title: "Numéros consultés à la suite".into(),
            raised: "02/03/2026".into(),
            closed: "03/03/2026, par Claire Zimmermann".into(),
            finding: "Usage normal : préparation de la commission.".into(),
        }],
    }
}

fn grant(id: &str, agent: &str, days: i64) -> grants::GrantRow {
    let end = today().saturating_add(jiff::Span::new().days(days));
    grants::GrantRow {
        id: id.into(),
        agent: agent.into(),
        service: "Sous-préfecture de Mulhouse".into(),
        profile: "Instructeur".into(),
        perimeter: "Mulhouse".into(),
        given: "le 02/01/2026 par Claire Zimmermann : arrivée au service".into(),
        ends: huis_web::fmt::date(end),
        chip: Chip::until(end, today()),
        closed: None,
        withdraw_action: Some(format!("/habilitations/{id}/retirer")),
        refused: (id == "h2").then(|| ("départ".into(), "Un motif est nécessaire.".into())),
    }
}

fn grants_pages(locale: Locale) -> Vec<(&'static str, String)> {
    let shell = |path: &str, last: &str| {
        shell(locale, path, Some(Place::Grants), &["Ma journée", "Habilitations", last])
    };
    let mut withdrawn = grant("h3", "Sylvain Muller", -20);
    withdrawn.closed = Some("Retirée le 20/02/2026 : départ du service".into());
    withdrawn.withdraw_action = None;
    let fields = [
        plain(
            "agent",
            "Agent",
            choice(&[
                ("a1", "Bruno Keller"),
                ("a2", "Thi Mai Nguyen"),
                ("a3", "Karl Meyer"),
                ("a4", "Ana Silva"),
                ("a5", "Luc Roth"),
            ]),
            true,
        ),
        plain(
            "profil",
            "Profil",
            choice(&[("instructeur", "Instructeur"), ("police", "Police ou gendarmerie")]),
            true,
        ),
        plain("du", "Du", FieldKind::Date, true),
        plain("au", "Au", FieldKind::Date, true),
        plain("motif", "Motif", FieldKind::Text { max: 200 }, true),
        plain("garant", "Chef de service qui habilite", FieldKind::Name, false),
    ];
    vec![
        ("habilitations", html(&grants::Grants {
            shell: shell("/habilitations", "Toutes"),
            filters: vec![],
            rows: vec![grant("h1", "Anne-Lise Wuttemberger", 294), grant("h2", "Bruno Keller", 5), withdrawn],
            can_give: true,
            review: Some(grants::ReviewState { last: Some("14/09/2025".into()), due: Some(Chip::of(date(2026, 3, 14), today())), progress: Some((12, 41)) }),
        })),
        ("habilitation-donner", html(&grants::GrantForm {
            shell: shell("/habilitations/donner", "Donner"),
            profiles: vec![grants::ProfileHelp { label: "Police ou gendarmerie".into(), opens: "Voit le numéro, la date de création, les occupants et le local ; dépose un rapport.".into(), max_term: "1 an".into() }],
            form: FormView::from_facts(&fields, &Facts::new(), &context()).posts("/habilitations/donner", "Donner l’habilitation").cancels("/habilitations"),
            partners: vec![("p1".into(), "Étude de la place (Commissaire de justice)".into(), true)],
            units: vec![("684".into(), "Mulhouse".into(), true), ("681".into(), "Altkirch".into(), false)],
            whole: Some(false),
        })),
        ("revue", html(&grants::Review {
            shell: shell("/habilitations/revue", "Revue"),
            action: "/habilitations/revue".into(),
            open: true,
            faults: vec!["Un motif est nécessaire.".into()],
            reason: String::new(),
            done: 12,
            total: 41,
            due: Chip::of(date(2026, 3, 14), today()),
            rows: vec![
                grants::ReviewRow { id: "h1".into(), grant: grant("h1", "Anne-Lise Wuttemberger", 294), last_use: "depuis moins d’un jour".into(), own: true, chosen: Some(true) },
                grants::ReviewRow { id: "h2".into(), grant: grant("h2", "Bruno Keller", 5), last_use: "il y a 4 mois".into(), own: false, chosen: Some(false) },
            ],
        })),
        ("revue-a-ouvrir", html(&grants::Review { shell: shell("/habilitations/revue", "Revue"), action: "/habilitations/revue".into(), open: false, faults: vec![], reason: String::new(), done: 0, total: 0, due: Chip::of(date(2026, 3, 14), today()), rows: vec![] })),
        ("revue-finie", html(&grants::Review { shell: shell("/habilitations/revue", "Revue"), action: "/habilitations/revue".into(), open: true, faults: vec![], reason: String::new(), done: 41, total: 41, due: Chip::of(date(2026, 3, 14), today()), rows: vec![] })),
    ]
}

/// A small register, for the page alone.
fn small_register() -> reg::Register {
    let years = |n: u32| Delay { months: 12 * n, days: 0 };
    reg::Register {
        id: "expulsion".into(),
        name: "Prévention et procédures d’expulsion locative".into(),
        words: reg::CaseWords::default(),
        texts: vec!["Délibération CNIL n° 2016-015".into()],
        in_force: date(2026, 1, 1),
        authorisation: None,
        traces: reg::TraceTerm { keep: years(1), source: "X-23".into() },
        erasure_notice: Delay { months: 0, days: 14 },
        purposes: vec![reg::Purpose {
            id: "procedure".into(),
            label: "Instruire la procédure".into(),
            legal_basis: "mission d’intérêt public".into(),
            source: "004 Finalités".into(),
        }],
        stages: vec![reg::Stage {
            id: "cfp".into(),
            label: "Concours de la force publique".into(),
        }],
        sections: vec![reg::Section {
            id: "occupant".into(),
            label: "Occupants".into(),
            class: reg::Class::Identite,
            repeats: true,
            about: None,
            source: "X-07".into(),
            fields: vec![
                field("nom", "Nom", FieldKind::Name, true, "Identifier l’occupant."),
                field(
                    "sexe",
                    "Sexe",
                    choice(&[("f", "femme"), ("m", "homme")]),
                    false,
                    "Civilité des courriers.",
                ),
            ],
        }],
        imports: Vec::new(),
        acts: vec![reg::ActKind {
            id: "cfp-demande".into(),
            label: "Demande de concours".into(),
            stage: "cfp".into(),
            article: "CPCE R. 153-1".into(),
            fields: vec![field("recu_le", "Reçue le", FieldKind::Date, true, "Le délai en court.")],
            proposes: Vec::new(),
            confirm: true,
        }],
        searches: vec![],
        profiles: vec![reg::Profile {
            id: "police".into(),
            label: "Police ou gendarmerie".into(),
            partner: false,
            sees: vec![reg::FieldPath { section: "occupant".into(), field: Some("nom".into()) }],
            sees_acts: vec![],
            writes: vec![],
            acts: vec!["rapport".into()],
            powers: vec![],
            second_factor: true,
            administrator: false,
            sponsor: Some("chef de service".into()),
            max_term: years(1),
            purpose: "procedure".into(),
            source: "X-13".into(),
        }],
        retentions: vec![reg::Retention {
            id: "dossier".into(),
            sections: vec!["occupant".into()],
            acts: vec!["*".into()],
            from: reg::StartEvent::Cloture,
            keep: years(4),
            archive: true,
            then: reg::Ending::Anonymiser,
            alert_without_event: years(3),
            source: "X-09".into(),
            ours: false,
        }],
        rights: vec![reg::Right {
            officer: false,
            id: "opposition".into(),
            label: "Opposition".into(),
            offered: false,
            ground: Some("art. 38 al. 3 de la loi du 6 janvier 1978".into()),
            desks: vec!["service gestionnaire".into()],
            delay: Delay { months: 1, days: 0 },
            source: "X-16".into(),
        }],
        notices: vec![],
        letters: vec![],
        security: reg::Security {
            password_rules: "expulsion".into(),
            idle_minutes: 15,
            absolute_hours: 10,
            review_every: Delay { months: 6, days: 0 },
            alert_volume_per_hour: 60,
            alert_refusals: 5,
            alert_walk: 8,
            working_hours: ((7, 0), (20, 0)),
        },
        sha256: [0xab; 32],
    }
}

fn register_page(locale: Locale) -> register::RegisterPage {
    register::RegisterPage::new(
        shell(locale, "/registre", Some(Place::Register), &["Ma journée", "Registre"]),
        small_register(),
        vec![
            register::Version {
                digest: "abababababab".into(),
                in_force: "01/01/2026".into(),
                recorded: "20/12/2025 à 9 h 12".into(),
                alone: false,
                changes: vec![
                    register::ChangeLine {
                        kind: "restreint",
                        loosens: false,
                        text: "Le profil « Police » ne voit plus la date de naissance.".into(),
                        erasure: "",
                    },
                    register::ChangeLine {
                        kind: "élargit",
                        loosens: true,
                        text: "L’ensemble « dossier » est gardé 5 ans.".into(),
                        erasure: "Des données seront effacées plus tard.",
                    },
                ],
            },
            register::Version {
                digest: "0102030405ff".into(),
                in_force: "01/06/2025".into(),
                recorded: "28/05/2025 à 16 h 40".into(),
                alone: true,
                changes: vec![],
            },
        ],
    )
}

fn article30_page(locale: Locale) -> register::Article30 {
    register::Article30 {
        shell: shell(
            locale,
            "/registre/article-30",
            Some(Place::Register),
            &["Ma journée", "Registre", "Fiche de l’article 30"],
        ),
        name: "Prévention et procédures d’expulsion locative".into(),
        controller: "Préfecture de démonstration (Haut-Rhin fictif)".into(),
        desk: String::new(),
        on: "12/03/2026".into(),
        parts: reg::to_article30(&small_register())
            .into_iter()
            .map(|(heading, rows)| {
                (heading, rows.into_iter().map(|(a, b)| Pair::new(a, b)).collect())
            })
            .collect(),
    }
}

fn retention_page(locale: Locale) -> retention::Retention {
    let line = |rule: &str, does: &str, count: &str| retention::PlanLine {
        unit: "dossier".into(),
        rule: rule.into(),
        holds: "Occupant, Caution, Local, Dette".into(),
        source: "X-09".into(),
        ours: does == "passe en archive",
        does: does.into(),
        final_step: does == "clé détruite",
        count: count.into(),
    };
    let field = plain("au", "Voir le plan jusqu’au", FieldKind::Date, true);
    let form = FormView::from_facts(&[field], &Facts::new(), &context());
    retention::Retention {
        shell: shell(
            locale,
            "/conservation",
            Some(Place::Retention),
            &["Ma journée", "Conservation"],
        ),
        on: "31/12/2026".into(),
        today: false,
        field: form.fields[0].clone(),
        lines: vec![
            line("dès la clôture", "passe en archive", "12"),
            line("4 ans après la clôture", "clé détruite", "7"),
        ],
        held: 2,
        waiting: 3,
        late: vec![retention::PlannedLine {
            number: "4821-7730-K".into(),
            href: Some("/dossiers/4821-7730-K/traces".into()),
            unit: "dossier".into(),
            does: "attend".into(),
            on: "02/02/2026".into(),
        }],
        first: vec![retention::PlannedLine {
            number: "0317-5529-C".into(),
            href: Some("/dossiers/0317-5529-C/traces".into()),
            unit: "dossier".into(),
            does: "clé détruite".into(),
            on: "14/05/2026".into(),
        }],
        certificates: vec![retention::CertificateView {
            at: "11/03/2026 à 2 h 00".into(),
            text: "4 clés « dossier », 4 dossiers dont il ne reste rien".into(),
            final_on: Some("10/04/2026".into()),
            proof: "huis/expulsion/serveur#4182".into(),
        }],
        counters: counters(),
    }
}

fn settings_page(locale: Locale) -> settings::Settings {
    let fields = [
        plain(
            "guichet",
            "Service auprès duquel s’exercent les droits",
            FieldKind::LongText { max: 400 },
            true,
        ),
        plain(
            "rappel",
            "Prévenir par courriel avant une échéance (jours)",
            FieldKind::Integer,
            true,
        ),
    ];
    settings::Settings {
        shell: shell(locale, "/reglages", Some(Place::Settings), &["Ma journée", "Réglages"]),
        groups: vec![settings::SettingsGroup {
            id: "droits".into(),
            title: "Droits et rappels".into(),
            hint: "Imprimé sur chaque lettre d’information.".into(),
            form: FormView::from_facts(&fields, &Facts::new(), &context())
                .posts("/reglages/droits", "Enregistrer"),
        }],
        health: vec![Remark {
            tone: Tone::Bad,
            text: "Dernière sauvegarde il y a 3 jours : elle devrait dater d’hier.".into(),
            article: "X-20".into(),
        }],
    }
}
