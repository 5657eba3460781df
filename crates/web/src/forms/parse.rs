//! Typed text → facts. Every fault is given at once, each with the mend.

use huis_dossier::{Facts, Fault};
use huis_kernel::Date;
use huis_register::Field;
use huis_usecases::entry;
use std::fmt;

use super::{FormContext, FormData, Typed};

/// What is wrong with one field, in French, without what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field; none when it is the form as a whole.
    pub field: Option<String>,
    /// What is wrong and how to mend it.
    pub message: String,
    /// Article or clause, when a rule refuses.
    pub article: Option<String>,
}

/// A refused form.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} faults in the form", faults.len())]
pub struct FormFaults {
    /// Every fault.
    pub faults: Vec<FieldFault>,
    /// What was typed, by field id.
    pub typed: Typed,
}

impl fmt::Debug for FormFaults {
    /// What was typed never reaches a log (I13).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormFaults").field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl From<&Fault> for FieldFault {
    fn from(fault: &Fault) -> Self {
        Self {
            field: fault.field.clone(),
            message: fault.message.clone(),
            article: Some(fault.article.clone()).filter(|a| !a.is_empty()),
        }
    }
}

/// Reads the fields of a form.
///
/// # Errors
/// All the faults at once; a name that is no field of this form is one (X-07: closed lists).
pub fn parse(
    fields: &[Field],
    form: &FormData,
    context: &FormContext,
) -> Result<Facts, FormFaults> {
    let occurs = |section: &str, n: u32| context.occurrence(section, n).is_some();
    let known = entry::Known { communes: &context.communes, occurs: &occurs };
    let mut facts = Facts::new();
    let mut typed = Typed::new();
    let mut faults = Vec::new();
    for field in fields {
        let text = form.get(&format!("{}{}", context.prefix, field.id)).unwrap_or_default();
        typed.insert(field.id.clone(), text.to_owned());
        let outcome = match text.trim() {
            "" => Ok(None),
            trimmed => entry::read(&field.kind, trimmed, &known).map(Some),
        };
        match outcome {
            Ok(Some(value)) => drop(facts.insert(field.id.clone(), value)),
            Ok(None) => {}
            Err(message) => {
                faults.push(FieldFault { field: Some(field.id.clone()), message, article: None });
            }
        }
    }
    let place = |id: &str| fields.iter().position(|f| f.id == id);
    for (field, message) in entry::missing(fields, &facts) {
        if !faults.iter().any(|f: &FieldFault| f.field.as_ref() == Some(&field.id)) {
            faults.push(FieldFault { field: Some(field.id.clone()), message, article: None });
        }
    }
    faults.sort_by_key(|f| f.field.as_deref().and_then(place));
    // Names that begin with `_` are the form's own (token, version, step).
    let known = |name: &str| {
        name.starts_with('_')
            || name
                .strip_prefix(context.prefix.as_str())
                .is_none_or(|id| fields.iter().any(|f| f.id == id))
    };
    if form.names().any(|name| !known(name)) {
        faults.push(FieldFault {
            field: None,
            message: "Cette page n’est plus à jour : un des champs envoyés n’existe pas dans le \
                      registre. Rechargez-la et recommencez."
                .to_owned(),
            article: None,
        });
    }
    if form.get(crate::kept::AGAIN).is_some() {
        // A kept form is shown before it is recorded: its writer reads it again first.
        faults.push(FieldFault {
            field: None,
            message: "Saisie reprise\u{a0}: relisez-la, puis enregistrez.".to_owned(),
            article: None,
        });
    }
    if faults.is_empty() { Ok(facts) } else { Err(FormFaults { faults, typed }) }
}

/// A date as it is typed.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    entry::date(text).ok()
}
