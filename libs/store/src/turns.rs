//! A few places for work that is long or heavy, taken by turns: the next free place is given in the
//! order of the *keys* that wait, not of the requests, so that a hundred requests of one caller
//! hold up another caller's by just one of them.

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
    line: Mutex<Line<K>>,
}

#[derive(Debug)]
struct Line<K: Clone + Eq + Hash> {
    free: usize,
    held: HashMap<K, usize>,
    /// The keys that wait, each once, in the order of their turns.
    waiting: VecDeque<(K, VecDeque<Sender<Turn<K>>>)>,
}

/// A place, given on when this is dropped.
#[derive(Debug)]
pub struct Turn<K: Clone + Eq + Hash> {
    turns: Turns<K>,
    key: K,
}

impl<K: Clone + Eq + Hash> Clone for Turns<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Clone + Eq + Hash> Turns<K> {
    /// `places` places, at least one, of which one key may have `each`.
    pub fn new(places: usize, each: usize) -> Self {
        let line = Line { free: places.max(1), held: HashMap::new(), waiting: VecDeque::new() };
        Self(Arc::new(Inner { each: each.max(1), line: Mutex::new(line) }))
    }

    /// A place, once it is this key's turn. Dropping the future gives the turn up.
    pub async fn take(&self, key: K) -> Turn<K> {
        loop {
            let granted = {
                let mut line = self.line();
                if line.free > 0 && line.held(&key) < self.0.each {
                    line.hold(&key);
                    return Turn { turns: self.clone(), key };
                }
                line.wait(&key)
            };
            // A turn that was sent is never lost: if it is not taken, it is given on.
            if let Ok(turn) = granted.await {
                return turn;
            }
        }
    }

    fn line(&self) -> MutexGuard<'_, Line<K>> {
        // Every statement leaves the line right, so a panic elsewhere has not spoiled it.
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free places to those who wait for them.
    fn give_on(&self) {
        while let Some((key, to)) = self.next() {
            // If its receiver left this moment, the turn comes back here and is given on.
            let _ = to.send(Turn { turns: self.clone(), key });
        }
    }

    fn next(&self) -> Option<(K, Sender<Turn<K>>)> {
        let mut line = self.line();
        let each = self.0.each;
        while line.free > 0 {
            let at = line.waiting.iter().position(|(key, _)| line.held(key) < each)?;
            let (key, mut waiting) = line.waiting.remove(at)?;
            waiting.retain(|waits| !waits.is_closed());
            let Some(first) = waiting.pop_front() else { continue };
            if !waiting.is_empty() {
                line.waiting.push_back((key.clone(), waiting));
            }
            line.hold(&key);
            return Some((key, first));
        }
        None
    }
}

impl<K: Clone + Eq + Hash> Line<K> {
    fn held(&self, key: &K) -> usize {
        self.held.get(key).copied().unwrap_or_default()
    }

    fn hold(&mut self, key: &K) {
        self.free -= 1;
        *self.held.entry(key.clone()).or_default() += 1;
    }

    fn wait(&mut self, key: &K) -> oneshot::Receiver<Turn<K>> {
        let (grant, granted) = oneshot::channel();
        match self.waiting.iter_mut().find(|(own, _)| own == key) {
            Some((_, waiting)) => waiting.push_back(grant),
            None => self.waiting.push_back((key.clone(), VecDeque::from([grant]))),
        }
        granted
    }
}

impl<K: Clone + Eq + Hash> Drop for Turn<K> {
    fn drop(&mut self) {
        {
            let mut line = self.turns.line();
            line.free += 1;
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
