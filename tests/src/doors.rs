//! The same call through either door: gRPC with a message that is only known by its descriptor,
//! and JSON over plain HTTP.

use std::collections::BTreeMap;

use bytes::{Buf as _, BufMut as _, Bytes};
use http::Request;
use mpp_api::json;
use mpp_client::{Channel, error_of};
use prost::Message as _;
use prost_reflect::{DynamicMessage, MethodDescriptor};
use serde_json::Value;
use tonic::{
    Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};
use tonic_types::StatusExt as _;

/// An answer, or a refusal as either door tells it.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// The message, as proto3 JSON.
    Answer(Value),
    /// Why there is none.
    Refusal(Refusal),
}

/// The parts of a refusal that both doors tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The canonical code's number.
    pub code: i64,
    /// The message in English.
    pub message: String,
    /// The stable reason.
    pub reason: String,
    /// Codes of wrong fields.
    pub codes: BTreeMap<String, String>,
    /// Descriptions of wrong fields.
    pub fields: Vec<(String, String)>,
}

/// Calls over gRPC.
///
/// # Panics
/// If the request's JSON is no message of the method.
pub async fn over_grpc(channel: Channel, method: &MethodDescriptor, request: &Value) -> Said {
    let message = json::read_dynamic(method.input().full_name(), request).expect("a request");
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    match over_grpc_as_bytes(channel, &path, message.encode_to_vec()).await {
        Ok(answer) => {
            let answer = DynamicMessage::decode(method.output(), answer);
            // Compares by text: reading a number back may round it, as the other door's client
            // does.
            let text = serde_json::to_string(&answer.expect("a message")).expect("JSON");
            Said::Answer(serde_json::from_str(&text).expect("JSON"))
        }
        Err(status) => Said::Refusal(refusal(&status)),
    }
}

/// Calls over gRPC with a request that is encoded already, such as one of another release.
///
/// # Errors
/// The refusal.
///
/// # Panics
/// If nothing answers, or there can be no such path.
pub async fn over_grpc_as_bytes(
    channel: Channel,
    path: &str,
    request: Vec<u8>,
) -> Result<Bytes, Status> {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.expect("a connection");
    let request = tonic::Request::new(Bytes::from(request));
    let answer = grpc.unary(request, path.parse().expect("a path"), AsBytes).await?;
    Ok(answer.into_inner())
}

/// Calls over plain HTTP.
///
/// # Panics
/// If nothing answers, or the answer is no JSON.
pub async fn over_http(verb: &str, url: &str, token: &str, body: &str) -> Said {
    let request = Request::builder().method(verb).uri(url);
    let request = request.header("authorization", format!("Bearer {}", token.trim()));
    let request = request.header("content-type", "application/json");
    let request = request.body(body.to_owned()).expect("a request");
    let (status, body) = crate::http::send(request).await.expect("an answer");
    let body: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
    if status == 200 { Said::Answer(body) } else { Said::Refusal(told(&body)) }
}

fn refusal(status: &Status) -> Refusal {
    let read = error_of(status);
    let details = status.get_error_details();
    let codes = details.error_info().map(|info| info.metadata.clone()).unwrap_or_default();
    Refusal {
        code: i32::from(status.code()).into(),
        message: read.message,
        reason: read.reason,
        codes: codes.into_iter().collect(),
        fields: read.fields,
    }
}

fn told(body: &Value) -> Refusal {
    let details = body["details"].as_array().cloned().unwrap_or_default();
    let detail = |name: &str| {
        let found = details
            .iter()
            .find(|detail| detail["@type"].as_str().is_some_and(|own| own.ends_with(name)));
        found.cloned().unwrap_or_default()
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let info = detail("ErrorInfo");
    let codes = info["metadata"].as_object().cloned().unwrap_or_default();
    let fields = detail("BadRequest")["fieldViolations"].as_array().cloned().unwrap_or_default();
    Refusal {
        code: body["code"].as_i64().unwrap_or_default(),
        message: text(&body["message"]),
        reason: text(&info["reason"]),
        codes: codes.iter().map(|(field, code)| (field.clone(), text(code))).collect(),
        fields: fields.iter().map(|one| (text(&one["field"]), text(&one["description"]))).collect(),
    }
}

/// Messages as the bytes that they are.
struct AsBytes;

impl Codec for AsBytes {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(item);
        Ok(())
    }
}

impl Decoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
