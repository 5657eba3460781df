use huis_register::french;
use std::fmt;

/// What is wrong in the text of a letter, where, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TemplateFault {
    /// Line of the text (of the file, when a file was read), from 1; 0 is the subject.
    pub line: usize,
    /// What is wrong, in French.
    pub message: String,
    /// How to mend it, in French.
    pub mend: String,
}

impl TemplateFault {
    pub(crate) fn new(line: usize, message: &str, mend: &str) -> Self {
        Self { line, message: french(message), mend: french(mend) }
    }
}

impl fmt::Display for TemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str("objet")?,
            line => write!(f, "ligne {line}")?,
        }
        write!(f, "\u{a0}: {} {}", self.message, self.mend)
    }
}

impl std::error::Error for TemplateFault {}
