//! Letters: what is due, filled from the reduced view and sealed in an act, printed
//! together, marked as sent; their texts, which an office may adapt.

mod batch;
mod notice;
mod sending;
mod templates;
mod write;

pub use batch::{Batch, LetterDay, LetterFault, Printed};
pub use huis_letters::{Block, EasyLine, Letter, TemplateFault, easy_lines, placeholders};
pub use notice::PublicNotice;
pub use sending::{MODES, RETURNS, SendCommand, SendReport};
pub(crate) use templates::shipped;
pub use templates::{LetterText, Preview, TextVersion};

/// The most dossiers of one batch: prepared, then printed, it stays under the volume of an alert.
pub const MOST: usize = 25;
