//! The access log as evidence (X-23, X-24, A-20; I2, I8).
//!
//! Life of a line:
//!
//! 1. *Queued* ([`group`]): a use case describes what it is about to show or do. If the process
//!    dies here, nothing was shown.
//! 2. *Chained* ([`Log`]): the line is encoded with a salt ([`Leaf`]), joins the Merkle tree
//!    ([`Range`]) of its processing, and the new head ([`Head`]) is signed.
//! 3. *Durable* ([`LineStore`]): rows and state are committed in one transaction; only then is
//!    there a [`Receipt`], without which `access` releases no view.
//! 4. *Witnessed* ([`witness`]): the head is copied out of reach each minute. What the witness
//!    holds can no longer be rewritten, even by whoever holds the key.
//! 5. *Closed* ([`DayClosure`]) with its UTC day, and *purged* ([`purge`]) at its term: the
//!    lines go, the closure stays, and the rest still verifies ([`verify()`]).
//!
//! There is no SQL and no socket here.

pub mod alerts;
mod day;
pub mod export;
mod finding;
pub mod gone;
pub mod group;
mod head;
mod leaf;
mod line;
mod log;
#[cfg(feature = "testing")]
pub mod memory;
pub mod merkle;
mod note;
mod operation;
pub mod proof;
pub mod purge;
mod state;
mod verify;
pub mod witness;
mod writer;

pub use day::DayClosure;
pub use finding::Finding;
pub use gone::{Gone, GoneEntry, GoneError};
pub use head::{Head, Origin, OriginError, RestoredFrom};
pub use leaf::{Leaf, LeafError};
pub use line::{Authority, Dossiers, Line, NotACode, Outcome, SectionFields};
pub use log::{Batch, ClosedDay, Log, Receipt, Row};
pub use merkle::{Hash, Range};
pub use note::{LogKey, LogSigner, NoteError, SignedNote};
pub use operation::{Operation, UnknownOperation};
pub use state::{LogState, OpenError};
pub use verify::{Report, Verifier, verify};
pub use writer::{LineStore, TraceError, Writer};
