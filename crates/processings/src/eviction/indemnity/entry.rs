//! The lines that a clerk types or pastes: one a line, columns by « ; » or tab, dates as 31/12/2025
//! or 2025-12-31. A payment made each month is one line: `08/2025-01/2026 ; 300`.

use huis_kernel::{Date, Money};

use super::{LossKind, LossText, Payer, PaymentText, RentText, plain};

/// A line that does not read: its number, from 1, and why. No value is repeated (I13).
pub(crate) type LineFault = (usize, &'static str);

const DATE: &str = "la date s'écrit 31/12/2025";
const AMOUNT: &str = "le montant s'écrit en euros : 1 234,56";
const YES: &str = "écrivez oui ou non";

/// The columns of each line that is not empty, with its number.
fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| (i.saturating_add(1), line.split([';', '\t']).map(str::trim).collect()))
}

fn date(text: &str) -> Result<String, &'static str> {
    if let Ok(day) = text.parse::<Date>() {
        return if text.len() == 10 { Ok(day.to_string()) } else { Err(DATE) };
    }
    let mut parts = text.splitn(3, '/').map(|p| p.parse::<i16>().map_err(|_| DATE));
    let mut next = || parts.next().unwrap_or(Err(DATE));
    let (day, month, year) = (next()?, next()?, next()?);
    let small = |n: i16| i8::try_from(n).map_err(|_| DATE);
    Date::new(year, small(month)?, small(day)?).map(|d| d.to_string()).map_err(|_| DATE)
}

/// `08/2025` or `2025-08`: its first day.
fn month(text: &str) -> Option<Date> {
    let (year, month) = match text.split_once('/') {
        Some((month, year)) => (year, month),
        None => text.split_once('-')?,
    };
    (year.len() == 4).then_some(())?;
    Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()
}

fn money(text: &str) -> Result<String, &'static str> {
    Money::parse(text).ok().filter(|m| m.0 >= 0).map(plain).ok_or(AMOUNT)
}

fn maybe_money(text: Option<&&str>) -> Result<String, &'static str> {
    text.filter(|t| !t.is_empty()).map_or_else(|| Ok(String::new()), |t| money(t))
}

fn yes(text: Option<&&str>, unsaid: bool) -> Result<bool, &'static str> {
    match text.map(|t| t.to_lowercase()).as_deref() {
        None | Some("") => Ok(unsaid),
        Some("oui" | "o") => Ok(true),
        Some("non" | "n") => Ok(false),
        Some(_) => Err(YES),
    }
}

/// Reads each row, keeping every fault.
fn each<T>(
    text: &str,
    most: usize,
    read: impl Fn(&[&str]) -> Result<Vec<T>, &'static str>,
) -> (Vec<T>, Vec<LineFault>) {
    let (mut out, mut faults) = (Vec::new(), Vec::new());
    for (no, row) in rows(text) {
        let done = if row.len() > most { Err("trop de colonnes") } else { read(&row) };
        match done {
            Ok(lines) => out.extend(lines),
            Err(why) => faults.push((no, why)),
        }
    }
    (out, faults)
}

/// `à compter du ; loyer ; charges ; justifiées (oui/non) ; supplément`.
pub(crate) fn rents(text: &str) -> (Vec<RentText>, Vec<LineFault>) {
    each(text, 5, |row| {
        Ok(vec![RentText {
            from: date(row.first().ok_or(DATE)?)?,
            rent: money(row.get(1).ok_or(AMOUNT)?)?,
            charges: maybe_money(row.get(2))?,
            charges_proven: yes(row.get(3), false)?,
            supplement: maybe_money(row.get(4))?,
        }])
    })
}

