//! Requests with their answers, as a test has sent them to a running suite.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::route::{self, Route, RouteMatch};

const TEXT: &str = include_str!("../../../../proto/examples.json");

/// A request and what came back.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// A title, such as "An offering takes more citizens at a time".
    pub title: String,
    /// The role of the caller.
    #[serde(rename = "as")]
    pub who: String,
    /// Verb, path and query: `GET /v1/malls?pageSize=2`.
    pub request: String,
    /// Headers beside those that every request has.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// The JSON that is sent.
    pub body: Option<Value>,
    /// The answer's status.
    pub status: u16,
    /// The JSON that comes back; of a stream, what its events hold.
    pub answer: Value,
}

static EXAMPLES: LazyLock<Vec<Example>> =
    LazyLock::new(|| serde_json::from_str(TEXT).expect("a test reads this file, too"));

/// All examples, in the order in which they are sent.
pub fn examples() -> &'static [Example] {
    &EXAMPLES
}

impl Example {
    /// The verb, and the address with its query.
    pub fn line(&self) -> (&str, &str) {
        self.request.split_once(' ').unwrap_or(("GET", &self.request))
    }

    /// The address that it is sent to.
    pub fn route(&self) -> Option<&'static Route> {
        let (verb, address) = self.line();
        let path = address.split('?').next().unwrap_or(address);
        match route::find(verb, path) {
            Ok(RouteMatch::Method(route, _)) => Some(route),
            _ => None,
        }
    }

    /// Its key in the document.
    pub fn slug(&self) -> String {
        let parts = self.title.to_lowercase();
        let words = parts.split(|letter: char| !letter.is_ascii_alphanumeric());
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
    }

    /// The body as an example; `None` if there is none.
    pub fn as_body(&self) -> Option<Value> {
        self.body.as_ref().map(|body| json!({ "summary": self.title, "value": body }))
    }

    /// The answer as an example.
    pub fn as_answer(&self) -> Value {
        json!({ "summary": self.title, "value": self.answer })
    }
}

/// The examples of an address.
pub fn of(route: &Route) -> impl Iterator<Item = &'static Example> {
    examples()
        .iter()
        .filter(move |example| example.route().is_some_and(|own| std::ptr::eq(own, route)))
}

/// The whole of it, for readers that show requests with their answers.
pub fn raw(example: &Example) -> Value {
    json!({
        "title": example.title, "as": example.who, "request": example.request,
        "headers": example.headers, "body": example.body, "status": example.status,
        "answer": example.answer,
    })
}
