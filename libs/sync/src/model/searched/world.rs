//! The world that is searched: what may happen next, and the laws.

use super::{
    client::Client,
    registry::{Batch, LATE, RECORDS, Registry},
};
use crate::model::quarantine::State;

/// How often things may happen; each search ends by that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Sessions that are opened.
    pub sessions: u8,
    /// Changes of the source.
    pub edits: u8,
    /// Messages, or answers, that are lost.
    pub losses: u8,
    /// Messages that come twice.
    pub repeats: u8,
    /// Crashes of each side.
    pub crashes: u8,
    /// Leases that run out.
    pub silences: u8,
    /// Comparisons of what both sides hold.
    pub compares: u8,
}

impl Bounds {
    /// The same, with clients that do not keep to the contract.
    pub fn careless(self) -> Careless {
        Careless(self)
    }
}

/// Bounds of clients that do not keep to the contract.
pub struct Careless(Bounds);

/// A state of the whole world.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    left: Bounds,
    client_crashes: u8,
    source: [u8; RECORDS],
    registry: Registry,
    clients: [Client; 2],
    /// Batches on their way; they come in any order, also when their session is long over.
    network: Vec<Batch>,
}

/// A step, and the state after it; `Err` says which law it breaks.
pub type Successor = (String, Result<World, String>);

impl World {
    fn with(left: Bounds, careless: bool) -> Self {
        Self {
            left,
            client_crashes: left.crashes,
            source: [0; RECORDS],
            registry: Registry::default(),
            clients: [Client::new(careless), Client::new(careless)],
            network: Vec::new(),
        }
    }

    /// All that may happen next.
    pub fn steps(&self) -> Vec<Successor> {
        let mut steps = Vec::new();
        for own in 0..self.clients.len() {
            self.opens(own, &mut steps);
            self.sends(own, &mut steps);
            self.ends(own, &mut steps);
        }
        for at in 0..self.network.len() {
            self.delivers(at, &mut steps);
        }
        self.others(&mut steps);
        steps.into_iter().map(|(step, world)| (step, world.and_then(Self::lawful))).collect()
    }

    fn add(
        &self,
        steps: &mut Vec<Successor>,
        step: impl Into<String>,
        change: impl FnOnce(&mut Self),
    ) {
        let mut after = self.clone();
        change(&mut after);
        steps.push((step.into(), Ok(after)));
    }

    fn opens(&self, own: usize, steps: &mut Vec<Successor>) {
        if self.left.sessions == 0 || self.clients[own].session.is_some() {
            return;
        }
        for take_over in [false, true] {
            let mut after = self.clone();
            let Some(greeted) = after.registry.hello(&self.clients[own].hello(own, take_over))
            else {
                continue;
            };
            after.left.sessions -= 1;
            if self.left.losses > 0 {
                let mut lost = after.clone();
                lost.left.losses -= 1;
                steps.push((format!("client {own}'s welcome is lost"), Ok(lost)));
            }
            after.clients[own].welcomed(&greeted, self.source);
            steps.push((format!("client {own} opens, take over: {take_over}"), Ok(after)));
        }
    }

    fn sends(&self, own: usize, steps: &mut Vec<Successor>) {
        let mut after = self.clone();
        if let Some(batch) = after.clients[own].batch(own) {
            after.network.push(batch);
            steps.push((format!("client {own} sends"), Ok(after)));
        }
        if self.left.compares == 0 {
            return;
        }
        let mut after = self.clone();
        if let Some(batch) = after.clients[own].compare(own, &self.registry) {
            after.left.compares -= 1;
            after.network.push(batch);
            steps.push((format!("client {own} compares"), Ok(after)));
        }
    }

    fn ends(&self, own: usize, steps: &mut Vec<Successor>) {
        let Some(fencing) = self.clients[own].fencing().filter(|_| self.clients[own].is_done())
        else {
            return;
        };
        let mut after = self.clone();
        let ended = after.registry.end(fencing);
        let session = after.clients[own].session.take();
        let law = session.filter(|_| ended).map_or(Ok(()), |session| {
            after.stands_as_read(&session.read).and_then(|()| after.counts(&session.had))
        });
        steps.push((format!("client {own} ends"), law.map(|()| after)));
    }

