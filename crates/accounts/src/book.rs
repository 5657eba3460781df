use std::collections::BTreeMap;

use huis_kernel::{Date, Delay};
use serde::Deserialize;

use crate::{Limits, Measure, PasswordRules, Rule};

/// `parameters/passwords.toml`, read: rule sets as dated histories, and the numbers of sign-in.
#[derive(Clone, Debug)]
pub struct RuleBook {
    sets: BTreeMap<String, Set>,
    sign_in: SignInRules,
}

/// The numbers of sign-in (CNIL 2022-100, access restriction).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInRules {
    /// By login, known or not.
    pub login: Limits,
    /// By address.
    pub address: Limits,
    /// How long one may take between the password and the code.
    pub second_factor_ms: i64,
    /// How long a reset link is good.
    pub reset_ms: i64,
}

/// A fault of the file.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum RuleBookFault {
    /// Not TOML, a key that does not exist, or a wrong type: the message names the line.
    #[error("règles de mots de passe : {0}")]
    Shape(String),
    /// A rule whose name is not known.
    #[error("jeu « {set} » : la règle « {rule} » n'existe pas")]
    UnknownRule {
        /// The set.
        set: String,
        /// The rule.
        rule: String,
    },
    /// A value of the wrong kind.
    #[error("jeu « {set} », règle « {rule} » : {expected} est attendu")]
    Value {
        /// The set.
        set: String,
        /// The rule.
        rule: String,
        /// What the value should be.
        expected: &'static str,
    },
    /// A name used twice.
    #[error("deux jeux s'appellent « {0} »")]
    Twice(String),
    /// `herite` or `remplace_par` names no earlier set.
    #[error("jeu « {set} » : « {other} » doit être le nom d'un jeu écrit plus haut")]
    Reference {
        /// The set.
        set: String,
        /// What it names.
        other: String,
    },
    /// A set from which no strength can be counted.
    #[error(
        "jeu « {0} » : « caracteres-speciaux » et « vocabulaire » manquent (ou `herite`, `remplace_par`)"
    )]
    NoMeasure(String),
    /// A number of `[connexion]` that stops everyone or nobody.
    #[error("[connexion] {0} : un nombre d'au moins un est attendu")]
    SignIn(&'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    jeu: Vec<Set>,
    connexion: SignIn,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    id: String,
    nom: String,
    herite: Option<String>,
    remplace_par: Option<String>,
    #[serde(default)]
    regle: Vec<Entry>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what a reader of the file needs is checked to be there")]
struct Entry {
    id: String,
    valeur: Value,
    unite: Option<String>,
    depuis: toml::value::Datetime,
    jusqu_au: Option<toml::value::Datetime>,
    article: String,
    source: String,
    verifie: bool,
    note: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Value {
    Flag(bool),
    Number(u32),
    Text(String),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what a reader of the file needs is checked to be there")]
struct SignIn {
    source: String,
    verifie: bool,
    essais_libres: u32,
    premiere_attente_s: u32,
    essais_max: u32,
    blocage_min: u32,
    oubli_h: u32,
    adresse_essais_libres: u32,
    adresse_premiere_attente_s: u32,
    adresse_essais_max: u32,
    adresse_blocage_min: u32,
    adresse_oubli_h: u32,
    second_facteur_min: u32,
    lien_min: u32,
}

impl RuleBook {
    /// The file shipped with the program.
    pub fn embedded() -> Result<Self, Vec<RuleBookFault>> {
        Self::parse(include_str!("../../../parameters/passwords.toml"))
    }

    /// Reads a file; every fault of it at once.
    pub fn parse(text: &str) -> Result<Self, Vec<RuleBookFault>> {
        let file: File =
            toml::from_str(text).map_err(|e| vec![RuleBookFault::Shape(e.to_string())])?;
        let mut faults = sign_in_faults(&file.connexion);
        let mut sets: BTreeMap<String, Set> = BTreeMap::new();
        for set in file.jeu {
            for other in set.herite.iter().chain(&set.remplace_par) {
                if !sets.contains_key(other) {
                    faults.push(RuleBookFault::Reference {
                        set: set.id.clone(),
                        other: other.clone(),
                    });
                }
            }
            faults.extend(set.regle.iter().filter_map(|entry| entry_fault(&set.id, entry)));
            if sets.contains_key(&set.id) {
                faults.push(RuleBookFault::Twice(set.id.clone()));
            }
            sets.insert(set.id.clone(), set);
        }
        let book = Self { sets, sign_in: sign_in(&file.connexion) };
        for id in book.sets.keys() {
            // A set whose measure is dated begins with it: the last day sees every rule.
            if faults.is_empty() && book.rules(id, Date::MAX).is_none() {
                return Err(vec![RuleBookFault::NoMeasure(id.clone())]);
            }
        }
        if faults.is_empty() { Ok(book) } else { Err(faults) }
    }

    /// The names of the sets.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.sets.keys().map(String::as_str)
    }

    /// The numbers of sign-in.
    pub const fn sign_in(&self) -> &SignInRules {
        &self.sign_in
    }

    /// The set that a register names, as in force on a day; `None` for an unknown name.
    pub fn rules(&self, id: &str, on: Date) -> Option<PasswordRules> {
        let own = self.draft(id, on)?;
        let set = self.sets.get(id)?;
        match &set.remplace_par {
            Some(newer) => match self.rules(newer, on) {
                Some(newer) => Some(own.rules(Some(newer.measure))?.replaced_by(&newer)),
                None => own.rules(None),
            },
            None => own.rules(None),
        }
    }

    /// The rules of a set and of those that it inherits from, before any replacement.
    fn draft(&self, id: &str, on: Date) -> Option<Draft> {
        let set = self.sets.get(id)?;
        let mut draft = match &set.herite {
            Some(parent) => self.draft(parent, on)?,
            None => Draft::default(),
        };
        draft.name.clone_from(&set.nom);
        // Of two versions in force the later one counts; what is inherited yields to what is own.
        let mut own: Vec<&Entry> = set.regle.iter().filter(|entry| in_force(entry, on)).collect();
        own.sort_by_key(|entry| date(&entry.depuis));
        draft.entries.extend(own.into_iter().map(|entry| (entry.id.clone(), entry.clone())));
        Some(draft)
    }
}

#[derive(Default)]
struct Draft {
    name: String,
    entries: BTreeMap<String, Entry>,
}

impl Draft {
    fn rules(&self, measure: Option<Measure>) -> Option<PasswordRules> {
        let own = self.number("caracteres-speciaux").zip(self.number("vocabulaire"));
        let measure =
            own.map(|(s, v)| Measure { specials: s.value, vocabulary: v.value }).or(measure)?;
        Some(PasswordRules {
            name: self.name.clone(),
            measure,
            entropy: self.number("entropie"),
            length: self.number("longueur"),
            administrator_length: self.number("longueur-administrateur"),
            classes: self.flag("classes"),
            not_login: self.flag("identifiant"),
            history: self.number("precedents"),
            not_common: self.flag("mots-courants"),
            not_account_words: self.flag("mots-du-compte"),
            first_sign_in: self.flag("premiere-connexion"),
            renewal: self.delay("renouvellement"),
            administrator_renewal: self.delay("renouvellement-administrateur"),
        })
    }
    fn rule<T>(&self, id: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Rule<T>> {
        let entry = self.entries.get(id)?;
        Some(Rule {
            value: read(&entry.valeur)?,
            article: entry.article.clone(),
            since: date(&entry.depuis)?,
            verified: entry.verifie,
        })
    }
    fn number(&self, id: &str) -> Option<Rule<u32>> {
        self.rule(id, as_number)
    }
    fn delay(&self, id: &str) -> Option<Rule<Delay>> {
        self.rule(id, as_delay)
    }
    fn flag(&self, id: &str) -> Option<Rule<()>> {
        self.rule(id, |v| matches!(v, Value::Flag(true)).then_some(()))
    }
}

const fn as_number(value: &Value) -> Option<u32> {
    if let Value::Number(n) = value { Some(*n) } else { None }
}

fn as_delay(value: &Value) -> Option<Delay> {
    if let Value::Text(text) = value { text.parse().ok() } else { None }
}

fn date(value: &toml::value::Datetime) -> Option<Date> {
    value.to_string().parse().ok()
}

fn in_force(entry: &Entry, on: Date) -> bool {
    let begun = date(&entry.depuis).is_some_and(|from| from <= on);
    begun && entry.jusqu_au.as_ref().and_then(date).is_none_or(|to| on <= to)
}

fn entry_fault(set: &str, entry: &Entry) -> Option<RuleBookFault> {
    let (set, rule) = (set.to_owned(), entry.id.clone());
    let expected = match entry.id.as_str() {
        "entropie"
        | "longueur"
        | "longueur-administrateur"
        | "precedents"
        | "caracteres-speciaux"
        | "vocabulaire" => as_number(&entry.valeur).is_none().then_some("un nombre"),
        "renouvellement" | "renouvellement-administrateur" => {
            as_delay(&entry.valeur).is_none().then_some("une durée (« 6 mois »)")
        }
        "classes" | "identifiant" | "mots-courants" | "mots-du-compte" | "premiere-connexion" => {
            (!matches!(entry.valeur, Value::Flag(_))).then_some("true ou false")
        }
        _ => return Some(RuleBookFault::UnknownRule { set, rule }),
    };
    let dates = std::iter::once(&entry.depuis).chain(&entry.jusqu_au);
    let expected =
        expected.or_else(|| dates.map(date).any(|d| d.is_none()).then_some("un jour (2022-10-17)"));
    expected.map(|expected| RuleBookFault::Value { set, rule, expected })
}

fn sign_in_faults(file: &SignIn) -> Vec<RuleBookFault> {
    [
        ("premiere_attente_s", file.premiere_attente_s),
        ("essais_max", file.essais_max),
        ("blocage_min", file.blocage_min),
        ("oubli_h", file.oubli_h),
        ("adresse_premiere_attente_s", file.adresse_premiere_attente_s),
        ("adresse_essais_max", file.adresse_essais_max),
        ("adresse_blocage_min", file.adresse_blocage_min),
        ("adresse_oubli_h", file.adresse_oubli_h),
        ("second_facteur_min", file.second_facteur_min),
        ("lien_min", file.lien_min),
    ]
    .into_iter()
    .filter_map(|(key, value)| (value == 0).then_some(RuleBookFault::SignIn(key)))
    .collect()
}

fn sign_in(file: &SignIn) -> SignInRules {
    let (second, minute, hour) = (1000, 60_000, 3_600_000);
    SignInRules {
        login: Limits {
            free: file.essais_libres,
            first_wait_ms: i64::from(file.premiere_attente_s) * second,
            most: file.essais_max,
            lock_ms: i64::from(file.blocage_min) * minute,
            forget_ms: i64::from(file.oubli_h) * hour,
        },
        address: Limits {
            free: file.adresse_essais_libres,
            first_wait_ms: i64::from(file.adresse_premiere_attente_s) * second,
            most: file.adresse_essais_max,
            lock_ms: i64::from(file.adresse_blocage_min) * minute,
            forget_ms: i64::from(file.adresse_oubli_h) * hour,
        },
        second_factor_ms: i64::from(file.second_facteur_min) * minute,
        reset_ms: i64::from(file.lien_min) * minute,
    }
}
