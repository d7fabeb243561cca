//! The contract of the suite, generated from `proto/`: the only crate with generated code.
//!
//! Wire types stop at a service's `grpc.rs`, which parses them into its model. To add a record
//! that the feed carries: write its message in `proto/` and give it a line in [`document`].

#![forbid(unsafe_code)]

use bytes::Bytes;

pub mod document;
pub mod json;

pub use document::Document;
pub use generated::mpp::{
    feed::v1 as feed, registry::v1 as registry, reporting::v1 as reporting,
    scheduling::v1 as scheduling, sync::v1 as sync, r#type::v1 as types,
};

/// The descriptors of all files, for reflection and for clients that build requests from JSON.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// `google.protobuf.Any` over shared bytes, so that a document is encoded once however many
/// watchers get it.
#[derive(Clone, PartialEq, Eq, Hash, prost::Message)]
pub struct Any {
    /// `type.googleapis.com/` and the message's full name.
    #[prost(string, tag = "1")]
    pub type_url: String,
    /// The encoded message.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
}

#[allow(missing_docs, clippy::all, clippy::unwrap_used)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/mpp.rs"));
}
