//! Serves a store's change feed (`mpp.feed.v1`), alike in every service.

pub(crate) mod told;
mod whole;

use std::{collections::BTreeSet, sync::Arc};

use futures::{StreamExt as _, future::BoxFuture, stream, stream::BoxStream};
use mpp_api::{
    digest, document,
    feed::{
        GetFeedRequest, GetFeedResponse, PastDigest, WatchRequest, WatchResponse,
        feed_service_server::{FeedService, FeedServiceServer},
    },
};
use mpp_core::{Error, FieldCode, Label, Reason, Result};
use mpp_store::{Feed, Filter, Labels, Stand, Start, Subscription};
use tonic::{Request, Response, Status};

pub(crate) use self::told::{Owners, Teller, label_texts};
use crate::{Turns, caller, metrics, status};

/// Most earlier revisions that are told of at once: a service has a handful of copies.
const REVISIONS: usize = 16;

/// The turns of callers at the whole state, which the layer of streams leaves in each request.
#[derive(Clone)]
pub(crate) struct States(pub(crate) Turns<String>);

/// Checks a label's value, and refuses one that no record is filed under.
type LabelCheck = Arc<dyn Fn(Label, String) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// The service over one feed.
#[derive(Clone)]
pub struct FeedServer {
    feed: Feed,
    /// The kinds of record that the service keeps.
    kinds: &'static [&'static str],
    known: Option<LabelCheck>,
    owners: Option<Owners>,
}

impl FeedServer {
    /// Serves `feed`, which holds records of these kinds.
    pub fn new(feed: Feed, kinds: &'static [&'static str]) -> Self {
        metrics::begin_feed(feed.db().name());
        Self { feed, kinds, known: None, owners: None }
    }

    /// Refuses a new watch of a label whose value names nothing that the service knows: a region, a
    /// unit. One that goes on after a token was let in once, and what it named may have gone since.
    #[must_use]
    pub fn knowing(
        self,
        known: impl Fn(Label, String) -> BoxFuture<'static, Result<()>> + Send + Sync + 'static,
    ) -> Self {
        Self { known: Some(Arc::new(known)), ..self }
    }

    /// Names persons also to those who act for the mall that a record lies in, by a mall's
    /// `owners`.
    #[must_use]
    pub fn owned_by(self, owners: impl Fn(&str) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self { owners: Some(Arc::new(owners)), ..self }
    }

    fn teller<T>(&self, request: &Request<T>) -> Arc<Teller> {
        Arc::new(Teller { caller: caller(request), owners: self.owners.clone() })
    }

    async fn check_known(&self, start: &Start, filter: &Filter) -> Result<()> {
        let Some(known) = self.known.as_ref().filter(|_| !matches!(start, Start::Token(_))) else {
            return Ok(());
        };
        for (label, value) in &filter.labels {
            known(*label, value.clone()).await.map_err(|error| error.within("filter"))?;
        }
        Ok(())
    }

    /// Turns it into a route for [`crate::serve`].
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
        let states = request.extensions().get().cloned();
        let teller = self.teller(&request);
        let request = request.into_inner();
        let (start, prompt) = (start(&request).map_err(status)?, request.prompt);
        let filter = request.filter.unwrap_or_default();
        let filter = checked(filter, self.kinds).map_err(status)?;
        self.check_known(&start, &filter).await.map_err(status)?;
        filter.check().map_err(status)?;
        match (&start, states) {
            (Start::State, Some(States(turns))) => {
                Ok(Response::new(whole::in_turn(self.feed.clone(), filter, turns, teller, prompt)))
            }
            _ => {
                let own = self.feed.db().name();
                let told = |error: &Error| metrics::let_down(own, error.reason());
                let subscription = self.feed.subscribe(start, filter).await.inspect_err(told);
                let subscription = subscription.map_err(status)?;
                let subscription = subscription.for_caller(teller.caller.subject.clone());
                Ok(Response::new(messages(own, subscription.telling_soon(prompt), teller)))
            }
        }
    }

    async fn get_feed(
        &self,
        request: Request<GetFeedRequest>,
    ) -> Result<Response<GetFeedResponse>, Status> {
        let request = request.into_inner();
        if request.position_only {
            let Stand { head_revision, head_mark, floor_revision } =
                self.feed.stand().await.map_err(status)?;
            let answer =
                GetFeedResponse { head_revision, head_mark, floor_revision, ..Default::default() };
            return Ok(Response::new(answer));
        }
        let revisions = request.revisions;
        check_revisions(&revisions).map_err(status)?;
        let stands = self.feed.status(&revisions).await.map_err(status)?;
        Ok(Response::new(feed_response(&stands)))
    }
}

fn feed_response(stands: &mpp_store::Status) -> GetFeedResponse {
    let contents = &stands.own.contents;
    let digest = digest::contents_to_wire(contents);
    let past = stands.past.iter().map(|(revision, held)| PastDigest {
        revision: *revision,
        digest: Some(match *revision == stands.head_revision {
            true => digest.clone(),
            false => digest::to_wire(held),
        }),
    });
    GetFeedResponse {
        lineage: String::new(),
        head_revision: stands.head_revision,
        head_mark: stands.head_mark,
        floor_revision: stands.floor_revision,
        state_digest: stands.state_digest.clone(),
        record_count: contents.versions.count(),
        past: past.collect(),
        digest: Some(digest),
    }
}

