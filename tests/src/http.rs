//! Reading a page or a probe over HTTP.

use std::time::Duration;

/// Largest answer that is read.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// The status and the body of a page.
///
/// # Errors
/// Why nothing answered.
pub async fn get(url: &str) -> Result<(u16, String), String> {
    let url = url.to_owned();
    let ask = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(10)))
            .http_status_as_error(false)
            .build();
        let mut answer = ureq::Agent::from(config).get(&url).call()?;
        let body = answer
            .body_mut()
            .with_config()
            .limit(MAX_BYTES)
            .read_to_string()?;
        Ok::<_, ureq::Error>((answer.status().as_u16(), body))
    });
    ask.await
        .expect("a thread that does not panic")
        .map_err(|error| error.to_string())
}
