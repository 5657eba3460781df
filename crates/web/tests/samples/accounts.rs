//! Samples: accounts, one's own account, its tokens.

use super::{context, html, shell};
use huis_dossier::Facts;
use huis_register::{self as reg, FieldKind};
use huis_web::{
    forms::{FormView, plain},
    i18n::Locale,
    layout::{Place, Tone},
    pages::{Pair, accounts},
};

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    vec![
        ("comptes", html(&accounts_page(locale))),
        ("compte", html(&account_page(locale))),
        (
            "mon-compte",
            html(&accounts::MyAccount {
                provider: Some("ProConnect".to_owned()),
                linked: false,
                shell: shell(locale, "/mon-compte", None, &["Ma journée", "Mon compte"]),
                facts: vec![
                    Pair::new("Nom", "Anne-Lise Wuttemberger"),
                    Pair::new("Mot de passe changé le", "02/01/2026"),
                ],
                grants: vec![Pair::new("Instructrice, Mulhouse", "jusqu’au 31/12/2026")],
                second_factor: true,
                duties_due: true,
                others: true,
                sessions: vec![Pair::new("Ce poste", "depuis 8 h 02")],
                mails: vec![
                    accounts::MailRow {
                        code: "alerte",
                        label: "Une alerte attend".into(),
                        on: true,
                        required: Some("X-24"),
                    },
                    accounts::MailRow {
                        code: "echeances",
                        label: "Mes échéances, chaque matin".into(),
                        on: false,
                        required: None,
                    },
                ],
                feed: Some("Lien fait le 12/03/2026, jamais lu.".into()),
                tokens: 1,
            }),
        ),
        ("jetons", html(&tokens_page(locale))),
    ]
}

fn tokens_page(locale: Locale) -> accounts::Tokens {
    let row = |name: &str, state, tone, revoke: Option<&str>| accounts::TokenRow {
        id: format!("jeton-{}", revoke.map_or("eteint", |_| "vif")),
        name: name.into(),
        scopes: "lecture, actes".into(),
        made: "12/03/2026".into(),
        until: "11/06/2026".into(),
        seen: "jamais".into(),
        state,
        tone,
        revoke: revoke.map(Into::into),
    };
    let fields = [
        plain("nom", "Nom du jeton", FieldKind::Text { max: 60 }, true),
        plain("fin", "Dernier jour", FieldKind::Date, true),
    ];
    accounts::Tokens {
        shell: shell(locale, "/mon-compte/jetons", None, &["Ma journée", "Jetons d’accès"]),
        made: Some(Pair::new("Logiciel de l’étude", "huis_exemple")),
        rows: vec![
            row(
                "Logiciel de l’étude",
                "En vigueur",
                Tone::Good,
                Some("/mon-compte/jetons/1/revoquer"),
            ),
            row("Essai", "Révoqué", Tone::Info, None),
        ],
        form: FormView::from_facts(&fields, &Facts::new(), &context())
            .posts("/mon-compte/jetons", "Faire le jeton"),
        scopes: vec![
            accounts::ScopeChoice { code: "lecture", label: "Lire", on: true },
            accounts::ScopeChoice { code: "actes", label: "Écrire", on: false },
        ],
        scope_fault: None,
        linked: true,
        password_fault: Some("Le mot de passe actuel est inexact.".into()),
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
            grants: 1,
            missing: Some("à engager".into()),
            href: "/comptes/1".into(),
        }],
        form: FormView::from_facts(&fields, &Facts::new(), &context())
            .posts("/comptes", "Créer le compte"),
        form_open: true,
        provisional: Some(Pair::new("karl.meyer", "Cigogne-7-Moulin-Lavande")),
    }
}

fn account_page(locale: Locale) -> accounts::Account {
    let form = |prefix: &str, fields: &[reg::Field], at: &str, submit: &str| {
        let mut form = context();
        form.prefix = prefix.into();
        FormView::from_facts(fields, &Facts::new(), &form).posts(at, submit)
    };
    accounts::Account {
        shell: shell(locale, "/comptes/1", Some(Place::Accounts), &["Comptes", "Compte"]),
        name: "Bruno Keller".into(),
        state: "bloqué".into(),
        tone: Tone::Bad,
        facts: vec![Pair::new("Identifiant", "bruno.keller")],
        grants: vec![],
        give: Some("/habilitations/donner?agent=1".into()),
        duties: Some(form(
            "devoirs.",
            &[plain("informe", "Informé du traitement et de la trace le", FieldKind::Date, false)],
            "/comptes/1/devoirs",
            "Enregistrer ces dates",
        )),
        closing: Some(form(
            "depart.",
            &[plain("motif", "Motif", FieldKind::Text { max: 200 }, true)],
            "/comptes/1/fermer",
            "Fermer le compte",
        )),
        actions: vec![accounts::AccountAction {
            label: "Retirer le second facteur".into(),
            hint: "Téléphone et codes de secours perdus.".into(),
            action: "/comptes/1/second-facteur".into(),
            danger: true,
        }],
        link: Some("https://huis.example/connexion/lien/abc".into()),
        fault: Some("Un autre administrateur doit le faire pour vous.".into()),
    }
}
