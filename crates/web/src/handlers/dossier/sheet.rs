//! A form made of several groups of fields of the register (an act and the section it brings, the
//! first sections of a dossier): each group has its prefix, all faults are given together.

use huis_dossier::Facts;
use huis_register::Field;

use crate::forms::{
    FieldFault, FormContext, FormData, FormFaults, FormView, SummaryLine, Typed, parse,
};

/// One group.
pub(super) struct Group {
    /// Put before the names of its inputs; empty for the first group of an act.
    pub prefix: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// What was typed, or what the form starts with.
    pub typed: Typed,
    /// Its faults.
    pub faults: Vec<FieldFault>,
}

impl Group {
    /// A group that holds nothing yet.
    pub(super) fn new(prefix: &str, fields: Vec<Field>) -> Self {
        Self { prefix: prefix.to_owned(), fields, typed: Typed::new(), faults: Vec::new() }
    }

    /// Starts with facts.
    pub(super) fn fill(&mut self, facts: &Facts, context: &FormContext) {
        for field in &self.fields {
            if let Some(value) = facts.get(&field.id) {
                let text = crate::forms::typed_text(value, context, &field.kind);
                self.typed.insert(field.id.clone(), text);
            }
        }
    }

    fn context(&self, context: &FormContext) -> FormContext {
        FormContext { prefix: self.prefix.clone(), ..context.clone() }
    }

    /// Keeps what was typed, without judging it.
    pub(super) fn keep(&mut self, form: &FormData) {
        for field in &self.fields {
            if let Some(text) = form.get(&format!("{}{}", self.prefix, field.id)) {
                self.typed.insert(field.id.clone(), text.to_owned());
            }
        }
    }

    /// Reads the group; its faults stay with it, with what was typed.
    pub(super) fn read(&mut self, form: &FormData, context: &FormContext) -> Option<Facts> {
        self.keep(form);
        // A name of another group, which has its own reading, is no fault of this one.
        let mine =
            |name: &&str| self.prefix.is_empty() != name.contains('.') || name.starts_with('_');
        let pairs: Vec<(&str, &str)> =
            form.names().filter(mine).map(|n| (n, form.get(n).unwrap_or_default())).collect();
        match parse(&self.fields, &FormData::from_pairs(pairs), &self.context(context)) {
            Ok(facts) => Some(facts),
            Err(FormFaults { faults, .. }) => {
                self.faults.extend(faults);
                None
            }
        }
    }

    /// The inputs of the group, with its part of the summary.
    pub(super) fn view(&self, context: &FormContext) -> FormView {
        FormView::from_typed(&self.fields, &self.typed, &self.faults, &self.context(context))
    }
}

/// The groups as one form, with faults of the whole on top.
pub(super) fn together(groups: &[Group], whole: &[String], context: &FormContext) -> FormView {
    let line = |text: &String| SummaryLine { target: String::new(), text: text.clone() };
    let mut out = FormView { summary: whole.iter().map(line).collect(), ..FormView::default() };
    for group in groups {
        let view = group.view(context);
        out.fields.extend(view.fields);
        for line in view.summary {
            // What is said of the whole is said once.
            if !line.target.is_empty() || !out.summary.contains(&line) {
                out.summary.push(line);
            }
        }
        if out.communes.is_empty() {
            out.communes = view.communes;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::plain;
    use huis_register::FieldKind;

    /// a name that no group has is refused, one of another group is not.
    #[test]
    fn each_group_reads_its_own_names() {
        let date = || Group::new("", vec![plain("on", "Date", FieldKind::Date, true)]);
        let risk = || {
            Group::new("rapport.", vec![plain("avis", "Avis", FieldKind::Text { max: 9 }, true)])
        };
        let context = FormContext::default();
        let read = |pairs: &[(&str, &str)]| {
            let form = FormData::from_pairs(pairs.iter().copied());
            let (mut a, mut b) = (date(), risk());
            let both = (a.read(&form, &context).is_some(), b.read(&form, &context).is_some());
            (both, together(&[a, b], &[], &context))
        };
        let good = [("_csrf", "x"), ("on", "01/02/2026"), ("rapport.avis", "calme")];
        assert_eq!(read(&good).0, (true, true));
        let foreign = [("on", "01/02/2026"), ("rapport.avis", "calme"), ("sante", "x")];
        assert_eq!(read(&foreign).0, (false, true));
        let foreign = [("on", "01/02/2026"), ("rapport.avis", "calme"), ("rapport.sante", "x")];
        assert_eq!(read(&foreign).0, (true, false));
        let (both, form) = read(&[("on", "hier"), ("rapport.avis", "")]);
        assert_eq!(both, (false, false));
        let targets: Vec<_> = form.summary.iter().map(|l| l.target.as_str()).collect();
        assert_eq!(targets, ["f-on", "f-rapport-avis"]);
        assert_eq!(form.fields[0].value, "hier");
    }
}
