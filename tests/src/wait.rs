//! Waiting for things that come about by themselves.

use std::time::{Duration, Instant};

/// How long anything may take on a busy machine. Times are printed, not judged.
pub const PATIENCE: Duration = Duration::from_secs(240);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks again and again until `check` succeeds, and prints how long that took.
///
/// # Panics
/// With the last thing that `check` said was missing, after `limit`.
pub async fn eventually<T>(
    limit: Duration,
    what: &str,
    mut check: impl AsyncFnMut() -> Result<T, String>,
) -> T {
    let begun = Instant::now();
    loop {
        match check().await {
            Ok(found) => {
                println!("    {what}: after {} ms", begun.elapsed().as_millis());
                return found;
            }
            Err(missing) if begun.elapsed() > limit => {
                panic!("{what}: not within {limit:?}: {missing}")
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// `Ok` if it holds, else what is missing.
///
/// # Errors
/// `missing`, if it does not hold.
pub fn that(holds: bool, missing: impl Into<String>) -> Result<(), String> {
    if holds { Ok(()) } else { Err(missing.into()) }
}

/// A pause that lets something happen when there is no condition to wait for.
pub async fn pause(millis: u64) {
    tokio::time::sleep(Duration::from_millis(millis)).await;
}
