//! Previews a batch: what it would change, without changing anything.
//!
//! **There is no second set of rules.** The records are written by the very functions that write a
//! batch, in a transaction that is rolled back, and what stands then is compared with what stood
//! before: so a preview knows of every rule, also of those that only the database knows. It costs
//! what the batch would; a client that compares first asks only about what differs.
//!
//! **Nothing is remembered between two parts of a preview**, so that any replica answers the next:
//! the client brings along what the earlier parts would have changed (`before.rs`). Within a part
//! everything is as in a batch.
//!
//! Rejected: one transaction that lives as long as a preview. Of 100,000 records it would hold up
//! every writer of an SQLite file for a minute.

mod asked;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mpp_api::{
    document,
    sync::{
        Batch, BatchResult, Checkpoint, Outcome, OverriddenDifference, PreviewRecordsRequest,
        PreviewRecordsResponse, PreviewRoom, PreviewSoFar, RecordPreview,
    },
};
use mpp_core::{Error, Label, Micros, Result};
use mpp_form::record::{self, Checked};
use mpp_resource::{Call, memory::View as _};
use mpp_store::{Actor, Encoded, Tx};
use prost::Message as _;

use crate::{
    before::Before,
    kind::Synced,
    metrics,
    model::{
        forms::Forms,
        preview::{Became, Version, bounded},
    },
    own,
    plan::Plan,
    quarantine::awaited_by,
    rooms,
    session::{Session, author, bound, permit},
    store::{
        batches,
        clients::Client,
        lease::{self, Lease},
        waiting::{self, Held},
    },
    syncs::Syncs,
    turn::Patience,
};

/// The source's records under the names that a part is about.
type Standing = BTreeMap<String, Encoded>;

/// Tells of fields that a curator has set; see [`Syncs::overridden`].
type Overridden = fn(&str, [&[u8]; 2]) -> Result<Vec<OverriddenDifference>>;

/// Looks at a part of a source.
///
/// # Errors
/// Faults of the request as a whole; `NOT_FOUND`, `PERMISSION_DENIED`, `NEWER_FORM`; those of a
/// batch that could not be written here or now.
pub(super) async fn preview<S: Syncs>(
    service: &S,
    call: &Call,
    mut request: PreviewRecordsRequest,
) -> Result<PreviewRecordsResponse> {
    asked::check(&request, service)?;
    service.await_source(&request.source).await?;
    let actor = author(call, &request.source);
    let mut tx = service.db().begin(&actor).await?;
    permit(service, &mut tx, call, &request.source).await?;
    let since = service.settings().away(tx.now());
    let client = Client::called(&mut tx, &request.source, &request.client, since).await?;
    tx.rollback().await?;
    let records = std::mem::take(&mut request.records);
    let answer = PreviewRecordsResponse {
        so_far: Some(request.so_far.clone().unwrap_or_default()),
        max_batch_records: bound(service.settings().batch_records),
        max_batch_bytes: bound(service.settings().batch_bytes),
        rules_version: record::RULES,
        ..PreviewRecordsResponse::default()
    };
    if records.is_empty() {
        return Ok(answer);
    }
    let mut session = session(service, actor, (request, client));
    session.patience = Patience::of(call);
    let (looked, so_far) = session.look(Batch { records, ..Batch::default() }).await?;
    metrics::previewed::<S>(&looked.result, &looked.kinds);
    // Texts of many records take long enough for others to wait.
    let told = tokio::task::spawn_blocking(move || looked.record_previews(S::overridden));
    let records = told.await.map_err(Error::internal)??;
    Ok(PreviewRecordsResponse { records, so_far: Some(so_far), ..answer })
}

/// A session that writes for the source by itself, and of which nothing is kept.
fn session<S: Syncs>(
    service: &S,
    actor: Actor,
    (request, client): (PreviewRecordsRequest, Client),
) -> Session<S> {
    let so_far = request.so_far.unwrap_or_default();
    let before = Before {
        moved: so_far.moved,
        published: so_far.published,
        waiting: Held { records: so_far.waiting, bytes: so_far.waiting_bytes },
        rooms: rooms::read(&so_far.rooms),
        there: request.published_before.into_iter().collect(),
        gone: request.gone_before.into_iter().collect(),
    };
    let lease = Lease {
        forms: Forms::named::<S::Doc>(&request.forms),
        source: request.source,
        unique_ids: request.unique_ids,
        accept_moves: request.accept_moves,
        client,
        ..Lease::default()
    };
    let mut session = Session::standing_in(service, lease, actor);
    session.previews = Some(before);
    session
}

