//! The demo on a slow or busy machine: a step that was not answered in time is tried again.

use std::time::Duration;

use mpp_core::{Code, Error, Reason, Result};
use tokio::time::{Instant, sleep};

/// How long a step is tried again before it ends the demo. No setting: whoever waits is told each
/// time, and may press Ctrl-C. Chosen, not measured.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The pause before the next try, so that the machine gets something else done.
const PAUSE: Duration = Duration::from_secs(2);

/// Tries a step until it succeeds, and says what is waited for. Only for steps that may be
/// repeated: they leave alone what an earlier try has done.
///
/// # Errors
/// A refusal that would come again, at once; after half an hour any.
pub async fn until_answered<T>(what: &str, step: impl AsyncFn() -> Result<T>) -> Result<T> {
    tried(what, step, (PATIENCE, PAUSE)).await
}

async fn tried<T>(
    what: &str,
    step: impl AsyncFn() -> Result<T>,
    (patience, pause): (Duration, Duration),
) -> Result<T> {
    let ends = Instant::now() + patience;
    loop {
        let error = match step().await {
            Err(error) if may_pass(&error) => error,
            done => return done,
        };
        let left = minutes(ends.saturating_duration_since(Instant::now()));
        if left == 0 {
            return Err(given_up(what, patience, &error));
        }
        let (pauses, why) = (pause.as_secs(), error.message());
        say!("  {what}: {why}; tried again in {pauses} s, for {left} minutes at most");
        sleep(pause).await;
    }
}

fn minutes(time: Duration) -> u64 {
    time.as_secs().div_ceil(60)
}

fn given_up(what: &str, patience: Duration, error: &Error) -> Error {
    let text = format!("{what}: tried for {} minutes: {}", minutes(patience), error.message());
    Error::new(error.reason(), text)
}

/// True if the same step may succeed a little later.
fn may_pass(error: &Error) -> bool {
    match error.code() {
        Code::Unavailable | Code::Aborted | Code::DeadlineExceeded => true,
        // A quota that is used up stays so.
        Code::ResourceExhausted => error.reason() == Reason::RateLimited,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    const AT_ONCE: Duration = Duration::ZERO;

    fn late() -> Error {
        Error::new(Reason::DeadlineExceeded, "the deadline passed")
    }

    #[tokio::test]
    async fn a_step_that_is_not_answered_in_time_is_tried_again() {
        let tries = Cell::new(0);
        let step = async || {
            tries.set(tries.get() + 1);
            if tries.get() < 4 { Err(late()) } else { Ok("done") }
        };
        assert_eq!(tried("a step", step, (PATIENCE, AT_ONCE)).await.expect("at last"), "done");
        assert_eq!(tries.get(), 4);
    }

    #[tokio::test]
    async fn a_refusal_ends_it_at_once() {
        let tries = Cell::new(0);
        let step = async || {
            tries.set(tries.get() + 1);
            Err::<(), _>(Error::new(Reason::PermissionDenied, "not yours"))
        };
        let refused = until_answered("a step", step).await.expect_err("a refusal");
        assert_eq!((refused.message(), tries.get()), ("not yours", 1));
    }

    #[tokio::test]
    async fn a_machine_that_never_answers_ends_it_when_patience_is_at_its_end() {
        let step = async || Err::<(), _>(late());
        let given_up = tried("a step", step, (AT_ONCE, AT_ONCE)).await.expect_err("given up");
        assert_eq!(given_up.reason(), Reason::DeadlineExceeded);
        let said = "a step: tried for 0 minutes: the deadline passed";
        assert_eq!(given_up.message(), said);
    }
}
