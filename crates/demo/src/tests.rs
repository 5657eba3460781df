//! The whole set, looked at from outside: every field is the register's, every act the rules',
//! and the spread is what a demonstration needs.

use huis_dossier::{Act, Author, Case, Known, Processing, Standing, TermState, Value};
use huis_kernel::{AgentId, Date, Zone};
use huis_law::Law;
use huis_processings::eviction::Eviction;
use huis_register::{Field, FieldKind, Register};
use jiff::{ToSpan, civil::date};
use std::collections::{BTreeMap, BTreeSet};

use super::*;

const SEED: u64 = 68;
const COUNT: usize = 2000;

fn today() -> Date {
    date(2026, 11, 23)
}

fn law() -> Law {
    Law::embedded().unwrap()
}

fn register() -> Register {
    Register::parse("expulsion.toml", include_str!("../../../registers/expulsion.toml")).unwrap()
}

/// What the store would hold: the dossier as the rules read it.
struct Held {
    known: Known,
    acts: Vec<Act>,
}

fn held(dossier: &DemoDossier) -> Held {
    let mut known = Known::default();
    for (section, no, facts) in &dossier.sections {
        known.0.entry(section.clone()).or_default().push((*no, facts.clone()));
    }
    let act = |(no, a): (u32, &DemoAct)| Act {
        no,
        kind: a.draft.kind.clone(),
        on: a.draft.on,
        recorded: Zone::utc().start_of(a.recorded),
        by: Author::Agent(AgentId::from_bytes([1; 16])),
        facts: a.draft.facts.clone(),
        corrects: a.draft.corrects,
        voided: false,
    };
    Held { known, acts: (1..).zip(&dossier.acts).map(act).collect() }
}

fn standing(dossier: &DemoDossier, law: &Law, today: Date) -> Standing {
    let held = held(dossier);
    let case = Case {
        opened_on: dossier.opened_on,
        acts: &held.acts,
        known: &held.known,
        place: &dossier.place,
    };
    Eviction.standing(&case, law, today)
}

fn check_field(field: &Field, value: &Value, named: &BTreeSet<(String, u32)>) -> bool {
    match (&field.kind, value) {
        (FieldKind::Text { max } | FieldKind::LongText { max }, Value::Text(text)) => {
            !text.is_empty() && text.chars().count() <= *max
        }
        (FieldKind::Name, Value::Text(text)) => !text.is_empty(),
        (FieldKind::Phone, Value::Text(text)) => text.len() == 14,
        (FieldKind::Email, Value::Text(text)) => text.contains('@'),
        (FieldKind::Commune, Value::Text(code)) => Geo::embedded().commune(code).is_some(),
        (FieldKind::Date, Value::Date(_)) | (FieldKind::Bool, Value::Bool(_)) => true,
        (FieldKind::Money, Value::Money(amount)) => amount.0 >= 0,
        (FieldKind::Integer, Value::Int(n)) => *n >= 0,
        (FieldKind::Choice(list), Value::Choice(code)) => list.iter().any(|c| c.code == *code),
        (FieldKind::Reference { section }, Value::Reference(no)) => {
            named.contains(&(section.clone(), *no))
        }
        _ => false,
    }
}

/// nothing that the register does not name, and each value as the register types it.
#[test]
fn every_field_is_one_of_the_register() {
    let (law, register) = (law(), register());
    for d in dossiers(SEED, today(), COUNT, &law, &register) {
        let occupants: BTreeSet<(String, u32)> =
            d.sections.iter().map(|s| (s.0.clone(), s.1)).collect();
        let mut seen = BTreeSet::new();
        for (id, no, facts) in &d.sections {
            let section = register.section(id).unwrap();
            assert!(seen.insert((id, no)) && (section.repeats || *no == 1), "{id} {no}");
            for (field, value) in facts {
                let known = section.field(field).filter(|f| check_field(f, value, &occupants));
                assert!(known.is_some(), "{id}.{field}");
            }
            for field in section.fields.iter().filter(|f| f.required) {
                assert!(facts.contains_key(&field.id), "{id}.{} is required", field.id);
            }
        }
        for act in &d.acts {
            let kind = register.act(&act.draft.kind).unwrap();
            for (id, value) in &act.draft.facts {
                let field = kind.fields.iter().find(|f| f.id == *id);
                assert!(
                    field.is_some_and(|f| check_field(f, value, &occupants)),
                    "{}.{id}",
                    kind.id
                );
            }
            for field in kind.fields.iter().filter(|f| f.required) {
                assert!(act.draft.facts.contains_key(&field.id), "{}.{}", kind.id, field.id);
            }
        }
    }
}

