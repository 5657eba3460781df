use huis_access::decide_import;
use huis_imports::{
    FAULT_COLUMN, FileFault, Header, Limits, Mapping, Row, Shape, find_header, fold, propose, read,
    unit_of_headers,
};
use huis_store::imports::ImportRow;

use super::{
    BATCH,
    stage::{Plan, Staged, hex, targets_of},
};
use crate::{Caller, Huis, UseError};

/// A file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The import's id, for addresses.
    pub id: String,
    /// Rows found.
    pub lines: u32,
}

/// Rows shown beside the columns.
const FIRST: usize = 3;

struct Content {
    shape: Shape,
    header: Header,
    rows: Vec<Row>,
}

impl Huis {
    /// Takes a file in: read whole, refused whole when it is no table, sealed under a key of its
    /// own. Nothing is written to any dossier yet.
    pub async fn send_file(
        &self,
        caller: &Caller,
        processing: &str,
        kind: &str,
        bytes: Vec<u8>,
    ) -> Result<Sent, UseError> {
        let processed = self.processed(processing)?;
        let kind = processed.register.import(kind).ok_or(UseError::NotFound)?;
        let (office, agent) = (caller.office.office, caller.actor.agent);
        let mut row = ImportRow {
            office,
            import: self.id16(),
            processing: processing.to_owned(),
            kind: kind.id.clone(),
            agent,
            strong: caller.actor.strong,
            state: "recu".to_owned(),
            slot: None,
            lines: 0,
            done: 0,
            written: 0,
            known: 0,
            faulty: 0,
            created: caller.now,
            ended: None,
            until: kind.staging.after(caller.today),
        };
        let (register, of) = (&processed.register, (office, row.import, agent));
        let decided =
            decide_import(register, &caller.actor, kind, of, caller.today, caller.partners_on);
        let proof = match decided {
            Ok(proof) => proof,
            Err(refusal) => {
                let operation = huis_trace::Operation::Import;
                return self.refuse(caller, processing, operation, None, refusal).await;
            }
        };
        let targets = targets_of(caller, processed, kind);
        // A large workbook takes a second: not on the thread that answers the others.
        let wanted = targets.clone();
        let content = tokio::task::spawn_blocking(move || content(&bytes, &wanted))
            .await
            .map_err(|_| UseError::Internal("lecture"))?;
        let content = content.map_err(|f| UseError::Invalid(vec![f.to_string()]))?;
        row.lines = u32::try_from(content.rows.len()).unwrap_or(u32::MAX);
        let kept = self.kept_mapping(caller, &row, &content.header).await?;
        let known = kept.is_some();
        let (mapping, open) = kept.unwrap_or_else(|| (propose(&content.header, &targets), false));
        let plan = Plan {
            shape: format!("{}, {}", content.shape.kind, content.shape.detail),
            first: content.rows.iter().take(FIRST).cloned().collect(),
            header: content.header,
            mapping,
            open,
            known,
        };
        let (mut work, fresh) = self.begin_with_slots(1).await?;
        let key = fresh.into_iter().next().ok_or(UseError::Internal("clés"))?;
        row.slot = Some(key.0);
        let staged = Staged { row, processed, kind, proof, key };
        let mut parts = vec![("plan", 0, self.seal_part(&staged, "plan", 0, &plan)?)];
        for (no, rows) in content.rows.chunks(usize::try_from(BATCH).unwrap_or(1)).enumerate() {
            let no = u32::try_from(no).unwrap_or(u32::MAX);
            parts.push(("lignes", no, self.seal_part(&staged, "lignes", no, &rows)?));
        }
        work.add_import(&staged.row).await?;
        work.put_import_parts(office, staged.row.import, &parts).await?;
        let mut line = self.import_line(caller, &staged.row, "depot");
        line.detail.insert("lignes".to_owned(), staged.row.lines.to_string());
        let entry = self.beside(&mut work, &mut line).await?;
        work.commit().await?;
        self.chain(vec![(entry, line)]).await;
        Ok(Sent { id: hex(&staged.row.import), lines: staged.row.lines })
    }

    /// The columns of an earlier file with the same headers, of this kind, in this office, sent by
    /// who has the same grants.
    async fn kept_mapping(
        &self,
        caller: &Caller,
        row: &ImportRow,
        header: &Header,
    ) -> Result<Option<(Mapping, bool)>, UseError> {
        let signature = self.import_signature(caller, row, header);
        let office = caller.office.office;
        let Some(sealed) = self.store.import_mapping(office, signature).await? else {
            return Ok(None);
        };
        let plain = self.root.open_secret("import", &signature, &sealed);
        Ok(plain.ok().and_then(|p| serde_json::from_slice(&p).ok()))
    }

    /// What two files of one kind with the same columns have in common, as a keyed hash: a header
    /// may hold anything. What was typed beside the columns is read again by colleagues only: a
    /// partner learns nothing of another.
    pub(super) fn import_signature(
        &self,
        caller: &Caller,
        row: &ImportRow,
        header: &Header,
    ) -> [u8; 32] {
        let mut whose: Vec<String> = caller
            .grants(&row.processing)
            .map(|g| format!("{} {}", g.profile, g.territories.join(" ")))
            .collect();
        whose.sort_unstable();
        let columns: Vec<String> =
            header.columns.iter().filter(|c| fold(c) != fold(FAULT_COLUMN)).cloned().collect();
        let data = format!("{}|{}|{}", row.kind, whose.join(","), unit_of_headers(&columns));
        self.root
            .derive(&format!("import {} {}", row.processing, row.office))
            .hmac(b"colonnes", data.as_bytes())
    }
}

fn content(bytes: &[u8], targets: &[huis_imports::Target]) -> Result<Content, FileFault> {
    let limits = Limits::DEFAULT;
    let mut rows = Vec::new();
    let shape = read(bytes, &limits, |row| {
        rows.push(row);
        Ok(())
    })?;
    let header = find_header(&rows, targets, &limits).ok_or(FileFault::Empty)?;
    rows.retain(|r| r.no > header.no);
    if rows.is_empty() { Err(FileFault::Empty) } else { Ok(Content { shape, header, rows }) }
}
