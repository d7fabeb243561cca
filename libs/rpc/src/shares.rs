//! How much of something each key holds: calls and streams of a caller, connections of an address,
//! listeners of a network.
//!
//! **No key takes all.** A key may hold a fixed number, and never more than what is still free for
//! all: one alone gets half at the most, the next one half of the rest, and as things are given
//! back and taken again, `n` that take what they can settle at one part of `n + 1` each. (Switches
//! share their memory among queues by this rule: Choudhury and Hahne, "Dynamic Queue Length
//! Thresholds", 1998.) So a newcomer finds a place, whether one caller or ten take all they can. A
//! reserve, which only some may touch, is never free for the others.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Counts what each key holds. Clones count together.
#[derive(Debug)]
pub struct Shares<K> {
    /// How many places there are for all together.
    all: usize,
    /// The part that is for [`Rank::Reserved`] alone.
    reserve: usize,
    /// How many places one key may hold.
    each: usize,
    held: Arc<Mutex<HeldPlaces<K>>>,
}

#[derive(Debug)]
struct HeldPlaces<K> {
    all: usize,
    of: HashMap<K, usize>,
}

/// Whether a caller may use the reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// Everybody else, who may not use it.
    Usual,
    /// Callers that must be served while no others are: administrators.
    Reserved,
}

/// Why a key gets no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// It holds as many places as one key may, which is this number.
    Own(usize),
    /// It may hold no more places than are still free for everybody.
    All {
        /// Places that are free.
        free: usize,
        /// The number of all places.
        of: usize,
    },
}

/// A place that a key holds, given back when this is dropped.
#[derive(Debug)]
pub struct Share<K: Eq + Hash> {
    shares: Shares<K>,
    key: K,
}

impl<K> Clone for Shares<K> {
    fn clone(&self) -> Self {
        let Self { all, reserve, each, held } = self;
        Self { all: *all, reserve: *reserve, each: *each, held: held.clone() }
    }
}

impl<K: Clone + Eq + Hash> Shares<K> {
    /// Each key may hold `each` at the same time, however many keys there are.
    pub fn new(each: usize) -> Self {
        Self::of(usize::MAX, each)
    }

    /// Each key may hold `each` of `all`.
    pub fn of(all: usize, each: usize) -> Self {
        let held = HeldPlaces { all: 0, of: HashMap::new() };
        Self { all, reserve: 0, each, held: Arc::new(Mutex::new(held)) }
    }

    /// Keeps `reserve` places for [`Rank::Reserved`], but at most a quarter of all.
    #[must_use]
    pub fn reserving(mut self, reserve: usize) -> Self {
        self.reserve = reserve.min(self.all / 4);
        self
    }

    /// Takes one more place for a key.
    ///
    /// # Errors
    /// Why there is none.
    pub fn take(&self, key: K) -> Result<Share<K>, Full> {
        self.take_as(key, Rank::Usual)
    }

    /// Like [`Shares::take`], for somebody of a rank.
    ///
    /// # Errors
    /// Why there is none.
    pub fn take_as(&self, key: K, rank: Rank) -> Result<Share<K>, Full> {
        let mut held = self.held();
        let own = held.of.get(&key).copied().unwrap_or_default();
        if own >= self.each {
            return Err(Full::Own(self.each));
        }
        let all = match rank {
            Rank::Usual => self.all.saturating_sub(self.reserve),
            Rank::Reserved => self.all,
        };
        let free = all.saturating_sub(held.all);
        if free == 0 || (rank == Rank::Usual && own >= free) {
            return Err(Full::All { free, of: all });
        }
        Ok(self.more(&mut held, key))
    }

    /// Takes back a place that a key has only lent out; the key gets it in any case.
    pub(crate) fn take_back(&self, key: K) -> Share<K> {
        let mut held = self.held();
        self.more(&mut held, key)
    }

