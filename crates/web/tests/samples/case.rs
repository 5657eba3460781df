//! Samples: a dossier as it is read.

use huis_dossier::{Facts, Term, TermState};
use huis_law::{Computed, Step};
use huis_register::FieldKind;
use huis_web::{
    forms::FormView,
    i18n::Locale,
    layout::{Place, Tone},
    pages::{Link, Pair, Remark, archive, copy, deposit, dossier, print, search::Way, traces},
    term::TermView,
    timeline::{Mark, draw},
};
use jiff::civil::date;

use super::{context, field, html, shell, today};

pub const NUMBER: &str = "4821-7730-K";

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let crumbs = ["Ma journée", "Dossiers", NUMBER];
    let page = dossier::DossierPage {
        beside: None,
        shell: shell(locale, "/dossiers/4821-7730-K", Some(Place::List), &crumbs),
        d: view(),
    };
    vec![
        ("dossier", html(&page)),
        (
            "dossier-neuf",
            html(&dossier::DossierPage {
                beside: None,
                shell: shell(locale, "/dossiers/4821-7730-K", Some(Place::List), &crumbs),
                d: dossier::DossierView {
                    number: NUMBER.into(),
                    href: "/dossiers/4821-7730-K".into(),
                    step: "Dossier ouvert".into(),
                    ..Default::default()
                },
            }),
        ),
        (
            "imprimer",
            html(&print::Print {
                shell: shell(locale, "/dossiers/4821-7730-K/imprimer", None, &[]),
                d: view(),
                printed: "imprimé le 12/03/2026 à 10\u{a0}h\u{a0}05 par Anne-Lise Wuttemberger"
                    .into(),
            }),
        ),
        ("archives-fermees", html(&archive_page(locale, true))),
        ("archives", html(&archive_page(locale, false))),
        ("versement", html(&deposit_page(locale, false))),
        ("versement-refuse", html(&deposit_page(locale, true))),
        ("traces", html(&traces_page(locale))),
        ("copie", html(&copy_page(locale, true))),
        ("copie-archive", html(&copy_page(locale, false))),
    ]
}

fn copy_page(locale: Locale, whole: bool) -> copy::CopyPage {
    let part = |title: &str, pairs, free| copy::CopyPart { title: title.into(), pairs, free };
    let words =
        ("v.accompagnement.1.preconisations", "Préconisations", "Plan d’apurement à revoir.");
    let free = vec![(words.0.to_owned(), words.1.to_owned(), words.2.to_owned())];
    let view = copy::CopyView {
        name: "Schmitt Mireille".into(),
        processing: "Prévention et procédures d’expulsion locative".into(),
        card: vec![Pair::new("Dossier", NUMBER), Pair::new("Ouvert le", "02/02/2026")],
        sections: vec![
            part(
                "Occupant",
                vec![Pair::new("Nom", "Schmitt"), Pair::new("Prénom", "Mireille")],
                vec![],
            ),
            part("Accompagnement social", vec![], free),
        ],
        acts: vec![part("02/02/2026 – Impayé constitué (n°\u{a0}1)", vec![], vec![])],
        openings: vec![(
            "12/03/2026".into(),
            "Sous-préfecture de Mulhouse".into(),
            "Gérer la prévention".into(),
            "Consultation".into(),
            2,
        )],
        since: "12/03/2025".into(),
        mentions: vec![("Qui les voit\u{a0}?".into(), vec!["Les agents habilités.".into()])],
        unattributed: vec!["Santé".into()],
        place: ("occupant".into(), 1),
    };
    let field = huis_web::forms::plain(
        "phrase",
        "Phrase secrète de l’archive",
        huis_register::FieldKind::Text { max: 200 },
        true,
    );
    let context = huis_web::forms::FormContext::default();
    let unlock =
        huis_web::forms::FormView::from_facts(&[field], &huis_dossier::Facts::new(), &context)
            .posts("/dossiers/1234-5678-B/copie/archives", "Ouvrir l’archive");
    let crumbs = ["Dossiers", "1234-5678-B", "Copie des données"];
    copy::CopyPage {
        shell: shell(locale, "/dossiers/1234-5678-B/copie", Some(Place::List), &crumbs),
        request: "1234-5678-B".into(),
        number: NUMBER.into(),
        unlock: (!whole).then_some(unlock),
        none: None,
        several: if whole { vec![] } else { vec![("Occupant 1".into(), "/dossiers".into())] },
        copy: whole.then_some(view),
        faults: if whole {
            vec![]
        } else {
            vec!["Les réglages ne disent pas le délégué.".into()]
        },
        make: whole.then(|| "/dossiers/1234-5678-B/copie.pdf".into()),
    }
}

pub fn remark(tone: Tone, text: &str, article: &str) -> Remark {
    Remark { tone, text: text.into(), article: article.into() }
}

