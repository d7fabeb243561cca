//! A file that is read again when it changes, so that keys and certificates are renewed without
//! a restart. It is looked at when it is used, at most once a second; a stat is cheaper than a
//! watcher, and follows the symbolic links that Kubernetes swaps.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use mpp_core::{Error, FieldCode, Result};

const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Makes a value of the files' bytes, which come in their order.
type Parse<T> = Box<dyn Fn(&[Vec<u8>]) -> Result<T> + Send + Sync>;

/// A value parsed from some files, as of their last good version.
pub struct Watched<T> {
    paths: Vec<PathBuf>,
    parse: Parse<T>,
    state: Mutex<Loaded<T>>,
}

struct Loaded<T> {
    value: Arc<T>,
    /// Counts the good versions.
    version: u64,
    stamp: Vec<Option<(SystemTime, u64)>>,
    looked: Instant,
}

impl<T> Watched<T> {
    /// Reads the files, which `parse` gets in their order.
    ///
    /// # Errors
    /// A file that cannot be read, or not parsed; both name it.
    pub fn open(
        paths: Vec<PathBuf>,
        parse: impl Fn(&[Vec<u8>]) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Self> {
        let stamp = stamp(&paths);
        let value = Arc::new(parse(&read(&paths)?)?);
        let state = Mutex::new(Loaded { value, version: 0, stamp, looked: Instant::now() });
        Ok(Self { paths, parse: Box::new(parse), state })
    }

    /// The value, read again if a file has changed. A version that cannot be read is logged,
    /// and the last good one stays.
    pub fn current(&self) -> Arc<T> {
        self.look(LOOK_EVERY).0
    }

    /// Which version [`Watched::current`] gives.
    pub fn version(&self) -> u64 {
        self.look(LOOK_EVERY).1
    }

    /// As [`Watched::current`], but looks at once: for a key that is not known yet.
    pub fn newest(&self) -> Arc<T> {
        self.look(Duration::from_millis(20)).0
    }

    fn look(&self, every: Duration) -> (Arc<T>, u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.looked.elapsed() >= every {
            state.looked = Instant::now();
            let seen = stamp(&self.paths);
            if seen != state.stamp {
                state.stamp = seen;
                self.reload(&mut state);
            }
        }
        (state.value.clone(), state.version)
    }

    fn reload(&self, state: &mut Loaded<T>) {
        match read(&self.paths).and_then(|files| (self.parse)(&files)) {
            Ok(value) => {
                tracing::info!(files = ?self.paths, "read again after a change");
                state.value = Arc::new(value);
                state.version += 1;
            }
            Err(error) => {
                let context = error.context().map(ToString::to_string).unwrap_or_default();
                tracing::warn!(files = ?self.paths, context, "kept the last good version: {error}");
            }
        }
    }
}

fn read(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    paths.iter().map(|path| read_file(path)).collect()
}

/// Reads a whole file.
///
/// # Errors
/// Names the file.
pub fn read_file(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| {
        Error::field(
            path.display().to_string(),
            FieldCode::Unreadable,
            format!("cannot be read: {error}"),
        )
    })
}

fn stamp(paths: &[PathBuf]) -> Vec<Option<(SystemTime, u64)>> {
    let of = |path: &PathBuf| {
        let meta = fs::metadata(path).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    };
    paths.iter().map(of).collect()
}
