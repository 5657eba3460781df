//! The one way to personal data (I2). A use case asks `decide` for a `Proof`; `unlock` opens what
//! the proof allows; what comes out is a `Pending` view, which only the receipt of a durable trace
//! releases. This crate alone may depend on unsealing.
//!
//! A handler cannot read a pending view without its receipt, make a proof, or make a receipt. Each
//! example that must not compile stands beside one that does, and differs by the forbidden thing
//! alone:
//!
//! ```
//! # fn f(view: huis_access::Pending<huis_access::DossierView>, receipt: &huis_trace::Receipt) {
//! let sections = view.release(receipt).map(|view| view.sections);
//! # }
//! ```
//! ```compile_fail,E0616
//! # fn f(view: huis_access::Pending<huis_access::DossierView>, receipt: &huis_trace::Receipt) {
//! let sections = view.value.sections; // private: `release` asks for a receipt
//! # }
//! ```
//! A proof comes from a decision; a part of one cannot be taken for another:
//! ```
//! # fn f<'r>(register: &'r huis_register::Register, office: huis_kernel::OfficeId) {
//! let proof: huis_access::Proof<'r> = huis_access::decide_job(register, "sweep", office);
//! # }
//! ```
//! ```compile_fail,E0451
//! # fn f<'r>(register: &'r huis_register::Register, office: huis_kernel::OfficeId) {
//! let proof: huis_access::Proof<'r> = huis_access::decide_job(register, "sweep", office);
//! let other = huis_access::Proof { office, ..proof }; // private fields
//! # }
//! ```
//! What a rule is given to read does not come out of it: its answer is of a closed list.
//! ```
//! # fn f(unlocked: huis_access::Unlocked<'_, '_>) {
//! let due = unlocked.answer(|plain| plain.acts.is_empty());
//! # }
//! ```
//! ```compile_fail,E0277
//! # fn f(unlocked: huis_access::Unlocked<'_, '_>) {
//! let acts = unlocked.answer(|plain| plain.acts.clone()); // not an `Answer`
//! # }
//! ```
//! (That a receipt has no public constructor is shown beside it, in `huis_trace::Receipt`.)

mod body;
mod decide;
mod grant;
mod open;
mod pending;
pub mod search;
mod staging;
mod street;
mod subject;
mod void;
mod write;

pub use body::{Restriction, SectionBody, WrittenBy};
pub use decide::{Proof, Refusal, Want, decide, decide_job, decide_rule};
pub use grant::{Actor, Card, Grant};
pub use open::{
    ActView, Answer, DossierView, Foreseen, Held, KeySource, OpenError, Plain, SectionView,
    Unlocked, gather, unlock,
};
pub use pending::{Pending, WrongReceipt, together};
pub use staging::{ImportProof, decide_import};
pub use subject::{Asked, Person, Purview, SubjectCopy, decide_subject};
pub use void::{Voided, void};
pub use write::{
    Edits, NewAct, NewDossier, SealedChange, Sealing, SectionEdit, WriteError, Written, create,
    write,
};
