//! Samples: letters, their texts, the notices.

use huis_register::FieldKind;
use huis_web::{
    forms::{FormContext, FormView, Typed, plain},
    i18n::Locale,
    layout::Place,
    pages::{
        Link,
        information::{EasyRow, Information, InformationEasy},
        letter_texts::{LetterText, LetterTexts, TextPreview, TextRow},
        letters::{
            DossierLetters, LetterBatch, LetterForm, LetterRow, LetterSheet, Letters, LettersSent,
            Part, WrittenRow,
        },
    },
};

use super::{html, outside, shell};

const NUMBER: &str = "4821-7730-K";

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let at = |path: &str| shell(locale, path, Some(Place::Letters), &["Courriers", "Ici"]);
    let s = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    let fault = || (NUMBER.to_owned(), "/dossiers".to_owned(), "Il manque une date.".to_owned());
    let body = || {
        vec![
            Part::Paragraph("Madame, <nul>".into()),
            Part::Heading("Qui les voit ?".into()),
            Part::List(s(&["Les agents", "Le secrétariat"])),
        ]
    };
    let sheet = |no: u32, sent: bool| LetterSheet {
        key: format!("{NUMBER}.{no}"),
        number: NUMBER.into(),
        label: "Information de l’occupant".into(),
        sent,
        sender: s(&["Préfecture de démonstration"]),
        recipient: s(&["Madame Mireille Schmitt", "12 rue des Tanneurs", "68000 Colmar"]),
        place_and_date: "Colmar, le 12 mars 2026".into(),
        subject: "Un dossier a été ouvert à votre sujet".into(),
        body: body(),
        signature: s(&["Pour le préfet"]),
    };
    let batch = |letters: Vec<LetterSheet>| LetterBatch {
        shell: at("/courriers/preparer"),
        title: "2 lettres d’un dossier".into(),
        to_send: !letters.is_empty(),
        letters,
        faults: vec![fault()],
        modes: vec![("courrier".into(), "Courrier".into())],
        today: "12/03/2026".into(),
        pdf: true,
    };
    let row = LetterRow {
        number: NUMBER.into(),
        href: "/dossiers".into(),
        what: "Envoyer les lettres d’information".into(),
        due: "12/03/2026".into(),
        late: true,
        unit: "Mulhouse".into(),
        chosen: true,
    };
    let list = |rows: Vec<LetterRow>, fault: Option<String>| Letters {
        shell: at("/courriers"),
        rows,
        most: 25,
        writes: true,
        fault,
    };
    let field = plain("heure", "Heure", FieldKind::Text { max: 20 }, true);
    let form = FormView::from_typed(&[field], &Typed::new(), &[], &FormContext::default());
    let desks =
        || vec![("Préfecture".into(), "Bureau des droits".into(), "dpd@example.org".into())];
    vec![
        ("courriers", html(&list(vec![row], Some("Cochez au moins un dossier.".into())))),
        ("courriers-vide", html(&list(vec![], None))),
        ("courriers-lot", html(&batch(vec![sheet(2, false), sheet(3, true)]))),
        ("courriers-lot-vide", html(&batch(vec![]))),
        (
            "courriers-marques",
            html(&LettersSent {
                shell: at("/courriers/envoyer"),
                title: "2 lettres marquées comme envoyées".into(),
                keys: vec![format!("{NUMBER}.2")],
                faults: vec![fault()],
                undo: true,
            }),
        ),
        (
            "dossier-courriers",
            html(&DossierLetters {
                shell: at("/dossiers/4821-7730-K/courriers"),
                number: NUMBER.into(),
                due: vec![("Information".into(), "M. Schmitt".into(), "12/03/2026".into(), true)],
                written: [true, false]
                    .into_iter()
                    .zip(2..)
                    .map(|(away, no)| WrittenRow {
                        no,
                        key: format!("{NUMBER}.{no}"),
                        label: "Information".into(),
                        to: "Mireille Schmitt".into(),
                        on: "12/03/2026".into(),
                        state: "partie".into(),
                        away,
                        href: "/dossiers".into(),
                    })
                    .collect(),
                others: vec![Link::new("Invitation", "/dossiers")],
                returns: vec![("npai".into(), "N’habite pas à l’adresse".into())],
                today: "12/03/2026".into(),
                fault: None,
            }),
        ),
        (
            "courrier-formulaire",
            html(&LetterForm {
                shell: at("/dossiers/4821-7730-K/courriers/nouveau/x/1"),
                title: "Invitation".into(),
                number: NUMBER.into(),
                to: String::new(),
                form: form.posts("/dossiers", "Préparer la lettre"),
            }),
        ),
        (
            "courriers-textes",
            html(&LetterTexts {
                shell: at("/reglages/textes-des-courriers"),
                rows: vec![TextRow {
                    label: "Information".into(),
                    href: "/reglages".into(),
                    to: "Occupant".into(),
                    state: "Texte livré".into(),
                    refused: true,
                    source: "X-15".into(),
                }],
            }),
        ),
        (
            "courrier-texte",
            html(&LetterText {
                shell: at("/reglages/textes-des-courriers/x"),
                label: "Information".into(),
                action: "/reglages".into(),
                subject: "Objet".into(),
                text: "{occupant.nom}".into(),
                faults: vec![(0, "L’objet est vide.".into()), (3, "Donnée inconnue.".into())],
                placeholders: vec![("occupant.nom".into(), "Nom".into())],
                preview: Some(TextPreview {
                    subject: "Objet".into(),
                    recipient: s(&["Camille EXEMPLE"]),
                    body: body(),
                }),
                versions: s(&["Version 1"]),
                adapted: true,
            }),
        ),
        (
            "information",
            html(&Information {
                shell: outside(locale, "/information/expulsion"),
                title: "Ce que nous faisons de vos données".into(),
                text: s(&["Un dossier."]),
                body: body(),
                desks: desks(),
                here: "/information/expulsion".into(),
                pdf: true,
            }),
        ),
        (
            "information-facile",
            html(&InformationEasy {
                shell: outside(locale, "/information/expulsion/facile"),
                title: "Ce que nous faisons de vos données".into(),
                groups: vec![(
                    "Pourquoi un dossier ?".into(),
                    vec![EasyRow {
                        svg: "<svg viewBox=\"0 0 1 1\"></svg>".into(),
                        alt: "Une maison".into(),
                        text: "Le but est que vous gardiez un logement.".into(),
                    }],
                )],
                desks: desks(),
                plain: "/information/expulsion".into(),
                pdf: false,
            }),
        ),
    ]
}
