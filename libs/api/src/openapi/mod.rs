//! The contract as an OpenAPI 3.1 document: every address of [`route`](crate::route), every message
//! that passes there, and the comments of `proto/` as descriptions.
//!
//! No method and no message is named here, so a new rpc is in the document once it has its
//! `google.api.http` annotation and its comment; `tests/run openapi` refuses one without. Requests
//! and answers shown as examples are those of `proto/examples.json`, which a test sends to a
//! running suite.
//!
//! ```text
//! mod.rs ── operation   one address: parameters, body, answer
//!      ├── shared       refusals, headers, ways to prove who one is
//!      ├── example      requests that a test has sent
//!      └── schema       messages and enums
//!              ├── comment   what the contract says of a name
//!              └── form      references and lists of words
//! ```
//!
//! # Rejected
//! - *A protoc plugin (protoc-gen-openapi, protoc-gen-connect-openapi):* Go beside the build, and
//!   the document would speak of addresses, parameters and refusals as the plugin has them, not as
//!   the door does.
//! - *Made by the build script:* 0.2 MB in the binary, and the rules of addresses told twice. It is
//!   made when it is first asked for, in some milliseconds.

mod comment;
mod example;
mod form;
mod operation;
mod schema;
mod shared;

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

#[cfg(test)]
pub(crate) use comment::description;
pub use example::{Example, examples};

use self::schema::Schemas;
use crate::{json::POOL, route};

static DOCUMENT: LazyLock<String> = LazyLock::new(|| assemble().to_string());

/// The document, as JSON.
pub fn document() -> &'static str {
    &DOCUMENT
}

fn assemble() -> Value {
    let mut schemas = Schemas::default();
    let paths = paths(&mut schemas);
    let mut components = shared::components();
    let messages = schemas.made();
    if let Some(Value::Object(known)) = components.get_mut("schemas") {
        known.extend(messages);
    }
    json!({
        "openapi": "3.1.0",
        "info": shared::info(),
        // The document is asked for where its addresses are.
        "servers": [{ "url": "/", "description": "Where this document comes from" }],
        "security": [{ "bearer": [] }, { "certificate": [] }],
        "tags": tags(),
        "paths": paths,
        "components": components,
    })
}

/// Services with an address.
fn tags() -> Vec<Value> {
    let routed = POOL.services().filter(|service| {
        route::all().iter().any(|route| route.method.parent_service() == service)
    });
    let tag = |service: prost_reflect::ServiceDescriptor| {
        json!({
            "name": service.name(),
            "description": comment::description(service.full_name()),
            "x-proto-service": service.full_name(),
        })
    };
    routed.map(tag).collect()
}

fn paths(schemas: &mut Schemas) -> Map<String, Value> {
    let mut paths = Map::new();
    for route in route::all() {
        let path = paths.entry(route.path.to_string()).or_insert_with(|| json!({}));
        path[route.verb.to_lowercase()] = operation::of(route, schemas);
    }
    paths
}

#[cfg(test)]
mod tests;
