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
    session::{History, Session},
};

/// How many lines of a client's own words are shown.
const SHOWN: usize = 3;

/// Where vectors are played, one after the other. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stage(Arc<Mutex<Playing>>);

/// The vector that is played. Its streams keep it, so that none of them ends in the next one.
#[derive(Clone, Debug, Default)]
pub struct Playing(Arc<Mutex<Scene>>);

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
    /// What is known of the client.
    pub known: History,
}

impl Stage {
    /// Begins a vector.
    pub fn begin(&self, source: &str) {
        let scene = Scene { source: source.to_owned(), ..Scene::default() };
        *self.now() = Playing(Arc::new(Mutex::new(scene)));
    }

    /// The vector that is played now.
    pub fn playing(&self) -> Playing {
        self.now().clone()
    }

    fn now(&self) -> MutexGuard<'_, Playing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Playing {
    /// Says which sessions a start of the client is to make.
    pub fn expect(&self, sessions: &[Script]) {
        let mut scene = self.scene();
        scene.to_come = sessions.iter().cloned().collect();
        scene.known.runs += 1;
    }

    /// How long it is until the client may come again.
    pub fn pause(&self) -> Duration {
        let may = self.scene().not_before;
        may.map_or(Duration::ZERO, |may| may.saturating_duration_since(Instant::now()))
    }

    /// True once all expected sessions are over.
    pub fn is_over(&self) -> bool {
        let scene = self.scene();
        scene.to_come.is_empty() && scene.open == 0
    }

    /// Keeps what the client has said about itself.
    pub fn said(&self, text: &str) {
        text.clone_into(&mut self.scene().said);
    }

    /// Ends the vector and returns what was wrong.
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
    /// Takes a stream's hello: gives its session, or how it is refused.
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

    /// Ends a session.
    pub fn over(&mut self, mut session: Session) {
        session.over();
        self.faults.append(&mut session.faults);
        self.open = self.open.saturating_sub(1);
    }

    /// Notes that something else is wrong.
    pub fn fault(&mut self, text: &str) {
        self.faults.push(text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use mpp_api::sync::End;

    use super::*;
    use crate::client::script::Expected;

    const SOURCE: &str = "sources/uji";

    fn hello() -> Hello {
        let (source, mapping_version) = (SOURCE.to_owned(), "1".to_owned());
        Hello { source, mapping_version, ..Hello::default() }
    }

    #[test]
    fn a_client_that_gave_up_is_not_blamed_once_it_may_come_again() {
        let stage = Stage::default();
        stage.begin(SOURCE);
        let playing = stage.playing();
        let refuse = Refusal { reason: "LEASE_HELD".into(), retry_millis: 20 };
        playing.expect(&[Script { refuse: Some(refuse), ..Script::default() }, Script::default()]);
        playing.scene().hello(&hello()).expect_err("refused");
        let pause = playing.pause();
        assert!(!pause.is_zero(), "it is not started at once");
        std::thread::sleep(pause);
        let session = playing.scene().hello(&hello()).expect("a session");
        playing.scene().over(session);
        assert_eq!(playing.end(), Vec::<String>::new());
    }

    /// Two starts of a client that only says hello and end.
    #[test]
    fn a_client_that_sends_nothing_does_not_pass() {
        let stage = Stage::default();
        stage.begin(SOURCE);
        let playing = stage.playing();
        for expects in [vec![Expected::AnEnd], vec![Expected::LastCheckpoint, Expected::AnEnd]] {
            playing.expect(&[Script { expects, ..Script::default() }]);
            let mut session = playing.scene().hello(&hello()).expect("a session");
            session.end(&End::default(), &playing.scene().known);
            playing.scene().over(session);
        }
        let nothing = "end: expected 5 records at least, came 0";
        let none = "hello: expected batches that were answered in the runs before, came none";
        assert_eq!(playing.end(), [nothing, none, nothing]);
    }

    #[test]
    fn a_stream_of_one_vector_ends_in_it_and_not_in_the_next() {
        let stage = Stage::default();
        stage.begin(SOURCE);
        let first = stage.playing();
        first.expect(&[Script::default()]);
        let session = first.scene().hello(&hello()).expect("a session");
        stage.begin(SOURCE);
        let second = stage.playing();
        second.expect(&[Script::default()]);
        let own = second.scene().hello(&hello()).expect("a session");
        first.scene().over(session);
        assert!(!second.is_over(), "its own session is still open");
        second.scene().over(own);
        assert!(second.is_over());
    }
}