/// A part that was looked at: the answers, and what stood before and afterwards.
struct PreviewedPart {
    result: BatchResult,
    /// The name of each record.
    names: Vec<String>,
    /// The kind of each, for metrics.
    kinds: Vec<&'static str>,
    /// By the place of a record: names of its source's others of the same id.
    elsewhere: HashMap<usize, Vec<String>>,
    before: Standing,
    after: Standing,
    /// By name: how many records go along with one that is gone.
    gone_along: BTreeMap<String, usize>,
    /// By the place of a record that waits: for what.
    awaited: HashMap<usize, String>,
}

impl<S: Syncs> Session<S> {
    async fn look(&self, batch: Batch) -> Result<(PreviewedPart, PreviewSoFar)> {
        let mut plan = Plan::new(batch, &self.lease);
        let mut tries = 1;
        loop {
            match self.try_look(&plan).await {
                Err(error) => self.mend(&mut plan, error, &mut tries).await?,
                done => return done,
            }
        }
    }

    async fn try_look(&self, plan: &Plan<S::Doc>) -> Result<(PreviewedPart, PreviewSoFar)> {
        let _turn = self.turn().await?;
        let mut tx = self.service.db().begin(&self.actor).await?;
        self.stand_in(&mut tx).await?;
        self.service.memory().catch_up(tx.head().await?).await?;
        let elsewhere = self.all_elsewhere(plan);
        let own = plan.waiting.iter().map(|(_, one)| one.name.as_str());
        let mut names: BTreeSet<&str> =
            own.chain(elsewhere.values().flatten().map(String::as_str)).collect();
        // The source writes no record of another's: none is locked, as in a batch.
        names.retain(|name| self.is_no_others(name));
        let waited = waiting::held(&mut tx, &self.lease.source).await?;
        let mut before = self.standing(&mut tx, &names).await?;
        let mut result = self.judge(&mut tx, plan, &Checkpoint::default()).await?;
        self.complete(&mut tx, plan, 0, &mut result).await?;
        let mut after = self.standing(&mut tx, &names).await?;
        after.retain(|_, record| self.is_own(record));
        let own_before = count(before.values().filter(|record| self.is_own(record)));
        // A place that the source has given up may be its own again, and has stood all the while.
        before.retain(|name, record| self.is_own(record) || after.contains_key(name));
        let waits = waiting::held(&mut tx, &self.lease.source).await?;
        let moved = batches::add_moved(&mut tx, &self.lease, 0).await?;
        let rooms = self.rooms((&before, &after), tx.now())?;
        tx.rollback().await?;
        let published = count(after.values()) - own_before;
        let so_far = PreviewSoFar { rooms, ..self.so_far(moved, published, (waited, waits)) };
        let gone = before.keys().filter(|name| !after.contains_key(*name));
        let gone_along = gone.map(|name| (name.clone(), self.service.goes_along(name))).collect();
        let (names, kinds) = (plan.shown_names(), plan.kinds());
        let awaited = awaited(plan, &result);
        Ok((
            PreviewedPart { result, names, kinds, elsewhere, before, after, gone_along, awaited },
            so_far,
        ))
    }

    /// Takes the place of a session, under the lock of its source's lease.
    pub(super) async fn stand_in(&self, tx: &mut Tx) -> Result<()> {
        let moved = self.previews.as_ref().map_or(0, |before| before.moved);
        lease::stand_in(tx, &self.lease.source, moved).await
    }

    /// Whether a record of this name would be there after the earlier parts; `None` where they say
    /// nothing of it.
    pub(super) fn would_be_there(&self, name: &str) -> Option<bool> {
        let before = self.previews.as_ref()?;
        let is_there = before.there.contains(name);
        (is_there || before.gone.contains(name)).then_some(is_there)
    }

    fn all_elsewhere(&self, plan: &Plan<S::Doc>) -> HashMap<usize, Vec<String>> {
        let names = |one: &Checked<S::Doc>| self.service.elsewhere(&self.lease.source, &one.name);
        plan.waiting.iter().map(|(index, checked)| (*index, names(checked))).collect()
    }

    async fn standing(&self, tx: &mut Tx, names: &BTreeSet<&str>) -> Result<Standing> {
        let mut standing = Standing::new();
        for kind in S::Doc::KINDS {
            let of_it = names.iter().filter(|name| S::Doc::kind_of(name) == Some(kind));
            standing.extend(tx.living_encoded(kind, &of_it.copied().collect()).await?);
        }
        Ok(standing)
    }

