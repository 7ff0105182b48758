//! Why something is not copied.

use std::io;

/// Why a place has no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The place does not take it, or does not give it back: a sentence.
    #[error("{0}")]
    Place(String),
    /// What was to be copied is not what its manifest says, or cannot be read.
    #[error("The archive is damaged: {0}.")]
    Original(String),
    #[error("It was cancelled.")]
    Cancelled,
}

/// Does what blocks.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, CopyError> + Send + 'static) -> Result<T, CopyError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| CopyError::Place(format!("It was interrupted: {error}.")))?
}

/// What is wrong with the original.
pub(super) fn original(error: &io::Error) -> CopyError {
    CopyError::Original(format!("it cannot be read: {error}"))
}

/// The same when what was read is not what the manifest says.
pub(super) fn differs() -> CopyError {
    CopyError::Original("its SHA-256 is not the one in its manifest".to_owned())
}
