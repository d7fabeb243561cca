//! The OpenAPI document, as far as a page shows it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use mpp_api::openapi;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The part of the document that is shown.
#[derive(Debug, Deserialize)]
pub struct Document {
    pub tags: Vec<Tag>,
    paths: BTreeMap<String, BTreeMap<String, Operation>>,
    components: Components,
}

/// A tag, which stands for one service.
#[derive(Debug, Deserialize)]
pub struct Tag {
    pub name: String,
    pub description: String,
}

#[derive(Debug, Deserialize)]
struct Components {
    schemas: BTreeMap<String, Schema>,
    parameters: BTreeMap<String, Parameter>,
}

/// An operation: an address and a verb.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    pub operation_id: String,
    #[serde(default)]
    pub description: String,
    tags: Vec<String>,
    parameters: Vec<Parameter>,
    #[serde(default)]
    request_body: Option<Content>,
    responses: BTreeMap<String, Content>,
    #[serde(default, rename = "x-examples")]
    pub examples: Vec<Example>,
}

/// A parameter, or where it stands.
#[derive(Debug, Deserialize)]
pub struct Parameter {
    #[serde(default, rename = "$ref")]
    reference: String,
    #[serde(default)]
    pub name: String,
    /// `path`, `query` or `header`.
    #[serde(default, rename = "in")]
    pub place: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub schema: Schema,
}

#[derive(Debug, Deserialize)]
struct Content {
    #[serde(default)]
    content: BTreeMap<String, Media>,
}

#[derive(Debug, Deserialize)]
struct Media {
    schema: Schema,
}

/// A schema, as far as a page shows it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schema {
    #[serde(rename = "$ref")]
    reference: String,
    #[serde(rename = "type")]
    kind: Value,
    format: String,
    content_encoding: String,
    pub description: String,
    pub read_only: bool,
    properties: BTreeMap<String, Schema>,
    items: Option<Box<Schema>>,
    additional_properties: Option<Entries>,
    content_schema: Option<Box<Schema>>,
    #[serde(rename = "x-order")]
    order: usize,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entries {
    Any(#[allow(dead_code)] bool),
    Of(Box<Schema>),
}

/// A schema's type.
pub enum SchemaKind<'a> {
    /// A message or an enum, by its name.
    Named(&'a str),
    /// A list of something.
    List(&'a Schema),
    /// Entries under freely chosen names.
    Entries(&'a Schema),
    /// A value, by the word for it.
    Value(&'a str),
}

/// A request that a test has sent, and what came back.
#[derive(Debug, Deserialize)]
pub struct Example {
    pub title: String,
    #[serde(rename = "as")]
    pub who: String,
    pub request: String,
    #[serde(default)]
    pub headers: Map<String, Value>,
    pub body: Option<Value>,
    pub status: u16,
    pub answer: Value,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
    // The crate's own tests read the same text.
    serde_json::from_str(openapi::document()).expect("a document of our own making")
});

/// The document of this program.
pub fn document() -> &'static Document {
    &DOCUMENT
}

impl Document {
    /// The operations of a service, with verb and path, in the order of their paths.
    pub fn of(&self, tag: &str) -> Vec<(String, &str, &Operation)> {
        let all = self.paths.iter().flat_map(|(path, operations)| {
            operations.iter().map(move |(verb, own)| (verb.to_uppercase(), path.as_str(), own))
        });
        all.filter(|(_, _, operation)| operation.tags.iter().any(|own| own == tag)).collect()
    }

    /// An operation's parameters, including those that many operations share.
    pub fn parameters<'a>(&'a self, operation: &'a Operation) -> Vec<&'a Parameter> {
        let all = operation.parameters.iter().filter_map(|own| match last(&own.reference) {
            "" => Some(own),
            shared => self.components.parameters.get(shared),
        });
        all.collect()
    }

    /// A message or an enum.
    pub fn schema(&self, name: &str) -> Option<&Schema> {
        self.components.schemas.get(name)
    }

    /// The messages and enums that some operations mention, directly or not.
    pub fn mentioned<'a>(&'a self, operations: &[&'a Operation]) -> BTreeSet<&'a str> {
        let mut names = BTreeSet::new();
        for operation in operations {
            let parameters = self.parameters(operation).into_iter().map(|own| &own.schema);
            let all = parameters.chain(operation.body()).chain(operation.answer());
            all.for_each(|schema| self.mention(schema, &mut names));
        }
        names
    }

    fn mention<'a>(&'a self, schema: &'a Schema, names: &mut BTreeSet<&'a str>) {
        let name = last(&schema.reference);
        if !name.is_empty() {
            if names.insert(name)
                && let Some(named) = self.schema(name)
            {
                self.mention(named, names);
            }
            return;
        }
        schema.parts().for_each(|part| self.mention(part, names));
    }
}

impl Operation {
    /// The schema of the body.
    pub fn body(&self) -> Option<&Schema> {
        self.request_body.as_ref().and_then(Content::schema)
    }

    /// The schema of the answer, or of each event of a stream.
    pub fn answer(&self) -> Option<&Schema> {
        let schema = self.responses.get("200").and_then(Content::schema)?;
        Some(schema.content_schema.as_deref().unwrap_or(schema))
    }

    /// True if the answer is a stream of events.
    pub fn streams(&self) -> bool {
        let answer = self.responses.get("200");
        answer.is_some_and(|answer| answer.content.contains_key("text/event-stream"))
    }
}

impl Content {
    fn schema(&self) -> Option<&Schema> {
        self.content.values().next().map(|media| &media.schema)
    }
}

impl Schema {
    /// Its fields, in the contract's order.
    pub fn fields(&self) -> Vec<(&str, &Schema)> {
        let mut fields: Vec<(&str, &Schema)> =
            self.properties.iter().map(|(name, schema)| (name.as_str(), schema)).collect();
        fields.sort_by_key(|(_, schema)| schema.order);
        fields
    }

    /// The schema's type.
    pub fn kind(&self) -> SchemaKind<'_> {
        let name = last(&self.reference);
        if !name.is_empty() {
            return SchemaKind::Named(name);
        }
        if let Some(items) = &self.items {
            return SchemaKind::List(items);
        }
        if let Some(Entries::Of(schema)) = &self.additional_properties {
            return SchemaKind::Entries(schema);
        }
        let words = [self.format.as_str(), self.content_encoding.as_str()];
        let word = words.into_iter().find(|word| !word.is_empty());
        SchemaKind::Value(word.or_else(|| self.kind.as_str()).unwrap_or("any"))
    }

    fn parts(&self) -> impl Iterator<Item = &Schema> {
        let entries = match &self.additional_properties {
            Some(Entries::Of(schema)) => Some(schema.as_ref()),
            _ => None,
        };
        self.properties.values().chain(self.items.as_deref()).chain(entries)
    }
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or_default()
}
