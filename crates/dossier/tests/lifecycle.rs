//! How long a dossier lives: dated cases, then random histories (I6, X-09, X-12).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use huis_dossier::{Hold, LifeFacts, Next, Step, UnitStage, next, plan};
use huis_kernel::Date;
use huis_register::{Ending, Register, Retention, StartEvent};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn unit(id: &str, from: StartEvent, keep: &str, archive: bool) -> Retention {
    Retention {
        id: id.to_owned(),
        sections: Vec::new(),
        acts: Vec::new(),
        from,
        keep: keep.parse().unwrap(),
        archive,
        then: Ending::Detruire,
        alert_without_event: "6 ans".parse().unwrap(),
        source: "X-09".to_owned(),
        ours: false,
    }
}

/// `2026-03-01 destroy X-09`, `await cloture, alert 2027-01-01`, `gone`.
fn spelled(next: &Next) -> String {
    match next {
        Next::At { on, step: Step::Archive, source, .. } => format!("{on} archive {source}"),
        Next::At { on, step: Step::Destroy, source, .. } => format!("{on} destroy {source}"),
        Next::Await { event: StartEvent::Cloture, alert_on } => {
            format!("await cloture, alert {alert_on}")
        }
        Next::Await { event: StartEvent::Ouverture, .. } => panic!("the opening has come"),
        Next::Gone => "gone".to_owned(),
    }
}

struct Case {
    from: StartEvent,
    keep: &'static str,
    archive: bool,
    closed: Option<&'static str>,
    /// Until, ceiling.
    hold: Option<(&'static str, Option<&'static str>)>,
    stage: UnitStage,
    expect: &'static str,
}

/// A file opened on 2021-01-01.
fn check(case: Case) {
    let life = LifeFacts {
        opened_on: day("2021-01-01"),
        closed_on: case.closed.map(day),
        holds: case
            .hold
            .iter()
            .map(|(until, ceiling)| Hold {
                reason: "recours".to_owned(),
                until: day(until),
                ceiling: ceiling.map(day),
            })
            .collect(),
    };
    let unit = unit("dossier", case.from, case.keep, case.archive);
    assert_eq!(spelled(&next(&unit, &life, case.stage)), case.expect);
}

#[test]
fn x09_x12_i6_the_next_step_of_a_unit() {
    use StartEvent::{Cloture, Ouverture};
    use UnitStage::{Active, Archived, Gone};
    let closed = Case {
        from: Cloture,
        keep: "4 ans",
        archive: true,
        closed: Some("2022-03-01"),
        hold: None,
        stage: Active,
        expect: "2022-03-01 archive X-09",
    };
    let held = |until, ceiling| Some((until, ceiling));
    // I6: open, it awaits its closing, and says when that is late.
    check(Case { closed: None, expect: "await cloture, alert 2027-01-01", ..closed });
    // reopened before the archive was left, it awaits again: the clock is cancelled.
    check(Case {
        closed: None,
        stage: Archived,
        expect: "await cloture, alert 2027-01-01",
        ..closed
    });
    // archived the day it closes; X-09: four years later, gone.
    check(Case { ..closed });
    check(Case { stage: Archived, expect: "2026-03-01 destroy X-09", ..closed });
    check(Case { stage: Gone, expect: "gone", ..closed });
    // A leap day has its anniversary on the last day of February.
    check(Case {
        closed: Some("2024-02-29"),
        keep: "1 an",
        stage: Archived,
        expect: "2025-02-28 destroy X-09",
        ..closed
    });
    // A clock from the opening does not look at the closing.
    check(Case {
        from: Ouverture,
        keep: "2 ans",
        archive: false,
        closed: None,
        expect: "2023-01-01 destroy X-09",
        ..closed
    });
    // A hold within the ceiling moves nothing; one that ends on it neither.
    check(Case {
        hold: held("2025-01-01", None),
        stage: Archived,
        expect: "2026-03-01 destroy X-09",
        ..closed
    });
    check(Case {
        hold: held("2026-03-01", None),
        stage: Archived,
        expect: "2026-03-01 destroy X-09",
        ..closed
    });
    // A hold past the ceiling lives on its own ground, and not past its own ceiling.
    check(Case {
        hold: held("2028-01-01", Some("2027-06-30")),
        stage: Archived,
        expect: "2027-06-30 destroy recours",
        ..closed
    });
    check(Case {
        hold: held("2027-01-01", Some("2027-06-30")),
        stage: Archived,
        expect: "2027-01-01 destroy recours",
        ..closed
    });
    check(Case {
        hold: held("2030-01-01", Some("2025-01-01")),
        stage: Archived,
        expect: "2026-03-01 destroy X-09",
        ..closed
    });
    // What was never to be archived is, once only a hold keeps it.
    check(Case {
        archive: false,
        hold: held("2028-01-01", None),
        expect: "2026-03-01 archive recours",
        ..closed
    });
    check(Case {
        archive: false,
        hold: held("2028-01-01", None),
        stage: Archived,
        expect: "2028-01-01 destroy recours",
        ..closed
    });
    // A hold does not keep a closed file in the active environment.
    check(Case { hold: held("2028-01-01", None), ..closed });
}

