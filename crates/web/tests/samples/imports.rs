//! Files in: sending, columns, trial, progress, report.

use huis_web::{
    i18n::Locale,
    layout::Place,
    pages::imports::{Columns, FieldRow, Import, Imports, Sent},
    term::{Chip, Urgency},
};

use super::{html, shell};

fn chip(text: &str) -> Chip {
    Chip { urgency: Urgency::Soon, text: text.into() }
}

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    let shell = |path: &str| {
        shell(locale, path, Some(Place::Imports), &["Ma journée", "Importer"]).with_imports(true)
    };
    let sent = Sent {
        href: "/imports/0a".into(),
        label: "Relevé d’impayés".into(),
        when: "12/03/2026".into(),
        chip: chip("Terminé"),
        counts: [120, 117, 1, 2],
    };
    let list = |fault: Option<&str>, lines: Vec<Sent>| Imports {
        shell: shell("/imports"),
        kinds: vec![("releve-impayes".into(), "Relevé d’impayés".into())],
        chosen: "releve-impayes".into(),
        fault: fault.map(str::to_owned),
        megabytes: 20,
        rows: 20_000,
        lines,
    };
    let field = |key: &str, required: bool, fault: Option<&str>| FieldRow {
        id: key.replace('.', "-"),
        key: key.into(),
        label: "Montant <de> la dette".into(),
        required,
        columns: vec![("0".into(), "N° dossier".into(), false), ("1".into(), "Solde".into(), true)],
        fixed: Some("800,00".into()),
        fault: fault.map(str::to_owned),
    };
    let columns = Columns {
        shell: shell("/imports/0a"),
        href: "/imports/0a".into(),
        label: "Relevé d’impayés".into(),
        read: "CSV, UTF-8, séparateur point-virgule".into(),
        rows: 120,
        remembered: false,
        first: vec![
            field("date", true, Some("Choisissez la colonne.")),
            field("acte.montant", false, None),
        ],
        others: vec![field("dette.montant", false, None)],
        refused: true,
        open: Some(true),
        header: vec!["N° dossier".into(), "Solde".into()],
        sample: vec![vec!["4821-7730-K".into(), "=1+1".into()]],
    };
    let import = |moving: Option<u32>, ready: bool| Import {
        shell: shell("/imports/0a"),
        href: "/imports/0a".into(),
        label: "Relevé d’impayés".into(),
        chip: chip("Import en cours"),
        text: "Rien n’est encore écrit.".into(),
        moving,
        rows: 120,
        written: 117,
        written_label: "À écrire".into(),
        known: 1,
        faulty: 2,
        ready,
        stop: Some("Abandonner ce fichier".into()),
        until: Some("27/03/2026".into()),
        faults: vec![(14, vec!["Solde\u{a0}: ce montant se lit de deux façons.".into()])],
    };
    vec![
        ("imports", html(&list(None, vec![sent]))),
        ("imports vide", html(&list(Some("Le fichier est vide."), Vec::new()))),
        ("import colonnes", html(&columns)),
        ("import en cours", html(&import(Some(50), false))),
        ("import prêt", html(&import(None, true))),
    ]
}