/// the rules accept every act, on the day it is written down and after the acts before it;
/// and the stories are told so well that they have next to nothing to refuse.
#[test]
fn every_act_is_offered_and_accepted() {
    let (law, register) = (law(), register());
    let (mut accepted, mut refused) = (0, 0);
    for (d, steps_refused) in tried(SEED, today(), COUNT, &law, &register) {
        refused += steps_refused;
        let held = held(&d);
        for (before, act) in d.acts.iter().enumerate() {
            let case = Case {
                opened_on: d.opened_on,
                acts: &held.acts[..before],
                known: &held.known,
                place: &d.place,
            };
            let verdict = Eviction.judge(&case, &act.draft, &law, act.recorded);
            let codes = |faults: Vec<huis_dossier::Fault>| faults.into_iter().map(|f| f.code);
            assert_eq!(
                verdict.map_err(|f| codes(f).collect::<Vec<_>>()).err(),
                None,
                "{}",
                act.draft.kind
            );
            accepted += 1;
        }
        // Offers are asked for the last act of each only: the same rules, and time is short.
        if let Some((act, before)) = d.acts.last().zip(held.acts.split_last()) {
            let case = Case {
                opened_on: d.opened_on,
                acts: before.1,
                known: &held.known,
                place: &d.place,
            };
            let offers = Eviction.offers(&case, &law, act.recorded);
            let offer = offers.iter().find(|o| o.kind == act.draft.kind);
            assert!(offer.is_some_and(|o| o.refused.is_none()), "{}", act.draft.kind);
        }
    }
    assert!(accepted > 10 * COUNT, "{accepted}");
    assert!(refused * 200 < accepted, "{refused} of {accepted}");
}

/// Each act is written down on its day or after it, in order, by an agent whose profile and
/// perimeter allow it and whose grant has not ended.
#[test]
fn acts_are_recorded_by_those_who_may() {
    let (law, register) = (law(), register());
    let demo = demo(SEED, today());
    for d in dossiers(SEED, today(), COUNT, &law, &register) {
        assert!(d.opened_on <= today() && d.opened_on >= today().saturating_sub(5.years()));
        let mut last = d.opened_on;
        for act in &d.acts {
            assert!(act.draft.on <= act.recorded && act.recorded <= today());
            assert!(last <= act.recorded, "{}", act.draft.kind);
            last = act.recorded;
            let agent = &demo.agents[act.agent];
            let profile = register.profile(&agent.profile).unwrap();
            assert!(profile.may_act(&act.draft.kind) && !profile.partner);
            assert!(agent.units.is_empty() || agent.units.contains(&d.unit));
            assert!(act.recorded <= agent.grant_until);
        }
        assert!(
            register
                .profile(&demo.agents[d.opened_by].profile)
                .unwrap()
                .can(huis_register::Power::Create)
        );
    }
}

/// Same seed and day, same data, whatever the number asked for; another seed, other data.
#[test]
fn the_same_seed_gives_the_same_data() {
    let (law, register) = (law(), register());
    let digest = |seed, count| -> Vec<u64> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let hash = |d: DemoDossier| {
            let mut h = DefaultHasher::new();
            let plain = |facts: &Facts| -> Vec<String> {
                facts.iter().map(|(k, v)| format!("{k}={}", show(v))).collect()
            };
            (&d.unit, d.opened_on, d.opened_by).hash(&mut h);
            d.sections.iter().for_each(|(s, no, f)| (s, no, plain(f)).hash(&mut h));
            d.acts.iter().for_each(|a| {
                (&a.draft.kind, a.draft.on, plain(&a.draft.facts), a.recorded, a.agent)
                    .hash(&mut h);
            });
            h.finish()
        };
        dossiers(seed, today(), count, &law, &register).map(hash).collect()
    };
    let all = digest(SEED, 300);
    assert_eq!(all, digest(SEED, 300));
    assert_eq!(all[..40], digest(SEED, 40)[..]);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 300, "no two dossiers are the same");
    assert!(digest(SEED + 1, 300).iter().zip(&all).all(|(a, b)| a != b));
    assert_eq!(demo(SEED, today()), demo(SEED, today()));
    assert_ne!(demo(SEED, today()).agents, demo(SEED + 1, today()).agents);
}

