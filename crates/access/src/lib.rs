//! The one way to personal data (I2). A use case asks `decide` for a `Proof`; `unlock` opens what
//! the proof allows; what comes out is a `Pending` view, which only the receipt of a durable trace
//! releases. This crate alone may depend on unsealing.
//!
//! A handler cannot make a proof, nor read a pending view without its receipt:
//!
//! ```compile_fail
//! # fn f(view: huis_access::Pending<huis_access::DossierView>) {
//! let sections = view.value.sections; // private: `release` asks for a receipt
//! # }
//! ```
//! ```compile_fail
//! let proof = huis_access::Proof { register: todo!(), grant: todo!() }; // private fields
//! ```
//! ```compile_fail
//! // a receipt has no public constructor: the trace writer alone makes one, once persisted
//! let receipt = huis_trace::Receipt { index: 0, ..todo!() };
//! ```

mod body;
mod decide;
mod grant;
mod open;
mod pending;
pub mod search;
mod staging;
mod write;

pub use body::{Restriction, SectionBody};
pub use decide::{Authority, Proof, Refusal, Want, decide, decide_job, decide_rule};
pub use grant::{Actor, Card, Grant};
pub use open::{
    ActView, Answer, DossierView, Held, KeySource, OpenError, Plain, SectionView, Unlocked, gather,
    unlock,
};
pub use pending::{Pending, WrongReceipt};
pub use staging::{ImportProof, decide_import};
pub use write::{
    Edits, NewAct, NewDossier, SealedChange, Sealing, SectionEdit, WriteError, Written, create,
    void, write,
};
