//! The engine: acts, what may come next, where a dossier stands, how long it lives. Pure.

mod act;
mod letters;
mod lifecycle;
mod processing;
mod request;
mod value;

pub use act::{Act, Author, Draft, EffectiveAct, effective};
pub use letters::{LetterDue, LetterWritten, Letters, Sent};
pub use lifecycle::{Hold, LifeFacts, Next, Step, UnitStage, next, plan};
pub use processing::{
    Case, Explained, Fault, Flag, Judgement, Known, Offer, Processing, Severity, Standing, Term,
    TermState,
};
pub use request::Request;
pub use value::{Facts, Value};