/// A value in the clear, for the digest alone.
fn show(value: &Value) -> String {
    match value {
        Value::Text(t) | Value::Choice(t) => t.clone(),
        Value::Date(d) => d.to_string(),
        Value::Money(m) => m.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Reference(n) => format!("#{n}"),
    }
}

/// five stages, seven grounds of closing, deadlines of every state,
/// flags, reopenings and claims; at any season.
#[test]
fn the_spread_is_what_a_demonstration_needs() {
    let (law, register) = (law(), register());
    for today in [today(), date(2026, 6, 15), date(2027, 2, 1)] {
        let mut stages: BTreeMap<String, usize> = BTreeMap::new();
        let mut grounds: BTreeMap<String, usize> = BTreeMap::new();
        let mut flags: BTreeMap<String, usize> = BTreeMap::new();
        let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
        let mut units: BTreeMap<String, usize> = BTreeMap::new();
        let mut count = |what| *tally.entry(what).or_default() += 1;
        for d in dossiers(SEED, today, COUNT, &law, &register) {
            *units.entry(d.unit.clone()).or_default() += 1;
            let s = standing(&d, &law, today);
            if let Some(closed) = s.closed_on {
                count("closed");
                if closed.saturating_add(4.years()) <= today.saturating_add(45.days()) {
                    count("erased within weeks");
                }
                // nothing is already past its term.
                assert!(closed.saturating_add(4.years()) > today);
                let ground = d.acts.iter().rev().find(|a| a.draft.kind == "cloture").unwrap();
                let code = ground.draft.facts["motif"].as_str().unwrap();
                *grounds.entry(code.to_owned()).or_default() += 1;
            } else {
                *stages.entry(s.stage.clone()).or_default() += 1;
                let running =
                    || s.terms.iter().filter(|t| t.action && t.state == TermState::Running);
                if running().any(|t| t.due < today) {
                    count("overdue");
                }
                let soon = today.saturating_add(14.days());
                if running().any(|t| today <= t.due && t.due <= soon) {
                    count("due within a fortnight");
                }
                if running().any(|t| t.due > soon) {
                    count("coming");
                }
            }
            if s.terms.iter().any(|t| t.state == TermState::Late) {
                count("done late");
            }
            if s.reopened > 0 {
                count("reopened");
            }
            if d.acts.iter().any(|a| a.draft.kind == "demande-indemnite") {
                count("claims");
            }
            if let Some(showcase) = d.showcase {
                count(match showcase {
                    Showcase::Hearing => "showcase hearing",
                    Showcase::PoliceReport => "showcase police",
                    Showcase::Returning => "showcase returning",
                    Showcase::Fading => "showcase fading",
                });
            }
            s.flags.iter().map(|f| &f.code).collect::<BTreeSet<_>>().into_iter().for_each(|code| {
                *flags.entry(code.clone()).or_default() += 1;
            });
        }
        println!("{today}: {stages:?}\n{grounds:?}\n{flags:?}\n{tally:?}\n{units:?}");
        assert_eq!(units.len(), 4);
        assert!((1000..=1250).contains(&tally["closed"]), "{}", tally["closed"]);
        assert_eq!(stages.len(), 5, "{stages:?}");
        assert!(stages.values().all(|n| *n >= 40), "{stages:?}");
        assert_eq!(grounds.len(), 7, "{grounds:?}");
        assert!(grounds.values().all(|n| *n >= 15), "{grounds:?}");
        for (what, least) in [
            ("erased within weeks", 20),
            ("overdue", 60),
            ("due within a fortnight", 40),
            ("coming", 100),
            ("done late", 30),
            ("reopened", 30),
            ("claims", 60),
            ("showcase hearing", 20),
            ("showcase police", 2),
            ("showcase returning", 30),
            ("showcase fading", 20),
        ] {
            assert!(tally.get(what).is_some_and(|n| *n >= least), "{what}: {:?}", tally.get(what));
        }
        assert!(flags.values().filter(|n| **n >= 3).count() >= 4, "{flags:?}");
    }
}

