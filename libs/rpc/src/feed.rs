//! Serves a store's change feed (`mpp.feed.v1`), alike in every service.

use std::{collections::BTreeMap, sync::Arc};

use futures::{StreamExt as _, stream, stream::BoxStream};
use mpp_api::{
    Any, document,
    feed::{
        Change, GetFeedRequest, GetFeedResponse, WatchRequest, WatchResponse, change,
        feed_service_server::{FeedService, FeedServiceServer},
    },
};
use mpp_core::{Error, FieldCode, Reason, Result};
use mpp_store::{Batch, Feed, Filter, Labels, Op, Start, Subscription};
use tonic::{Request, Response, Status};

use crate::{status, time::to_timestamp};

/// The service over one feed.
#[derive(Clone)]
pub struct FeedServer(Feed);

impl FeedServer {
    /// Serves `feed`.
    pub fn new(feed: Feed) -> Self {
        Self(feed)
    }

    /// As a route for [`crate::serve`].
    pub fn into_route(self) -> FeedServiceServer<Self> {
        FeedServiceServer::new(self)
    }
}

#[tonic::async_trait]
impl FeedService for FeedServer {
    type WatchStream = BoxStream<'static, Result<WatchResponse, Status>>;

    async fn watch(
        &self,
        request: Request<WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let request = request.into_inner();
        let start = start(&request).map_err(status)?;
        let filter = filter(request.filter.unwrap_or_default()).map_err(status)?;
        let subscription = self.0.subscribe(start, filter).await.map_err(status)?;
        Ok(Response::new(messages(subscription)))
    }

    async fn get_feed(
        &self,
        _: Request<GetFeedRequest>,
    ) -> Result<Response<GetFeedResponse>, Status> {
        let stands = self.0.status().await.map_err(status)?;
        Ok(Response::new(GetFeedResponse {
            lineage: stands.lineage,
            head_revision: stands.head_revision,
            floor_revision: stands.floor_revision,
            state_digest: stands.state_digest,
            record_count: stands.record_count,
        }))
    }
}

fn start(request: &WatchRequest) -> Result<Start> {
    match (request.initial_state, request.resume_token.is_empty()) {
        (true, false) => {
            let text = "give either resume_token, to go on, or initial_state, to start again";
            Err(Error::field("initial_state", FieldCode::NotAllowed, text))
        }
        (true, true) => Ok(Start::State),
        (false, false) => Ok(Start::Token(request.resume_token.clone())),
        (false, true) => Ok(Start::Now),
    }
}

/// A kind that no record has would be followed in silence, whatever was meant.
fn filter(filter: mpp_api::feed::Filter) -> Result<Filter> {
    let unknown = |kind: &&String| !document::KINDS.contains(&kind.as_str());
    if let Some(kind) = filter.kinds.iter().find(unknown) {
        let shown: String = kind.chars().take(40).filter(|c| !c.is_control()).collect();
        let kinds = document::KINDS.join(", ");
        let text = format!("'{shown}' is not a kind of record; the kinds are {kinds}");
        return Err(Error::field("filter.kinds", FieldCode::UnknownValue, text));
    }
    let labels = filter.labels.into_iter().map(|(key, value)| Ok((key.parse()?, value)));
    Ok(Filter {
        kinds: filter.kinds.into_iter().collect(),
        name_prefix: filter.name_prefix,
        labels: labels.collect::<Result<_>>().map_err(|error: Error| error.within("filter"))?,
    })
}

/// Until the follower fails, leaves, or the feed ends, which tells it to move.
fn messages(subscription: Subscription) -> BoxStream<'static, Result<WatchResponse, Status>> {
    stream::unfold(Some(subscription), async |subscription| {
        let mut subscription = subscription?;
        match subscription.next().await {
            Ok(Some(batch)) => Some((Ok(message(batch)), Some(subscription))),
            Ok(None) => Some((Err(status(ended())), None)),
            Err(error) => Some((Err(status(error)), None)),
        }
    })
    .boxed()
}

fn ended() -> Error {
    Error::new(Reason::Unavailable, "this server is about to end; resume at another one")
}

fn message(batch: Batch) -> WatchResponse {
    WatchResponse {
        changes: batch.changes.iter().map(to_wire).collect(),
        resume_token: batch.token.unwrap_or_default(),
        revision: batch.revision,
        initial_state_complete: batch.initial_state_complete,
    }
}

fn to_wire(change: &Arc<mpp_store::Change>) -> Change {
    let (op, document) = match change.op {
        Op::Put => {
            let type_url = document::type_url(&change.kind).unwrap_or_default();
            (change::Op::Put, Some(Any { type_url, value: change.doc.clone() }))
        }
        Op::Deleted => (change::Op::Deleted, None),
        Op::Removed => (change::Op::Removed, None),
    };
    Change {
        kind: change.kind.clone(),
        name: change.name.clone(),
        version: change.version,
        op: op.into(),
        document,
        tombstone: change.tombstone.clone(),
        origin: change.origin.clone(),
        actor: change.actor.clone(),
        commit_time: Some(to_timestamp(change.at)),
        labels: label_texts(&change.labels),
    }
}

/// Labels as the contract has them.
pub(crate) fn label_texts(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(label, value)| (label.to_string(), value.clone())).collect()
}
