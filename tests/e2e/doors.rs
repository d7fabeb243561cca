//! Both doors lead into the same rooms: every unary method of every service, asked over gRPC and
//! over plain HTTP, gives the same answer and the same refusal.

use mpp_api::route::{self, Body, Route, RouteMatch};
use mpp_testkit::Backend;
use mpp_tests::{
    Service, Suite,
    doors::{Said, over_grpc, over_http},
    http::{Event, events},
    keys::{ADMINISTRATOR, APP, Who},
    town,
};
use serde_json::{Map, Value, json};

/// How often a question is put again whose answers differ: a feed goes on between two of them.
const TRIES: usize = 20;
/// Fields that tell when the question was put.
const NOW: [&str; 2] = ["knownOn", "seenTime"];

#[tokio::test]
async fn every_method_answers_alike_at_both_doors_on_sqlite() {
    knock(Backend::Sqlite).await;
}

#[tokio::test]
async fn every_method_answers_alike_at_both_doors_on_postgres() {
    knock(Backend::Postgres).await;
}

async fn knock(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::open(&suite).await;
    let unary = route::all().iter().filter(|route| !route.method.is_server_streaming());
    let (mut answered, mut refused) = (0, 0);
    for route in unary {
        for (who, ids) in
            [(ADMINISTRATOR, Ids::Known), (ADMINISTRATOR, Ids::Unknown), (APP, Ids::Known)]
        {
            match compare(&suite, route, who, ids).await {
                Said::Answer(_) => answered += 1,
                Said::Refusal(_) => refused += 1,
            }
        }
    }
    assert!(answered > 40 && refused > 60, "{answered} answers and {refused} refusals");
}

/// The naming scheme of a path.
#[derive(Clone, Copy, Debug)]
enum Ids {
    Known,
    Unknown,
}

/// One question through both doors.
async fn compare(suite: &Suite, route: &Route, who: Who, ids: Ids) -> Said {
    let address = address(route, ids);
    let request_id = uuid::Uuid::now_v7().to_string();
    let message = message(route, &address, &request_id);
    let (query, body) = plain(route, &request_id);
    let service = served_by(route);
    let url = format!("{}{address}{query}", suite.address(service));
    let token = token(suite, who);
    let mut pair = None;
    for _ in 0..TRIES {
        let grpc = over_grpc(suite.channel(service, who), &route.method, &message).await;
        let http = over_http(route.verb, &url, &token, &body).await;
        let (grpc, http) = (timeless(grpc), timeless(http));
        if grpc == http {
            return grpc;
        }
        pair = Some((grpc, http));
    }
    panic!("{} {address} as {who:?} differs: {pair:#?}", route.verb);
}

#[tokio::test]
async fn a_page_token_of_elsewhere_is_the_same_slip_in_every_list_on_sqlite() {
    page_with_what_is_not_theirs(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_page_token_of_elsewhere_is_the_same_slip_in_every_list_on_postgres() {
    page_with_what_is_not_theirs(Backend::Postgres).await;
}

async fn page_with_what_is_not_theirs(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::open(&suite).await;
    let registry = suite.address(Service::Registry);
    let token_of = async |list: &str| {
        let url = format!("{registry}/v1/{list}?pageSize=1");
        let page = over_http("GET", &url, &token(&suite, ADMINISTRATOR), "").await;
        let Said::Answer(page) = page else { panic!("{page:?}") };
        page["nextPageToken"].as_str().expect("a second page").to_owned()
    };
    let (units, regions) = (token_of("units").await, token_of("regions").await);
    let has_pages = |route: &&Route| route.method.input().get_field_by_name("page_token").is_some();
    let mut asked = 0;
    for route in route::all().iter().filter(has_pages) {
        let other = if route.method.name() == "ListUnits" { &regions } else { &units };
        for foreign in [other, "bm9uZQ", &"A".repeat(2000)] {
            let (service, address) = (served_by(route), address(route, Ids::Known));
            let url = format!("{}{address}?pageToken={foreign}", suite.address(service));
            let said = over_http(route.verb, &url, &token(&suite, ADMINISTRATOR), "").await;
            let Said::Refusal(refusal) = said else { panic!("{address} takes {foreign}") };
            let fields: Vec<&str> = refusal.fields.iter().map(|(field, _)| &**field).collect();
            assert_eq!(
                (refusal.reason.as_str(), &fields[..]),
                ("INVALID_PAGE_TOKEN", &["page_token"][..]),
                "{address} refuses {foreign} otherwise: {refusal:?}"
            );
            asked += 1;
        }
    }
    assert!(asked >= 60, "only {asked} questions");
}

fn timeless(said: Said) -> Said {
    match said {
        Said::Answer(mut answer) => {
            forget(&mut answer);
            Said::Answer(answer)
        }
        refused => refused,
    }
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !NOW.contains(&name.as_str()));
            fields.values_mut().for_each(forget);
        }
        Value::Array(items) => items.iter_mut().for_each(forget),
        _ => {}
    }
}