fn check_revisions(revisions: &[i64]) -> Result<()> {
    if let Some(at) = revisions.iter().position(|revision| *revision < 0) {
        let text = "must not be negative";
        return Err(Error::field(format!("revisions[{at}]"), FieldCode::OutOfRange, text));
    }
    if revisions.len() <= REVISIONS {
        return Ok(());
    }
    let text = format!("names {} revisions, {REVISIONS} are allowed", revisions.len());
    Err(Error::field("revisions", FieldCode::TooMany, text))
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

/// Refuses a filter that no record of this service can pass: it would be followed in silence,
/// whatever was meant.
fn checked(filter: mpp_api::feed::Filter, kept: &[&'static str]) -> Result<Filter> {
    let kinds: Vec<&str> = match filter.kinds.as_slice() {
        [] => kept.to_vec(),
        given => given.iter().map(|kind| known_kind(kind, kept)).collect::<Result<_>>()?,
    };
    check_prefix(&filter.name_prefix, &kinds)?;
    let labels =
        filter.labels.into_iter().map(|(key, value)| label(&key, &value, &kinds, filter.wider));
    let labels: Labels =
        labels.collect::<Result<_>>().map_err(|error: Error| error.within("filter"))?;
    let kinds = filter.kinds.into_iter().collect();
    let filter = Filter { kinds, name_prefix: filter.name_prefix, labels, wider: filter.wider };
    check_wider(&filter)?;
    check_each_kind(&filter)?;
    Ok(filter)
}

fn check_wider(filter: &Filter) -> Result<()> {
    if !filter.wider || filter.labels.contains_key(&Label::Region) {
        return Ok(());
    }
    let text = "widens the label region, which the filter has not; name the region in labels";
    Err(Error::field("filter.wider", FieldCode::NotAllowed, text))
}

/// Refuses a kind that was asked for by name and that no label lets through: it would be followed
/// in silence.
fn check_each_kind(filter: &Filter) -> Result<()> {
    let wanted = filter.labels.keys().filter(|label| !(filter.wider && **label == Label::Region));
    for label in wanted {
        let bears = |kind: &&String| document::labels(kind).contains(label);
        if let Some(kind) = filter.kinds.iter().find(|kind| !bears(kind)) {
            let labels = listed(document::labels(kind));
            let way_out = match label {
                Label::Region => "leave the kind out, or set wider for what bears no region",
                _ => "leave the kind out, or follow it with a filter of its own",
            };
            let text = format!("no {kind} is filed under it, only under {labels}; {way_out}");
            let field = format!("filter.labels.{label}");
            return Err(Error::field(field, FieldCode::UnknownValue, text));
        }
    }
    Ok(())
}

fn listed<'a>(labels: impl IntoIterator<Item = &'a Label>) -> String {
    labels.into_iter().map(|label| label.as_str()).collect::<Vec<_>>().join(", ")
}

fn known_kind(kind: &str, kept: &[&'static str]) -> Result<&'static str> {
    let found = kept.iter().find(|own| **own == kind).copied();
    found.ok_or_else(|| {
        let (shown, kinds) = (shown(kind), kept.join(", "));
        let text = match document::KINDS.contains(&kind) {
            true => {
                let keeper = keeper(kind);
                format!(
                    "'{shown}' is kept by {keeper} (`mpp watch {keeper}`); the kinds of this service are {kinds}"
                )
            }
            false => format!("'{shown}' is not a kind of record; the kinds are {kinds}"),
        };
        Error::field("filter.kinds", FieldCode::UnknownValue, text)
    })
}

/// The service that keeps a kind, by the package of its message; sources are the registry's.
pub(crate) fn keeper(kind: &str) -> &'static str {
    let message = document::type_url(kind).unwrap_or_default();
    let is_of = |service: &&str| message.contains(&format!("mpp.{service}."));
    ["scheduling", "reporting"].into_iter().find(is_of).unwrap_or("registry")
}

fn check_prefix(prefix: &str, kinds: &[&str]) -> Result<()> {
    let mut forms = kinds.iter().map(|kind| document::form(kind));
    if forms.clone().any(|form| document::can_begin_with(form, prefix)) {
        return Ok(());
    }
    let shown = shown(prefix);
    let forms = forms.by_ref().collect::<Vec<_>>().join(", ");
    let text = format!("no name of these kinds begins with '{shown}'; the names are {forms}");
    Err(Error::field("filter.name_prefix", FieldCode::UnknownValue, text))
}

/// A wider filter of a region also passes kinds without a region.
fn label(key: &str, value: &str, kinds: &[&str], wider: bool) -> Result<(Label, String)> {
    let label: Label = key.parse()?;
    if wider && label == Label::Region {
        return Ok((label, label.value(value)?));
    }
    let filed: BTreeSet<Label> =
        kinds.iter().flat_map(|kind| document::labels(kind)).copied().collect();
    if !filed.contains(&label) {
        let all = listed(&filed);
        let text = format!("no record of these kinds is filed under it; they are under {all}");
        return Err(Error::field(format!("labels.{label}"), FieldCode::UnknownValue, text));
    }
    Ok((label, label.value(value)?))
}

pub(crate) fn shown(text: &str) -> String {
    text.chars().take(40).filter(|c| !c.is_control()).collect()
}

/// The messages until the follower fails or leaves, or the feed ends, which tells it to move.
fn messages(
    feed: &'static str,
    subscription: Subscription,
    teller: Arc<Teller>,
) -> BoxStream<'static, Result<WatchResponse, Status>> {
    stream::unfold(Some((subscription, teller)), move |still| async move {
        let (mut subscription, teller) = still?;
        match subscription.next().await {
            Ok(Some(batch)) => Some((Ok(teller.message(batch)), Some((subscription, teller)))),
            Ok(None) => Some((Err(status(ended())), None)),
            Err(error) => {
                metrics::let_down(feed, error.reason());
                Some((Err(status(error)), None))
            }
        }
    })
    .boxed()
}

fn ended() -> Error {
    Error::new(Reason::Unavailable, "this server is about to end; resume at another one")
}
