//! Errors on their way to a caller: logged, and put on the wire with the trace that finds them.

use mpp_core::{Code, Error};
use tonic::Status;

/// The status that a caller sees, with the trace that finds the error in our log. The private
/// context goes to the log and no further.
pub fn status(error: Error) -> Status {
    log(&error);
    mpp_client::status_of(&error, mpp_telemetry::trace_id())
}

/// Why the next message of a client's stream could not be read, for a handler to answer: a broken
/// stream is never treated as if its client had ended it.
pub fn received(status: &Status) -> Error {
    mpp_client::refusal(status)
}

/// Logged once, here, where the error leaves the domain.
fn log(error: &Error) {
    let context = error.context().map(ToString::to_string).unwrap_or_default();
    if error.code() == Code::Internal {
        tracing::error!(reason = error.reason().as_str(), context, "{}", error.message());
    } else if !context.is_empty() {
        tracing::warn!(reason = error.reason().as_str(), context, "{}", error.message());
    }
}
