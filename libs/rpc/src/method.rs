//! Whether a call counts as a read, a write or a stream, read from the contract's descriptors.

use mpp_api::call;

/// The class of a call, for the limits on how many of each may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Changes nothing: its address over plain HTTP takes GET.
    Read,
    /// Every other call that is no stream.
    Write,
    /// The caller or the server streams.
    Stream,
}

/// The class of a call; `None` if it is not counted. Health probes are not: a refused one would
/// take a replica out of service that has nothing wrong with it.
pub(crate) fn class(path: &str) -> Option<Class> {
    let call = call::find(path).filter(|call| !call.name.starts_with("grpc.health."))?;
    Some(match (call.client_streams || call.server_streams, call.reads) {
        (true, _) => Class::Stream,
        (false, true) => Class::Read,
        (false, false) => Class::Write,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
