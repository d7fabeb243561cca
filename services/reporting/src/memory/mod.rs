//! A replica's memory, from which it serves: the nation, and the present report.

mod current;
mod paces;
mod refresh;

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

use mpp_api::reporting::{MallDetail, Report};
use mpp_core::{Clock, Micros, Result};
use mpp_resource::copies::Held;
use tokio::sync::watch;

pub use current::Current;
use paces::Paces;
pub use refresh::{Health, load, run};

use crate::{
    model::{self, FeedState, Nation, News, Question, Upstream},
    policy::Policy,
};

/// The nation, and the present report.
#[derive(Debug)]
pub struct Memory {
    nation: RwLock<Nation>,
    reached: watch::Sender<Reached>,
    current: watch::Sender<Arc<Current>>,
    paces: Paces,
    clock: Clock,
    policy: Policy,
    sample_data: bool,
    /// When this replica began.
    begun: Micros,
    /// All projections are to be read again.
    again: AtomicBool,
}

/// How far a replica's memory has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The inbox's number.
    pub seq: i64,
    /// Revisions up to which the feeds are read, in the order of [`Upstream::ALL`].
    pub feeds: [i64; 2],
}

impl Memory {
    /// Starts with the nation as it is in the database; reports say whether they show
    /// `sample_data`.
    ///
    /// # Errors
    /// The same as [`Memory::publish`].
    pub fn new(nation: Nation, clock: Clock, policy: Policy, sample_data: bool) -> Result<Self> {
        let (reached, _) = watch::channel(Reached::of(&nation));
        let (current, _) = watch::channel(Arc::new(Current::default()));
        let nation = RwLock::new(nation);
        let begun = clock.now();
        let paces = Paces::default();
        let again = AtomicBool::new(false);
        let memory =
            Self { nation, reached, current, paces, clock, policy, sample_data, begun, again };
        memory.look_at_paces();
        memory.publish()?;
        Ok(memory)
    }

    /// The operator's numbers.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Compares the nation with one that was read anew; `None` if they stand at different
    /// places.
    pub fn compared(&self, anew: &Nation) -> Option<Held> {
        self.read(|nation| {
            let differing = (nation.place == anew.place).then(|| nation.differences(anew))?;
            Some(Held::derived(nation.place.seq, nation.count(), differing))
        })
    }

    /// Has all projections read again.
    pub fn start_again(&self) {
        self.again.store(true, Ordering::Relaxed);
    }

    /// Looks at the nation; keep it short, changes wait.
    fn read<T>(&self, look: impl FnOnce(&Nation) -> T) -> T {
        look(&self.nation.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn take_over(&self, news: &News) -> Result<()> {
        let mut nation = self.nation.write().unwrap_or_else(PoisonError::into_inner);
        nation.take_over(news, self.policy.memory_changes)
    }

    /// Notes where an upstream says that it stands.
    pub fn hear(&self, feed: Upstream, head: i64) {
        self.paces.hear(feed, head);
    }

    /// Checks how the feeds are read; answers whether that has changed.
    fn look_at_paces(&self) -> bool {
        let (tolerated, silence) = (self.policy.lag_tolerated(), self.policy.feed_silence());
        let mut nation = self.nation.write().unwrap_or_else(PoisonError::into_inner);
        let paces = self.paces.judge(&nation.feeds, self.clock.now(), tolerated, silence);
        std::mem::replace(&mut nation.paces, paces) != paces
    }

    /// Wakes the callers that wait for a revision.
    fn tell_reached(&self) {
        self.reached.send_replace(self.read(Reached::of));
    }

    /// Waits until the memory has reached `least`; the caller's deadline bounds it.
    pub async fn wait_for(&self, least: Reached) {
        let mut reached = self.reached.subscribe();
        // The sender lives as long as the memory does.
        let _ = reached.wait_for(|reached| reached.holds(&least)).await;
    }

    /// False if the registry was read whole and has no such unit.
    pub fn may_have_unit(&self, unit: &str) -> bool {
        self.read(|nation| {
            !nation.feed(Upstream::Registry).caught_up || nation.units.contains_key(unit)
        })
    }

    /// The state of each feed, in the order of [`Upstream::ALL`].
    pub fn feeds(&self) -> [FeedState; 2] {
        self.read(|nation| nation.feeds)
    }

    /// When this replica began.
    pub fn begun(&self) -> Micros {
        self.begun
    }

    /// The time now.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Answers a question of any day.
    ///
    /// # Errors
    /// Internal, for a time outside the calendar.
    pub fn report(&self, question: &Question) -> Result<Report> {
        let mut report = self.read(|nation| model::report(nation, question, &self.policy))?;
        report.sample_data = self.sample_data;
        Ok(report)
    }

    /// One mall as it is now.
    ///
    /// # Errors
    /// `NOT_FOUND`; internal, for a time outside the calendar.
    pub fn mall(&self, name: &str) -> Result<MallDetail> {
        let question = Question::now(self.now());
        self.read(|nation| model::mall_detail(nation, name, &question))
    }

    /// Receives each new report.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Current>> {
        self.current.subscribe()
    }

    /// Computes the present report, and sends it to watchers if it differs from the last one:
    /// because something came in, a day ended or a source became late. Answers whether it differs.
    ///
    /// # Errors
    /// The same as [`Memory::report`].
    fn publish(&self) -> Result<bool> {
        let report = self.report(&Question::now(self.now()))?;
        let next = self.current.borrow().next(report, self.policy.watch_changes_held);
        let told = next.is_some();
        if let Some(next) = next {
            self.current.send_replace(Arc::new(next));
        }
        Ok(told)
    }
}

impl Reached {
    fn of(nation: &Nation) -> Self {
        Self { seq: nation.place.seq, feeds: Upstream::ALL.map(|feed| nation.feed(feed).revision) }
    }

    fn holds(&self, least: &Self) -> bool {
        self.seq >= least.seq
            && self.feeds.iter().zip(&least.feeds).all(|(read, least)| read >= least)
    }
}
