//! An office: its file or its server, and what its agent reads of it.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
};
use mpp_agent::{Checked, CsvFile, Input, Next, Pages, Policy, Run, Setting, Way, check};
use sqlx::{Connection as _, PgConnection};

/// One record of each row: its code and its name.
pub const MAPPING: &str = r#"{source_id: (.kode | tostring | ascii_downcase), unit: "units/pacitan",
  service: {title: {id: .nama}, requirements: [.syarat // empty | list_items[] | {text: .}]}}"#;

/// A source for an agent, with a mapping.
pub async fn mapped(input: Input, program: &str, apply_trials: bool) -> Checked {
    let policy =
        Policy { page_tries: 3, max_page_bytes: 200_000, max_pages: 50, ..Policy::default() };
    mapped_under(policy, input, program, apply_trials).await
}

/// The same under other settings.
pub async fn mapped_under(
    policy: Policy,
    input: Input,
    program: &str,
    apply_trials: bool,
) -> Checked {
    let way = Way { program: program.into(), apply_trials, ..Way::default() };
    in_a_way(policy, input, way).await
}

/// The same, read in another way.
pub async fn in_a_way(policy: Policy, input: Input, way: Way) -> Checked {
    let run = Run {
        source: "sources/pacitan".into(),
        input,
        way,
        state: PathBuf::from("no state is needed"),
        take_over: false,
        accept_missing: false,
        accept_moves: false,
        reconcile: false,
        withdraw: mpp_agent::Withdraw::Nothing,
        rows: None,
        policy,
    };
    check(&run).await
}

/// A file as the source of an agent.
pub async fn file(bytes: impl AsRef<[u8]>, table: CsvFile) -> Checked {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.csv");
    std::fs::write(&path, bytes).expect("a file");
    mapped(Input::Csv(CsvFile { path, ..table }), MAPPING, false).await
}

/// Read, not readable, and whether the whole is known.
pub fn counts(checked: &Checked) -> (i64, i64, bool) {
    (checked.tally.read, checked.tally.unread(), checked.lack.is_none())
}

/// Why the whole is not known.
pub fn lack(checked: &Checked) -> &str {
    checked.lack.as_ref().expect("a lack").message()
}

/// The places of the rows that were refused.
pub fn places(checked: &Checked) -> Vec<&str> {
    let rows = checked.problems.iter().filter(|problem| problem.code != "KEY_MISSING");
    rows.map(|problem| problem.record.as_str()).collect()
}

type Answers = dyn Fn(&str, usize) -> Response + Send + Sync;

/// A server that answers by path and query and the number of the call.
pub struct Office {
    pub address: String,
    /// When it was called, and for what.
    pub calls: Arc<Mutex<Vec<(Instant, String)>>>,
}

#[derive(Clone)]
struct Desk {
    answers: Arc<Answers>,
    calls: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Office {
    pub async fn open(answers: impl Fn(&str, usize) -> Response + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let desk = Desk { answers: Arc::new(answers), calls: calls.clone() };
        let router = Router::new().fallback(answer).with_state(desk);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, calls }
    }

    pub async fn read(&self, path: &str, items: &str, next: &str) -> Checked {
        self.read_pages(path, items, next, Pages::default()).await
    }

    pub async fn read_pages(&self, path: &str, items: &str, next: &str, pages: Pages) -> Checked {
        let set = |text: &str| Setting { text: text.into(), place: "pacitan.toml, line 7".into() };
        let pages = Pages {
            location: format!("{}{path}", self.address),
            items: set(items),
            next: Next { link: set(next), ..pages.next },
            ..pages
        };
        mapped(Input::Json(pages), MAPPING, false).await
    }

    pub fn called(&self) -> usize {
        self.calls.lock().expect("calls").len()
    }

    /// Between the first two calls.
    pub fn waited(&self) -> Duration {
        let calls = self.calls.lock().expect("calls");
        calls[1].0.duration_since(calls[0].0)
    }
}

async fn answer(State(desk): State<Desk>, request: Request) -> Response {
    let asked = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let number = {
        let mut calls = desk.calls.lock().expect("calls");
        calls.push((Instant::now(), asked.clone()));
        calls.len()
    };
    (desk.answers)(&asked, number)
}

/// Waits until the reader is at rows of which each takes its time.
pub async fn until_read_slowly(url: &str) {
    let mut conn = PgConnection::connect(url).await.expect("a connection");
    let reads = "select exists (select from pg_stat_activity where datname = current_database()
        and pid <> pg_backend_pid() and state = 'active' and wait_event = 'PgSleep')";
    while !sqlx::query_scalar::<_, bool>(reads).fetch_one(&mut conn).await.expect("an answer") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
