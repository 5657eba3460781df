//! Legal interest (code civil art. 1231-6 and 1231-7): from the day the prefect received the
//! demand on the sums already due, from each due date on the others; the rate of each half-year for
//! that kind of creditor (CMF art. L. 313-2); increased after an enforceable decision
//! (art. L. 313-3); capitalised when asked for, by whole years (code civil art. 1343-2).

use std::collections::BTreeSet;

use huis_kernel::{Date, Money};
use huis_law::{Law, LawError, ParameterValue, Rate, short_date};

use super::{
    Beneficiary, Claim, Head, InterestYear, Line, MissingRate, RateUsed,
    imputation::Imputed,
    money::{less, share, sum},
    result::days_between,
};
use crate::eviction::typography::french;

/// Hundredths of a percent in the whole.
const WHOLE: i128 = 10_000;

/// The interest, what rates it used and what rates it lacks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interest {
    pub lines: Vec<Line>,
    pub rates: Vec<RateUsed>,
    pub missing: Vec<MissingRate>,
    pub verified: bool,
}

/// A change of the capital that bears interest.
struct Change {
    on: Date,
    amount: i64,
}

/// The interest of a claim; none without a demand.
pub(crate) fn interest(
    claim: &Claim,
    loss: &[Line],
    lost: &[bool],
    imputed: &Imputed,
    law: &Law,
) -> Result<Interest, LawError> {
    let mut out = Interest { verified: true, ..Interest::default() };
    let Some(demand) = claim.demand_on.filter(|d| *d < claim.as_of) else { return Ok(out) };
    let changes = changes(demand, loss, lost, imputed);
    let capitalised = capitalisations(claim, demand, law)?;
    let increase = increase(claim, law)?;
    let parameter = match claim.beneficiary {
        Beneficiary::Individual => "interets.legal-particulier",
        Beneficiary::Other => "interets.legal-autres",
    };
    let mut from = demand;
    let mut added = Money(0);
    let mut simple = Money(0);
    while from < claim.as_of {
        let to = next_stop(from, claim, &changes, &capitalised, increase.as_ref(), law, parameter);
        let base: i64 = changes.iter().filter(|c| c.on <= from).map(|c| c.amount).sum();
        let base = sum([Money(base.max(0)), added]);
        // The days counted are those after `from`, up to `to`.
        let day = from.tomorrow().unwrap_or(to);
        let spell = Spell { from, to, base, more: raised(increase.as_ref(), day) };
        if base.0 > 0 {
            let amount = spell.count(claim, law, parameter, &mut out);
            simple = sum([simple, amount]);
        }
        if capitalised.contains(&to) {
            added = sum([added, simple]);
            simple = Money(0);
        }
        from = to;
    }
    Ok(out)
}

fn changes(demand: Date, loss: &[Line], lost: &[bool], imputed: &Imputed) -> Vec<Change> {
    let mut out = Vec::new();
    for (i, line) in loss.iter().enumerate().filter(|(i, _)| lost.get(*i) != Some(&true)) {
        let due = line.to.max(demand);
        out.push(Change { on: due, amount: line.amount.0 });
        for part in imputed.shares.iter().filter(|s| s.line == i) {
            if let Some(payment) = imputed.payments.get(part.payment) {
                out.push(Change { on: payment.on.max(due), amount: less(Money(0), part.amount).0 });
            }
        }
    }
    out
}

/// The days on which interest due for a whole year bears interest itself: asked for, then each
/// anniversary.
fn capitalisations(claim: &Claim, demand: Date, law: &Law) -> Result<BTreeSet<Date>, LawError> {
    let mut out = BTreeSet::new();
    let Some(asked) = claim.capitalisation_on else { return Ok(out) };
    let (delay, _) = law.delay("expulsion.capitalisation", asked)?;
    let first = delay.after(demand).max(asked);
    let mut n: u32 = 0;
    let mut day = first;
    while day <= claim.as_of && n < 200 {
        out.insert(day);
        n += 1;
        let length = huis_kernel::Delay {
            months: delay.months.saturating_mul(n),
            days: delay.days.saturating_mul(n),
        };
        day = length.after(first);
    }
    Ok(out)
}