/// due on the day itself, not the day before.
#[test]
fn x09_the_day_of_destruction_is_the_anniversary() {
    let life = LifeFacts {
        opened_on: day("2021-01-01"),
        closed_on: Some(day("2022-03-01")),
        holds: Vec::new(),
    };
    let step =
        next(&unit("dossier", StartEvent::Cloture, "4 ans", true), &life, UnitStage::Archived);
    assert!(!step.is_due(day("2026-02-28")));
    assert!(step.is_due(day("2026-03-01")));
    let open = LifeFacts { closed_on: None, ..life };
    let step = next(&unit("dossier", StartEvent::Cloture, "4 ans", true), &open, UnitStage::Active);
    assert!(!step.is_alert(day("2026-12-31")) && step.is_alert(day("2027-01-01")));
    assert!(!step.is_due(day("2999-01-01")));
}

#[derive(Clone, Debug)]
enum Event {
    Close,
    Reopen,
    Hold { days: i32, ceiling: Option<i32> },
    Lift,
    ChangeRegister(Vec<Retention>),
}

/// A dossier that lives under a sweep run each day that something happens.
struct World {
    register: Register,
    life: LifeFacts,
    stages: BTreeMap<String, UnitStage>,
    today: Date,
}

fn register(retentions: Vec<Retention>) -> Register {
    let text = include_str!("../../register/tests/good/mini.toml");
    Register { retentions, ..Register::parse("mini.toml", text).unwrap() }
}

fn later(date: Date, days: i32) -> Date {
    date.saturating_add(jiff::Span::new().days(days))
}

impl World {
    fn open(units: Vec<Retention>) -> Self {
        let today = day("2020-02-29");
        let stages = units.iter().map(|u| (u.id.clone(), UnitStage::Active)).collect();
        let life = LifeFacts { opened_on: today, closed_on: None, holds: Vec::new() };
        Self { register: register(units), life, stages, today }
    }

    fn plan(&self) -> Vec<(String, Next)> {
        plan(&self.register, &self.life, &self.stages)
    }

    /// The latest end that a rule or a hold allows for a unit of the register, and the earliest
    /// that they bear. `None` while the clock has not started.
    fn bounds(&self, id: &str) -> Option<(Date, Date)> {
        let rule = self.register.retentions.iter().find(|r| r.id == id)?;
        let start = match rule.from {
            StartEvent::Ouverture => self.life.opened_on,
            StartEvent::Cloture => self.life.closed_on?,
        };
        let end = rule.keep.after(start);
        let held = self.life.holds.iter().map(Hold::ends).max().unwrap_or(end);
        Some((end, end.max(held)))
    }

    /// What must be true at every instant.
    fn inspect(&self) {
        let plan = self.plan();
        for id in self.register.retentions.iter().map(|r| &r.id).chain(self.stages.keys()) {
            assert_eq!(
                plan.iter().filter(|(p, _)| p == id).count(),
                1,
                "a dead zone, or two rules"
            );
        }
        for (id, next) in plan {
            let stage = self.stages.get(&id).copied().unwrap_or_default();
            assert_eq!(next == Next::Gone, stage == UnitStage::Gone);
            match next {
                Next::Gone => {}
                Next::Await { event, alert_on } => {
                    assert_eq!(event, StartEvent::Cloture);
                    assert!(self.life.closed_on.is_none() && alert_on > self.life.opened_on);
                }
                Next::At { step: Step::Archive, .. } => assert_eq!(stage, UnitStage::Active),
                Next::At { on, step: Step::Destroy, ref source, .. } => {
                    if let Some((end, longest)) = self.bounds(&id) {
                        assert!(end <= on && on == longest, "floor {end}, ceiling {longest}, {on}");
                        // Past the rule's own end, a hold is the stated ground, in the archive.
                        assert_eq!(on > end, source == "recours");
                        assert!(on == end || stage == UnitStage::Archived);
                    }
                }
            }
        }
    }

