//! Partners: the organisations, those of a dossier, a receipt.

use huis_register::FieldKind;
use huis_web::{
    forms::{FormContext, FormView, plain},
    i18n::Locale,
    layout::Place,
    pages::{
        Pair,
        accounts::{FeedLink, Mails},
        partners::{MandateRow, Mandates, PartnerRow, Partners, Receipt},
    },
};

use super::{html, shell};

const NUMBER: &str = "4821-7730-K";

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let field = plain("nom", "Nom", FieldKind::Text { max: 120 }, true);
    let form = FormView::from_facts(&[field], &[].into(), &FormContext::default());
    let partner = |code: &str, closed: Option<&str>| PartnerRow {
        code: code.into(),
        name: "Étude de la place, commissaires de justice".into(),
        profile: "Commissaire de justice".into(),
        closed: closed.map(Into::into),
        close_action: closed.is_none().then(|| format!("/partenaires/{code}/fermer")),
    };
    let partners = |on, rows| {
        html(&Partners {
            shell: shell(locale, "/partenaires", Some(Place::Grants), &["Partenaires"]),
            on,
            rows,
            form: form.clone().posts("/partenaires", "Ajouter"),
        })
    };
    let mandates = |rows| {
        html(&Mandates {
            shell: shell(locale, "/dossiers", Some(Place::List), &["Dossiers", NUMBER]),
            number: NUMBER.into(),
            back: format!("/dossiers/{NUMBER}"),
            on: true,
            rows,
            form: Some(form.clone().posts("/dossiers", "Désigner")),
        })
    };
    let mandate = MandateRow {
        code: "p1".into(),
        name: "Étude de la place".into(),
        profile: "Commissaire de justice".into(),
        since: "12/03/2026".into(),
        files: "Commandement de payer".into(),
        end_action: format!("/dossiers/{NUMBER}/partenaires/p1/retirer"),
    };
    let mails = |dead: Vec<_>| {
        html(&Mails {
            shell: shell(locale, "/courriels", Some(Place::Settings), &["Courriels"]),
            ready: dead.is_empty(),
            paused: !dead.is_empty(),
            waiting: 3,
            dead,
        })
    };
    let url = "https://huis.exemple.fr/agenda/lien.ics".to_owned();
    let dead = ("Anne Keller".into(), "Mes échéances", "12/03/2026".into(), "refusé");
    vec![
        (
            "lien-agenda",
            html(&FeedLink { shell: shell(locale, "/mon-compte", None, &["Mon compte"]), url }),
        ),
        ("courriels", mails(Vec::new())),
        ("courriels-abandonnes", mails(vec![dead])),
        (
            "partenaires",
            partners(true, vec![partner("p1", None), partner("p2", Some("12/03/2026"))]),
        ),
        ("partenaires-aucun", partners(false, Vec::new())),
        ("partenaires-dossier", mandates(vec![mandate])),
        ("partenaires-dossier-aucun", mandates(Vec::new())),
        (
            "recepisse",
            html(&Receipt {
                shell: shell(locale, "/journee", Some(Place::Day), &["Ma journée", "Récépissé"]),
                facts: vec![Pair::new("Dossier", NUMBER), Pair::new("Acte", "Assignation")],
                voided: true,
                correct_href: Some(format!("/dossiers/{NUMBER}/actes/assignation?corrige=3")),
            }),
        ),
    ]
}
