//! What people do with Huis, one function a use case: find the grant, open what it allows, let the
//! rules judge, write everything in one transaction, trace it, show it. Screens, API and command
//! line call these and nothing below (I3).

mod asked;
mod calendar;
mod caller;
mod dossier;
mod drafts;
mod error;
mod exports;
mod gone;
mod huis;
mod imports;
mod index;
mod keys;
mod life;
mod lists;
mod once;
mod press;
mod registers;
mod requests;
mod root;
mod search;
mod standing;
mod start;
mod terms;
mod tracing_out;

pub mod accounts;
pub mod agenda;
pub mod alerts;
pub mod backup;
pub mod demo;
pub mod entry;
pub mod grants;
pub mod letters;
pub mod mail;
pub mod oversight;
pub mod partners;

pub use caller::{AgentInfo, Caller};
pub use dossier::{
    ActCommand, ActRecorded, CALCULATION, Capabilities, Created, Foreseen, HOLD_GROUNDS,
    HoldCommand, NewCase, Opened, Reading, SectionCommand, Tried, first_sections, referent,
    unit_of,
};
pub use drafts::{KeptForm, KeptLine};
pub use error::UseError;
pub use exports::{MOST, footer, sheet_file};
pub use huis::{Huis, Processed};
pub use huis_access::Person;
/// What names and labels are put in order by: « Évrard » comes after « Durand », not after
/// « Zeller ».
pub use huis_access::search::normalise as in_order;
pub use huis_dossier::Request;
pub use huis_imports::{CellFault, Header, Limits, Mapping, Row, Source, Target};
pub use huis_processings::eviction::indemnity;
pub use huis_store::lifecycle::HoldRow;
pub use imports::{
    FaultLine, ImportContent, ImportLine, ImportPage, ImportState, Imported, Sent, Settled,
    Settling,
};
pub use life::{Certificate, PlanLine, SweepReport};
pub use lists::{ActLine, Board, BoardCell, Day, DayLine, ListLine, ListQuery, Page};
pub use once::{ONCE_LONGEST, Once, OnceKey};
pub use registers::Adopted;
pub use requests::{COPY, Copied, CopyCommand, CopyMade, Opening, PersonCopy};
pub use search::{Found, FoundLine, Question};
pub use start::{Founding, Options, StartError, registers};
