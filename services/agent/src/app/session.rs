//! One session with the registry: resume where both sides know they stand, send what differs,
//! store each answer with its checkpoint, and say that the source is complete.

mod comparing;
mod ending;
mod incoming;
mod outgoing;
mod part;

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

pub use part::part;

use mpp_api::sync::{Checkpoint, Hello, Summary, Welcome};
use mpp_client::Endpoint;
use mpp_core::{Error, Result};
use mpp_form::held;
use tokio::{sync::mpsc, time};

use super::{
    comparison::Comparison,
    plan::{Event, Run, Why},
    sent::Sent,
    survey::Survey,
};
use crate::{
    model::{
        batch::{Gathered, Limits},
        difference::Difference,
        problem::Problem,
        tally::Tally,
    },
    registry::Stream,
    source::{Fault, Yielded},
    store::Store,
};

/// Problems that are stored at once.
const KEPT_AT_ONCE: usize = 500;

/// The things that all sessions of a run share.
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
    /// Ids of records that were withdrawn, and of places that were given back.
    pub withdrawn: Vec<String>,
    /// All that the source no longer has is of other kinds than what was read.
    pub gone_of_others: bool,
    /// Why it is not known whether the source was read whole.
    pub lack: Option<Fault>,
    /// Bytes that waited in a file to be compared.
    pub spooled: u64,
}

/// A session that broke off at the registry's side.
pub struct Broken {
    pub error: Error,
    /// A fault that the source had from the start.
    pub fault: Option<Fault>,
    /// The source as far as it was read: the next try goes on with it, so that the office's server
    /// is not asked again.
    pub reading: Option<SourceStream>,
}

/// A source that is being read: its first record, and the channel of the others.
pub struct SourceStream {
    first: Option<Yielded>,
    items: mpsc::Receiver<Yielded>,
}

impl SourceStream {
    /// Waits for the first record: a fault that the source has from the start is told without a
    /// registry.
    pub async fn begin(mut items: mpsc::Receiver<Yielded>) -> Self {
        Self { first: items.recv().await, items }
    }
}

/// Sends those of the records that the registry does not know yet.
///
/// # Errors
/// The registry refused the session, or the connection broke. Answers so far are stored; the next
/// session goes on from there.
pub async fn sync(context: &Context<'_>, reading: SourceStream) -> Result<Ended, Broken> {
    let mut session = match Session::open(context).await {
        Ok(session) => session,
        Err(error) => return Err(unopened(error, reading)),
    };
    let SourceStream { first, items } = reading;
    let (first, fault) = match first {
        Some(Yielded::Fault(fault)) => (None, Some(fault)),
        first => (first, None),
    };
    session.survey.lack = fault;
    match session.complete(first, items).await {
        Ok(summary) => {
            let Session { survey, withdrawn, spooled, .. } = session;
            let gone_of_others = survey.difference.is_gone_of_others();
            let Survey { tally, lack, .. } = survey;
            Ok(Ended { tally, summary, withdrawn, gone_of_others, lack, spooled })
        }
        Err(error) => Err(Broken { error, fault: None, reading: None }),
    }
}

fn unopened(error: Error, reading: SourceStream) -> Broken {
    match reading {
        SourceStream { first: Some(Yielded::Fault(fault)), .. } => {
            Broken { error, fault: Some(fault), reading: None }
        }
        reading => Broken { error, fault: None, reading: Some(reading) },
    }
}

/// Keeps a fault of the source among the problems of a run.
pub async fn keep_fault(store: &Store, run: &Run, fault: &Fault) -> Result<()> {
    store.forget_unsent(&run.source).await?;
    store.keep_unsent(&[Problem::unsent(&run.source, "", &fault.error)]).await
}

async fn hello(context: &Context<'_>) -> Result<Hello> {
    Ok(Hello {
        source: context.run.source.clone(),
        mapping_version: context.mapping_version.to_owned(),
        checkpoint: context.store.checkpoint().await?,
        take_over: context.run.take_over,
        holder: context.store.holder().await?,
        client: context.store.client(&context.run.client()).await?,
        // A second record of an id is never sent.
        unique_ids: true,
        under_way: context.store.under_way().await?,
        accept_moves: context.run.accept_moves,
        forms: context.run.way.destination.forms(),
        // A workbook that a person uploads is no promise of another.
        unscheduled: context.run.is_upload(),
    })
}

/// Why this session compares before it sends, if it does: what the registry holds of the source is
/// not what is known here, as after a delete by hand, or its answers are not known any more.
async fn compares(context: &Context<'_>, welcome: &Welcome) -> Result<Option<Why>> {
    let known = context.store.names().await?;
    let doubts = welcome.held_digest[..] != held::digest(known.values().map(String::as_str))[..];
    let has_lost = welcome.send_all || context.run.reconcile;
    let compares = doubts || (has_lost && welcome.can_reconcile);
    if !compares {
        return Ok(None);
    }
    let is_new = known.is_empty() && context.store.checkpoint().await?.is_none();
    Ok(Some(match () {
        () if is_new => Why::Lost,
        () if context.run.reconcile => Why::Asked,
        () if doubts => Why::Doubted,
        () => Why::Changed,
    }))
}

/// Begins to compare; what was answered before counts as unknown, and is only believed.
async fn comparison<'a>(
    context: &Context<'a>,
    agreed: &Checkpoint,
    why: Why,
) -> Result<Comparison<'a>> {
    let beliefs = context.store.beliefs().await?;
    context.store.begin_comparing(agreed).await?;
    Comparison::new(context.run, beliefs, why)
}

