//! Laws of the door for any request. A wrong request is refused with what is wrong about it, never
//! with a fault of ours; and JSON means the same message to the door as it does to gRPC.

use axum::{
    Router, body::Body, extract::Request, middleware::from_fn_with_state, response::Response,
};
use http::Version;
use http_body_util::BodyExt as _;
use mpp_api::route::{self, Body as RouteBody, Route, RouteMatch};
use mpp_core::{FieldCode, Reason};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use prost_reflect::{DynamicMessage, MessageDescriptor, Value as Field};
use serde_json::{Map, Value, json};
use tonic::Status;
use tower::ServiceExt as _;

use super::{
    frame,
    made::{Maker, TEXTS, remove, text_of},
    request::{Outer, message},
};

/// Cases of each law; each of the contract's addresses comes up in dozens.
const CASES: u32 = 3000;

fn route() -> impl Strategy<Value = &'static Route> {
    (0..route::all().len()).prop_map(|at| &route::all()[at])
}

/// A request that says what a message says, as gRPC's JSON mapping writes it.
struct EncodedRequest {
    means: DynamicMessage,
    path: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    body: Vec<u8>,
}

impl EncodedRequest {
    fn of(route: &'static Route, seed: u64) -> Self {
        let mut maker = Maker::new(seed, route.body != RouteBody::Whole);
        let path = path(route, &mut maker);
        let mut object = object(route, &mut maker, &path);
        let input = route.method.input();
        let means = DynamicMessage::deserialize(input.clone(), &Value::Object(object.clone()))
            .expect("gRPC's own JSON");
        for (field, _) in &path {
            remove(&input, &mut object, field);
        }
        let (body, query) = match &route.body {
            RouteBody::None => (Vec::new(), parameters(object)),
            RouteBody::Whole => (Value::Object(object).to_string().into_bytes(), Vec::new()),
            RouteBody::Field(field) => {
                let own = [field.name(), field.json_name()];
                let body = own.iter().find_map(|name| object.remove(*name)).unwrap_or(json!({}));
                (body.to_string().into_bytes(), parameters(object))
            }
        };
        Self { means, path, query, body }
    }

    fn outer(&self) -> Outer {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        Outer { path: self.path.clone(), query: query.finish(), ..Outer::default() }
    }
}

/// An address of a route, read as the door reads it.
fn path(route: &'static Route, maker: &mut Maker) -> Vec<(&'static str, String)> {
    let mut path = route.path.to_string();
    let mut parts = Vec::new();
    for name in route.path.parameters() {
        let part = maker.part_of_a_path();
        let encoded = utf8_percent_encode(&part, NON_ALPHANUMERIC).to_string();
        path = path.replacen(&format!("{{{name}}}"), &encoded, 1);
        parts.push(part);
    }
    let Ok(RouteMatch::Method(found, values)) = route::find(route.verb, &path) else {
        panic!("{path} is not found");
    };
    assert_eq!(found.method, route.method, "{path}");
    let said: String = values.iter().map(|(_, value)| value.as_str()).collect();
    assert!(parts.iter().all(|part| said.contains(part.as_str())), "{path} says {said}");
    values
}

