//! The indemnity alone, JSON in and JSON out (`huis calc indemnity`): the function of the screen,
//! with no store. Documented in `docs/calc-indemnity.md`.

use huis_law::{Law, LawError};
use serde_json::{Value as Json, json};

use super::{Calculation, ClaimText, Line, Settings, compute, plain, read};
use crate::eviction::calc::{CalcError, CalcFault, unreadable};

/// Why a calculation is refused. It holds no value of the input (I13).
#[derive(Debug, thiserror::Error)]
pub enum IndemnityError {
    /// The text or its values.
    #[error(transparent)]
    Input(#[from] CalcError),
    /// A delay of the law is missing for a date.
    #[error(transparent)]
    Law(#[from] LawError),
}

impl IndemnityError {
    /// The faults of the values, each with the path of its key.
    pub fn faults(&self) -> &[CalcFault] {
        if let Self::Input(CalcError::Input(faults)) = self { faults } else { &[] }
    }
}

/// What is owed: JSON in, JSON out (`docs/schemas/calc-indemnity.*.json`); all the faults at once.
pub fn calc_indemnity(text: &str, law: &Law) -> Result<String, IndemnityError> {
    let claim: ClaimText = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
    let claim = read(&claim).map_err(CalcError::Input)?;
    let done = compute(&claim, law)?;
    Ok(serde_json::to_string_pretty(&answer(&done)).map_err(|_| CalcError::Output)?)
}

/// The answer as JSON: amounts as `1234,56`, so that the cents are those of the calculation.
pub(crate) fn answer(done: &Calculation) -> Json {
    let settings: serde_json::Map<String, Json> = Settings::IDS
        .iter()
        .filter_map(|id| done.settings.code(id).map(|code| ((*id).to_owned(), json!(code))))
        .collect();
    json!({
        "as_of": done.as_of,
        "periods": done.spans.iter().map(|s| json!({
            "from": s.from, "to": s.to, "days": s.days(),
        })).collect::<Vec<_>>(),
        "open": done.open,
        "steps": done.steps,
        "lines": done.lines.iter().map(line).collect::<Vec<_>>(),
        "interest": done.interest.iter().map(line).collect::<Vec<_>>(),
        "excluded": done.excluded.iter().map(|e| json!({
            "what": e.what, "amount": plain(e.amount), "reason": e.reason, "article": e.article,
        })).collect::<Vec<_>>(),
        "missing_rates": done.missing_rates.iter().map(|m| json!({
            "parameter": m.parameter, "from": m.from, "to": m.to, "base": plain(m.base),
        })).collect::<Vec<_>>(),
        "rates": done.rates.iter().map(|r| json!({
            "parameter": r.parameter, "from": r.from, "rate": r.rate.to_string(),
        })).collect::<Vec<_>>(),
        "limitation": done.limitation.iter().map(|l| json!({
            "year": l.year, "until": l.until, "lost": l.lost,
        })).collect::<Vec<_>>(),
        "remarks": done.remarks,
        "totals": {
            "gross": plain(done.totals.gross),
            "payments": plain(done.totals.payments),
            "prescribed": plain(done.totals.prescribed),
            "principal": plain(done.totals.principal),
            "interest": plain(done.totals.interest),
            "total": plain(done.totals.total),
        },
        "settings": settings,
        "verified": done.verified,
    })
}

fn line(line: &Line) -> Json {
    json!({
        "head": line.head.code(),
        "label": line.head.label(),
        "from": line.from,
        "to": line.to,
        "days": line.days,
        "base": plain(line.base),
        "formula": line.formula,
        "article": line.article,
        "setting": line.setting,
        "amount": plain(line.amount),
    })
}
