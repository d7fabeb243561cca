//! One session with the registry: resume where both sides know they stand, send what differs,
//! store each answer with its checkpoint, and say that the source is complete.

use std::{collections::VecDeque, time::Duration};

use mpp_api::sync::{Batch, BatchResult, Checkpoint, Hello, Summary, Welcome};
use mpp_client::Endpoint;
use mpp_core::{Error, Result};
use tokio::{sync::mpsc, time};

use super::plan::{Event, Run};
use crate::{
    model::{
        batch::{Gathered, Limits},
        difference::{Difference, Digest, Verdict},
        problem::Problem,
        tally::Tally,
    },
    registry::{Stream, out_of_turn},
    source::Item,
    store::Store,
};

/// What all sessions of a run have in common.
pub struct Context<'a> {
    pub endpoint: &'a Endpoint,
    pub run: &'a Run,
    pub mapping_version: &'a str,
    pub store: &'a Store,
    pub report: &'a (dyn Fn(Event) + Sync),
}

/// Sends what the registry does not know yet.
///
/// # Errors
/// The source failed, the registry refused the session, or the connection broke. What was answered
/// is stored; the next session goes on from there.
pub async fn sync(
    context: &Context<'_>,
    items: mpsc::Receiver<Result<Item>>,
) -> Result<(Tally, Summary)> {
    let mut session = Session::open(context).await?;
    session.send_all(items).await?;
    while !session.waiting.is_empty() {
        session.store_answer().await?;
    }
    session.check_gone()?;
    let summary = session.stream.end().await?;
    Ok((session.tally, summary))
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
}

struct Sent {
    nonce: i64,
    ids: Vec<String>,
    digests: Vec<Digest>,
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
        };
        let timeout = context.run.policy.answer_timeout();
        let (stream, welcome) = Stream::open(context.endpoint, hello, timeout).await?;
        let agreed = welcome.checkpoint.clone().unwrap_or_default();
        let answered_before = context.store.answered().await?.into_keys().collect();
        context.store.resume(&agreed, welcome.send_all).await?;
        Ok(Self {
            context,
            stream,
            difference: Difference::new(context.store.answered().await?, answered_before),
            limits: Limits::of(&welcome),
            sequence: welcome.next_sequence,
            welcome,
            gathered: Gathered::default(),
            waiting: VecDeque::new(),
            nonce: 0,
            tally: Tally::default(),
        })
    }

    async fn send_all(&mut self, mut items: mpsc::Receiver<Result<Item>>) -> Result<()> {
        let mut keep_alive = time::interval(self.keep_alive_every());
        keep_alive.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                item = items.recv() => match item {
                    Some(item) => self.gather(item?).await?,
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
        let digest = match self.difference.judge(&record) {
            Verdict::New(digest) => digest,
            Verdict::Known => {
                self.tally.known += 1;
                return Ok(());
            }
            Verdict::Duplicate => {
                self.tally.duplicate += 1;
                let problem = Problem::duplicate(&item.found_at, &record.source_id);
                return self.context.store.keep_unsent(&problem).await;
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
        self.tally.invalid += 1;
        self.context.store.keep_unsent(&Problem::unsent(found_at, id, error)).await
    }

    async fn send(&mut self, batch: Gathered) -> Result<()> {
        let Gathered { records, digests, .. } = batch;
        self.nonce += 1;
        // The session's id tells it from a position that an older state has given before.
        let position = format!("{}:{}", self.welcome.session, self.tally.read);
        let checkpoint = Checkpoint { sequence: self.sequence, position };
        self.sequence += 1;
        self.tally.sent += i64::try_from(records.len()).unwrap_or(i64::MAX);
        let ids = records.iter().map(|record| record.source_id.clone()).collect();
        self.waiting.push_back(Sent { nonce: self.nonce, ids, digests });
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
        for (answer, id) in result.results.iter_mut().zip(&sent.ids) {
            answer.source_id.clone_from(id);
        }
        let checkpoint = result.checkpoint.clone().unwrap_or_default();
        self.context.store.record(&result.results, &sent.digests, &checkpoint).await?;
        for answer in &result.results {
            self.tally.count_answer(answer.outcome());
        }
        (self.context.report)(Event::Progress(self.tally));
        Ok(())
    }

    fn check_gone(&mut self) -> Result<()> {
        self.tally.missing = i64::try_from(self.difference.gone()).unwrap_or(i64::MAX);
        if self.context.run.accept_missing {
            return Ok(());
        }
        self.difference.check_shrinkage(self.context.run.policy.max_missing_percent)
    }
}

impl Sent {
    /// An answer must be for the batch that was sent, record by record. Of an id that is too long to
    /// be one, the registry repeats the start only.
    fn check(&self, result: &BatchResult) -> Result<()> {
        let same = result.nonce == self.nonce
            && result.results.len() == self.ids.len()
            && result
                .results
                .iter()
                .zip(&self.ids)
                .all(|(answer, id)| id.starts_with(&answer.source_id));
        if same { Ok(()) } else { Err(out_of_turn("the answers of the oldest batch")) }
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::sync::RecordResult;

    use super::*;

    #[test]
    fn an_id_that_is_too_long_does_not_end_the_run() {
        let id = "a".repeat(200);
        let sent = Sent { nonce: 1, ids: vec![id.clone()], digests: Vec::new() };
        let answered = |source_id: &str| BatchResult {
            nonce: 1,
            results: vec![RecordResult { source_id: source_id.into(), ..Default::default() }],
            ..Default::default()
        };
        assert!(sent.check(&answered(&id[..100])).is_ok(), "the registry repeats its start");
        assert!(sent.check(&answered("b")).is_err());
    }
}
