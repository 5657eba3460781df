//! The State's indemnity (X-05): by examples that a lawyer can read
//! (`tests/cases/indemnity/*.toml`), and by properties.

use super::common::date;
use huis_kernel::Date;
use huis_law::Law;
use huis_processings::eviction::indemnity::{
    Calculation, Claim, ClaimText, DelayText, GraceText, LossText, PaymentText, ProtocolText,
    RentText, TaxText, compute, plain, read,
};
use proptest::prelude::*;
use toml::{Table, Value as Toml};

const KEYS: &[&str] = &[
    "nom",
    "source",
    "demandes",
    "refus",
    "prematuree",
    "octrois",
    "graces",
    "protocoles",
    "accords",
    "fins",
    "treve_ecartee",
    "retard_excuse",
    "occupants_non_vises",
    "beneficiaire",
    "loyers",
    "teom",
    "teom_dans_charges",
    "prejudices",
    "paiements",
    "dette_anterieure",
    "indemnite_demandee",
    "tribunal",
    "decision_executoire",
    "capitalisation_demandee",
    "reglages",
    "arrete_au",
    "periodes",
    "brut",
    "deduit",
    "prescrit",
    "principal",
    "interets",
    "total",
    "ecartes",
    "taux_manquants",
    "remarques",
];

fn law() -> Law {
    Law::embedded().unwrap()
}

fn text(table: &Table, key: &str) -> String {
    match table.get(key) {
        None => String::new(),
        Some(Toml::String(t)) => t.clone(),
        Some(other) => date(other).to_string(),
    }
}
fn yes(table: &Table, key: &str) -> bool {
    table.get(key).and_then(Toml::as_bool).unwrap_or(false)
}
fn list<'a>(table: &'a Table, key: &str) -> &'a [Toml] {
    table.get(key).map_or(&[], |v| v.as_array().expect(key).as_slice())
}
fn pairs(table: &Table, key: &str) -> Vec<(String, String)> {
    list(table, key)
        .iter()
        .map(|p| {
            let day = |i: usize| p.as_array().unwrap().get(i).map(|d| date(d).to_string());
            (day(0).unwrap(), day(1).unwrap_or_default())
        })
        .collect()
}

/// The claim of a case.
fn claim(case: &Table) -> ClaimText {
    let mut c = ClaimText {
        as_of: text(case, "arrete_au"),
        beneficiary: "autre".to_owned(),
        prior_debt: text(case, "dette_anterieure"),
        demand_on: text(case, "indemnite_demandee"),
        court_on: text(case, "tribunal"),
        enforceable_on: text(case, "decision_executoire"),
        capitalisation_on: text(case, "capitalisation_demandee"),
        ..ClaimText::default()
    };
    if case.contains_key("beneficiaire") {
        c.beneficiary = text(case, "beneficiaire");
    }
    let p = &mut c.procedure;
    for request in list(case, "demandes") {
        p.requests.push(match request.as_table().filter(|t| t.contains_key("le")) {
            Some(t) => DelayText {
                on: text(t, "le"),
                from: text(t, "fin_delai"),
                not_seized: yes(t, "prefet_non_saisi"),
            },
            None => DelayText { on: date(request).to_string(), ..DelayText::default() },
        });
    }
    let days = |key: &str| list(case, key).iter().map(|d| date(d).to_string()).collect::<Vec<_>>();
    p.refusals = days("refus");
    p.premature = days("prematuree");
    p.grants =
        days("octrois").into_iter().map(|on| DelayText { on, ..DelayText::default() }).collect();
    p.graces =
        pairs(case, "graces").into_iter().map(|(on, until)| GraceText { on, until }).collect();
    p.agreements =
        pairs(case, "accords").into_iter().map(|(on, until)| GraceText { on, until }).collect();
    p.protocols = pairs(case, "protocoles")
        .into_iter()
        .map(|(signed_on, denounced_on)| ProtocolText { signed_on, denounced_on })
        .collect();
    for (code, days) in case.get("fins").and_then(Toml::as_table).into_iter().flatten() {
        let days = days.as_array().unwrap().iter().map(|d| date(d).to_string()).collect();
        p.endings.insert(code.clone(), days);
    }
    p.truce_set_aside = yes(case, "treve_ecartee");
    p.late_excused = yes(case, "retard_excuse");
    p.not_all_bound = yes(case, "occupants_non_vises");
    let table = |t: &Toml| t.as_table().unwrap().clone();
    c.rents = list(case, "loyers")
        .iter()
        .map(table)
        .map(|t| RentText {
            from: text(&t, "de"),
            rent: text(&t, "loyer"),
            charges: text(&t, "charges"),
            charges_proven: t.get("justifiees").and_then(Toml::as_bool).unwrap_or(true),
            supplement: text(&t, "supplement"),
        })
        .collect();
    if c.rents.is_empty() {
        c.rents.push(RentText {
            from: "2000-01-01".into(),
            rent: "600".into(),
            charges: "80".into(),
            charges_proven: true,
            supplement: String::new(),
        });
    }
    if case.contains_key("teom") {
        c.waste_tax = Some(TaxText {
            yearly: text(case, "teom"),
            within_charges: yes(case, "teom_dans_charges"),
        });
    }
    c.losses = list(case, "prejudices")
        .iter()
        .map(table)
        .map(|t| LossText {
            kind: text(&t, "nature"),
            on: text(&t, "le"),
            amount: text(&t, "montant"),
            proven: t.get("justifie").and_then(Toml::as_bool).unwrap_or(true),
        })
        .collect();
    c.payments = list(case, "paiements")
        .iter()
        .map(table)
        .map(|t| PaymentText {
            on: text(&t, "le"),
            amount: text(&t, "montant"),
            by: text(&t, "par"),
            imputation: text(&t, "imputation"),
        })
        .collect();
    for (id, code) in case.get("reglages").and_then(Toml::as_table).into_iter().flatten() {
        c.settings.insert(id.clone(), code.as_str().unwrap().to_owned());
    }
    c
}