/// the household of a new incident is the one of a dossier already closed.
#[test]
fn households_come_back() {
    let (law, register) = (law(), register());
    let all: Vec<_> = dossiers(SEED, today(), 400, &law, &register).collect();
    let who = |d: &DemoDossier| {
        let (_, _, facts) = d.sections.iter().find(|s| s.0 == "occupant" && s.1 == 1).unwrap();
        ["nom", "prenom", "date_naissance"].map(|f| show(&facts[f]))
    };
    let mut met = 0;
    for pair in all.windows(2).filter(|p| p[1].showcase == Some(Showcase::Returning)) {
        assert_eq!(who(&pair[0]), who(&pair[1]));
        let closed = standing(&pair[0], &law, today()).closed_on.unwrap();
        assert!(
            closed < pair[1].opened_on && standing(&pair[1], &law, today()).closed_on.is_none()
        );
        met += 1;
    }
    assert_eq!(met, 12);
}

/// forty agents, every profile, grants that end, perimeters that differ.
#[test]
fn the_agents_are_of_every_profile() {
    let register = register();
    let demo = demo(SEED, today());
    assert_eq!(demo.agents.len(), 40);
    assert_eq!(demo.units.len(), 4);
    let of = |what: fn(&DemoAgent) -> &str| demo.agents.iter().map(what).collect::<BTreeSet<_>>();
    assert_eq!(of(|a| &a.profile), register.profiles.iter().map(|p| p.id.as_str()).collect());
    assert_eq!(of(|a| &a.login).len(), 40);
    for agent in &demo.agents {
        let profile = register.profile(&agent.profile).unwrap();
        assert_eq!(agent.sponsor.is_some(), profile.sponsor.is_some(), "{}", agent.profile);
        assert!(agent.grant_until <= profile.max_term.after(agent.grant_from), "{}", agent.profile);
        assert_eq!(agent.second_factor, profile.second_factor, "{}", agent.profile);
        assert!(agent.units.iter().all(|u| demo.units.iter().any(|known| known.code == *u)));
        assert!(agent.login.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '.' | '-')));
    }
    let ended = demo.agents.iter().filter(|a| a.grant_until < today()).count();
    let month = today().saturating_add(30.days());
    let ending =
        demo.agents.iter().filter(|a| a.granted_on(today()) && a.grant_until < month).count();
    assert!((2..=8).contains(&ended) && (2..=8).contains(&ending), "{ended} {ending}");
    // Whoever tries the demonstration finds each profile alive.
    for profile in &register.profiles {
        assert!(demo.agents.iter().any(|a| a.profile == profile.id && a.granted_on(today())));
    }
}

/// Each hint can be filled: its profile has an agent, its kind of dossier exists.
#[test]
fn the_hints_lead_somewhere() {
    let (law, register) = (law(), register());
    let demo = demo(SEED, today());
    let all: Vec<_> = dossiers(SEED, today(), COUNT, &law, &register).collect();
    for hint in worth_trying() {
        assert_eq!(hint.showcase.is_some(), hint.text.contains("{numero}"));
        // Of its kind there is a dossier that the agent has in its perimeter.
        let agent = match hint.showcase {
            None => demo.agent(hint.profile, None, today()),
            Some(_) => all
                .iter()
                .filter(|d| d.showcase == hint.showcase)
                .find_map(|d| demo.agent(hint.profile, Some(&d.unit), today())),
        };
        assert!(agent.is_some_and(|a| a.profile == hint.profile), "{}", hint.profile);
        let filled = hint.fill("4821-7730-K", "odile.meyer");
        assert!(filled.contains("odile.meyer") && !filled.contains(['{', '}']));
    }
    // « une douzaine » is what raises the alert; the officer alone closes it.
    assert!(register.security.alert_walk <= 12);
    let closes = |p: &&huis_register::Profile| p.can(huis_register::Power::Alerts);
    assert!(register.profiles.iter().filter(closes).all(|p| p.id == "dpo"));
}
