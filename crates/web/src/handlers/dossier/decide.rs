//! A decision that is not taken by a slip has its page: what will happen, a reason, one button.

use axum::response::{IntoResponse, Response};
use huis_dossier::Facts;
use huis_kernel::CaseNumber;
use huis_register::{Choice, Field, FieldKind};
use huis_usecases::UseError;

use super::{
    sheet::{Group, together},
    shell,
};
use crate::{
    app::{Me, fail},
    errors::{PageError, page},
    forms::{FormContext, FormData, plain},
    pages::{Pair, decide::Decide},
    routes,
};

/// Why an act is voided.
pub(super) const VOID_REASONS: [(&str, &str); 3] = [
    ("autre-dossier", "Inscrit au mauvais dossier"),
    ("doublon", "Inscrit deux fois"),
    ("erreur-de-saisie", "Erreur de saisie"),
];

/// Why a section is hidden.
pub(super) const HIDE_REASONS: [(&str, &str); 3] = [
    ("violences", "Violences"),
    ("separation", "Séparation"),
    ("securite", "Sécurité de la personne"),
];

/// What a reason is called.
pub(super) fn french_reason(reasons: &[(&str, &str)], code: &str) -> String {
    reasons.iter().find(|(c, _)| *c == code).map_or(code, |(_, label)| label).to_owned()
}

pub(super) fn reason(label: &str, reasons: &[(&str, &str)]) -> Field {
    let choices = reasons
        .iter()
        .map(|(code, label)| Choice { code: (*code).to_owned(), label: (*label).to_owned() })
        .collect();
    plain("motif", label, FieldKind::Choice(choices), true)
}

/// One decision, as its page shows it.
pub(super) struct Decision<'a> {
    pub me: &'a Me,
    pub number: CaseNumber,
    pub title: String,
    pub warning: &'a str,
    pub facts: Vec<Pair>,
    pub group: Group,
    pub action: String,
    pub submit: &'a str,
    pub hidden: Vec<(&'a str, String)>,
}

impl Decision<'_> {
    /// The page, with faults of the whole.
    pub(super) fn show(&self, whole: &[String]) -> Response {
        let context = FormContext::default();
        let mut form = together(std::slice::from_ref(&self.group), whole, &context)
            .posts(self.action.clone(), self.submit)
            .cancels(routes::dossier(self.number));
        for (name, value) in &self.hidden {
            form = form.hides(name, value.clone());
        }
        page(&Decide {
            shell: shell(self.me, self.number, Some(&self.title)),
            title: self.title.clone(),
            number: self.number.to_string(),
            warning: self.warning.to_owned(),
            facts: self.facts.clone(),
            form,
        })
    }

    /// What was typed; `None` when it has faults, which the page then shows.
    pub(super) fn read(&mut self, form: &FormData) -> Option<Facts> {
        self.group.read(form, &FormContext::default())
    }

    /// The page again when it can be mended, an error page otherwise.
    pub(super) fn refused(&self, error: UseError) -> Response {
        match error {
            UseError::Invalid(faults) => self.show(&faults),
            UseError::Faults(faults) => {
                let texts: Vec<String> = faults.into_iter().map(|f| f.message).collect();
                self.show(&texts)
            }
            error => fail(error).into_response(),
        }
    }
}

/// The reason that was chosen.
pub(super) fn code(facts: &Facts) -> &str {
    facts.get("motif").and_then(|v| v.as_str()).unwrap_or_default()
}

pub(super) fn lost(error: PageError) -> Response {
    error.into_response()
}
