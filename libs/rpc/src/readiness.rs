//! Readiness: what is missing, apart for reads and for writes.
//!
//! Until it was up for the first time, a component holds up everything (unless it is only
//! reported). From then on it holds up what needs it: a service's memory answers reads while its
//! database is away, and only writes have to wait. A fault counts after it has lasted a while, so
//! that a short one does not make balancers flap; its end counts at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use mpp_core::{Error, Reason};

use crate::HealthPolicy;

/// When a write that was refused may be tried again.
const COME_AGAIN: Duration = Duration::from_secs(1);
/// How often somebody who waits for it looks.
const LOOK: Duration = Duration::from_millis(20);

/// A use of the process, which may be ready for one and not for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Calls that change nothing, and watches.
    Reads,
    /// Calls that write.
    Writes,
}

/// The components that a process needs to serve. Clones speak of the same process.
#[derive(Clone)]
pub struct Readiness(Arc<Mutex<ReadinessState>>);

#[derive(Default)]
struct ReadinessState {
    components: BTreeMap<String, Life>,
    draining: bool,
    policy: HealthPolicy,
}

/// One component's life.
struct Life {
    up: bool,
    /// Why it is, or was last, down.
    why: String,
    /// When `up` last changed.
    since: Instant,
    /// The state that counts, which follows a fall with some delay.
    counted: bool,
    was_up: bool,
    /// False until something was said of it.
    heard: bool,
    /// The least use that needs it once it was up; `None` if none does.
    needed: Option<Use>,
    /// Whether everything waits until it is up for the first time.
    awaited: bool,
}

/// One thing that must be up, such as "database" or "feed".
#[derive(Clone)]
pub struct Component {
    readiness: Readiness,
    name: String,
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new(HealthPolicy::default())
    }
}

impl Readiness {
    /// Nothing is missing until a component is named.
    pub fn new(policy: HealthPolicy) -> Self {
        Self(Arc::new(Mutex::new(ReadinessState { policy, ..ReadinessState::default() })))
    }

    /// The numbers by which it judges.
    pub fn policy(&self) -> HealthPolicy {
        self.lock().policy.clone()
    }

    /// Names a component; it is down ("starting") until it says that it is up.
    pub fn component(&self, name: &str) -> Component {
        self.lock().components.insert(name.to_owned(), Life::new());
        Component { readiness: self.clone(), name: name.to_owned() }
    }

    /// Ends readiness for good.
    pub fn drain(&self) {
        self.lock().draining = true;
    }

    /// All that is missing, by component, and why, whatever needs it; empty if nothing is.
    pub fn missing(&self) -> BTreeMap<String, String> {
        self.lacking(|_| true)
    }

    /// The missing components for that use, and why; empty if the process is ready for it.
    pub fn missing_for(&self, usage: Use) -> BTreeMap<String, String> {
        self.lacking(|life| life.holds_up(usage))
    }

    /// True if nothing is missing.
    pub fn is_ready(&self) -> bool {
        self.missing().is_empty()
    }

    /// True if nothing is missing for that use.
    pub fn is_ready_for(&self, usage: Use) -> bool {
        self.missing_for(usage).is_empty()
    }

    /// Waits until it is ready for that use.
    pub async fn until_ready_for(&self, usage: Use) {
        while !self.is_ready_for(usage) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Why a write cannot succeed now. A server that starts or drains still takes writes: they wait
    /// for the memory, or are answered before it ends.
    pub(crate) fn refused_write(&self) -> Option<Error> {
        let mut state = self.lock();
        let hold = state.policy.fault_counts();
        state.components.iter_mut().find_map(|(name, life)| {
            let down = !life.counts(hold) && life.heard;
            (down && life.holds_up(Use::Writes)).then(|| life.refusal(name))
        })
    }

    fn lacking(&self, of: impl Fn(&Life) -> bool) -> BTreeMap<String, String> {
        let mut state = self.lock();
        let hold = state.policy.fault_counts();
        let components = state.components.iter_mut();
        let mut missing: BTreeMap<_, _> = components
            .filter_map(|(name, life)| {
                (!life.counts(hold) && of(life)).then(|| (name.clone(), life.why.clone()))
            })
            .collect();
        if state.draining {
            missing.insert("server".into(), "draining".into());
        }
        missing
    }

    fn lock(&self) -> MutexGuard<'_, ReadinessState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, name: &str, change: impl FnOnce(&mut Life)) {
        let mut state = self.lock();
        let hold = state.policy.fault_counts();
        if let Some(life) = state.components.get_mut(name) {
            life.counts(hold);
            change(life);
        }
    }
}

impl Life {
    fn new() -> Self {
        Self {
            up: false,
            why: "starting".into(),
            since: Instant::now(),
            counted: false,
            was_up: false,
            heard: false,
            needed: Some(Use::Reads),
            awaited: true,
        }
    }

    /// Whether its absence stands in the way of that use. Writes need all that reads need: they
    /// answer once reads show them.
    fn holds_up(&self, usage: Use) -> bool {
        (self.awaited && !self.was_up) || self.needed.is_some_and(|needed| needed <= usage)
    }

    fn rises(&mut self, name: &str) {
        if !self.up {
            tracing::info!(component = name, "a component is up");
            self.turn(true);
        }
        self.heard = true;
    }

    fn falls(&mut self, name: &str, why: &str) {
        let why = if why.trim().is_empty() { "it does not say why" } else { why };
        if self.up || !self.heard {
            tracing::warn!(component = name, why, "a component is down");
            self.turn(false);
        }
        self.heard = true;
        why.clone_into(&mut self.why);
    }

    fn refusal(&self, name: &str) -> Error {
        let reads = if self.holds_up(Use::Reads) { "" } else { "; reads are answered" };
        let text = format!("no writes are taken now: {name}: {}{reads}", self.why);
        Error::new(Reason::Unavailable, text).with_retry_after(COME_AGAIN)
    }

    fn turn(&mut self, up: bool) {
        if self.up != up {
            self.since = Instant::now();
        }
        self.up = up;
    }

    /// The value that counts now: a fault once it has lasted, its end at once.
    fn counts(&mut self, hold: Duration) -> bool {
        if self.up || !self.was_up || self.since.elapsed() >= hold {
            self.counted = self.up;
            self.was_up |= self.up;
        }
        self.counted
    }
}

impl Component {
    /// The readiness that it is part of.
    pub fn readiness(&self) -> &Readiness {
        &self.readiness
    }

    /// Marks it as needed for writes only: once it was up, reads go on without it.
    #[must_use]
    pub fn for_writes(self) -> Self {
        self.readiness.of(&self.name, |life| life.needed = Some(Use::Writes));
        self
    }

    /// Marks it as needed for the start only: once it was up, reads and writes go on without it,
    /// and only its absence is reported.
    #[must_use]
    pub fn for_the_start(self) -> Self {
        self.readiness.of(&self.name, |life| life.needed = None);
        self
    }

    /// Nothing waits for this component, not even at the start; only its absence is reported.
    #[must_use]
    pub fn for_nothing(self) -> Self {
        self.readiness.of(&self.name, |life| (life.needed, life.awaited) = (None, false));
        self
    }

    /// Tells that the component works.
    pub fn up(&self) {
        self.readiness.of(&self.name, |life| life.rises(&self.name));
    }

    /// Tells that the component does not work, and why, for readers of `/readyz`.
    pub fn down(&self, why: &str) {
        self.readiness.of(&self.name, |life| life.falls(&self.name, why));
    }
}

#[cfg(test)]
mod tests;
