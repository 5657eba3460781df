//! The acts and deadlines of a dossier on one line of time, as SVG geometry. The list beside it is
//! its data table.

use huis_kernel::Date;

use crate::fmt;

/// What stands on the line.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The day.
    pub on: Date,
    /// What it is.
    pub label: String,
    /// A CSS class: `act`, or a chip's class for a deadline.
    pub class: &'static str,
}

/// A mark with its place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Abscissa, 0 to [`WIDTH`].
    pub x: i64,
    /// Ordinate: marks that would cover one another are stacked.
    pub y: i64,
    /// A CSS class.
    pub class: &'static str,
    /// The day and what it is, for the pointer and the screen reader.
    pub title: String,
}

/// A line of time.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    /// Acts and deadlines.
    pub marks: Vec<Placed>,
    /// First of a month or of a year: abscissa, text.
    pub ticks: Vec<(i64, String)>,
    /// Today's abscissa.
    pub today: i64,
    /// The whole, in a sentence, for whoever does not see the drawing.
    pub summary: String,
}

/// Width of the drawing, in its own units.
pub const WIDTH: i64 = 800;
const MARGIN: i64 = 24;
const BASE: i64 = 62;
const STEP: i64 = 16;
const LANES: usize = 4;
const TICKS: i64 = 8;

/// Places marks between the first and the last of them, today included.
pub fn draw(mut marks: Vec<Mark>, today: Date) -> Timeline {
    marks.sort_by_key(|m| m.on);
    let first = marks.first().map_or(today, |m| m.on.min(today));
    let last = marks.last().map_or(today, |m| m.on.max(today));
    let span = fmt::days_between(first, last).max(1);
    let x = |day: Date| MARGIN + fmt::days_between(first, day) * (WIDTH - 2 * MARGIN) / span;

    let mut lanes = [i64::MIN; LANES];
    let mut placed = Vec::with_capacity(marks.len());
    for mark in &marks {
        let at = x(mark.on);
        // The first lane whose last mark leaves room; when none does, the lowest is shared.
        let lane = lanes.iter().position(|end| at.saturating_sub(*end) >= STEP).unwrap_or(0);
        if let Some(end) = lanes.get_mut(lane) {
            *end = at;
        }
        let up = i64::try_from(lane).unwrap_or(0) * STEP;
        placed.push(Placed {
            x: at,
            y: BASE - up,
            class: mark.class,
            title: format!("{}\u{a0}: {}", fmt::date(mark.on), mark.label),
        });
    }
    let n = marks.len() as u64;
    Timeline {
        marks: placed,
        ticks: ticks(first, last, span).into_iter().map(|(d, t)| (x(d), t)).collect(),
        today: x(today),
        summary: format!(
            "{n}\u{a0}repère{}, du {} au {}\u{a0}; aujourd’hui, le {}",
            fmt::s(n),
            fmt::date(first),
            fmt::date(last),
            fmt::date(today)
        ),
    }
}

/// The first days of months that fall within, thinned to a readable number.
fn ticks(first: Date, last: Date, span: i64) -> Vec<(Date, String)> {
    let every =
        [1, 2, 3, 6, 12, 24, 60].into_iter().find(|m| span / 30 / m <= TICKS).unwrap_or(120);
    let months = |d: Date| i64::from(d.year()) * 12 + i64::from(d.month()) - 1;
    let from = (months(first) + every).div_euclid(every) * every;
    let step = usize::try_from(every).unwrap_or(1);
    (from..=months(last))
        .step_by(step)
        .filter_map(|m| {
            let month = i8::try_from(m.rem_euclid(12) + 1).ok()?;
            let day = Date::new(i16::try_from(m.div_euclid(12)).ok()?, month, 1).ok()?;
            let short = || fmt::short_month(month).to_owned();
            let text = if month == 1 { day.year().to_string() } else { short() };
            Some((day, text))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_mark_is_within_the_drawing(days in proptest::collection::vec(0_i64..4000, 0..40)) {
            let start = date(2020, 1, 15);
            let day = |n: i64| start.saturating_add(jiff::Span::new().days(n));
            let marks = days.iter()
                .map(|n| Mark { on: day(*n), label: "x".into(), class: "act" }).collect();
            let line = draw(marks, day(1500));
            prop_assert_eq!(line.marks.len(), days.len());
            prop_assert!(line.ticks.len() <= 12);
            for m in &line.marks {
                prop_assert!((MARGIN..=WIDTH - MARGIN).contains(&m.x) && m.y > 0);
            }
            prop_assert!(line.ticks.iter().all(|t| (0..=WIDTH).contains(&t.0)));
        }
    }
}
