//! What every other crate stands on: identifiers, clock and randomness as parameters, money,
//! civil dates and delays. No I/O but the system clock and the system's randomness, each behind
//! a trait (invariant I9).

mod case_number;
mod delay;
mod ids;
mod money;
mod rng;
mod time;
mod words;

pub use case_number::{CaseNumber, CaseNumberError};
pub use delay::{Delay, DelayError};
pub use ids::{AgentId, AlertId, DossierId, GrantId, IdError, OfficeId, SessionId};
pub use money::{Money, MoneyError};
pub use rng::{Rng, SeededRng, SystemRng};
pub use time::{Clock, Date, Instant, ManualClock, Period, SystemClock, Zone};
pub use words::no_break_spaces;
