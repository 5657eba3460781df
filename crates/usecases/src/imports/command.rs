use huis_trace::{Authority, Line, Operation};

use super::{ImportLine, ImportState, Settled, Settling, stage::hex};
use crate::{Caller, Huis, UseError};

/// What an import by the command line did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// In numbers.
    pub line: ImportLine,
    /// The rows to correct, as a file; none when there is none.
    pub faults: Option<Vec<u8>>,
}

impl Huis {
    /// Imports a file from the machine's command line, in the name of an account and within its
    /// grants; traced as a command, then as any import. The columns are those of the last file of
    /// the kind, or the proposed ones. A dry run only tries the rows.
    pub async fn import_as(
        &self,
        login: &str,
        processing: &str,
        kind: &str,
        bytes: Vec<u8>,
        dry_run: bool,
    ) -> Result<Imported, UseError> {
        let row = self.store.agent_by_login(login).await?.ok_or(UseError::NotFound)?;
        let mut line = Line::new(
            self.now(),
            Authority::System,
            processing,
            "administration",
            Operation::AdminCommand,
        );
        line.detail.insert("commande".to_owned(), "import".to_owned());
        line.detail.insert("agent".to_owned(), hex(row.id.as_bytes()));
        self.trace(line).await?;
        // Whoever holds the root key at the machine has given more than a second factor.
        let caller = self.caller_of(row.id, true).await?.ok_or(UseError::NotFound)?;
        let sent = self.send_file(&caller, processing, kind, bytes).await?;
        let page = self.look_at_import(&caller, &sent.id).await?;
        let content = page.content.ok_or(UseError::NotFound)?;
        let settling =
            Settling { mapping: content.mapping, open: content.open.unwrap_or_default() };
        if let Settled::Refused(faults) = self.settle_import(&caller, &sent.id, settling).await? {
            self.stop_import(&caller, &sent.id).await?;
            let told = |(key, text): &(String, String)| format!("{key} : {text}");
            return Err(UseError::Invalid(faults.iter().map(told).collect()));
        }
        let mut line = self.until_still(&caller, &sent.id).await?;
        if !dry_run && line.state == ImportState::Ready {
            self.start_import(&caller, &sent.id).await?;
            line = self.until_still(&caller, &sent.id).await?;
        }
        let wrong = line.faulty > 0 && !line.state.moving();
        let faults = if wrong { Some(self.import_faults(&caller, &sent.id).await?) } else { None };
        if line.state == ImportState::Ready || faults.is_some() {
            // What the command gave is in its user's hands: nothing waits here.
            self.stop_import(&caller, &sent.id).await?;
        }
        Ok(Imported { line, faults })
    }

    /// Works until the import waits for someone. A server beside may hold the work: it does it then,
    /// and what a killed one held is free again within the minute.
    async fn until_still(&self, caller: &Caller, id: &str) -> Result<ImportLine, UseError> {
        loop {
            self.work_imports().await?;
            let line = self.import_progress(caller, id).await?;
            if !line.state.moving() {
                return Ok(line);
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    }
}
