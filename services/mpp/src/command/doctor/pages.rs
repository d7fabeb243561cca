//! Do the pages answer, and is the catalog given out as files? Only where a context names their
//! address.

use std::time::Duration;

use mpp_core::{Error, Reason, Result};

use super::told::Check;
use crate::client::Client;

/// How long the pages may take. A file is written when it is asked for: the smallest is.
const ANSWER: Duration = Duration::from_secs(6);

/// The line of the pages.
pub async fn checked(client: &Client) -> Option<Check> {
    // Beside services that flags name, a context's pages are those of another suite.
    client.context_file()?;
    let address = client.context().map(|context| context.page.clone())?;
    if address.is_empty() {
        return None;
    }
    Some(Check::of("web", "web", &files(&address).await))
}

async fn files(address: &str) -> Result<String> {
    let url = format!("{}/data/units.csv", address.trim_end_matches('/'));
    let asked = url.clone();
    let answer = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER))
            .http_status_as_error(false)
            .build();
        ureq::Agent::from(config).head(&asked).call()
    });
    let answer = answer.await.map_err(Error::internal)?.map_err(|error| {
        Error::new(Reason::Unavailable, format!("{url} cannot be reached: {error}"))
    })?;
    if !answer.status().is_success() {
        let text = format!("{url} answers {}; the log of the pages says why", answer.status());
        return Err(Error::new(Reason::Unavailable, text));
    }
    let written = answer.headers().get("last-modified").and_then(|value| value.to_str().ok());
    Ok(format!(
        "pages answer; the catalog as files, as of {}",
        written.unwrap_or("an unknown time")
    ))
}
