//! Lists taken away as files: the same reduced reading as their page, one trace line of the
//! operation « export » with the ids, which the alerts on unusual volume count (X-23, X-24, I3).
//! Each list is made into a sheet here, once, for the screens and for the API.

mod sheets;

use huis_documents::{File, Format, Sheet, Written};
use huis_kernel::Date;
use huis_trace::Operation;

use crate::{Caller, Huis, ListQuery, UseError, oversight::TraceQuery};

/// The most rows of one file: a territory's running dossiers, not a département's. Whoever needs
/// more narrows the filters, and each file leaves its own trace.
pub const MOST: u32 = 2_000;
/// The most lines of the trace in one file; it says where to go on from.
const MOST_TRACES: usize = 10_000;

impl Huis {
    /// The running dossiers that the filters keep; `None` when there are more than [`MOST`].
    pub async fn export_list(
        &self,
        caller: &Caller,
        processing: &str,
        query: &ListQuery,
    ) -> Result<Option<Sheet>, UseError> {
        let query = ListQuery { after: None, ..query.clone() };
        let page = self.list_as(caller, processing, &query, Operation::Export, MOST).await?;
        let processed = self.processed(processing)?;
        Ok(page.next.is_none().then(|| sheets::dossiers(processed, &page.lines)))
    }

    /// What is due, what came in, what is stuck, as the day page has it.
    pub async fn export_day(&self, caller: &Caller, processing: &str) -> Result<Sheet, UseError> {
        let day = self.day_as(caller, processing, Operation::Export).await?;
        Ok(sheets::day(self.processed(processing)?, &day, &caller.zone()))
    }

    /// The board's counts.
    pub async fn export_board(&self, caller: &Caller, processing: &str) -> Result<Sheet, UseError> {
        Ok(sheets::board(&self.board_as(caller, processing, Operation::Export).await?))
    }

    /// The retention plan for a date.
    pub async fn export_plan(
        &self,
        caller: &Caller,
        processing: &str,
        at: Date,
    ) -> Result<Sheet, UseError> {
        let plan = self.retention_plan_as(caller, processing, at, Operation::Export).await?;
        Ok(sheets::plan(&self.processed(processing)?.register, &plan))
    }

    /// The grants of the office: who may open what, until when, by whom given.
    pub async fn export_grants(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Sheet, UseError> {
        let grants = self.grants(caller, processing).await?;
        let places = self.territory_names(caller).await?;
        let mut line = self.line(caller, processing, Operation::Export);
        line.detail.insert("liste".to_owned(), "habilitations".to_owned());
        self.trace(line).await?;
        Ok(sheets::grants(grants, &places, &caller.zone()))
    }

    /// A page of the trace in words. The whole log, with its proofs, has its own export.
    pub async fn export_traces(
        &self,
        caller: &Caller,
        processing: &str,
        query: &TraceQuery,
    ) -> Result<Sheet, UseError> {
        let page = self.every_trace(caller, processing, query, MOST_TRACES).await?;
        Ok(sheets::traces(page, &caller.zone()))
    }
}

/// A sheet as a file, named after the list and the day.
///
/// # Errors
/// The file could not be written.
pub fn sheet_file(caller: &Caller, sheet: &Sheet, format: Format) -> Result<File, UseError> {
    let written =
        Written { title: sheet.name.clone(), author: caller.office.name.clone(), at: caller.now };
    Ok(File::sheet(sheet, format, caller.today, &written)?)
}

/// At the foot of each page: who took the file out, when, and that it is now theirs to keep safe.
pub fn footer(caller: &Caller) -> Vec<String> {
    let at = huis_law::instant_words(caller.now, &caller.zone());
    let who = if caller.agent.service.is_empty() {
        caller.agent.name.clone()
    } else {
        format!("{}, {}", caller.agent.name, caller.agent.service)
    };
    vec![
        format!("Exporté le {at} par {who} ({}).", caller.office.name),
        "Cet export est inscrit au journal des accès. À détruire dès qu’il a servi.".to_owned(),
    ]
}
