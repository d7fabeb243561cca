//! The contract of the suite, generated from `proto/`: the only crate with generated code.
//!
//! Messages are the stored and answered form of records: a record is kept, fed and answered as its
//! message, and rules work on it where it carries the meaning. Things that are worked out (the
//! calendar, slots, the queue, indicators) have types of their own, which each service converts in
//! one place. The contract's words are enums, spelled once, in `proto/`; [`word`] shows them to
//! people.
//!
//! To add a record that the feed carries: write its message in `proto/` and give it a line in
//! [`document`].

#![forbid(unsafe_code)]

use bytes::Bytes;

pub mod call;
pub mod difference;
pub mod digest;
pub mod document;
pub mod forms;
pub mod freshness;
pub mod json;
pub mod mask;
pub mod method;
pub mod openapi;
mod position;
pub mod report;
pub mod route;
pub mod strict;
pub mod text;
pub mod time;
pub mod wording;

pub use document::Document;
pub use generated::mpp::{
    feed::v1 as feed, registry::v1 as registry, reporting::v1 as reporting,
    scheduling::v1 as scheduling, sync::v1 as sync, r#type::v1 as types,
};
pub use position::Position;

/// The descriptors of all files, for reflection and for clients that build requests from JSON.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// An enum's value as command line and page show it: `OPERATING` for `STAGE_OPERATING`.
///
/// Each enum of the contract is named by one word, which its values begin with; a test keeps it so.
pub fn word(value_name: &str) -> &str {
    value_name.split_once('_').map_or(value_name, |(_, word)| word)
}

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

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorSet};

    use super::*;

    fn enums(messages: &[DescriptorProto]) -> Vec<&EnumDescriptorProto> {
        messages.iter().flat_map(|m| m.enum_type.iter().chain(enums(&m.nested_type))).collect()
    }

    #[test]
    fn every_enum_is_named_by_one_word_that_its_values_begin_with() {
        let files = FileDescriptorSet::decode(DESCRIPTORS).expect("descriptors").file;
        let own = files.iter().filter(|file| file.package().starts_with("mpp."));
        for file in own {
            for kind in file.enum_type.iter().chain(enums(&file.message_type)) {
                let prefix = format!("{}_", kind.name().to_uppercase());
                for value in &kind.value {
                    let word = value.name().strip_prefix(&prefix);
                    assert!(word.is_some_and(|word| !word.is_empty()), "{}", value.name());
                }
            }
        }
        assert_eq!(word(registry::mall::Stage::Operating.as_str_name()), "OPERATING");
    }
}