/// `nature ; date ; montant ; justifié (oui/non)`.
pub(crate) fn losses(text: &str) -> (Vec<LossText>, Vec<LineFault>) {
    each(text, 4, |row| {
        let kind = row.first().copied().unwrap_or_default();
        if !LossKind::ALL.iter().any(|(_, code, _)| *code == kind) {
            return Err(
                "nature : commissaire, remise_en_etat, perte_vente, frais_invendable ou trouble",
            );
        }
        Ok(vec![LossText {
            kind: kind.to_owned(),
            on: date(row.get(1).ok_or(DATE)?)?,
            amount: money(row.get(2).ok_or(AMOUNT)?)?,
            proven: yes(row.get(3), false)?,
        }])
    })
}

/// `date ; montant ; payeur ; imputation`, or `mois-mois ; montant…` for one payment a month,
/// taken on the last day of each.
pub(crate) fn payments(text: &str) -> (Vec<PaymentText>, Vec<LineFault>) {
    each(text, 4, |row| {
        let when = row.first().copied().unwrap_or_default();
        let amount = money(row.get(1).ok_or(AMOUNT)?)?;
        let by = row.get(2).copied().unwrap_or_default().to_owned();
        if !by.is_empty() && !Payer::ALL.iter().any(|(_, code, _)| *code == by) {
            return Err("payeur : occupant, aide, caution, assureur ou autre");
        }
        let target = row.get(3).copied().unwrap_or_default();
        let imputation = match target {
            "" | "periode" | "plus_ancienne" | "dette_anterieure" => target.to_owned(),
            named => {
                let first = month(named).ok_or(
                    "imputation : periode, plus_ancienne, dette_anterieure ou un mois (08/2025)",
                )?;
                format!("{:04}-{:02}", first.year(), first.month())
            }
        };
        let one = |on: String| PaymentText {
            on,
            amount: amount.clone(),
            by: by.clone(),
            imputation: imputation.clone(),
        };
        Ok(days(when)?.into_iter().map(one).collect())
    })
}

/// The day of a payment, or the last day of each month of a span.
fn days(when: &str) -> Result<Vec<String>, &'static str> {
    let span =
        when.split_once(" - ").or_else(|| when.split_once('-').filter(|(a, _)| a.contains('/')));
    let (first, last) = match span {
        Some((a, b)) => (month(a.trim()).ok_or(DATE)?, month(b.trim()).ok_or(DATE)?),
        None => match month(when) {
            Some(only) => (only, only),
            None => return Ok(vec![date(when)?]),
        },
    };
    let mut out = Vec::new();
    let mut day = first;
    while day <= last && out.len() < 240 {
        out.push(day.last_of_month().to_string());
        day = day.last_of_month().tomorrow().map_err(|_| DATE)?;
    }
    if out.is_empty() { Err("le premier mois suit le dernier") } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_month_and_every_fault_with_its_number() {
        let (read, faults) =
            payments("08/2025-10/2025 ; 300\n05/11/2025\t1 200,5\taide\t11/2025\n\n2025-12-05;10");
        assert!(faults.is_empty());
        let days: Vec<_> = read.iter().map(|p| (p.on.as_str(), p.amount.as_str())).collect();
        assert_eq!(
            days,
            [
                ("2025-08-31", "300,00"),
                ("2025-09-30", "300,00"),
                ("2025-10-31", "300,00"),
                ("2025-11-05", "1200,50"),
                ("2025-12-05", "10,00"),
            ]
        );
        assert_eq!(read[3].imputation, "2025-11");
        let (read, faults) = payments(
            "31/02/2025;1\n01/01/2025;beaucoup\n01/01/2025;1;oncle\n;;;;;\n10/2025-08/2025;1",
        );
        assert!(read.is_empty());
        assert_eq!(faults.iter().map(|f| f.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    }

    proptest::proptest! {
        /// Whatever is pasted, it is read or refused.
        #[test]
        fn pasted_text_never_breaks_anything(text in "[0-9;/\\-\t\n a-zé€,.]{0,200}") {
            let _ = (payments(&text), rents(&text), losses(&text));
        }
    }
}
