//! What is typed or sent for a field of the register → a typed value, or what is wrong with it: one
//! reading for the forms of the screens and for the API.

use huis_access::search::in_full;
use huis_dossier::{Facts, Value};
use huis_kernel::{Date, Money};
use huis_law::geo::Geo;
use huis_register::{Field, FieldKind, french};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::Caller;

/// A commune that one may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commune {
    /// INSEE code.
    pub code: String,
    /// Name.
    pub name: String,
}

/// The communes of the office's département, by name: gathered once, asked for by every page.
pub fn communes(caller: &Caller) -> Arc<[Commune]> {
    type Known = BTreeMap<String, Arc<[Commune]>>;
    static KNOWN: RwLock<Known> = RwLock::new(Known::new());
    let here = caller.office.departement.as_str();
    if let Some(found) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(here) {
        return Arc::clone(found);
    }
    let all = Geo::embedded().communes().iter();
    let found: Arc<[Commune]> = all
        .filter(|c| c.departement == here)
        .map(|c| Commune { code: c.code.to_owned(), name: c.name.to_owned() })
        .collect();
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(here.to_owned(), Arc::clone(&found));
    found
}

/// What a reading needs beside the field.
pub struct Known<'a> {
    /// Communes that may be named rather than coded.
    pub communes: &'a [Commune],
    /// Does the dossier hold this occurrence of this section, as its reader sees it?
    pub occurs: &'a (dyn Fn(&str, u32) -> bool + Sync),
}

/// The fields that are needed and are not there, each with what to say of it.
pub fn missing<'f>(fields: &'f [Field], facts: &Facts) -> Vec<(&'f Field, String)> {
    let absent = fields.iter().filter(|f| !facts.contains_key(&f.id));
    absent.filter_map(|field| Some((field, needed(field, fields, facts)?))).collect()
}

fn needed(field: &Field, fields: &[Field], facts: &Facts) -> Option<String> {
    if field.required {
        return Some("Ce champ est obligatoire.".to_owned());
    }
    let (name, code) = field.required_if.as_ref()?;
    let asks = facts.get(name).and_then(Value::as_str) == Some(code);
    let by = fields.iter().find(|f| asks && f.id == *name)?;
    let FieldKind::Choice(choices) = &by.kind else { return None };
    let choice = choices.iter().find(|c| c.code == *code)?;
    Some(french(&format!("Il le faut quand « {} » est « {} ».", by.label, choice.label)))
}

/// Reads one field as it is typed or sent.
///
/// # Errors
/// What is wrong and how to mend it, in French, without what was sent.
pub fn read(kind: &FieldKind, text: &str, known: &Known<'_>) -> Result<Value, String> {
    match kind {
        FieldKind::Text { max } => line(text, *max).map(Value::Text),
        FieldKind::Name => name(text).map(Value::Text),
        FieldKind::LongText { max } => lines(text, *max).map(Value::Text),
        FieldKind::Date => date(text).map(Value::Date),
        FieldKind::Money => money(text).map(Value::Money),
        FieldKind::Integer => integer(text).map(Value::Int),
        FieldKind::Bool => match text {
            "oui" => Ok(Value::Bool(true)),
            "non" => Ok(Value::Bool(false)),
            _ => Err("Choisissez oui ou non.".to_owned()),
        },
        // the lists are national, a local value is refused.
        FieldKind::Choice(choices) => choices
            .iter()
            .find(|c| c.code == text)
            .map(|c| Value::Choice(c.code.clone()))
            .ok_or_else(|| "Choisissez une valeur de la liste.".to_owned()),
        FieldKind::Phone => phone(text).map(Value::Text),
        FieldKind::Email => email(text).map(Value::Text),
        FieldKind::Commune => commune(text, known.communes).map(Value::Text),
        FieldKind::Reference { section } => text
            .parse()
            .ok()
            .filter(|n| (known.occurs)(section, *n))
            .map(Value::Reference)
            .ok_or_else(|| "Choisissez dans la liste.".to_owned()),
    }
}

