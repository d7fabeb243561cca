//! A few places for work that is long or heavy, taken by turns: the next free place is given in the
//! order of the *keys* that wait, not of the requests, so that a hundred requests of one caller
//! hold up another caller's by just one of them. Some places can be kept for those that must not
//! wait for the others.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot::{self, Sender};

/// The places. Clones share them.
#[derive(Debug)]
pub struct Turns<K: Clone + Eq + Hash>(Arc<Inner<K>>);

#[derive(Debug)]
struct Inner<K: Clone + Eq + Hash> {
    /// How many places one key may have at the same time.
    each: usize,
    /// How many places those may have together that may not have a reserved one.
    usual: usize,
    line: Mutex<Line<K>>,
}

#[derive(Debug)]
struct Line<K: Clone + Eq + Hash> {
    free: usize,
    held: HashMap<K, usize>,
    /// Places of those that may not have a reserved one.
    held_usual: usize,
    /// Those that wait, each key once for each rank, in the order of their turns.
    waiting: VecDeque<Waits<K>>,
}

#[derive(Debug)]
struct Waits<K: Clone + Eq + Hash> {
    key: K,
    is_reserved: bool,
    grants: VecDeque<Sender<Turn<K>>>,
}

/// A place, given on when this is dropped.
#[derive(Debug)]
pub struct Turn<K: Clone + Eq + Hash> {
    turns: Turns<K>,
    key: K,
    is_reserved: bool,
}

impl<K: Clone + Eq + Hash> Clone for Turns<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash> Turns<K> {
    /// `places` places, at least one, of which one key may have `each`.
    pub fn new(places: usize, each: usize) -> Self {
        Self::with_reserve(places, each, 0)
    }

    /// The same; `reserve` places, but not all, are left to [`Turns::take_reserved`].
    pub fn with_reserve(places: usize, each: usize, reserve: usize) -> Self {
        let free = places.max(1);
        let (held, waiting) = (HashMap::new(), VecDeque::new());
        let line = Mutex::new(Line { free, held, held_usual: 0, waiting });
        let usual = free.saturating_sub(reserve).max(1);
        Self(Arc::new(Inner { each: each.max(1), usual, line }))
    }

    /// A place, once it is this key's turn. Dropping the future gives the turn up.
    pub async fn take(&self, key: K) -> Turn<K> {
        self.taken(key, false).await
    }

    /// The same for a key that may have a reserved place, too.
    pub async fn take_reserved(&self, key: K) -> Turn<K> {
        self.taken(key, true).await
    }

    async fn taken(&self, key: K, is_reserved: bool) -> Turn<K> {
        loop {
            let granted = {
                let mut line = self.line();
                if self.has_place(&line, &key, is_reserved) {
                    line.hold(&key, is_reserved);
                    return Turn { turns: self.clone(), key, is_reserved };
                }
                line.wait(&key, is_reserved)
            };
            // A turn that was sent is never lost: if it is not taken, it is given on.
            if let Ok(turn) = granted.await {
                return turn;
            }
        }
    }

    fn has_place(&self, line: &Line<K>, key: &K, is_reserved: bool) -> bool {
        let may_have_it = is_reserved || line.held_usual < self.0.usual;
        line.free > 0 && may_have_it && line.held(key) < self.0.each
    }

    fn line(&self) -> MutexGuard<'_, Line<K>> {
        // Every statement leaves the line right, so a panic elsewhere has not spoiled it.
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those who wait for them.
    fn give_on(&self) {
        while let Some((key, is_reserved, to)) = self.next() {
            // If its receiver left this moment, the turn comes back here and is given on.
            let _ = to.send(Turn { turns: self.clone(), key, is_reserved });
        }
    }

    fn next(&self) -> Option<(K, bool, Sender<Turn<K>>)> {
        let mut line = self.line();
        loop {
            let fits = |waits: &Waits<K>| self.has_place(&line, &waits.key, waits.is_reserved);
            let at = line.waiting.iter().position(fits)?;
            let mut waits = line.waiting.remove(at)?;
            waits.grants.retain(|grant| !grant.is_closed());
            let Some(first) = waits.grants.pop_front() else { continue };
            let (key, is_reserved) = (waits.key.clone(), waits.is_reserved);
            if !waits.grants.is_empty() {
                line.waiting.push_back(waits);
            }
            line.hold(&key, is_reserved);
            return Some((key, is_reserved, first));
        }
    }
}

