//! Fields → inputs, each with its label, its help, its reason and its fault.

use huis_dossier::Facts;
use huis_register::{Field, FieldKind};
use std::sync::Arc;

use super::{Commune, FieldFault, FormContext, FormFaults, Typed, typed_text};

/// How a field is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Widget {
    /// One line. The HTML `type`, `inputmode` and `autocomplete` are in the view.
    Line,
    /// Several lines.
    Area,
    /// A short closed list, all of it visible.
    Radios,
    /// A long closed list.
    Select,
}

/// One entry of a closed list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionView {
    /// What is sent.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// Is it the present value?
    pub selected: bool,
}

/// An input.
#[derive(Clone, Debug)]
pub struct FieldView {
    /// HTML id; error summaries link to it.
    pub id: String,
    /// HTML name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Must be filled.
    pub required: bool,
    /// Needed with one answer to another field.
    pub sometimes: bool,
    /// Line of help.
    pub help: Option<String>,
    /// Why it is collected; empty for a field that is not of the register.
    pub why: String,
    /// Clause or article.
    pub source: String,
    /// What is wrong.
    pub fault: Option<String>,
    /// How it is typed.
    pub widget: Widget,
    /// Present text.
    pub value: String,
    /// Closed list.
    pub options: Vec<OptionView>,
    /// `text`, `tel`, `email`.
    pub input_type: &'static str,
    /// `inputmode`: the keyboard of a tablet.
    pub input_mode: &'static str,
    /// What the script may help with: `date`, `money`; empty otherwise.
    pub help_kind: &'static str,
    /// The datalist that proposes values; empty when none.
    pub list: &'static str,
    /// Longest text; 0 when unsaid.
    pub max: usize,
}

impl FieldView {
    /// The ids that describe the input, for `aria-describedby`; empty when none do.
    pub fn described_by(&self) -> String {
        let mut ids = Vec::new();
        if self.fault.is_some() {
            ids.push(format!("{}-faute", self.id));
        }
        if self.help.is_some() {
            ids.push(format!("{}-aide", self.id));
        }
        ids.join(" ")
    }
    /// The id a summary links to: the first button of a radio group, the input otherwise.
    pub fn target(&self) -> String {
        if self.widget == Widget::Radios { format!("{}-1", self.id) } else { self.id.clone() }
    }
}

/// A line of the error summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryLine {
    /// Id of the input at fault; empty when it is the form as a whole.
    pub target: String,
    /// Label and fault.
    pub text: String,
}

/// A whole form.
#[derive(Clone, Debug, Default)]
pub struct FormView {
    /// Where it is posted.
    pub action: String,
    /// The inputs.
    pub fields: Vec<FieldView>,
    /// All the faults, linked to their input.
    pub summary: Vec<SummaryLine>,
    /// Hidden values (`_version`, `_step`).
    pub hidden: Vec<(String, String)>,
    /// Communes for the datalist, when a field asks for one.
    pub communes: Arc<[Commune]>,
    /// Text of the button.
    pub submit: String,
    /// A second button: the step that it asks for, and its text.
    pub also: Option<(&'static str, &'static str)>,
    /// Where « Annuler » goes; none for a form that has nowhere to go back to.
    pub cancel: Option<String>,
}

impl FormView {
    /// A form that starts from facts.
    pub fn from_facts(fields: &[Field], facts: &Facts, context: &FormContext) -> Self {
        let typed = fields
            .iter()
            .filter_map(|f| {
                facts.get(&f.id).map(|v| (f.id.clone(), typed_text(v, context, &f.kind)))
            })
            .collect();
        Self::from_typed(fields, &typed, &[], context)
    }
    /// A form that was refused: what was typed, with its faults.
    pub fn refused(fields: &[Field], refusal: &FormFaults, context: &FormContext) -> Self {
        Self::from_typed(fields, &refusal.typed, &refusal.faults, context)
    }
    /// A form from typed text and faults.
    pub fn from_typed(
        fields: &[Field],
        typed: &Typed,
        faults: &[FieldFault],
        context: &FormContext,
    ) -> Self {
        let views = render_fields(fields, typed, faults, context);
        let summary = faults.iter().map(|fault| summary_line(fault, fields, &views)).collect();
        let asks = fields.iter().any(|f| f.kind == FieldKind::Commune);
        let communes = if asks { Arc::clone(&context.communes) } else { Arc::default() };
        Self {
            fields: views,
            summary,
            communes,
            submit: "Enregistrer".to_owned(),
            ..Self::default()
        }
    }
    /// With its address and the text of its button.
    #[must_use]
    pub fn posts(mut self, action: impl Into<String>, submit: &str) -> Self {
        self.action = action.into();
        submit.clone_into(&mut self.submit);
        self
    }
    /// With a way back.
    #[must_use]
    pub fn cancels(mut self, href: impl Into<String>) -> Self {
        self.cancel = Some(href.into());
        self
    }
    /// With a second button that asks for a step (`_etape`) of its own.
    #[must_use]
    pub const fn also(mut self, step: &'static str, text: &'static str) -> Self {
        self.also = Some((step, text));
        self
    }
    /// With a hidden value.
    #[must_use]
    pub fn hides(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }
}

