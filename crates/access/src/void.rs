use huis_kernel::{Instant, Rng};
use huis_trace::{Line, Operation, Outcome};
use huis_vault::{Padding, SealedSection, SealedUnit, Slot, Thing, seal};
use std::collections::BTreeMap;

use crate::{
    OpenError, SectionBody, Unlocked, WriteError,
    body::Contents,
    open::{bind, place},
    write::seal_contents,
};

/// What voiding an act changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Voided {
    /// Units whose contents list changed, with their new version.
    pub units: Vec<SealedUnit>,
    /// Sections that the act had brought: emptied.
    pub sections: Vec<SealedSection>,
    /// Which they are: (section, occurrence).
    pub emptied: Vec<(String, u32)>,
    /// The act's own key, to be destroyed.
    pub slot: Slot,
    /// The line to commit beside.
    pub line: Line,
}

/// Voids an act recorded on the wrong dossier: its own key will be destroyed; its kind, date and
/// reason stay. The sections that it brought (X-08: a police report) are emptied with it: what was
/// written about one household has no place in the file of another. `brings` names them.
pub fn void(
    unlocked: &Unlocked<'_, '_>,
    no: u32,
    brings: &[&str],
    at: Instant,
    rng: &dyn Rng,
) -> Result<Option<Voided>, WriteError> {
    let acts = &unlocked.sealed.acts;
    let Some(act) = acts.iter().find(|a| a.no == no && a.voided.is_none()) else {
        return Ok(None);
    };
    let broken = || OpenError::Broken("unité absente");
    let row = |unit: &str| unlocked.sealed.units.iter().find(|u| u.unit == unit);
    let mut changed: BTreeMap<String, Contents> = BTreeMap::new();
    let open = unlocked.units.get(&act.unit).ok_or_else(broken)?;
    let mut contents = open.contents.clone();
    contents.acts.retain(|n| *n != i64::from(no));
    contents.acts.push(-i64::from(no));
    changed.insert(act.unit.clone(), contents);
    // A section whose act was not noted belongs to the only act that can have brought it.
    let alone = acts.iter().filter(|a| a.kind == act.kind && a.voided.is_none()).count() == 1;
    let (mut sections, mut emptied) = (Vec::new(), Vec::new());
    let plain = if brings.is_empty() { Vec::new() } else { unlocked.plain()?.sections };
    for (section, occurrence, version, body) in plain {
        let its = body.brought == Some(no) || (body.brought.is_none() && alone);
        if body.removed || !its || !brings.contains(&section.as_str()) {
            continue;
        }
        let unit = unlocked.proof.register.unit_of_section(&section).ok_or_else(broken)?;
        let open = unlocked.units.get(&unit.id).ok_or_else(broken)?;
        let empty = SectionBody { removed: true, ..SectionBody::default() };
        let bytes = serde_json::to_vec(&empty).map_err(|_| OpenError::Broken("corps"))?;
        let thing = Thing::Section { section: &section, occurrence };
        let sensitive =
            unlocked.proof.register.section(&section).is_some_and(|s| s.class.sensitive());
        let padding = if sensitive { Padding::Sensitive } else { Padding::Ordinary };
        let binding = bind(unlocked.sealed, thing, version + 1);
        sections.push(SealedSection {
            unit: unit.id.clone(),
            place: place(&open.key, &section, occurrence),
            version: version + 1,
            body: seal(&open.key, &binding, &bytes, padding, rng),
        });
        let contents = changed.entry(unit.id.clone()).or_insert_with(|| open.contents.clone());
        contents.sections.retain(|(s, o, _)| !(*s == section && *o == occurrence));
        contents.sections.push((section.clone(), occurrence, version + 1));
        emptied.push((section, occurrence));
    }
    let mut units = Vec::new();
    for (unit, contents) in changed {
        let open = unlocked.units.get(&unit).ok_or_else(broken)?;
        let mut row = row(&unit).ok_or_else(broken)?.clone();
        row.version += 1;
        row.contents = seal_contents(&open.key, unlocked.sealed, &row, &contents, rng)?;
        units.push(row);
    }
    let line = unlocked.line(Operation::Void, at, Vec::new(), Outcome::Done);
    Ok(Some(Voided { units, sections, emptied, slot: act.slot, line }))
}