fn served_by(route: &Route) -> Service {
    match route.method.parent_service().package_name() {
        "mpp.scheduling.v1" => Service::Scheduling,
        "mpp.reporting.v1" => Service::Reporting,
        _ => Service::Registry,
    }
}

/// A path of the town's own names, or of names that nothing has.
fn address(route: &Route, ids: Ids) -> String {
    let mut path = route.path.to_string();
    for name in route.path.parameters() {
        let known = match name.as_str() {
            "mall" => "banyuwangi",
            "counter" => "dukcapil",
            "window" => "1",
            "offering" | "service" => "ktp-hilang",
            "unit" | "source" => "kemendagri",
            "region" => "35",
            "hoursRule" => "national",
            _ => "none",
        };
        let id = if matches!(ids, Ids::Known) { known } else { "none" };
        path = path.replace(&format!("{{{name}}}"), id);
    }
    path
}

/// The request's message: the values of the path, and a request id by which a write through both
/// doors is done once.
fn message(route: &Route, address: &str, request_id: &str) -> Value {
    let Ok(RouteMatch::Method(found, values)) = route::find(route.verb, address) else {
        panic!("nothing at {address}");
    };
    assert_eq!(found.method, route.method, "{address}");
    let mut message = json!({});
    for (path, value) in values {
        let at = path.split('.').fold(&mut message, |at, field| &mut at[field]);
        *at = Value::from(value);
    }
    if let Body::Field(field) = &route.body
        && message[field.name()].is_null()
    {
        message[field.name()] = json!({});
    }
    if has_request_id(route) {
        message["request_id"] = Value::from(request_id);
    }
    message
}

/// Query and body of the same request.
fn plain(route: &Route, request_id: &str) -> (String, String) {
    let id = has_request_id(route);
    match &route.body {
        Body::Whole => {
            let mut body = Map::new();
            if id {
                body.insert("requestId".into(), Value::from(request_id));
            }
            (String::new(), Value::from(body).to_string())
        }
        body => {
            let query = if id { format!("?requestId={request_id}") } else { String::new() };
            (query, if *body == Body::None { String::new() } else { "{}".to_owned() })
        }
    }
}

fn has_request_id(route: &Route) -> bool {
    route.method.input().get_field_by_name("request_id").is_some()
}

#[tokio::test]
async fn a_browser_that_connects_again_goes_on_where_it_was_on_sqlite() {
    listen_again(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_browser_that_connects_again_goes_on_where_it_was_on_postgres() {
    listen_again(Backend::Postgres).await;
}

/// The browser repeats its first address, which asked for the state, and adds the last event's id.
async fn listen_again(backend: Backend) {
    let suite = Suite::start(backend).await;
    town::found(&suite).await;
    let complete = |event: &Event| event.data.contains("\"initialStateComplete\":true");
    let state = events(watch(&suite, ""), complete).await.expect("the state");
    assert!(state.iter().any(|event| event.data.contains(town::DUKCAPIL)), "{state:?}");
    let last = state.last().expect("the bookmark").id.clone();
    assert!(!last.is_empty(), "the bookmark has an id");

    let renamed = json!({ "displayName": { "id": "Gerai KTP" } }).to_string();
    let url = format!("{}/v1/{}", suite.address(Service::Registry), town::DUKCAPIL);
    let said = over_http("PATCH", &url, &token(&suite, ADMINISTRATOR), &renamed).await;
    assert!(matches!(said, Said::Answer(_)), "{said:?}");

    let changed = |event: &Event| event.data.contains("\"changes\"");
    let after = events(watch(&suite, &last), changed).await.expect("the change");
    let change = &after.last().expect("an event").data;
    assert!(change.contains("Gerai KTP"), "{change}");
    assert!(!after.iter().any(complete), "the state is not told again: {after:?}");

    let other = events(watch(&suite, "bm9uZQ=="), changed).await.expect_err("no such token");
    assert!(other.contains("400"), "{other}");
}

fn watch(suite: &Suite, last: &str) -> http::Request<()> {
    let path = "/v1/feed:watch?initialState=true&filter.kinds=counter";
    let request = http::Request::get(format!("{}{path}", suite.address(Service::Registry)));
    let request = request.header("authorization", format!("Bearer {}", token(suite, APP)));
    request.header("last-event-id", last).body(()).expect("a request")
}

fn token(suite: &Suite, who: Who) -> String {
    let token = std::fs::read_to_string(suite.keys.token(who)).expect("a token");
    token.trim().to_owned()
}
