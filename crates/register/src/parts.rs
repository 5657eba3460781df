//! Reads each kind of table of a register file.

use huis_kernel::Delay;
use std::collections::BTreeSet;

use crate::{
    ActKind, Choice, Class, Ending, Field, FieldKind, FieldPath, Import, Letter, Notice, Profile,
    Purpose, Register, Retention, Right, Search, Section, Stage, StartEvent,
    reader::Block,
    words::{CLASSES, ENDINGS, FIELD_TYPES, MENTIONS, POWERS, RIGHTS, START_EVENTS},
};

/// The ids already met among tables of the same kind.
type Seen = BTreeSet<String>;

pub(crate) fn purpose(block: &mut Block<'_>, seen: &mut Seen) -> Purpose {
    Purpose {
        id: block.id(seen),
        label: block.text("libelle"),
        legal_basis: block.text("base_legale"),
        source: block.text("source"),
    }
}

pub(crate) fn stage(block: &mut Block<'_>, seen: &mut Seen) -> Stage {
    Stage { id: block.id(seen), label: block.text("libelle") }
}

pub(crate) fn section(block: &mut Block<'_>, seen: &mut Seen) -> Section {
    let id = block.id(seen);
    let source = block.text("source");
    let fields = fields(block, &source);
    if fields.is_empty() {
        block.fault("champs", "ce volet n'a aucun champ.", "Ajoutez champs = [ … ].");
    }
    Section {
        id,
        label: block.text("libelle"),
        class: block.word("classe", CLASSES).unwrap_or(Class::Procedure),
        repeats: block.flag("repete"),
        about: block.maybe_text("de_qui"),
        source,
        fields,
    }
}

pub(crate) fn act(block: &mut Block<'_>, seen: &mut Seen) -> ActKind {
    let id = block.id(seen);
    let article = block.text("article");
    ActKind {
        id,
        label: block.text("libelle"),
        stage: block.text("etape"),
        fields: fields(block, &article),
        article,
        confirm: block.flag("confirme"),
        proposes: block.texts("propose"),
    }
}

/// `propose`: the fields of a section are offered by the act too, none compulsory. An act's own
/// field of the same name stays the act's; that is told with the faults between the parts.
pub(crate) fn propose(register: &mut Register) {
    let sections = register.sections.clone();
    for act in &mut register.acts {
        for section in sections.iter().filter(|s| act.proposes.contains(&s.id)) {
            let fields = section.fields.iter().cloned();
            act.fields.extend(fields.map(|field| Field {
                required: false,
                required_if: None,
                ..field
            }));
        }
    }
}

/// `champs`. A field that names no source has its section's, or its act's article.
fn fields(block: &mut Block<'_>, source: &str) -> Vec<Field> {
    let mut seen = Seen::new();
    let mut out = Vec::new();
    for mut entry in block.blocks("champs") {
        out.push(Field {
            id: entry.id(&mut seen),
            label: entry.text("libelle"),
            kind: field_kind(&mut entry),
            required: entry.flag("obligatoire"),
            required_if: required_if(&mut entry),
            why: entry.text("pourquoi"),
            source: entry.maybe_text("source").unwrap_or_else(|| source.to_owned()),
            help: entry.maybe_text("aide"),
        });
        entry.finish();
    }
    out
}

fn required_if(block: &mut Block<'_>) -> Option<(String, String)> {
    const KEY: &str = "obligatoire_si";
    let asked = block.has(KEY);
    match <[String; 2]>::try_from(block.texts(KEY)) {
        Ok([field, code]) => Some((field, code)),
        Err(_) if asked => {
            let mend = "Écrivez obligatoire_si = [\"champ\", \"code\"].";
            block.fault(KEY, "il y faut un champ et un de ses codes.", mend);
            None
        }
        Err(_) => None,
    }
}

