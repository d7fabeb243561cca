//! Watches of both feeds, which note each revision that they hear of.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use mpp_api::feed::Filter;
use mpp_client::{Event, Follower};
use mpp_tests::{Service, Suite, keys::AUDITOR};

use crate::Work;

/// The messages that a watch has had.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// How often it was given the whole state: once, when it began.
    pub states: usize,
    /// The revision of that state.
    pub from: i64,
    /// The revisions after it, as they came.
    pub revisions: Vec<i64>,
}

/// A watch of one service.
pub struct Watch {
    /// The service whose feed it is.
    pub service: Service,
    heard: Arc<Mutex<Heard>>,
}

impl Watch {
    /// The messages that have come so far.
    pub fn heard(&self) -> Heard {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Watches both feeds.
pub fn start(suite: &Suite, work: &Work) -> Vec<Watch> {
    let mut watches = Vec::new();
    for (service, what) in
        [(Service::Registry, "watch, registry"), (Service::Scheduling, "watch, scheduling")]
    {
        let watch = Watch { service, heard: Arc::default() };
        let channel = suite.channel(service, AUDITOR);
        let follower = Follower::new(what, channel, Filter::default(), None);
        tokio::spawn(hear(follower, what, watch.heard.clone(), work.clone()));
        watches.push(watch);
    }
    watches
}

async fn hear(mut follower: Follower, what: &'static str, heard: Arc<Mutex<Heard>>, work: Work) {
    loop {
        let event = follower.next().await;
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::StateBegins => heard.states += 1,
            Event::State(_) | Event::Digest(_) => {}
            Event::StateEnds(position) => heard.from = position.revision,
            Event::Changes(changes, _) => {
                for change in &changes {
                    if heard.revisions.last() != Some(&change.revision) {
                        heard.revisions.push(change.revision);
                    }
                }
                // A bookmark tells nothing of writes that were committed meanwhile.
                if let Some(change) = changes.last() {
                    work.calls.note(what, Instant::now(), &Ok::<_, String>(change.revision));
                }
            }
        }
    }
}
