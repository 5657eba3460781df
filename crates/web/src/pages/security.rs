//! The security of the installation: the risks reviewed, the procedure of grants.

use askama::Template;

use crate::{forms::FormView, layout::Shell, pages::Remark};

/// Reviews and procedure, with a form for each.
#[derive(Template)]
#[template(path = "pages/security.html")]
pub struct Security {
    /// Shell.
    pub shell: Shell,
    /// What is overdue or missing.
    pub remarks: Vec<Remark>,
    /// Reviews, the last first.
    pub reviews: Vec<ReviewView>,
    /// Versions of the procedure, the newest first.
    pub procedures: Vec<ProcedureView>,
    /// Records a review.
    pub review: FormView,
    /// Records a version of the procedure.
    pub procedure: FormView,
}

/// A review of the risks.
#[derive(Clone, Debug)]
pub struct ReviewView {
    /// When it was held, as read.
    pub held: String,
    /// When the next one is due, as read.
    pub next: String,
    /// What it found.
    pub summary: String,
    /// Who recorded it, and when.
    pub by: String,
}

/// A version of the procedure.
#[derive(Clone, Debug)]
pub struct ProcedureView {
    /// Its number.
    pub version: u64,
    /// When it was approved and by whom.
    pub approved: String,
    /// Its text.
    pub body: String,
    /// How many agents have read it.
    pub read_by: u64,
}

/// The procedure before an agent who has not read it yet.
#[derive(Template)]
#[template(path = "pages/procedure.html")]
pub struct ReadProcedure {
    /// Shell.
    pub shell: Shell,
    /// The version in force.
    pub procedure: ProcedureView,
    /// Where one was going.
    pub back: String,
    /// It still has to be read before anything opens.
    pub due: bool,
    /// What went wrong.
    pub fault: Option<String>,
}
