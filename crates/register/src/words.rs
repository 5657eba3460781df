//! The register's closed lists of words, with what each means to a reader.

use crate::{Class, Ending, FieldKind, Mention, Power, StartEvent};

/// A word of a file, what it stands for, what a page calls it.
pub(crate) type Words<T> = [(&'static str, T, &'static str)];

pub(crate) const CLASSES: &Words<Class> = &[
    ("identite", Class::Identite, "Identité"),
    ("contact", Class::Contact, "Coordonnées"),
    ("famille", Class::Famille, "Vie familiale"),
    ("profession", Class::Profession, "Vie professionnelle"),
    ("ressources", Class::Ressources, "Situation économique et financière"),
    ("sante", Class::Sante, "Santé"),
    ("appreciation", Class::Appreciation, "Appréciation sur les difficultés sociales"),
    ("infraction", Class::Infraction, "Infractions et risque de trouble à l'ordre public"),
    ("logement", Class::Logement, "Logement"),
    ("energie", Class::Energie, "Énergie"),
    ("procedure", Class::Procedure, "Procédure"),
];

pub(crate) const POWERS: &Words<Power> = &[
    ("ouvrir", Power::Create, "ouvrir un dossier"),
    ("chercher", Power::Search, "chercher parmi les dossiers en cours"),
    ("tableau", Power::Lists, "consulter les listes et le tableau de bord"),
    ("encadrer", Power::Supervise, "consulter la page d'encadrement"),
    ("archives", Power::Archive, "chercher et ouvrir les dossiers archivés"),
    ("rouvrir", Power::Reopen, "rouvrir un dossier clos"),
    ("retenir", Power::Hold, "suspendre et reprendre l'effacement d'un dossier"),
    ("habiliter", Power::Grant, "donner et retirer des habilitations"),
    ("revoir", Power::Review, "conduire la revue des habilitations"),
    ("traces", Power::Traces, "lire et vérifier le journal des accès"),
    ("alertes", Power::Alerts, "clore les alertes"),
    ("conservation", Power::Retention, "prévisualiser et lancer les effacements"),
    ("registre", Power::Register, "lire le registre et ses changements"),
    ("comptes", Power::Accounts, "gérer les comptes"),
    ("reglages", Power::Settings, "changer les réglages"),
    ("restreindre", Power::Restrict, "masquer un volet"),
    ("annuler_acte", Power::Void, "annuler un acte inscrit au mauvais dossier"),
    ("mandater", Power::Mandate, "désigner les partenaires d'un dossier"),
    ("copier", Power::Copy, "remettre à une personne la copie de ce qui la concerne"),
];

pub(crate) const START_EVENTS: &Words<StartEvent> = &[
    ("ouverture", StartEvent::Ouverture, "l'ouverture du dossier"),
    ("cloture", StartEvent::Cloture, "la clôture du dossier"),
];

pub(crate) const ENDINGS: &Words<Ending> = &[
    ("detruire", Ending::Detruire, "destruction de la clé"),
    ("anonymiser", Ending::Anonymiser, "comptage anonyme, puis destruction de la clé"),
];

/// `mentions` of a letter, and the title under which each is told.
pub(crate) const MENTIONS: &Words<Mention> = &[
    ("responsable", Mention::Controller, "Qui est responsable ?"),
    ("finalites", Mention::Purposes, "Pourquoi ces données ?"),
    ("donnees", Mention::Data, "Quelles données vous concernent ?"),
    ("origine", Mention::Origin, "D'où viennent-elles ?"),
    ("destinataires", Mention::Recipients, "Qui les voit ?"),
    ("duree", Mention::Retention, "Combien de temps ces données sont-elles gardées ?"),
    ("droits", Mention::Rights, "Quels sont vos droits ?"),
    ("dpd", Mention::Officer, "Le délégué à la protection des données"),
    ("gratuite", Mention::Free, "Une réponse gratuite"),
    ("reclamation", Mention::Complaint, "Si vous n'êtes pas satisfait"),
];