fn field_kind(block: &mut Block<'_>) -> FieldKind {
    let word = block.text("type");
    let max = block.maybe_number("max", 1..=20_000);
    let max = max.and_then(|n| usize::try_from(n).ok());
    let choices = block.couples("choix");
    let section = block.maybe_text("volet");
    for (key, type_word) in [("choix", "choix"), ("volet", "reference")] {
        if block.has(key) && word != type_word {
            let mend = format!("Retirez-la, ou écrivez type = \"{type_word}\".");
            block.fault(key, "cette clé n'a pas de sens pour ce type de champ.", &mend);
        }
    }
    if block.has("max") && !matches!(word.as_str(), "texte" | "texte_long") {
        let mend = "Retirez-la : seuls « texte » et « texte_long » ont une longueur.";
        block.fault("max", "cette clé n'a pas de sens pour ce type de champ.", mend);
    }
    match word.as_str() {
        "texte" => FieldKind::Text { max: max.unwrap_or(120) },
        "texte_long" => FieldKind::LongText { max: max.unwrap_or(2000) },
        "nom" => FieldKind::Name,
        "date" => FieldKind::Date,
        "montant" => FieldKind::Money,
        "entier" => FieldKind::Integer,
        "oui_non" => FieldKind::Bool,
        "telephone" => FieldKind::Phone,
        "courriel" => FieldKind::Email,
        "commune" => FieldKind::Commune,
        "choix" => {
            if choices.is_empty() {
                let mend = "Ajoutez choix = [[\"code\", \"libellé\"], …] (liste nationale, X-28).";
                block.fault("choix", "cette liste est vide.", mend);
            }
            let choice = |(code, label)| Choice { code, label };
            FieldKind::Choice(choices.into_iter().map(choice).collect())
        }
        "reference" => {
            if !block.has("volet") {
                let mend = "Ajoutez volet = \"…\" : le volet auquel ce champ renvoie.";
                block.fault("volet", "cette clé manque.", mend);
            }
            FieldKind::Reference { section: section.unwrap_or_default() }
        }
        unknown => {
            if !unknown.is_empty() {
                let known: Vec<&str> = FIELD_TYPES.iter().map(|(word, _)| *word).collect();
                block.unknown_word("type", unknown, &known);
            }
            FieldKind::Bool
        }
    }
}

/// `volet.champ`, `volet` or `volet.*`.
fn paths(texts: &[String]) -> Vec<FieldPath> {
    let path = |text: &String| match text.split_once('.') {
        None => FieldPath { section: text.clone(), field: None },
        Some((section, "*")) => FieldPath { section: section.to_owned(), field: None },
        Some((section, field)) => {
            FieldPath { section: section.to_owned(), field: Some(field.to_owned()) }
        }
    };
    texts.iter().map(path).collect()
}

pub(crate) fn search(block: &mut Block<'_>, seen: &mut Seen) -> Search {
    Search {
        id: block.id(seen),
        label: block.text("libelle"),
        of: paths(&block.texts("de")),
        near: block.flag("proche"),
        street: block.flag("voie"),
    }
}

pub(crate) fn profile(block: &mut Block<'_>, seen: &mut Seen) -> Profile {
    Profile {
        id: block.id(seen),
        label: block.text("libelle"),
        partner: block.flag("partenaire"),
        sees: paths(&block.texts("voit")),
        sees_acts: block.texts("voit_actes"),
        writes: block.texts("modifie"),
        acts: block.texts("agit"),
        powers: block.words("peut", POWERS),
        second_factor: block.flag("second_facteur"),
        administrator: block.flag("administrateur"),
        sponsor: block.maybe_text("garant"),
        max_term: block.delay("duree_max"),
        purpose: block.text("finalite"),
        source: block.text("source"),
    }
}

