//! The letters of a processing: their templates, checked against the register, and
//! how they are filled. Pure: what a letter shows is given to it, reduced (I3).
//!
//! - [`Template::read`], [`Template::parse`]: a text with `{placeholders}`, or all its faults;
//! - [`Template::fill`]: the letter to one person, or all that is missing;
//! - [`Letter::to_text`]: the body as it is sealed with its act, read back the same (I10);
//! - [`mentions`]: what a letter must tell, from the register and the office's settings.

mod fault;
mod fill;
mod letter;
mod markup;
pub mod mentions;
mod pictograms;
mod placeholder;
mod template;

pub use fault::TemplateFault;
pub use fill::{Material, Office, civility};
pub use letter::{Block, Letter, escape};
pub use pictograms::{EasyLine, Pictogram, easy_lines, pictogram};
pub use placeholder::{Placeholder, placeholders};
pub use template::{Template, file_names};
