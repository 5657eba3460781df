//! Samples: sign-in, the day, search, lists, board.

use huis_register::FieldKind;
use huis_web::{
    errors::{ErrorPage, PageError},
    forms::{FormData, FormView, parse, plain},
    i18n::Locale,
    layout::{Flash, Place, Tone},
    pages::{Filter, Link, Pair, auth, board, day, help, list, search},
};

use super::{context, html, outside, rows, shell};

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let mut out = sign_in(locale);
    out.extend(errors(locale));
    out.extend([
        ("journee", html(&day_page(locale, false))),
        ("journee-vide", html(&day_page(locale, true))),
        ("journee-fermee", html(&day::Day { shut: true, idle: vec![], ..day_page(locale, true) })),
        (
            "journee-police",
            html(&day::Day {
                by_number: Some(by_number()),
                idle: vec![],
                ..day_page(locale, true)
            }),
        ),
        ("recherche", html(&search_page(locale))),
        ("resultats", html(&results(locale, false))),
        ("resultats-vides", html(&results(locale, true))),
        ("tableau", html(&board_page(locale))),
        ("dossiers", html(&list_page(locale, false))),
        ("dossiers-vide", html(&list_page(locale, true))),
        (
            "aide",
            html(&help::Help { shell: shell(locale, "/aide", None, &["Ma journée", "Aide"]) }),
        ),
    ]);
    out
}

fn sign_in(locale: Locale) -> Vec<(&'static str, String)> {
    let fault = || Some("Identifiant ou mot de passe incorrect.".to_owned());
    let password = |faults: Vec<String>| auth::Password {
        shell: outside(locale, "/mon-compte/mot-de-passe"),
        because: Some("Première connexion : le mot de passe provisoire doit être changé.".into()),
        asks_present: true,
        rules: vec![
            Pair::new(
                "Douze caractères au moins, avec minuscules, majuscules, chiffres et signes",
                "X-18",
            ),
            Pair::new("Ou une phrase de sept mots", "CNIL 2022-100"),
        ],
        faults,
    };
    let demo = |profile: &str, login: &str| auth::DemoAccount {
        profile: profile.into(),
        scope: "Mulhouse".into(),
        login: login.into(),
        href: "/connexion?essai=instructeur".into(),
    };
    let reset = |sent: Option<&str>, no_mail| auth::Reset {
        shell: outside(locale, "/connexion/oubli"),
        sent: sent.map(Into::into),
        no_mail,
        login: String::new(),
        fault: None,
    };
    let link = |fault: Option<&str>| auth::ResetLink {
        shell: outside(locale, "/connexion"),
        token: "jeton".into(),
        fault: fault.map(Into::into),
    };
    vec![
        ("connexion", html(&auth::SignIn {
            provider: Some(auth::ProviderLink {
                name: "ProConnect".to_owned(),
                href: "/connexion/fournisseur?retour=/journee".to_owned(),
            }),
            shell: outside(locale, "/connexion"),
            login: String::new(),
            fault: None,
            back: "/journee".into(),
            demo_accounts: vec![
                demo("Agent instructeur", "anne-lise.wuttemberger"),
                demo("Agent de police ou de gendarmerie", "bruno.keller"),
            ],
        })),
        ("connexion-refusee", html(&auth::SignIn {
            provider: None,
            shell: outside(locale, "/connexion"),
            login: "anne-lise.wuttemberger".into(),
            fault: fault(),
            back: "/journee".into(),
            demo_accounts: vec![],
        })),
        ("code", html(&auth::Totp { shell: outside(locale, "/connexion/code"), fault: Some("Ce code ne convient pas : attendez le suivant.".into()), back: "/journee".into() })),
        ("code-installation", html(&auth::TotpEnrol {
            shell: outside(locale, "/mon-compte/code"),
            qr_svg: "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M1 1h3v3h-3zM5 1h3v3h-3zM1 5h3v3h-3zM6 6h1v1h-1z\"/></svg>".into(),
            secret: "JBSW Y3DP EHPK 3PXP".into(),
            replaces: true,
            fault: None,
        })),
        ("codes-de-secours", html(&auth::Recovery {
            shell: outside(locale, "/mon-compte/code"),
            codes: (1..=10).map(|n| format!("{:04}-{:04}", n * 731, n * 977)).collect(),
            next: "/journee".into(),
        })),
        ("mot-de-passe", html(&password(vec![]))),
        ("mot-de-passe-refuse", html(&password(vec!["Il manque un chiffre.".into(), "Il contient votre identifiant.".into()]))),
        ("oubli", html(&reset(None, true))),
        ("oubli-envoye", html(&reset(Some("Si un compte correspond à cet identifiant, un message part à son adresse."), false))),
        ("oubli-sans-courriel", html(&reset(Some(""), true))),
        ("lien", html(&link(None))),
        ("lien-perime", html(&link(Some("Ce lien ne compte pas, ou plus.")))),
    ]
}

