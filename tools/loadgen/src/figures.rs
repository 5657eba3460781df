//! Figures: medians, percentiles, and how they are told.

use std::time::Duration;

/// Latencies of one kind, or any other figures of which the middle counts.
#[derive(Clone, Debug, Default)]
pub struct Figures(Vec<f64>);

impl Figures {
    /// No figure yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a figure.
    pub fn add(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// Adds a duration, in milliseconds.
    pub fn add_ms(&mut self, took: Duration) {
        self.add(took.as_secs_f64() * 1_000.0);
    }

    /// Adds what another has.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
    }

    /// The figure below which this share of them are (0.5: the median).
    pub fn at(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().saturating_sub(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank among some thousands"
        )]
        let rank = (last as f64 * share).round() as usize;
        sorted.get(rank).copied().unwrap_or(0.0)
    }

    /// The median.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// None?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<f64> for Figures {
    fn from_iter<T: IntoIterator<Item = f64>>(figures: T) -> Self {
        Self(figures.into_iter().collect())
    }
}

/// One line of the table: what was measured, what against, the ratio, and what is asked of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ratio {
    /// The point.
    pub point: String,
    /// The two figures, in words.
    pub told: String,
    /// The ratio.
    pub ratio: f64,
    /// What is asked: at least, at most, or nothing.
    pub asked: Asked,
}

/// What is asked of a ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// At least so much.
    AtLeast(f64),
    /// At most so much.
    AtMost(f64),
    /// It is told, and judged by nobody.
    Told,
}

impl Ratio {
    /// Is it as asked?
    pub fn holds(&self) -> Option<bool> {
        match self.asked {
            Asked::AtLeast(least) => Some(self.ratio >= least),
            Asked::AtMost(most) => Some(self.ratio <= most),
            Asked::Told => None,
        }
    }

    /// One line for the terminal, and a row of the note.
    pub fn line(&self) -> String {
        let verdict = match (self.asked, self.holds()) {
            (Asked::AtLeast(x), Some(good)) => format!("≥ {x:.2} {}", sign(good)),
            (Asked::AtMost(x), Some(good)) => format!("≤ {x:.2} {}", sign(good)),
            _ => String::new(),
        };
        format!("| {} | {} | {:.2} | {verdict} |", self.point, self.told, self.ratio)
    }
}

const fn sign(good: bool) -> &'static str {
    if good { "✓" } else { "✗" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_from_what_was_measured() {
        let figures: Figures = (0..=100).rev().map(f64::from).collect();
        assert_eq!(figures.median(), 50.0);
        assert_eq!(figures.at(0.99), 99.0);
        assert_eq!(Figures::new().median(), 0.0);
    }

    #[test]
    fn a_ratio_is_judged_by_what_is_asked_of_it() {
        let ratio = |ratio, asked| {
            Ratio { point: String::new(), told: String::new(), ratio, asked }.holds()
        };
        for (value, asked, expect) in [
            (0.7, Asked::AtLeast(0.66), Some(true)),
            (0.6, Asked::AtLeast(0.66), Some(false)),
            (1.9, Asked::AtMost(2.0), Some(true)),
            (2.1, Asked::AtMost(2.0), Some(false)),
            (9.0, Asked::Told, None),
        ] {
            assert_eq!(ratio(value, asked), expect, "{value}");
        }
    }
}
