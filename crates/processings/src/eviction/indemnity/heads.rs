//! The heads of loss of CPCE art. R. 154-7, line by line.

use huis_dossier::{Flag, Severity};
use huis_kernel::{Date, Money};
use huis_law::short_date;

use super::{
    Beneficiary, Claim, Excluded, Head, Line, Loss, LossKind, Span,
    money::{less, share, sum},
    months::{Slice, slices},
};
use crate::eviction::{irregular::flag, typography::french};

const ARTICLE: &str = "CPCE, art. R. 154-7";

/// The loss before deductions, and what does not count.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gross {
    pub lines: Vec<Line>,
    pub excluded: Vec<Excluded>,
    pub remarks: Vec<Flag>,
}

/// The lines of the loss.
pub(crate) fn gross(claim: &Claim, spans: &[Span]) -> Gross {
    let mut out = Gross::default();
    rents(claim, spans, &mut out);
    waste_tax(claim, spans, &mut out);
    let rent_loss = sum(out.lines.iter().map(|l| l.amount));
    let mut losses = claim.losses.clone();
    losses.sort_by_key(|l| (l.kind, l.on, l.amount));
    // Rent and loss of value do not cumulate: what the rent covers is used once.
    let mut covered = rent_loss;
    for loss in &losses {
        other(claim, loss, spans, &mut covered, &mut out);
    }
    out.lines.sort_by_key(|l| (l.to, l.head, l.from));
    out
}

fn leave_out(out: &mut Gross, what: impl Into<String>, amount: Money, reason: &str, article: &str) {
    let what = french(&what.into());
    match out.excluded.iter_mut().find(|e| e.what == what && e.reason == french(reason)) {
        Some(same) => same.amount = sum([same.amount, amount]),
        None => out.excluded.push(Excluded {
            what,
            amount,
            reason: french(reason),
            article: french(article),
        }),
    }
}

/// Lost rent by the lease, without supplement; recoverable charges if the owner proves that they
/// were paid. One line a month, cut where the rent changes.
fn rents(claim: &Claim, spans: &[Span], out: &mut Gross) {
    let mut rents = claim.rents.clone();
    rents.sort_by_key(|r| r.from);
    let cuts: Vec<Date> = rents.iter().map(|r| r.from).collect();
    let prorata = claim.settings.prorata;
    for slice in spans.iter().flat_map(|s| slices(*s, prorata, &cuts)) {
        let Some(rent) = rents.iter().rev().find(|r| r.from <= slice.from) else {
            if !out.remarks.iter().any(|r| r.code == "loyer-manquant") {
                out.remarks.push(flag(
                    "loyer-manquant",
                    Severity::Serious,
                    format!("Aucun loyer n'est donné au {} : les mois d'avant le premier loyer ne sont pas comptés.", short_date(slice.from)),
                    ARTICLE,
                    None,
                ));
            }
            continue;
        };
        let mut add = |head: Head, base: Money| {
            let amount = share(base, slice.share.0, slice.share.1);
            if base.0 > 0 {
                out.lines.push(monthly(claim, head, &slice, base, amount));
            }
        };
        add(Head::Rent, rent.rent);
        if rent.proven {
            add(Head::Charges, rent.charges);
        } else if rent.charges.0 > 0 {
            let amount = share(rent.charges, slice.share.0, slice.share.1);
            let reason = "Le propriétaire ne prouve pas les avoir payées";
            leave_out(out, "Charges récupérables", amount, reason, ARTICLE);
        }
        if rent.supplement.0 > 0 {
            let amount = share(rent.supplement, slice.share.0, slice.share.1);
            let reason = "Le loyer s'entend hors supplément";
            leave_out(out, "Supplément de loyer", amount, reason, ARTICLE);
        }
    }
}

fn monthly(claim: &Claim, head: Head, slice: &Slice, base: Money, amount: Money) -> Line {
    let words = slice.words(claim.settings.prorata);
    Line {
        head,
        from: slice.from,
        to: slice.to,
        days: slice.days(),
        base,
        formula: format!("{base}{words} = {amount}"),
        article: french(ARTICLE),
        setting: Some("prorata"),
        amount,
    }
}

