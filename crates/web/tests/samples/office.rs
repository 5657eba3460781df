//! Samples: supervision, alerts, grants, register, retention, accounts, settings.

use huis_dossier::Facts;
use huis_kernel::Delay;
use huis_register as reg;
use huis_register::FieldKind;
use huis_web::{
    forms::{FormView, plain},
    i18n::Locale,
    layout::{Place, Tone},
    pages::{
        Link, Pair, Remark, accounts, alerts, grants, register, retention, settings, supervise,
    },
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
        ("conservation", html(&retention_page(locale))),
        ("comptes", html(&accounts_page(locale))),
        (
            "mon-compte",
            html(&accounts::MyAccount {
                shell: shell(locale, "/mon-compte", None, &["Ma journée", "Mon compte"]),
                facts: vec![
                    Pair::new("Nom", "Anne-Lise Wuttemberger"),
                    Pair::new("Mot de passe changé le", "02/01/2026"),
                ],
                grants: vec![Pair::new("Instructrice, Mulhouse", "jusqu’au 31/12/2026")],
                second_factor: true,
                sessions: vec![Pair::new("Ce poste", "depuis 8 h 02")],
            }),
        ),
        ("reglages", html(&settings_page(locale))),
    ]);
    out
}

fn supervise_page(locale: Locale) -> supervise::Supervise {
    let load = |unit: &str, agent: Option<&str>, active: u32, late: u32| supervise::Load {
        unit: unit.into(),
        agent: agent.map(Into::into),
        active,
        late,
        soon: active / 9,
        bar: active * 100 / 519,
        late_bar: late * 100 / 519,
        href: "/dossiers?secteur=684".into(),
    };
    let indicator = |label: &str, value: Option<&str>, note: &str| supervise::Indicator {
        label: label.into(),
        value: value.map(Into::into),
        note: note.into(),
    };
    supervise::Supervise {
        shell: shell(
            locale,
            "/encadrement",
            Some(Place::Supervise),
            &["Ma journée", "Encadrement"],
        ),
        loads: vec![
            load("Mulhouse", None, 519, 76),
            load("Mulhouse", Some("Anne-Lise Wuttemberger"), 211, 18),
            load("Mulhouse", Some("Bruno Keller"), 308, 58),
            load("Altkirch", None, 55, 3),
            load("Altkirch", Some("Thi Mai Nguyen"), 55, 3),
        ],
        indicators: vec![
            indicator(
                "Délai médian de réponse à une demande de concours",
                Some("47 jours"),
                "douze derniers mois, 312 demandes",
            ),
            indicator("Indemnités versées, Altkirch", None, "moins de dix dossiers"),
        ],
        stuck: rows(&[
            (-61, "Lettre d’information non envoyée", "Prévention"),
            (-40, "Informer la CCAPEX", "Commandement de quitter les lieux"),
        ]),
        stuck_more: Some(Link::new("Voir les 115 dossiers en retard", "/dossiers?echeance=retard")),
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
            review: grants::ReviewState { last: Some("14/09/2025".into()), due: Some(Chip::of(date(2026, 3, 14), today())), progress: Some((12, 41)), can_lead: true },
        })),
        ("habilitation-donner", html(&grants::GrantForm {
            shell: shell("/habilitations/donner", "Donner"),
            profiles: vec![grants::ProfileHelp { label: "Police ou gendarmerie".into(), opens: "Voit le numéro, la date de création, les occupants et le local ; dépose un rapport.".into(), max_term: "1 an".into() }],
            form: FormView::from_facts(&fields, &Facts::new(), &context()).posts("/habilitations/donner", "Donner l’habilitation").cancels("/habilitations"),
            units: vec![("684".into(), "Mulhouse".into(), true), ("681".into(), "Altkirch".into(), false)],
        })),
        ("revue", html(&grants::Review {
            shell: shell("/habilitations/revue", "Revue"),
            action: "/habilitations/revue".into(),
            done: 12,
            total: 41,
            due: Chip::of(date(2026, 3, 14), today()),
            rows: vec![
                grants::ReviewRow { id: "h1".into(), grant: grant("h1", "Anne-Lise Wuttemberger", 294), last_use: "aujourd’hui".into() },
                grants::ReviewRow { id: "h2".into(), grant: grant("h2", "Bruno Keller", 5), last_use: "il y a 4 mois".into() },
            ],
        })),
        ("revue-finie", html(&grants::Review { shell: shell("/habilitations/revue", "Revue"), action: "/habilitations/revue".into(), done: 41, total: 41, due: Chip::of(date(2026, 3, 14), today()), rows: vec![] })),
    ]
}

