//! A mall's own system: the client's side of a session by single calls, and the rules that it
//! sends.

use mpp_api::{
    scheduling::{GetHoursRuleRequest, HoursRule, hours_rule::Closure},
    sync::{
        Batch, BatchResult, Checkpoint, EndSessionRequest, GetSourceRequest,
        ListWaitingRecordsRequest, ListWaitingRecordsResponse, OpenSessionRequest, Outcome,
        PushBatchRequest, Record, Source, Summary, Welcome,
        record::{Body, Delete},
        sync_service_client::SyncServiceClient,
    },
    types::{LocalizedText, Tombstone, tombstone::Reason},
};
use mpp_core::{Caller, Micros, Role};
use mpp_scheduling::Options;
use mpp_testkit::TestDatabase;
use tonic::Status;

use crate::world::{InProcess, World, administrator, caller, office_week, rule_for};

pub const SOURCE: &str = "sources/mal-banyuwangi";
pub const ORGANISER: &str = "units/dpmptsp-banyuwangi";
pub const MALL: &str = "malls/banyuwangi";

/// A session of the mall's system.
pub struct Session {
    pub sync: SyncServiceClient<InProcess>,
    pub welcome: Welcome,
    /// The last checkpoint that was answered.
    pub checkpoint: Checkpoint,
    nonce: i64,
}

impl Session {
    pub async fn open(world: &World) -> Self {
        Self::with(world, opening()).await.expect("a session")
    }

    pub async fn with(world: &World, request: OpenSessionRequest) -> Result<Self, Status> {
        let mut sync = sync(world, publisher());
        let opened = sync.open_session(request).await?.into_inner();
        let welcome = opened.welcome.expect("a welcome");
        let checkpoint = welcome.checkpoint.clone().expect("a checkpoint");
        Ok(Self { sync, welcome, checkpoint, nonce: 0 })
    }

    pub fn batch(&mut self, records: Vec<Record>) -> Batch {
        self.nonce += 1;
        let sequence = self.checkpoint.sequence + 1;
        let position = format!("{} {sequence}", self.welcome.session);
        Batch {
            nonce: self.nonce,
            fencing_token: self.welcome.fencing_token,
            records,
            checkpoint: Some(Checkpoint { sequence, position, mark: 0 }),
            reconciled: None,
        }
    }

    pub async fn push(&mut self, batch: Batch) -> Result<BatchResult, Status> {
        let request = PushBatchRequest { source: SOURCE.into(), batch: Some(batch) };
        let answer = self.sync.push_batch(request).await?.into_inner();
        let result = answer.batch_result.expect("an answer");
        self.checkpoint = result.checkpoint.clone().expect("a checkpoint");
        Ok(result)
    }

    pub async fn send(&mut self, records: Vec<Record>) -> BatchResult {
        let batch = self.batch(records);
        self.push(batch).await.expect("an answer")
    }

    pub async fn end(mut self) -> Summary {
        let request = EndSessionRequest {
            source: SOURCE.into(),
            fencing_token: self.welcome.fencing_token,
            ..EndSessionRequest::default()
        };
        let answer = self.sync.end_session(request).await.expect("an end").into_inner();
        answer.summary.expect("a summary")
    }
}

/// Scheduling that follows a registry with the mall's source; it looks all the time at what waits.
pub async fn sourced(database: TestDatabase) -> World {
    let world = World::on(database).await;
    let source = Source {
        name: SOURCE.into(),
        unit: ORGANISER.into(),
        freshness_target_seconds: 86_400,
        ..Source::default()
    };
    world.upstream.put(SOURCE, source).await;
    restarted(world, |options| options.sync.quarantine_look_millis = 20).await
}

/// An hour, in the clock's unit.
const HOUR: Micros = 3_600_000_000;

/// Restarts scheduling an hour later, when nobody holds its jobs' leases any more, and waits until
/// it has everything that it follows.
pub async fn restarted(world: World, change: impl Fn(&mut Options)) -> World {
    world.clock.set(world.clock.now() + HOUR);
    let world = world.restarted(change).await;
    world.scheduling.ready().await;
    world
}

pub fn opening() -> OpenSessionRequest {
    OpenSessionRequest {
        source: SOURCE.into(),
        mapping_version: "1".into(),
        holder: "sistem-mal".into(),
        ..OpenSessionRequest::default()
    }
}

pub fn publisher() -> Caller {
    caller("sources/mal-banyuwangi", Role::Publisher, &[SOURCE])
}

pub fn officer() -> Caller {
    caller("users/siti", Role::UnitOfficer, &[ORGANISER])
}

pub fn sync(world: &World, caller: Caller) -> SyncServiceClient<InProcess> {
    SyncServiceClient::new(world.scheduling.channel(caller))
}

/// Sends records in a session of their own; answers its id, and what was answered.
pub async fn run(world: &World, records: Vec<Record>) -> (String, BatchResult) {
    let mut session = Session::open(world).await;
    let id = session.welcome.session.clone();
    let result = session.send(records).await;
    session.end().await;
    (id, result)
}

/// Office hours of a target.
pub fn hours(source_id: &str, target: &str) -> Record {
    record(source_id, HoursRule { weekly: Some(office_week()), ..rule_for(target) })
}

/// A target is closed on one day.
pub fn closed(source_id: &str, target: &str, day: &str) -> Record {
    let reason = Some(LocalizedText { id: "Upacara hari jadi".into(), en: String::new() });
    let closure = Some(Closure { reason, ..Closure::default() });
    let (valid_from, valid_through) = (day.to_owned(), day.to_owned());
    record(source_id, HoursRule { closure, valid_from, valid_through, ..rule_for(target) })
}

pub fn record(source_id: &str, rule: HoursRule) -> Record {
    let body = Some(Body::HoursRule(rule));
    Record { source_id: source_id.into(), body, ..Record::default() }
}

pub fn delete(source_id: &str) -> Record {
    let tombstone = Some(Tombstone { reason: Reason::Withdrawn.into(), successor: String::new() });
    let body = Some(Body::Delete(Delete { name: name(source_id), tombstone }));
    Record { source_id: source_id.into(), body, ..Record::default() }
}

/// The rule's name.
pub fn name(source_id: &str) -> String {
    format!("hoursRules/mal-banyuwangi_{source_id}")
}

pub fn outcomes(result: &BatchResult) -> Vec<Outcome> {
    result.results.iter().map(|answer| answer.outcome()).collect()
}

pub fn codes(result: &BatchResult) -> Vec<&str> {
    result.results.iter().map(|answer| answer.code.as_str()).collect()
}

pub async fn stored(world: &World, source_id: &str) -> Option<HoursRule> {
    let request = GetHoursRuleRequest { name: name(source_id), ..Default::default() };
    let found = world.scheduling.hours().get_hours_rule(request).await.ok()?;
    found.into_inner().hours_rule
}

pub async fn source(world: &World) -> Source {
    let request = GetSourceRequest { name: SOURCE.into() };
    let found = sync(world, administrator()).get_source(request).await.expect("known");
    found.into_inner().source.expect("a source")
}

pub async fn waiting(world: &World) -> ListWaitingRecordsResponse {
    let request = ListWaitingRecordsRequest { parent: SOURCE.into(), ..Default::default() };
    let listed = sync(world, administrator()).list_waiting_records(request).await;
    listed.expect("a list").into_inner()
}