pub(crate) fn retention(block: &mut Block<'_>, seen: &mut Seen) -> Retention {
    let id = block.id(seen);
    let from = block.word("depuis", START_EVENTS).unwrap_or(StartEvent::Cloture);
    let keep = block.delay("garde");
    // The opening has always come: only an awaited event needs the date of its alert (I6).
    let alert = if from == StartEvent::Ouverture && !block.has("plafond_sans_evenement") {
        keep
    } else {
        block.delay("plafond_sans_evenement")
    };
    let unit = Retention {
        id,
        sections: block.texts("volets"),
        acts: block.texts("actes"),
        from,
        keep,
        archive: block.flag("archive"),
        then: block.word("puis", ENDINGS).unwrap_or(Ending::Detruire),
        alert_without_event: alert,
        source: block.text("source"),
        ours: block.flag("notre_choix"),
    };
    if unit.sections.is_empty() && unit.acts.is_empty() {
        block.fault(
            "volets",
            "cette durée ne régit ni volet ni acte.",
            "Ajoutez volets = [ … ] ou actes = [ … ], ou retirez-la.",
        );
    }
    if unit.archive && unit.from == StartEvent::Ouverture {
        block.fault(
            "archive",
            "un dossier qui s'ouvre ne peut pas être déjà archivé.",
            "Écrivez depuis = \"cloture\", ou retirez archive.",
        );
    }
    unit
}

pub(crate) fn import(block: &mut Block<'_>, seen: &mut Seen) -> Import {
    Import {
        id: block.id(seen),
        label: block.text("libelle"),
        act: block.text("acte"),
        sections: block.texts("volets"),
        opens: if block.has("ouvre") { block.texts("ouvre") } else { Vec::new() },
        staging: block.delay("depot"),
        recognises: block.delay("reconnait"),
        synonyms: block.couples("synonymes"),
        source: block.text("source"),
    }
}

pub(crate) fn right(block: &mut Block<'_>, seen: &mut Seen) -> Right {
    let id = block.id(seen);
    if !id.is_empty() && !RIGHTS.contains(&id.as_str()) {
        block.unknown_word("id", &id, RIGHTS);
    }
    let said = block.has("offert");
    let right = Right {
        id,
        label: block.text("libelle"),
        offered: block.said_flag("offert"),
        ground: block.maybe_text("motif"),
        desks: block.texts("guichets"),
        delay: if block.has("delai") { block.delay("delai") } else { Delay::ZERO },
        officer: block.flag("delegue"),
        source: block.text("source"),
    };
    if said && !right.offered && right.ground.is_none() && !block.has("motif") {
        let mend = "Ajoutez motif = \"…\" : la personne lit pourquoi on le lui refuse (X-16).";
        block.fault("motif", "ce droit n'est pas offert, et rien ne dit pourquoi.", mend);
    }
    if right.offered && right.desks.is_empty() && !block.has("guichets") {
        let mend = "Ajoutez guichets = [\"…\"] : où la personne s'adresse (X-16).";
        block.fault("guichets", "ce droit est offert, mais nulle part.", mend);
    }
    if !block.has("delai") {
        let mend = "Ajoutez delai = \"1 mois\" : même un refus se répond dans un délai (D-25).";
        block.fault("delai", "cette clé manque.", mend);
    }
    right
}

pub(crate) fn notice(block: &mut Block<'_>, seen: &mut Seen) -> Notice {
    Notice {
        id: block.id(seen),
        title: block.text("titre"),
        audience: block.text("public"),
        text: block.text("texte"),
        easy: block.text("facile"),
        source: block.text("source"),
    }
}

pub(crate) fn letter(block: &mut Block<'_>, seen: &mut Seen) -> Letter {
    let id = block.id(seen);
    let source = block.text("source");
    let letter = Letter {
        id,
        label: block.text("libelle"),
        to: block.maybe_text("destinataire"),
        organisation: block.maybe_text("organisme"),
        shows: paths(&block.texts("montre")),
        act: block.maybe_text("acte"),
        fields: fields(block, &source),
        mentions: block.words("mentions", MENTIONS),
        sent: block.text("envoi"),
        source,
    };
    if letter.to.is_some() == letter.organisation.is_some() {
        block.fault(
            "destinataire",
            "une lettre va à une personne du dossier ou à un organisme, et à un seul.",
            "Gardez destinataire = \"…\" (un volet) ou organisme = \"…\".",
        );
    }
    letter
}
