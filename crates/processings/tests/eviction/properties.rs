//! Whatever is recorded, in whatever order: the rules hold.

use super::common::{recorded, register};
use huis_dossier::{Act, Case, Draft, Facts, Known, Processing, TermState, Value};
use huis_kernel::{Date, Money};
use huis_law::{Law, Place};
use huis_processings::eviction::{Eviction, Kind};
use huis_register::{Field, FieldKind, Register};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};

static REGISTER: LazyLock<Register> = LazyLock::new(register);
static LAW: LazyLock<Law> = LazyLock::new(|| Law::embedded().unwrap());

/// the acts and fields that the rules know are those of the register, and what a guard
/// needs is what the register says is compulsory.
#[test]
fn the_rules_and_the_register_name_the_same_acts_x_06() {
    let of_register: Vec<(&str, Vec<&str>)> = REGISTER
        .acts
        .iter()
        .map(|a| {
            // What an act proposes for a section is no rule's to know.
            let own = a.fields.iter().filter(|f| REGISTER.proposed(a, &f.id).is_none());
            (a.id.as_str(), own.map(|f| f.id.as_str()).collect())
        })
        .collect();
    let of_rules: Vec<(&str, Vec<&str>)> =
        Kind::ALL.iter().map(|k| (k.id(), k.fields().to_vec())).collect();
    assert_eq!(of_rules, of_register);
    assert!(Kind::ALL.iter().all(|k| Kind::from_id(k.id()) == Some(*k)));
}

/// Every choice of the register's closing and reopening is accepted, and no other.
#[test]
fn closing_has_seven_grounds_and_reopening_two_x_09() {
    for (act, count) in [("cloture", 7), ("reouverture", 2)] {
        let field = REGISTER.act(act).unwrap().fields.iter().find(|f| f.id == "motif").unwrap();
        let FieldKind::Choice(choices) = &field.kind else { panic!("{act}") };
        assert_eq!(choices.len(), count, "{act}");
    }
    let field = &REGISTER.act("cloture").unwrap().fields[0];
    let FieldKind::Choice(choices) = &field.kind else { panic!() };
    let known = Known::default();
    let place = Place { commune: "75056".to_owned(), good_friday: false };
    let today: Date = "2026-03-01".parse().unwrap();
    let case = Case { opened_on: today, acts: &[], known: &known, place: &place };
    for choice in choices {
        let facts = Facts::from([("motif".to_owned(), Value::Choice(choice.code.clone()))]);
        let draft = Draft { kind: "cloture".to_owned(), on: today, facts, corrects: None };
        assert!(Eviction.judge(&case, &draft, &LAW, today).is_ok(), "{}", choice.code);
    }
}

/// The offices and the powers that give: the police's sight, the ministry's none.
#[test]
fn the_police_see_three_things_and_the_ministry_none_x_13_x_14() {
    let police = REGISTER.profile("police").unwrap();
    for section in &REGISTER.sections {
        for field in &section.fields {
            let address = section.id == "local"
                && !["typologie", "date_bail", "loyer", "charges", "type_bailleur"]
                    .contains(&field.id.as_str());
            let name = section.id == "occupant" && ["nom", "prenom"].contains(&field.id.as_str());
            assert_eq!(
                police.sees_field(&section.id, &field.id),
                address || name,
                "{}.{}",
                section.id,
                field.id
            );
        }
    }
    assert_eq!((police.acts.len(), police.sees_acts.len()), (1, 0));
    assert_eq!(police.sponsor.as_deref(), Some("chef de service"));
    let ministry = REGISTER.profile("ministere").unwrap();
    assert!(ministry.sees.is_empty() && ministry.acts.is_empty() && ministry.powers.is_empty());
    // a partner files, and reads nothing.
    for partner in REGISTER.profiles.iter().filter(|p| p.partner) {
        assert!(partner.sees.is_empty() && partner.sees_acts.is_empty(), "{}", partner.id);
        assert!(partner.powers.is_empty(), "{}", partner.id);
    }
}

fn value(field: &Field, seed: u64, on: Date) -> Value {
    let small = i64::try_from(seed % 1200).unwrap();
    match &field.kind {
        FieldKind::Date => {
            // Fields speak of before (the lease) and of after (an end, a hearing).
            let days = if field.id.starts_with("bail") || field.id.starts_with("impaye") {
                -small * 2
            } else {
                small - 60
            };
            Value::Date(on.saturating_add(jiff::Span::new().days(days)))
        }
        FieldKind::Money => Value::Money(Money(small * 317)),
        FieldKind::Integer => Value::Int(small % 30),
        FieldKind::Bool => Value::Bool(seed.is_multiple_of(2)),
        FieldKind::Choice(choices) => {
            let i = usize::try_from(seed).unwrap_or(0) % (choices.len() + 1);
            Value::Choice(choices.get(i).map_or("autre-chose", |c| &c.code).to_owned())
        }
        FieldKind::Reference { .. } => Value::Reference(u32::try_from(seed % 4).unwrap()),
        _ => Value::Text("x".to_owned()),
    }
}

/// A procedure that has come some way: random acts alone seldom reach its far end.
fn prelude(depth: usize, from: Date) -> Vec<Draft> {
    let choice = |field: &str, code: &str| (field.to_owned(), Value::Choice(code.to_owned()));
    let day = |n: i64| from.saturating_add(jiff::Span::new().days(n));
    let script: [(&str, i64, Facts); 7] = [
        ("assignation", 0, Facts::from([("audience_le".to_owned(), Value::Date(day(80)))])),
        ("jugement", 90, Facts::from([choice("issue", "expulsion")])),
        ("commandement-quitter-lieux", 120, Facts::new()),
        ("cql-recu-prefet", 125, Facts::new()),
        ("demande-cfp", 150, Facts::new()),
        ("cfp-refuse", 200, Facts::from([choice("motif", "ordre_public")])),
        ("demande-indemnite", 240, Facts::new()),
    ];
    script
        .into_iter()
        .take(depth)
        .map(|(kind, n, facts)| Draft { kind: kind.to_owned(), on: day(n), facts, corrects: None })
        .collect()
}