/// The waste tax, a line a year, unless it is already within the charges.
fn waste_tax(claim: &Claim, spans: &[Span], out: &mut Gross) {
    let Some(tax) = claim.waste_tax.filter(|t| t.yearly.0 > 0) else { return };
    let mut years: Vec<(i16, Vec<Slice>)> = Vec::new();
    for slice in spans.iter().flat_map(|s| slices(*s, claim.settings.prorata, &[])) {
        match years.last_mut().filter(|(year, _)| *year == slice.from.year()) {
            Some((_, list)) => list.push(slice),
            None => years.push((slice.from.year(), vec![slice])),
        }
    }
    for (year, parts) in years {
        // One denominator for all the parts of the year: months of 28, 29, 30 and 31 days.
        const DEN: i128 = 28 * 29 * 30 * 31 * 365;
        let num: i128 = parts.iter().map(|s| s.share.0.saturating_mul(DEN / s.share.1)).sum();
        let amount = share(tax.yearly, num, DEN.saturating_mul(12));
        if tax.within_charges {
            let reason = "Elle est déjà dans les charges : elle n'est pas comptée deux fois";
            leave_out(
                out,
                format!("Taxe d'enlèvement des ordures ménagères {year}"),
                amount,
                reason,
                ARTICLE,
            );
            continue;
        }
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { continue };
        let days: i64 = parts.iter().map(Slice::days).sum();
        out.lines.push(Line {
            head: Head::WasteTax,
            from: first.from,
            to: last.to,
            days,
            base: tax.yearly,
            formula: format!(
                "{} par an, {days} jours de {year}, par douzièmes au prorata = {amount}",
                tax.yearly
            ),
            article: french(ARTICLE),
            setting: Some("prorata"),
            amount,
        });
    }
}

/// A head that is an amount: proven, and of the period.
fn other(claim: &Claim, loss: &Loss, spans: &[Span], covered: &mut Money, out: &mut Gross) {
    let (head, label) = named(loss.kind);
    if !loss.proven {
        let reason = "Sa réalité et son montant ne sont pas justifiés";
        leave_out(out, label, loss.amount, reason, "CPCE, art. R. 154-2");
        return;
    }
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
        leave_out(out, label, loss.amount, "Aucune période de responsabilité", ARTICLE);
        return;
    };
    // Repairs and a sale are known once the dwelling is free: their date may follow the period.
    let after = matches!(loss.kind, LossKind::Repairs | LossKind::SaleLoss);
    if loss.on < first.from || (loss.on > last.to && !after) {
        let reason = "Il n'est pas né dans la période de responsabilité";
        leave_out(out, label, loss.amount, reason, ARTICLE);
        return;
    }
    let mut amount = loss.amount;
    let mut article = ARTICLE.to_owned();
    let mut formula = format!("Montant justifié : {amount}");
    if loss.kind == LossKind::SaleLoss {
        article.push_str(" ; CE, 22 nov. 2019, n° 417631");
        let used = Money(covered.0.min(amount.0));
        if used.0 > 0 {
            *covered = less(*covered, used);
            amount = less(amount, used);
            leave_out(
                out,
                label,
                used,
                "Déjà réparée par les loyers de la même période : les deux ne se cumulent pas",
                "CE, 22 nov. 2019, n° 417631",
            );
        }
        formula = format!("{} − {used} déjà réparés par les loyers = {amount}", loss.amount);
        if amount.0 == 0 {
            return;
        }
    }
    if loss.kind == LossKind::Living && claim.beneficiary == Beneficiary::Other {
        out.remarks.push(flag(
            "trouble-personne-morale",
            Severity::Warning,
            "Le trouble dans les conditions d'existence est celui d'une personne physique : vérifiez le bénéficiaire.",
            ARTICLE,
            None,
        ));
    }
    out.lines.push(Line {
        head,
        from: loss.on,
        to: loss.on,
        days: 1,
        base: loss.amount,
        formula: french(&formula),
        article: french(&article),
        setting: None,
        amount,
    });
}

fn named(kind: LossKind) -> (Head, &'static str) {
    let head = match kind {
        LossKind::Officer => Head::Officer,
        LossKind::Repairs => Head::Repairs,
        LossKind::SaleLoss => Head::SaleLoss,
        LossKind::Unsold => Head::Unsold,
        LossKind::Living => Head::Living,
    };
    (head, head.label())
}
