//! A registry that keeps batches in a list, and a client that keeps what the contract tells it to.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use super::*;

pub const RECORDS: usize = 5;

/// How a client knows what it has sent.
#[derive(Clone, Copy, Debug)]
pub enum Style {
    /// Remembers the digest of each answered record, with the sequence of its answer.
    Digests,
    /// Remembers its place in a log of changes, which is the checkpoint's position.
    Positional,
}

/// One session, which may end at any message.
#[derive(Clone, Debug)]
pub struct Run {
    pub mapping: u8,
    pub batch: usize,
    /// Batches under way without an answer.
    pub window: usize,
    /// Counts its batches from the welcome's checkpoint instead of from `next_sequence`.
    pub counts_from_welcome: bool,
    /// Notes what it sends, and forgets the answers that it has of it, before it sends.
    pub notes: bool,
    /// Both sides stop after they have taken in this many messages.
    pub dies: Option<usize>,
}

/// A record's content, and the mapping that it was made under.
type Content = (usize, u8);
/// A record as it is sent; without content it is deleted.
type Sent = (usize, Option<Content>);

#[derive(Clone, Default)]
struct Batch {
    checkpoint: Checkpoint,
    current: bool,
    counted: bool,
    records: usize,
}

#[derive(Clone, Default)]
struct Registry {
    standing: SourceState,
    batches: Vec<Batch>,
    records: BTreeMap<usize, Content>,
}

/// The state that survives the client's death.
#[derive(Clone, Default)]
pub struct Client {
    checkpoint: Option<Checkpoint>,
    acknowledged: BTreeMap<usize, (Content, i64)>,
    /// Positions of the batches that it may have sent since its checkpoint.
    under_way: Vec<String>,
    /// Records that the registry may hold.
    may_hold: BTreeSet<usize>,
    /// Records of which it has the answers.
    pub answers: usize,
}

pub struct World {
    style: Style,
    registry: Registry,
    pub client: Client,
    /// Changes of the source, in their order: record and content; none if it is removed.
    log: Vec<(usize, Option<usize>)>,
    mapping: u8,
    numbers: HashSet<i64>,
    /// Marks are drawn anew after a restore too.
    marks: i64,
    /// Sessions have ids of their own, also after a restore.
    sessions: usize,
    before: Vec<(Registry, Client)>,
}

/// Both sides have died.
struct Dead;

/// Counts the messages that are left.
struct Fuse(Option<usize>);

