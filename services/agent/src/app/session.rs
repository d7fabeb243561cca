//! One session with the registry: resume where both sides know they stand, send what differs,
//! store each answer with its checkpoint, and say that the source is complete.

use std::{collections::VecDeque, time::Duration};

use mpp_api::sync::{Batch, Checkpoint, End, Hello, Summary, Welcome};
use mpp_client::Endpoint;
use mpp_core::{Error, Result};
use tokio::{sync::mpsc, time};

use super::{
    plan::{Event, Run},
    sent::Sent,
};
use crate::{
    model::{
        batch::{Gathered, Limits},
        difference::{Difference, Verdict},
        problem::Problem,
        tally::Tally,
    },
    registry::{Stream, out_of_turn},
    source::{Fault, Found, Item},
    store::{Answered, Store},
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
}

/// Sends what the registry does not know yet, of `first` and all that follows.
///
/// # Errors
/// The registry refused the session, or the connection broke. What was answered is stored; the next
/// session goes on from there.
pub async fn sync(
    context: &Context<'_>,
    first: Option<Found>,
    items: mpsc::Receiver<Found>,
) -> Result<Ended, Broken> {
    let (first, fault) = match first {
        Some(Err(fault)) => (None, Some(fault)),
        first => (first, None),
    };
    let mut session = match Session::open(context).await {
        Ok(session) => session,
        Err(error) => return Err(Broken { error, fault }),
    };
    session.lack = fault;
    match session.complete(first, items).await {
        Ok(summary) => Ok(Ended { tally: session.tally, summary, lack: session.lack }),
        Err(error) => Err(Broken { error, fault: None }),
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
    /// What is wrong with the source, at first.
    lack: Option<Fault>,
    /// The first row that could not be read.
    first_unread: Option<String>,
    /// Problems that are not stored yet, and how many there were.
    unsent: Vec<Problem>,
    kept: usize,
}

impl<'a> Session<'a> {
    async fn open(context: &'a Context<'a>) -> Result<Self> {
        let hello = Hello {
            source: context.run.source.clone(),
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
            lack: None,
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
        if let Some(fault) = &self.lack {
            keep_fault(self.context.store, self.context.run, fault).await?;
        }
        let incomplete = self.lack.as_ref().map(Fault::told);
        let summary = self.stream.end(End { unread: self.tally.unread(), incomplete }).await?;
        if self.lack.is_none() {
            let gone: Vec<String> = self.difference.gone().into_iter().map(str::to_owned).collect();
            self.context.store.settle(&gone, self.context.run.accept_missing).await?;
        }
        Ok(summary)
    }

    async fn take_up(&mut self, found: Found) -> Result<()> {
        match found {
            Ok(item) => self.gather(item).await,
            Err(fault) => {
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
        self.tally.missing = i64::try_from(self.difference.gone().len()).unwrap_or(i64::MAX);
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
        let shrinkage = self.difference.shrinkage(run.policy.max_missing_percent);
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
            Err(error) => return self.keep_invalid(&item.found_at, "", &error).await,
        };
        if let Some(note) = &item.note {
            let note = Problem::unsent(&item.found_at, &record.source_id, note);
            self.keep(note).await?;
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
        self.first_unread.get_or_insert_with(|| format!("{found_at}: {}", error.message()));
        self.keep(Problem::unsent(found_at, id, error)).await
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

    async fn send(&mut self, batch: Gathered) -> Result<()> {
        let Gathered { records, digests, .. } = batch;
        self.nonce += 1;
        // The session's id tells it from a position that an older state has given before.
        let position = format!("{}:{}", self.welcome.session, self.tally.read);
        let sent = records.iter().zip(digests).map(|(record, digest)| Answered::of(record, digest));
        let sent: Vec<_> = sent.collect();
        self.context.store.note(&position, &sent).await?;
        let checkpoint = Checkpoint { sequence: self.sequence, position };
        self.sequence += 1;
        self.tally.sent += i64::try_from(records.len()).unwrap_or(i64::MAX);
        self.waiting.push_back(Sent { nonce: self.nonce, records: sent });
        let batch = Batch {
            nonce: self.nonce,
            fencing_token: self.welcome.fencing_token,
            records,
            checkpoint: Some(checkpoint),
        };
        self.stream.send_batch(batch).await?;
        while self.waiting.len() >= self.context.run.policy.batches_in_flight {
            self.store_answer().await?;
        }
        Ok(())
    }

    async fn store_answer(&mut self) -> Result<()> {
        let mut result = self.stream.batch_result().await?;
        let sent = self.waiting.pop_front().ok_or_else(|| out_of_turn("no answer"))?;
        sent.check(&result)?;
        // What is stored is told by the ids that were sent: an answer may hold the start of one.
        for (answer, record) in result.results.iter_mut().zip(&sent.records) {
            answer.source_id.clone_from(&record.id);
        }
        let checkpoint = result.checkpoint.clone().unwrap_or_default();
        self.context.store.record(&result.results, &sent.records, &checkpoint).await?;
        for answer in &result.results {
            self.tally.count_answer(answer.outcome());
        }
        (self.context.report)(Event::Progress(self.tally));
        Ok(())
    }
}
