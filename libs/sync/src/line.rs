//! The line of a replica, in the order of `model/fair.rs`: a write that waits is woken when its
//! turn comes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::oneshot::{self, Receiver, Sender},
    time::timeout,
};

use crate::model::fair::{FairLine, Rules};

/// The line of a replica. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct WriteLine(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    line: FairLine,
    told: HashMap<u64, Sender<()>>,
}

/// A turn, or a place in the line; given on when this is dropped.
#[derive(Debug)]
pub struct Turn {
    line: WriteLine,
    rules: Rules,
    number: u64,
    /// Since when it is its turn.
    since: Option<Instant>,
}

impl WriteLine {
    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.inner().line.waiting()
    }

    /// A turn for this source, once it comes; `None` if it has not come within `longest`.
    pub async fn turn(&self, rules: Rules, source: &str, longest: Duration) -> Option<Turn> {
        let (mut turn, told) = self.ask(rules, source);
        timeout(longest, told).await.ok()?.ok()?;
        turn.since = Some(Instant::now());
        Some(turn)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Every statement leaves the line right, so a panic elsewhere has not spoiled it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, rules: Rules, source: &str) -> (Turn, Receiver<()>) {
        let (tell, told) = oneshot::channel();
        let mut inner = self.inner();
        let number = inner.line.ask(source);
        inner.told.insert(number, tell);
        inner.give_on(rules);
        (Turn { line: self.clone(), rules, number, since: None }, told)
    }
}

impl Inner {
    fn give_on(&mut self, rules: Rules) {
        while let Some(number) = self.line.next(rules) {
            // If the one that waits has just left, its turn is given on when it is dropped.
            let _ = self.told.remove(&number).map(|tell| tell.send(()));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let took = self.since.map_or(Duration::ZERO, |since| since.elapsed());
        let took = i64::try_from(took.as_micros()).unwrap_or(i64::MAX);
        let mut inner = self.line.inner();
        inner.told.remove(&self.number);
        inner.line.leave(self.number, took, self.rules);
        inner.give_on(self.rules);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { places: 1, lead: 2_000_000, passes: 3 };

    #[tokio::test]
    async fn who_goes_away_in_line_or_with_its_turn_gives_it_on() {
        let line = WriteLine::default();
        let (first, told) = line.ask(RULES, "a");
        told.await.expect("nobody is before it");
        let [(second, _), (third, is_told), (last, last_told)] =
            ["b", "c", "d"].map(|source| line.ask(RULES, source));
        drop(second);
        assert_eq!(line.waiting(), 2);
        drop(is_told);
        drop(first);
        assert_eq!(line.waiting(), 1, "it has its turn, and does not know");
        drop(third);
        last_told.await.expect("its turn");
        drop(last);
        assert_eq!(line.waiting(), 0);
    }
}
