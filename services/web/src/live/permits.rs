//! How many browsers may listen: of all, and of one peer, so that one cannot take every place.

use std::{net::IpAddr, sync::Arc};

use mpp_rpc::{Share, Shares, network};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places that there are.
#[derive(Clone, Debug)]
pub struct Permits {
    all: Arc<Semaphore>,
    peers: Shares<IpAddr>,
}

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Permit {
    _place: OwnedSemaphorePermit,
    _share: Option<Share<IpAddr>>,
}

impl Permits {
    /// So many places, and one over `part` of them for one peer.
    pub fn new(most: usize, part: usize) -> Self {
        let peers = Shares::new(most.div_ceil(part.max(1)));
        Self { all: Arc::new(Semaphore::new(most)), peers }
    }

    /// A place for a peer; `None` where all are taken, or as many as one peer may. A peer whose
    /// address is not known is bounded with all others only.
    pub fn take(&self, peer: Option<IpAddr>) -> Option<Permit> {
        let place = self.all.clone().try_acquire_owned().ok()?;
        let share = match peer {
            Some(peer) => Some(self.peers.take(network(peer))?),
            None => None,
        };
        Some(Permit { _place: place, _share: share })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    #[test]
    fn one_peer_cannot_take_every_place() {
        let places = Permits::new(8, 4);
        let mut held: Vec<_> = (0..2).map(|_| places.take(peer("10.0.0.1"))).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(places.take(peer("10.0.0.1")).is_none());
        assert!(places.take(peer("::ffff:10.0.0.1")).is_none());
        assert!(places.take(peer("10.0.0.2")).is_some());
        held.pop();
        assert!(places.take(peer("10.0.0.1")).is_some(), "who leaves makes room");
    }

    #[test]
    fn addresses_of_one_network_are_one_peer() {
        let places = Permits::new(4, 4);
        let _held = places.take(peer("2001:db8::1"));
        assert!(places.take(peer("2001:db8::2")).is_none());
        assert!(places.take(peer("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn all_together_are_bounded() {
        let places = Permits::new(2, 4);
        let held = [places.take(None), places.take(peer("10.0.0.1"))];
        assert!(held.iter().all(Option::is_some));
        assert!(places.take(peer("10.0.0.2")).is_none());
    }
}
