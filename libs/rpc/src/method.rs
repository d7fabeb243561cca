//! The methods of the contract, read from its own descriptors.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use mpp_api::route;
use prost::Message as _;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};

/// What a call is to whoever bounds how many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Changes nothing: its address over plain HTTP takes GET.
    Read,
    /// Every other call that is no stream.
    Write,
    /// Either side of it streams.
    Stream,
}

struct Method {
    streams: bool,
    /// `None` for what is never counted.
    class: Option<Class>,
}

/// Each method by its path. Probes of health are not counted: one that is refused would take a
/// replica out of service that has nothing wrong with it.
static METHODS: LazyLock<HashMap<String, Method>> = LazyLock::new(|| {
    let files = FileDescriptorSet::decode(mpp_api::DESCRIPTORS).unwrap_or_default().file;
    let reads: HashSet<String> =
        route::all().iter().filter(|route| route.verb == "GET").map(|r| r.grpc_path()).collect();
    let (call, stream) = (false, true);
    let mut methods = HashMap::from([
        ("/grpc.health.v1.Health/Check".to_owned(), Method { streams: call, class: None }),
        ("/grpc.health.v1.Health/Watch".to_owned(), Method { streams: stream, class: None }),
        (
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo".to_owned(),
            Method { streams: stream, class: Some(Class::Stream) },
        ),
    ]);
    for file in &files {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                let class = class_of(method, reads.contains(&path));
                methods
                    .insert(path, Method { streams: class == Class::Stream, class: Some(class) });
            }
        }
    }
    methods
});

fn class_of(method: &MethodDescriptorProto, reads: bool) -> Class {
    match (method.client_streaming() || method.server_streaming(), reads) {
        (true, _) => Class::Stream,
        (false, true) => Class::Read,
        (false, false) => Class::Write,
    }
}

/// True for a method of the contract, or of health and reflection.
pub(crate) fn exists(path: &str) -> bool {
    METHODS.contains_key(path)
}

/// True if the caller or the server streams: such a call has no deadline but its own.
pub(crate) fn is_streaming(path: &str) -> bool {
    METHODS.get(path).is_some_and(|method| method.streams)
}

/// What a call counts as; `None` where it is not counted.
pub(crate) fn class(path: &str) -> Option<Class> {
    METHODS.get(path)?.class
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

    #[test]
    fn the_contract_says_what_a_call_counts_as() {
        for (path, expected) in [
            ("/mpp.registry.v1.SearchService/SearchServices", Some(Class::Read)),
            ("/mpp.scheduling.v1.BookingService/BookAppointment", Some(Class::Write)),
            ("/mpp.sync.v1.SyncService/Sync", Some(Class::Stream)),
            ("/mpp.feed.v1.FeedService/Watch", Some(Class::Stream)),
            ("/grpc.health.v1.Health/Check", None),
            ("/mpp.feed.v1.FeedService/Unheard", None),
        ] {
            assert_eq!(class(path), expected, "{path}");
        }
    }
}
