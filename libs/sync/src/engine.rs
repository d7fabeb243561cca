//! What a replica of a service keeps for federation.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use mpp_core::Micros;
use mpp_telemetry::Point;

use crate::{line::WriteLine, policy::Policy, store::waiting::Cause};

/// The settings, and what the last look has found. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Engine {
    /// The settings of federation.
    pub policy: Arc<Policy>,
    /// The causes that records waited for at the last look.
    pub waiting: LastLook,
    /// The writes of sources that wait for their turn.
    pub(crate) line: WriteLine,
}

impl Engine {
    /// An engine with these settings, which has not looked yet.
    pub fn new(policy: Policy) -> Self {
        Self { policy: Arc::new(policy), ..Self::default() }
    }

    /// How many writes of sources wait for their turn.
    pub fn writes_waiting(&self) -> usize {
        self.line.waiting()
    }
}

/// The causes that records of all sources waited for when a replica last looked. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct LastLook(Arc<RwLock<Arc<Vec<Cause>>>>);

impl LastLook {
    /// Puts the causes of a newer look in place of the last one's.
    pub fn replace(&self, causes: Arc<Vec<Cause>>) {
        if let Ok(mut last) = self.0.write() {
            *last = causes;
        }
    }

    fn causes(&self) -> Arc<Vec<Cause>> {
        self.0.read().map(|last| Arc::clone(&last)).unwrap_or_default()
    }

    /// How many records of each source wait at a service, or were rejected since, by reason.
    pub fn counts(&self, service: &str) -> Vec<Point> {
        let mut counts: BTreeMap<[String; 4], i64> = BTreeMap::new();
        for cause in self.causes().iter() {
            let state = if cause.refused { "rejected" } else { "waiting" };
            let told = [service, &cause.source, &cause.code, state];
            let key = told.map(str::to_owned);
            *counts.entry(key).or_default() += cause.records;
        }
        counts.into_iter().map(|(key, count)| (key.to_vec(), count as f64)).collect()
    }

    /// How long the oldest record of each source has waited at a service, in seconds.
    pub fn ages(&self, service: &str, now: Micros) -> Vec<Point> {
        let mut oldest: BTreeMap<String, Micros> = BTreeMap::new();
        for cause in self.causes().iter().filter(|cause| !cause.refused) {
            let own = oldest.entry(cause.source.clone()).or_insert(cause.oldest);
            *own = cause.oldest.min(*own);
        }
        let age = |since: Micros| now.saturating_sub(since).max(0) as f64 / 1e6;
        let told = |(source, since)| (vec![service.to_owned(), source], age(since));
        oldest.into_iter().map(told).collect()
    }
}
