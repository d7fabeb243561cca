//! One address: what is sent to it and what comes back, as the door of `mpp-rpc` has it.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

use super::{comment, example, schema, schema::Schemas, shared};
use crate::route::{self, Body, Route};

/// The operation of a route.
pub fn of(route: &Route, schemas: &mut Schemas) -> Value {
    let method = &route.method;
    let query = Query::of(route);
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": sentence(method.name()),
        "tags": [method.parent_service().name()],
        "parameters": parameters(route, &query, schemas),
        "responses": responses(route, schemas),
        "x-grpc-path": route.grpc_path(),
    });
    let text = described(&comment::description(method.full_name()), &query);
    if !text.is_empty() {
        operation["description"] = text.into();
    }
    if let Some(body) = body(route, schemas) {
        operation["requestBody"] = body;
    }
    let examples: Vec<Value> = example::of(route).map(example::raw).collect();
    if !examples.is_empty() {
        operation["x-examples"] = examples.into();
    }
    operation
}

/// `DirectoryService_GetMall`; further addresses of a method are numbered.
fn operation_id(route: &Route) -> String {
    let own = route::all().iter().filter(|other| other.method == route.method);
    let before = own.take_while(|other| !std::ptr::eq(*other, route)).count();
    let id = format!("{}_{}", route.method.parent_service().name(), route.method.name());
    if before == 0 { id } else { format!("{id}_{}", before + 1) }
}

/// `GetMall` and `hoursRule` as words: "Get mall", "Hours rule".
fn sentence(name: &str) -> String {
    let words = words(name);
    let (first, rest) = words.split_at_checked(1).unwrap_or((&words, ""));
    first.to_uppercase() + rest
}

fn words(name: &str) -> String {
    name.chars().fold(String::new(), |mut text, letter| {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
        text
    })
}

/// Fields that are parameters of the query.
#[derive(Default)]
struct Query {
    fields: Vec<(String, FieldDescriptor)>,
    /// Each key of these is a parameter of its own.
    maps: Vec<String>,
}

impl Query {
    fn of(route: &Route) -> Self {
        let mut query = Self::default();
        if route.body != Body::Whole {
            query.add(route, &route.method.input(), "", "");
        }
        query
    }

    /// Leaves of a message, by their paths: `path` as the contract spells it, `name` as JSON does.
    fn add(&mut self, route: &Route, message: &MessageDescriptor, path: &str, name: &str) {
        for field in message.fields() {
            let path = format!("{path}{}", field.name());
            let name = format!("{name}{}", field.json_name());
            let in_body = matches!(&route.body, Body::Field(body) if *body == field);
            if in_body || in_path(route, &path) {
                continue;
            }
            match field.kind() {
                Kind::Message(_) if field.is_map() => self.maps.push(name),
                Kind::Message(inner) if schema::well_known(inner.full_name()).is_none() => {
                    // A list of messages has no form in a query, nor has a message in itself.
                    if !field.is_list() && inner != *message {
                        self.add(route, &inner, &format!("{path}."), &format!("{name}."));
                    }
                }
                _ => self.fields.push((name, field)),
            }
        }
    }
}

fn in_path(route: &Route, field: &str) -> bool {
    route.path.variables.iter().any(|variable| variable.field == field)
}

fn described(text: &str, query: &Query) -> String {
    let maps = query.maps.iter().map(|name| {
        format!("Each entry of `{name}` is a parameter of its own: `{name}.KEY=VALUE`.")
    });
    let texts = std::iter::once(text.to_owned()).chain(maps).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n\n")
}

fn parameters(route: &Route, query: &Query, schemas: &mut Schemas) -> Vec<Value> {
    let parts = route.path.parameters();
    let path = parts.iter().map(|name| {
        json!({
            "name": name, "in": "path", "required": true,
            "description": format!("The id of the {}.", words(name)),
            "schema": { "type": "string", "pattern": "^[^/]+$" },
        })
    });
    let mut all: Vec<Value> = path.collect();
    for (order, (name, field)) in query.fields.iter().enumerate() {
        let mut parameter = json!({ "name": name, "in": "query", "x-order": order });
        let mut schema = schemas.field(field);
        if let Some(text) = schema.as_object_mut().and_then(|schema| schema.remove("description")) {
            parameter["description"] = text;
        }
        parameter["schema"] = schema;
        all.push(parameter);
    }
    all.extend(headers(route).into_iter().map(shared::parameter));
    all
}

/// The headers that mean something at this address.
fn headers(route: &Route) -> Vec<&'static str> {
    let input = route.method.input();
    let has = |field: &str| input.get_field_by_name(field).is_some();
    let stream = route.method.is_server_streaming();
    // A record that is only now created has no etag yet.
    let makes = route.verb == "POST" && matches!(route.body, Body::Field(_));
    let all = [
        ("IfNoneMatch", route.verb == "GET" && !stream),
        ("IfMatch", route.etag_field().is_some() && !makes),
        ("IdempotencyKey", has("request_id")),
        ("LastEventId", stream && has("resume_token")),
        ("AcceptLanguage", true),
    ];
    all.into_iter().filter(|(_, here)| *here).map(|(name, _)| name).collect()
}

fn body(route: &Route, schemas: &mut Schemas) -> Option<Value> {
    let input = route.method.input();
    let (schema, text) = match &route.body {
        Body::None => return None,
        Body::Field(field) => (schemas.field(field), comment::description(field.full_name())),
        Body::Whole => {
            let mut object = schemas.object(&input, |field| !in_path(route, field.name()));
            object["title"] = schema::name_of(input.full_name()).into();
            (object, comment::description(input.full_name()))
        }
    };
    let mut content = json!({ "schema": schema });
    let examples: Map<String, Value> = example::of(route)
        .filter_map(|example| Some((example.slug(), example.as_body()?)))
        .collect();
    if !examples.is_empty() {
        content["examples"] = examples.into();
    }
    let mut body = json!({
        "content": { "application/json": content }, "required": matches!(route.body, Body::Field(_)),
    });
    if !text.is_empty() {
        body["description"] = text.into();
    }
    Some(body)
}

fn responses(route: &Route, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    let message = schemas.message(&route.method.output());
    let stream = route.method.is_server_streaming();
    let answer = if stream { events(&message) } else { answer(route, &message) };
    responses.insert("200".to_owned(), answer);
    if route.verb == "GET" && !stream {
        responses.insert("304".to_owned(), json!({ "$ref": "#/components/responses/NotModified" }));
    }
    responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/Refused" }));
    responses.into()
}

fn answer(route: &Route, message: &Value) -> Value {
    let answered = example::of(route).filter(|example| example.status == 200);
    let examples: Map<String, Value> =
        answered.map(|example| (example.slug(), example.as_answer())).collect();
    let mut content = json!({ "schema": message });
    if !examples.is_empty() {
        content["examples"] = examples.into();
    }
    json!({
        "description": "Done.",
        "headers": shared::headers_of(&["ETag", "RateLimit", "RateLimit-Policy"]),
        "content": { "application/json": content },
    })
}

/// A stream: each event's data is one message.
fn events(message: &Value) -> Value {
    json!({
        "description": "A stream of server-sent events. The data of each is one message as JSON; its \
            id, where it has one, is where a stream goes on that begins with it as `Last-Event-ID`. \
            An event `error` ends the stream; its data is a `Status`.",
        "content": { "text/event-stream": {
            "schema": {
                "type": "string", "contentMediaType": "application/json", "contentSchema": message,
            },
        } },
    })
}
