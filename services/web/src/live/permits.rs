//! Limits how many browsers may listen, and how many pages may be drawn: in all, and for one peer,
//! so that one cannot take every place.

use std::net::IpAddr;

use mpp_rpc::{Share, Shares, network};

/// All places, and who holds them.
#[derive(Clone, Debug)]
pub struct Permits(Shares<Option<IpAddr>>);

/// A place; it is free again when this is dropped.
#[derive(Debug)]
pub struct Permit {
    _share: Share<Option<IpAddr>>,
}

impl Permits {
    /// `most` places, of which one peer may have one in `part`, and never more than are still free
    /// for all.
    pub fn new(most: usize, part: usize) -> Self {
        Self(Shares::of(most, most.div_ceil(part.max(1))))
    }

    /// A place for a peer; `None` if all are taken, or as many as one peer may. Peers whose
    /// address is not known are one peer.
    pub fn take(&self, peer: Option<IpAddr>) -> Option<Permit> {
        let share = self.0.take(peer.map(network)).ok()?;
        Some(Permit { _share: share })
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
    fn a_crowd_of_peers_leaves_another_its_place() {
        let places = Permits::new(100, 4);
        let mut held = Vec::new();
        for n in 1..=4 {
            held.extend(std::iter::from_fn(|| places.take(peer(&format!("10.0.0.{n}")))));
        }
        assert_eq!(
            held.len(),
            25 + 25 + 25 + 13,
            "each its part, and at most half of what is left"
        );
        assert!(places.take(peer("10.0.1.1")).is_some());
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
