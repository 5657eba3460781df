use huis_imports::Mapping;
use huis_register::Register;

use super::stage::{Plan, may_open, targets_of};
use crate::{Caller, Huis, UseError, imports::job::towns};

/// What was chosen for the columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settling {
    /// Which column gives what.
    pub mapping: Mapping,
    /// Open a dossier for a row that has none?
    pub open: bool,
}

/// What became of the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Every row is now being tried.
    Trying,
    /// Nothing changed: what is wrong, by target.
    Refused(Vec<(String, String)>),
}

impl Huis {
    /// Settles which column gives what, remembers it for files with the same columns, and starts
    /// trying every row. Nothing is written to any dossier yet.
    pub async fn settle_import(
        &self,
        caller: &Caller,
        id: &str,
        settling: Settling,
    ) -> Result<Settled, UseError> {
        let row = self.my_import(caller, id).await?;
        let staged = self.staged(caller, row).await?;
        if !["recu", "essai", "pret"].contains(&staged.row.state.as_str()) {
            return Err(UseError::NotFound);
        }
        let targets = targets_of(caller, staged.processed, staged.kind);
        let known = |key: &String| targets.iter().any(|t| t.key == *key);
        if settling.mapping.0.keys().any(|key| !known(key)) {
            return Err(UseError::NotFound);
        }
        let mut plan: Plan = self.plan(&staged).await?;
        let towns = towns(&caller.office.departement);
        let faults = settling.mapping.faults(&targets, plan.header.columns.len(), &towns);
        if !faults.is_empty() {
            return Ok(Settled::Refused(faults));
        }
        plan.open = settling.open && may_open(caller, staged.processed, staged.kind);
        plan.mapping = settling.mapping;
        let signature = self.import_signature(caller, &staged.row, &plan.header);
        let kept = serde_json::to_vec(&(&plan.mapping, plan.open))
            .map_err(|_| UseError::Internal("import"))?;
        let kept = self.root.seal_secret("import", &signature, &kept, &*self.rng);
        let part = self.seal_part(&staged, "plan", 0, &plan)?;
        let mut now = staged.row.clone();
        now.state = "essai".to_owned();
        (now.done, now.written, now.known, now.faulty) = (0, 0, 0, 0);
        let (office, import) = (now.office, now.import);
        let mut work = self.store.begin().await?;
        if !work.set_import(&staged.row, &now).await? {
            return Err(UseError::Moved { version: 0 });
        }
        work.drop_import_parts(office, import, Some("bilan")).await?;
        work.put_import_parts(office, import, &[("plan", 0, part)]).await?;
        work.keep_import_mapping(office, signature, &kept, caller.today).await?;
        let mut line = self.import_line(caller, &now, "essai");
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.chain(vec![(entry, line)]).await;
        Ok(Settled::Trying)
    }

    /// Starts writing the rows that were tried.
    pub async fn start_import(&self, caller: &Caller, id: &str) -> Result<(), UseError> {
        let row = self.my_import(caller, id).await?;
        let staged = self.staged(caller, row).await?;
        if staged.row.state != "pret" {
            return Err(UseError::Moved { version: 0 });
        }
        let mut now = staged.row.clone();
        now.state = "cours".to_owned();
        (now.done, now.written, now.known, now.faulty) = (0, 0, 0, 0);
        let mut work = self.store.begin().await?;
        if !work.set_import(&staged.row, &now).await? {
            return Err(UseError::Moved { version: 0 });
        }
        let mut line = self.import_line(caller, &now, "lancement");
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.chain(vec![(entry, line)]).await;
        Ok(())
    }

    /// The kinds of files that the caller may send.
    pub fn import_kinds<'h>(
        &'h self,
        caller: &Caller,
        processing: &str,
    ) -> Vec<&'h huis_register::Import> {
        let Ok(processed) = self.processed(processing) else { return Vec::new() };
        let register: &Register = &processed.register;
        let of = |kind: &huis_register::Import| {
            let of = (caller.office.office, [0; 16], caller.actor.agent);
            huis_access::decide_import(
                register,
                &caller.actor,
                kind,
                of,
                caller.today,
                caller.partners_on,
            )
            .is_ok()
        };
        register.imports.iter().filter(|k| of(k)).collect()
    }
}
