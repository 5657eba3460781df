//! Letters: the texts that offices adapted, and the dossiers whose deadlines a letter answers.

use huis_kernel::{AgentId, Date, Instant, OfficeId};

use crate::{
    Store, StoreError,
    dossiers::{CARD_D, card},
    lists::{TermDue, within},
    sql::params,
    work::{ids, places},
};

/// A version of an adapted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterTextRow {
    /// Letter.
    pub letter: String,
    /// Version, from 1.
    pub version: u64,
    /// Subject.
    pub subject: String,
    /// Text; empty goes back to the shipped one.
    pub body: String,
    /// When.
    pub changed_at: Instant,
    /// By whom.
    pub changed_by: AgentId,
}

impl Store {
    /// Every version of the texts that an office adapted, newest first.
    pub async fn letter_texts(
        &self,
        office: OfficeId,
        processing: &str,
    ) -> Result<Vec<LetterTextRow>, StoreError> {
        let sql = "SELECT letter, version, subject, body, changed_at, changed_by FROM letter_text
                   WHERE office = $1 AND processing = $2 ORDER BY letter, version DESC";
        let rows = self.data.all(sql, params![office, processing]).await?;
        rows.iter()
            .map(|r| {
                Ok(LetterTextRow {
                    letter: r.text(0)?,
                    version: r.count(1)?,
                    subject: r.text(2)?,
                    body: r.text(3)?,
                    changed_at: Instant(r.int(4)?),
                    changed_by: AgentId::from_bytes(r.id16(5)?),
                })
            })
            .collect()
    }

    /// Adds a version; `false` when another took its number first.
    pub async fn add_letter_text(
        &self,
        office: OfficeId,
        processing: &str,
        row: &LetterTextRow,
    ) -> Result<bool, StoreError> {
        let version = i64::try_from(row.version).unwrap_or(i64::MAX);
        let done = self
            .data
            .run(
                "INSERT INTO letter_text (office, processing, letter, version, subject, body,
                 changed_at, changed_by) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
                 ON CONFLICT (office, processing, letter, version) DO NOTHING",
                params![
                    office,
                    processing,
                    &row.letter,
                    version,
                    &row.subject,
                    &row.body,
                    row.changed_at,
                    row.changed_by
                ],
            )
            .await?;
        Ok(done > 0)
    }

    /// The running dossiers where one of these deadlines runs, oldest first.
    pub async fn terms_named(
        &self,
        office: OfficeId,
        processing: &str,
        territories: &[String],
        rules: &[&str],
        limit: u32,
    ) -> Result<Vec<TermDue>, StoreError> {
        if rules.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {CARD_D}, t.rule, t.due, t.action FROM term t
             JOIN dossier d ON d.office = t.office AND d.dossier = t.dossier
             WHERE t.office = $1 AND t.state = 'running' AND d.processing = $2 AND d.archived = 0
             AND d.closed_on IS NULL AND t.rule IN ({}) {}
             ORDER BY t.due, t.dossier LIMIT {limit}",
            places(3, rules.len()),
            within("d.territory", 3 + rules.len(), territories)
        );
        let mut list = params![office, processing];
        list.extend(ids(rules.iter().copied()));
        list.extend(ids(territories.iter().map(String::as_str)));
        let rows = self.data.all(&sql, list).await?;
        rows.iter()
            .map(|r| {
                let due: Date = r.date(16)?;
                Ok(TermDue { card: card(r)?, rule: r.text(15)?, due, action: r.flag(17)? })
            })
            .collect()
    }
}
