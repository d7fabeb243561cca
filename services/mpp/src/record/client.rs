//! Calls with records that only their descriptors describe.

use mpp_api::{json, types::Tombstone};
use mpp_core::{Error, FieldCode, Result};
use prost::{Message as _, Name as _};
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind as Type, MessageDescriptor, MethodDescriptor,
    ReflectMessage as _, Value,
};
use serde_json::json;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
};

use super::{KINDS, Kind, path};
use crate::{call::refused, client::Client};

/// Records asked for at a time.
const PAGE: i32 = 500;

/// The services' records.
pub struct Records<'a> {
    client: &'a Client,
}

/// One page of a list.
pub struct Page {
    pub records: Vec<DynamicMessage>,
    pub next_page_token: String,
}

impl<'a> Records<'a> {
    pub fn new(client: &'a Client) -> Self {
        Self { client }
    }

    /// The record of this name.
    ///
    /// # Errors
    /// The text is not a name; the service's refusal, such as `NOT_FOUND`.
    pub async fn get(&self, name: &str) -> Result<DynamicMessage> {
        let kind = Kind::of(name)?;
        let method = kind.method("Get")?;
        let request = json::read_dynamic(method.input().full_name(), &json!({ "name": name }))?;
        record_in(kind, self.call(kind, &method, request).await?)
    }

    /// A page of a kind; `fields` are those of the list's request.
    ///
    /// # Errors
    /// A field that the list does not have; the service's refusal.
    pub async fn list(
        &self,
        kind: &Kind,
        fields: &serde_json::Map<String, serde_json::Value>,
        page_token: &str,
    ) -> Result<Page> {
        let method = kind.method("List")?;
        let mut fields = fields.clone();
        fields.insert("page_size".into(), PAGE.into());
        fields.insert("page_token".into(), page_token.into());
        let request = json::read_dynamic(method.input().full_name(), &fields.into())?;
        let answer = self.call(kind, &method, request).await?;
        let found = answer.get_field(&field_of(&method.output(), kind)?).into_owned();
        let Value::List(found) = found else {
            return Err(Error::internal("a list that holds no list"));
        };
        let records = found.into_iter().filter_map(|value| match value {
            Value::Message(record) => Some(record),
            _ => None,
        });
        Ok(Page { records: records.collect(), next_page_token: text(&answer, "next_page_token") })
    }

    /// Makes the record under its name, and answers it as the service keeps it.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn create(
        &self,
        kind: &Kind,
        name: &str,
        record: DynamicMessage,
        validate_only: bool,
    ) -> Result<DynamicMessage> {
        let method = kind.method("Create")?;
        let (above, id) = name.rsplit_once('/').unwrap_or_default();
        let mut fields = json!({ format!("{}_id", kind.word): id });
        if let Some((parent, _)) = above.rsplit_once('/') {
            fields["parent"] = parent.into();
        }
        self.write(kind, &method, fields, record, validate_only).await
    }

    /// Changes these fields of the record, with the reason where the kind keeps one, and answers it
    /// as the service keeps it.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn update(
        &self,
        kind: &Kind,
        record: DynamicMessage,
        fields: &[FieldDescriptor],
        reason: &str,
        validate_only: bool,
    ) -> Result<DynamicMessage> {
        let method = kind.method("Update")?;
        let mask: Vec<_> = fields.iter().map(FieldDescriptor::json_name).collect();
        let mut fields = json!({ "update_mask": mask.join(",") });
        if !reason.is_empty() && kind.keeps_reason() {
            fields["reason"] = reason.into();
        }
        self.write(kind, &method, fields, record, validate_only).await
    }

    /// Deletes the record, which leaves `tombstone` if the contract keeps one for its kind; or
    /// only checks whether it could.
    ///
    /// # Errors
    /// The contract has no such method; the service's refusal.
    pub async fn delete(
        &self,
        name: &str,
        tombstone: Tombstone,
        validate_only: bool,
    ) -> Result<()> {
        let kind = Kind::of(name).map_err(|_| deleted_by_no_name(name))?;
        let method = kind.method("Delete")?;
        let fields = json!({ "name": name, "validate_only": validate_only });
        let mut request = json::read_dynamic(method.input().full_name(), &fields)?;
        if let Some(field) = method.input().get_field_by_name("tombstone") {
            let message = json::descriptor(&Tombstone::full_name())?;
            let message = DynamicMessage::decode(message, tombstone.encode_to_vec().as_slice());
            request.set_field(&field, Value::Message(message.map_err(Error::internal)?));
        } else if !tombstone.successor.is_empty() {
            let text = format!("a deleted {} has no successor; leave it out", kind.word);
            return Err(Error::field("successor", FieldCode::UnknownValue, text));
        }
        self.call(kind, &method, request).await.map(drop)
    }

    async fn write(
        &self,
        kind: &Kind,
        method: &MethodDescriptor,
        mut fields: serde_json::Value,
        record: DynamicMessage,
        validate_only: bool,
    ) -> Result<DynamicMessage> {
        if validate_only {
            fields["validate_only"] = true.into();
        }
        let mut request = json::read_dynamic(method.input().full_name(), &fields)?;
        request.set_field(&field_of(&method.input(), kind)?, Value::Message(record));
        record_in(kind, self.call(kind, method, request).await?)
    }

    async fn call(
        &self,
        kind: &Kind,
        method: &MethodDescriptor,
        request: DynamicMessage,
    ) -> Result<DynamicMessage> {
        let mut grpc = Grpc::new(self.client.channel(kind.service()?)?);
        grpc.ready().await.map_err(Error::internal)?;
        let codec = Described(method.output());
        let path: PathAndQuery = path(method).try_into().map_err(Error::internal)?;
        let answer = grpc.unary(Request::new(request), path, codec).await;
        let answer = answer.map_err(refused)?.into_inner();
        warnings(&answer).iter().for_each(|warning| complain!("warning: {warning}"));
        Ok(answer)
    }
}

