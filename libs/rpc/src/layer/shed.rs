//! The answer of load shedding: UNAVAILABLE at once, and when to come again, instead of a queue
//! that is answered after its callers have gone.

use std::time::Duration;

use axum::{BoxError, response::Response};
use mpp_core::{Error, Reason};
use tower::load_shed::error::Overloaded;

use super::refuse;

const COME_AGAIN: Duration = Duration::from_millis(500);

pub(crate) async fn answer(error: BoxError) -> Response {
    if error.is::<Overloaded>() {
        let text = "too many calls are in progress; try again";
        return refuse(Error::new(Reason::Overloaded, text).with_retry_after(COME_AGAIN));
    }
    refuse(Error::internal(error))
}
