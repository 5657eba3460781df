//! What holds for any day: counting never goes backwards, and a rolled delay ends on a working
//! day (CPC, art. 641 and 642; X-02).

#![expect(clippy::unwrap_used, reason = "a helper of a test stops the test")]

use huis_kernel::Date;
use huis_law::{Law, Place, Roll};
use jiff::{ToSpan, civil::date};
use proptest::prelude::*;
use std::sync::LazyLock;

static LAW: LazyLock<Law> = LazyLock::new(|| Law::embedded().unwrap());

const DELAYS: [&str; 5] = [
    "expulsion.commandement-payer",
    "expulsion.cql",
    "expulsion.appel",
    "expulsion.caution",
    "expulsion.titre-executoire",
];

fn any_day() -> impl Strategy<Value = Date> {
    (0..40_000_i64).prop_map(|n| date(1990, 1, 1).saturating_add(n.days()))
}

fn any_place() -> impl Strategy<Value = Place> {
    let communes = ["76351", "68224", "67482", "97411", "97801", "2A004", "98818"];
    (prop::sample::select(communes.to_vec()), any::<bool>())
        .prop_map(|(commune, good_friday)| Place { commune: commune.to_owned(), good_friday })
}

proptest! {
    #[test]
    fn a_rolled_delay_ends_on_a_working_day_and_no_earlier(
        start in any_day(), place in any_place(), id in prop::sample::select(DELAYS.to_vec()),
    ) {
        let rolled = LAW.after(start, id, start, &place, Roll::Cpc642).unwrap();
        let bare = LAW.after(start, id, start, &place, Roll::None).unwrap();
        prop_assert!(LAW.is_working_day(rolled.due, &place));
        prop_assert!(rolled.due >= bare.due && bare.due > start);
        // Nothing skipped is a working day.
        let mut day = bare.due;
        while day < rolled.due {
            prop_assert!(!LAW.is_working_day(day, &place));
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_later_start_never_ends_earlier(
        start in any_day(), later in 0..60_i64, place in any_place(),
        id in prop::sample::select(DELAYS.to_vec()), rolls in any::<bool>(),
    ) {
        let roll = if rolls { Roll::Cpc642 } else { Roll::None };
        let end = |day| LAW.after(day, id, start, &place, roll).unwrap().due;
        prop_assert!(end(start) <= end(start.saturating_add(later.days())));
    }

    #[test]
    fn backward_delays_are_monotone_and_safe_is_the_day_before(
        event in any_day(), later in 0..60_i64,
    ) {
        let id = "expulsion.assignation-prefet";
        let first = LAW.before(event, id, event).unwrap();
        let second = LAW.before(event.saturating_add(later.days()), id, event).unwrap();
        prop_assert!(first.due <= second.due && first.due < event);
        prop_assert_eq!(first.safe, first.due.yesterday().ok());
    }

    #[test]
    fn working_days_are_counted_alike_both_ways(
        start in (0..20_000_i64).prop_map(|n| date(2021, 1, 8).saturating_add(n.days())),
        place in any_place(),
    ) {
        let back = LAW.working_days_before(start, "expulsion.dsf-remise", start, &place).unwrap();
        let mut counted = 0;
        let mut day = back.due;
        while day < start {
            counted += u32::from(LAW.is_working_day(day, &place));
            day = day.tomorrow().unwrap();
        }
        prop_assert_eq!(counted, 5);
        prop_assert!(LAW.is_working_day(back.due, &place));
        let ahead = LAW.working_days_after(start, "expulsion.dsf-entretien", start, &place).unwrap();
        prop_assert!(LAW.is_working_day(ahead.due, &place) && ahead.due > start);
    }

    #[test]
    fn a_truce_contains_the_day_it_is_asked_for(day in any_day()) {
        if let Some(truce) = LAW.truce(day) {
            prop_assert!(truce.period.contains(day));
            prop_assert!(LAW.eviction_barred_until(day) >= Some(truce.period.to));
        } else {
            prop_assert_eq!(LAW.eviction_barred_until(day), None);
        }
        prop_assert!(LAW.next_truce(day).is_some_and(|t| t.period.from > day));
    }
}
