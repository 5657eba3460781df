//! What the act `calcul-indemnite` seals (I10): the claim as text, which `huis calc indemnity`
//! reads, and the result, line by line. The one replays into the other.

use huis_dossier::{Facts, Fault, Value};
use huis_kernel::{Date, Money};
use huis_law::Law;

use super::{Calculation, ClaimText, Line, Settings, SettingsText, compute, dossier::claim, read};
use crate::eviction::{
    course::Course,
    order::{fault, fault_at},
};

/// The fields that the rule writes, and nobody types.
pub(crate) const COMPUTED: &[&str] = &[
    "phase",
    "debut",
    "fin_periode",
    "brut",
    "deduit",
    "principal",
    "interets",
    "total",
    "faits",
    "resultat",
];

/// A calculation, with what it was made from.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The claim.
    pub claim: ClaimText,
    /// What it gives today.
    pub calculation: Calculation,
    /// It gives what was sealed; otherwise a parameter of the law has changed since.
    pub same: bool,
}

/// What the act would seal: judged on everything that the dossier holds.
pub(crate) fn judged(
    course: &Course<'_>,
    typed: &Facts,
    on: Date,
    law: &Law,
) -> Result<Facts, Vec<Fault>> {
    let as_of = typed.get("arrete_au").and_then(Value::as_date).unwrap_or(on);
    if as_of > on {
        return Err(vec![fault_at(
            "arrete_au",
            "arrete-a-venir",
            "Le calcul s'arrête au plus tard le jour de l'acte.",
            "X-05",
        )]);
    }
    let chosen: SettingsText = Settings::IDS
        .iter()
        .filter_map(|id| Some(((*id).to_owned(), typed.get(*id)?.as_str()?.to_owned())))
        .collect();
    let text = claim(course, law, as_of, chosen)?;
    let claim = read(&text).map_err(|faults| {
        faults
            .into_iter()
            .map(|f| {
                fault(
                    &f.code,
                    &format!("{} : {}.", f.field.unwrap_or_default(), f.message),
                    &f.article,
                )
            })
            .collect::<Vec<_>>()
    })?;
    let done = compute(&claim, law).map_err(|e| {
        vec![fault("parametre-absent", &format!("Calcul impossible : {e}."), "X-05")]
    })?;
    let sealed = serde_json::to_string(&text)
        .map_err(|_| vec![fault("calcul-illisible", "Le calcul ne s'écrit pas.", "X-05")])?;
    let mut facts = Facts::new();
    let mut put = |field: &str, value: Value| facts.insert(field.to_owned(), value);
    let phase = if claim.court_on.is_some() { "contentieux" } else { "amiable" };
    put("phase", Value::Choice(phase.to_owned()));
    if let (Some(first), Some(last)) = (done.spans.first(), done.spans.last()) {
        put("debut", Value::Date(first.from));
        put("fin_periode", Value::Date(last.to));
    }
    let totals = done.totals;
    for (field, amount) in [
        ("brut", totals.gross),
        ("deduit", Money(totals.payments.0.saturating_add(totals.prescribed.0).saturating_neg())),
        ("principal", totals.principal),
        ("interets", totals.interest),
        ("total", totals.total),
    ] {
        put(field, Value::Money(amount));
    }
    put("arrete_au", Value::Date(as_of));
    for id in Settings::IDS {
        if let Some(code) = done.settings.code(id) {
            put(id, Value::Choice(code.to_owned()));
        }
    }
    put("faits", Value::Text(sealed));
    put("resultat", Value::Text(written(&done)));
    Ok(facts)
}

/// The result, one line a line: head, days, base and amount in cents.
fn written(done: &Calculation) -> String {
    let line =
        |l: &Line| format!("{};{};{};{};{}", l.head.code(), l.from, l.to, l.base.0, l.amount.0);
    let mut out: Vec<String> = done.lines.iter().chain(&done.interest).map(line).collect();
    out.extend(
        done.missing_rates
            .iter()
            .map(|m| format!("taux-manquant;{};{};{};0", m.from, m.to, m.base.0)),
    );
    out.join("\n")
}

/// Replays the calculation that an act sealed, from its own facts alone.
pub fn replay(facts: &Facts, law: &Law) -> Option<Replay> {
    let text = facts.get("faits")?.as_str()?;
    let claim: ClaimText = serde_json::from_str(text).ok()?;
    let calculation = compute(&read(&claim).ok()?, law).ok()?;
    let same = facts.get("resultat").and_then(Value::as_str) == Some(&written(&calculation));
    Some(Replay { claim, calculation, same })
}