/// All that differs from what a case expects.
fn check(case: &Table, law: &Law) -> Vec<String> {
    let claim = match read(&claim(case)) {
        Ok(claim) => claim,
        Err(faults) => return vec![format!("{faults:?}")],
    };
    let done = compute(&claim, law).unwrap();
    let mut wrong = Vec::new();
    let mut same = |key: &str, expected: String, found: String| {
        if expected != found {
            wrong.push(format!("{key} : attendu {expected}, trouvé {found}"));
        }
    };
    if case.contains_key("periodes") {
        let found: Vec<_> =
            done.spans.iter().map(|s| (s.from.to_string(), s.to.to_string())).collect();
        same("periodes", format!("{:?}", pairs(case, "periodes")), format!("{found:?}"));
    }
    for (key, found) in [
        ("brut", done.totals.gross),
        ("deduit", done.totals.payments),
        ("prescrit", done.totals.prescribed),
        ("principal", done.totals.principal),
        ("interets", done.totals.interest),
        ("total", done.totals.total),
    ] {
        if case.contains_key(key) {
            same(key, text(case, key), plain(found));
        }
    }
    if case.contains_key("ecartes") {
        let found: Vec<_> = done.excluded.iter().map(|e| plain(e.amount)).collect();
        let expected: Vec<_> =
            list(case, "ecartes").iter().map(|t| t.as_str().unwrap().to_owned()).collect();
        same("ecartes", format!("{expected:?}"), format!("{found:?}"));
    }
    let missing: Vec<_> =
        done.missing_rates.iter().map(|m| (m.from.to_string(), m.to.to_string())).collect();
    same("taux_manquants", format!("{:?}", pairs(case, "taux_manquants")), format!("{missing:?}"));
    for code in list(case, "remarques").iter().filter_map(Toml::as_str) {
        if !done.remarks.iter().any(|r| r.code == code) {
            same("remarques", code.to_owned(), format!("{:?}", done.remarks));
        }
    }
    wrong
}

/// X-05: every published start, the constructed vectors and each rule, to the cent.
#[test]
fn cases_of_the_indemnity_x_05() {
    let law = law();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/indemnity");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for file in files {
        let table: Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
        for case in table["cas"].as_array().unwrap() {
            let case = case.as_table().unwrap();
            seen += 1;
            let name = case["nom"].as_str().unwrap();
            assert!(case["source"].as_str().is_some_and(|s| !s.is_empty()), "{name} : sans source");
            let unknown: Vec<_> = case.keys().filter(|k| !KEYS.contains(&k.as_str())).collect();
            assert!(unknown.is_empty(), "{name} : clés inconnues {unknown:?}");
            wrong.extend(check(case, &law).into_iter().map(|w| format!("{name}\n    {w}")));
        }
    }
    assert!(seen > 55, "{seen} cas seulement");
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn day(n: i64) -> Date {
    jiff::civil::date(2019, 1, 1).saturating_add(jiff::Span::new().days(n))
}

