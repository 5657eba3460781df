//! Samples: what is typed into a dossier, refused, confirmed, in conflict.

use huis_dossier::{Facts, Value};
use huis_kernel::Money;
use huis_register::{Field, FieldKind};
use huis_web::{
    forms::{FormData, FormView, parse, render_fields},
    i18n::Locale,
    layout::{Place, Tone},
    pages::{Link, Pair, act_form, conflict, decide, doorstep, new_dossier, section_form},
};
use jiff::civil::date;

use super::{
    case::{NUMBER, remark},
    choice, context, field, html, rows, shell,
};

pub fn pages(locale: Locale) -> Vec<(&'static str, String)> {
    vec![
        ("acte", html(&act(locale))),
        ("acte-confirmer", html(&confirm(locale))),
        ("volet", html(&section(locale))),
        ("conflit", html(&conflict_page(locale))),
        ("nouveau-dossier", html(&new(locale))),
        ("decision", html(&decision(locale))),
        ("pas-de-porte", html(&step(locale))),
    ]
}

fn act_fields() -> Vec<Field> {
    let mut on =
        field("on", "Date de l’acte", FieldKind::Date, true, "C’est elle que la loi regarde.");
    on.help = Some("Le jour où l’acte a été fait, pas celui de la saisie.".into());
    vec![
        on,
        field(
            "recu_le",
            "Reçu par la préfecture le",
            FieldKind::Date,
            true,
            "Le délai de deux mois court de la réception.",
        ),
        field(
            "occupant",
            "Occupant visé",
            FieldKind::Reference { section: "occupant".into() },
            true,
            "Désigne la personne sans la nommer.",
        ),
        field(
            "dette",
            "Dette à ce jour",
            FieldKind::Money,
            false,
            "Suivre l’évolution de la dette.",
        ),
        field(
            "titre_joint",
            "Titre exécutoire joint",
            FieldKind::Bool,
            false,
            "Sans titre, la demande est irrecevable.",
        ),
        field(
            "type_bailleur",
            "Type de bailleur",
            choice(&[("social", "social"), ("prive", "privé")]),
            true,
            "La procédure diffère.",
        ),
        field(
            "diligences",
            "Diligences du commissaire de justice",
            FieldKind::LongText { max: 2000 },
            false,
            "R. 153-1 les exige.",
        ),
    ]
}

fn act(locale: Locale) -> act_form::ActForm {
    let form = FormData::from_pairs([
        ("on", "31/02/2026"),
        ("recu_le", "17/01/2026"),
        ("dette", "4 812,360"),
        ("diligences", "Deux passages, <nul> présent."),
    ]);
    let refused = parse(&act_fields(), &form, &context()).unwrap_err();
    act_form::ActForm {
        shell: shell(
            locale,
            "/dossiers/4821-7730-K/actes/cfp-demande",
            Some(Place::List),
            &["Ma journée", "Dossiers", NUMBER, "Demande de concours"],
        ),
        label: "Demande de concours de la force publique".into(),
        article: "CPCE, art. R. 153-1".into(),
        number: NUMBER.into(),
        corrects: None,
        unseen: false,
        known: vec![
            Pair::new("Commandement reçu le", "26/02/2026"),
            Pair::new("Jugement", "12/06/2025, expulsion"),
        ],
        remarks: vec![remark(
            Tone::Warning,
            "Demande antérieure à la fin du délai du commandement : elle peut être rejetée.",
            "CE, 18 déc. 2013, n° 363126",
        )],
        form: FormView::refused(&act_fields(), &refused, &context())
            .posts("/dossiers/4821-7730-K/actes/cfp-demande", "Continuer")
            .hides("_version", "12")
            .cancels("/dossiers/4821-7730-K"),
    }
}

