//! What a replica serves from: the state, and the report of now with what was rendered of it.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use mpp_api::reporting::Report;
use mpp_core::{Clock, Micros, Result};
use tokio::sync::watch;

use crate::{
    model::{self, OwnCount, Question, State, own_count, published},
    page::{Lang, Section},
};

/// The state, and the report that follows from it.
#[derive(Debug)]
pub struct Memory {
    state: RwLock<State>,
    current: watch::Sender<Arc<Current>>,
    clock: Clock,
}

/// A report of now; rendered at most once for each language.
#[derive(Debug, Default)]
pub struct Current {
    /// The report.
    pub report: Report,
    /// Own counts beside the published ones.
    pub own: Vec<OwnCount>,
    nation: [OnceLock<Arc<Vec<Section>>>; 2],
}

impl Current {
    /// The rendered sections of the national page.
    pub fn nation(&self, lang: Lang) -> &OnceLock<Arc<Vec<Section>>> {
        &self.nation[lang as usize]
    }
}

impl Memory {
    /// Starts with a state as the database has it.
    ///
    /// # Errors
    /// As [`Memory::publish`].
    pub fn new(state: State, clock: Clock) -> Result<Self> {
        let (current, _) = watch::channel(Arc::new(Current::default()));
        let memory = Self { state: RwLock::new(state), current, clock };
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

    /// The time now.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Answers a question of any day.
    ///
    /// # Errors
    /// Internal, for a time outside the calendar.
    pub fn report(&self, mut question: Question) -> Result<Report> {
        question.now = self.now();
        self.read(|state| model::report(state, &question))
    }

    /// The report of now.
    pub fn current(&self) -> Arc<Current> {
        self.current.borrow().clone()
    }

    /// Hears of each new report of now.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Current>> {
        self.current.subscribe()
    }

    /// Works out the report of now, and tells those who listen where it differs: because the state
    /// changed, or because a day ended or a source became late.
    ///
    /// # Errors
    /// As [`Memory::report`].
    pub fn publish(&self) -> Result<()> {
        let question = Question { now: self.clock.now(), ..Question::default() };
        let (report, own) = self.read(|state| {
            let own = published().iter().map(|row| own_count(state, &row.date)).collect();
            model::report(state, &question).map(|report| (report, own))
        })?;
        self.current.send_if_modified(|current| {
            let news = timeless(&current.report) != timeless(&report);
            if news {
                *current = Arc::new(Current { report, own, ..Current::default() });
            }
            news
        });
        Ok(())
    }
}

/// The report without what changes from moment to moment.
fn timeless(report: &Report) -> Report {
    let mut report = Report { known_on: None, ..report.clone() };
    for feed in &mut report.freshness {
        feed.seen_time = None;
    }
    report
}
