//! What a replica serves from: the state, and the report of now that follows from it.

mod current;

use std::sync::{Arc, PoisonError, RwLock};

use mpp_api::reporting::{MallDetail, Report};
use mpp_core::{Clock, Micros, Result};
use tokio::sync::watch;

pub use current::Current;

use crate::model::{self, Question, State, Upstream};

/// The state, and the report of now.
#[derive(Debug)]
pub struct Memory {
    state: RwLock<State>,
    reached: watch::Sender<Reached>,
    current: watch::Sender<Arc<Current>>,
    clock: Clock,
    sample_data: bool,
}

/// How far a replica's state has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// The inbox's number.
    pub seq: i64,
    /// Revisions up to which the feeds are read, in the order of [`Upstream::ALL`].
    pub feeds: [i64; 2],
}

impl Memory {
    /// Starts with a state as the database has it; reports say whether they show `sample_data`.
    ///
    /// # Errors
    /// As [`Memory::publish`].
    pub fn new(state: State, clock: Clock, sample_data: bool) -> Result<Self> {
        let (reached, _) = watch::channel(Reached::of(&state));
        let (current, _) = watch::channel(Arc::new(Current::default()));
        let memory = Self { state: RwLock::new(state), reached, current, clock, sample_data };
        memory.publish()?;
        Ok(memory)
    }

    /// Looks at the state; keep it short, changes wait.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells those who wait how far the state has come.
    pub fn tell_reached(&self) {
        self.reached.send_replace(self.read(Reached::of));
    }

    /// The time now.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Answers a question of any day.
    ///
    /// # Errors
    /// Internal, for a time outside the calendar.
    pub fn report(&self, question: Question) -> Result<Report> {
        let question = self.asked_now(question);
        self.read(|state| model::report(state, &question))
    }

    /// One mall as it is now.
    ///
    /// # Errors
    /// `NOT_FOUND`; internal, for a time outside the calendar.
    pub fn mall(&self, name: &str) -> Result<MallDetail> {
        let question = self.asked_now(Question::default());
        self.read(|state| model::mall_detail(state, name, &question))
    }

    fn asked_now(&self, question: Question) -> Question {
        Question { now: self.now(), sample_data: self.sample_data, ..question }
    }

    /// The report of now.
    pub fn current(&self) -> Arc<Current> {
        self.current.borrow().clone()
    }

    /// Hears of each new report of now.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Current>> {
        self.current.subscribe()
    }

    /// Waits until the state has come so far; the caller's deadline bounds it.
    pub async fn wait_for(&self, least: Reached) {
        let mut reached = self.reached.subscribe();
        // The sender lives as long as the memory does.
        let _ = reached.wait_for(|reached| reached.holds(&least)).await;
    }

    /// Works out the report of now, and tells those who listen where it differs: because the state
    /// changed, or because a day ended or a source became late. Answers whether it does.
    ///
    /// # Errors
    /// As [`Memory::report`].
    pub fn publish(&self) -> Result<bool> {
        let report = self.report(Question::default())?;
        let next = self.current().next(report);
        let told = next.is_some();
        if let Some(next) = next {
            self.current.send_replace(Arc::new(next));
        }
        Ok(told)
    }
}

impl Reached {
    fn of(state: &State) -> Self {
        Self { seq: state.seq, feeds: Upstream::ALL.map(|feed| state.feed(feed).revision) }
    }

    fn holds(&self, least: &Self) -> bool {
        self.seq >= least.seq
            && self.feeds.iter().zip(&least.feeds).all(|(read, least)| read >= least)
    }
}