fn confirm(locale: Locale) -> act_form::ActConfirm {
    act_form::ActConfirm {
        shell: shell(
            locale,
            "/dossiers/4821-7730-K/actes/cfp-accord",
            Some(Place::List),
            &["Ma journée", "Dossiers", NUMBER, "Accorder le concours"],
        ),
        label: "Accorder le concours".into(),
        article: "CPCE, art. L. 153-1".into(),
        number: NUMBER.into(),
        corrects: Some(7),
        facts: vec![
            Pair::new("Date de l’acte", "12/03/2026"),
            Pair::new("À compter du", "01/04/2026"),
        ],
        remarks: vec![],
        consequences: vec![
            act_form::Consequence {
                text: "Le dossier passe à l’étape « Exécution ».".into(),
                article: String::new(),
            },
            act_form::Consequence {
                text: "Nouvelle échéance : exécution, au plus tard le 01/06/2026.".into(),
                article: "CPCE, art. L. 153-1".into(),
            },
        ],
        form: FormView::default()
            .posts("/dossiers/4821-7730-K/actes/cfp-accord", "Enregistrer l’acte")
            .hides("on", "12/03/2026")
            .hides("_version", "12")
            .cancels("/dossiers/4821-7730-K"),
        unusual_date: Some("La date de l’acte est de plus de six mois.".into()),
    }
}

fn section_fields() -> Vec<Field> {
    vec![
        field("nom", "Nom", FieldKind::Name, true, "Identifier l’occupant."),
        field("prenom", "Prénom", FieldKind::Name, true, "Identifier l’occupant."),
        field(
            "naissance",
            "Date de naissance",
            FieldKind::Date,
            false,
            "Distinguer les homonymes.",
        ),
        field(
            "sexe",
            "Sexe",
            choice(&[("f", "femme"), ("m", "homme")]),
            false,
            "Civilité des courriers.",
        ),
        field("telephone", "Téléphone", FieldKind::Phone, false, "Joindre la personne."),
        field("courriel", "Adresse électronique", FieldKind::Email, false, "Joindre la personne."),
        field("commune", "Commune", FieldKind::Commune, true, "Adresse de contact."),
        field(
            "lien",
            "Lien de parenté",
            choice(&[
                ("conjoint", "conjoint"),
                ("enfant", "enfant"),
                ("parent", "parent"),
                ("autre", "autre"),
                ("aucun", "aucun"),
            ]),
            false,
            "Composition du ménage.",
        ),
    ]
}

fn section(locale: Locale) -> section_form::SectionForm {
    let text = |s: &str| Value::Text(s.into());
    let facts: Facts = [
        ("nom".to_owned(), text("Schmitt")),
        ("prenom".to_owned(), text("Mireille")),
        ("naissance".to_owned(), Value::Date(date(1978, 9, 4))),
        ("commune".to_owned(), text("68224")),
        ("lien".to_owned(), Value::Choice("parent".into())),
        ("dette".to_owned(), Value::Money(Money(4))),
    ]
    .into();
    section_form::SectionForm {
        beside: None,
        shell: shell(
            locale,
            "/dossiers/4821-7730-K/volets/occupant/1",
            Some(Place::List),
            &["Ma journée", "Dossiers", NUMBER, "Occupant 1"],
        ),
        label: "Occupant 1".into(),
        number: NUMBER.into(),
        source: "X-07".into(),
        sensitive: true,
        tools: vec![Link::new(
            "Retirer du dossier…",
            "/dossiers/4821-7730-K/volets/occupant/1/retirer",
        )],
        form: FormView::from_facts(&section_fields(), &facts, &context())
            .posts("/dossiers/4821-7730-K/volets/occupant/1", "Enregistrer")
            .hides("_version", "3")
            .cancels("/dossiers/4821-7730-K"),
    }
}

fn conflict_page(locale: Locale) -> conflict::Conflict {
    let field = |name: &str, label: &str, before: &str, mine: &str, theirs: &str, theirs_chosen| {
        conflict::ConflictField {
            id: format!("c-{name}"),
            name: name.into(),
            label: label.into(),
            before: before.into(),
            mine: (mine.into(), mine.into()),
            theirs: (theirs.into(), theirs.into()),
            theirs_chosen,
        }
    };
    conflict::Conflict {
        shell: shell(
            locale,
            "/dossiers/4821-7730-K/volets/occupant/1",
            Some(Place::List),
            &["Ma journée", "Dossiers", NUMBER, "Deux saisies"],
        ),
        label: "Occupant 1".into(),
        number: NUMBER.into(),
        why: "Quelqu’un d’autre a modifié ce volet pendant votre saisie.".into(),
        sides: ("Ma saisie", "L’autre saisie"),
        action: "/dossiers/4821-7730-K/volets/occupant/1".into(),
        cancel: "/dossiers/4821-7730-K".into(),
        version: 4,
        fields: vec![
            field(
                "telephone",
                "Téléphone",
                "01 99 00 11 11",
                "06 39 98 12 34",
                "06 39 98 77 77",
                false,
            ),
            field("courriel", "Adresse électronique", "", "", "m.schmitt@example.org", true),
        ],
        agreed: vec![("nom".into(), "Schmitt".into())],
    }
}