fn terms() -> Vec<Term> {
    let term =
        |label: &str, due, action, state, steps: &[(&str, Option<huis_kernel::Date>)]| Term {
            rule: "cfp-silence".into(),
            label: label.into(),
            due,
            action,
            state,
            act: Some(4),
            explained: Computed {
                due,
                safe: None,
                article: "CPCE, art. R. 153-1".into(),
                in_force_since: Some(date(2012, 6, 1)),
                verified: true,
                steps: steps.iter().map(|(t, d)| Step { text: (*t).into(), date: *d }).collect(),
            },
        };
    let mut hearing =
        term("Notifier l’assignation au préfet", date(2025, 3, 31), true, TermState::Met, &[]);
    hearing.explained.safe = Some(date(2025, 3, 30));
    let mut unsure =
        term("Délai du commandement de payer", date(2026, 3, 30), false, TermState::Running, &[]);
    unsure.explained.verified = false;
    vec![
        term(
            "Informer la CCAPEX",
            date(2026, 3, 3),
            true,
            TermState::Running,
            &[("Le commandement a été reçu", Some(date(2026, 2, 26)))],
        ),
        term("Répondre à la demande de concours", date(2026, 3, 12), true, TermState::Running, &[]),
        term(
            "Silence valant refus de concours",
            date(2026, 3, 17),
            true,
            TermState::Running,
            &[
                ("La demande a été reçue par la préfecture", Some(date(2026, 1, 17))),
                ("Deux mois, de quantième à quantième", Some(date(2026, 3, 17))),
                (
                    "Délai du silence de l’administration : il n’est pas reporté au jour ouvrable suivant",
                    None,
                ),
            ],
        ),
        unsure,
        term("Fin de la trêve hivernale", date(2026, 3, 31), false, TermState::Running, &[]),
        hearing,
    ]
}