fn errors(locale: Locale) -> Vec<(&'static str, String)> {
    [
        ("erreur-400", PageError::Unreadable),
        ("erreur-jeton", PageError::Forged),
        ("erreur-404", PageError::NotFound),
        ("erreur-409", PageError::Conflict),
        ("erreur-413", PageError::TooLarge),
        ("erreur-429", PageError::TooMany),
        ("erreur-500", PageError::Internal),
        ("erreur-503", PageError::Unavailable),
    ]
    .map(|(name, error)| {
        let id = huis_web::headers::RequestId("3fa9c2d41b07".into());
        (name, html(&ErrorPage::new(error, locale, true, Some(&id))))
    })
    .into()
}

fn day_page(locale: Locale, empty: bool) -> day::Day {
    let mut shell = shell(locale, "/journee", Some(Place::Day), &["Ma journée"]);
    let count = |number: &str, label: &str, href: &str, tone| day::Count {
        number: number.into(),
        label: label.into(),
        href: href.into(),
        tone,
    };
    let group = |id: &str, title: &str, hint: &str, rows| day::Group {
        id: id.into(),
        title: title.into(),
        hint: hint.into(),
        rows,
        total: Some("99+".into()),
        more: None,
    };
    if empty {
        return day::Day {
            shell,
            today: "jeudi 12 mars 2026".into(),
            counts: vec![],
            groups: vec![],
            idle: vec![Link::new(
                "voir les échéances des trente prochains jours",
                "/dossiers?echeance=30",
            )],
            letters: false,
            by_number: None,
            shut: false,
        };
    }
    shell.flashes = vec![Flash {
        tone: Tone::Good,
        text: "Acte enregistré au dossier 4821-7730-K : demande de concours reçue.".into(),
        link: Some(("Voir le dossier".into(), "/dossiers/4821-7730-K".into())),
    }];
    let mut late = group(
        "en-retard",
        "En retard",
        "Une date que la loi fixe est passée sans que l’acte attendu soit enregistré.",
        rows(&[
            (
                -9,
                "Informer la CCAPEX du commandement de quitter les lieux",
                "Commandement de quitter les lieux",
            ),
            (
                -3,
                "Répondre à la demande de concours : le silence vaudra refus",
                "Concours de la force publique",
            ),
            (-1, "Lettre d’information de l’occupant non envoyée", "Prévention"),
        ]),
    );
    late.more = Some(Link::new("Voir les 6 autres", "/dossiers?echeance=retard"));
    day::Day {
        shell,
        today: "jeudi 12 mars 2026".into(),
        counts: vec![
            count("9", "en retard", "#en-retard", Tone::Bad),
            count("4", "à faire aujourd’hui", "#aujourd-hui", Tone::Warning),
            count("17", "sous sept jours", "/dossiers?echeance=7", Tone::Info),
            count("5", "arrivés depuis hier", "#arrives", Tone::Good),
        ],
        groups: vec![
            late,
            group(
                "aujourd-hui",
                "À faire aujourd’hui",
                "Dernier jour pour agir.",
                rows(&[
                    (0, "Transmettre le diagnostic social et financier au juge", "Assignation"),
                    (
                        0,
                        "Fin du délai du commandement de quitter les lieux",
                        "Commandement de quitter les lieux",
                    ),
                    (1, "Audience", "Assignation"),
                ]),
            ),
            group(
                "arrives",
                "Arrivé depuis hier",
                "Actes et rapports déposés par d’autres services.",
                rows(&[
                    (5, "Rapport de police déposé", "Concours de la force publique"),
                    (40, "Assignation notifiée par le commissaire de justice", "Assignation"),
                ]),
            ),
        ],
        idle: vec![],
        letters: true,
        by_number: None,
        shut: false,
    }
}