fn new(locale: Locale) -> new_dossier::NewDossier {
    let mut occupant = context();
    occupant.prefix = "occupant.".into();
    let mut local = context();
    local.prefix = "local.".into();
    let place = [
        field("numero", "Numéro", FieldKind::Text { max: 8 }, false, "Désigner le local."),
        field("voie", "Nom de la voie", FieldKind::Text { max: 120 }, true, "Désigner le local."),
        field(
            "commune",
            "Commune",
            FieldKind::Commune,
            true,
            "Le secteur et les jours fériés en dépendent.",
        ),
        field(
            "bail",
            "Date de signature du bail",
            FieldKind::Date,
            true,
            "Elle décide du délai du commandement.",
        ),
    ];
    let more = [field("etage", "Étage", FieldKind::Text { max: 10 }, false, "Situer le local.")];
    let empty = Default::default();
    let group = |id: &str, label: &str, fields| new_dossier::Group {
        id: id.into(),
        label: label.into(),
        fields,
        more: if id == "g-local" { render_fields(&more, &empty, &[], &local) } else { vec![] },
    };
    let mut form =
        FormView::default().posts("/dossiers/nouveau", "Ouvrir le dossier").cancels("/journee");
    form.communes = context().communes;
    new_dossier::NewDossier {
        shell: shell(locale, "/dossiers/nouveau", Some(Place::List), &["Ma journée", "Dossiers", "Ouvrir un dossier"]),
        title: "Ouvrir un dossier".to_owned(),
        groups: vec![
            group("g-occupant", "Occupant", render_fields(&section_fields(), &empty, &[], &occupant)),
            group("g-local", "Local", render_fields(&place, &empty, &[], &local)),
        ],
        form,
        alike: rows(&[(5, "Audience", "Assignation")]),
        confirms: true,
        add: vec![new_dossier::AddButton {
            section: "occupant".into(),
            label: "Ajouter : occupant".into(),
        }],
        notice: "Dès l’ouverture, une lettre d’information est préparée pour l’occupant et pour les autres occupants.".into(),
    }
}

fn decision(locale: Locale) -> decide::Decide {
    let reason = [field("motif", "Motif", choice(&[("doublon", "Inscrit deux fois")]), true, "")];
    decide::Decide {
        shell: shell(
            locale,
            "/dossiers/4821-7730-K/annuler/3",
            Some(Place::List),
            &["Ma journée", "Dossiers", NUMBER, "Annuler l’acte n° 3"],
        ),
        title: "Annuler l’acte n° 3".into(),
        number: NUMBER.into(),
        warning: "Le contenu de l’acte sera détruit pour toujours.".into(),
        facts: vec![Pair::new("Acte", "Jugement"), Pair::new("Date", "02/06/2025")],
        form: FormView::from_facts(&reason, &Facts::new(), &context())
            .posts("/dossiers/4821-7730-K/annuler/3", "Annuler l’acte")
            .cancels("/dossiers/4821-7730-K"),
    }
}

fn step(locale: Locale) -> doorstep::Doorstep {
    doorstep::Doorstep {
        shell: shell(locale, "/dossiers/4821-7730-K", None, &["Ma journée", NUMBER]),
        number: NUMBER.into(),
        deposits: vec![doorstep::Deposit {
            label: "Assignation".into(),
            href: "/dossiers/4821-7730-K/actes/assignation".into(),
            article: "Loi n° 89-462 art. 24".into(),
        }],
        holds: vec![Link::new(
            "Contentieux en cours, jusqu’au 31/12/2026",
            "/dossiers/4821-7730-K/gel/00/lever",
        )],
        tools: vec![Link::new("Suspendre l’effacement…", "/dossiers/4821-7730-K/gel")],
    }
}
