//! What must hold between the parts of a register once each is read.

mod letters;

use std::collections::BTreeMap;

use crate::{
    ActKind, Class, Field, FieldKind, FieldPath, Register, Section,
    fault::Report,
    typography::{clean, list, nearest, quote},
};

/// Tells every fault between the parts.
pub(crate) fn all(register: &Register, report: &Report<'_>) {
    let check = Check { register, report };
    check.sections();
    check.acts();
    check.searches();
    check.profiles();
    check.sensitive_sections();
    check.retentions();
    check.imports();
    letters::all(&check);
}

struct Check<'r> {
    register: &'r Register,
    report: &'r Report<'r>,
}

impl Check<'_> {
    /// Tells a name that no declared thing bears. `none` is « aucun volet », « aucune étape »…
    fn unknown(&self, path: &str, name: &str, none: &str, table: &str, declared: &[&str]) {
        let mend = match nearest(name, declared.iter().copied()) {
            Some(near) => format!("Vouliez-vous {} ?", quote(near)),
            None if declared.is_empty() => format!("Ajoutez [[{table}]]."),
            None => format!("Ajoutez [[{table}]], ou choisissez parmi {}.", list(declared)),
        };
        self.report.on(path, &format!("{none} ne s'appelle {}.", quote(name)), &mend);
    }

    fn section_ids(&self) -> Vec<&str> {
        self.register.sections.iter().map(|s| s.id.as_str()).collect()
    }

    fn act_ids(&self) -> Vec<&str> {
        self.register.acts.iter().map(|a| a.id.as_str()).collect()
    }

    /// The section of that name; tells when there is none.
    fn section(&self, path: &str, name: &str) -> Option<&Section> {
        let found = self.register.section(name);
        if found.is_none() && !name.is_empty() {
            self.unknown(path, name, "aucun volet", "volet", &self.section_ids());
        }
        found
    }

    fn acts_exist(&self, path: &str, names: &[String]) {
        for name in names.iter().filter(|n| n.as_str() != "*") {
            if self.register.act(name).is_none() {
                self.unknown(&item(path, name), name, "aucun acte", "acte", &self.act_ids());
            }
        }
        if names.len() > 1 && names.iter().any(|n| n == "*") {
            self.report.on(
                &item(path, "*"),
                "« * » dit déjà tous les actes.",
                "Gardez « * » seul, ou la liste seule.",
            );
        }
    }

    fn sections(&self) {
        for section in &self.register.sections {
            let path = format!("volet[{}]", section.id);
            if let Some(about) = &section.about {
                self.repeated(&format!("{path}.de_qui"), about);
            }
            self.references(&path, &section.fields);
            if section.class == Class::Sante {
                self.no_free_text(&path, section);
            }
        }
    }

    /// D-15: of health, coded items only; free text would let anything in.
    fn no_free_text(&self, path: &str, section: &Section) {
        for field in &section.fields {
            if matches!(field.kind, FieldKind::LongText { .. } | FieldKind::Text { .. }) {
                self.report.on(
                    &format!("{path}.champs[{}].type", field.id),
                    "un volet de santé n'a pas de texte libre (D-15).",
                    "Écrivez type = \"choix\", \"oui_non\" ou \"date\".",
                );
            }
        }
    }

    fn references(&self, path: &str, fields: &[Field]) {
        self.conditions(path, fields);
        for field in fields {
            let FieldKind::Reference { section } = &field.kind else { continue };
            let key = format!("{path}.champs[{}].volet", field.id);
            self.repeated(&key, section);
        }
    }

    /// What a field is needed for is a choice beside it, and one of its codes.
    fn conditions(&self, path: &str, fields: &[Field]) {
        for field in fields {
            let Some((name, code)) = &field.required_if else { continue };
            let key = format!("{path}.champs[{}].obligatoire_si", field.id);
            let choices = fields.iter().find_map(|f| match &f.kind {
                FieldKind::Choice(choices) if f.id == *name => Some(choices),
                _ => None,
            });
            match choices {
                None => self.report.on(
                    &key,
                    &format!("{} n'est pas un choix de cette liste de champs.", quote(name)),
                    "Nommez un champ de type « choix » qui est à côté.",
                ),
                Some(choices) if !choices.iter().any(|c| c.code == *code) => {
                    let known: Vec<&str> = choices.iter().map(|c| c.code.as_str()).collect();
                    self.unknown(&key, code, "aucun code de ce choix", "choix", &known);
                }
                Some(_) => {}
            }
            if field.required {
                self.report.on(
                    &key,
                    "ce champ est déjà toujours obligatoire.",
                    "Gardez obligatoire, ou obligatoire_si.",
                );
            }
        }
    }

    /// One occurrence of a section can be meant only where there are several.
    fn repeated(&self, path: &str, name: &str) {
        let once = self.section(path, name).is_some_and(|s| !s.repeats);
        if once && !self.report.told(&format!("volet[{name}].repete")) {
            self.report.on(
                path,
                &format!("le volet {} ne se répète pas : il n'y a rien à désigner.", quote(name)),
                "Écrivez repete = true dans ce volet, ou retirez cette clé.",
            );
        }
    }

    fn acts(&self) {
        let stages: Vec<&str> = self.register.stages.iter().map(|s| s.id.as_str()).collect();
        for act in &self.register.acts {
            let path = format!("acte[{}]", act.id);
            if !act.stage.is_empty() && !stages.contains(&act.stage.as_str()) {
                self.unknown(
                    &format!("{path}.etape"),
                    &act.stage,
                    "aucune étape",
                    "etape",
                    &stages,
                );
            }
            self.references(&path, &act.fields);
            self.proposals(&path, act);
        }
    }

    /// A section proposed stands once (its occurrence needs no naming), and its fields are told
    /// from the act's own by their names.
    fn proposals(&self, path: &str, act: &ActKind) {
        for name in &act.proposes {
            let at = item(&format!("{path}.propose"), name);
            if self.section(&at, name).is_some_and(|s| s.repeats) {
                self.report.on(
                    &at,
                    &format!(
                        "le volet {} se répète : on ne saurait lequel est proposé.",
                        quote(name)
                    ),
                    "Proposez un volet qui ne se répète pas.",
                );
            }
        }
        for (n, field) in act.fields.iter().enumerate() {
            if act.fields.iter().take(n).any(|f| f.id == field.id) {
                self.report.on(
                    &format!("{path}.propose"),
                    &format!("le champ {} est deux fois dans cet acte.", quote(&field.id)),
                    "Nommez autrement le champ propre à l'acte.",
                );
            }
        }
    }

    /// A token is a keyed hash that anyone who steals the table can count: it takes two fields
    /// that tell people apart, none of them sensitive (I4, D-16).
    /// A file gives fields of its act and sections, and nothing that the register does not name.
    fn imports(&self) {
        for import in &self.register.imports {
            let path = format!("import[{}]", import.id);
            if !import.act.is_empty() && self.register.act(&import.act).is_none() {
                let path = format!("{path}.acte");
                self.unknown(&path, &import.act, "aucun acte", "acte", &self.act_ids());
            }
            for (key, names) in [("volets", &import.sections), ("ouvre", &import.opens)] {
                for name in names {
                    let path = item(&format!("{path}.{key}"), name);
                    let repeated = self.section(&path, name).is_some_and(|s| s.repeats);
                    if repeated && key == "volets" {
                        let mend = "Retirez-le : une ligne ne dit pas laquelle elle met à jour.";
                        self.report.on(&path, "ce volet se répète.", mend);
                    }
                }
            }
        }
    }

    fn searches(&self) {
        for search in &self.register.searches {
            let path = format!("recherche[{}].de", search.id);
            if search.of.len() < 2 {
                self.report.on(
                    &path,
                    "une recherche compose au moins deux champs (I4).",
                    "Ajoutez-en un : un nom ou une date seuls se devinent par leur fréquence.",
                );
            }
            let mut kinds = Vec::new();
            let mut misread = false;
            for field_path in &search.of {
                let at = item(&path, &spelled(field_path));
                let Some(section) = self.section(&at, &field_path.section) else { continue };
                if section.class.sensitive() {
                    self.report.on(
                        &at,
                        &format!(
                            "le volet {} est sensible : rien n'y est cherché (I4, D-16).",
                            quote(&section.id)
                        ),
                        "Retirez ce champ de la recherche.",
                    );
                }
                if search.of.first().is_some_and(|first| first.section != field_path.section) {
                    self.report.on(
                        &at,
                        "une recherche prend tous ses champs dans un même volet.",
                        "Faites-en deux recherches.",
                    );
                }
                match &field_path.field {
                    None => self.report.on(
                        &at,
                        "une recherche nomme des champs, non un volet entier.",
                        "Écrivez « volet.champ ».",
                    ),
                    Some(name) => {
                        kinds.extend(self.field(&at, section, name).map(|f| &f.kind));
                        let key = format!("volet[{}].champs[{name}].type", section.id);
                        misread |= self.report.told(&key);
                    }
                }
            }
            if misread {
                continue;
            }
            let tells_apart: Vec<_> = kinds
                .iter()
                .filter(|k| !matches!(k, FieldKind::Choice(_) | FieldKind::Bool))
                .collect();
            if let [FieldKind::Name | FieldKind::Date] = tells_apart.as_slice()
                && kinds.len() >= 2
            {
                self.report.on(
                    &path,
                    "à part une liste fermée, il ne reste qu'un nom ou une date (I4).",
                    "Ajoutez un champ qui distingue les personnes.",
                );
            }
            if search.street
                && let Some(first) = kinds.first()
                && !matches!(first, FieldKind::Text { .. })
            {
                self.report.on(
                    &format!("recherche[{}].voie", search.id),
                    "seul un texte nomme une voie.",
                    "Mettez le nom de la voie en premier dans « de », ou retirez voie.",
                );
            }
            if search.near
                && let Some(first) = kinds.first()
                && !matches!(first, FieldKind::Name | FieldKind::Text { .. })
            {
                self.report.on(
                    &format!("recherche[{}].proche", search.id),
                    "seul un nom ou un texte se cherche par le son.",
                    "Mettez le nom en premier dans « de », ou retirez proche.",
                );
            }
        }
    }

    /// The field of that name in a section; tells when there is none.
    fn field<'s>(&self, path: &str, section: &'s Section, name: &str) -> Option<&'s Field> {
        let found = section.field(name);
        if found.is_none() {
            let known: Vec<&str> = section.fields.iter().map(|f| f.id.as_str()).collect();
            let mend = match nearest(name, known.iter().copied()) {
                Some(near) => format!("Vouliez-vous {} ?", quote(near)),
                None => format!("Ce volet a {}.", list(&known)),
            };
            self.report.on(
                path,
                &format!("le volet {} n'a pas de champ {}.", quote(&section.id), quote(name)),
                &mend,
            );
        }
        found
    }

    fn profiles(&self) {
        let purposes: Vec<&str> = self.register.purposes.iter().map(|p| p.id.as_str()).collect();
        for profile in &self.register.profiles {
            let path = format!("profil[{}]", profile.id);
            for seen in &profile.sees {
                let at = item(&format!("{path}.voit"), &spelled(seen));
                if let Some(section) = self.section(&at, &seen.section)
                    && let Some(name) = &seen.field
                {
                    self.field(&at, section, name);
                }
            }
            for name in &profile.writes {
                self.section(&item(&format!("{path}.modifie"), name), name);
            }
            self.acts_exist(&format!("{path}.voit_actes"), &profile.sees_acts);
            self.acts_exist(&format!("{path}.agit"), &profile.acts);
            if !profile.purpose.is_empty() && !purposes.contains(&profile.purpose.as_str()) {
                self.unknown(
                    &format!("{path}.finalite"),
                    &profile.purpose,
                    "aucune finalité",
                    "finalite",
                    &purposes,
                );
            }
        }
    }

    /// D-28: a sensitive section opens with a second factor only, and somebody must be able to.
    fn sensitive_sections(&self) {
        for section in self.register.sections.iter().filter(|s| s.class.sensitive()) {
            let mut guarded = false;
            for profile in &self.register.profiles {
                let sees = profile.sees.iter().any(|p| p.section == section.id);
                if !sees && !profile.may_write(&section.id) {
                    continue;
                }
                guarded |= profile.second_factor;
                if !profile.second_factor {
                    self.report.on(
                        &format!("profil[{}].second_facteur", profile.id),
                        &format!(
                            "ce profil ouvre le volet sensible {} sans second facteur (D-28).",
                            quote(&section.id)
                        ),
                        "Ajoutez second_facteur = true, ou retirez ce volet du profil.",
                    );
                }
            }
            if !guarded {
                self.report.on(
                    &format!("volet[{}]", section.id),
                    "ce volet sensible n'est ouvert à aucun profil à second facteur (D-28).",
                    "Donnez-le à un profil qui a second_facteur = true, ou retirez-le.",
                );
            }
        }
    }

    /// I6: everything kept has one end, and one only.
    fn retentions(&self) {
        let mut section_units: BTreeMap<&str, &str> = BTreeMap::new();
        let mut act_units: BTreeMap<&str, &str> = BTreeMap::new();
        for unit in &self.register.retentions {
            let path = format!("duree[{}]", unit.id);
            for name in &unit.sections {
                let at = item(&format!("{path}.volets"), name);
                self.section(&at, name);
                if let Some(other) = section_units.insert(name, &unit.id) {
                    self.twice(&at, &format!("le volet {}", quote(name)), other);
                }
            }
            self.acts_exist(&format!("{path}.actes"), &unit.acts);
            for name in &unit.acts {
                let at = item(&format!("{path}.actes"), name);
                if let Some(other) = act_units.insert(name, &unit.id) {
                    let what = if name == "*" {
                        "« * »".to_owned()
                    } else {
                        format!("l'acte {}", quote(name))
                    };
                    self.twice(&at, &what, other);
                }
            }
        }
        let mend = "Nommez-le dans une [[duree]], et une seule (I6).";
        for section in self.register.sections.iter().filter(|s| !s.id.is_empty()) {
            if !section_units.contains_key(section.id.as_str()) {
                let path = format!("volet[{}]", section.id);
                self.report.on(&path, "ce volet n'a pas de durée de conservation.", mend);
            }
        }
        for act in self.register.acts.iter().filter(|a| !a.id.is_empty()) {
            if !act_units.contains_key(act.id.as_str()) && !act_units.contains_key("*") {
                let path = format!("acte[{}]", act.id);
                self.report.on(&path, "cet acte n'a pas de durée de conservation.", mend);
            }
        }
    }

    fn twice(&self, path: &str, what: &str, other: &str) {
        self.report.on(
            path,
            &format!("{what} est déjà régi par la durée {}.", quote(other)),
            "Une donnée n'a qu'une fin : retirez-le de l'une des deux (I6).",
        );
    }
}

/// The path of an item of a list, as the reader recorded it.
fn item(path: &str, text: &str) -> String {
    format!("{path}[{}]", clean(text))
}

fn spelled(path: &FieldPath) -> String {
    match &path.field {
        Some(field) => format!("{}.{field}", path.section),
        None => path.section.clone(),
    }
}
