//! The file beside a SQLite database: who owns the database, and how far its feed was served.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use mpp_core::{Error, Reason, Result};

/// A lock on a database file; let go when dropped, also when the process is killed.
#[derive(Debug)]
pub(crate) struct Owned {
    file: Mutex<File>,
    /// The mark that the file held when it was locked.
    pub mark: Option<Mark>,
}

/// How far a feed was served. A database below it has been restored from an older copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub lineage: String,
    pub revision: i64,
}

impl Owned {
    /// Locks the database at `path` for this process, making it if it does not exist.
    pub fn lock(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| cannot(path, error))?;
        }
        let beside = beside(path);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&beside)
            .map_err(|error| cannot(&beside, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(cannot(&beside, error)),
        }
        let mark = parse_mark(&text_of(&mut file));
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| cannot(path, error))?;
        let owned = Self { file: Mutex::new(file), mark };
        owned.write(owned.mark.as_ref()).map_err(|error| cannot(&beside, error))?;
        Ok(owned)
    }

    /// Notes how far the feed was served. Not synced: after a power failure it may lag, which
    /// only makes a restore of the last moments go unnoticed.
    pub fn note(&self, lineage: &str, revision: i64) {
        let mark = Mark { lineage: lineage.to_owned(), revision };
        if let Err(error) = self.write(Some(&mark)) {
            tracing::warn!(%error, "cannot note the served revision beside the database");
        }
    }

    /// Lets another process own the database.
    pub fn release(&self) {
        let file = self.file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Err(error) = file.unlock() {
            tracing::warn!(%error, "cannot unlock the database");
        }
    }

    fn write(&self, mark: Option<&Mark>) -> std::io::Result<()> {
        let mut text = format!("process {}\n", std::process::id());
        if let Some(mark) = mark {
            text += &format!("served {} {}\n", mark.lineage, mark.revision);
        }
        let mut file = self.file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn text_of(file: &mut File) -> String {
    let mut text = String::new();
    // What cannot be read is no mark; the lineage then starts anew, which is safe.
    let _ = file.take(1000).read_to_string(&mut text);
    text
}

fn parse_mark(text: &str) -> Option<Mark> {
    let line = text.lines().find_map(|line| line.strip_prefix("served "))?;
    let (lineage, revision) = line.split_once(' ')?;
    Some(Mark { lineage: lineage.to_owned(), revision: revision.parse().ok()? })
}

fn held(path: &Path, file: &mut File) -> Error {
    let text = text_of(file);
    let holder = text.lines().next().unwrap_or("another process").to_owned();
    Error::new(
        Reason::Unavailable,
        format!(
            "{} is in use by {holder}; a SQLite database has one owner: talk to that server over \
             gRPC, stop it first, or use PostgreSQL for several",
            path.display()
        ),
    )
}

fn cannot(path: &Path, error: std::io::Error) -> Error {
    Error::new(
        Reason::Unavailable,
        format!("cannot open {}: {error}; check the folder and its permissions", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_owner_is_told_who_holds_the_file_and_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("registry.db");
        let first = Owned::lock(&path).expect("the first owner");
        let error = Owned::lock(&path).expect_err("the second owner");
        let holder = format!("process {}", std::process::id());
        assert!(error.message().contains(&holder), "{error}");
        drop(first);
        Owned::lock(&path).expect("free again");
    }

    #[test]
    fn the_mark_outlives_its_owner() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("registry.db");
        Owned::lock(&path).expect("an owner").note("a-lineage", 42);
        let next = Owned::lock(&path).expect("the next owner");
        assert_eq!(next.mark, Some(Mark { lineage: "a-lineage".into(), revision: 42 }));
    }
}