impl<K: Clone + Eq + Hash> Line<K> {
    fn held(&self, key: &K) -> usize {
        self.held.get(key).copied().unwrap_or_default()
    }

    fn hold(&mut self, key: &K, is_reserved: bool) {
        self.free -= 1;
        self.held_usual += usize::from(!is_reserved);
        *self.held.entry(key.clone()).or_default() += 1;
    }

    fn wait(&mut self, key: &K, is_reserved: bool) -> oneshot::Receiver<Turn<K>> {
        let (grant, granted) = oneshot::channel();
        let is_own = |own: &&mut Waits<K>| own.key == *key && own.is_reserved == is_reserved;
        match self.waiting.iter_mut().find(is_own) {
            Some(own) => own.grants.push_back(grant),
            None => {
                let (key, grants) = (key.clone(), VecDeque::from([grant]));
                self.waiting.push_back(Waits { key, is_reserved, grants });
            }
        }
        granted
    }
}

impl<K: Clone + Eq + Hash> Drop for Turn<K> {
    fn drop(&mut self) {
        {
            let mut line = self.turns.line();
            line.free += 1;
            line.held_usual -= usize::from(!self.is_reserved);
            let left = line.held(&self.key).saturating_sub(1);
            match left {
                0 => line.held.remove(&self.key),
                left => line.held.insert(self.key.clone(), left),
            };
        }
        self.turns.give_on();
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, pin::pin};

    use futures::FutureExt as _;

    use super::*;

    fn now<F: Future>(future: F) -> Option<F::Output> {
        future.now_or_never()
    }

    #[tokio::test]
    async fn a_hundred_requests_of_one_hold_up_another_by_one_of_them() {
        let turns = Turns::new(1, 1);
        let first = turns.take("a").await;
        let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(turns.take("a"))).collect();
        for waits in &mut waiting {
            assert!(now(waits.as_mut()).is_none());
        }
        let mut other = pin!(turns.take("b"));
        assert!(now(other.as_mut()).is_none());
        drop(first);
        let second = now(waiting.remove(0).as_mut()).expect("who waited longest");
        drop(second);
        assert!(now(other.as_mut()).is_some(), "the other's turn before the next of the first");
    }

    #[tokio::test]
    async fn one_key_does_not_have_every_place_and_the_rest_is_not_idle() {
        let turns = Turns::new(3, 2);
        let held = [turns.take("a").await, turns.take("a").await];
        let mut third = pin!(turns.take("a"));
        assert!(now(third.as_mut()).is_none(), "two are all that one may have");
        let other = now(turns.take("b")).expect("the third place is another's");
        drop(other);
        assert!(now(third.as_mut()).is_none());
        drop(held);
        assert!(now(third.as_mut()).is_some());
    }

    #[tokio::test]
    async fn a_reserved_place_is_for_those_alone_who_may_have_it() {
        let turns = Turns::with_reserve(2, 1, 1);
        let usual = turns.take("a").await;
        let mut next = pin!(turns.take("b"));
        assert!(now(next.as_mut()).is_none(), "the other place is kept");
        let reserved = now(turns.take_reserved("service")).expect("for it");
        let mut other = pin!(turns.take_reserved("another service"));
        assert!(now(other.as_mut()).is_none(), "none is left");
        drop(reserved);
        assert!(now(next.as_mut()).is_none(), "it goes to the one behind");
        let reserved = now(other.as_mut()).expect("its turn");
        drop(usual);
        assert!(now(next.as_mut()).is_some());
        drop(reserved);
        let alone = Turns::with_reserve(1, 1, 1);
        assert!(now(alone.take("a")).is_some(), "all cannot be kept");
    }

    #[tokio::test]
    async fn who_leaves_the_line_holds_nobody_up() {
        let turns = Turns::new(1, 1);
        let first = turns.take("a").await;
        let mut gone: Vec<_> =
            (0..10_000).map(|n| Box::pin(turns.take(["b", "c"][n % 2]))).collect();
        for waits in &mut gone {
            assert!(now(waits.as_mut()).is_none());
        }
        drop(gone);
        let mut last = pin!(turns.take("d"));
        assert!(now(last.as_mut()).is_none());
        drop(first);
        drop(now(last.as_mut()).expect("its turn"));
        assert!(now(turns.take("a")).is_some());
    }
}