fn summary_line(fault: &FieldFault, fields: &[Field], views: &[FieldView]) -> SummaryLine {
    let position = fault.field.as_ref().and_then(|id| fields.iter().position(|f| &f.id == id));
    let view = position.and_then(|i| views.get(i));
    let text = match view {
        Some(v) => format!("{}\u{a0}: {}", v.label, with_article(fault)),
        None => with_article(fault),
    };
    SummaryLine { target: view.map(FieldView::target).unwrap_or_default(), text }
}

fn with_article(fault: &FieldFault) -> String {
    match &fault.article {
        Some(article) => format!("{} ({})", fault.message, crate::cite::cited(article)),
        None => fault.message.clone(),
    }
}

/// The inputs of these fields.
pub fn render_fields(
    fields: &[Field],
    typed: &Typed,
    faults: &[FieldFault],
    context: &FormContext,
) -> Vec<FieldView> {
    fields
        .iter()
        .map(|field| {
            let value = typed.get(&field.id).cloned().unwrap_or_default();
            let messages: Vec<String> = faults
                .iter()
                .filter(|f| f.field.as_ref() == Some(&field.id))
                .map(with_article)
                .collect();
            input(field, value, Some(messages.join(" ")).filter(|m| !m.is_empty()), context)
        })
        .collect()
}

fn input(field: &Field, value: String, fault: Option<String>, context: &FormContext) -> FieldView {
    let name = format!("{}{}", context.prefix, field.id);
    let options = options(field, &value, context);
    let widget = match &field.kind {
        FieldKind::LongText { .. } => Widget::Area,
        FieldKind::Bool => Widget::Radios,
        FieldKind::Choice(c) if c.len() <= 4 => Widget::Radios,
        FieldKind::Choice(_) | FieldKind::Reference { .. } => Widget::Select,
        _ => Widget::Line,
    };
    let (input_type, input_mode, help_kind) = match field.kind {
        FieldKind::Date => ("text", "numeric", "date"),
        FieldKind::Money => ("text", "decimal", "money"),
        FieldKind::Integer => ("text", "numeric", ""),
        FieldKind::Phone => ("tel", "tel", ""),
        FieldKind::Email => ("email", "email", ""),
        _ => ("text", "", ""),
    };
    let max = match field.kind {
        FieldKind::Text { max } | FieldKind::LongText { max } => max,
        FieldKind::Name => 120,
        _ => 0,
    };
    let shape = match field.kind {
        FieldKind::Date => Some("Jour/mois/année, par exemple 31/12/2025."),
        FieldKind::Commune => Some("Nom ou code INSEE."),
        _ => None,
    };
    FieldView {
        id: format!("f-{}", name.replace('.', "-")),
        name,
        label: field.label.clone(),
        required: field.required,
        sometimes: field.required_if.is_some(),
        help: field.help.clone().or_else(|| shape.map(str::to_owned)),
        why: field.why.clone(),
        source: field.source.clone(),
        fault,
        widget,
        value,
        options,
        input_type,
        input_mode,
        help_kind,
        list: if field.kind == FieldKind::Commune { "communes" } else { "" },
        max,
    }
}

fn options(field: &Field, value: &str, context: &FormContext) -> Vec<OptionView> {
    let option = |code: &str, label: &str| OptionView {
        value: code.to_owned(),
        label: label.to_owned(),
        selected: code == value,
    };
    let mut out: Vec<OptionView> = match &field.kind {
        FieldKind::Bool => vec![option("oui", "oui"), option("non", "non")],
        FieldKind::Choice(choices) => choices.iter().map(|c| option(&c.code, &c.label)).collect(),
        FieldKind::Reference { section } => context
            .occurrences
            .get(section)
            .into_iter()
            .flatten()
            .map(|o| option(&o.number.to_string(), &o.label))
            .collect(),
        _ => return Vec::new(),
    };
    // « Not known » is an answer: nobody should have to guess to get past a form.
    if !field.required {
        out.push(option("", "non renseigné"));
    }
    out
}
