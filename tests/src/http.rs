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
        let body = answer.body_mut().with_config().limit(MAX_BYTES).read_to_string()?;
        Ok::<_, ureq::Error>((answer.status().as_u16(), body))
    });
    ask.await.expect("a thread that does not panic").map_err(|error| error.to_string())
}

/// Sends any request; answers status and body.
///
/// # Errors
/// Why nothing answered.
pub async fn send(request: http::Request<String>) -> Result<(u16, String), String> {
    let ask = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(30)))
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build();
        let mut answer = ureq::Agent::from(config).run(request)?;
        let body = answer.body_mut().with_config().limit(MAX_BYTES).read_to_string()?;
        Ok::<_, ureq::Error>((answer.status().as_u16(), body))
    });
    ask.await.expect("a thread that does not panic").map_err(|error| error.to_string())
}

/// The data of the first events of a stream.
///
/// # Errors
/// Why nothing answered, or the status and the body of a refusal.
pub async fn first_events(
    request: http::Request<String>,
    many: usize,
) -> Result<Vec<String>, String> {
    let ask = tokio::task::spawn_blocking(move || {
        let config =
            ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(10))).build();
        let answer = ureq::Agent::from(config).run(request).map_err(|error| error.to_string())?;
        read_events(answer.into_body(), many)
    });
    ask.await.expect("a thread that does not panic")
}

fn read_events(body: ureq::Body, many: usize) -> Result<Vec<String>, String> {
    use std::io::BufRead as _;
    let mut events = Vec::new();
    let mut lines = std::io::BufReader::new(body.into_reader()).lines();
    while events.len() < many {
        let line = lines.next().ok_or("the stream ended")?.map_err(|error| error.to_string())?;
        events.extend(line.strip_prefix("data:").map(|data| data.trim().to_owned()));
    }
    Ok(events)
}

/// One server-sent event.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// The token at which a listener goes on after it; empty if the event has none.
    pub id: String,
    /// The content of the event.
    pub data: String,
}

/// The events of a stream, up to the first that is `enough`.
///
/// # Errors
/// Why the stream ended before.
pub async fn events(
    request: http::Request<()>,
    enough: impl Fn(&Event) -> bool + Send + 'static,
) -> Result<Vec<Event>, String> {
    let hear = tokio::task::spawn_blocking(move || {
        use std::io::BufRead as _;
        let answer = ureq::run(request).map_err(|error| error.to_string())?;
        let (mut heard, mut now) = (Vec::new(), Event::default());
        for line in std::io::BufReader::new(answer.into_body().into_reader()).lines() {
            let line = line.map_err(|error| error.to_string())?;
            match line.split_once(": ") {
                Some(("id", id)) => id.clone_into(&mut now.id),
                Some(("data", data)) => data.clone_into(&mut now.data),
                // An empty line ends an event; without data there is no event.
                _ if line.is_empty() && !now.data.is_empty() => {
                    heard.push(std::mem::take(&mut now));
                    if heard.last().is_some_and(&enough) {
                        return Ok(heard);
                    }
                }
                _ => {}
            }
        }
        Err(format!("the stream ended after {heard:?}"))
    });
    hear.await.expect("a thread that does not panic")
}

/// Listens to a stream of server-sent events until one holds `words`, from another thread; the
/// receiver gets `Ok` then, or why the stream ended before.
pub fn listen(url: &str, words: &str) -> tokio::sync::oneshot::Receiver<Result<(), String>> {
    let (url, words) = (url.to_owned(), words.to_owned());
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // If nobody waits any more, nobody is told.
        let _ = tell.send(hear(&url, &words));
    });
    told
}

fn hear(url: &str, words: &str) -> Result<(), String> {
    use std::io::BufRead as _;
    let answer = ureq::get(url).call().map_err(|error| error.to_string())?;
    let lines = std::io::BufReader::new(answer.into_body().into_reader()).lines();
    for line in lines {
        if line.map_err(|error| error.to_string())?.contains(words) {
            return Ok(());
        }
    }
    Err("the stream ended".to_owned())
}
