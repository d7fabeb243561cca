//! The service over all that is kept.

use std::{sync::Arc, time::Duration};

use mpp_api::{
    digest,
    feed::{
        Copy, CopyFinding, ListCopiesRequest, ListCopiesResponse, RepairCopyRequest,
        RepairCopyResponse,
        copy_service_server::{CopyService, CopyServiceServer},
    },
};
use mpp_core::{Error, Reason, Result};
use mpp_rpc::{status, time::to_timestamp};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};
use tonic::{Request, Response, Status};

use super::{Finding, Held, Kept, Repaired};

/// Everything that a service keeps. Clones share it.
#[derive(Clone)]
pub struct Copies(Arc<Shared>);

struct Shared {
    kept: Vec<Kept>,
    limit: Duration,
    /// One reads at a time.
    turn: Mutex<()>,
}

impl Copies {
    /// All of these, in the order in which they are made, read within `limit`.
    pub fn new(limit: Duration, kept: Vec<Kept>) -> Self {
        Self(Arc::new(Shared { kept, limit, turn: Mutex::default() }))
    }

    /// As a route for [`mpp_rpc::serve`].
    pub fn into_route(self) -> CopyServiceServer<Self> {
        CopyServiceServer::new(self)
    }

    async fn list(&self) -> Vec<Copy> {
        let until = Instant::now() + self.0.limit;
        let turn = timeout_at(until, self.0.turn.lock()).await;
        let mut copies = Vec::new();
        for kept in &self.0.kept {
            let read = match turn.is_ok() {
                true => timeout_at(until, (kept.read)()).await.ok(),
                false => None,
            };
            copies.push(told(kept, read.unwrap_or_else(|| Err(self.too_long()))));
        }
        copies
    }

    fn too_long(&self) -> Error {
        let seconds = self.0.limit.as_secs();
        let text = format!(
            "not read within {seconds} s; raise compare_seconds of [feed], and call_seconds of [server]"
        );
        Error::new(Reason::DeadlineExceeded, text)
    }

    async fn repair(&self, name: &str, accept: bool) -> Result<Repaired> {
        let id = name.strip_prefix("copies/").unwrap_or(name);
        let known = self.0.kept.iter().find(|kept| kept.name == id);
        let kept = known.ok_or_else(|| {
            let names: Vec<_> = self.0.kept.iter().map(full_name).collect();
            let text = format!("no such copy is kept here; those are {}", names.join(", "));
            Error::new(Reason::NotFound, text)
        })?;
        let repaired = (kept.repair)(accept).await?;
        tracing::warn!(copy = name, mended = repaired.mended, "a copy is mended by command");
        Ok(repaired)
    }
}

#[tonic::async_trait]
impl CopyService for Copies {
    async fn list_copies(
        &self,
        _: Request<ListCopiesRequest>,
    ) -> Result<Response<ListCopiesResponse>, Status> {
        Ok(Response::new(ListCopiesResponse { copies: self.list().await }))
    }

    async fn repair_copy(
        &self,
        request: Request<RepairCopyRequest>,
    ) -> Result<Response<RepairCopyResponse>, Status> {
        let request = request.into_inner();
        let repaired = self.repair(&request.name, request.accept_altered).await.map_err(status)?;
        Ok(Response::new(RepairCopyResponse {
            mended_count: repaired.mended,
            left_names: repaired.left.names,
            left_count: repaired.left.count,
            text: repaired.text,
        }))
    }
}

fn full_name(kept: &Kept) -> String {
    format!("copies/{}", kept.name)
}

fn told(kept: &Kept, read: Result<Held>) -> Copy {
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
        Err(error) => Copy { unread_reason: error.message().to_owned(), ..copy },
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
