//! Where a vector stands: the sessions that are still to come, and what was found wrong.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use mpp_api::sync::Hello;

use super::{
    registry::Registry,
    script::{Refusal, Script},
    session::{Known, Session},
};

/// Lines of a client's own words that are shown.
const SHOWN: usize = 3;

/// The vector that is played. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stage(Arc<Mutex<Scene>>);

/// What the streams of a vector share.
#[derive(Debug, Default)]
pub struct Scene {
    source: String,
    to_come: VecDeque<Script>,
    open: usize,
    /// When the client may come again.
    not_before: Option<Instant>,
    faults: Vec<String>,
    said: String,
    /// The server's side.
    pub registry: Registry,
    /// The client's.
    pub known: Known,
}

impl Stage {
    /// A vector begins.
    pub fn begin(&self, source: &str) {
        *self.scene() = Scene { source: source.to_owned(), ..Scene::default() };
    }

    /// A start of the client is to make these sessions.
    pub fn expect(&self, sessions: &[Script]) {
        self.scene().to_come = sessions.iter().cloned().collect();
    }

    /// True once all of them were.
    pub fn is_over(&self) -> bool {
        let scene = self.scene();
        scene.to_come.is_empty() && scene.open == 0
    }

    /// What the client has said of itself.
    pub fn said(&self, text: &str) {
        text.clone_into(&mut self.scene().said);
    }

    /// The vector is over; what was wrong of it.
    pub fn end(&self) -> Vec<String> {
        let mut scene = self.scene();
        let missing = scene.to_come.len();
        if missing > 0 {
            scene.faults.push(format!("expected {missing} more sessions, came none"));
        }
        let mut faults = std::mem::take(&mut scene.faults);
        if !faults.is_empty() && !scene.said.is_empty() {
            let lines: Vec<&str> = scene.said.lines().rev().take(SHOWN).collect();
            faults.extend(lines.iter().rev().map(|line| format!("the client said: {line}")));
        }
        faults
    }

    /// The scene, for one message.
    pub fn scene(&self) -> MutexGuard<'_, Scene> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scene {
    /// A stream says hello: a session, or how it is refused.
    pub fn hello(&mut self, hello: &Hello) -> Result<Session, Refusal> {
        if hello.source != self.source {
            let text = format!("hello: expected {}, came {}", self.source, hello.source);
            self.faults.push(text);
        }
        if let Some(early) =
            self.not_before.take().and_then(|at| at.checked_duration_since(Instant::now()))
        {
            let text = format!("hello: came {} ms before the retry hint allows", early.as_millis());
            self.faults.push(text);
        }
        let script = self.to_come.pop_front().unwrap_or_default();
        if let Some(refusal) = script.refuse.clone() {
            let pause = Duration::from_millis(refusal.retry_millis);
            self.not_before = Some(Instant::now() + pause);
            return Err(refusal);
        }
        if script.forgets {
            self.registry = Registry::default();
        }
        let session = Session::begin(script, hello, &mut self.registry, &self.known);
        self.known.holder.clone_from(&hello.holder);
        self.open += 1;
        Ok(session)
    }

    /// A session is over.
    pub fn over(&mut self, mut session: Session) {
        session.over();
        self.faults.append(&mut session.faults);
        self.open -= 1;
    }

    /// Something else is wrong.
    pub fn fault(&mut self, text: &str) {
        self.faults.push(text.to_owned());
    }
}