fn by_number() -> day::ByNumber {
    day::ByNumber {
        older: Some("/journee?depots=1767186300000.48217730.3#depots".into()),
        newest: None,
        value: "4821-7730-Q".into(),
        fault: Some("La lettre ne correspond pas aux chiffres : vérifiez le numéro.".into()),
        lead: "Votre habilitation ouvre un dossier à la fois, par son numéro.".into(),
        awaited: Some(vec![day::AwaitedRow {
            number: "4821-7730-K".into(),
            href: "/dossiers/4821-7730-K".into(),
            what: "Rapport de police attendu".into(),
            due: "20/03/2026".into(),
            chip: huis_web::term::Chip::of(jiff::civil::date(2026, 3, 20), super::today()),
        }]),
        deposits: vec![day::DepositRow {
            number: "1730-2264-D".into(),
            href: "/dossiers/1730-2264-D/recus/7".into(),
            what: "Rapport de police déposé".into(),
            on: "02/03/2026".into(),
            recorded: "02/03/2026 à 10 h 12".into(),
        }],
    }
}

fn search_page(locale: Locale) -> search::Search {
    let name = [
        plain("nom", "Nom", FieldKind::Name, true),
        plain("prenom", "Prénom", FieldKind::Name, true),
    ];
    let place = [
        plain("voie", "Voie", FieldKind::Text { max: 80 }, true),
        plain("numero", "Numéro", FieldKind::Text { max: 8 }, true),
        plain("commune", "Commune", FieldKind::Commune, true),
    ];
    let way = |id: &str, label: &str, near, form: FormView| search::Way {
        id: id.into(),
        label: label.into(),
        near,
        form,
    };
    let mut by_name = context();
    by_name.prefix = "nom.".into();
    let refused =
        parse(&name, &FormData::from_pairs([("nom.nom", "Schmitt")]), &by_name).unwrap_err();
    let mut by_place = context();
    by_place.prefix = "adresse.".into();
    search::Search {
        shell: shell(locale, "/recherche", None, &["Ma journée", "Recherche"]),
        ways: vec![
            way(
                "nom",
                "Nom et prénom d’un occupant",
                true,
                FormView::refused(&name, &refused, &by_name).posts("/recherche", "Chercher"),
            ),
            way(
                "adresse",
                "Adresse du local",
                false,
                FormView::from_facts(&place, &Default::default(), &by_place)
                    .posts("/recherche", "Chercher"),
            ),
        ],
    }
}

fn results(locale: Locale, empty: bool) -> search::SearchResults {
    search::SearchResults {
        shell: shell(locale, "/recherche/8f3c", None, &["Ma journée", "Recherche", "Résultats"]),
        way: "nom et prénom d’un occupant".into(),
        again: "/recherche?reprendre=8f3c".into(),
        missing: vec![],
        rows: if empty {
            vec![]
        } else {
            rows(&[
                (12, "Audience", "Assignation"),
                (70, "Silence valant refus", "Concours de la force publique"),
            ])
        },
        capped: !empty,
        archive_hint: empty
            .then(|| "Un dossier clos peut exister : demandez à la cellule archives.".into()),
        create: true,
    }
}

