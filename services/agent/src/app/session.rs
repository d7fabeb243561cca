//! One session with the registry: resume where both sides know they stand, send what differs,
//! store each answer with its checkpoint, and say that the source is complete.

mod outgoing;

use std::{collections::VecDeque, time::Duration};

use mpp_api::sync::{End, Hello, Summary, Welcome};
use mpp_client::Endpoint;
use mpp_core::{Error, Result};
use tokio::{sync::mpsc, time};

use super::{
    plan::{Event, Run},
    sent::Sent,
};
use crate::{
    Policy,
    model::{
        batch::{Gathered, Limits},
        difference::{Difference, Verdict},
        keys::Keys,
        problem::Problem,
        tally::Tally,
    },
    registry::{self, Stream},
    source::{Fault, Found, Item},
    store::Store,
};

/// Problems that are stored at once.
const KEPT_AT_ONCE: usize = 500;

/// Problems of a run that are kept one by one, as many as `mpp agent problems` shows; beyond them
/// only the counts tell.
const MOST_KEPT: usize = 10_000;

/// What all sessions of a run have in common.
pub struct Context<'a> {
    pub endpoint: &'a Endpoint,
    pub run: &'a Run,
    pub mapping_version: &'a str,
    pub store: &'a Store,
    pub report: &'a (dyn Fn(Event) + Sync),
}

/// How a session ended.
pub struct Ended {
    pub tally: Tally,
    pub summary: Summary,
    /// Why the source's whole extent is not known.
    pub lack: Option<Fault>,
}

/// A session broke off at the registry's side.
pub struct Broken {
    pub error: Error,
    /// What was wrong with the source at once.
    pub fault: Option<Fault>,
    /// What was read of the source and not taken up: the next try goes on with it, and the office's
    /// server is not asked again for each.
    pub reading: Option<Reading>,
}

/// A source that is being read: the first that came, and what follows.
pub struct Reading {
    first: Option<Found>,
    items: mpsc::Receiver<Found>,
}

impl Reading {
    /// Waits for the first: what is wrong with the source at once needs no registry to be told.
    pub async fn begin(mut items: mpsc::Receiver<Found>) -> Self {
        Self { first: items.recv().await, items }
    }
}

/// Sends what the registry does not know yet of what is read.
///
/// # Errors
/// The registry refused the session, or the connection broke. What was answered is stored; the next
/// session goes on from there.
pub async fn sync(context: &Context<'_>, reading: Reading) -> Result<Ended, Broken> {
    let mut session = match Session::open(context).await {
        Ok(session) => session,
        Err(error) => return Err(unopened(error, reading)),
    };
    let Reading { first, items } = reading;
    let (first, fault) = match first {
        Some(Found::Fault(fault)) => (None, Some(fault)),
        first => (first, None),
    };
    session.lack = fault;
    match session.complete(first, items).await {
        Ok(summary) => Ok(Ended { tally: session.tally, summary, lack: session.lack }),
        Err(error) => Err(Broken { error, fault: None, reading: None }),
    }
}

fn unopened(error: Error, reading: Reading) -> Broken {
    match reading {
        Reading { first: Some(Found::Fault(fault)), .. } => {
            Broken { error, fault: Some(fault), reading: None }
        }
        reading => Broken { error, fault: None, reading: Some(reading) },
    }
}

/// Keeps what is wrong with the source among the problems of a run.
pub async fn keep_fault(store: &Store, run: &Run, fault: &Fault) -> Result<()> {
    store.forget_unsent(&run.source).await?;
    store.keep_unsent(&[Problem::unsent(&run.source, "", &fault.error)]).await
}

