use huis_kernel::Money;

const SHAPE: &str = "Écrivez le montant en euros, par exemple 1234,56.";

/// `1 234,56`, `1.234,56`, `1,234.56`, `1234.56`, `680 €`. What could be thousands or decimals
/// (`1.234`) is not guessed.
pub(crate) fn read(text: &str) -> Result<Money, String> {
    let lower = text.to_lowercase().replace("euros", "").replace("eur", "");
    let compact: String = lower
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '€' | '\'' | '’' | '\u{202f}' | '\u{a0}'))
        .collect();
    if compact.starts_with('-') || compact.starts_with('(') || compact.ends_with('-') {
        return Err("Un montant s’écrit sans signe moins\u{a0}: une ligne au crédit du locataire \
                    n’est pas un impayé, retirez-la."
            .to_owned());
    }
    if !compact.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        return Err(SHAPE.to_owned());
    }
    let marks: Vec<(usize, char)> =
        compact.char_indices().filter(|(_, c)| !c.is_ascii_digit()).collect();
    let last = marks.last().copied();
    let decimal = match (marks.as_slice(), last) {
        ([], _) | (_, None) => None,
        ([(at, _)], _) => {
            let after = compact.len() - at - 1;
            if after == 3 && *at <= 3 && !compact.starts_with('0') {
                return Err("Ce montant se lit de deux façons\u{a0}: écrivez 1234,00 pour mille \
                            deux cent trente-quatre euros."
                    .to_owned());
            }
            Some(*at)
        }
        (several, Some((at, mark))) => {
            let same = several.iter().filter(|(_, m)| *m == mark).count();
            if same == several.len() {
                None // 1.234.567: thousands only
            } else if same == 1 {
                Some(at)
            } else {
                return Err(SHAPE.to_owned());
            }
        }
    };
    let (whole, cents) = match decimal {
        None => (compact.as_str(), ""),
        Some(at) => {
            (compact.get(..at).unwrap_or_default(), compact.get(at + 1..).unwrap_or_default())
        }
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let grouped = groups.len() > 1;
    let uneven = groups
        .iter()
        .enumerate()
        .any(|(i, g)| if i == 0 { g.is_empty() || g.len() > 3 } else { g.len() != 3 });
    if grouped && uneven {
        return Err(SHAPE.to_owned());
    }
    let digits = groups.concat();
    if cents.trim_end_matches('0').len() > 2 {
        return Err(
            "Ce montant a plus de deux décimales\u{a0}: arrondissez-le au centime.".to_owned()
        );
    }
    let cents: String = cents.chars().take(2).collect();
    let text = if cents.is_empty() { digits } else { format!("{digits}.{cents}") };
    Money::parse(&text).map_err(|_| SHAPE.to_owned())
}
