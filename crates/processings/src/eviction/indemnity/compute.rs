//! The calculation, whole: the same inputs always give the same cents.

use huis_dossier::Severity;
use huis_kernel::Money;
use huis_law::{Law, LawError, short_date};

use super::{
    Calculation, Claim, Totals,
    heads::gross,
    imputation::impute,
    interest::interest,
    money::{less, sum},
    period::liability,
    prescription,
};
use crate::eviction::irregular::flag;

/// Calculates what is owed. Fails only when a delay of the law is missing for a date; a rate of
/// interest that is missing is told in the result.
pub fn compute(claim: &Claim, law: &Law) -> Result<Calculation, LawError> {
    let liability = liability(claim, law)?;
    let gross = gross(claim, &liability.spans);
    let imputed = impute(claim, &liability.spans, &gross.lines);
    let limitation = prescription::years(claim, &gross.lines, law)?;
    let lost = prescription::lost(claim, &limitation, &gross.lines);
    let prescribed = prescription::lines(&limitation, &gross.lines, &lost, &imputed);
    let interest = interest(claim, &gross.lines, &lost, &imputed, law)?;

    let total = |lines: &[super::Line]| sum(lines.iter().map(|l| l.amount));
    let mut totals = Totals {
        gross: total(&gross.lines),
        payments: total(&imputed.lines),
        prescribed: total(&prescribed),
        interest: total(&interest.lines),
        ..Totals::default()
    };
    totals.principal = sum([totals.gross, totals.payments, totals.prescribed]);
    totals.total = sum([totals.principal, totals.interest]);

    let mut remarks = liability.remarks;
    remarks.extend(gross.remarks);
    for missing in &interest.missing {
        remarks.push(flag(
            "taux-manquant",
            Severity::Serious,
            format!(
                "Le taux de l'intérêt légal du {} au {} n'est pas dans les paramètres : les intérêts de ces jours ne sont pas comptés.",
                short_date(missing.from),
                short_date(missing.to)
            ),
            "CMF, art. L. 313-2",
            None,
        ));
    }
    for year in limitation.iter().filter(|y| y.lost) {
        remarks.push(flag(
            "annee-prescrite",
            Severity::Warning,
            format!(
                "Le préjudice de {} devait être réclamé au plus tard le {}.",
                year.year,
                short_date(year.until)
            ),
            "loi n° 68-1250 du 31 décembre 1968, art. 1er et 2",
            None,
        ));
    }
    remarks.sort_by_key(|r| std::cmp::Reverse(r.severity));

    let mut lines = gross.lines;
    lines.extend(imputed.lines);
    lines.extend(prescribed);
    let mut excluded = gross.excluded;
    excluded.extend(imputed.excluded);
    debug_assert!(less(totals.principal, Money(0)).0 >= 0, "payments and limitation are capped");
    Ok(Calculation {
        as_of: claim.as_of,
        spans: liability.spans,
        open: liability.open,
        steps: liability.steps,
        lines,
        interest: interest.lines,
        excluded,
        missing_rates: interest.missing,
        rates: interest.rates,
        limitation,
        remarks,
        totals,
        settings: claim.settings,
        verified: liability.verified && interest.verified,
    })
}
