//! Lists taken away as files: the same reduced reading as their page, one trace line of the
//! operation « export » with the ids, which the alerts on unusual volume count (X-23, X-24, I3).

use huis_kernel::Date;
use huis_trace::Operation;

use crate::{
    Board, Caller, Day, Huis, ListLine, ListQuery, UseError,
    grants::GrantLine,
    oversight::{RetentionPlan, TracePage, TraceQuery},
};

/// The most rows of one file: a territory's running dossiers, not a département's. Whoever needs
/// more narrows the filters, and each file leaves its own trace.
pub const MOST: u32 = 2_000;

impl Huis {
    /// The running dossiers that the filters keep; `None` when there are more than [`MOST`].
    pub async fn export_list(
        &self,
        caller: &Caller,
        processing: &str,
        query: &ListQuery,
    ) -> Result<Option<Vec<ListLine>>, UseError> {
        let query = ListQuery { after: None, ..query.clone() };
        let page = self.list_as(caller, processing, &query, Operation::Export, MOST).await?;
        Ok(page.next.is_none().then_some(page.lines))
    }

    /// What is due, what came in, what is stuck, as the day page has it.
    pub async fn export_day(&self, caller: &Caller, processing: &str) -> Result<Day, UseError> {
        self.day_as(caller, processing, Operation::Export).await
    }

    /// The board's counts.
    pub async fn export_board(&self, caller: &Caller, processing: &str) -> Result<Board, UseError> {
        self.board_as(caller, processing, Operation::Export).await
    }

    /// The retention plan for a date.
    pub async fn export_plan(
        &self,
        caller: &Caller,
        processing: &str,
        at: Date,
    ) -> Result<RetentionPlan, UseError> {
        self.retention_plan_as(caller, processing, at, Operation::Export).await
    }

    /// The grants of the office: who may open what, until when, by whom given.
    pub async fn export_grants(
        &self,
        caller: &Caller,
        processing: &str,
    ) -> Result<Vec<GrantLine>, UseError> {
        let grants = self.grants(caller, processing).await?;
        let mut line = self.line(caller, processing, Operation::Export);
        line.detail.insert("liste".to_owned(), "habilitations".to_owned());
        self.trace(line).await?;
        Ok(grants)
    }

    /// A page of the trace in words. The whole log, with its proofs, has its own export.
    pub async fn export_traces(
        &self,
        caller: &Caller,
        processing: &str,
        query: &TraceQuery,
    ) -> Result<TracePage, UseError> {
        self.trace_page_as(caller, processing, query, Operation::TraceExport).await
    }
}
