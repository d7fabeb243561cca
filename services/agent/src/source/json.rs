//! JSON over HTTP, page by page. A page that fails is tried again; a source that fails for good
//! ends the run as incomplete, never as an empty catalog.

use std::{collections::HashSet, fs, thread, time::Duration};

use mpp_core::{Error, Reason, Result};
use serde_json::Value;
use ureq::{Agent, http::Uri};

use super::sink::Sink;
use crate::policy::Policy;

/// A catalog in pages.
#[derive(Clone, Debug)]
pub struct Pages {
    /// `http://…`, `https://…` or a path.
    pub location: String,
    /// The key that holds the records; empty where the document is the list itself.
    pub items: String,
    /// The key that holds the next page's address: null or absent on the last page. Empty: there is
    /// one page.
    pub next: String,
    /// Sent as a bearer token.
    pub token: Option<String>,
}

pub fn read(pages: &Pages, policy: &Policy, sink: &mut Sink<'_>) -> Result<()> {
    let config = Agent::config_builder()
        .timeout_global(Some(policy.page_timeout()))
        .max_redirects(0)
        .http_status_as_error(false)
        .build();
    let agent = Agent::from(config);
    let mut seen = HashSet::new();
    let mut location = pages.location.clone();
    for number in 1..=policy.max_pages {
        if !seen.insert(location.clone()) {
            return Err(broken(&location, "the pages lead back to this one"));
        }
        let page = fetch(&agent, &location, pages.token.as_deref(), policy)?;
        put_items(pages, &page, number, sink)?;
        match next(pages, &page, &location)? {
            Some(following) => location = following,
            None => return Ok(()),
        }
    }
    Err(broken(&location, &format!("there are more than {} pages", policy.max_pages)))
}

fn put_items(pages: &Pages, page: &Value, number: usize, sink: &mut Sink<'_>) -> Result<()> {
    let list = if pages.items.is_empty() { page } else { &page[&pages.items] };
    let items = list.as_array().ok_or_else(|| {
        broken(&pages.location, &format!("page {number} has no list at '{}'", pages.items))
    })?;
    for (at, item) in items.iter().enumerate() {
        sink.put(format!("page {number}, item {}", at + 1), item)?;
    }
    Ok(())
}

/// The next page's address. It must be on the same host: a page cannot send the agent elsewhere.
fn next(pages: &Pages, page: &Value, location: &str) -> Result<Option<String>> {
    let Some(next) = page.get(&pages.next).and_then(Value::as_str).filter(|next| !next.is_empty())
    else {
        return Ok(None);
    };
    let uri: Uri = location.parse().map_err(|_| broken(location, "this is not an address"))?;
    let origin = format!(
        "{}://{}",
        uri.scheme_str().unwrap_or_default(),
        uri.authority().map_or("", |authority| authority.as_str())
    );
    let following = match next {
        _ if next.starts_with('?') => format!("{origin}{}{next}", uri.path()),
        _ if next.starts_with('/') && !next.starts_with("//") => format!("{origin}{next}"),
        _ if next.starts_with(&format!("{origin}/")) => next.to_owned(),
        _ => {
            return Err(broken(
                location,
                "the next page is on another host, which is not followed",
            ));
        }
    };
    Ok(Some(following))
}

fn fetch(agent: &Agent, location: &str, token: Option<&str>, policy: &Policy) -> Result<Value> {
    if !location.starts_with("http://") && !location.starts_with("https://") {
        let text = fs::read(location).map_err(|error| broken(location, &error.to_string()))?;
        return parse(location, &text);
    }
    let mut wait = Duration::from_millis(500);
    let mut last = String::new();
    for attempt in 1..=policy.page_tries {
        match get(agent, location, token, policy.max_page_bytes) {
            Ok(body) => return parse(location, &body),
            Err(Failure::Final(text)) => return Err(broken(location, &text)),
            Err(Failure::Passing(text)) => last = text,
        }
        if attempt < policy.page_tries {
            thread::sleep(wait.mul_f64(rand::random_range(0.5..1.5)));
            wait *= 2;
        }
    }
    Err(broken(location, &format!("{} tries failed, the last: {last}", policy.page_tries)))
}

enum Failure {
    Passing(String),
    Final(String),
}

fn get(
    agent: &Agent,
    location: &str,
    token: Option<&str>,
    max_bytes: u64,
) -> Result<Vec<u8>, Failure> {
    let mut request = agent.get(location).header("accept", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut response = request.call().map_err(|error| Failure::Passing(error.to_string()))?;
    let status = response.status();
    if status.is_server_error() || status.as_u16() == 429 {
        return Err(Failure::Passing(format!("the source answered {status}")));
    }
    if !status.is_success() {
        return Err(Failure::Final(format!("the source answered {status}")));
    }
    let body = response.body_mut().with_config().limit(max_bytes).read_to_vec();
    body.map_err(|error| Failure::Passing(error.to_string()))
}

fn parse(location: &str, body: &[u8]) -> Result<Value> {
    serde_json::from_slice(body).map_err(|error| broken(location, &format!("not JSON: {error}")))
}

fn broken(location: &str, text: &str) -> Error {
    // A query may hold a key, so an error shows the address without it.
    let shown = location.split('?').next().unwrap_or_default();
    Error::new(Reason::Unavailable, format!("source {shown}: {text}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn following(next_page: &str) -> Result<Option<String>> {
        let pages = Pages {
            location: String::new(),
            items: "data".into(),
            next: "next".into(),
            token: None,
        };
        next(&pages, &json!({ "next": next_page }), "http://bkpm.test/api/services?page=1")
    }

    #[test]
    fn the_next_page_is_found_in_all_its_forms() {
        let same_host = "http://bkpm.test/api/services?page=2";
        assert_eq!(following("?page=2").expect("relative").as_deref(), Some(same_host));
        assert_eq!(following("/api/services?page=2").expect("a path").as_deref(), Some(same_host));
        assert_eq!(following(same_host).expect("whole").as_deref(), Some(same_host));
        assert_eq!(following("").expect("the last"), None);
    }

    #[test]
    fn a_page_cannot_send_the_agent_to_another_host() {
        for elsewhere in ["http://169.254.169.254/meta", "//evil.test/x", "http://bkpm.test.evil/x"]
        {
            assert!(following(elsewhere).is_err(), "{elsewhere}");
        }
    }
}
