//! The requests of `proto/examples.json`, which the OpenAPI document and the pages of the API show,
//! are sent in their order to a running suite, and get the answers that stand beside them.
//!
//! An answer may hold more than its example: of a list only the first rows are shown. Values that
//! differ from run to run (`VARIES`) are not compared; a later request that names such a value
//! names the one of this run. `WRITE_REFERENCE=1 cargo test -p mpp-tests --test e2e examples`
//! writes the answers anew.

use std::{env, fs, time::Duration};

use http::Request;
use jiff::{
    Span,
    civil::{Weekday, date},
};
use mpp_api::{openapi::Example, route::Route};
use mpp_core::Clock;
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Suite, eventually,
    http::{first_events, send},
    keys::{ADMINISTRATOR, APP, AUDITOR, COUNTER, OFFICER, ORGANISER, PUBLISHER, Who},
    town,
};
use serde_json::{Map, Value};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../proto/examples.json");
/// The Monday in the examples; a run replaces it by one that is still to come.
const MONDAY: &str = "2026-11-30";
/// Microseconds of a day.
const MICROS_OF_DAY: i64 = 86_400_000_000;
/// Longer than a service needs to hear of another one's write.
const SETTLED: Duration = Duration::from_secs(1);
/// Rows of a list that an example shows.
const ROWS: usize = 3;
/// Fields whose values differ from run to run, with the field around them if that matters.
const VARIES: &[&str] = &[
    "appointment.code",
    "appointment.name",
    "asOf",
    "callTime",
    "checkpoint.mark",
    "checkpoint.position",
    "commitTime",
    "completeTime",
    "createTime",
    "detailRevision",
    "etag",
    "fencingToken",
    // The deviations of this week, whose holidays count.
    "deviations",
    "days.why",
    "headMark",
    "headRevision",
    "inboxCount",
    "issueTime",
    "knownOn",
    "lastEndTime",
    "lastSuccessTime",
    "liveDigest",
    "nextPageToken",
    "rebuiltDigest",
    "requestId",
    "resumeToken",
    "revision",
    // Grows with the rules of text.
    "rulesVersion",
    "seenTime",
    "welcome.session",
    "stateDigest",
    "ticket.date",
    "ticket.name",
    "changes.time",
    "trace",
    "updateTime",
];

#[tokio::test]
async fn every_example_of_the_api_gets_the_answer_that_is_shown_on_postgres() {
    tell(Backend::Postgres).await;
}

#[tokio::test]
async fn every_example_of_the_api_gets_the_answer_that_is_shown_on_sqlite() {
    tell(Backend::Sqlite).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::open(&suite).await;
    let mut run = Run { suite, known: vec![(MONDAY.to_owned(), coming_monday())] };
    let mut written = Vec::new();
    for example in &examples() {
        let answer = run.send(example).await;
        run.learn(&example.answer, &answer, "");
        written.push(run.settled(&example.answer, answer, ""));
    }
    // Both would write the same.
    if is_rewritten() && backend == Backend::Sqlite {
        write(written);
    }
}

fn examples() -> Vec<Example> {
    let text = fs::read_to_string(FILE).expect("the examples");
    serde_json::from_str(&text).expect("examples")
}

fn is_rewritten() -> bool {
    env::var_os("WRITE_REFERENCE").is_some()
}

/// A Monday late enough that none of its slots has begun.
fn coming_monday() -> String {
    let since_1970 = Span::new().days(Clock::system().now() / MICROS_OF_DAY);
    let today = date(1970, 1, 1).checked_add(since_1970).expect("a day");
    let mut days = today.series(Span::new().days(1)).skip(2);
    days.find(|day| day.weekday() == Weekday::Monday).expect("one of seven").to_string()
}

fn write(answers: Vec<Value>) {
    let text = fs::read_to_string(FILE).expect("the examples");
    let mut all: Vec<Map<String, Value>> = serde_json::from_str(&text).expect("JSON");
    for (example, answer) in all.iter_mut().zip(answers) {
        example.insert("answer".to_owned(), answer);
    }
    let text = serde_json::to_string_pretty(&all).expect("JSON");
    fs::write(FILE, text + "\n").expect("the examples can be written");
}

/// A run of all examples.
struct Run {
    suite: Suite,
    /// Values of the examples, and those that stand for them here.
    known: Vec<(String, String)>,
}

impl Run {
    /// Sends a request until the answer is the one that is shown: one service may not yet have
    /// heard of what another one has just written. A write that was done is not done again, since
    /// it has its key.
    async fn send(&self, example: &Example) -> Value {
        let mut got = Value::Null;
        if is_rewritten() {
            // The answer is not known yet, so the services get time to hear of the last change.
            tokio::time::sleep(SETTLED).await;
        }
        eventually(PATIENCE, &example.title, async || {
            got = self.ask(example).await.map_err(|why| format!("{}: {why}", example.request))?;
            match difference(&self.here(&example.answer), &got, "") {
                Some(difference) if !is_rewritten() => {
                    Err(format!("{}: {difference}", example.request))
                }
                _ => Ok(()),
            }
        })
        .await;
        got
    }

