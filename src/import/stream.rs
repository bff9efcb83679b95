//! A file is read on a thread of its own; what it holds arrives in chunks, so that memory stays constant
//! and every chunk is one transaction.

use std::ops::ControlFlow;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::FileError;
use super::item::{Item, Sink};
use crate::base::{Failure, Fault};

/// Rows of one transaction.
pub const CHUNK_ROWS: usize = 2_000;
/// Chunks read ahead while one is stored.
const AHEAD: usize = 2;

/// An import ended early.
#[derive(Debug)]
pub enum ImportError {
    /// The file as a whole cannot be used; nothing was stored of what follows.
    File(FileError),
    Failed(Failure),
}

impl std::fmt::Display for ImportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(e) => e.fmt(f),
            Self::Failed(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<FileError> for ImportError {
    fn from(e: FileError) -> Self {
        Self::File(e)
    }
}

impl From<Failure> for ImportError {
    fn from(e: Failure) -> Self {
        Self::Failed(e)
    }
}

impl From<Fault> for ImportError {
    fn from(e: Fault) -> Self {
        Self::Failed(e.into())
    }
}

/// The chunks of a file.
pub struct Chunks<T> {
    chunks: mpsc::Receiver<Vec<Item<T>>>,
    reader: Option<JoinHandle<Result<(), FileError>>>,
}

impl<T: Send + 'static> Chunks<T> {
    /// Starts reading.
    pub fn start(
        read: impl FnOnce(&mut Sink<T>) -> Result<(), FileError> + Send + 'static,
    ) -> Self {
        let (send, chunks) = mpsc::channel(AHEAD);
        let reader = tokio::task::spawn_blocking(move || {
            let mut chunk = Vec::new();
            read(&mut |item| {
                chunk.push(item);
                if chunk.len() < CHUNK_ROWS {
                    return ControlFlow::Continue(());
                }
                match send.blocking_send(std::mem::take(&mut chunk)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })?;
            if !chunk.is_empty() {
                // Nobody listens only if the import has failed already.
                send.blocking_send(chunk).ok();
            }
            Ok(())
        });
        Self { chunks, reader: Some(reader) }
    }

    /// The next chunk; `None` at the end of the file.
    pub async fn next(&mut self) -> Result<Option<Vec<Item<T>>>, ImportError> {
        if let Some(chunk) = self.chunks.recv().await {
            return Ok(Some(chunk));
        }
        let Some(reader) = self.reader.take() else { return Ok(None) };
        match reader.await {
            Ok(done) => done?,
            Err(e) => {
                let what = FileError::BrokenSpreadsheet(format!("the reader ended: {e}"));
                return Err(what.into());
            }
        }
        Ok(None)
    }
}
