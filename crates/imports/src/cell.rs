//! One cell → one value of the type that the register says, or what is wrong with it.

use huis_dossier::Value;
use huis_register::FieldKind;

use crate::{book, date, fold, money};

/// How the name of a town becomes its code (INSEE): `None` when no town, or several, bear it.
pub type Towns<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads a cell that is not empty.
///
/// # Errors
/// What is wrong and how to mend it, in French, without what the cell holds.
pub fn value(kind: &FieldKind, text: &str, towns: Towns<'_>) -> Result<Value, String> {
    if text == book::ERROR || text.starts_with("#N/A") || text.starts_with("#REF") {
        return Err("Une formule du tableur a échoué\u{a0}: remplacez-la par sa valeur.".to_owned());
    }
    match kind {
        FieldKind::Text { max } => line(text, *max).map(Value::Text),
        FieldKind::LongText { max } => line(text, *max).map(Value::Text),
        FieldKind::Name => name(text).map(Value::Text),
        FieldKind::Date => date::read(text).map(Value::Date),
        FieldKind::Money => money::read(text).map(Value::Money),
        FieldKind::Integer => integer(text).map(Value::Int),
        FieldKind::Bool => match fold(text).as_str() {
            "oui" | "o" | "vrai" | "x" | "1" | "true" | "yes" => Ok(Value::Bool(true)),
            "non" | "n" | "faux" | "0" | "false" | "no" => Ok(Value::Bool(false)),
            _ => Err("Écrivez oui ou non.".to_owned()),
        },
        FieldKind::Choice(choices) => {
            let wanted = fold(text);
            let found =
                choices.iter().find(|c| fold(&c.label) == wanted || fold(&c.code) == wanted);
            found.map(|c| Value::Choice(c.code.clone())).ok_or_else(|| {
                let labels: Vec<&str> = choices.iter().map(|c| c.label.as_str()).collect();
                format!("Écrivez une des valeurs prévues\u{a0}: {}.", labels.join(" ; "))
            })
        }
        FieldKind::Phone => phone(text).map(Value::Text),
        FieldKind::Email => email(text).map(Value::Text),
        FieldKind::Commune => commune(text, towns).map(Value::Text),
        FieldKind::Reference { .. } => {
            Err("Ce champ désigne une personne du dossier\u{a0}: il ne s’importe pas.".to_owned())
        }
    }
}

fn line(text: &str, max: usize) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().any(char::is_control) {
        return Err("La cellule contient un caractère invisible\u{a0}: retapez-la.".to_owned());
    }
    let length = text.chars().count();
    if length > max {
        return Err(format!("Trop long\u{a0}: {max} caractères au plus, ici {length}."));
    }
    Ok(text)
}

fn name(text: &str) -> Result<String, String> {
    if !text.chars().any(char::is_alphabetic) {
        return Err("Un nom contient au moins une lettre.".to_owned());
    }
    if text.chars().any(|c| c.is_ascii_digit() || matches!(c, '<' | '>' | '@' | '=')) {
        return Err(
            "Un nom n’a ni chiffre ni signe\u{a0}: la colonne est-elle la bonne\u{a0}?".to_owned()
        );
    }
    line(text, 120)
}

fn integer(text: &str) -> Result<i64, String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let whole = compact.split_once([',', '.']).map_or(compact.as_str(), |(whole, rest)| {
        if rest.bytes().all(|b| b == b'0') { whole } else { compact.as_str() }
    });
    Some(whole)
        .filter(|c| !c.is_empty() && c.len() <= 9 && c.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|c| c.parse().ok())
        .ok_or_else(|| "Écrivez un nombre entier, par exemple 3.".to_owned())
}

/// French numbers in pairs; the leading zero that a spreadsheet ate is given back.
fn phone(text: &str) -> Result<String, String> {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '/' | '(' | ')' | '\u{a0}'))
        .collect();
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let national = match compact.strip_prefix("+33").or_else(|| compact.strip_prefix("0033")) {
        Some(rest) => format!("0{}", rest.strip_prefix('0').unwrap_or(rest)),
        None if compact.len() == 9 && digits(&compact) && !compact.starts_with('0') => {
            format!("0{compact}")
        }
        None => compact,
    };
    if national.len() == 10 && national.starts_with('0') && digits(&national) {
        let pairs: Vec<char> = national.chars().collect();
        return Ok(pairs.chunks(2).map(String::from_iter).collect::<Vec<_>>().join(" "));
    }
    match national.strip_prefix('+') {
        Some(abroad) if (7..=15).contains(&abroad.len()) && digits(abroad) => Ok(national),
        _ => Err("Écrivez dix chiffres, ou «\u{a0}+\u{a0}» et l’indicatif du pays.".to_owned()),
    }
}

fn email(text: &str) -> Result<String, String> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';');
    let good = text.len() <= 254
        && !text.contains(odd)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.contains('.')
                && domain.split('.').all(|l| !l.is_empty())
        });
    if good {
        Ok(text.to_owned())
    } else {
        Err("Écrivez une seule adresse, par exemple prenom.nom@exemple.fr.".to_owned())
    }
}

fn commune(text: &str, towns: Towns<'_>) -> Result<String, String> {
    let inner = text.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let code = inner.unwrap_or(text).trim().to_ascii_uppercase();
    let tail = code.strip_prefix("2A").or_else(|| code.strip_prefix("2B")).unwrap_or(&code);
    if code.len() == 5 && tail.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(code);
    }
    towns(text).ok_or_else(|| {
        "Commune inconnue dans ce département, ou plusieurs portent ce nom\u{a0}: écrivez son \
         code INSEE (cinq caractères)."
            .to_owned()
    })
}
