//! The register as the officer reads it: what is held, why, for whom, how long, with the articles.

use askama::Template;
use huis_register::{Field, FieldKind, Register};

use crate::{fmt, layout::Shell, pages::Pair};

/// The register in force.
#[derive(Template)]
#[template(path = "pages/register.html")]
pub struct RegisterPage {
    /// Shell.
    pub shell: Shell,
    /// The register.
    pub register: Register,
    /// Its versions, the one in force first.
    pub versions: Vec<Version>,
    /// First digits of its content hash: the version in force.
    pub digest: String,
}

/// A version of the register.
#[derive(Clone, Debug)]
pub struct Version {
    /// First digits of its content hash.
    pub digest: String,
    /// From when it counts.
    pub in_force: String,
    /// When it was recorded.
    pub recorded: String,
    /// It is the first one, or the one before no longer reads: there is nothing to compare.
    pub alone: bool,
    /// What it changed, in plain words.
    pub changes: Vec<ChangeLine>,
}

/// One thing that a version changed.
#[derive(Clone, Debug)]
pub struct ChangeLine {
    /// « élargit », « restreint », « neutre ».
    pub kind: &'static str,
    /// It asks for more.
    pub loosens: bool,
    /// In words.
    pub text: String,
    /// What it does to the dates of erasure; empty when nothing.
    pub erasure: &'static str,
}

/// The entry of the register of processing activities (GDPR, article 30), to print or hand over.
#[derive(Template)]
#[template(path = "pages/article30.html")]
pub struct Article30 {
    /// Shell.
    pub shell: Shell,
    /// The processing.
    pub name: String,
    /// Who answers for it.
    pub controller: String,
    /// Where people exercise their rights.
    pub desk: String,
    /// Day of the page.
    pub on: String,
    /// Headings, each with its lines.
    pub parts: Vec<(String, Vec<Pair>)>,
}

impl RegisterPage {
    /// The page of this register.
    pub fn new(shell: Shell, register: Register, versions: Vec<Version>) -> Self {
        let digest = register.sha256.iter().take(6).map(|b| format!("{b:02x}")).collect();
        Self { shell, register, versions, digest }
    }
    /// `31/12/2025`
    pub fn in_force(&self) -> String {
        fmt::date(self.register.in_force)
    }
    /// How a field is typed, in words.
    pub fn kind(&self, field: &Field) -> String {
        match &field.kind {
            FieldKind::Text { max } => format!("texte, {max} caractères"),
            FieldKind::LongText { max } => format!("texte long, {max} caractères"),
            FieldKind::Name => "nom".to_owned(),
            FieldKind::Date => "date".to_owned(),
            FieldKind::Money => "montant".to_owned(),
            FieldKind::Integer => "nombre entier".to_owned(),
            FieldKind::Bool => "oui ou non".to_owned(),
            FieldKind::Choice(c) => {
                let labels: Vec<&str> = c.iter().map(|c| c.label.as_str()).collect();
                format!("liste\u{a0}: {}", labels.join(", "))
            }
            FieldKind::Phone => "téléphone".to_owned(),
            FieldKind::Email => "courriel".to_owned(),
            FieldKind::Commune => "commune".to_owned(),
            FieldKind::Reference { section } => {
                format!("renvoi à un volet «\u{a0}{section}\u{a0}»")
            }
        }
    }
    /// What a retention unit holds, in labels.
    pub fn holds(&self, unit: &huis_register::Retention) -> String {
        let sections = unit.sections.iter().filter_map(|s| self.register.section(s));
        let mut labels: Vec<&str> = sections.map(|s| s.label.as_str()).collect();
        if !unit.acts.is_empty() {
            labels.push("actes");
        }
        labels.join(", ")
    }
    /// What a profile sees, in labels.
    pub fn sees(&self, profile: &huis_register::Profile) -> String {
        let mut out = Vec::new();
        for section in &self.register.sections {
            let seen = section.fields.iter().filter(|f| profile.sees_field(&section.id, &f.id));
            let labels: Vec<&str> = seen.map(|f| f.label.as_str()).collect();
            if labels.len() == section.fields.len() && !labels.is_empty() {
                out.push(section.label.clone());
            } else if !labels.is_empty() {
                out.push(format!("{} ({})", section.label, labels.join(", ")));
            }
        }
        if out.is_empty() { "aucun volet".to_owned() } else { out.join("\u{a0}; ") }
    }
}
