//! Files that are being imported: sealed parts, counts, and the marks by which a row that comes
//! again is known. Nothing of a file stands here in the clear (I1).

use huis_kernel::{AgentId, Date, DossierId, Instant, OfficeId};
use huis_vault::Slot;

use crate::{
    Store, StoreError,
    dossiers::{CARD_D, CardRow, card},
    sql::{Row, params},
    work::Work,
};

/// An import: where it stands, and counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRow {
    /// Office.
    pub office: OfficeId,
    /// Identifier, opaque.
    pub import: [u8; 16],
    /// Processing.
    pub processing: String,
    /// Kind, of the register's `[[import]]`.
    pub kind: String,
    /// Who sent the file, and alone sees it.
    pub agent: AgentId,
    /// Was a second factor given then?
    pub strong: bool,
    /// `recu`, `essai`, `pret`, `cours`, `fini`, `arrete`, `annule` or `expire`.
    pub state: String,
    /// The key of what is sealed; none once destroyed.
    pub slot: Option<Slot>,
    /// Rows of the file.
    pub lines: u32,
    /// Batches of rows already gone through in this state.
    pub done: u32,
    /// Rows that are written, or that would be.
    pub written: u32,
    /// Rows that were already there.
    pub known: u32,
    /// Rows with faults.
    pub faulty: u32,
    /// When the file came.
    pub created: Instant,
    /// When the import ended.
    pub ended: Option<Instant>,
    /// The last day of what is sealed.
    pub until: Date,
}

/// By what a row that was written is known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkRow {
    /// The dossier.
    pub dossier: DossierId,
    /// The import that wrote it.
    pub import: [u8; 16],
    /// Its row in that file.
    pub line: u32,
}

const COLUMNS: &str = "office, import, processing, kind, agent, strong, state, slot, lines, done,
     written, known, faulty, created_at, ended_at, until_on";

fn import(r: &Row) -> Result<ImportRow, StoreError> {
    Ok(ImportRow {
        office: OfficeId::from_bytes(r.id16(0)?),
        import: r.id16(1)?,
        processing: r.text(2)?,
        kind: r.text(3)?,
        agent: AgentId::from_bytes(r.id16(4)?),
        strong: r.flag(5)?,
        state: r.text(6)?,
        slot: r.opt_int(7)?.map(Slot),
        lines: r.small(8)?,
        done: r.small(9)?,
        written: r.small(10)?,
        known: r.small(11)?,
        faulty: r.small(12)?,
        created: Instant(r.int(13)?),
        ended: r.opt_int(14)?.map(Instant),
        until: r.date(15)?,
    })
}

impl Store {
    /// One import.
    pub async fn import(
        &self,
        office: OfficeId,
        id: [u8; 16],
    ) -> Result<Option<ImportRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM import WHERE office = $1 AND import = $2");
        self.data.one(&sql, params![office, id]).await?.as_ref().map(import).transpose()
    }

    /// The imports of an agent, the latest first.
    pub async fn imports_of(
        &self,
        office: OfficeId,
        agent: AgentId,
        limit: u32,
    ) -> Result<Vec<ImportRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import WHERE office = $1 AND agent = $2
             ORDER BY created_at DESC, import LIMIT $3"
        );
        self.data.all(&sql, params![office, agent, limit]).await?.iter().map(import).collect()
    }

    /// The imports that a job has to go on with.
    pub async fn imports_at_work(&self, office: OfficeId) -> Result<Vec<ImportRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import WHERE office = $1 AND state IN ('essai', 'cours')
             ORDER BY created_at, import"
        );
        self.data.all(&sql, params![office]).await?.iter().map(import).collect()
    }

    /// The imports whose sealed file has stayed past its last day.
    pub async fn imports_past(
        &self,
        office: OfficeId,
        today: Date,
    ) -> Result<Vec<ImportRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM import WHERE office = $1 AND slot IS NOT NULL AND until_on < $2"
        );
        self.data.all(&sql, params![office, today]).await?.iter().map(import).collect()
    }

    /// A sealed part of an import.
    pub async fn import_part(
        &self,
        office: OfficeId,
        id: [u8; 16],
        part: &str,
        no: u32,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT body FROM import_part
                   WHERE office = $1 AND import = $2 AND part = $3 AND no = $4";
        let row = self.data.one(sql, params![office, id, part, no]).await?;
        row.map(|r| r.bytes(0)).transpose()
    }

    /// The mark of a row, when it was written before.
    pub async fn import_mark(
        &self,
        office: OfficeId,
        mark: [u8; 32],
    ) -> Result<Option<MarkRow>, StoreError> {
        let sql = "SELECT dossier, import, line FROM import_mark WHERE office = $1 AND mark = $2";
        let row = self.data.one(sql, params![office, mark]).await?;
        row.map(|r| {
            Ok(MarkRow {
                dossier: DossierId::from_bytes(r.id16(0)?),
                import: r.id16(1)?,
                line: r.small(2)?,
            })
        })
        .transpose()
    }

    /// The card of a dossier known by a mark.
    pub async fn card_by_mark(
        &self,
        office: OfficeId,
        processing: &str,
        mark: [u8; 32],
    ) -> Result<Option<CardRow>, StoreError> {
        let sql = format!(
            "SELECT {CARD_D} FROM import_mark m
             JOIN dossier d ON d.office = m.office AND d.dossier = m.dossier
             WHERE m.office = $1 AND m.mark = $2 AND d.processing = $3"
        );
        let row = self.data.one(&sql, params![office, mark, processing]).await?;
        self.with_mandates(row.as_ref().map(card).transpose()?).await
    }

    /// The mapping kept for files with these columns, sealed.
    pub async fn import_mapping(
        &self,
        office: OfficeId,
        signature: [u8; 32],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT body FROM import_mapping WHERE office = $1 AND signature = $2";
        let row = self.data.one(sql, params![office, signature]).await?;
        row.map(|r| r.bytes(0)).transpose()
    }

    /// Forgets marks past their day, mappings unused since a day, and the counts of old imports.
    pub async fn forget_imports(
        &self,
        office: OfficeId,
        today: Date,
        unused_since: Date,
        older_than: Instant,
    ) -> Result<(), StoreError> {
        let mut tx = self.data.begin().await?;
        let sql = "DELETE FROM import_mark WHERE office = $1 AND until_on < $2";
        tx.run(sql, params![office, today]).await?;
        let sql = "DELETE FROM import_mapping WHERE office = $1 AND used_on < $2";
        tx.run(sql, params![office, unused_since]).await?;
        let sql = "DELETE FROM import WHERE office = $1 AND slot IS NULL AND created_at < $2";
        tx.run(sql, params![office, older_than]).await?;
        tx.commit().await
    }
}

