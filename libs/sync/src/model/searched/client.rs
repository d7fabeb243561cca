//! A client that does what the contract says, with what survives its death.

use std::collections::VecDeque;

use mpp_api::sync::{Checkpoint, Hello};

use super::registry::{Batch, Greeted, RECORDS, Registry, Version};

/// A client of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Client {
    checkpoint: Option<Checkpoint>,
    /// Positions of batches that it has sent since.
    under_way: Vec<String>,
    /// The versions that it has the answers of.
    answered: [Version; RECORDS],
    /// It keeps no notes, and heeds no `send_all`: against the contract.
    careless: bool,
    pub session: Option<Session>,
}

/// What dies with it, or with its stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session {
    fencing: i64,
    next: i64,
    nonce: i64,
    /// The source as it was read.
    pub read: [u8; RECORDS],
    to_send: VecDeque<usize>,
    /// The number of a batch that has no answer yet.
    waits_for: Option<(i64, Option<usize>)>,
    /// Numbers of the batches that it has the answers of.
    pub had: Vec<i64>,
    is_fresh: bool,
    pub send_all: bool,
}

impl Client {
    pub fn new(careless: bool) -> Self {
        Self { careless, ..Self::default() }
    }

    pub fn hello(&self, own: usize, take_over: bool) -> Hello {
        Hello {
            source: "sources/a".into(),
            mapping_version: "1".into(),
            checkpoint: self.checkpoint.clone(),
            under_way: self.under_way.clone(),
            holder: format!("client {own}"),
            take_over,
            ..Hello::default()
        }
    }

    /// It is greeted, and has read its source.
    pub fn welcomed(&mut self, greeted: &Greeted, source: [u8; RECORDS]) {
        let send_all = greeted.greeting.send_all && !self.careless;
        if send_all {
            self.answered = [None; RECORDS];
        }
        self.checkpoint = Some(greeted.greeting.checkpoint.clone());
        let differs = |record: &usize| self.answered[*record] != Some(source[*record]);
        self.session = Some(Session {
            fencing: greeted.fencing,
            next: greeted.next,
            nonce: 1,
            read: source,
            to_send: (0..RECORDS).filter(differs).collect(),
            waits_for: None,
            had: Vec::new(),
            is_fresh: true,
            send_all,
        });
    }

    /// The next batch; notes of it are kept before it goes out.
    pub fn batch(&mut self, own: usize) -> Option<Batch> {
        let careless = self.careless;
        let session = self.session.as_mut().filter(|session| session.waits_for.is_none())?;
        let record = session.to_send.pop_front()?;
        let sent = Some((record, session.read[record]));
        let batch = session.send(own, sent, None);
        if !careless {
            self.under_way.push(batch.checkpoint.position.clone());
            self.answered[record] = None;
        }
        Some(batch)
    }

    /// It compares instead of sending everything: only what differs is left to send. Its first
    /// batch says so.
    pub fn compare(&mut self, own: usize, registry: &Registry) -> Option<Batch> {
        let session = self.session.as_mut()?;
        if !session.is_fresh || !session.send_all || session.waits_for.is_some() {
            return None;
        }
        let wanted = |record: &usize| registry.stands(*record) != Some(session.read[*record]);
        session.to_send = (0..RECORDS).filter(wanted).collect();
        session.send_all = false;
        let batch = session.send(own, None, Some(registry.last_sequence()));
        self.under_way.push(batch.checkpoint.position.clone());
        Some(batch)
    }

    /// Takes an answer; an answer that no session waits for has gone astray.
    pub fn answer(&mut self, batch: &Batch, checkpoint: &Checkpoint) {
        let Some(session) = self.session.as_mut().filter(|one| one.fencing == batch.fencing) else {
            return;
        };
        if session.waits_for.is_none_or(|(nonce, _)| nonce != batch.nonce) {
            return;
        }
        session.waits_for = None;
        session.had.push(checkpoint.sequence);
        if let Some((record, version)) = batch.record {
            self.answered[record] = Some(version);
        }
        if batch.compared.is_some() {
            let differs = &session.to_send;
            for record in (0..RECORDS).filter(|record| !differs.contains(record)) {
                self.answered[record] = Some(session.read[record]);
            }
        }
        let noted = self.under_way.iter().position(|one| *one == checkpoint.position);
        self.under_way.drain(..noted.map_or(0, |place| place + 1));
        self.checkpoint = Some(checkpoint.clone());
    }

    /// True once it has every answer and nothing more to send.
    pub fn is_done(&self) -> bool {
        let done = |one: &Session| one.to_send.is_empty() && one.waits_for.is_none();
        self.session.as_ref().is_some_and(done)
    }

    /// The token of its session.
    pub fn fencing(&self) -> Option<i64> {
        self.session.as_ref().map(|session| session.fencing)
    }
}

impl Session {
    fn send(&mut self, own: usize, record: Option<(usize, u8)>, compared: Option<i64>) -> Batch {
        let position = format!("{}:{}", self.fencing, self.nonce);
        let checkpoint = Checkpoint { sequence: self.next, position, mark: 0 };
        let (fencing, nonce) = (self.fencing, self.nonce);
        self.waits_for = Some((nonce, record.map(|(record, _)| record)));
        (self.next, self.nonce, self.is_fresh) = (self.next + 1, self.nonce + 1, false);
        Batch { client: own, fencing, nonce, checkpoint, record, compared }
    }
}
