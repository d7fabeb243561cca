//! Files that others read, too: written whole or not at all, and read again when they change, so
//! that keys and certificates are renewed without a restart. It is looked at when it is used, at
//! most once a second; a stat is cheaper than a watcher, and follows the symbolic links that
//! Kubernetes swaps.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime},
};

use mpp_core::{Error, FieldCode, Result};

/// How often a file is looked at: a new token or certificate counts soon, and looking costs
/// microseconds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Makes a value of the files' bytes, which come in their order.
type Parse<T> = Box<dyn Fn(&[Vec<u8>]) -> Result<T> + Send + Sync>;

/// A value parsed from some files, as of their last good version.
pub struct WatchedFiles<T> {
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

impl<T> WatchedFiles<T> {
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

    /// The version that [`WatchedFiles::current`] gives.
    pub fn version(&self) -> u64 {
        self.look(LOOK_EVERY).1
    }

    /// Like [`WatchedFiles::current`], but looks at once: for a key that is not known yet.
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

/// The readers of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Its owner: it holds a secret.
    Owner,
    /// Everybody may read it.
    All,
}

/// Writes a whole file: aside, synced, and then put in place of the earlier one. A reader sees one
/// or the other, also after a loss of power.
///
/// # Errors
/// Names the file; the earlier one is as it was.
pub fn write_file(path: &Path, bytes: &[u8], readers: Readers) -> Result<()> {
    let aside = aside(path);
    let written = write_aside(&aside, bytes, readers).and_then(|()| fs::rename(&aside, path));
    let written = written.inspect_err(|_| drop(fs::remove_file(&aside)));
    written.and_then(|()| sync_folder(path)).map_err(|error| {
        Error::field(
            path.display().to_string(),
            FieldCode::Unwritable,
            format!("cannot be written: {error}"),
        )
    })
}

fn write_aside(aside: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let mode = if readers == Readers::Owner { 0o600 } else { 0o644 };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(aside)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name beside the file that no other writer takes, in this process or another.
fn aside(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{}.new", std::process::id(), NEXT.fetch_add(1, Relaxed)));
    // A process that was killed may have had the same number.
    let _ = fs::remove_file(&name);
    PathBuf::from(name)
}

/// The folder remembers the new name, too.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

fn stamp(paths: &[PathBuf]) -> Vec<Option<(SystemTime, u64)>> {
    let of = |path: &PathBuf| {
        let meta = fs::metadata(path).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    };
    paths.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_never_sees_half_of_a_file_that_is_written_again_and_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("context.json");
        let whole = |letter: &str| letter.repeat(100_000).into_bytes();
        write_file(&path, &whole("a"), Readers::All).expect("written");
        std::thread::scope(|threads| {
            for letter in ["b", "c"] {
                let path = &path;
                threads.spawn(move || {
                    for _ in 0..50 {
                        write_file(path, &whole(letter), Readers::All).expect("written");
                    }
                });
            }
            for _ in 0..500 {
                let seen = fs::read(&path).expect("it is always there");
                assert_eq!(seen.len(), 100_000);
                assert!(seen.iter().all(|byte| *byte == seen[0]));
            }
        });
        let left: Vec<_> = fs::read_dir(folder.path()).expect("the folder").collect();
        assert_eq!(left.len(), 1, "nothing is left aside: {left:?}");
    }

    #[test]
    fn a_secret_is_its_owners_whoever_could_read_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("signing.pem");
        fs::write(&path, "for all").expect("written");
        write_file(&path, b"secret", Readers::Owner).expect("written");
        let mode = fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_written_is_named_and_leaves_the_one_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("taken");
        fs::create_dir(&path).expect("a folder in its place");
        let error = write_file(&path, b"x", Readers::All).expect_err("it is a folder");
        assert!(error.message().contains("taken"), "{error}");
        let left: Vec<_> = fs::read_dir(folder.path()).expect("the folder").collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }
}
