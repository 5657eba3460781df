//! The four-year limitation of claims on the State (loi n° 68-1250 of 31 Dec. 1968, art. 1 and 2):
//! the loss of each year is lost four years after the next 1 January; a claim interrupts it, and it
//! runs again from the 1 January that follows.

use huis_kernel::{Date, Money};
use huis_law::{Law, LawError, short_date};

use super::{Claim, Head, Limitation, Line, Prescribed, imputation::Imputed, money::sum};
use crate::eviction::typography::french;

const ID: &str = "expulsion.prescription-quadriennale";

/// The limitation of each year of the loss.
pub(crate) fn years(claim: &Claim, loss: &[Line], law: &Law) -> Result<Vec<Prescribed>, LawError> {
    let mut years: Vec<i16> = loss.iter().map(|l| l.from.year()).collect();
    years.sort_unstable();
    years.dedup();
    years.into_iter().map(|year| one(claim, year, law)).collect()
}

fn one(claim: &Claim, year: i16, law: &Law) -> Result<Prescribed, LawError> {
    let mut claims: Vec<Date> = [claim.demand_on, claim.court_on]
        .into_iter()
        .flatten()
        .filter(|day| *day <= claim.as_of)
        .collect();
    claims.sort_unstable();
    let mut until = last_day(year, law)?;
    // A claim made after the term interrupts nothing.
    for day in claims.into_iter().filter(|day| day.year() >= year) {
        if day <= until {
            until = until.max(last_day(day.year(), law)?);
        }
    }
    Ok(Prescribed { year, until, lost: claim.as_of > until })
}

/// The last day to claim for what starts the limitation in a year.
fn last_day(year: i16, law: &Law) -> Result<Date, LawError> {
    let start = Date::new(year.saturating_add(1), 1, 1).unwrap_or(Date::MAX);
    let (delay, _) = law.delay(ID, start)?;
    let end = delay.after(start);
    Ok(end.yesterday().unwrap_or(end))
}

/// The lines that are lost, when the limitation is opposed.
pub(crate) fn lost(claim: &Claim, years: &[Prescribed], loss: &[Line]) -> Vec<bool> {
    let opposed = claim.settings.limitation == Limitation::Opposed;
    let gone = |line: &Line| years.iter().any(|y| y.lost && y.year == line.from.year());
    loss.iter().map(|line| opposed && gone(line)).collect()
}

/// What is deducted for the years lost: what payments had left of them.
pub(crate) fn lines(
    years: &[Prescribed],
    loss: &[Line],
    lost: &[bool],
    imputed: &Imputed,
) -> Vec<Line> {
    let mut out = Vec::new();
    for year in years {
        let of_year = || {
            loss.iter()
                .enumerate()
                .filter(|(i, l)| l.from.year() == year.year && lost.get(*i) == Some(&true))
        };
        let amount = sum(of_year().map(|(i, l)| imputed.left(i, l.amount)));
        let from = of_year().map(|(_, l)| l.from).min();
        let to = of_year().map(|(_, l)| l.to).max();
        if let (Some(from), Some(to)) = (from, to)
            && amount.0 > 0
        {
            out.push(Line {
                head: Head::Limitation,
                from,
                to,
                days: super::result::days_between(from, to).saturating_add(1),
                base: amount,
                formula: french(&format!(
                    "Préjudice de {} : à réclamer au plus tard le {}",
                    year.year,
                    short_date(year.until)
                )),
                article: french("loi n° 68-1250 du 31 décembre 1968, art. 1er et 2"),
                setting: Some("prescription"),
                amount: Money(amount.0.saturating_neg()),
            });
        }
    }
    out
}
