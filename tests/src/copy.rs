//! A copy of a feed, kept by following it as any follower does, with the feed's promises checked
//! at every step.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mpp_api::{
    Document,
    feed::{
        Change, GetFeedRequest, GetFeedResponse, WatchRequest, WatchResponse, change::Op,
        feed_service_client::FeedServiceClient,
    },
};
use mpp_client::Channel;
use sha2::{Digest as _, Sha256};
use tonic::{Code, Status};

/// The living records by kind and name, each with its version and encoded document.
pub type Records = BTreeMap<(String, String), (i64, Vec<u8>)>;

/// A copy of a feed.
#[derive(Clone, Debug, Default)]
pub struct Copy {
    /// The records of the copy.
    pub records: Records,
    /// The revision of the last message.
    pub revision: i64,
    token: Vec<u8>,
    is_complete: bool,
    /// Changes of a transaction whose last message has not come: nothing of it counts before.
    pending: Vec<Change>,
}

impl Copy {
    /// The feed's state now: an initial state, up to its bookmark.
    ///
    /// # Errors
    /// The refusal of the feed.
    pub async fn of(channel: &Channel) -> Result<Self, Status> {
        let mut copy = Self::default();
        copy.follow(channel, |copy| copy.is_complete).await?;
        Ok(copy)
    }

    /// Follows from where this copy stands, until `enough`, or until the stream ends.
    ///
    /// # Errors
    /// The status with which the stream ends.
    ///
    /// # Panics
    /// If the feed breaks a promise.
    pub async fn follow(
        &mut self,
        channel: &Channel,
        mut enough: impl FnMut(&Self) -> bool,
    ) -> Result<(), Status> {
        if !self.is_complete {
            // An initial state that was cut half-way is of no use.
            *self = Self::default();
        }
        self.pending.clear();
        let request = WatchRequest {
            filter: None,
            resume_token: self.token.clone().into(),
            initial_state: self.token.is_empty(),
            prompt: false,
        };
        let mut stream = FeedServiceClient::new(channel.clone()).watch(request).await?.into_inner();
        while !enough(self) {
            match stream.message().await? {
                Some(message) => self.receive(message),
                None => return Err(Status::unavailable("the stream ended")),
            }
        }
        Ok(())
    }

    fn receive(&mut self, message: WatchResponse) {
        assert!(
            message.revision >= self.revision,
            "revision {} after {}",
            message.revision,
            self.revision
        );
        self.revision = message.revision;
        self.pending.extend(message.changes);
        if !message.resume_token.is_empty() {
            std::mem::take(&mut self.pending).into_iter().for_each(|change| self.apply(change));
            self.token = message.resume_token.to_vec();
        }
        self.is_complete |= message.initial_state_complete;
    }

    fn apply(&mut self, change: Change) {
        let op = change.op();
        let key = (change.kind, change.name);
        if let Some((known, _)) = self.records.get(&key) {
            // Resuming gives each change once, and none is passed over.
            assert_eq!(change.version, known + 1, "{} {} after version {known}", key.0, key.1);
        }
        match op {
            Op::Put => {
                let document = change.document.expect("a put carries its document");
                self.records.insert(key, (change.version, document.value.to_vec()));
            }
            Op::Deleted | Op::Removed => {
                self.records.remove(&key);
            }
            Op::Unspecified => panic!("{} {}: a change without an operation", key.0, key.1),
        }
    }

    /// The records of one kind, decoded, by name.
    pub fn of_kind<D: Document + Default>(&self) -> BTreeMap<String, D> {
        let of = self.records.iter().filter(|((kind, _), _)| kind == D::KIND);
        of.map(|((_, name), (_, document))| {
            (name.clone(), D::decode(document.as_slice()).expect("a document"))
        })
        .collect()
    }

    /// The digest that `GetFeed` gives for the same records.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for ((kind, name), (version, document)) in &self.records {
            let version = version.to_be_bytes();
            for part in [kind.as_bytes(), name.as_bytes(), version.as_slice(), document.as_slice()]
            {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a String takes everything");
            text
        })
    }
}

/// A feed's position.
///
/// # Errors
/// The refusal of the service.
pub async fn feed(channel: &Channel) -> Result<GetFeedResponse, Status> {
    Ok(FeedServiceClient::new(channel.clone())
        .get_feed(GetFeedRequest::default())
        .await?
        .into_inner())
}

/// A follower that lives through everything, as a service's own does.
#[derive(Debug)]
pub struct Follower {
    copy: Arc<Mutex<Copy>>,
    task: tokio::task::JoinHandle<()>,
}

impl Follower {
    /// Follows until it is dropped; after each end of the stream it goes on at its last token.
    pub fn start(channel: Channel) -> Self {
        let copy = Arc::new(Mutex::new(Copy::default()));
        let shared = copy.clone();
        let task = tokio::spawn(async move {
            let mut own = Copy::default();
            loop {
                let seen = |copy: &Copy| {
                    *shared.lock().unwrap_or_else(PoisonError::into_inner) = copy.clone();
                    false
                };
                if let Err(status) = own.follow(&channel, seen).await {
                    let lost = matches!(status.code(), Code::OutOfRange | Code::InvalidArgument);
                    assert!(!lost, "a follower lost its place: {status:?}");
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        Self { copy, task }
    }

    /// The records that it has now.
    ///
    /// # Panics
    /// If the feed broke a promise.
    pub fn copy(&self) -> Copy {
        assert!(!self.task.is_finished(), "the follower found the feed at fault; see above");
        self.copy.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}
