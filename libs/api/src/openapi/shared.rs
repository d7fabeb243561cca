//! Parts that all addresses share: authentication, headers and the form of a refusal.

use mpp_core::{FieldCode, Reason};
use serde_json::{Map, Value, json};

use super::form::{reference, words};

const ABOUT: &str = "The shared index of Indonesia's public service malls (Mal Pelayanan Publik), as \
    JSON over HTTP.\n\nEach service answers for its own addresses, on the port on which it answers \
    gRPC; the methods, the rights and the limits are the same. Fields that hold their default \
    (empty, 0, false) are left out of answers. Names of fields are read in this form and in that \
    of the contract (`page_token`); a field that a message does not have is refused. Answers may \
    hold fields and values that this document does not know yet.";

const WHO: &str = "A JSON Web Token, signed with Ed25519; its roles and namespaces say what its \
    bearer may do. `mpp token` makes one.";

/// Title and version.
pub fn info() -> Value {
    json!({
        "title": "Mal Pelayanan Publik",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    })
}

/// The components that are no messages of the contract.
pub fn components() -> Value {
    json!({
        "securitySchemes": {
            "bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": WHO,
            },
            "certificate": {
                "type": "mutualTLS",
                "description": "A client certificate of the authority that the service trusts.",
            },
        },
        "parameters": parameters(),
        "headers": headers(),
        "responses": {
            "NotModified": {
                "description": "Nothing has changed since the answer that the caller has.",
                "headers": headers_of(&["ETag"]),
            },
            "Refused": refused(),
        },
        "schemas": schemas(),
    })
}

/// A parameter of [`components`].
pub fn parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

fn parameters() -> Value {
    let header = |name: &str, text: &str| {
        json!({
            "name": name, "in": "header", "description": text, "schema": { "type": "string" },
        })
    };
    json!({
        "IfNoneMatch": header("If-None-Match", "The `ETag` of the answer that the caller has; where it \
            would be the same again, 304 comes without a body."),
        "IfMatch": header("If-Match", "The `ETag` with which the record was read, or its `etag`; where \
            somebody else has written since, the answer is 412 with reason `ETAG_MISMATCH`."),
        "IdempotencyKey": header("Idempotency-Key", "Any text of the caller's that no other request \
            has, such as a UUID. The same request with the same key is done once, and a repeat gets \
            the first answer. It is the request's `requestId`, where that is not given."),
        "LastEventId": header("Last-Event-ID", "The id of the last event that came: the stream goes on \
            after it. A browser sends it by itself."),
        "AcceptLanguage": header("Accept-Language", "`id` or `en`: the language of the sentences in a \
            refusal."),
    })
}

fn headers() -> Value {
    let header = |text: &str| json!({ "description": text, "schema": { "type": "string" } });
    json!({
        "ETag": header("What tells this answer from others, after the etag of the record that it \
            holds. Sent back as `If-Match` or `If-None-Match`."),
        "RateLimit": header("How many calls of this class the caller has left, and for how long."),
        "RateLimit-Policy": header("How many calls of this class a caller may begin in a minute."),
    })
}

/// References to headers of [`components`].
pub fn headers_of(names: &[&str]) -> Value {
    let one =
        |name: &&str| (name.to_string(), json!({ "$ref": format!("#/components/headers/{name}") }));
    names.iter().map(one).collect::<Map<String, Value>>().into()
}

fn refused() -> Value {
    let mut headers = headers_of(&["RateLimit", "RateLimit-Policy"]);
    headers["Retry-After"] = json!({
        "description": "Seconds after which to try again, where that helps.",
        "schema": { "type": "integer" },
    });
    json!({
        "description": "The request was refused. Match on the reason, not on sentences.",
        "headers": headers,
        "content": {
            "application/json": { "schema": reference("Status") },
            "application/problem+json": { "schema": reference("Problem") },
        },
    })
}

/// The names of the schemas here, which no message of the contract gets.
pub fn schema_names() -> Vec<String> {
    schemas().keys().cloned().collect()
}

fn schemas() -> Map<String, Value> {
    let mut schemas = Map::new();
    schemas.insert("RefusalReason".to_owned(), reasons());
    schemas.insert("FieldCode".to_owned(), field_codes());
    schemas.insert("Problem".to_owned(), problem());
    let details = details();
    schemas.insert("Status".to_owned(), status(&details));
    schemas.extend(details.into_iter().map(|(name, detail)| (name.to_owned(), detail)));
    schemas
}

fn reasons() -> Value {
    let meaning = |reason: &Reason| format!("{} {}", reason.meaning(), reason.way_out());
    let all: Vec<_> =
        Reason::ALL.iter().map(|reason| (reason.as_str().to_owned(), meaning(reason))).collect();
    words("Why a request was refused.", &all)
}

fn field_codes() -> Value {
    let meaning = |code: &FieldCode| format!("{} {}", code.meaning(), code.way_out());
    let all: Vec<_> =
        FieldCode::ALL.iter().map(|code| (code.as_str().to_owned(), meaning(code))).collect();
    words("What is wrong with a field.", &all)
}

/// The schema of a problem document (RFC 9457).
fn problem() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "description": "A refusal, for callers that accept `application/problem+json`.",
        "properties": {
            "type": { "type": "string", "format": "uri" },
            "title": text(),
            "status": { "type": "integer", "format": "int32" },
            "detail": { "type": "string", "description": "A sentence for developers." },
            "reason": reference("RefusalReason"),
            "errors": { "type": "array", "description": "Each wrong field.", "items": {
                "type": "object",
                "properties": {
                    "field": text(), "code": reference("FieldCode"), "description": text(),
                },
            } },
            "trace": { "type": "string", "description": "Finds the call in the server's log." },
        },
    })
}

fn status(details: &[(&'static str, Value)]) -> Value {
    let any: Vec<Value> = details.iter().map(|(name, _)| reference(name)).collect();
    json!({
        "type": "object",
        "description": "A refusal, as `google.rpc.Status`.",
        "properties": {
            "code": { "type": "integer", "format": "int32", "description": "The code of gRPC." },
            "message": { "type": "string" },
            "details": { "type": "array", "items": { "oneOf": any } },
        },
    })
}

/// The messages that a refusal may carry.
fn details() -> Vec<(&'static str, Value)> {
    let text = || json!({ "type": "string" });
    vec![
        detail(
            "ErrorInfo",
            json!({
                "reason": reference("RefusalReason"),
                "domain": text(),
                "metadata": {
                    "type": "object", "description": "The code of each wrong field.",
                    "additionalProperties": text(),
                },
            }),
        ),
        detail(
            "BadRequest",
            json!({ "fieldViolations": {
            "type": "array",
            "items": { "type": "object", "properties": { "field": text(), "description": text() } },
        } }),
        ),
        detail("RetryInfo", json!({ "retryDelay": text() })),
        detail("LocalizedMessage", json!({ "locale": text(), "message": text() })),
        detail("DebugInfo", json!({ "detail": text() })),
        detail("RequestInfo", json!({ "requestId": text() })),
    ]
}

/// A message of `google.rpc`, told by its type.
fn detail(name: &'static str, mut properties: Value) -> (&'static str, Value) {
    properties["@type"] = json!({ "const": format!("type.googleapis.com/google.rpc.{name}") });
    (name, json!({ "type": "object", "properties": properties, "required": ["@type"] }))
}
