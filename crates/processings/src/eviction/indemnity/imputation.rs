//! Which debt each payment extinguishes (code civil art. 1342-10; CE 21 Jan. 2011 n° 339647): the
//! debtor's indication, else the oldest debt, as recorded for each payment or by the setting.

use huis_kernel::Money;
use huis_law::short_date;

use super::{
    Claim, Excluded, Head, Imputation, Line, Payer, Payment, Span, Target,
    money::{less, sum},
};
use crate::eviction::typography::french;

const ARTICLE: &str = "code civil, art. 1342-10 ; CE, 21 janv. 2011, n° 339647";

/// A part of a payment set against a line of the loss.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Share {
    /// Index of the payment, in the order of [`Imputed::payments`].
    pub payment: usize,
    /// Index of the line of the loss.
    pub line: usize,
    pub amount: Money,
}

/// The payments, set against the lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imputed {
    pub payments: Vec<Payment>,
    pub shares: Vec<Share>,
    pub lines: Vec<Line>,
    pub excluded: Vec<Excluded>,
}

/// Sets each payment against the loss. The order in which they were typed changes nothing.
pub(crate) fn impute(claim: &Claim, spans: &[Span], loss: &[Line]) -> Imputed {
    let mut out = Imputed { payments: claim.payments.clone(), ..Imputed::default() };
    out.payments.sort();
    out.payments.retain(|p| p.on <= claim.as_of);
    let Some(first) = spans.first() else { return out };
    let mut left: Vec<Money> = loss.iter().map(|l| l.amount).collect();
    let mut debt = claim.prior_debt;
    for (i, payment) in out.payments.iter().enumerate() {
        let by_setting = match claim.settings.imputation {
            Imputation::OldestFirst => Target::OldestFirst,
            Imputation::Period => Target::Period,
        };
        let target = payment.target.unwrap_or(by_setting);
        let mut rest = payment.amount;
        let mut older = Money(0);
        let named = |line: &Line| match target {
            Target::Month(month) => line.from.first_of_month() == month,
            _ => false,
        };
        let reason = match target {
            Target::Before => Some("Imputé sur une dette antérieure à la période"),
            Target::Period if payment.on < first.from => Some("Reçu avant la période"),
            Target::Month(month) if !spans.iter().any(|s| touches(*s, month)) => {
                Some("Le débiteur l'a imputé sur un mois hors de la période")
            }
            Target::OldestFirst if payment.on < first.from => {
                Some("Reçu avant la période : il a réduit la dette antérieure")
            }
            _ => None,
        };
        if let Some(reason) = reason {
            out.excluded.push(excluded(payment, rest, reason));
            continue;
        }
        if target == Target::OldestFirst {
            older = Money(debt.0.min(rest.0));
            debt = less(debt, older);
            rest = less(rest, older);
        }
        let deductible = rest;
        // The month that the debtor named first, then the oldest.
        for pass in [true, false] {
            for (j, line) in loss.iter().enumerate() {
                let Some(due) = left.get_mut(j) else { continue };
                let amount = Money(due.0.min(rest.0));
                if amount.0 > 0 && named(line) == pass {
                    *due = less(*due, amount);
                    rest = less(rest, amount);
                    out.shares.push(Share { payment: i, line: j, amount });
                }
            }
        }
        if older.0 > 0 {
            let reason = "Imputé sur la dette antérieure, la plus ancienne";
            out.excluded.push(excluded(payment, older, reason));
        }
        if rest.0 > 0 {
            out.excluded.push(excluded(payment, rest, "Au-delà de ce qui est dû pour la période"));
        }
        let deducted = less(deductible, rest);
        if deducted.0 > 0 {
            out.lines.push(line(payment, target, deducted));
        }
    }
    out
}

fn touches(span: Span, month: huis_kernel::Date) -> bool {
    span.from.first_of_month() <= month && month <= span.to
}

fn payer(payer: Payer) -> &'static str {
    Payer::ALL.iter().find(|(p, ..)| *p == payer).map_or("", |p| p.2)
}

fn excluded(payment: &Payment, amount: Money, reason: &str) -> Excluded {
    Excluded {
        what: french(&format!(
            "Paiement du {} ({})",
            short_date(payment.on),
            payer(payment.payer).to_lowercase()
        )),
        amount,
        reason: french(reason),
        article: french(ARTICLE),
    }
}

fn line(payment: &Payment, target: Target, deducted: Money) -> Line {
    let how = match target {
        Target::Month(month) => {
            format!("indication du débiteur, mois de {:02}/{}", month.month(), month.year())
        }
        Target::OldestFirst => "dette la plus ancienne d'abord".to_owned(),
        Target::Period | Target::Before => "sur la période".to_owned(),
    };
    let by = payer(payment.payer);
    Line {
        head: Head::Payment,
        from: payment.on,
        to: payment.on,
        days: 1,
        base: payment.amount,
        formula: french(&format!("{by} : {} ; {how} : {deducted} déduits", payment.amount)),
        article: french(ARTICLE),
        setting: payment.target.is_none().then_some("imputation"),
        amount: Money(deducted.0.saturating_neg()),
    }
}

impl Imputed {
    /// What is left of a line of the loss.
    pub(crate) fn left(&self, line: usize, amount: Money) -> Money {
        less(amount, sum(self.shares.iter().filter(|s| s.line == line).map(|s| s.amount)))
    }
}
