//! The legal deadlines alone, JSON in and JSON out (`huis calc deadlines`): the same rules and the
//! same answers as the screens, with no store. Documented in `docs/calc-deadlines.md`.

use huis_dossier::{Act, Author, Case, Draft, Facts, Fault, Flag, Known, Processing, Term, Value};
use huis_kernel::{Date, Instant, Money};
use huis_law::{Law, Place, Step};
use huis_register::{Field, FieldKind, Register};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::Eviction;

/// The register gives each act its fields and their types: the input is as strict as a form.
const REGISTER: &str = include_str!("../../../../registers/expulsion.toml");

/// Why a computation is refused. It holds no value of the input (I13).
#[derive(Debug, thiserror::Error)]
pub enum CalcError {
    /// Not JSON, a key that is missing or unknown, or a value of the wrong type.
    #[error("entrée illisible, ligne {line}, colonne {column} : {reason}")]
    Json {
        /// Line of the fault.
        line: usize,
        /// Column of the fault.
        column: usize,
        /// What kind of fault.
        reason: &'static str,
    },
    /// The shipped register does not load.
    #[error("le registre livré ne se charge pas ({0} défauts)")]
    Register(usize),
    /// Values that the register or the rules do not know, all of them.
    #[error("l'entrée a {} défaut(s) : {}", .0.len(), summary(.0))]
    Input(Vec<CalcFault>),
    /// The answer could not be written.
    #[error("la réponse n'a pas pu être écrite")]
    Output,
}

/// A value that is refused: where, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CalcFault {
    /// Number of the act, from 1; 0 for the rest.
    pub act: usize,
    /// The field, when it is one.
    pub field: Option<String>,
    /// Stable code.
    pub code: String,
    /// What is wrong, in French.
    pub message: String,
    /// Article or clause.
    pub article: String,
}