struct Session<'a> {
    context: &'a Context<'a>,
    stream: Stream,
    welcome: Welcome,
    difference: Difference,
    limits: Limits,
    gathered: Gathered,
    /// Batches without an answer yet, oldest first.
    waiting: VecDeque<Sent>,
    /// Of the next batch.
    sequence: i64,
    nonce: i64,
    tally: Tally,
    /// What is sent now is withdrawn.
    withdraws: bool,
    /// What is wrong with the source, at first.
    lack: Option<Fault>,
    /// The keys of the records, once all are read.
    keys: Option<Keys>,
    /// The first row that could not be read.
    first_unread: Option<String>,
    /// Problems that are not stored yet, and how many there were.
    unsent: Vec<Problem>,
    kept: usize,
}

impl<'a> Session<'a> {
    async fn open(context: &'a Context<'a>) -> Result<Self> {
        let source = &context.run.source;
        let names = context.store.names().await?;
        if let Some(names) = registry::published(context.endpoint, source, names.len()).await? {
            context.store.reconcile(&names).await?;
        }
        let hello = Hello {
            source: source.clone(),
            mapping_version: context.mapping_version.to_owned(),
            checkpoint: context.store.checkpoint().await?,
            take_over: context.run.take_over,
            holder: context.store.holder().await?,
            // A second record of an id is never sent.
            unique_ids: true,
            under_way: context.store.under_way().await?,
            accept_moves: context.run.accept_moves,
        };
        let timeout = context.run.policy.answer_timeout();
        let (stream, welcome) = Stream::open(context.endpoint, hello, timeout).await?;
        let agreed = welcome.checkpoint.clone().unwrap_or_default();
        let held = context.store.held().await?;
        context.store.resume(&agreed, welcome.send_all).await?;
        Ok(Self {
            context,
            stream,
            difference: Difference::new(context.store.answered().await?, held),
            limits: Limits::of(&welcome),
            sequence: welcome.next_sequence,
            welcome,
            gathered: Gathered::default(),
            waiting: VecDeque::new(),
            nonce: 0,
            tally: Tally::default(),
            withdraws: false,
            lack: None,
            keys: None,
            first_unread: None,
            unsent: Vec::new(),
            kept: 0,
        })
    }

    /// Sends all, and tells at the end what of the source is not known.
    async fn complete(
        &mut self,
        first: Option<Found>,
        items: mpsc::Receiver<Found>,
    ) -> Result<Summary> {
        if let Some(first) = first {
            self.take_up(first).await?;
        }
        self.send_all(items).await?;
        while !self.waiting.is_empty() {
            self.store_answer().await?;
        }
        self.flush().await?;
        if self.lack.is_none() {
            self.lack = self.judge_whole();
        }
        if self.lack.is_none() {
            self.withdraw().await?;
        }
        if let Some(fault) = &self.lack {
            keep_fault(self.context.store, self.context.run, fault).await?;
        }
        let incomplete = self.lack.as_ref().map(Fault::told);
        let summary = self.stream.end(End { unread: self.tally.unread(), incomplete }).await?;
        if self.lack.is_none() {
            let store = self.context.store;
            let sure = self.difference.is_sure();
            let gone = if sure { self.difference.gone() } else { Vec::new() };
            store.settle(&gone, &self.difference.unseen()).await?;
            store.welcome_back(|id| self.difference.is_there(id)).await?;
            if let Some(keys) = &self.keys {
                store.rely_on(&keys.relied_on()).await?;
            }
        }
        Ok(summary)
    }

    async fn take_up(&mut self, found: Found) -> Result<()> {
        match found {
            Found::Record(item) => self.gather(*item).await,
            Found::Keys(keys) => {
                let place = self.context.run.input.place();
                for remark in keys.missing() {
                    self.keep(Problem::unsent(&place, "", &remark)).await?;
                }
                self.keys = Some(keys);
                Ok(())
            }
            Found::Fault(fault) => {
                // The first is the cause; those that follow are its consequence as a rule.
                self.lack.get_or_insert(fault);
                Ok(())
            }
        }
    }

