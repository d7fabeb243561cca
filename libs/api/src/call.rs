//! Facts about a method that both ends of a connection need beside its messages, read from the
//! contract's own descriptors: whether it streams, whether it only reads, and where its request
//! and its answer carry request id and revision.

use std::{collections::HashMap, sync::LazyLock};

use prost_reflect::{Kind, MessageDescriptor, MethodDescriptor};

use crate::{json::POOL, route};

/// A method of the contract, or of health and reflection.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Its name, such as `mpp.registry.v1.DirectoryService/GetMall`.
    pub name: String,
    /// True if the caller sends a stream.
    pub client_streams: bool,
    /// True if the answer is a stream.
    pub server_streams: bool,
    /// True if it changes nothing: over plain HTTP it is a GET.
    pub reads: bool,
    /// The number of the request's `request_id`.
    pub request_id: Option<u32>,
    /// The number of the request's `min_revision`.
    pub min_revision: Option<u32>,
    /// The ways to the revision in the answer to a write: the numbers of the fields on the way to
    /// each `revision`, such as that of a batch's result.
    pub revisions: Vec<Vec<u32>>,
}

impl Call {
    /// A method that the contract does not have: nothing is known of it.
    pub const fn unknown() -> Self {
        Self {
            name: String::new(),
            client_streams: false,
            server_streams: false,
            reads: false,
            request_id: None,
            min_revision: None,
            revisions: Vec::new(),
        }
    }
}

/// The calls by their paths.
static CALLS: LazyLock<HashMap<String, Call>> = LazyLock::new(|| {
    let methods = POOL.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let ours = methods.map(|method| call(&method));
    ours.chain(others()).map(|call| (format!("/{}", call.name), call)).collect()
});

fn call(method: &MethodDescriptor) -> Call {
    let (input, output) = (method.input(), method.output());
    let is_get = |route: &&route::Route| route.method == *method && route.verb == "GET";
    let reads = route::all().iter().any(|route| is_get(&route));
    let writes = !reads && (method.is_client_streaming() || !method.is_server_streaming());
    Call {
        name: format!("{}/{}", method.parent_service().full_name(), method.name()),
        client_streams: method.is_client_streaming(),
        server_streams: method.is_server_streaming(),
        reads,
        request_id: number(&input, "request_id", &Kind::String),
        min_revision: number(&input, "min_revision", &Kind::Int64),
        revisions: if writes { revisions(&output) } else { Vec::new() },
    }
}

/// The ways to a revision in the answer itself, or in a message in it.
fn revisions(answer: &MessageDescriptor) -> Vec<Vec<u32>> {
    let of = |message: &MessageDescriptor| number(message, "revision", &Kind::Int64);
    let own = of(answer).map(|number| vec![number]);
    let parts = answer.fields().filter(|field| !field.is_list() && !field.is_map());
    let inner =
        parts.filter_map(|field| Some(vec![field.number(), of(field.kind().as_message()?)?]));
    own.into_iter().chain(inner).collect()
}

fn number(message: &MessageDescriptor, field: &str, kind: &Kind) -> Option<u32> {
    let field = message.get_field_by_name(field).filter(|field| field.kind() == *kind)?;
    Some(field.number())
}

fn others() -> [Call; 3] {
    let named = |name: &str| Call { name: name.to_owned(), ..Call::default() };
    let reflection = named("grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
    [
        Call { reads: true, ..named("grpc.health.v1.Health/Check") },
        Call { server_streams: true, ..named("grpc.health.v1.Health/Watch") },
        Call { client_streams: true, server_streams: true, ..reflection },
    ]
}

/// The method at a path such as `/mpp.registry.v1.DirectoryService/GetMall`.
pub fn find(path: &str) -> Option<&'static Call> {
    CALLS.get(path)
}

/// True for a method of the contract, or of health and reflection.
pub fn exists(path: &str) -> bool {
    CALLS.contains_key(path)
}

/// True if the caller or the server streams: such a call has no deadline but its own.
pub fn is_streaming(path: &str) -> bool {
    find(path).is_some_and(|call| call.client_streams || call.server_streams)
}

/// The method's name for spans and measurements, without the leading slash. All unknown methods
/// share one name, so that a peer cannot invent labels.
pub fn known(path: &str) -> &'static str {
    find(path).map_or("_OTHER", |call| &call.name)
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
    fn what_may_be_sent_twice_is_read_from_the_contract() {
        let of = |path| find(path).expect("a method");
        let search = of("/mpp.registry.v1.SearchService/SearchServices");
        assert!(search.reads && search.min_revision.is_some());
        let book = of("/mpp.scheduling.v1.BookingService/BookAppointment");
        assert!(!book.reads && book.request_id.is_some() && book.revisions.len() == 1);
        let verify = of("/mpp.reporting.v1.ReportService/VerifyProjections");
        assert!(!verify.reads && verify.request_id.is_none());
    }

    #[test]
    fn where_a_write_says_its_revision_is_found_in_the_contract() {
        let ways = |path| find(path).expect("a method").revisions.len();
        assert_eq!(ways("/mpp.sync.v1.SyncService/Sync"), 2, "a batch's result, and the summary");
        assert_eq!(ways("/mpp.sync.v1.SyncService/PushBatch"), 1);
        assert_eq!(ways("/mpp.sync.v1.SyncService/EndSession"), 1);
        assert_eq!(ways("/mpp.feed.v1.FeedService/Watch"), 0, "what is followed is no own write");
        assert_eq!(ways("/mpp.registry.v1.DirectoryService/GetMall"), 0);
    }

    #[test]
    fn what_reads_carries_no_request_id() {
        for call in CALLS.values().filter(|call| call.reads) {
            assert_eq!(call.request_id, None, "{}", call.name);
        }
    }
}