fn record_in(kind: &Kind, answer: DynamicMessage) -> Result<DynamicMessage> {
    match answer.get_field(&field_of(&answer.descriptor(), kind)?).into_owned() {
        Value::Message(record) => Ok(record),
        _ => Err(Error::internal("an answer that holds no record")),
    }
}

/// The field of a request or an answer that holds records of this kind.
fn field_of(message: &MessageDescriptor, kind: &Kind) -> Result<FieldDescriptor> {
    let wanted = kind.descriptor()?;
    let holds = |field: &FieldDescriptor| matches!(field.kind(), Type::Message(of) if of == wanted);
    let none = || Error::internal(format!("{} holds no {}", message.full_name(), kind.word));
    message.fields().find(holds).ok_or_else(none)
}

fn text(message: &DynamicMessage, field: &str) -> String {
    let found = message.get_field_by_name(field);
    found.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The remarks of an answer on a record that was accepted as it came.
fn warnings(answer: &DynamicMessage) -> Vec<String> {
    let Some(found) = answer.get_field_by_name("warnings") else { return Vec::new() };
    let found = found.as_list().unwrap_or_default().iter().filter_map(Value::as_message);
    found.map(|one| format!("{}: {}", text(one, "field"), text(one, "message"))).collect()
}

/// Encodes and decodes messages whose type is known by its descriptor only.
struct Described(MessageDescriptor);

impl Codec for Described {
    type Encode = DynamicMessage;
    type Decode = DynamicMessage;
    type Encoder = Described;
    type Decoder = Described;

    fn encoder(&mut self) -> Self::Encoder {
        Described(self.0.clone())
    }

    fn decoder(&mut self) -> Self::Decoder {
        Described(self.0.clone())
    }
}

impl Encoder for Described {
    type Item = DynamicMessage;
    type Error = Status;

    fn encode(&mut self, item: DynamicMessage, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode_raw(to);
        Ok(())
    }
}

impl Decoder for Described {
    type Item = DynamicMessage;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<DynamicMessage>, Status> {
        let message = DynamicMessage::decode(self.0.clone(), from);
        message.map(Some).map_err(|error| Status::internal(format!("cannot decode: {error}")))
    }
}

/// The refusal of a name that is none, with the forms of those that can be deleted.
fn deleted_by_no_name(name: &str) -> Error {
    let kinds = KINDS.iter().filter(|kind| kind.method("Delete").is_ok());
    let forms: Vec<_> = kinds.map(Kind::form).collect();
    let text =
        format!("'{name}' is not a name of what can be deleted; those are {}", forms.join(", "));
    Error::field("name", FieldCode::Name, text)
}