fn summary(faults: &[CalcFault]) -> String {
    let one = |f: &CalcFault| {
        let at = f.field.as_deref().map(|field| format!(", {field}")).unwrap_or_default();
        let of = if f.act == 0 { String::new() } else { format!("acte {}", f.act) };
        format!("{of}{at} : {}", f.message).trim_start_matches(", ").to_owned()
    };
    faults.iter().map(one).collect::<Vec<_>>().join(" ; ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    today: Date,
    place: InputPlace,
    opened_on: Option<Date>,
    lease: Option<InputLease>,
    landlord: Option<Landlord>,
    #[serde(default)]
    guarantors: u32,
    #[serde(default)]
    acts: Vec<InputAct>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InputPlace {
    commune: String,
    #[serde(default)]
    good_friday: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InputLease {
    signed_on: Option<Date>,
    renewed_on: Option<Date>,
    monthly_rent: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Landlord {
    PersonnePhysique,
    SciFamiliale,
    PersonneMorale,
}

impl Landlord {
    const fn code(self) -> &'static str {
        match self {
            Self::PersonnePhysique => "personne_physique",
            Self::SciFamiliale => "sci_familiale",
            Self::PersonneMorale => "personne_morale",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InputAct {
    kind: String,
    on: Date,
    #[serde(default)]
    facts: BTreeMap<String, serde_json::Value>,
}

#[derive(Serialize)]
struct Output {
    stage: String,
    step: String,
    step_label: String,
    closed_on: Option<Date>,
    deadlines: Vec<Deadline>,
    flags: Vec<Flag>,
}

#[derive(Serialize)]
struct Deadline {
    rule: String,
    label: String,
    due: Date,
    safe: Option<Date>,
    action: bool,
    state: huis_dossier::TermState,
    act: Option<u32>,
    article: String,
    in_force_since: Option<Date>,
    verified: bool,
    steps: Vec<Step>,
}

impl From<Term> for Deadline {
    fn from(term: Term) -> Self {
        Self {
            rule: term.rule,
            label: term.label,
            due: term.due,
            safe: term.explained.safe,
            action: term.action,
            state: term.state,
            act: term.act,
            article: term.explained.article,
            in_force_since: term.explained.in_force_since,
            verified: term.explained.verified,
            steps: term.explained.steps,
        }
    }
}

/// The deadlines of a procedure: JSON in, JSON out (`docs/schemas/calc-deadlines.*.json`). Each
/// act is judged as it would be on the screen; all the faults are given at once.
pub fn calc_deadlines(json: &str, law: &Law) -> Result<String, CalcError> {
    let input: Input = serde_json::from_str(json).map_err(|e| unreadable(&e))?;
    let register = Register::parse("expulsion.toml", REGISTER)
        .map_err(|faults| CalcError::Register(faults.len()))?;
    let mut faults = Vec::new();
    let known = known(&input, &mut faults);
    let place =
        Place { commune: input.place.commune.clone(), good_friday: input.place.good_friday };
    let opened_on = input.opened_on.or_else(|| input.acts.first().map(|a| a.on));
    let opened_on = opened_on.unwrap_or(input.today);
    let mut acts: Vec<Act> = Vec::new();
    for (i, given) in input.acts.iter().enumerate() {
        let case = Case { opened_on, acts: &acts, known: &known, place: &place };
        match act(&case, given, &input, &register, law) {
            Ok(act) => acts.push(act),
            Err(found) => faults.extend(found.into_iter().map(|f| CalcFault {
                act: i.saturating_add(1),
                field: f.field,
                code: f.code,
                message: f.message,
                article: f.article,
            })),
        }
    }
    if !faults.is_empty() {
        return Err(CalcError::Input(faults));
    }
    let case = Case { opened_on, acts: &acts, known: &known, place: &place };
    let standing = Eviction.standing(&case, law, input.today);
    let output = Output {
        stage: standing.stage,
        step: standing.step,
        step_label: standing.step_label,
        closed_on: standing.closed_on,
        deadlines: standing.terms.into_iter().map(Deadline::from).collect(),
        flags: standing.flags,
    };
    serde_json::to_string_pretty(&output).map_err(|_| CalcError::Output)
}

/// serde's own message may quote a value of the input: only its kind is told.
pub(crate) fn unreadable(error: &serde_json::Error) -> CalcError {
    let reason = match error.classify() {
        serde_json::error::Category::Eof => "le texte s'arrête avant sa fin",
        serde_json::error::Category::Data => {
            "une clé manque, n'existe pas, ou a une valeur d'un autre type"
        }
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
            "ce n'est pas du JSON"
        }
    };
    CalcError::Json { line: error.line(), column: error.column(), reason }
}

/// What the sections would hold.
fn known(input: &Input, faults: &mut Vec<CalcFault>) -> Known {
    let mut local = Facts::new();
    if let Some(lease) = &input.lease {
        if let Some(day) = lease.signed_on {
            local.insert("date_bail".to_owned(), Value::Date(day));
        }
        match lease.monthly_rent.as_deref().map(Money::parse) {
            Some(Ok(rent)) => {
                local.insert("loyer".to_owned(), Value::Money(rent));
            }
            Some(Err(error)) => faults.push(CalcFault {
                act: 0,
                field: Some("lease.monthly_rent".to_owned()),
                code: "valeur-inconnue".to_owned(),
                message: error.to_string(),
                article: "X-07".to_owned(),
            }),
            None => {}
        }
    }
    let mut sections = BTreeMap::from([("local".to_owned(), vec![(1, local)])]);
    if input.guarantors > 0 {
        sections.insert("caution".to_owned(), vec![(1, Facts::new())]);
    }
    Known(sections)
}

/// One act, judged and made.
fn act(
    case: &Case<'_>,
    given: &InputAct,
    input: &Input,
    register: &Register,
    law: &Law,
) -> Result<Act, Vec<Fault>> {
    let mut facts = typed(given, register)?;
    let takes = |field: &str| {
        register.act(&given.kind).is_some_and(|k| k.fields.iter().any(|f| f.id == field))
    };
    // The lease and the landlord are said once, and used by the acts whose guards need them.
    if let Some(landlord) = input.landlord.filter(|_| takes("bailleur")) {
        facts.entry("bailleur".to_owned()).or_insert(Value::Choice(landlord.code().to_owned()));
    }
    let renewed = input.lease.as_ref().and_then(|l| l.renewed_on);
    if let Some(day) = renewed.filter(|_| takes("bail_reconduit_le")) {
        facts.entry("bail_reconduit_le".to_owned()).or_insert(Value::Date(day));
    }
    let draft = Draft { kind: given.kind.clone(), on: given.on, facts, corrects: None };
    let judged = Eviction.judge(case, &draft, law, input.today)?;
    let no = u32::try_from(case.acts.len()).unwrap_or(u32::MAX).saturating_add(1);
    let mut facts = judged.used;
    facts.extend(draft.facts);
    Ok(Act {
        no,
        kind: draft.kind,
        on: draft.on,
        recorded: Instant(0),
        by: Author::Rule,
        facts,
        corrects: None,
        voided: false,
    })
}

/// The facts of an act, by the types of the register.
fn typed(given: &InputAct, register: &Register) -> Result<Facts, Vec<Fault>> {
    let fault = |field: Option<&str>, code: &str, message: &str, article: &str| Fault {
        field: field.map(str::to_owned),
        code: code.to_owned(),
        message: message.to_owned(),
        article: article.to_owned(),
    };
    let Some(kind) = register.act(&given.kind) else {
        let message = "Cet acte n'est pas de ceux du registre.";
        return Err(vec![fault(None, "acte-inconnu", message, "X-06")]);
    };
    let mut facts = Facts::new();
    let mut faults = Vec::new();
    for (id, value) in &given.facts {
        let Some(field) = kind.fields.iter().find(|f| f.id == *id) else {
            let message = "Un champ donné n'est pas de ceux de l'acte.";
            faults.push(fault(None, "champ-inconnu", message, "X-07"));
            continue;
        };
        match value_of(field, value) {
            Some(value) => {
                facts.insert(id.clone(), value);
            }
            None => {
                let message = "Cette valeur n'est pas du type du champ, ou n'est pas de sa liste.";
                faults.push(fault(Some(id), "valeur-inconnue", message, "X-28"));
            }
        }
    }
    if faults.is_empty() { Ok(facts) } else { Err(faults) }
}

fn value_of(field: &Field, value: &serde_json::Value) -> Option<Value> {
    match &field.kind {
        FieldKind::Date => value.as_str()?.parse().ok().map(Value::Date),
        FieldKind::Money => Money::parse(value.as_str()?).ok().map(Value::Money),
        FieldKind::Integer => value.as_i64().filter(|n| *n >= 0).map(Value::Int),
        FieldKind::Bool => value.as_bool().map(Value::Bool),
        FieldKind::Choice(choices) => {
            let code = value.as_str()?;
            let known = choices.iter().any(|c| c.code == code);
            known.then(|| Value::Choice(code.to_owned()))
        }
        FieldKind::Reference { .. } => {
            value.as_u64().and_then(|n| u32::try_from(n).ok()).map(Value::Reference)
        }
        _ => value.as_str().map(|text| Value::Text(text.to_owned())),
    }
}