prop_compose! {
    /// A claim with one request, perhaps an end, rents that change, payments of every target.
    fn any_claim()(
        request in 0_i64..1500,
        lasting in prop::option::of(0_i64..900),
        rents in prop::collection::vec((0_i64..2000, 1_i64..200_000, 0_i64..30_000, any::<bool>()), 1..4),
        payments in prop::collection::vec((0_i64..2500, 1_i64..150_000, 0_u8..5), 0..12),
        debt in 0_i64..300_000,
        demand in prop::option::of(0_i64..2500),
        as_of in 1600_i64..2700,
        prorata in prop::sample::select(vec!["jours_reels", "trentiemes", "annee_365"]),
        end_day in any::<bool>(),
        capitalised in any::<bool>(),
    ) -> ClaimText {
        let cents = |c: i64| format!("{},{:02}", c / 100, c % 100);
        let mut c = ClaimText {
            as_of: day(as_of).to_string(),
            beneficiary: "autre".into(),
            prior_debt: cents(debt),
            demand_on: demand.map(|d| day(d).to_string()).unwrap_or_default(),
            ..ClaimText::default()
        };
        if capitalised {
            c.capitalisation_on.clone_from(&c.demand_on);
        }
        c.procedure.requests.push(DelayText { on: day(request).to_string(), ..DelayText::default() });
        if let Some(n) = lasting {
            c.procedure.endings.insert("depart".into(), vec![day(request + n).to_string()]);
        }
        let mut seen = std::collections::BTreeSet::new();
        c.rents.push(RentText { from: "2000-01-01".into(), rent: "500".into(), ..RentText::default() });
        for (from, rent, charges, proven) in rents {
            if seen.insert(from) {
                c.rents.push(RentText {
                    from: day(from).to_string(), rent: cents(rent), charges: cents(charges),
                    charges_proven: proven, supplement: String::new(),
                });
            }
        }
        c.payments = payments.into_iter().map(|(on, amount, how)| PaymentText {
            on: day(on).to_string(),
            amount: cents(amount),
            by: String::new(),
            imputation: match how {
                0 => "periode".into(),
                1 => "plus_ancienne".into(),
                2 => "dette_anterieure".into(),
                3 => format!("{:04}-{:02}", day(on).year(), day(on).month()),
                _ => String::new(),
            },
        }).collect();
        c.settings.insert("prorata".into(), prorata.into());
        c.settings.insert("jour_fin".into(), if end_day { "compte" } else { "non_compte" }.into());
        c
    }
}

