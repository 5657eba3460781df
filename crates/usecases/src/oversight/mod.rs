//! Watching over the work: who opened what, whether the log still verifies, what will be erased,
//! what the register says, how the service stands, the settings. For officers and supervisors;
//! nothing here opens a section.

mod article30;
mod conformity;
mod counters;
mod deposit;
mod evidence;
mod export;
mod purge;
mod register;
mod retention;
mod security;
mod settings;
mod supervise;
mod traces;

pub use article30::RegisterFile;
pub use conformity::ConformityFile;
pub use counters::CounterLine;
pub use deposit::{DepositCommand, Deposited, MOST_DEPOSITED, ahead};
pub use evidence::{LogReport, TraceReport};
pub use purge::PurgeReport;
pub use register::{RegisterEntry, RegisterVersion};
pub use retention::{CertificateLine, PlannedCard, RetentionPlan};
pub use security::{Due, Procedure, RiskReview, Security};
pub use settings::{PARTNERS, SETTINGS, Setting, SettingKind, SettingLine, TOKEN_DAYS};
pub use supervise::{AgentActivity, BoardLine, RuleLine, StuckLine, Supervision};
pub(crate) use traces::purpose_label;
pub use traces::{TraceLine, TracePage, TraceQuery};

// Screens name what is looked for, and know nothing below the use cases.
pub use huis_store::traces::TracePlace;
pub use huis_trace::Operation;

use huis_access::Refusal;
use huis_register::Power;
use huis_trace::Line;

use crate::{Caller, Huis, UseError};

/// Who asks: a person signed in, or a command of the operator. Both are traced.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// A person, whose profile must allow it.
    Caller(&'a Caller),
    /// An administrative command, or a job of the program, by its code.
    Command(&'static str),
}

impl Huis {
    /// Has the caller one of these powers? Gives the territories in which they have it (none
    /// named: the whole office), or traces the refusal.
    pub(crate) async fn allowed(
        &self,
        caller: &Caller,
        processing: &str,
        powers: &[Power],
        operation: Operation,
    ) -> Result<Vec<String>, UseError> {
        let register = &self.processed(processing)?.register;
        let mut refusal = Refusal::NotInProfile;
        for power in powers {
            match caller.power(register, *power) {
                Ok(territories) => return Ok(territories),
                // A missing second factor is worth saying; the rest is all the same.
                Err(Refusal::SecondFactor) => refusal = Refusal::SecondFactor,
                Err(_) => {}
            }
        }
        self.refuse(caller, processing, operation, None, refusal).await
    }

    /// Checks the power of a person; a command was allowed by whoever holds the machine.
    async fn allowed_by(
        &self,
        by: By<'_>,
        processing: &str,
        power: Power,
        operation: Operation,
    ) -> Result<(), UseError> {
        match by {
            By::Caller(caller) => {
                self.allowed(caller, processing, &[power], operation).await.map(drop)
            }
            By::Command(_) => self.processed(processing).map(drop),
        }
    }

    /// A line about what someone, or a command, does.
    fn line_by(&self, by: By<'_>, processing: &str, operation: Operation) -> Line {
        match by {
            By::Caller(caller) => self.line(caller, processing, operation),
            By::Command(code) => self.job_line(processing, code, operation),
        }
    }
}
