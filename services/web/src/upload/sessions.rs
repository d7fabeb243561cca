//! Who has signed in to upload, and what each has waiting to be confirmed: limited in number, for
//! all and for one address, and in time. What is kept of a visitor goes with the session.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use mpp_agent::Upload;
use mpp_core::{Clock, Micros};
use tempfile::TempDir;
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{
    live::permits::{Permit, Permits},
    pages::upload::{Report, WorkbookFindings},
};

/// The time between two looks for sessions whose time is over: their files go with them. No
/// setting: a session that is over is refused at once, only its file lies there for so long.
const SWEEP: Duration = Duration::from_secs(30);

/// A visitor who has signed in.
#[derive(Clone)]
pub struct Session {
    /// Stands in every form of this session, and in no other.
    pub key: String,
    /// The token that the visitor gave.
    pub token: String,
    /// The source that it publishes.
    pub source: String,
    /// The source's unit.
    pub unit: String,
    /// When it ends.
    pub ends: Micros,
    /// The workbook that waits to be confirmed.
    pub pending: Option<Arc<Pending>>,
    /// How the last upload ended.
    pub report: Option<Arc<Report>>,
    _place: Arc<Permit>,
}

/// A workbook that was read and waits to be confirmed; its file goes with it.
#[derive(Debug)]
pub struct Pending {
    /// How it is read and sent.
    pub upload: Upload,
    /// What was found in it.
    pub reading: Arc<WorkbookFindings>,
    /// Holds the file.
    pub _folder: TempDir,
}

/// All sessions of this process.
#[derive(Clone)]
pub struct Sessions {
    all: Arc<Mutex<HashMap<String, Session>>>,
    places: Permits,
    clock: Clock,
    lasts: Duration,
}

impl Sessions {
    /// Starts with no session.
    pub fn new(places: Permits, clock: Clock, lasts: Duration) -> Self {
        Self { all: Arc::default(), places, clock, lasts }
    }

    /// Begins a session and answers its secret name; `None` if there is no place.
    pub fn begin(
        &self,
        peer: Option<IpAddr>,
        token: String,
        source: String,
        unit: String,
    ) -> Option<String> {
        let place = Arc::new(self.places.take(peer)?);
        let lasts = i64::try_from(self.lasts.as_micros()).unwrap_or(i64::MAX);
        let session = Session {
            key: secret(),
            token,
            source,
            unit,
            ends: self.clock.now().saturating_add(lasts),
            pending: None,
            report: None,
            _place: place,
        };
        let name = secret();
        self.living().insert(name.clone(), session);
        Some(name)
    }

    /// The session of a name, while its time lasts.
    pub fn find(&self, name: &str) -> Option<Session> {
        self.living().get(name).cloned()
    }

    /// Changes the session of this name, if there is one.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.living().get_mut(name) {
            change(session);
        }
    }

    /// Ends the session of this name.
    pub fn end(&self, name: &str) {
        self.living().remove(name);
    }

    /// Drops sessions whose time is over, until the process ends.
    pub async fn sweep(self, shutdown: CancellationToken) {
        let mut every = time::interval(SWEEP);
        while shutdown.run_until_cancelled(every.tick()).await.is_some() {
            drop(self.living());
        }
    }

    /// The sessions whose time is not over; the others are removed.
    fn living(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        let now = self.clock.now();
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, session| session.ends > now);
        all
    }
}

/// A name that nobody guesses.
pub fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sessions(clock: &Clock) -> Sessions {
        Sessions::new(Permits::new(8, 4), clock.clone(), Duration::from_secs(60))
    }

    fn begin(sessions: &Sessions, peer: &str) -> Option<String> {
        let peer = Some(peer.parse().expect("an address"));
        sessions.begin(peer, "token".into(), "sources/a".into(), "units/a".into())
    }

    #[test]
    fn one_address_cannot_take_every_session_and_time_gives_them_back() {
        let clock = Clock::stopped_at(1_000_000);
        let sessions = sessions(&clock);
        let held: Vec<_> = (0..3).map(|_| begin(&sessions, "10.0.0.1")).collect();
        assert!(held[1].is_some() && held[2].is_none());
        assert!(begin(&sessions, "10.0.0.2").is_some());
        let first = held[0].as_deref().expect("a session");
        assert!(sessions.find(first).is_some());
        clock.advance(61_000_000);
        assert!(sessions.find(first).is_none(), "its time is over");
        assert!(begin(&sessions, "10.0.0.1").is_some(), "and its place is free");
    }
}