    /// What is wrong with a source that was read to its end.
    fn judge_whole(&mut self) -> Option<Fault> {
        let run = self.context.run;
        let place = run.input.place();
        let gone = if self.difference.is_sure() { self.difference.gone().len() } else { 0 };
        self.tally.missing = i64::try_from(gone).unwrap_or(i64::MAX);
        let Tally { read, missing, .. } = self.tally;
        if read == 0 && !run.accept_missing {
            let had =
                if missing > 0 { format!(", and held {missing} before") } else { String::new() };
            let text = format!(
                "it holds no record at all{had}; where that is right, run with --accept-missing"
            );
            return Some(Fault::nothing(&place, text));
        }
        if read > 0 && self.tally.unread() == read {
            let first = self.first_unread.take().unwrap_or_default();
            return Some(Fault::nothing(
                &place,
                format!("of {read} rows none could be read; the first: {first}"),
            ));
        }
        let Policy { max_missing_percent, max_missing_records, .. } = run.policy;
        let shrinkage = self.difference.shrinkage(max_missing_percent, max_missing_records);
        shrinkage.filter(|_| !run.accept_missing).map(|text| Fault::shrunk(&place, text))
    }

    async fn send_all(&mut self, mut items: mpsc::Receiver<Found>) -> Result<()> {
        let mut keep_alive = time::interval(self.keep_alive_every());
        keep_alive.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                item = items.recv() => match item {
                    Some(found) => self.take_up(found).await?,
                    None => break,
                },
                _ = keep_alive.tick() => self.stream.keep_alive().await?,
            }
        }
        let last = std::mem::take(&mut self.gathered);
        if last.records.is_empty() { Ok(()) } else { self.send(last).await }
    }

    /// A third of the lease, so that one that is lost or late does not end it.
    fn keep_alive_every(&self) -> Duration {
        let lease = u64::try_from(self.welcome.lease_millis).unwrap_or(30_000).max(300);
        Duration::from_millis(lease / 3)
    }

    /// Takes up a record that the registry has to see; counts and keeps whatever it cannot.
    async fn gather(&mut self, item: Item) -> Result<()> {
        self.tally.read += 1;
        let record = match item.record {
            Ok(record) => record,
            Err(error) => {
                self.difference.refuse(item.refused_id.as_deref());
                return self.keep_invalid(&item.found_at, "", &error).await;
            }
        };
        self.tally.count_notes(&item.notes);
        for note in &item.notes {
            self.keep(Problem::unsent(&item.found_at, &record.source_id, note)).await?;
        }
        let digest = match self.difference.judge(&record, &item.found_at) {
            Verdict::New(digest) => digest,
            Verdict::Known => {
                self.tally.known += 1;
                return Ok(());
            }
            Verdict::Duplicate(first) => {
                self.tally.duplicate += 1;
                let problem = Problem::duplicate(&item.found_at, &record.source_id, &first);
                return self.keep(problem).await;
            }
        };
        if let Err(error) = self.limits.check(&record) {
            return self.keep_invalid(&item.found_at, &record.source_id, &error).await;
        }
        match self.gathered.add(record, digest, self.limits) {
            Some(full) => self.send(full).await,
            None => Ok(()),
        }
    }

    async fn keep_invalid(&mut self, found_at: &str, id: &str, error: &Error) -> Result<()> {
        self.tally.count_unread(error);
        let problem = Problem::unsent(found_at, id, error);
        // The registry shows this to others: the code, and nothing of what the row holds.
        self.first_unread.get_or_insert_with(|| format!("{found_at}: {}", problem.code));
        self.keep(problem).await
    }

    /// Keeps a problem, together with others: each by itself would wait for the disk.
    async fn keep(&mut self, problem: Problem) -> Result<()> {
        self.kept += 1;
        if self.kept <= MOST_KEPT {
            self.unsent.push(problem);
        }
        if self.unsent.len() < KEPT_AT_ONCE { Ok(()) } else { self.flush().await }
    }

    async fn flush(&mut self) -> Result<()> {
        self.context.store.keep_unsent(&std::mem::take(&mut self.unsent)).await
    }
}
