//! A follower that is slow, leaves and resumes, and what it must have been told.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use mpp_core::{Digest, Label, Reason};
use mpp_store::{Change, Feed, Filter, Op, Start};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::sync::watch;

use crate::{history::History, kit::in_region};

/// A change of a record as a follower was told of it.
type Told = (i64, String, i64, Op);

/// A follower's reading, from a state or a token on up to the last token.
#[derive(Debug)]
pub struct Stretch {
    /// The state that it began with, where it began with one.
    state: Option<BTreeMap<String, i64>>,
    start: i64,
    pub end: i64,
    told: Vec<Told>,
}

pub struct Follower {
    pub filter: Filter,
    token: Option<Bytes>,
    pub stretches: Vec<Stretch>,
    /// The version of each living record of which it was told, by kind and name.
    held: BTreeMap<(String, String), i64>,
    /// How often its records agreed with the digest that the feed sent.
    pub proven: usize,
    random: StdRng,
    slow: bool,
}

impl Follower {
    pub fn new(seed: u64, number: usize) -> Self {
        let filter = match number % 4 {
            0 => Filter::default(),
            1 => Filter { labels: in_region("35"), ..Filter::kinds(["unit"]) },
            2 => Filter { labels: in_region("51.03"), ..Filter::default() },
            _ => Filter { name_prefix: "units/m1".into(), ..Filter::kinds(["unit"]) },
        };
        let random = StdRng::seed_from_u64(seed.wrapping_add(number as u64));
        let (token, stretches, held, slow) = (None, Vec::new(), BTreeMap::new(), number >= 4);
        Self { filter, token, stretches, held, proven: 0, random, slow }
    }

    /// Follows one of the feeds after another until the round's end is reached.
    pub async fn follow(mut self, feeds: [Feed; 2], end: watch::Receiver<Option<i64>>) -> Self {
        loop {
            let feed = &feeds[self.random.random_range(0..2)];
            let start = self.token.clone().map_or(Start::State, Start::Token);
            let begun = feed.subscribe(start, self.filter.clone()).await;
            let ended = match begun {
                Ok(subscription) => self.read(subscription, &end).await,
                Err(error) => Err(error),
            };
            match ended.map_err(|error| error.reason()) {
                Ok(true) => return self,
                Ok(false) | Err(Reason::WatchTooSlow) => {}
                Err(Reason::RevisionCompacted) => self.token = None,
                Err(other) => panic!("{other:?}"),
            }
        }
    }

    /// True once the round's end is reached, false if it leaves on a whim.
    async fn read(
        &mut self,
        mut subscription: mpp_store::Subscription,
        end: &watch::Receiver<Option<i64>>,
    ) -> mpp_core::Result<bool> {
        let mut state = self.token.is_none().then(BTreeMap::new);
        let mut pending: Vec<Told> = Vec::new();
        let mut coming = Vec::new();
        loop {
            let batch = subscription.next().await?.expect("the feed serves");
            for change in &batch.changes {
                assert_eq!(change.revision, batch.revision, "one transaction in a message");
                match &mut state {
                    Some(state) => drop(state.insert(change.name.clone(), change.version)),
                    None => pending.push((
                        change.revision,
                        change.name.clone(),
                        change.version,
                        change.op,
                    )),
                }
            }
            coming.extend(batch.changes);
            assert_eq!(batch.initial_state_complete, state.is_some() && batch.token.is_some());
            if let Some(token) = batch.token {
                self.token = Some(token);
                self.hold(batch.initial_state_complete, std::mem::take(&mut coming));
                batch.digest.iter().for_each(|wanted| self.prove(wanted));
                self.note(state.take(), batch.revision, std::mem::take(&mut pending));
                if end.borrow().is_some_and(|end| batch.revision >= end) {
                    return Ok(true);
                }
            }
            if self.slow && self.random.random_bool(0.1) {
                tokio::time::sleep(Duration::from_millis(self.random.random_range(1..40))).await;
            }
            if self.random.random_bool(0.03) {
                return Ok(false);
            }
        }
    }

    fn hold(&mut self, anew: bool, changes: Vec<Arc<Change>>) {
        if anew {
            self.held.clear();
        }
        for change in changes {
            let key = (change.kind.clone(), change.name.clone());
            match change.op {
                Op::Put => drop(self.held.insert(key, change.version)),
                Op::Deleted | Op::Removed => drop(self.held.remove(&key)),
            }
        }
    }

    fn prove(&mut self, wanted: &Digest) {
        let mut held = Digest::default();
        self.held.iter().for_each(|((kind, name), version)| held.add(kind, name, *version));
        assert_eq!(&held, wanted, "of {:?}", self.filter);
        self.proven += 1;
    }

    /// Takes over the state or changes that a token confirms.
    fn note(&mut self, state: Option<BTreeMap<String, i64>>, at: i64, told: Vec<Told>) {
        if state.is_some() {
            self.stretches.push(Stretch { state, start: at, end: at, told });
            return;
        }
        let stretch = self.stretches.last_mut().expect("a follower begins with a state");
        assert!(at >= stretch.end, "a token goes back from {} to {at}", stretch.end);
        stretch.end = at;
        stretch.told.extend(told);
    }
}

/// Compares a stretch with the events of the history that pass this filter.
pub fn check(history: &History, filter: &Filter, stretch: &Stretch) {
    let wants = |name: &str, region: &str| {
        let below =
            filter.labels.get(&Label::Region).is_none_or(|want| region.starts_with(want.as_str()));
        below && name.starts_with(&filter.name_prefix)
    };
    // Name to version and region, of the living.
    let mut living: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    let mut expected: Vec<Told> = Vec::new();
    let mut state_at_start = None;
    let state = |living: &BTreeMap<&str, (i64, &str)>| -> BTreeMap<String, i64> {
        let shown = living.iter().filter(|(name, (_, region))| wants(name, region));
        shown.map(|(name, (version, _))| ((*name).to_owned(), *version)).collect()
    };
    for (&revision, transaction) in history {
        if revision > stretch.start && state_at_start.is_none() {
            state_at_start = Some(state(&living));
        }
        for written in transaction {
            let name = written.name.as_str();
            let before = living.get(name).is_some_and(|(_, region)| wants(name, region));
            let now = !written.deleted && wants(name, written.region);
            if revision > stretch.start && revision <= stretch.end && (before || now) {
                let op = match (now, written.deleted) {
                    (true, _) => Op::Put,
                    (false, true) => Op::Deleted,
                    (false, false) => Op::Removed,
                };
                expected.push((revision, written.name.clone(), written.version, op));
            }
            match written.deleted {
                true => living.remove(name),
                false => living.insert(name, (written.version, written.region)),
            };
        }
    }
    assert_eq!(stretch.told, expected, "after {} up to {}", stretch.start, stretch.end);
    let state_at_start = state_at_start.unwrap_or_else(|| state(&living));
    assert_eq!(stretch.state.as_ref(), Some(&state_at_start), "the state at {}", stretch.start);
}