fn of(text: &ClaimText, law: &Law) -> (Claim, Calculation) {
    let claim = read(text).unwrap();
    let done = compute(&claim, law).unwrap();
    (claim, done)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    /// X-05: the lines shown add up to the totals shown, and nothing is ever negative.
    #[test]
    fn lines_add_up_and_nothing_is_negative_x_05(text in any_claim()) {
        let (_, done) = of(&text, &law());
        let sum = |lines: &[huis_processings::eviction::indemnity::Line]| lines.iter().map(|l| l.amount.0).sum::<i64>();
        prop_assert_eq!(sum(&done.lines), done.totals.principal.0);
        prop_assert_eq!(sum(&done.interest), done.totals.interest.0);
        prop_assert_eq!(done.totals.total.0, done.totals.principal.0 + done.totals.interest.0);
        prop_assert!(done.totals.principal.0 >= 0 && done.totals.interest.0 >= 0);
        prop_assert!(done.excluded.iter().all(|e| e.amount.0 >= 0));
        for line in done.lines.iter().chain(&done.interest) {
            prop_assert!(!line.article.is_empty() && !line.formula.is_empty() && line.days >= 1);
        }
        // What is paid is deducted or left out with its reason, to the cent.
        let (claim, _) = of(&text, &law());
        if !done.spans.is_empty() {
            let paid: i64 = claim.payments.iter().filter(|p| p.on <= claim.as_of).map(|p| p.amount.0).sum();
            let out: i64 = done.excluded.iter().filter(|e| e.what.starts_with("Paiement")).map(|e| e.amount.0).sum();
            prop_assert_eq!(paid, out - done.totals.payments.0);
        }
    }

    /// X-05: the same inputs give the same cents, in whatever order the payments were typed.
    #[test]
    fn the_order_of_payments_changes_nothing_x_05(text in any_claim(), turn in 0_usize..12) {
        let (_, done) = of(&text, &law());
        let mut other = text.clone();
        if !other.payments.is_empty() {
            let n = other.payments.len();
            other.payments.rotate_left(turn % n);
            other.payments.reverse();
        }
        let (_, again) = of(&other, &law());
        prop_assert_eq!(&done, &again);
    }

    /// X-05: a later day never lowers the loss.
    #[test]
    fn the_loss_is_monotone_in_time_x_05(text in any_claim(), later in 1_i64..400) {
        let mut text = text;
        text.settings.insert("prescription".into(), "non_opposee".into());
        let (claim, done) = of(&text, &law());
        let mut after = text.clone();
        after.as_of = claim.as_of.saturating_add(jiff::Span::new().days(later)).to_string();
        let (_, more) = of(&after, &law());
        // One rounding a line: a part of a month may differ by half a cent from the whole.
        prop_assert!(more.totals.gross.0 >= done.totals.gross.0, "{} {}", done.totals.gross.0, more.totals.gross.0);
    }

    /// X-05: two consecutive periods cut at the end of a month add up to the whole, to the cent;
    /// cut anywhere, to the rounding of the two lines that share a month.
    #[test]
    fn consecutive_periods_add_up_x_05(text in any_claim(), cut in 0_i64..1200, at_month in any::<bool>()) {
        let mut text = text;
        text.payments.clear();
        text.settings.insert("prescription".into(), "non_opposee".into());
        text.settings.insert("jour_fin".into(), "compte".into());
        let (_, whole) = of(&text, &law());
        let Some(span) = whole.spans.first().copied() else { return Ok(()) };
        let mut cut = day(cut);
        if at_month { cut = cut.last_of_month(); }
        if cut < span.from || cut >= span.to { return Ok(()); }
        let mut first = text.clone();
        first.as_of = cut.to_string();
        let (_, first) = of(&first, &law());
        // The second part: the same days taken as a refusal on the morrow, without the truce.
        let mut second = text.clone();
        let morrow = cut.tomorrow().unwrap();
        second.procedure.requests = vec![DelayText { on: morrow.to_string(), ..DelayText::default() }];
        second.procedure.refusals = vec![morrow.to_string()];
        second.procedure.truce_set_aside = true;
        let (_, second) = of(&second, &law());
        prop_assert_eq!(second.spans.first().map(|s| s.from), Some(morrow));
        let gap = (first.totals.gross.0 + second.totals.gross.0 - whole.totals.gross.0).abs();
        prop_assert!(gap <= if at_month { 0 } else { 2 }, "{gap}");
    }
}

mod sealed {
    //! The act `calcul-indemnite` seals what it used and what it gave, and replays (I10).

    use super::super::common::{draft, known, recorded, register};
    use super::*;
    use huis_dossier::{Act, Case, Facts, Processing, Value};
    use huis_law::Place;
    use huis_processings::eviction::{
        Eviction,
        indemnity::{calc_indemnity, replay},
    };

    const DOSSIER: &str = r#"
        volets.local = { type_bailleur = "social", nom_voie = "rue", code_postal = "68100", commune = "68224" }
        volets.indemnite = { loyers = "01/01/2025 ; 600 ; 80 ; oui", paiements = "08/2025-01/2026 ; 300 ; occupant ; periode" }
        actes = [
          { acte = "assignation", le = 2024-09-10, audience_le = 2024-12-09, bailleur = "personne_morale" },
          { acte = "jugement", le = 2025-01-13, issue = "expulsion" },
          { acte = "commandement-quitter-lieux", le = 2025-02-03 },
          { acte = "cql-recu-prefet", le = 2025-02-03 },
          { acte = "demande-cfp", le = 2025-05-15 },
          { acte = "depart-constate", le = 2026-01-19 },
          { acte = "demande-indemnite", le = 2026-02-02, montant = "2 400" },
        ]
    "#;

    fn place() -> Place {
        Place { commune: "68224".into(), good_friday: false }
    }

