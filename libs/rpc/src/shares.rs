//! How much of something each key holds: streams of a caller, connections of an address, listeners
//! of a network. How much there is for all together, a semaphore bounds beside this.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts what each key holds. Clones count together.
#[derive(Debug)]
pub struct Shares<K> {
    each: usize,
    held: Arc<Mutex<HashMap<K, usize>>>,
}

/// One more that a key holds, given back when this is dropped.
#[derive(Debug)]
pub struct Share<K: Eq + Hash> {
    shares: Shares<K>,
    key: K,
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        Self { each: self.each, held: self.held.clone() }
    }
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// Each key may hold `each` at the same time.
    pub fn new(each: usize) -> Self {
        Self { each, held: Arc::default() }
    }

    /// One more for a key; `None` if it holds all that it may.
    pub fn take(&self, key: K) -> Option<Share<K>> {
        let mut held = self.held();
        let count = held.get(&key).copied().unwrap_or_default();
        if count >= self.each {
            return None;
        }
        held.insert(key.clone(), count + 1);
        Some(Share { shares: self.clone(), key })
    }
}

impl<K> Shares<K> {
    /// How much each key may hold.
    pub fn each(&self) -> usize {
        self.each
    }

    fn held(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        // Every statement leaves the counts right, so a panic elsewhere has not spoiled them.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = self.shares.held();
        if let Some(count) = held.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.key);
            }
        }
    }
}

/// The address by which shares of a peer are counted: one subscriber has a whole /64 of IPv6; an
/// IPv4 address may come written as IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = u128::from(address) >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
        short => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_its_share_and_leaves_the_others_theirs() {
        let shares = Shares::new(2);
        let mut held = vec![shares.take("a"), shares.take("a")];
        assert!(held.iter().all(Option::is_some));
        assert!(shares.take("a").is_none());
        assert!(shares.take("b").is_some());
        held.pop();
        assert!(shares.take("a").is_some(), "what is given back can be taken again");
    }

    #[test]
    fn who_holds_nothing_is_forgotten() {
        let shares = Shares::new(1);
        drop(shares.take("a"));
        assert!(shares.held().is_empty());
    }

    #[test]
    fn who_may_hold_nothing_leaves_no_trace_that_grows() {
        let shares = Shares::new(0);
        assert!(shares.take("a").is_none());
        assert!(shares.held().is_empty());
    }
}
