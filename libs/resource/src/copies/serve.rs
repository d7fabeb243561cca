//! The gRPC service over everything that is kept.

use std::{sync::Arc, time::Duration};

use mpp_api::time::to_timestamp;
use mpp_api::{
    digest,
    feed::{
        Copy, CopyFinding, ListCopiesRequest, ListCopiesResponse, RepairCopyRequest,
        RepairCopyResponse,
        copy_service_server::{CopyService, CopyServiceServer},
    },
};
use mpp_core::{Error, Reason, Result};
use mpp_rpc::status;
use mpp_store::{Db, Progress, ProofPace};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::{Instant, sleep_until, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::{Finding, Held, KeptCopy, MOVING, RepairRequest, Repaired, Repairing, Work};
use crate::metrics;

/// Time kept free for the answer to reach its caller.
const ANSWER: Duration = Duration::from_millis(500);

/// Everything that a service keeps. Clones share it.
#[derive(Clone)]
pub struct Copies(Arc<CopiesState>);

struct CopiesState {
    kept: Vec<KeptCopy>,
    limit: Duration,
    /// One caller reads or mends at a time.
    turn: Mutex<()>,
}

impl Copies {
    /// Serves all of these, in the order in which they follow from each other, each call within
    /// `limit`.
    pub fn new(limit: Duration, kept: Vec<KeptCopy>) -> Self {
        Self(Arc::new(CopiesState { kept, limit, turn: Mutex::default() }))
    }

    /// Turns it into a route for [`mpp_rpc::serve`].
    pub fn into_route(self) -> CopyServiceServer<Self> {
        CopyServiceServer::new(self)
    }

    /// The time at which a call has to end: within the limit, and before its own deadline, so that
    /// the copies that were read by then are answered.
    fn until<T>(&self, request: &Request<T>) -> Instant {
        let own = Instant::now() + self.0.limit;
        mpp_rpc::deadline(request).map_or(own, |deadline| own.min(deadline - ANSWER))
    }

    async fn turn(&self, until: Instant) -> Result<MutexGuard<'_, ()>> {
        timeout_at(until, self.0.turn.lock()).await.map_err(|_| {
            let text = "another caller reads or mends what is kept here, one at a time; ask again";
            Error::new(MOVING, text)
        })
    }

    /// Reads the small tables now and then, until `shutdown`, and tells if one is wrong: otherwise
    /// nobody may notice.
    pub async fn look_after(self, db: Db, pace: ProofPace, shutdown: CancellationToken) {
        metrics::DISAGREEMENTS.begin([[db.name()]]);
        let looks = async {
            let mut next = Instant::now() + pace.least;
            loop {
                sleep_until(next).await;
                let began = Instant::now();
                for kept in self.0.kept.iter().filter(|kept| kept.looked_after) {
                    self.look_at(kept, &db).await;
                }
                next = pace.after(began);
            }
        };
        let _: Option<()> = shutdown.run_until_cancelled(looks).await;
    }

    async fn look_at(&self, kept: &KeptCopy, db: &Db) {
        let until = Instant::now() + self.0.limit;
        let Ok(_turn) = self.turn(until).await else { return };
        let Ok(held) = within(until, (kept.read)()).await else { return };
        kept.proof.note(db.clock().now(), held.findings.is_empty());
        for Finding { kind, found, .. } in &held.findings {
            metrics::DISAGREEMENTS.add(found.count.unsigned_abs(), [db.name()]);
            let (copy, names) = (kept.name, &found.names);
            tracing::error!(
                copy,
                table = kind,
                count = found.count,
                ?names,
                "a table does not agree with what it describes; `mpp doctor` names the way out"
            );
        }
    }

    async fn list(&self, until: Instant) -> Vec<Copy> {
        let turn = self.turn(until).await;
        let mut copies = Vec::new();
        for kept in &self.0.kept {
            let read = match &turn {
                Ok(_) => within(until, (kept.read)()).await,
                Err(busy) => Err(Error::new(busy.reason(), busy.message())),
            };
            copies.push(copy_message(kept, read));
        }
        copies
    }

    /// The log names it before it begins: what was mended stays so even if the call is cut off.
    async fn repair(
        &self,
        caller: &str,
        (name, accept): (&str, bool),
        until: Instant,
    ) -> Result<Repaired> {
        let id = name.strip_prefix("copies/").unwrap_or(name);
        let known = self.0.kept.iter().find(|kept| kept.name == id);
        let kept = known.ok_or_else(|| {
            let names: Vec<_> = self.0.kept.iter().map(full_name).collect();
            let text = format!("no such copy is kept here; those are {}", names.join(", "));
            Error::new(Reason::NotFound, text)
        })?;
        let _turn = self.turn(until).await?;
        tracing::warn!(
            copy = id,
            caller,
            accept_altered = accept,
            "a copy is to be mended by command"
        );
        let repaired = until_then(until, &kept.repair, accept).await;
        let repaired = repaired.inspect_err(|error| {
            tracing::warn!(copy = id, caller, %error, "the mending of a copy has not ended well");
        })?;
        let (mended, remaining) = (repaired.mended, repaired.remaining);
        tracing::warn!(copy = id, caller, mended, remaining, "a copy is mended by command");
        Ok(repaired)
    }
}

#[tonic::async_trait]
impl CopyService for Copies {
    async fn list_copies(
        &self,
        request: Request<ListCopiesRequest>,
    ) -> Result<Response<ListCopiesResponse>, Status> {
        let copies = self.list(self.until(&request)).await;
        Ok(Response::new(ListCopiesResponse { copies }))
    }