fn filters() -> Vec<Filter> {
    let filter = |name: &str, label: &str, options: &[(&str, &str)]| Filter {
        name: name.into(),
        label: label.into(),
        options: options
            .iter()
            .enumerate()
            .map(|(i, (c, l))| ((*c).into(), (*l).into(), i == 0))
            .collect(),
    };
    vec![
        filter(
            "etape",
            "Étape",
            &[
                ("", "toutes"),
                ("assignation", "Assignation"),
                ("cfp", "Concours de la force publique"),
            ],
        ),
        filter("secteur", "Secteur", &[("", "tous"), ("684", "Mulhouse")]),
        filter(
            "echeance",
            "Échéance",
            &[("", "toutes"), ("retard", "en retard"), ("7", "sous sept jours")],
        ),
        filter(
            "tri",
            "Tri",
            &[("echeance", "par échéance"), ("ouverture", "par date d’ouverture")],
        ),
    ]
}

fn list_page(locale: Locale, empty: bool) -> list::List {
    let work = [
        (-9, "Informer la CCAPEX du commandement", "Commandement de quitter les lieux"),
        (0, "Transmettre le diagnostic au juge", "Assignation"),
        (3, "Répondre à la demande de concours", "Concours de la force publique"),
        (18, "Audience", "Assignation"),
        (33, "Fin de la trêve hivernale pour ce dossier", "Concours de la force publique"),
        (95, "Réponse de la CAF", "Prévention"),
    ];
    let many: Vec<_> = work.iter().cycle().take(24).copied().collect();
    list::List {
        shell: shell(locale, "/dossiers", Some(Place::List), &["Ma journée", "Dossiers"]),
        filters: filters(),
        filtered: empty,
        count: if empty {
            String::new()
        } else {
            "Par cinquante, le dernier modifié d’abord".into()
        },
        rows: if empty { vec![] } else { rows(&many) },
        next: Some("/dossiers?apres=3f".into()),
        first: None,
        title: "Dossiers en cours".to_owned(),
        create: Some("Ouvrir un dossier".to_owned()),
    }
}

fn board_page(locale: Locale) -> board::Board {
    let cell = |count, late| board::Cell {
        count,
        late,
        href: "/dossiers?etape=cfp&secteur=684".into(),
        late_href: "/dossiers?etape=cfp&secteur=684&retard=oui".into(),
    };
    let row = |unit: &str, cells: &[(u32, u32)]| board::BoardRow {
        unit: unit.into(),
        cells: cells.iter().map(|(c, l)| cell(*c, *l)).collect(),
    };
    board::Board {
        shell: shell(locale, "/tableau", Some(Place::Board), &["Ma journée", "Tableau"]),
        stages: [
            "Prévention",
            "Assignation",
            "Commandement de quitter les lieux",
            "Concours de la force publique",
            "Indemnités",
        ]
        .map(Into::into)
        .into(),
        rows: vec![
            row("Altkirch", &[(31, 2), (12, 0), (8, 1), (4, 0), (0, 0), (55, 3)]),
            row("Colmar-Ribeauvillé", &[(118, 9), (64, 4), (37, 6), (29, 11), (6, 1), (254, 31)]),
            row("Mulhouse", &[(203, 21), (141, 12), (88, 17), (73, 24), (14, 2), (519, 76)]),
            row("Thann-Guebwiller", &[(44, 0), (27, 3), (11, 0), (9, 2), (1, 0), (92, 5)]),
        ],
        totals: [(396, 32), (244, 19), (144, 24), (115, 37), (21, 3), (920, 115)]
            .map(|(c, l)| cell(c, l))
            .into(),
    }
}
