use crate::{
    Hasher, Login, Password, PasswordHash, PasswordRules, RuleKind, Strength, common,
    strength::Classes,
};

/// What a new password is judged against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The account's login.
    pub login: &'a Login,
    /// Does the account hold an administrator's profile?
    pub administrator: bool,
    /// Words that are no secret here: the organisation's names.
    pub words: &'a [&'a str],
    /// The present hash, then the former ones, the latest first.
    pub previous: &'a [PasswordHash],
    /// To compare with the former ones.
    pub hasher: &'a Hasher,
}

/// A rule that the password breaks. It holds nothing of the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordFault {
    /// Which rule.
    pub rule: RuleKind,
    /// Why, and what to do, in French.
    pub reason: String,
    /// The article or deliberation.
    pub article: String,
    /// False when the article is not verified.
    pub verified: bool,
}

impl PasswordRules {
    /// Judges a new password; every broken rule at once, each with its reason.
    pub fn check(
        &self,
        candidate: &Password,
        context: &Context<'_>,
    ) -> Result<(), Vec<PasswordFault>> {
        let text = candidate.as_str();
        let faults: Vec<PasswordFault> = [
            self.length_fault(text, context.administrator),
            self.classes_fault(text),
            self.entropy_fault(text),
            self.login_fault(text, context.login),
            self.account_words_fault(text, context),
            self.common_fault(text),
            self.history_fault(candidate, context),
        ]
        .into_iter()
        .flatten()
        .collect();
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    fn length_fault(&self, text: &str, administrator: bool) -> Option<PasswordFault> {
        let special = self.administrator_length.as_ref().filter(|_| administrator);
        let longest = |rule: &&crate::Rule<u32>| rule.value;
        let rule = self.length.iter().chain(special).max_by_key(longest)?;
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        if length >= rule.value {
            return None;
        }
        let for_whom = if special.is_some_and(|s| s == rule) {
            " pour un compte d’administration"
        } else {
            ""
        };
        let kind =
            if for_whom.is_empty() { RuleKind::Length } else { RuleKind::AdministratorLength };
        let reason = format!(
            "Il faut {} caractères au moins{for_whom}\u{a0}; il y en a {length}.",
            rule.value
        );
        Some(fault(kind, rule, reason))
    }

    fn classes_fault(&self, text: &str) -> Option<PasswordFault> {
        let rule = self.classes.as_ref()?;
        let has = Classes::of(text);
        let missing: Vec<&str> = [
            (has.lower, "une minuscule"),
            (has.upper, "une majuscule"),
            (has.digit, "un chiffre"),
            (has.special, "un caractère spécial"),
        ]
        .into_iter()
        .filter_map(|(present, name)| (!present).then_some(name))
        .collect();
        let (last, first) = missing.split_last()?;
        let list = if first.is_empty() {
            (*last).to_owned()
        } else {
            format!("{} et {last}", first.join(", "))
        };
        Some(fault(RuleKind::Classes, rule, format!("Il manque {list}.")))
    }

    fn entropy_fault(&self, text: &str) -> Option<PasswordFault> {
        let rule = self.entropy.as_ref()?;
        let strength = Strength::of(text, self.measure);
        if strength.reaches(rule.value) {
            return None;
        }
        let how = if strength.phrase {
            "Une phrase compte par ses mots différents\u{a0}: ajoutez-en."
        } else {
            "Allongez-le, ou écrivez une phrase de mots sans rapport entre eux\u{a0}; suites et répétitions ne comptent pas."
        };
        let reason = format!(
            "Sa force est de {:.0}\u{a0}bits\u{a0}; il en faut {}. {how}",
            strength.bits.round(),
            rule.value
        );
        Some(fault(RuleKind::Entropy, rule, reason))
    }

    fn login_fault(&self, text: &str, login: &Login) -> Option<PasswordFault> {
        let rule = self.not_login.as_ref().filter(|_| common::same(text, login.as_str()))?;
        Some(fault(RuleKind::NotLogin, rule, "Il doit être différent de l’identifiant.".to_owned()))
    }

    /// Built on the account's words: what is left without them is not strong enough by itself.
    fn account_words_fault(&self, text: &str, context: &Context<'_>) -> Option<PasswordFault> {
        let rule = self.not_account_words.as_ref()?;
        let bits = self.entropy.as_ref().map_or(0, |rule| rule.value);
        let words: Vec<&str> =
            std::iter::once(context.login.as_str()).chain(context.words.iter().copied()).collect();
        let rest = common::without(text, &words)?;
        if Strength::of(&rest, self.measure).reaches(bits) {
            return None;
        }
        let reason = "Il est bâti sur l’identifiant ou le nom de l’organisme, et ce qui reste est trop faible.";
        Some(fault(RuleKind::NotAccountWords, rule, reason.to_owned()))
    }

    fn common_fault(&self, text: &str) -> Option<PasswordFault> {
        let rule = self.not_common.as_ref().filter(|_| common::is_common(text))?;
        let reason =
            "Il fait partie des mots de passe les plus courants, chiffres et signes mis à part.";
        Some(fault(RuleKind::NotCommon, rule, reason.to_owned()))
    }

    fn history_fault(&self, candidate: &Password, context: &Context<'_>) -> Option<PasswordFault> {
        let rule = self.history.as_ref()?;
        let asked = usize::try_from(rule.value).unwrap_or(usize::MAX);
        let again =
            context.previous.iter().take(asked).any(|p| context.hasher.verify(candidate, Some(p)));
        let reason = format!("Il doit être différent des {} précédents.", rule.value);
        again.then(|| fault(RuleKind::History, rule, reason))
    }
}

fn fault<T>(rule: RuleKind, source: &crate::Rule<T>, reason: String) -> PasswordFault {
    PasswordFault { rule, reason, article: source.article.clone(), verified: source.verified }
}
