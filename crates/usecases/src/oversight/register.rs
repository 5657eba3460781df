//! The register as the officer reads it: the entry of article 30, and what each version changed.

use huis_kernel::{Date, Instant};
use huis_register::{Change, Power, Register, diff, to_article30};
use huis_trace::Operation;

use crate::{Caller, Huis, UseError};

/// A version of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterVersion {
    /// First digits of its content hash.
    pub digest: String,
    /// From when it counts.
    pub in_force: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What it changed from the version before; `None` for the first, or when one of the two no
    /// longer reads.
    pub changes: Option<Vec<Change>>,
}

/// A processing's entry of the register of processing activities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEntry {
    /// Headings of article 30, each with its lines.
    pub article30: Vec<(String, Vec<(String, String)>)>,
    /// Versions, newest first.
    pub versions: Vec<RegisterVersion>,
    /// What the pages must say of a local register that loosens the shipped one (A-03, I11).
    pub banner: Option<String>,
}

impl Huis {
    /// The register's entry and its history.
    pub async fn register_page(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<RegisterEntry, UseError> {
        self.allowed(caller, processing, &[Power::Register], Operation::RegisterRead).await?;
        let processed = self.processed(processing)?;
        let line = self.line(caller, processing, Operation::RegisterRead);
        self.trace(line).await?;
        let rows = self.store.register_versions(processing).await?;
        let read: Vec<Option<Register>> =
            rows.iter().map(|r| Register::parse(&r.processing, &r.body).ok()).collect();
        let before = read.iter().skip(1).map(Option::as_ref).chain([None]);
        let versions = rows
            .iter()
            .zip(&read)
            .zip(before)
            .map(|((row, this), before)| RegisterVersion {
                digest: row.sha256.iter().take(6).map(|b| format!("{b:02x}")).collect(),
                in_force: row.in_force,
                recorded_at: row.recorded_at,
                changes: before.zip(this.as_ref()).map(|(old, new)| diff(old, new)),
            })
            .collect();
        Ok(RegisterEntry {
            article30: to_article30(&processed.register),
            versions,
            banner: processed.local.as_ref().and_then(huis_register::LocalStatus::banner),
        })
    }
}
