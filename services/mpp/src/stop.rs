//! How a process is told to end.

use mpp_core::{Error, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Ends with Ctrl-C or SIGTERM.
///
/// # Errors
/// The signals cannot be listened for.
pub fn until_stopped() -> Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    let stopped = CancellationToken::new();
    let token = stopped.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        token.cancel();
    });
    Ok(stopped)
}
