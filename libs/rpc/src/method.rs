//! The methods of the contract, read from its own descriptors.

use std::{collections::HashMap, sync::LazyLock};

use prost::Message as _;
use prost_types::FileDescriptorSet;

/// Path of each method, and whether either side of it streams.
static METHODS: LazyLock<HashMap<String, bool>> = LazyLock::new(|| {
    let files = FileDescriptorSet::decode(mpp_api::DESCRIPTORS).unwrap_or_default().file;
    let mut methods = HashMap::from([
        ("/grpc.health.v1.Health/Check".to_owned(), false),
        ("/grpc.health.v1.Health/Watch".to_owned(), true),
        ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo".to_owned(), true),
    ]);
    for file in &files {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                methods.insert(path, method.client_streaming() || method.server_streaming());
            }
        }
    }
    methods
});

/// True for a method of the contract, or of health and reflection.
pub(crate) fn exists(path: &str) -> bool {
    METHODS.contains_key(path)
}

/// True if the caller or the server streams: such a call has no deadline but its own.
pub(crate) fn is_streaming(path: &str) -> bool {
    METHODS.get(path).copied().unwrap_or(false)
}

/// The method's name for spans and measurements, without the leading slash. What is not a method
/// of ours has one name in common, so that a peer cannot invent labels.
pub(crate) fn known(path: &str) -> &'static str {
    METHODS.get_key_value(path).map_or("_OTHER", |(known, _)| known.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_from_calls() {
        assert!(is_streaming("/mpp.feed.v1.FeedService/Watch"));
        assert!(is_streaming("/mpp.sync.v1.SyncService/Sync"));
        assert!(!is_streaming("/mpp.feed.v1.FeedService/GetFeed"));
    }
}