/// The day after which the rate is increased, and by how much.
fn increase(claim: &Claim, law: &Law) -> Result<Option<(Date, Rate)>, LawError> {
    let Some(decision) = claim.enforceable_on else { return Ok(None) };
    let (delay, _) = law.delay("expulsion.interet-majoration-delai", decision)?;
    let rate = match law.parameter("expulsion.interet-majoration", decision).map(|d| d.value) {
        Some(ParameterValue::Rate(rate)) => rate,
        _ => return Err(LawError::Unknown("expulsion.interet-majoration".to_owned())),
    };
    Ok(Some((delay.after(decision), rate)))
}

fn raised(increase: Option<&(Date, Rate)>, day: Date) -> Option<Rate> {
    increase.filter(|(after, _)| day > *after).map(|(_, rate)| *rate)
}

/// The next day at which the capital, the rate, the year or the increase changes.
fn next_stop(
    from: Date,
    claim: &Claim,
    changes: &[Change],
    capitalised: &BTreeSet<Date>,
    increase: Option<&(Date, Rate)>,
    law: &Law,
    parameter: &str,
) -> Date {
    let day = from.tomorrow().unwrap_or(claim.as_of);
    // A half-year without a rate is cut at its own end: the law's half-years are the calendar's.
    let half = half_year_end(day);
    let version = law.parameter(parameter, day).and_then(|d| d.until).unwrap_or(half);
    let mut stop = claim.as_of.min(version).min(half);
    let days = changes.iter().map(|c| c.on).chain(capitalised.iter().copied());
    for on in days.chain(increase.map(|i| i.0)).filter(|on| *on > from) {
        stop = stop.min(on);
    }
    stop.max(day)
}

fn half_year_end(day: Date) -> Date {
    let (month, last) = if day.month() <= 6 { (6, 30) } else { (12, 31) };
    Date::new(day.year(), month, last).unwrap_or(day)
}

/// Days with one capital and one rate.
struct Spell {
    from: Date,
    to: Date,
    base: Money,
    more: Option<Rate>,
}

impl Spell {
    fn count(
        &self,
        claim: &Claim,
        law: &Law,
        parameter: &'static str,
        out: &mut Interest,
    ) -> Money {
        let first = self.from.tomorrow().unwrap_or(self.to);
        let dated = law.parameter(parameter, first);
        let Some((dated, rate)) = dated.and_then(|d| match d.value {
            ParameterValue::Rate(rate) => Some((d, rate)),
            _ => None,
        }) else {
            out.missing.push(MissingRate { parameter, from: first, to: self.to, base: self.base });
            return Money(0);
        };
        out.verified &= dated.verified;
        let used = RateUsed { parameter, from: dated.from, rate };
        if !out.rates.contains(&used) {
            out.rates.push(used);
        }
        let days = days_between(self.from, self.to);
        let year: i64 = match claim.settings.interest_year {
            InterestYear::Civil if first.in_leap_year() => 366,
            InterestYear::Civil | InterestYear::Days365 => 365,
        };
        let points = rate.0.saturating_add(self.more.map_or(0, |r| r.0));
        let num = i128::from(points).saturating_mul(i128::from(days));
        let amount = share(self.base, num, WHOLE.saturating_mul(i128::from(year)));
        let more = self.more.map(|r| format!(" + {r}")).unwrap_or_default();
        let mut article = format!("code civil, art. 1231-6 ; {}", dated.article);
        if self.more.is_some() {
            article.push_str(" ; CMF, art. L. 313-3");
        }
        out.lines.push(Line {
            head: Head::Interest,
            from: first,
            to: self.to,
            days,
            base: self.base,
            formula: french(&format!(
                "{} × {rate}{more} × {days} jours / {year}, du {} au {} = {amount}",
                self.base,
                short_date(first),
                short_date(self.to)
            )),
            article: french(&article),
            setting: Some("annee_interets"),
            amount,
        });
        amount
    }
}