fn view() -> dossier::DossierView {
    let stage = |label: &str, state| dossier::StageView { label: label.into(), state };
    use dossier::StageState::{Ahead, Current, Past};
    let pair = Pair::new;
    let act = |no, label: &str, on, facts: Vec<Pair>| dossier::ActView {
        no,
        label: label.into(),
        on,
        recorded: "Enregistré le 17/01/2026 à 9 h 12 par Anne-Lise Wuttemberger".into(),
        facts,
        hidden: false,
        corrected_by: None,
        corrects: None,
        voided: None,
        remarks: vec![],
        correct_href: Some(format!("/dossiers/{NUMBER}/actes/jugement?corrige={no}")),
        void_href: Some(format!("/dossiers/{NUMBER}/annuler/{no}")),
        takes: vec![Link::new("Reprendre dans « Dette locative »…", "/dossiers")],
    };
    let mut wrong = act(3, "Jugement", date(2025, 6, 2), vec![]);
    wrong.corrected_by = Some(4);
    let mut right = act(
        4,
        "Jugement",
        date(2025, 6, 12),
        vec![
            pair("Décision", "résiliation du bail et expulsion"),
            pair("Dette retenue", "4 812,36 €"),
        ],
    );
    right.corrects = Some(3);
    let mut report = act(7, "Rapport de police", date(2026, 2, 20), vec![]);
    report.hidden = true;
    let mut voided = act(6, "Versement", date(2026, 1, 20), vec![]);
    voided.voided = Some("enregistré sur le mauvais dossier".into());
    let mut request = act(
        5,
        "Demande de concours de la force publique",
        date(2026, 1, 17),
        vec![
            pair("Reçue le", "17/01/2026"),
            pair("Occupants visés", "Occupant 1 : Mireille Schmitt"),
        ],
    );
    request.remarks = vec![remark(
        Tone::Warning,
        "Reçue pendant la trêve hivernale : l’expulsion ne peut pas avoir lieu avant le 1er avril.",
        "CPCE, art. L. 412-6",
    )];
    let acts = vec![
        report,
        voided,
        request,
        right,
        wrong,
        act(2, "Assignation", date(2025, 3, 28), vec![pair("Audience", "12/05/2025")]),
        act(
            1,
            "Commandement de payer",
            date(2025, 1, 14),
            vec![
                pair("Montant réclamé", "3 204,00 €"),
                pair("Signifié à", "Occupant 1 : Mireille Schmitt"),
            ],
        ),
    ];
    let views: Vec<TermView> = terms().iter().map(|t| TermView::new(t, today())).collect();
    let marks = acts
        .iter()
        .map(|a| Mark { on: a.on, label: a.label.clone(), class: "act" })
        .chain(views.iter().map(|t| Mark {
            on: t.due,
            label: t.label.clone(),
            class: t.chip.class(),
        }))
        .collect();
    let occurrence = |title: Option<&str>, facts: Vec<Pair>| dossier::OccurrenceView {
        title: title.map(Into::into),
        restricted: None,
        facts,
        edit_href: Some(format!("/dossiers/{NUMBER}/volets/occupant/1")),
        hide: title.is_some().then(|| {
            Link::new("Masquer…", format!("/dossiers/{NUMBER}/volets/occupant/1/masquer"))
        }),
    };
    let mut protected = occurrence(
        Some("Occupant 2"),
        vec![
            pair("Nom", "Belhadj"),
            pair("Prénom", "Karim"),
            pair("Adresse de contact", "12 rue des Tanneurs\n68200 Mulhouse"),
        ],
    );
    protected.restricted = Some("adresse protégée, masquée aux autres occupants".into());
    let section = |id: &str, label: &str, sensitive, occurrences| dossier::SectionView {
        id: id.into(),
        label: label.into(),
        source: "X-07".into(),
        sensitive,
        withheld: id == "diagnostic",
        occurrences,
        add_href: Some(format!("/dossiers/{NUMBER}/volets/{id}/nouveau")),
    };
    dossier::DossierView {
        number: NUMBER.into(),
        href: format!("/dossiers/{NUMBER}"),
        version: 12,
        identity: vec![
            pair("Occupants", "Mireille Schmitt, Karim Belhadj"),
            pair("Local", "8 rue du Moulin, 68100 Mulhouse"),
            pair("Bailleur", "social"),
            pair("Dette connue", "4 812,36 €"),
            pair("Suivi par", "Anne-Lise Wuttemberger"),
        ],
        stages: vec![
            stage("Prévention", Past),
            stage("Assignation", Past),
            stage("Commandement de quitter les lieux", Past),
            stage("Concours de la force publique", Current),
            stage("Indemnités", Ahead),
        ],
        step: "Demande de concours reçue : réponse attendue avant le 17/03/2026".into(),
        closed: None,
        holds: vec!["Effacement suspendu jusqu’au 31/12/2027 : contentieux en cours.".into()],
        follows: true,
        letters: true,
        remarks: vec![remark(
            Tone::Bad,
            "La CCAPEX n’a pas été informée du commandement : le délai ne court pas.",
            "CPCE, art. L. 412-5",
        )],
        next: vec![
            dossier::OfferView {
                label: "Accorder le concours".into(),
                href: format!("/dossiers/{NUMBER}/actes/cfp-accord"),
                expected: true,
                article: "CPCE, art. L. 153-1".into(),
            },
            dossier::OfferView {
                label: "Refuser le concours".into(),
                href: format!("/dossiers/{NUMBER}/actes/cfp-refus"),
                expected: true,
                article: "CPCE, art. R. 153-1".into(),
            },
        ],
        others: vec![dossier::OfferView {
            label: "Demander un rapport de police".into(),
            href: format!("/dossiers/{NUMBER}/actes/rapport-demande"),
            expected: false,
            article: "X-08".into(),
        }],
        refused: vec![dossier::RefusedView {
            label: "Demande d’indemnité amiable".into(),
            reason: "possible dès le refus, exprès ou né du silence (17/03/2026).".into(),
            article: "CPCE, art. R. 154-1".into(),
        }],
        done: views.iter().take(1).cloned().collect(),
        terms: views,
        timeline: draw(marks, today()),
        acts,
        sections: vec![
            section(
                "occupant",
                "Occupants",
                false,
                vec![
                    occurrence(
                        Some("Occupant 1"),
                        vec![
                            pair("Nom", "Schmitt"),
                            pair("Prénom", "Mireille"),
                            pair("Date de naissance", "04/09/1978"),
                            pair("Téléphone", "06 39 98 12 34"),
                            pair("Bénéficiaire d’une aide au logement", "oui"),
                        ],
                    ),
                    protected,
                ],
            ),
            section(
                "local",
                "Local",
                false,
                vec![occurrence(
                    None,
                    vec![
                        pair("Type", "T3"),
                        pair("Adresse", "8 rue du Moulin"),
                        pair("Commune", "Mulhouse"),
                        pair("Loyer et charges", "612,40 €"),
                    ],
                )],
            ),
            section("diagnostic", "Diagnostic social et financier", true, vec![]),
        ],
        request: Vec::new(),
        tools: vec![
            Link::new("Imprimer", format!("/dossiers/{NUMBER}/imprimer")),
            Link::new("Qui l’a consulté ?", format!("/dossiers/{NUMBER}/traces")),
            Link::new("Clore…", format!("/dossiers/{NUMBER}/actes/cloture")),
        ],
    }
}