    fn is_own(&self, record: &Encoded) -> bool {
        record.labels.get(&Label::Source) == Some(&self.lease.source)
    }

    fn so_far(&self, moved: i64, published: i64, (was, is): (Held, Held)) -> PreviewSoFar {
        let nothing = Before::default();
        let before = self.previews.as_ref().unwrap_or(&nothing);
        PreviewSoFar {
            moved,
            published: before.published + published,
            waiting: before.waiting.records + is.records - was.records,
            waiting_bytes: before.waiting.bytes + is.bytes - was.bytes,
            rooms: Vec::new(),
        }
    }

    fn rooms(
        &self,
        (before, after): (&Standing, &Standing),
        at: Micros,
    ) -> Result<Vec<PreviewRoom>> {
        let known = self.previews.as_ref().map(|before| before.rooms.clone());
        let mut all = known.unwrap_or_default();
        rooms::add::<S>(&mut all, before.iter(), (-1, at))?;
        rooms::add::<S>(&mut all, after.iter(), (1, at))?;
        Ok(rooms::previewed(all))
    }

    fn is_no_others(&self, name: &str) -> bool {
        let state = self.service.memory().read();
        let row = own::row::<S::Doc>(state.records(), name);
        row.is_none_or(|row| ["", &self.lease.source].contains(&row.label(Label::Source)))
    }
}

/// What each record waits for that would wait.
fn awaited<D: Synced>(plan: &Plan<D>, result: &BatchResult) -> HashMap<usize, String> {
    let told = plan.waiting.iter().map(|(index, one)| (*index, &result.results[*index], one));
    let waits = told.filter(|(_, answer, _)| answer.outcome() == Outcome::Quarantined);
    let awaited = waits.map(|(index, answer, one)| {
        let record = D::to_record(one).encode_to_vec();
        let fault = (answer.code.as_str(), answer.field.as_str());
        (index, awaited_by::<D>(fault, &one.name, &record))
    });
    awaited.collect()
}

fn count<'r>(records: impl Iterator<Item = &'r Encoded>) -> i64 {
    i64::try_from(records.count()).unwrap_or(i64::MAX)
}

impl PreviewedPart {
    /// What is told of each record.
    fn record_previews(self, overridden: Overridden) -> Result<Vec<RecordPreview>> {
        let told: Result<Vec<RecordPreview>> =
            (0..self.result.results.len()).map(|index| self.one(index, overridden)).collect();
        Ok(bounded(told?))
    }

    fn one(&self, index: usize, overridden: Overridden) -> Result<RecordPreview> {
        let (result, name) = (self.result.results[index].clone(), self.names[index].clone());
        let mut told = RecordPreview { name, ..RecordPreview::default() };
        match result.outcome() {
            Outcome::Quarantined => {
                told.awaited = self.awaited.get(&index).cloned().unwrap_or_default();
            }
            Outcome::Applied | Outcome::Unchanged => {
                self.became(index, &mut told).tell(&mut told, overridden)?;
            }
            _ => {}
        }
        told.result = Some(result);
        Ok(told)
    }

    /// The published record before and after; `told` gets its moves and withdrawn offerings.
    fn became(&self, index: usize, told: &mut RecordPreview) -> Became<'_> {
        let is_gone =
            |name: &&String| self.before.contains_key(*name) && !self.after.contains_key(*name);
        let after = version(&self.after, &told.name);
        let others = self.elsewhere.get(&index).into_iter().flatten();
        let moved = others.filter(is_gone).filter(|_| after.is_some());
        told.moved_from = moved.cloned().collect();
        let left =
            told.moved_from.iter().chain([&told.name]).filter_map(|name| self.gone_along.get(name));
        told.offerings_withdrawn = i32::try_from(left.sum::<usize>()).unwrap_or(i32::MAX);
        let first = told.moved_from.first().unwrap_or(&told.name);
        let stood = version(&self.before, &told.name);
        let was = version(&self.before, &told.name).or_else(|| version(&self.before, first));
        Became { kind: document::kind_of(&told.name).unwrap_or_default(), stood, was, is: after }
    }
}

fn version<'a>(standing: &'a Standing, name: &str) -> Option<Version<'a>> {
    let found = standing.get(name)?;
    Some(Version { number: found.version, doc: &found.doc })
}