    /// The answer, where it comes with the status that is shown; of a stream its first events.
    async fn ask(&self, example: &Example) -> Result<Value, String> {
        let route = example.route().expect("an address of the contract");
        let request = self.request(example, route);
        if route.method.is_server_streaming() {
            let many = example.answer.as_array().expect("a list of events").len();
            let events = first_events(request, many).await?;
            return events.iter().map(|event| json(event)).collect();
        }
        let (status, body) = send(request).await?;
        if status != example.status {
            return Err(format!("{status} {body:.1000}"));
        }
        json(&body)
    }

    fn request(&self, example: &Example, route: &Route) -> Request<String> {
        let package = route.method.parent_service().package_name();
        let service = match package.split('.').nth(1) {
            Some("scheduling") => Service::Scheduling,
            Some("reporting") => Service::Reporting,
            _ => Service::Registry,
        };
        let (verb, address) = example.line();
        let token = fs::read_to_string(self.suite.keys.token(who(&example.who))).expect("a token");
        let mut request = Request::builder()
            .method(verb)
            .uri(format!("{}{}", self.suite.address(service), self.text(address)))
            .header("authorization", format!("Bearer {}", token.trim()));
        for (name, value) in &example.headers {
            request = request.header(name, self.text(value.as_str().expect("a text")));
        }
        let body = example.body.as_ref().map(|body| self.here(body).to_string());
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        request.body(body.unwrap_or_default()).expect("a request")
    }

    /// A text of an example, as it reads in this run.
    fn text(&self, text: &str) -> String {
        self.known.iter().fold(text.to_owned(), |text, (shown, here)| text.replace(shown, here))
    }

    /// A value of an example, as it reads in this run.
    fn here(&self, value: &Value) -> Value {
        each_text(value, &|text| self.text(text))
    }

    /// Remembers the values of this run for those shown that vary.
    fn learn(&mut self, shown: &Value, here: &Value, path: &str) {
        match (shown, here) {
            (Value::Object(shown), Value::Object(here)) => {
                for (key, value) in shown {
                    if let Some(own) = here.get(key) {
                        self.learn(value, own, &format!("{path}.{key}"));
                    }
                }
            }
            // Numbers of few digits would be found everywhere.
            (Value::String(shown), Value::String(here))
                if varies(path) && shown != here && !is_short_number(shown) =>
            {
                self.known.push((shown.clone(), here.clone()));
            }
            _ => {}
        }
    }

    /// The answer as it is to be shown: values that vary stay as they are, lists are cut.
    fn settled(&self, shown: &Value, here: Value, path: &str) -> Value {
        match here {
            _ if varies(path) && !shown.is_null() => shown.clone(),
            Value::Object(object) => {
                let settled = object.into_iter().map(|(key, value)| {
                    let own = shown.get(&key).unwrap_or(&Value::Null);
                    let value = self.settled(own, value, &format!("{path}.{key}"));
                    (key, value)
                });
                settled.collect()
            }
            Value::Array(items) => {
                let settled = items.into_iter().take(ROWS).enumerate().map(|(at, item)| {
                    self.settled(shown.get(at).unwrap_or(&Value::Null), item, path)
                });
                settled.collect()
            }
            Value::String(text) => {
                let known = self.known.iter();
                known.fold(text, |text, (shown, here)| text.replace(here, shown)).into()
            }
            other => other,
        }
    }
}

fn is_short_number(text: &str) -> bool {
    text.len() < 8 && text.parse::<i64>().is_ok()
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("{error}: {text:.1000}"))
}

fn who(role: &str) -> Who {
    let all = [APP, ADMINISTRATOR, ORGANISER, OFFICER, COUNTER, PUBLISHER, AUDITOR];
    *all.iter().find(|who| who.role == role).expect("somebody of the town")
}

fn each_text(value: &Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => change(text).into(),
        Value::Array(items) => items.iter().map(|item| each_text(item, change)).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), each_text(value, change))).collect()
        }
        other => other.clone(),
    }
}

fn varies(path: &str) -> bool {
    VARIES.iter().any(|own| path.strip_suffix(own).is_some_and(|before| before.ends_with('.')))
}

/// The first difference between an answer and what is shown.
fn difference(shown: &Value, here: &Value, path: &str) -> Option<String> {
    let of_one_kind = std::mem::discriminant(shown) == std::mem::discriminant(here);
    match (shown, here) {
        _ if varies(path) && of_one_kind => None,
        (Value::Object(shown), Value::Object(here)) => shown.iter().find_map(|(key, value)| {
            difference(value, here.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"))
        }),
        (Value::Array(shown), Value::Array(here)) if shown.len() <= here.len() => {
            shown.iter().zip(here).find_map(|(shown, here)| difference(shown, here, path))
        }
        (shown, here) if shown == here => None,
        _ => Some(format!("{path} is {here:.200}, not {shown:.200}")),
    }
}