impl Fuse {
    fn message(&mut self) -> Result<(), Dead> {
        match &mut self.0 {
            Some(0) => Err(Dead),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl World {
    pub fn new(style: Style) -> Self {
        Self {
            style,
            registry: Registry::default(),
            client: Client::default(),
            log: (0..RECORDS).map(|record| (record, Some(0))).collect(),
            mapping: 0,
            numbers: HashSet::new(),
            marks: 0,
            sessions: 0,
            before: Vec::new(),
        }
    }

    /// A record changes, to a content that it may have had before, or goes.
    pub fn edit(&mut self, record: usize, content: Option<usize>) {
        self.log.push((record, content));
    }

    pub fn client_goes_back(&mut self, runs: usize) {
        let before = self.before.iter().rev().nth(runs);
        self.client = before.map_or_else(Client::default, |(_, client)| client.clone());
    }

    pub fn registry_goes_back(&mut self, runs: usize) {
        let before = self.before.iter().rev().nth(runs);
        self.registry = before.map_or_else(Registry::default, |(registry, _)| registry.clone());
        self.numbers = self.registry.batches.iter().map(|b| b.checkpoint.sequence).collect();
    }

    /// The registry's copies of the source's records.
    pub fn kept(&self) -> BTreeMap<usize, Content> {
        let wanted = self.wanted();
        let kept = self.registry.records.iter().filter(|(record, _)| wanted.contains_key(record));
        kept.map(|(record, content)| (*record, *content)).collect()
    }

    pub fn wanted(&self) -> BTreeMap<usize, Content> {
        let now: BTreeMap<_, _> = self.log.iter().copied().collect();
        let there = now.into_iter().filter_map(|(record, content)| Some((record, content?)));
        there.map(|(record, content)| (record, (content, self.mapping))).collect()
    }

    /// Records that the registry holds, the source no longer has, and the client knows nothing of.
    pub fn forgotten(&self) -> Vec<usize> {
        let wanted = self.wanted();
        let held = self.registry.records.keys().copied();
        let gone = held.filter(|record| !wanted.contains_key(record));
        gone.filter(|record| !self.client.may_hold.contains(record)).collect()
    }

    pub fn counted(&self) -> usize {
        let counted = self.registry.batches.iter().filter(|batch| batch.counted);
        counted.map(|batch| batch.records).sum()
    }

    pub fn run(&mut self, run: &Run) {
        self.before.push((self.registry.clone(), self.client.clone()));
        self.mapping = run.mapping;
        self.sessions += 1;
        let _ = self.session(run, &mut Fuse(run.dies));
    }

    fn session(&mut self, run: &Run, fuse: &mut Fuse) -> Result<(), Dead> {
        fuse.message()?;
        let (greeting, next) = self.registry.hello(run.mapping, &self.client);
        fuse.message()?;
        self.client.forget(&greeting);
        let first = if run.counts_from_welcome { greeting.checkpoint.sequence + 1 } else { next };
        let mut under_way = VecDeque::new();
        for (sequence, (records, position)) in (first..).zip(self.to_send(run, &greeting)) {
            self.client.may_hold.extend(records.iter().map(|(record, _)| *record));
            if run.notes {
                self.client.note(&position, &records);
            }
            fuse.message()?;
            self.marks += 1;
            let checkpoint = Checkpoint { sequence, position, ..Checkpoint::default() };
            let stored = self.registry.batch(&checkpoint, self.marks, &records);
            assert!(self.numbers.insert(stored.sequence), "{stored:?} was given before");
            under_way.push_back((stored, records));
            while under_way.len() >= run.window {
                self.take_answer(&mut under_way, fuse)?;
            }
        }
        while !under_way.is_empty() {
            self.take_answer(&mut under_way, fuse)?;
        }
        fuse.message()?;
        self.registry.end();
        Ok(())
    }

    fn take_answer(
        &mut self,
        under_way: &mut VecDeque<(Checkpoint, Vec<Sent>)>,
        fuse: &mut Fuse,
    ) -> Result<(), Dead> {
        fuse.message()?;
        if let Some((checkpoint, records)) = under_way.pop_front() {
            self.client.store(checkpoint, &records);
        }
        Ok(())
    }

    /// The batches of this session, each with the client's position after it.
    fn to_send(&self, run: &Run, greeting: &Greeting) -> Vec<(Vec<Sent>, String)> {
        let mapped = |(record, content): (usize, Option<usize>)| {
            (record, content.map(|content| (content, run.mapping)))
        };
        let records: Vec<_> = match self.style {
            Style::Positional => {
                let read = if greeting.send_all { "" } else { &greeting.checkpoint.position };
                let from = read.split(':').next_back().and_then(|at| at.parse().ok()).unwrap_or(0);
                (from + 1..).zip(self.log[from..].iter().copied().map(mapped)).collect()
            }
            Style::Digests => {
                let differs = |(record, content): &Sent| {
                    let had = self.client.acknowledged.get(record).map(|(had, _)| *had);
                    content.is_some() && had != *content
                };
                let now = self.log.iter().copied().map(mapped).collect::<BTreeMap<_, _>>();
                (1..).zip(now.into_iter().filter(differs)).collect()
            }
        };
        let batches = records.chunks(run.batch).map(|part| {
            let position = part.last().map_or(0, |(place, _)| *place);
            let position = format!("{}:{position}", self.sessions);
            (part.iter().map(|(_, record)| *record).collect(), position)
        });
        batches.collect()
    }
}

impl Registry {
    fn hello(&mut self, mapping: u8, client: &Client) -> (Greeting, i64) {
        let named = client.checkpoint.as_ref();
        let is_named = |batch: &&Batch| {
            let own = &batch.checkpoint;
            named.is_some_and(|at| (at.sequence, at.mark) == (own.sequence, own.mark))
        };
        let known = match self.batches.iter().rfind(is_named) {
            None => CheckpointStanding::Never,
            Some(batch) if !batch.current => CheckpointStanding::Abandoned,
            Some(batch) if self.has_unknown_after(batch, client) => CheckpointStanding::Behind,
            Some(_) => CheckpointStanding::Current,
        };
        let (standing, greeting) = self.standing.open(&mapping.to_string(), named, known);
        self.standing = standing;
        (greeting, self.standing.next_sequence())
    }

    fn has_unknown_after(&self, named: &Batch, client: &Client) -> bool {
        let is_later = |one: &&Batch| one.checkpoint.sequence > named.checkpoint.sequence;
        let mut later = self.batches.iter().filter(is_later);
        later.any(|one| !client.under_way.contains(&one.checkpoint.position))
    }

    fn batch(&mut self, given: &Checkpoint, mark: i64, records: &[Sent]) -> Checkpoint {
        let checkpoint = self.standing.place(given, mark).expect("the next batch");
        self.leave();
        for (record, content) in records {
            match content {
                Some(content) => drop(self.records.insert(*record, *content)),
                None => drop(self.records.remove(record)),
            }
        }
        self.batches.push(Batch {
            checkpoint: checkpoint.clone(),
            current: true,
            counted: true,
            records: records.len(),
        });
        self.standing = self.standing.answered(checkpoint.clone());
        checkpoint
    }

    fn end(&mut self) {
        self.leave();
        self.standing = self.standing.ended();
    }

    fn leave(&mut self) {
        let Some(Abandoned { after, unheard_after }) = self.standing.abandons() else { return };
        for batch in self.batches.iter_mut().filter(|batch| batch.current) {
            batch.current = batch.checkpoint.sequence <= after;
            batch.counted &= batch.current || batch.checkpoint.sequence <= unheard_after;
        }
    }
}

impl Client {
    /// Does what a welcome asks for, before anything is sent.
    fn forget(&mut self, greeting: &Greeting) {
        let kept = if greeting.send_all { 0 } else { greeting.checkpoint.sequence };
        self.acknowledged.retain(|_, (_, sequence)| *sequence <= kept);
        self.checkpoint = Some(greeting.checkpoint.clone());
    }

    /// Before a batch goes out.
    fn note(&mut self, position: &str, records: &[Sent]) {
        self.under_way.push(position.to_owned());
        for (record, _) in records {
            self.acknowledged.remove(record);
        }
    }

    /// The answers of a batch; notes of later ones stay.
    fn store(&mut self, checkpoint: Checkpoint, records: &[Sent]) {
        let noted = self.under_way.iter().position(|one| *one == checkpoint.position);
        self.under_way.drain(..noted.map_or(0, |place| place + 1));
        for (record, content) in records {
            if let Some(content) = content {
                self.acknowledged.insert(*record, (*content, checkpoint.sequence));
            }
        }
        self.answers += records.len();
        self.checkpoint = Some(checkpoint);
    }
}
