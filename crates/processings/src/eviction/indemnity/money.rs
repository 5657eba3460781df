//! Cents: one rounding, half up, at each line, so that the lines shown add up to the total shown.

use huis_kernel::Money;

/// `amount × num ÷ den` to the cent, half up. `amount` and the fraction are not negative.
pub(crate) fn share(amount: Money, num: i128, den: i128) -> Money {
    if den <= 0 {
        return Money(0);
    }
    let doubled = i128::from(amount.0).saturating_mul(num).saturating_mul(2).saturating_add(den);
    Money(i64::try_from(doubled / den.saturating_mul(2)).unwrap_or(i64::MAX))
}

/// The sum of amounts; saturates far beyond any amount that is accepted.
pub(crate) fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    Money(amounts.into_iter().fold(0_i64, |total, m| total.saturating_add(m.0)))
}

/// `a − b`.
pub(crate) const fn less(a: Money, b: Money) -> Money {
    Money(a.0.saturating_sub(b.0))
}

/// `1234,56`: an amount as the calculators read and write it.
pub fn plain(amount: Money) -> String {
    let sign = if amount.0 < 0 { "-" } else { "" };
    let cents = amount.0.unsigned_abs();
    format!("{sign}{},{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_cent_goes_up_and_less_goes_down() {
        // 17 days of July of a rent of 600 €: 329,032… €
        assert_eq!(share(Money(60_000), 17, 31), Money(32_903));
        assert_eq!(share(Money(1), 1, 2), Money(1));
        assert_eq!(share(Money(1), 49, 100), Money(0));
        assert_eq!(share(Money(100), 1, 3), Money(33));
        assert_eq!(plain(Money(-123_456)), "-1234,56");
    }
}