/// What holds of a dossier whatever was accepted into it.
fn holds(case: &Case<'_>, today: Date) -> Result<(), TestCaseError> {
    let standing = Eviction.standing(case, &LAW, today);
    prop_assert!(REGISTER.stage(&standing.stage).is_some(), "étape {}", standing.stage);
    for term in &standing.terms {
        let explained = &term.explained;
        prop_assert!(!explained.steps.is_empty(), "{} sans étapes", term.rule);
        prop_assert!(!explained.article.is_empty(), "{} sans article", term.rule);
        prop_assert_eq!(explained.due, term.due);
        prop_assert!(explained.safe.is_none_or(|safe| safe < term.due));
        prop_assert!(term.act.is_none_or(|no| case.acts.iter().any(|a| a.no == no)));
        if standing.closed_on.is_some() {
            prop_assert!(term.state != TermState::Running, "{} court après la clôture", term.rule);
        }
        if !term.action && term.due < today {
            prop_assert!(term.state != TermState::Running, "{} court encore", term.rule);
        }
    }
    prop_assert!(standing.terms.windows(2).all(|w| w[0].due <= w[1].due));
    prop_assert!(standing.flags.iter().all(|f| !f.article.is_empty() && !f.message.is_empty()));
    let offers = Eviction.offers(case, &LAW, today);
    prop_assert_eq!(offers.len(), Kind::ALL.len());
    for offer in offers {
        prop_assert!(!(offer.expected && offer.refused.is_some()), "{}", offer.kind);
        if let Some(refusal) = offer.refused {
            // What is not offered is refused when it is tried all the same.
            let draft = Draft { kind: offer.kind, on: today, facts: Facts::new(), corrects: None };
            let faults = Eviction.judge(case, &draft, &LAW, today).unwrap_err();
            prop_assert!(faults.contains(&refusal));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// No sequence of accepted drafts panics, yields a term without its reasons, or leaves a
    /// deadline running after the closing. Refusals carry their article.
    #[test]
    fn no_history_breaks_the_rules_x_02_x_09(
        start in 0i64..4000,
        moves in prop::collection::vec((any::<u16>(), -3i64..70, any::<u64>(), any::<bool>()), 1..40),
        occupants in 0u32..3,
        social in any::<bool>(),
        depth in 0usize..8,
    ) {
        let place = Place { commune: "68224".to_owned(), good_friday: true };
        let landlord = Value::Choice(if social { "social" } else { "prive" }.to_owned());
        let known = Known(BTreeMap::from([
            ("occupant".to_owned(), (1..=occupants).map(|n| (n, Facts::new())).collect()),
            ("local".to_owned(), vec![(1, Facts::from([("type_bailleur".to_owned(), landlord)]))]),
        ]));
        let epoch: Date = "2015-01-01".parse().unwrap();
        let mut today = epoch.saturating_add(jiff::Span::new().days(start));
        let opened_on = today;
        let mut acts: Vec<Act> = Vec::new();
        for draft in prelude(depth, today) {
            today = draft.on;
            let case = Case { opened_on, acts: &acts, known: &known, place: &place };
            let judged = Eviction.judge(&case, &draft, &LAW, today);
            prop_assert!(judged.is_ok(), "{} refusé : {:?}", draft.kind, judged);
            let no = u32::try_from(acts.len() + 1).unwrap();
            acts.push(recorded(no, draft, judged.unwrap().used));
            let case = Case { opened_on, acts: &acts, known: &known, place: &place };
            holds(&case, today)?;
        }
        for (pick, days, seed, along) in moves {
            today = today.saturating_add(jiff::Span::new().days(days.abs()));
            let case = Case { opened_on, acts: &acts, known: &known, place: &place };
            // Mostly along the procedure, so that its far end is reached too.
            let offers = Eviction.offers(&case, &LAW, today);
            let few: Vec<_> = offers.iter().filter(|o| if along { o.expected } else { o.refused.is_none() }).collect();
            let kind = match few.get(usize::from(pick) % few.len().max(1)) {
                Some(offer) => offer.kind.clone(),
                None => offers[usize::from(pick) % offers.len()].kind.clone(),
            };
            // A closing ends the walk: let it be rare.
            if kind == "cloture" && seed % 5 != 0 {
                continue;
            }
            let on = if days < 0 { today.saturating_add(jiff::Span::new().days(days)) } else { today };
            let fields = &REGISTER.act(&kind).unwrap().fields;
            let facts = fields
                .iter()
                .enumerate()
                .filter(|(i, f)| f.required || seed >> (i + 40) & 1 == 1)
                .map(|(i, f)| (f.id.clone(), value(f, seed >> i, on)))
                .collect();
            let corrects = (seed % 11 == 0).then_some(u32::try_from(seed % 7).unwrap());
            let draft = Draft { kind, on, facts, corrects };
            match Eviction.judge(&case, &draft, &LAW, today) {
                Ok(judged) => {
                    let no = u32::try_from(acts.len() + 1).unwrap();
                    acts.push(recorded(no, draft, judged.used));
                }
                Err(faults) => {
                    prop_assert!(!faults.is_empty());
                    prop_assert!(faults.iter().all(|f| !f.article.is_empty() && !f.code.is_empty()));
                }
            }
            let case = Case { opened_on, acts: &acts, known: &known, place: &place };
            holds(&case, today)?;
        }
    }
}
