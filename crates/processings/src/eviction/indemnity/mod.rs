//! What the State owes when the police's help (*concours de la force publique*) is refused (X-05;
//! CPCE art. L. 153-1 and R. 154-1 to R. 154-7): pure rules, in whole cents, one file a subject.
//!
//! - [`claim`]: what is known; [`settings`]: the choices that the sources leave open;
//! - [`start`], [`end`], [`period`]: for which days the State is liable;
//! - [`months`]: the months of a period and what share of each counts;
//! - [`heads`]: the heads of loss, line by line;
//! - [`imputation`]: which debt each payment extinguishes;
//! - [`prescription`]: the years that are lost;
//! - [`interest`]: legal interest, its increase, its capitalisation;
//! - [`compute`]: all of it; [`result`]: what it gives;
//! - [`reading`], [`calc`]: the same from JSON (`huis calc indemnity`);
//! - [`entry`]: the lines that a clerk types; [`dossier`]: what the acts of a dossier say;
//! - [`sealed`]: what the act `calcul-indemnite` keeps, and its replay (I10).

mod calc;
mod claim;
mod compute;
mod dossier;
mod end;
mod entry;
mod heads;
mod imputation;
mod interest;
mod money;
mod months;
mod period;
mod prescription;
mod reading;
mod result;
mod sealed;
mod settings;
mod start;

pub use calc::{IndemnityError, calc_indemnity};
pub use claim::{
    Answer, AnswerKind, Beneficiary, Claim, Ending, EndingKind, Grace, Loss, LossKind, Payer,
    Payment, Procedure, Protocol, Rent, Request, Target, WasteTax,
};
pub use compute::compute;
pub use dossier::SECTION;
pub use money::plain;
pub use reading::{
    ClaimText, DelayText, GraceText, LossText, PaymentText, ProcedureText, ProtocolText, RentText,
    SettingsText, TaxText, read,
};
pub use result::{
    Calculation, Excluded, Head, Line, MissingRate, Prescribed, RateUsed, Span, Totals,
};
pub(crate) use sealed::{COMPUTED, judged};
pub use sealed::{Replay, replay};
pub use settings::{
    DenouncedProtocol, EndDay, GraceEnd, Imputation, InterestYear, Limitation, Prorata, Settings,
};

use huis_law::Place;

/// Administrative silences are not extended to a working day: no place's holidays count.
pub(crate) const fn anywhere() -> Place {
    Place { commune: String::new(), good_friday: false }
}
