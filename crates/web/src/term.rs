//! A deadline as a reader sees it: a chip that says how far, and « pourquoi ? » with each step.

use huis_dossier::{Term, TermState};
use huis_kernel::Date;

use crate::fmt;

/// How urgent a date is. Each has its words and sign: never the colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Past, and not done.
    Late,
    /// Today.
    Today,
    /// Within seven days.
    Soon,
    /// Later.
    Later,
    /// Done in time, or passed with nothing to do.
    Done,
    /// Of no use any more.
    Dropped,
}

/// A date with its distance from today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// How urgent.
    pub urgency: Urgency,
    /// « en retard de 3 jours », « aujourd'hui », « dans 12 jours ».
    pub text: String,
}

impl Chip {
    /// Its CSS class.
    pub const fn class(&self) -> &'static str {
        match self.urgency {
            Urgency::Late => "late",
            Urgency::Today => "today",
            Urgency::Soon => "soon",
            Urgency::Later => "later",
            Urgency::Done => "done",
            Urgency::Dropped => "dropped",
        }
    }

    /// The chip of a date at which something must be done.
    pub fn of(due: Date, today: Date) -> Self {
        let days = fmt::days_between(today, due);
        let n = days.unsigned_abs();
        let (urgency, text) = match days {
            ..=-61 => (Urgency::Late, format!("en retard de {}", long(n))),
            -60..=-1 => (Urgency::Late, format!("en retard de {n}\u{a0}jour{}", fmt::s(n))),
            0 => (Urgency::Today, "aujourd’hui".to_owned()),
            1 => (Urgency::Soon, "demain".to_owned()),
            2..=7 => (Urgency::Soon, format!("dans {n}\u{a0}jours")),
            8..=60 => (Urgency::Later, format!("dans {n}\u{a0}jours")),
            _ => (Urgency::Later, format!("dans {}", long(n))),
        };
        Self { urgency, text }
    }

    /// The chip of a date at which something stops by itself (a grant): past, it is over, not late.
    pub fn until(end: Date, today: Date) -> Self {
        if end < today {
            Self { urgency: Urgency::Dropped, text: "terminé".to_owned() }
        } else {
            Self::of(end, today)
        }
    }

    /// The chip of a deadline in its state. A date to know (`action` false) is never late.
    pub fn of_term(due: Date, action: bool, state: TermState, today: Date) -> Self {
        let done = |urgency, text: &str| Self { urgency, text: text.to_owned() };
        match state {
            TermState::Met if action => done(Urgency::Done, "fait"),
            TermState::Met => done(Urgency::Done, "passé"),
            TermState::Late => done(Urgency::Late, "fait en retard"),
            TermState::Dropped => done(Urgency::Dropped, "sans objet"),
            TermState::Running if !action && due < today => done(Urgency::Done, "passé"),
            TermState::Running => Self::of(due, today),
        }
    }
}

/// More than two months, in words that one can picture: months, then years.
fn long(days: u64) -> String {
    match days {
        ..=729 => format!("{}\u{a0}mois", days / 30),
        // Four years are 1 461 days.
        _ => format!("{}\u{a0}ans", days * 4 / 1461),
    }
}

/// A deadline of a dossier.
#[derive(Clone, Debug)]
pub struct TermView {
    /// What it is.
    pub label: String,
    /// The day to act by, or the date.
    pub due: Date,
    /// How far it is.
    pub chip: Chip,
    /// Something must be done by then.
    pub action: bool,
    /// The law's own date, where it is not the day to act by, as read.
    pub legal: Option<String>,
    /// The rule's article.
    pub article: String,
    /// Since when the version applied has been in force, as read.
    pub since: Option<String>,
    /// False when a fact used is not verified.
    pub verified: bool,
    /// Steps: what was done and the date reached, as read.
    pub steps: Vec<(String, Option<String>)>,
    /// The act it comes from.
    pub act: Option<u32>,
}

impl TermView {
    /// The view of a deadline on a day.
    pub fn new(term: &Term, today: Date) -> Self {
        let why = &term.explained;
        Self {
            label: term.label.clone(),
            due: term.by(),
            chip: Chip::of_term(term.by(), term.action, term.state, today),
            action: term.action,
            legal: (term.by() != term.due).then(|| fmt::date(term.due)),
            article: why.article.clone(),
            since: why.in_force_since.map(fmt::date),
            verified: why.verified,
            steps: why
                .steps
                .iter()
                .map(|s| (crate::cite::in_words(&s.text), s.date.map(fmt::date)))
                .collect(),
            act: term.act,
        }
    }
    /// `31/12/2025`
    pub fn due_text(&self) -> String {
        fmt::date(self.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// what is late, due and coming is told apart at a glance.
    #[test]
    fn a_chip_says_how_far_a_date_is() {
        let today = date(2025, 3, 15);
        for (due, urgency, text) in [
            (date(2025, 3, 12), Urgency::Late, "en retard de 3\u{a0}jours"),
            (date(2025, 3, 14), Urgency::Late, "en retard de 1\u{a0}jour"),
            (today, Urgency::Today, "aujourd’hui"),
            (date(2025, 3, 16), Urgency::Soon, "demain"),
            (date(2025, 3, 20), Urgency::Soon, "dans 5\u{a0}jours"),
            (date(2025, 4, 15), Urgency::Later, "dans 31\u{a0}jours"),
            (date(2025, 12, 15), Urgency::Later, "dans 9\u{a0}mois"),
            (date(2035, 3, 14), Urgency::Later, "dans 9\u{a0}ans"),
            (date(2024, 9, 1), Urgency::Late, "en retard de 6\u{a0}mois"),
        ] {
            assert_eq!(Chip::of(due, today), Chip { urgency, text: text.into() });
        }
        let past = date(2025, 3, 1);
        assert_eq!(Chip::until(past, today).urgency, Urgency::Dropped);
        assert_eq!(Chip::until(today, today).urgency, Urgency::Today);
        let of = |action, state| Chip::of_term(past, action, state, today).urgency;
        assert_eq!(of(true, TermState::Running), Urgency::Late);
        assert_eq!(of(false, TermState::Running), Urgency::Done);
        assert_eq!(of(true, TermState::Met), Urgency::Done);
        assert_eq!(of(true, TermState::Late), Urgency::Late);
        assert_eq!(of(true, TermState::Dropped), Urgency::Dropped);
    }
}
