use huis_trace::{Line, Receipt};

/// Something opened, that nobody may see before its trace is durable (A-20, I2).
#[derive(Debug)]
#[must_use = "write its line to the trace, then release it with the receipt"]
pub struct Pending<T> {
    value: T,
    line: Line,
}

/// The receipt is that of another line: a fault of the program, and nothing is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("la trace écrite n'est pas celle de cette consultation")]
pub struct WrongReceipt;

impl<T> Pending<T> {
    pub(crate) const fn new(value: T, line: Line) -> Self {
        Self { value, line }
    }
    /// The line to write.
    pub const fn line(&self) -> &Line {
        &self.line
    }
    /// Releases the value against the receipt of its own line.
    pub fn release(self, receipt: &Receipt) -> Result<T, WrongReceipt> {
        if receipt.attests(&self.line) { Ok(self.value) } else { Err(WrongReceipt) }
    }
}
