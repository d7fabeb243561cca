//! Connections of each address: an address that has as many as it may is turned away, which is
//! counted and logged, since it may be that of a gateway with many callers behind it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{Full, Share, Shares, metrics::TURNED_AWAY, network};

/// Least time between two lines of the log.
const QUIET: Duration = Duration::from_secs(60);

/// The open connections of all addresses at one port.
pub(crate) struct Addresses {
    open: Shares<IpAddr>,
    told: Mutex<Option<Instant>>,
}

impl Addresses {
    /// Admits `all` connections, at most `each` of one address or one network of IPv6, and never
    /// more from one than are still free for others.
    pub(crate) fn new(all: usize, each: usize) -> Self {
        Self { open: Shares::of(all, each), told: Mutex::default() }
    }

    /// A place for one more; `None` if its address has as many as it may.
    pub(crate) fn admit(&self, peer: SocketAddr) -> Option<Share<IpAddr>> {
        let taken = self.open.take(network(peer.ip()));
        taken.inspect_err(|why| self.turn_away(peer, *why)).ok()
    }

    fn turn_away(&self, peer: SocketAddr, why: Full) {
        TURNED_AWAY.add(1, [""; 0]);
        if self.may_tell(Instant::now()) {
            tracing::warn!(%peer, %why, "closed at once: its address has too many connections");
        }
    }

    fn may_tell(&self, now: Instant) -> bool {
        // One time, which no panic leaves half written.
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let quiet = told.is_some_and(|told| now.duration_since(told) < QUIET);
        if !quiet {
            *told = Some(now);
        }
        !quiet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_is_told_of_once_a_minute() {
        let (addresses, now) = (Addresses::new(1, 0), Instant::now());
        assert!(addresses.may_tell(now));
        assert!(!addresses.may_tell(now + QUIET / 2));
        assert!(addresses.may_tell(now + QUIET));
        assert!(!addresses.may_tell(now + QUIET));
    }
}