    /// Runs what is due, until nothing is.
    fn sweep(&mut self) {
        for _ in 0..3 {
            for (id, next) in self.plan().into_iter().filter(|(_, n)| n.is_due(self.today)) {
                if let Next::At { step, on, .. } = next {
                    assert!(on <= self.today);
                    let stage = match step {
                        Step::Archive => UnitStage::Archived,
                        Step::Destroy => UnitStage::Gone,
                    };
                    assert!(self.stages.insert(id, stage) < Some(stage), "a unit went back");
                }
            }
        }
        assert!(self.plan().iter().all(|(_, n)| !n.is_due(self.today)), "the sweep does not end");
        // what is closed and archivable is no longer active.
        for rule in self.register.retentions.iter().filter(|r| r.archive) {
            let closed = self.life.closed_on.is_some();
            assert!(!closed || self.stages.get(&rule.id) != Some(&UnitStage::Active));
        }
    }

    fn destroyed_on(&self) -> BTreeMap<String, Date> {
        let archived: BTreeMap<_, _> = self
            .stages
            .iter()
            .filter(|(_, s)| **s != UnitStage::Gone)
            .map(|(id, _)| (id.clone(), UnitStage::Archived))
            .collect();
        plan(&self.register, &self.life, &archived)
            .into_iter()
            .filter_map(|(id, next)| match next {
                Next::At { on, .. } if archived.contains_key(&id) => Some((id, on)),
                _ => None,
            })
            .collect()
    }

    fn happen(&mut self, event: Event) {
        let before = self.destroyed_on();
        match event {
            Event::Close => {
                self.life.closed_on.get_or_insert(self.today);
            }
            Event::Reopen => {
                if self.life.closed_on.take().is_some() {
                    // What is left comes back under the active key.
                    self.stages
                        .values_mut()
                        .filter(|s| **s == UnitStage::Archived)
                        .for_each(|s| *s = UnitStage::Active);
                }
                let waiting = self.plan().into_iter().filter(|(id, next)| {
                    let rule = self.register.retentions.iter().find(|r| r.id == *id);
                    rule.is_some_and(|r| r.from == StartEvent::Cloture) && *next != Next::Gone
                });
                for (_, next) in waiting {
                    assert!(
                        matches!(next, Next::Await { .. }),
                        "X-09: reopening cancels the clock"
                    );
                }
            }
            Event::Hold { days, ceiling } => {
                self.life.holds.push(Hold {
                    reason: "recours".to_owned(),
                    until: later(self.today, days),
                    ceiling: ceiling.map(|c| later(self.today, c)),
                });
                for (id, on) in self.destroyed_on() {
                    assert!(before.get(&id).is_none_or(|was| on >= *was), "a hold erases earlier");
                }
            }
            Event::Lift => {
                self.life.holds.pop();
                for (id, on) in self.destroyed_on() {
                    assert!(before.get(&id).is_none_or(|was| on <= *was), "a lift erases later");
                }
            }
            Event::ChangeRegister(units) => {
                for unit in &units {
                    self.stages.entry(unit.id.clone()).or_default();
                }
                self.register.retentions = units;
            }
        }
    }
}

fn any_units() -> impl Strategy<Value = Vec<Retention>> {
    let one = (any::<bool>(), 1u32..72, any::<bool>());
    // The ids overlap, so that a change of register keeps, adds and takes away units.
    proptest::collection::btree_map(0u8..5, one, 1..4).prop_map(|units| {
        units
            .into_iter()
            .map(|(id, (opening, months, archive))| {
                let from = if opening { StartEvent::Ouverture } else { StartEvent::Cloture };
                unit(&format!("u{id}"), from, &format!("{months} mois"), archive && !opening)
            })
            .collect()
    })
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Close),
        2 => Just(Event::Reopen),
        2 => (0i32..3000, proptest::option::of(0i32..3000)).prop_map(|(days, ceiling)| Event::Hold { days, ceiling }),
        1 => Just(Event::Lift),
        1 => any_units().prop_map(Event::ChangeRegister),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// I6, X-09, X-12: whatever happens to a dossier and to its register, each unit has a next
    /// step, no earlier than its rule and its holds bear and no later than they allow; and once
    /// closed it ends.
    #[test]
    fn i6_no_dead_zone_floor_and_ceiling_hold(
        units in any_units(),
        events in proptest::collection::vec((0i32..900, any_event()), 0..14),
    ) {
        let mut world = World::open(units);
        for (days, event) in events {
            world.today = later(world.today, days);
            world.sweep();
            world.happen(event);
            world.inspect();
            world.sweep();
            world.inspect();
        }
        world.happen(Event::Close);
        let mut steps = 0;
        while let Some(on) = world.plan().into_iter().filter_map(|(_, n)| match n {
            Next::At { on, .. } => Some(on),
            _ => None,
        }).min() {
            // The next step is never behind what was already done.
            world.today = world.today.max(on);
            world.sweep();
            world.inspect();
            steps += 1;
            prop_assert!(steps < 40, "a closed dossier does not end");
        }
        prop_assert!(world.stages.values().all(|s| *s == UnitStage::Gone));
    }
}
