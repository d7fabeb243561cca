//! Follows another service's feed for a copy in a database: the client's follower, with changes in
//! the store's form, readiness, and measurements.

use std::sync::Arc;

use mpp_api::{
    Position,
    feed::{self, change},
    time::from_timestamp,
};
use mpp_client::{Change as Told, Channel, Link};
use mpp_core::{Clock, Result, known_labels};
use mpp_store::{Change, Filter, Op};
use tokio::sync::watch;

use crate::{
    Component,
    feed::label_texts,
    follower_progress::{FollowerProgress, Reached},
};

/// The next step of a copy, with changes in the store's form.
pub type Event = mpp_client::Event<Change>;

/// Follows one feed for one copy.
pub struct Follower {
    name: String,
    inner: mpp_client::Follower,
    /// The position of the copy, which has everything up to there.
    position: Option<Position>,
    link: watch::Receiver<Link>,
    component: Option<Component>,
    progress: Option<Arc<FollowerProgress>>,
    /// The position of the copy once it has applied the last event.
    handed: Option<Reached>,
}

impl Follower {
    /// Follows what passes `filter` on the service behind `channel`, named `name` in logs and
    /// metrics, after `position`; without one it starts with the state.
    pub fn new(name: &str, channel: Channel, filter: Filter, position: Option<Position>) -> Self {
        let filter = to_wire(&filter);
        let inner = mpp_client::Follower::new(name, channel, filter, position.clone()).prompt();
        Self {
            name: name.to_owned(),
            link: inner.link(),
            inner,
            position,
            component: None,
            progress: None,
            handed: None,
        }
    }

    /// Has changes handed over together, up to about `most`, while they come without a pause.
    #[must_use]
    pub fn gathering(mut self, most: usize) -> Self {
        self.inner = self.inner.gathering(most);
        self
    }

    /// Measures how far it has come, as the follower of the service `follower`, which tells the
    /// time by `clock`.
    #[must_use]
    pub fn measured_for(mut self, follower: &str, clock: &Clock) -> Self {
        self.progress = Some(FollowerProgress::new(&self.name, follower, clock.clone()));
        self
    }

    /// Tells readiness: up once the copy is complete, down if nothing was heard of the feed for
    /// longer than the readiness's settings allow.
    #[must_use]
    pub fn reporting_to(mut self, component: Component) -> Self {
        self.component = Some(component);
        self
    }

    /// Goes on after `position`, which is where the copy stands; without one with the state.
    pub fn rewind(&mut self, position: Option<Position>) {
        self.handed = None;
        self.position = position.clone();
        self.inner.rewind(position);
    }

    /// The next event; waits for it through every failure. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Event {
        // The caller asks for the next event only once its copy has applied the last one.
        if let (Some(progress), Some(reached)) = (&self.progress, self.handed.take()) {
            progress.reached(reached);
        }
        loop {
            tokio::select! {
                heard = self.inner.next() => match heard.try_map(change) {
                    Ok(event) => return self.passed_on(event),
                    Err(error) => self.inner.ask_again(self.position.clone(), &error),
                },
                // Its sender lives in the follower.
                Ok(()) = self.link.changed() => self.report(),
            }
        }
    }

    fn passed_on(&mut self, event: Event) -> Event {
        self.measure(&event);
        if let Event::StateEnds(position) | Event::Changes(_, position) = &event {
            self.position = Some(position.clone());
            self.component.iter().for_each(Component::up);
        }
        self.report();
        event
    }

    /// Measures an event, before the position moves past it.
    fn measure(&mut self, event: &Event) {
        let Some(progress) = &self.progress else { return };
        match event {
            Event::StateBegins if self.position.is_some() => progress.reset(),
            Event::StateBegins | Event::State(_) | Event::Digest(_) => {}
            Event::StateEnds(position) => {
                let (revision, as_of) = (position.revision, progress.now());
                self.handed = Some(Reached { revision, as_of });
            }
            Event::Changes(changes, position) => {
                let newest = changes.iter().map(|change| change.at).max();
                let as_of = newest.unwrap_or_else(|| progress.now());
                self.handed = Some(Reached { revision: position.revision, as_of });
            }
        }
    }

    /// Measures the connection, and reports if it has been away for too long.
    fn report(&mut self) {
        let link = self.link.borrow_and_update();
        if let Some(progress) = &self.progress {
            progress.connected(link.connected_since.is_some());
        }
        let Some(component) = self.component.as_ref().filter(|_| !link.trouble.is_empty()) else {
            return;
        };
        let longest = component.readiness().policy().feed_away();
        if link.heard.is_none_or(|heard| heard.elapsed() > longest) {
            component.down(&format!("{} cannot be followed: {}", self.name, link.trouble));
        }
    }
}

fn to_wire(filter: &Filter) -> feed::Filter {
    feed::Filter {
        kinds: filter.kinds.iter().cloned().collect(),
        name_prefix: filter.name_prefix.clone(),
        labels: label_texts(&filter.labels),
        wider: filter.wider,
    }
}

/// The wire has one time, that of the commit; it stands for the record's times as well.
fn change(Told { told: change, revision }: Told) -> Result<Change> {
    let op = match change.op() {
        change::Op::Put => Op::Put,
        change::Op::Deleted => Op::Deleted,
        // The client lets no other one pass.
        change::Op::Removed | change::Op::Unspecified => Op::Removed,
    };
    let time = change.commit_time.unwrap_or_default();
    let at = from_timestamp(&time, "commit_time")?;
    Ok(Change {
        kind: change.kind,
        name: change.name,
        version: change.version,
        op,
        doc: change.document.map(|document| document.value).unwrap_or_default(),
        tombstone: change.tombstone,
        labels: known_labels(change.labels),
        labels_before: None,
        origin: change.origin,
        actor: change.actor,
        session: change.session,
        at,
        create_time: at,
        update_time: at,
        revision,
    })
}