    fn more(&self, held: &mut HeldPlaces<K>, key: K) -> Share<K> {
        held.all += 1;
        *held.of.entry(key.clone()).or_default() += 1;
        Share { shares: self.clone(), key }
    }
}

impl<K> Shares<K> {
    /// How many places each key may hold.
    pub fn each(&self) -> usize {
        self.each
    }

    fn held(&self) -> MutexGuard<'_, HeldPlaces<K>> {
        // Every statement leaves the counts right, so a panic elsewhere has not spoiled them.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut held = self.shares.held();
        held.all -= 1;
        if let Some(count) = held.of.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                held.of.remove(&self.key);
            }
        }
    }
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(each) => write!(f, "one caller may have {each} at the same time"),
            Self::All { free, of } => write!(
                f,
                "{free} of {of} are free, and one caller may have no more than are free for all"
            ),
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

    /// All the shares that a key can get.
    fn greedy(shares: &Shares<u32>, key: u32) -> Vec<Share<u32>> {
        std::iter::from_fn(|| shares.take(key).ok()).collect()
    }

    #[test]
    fn a_key_holds_its_share_and_leaves_the_others_theirs() {
        let shares = Shares::new(2);
        let mut held = vec![shares.take("a"), shares.take("a")];
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(shares.take("a").expect_err("all of its own"), Full::Own(2));
        assert!(shares.take("b").is_ok());
        held.pop();
        assert!(shares.take("a").is_ok(), "what is given back can be taken again");
    }

    #[test]
    fn a_crowd_that_takes_what_it_can_leaves_newcomers_a_place() {
        let shares = Shares::of(1024, 256);
        let mut held = Vec::new();
        for key in 0..10 {
            held.push(greedy(&shares, key));
            let newcomer = shares.take(1000);
            assert!(newcomer.is_ok(), "after {} greedy callers: {newcomer:?}", key + 1);
        }
        assert_eq!(held[0].len(), 256, "the first had all of its own");
        held.clear();
        assert_eq!(greedy(&shares, 7).len(), 256, "and all comes back");
    }

    #[test]
    fn as_places_change_hands_all_settle_at_the_same_share() {
        let shares = Shares::of(1000, 1000);
        let mut held: Vec<_> = (0..4).map(|key| greedy(&shares, key)).collect();
        assert!(held[0].len() > 7 * held[3].len(), "who came first has most");
        for _ in 0..20 {
            for key in 0..4 {
                held[key as usize].clear();
                held[key as usize] = greedy(&shares, key);
            }
        }
        for own in &held {
            assert!((195..=205).contains(&own.len()), "a fifth of all: {}", own.len());
        }
    }

    #[test]
    fn one_key_alone_leaves_half() {
        assert_eq!(greedy(&Shares::of(10, 100), 1).len(), 5);
        assert_eq!(greedy(&Shares::of(1, 100), 1).len(), 1);
    }

    #[test]
    fn a_reserve_is_for_who_has_the_rank() {
        let shares = Shares::of(8, 8).reserving(100);
        let held: Vec<_> = (1..=9).filter_map(|key| shares.take(key).ok()).collect();
        assert_eq!(held.len(), 6);
        let first = shares.take_as(10, Rank::Reserved).expect("of the reserve");
        let second = shares.take_as(10, Rank::Reserved).expect("the last one");
        assert_eq!(
            shares.take_as(11, Rank::Reserved).expect_err("nothing is left"),
            Full::All { free: 0, of: 8 }
        );
        drop((first, second));
        assert!(shares.take(12).is_err(), "it is still for no other");
    }

    #[test]
    fn who_holds_nothing_is_forgotten() {
        let shares = Shares::new(1);
        drop(shares.take("a"));
        let held = shares.held();
        assert!(held.of.is_empty() && held.all == 0);
    }

    #[test]
    fn who_may_hold_nothing_leaves_no_trace_that_grows() {
        let shares = Shares::new(0);
        assert!(shares.take("a").is_err());
        assert!(shares.held().of.is_empty());
    }
}