fn line(text: &str, max: usize) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err("Ce champ tient sur une ligne, sans caractère spécial invisible.".to_owned());
    }
    within(text, max)
}

fn lines(text: &str, max: usize) -> Result<String, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err("Le texte contient un caractère invisible\u{a0}: retapez-le.".to_owned());
    }
    within(&text, max)
}

fn within(text: &str, max: usize) -> Result<String, String> {
    let length = text.chars().count();
    if length > max {
        let over = length - max;
        let s = if over > 1 { "s" } else { "" };
        return Err(format!("Trop long de {over} caractère{s}\u{a0}: {max} au plus."));
    }
    Ok(text.to_owned())
}

fn name(text: &str) -> Result<String, String> {
    if !text.chars().any(char::is_alphabetic) {
        return Err("Un nom contient au moins une lettre.".to_owned());
    }
    if text.chars().any(|c| c.is_ascii_digit() || matches!(c, '<' | '>' | '@')) {
        return Err("Un nom n’a ni chiffre ni «\u{a0}@\u{a0}».".to_owned());
    }
    line(text, 120)
}

/// A date as it is typed: `31/12/2025`, `31-12-2025`, `31.12.2025`, `31 12 2025`, `31122025` or
/// `2025-12-31`.
///
/// # Errors
/// What is wrong, in French.
pub fn date(text: &str) -> Result<Date, String> {
    const SHAPE: &str = "Écrivez la date jour/mois/année, par exemple 31/12/2025.";
    let digits = |s: &str| !s.is_empty() && s.len() <= 4 && s.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split(['/', '-', '.', ' ']).filter(|p| !p.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [y, m, d] if y.len() == 4 && digits(y) && digits(m) && digits(d) => (*y, *m, *d),
        [d, m, y] if y.len() == 4 && digits(y) && digits(m) && digits(d) => (*y, *m, *d),
        [_, _, y] if y.len() == 2 && digits(y) => {
            return Err("Écrivez l’année en quatre chiffres, par exemple 31/12/2025.".to_owned());
        }
        [whole] if whole.len() == 8 && whole.bytes().all(|b| b.is_ascii_digit()) => {
            let (day, rest) = whole.split_at_checked(2).ok_or(SHAPE)?;
            let (month, year) = rest.split_at_checked(2).ok_or(SHAPE)?;
            (year, month, day)
        }
        _ => return Err(SHAPE.to_owned()),
    };
    let number = |s: &str| s.parse::<i16>().ok();
    let day_month = |s: &str| number(s).and_then(|n| i8::try_from(n).ok());
    let year = number(year).filter(|y| (1880..=2150).contains(y));
    let date = year.zip(day_month(month)).zip(day_month(day));
    date.and_then(|((y, m), d)| Date::new(y, m, d).ok()).ok_or_else(|| {
        "Cette date n’existe pas\u{a0}: vérifiez le jour, le mois et l’année.".to_owned()
    })
}

fn money(text: &str) -> Result<Money, String> {
    let amount = Money::parse(text).map_err(|_| {
        "Écrivez le montant en euros, avec deux décimales au plus, par exemple 1\u{a0}234,56."
            .to_owned()
    })?;
    if amount.0 < 0 {
        return Err("Un montant s’écrit sans signe moins.".to_owned());
    }
    Ok(amount)
}

fn integer(text: &str) -> Result<i64, String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    Some(compact)
        .filter(|c| !c.is_empty() && c.len() <= 9 && c.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|c| c.parse().ok())
        .ok_or_else(|| "Écrivez un nombre entier, par exemple 3.".to_owned())
}