    /// A message comes: once or twice, and its answer arrives or is lost; or it never comes.
    fn delivers(&self, at: usize, steps: &mut Vec<Successor>) {
        let batch = &self.network[at];
        let mut taken = self.clone();
        taken.network.remove(at);
        if self.left.losses > 0 {
            let mut lost = taken.clone();
            lost.left.losses -= 1;
            lost.breaks_off(batch);
            steps.push((format!("a batch of client {} is lost", batch.client), Ok(lost)));
        }
        let answer = taken.registry.batch(batch);
        if self.left.repeats > 0 {
            let mut twice = taken.clone();
            twice.left.repeats -= 1;
            let again = twice.registry.batch(batch);
            let same = if again == answer { Ok(twice) } else { Err("another answer came".into()) };
            steps.push((
                format!("a batch of client {} comes twice", batch.client),
                same.map(|mut twice| {
                    twice.answers(batch, answer.as_ref());
                    twice
                }),
            ));
        }
        if answer.is_some() && self.left.losses > 0 {
            let mut lost = taken.clone();
            lost.left.losses -= 1;
            lost.breaks_off(batch);
            steps.push((format!("an answer to client {} is lost", batch.client), Ok(lost)));
        }
        taken.answers(batch, answer.as_ref());
        steps.push((format!("a batch of client {} comes", batch.client), Ok(taken)));
    }

    fn answers(&mut self, batch: &Batch, answer: Option<&mpp_api::sync::Checkpoint>) {
        match answer {
            Some(checkpoint) => self.clients[batch.client].answer(batch, checkpoint),
            None => self.breaks_off(batch),
        }
    }

    /// The session that a message belongs to is over for its client.
    fn breaks_off(&mut self, batch: &Batch) {
        let client = &mut self.clients[batch.client];
        if client.fencing() == Some(batch.fencing) {
            client.session = None;
        }
    }

    fn others(&self, steps: &mut Vec<Successor>) {
        for own in (0..2).filter(|_| self.client_crashes > 0) {
            if self.clients[own].session.is_some() {
                self.add(steps, format!("client {own} crashes"), |after| {
                    after.client_crashes -= 1;
                    after.clients[own].session = None;
                });
            }
        }
        if self.left.crashes > 0 && self.clients.iter().any(|client| client.session.is_some()) {
            self.add(steps, "the registry crashes, and all streams with it", |after| {
                after.left.crashes -= 1;
                after.clients.iter_mut().for_each(|client| client.session = None);
            });
        }
        if self.left.silences > 0 && self.registry.until > 0 {
            self.add(steps, "a lease runs out", |after| {
                after.left.silences -= 1;
                after.registry.is_silent();
            });
        }
        if self.left.edits > 0 {
            self.add(steps, "the source changes", |after| {
                after.left.edits -= 1;
                after.source[0] ^= 1;
            });
        }
        if !self.registry.unit_is_there {
            self.add(steps, "the unit is made", |after| after.registry.unit_is_there = true);
        } else if self.registry.waits.contains(&State::Waiting) {
            self.add(steps, "what waits is tried", |after| after.registry.redrive());
        }
    }

    /// What holds always.
    fn lawful(self) -> Result<Self, String> {
        let batches = &self.registry.batches;
        let once = |key: &dyn Fn(usize) -> (i64, i64)| {
            let mut keys: Vec<_> = (0..batches.len()).map(key).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.len() == batches.len()
        };
        if !once(&|at| (batches[at].checkpoint.sequence, 0)) {
            return Err("a number was given twice".into());
        }
        if !once(&|at| (batches[at].fencing, batches[at].nonce)) {
            return Err("a batch was written twice".into());
        }
        if !batches.is_sorted_by_key(|one| one.fencing) {
            return Err("a session wrote after a later one had begun to".into());
        }
        let waits = |record: usize| self.registry.waits[record] != State::Absent;
        if (0..LATE).any(waits) {
            return Err("a record waits for nothing".into());
        }
        Ok(self)
    }

    /// A complete end: each record stands as its source had it, or waits so.
    fn stands_as_read(&self, read: &[u8; RECORDS]) -> Result<(), String> {
        for (record, version) in read.iter().enumerate() {
            let stands = self.registry.stands(record);
            if stands != Some(*version) {
                return Err(format!(
                    "record {record} is {stands:?}, which is not as its source says"
                ));
            }
        }
        Ok(())
    }

    /// Whatever a client has the answers of counts, and is built on.
    fn counts(&self, had: &[i64]) -> Result<(), String> {
        let is_counted = |number: &i64| {
            let of = |one: &&super::registry::AnsweredBatch| one.checkpoint.sequence == *number;
            self.registry.batches.iter().find(of).is_some_and(|one| one.counted && one.current)
        };
        let missing = had.iter().find(|number| !is_counted(number));
        missing
            .map_or(Ok(()), |number| Err(format!("batch {number} was answered and does not count")))
    }
}

impl From<Bounds> for World {
    fn from(bounds: Bounds) -> Self {
        Self::with(bounds, false)
    }
}

impl From<Careless> for World {
    fn from(bounds: Careless) -> Self {
        Self::with(bounds.0, true)
    }
}