    fn history(given: &Table, law: &Law) -> (huis_dossier::Known, Vec<Act>) {
        let register = register();
        let known = known(&register, given.get("volets"));
        let mut acts: Vec<Act> = Vec::new();
        for act in given["actes"].as_array().unwrap() {
            let draft = draft(&register, act.as_table().unwrap());
            let place = place();
            let case = Case { opened_on: draft.on, acts: &acts, known: &known, place: &place };
            let judged = Eviction.judge(&case, &draft, law, "2026-06-30".parse().unwrap()).unwrap();
            acts.push(recorded(u32::try_from(acts.len()).unwrap() + 1, draft, judged.used));
        }
        (known, acts)
    }

    fn calculated(given: &str, typed: &str) -> Result<Facts, Vec<huis_dossier::Fault>> {
        let law = law();
        let (known, acts) = history(&given.parse().unwrap(), &law);
        let place = place();
        let case = Case { opened_on: acts[0].on, acts: &acts, known: &known, place: &place };
        let typed: Table =
            format!("acte = \"calcul-indemnite\"\nle = 2026-06-30\n{typed}").parse().unwrap();
        let draft = draft(&register(), &typed);
        Eviction.judge(&case, &draft, &law, draft.on).map(|j| j.gives)
    }

    /// X-05, I10: the dossier's acts and section give vector A; the sealed facts alone replay it,
    /// by the calculator too.
    #[test]
    fn a_sealed_calculation_replays_from_its_own_facts_x_05() {
        let facts = calculated(DOSSIER, "").unwrap();
        let amount = |id: &str| facts[id].as_money().map(plain).unwrap();
        assert_eq!(
            ["brut", "deduit", "principal", "interets", "total"].map(amount),
            ["4189,67", "1800,00", "2389,67", "25,39", "2415,06"]
        );
        assert_eq!(facts["debut"], Value::Date("2025-07-15".parse().unwrap()));
        assert_eq!(facts["phase"], Value::Choice("amiable".into()));
        assert_eq!(facts["prorata"], Value::Choice("jours_reels".into()), "defaults are kept");
        let again = replay(&facts, &law()).unwrap();
        assert!(again.same);
        assert_eq!(plain(again.calculation.totals.total), "2415,06");
        let alone = calc_indemnity(facts["faits"].as_str().unwrap(), &law()).unwrap();
        assert!(alone.contains("\"total\": \"2415,06\""));
        // The facts are the act's own: what the dossier becomes changes nothing, and a result that
        // is not theirs is seen.
        let mut forged = facts.clone();
        let result = facts["resultat"].as_str().unwrap().replace("32903", "32904");
        forged.insert("resultat".into(), Value::Text(result));
        assert!(!replay(&forged, &law()).unwrap().same);
    }

    /// X-05: a setting is kept and used; what a rule writes cannot be typed.
    #[test]
    fn settings_are_typed_and_results_are_not_x_05() {
        let facts = calculated(DOSSIER, "prorata = \"trentiemes\"").unwrap();
        assert_eq!(facts["brut"].as_money().map(plain).unwrap(), "4193,34");
        let faults = calculated(DOSSIER, "total = \"99999\"").unwrap_err();
        assert_eq!(
            (faults[0].code.as_str(), faults[0].field.as_deref()),
            ("champ-inconnu", Some("total"))
        );
    }

    /// X-05: after the court was seized the phase is contentious, and interest goes on.
    #[test]
    fn the_contentious_phase_goes_on_from_the_same_demand_x_05() {
        let court = DOSSIER.replace(
            "        ]\n",
            "  { acte = \"decision-indemnite\", le = 2026-03-10, sens = \"rejet\" },\n{ acte = \"recours-contentieux\", le = 2026-04-10 },\n        ]\n",
        );
        let facts = calculated(&court, "").unwrap();
        assert_eq!(facts["phase"], Value::Choice("contentieux".into()));
        assert_eq!(facts["interets"].as_money().map(plain).unwrap(), "25,39");
    }

    /// X-05: what is missing or does not read is told with its line, all at once.
    #[test]
    fn what_does_not_read_is_told_with_its_line_x_05() {
        let wrong = DOSSIER
            .replace("01/01/2025 ; 600 ; 80 ; oui", "janvier ; 600")
            .replace("08/2025-01/2026 ; 300", "08/2025 ; trois cents")
            .replace("\"social\"", "\"prive\"");
        let faults = calculated(&wrong, "").unwrap_err();
        let fields: Vec<_> = faults.iter().filter_map(|f| f.field.as_deref()).collect();
        assert_eq!(fields, ["loyers", "paiements", "beneficiaire"]);
        assert!(faults.iter().all(|f| !f.message.contains("trois cents")), "I13");
    }
}