/// French numbers are kept in pairs (`01 99 00 12 34`), others as `+` and digits.
fn phone(text: &str) -> Result<String, String> {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '/' | '(' | ')'))
        .collect();
    let national = match compact.strip_prefix("+33").or_else(|| compact.strip_prefix("0033")) {
        Some(rest) => format!("0{}", rest.strip_prefix('0').unwrap_or(rest)),
        None => compact,
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if national.len() == 10 && national.starts_with('0') && digits(&national) {
        let pairs = national.chars().collect::<Vec<_>>();
        return Ok(pairs.chunks(2).map(String::from_iter).collect::<Vec<_>>().join(" "));
    }
    match national.strip_prefix('+') {
        Some(abroad) if (7..=15).contains(&abroad.len()) && digits(abroad) => Ok(national),
        _ => {
            Err("Écrivez dix chiffres (01 23 45 67 89), ou «\u{a0}+\u{a0}» et l’indicatif du pays."
                .to_owned())
        }
    }
}

fn email(text: &str) -> Result<String, String> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';');
    let good = text.len() <= 254
        && !text.contains(odd)
        && text.split_once('@').is_some_and(|(local, domain)| {
            let labels: Vec<&str> = domain.split('.').collect();
            !local.is_empty()
                && !domain.contains('@')
                && labels.len() > 1
                && labels.iter().all(|l| !l.is_empty())
        });
    if good {
        Ok(text.to_owned())
    } else {
        Err("Écrivez une seule adresse, par exemple prenom.nom@exemple.fr.".to_owned())
    }
}

/// The one commune whose name begins so.
fn nearest<'c>(typed: &str, communes: &'c [Commune]) -> Option<&'c str> {
    let mut found =
        communes.iter().filter(|c| typed.len() > 3 && in_full(&c.name).starts_with(typed));
    match (found.next(), found.next()) {
        (Some(one), None) => Some(&one.name),
        _ => None,
    }
}

/// A code (`68224`), what the datalist puts (`Mulhouse (68224)`), or a name that only one of the
/// proposed communes bears.
fn commune(text: &str, communes: &[Commune]) -> Result<String, String> {
    let inner = text.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    let code = inner.unwrap_or(text).trim().to_ascii_uppercase();
    let corsican = code.strip_prefix("2A").or_else(|| code.strip_prefix("2B"));
    let tail = corsican.unwrap_or(&code);
    if code.len() == 5 && tail.bytes().all(|b| b.is_ascii_digit()) {
        if Geo::embedded().commune(&code).is_some() {
            return Ok(code);
        }
        return Err(
            "Aucune commune n’a ce code INSEE (un code postal n’en est pas un)\u{a0}: tapez \
                    le nom de la ville."
                .to_owned(),
        );
    }
    // « Ste Marie aux Mines » is Sainte-Marie-aux-Mines.
    let typed = in_full(text);
    let mut named = communes.iter().filter(|c| in_full(&c.name) == typed);
    match (named.next(), named.next()) {
        (Some(one), None) => Ok(one.code.clone()),
        (Some(_), Some(_)) => {
            Err("Plusieurs communes portent ce nom\u{a0}: choisissez dans la liste.".to_owned())
        }
        _ => match nearest(&typed, communes) {
            Some(name) => Err(format!("Commune inconnue. Est-ce {name}\u{a0}?")),
            None => {
                Err("Commune inconnue : choisissez dans la liste, ou tapez son code INSEE (cinq \
                  caractères, par exemple 68224)."
                    .to_owned())
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_read_as_it_is_written() {
        let towns: Vec<Commune> = Geo::embedded()
            .communes()
            .iter()
            .filter(|c| c.departement == "68")
            .map(|c| Commune { code: c.code.to_owned(), name: c.name.to_owned() })
            .collect();
        for (typed, code) in [
            ("Colmar", "68066"),
            ("COLMAR", "68066"),
            ("68066", "68066"),
            ("Colmar (68066)", "68066"),
            ("Ste Marie aux Mines", "68298"),
            ("sainte-marie-aux-mines", "68298"),
            ("St-Louis", "68297"),
        ] {
            assert_eq!(commune(typed, &towns).as_deref(), Ok(code), "{typed}");
        }
        let refused = |typed: &str| commune(typed, &towns).unwrap_err();
        assert!(refused("68000").contains("code postal"), "a postcode is no code of a town");
        assert!(refused("Kaysersberg").contains("Kaysersberg Vignoble"));
        assert!(refused("Nulle-Part").contains("INSEE"));
    }
}