/// A small register, for the page alone.
fn small_register() -> reg::Register {
    let years = |n: u32| Delay { months: 12 * n, days: 0 };
    reg::Register {
        id: "expulsion".into(),
        name: "Prévention et procédures d’expulsion locative".into(),
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
        acts: vec![reg::ActKind {
            id: "cfp-demande".into(),
            label: "Demande de concours".into(),
            stage: "cfp".into(),
            article: "CPCE R. 153-1".into(),
            fields: vec![field("recu_le", "Reçue le", FieldKind::Date, true, "Le délai en court.")],
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
            id: "opposition".into(),
            label: "Opposition".into(),
            offered: false,
            ground: Some("art. 38 al. 3 de la loi du 6 janvier 1978".into()),
            desks: vec!["service gestionnaire".into()],
            delay: Delay { months: 1, days: 0 },
            source: "X-16".into(),
        }],
        notices: vec![],
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
        vec!["Le profil « Police » ne voit plus la date de naissance.".into()],
    )
}

fn retention_page(locale: Locale) -> retention::Retention {
    let line = |rule: &str, does: &str, count: &str| retention::PlanLine {
        rule: rule.into(),
        source: "X-09".into(),
        ours: does == "archive",
        does: does.into(),
        count: count.into(),
        held: 1,
        samples: vec![
            Link::new("0317-5529-C", "/archives/0317-5529-C"),
            Link::new("9904-1182-P", "/archives/9904-1182-P"),
        ],
    };
    retention::Retention {
        shell: shell(
            locale,
            "/conservation",
            Some(Place::Retention),
            &["Ma journée", "Conservation"],
        ),
        on: "12/03/2026".into(),
        form: FormView::from_facts(
            &[plain("date", "Voir le plan pour le", FieldKind::Date, true)],
            &Facts::new(),
            &context(),
        )
        .posts("/conservation", "Afficher"),
        lines: vec![
            line("Dossier, 4 ans après la clôture", "détruit les clés", "7"),
            line("Dossier, à la clôture", "archive", "12"),
        ],
        waiting: vec![retention::WaitingLine {
            text: "dossiers ouverts depuis plus de trois ans sans clôture".into(),
            count: "3".into(),
            href: "/dossiers?attente=cloture".into(),
        }],
        run_action: Some("/conservation/executer".into()),
        certificates: vec![retention::Certificate {
            at: "11/03/2026".into(),
            text: "4 dossiers détruits (règle « dossier »)".into(),
            final_on: "10/04/2026".into(),
            href: "/conservation/certificats/41".into(),
        }],
    }
}

fn accounts_page(locale: Locale) -> accounts::Accounts {
    let fields = [
        plain("prenom", "Prénom", FieldKind::Name, true),
        plain("nom", "Nom", FieldKind::Name, true),
        plain("courriel", "Adresse de service", FieldKind::Email, true),
        plain("service", "Service", FieldKind::Text { max: 120 }, true),
    ];
    accounts::Accounts {
        shell: shell(locale, "/comptes", Some(Place::Accounts), &["Ma journée", "Comptes"]),
        filters: vec![],
        rows: vec![accounts::AccountRow {
            id: "compte-1".into(),
            name: "Bruno Keller".into(),
            login: "bruno.keller".into(),
            service: "Commissariat de Mulhouse".into(),
            state: "verrouillé".into(),
            tone: Tone::Bad,
            last: "11/03/2026".into(),
            second_factor: true,
            actions: vec![
                accounts::AccountAction {
                    label: "Déverrouiller".into(),
                    action: "/comptes/1/deverrouiller".into(),
                    danger: false,
                },
                accounts::AccountAction {
                    label: "Fermer le compte".into(),
                    action: "/comptes/1/fermer".into(),
                    danger: true,
                },
            ],
        }],
        form: FormView::from_facts(&fields, &Facts::new(), &context())
            .posts("/comptes", "Créer le compte"),
        form_open: true,
        provisional: Some(Pair::new("karl.meyer", "Cigogne-7-Moulin-Lavande")),
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
