//! The press: documents that are made into PDF, a few at a time.

use huis_documents::{Document, DocumentError, Press};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

use crate::{Huis, UseError};

/// How many documents are set at once: each keeps a processor busy and takes its memory, and
/// pages must still be served meanwhile.
const AT_ONCE: usize = 2;

/// The press of this server, and the places before it.
pub(crate) struct PressRoom {
    press: OnceLock<Arc<dyn Press>>,
    places: Semaphore,
}

impl Default for PressRoom {
    fn default() -> Self {
        Self { press: OnceLock::new(), places: Semaphore::new(AT_ONCE) }
    }
}

impl Huis {
    /// Gives this program its press, once, at its start. Without one every document is refused.
    pub fn set_press(&self, press: Arc<dyn Press>) {
        let _ = self.press.press.set(press);
    }

    /// Is there a press? Without one no screen offers a PDF.
    pub fn has_press(&self) -> bool {
        self.press.press.get().is_some()
    }

    /// A document as a tagged PDF. It says nothing to the trace: whoever filled the document has
    /// traced what was opened for it.
    pub async fn pdf(&self, document: Document) -> Result<Vec<u8>, UseError> {
        let press = Arc::clone(self.press.press.get().ok_or(DocumentError::NoPress)?);
        let place = self.press.places.acquire().await.map_err(|_| UseError::Internal("presse"))?;
        let made = tokio::task::spawn_blocking(move || press.pdf(&document)).await;
        drop(place);
        Ok(made.map_err(|_| UseError::Internal("presse"))??)
    }
}