/// A message of the route's input with the fields that the path says, as JSON.
fn object(route: &Route, maker: &mut Maker, path: &[(&'static str, String)]) -> Map<String, Value> {
    let input = route.method.input();
    let mut message = maker.message(&input, 3);
    if let RouteBody::Field(field) = &route.body {
        let prost_reflect::Kind::Message(of) = field.kind() else { panic!("a record") };
        message.set_field(field, Field::Message(maker.message(&of, 3)));
    }
    for (field, value) in path {
        set_text(&mut message, field, value);
    }
    let Value::Object(mut object) = maker.json(&message) else { panic!("{message} is an object") };
    if let RouteBody::Field(field) = &route.body
        && !object.contains_key(field.json_name())
        && !object.contains_key(field.name())
    {
        object.insert(field.name().to_owned(), json!({}));
    }
    object
}

fn set_text(message: &mut DynamicMessage, path: &str, value: &str) {
    match path.split_once('.') {
        None => message.set_field_by_name(path, Field::String(value.to_owned())),
        Some((first, rest)) => {
            let inner = message.get_field_by_name_mut(first).and_then(Field::as_message_mut);
            set_text(inner.expect("a message"), rest, value);
        }
    }
}

/// An object as parameters of a query.
fn parameters(object: Map<String, Value>) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (name, value) in object {
        match value {
            Value::Object(inner) => {
                let inner = parameters(inner).into_iter();
                all.extend(inner.map(|(rest, value)| (format!("{name}.{rest}"), value)));
            }
            Value::Array(items) => {
                all.extend(items.iter().map(|item| (name.clone(), text_of(item))));
            }
            other => all.push((name, text_of(&other))),
        }
    }
    all
}

/// A body with something wrong in it, or a query.
fn spoilt(mut said: EncodedRequest, maker: &mut Maker) -> EncodedRequest {
    if let Ok(mut body) = serde_json::from_slice(&said.body) {
        maker.spoil(&mut body);
        said.body = body.to_string().into_bytes();
    }
    if maker.often() {
        said.body = maker.cut(said.body);
    }
    let name = maker.one_of(TEXTS);
    let known = said.query.first().map_or(name.to_owned(), |(name, _)| name.clone());
    let (name, value) = (maker.one_of(&[name, &known]).to_owned(), maker.one_of(TEXTS).to_owned());
    said.query.push((name, value));
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn what_grpc_means_by_its_json_the_door_takes(route in route(), seed in any::<u64>()) {
        let said = EncodedRequest::of(route, seed);
        let taken = message(route, &said.outer(), &said.body);
        let taken = taken.map_err(|error| TestCaseError::fail(format!("{error} of {}", route.path)))?;
        let taken = DynamicMessage::decode(route.method.input(), &*taken).expect("a message");
        prop_assert_eq!(taken, said.means);
    }

    #[test]
    fn what_is_wrong_is_the_callers(route in route(), seed in any::<u64>()) {
        let said = spoilt(EncodedRequest::of(route, seed), &mut Maker::new(seed, false));
        if let Err(error) = message(route, &said.outer(), &said.body) {
            prop_assert_eq!(error.reason(), Reason::InvalidField, "{}", error);
            prop_assert!(!error.violations().is_empty());
        }
    }

    #[test]
    fn any_bytes_get_an_answer_that_is_no_fault(
        (route, seed) in (route(), any::<u64>()),
        verb in prop::sample::select(vec!["GET", "POST", "PATCH", "DELETE", "HEAD", "PUT", "BREW"]),
        noise in prop::collection::vec("[!-~]{0,40}", 3),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut maker = Maker::new(seed, true);
        let mut path = route.path.to_string().replace(['{', '}'], "");
        if maker.often() {
            path = format!("{path}{}", noise[0].replace('#', ""));
        }
        let request = http::Request::builder().method(verb).uri(path)
            .header("host", "x")
            .header(maker.one_of(&["if-match", "idempotency-key", "last-event-id"]), &noise[1])
            .header(maker.one_of(&["content-type", "content-encoding", "accept"]), &noise[2])
            .header("accept-encoding", "gzip");
        // A request line that is no URI is refused before it gets here.
        let Ok(request) = request.body(Body::from(body)) else { return Ok(()) };
        let status = answer(request).status().as_u16();
        prop_assert!(status < 500, "{status}");
    }
}

/// Bytes of the largest head.
const HEAD: u32 = 16 * 1024;

/// The door's answer, with a service behind it that only reads the message.
fn answer(request: Request) -> Response {
    let behind = async |request: Request| match request.into_body().collect().await {
        Ok(_) => Response::new(Body::from(frame::frame(b""))),
        Err(error) => Status::from_error(Box::new(error)).into_http(),
    };
    let door = Router::new().fallback(behind).layer(from_fn_with_state(HEAD, super::layer));
    // Streams of events keep time.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(door.oneshot(request)).unwrap_or_else(|never| match never {})
}

#[test]
fn each_stream_opens_with_the_least_of_its_parameters() {
    let streams = || route::all().iter().filter(|route| route.method.is_server_streaming());
    for route in streams() {
        let path = route.path.to_string().replace(['{', '}'], "");
        let request = http::Request::builder().method(route.verb).uri(path).header("host", "x");
        let status = answer(request.body(Body::empty()).expect("a request")).status().as_u16();
        assert!(status < 500, "{status} of {}", route.path);
    }
    assert!(streams().count() > 1);
}

/// Every message of the contract that a request may hold.
fn messages() -> Vec<MessageDescriptor> {
    let inputs = route::all().iter().map(|route| route.method.input());
    let mut all: Vec<MessageDescriptor> = inputs.collect();
    let mut at = 0;
    while let Some(message) = all.get(at).cloned() {
        for field in message.fields() {
            if let prost_reflect::Kind::Message(of) = field.kind()
                && of.full_name().starts_with("mpp.")
                && !all.contains(&of)
            {
                all.push(of);
            }
        }
        at += 1;
    }
    all
}

#[test]
fn no_field_is_taken_by_two_spellings_at_once() {
    let mut tried = 0;
    for of in messages() {
        for field in of.fields().filter(|field| field.name() != field.json_name()) {
            let value = Maker::new(1, false).always(&field);
            let twice = json!({ field.name(): value, field.json_name(): value });
            let error = mpp_api::json::read_dynamic(of.full_name(), &twice).expect_err("twice");
            assert_eq!(error.violations()[0].code, FieldCode::Duplicate, "{error}");
            let once = json!({ field.name(): value, field.json_name(): null });
            assert!(mpp_api::json::read_dynamic(of.full_name(), &once).is_ok(), "{once}");
            tried += 1;
        }
    }
    assert!(tried > 50, "{tried} fields have two spellings");
}

#[test]
fn no_parameter_is_taken_by_two_spellings_at_once() {
    for route in route::all().iter().filter(|route| route.body != RouteBody::Whole) {
        let input = route.method.input();
        let spelt = |field: &prost_reflect::FieldDescriptor| {
            field.name() != field.json_name() && !field.is_list() && !is_message(field)
        };
        for field in input.fields().filter(spelt) {
            let value = text_of(&Maker::new(1, false).always(&field));
            for (one, two) in [(&*value, "1"), (&value, &value)] {
                let query = format!("{}={one}&{}={two}", field.name(), field.json_name());
                let outer = Outer { query, ..Outer::default() };
                let error = message(route, &outer, b"{}").expect_err("twice");
                assert_eq!(error.reason(), Reason::InvalidField);
            }
        }
    }
}

fn is_message(field: &prost_reflect::FieldDescriptor) -> bool {
    matches!(field.kind(), prost_reflect::Kind::Message(_))
}

#[test]
fn depth_and_size_end_in_a_refusal() {
    for route in route::all() {
        let of_body = |body: &[u8]| message(route, &Outer::default(), body);
        for deep in ["[".repeat(200_000), r#"{"a":"#.repeat(200_000)] {
            let error = of_body(deep.as_bytes()).expect_err("deep");
            assert_eq!(error.reason(), Reason::InvalidField);
        }
    }
    let large = http::Request::post("/v1/units").header("host", "x");
    let large = large.version(Version::HTTP_11).body(Body::from(vec![b' '; super::MAX_BODY + 1]));
    assert_eq!(answer(large.expect("a request")).status(), 413);
}
