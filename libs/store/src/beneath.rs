//! Notices that a SQLite database's file was exchanged beneath this process, as by a folder that is
//! copied back.
//!
//! Open connections still hold the old file, which nobody else has any more: writes there are lost,
//! and reads see another database. So the file is looked at whenever a connection is taken. Once
//! another file is there, and has been left alone for a while, connections are made anew; the
//! feed's reader then finds by the marks whether it can go on.
//!
//! A file that is overwritten in its place, with its log beside it, is torn: stop the server first.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use mpp_core::{Error, Reason, Result};

/// How long the files that come in its place have to be left alone before they are opened.
const SETTLED: Duration = Duration::from_secs(1);

/// The file beneath a process's connections.
#[derive(Debug)]
pub(crate) struct Beneath {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The file that the connections have open.
    open: Option<Identity>,
    /// Since when it is open; older connections have another file.
    since: Option<Instant>,
    /// The files that have come in its place, and since when they look as they do.
    coming: Option<(Files, Instant)>,
}

/// Device and inode number.
type Identity = (u64, u64);

/// The file and its log: identity, length and when it was last written.
type Files = [Option<(Identity, u64, Option<SystemTime>)>; 2];

impl Beneath {
    /// Notes the file that is there now.
    pub fn new(path: &Path) -> Self {
        let open = look(path).map(|(identity, ..)| identity);
        let state = Mutex::new(State { open, since: None, coming: None });
        Self { path: path.to_owned(), state }
    }

    /// Whether connections may be used. `renew` is called before a file that has come in its place
    /// is opened.
    ///
    /// # Errors
    /// `UNAVAILABLE` while the file is exchanged, and as `renew` fails.
    pub fn check(&self, renew: impl FnOnce() -> Result<()>) -> Result<()> {
        let there = look(&self.path).map(|(identity, ..)| identity);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if there.is_some() && there == state.open {
            state.coming = None;
            return Ok(());
        }
        let files = [look(&self.path), look(&with_suffix(&self.path, "-wal"))];
        let (seen, since) = state.coming.get_or_insert((files, Instant::now()));
        if *seen != files {
            (*seen, *since) = (files, Instant::now());
        }
        if there.is_none() || since.elapsed() < SETTLED {
            return Err(exchanged(&self.path));
        }
        renew()?;
        tracing::warn!(path = %self.path.display(), "the database's file was exchanged");
        *state = State { open: there, since: Some(Instant::now()), coming: None };
        Ok(())
    }

    /// True for a connection of this age, if it is to the file that was there before.
    pub fn is_outdated(&self, age: Duration) -> bool {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.since.is_some_and(|since| age >= since.elapsed())
    }
}

fn look(path: &Path) -> Option<(Identity, u64, Option<SystemTime>)> {
    let about = fs::metadata(path).ok()?;
    Some(((about.dev(), about.ino()), about.len(), about.modified().ok()))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn exchanged(path: &Path) -> Error {
    let message = format!(
        "the file {} is gone or being exchanged; put a whole copy back, with nothing else of the \
         earlier one beside it, or start the server again",
        path.display()
    );
    Error::new(Reason::Unavailable, message).with_retry_after(SETTLED)
}