fn deposit_page(locale: Locale, refused: bool) -> deposit::Deposit {
    let by = field("au", "Voir le plan jusqu’au", FieldKind::Date, true, "");
    let texts = [
        field("service", "Service d’archives qui reçoit", FieldKind::Text { max: 120 }, true, ""),
        field("visa", "Référence de son visa", FieldKind::Text { max: 120 }, true, ""),
    ];
    let view = |fields: &[huis_register::Field]| {
        FormView::from_facts(fields, &Facts::new(), &context()).fields
    };
    deposit::Deposit {
        shell: shell(
            locale,
            "/archives/versement",
            Some(Place::Archive),
            &["Ma journée", "Archives", "Versement"],
        ),
        by: view(&[by]).remove(0),
        by_iso: "2026-09-12".into(),
        most: 25,
        rows: vec![deposit::DepositRow {
            number: "0317-5529-C".into(),
            href: "/dossiers/0317-5529-C".into(),
            on: "14/05/2026".into(),
            chosen: refused,
        }],
        fields: view(&texts),
        fault: refused.then(|| "Cochez au moins un dossier.".into()),
    }
}

fn archive_page(locale: Locale, locked: bool) -> archive::Archive {
    let unlock =
        [field("phrase", "Phrase secrète de l’archive", FieldKind::Text { max: 200 }, true, "")];
    let name = [
        field("nom", "Nom", FieldKind::Name, true, ""),
        field("prenom", "Prénom", FieldKind::Name, true, ""),
    ];
    archive::Archive {
        shell: shell(locale, "/archives", Some(Place::Archive), &["Ma journée", "Archives"]),
        unlock: locked.then(|| {
            FormView::from_facts(&unlock, &Facts::new(), &context())
                .posts("/archives/ouvrir", "Ouvrir l’archive")
        }),
        lock_action: (!locked).then(|| "/archives/fermer".into()),
        ways: if locked {
            vec![]
        } else {
            vec![Way {
                id: "nom".into(),
                label: "Nom et prénom".into(),
                near: true,
                form: FormView::from_facts(&name, &Facts::new(), &context())
                    .posts("/archives", "Chercher"),
            }]
        },
        found: (!locked).then(|| archive::ArchiveFound {
            rows: vec![archive::ArchiveRow {
                number: "0317-5529-C".into(),
                href: "/dossiers/0317-5529-C".into(),
                facts: vec![
                    Pair::new("Secteur", "Mulhouse"),
                    Pair::new("Ouvert le", "02/02/2021"),
                    Pair::new("Clos le", "14/05/2023"),
                    Pair::new("Trouvé par", "Nom et prénom"),
                ],
                erased_on: Some("14/05/2027".into()),
            }],
            missing: vec![],
            capped: true,
        }),
    }
}

fn traces_page(locale: Locale) -> traces::Traces {
    let line = |at: &str, who: &str, what: &[(&str, &str)], refused: bool| traces::TraceLine {
        at: at.into(),
        who: who.into(),
        who_href: Some("/traces?agent=0123".into()),
        role: "Sous-préfecture de Mulhouse".into(),
        operation: "Consultation".into(),
        dossiers: vec![Link::new(NUMBER, format!("/dossiers/{NUMBER}/traces"))],
        others: "et 12 autres".into(),
        sections: "Occupant n°\u{a0}1, Local".into(),
        what: what.iter().map(|(a, b)| Pair::new(*a, *b)).collect(),
        purpose: "Instruction de la procédure".into(),
        outcome: if refused { "Refusé\u{a0}: hors du périmètre" } else { "Fait" }.into(),
        refused,
    };
    let log = "huis/expulsion/serveur";
    traces::Traces {
        shell: shell(
            locale,
            "/dossiers/4821-7730-K/traces",
            Some(Place::Traces),
            &["Ma journée", "Dossiers", NUMBER, "Traces"],
        ),
        of: format!("Dossier {NUMBER}"),
        kept: "gardées 1 an (X-23)".into(),
        evidence: Some(traces::Evidence {
            key: "huis+0a1b2c3d+AQIDBAUGBwgJ".into(),
            logs: vec![Link::new(log, "/traces/export/huis/expulsion/serveur")],
            action: "/traces/verifier".into(),
            verified: Some(traces::Verified {
                tone: Tone::Good,
                text: "Journal intact\u{a0}: 18\u{202f}402 traces vérifiées.".into(),
                logs: vec![Pair::new(log, "18\u{202f}402 traces, 71 journées closes")],
            }),
        }),
        filters: vec![],
        typed: vec![],
        only: Some(Link::new("Traces de Bruno Keller", "/traces")),
        lines: vec![
            line(
                "12/03/2026 à 10 h 05",
                "Anne-Lise Wuttemberger",
                &[("Occupant n°\u{a0}1", "Nom, Prénom"), ("Local", "tout")],
                false,
            ),
            line("11/03/2026 à 16 h 40", "Bruno Keller", &[], true),
        ],
        next: Some("/traces?avant=1767186300000,7,huis/expulsion/serveur".into()),
        first: None,
    }
}