/// What this state alone knows of records that have gone: which are its own, and which are
/// accepted.
async fn with_what_is_known_here(
    difference: Difference,
    context: &Context<'_>,
) -> Result<Difference> {
    let is_upload = context.run.is_upload();
    let own = if is_upload { None } else { Some(context.store.own().await?) };
    let accepted = context.store.accepted_gone().await?;
    Ok(difference.without(accepted).of(own).uploads(is_upload))
}

/// Whether the registry may have answered batches since this state's last that are not its own:
/// then `send_all` says so, and the numbers tell it from what a changed mapping asks for. A state
/// that begins at a source that has been written before is in the same doubt.
fn have_others_written(before: Option<&Checkpoint>, welcome: &Welcome) -> bool {
    let last = before.map_or(0, |own| own.sequence);
    let agreed = welcome.checkpoint.as_ref().map_or(0, |agreed| agreed.sequence);
    welcome.send_all && (agreed != last || welcome.next_sequence != last + 1)
}

struct Session<'a> {
    context: &'a Context<'a>,
    stream: Stream,
    welcome: Welcome,
    /// The records that were read, in a session that compares before it sends.
    comparison: Option<Comparison<'a>>,
    /// What was seen of the source.
    survey: Survey<'a>,
    limits: Limits,
    gathered: Gathered,
    /// Batches without an answer yet, oldest first.
    waiting: VecDeque<Sent>,
    /// The sequence of the next batch.
    sequence: i64,
    nonce: i64,
    /// Withdrawals are being sent now.
    withdraws: bool,
    /// True if more records would have gone by themselves than may go at once.
    too_many_due: bool,
    /// Ids of what was withdrawn.
    withdrawn: Vec<String>,
    /// Bytes that waited to be compared.
    spooled: u64,
}

impl<'a> Session<'a> {
    async fn open(context: &'a Context<'a>) -> Result<Self> {
        let hello = hello(context).await?;
        let before = hello.checkpoint.clone();
        let timeout = context.run.policy.answer_timeout();
        let (stream, welcome) = Stream::open(context.endpoint, hello, timeout).await?;
        // Before a checkpoint from it is stored, and not before it has accepted the source.
        context.store.keep_service(context.run.way.destination).await?;
        let agreed = welcome.checkpoint.clone().unwrap_or_default();
        context.store.share(have_others_written(before.as_ref(), &welcome)).await?;
        let held = context.store.held().await?;
        let mut told = context.store.told_gone().await?;
        told.retain(|id| !context.run.withdraw.takes(id));
        let comparison = match compares(context, &welcome).await? {
            Some(why) => Some(comparison(context, &agreed, why).await?),
            None => None,
        };
        if comparison.is_none() {
            context.store.resume(&agreed, welcome.send_all).await?;
        }
        context.store.follow_rules(welcome.rules_version).await?;
        let answered = match comparison {
            Some(_) => HashMap::new(),
            None => context.store.answered().await?,
        };
        let difference = Difference::new(answered, held).after(told);
        let difference = with_what_is_known_here(difference, context).await?;
        let survey = Survey::new(context.run, difference);
        Ok(Self::new(context, (stream, welcome), comparison, survey))
    }

    fn new(
        context: &'a Context<'a>,
        (stream, welcome): (Stream, Welcome),
        comparison: Option<Comparison<'a>>,
        survey: Survey<'a>,
    ) -> Self {
        Self {
            context,
            stream,
            comparison,
            survey,
            limits: Limits::of(&welcome),
            sequence: welcome.next_sequence,
            welcome,
            gathered: Gathered::default(),
            waiting: VecDeque::new(),
            nonce: 0,
            withdraws: false,
            too_many_due: false,
            withdrawn: Vec::new(),
            spooled: 0,
        }
    }

    async fn send_all(&mut self, mut items: mpsc::Receiver<Yielded>) -> Result<()> {
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
        self.compare().await?;
        let last = std::mem::take(&mut self.gathered);
        if last.records.is_empty() { Ok(()) } else { self.send(last).await }
    }

    /// The checkpoint at which both sides resumed.
    fn agreed(&self) -> Checkpoint {
        self.welcome.checkpoint.clone().unwrap_or_default()
    }

    /// The present batch's position; the session's id distinguishes it from one that an older state
    /// gave.
    fn position(&self) -> String {
        format!("{}:{}", self.welcome.session, self.nonce)
    }

    /// A third of the lease, so that one lost or late keep-alive does not end it.
    fn keep_alive_every(&self) -> Duration {
        let lease = u64::try_from(self.welcome.lease_millis).unwrap_or(30_000).max(300);
        Duration::from_millis(lease / 3)
    }

    async fn flush(&mut self) -> Result<()> {
        self.context.store.keep_unsent(&std::mem::take(&mut self.survey.problems)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_others_have_written_is_told_from_a_changed_mapping() {
        let at = |sequence| Checkpoint { sequence, ..Checkpoint::default() };
        let others = |before: Option<i64>, agreed, next_sequence, send_all| {
            let checkpoint = Some(at(agreed));
            let welcome = Welcome { checkpoint, next_sequence, send_all, ..Welcome::default() };
            have_others_written(before.map(at).as_ref(), &welcome)
        };
        assert!(!others(None, 0, 1, true), "the source begins with this state");
        assert!(others(None, 0, 4, true), "it was written before this state began");
        assert!(!others(Some(3), 3, 4, true), "only the mapping is another");
        assert!(others(Some(3), 3, 5, true), "a batch was answered since");
        assert!(others(Some(3), 0, 4, true), "the registry does not know the checkpoint");
        assert!(!others(Some(3), 3, 5, false), "it was this state's own, without an answer");
    }
}
