//! Limits are counted for each caller, and for callers without an identity by their network.

use std::{net::IpAddr, sync::Arc};

use axum::extract::Request;
use mpp_core::Caller;

use crate::{peer::Peer, shares::network};

/// The party that calls are counted for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Party {
    /// Somebody with an identity, by its subject.
    Caller(String),
    /// Somebody without an identity, by the network address.
    Address(IpAddr),
}

impl Party {
    /// `None` if the server knows neither.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        if let Some(caller) = request.extensions().get::<Arc<Caller>>() {
            return Some(Self::Caller(caller.subject.clone()));
        }
        let peer = request.extensions().get::<Peer>()?;
        Some(Self::Address(network(peer.address)))
    }
}

impl std::fmt::Display for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Caller(subject) => f.write_str(subject),
            Self::Address(address) => write!(f, "{address}, which has no identity,"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_of_ipv6_is_one_caller_and_a_subject_is_no_address() {
        let at = |text: &str| {
            let mut request = Request::default();
            let address = text.parse().expect("an address");
            request.extensions_mut().insert(Peer { address, certified: None });
            Party::of(&request).expect("a peer")
        };
        assert!(at("2001:db8::1") == at("2001:db8::2"));
        assert!(at("2001:db8::1") != at("2001:db8:0:1::1"));
        assert!(at("10.0.0.1") != Party::Caller("10.0.0.1".into()));
    }
}
