use huis_kernel::{Date, Period};
use serde::{Deserialize, Serialize};

use crate::Law;
use crate::holiday::month_day;
use crate::read::{Entry, Faults, bounds};

/// A period in which no eviction takes place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truce {
    /// First and last day.
    pub period: Period,
    /// The rule.
    pub article: String,
    /// Where it was read.
    pub source: String,
    /// False when the fact could not be verified.
    pub verified: bool,
    /// A refusal born within it binds the State only from its end (CPCE, art. R. 154-5). The
    /// extension of 2021 barred evictions without putting liability off.
    pub defers_liability: bool,
    /// What a clerk should know.
    pub note: Option<String>,
}

/// When a truce holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// `du`, `au`: month and day, each winter, on the days of the version.
    Winter { du: (i8, i8), au: (i8, i8), from: Option<Date>, until: Option<Date> },
    /// `debut`, `fin`: once.
    Once(Period),
}

/// One `[[treve]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TruceRule {
    holds: Holds,
    article: String,
    source: String,
    verified: bool,
    defers_liability: bool,
    note: Option<String>,
}

impl TruceRule {
    /// The truce that begins in the year, cut to the days when this version was in force.
    fn beginning_in(&self, year: i16) -> Option<Truce> {
        let period = match self.holds {
            Holds::Once(period) => Some(period).filter(|p| p.from.year() == year),
            Holds::Winter { du, au, from, until } => {
                let start = Date::new(year, du.0, du.1).ok()?;
                let end_year = if au < du { year.checked_add(1)? } else { year };
                let end = Date::new(end_year, au.0, au.1).ok()?;
                let start = from.map_or(start, |f| f.max(start));
                let end = until.map_or(end, |u| u.min(end));
                (start <= end).then_some(Period { from: start, to: end })
            }
        }?;
        Some(Truce {
            period,
            article: self.article.clone(),
            source: self.source.clone(),
            verified: self.verified,
            defers_liability: self.defers_liability,
            note: self.note.clone(),
        })
    }
}

/// Reads one `[[treve]]`.
pub(crate) fn truce(mut entry: Entry<'_>, faults: &mut Faults<'_>) -> Option<TruceRule> {
    let want = "un jour : « 11-01 »";
    let du = entry.form(faults, "du", want, month_day);
    let au = entry.form(faults, "au", want, month_day);
    let start = entry.date(faults, "debut");
    let end = entry.date(faults, "fin");
    let (from, until) = bounds(&mut entry, faults);
    let holds = match (du, au, start, end) {
        (Some(du), Some(au), None, None) => Some(Holds::Winter { du, au, from, until }),
        (None, None, Some(from), Some(to)) if from <= to => Some(Holds::Once(Period { from, to })),
        _ => {
            faults.at(
                entry.at,
                "une trêve est dite par « du » et « au », ou par « debut » et « fin », en ordre",
            );
            None
        }
    };
    let article = entry.text(faults, "article");
    let source = entry.text(faults, "source");
    let verified = entry.bool(faults, "verifie");
    let defers = entry.bool(faults, "differe_responsabilite");
    let article = entry.need(faults, "article", article);
    let source = entry.need(faults, "source", source);
    let verified = entry.need(faults, "verifie", verified);
    let defers_liability = entry.need(faults, "differe_responsabilite", defers);
    // Publication and last reading are kept in the file for whoever mends it.
    entry.date(faults, "publie");
    entry.date(faults, "encore_valable_le");
    let note = entry.text(faults, "note");
    entry.end(faults);
    Some(TruceRule {
        holds: holds?,
        article: article?,
        source: source?,
        verified: verified?,
        defers_liability: defers_liability?,
        note,
    })
}

impl Law {
    /// The truces that begin in the years around a day.
    fn truces_around(&self, day: Date) -> impl Iterator<Item = Truce> {
        let years = day.year().saturating_sub(1)..=day.year().saturating_add(1);
        self.truces.iter().flat_map(move |t| years.clone().filter_map(|y| t.beginning_in(y)))
    }

    /// The truce that contains a day, by one text. A text may prolong another: the last day
    /// without eviction is [`Law::eviction_barred_until`].
    pub fn truce(&self, day: Date) -> Option<Truce> {
        self.truces_around(day).find(|t| t.period.contains(day))
    }

    /// The first truce that begins after a day.
    pub fn next_truce(&self, day: Date) -> Option<Truce> {
        self.truces_around(day).filter(|t| t.period.from > day).min_by_key(|t| t.period.from)
    }

    /// The last day of the unbroken truce that contains a day (CPCE, art. L. 412-6, and the texts
    /// that prolong it).
    pub fn eviction_barred_until(&self, day: Date) -> Option<Date> {
        self.unbroken(day, |_| true)
    }

    /// The last day until which a refusal born on a day binds the State not yet (CPCE, art.
    /// R. 154-5): liability starts the day after.
    pub fn liability_deferred_until(&self, day: Date) -> Option<Date> {
        self.unbroken(day, |t| t.defers_liability)
    }

    fn unbroken(&self, day: Date, counts: impl Fn(&Truce) -> bool) -> Option<Date> {
        let end_of = |day| self.truce(day).filter(&counts).map(|t| t.period.to);
        let mut end = end_of(day)?;
        while let Some(later) = end.tomorrow().ok().and_then(end_of) {
            end = later;
        }
        Some(end)
    }
}
