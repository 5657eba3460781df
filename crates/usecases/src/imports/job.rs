//! The job: one batch of rows after another, tried or written in their sender's name and with
//! their grants of that moment. What there is to do is found in the store, so it can be stopped
//! anywhere; a lease keeps two servers from doing it at once.

use huis_imports::{Mapping, Row, Source, Target, fold};
use huis_law::geo::Geo;
use huis_store::imports::ImportRow;
use std::collections::BTreeSet;

use super::{
    BATCH,
    stage::{Plan, Staged, Verdict, targets_of},
};
use crate::{Caller, Huis, UseError};

/// How long a server may go without renewing its lease, in milliseconds.
const LEASE_MS: i64 = 60_000;

/// A batch's surroundings.
pub(super) struct Job<'h> {
    pub staged: Staged<'h>,
    pub caller: Caller,
    pub plan: Plan,
    pub targets: Vec<Target>,
}

impl Job<'_> {
    /// The column that gives a target, as the sender calls it.
    pub fn column(&self, key: &str) -> String {
        column(&self.plan.header.columns, &self.plan.mapping, &self.targets, key)
    }
}

fn column(columns: &[String], mapping: &Mapping, targets: &[Target], key: &str) -> String {
    match mapping.0.get(key) {
        Some(Source::Column(at)) => columns.get(*at).cloned().unwrap_or_default(),
        _ => targets.iter().find(|t| t.key == key).map_or(key, |t| &t.label).to_owned(),
    }
}

/// The code of the one town of the département that bears this name.
pub(super) fn towns(departement: &str) -> impl Fn(&str) -> Option<String> + use<> {
    let departement = departement.to_owned();
    move |name: &str| {
        let wanted = fold(name);
        let mut found = Geo::embedded()
            .search(name, Some(&departement))
            .into_iter()
            .filter(|c| fold(c.name) == wanted);
        match (found.next(), found.next()) {
            (Some(one), None) => Some(one.code.to_owned()),
            _ => None,
        }
    }
}

impl Huis {
    /// Goes on with every import that is under way, until none is left. Called when one starts,
    /// and each minute: what a crash left is taken up again.
    pub async fn work_imports(&self) -> Result<(), UseError> {
        // One at a time on this server: its lease would let it pass twice.
        let _alone = self.importing.lock().await;
        for office in self.store.offices().await? {
            let lease = format!("import {}", office.office);
            while !self.is_stopping()
                && self.store.lease(&lease, &self.server, self.now(), LEASE_MS).await?
            {
                let at_work = self.store.imports_at_work(office.office).await?;
                if at_work.is_empty() {
                    // Whoever sends a file next need not wait for it to run out.
                    self.store.release(&lease, &self.server).await?;
                    break;
                }
                // A batch each: a long file keeps no short one waiting. A server that stops ends its
                // batch; another goes on.
                for row in at_work {
                    if !self.is_stopping() {
                        self.work_batch(row).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// One batch of one import. What stops this import alone (a grant withdrawn, a part altered)
    /// is told on it; what stops the store stops the work, which is taken up again.
    async fn work_batch(&self, row: ImportRow) -> Result<(), UseError> {
        match self.try_batch(&row).await {
            Ok(()) => Ok(()),
            Err(error) if error.stops_work() => Err(error),
            Err(error) => {
                tracing::warn!(%error, "un import est arrêté");
                let mut now = row.clone();
                "arrete".clone_into(&mut now.state);
                now.ended = Some(self.now());
                let mut work = self.store.begin().await?;
                work.set_import(&row, &now).await?;
                work.commit().await?;
                Ok(())
            }
        }
    }

    async fn try_batch(&self, row: &ImportRow) -> Result<(), UseError> {
        let caller = self.caller_of(row.agent, row.strong).await?.ok_or(UseError::NotFound)?;
        let staged = self.staged(&caller, row.clone()).await?;
        let writing = row.state == "cours";
        let plan = self.plan(&staged).await?;
        let targets = targets_of(&caller, staged.processed, staged.kind);
        let rows: Vec<Row> = self.open_part(&staged, "lignes", row.done).await?.unwrap_or_default();
        let before: Vec<Verdict> = if writing {
            self.open_part(&staged, "bilan", row.done).await?.unwrap_or_default()
        } else {
            Vec::new()
        };
        let job = Job { staged, caller, plan, targets };
        let mut verdicts = Vec::with_capacity(rows.len());
        let mut seen = BTreeSet::new();
        for (at, line) in rows.iter().enumerate() {
            let verdict = match before.get(at) {
                // What was wrong in itself stays so: its file has to be corrected.
                Some(v @ (Verdict::Passed | Verdict::Faulty { last: true, .. })) => v.clone(),
                _ if writing => self.write_row(&job, line).await?,
                _ => self.try_row(&job, line, &mut seen).await?,
            };
            verdicts.push(verdict);
        }
        let count = |wanted: fn(&Verdict) -> bool| {
            u32::try_from(verdicts.iter().filter(|v| wanted(v)).count()).unwrap_or(u32::MAX)
        };
        let mut now = row.clone();
        now.done += 1;
        now.written += count(|v| *v == Verdict::Written);
        now.known += count(|v| *v == Verdict::Known);
        now.faulty += count(|v| matches!(v, Verdict::Faulty { .. }));
        let body = self.seal_part(&job.staged, "bilan", row.done, &verdicts)?;
        let over = now.done >= row.lines.div_ceil(BATCH);
        if over && writing {
            "fini".clone_into(&mut now.state);
            now.ended = Some(self.now());
        } else if over {
            "pret".clone_into(&mut now.state);
        }
        let mut work = self.store.begin().await?;
        if !work.set_import(row, &now).await? {
            return Ok(()); // stopped meanwhile: what this batch wrote is marked, and stays
        }
        work.put_import_parts(row.office, row.import, &[("bilan", row.done, body)]).await?;
        if !over {
            work.commit().await?;
            return Ok(());
        }
        let mut line = self.import_line(&job.caller, row, if writing { "fin" } else { "essaye" });
        for (name, n) in [("ecrites", now.written), ("connues", now.known), ("fautes", now.faulty)]
        {
            line.detail.insert(name.to_owned(), n.to_string());
        }
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.chain(vec![(entry, line)]).await;
        if writing && now.faulty == 0 {
            // Nothing is left to correct: the file is of no more use.
            self.destroy_import(&now, "fini", "import-fini").await?;
        }
        Ok(())
    }
}