impl Work {
    /// Adds an import.
    pub async fn add_import(&mut self, row: &ImportRow) -> Result<(), StoreError> {
        let values = params![
            row.office,
            row.import,
            &row.processing,
            &row.kind,
            row.agent,
            row.strong,
            &row.state,
            row.slot.map(|s| s.0),
            row.lines,
            row.done,
            row.written,
            row.known,
            row.faulty,
            row.created,
            row.ended,
            row.until,
        ];
        self.0.insert("import", COLUMNS, vec![values], "").await
    }

    /// Moves an import on, if it still stands where it was read: false when it was stopped, or
    /// moved by another.
    pub async fn set_import(
        &mut self,
        was: &ImportRow,
        now: &ImportRow,
    ) -> Result<bool, StoreError> {
        let n = self
            .0
            .run(
                "UPDATE import SET state = $5, slot = $6, done = $7, written = $8, known = $9,
                 faulty = $10, ended_at = $11
                 WHERE office = $1 AND import = $2 AND state = $3 AND done = $4",
                params![
                    was.office,
                    was.import,
                    &was.state,
                    was.done,
                    &now.state,
                    now.slot.map(|s| s.0),
                    now.done,
                    now.written,
                    now.known,
                    now.faulty,
                    now.ended,
                ],
            )
            .await?;
        Ok(n == 1)
    }

    /// Writes sealed parts: (part, number, body).
    pub async fn put_import_parts(
        &mut self,
        office: OfficeId,
        id: [u8; 16],
        parts: &[(&str, u32, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let rows = parts.iter().map(|(p, no, body)| params![office, id, *p, *no, body]).collect();
        let tail = "ON CONFLICT (office, import, part, no) DO UPDATE SET body = excluded.body";
        self.0.insert("import_part", "office, import, part, no, body", rows, tail).await
    }

    /// Removes the sealed parts of an import; of one name, or all.
    pub async fn drop_import_parts(
        &mut self,
        office: OfficeId,
        id: [u8; 16],
        part: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = "DELETE FROM import_part WHERE office = $1 AND import = $2
                   AND ($3 = '' OR part = $3)";
        self.0.run(sql, params![office, id, part.unwrap_or("")]).await?;
        Ok(())
    }

    /// Marks a row as written on a dossier, in the transaction that writes it. A duplicate fails
    /// the transaction: the row was written meanwhile.
    pub async fn add_import_mark(
        &mut self,
        office: OfficeId,
        mark: [u8; 32],
        row: &MarkRow,
        until: Date,
    ) -> Result<(), StoreError> {
        let values = params![office, mark, row.dossier, row.import, row.line, until];
        self.0
            .insert(
                "import_mark",
                "office, mark, dossier, import, line, until_on",
                vec![values],
                "",
            )
            .await
    }

    /// Remembers by what a dossier is called elsewhere: the last word counts.
    pub async fn set_import_mark(
        &mut self,
        office: OfficeId,
        mark: [u8; 32],
        row: &MarkRow,
        until: Date,
    ) -> Result<(), StoreError> {
        let values = params![office, mark, row.dossier, row.import, row.line, until];
        let tail = "ON CONFLICT (office, mark) DO UPDATE SET dossier = excluded.dossier,
                    import = excluded.import, line = excluded.line, until_on = excluded.until_on";
        let columns = "office, mark, dossier, import, line, until_on";
        self.0.insert("import_mark", columns, vec![values], tail).await
    }

    /// Keeps the mapping of files with these columns.
    pub async fn keep_import_mapping(
        &mut self,
        office: OfficeId,
        signature: [u8; 32],
        body: &[u8],
        today: Date,
    ) -> Result<(), StoreError> {
        let tail = "ON CONFLICT (office, signature) DO UPDATE SET body = excluded.body,
                    used_on = excluded.used_on";
        let columns = "office, signature, body, used_on";
        let values = params![office, signature, body, today];
        self.0.insert("import_mapping", columns, vec![values], tail).await
    }
}
