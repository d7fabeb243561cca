//! How a client lives with servers that die: the same request again, until there is an answer.

use std::time::Duration;

use tonic::{Code, Response, Status};

/// The outcome of a request.
pub struct Answered<T> {
    pub answer: Result<T, Status>,
    /// How often it had to be sent again.
    pub repeated: usize,
}

/// Sends the same request again until there is an answer that says what became of it.
pub async fn until_answered<T, F>(mut send: impl FnMut() -> F) -> Answered<T>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    let mut repeated = 0;
    loop {
        match send().await {
            Err(status) if may_repeat(&status) => repeated += 1,
            answer => {
                return Answered { answer: answer.map(Response::into_inner), repeated };
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Codes that say nothing of the outcome, or that another try may do better.
fn may_repeat(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::Aborted | Code::DeadlineExceeded | Code::Cancelled)
        // A connection that broke in the middle of an answer.
        || (status.code() == Code::Unknown && std::error::Error::source(status).is_some())
}