    async fn repair_copy(
        &self,
        request: Request<RepairCopyRequest>,
    ) -> Result<Response<RepairCopyResponse>, Status> {
        let (until, caller) = (self.until(&request), mpp_rpc::caller(&request).subject);
        let request = request.into_inner();
        let what = (request.name.as_str(), request.accept_altered);
        let repaired = self.repair(&caller, what, until).await;
        let repaired = repaired.map_err(status)?;
        Ok(Response::new(RepairCopyResponse {
            mended_count: repaired.mended,
            left_names: repaired.left.names,
            left_count: repaired.left.count,
            text: repaired.text,
            goes_on: repaired.remaining.is_some(),
            remaining_count: repaired.remaining.unwrap_or_default(),
        }))
    }
}

/// The result of `work`, if it ends by then.
async fn within<T>(until: Instant, work: Work<T>) -> Result<T> {
    timeout_at(until, work).await.unwrap_or_else(|_| {
        let text = "it has not ended in time, and what was done by then stays; raise compare_seconds \
                    of [feed] or call_seconds of [server], whichever is less, and ask again";
        Err(Error::new(Reason::DeadlineExceeded, text))
    })
}

/// Mends until then. Work that has mended something but is not at its end by then is no failure:
/// another call goes on with it.
async fn until_then(until: Instant, repair: &Repairing, accept: bool) -> Result<Repaired> {
    let progress = Progress::default();
    let work = repair(RepairRequest { accept, progress: progress.clone() });
    let ended = within(until, work).await;
    let (mended, remaining) = (progress.count(), Some(progress.remaining()));
    match ended {
        Err(error) if error.reason() == Reason::DeadlineExceeded && mended > 0 => {
            let text = format!("{mended} are mended, and stay so; ask again to go on");
            Ok(Repaired { mended, remaining, text, ..Repaired::default() })
        }
        ended => ended,
    }
}

fn full_name(kept: &KeptCopy) -> String {
    format!("copies/{}", kept.name)
}

fn copy_message(kept: &KeptCopy, read: Result<Held>) -> Copy {
    let proven = kept.proof.last();
    let copy = Copy {
        name: full_name(kept),
        feed: kept.feed.to_owned(),
        place: kept.place.into(),
        kinds: kept.kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        proven_time: proven.map(|(at, _)| to_timestamp(at)),
        proven_equal: proven.is_some_and(|(_, is_equal)| is_equal),
        ..Copy::default()
    };
    match read {
        Err(error) => {
            let moving = error.reason() == MOVING;
            Copy { unread_reason: error.message().to_owned(), moving, ..copy }
        }
        Ok(held) => Copy {
            revision: held.revision,
            digest: held.contents.as_ref().map(digest::contents_to_wire),
            record_count: held.count,
            unproven_count: held.unproven,
            findings: held.findings.into_iter().map(finding).collect(),
            ..copy
        },
    }
}

fn finding(finding: Finding) -> CopyFinding {
    CopyFinding {
        code: finding.code.into(),
        kind: finding.kind,
        count: finding.found.count,
        names: finding.found.names,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use mpp_api::feed::copy::Place;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn kept(name: &'static str, read: impl Fn() -> Work<Held> + Send + Sync + 'static) -> KeptCopy {
        let repair = |_| -> Work<Repaired> { Box::pin(pending()) };
        KeptCopy::new(name, "registry", Place::Derived, read, repair)
    }

    fn two() -> Copies {
        let quick = kept("memory", || Box::pin(async { Ok(Held::default()) }));
        Copies::new(LONG, vec![quick, kept("search", || Box::pin(pending()))])
    }

    #[tokio::test]
    async fn what_was_read_in_time_is_answered_beside_what_was_not() {
        let copies = two().list(Instant::now() + Duration::from_millis(20)).await;
        assert_eq!(copies[0].unread_reason, "");
        assert!(copies[1].unread_reason.contains("compare_seconds"), "{copies:?}");
    }

    #[tokio::test]
    async fn who_comes_while_another_reads_is_told_so() {
        let copies = two();
        let _other = copies.turn(Instant::now() + LONG).await.expect("nobody reads yet");
        for copy in copies.list(Instant::now()).await {
            assert!(copy.unread_reason.contains("another caller"), "{}", copy.unread_reason);
        }
        let refused = copies
            .repair("users/siti", ("memory", false), Instant::now())
            .await
            .expect_err("taken");
        assert_eq!(refused.reason(), MOVING);
    }

    #[tokio::test]
    async fn a_repair_that_has_mended_some_by_then_says_how_many_are_left() {
        let read = || -> Work<Held> { Box::pin(async { Ok(Held::default()) }) };
        let repair = |asked: RepairRequest| -> Work<Repaired> {
            asked.progress.found(7);
            asked.progress.mended(3);
            Box::pin(pending())
        };
        let kept = KeptCopy::new("records", "registry", Place::Records, read, repair);
        let until = Instant::now() + Duration::from_millis(20);
        let copies = Copies::new(LONG, vec![kept]);
        let done = copies.repair("users/siti", ("records", false), until).await;
        let done = done.expect("it goes on");
        assert_eq!((done.mended, done.remaining, done.left.count), (3, Some(4), 0));
    }

    #[tokio::test]
    async fn a_repair_that_takes_too_long_says_what_becomes_of_it() {
        let until = Instant::now() + Duration::from_millis(20);
        let cut = two().repair("users/siti", ("copies/memory", true), until).await;
        let cut = cut.expect_err("it hangs");
        assert!(cut.message().contains("stays"), "{cut}");
    }
}
