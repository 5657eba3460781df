use huis_kernel::{Date, Delay};

use crate::strength::{Measure, composition_bits};

/// A value with what it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule<T> {
    /// The value.
    pub value: T,
    /// The article or deliberation.
    pub article: String,
    /// First day in force.
    pub since: Date,
    /// False when the fact is not verified: shown as such.
    pub verified: bool,
}

/// The rules by name, as in `parameters/passwords.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// `entropie`: bits.
    Entropy,
    /// `longueur`: characters.
    Length,
    /// `longueur-administrateur`: characters.
    AdministratorLength,
    /// `classes`: the four classes.
    Classes,
    /// `identifiant`: not the login.
    NotLogin,
    /// `precedents`: none of the last ones.
    History,
    /// `mots-courants`: none of the most common.
    NotCommon,
    /// `mots-du-compte`: not built on the login or the organisation.
    NotAccountWords,
}

impl RuleKind {
    /// Its name in the file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entropy => "entropie",
            Self::Length => "longueur",
            Self::AdministratorLength => "longueur-administrateur",
            Self::Classes => "classes",
            Self::NotLogin => "identifiant",
            Self::History => "precedents",
            Self::NotCommon => "mots-courants",
            Self::NotAccountWords => "mots-du-compte",
        }
    }
}

/// What one processing, or all those of an account, ask of a password. A rule that is absent is
/// not asked. There is no greatest length (settlement 12).
///
/// The deliberation of 2016 asks for eight characters of the four classes; the
/// recommendation of 2022 asks for bits instead, and takes a long password of letters alone or a
/// phrase of seven words. Where the bits that it asks exceed those of the composition (80 against
/// 53), it replaces it: see [`PasswordRules::replaced_by`]. Where they do not (50, with access
/// restriction), the composition stays. Everything else keeps the stricter of the two.
#[derive(Clone, Debug, PartialEq)]
pub struct PasswordRules {
    /// The rule set's name in French.
    pub name: String,
    /// How strength is counted.
    pub measure: Measure,
    /// Bits of entropy.
    pub entropy: Option<Rule<u32>>,
    /// Least length.
    pub length: Option<Rule<u32>>,
    /// Least length for an administrator.
    pub administrator_length: Option<Rule<u32>>,
    /// Small letters, capitals, digits and special characters.
    pub classes: Option<Rule<()>>,
    /// Different from the login.
    pub not_login: Option<Rule<()>>,
    /// Different from so many former ones, the present one included.
    pub history: Option<Rule<u32>>,
    /// Not a common one.
    pub not_common: Option<Rule<()>>,
    /// Not built on the login's or the organisation's words.
    pub not_account_words: Option<Rule<()>>,
    /// Changed at the first sign-in.
    pub first_sign_in: Option<Rule<()>>,
    /// Changed each so long.
    pub renewal: Option<Rule<Delay>>,
    /// The same, for an administrator.
    pub administrator_renewal: Option<Rule<Delay>>,
}

impl PasswordRules {
    /// The newer set replaces the composition where it asks more; else the stricter holds.
    #[must_use]
    pub fn replaced_by(mut self, newer: &Self) -> Self {
        let length = self.length.as_ref().map_or(0, |rule| rule.value);
        let composition = composition_bits(length, newer.measure);
        if newer.entropy.as_ref().is_some_and(|e| f64::from(e.value) > composition) {
            self.classes = None;
        }
        let name = self.name.clone();
        Self { name, ..self.stricter(newer) }
    }

    /// Rule by rule, the stricter of two sets.
    #[must_use]
    fn stricter(&self, other: &Self) -> Self {
        Self {
            name: format!("{} ; {}", self.name, other.name),
            // The smaller alphabet counts fewer bits.
            measure: Measure {
                specials: self.measure.specials.min(other.measure.specials),
                vocabulary: self.measure.vocabulary.min(other.measure.vocabulary),
            },
            entropy: most(&self.entropy, &other.entropy),
            length: most(&self.length, &other.length),
            administrator_length: most(&self.administrator_length, &other.administrator_length),
            classes: most(&self.classes, &other.classes),
            not_login: most(&self.not_login, &other.not_login),
            history: most(&self.history, &other.history),
            not_common: most(&self.not_common, &other.not_common),
            not_account_words: most(&self.not_account_words, &other.not_account_words),
            first_sign_in: most(&self.first_sign_in, &other.first_sign_in),
            renewal: soonest(&self.renewal, &other.renewal),
            administrator_renewal: soonest(
                &self.administrator_renewal,
                &other.administrator_renewal,
            ),
        }
    }

    /// The day from which a password set on `set_on` must be changed, with the rule that says so.
    pub fn expires_on(&self, administrator: bool, set_on: Date) -> Option<(Date, &Rule<Delay>)> {
        let special = administrator.then_some(self.administrator_renewal.as_ref()).flatten();
        special
            .into_iter()
            .chain(self.renewal.as_ref())
            .map(|rule| (rule.value.after(set_on), rule))
            .min_by_key(|(day, _)| *day)
    }

    /// How many former hashes an account keeps, the present one apart.
    pub fn former_kept(&self) -> usize {
        let asked = self.history.as_ref().map_or(0, |rule| rule.value);
        usize::try_from(asked).unwrap_or(usize::MAX).saturating_sub(1)
    }
}

/// The strictest of the processings that an account works in, rule by rule (settlement 12).
/// `None` for an account that works in none.
pub fn strictest<'a>(sets: impl IntoIterator<Item = &'a PasswordRules>) -> Option<PasswordRules> {
    let mut sets = sets.into_iter();
    let first = sets.next()?.clone();
    Some(sets.fold(first, |all, set| if all == *set { all } else { all.stricter(set) }))
}

fn most<T: Ord + Clone>(a: &Option<Rule<T>>, b: &Option<Rule<T>>) -> Option<Rule<T>> {
    pick(a, b, |a, b| a >= b)
}

fn soonest(a: &Option<Rule<Delay>>, b: &Option<Rule<Delay>>) -> Option<Rule<Delay>> {
    // Delays of months and of days are compared from one same day.
    let end = |delay: &Delay| delay.after(Date::constant(2000, 1, 1));
    pick(a, b, |a, b| end(a) <= end(b))
}

fn pick<T: Clone>(
    a: &Option<Rule<T>>,
    b: &Option<Rule<T>>,
    first: impl Fn(&T, &T) -> bool,
) -> Option<Rule<T>> {
    match (a, b) {
        (Some(x), Some(y)) if !first(&x.value, &y.value) => b.clone(),
        (Some(_), _) => a.clone(),
        _ => b.clone(),
    }
}