/// `type` of a field: word and name.
pub(crate) const FIELD_TYPES: &[(&str, &str)] = &[
    ("texte", "texte d'une ligne"),
    ("texte_long", "texte de plusieurs lignes"),
    ("nom", "nom de personne"),
    ("date", "date"),
    ("montant", "montant en euros"),
    ("entier", "nombre entier"),
    ("oui_non", "oui ou non"),
    ("choix", "liste fermée"),
    ("telephone", "numéro de téléphone"),
    ("courriel", "adresse électronique"),
    ("commune", "commune"),
    ("reference", "renvoi à un volet"),
];

/// `droit.id`: the rights of articles 15 to 21 of the GDPR.
pub(crate) const RIGHTS: &[&str] =
    &["acces", "rectification", "effacement", "limitation", "portabilite", "opposition"];

fn label<T: PartialEq>(words: &'static Words<T>, value: &T) -> &'static str {
    words.iter().find(|(_, v, _)| v == value).map_or("", |(_, _, label)| label)
}

/// The word of a file for a mention: `finalites`.
pub fn mention_word(mention: Mention) -> &'static str {
    MENTIONS.iter().find(|(_, m, _)| *m == mention).map_or("", |(word, ..)| word)
}

/// The mention of that word.
pub fn mention_named(word: &str) -> Option<Mention> {
    MENTIONS.iter().find(|(w, ..)| *w == word).map(|(_, mention, _)| *mention)
}

/// The title under which a mention is told: « Qui les voit ? »
pub fn mention_label(mention: Mention) -> &'static str {
    label(MENTIONS, &mention)
}

/// What a page calls a class of data.
pub fn class_label(class: Class) -> &'static str {
    label(CLASSES, &class)
}

/// What a page calls a power, as an infinitive: « rouvrir un dossier clos ».
pub fn power_label(power: Power) -> &'static str {
    label(POWERS, &power)
}

/// The word of a file for a power: `rouvrir`.
pub fn power_word(power: Power) -> &'static str {
    POWERS.iter().find(|(_, p, _)| *p == power).map_or("", |(word, ..)| word)
}

/// The event from which a term runs, with its article: « la clôture du dossier ».
pub fn start_event_label(event: StartEvent) -> &'static str {
    label(START_EVENTS, &event)
}

/// How a retention unit ends: « destruction de la clé ».
pub fn ending_label(ending: Ending) -> &'static str {
    label(ENDINGS, &ending)
}

/// The word of a file for a field's type.
pub(crate) fn field_type_word(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Text { .. } => "texte",
        FieldKind::LongText { .. } => "texte_long",
        FieldKind::Name => "nom",
        FieldKind::Date => "date",
        FieldKind::Money => "montant",
        FieldKind::Integer => "entier",
        FieldKind::Bool => "oui_non",
        FieldKind::Choice(_) => "choix",
        FieldKind::Phone => "telephone",
        FieldKind::Email => "courriel",
        FieldKind::Commune => "commune",
        FieldKind::Reference { .. } => "reference",
    }
}

/// What a page calls a field's type, with its limits: « texte d'une ligne, 120 caractères ».
pub fn field_type_label(kind: &FieldKind) -> String {
    let word = field_type_word(kind);
    let name = FIELD_TYPES.iter().find(|(w, _)| *w == word).map_or(word, |(_, name)| name);
    match kind {
        FieldKind::Text { max } | FieldKind::LongText { max } => {
            format!("{name}, {max} caractères au plus")
        }
        FieldKind::Choice(choices) => format!("{name} de {} valeurs", choices.len()),
        FieldKind::Reference { section } => {
            crate::typography::french(&format!("{name} « {section} »"))
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A power without its word could be given by no register.
    #[test]
    fn each_power_has_one_word_and_a_label() {
        for power in Power::ALL {
            assert_eq!(POWERS.iter().filter(|(_, p, _)| p == power).count(), 1, "{power:?}");
            assert!(!power_word(*power).is_empty() && !power_label(*power).is_empty());
        }
        assert_eq!(POWERS.len(), Power::ALL.len());
    }
}
