use huis_kernel::{Date, Rng, Zone};
use sha2::{Digest, Sha256};
use std::sync::Arc;

use crate::{
    DayClosure, Head, Leaf, Line, LogKey, LogSigner, LogState, OpenError, Origin, SignedNote,
    leaf::LeafError,
};

/// One Merkle log, in memory: it prepares what is to be written, and moves on when it is.
#[derive(Clone)]
pub struct Log {
    origin: Origin,
    signer: Arc<LogSigner>,
    rng: Arc<dyn Rng>,
    state: LogState,
}

impl Log {
    /// Goes on with a log from its stored state, once that is checked against its signed head.
    pub fn open(
        signer: Arc<LogSigner>,
        origin: Origin,
        state: LogState,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, OpenError> {
        state.check(&origin, &signer.public())?;
        Ok(Self { origin, signer, rng, state })
    }

    /// The log's name.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The key that verifies it.
    pub fn key(&self) -> LogKey {
        self.signer.public()
    }

    /// Where it stands.
    pub const fn state(&self) -> &LogState {
        &self.state
    }

    /// Prepares lines. The log itself stays where it is until they are durable.
    pub(crate) fn prepare(&self, lines: Vec<Line>) -> Result<Batch, LeafError> {
        let mut batch = Batch::from(self);
        for line in lines {
            let day = line.at.date_in(&Zone::utc());
            let leaf = Leaf::encode(&line, &*self.rng)?;
            batch.close_before(day, &self.signer);
            let index = batch.after.size();
            batch.after.push(day, line.at, leaf.hash());
            batch.rows.push(Row { index, day: batch.after.day.unwrap_or(day), leaf, line });
        }
        Ok(batch.signed(&self.signer))
    }

    /// Prepares the closing of the open day, if it is before `today` (in UTC).
    pub(crate) fn prepare_closing(&self, today: Date) -> Option<Batch> {
        let mut batch = Batch::from(self);
        batch.close_before(today, &self.signer);
        (!batch.closures.is_empty()).then(|| batch.signed(&self.signer))
    }

    /// Moves on to what was written.
    pub(crate) fn advance(&mut self, state: LogState) {
        self.state = state;
    }
}

/// One line to store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its place in the log, from 0: what orders lines (never a clock).
    pub index: u64,
    /// The UTC day that it is closed and purged with.
    pub day: Date,
    /// What is stored and hashed.
    pub leaf: Leaf,
    /// The line that the leaf encodes, for the columns by which lines are found.
    pub line: Line,
}

/// A day closed by this batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedDay {
    /// What was closed.
    pub closure: DayClosure,
    /// Its signed text, kept for ever.
    pub note: SignedNote,
}

/// What one group commit adds to one log. The store writes rows, closures and state in **one**
/// transaction, and only if the stored size is still [`Batch::first`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    origin: Origin,
    first: u64,
    before: Option<SignedNote>,
    rows: Vec<Row>,
    closures: Vec<ClosedDay>,
    after: LogState,
}

impl Batch {
    fn from(log: &Log) -> Self {
        Self {
            origin: log.origin.clone(),
            first: log.state.size(),
            before: log.state.head().cloned(),
            rows: Vec::new(),
            closures: Vec::new(),
            after: log.state.clone(),
        }
    }

    fn close_before(&mut self, day: Date, signer: &LogSigner) {
        if let Some(closure) = self.after.close_before(day, &self.origin) {
            let note = closure.sign(signer);
            self.closures.push(ClosedDay { closure, note });
        }
    }

    fn signed(mut self, signer: &LogSigner) -> Self {
        let head: Option<Head> = self.after.to_head(&self.origin);
        self.after.head = head.map(|head| head.sign(signer));
        self
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The size of the log before: a store that holds another must refuse the batch.
    pub const fn first(&self) -> u64 {
        self.first
    }

    /// The last signed head of the log before; none before its first line. It names the size too: a
    /// store that holds another must refuse the batch.
    pub const fn before(&self) -> Option<&SignedNote> {
        self.before.as_ref()
    }

    /// The lines to insert.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The days to record as closed.
    pub fn closures(&self) -> &[ClosedDay] {
        &self.closures
    }

    /// The state to record, with the new signed head in it.
    pub const fn after(&self) -> &LogState {
        &self.after
    }

    /// The receipts: for the writer alone, once the store has said that all of it is durable.
    pub(crate) fn persisted(self) -> (LogState, Vec<Receipt>) {
        let origin = Arc::new(self.origin);
        let receipt = |row: Row| Receipt {
            origin: Arc::clone(&origin),
            index: row.index,
            digest: digest(&row.line),
        };
        (self.after, self.rows.into_iter().map(receipt).collect())
    }
}

/// Proof that one line is durable. It cannot be made, copied or read from anywhere: the writer
/// gives it after the store's commit, and `access` takes it to release the view (I2, A-20).
///
/// ```compile_fail,E0451
/// # fn forge(origin: std::sync::Arc<huis_trace::Origin>) -> huis_trace::Receipt {
/// huis_trace::Receipt { origin, index: 0, digest: [0; 32] }
/// # }
/// ```
/// ```compile_fail,E0277
/// fn copies<T: Clone>() {}
/// copies::<huis_trace::Receipt>();
/// ```
/// ```compile_fail,E0624
/// # fn early(batch: huis_trace::Batch) {
/// batch.persisted();
/// # }
/// ```
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    origin: Arc<Origin>,
    index: u64,
    digest: [u8; 32],
}

impl Receipt {
    /// The processing whose log holds the line.
    pub fn processing(&self) -> &str {
        self.origin.processing()
    }

    /// The log that holds the line.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The line's place in its log.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Is it the receipt of this very line? A view is released by the receipt of its own trace,
    /// not by that of another reading.
    pub fn attests(&self, line: &Line) -> bool {
        self.digest == digest(line)
    }
}

/// The line's digest, without salt: it never leaves memory.
fn digest(line: &Line) -> [u8; 32] {
    Sha256::digest(serde_json::to_vec(line).unwrap_or_default()).into()
}
