//! The fate of a request while it was read.

use std::sync::{
    Arc, Mutex, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use axum::body::Body;
use mpp_api::call::Call;
use mpp_core::{Error, FieldCode};
use tonic::Status;

use crate::status;

/// Before each message: a mark for a packed one, and its length.
pub(super) const HEAD: usize = 5;

/// The fate of a request while it was read.
#[derive(Clone, Default)]
pub(super) struct Course(Arc<CourseState>);

#[derive(Default)]
struct CourseState {
    /// Why it could not be read.
    fault: OnceLock<Status>,
    /// True once it has come to its end.
    whole: AtomicBool,
    /// The part that its handler has not read.
    left: Mutex<Option<Body>>,
}

impl Course {
    pub fn fails(&self, status: Status) -> Status {
        self.0.fault.get_or_init(|| status).clone()
    }

    /// Keeps the rest of the request until its answer has gone out. Dropped earlier, HTTP/2 would
    /// count the bytes that still come against the connection, and might end it.
    pub fn leaves(&self, body: Body) {
        // One value, which no panic leaves half written.
        *self.0.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(body);
    }

    pub fn ends(&self) {
        self.0.whole.store(true, Relaxed);
    }

    /// Why the request could not be read.
    pub fn failed(&self) -> Option<Status> {
        self.0.fault.get().cloned()
    }

    /// Why a stream that seems to have ended well has not.
    pub fn fault(&self, call: &Call) -> Option<Status> {
        if let Some(status) = self.failed() {
            return Some(status);
        }
        // Reflection comes with tonic, and silently leaves what it cannot decode.
        let left = call.name.starts_with("grpc.reflection") && !self.0.whole.load(Relaxed);
        left.then(|| status(unreadable("the bytes are not a message of this method")))
    }
}

/// The refusal of a request that cannot be read.
pub(super) fn unreadable(text: &str) -> Error {
    Error::field("request", FieldCode::Unreadable, text)
}
