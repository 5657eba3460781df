//! One transaction on the data store.

use huis_kernel::{Date, DossierId, Instant, OfficeId};
use huis_vault::{SealedAct, SealedDossier, SealedSection, SealedUnit, Slot, Token, UnitState};

use crate::{
    Store, StoreError,
    dossiers::{CardRow, Rest, load_card, load_sealed, load_units},
    rows::Rows,
    sql::{Param, Tx, params},
    traces::removals,
};

/// A transaction: everything in it happens, or nothing does.
pub struct Work(pub(crate) Tx, Rows);

/// A deadline as the card keeps it: a rule's code, a date, a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermRow {
    /// Rule code.
    pub rule: String,
    /// Legal date.
    pub due: Date,
    /// Must someone act?
    pub action: bool,
    /// `running`, `met`, `late`, `dropped`.
    pub state: String,
    /// The act it comes from.
    pub act: Option<u32>,
}

/// The next step of a retention unit (I6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextRow {
    /// Retention unit.
    pub unit: String,
    /// When.
    pub on: Date,
    /// `archive`, `destroy`, or `alert` when an event is awaited.
    pub step: String,
}

impl Store {
    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Work, StoreError> {
        Ok(Work(self.data.begin().await?, Rows::default()))
    }
}

impl Work {
    /// Writes what waits, and commits. `Conflict` when a row that it changes moved since it was
    /// loaded.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.1.settle(&mut self.0).await?;
        self.0.commit().await
    }

    /// Takes fresh key slots, inside the transaction: no backup of the data ever lags behind a key.
    pub async fn take_slots(&mut self, n: usize) -> Result<Vec<Slot>, StoreError> {
        let skip = if matches!(self.0, Tx::Postgres(_)) { "FOR UPDATE SKIP LOCKED" } else { "" };
        let sql = format!(
            "DELETE FROM free_slot WHERE slot IN
             (SELECT slot FROM free_slot ORDER BY slot LIMIT $1 {skip}) RETURNING slot"
        );
        let rows = self.0.all(&sql, params![n]).await?;
        let mut slots = rows.iter().map(|r| r.int(0).map(Slot)).collect::<Result<Vec<_>, _>>()?;
        slots.sort_unstable();
        Ok(slots)
    }

    /// Loads a dossier and holds it until the end of the transaction.
    pub async fn dossier(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Option<(CardRow, SealedDossier)>, StoreError> {
        let Some((card, row)) = self.held(office, dossier).await? else { return Ok(None) };
        let sealed = load_sealed(&mut self.0, &card, row).await?;
        Ok(Some((card, sealed)))
    }

    /// The card of a dossier and its retention units, held as [`Self::dossier`] holds it: for what
    /// reads nothing that is sealed.
    pub async fn units(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Option<(CardRow, Vec<SealedUnit>)>, StoreError> {
        let Some((card, _)) = self.held(office, dossier).await? else { return Ok(None) };
        let units = load_units(&mut self.0, office, dossier).await?;
        Ok(Some((card, units)))
    }

    /// The row of a dossier, with what waits to be written on it, held until the end.
    async fn held(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Option<(CardRow, Rest)>, StoreError> {
        self.1.write(&mut self.0, office, dossier).await?;
        let lock = self.0.for_update();
        let found = load_card(&mut self.0, office, dossier, lock).await?;
        if let Some((card, row)) = &found {
            self.1.loaded(card, row.next_due.clone());
        }
        Ok(found)
    }

    /// Is the number free in its office and processing?
    pub async fn number_is_free(
        &mut self,
        office: OfficeId,
        processing: &str,
        number: u32,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM dossier WHERE office = $1 AND processing = $2 AND number = $3";
        Ok(self.0.all(sql, params![office, processing, number]).await?.is_empty())
    }

    /// Adds the card of a new dossier.
    pub async fn add_card(&mut self, card: &CardRow) -> Result<(), StoreError> {
        self.1.added(card);
        self.0
            .run(
                "INSERT INTO dossier (office, dossier, processing, number, territory, stage, step,
                 opened_on, closed_on, archived, reopened, severity, version, revision, changed_at,
                 digest) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)",
                params![
                    card.office,
                    card.dossier,
                    &card.processing,
                    card.number.digits(),
                    &card.territory,
                    &card.stage,
                    &card.step,
                    card.opened_on,
                    card.closed_on,
                    card.archived,
                    card.reopened,
                    card.severity,
                    card.version,
                    card.revision,
                    card.changed_at,
                    Vec::<u8>::new(),
                ],
            )
            .await?;
        Ok(())
    }

    /// Writes the card back, at the commit; `Conflict` there when its revision moved since it was
    /// loaded.
    pub fn set_card(&mut self, card: &CardRow) {
        self.1.set_card(card);
    }

    /// Writes the digest of a dossier, at the commit: one after the one that was loaded, or
    /// `Conflict` when another came between.
    pub fn set_digest(&mut self, after: &SealedDossier) {
        self.1.set_digest(after);
    }

    /// Writes retention units (their contents list and state).
    pub async fn put_units(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        units: &[SealedUnit],
    ) -> Result<(), StoreError> {
        let rows = units
            .iter()
            .map(|u| {
                params![
                    office,
                    dossier,
                    &u.unit,
                    u.slot,
                    state_text(u.state),
                    u.version,
                    &u.contents,
                    "9999-12-31",
                    "alert",
                ]
            })
            .collect();
        self.0
            .insert(
                "unit",
                "office, dossier, unit, slot, state, version, contents, next_on, next_step",
                rows,
                "ON CONFLICT (office, dossier, unit) DO UPDATE SET state = excluded.state,
                 version = excluded.version, contents = excluded.contents, slot = excluded.slot",
            )
            .await
    }

    /// Sets the next step of each retention unit (I6).
    pub async fn set_next(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        next: &[NextRow],
    ) -> Result<(), StoreError> {
        if next.is_empty() {
            return Ok(());
        }
        let mut list = params![office, dossier];
        let (mut dates, mut steps, mut units) = (String::new(), String::new(), Vec::new());
        for step in next {
            list.extend(params![&step.unit, step.on, &step.step]);
            let (unit, on, what) = (list.len() - 2, list.len() - 1, list.len());
            dates.push_str(&format!(" WHEN unit = ${unit} THEN ${on}"));
            steps.push_str(&format!(" WHEN unit = ${unit} THEN ${what}"));
            units.push(format!("${unit}"));
        }
        // An act moves few of them: the others, and their indexes, are not written again. (Spread
        // tables: Citus hands on `CASE unit WHEN` in a condition as something else.)
        let sql = format!(
            "UPDATE unit SET next_on = CASE{dates} END, next_step = CASE{steps} END
             WHERE office = $1 AND dossier = $2 AND unit IN ({})
             AND (next_on <> CASE{dates} END OR next_step <> CASE{steps} END)",
            units.join(",")
        );
        self.0.run(&sql, list).await?;
        Ok(())
    }

    /// Writes sections.
    pub async fn put_sections(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        sections: &[SealedSection],
    ) -> Result<(), StoreError> {
        let rows = sections
            .iter()
            .map(|s| params![office, dossier, s.place, &s.unit, s.version, &s.body])
            .collect();
        self.0
            .insert(
                "section",
                "office, dossier, place, unit, version, body",
                rows,
                "ON CONFLICT (office, dossier, place) DO UPDATE SET version = excluded.version,
                 body = excluded.body",
            )
            .await
    }

    /// Adds acts. They are never updated.
    pub async fn add_acts(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        acts: &[SealedAct],
    ) -> Result<(), StoreError> {
        let rows = acts
            .iter()
            .map(|a| {
                params![
                    office,
                    dossier,
                    a.no,
                    &a.unit,
                    &a.kind,
                    a.on,
                    a.recorded,
                    a.agent,
                    a.corrects,
                    a.voided.as_deref(),
                    a.slot,
                    &a.body,
                ]
            })
            .collect();
        self.0
            .insert(
                "act",
                "office, dossier, no, unit, kind, acted_on, recorded_at, agent, corrects, voided,
                 slot, body",
                rows,
                "",
            )
            .await
    }

    /// Marks an act as voided and empties its payload; its key is asked to be destroyed.
    pub async fn void_act(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        no: u32,
        reason: &str,
    ) -> Result<(), StoreError> {
        let empty: Vec<u8> = Vec::new();
        self.0
            .run(
                "UPDATE act SET voided = $4, body = $5
                 WHERE office = $1 AND dossier = $2 AND no = $3 AND voided IS NULL",
                params![office, dossier, no, reason, empty],
            )
            .await?;
        Ok(())
    }

    /// Sets the deadlines of a dossier, and what its row says of them: how many run, and the
    /// nearest on which someone must act.
    pub async fn set_terms(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        terms: &[TermRow],
    ) -> Result<(), StoreError> {
        self.1.set_terms(office, dossier, terms);
        let held = self.terms(office, dossier).await?;
        if held.len() > terms.len() {
            let sql = "DELETE FROM term WHERE office = $1 AND dossier = $2 AND no > $3";
            self.0.run(sql, params![office, dossier, terms.len()]).await?;
        }
        // An act moves few of them.
        let rows = terms
            .iter()
            .enumerate()
            .filter(|(i, term)| held.get(*i) != Some(term))
            .map(|(i, t)| {
                params![office, dossier, i + 1, &t.rule, t.due, t.action, &t.state, t.act]
            })
            .collect();
        self.0
            .insert(
                "term",
                "office, dossier, no, rule, due, action, state, act",
                rows,
                "ON CONFLICT (office, dossier, no) DO UPDATE SET rule = excluded.rule,
                 due = excluded.due, action = excluded.action, state = excluded.state,
                 act = excluded.act",
            )
            .await
    }

    /// The deadlines of a dossier, in order.
    pub async fn terms(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<Vec<TermRow>, StoreError> {
        let sql = "SELECT rule, due, action, state, act FROM term
                   WHERE office = $1 AND dossier = $2 ORDER BY no";
        let rows = self.0.all(sql, params![office, dossier]).await?;
        rows.iter()
            .map(|r| {
                Ok(TermRow {
                    rule: r.text(0)?,
                    due: r.date(1)?,
                    action: r.flag(2)?,
                    state: r.text(3)?,
                    act: r.opt_int(4)?.and_then(|n| u32::try_from(n).ok()),
                })
            })
            .collect()
    }

    /// Replaces the tokens of a dossier, in the active index or the archive's.
    pub async fn set_tokens(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        tokens: &[(String, Token)],
        archive: bool,
    ) -> Result<(), StoreError> {
        self.drop_tokens(office, dossier).await?;
        let rows = tokens.iter().map(|(u, t)| params![office, u, *t, dossier]).collect();
        let table = if archive { "archive_token" } else { "token" };
        self.0.insert(table, "office, unit, token, dossier", rows, "ON CONFLICT DO NOTHING").await
    }

    /// Removes every token of a dossier from both indexes.
    pub async fn drop_tokens(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
    ) -> Result<(), StoreError> {
        for table in ["token", "archive_token"] {
            let sql = format!("DELETE FROM {table} WHERE office = $1 AND dossier = $2");
            self.0.run(&sql, params![office, dossier]).await?;
        }
        Ok(())
    }

    /// Puts a trace line's content beside the act it tells of: the trace writer chains it after
    /// the commit, and at start before serving.
    pub async fn outbox(
        &mut self,
        entry: [u8; 16],
        processing: &str,
        at: Instant,
        line: Vec<u8>,
    ) -> Result<(), StoreError> {
        self.0
            .run(
                "INSERT INTO trace_outbox (entry, processing, at, line) VALUES ($1,$2,$3,$4)",
                params![entry, processing, at, line],
            )
            .await?;
        Ok(())
    }

    /// Removes waiting lines, once they are chained.
    pub async fn take_from_outbox(&mut self, entries: &[[u8; 16]]) -> Result<(), StoreError> {
        for (sql, entries) in removals(entries) {
            self.0.run(&sql, entries).await?;
        }
        Ok(())
    }

    /// Adds one to an anonymous counter: no identity, no date finer than the year.
    pub async fn count(
        &mut self,
        office: OfficeId,
        processing: &str,
        year: i16,
        kind: &str,
    ) -> Result<(), StoreError> {
        self.0
            .run(
                "INSERT INTO counter (office, processing, year, kind, n) VALUES ($1,$2,$3,$4,$5)
                 ON CONFLICT (office, processing, year, kind) DO UPDATE SET n = counter.n + 1",
                params![office, processing, i64::from(year), kind, 1_i64],
            )
            .await?;
        Ok(())
    }

    /// Asks for the destruction of a key: the key store is overwritten after the commit, again and
    /// again until confirmed.
    pub async fn ask_destruction(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        unit: &str,
        slot: Slot,
        rule: &str,
        at: Instant,
    ) -> Result<(), StoreError> {
        self.0
            .run(
                "INSERT INTO destruction (office, dossier, slot, unit, rule, asked_at)
                 VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT (office, slot) DO NOTHING",
                params![office, dossier, slot, unit, rule, at],
            )
            .await?;
        Ok(())
    }

    /// Removes a retention unit's rows; the whole dossier when it was the last one. True then.
    pub async fn remove_unit(
        &mut self,
        office: OfficeId,
        dossier: DossierId,
        unit: &str,
    ) -> Result<bool, StoreError> {
        for table in ["section", "act", "unit", "token", "archive_token"] {
            let sql =
                format!("DELETE FROM {table} WHERE office = $1 AND dossier = $2 AND unit = $3");
            self.0.run(&sql, params![office, dossier, unit]).await?;
        }
        let left = self
            .0
            .all("SELECT 1 FROM unit WHERE office = $1 AND dossier = $2", params![office, dossier])
            .await?;
        if !left.is_empty() {
            return Ok(false);
        }
        self.1.removed(&mut self.0, office, dossier).await?;
        for table in ["term", "hold", "import_mark", "mandate", "dossier"] {
            let sql = format!("DELETE FROM {table} WHERE office = $1 AND dossier = $2");
            self.0.run(&sql, params![office, dossier]).await?;
        }
        Ok(true)
    }
}

pub(crate) const fn state_text(state: UnitState) -> &'static str {
    match state {
        UnitState::Active => "active",
        UnitState::Archived => "archived",
    }
}

/// A list of placeholders `$from, …` for an `IN`.
pub(crate) fn places(from: usize, n: usize) -> String {
    (from..from + n).map(|i| format!("${i}")).collect::<Vec<_>>().join(",")
}

/// The parameters of an `IN` list.
pub(crate) fn ids<T: Into<Param>>(ids: impl IntoIterator<Item = T>) -> Vec<Param> {
    ids.into_iter().map(Into::into).collect()
}
