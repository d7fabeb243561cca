//! One page, from a server or a file. A fault that may pass is tried again, after the pause that
//! the server asks for; any other is told at once.

use std::{
    fs::File,
    io::Read as _,
    thread,
    time::{Duration, SystemTime},
};

use jaq_json::Val;
use mpp_core::{Backoff, Clock};
use ureq::{
    Agent, Error as Broken,
    http::{HeaderMap, Response, StatusCode, header},
};

use super::told;
use crate::{
    policy::Policy,
    source::fault::{Fault, address, excerpt},
};

/// The setting that leads to a page.
const SEE: &str = "see location in [input]";

/// A page as it came.
pub struct Page {
    /// The page's body, in bytes as it came.
    pub body: Vec<u8>,
    /// Its `Link` fields, all of them.
    pub link: Option<String>,
    /// The page's other fields about the list.
    pub told: Val,
    /// Why it is only a part of the page.
    pub part: Option<String>,
}

/// Fetches pages over HTTP.
pub struct Fetch<'a> {
    agent: Agent,
    token: Option<&'a str>,
    policy: &'a Policy,
}

/// Why a try failed.
enum Failure {
    /// Another try may succeed, after the time that the server asks for.
    Passing(String, Option<Duration>),
    Final(String),
}

impl<'a> Fetch<'a> {
    /// No connection yet.
    pub fn new(token: Option<&'a str>, policy: &'a Policy) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(policy.page_timeout()))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build();
        Self { agent: Agent::from(config), token, policy }
    }

    /// The page at an address or in a file.
    ///
    /// # Errors
    /// It cannot be had, even after as many tries as the policy allows.
    pub fn page(&self, location: &str) -> Result<Page, Fault> {
        if !is_remote(location) {
            return self.file(location);
        }
        let shown = address(location);
        let first = Duration::from_millis(self.policy.page_first_wait_millis);
        let mut backoff = Backoff::new(first, self.policy.longest_source_wait().max(first));
        let mut last = String::new();
        for attempt in 1..=self.policy.page_tries {
            let asked = match self.get(location) {
                Ok(page) => return Ok(page),
                Err(Failure::Final(text)) => return Err(Fault::unreachable(&shown, text)),
                Err(Failure::Passing(text, asked)) => {
                    last = text;
                    asked.unwrap_or_default()
                }
            };
            if asked > self.policy.longest_source_wait() {
                let text = format!("{last} and asks to wait {} s; run again then", asked.as_secs());
                return Err(Fault::unreachable(&shown, text));
            }
            if attempt < self.policy.page_tries {
                thread::sleep(backoff.pause().max(asked));
            }
        }
        let tries = self.policy.page_tries;
        Err(Fault::unreachable(&shown, format!("{last}; {tries} tries failed; {SEE}")))
    }

    fn file(&self, path: &str) -> Result<Page, Fault> {
        let failed = |error: std::io::Error| Fault::unreachable(path, format!("{error}; {SEE}"));
        let limit = self.policy.max_page_bytes;
        let mut body = Vec::new();
        let file = File::open(path).map_err(failed)?;
        file.take(limit + 1).read_to_end(&mut body).map_err(failed)?;
        if body.len() as u64 > limit {
            return Err(Fault::unreadable(path, too_large(limit)));
        }
        Ok(Page { body, link: None, told: Val::Null, part: None })
    }

    fn get(&self, location: &str) -> Result<Page, Failure> {
        let mut request = self.agent.get(location).header("accept", "application/json");
        if let Some(token) = self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().map_err(|error| self.broken(&error))?;
        check_status(&response)?;
        let link = joined(response.headers(), &header::LINK);
        let told = told::fields(response.headers());
        let part = told::is_part(response.status(), response.headers());
        let body = response.body_mut().with_config().limit(self.policy.max_page_bytes);
        let body = body.read_to_vec().map_err(|error| self.broken(&error))?;
        Ok(Page { body, link, told, part })
    }

    fn broken(&self, error: &Broken) -> Failure {
        match error {
            Broken::BodyExceedsLimit(_) => Failure::Final(too_large(self.policy.max_page_bytes)),
            Broken::BadUri(_)
            | Broken::Http(_)
            | Broken::InvalidProxyUrl
            | Broken::RequireHttpsOnly(_) => Failure::Final(format!(
                "this is no address that can be called: {}",
                excerpt(&error.to_string())
            )),
            _ => Failure::Passing(excerpt(&error.to_string()), None),
        }
    }
}

/// True for an address, false for a path.
pub fn is_remote(location: &str) -> bool {
    location.starts_with("http://") || location.starts_with("https://")
}

fn check_status<B>(response: &Response<B>) -> Result<(), Failure> {
    let status = response.status();
    let answered = format!("the source answered {status}");
    let passes = status.is_server_error()
        || [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY]
            .contains(&status);
    match status {
        _ if status == StatusCode::NO_CONTENT => {
            Err(Failure::Final(format!("{answered}: there is nothing")))
        }
        StatusCode::ACCEPTED => Err(Failure::Passing(
            format!("{answered}: it is still at work"),
            asked(response.headers(), Clock::system().system_time()),
        )),
        _ if status.is_success() => Ok(()),
        _ if status.is_redirection() => {
            let to = text_of(response.headers(), &header::LOCATION).unwrap_or_default();
            Err(Failure::Final(format!(
                "{answered}: it has moved to {}; where that is right, set location to it",
                address(&to)
            )))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failure::Final(format!(
            "{answered}: the token is missing or no longer holds; see token_env"
        ))),
        _ if passes => Err(Failure::Passing(
            answered,
            asked(response.headers(), Clock::system().system_time()),
        )),
        _ => Err(Failure::Final(format!("{answered}; {SEE}"))),
    }
}

/// How long `Retry-After` asks to wait: seconds, or until a date.
fn asked(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text_of(headers, &header::RETRY_AFTER)?;
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text.trim()).ok()?;
    // A date has no parts of a second.
    until.duration_since(now).ok().map(|wait| wait + Duration::from_secs(1))
}

fn text_of(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// All fields of a name, as one list.
fn joined(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let fields = headers.get_all(name).iter();
    let fields: Vec<_> =
        fields.map(|field| String::from_utf8_lossy(field.as_bytes()).into_owned()).collect();
    (!fields.is_empty()).then(|| fields.join(", "))
}

fn too_large(limit: u64) -> String {
    format!("a page is larger than {limit} bytes; ask for smaller ones, or raise max_page_bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_given_the_time_that_it_asks_for() {
        let asks = |value: &str| {
            let headers = [(header::RETRY_AFTER, value.parse().expect("a value"))];
            asked(&headers.into_iter().collect(), SystemTime::UNIX_EPOCH)
        };
        assert_eq!(asks("25"), Some(Duration::from_secs(25)));
        let date = "Thu, 01 Jan 1970 00:00:25 GMT";
        assert_eq!(asks(date), Some(Duration::from_secs(26)));
        assert_eq!(asks("soon"), None);
        assert_eq!(asked(&HeaderMap::new(), SystemTime::UNIX_EPOCH), None);
    }
}
