//! The file beside a SQLite database, which says who owns it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use mpp_core::{Error, Reason, Result};

use crate::beneath::Beneath;

/// A lock on a database file, given up when dropped and when the process is killed.
#[derive(Debug)]
pub(crate) struct Owned {
    lock: Mutex<File>,
    path: PathBuf,
    beneath: Beneath,
}

impl Owned {
    /// Locks the database at `path` for this process, making it if it does not exist.
    pub fn lock(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| cannot(path, error))?;
        }
        let lock = Mutex::new(lock_beside(path)?);
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| cannot(path, error))?;
        Ok(Self { lock, path: path.to_owned(), beneath: Beneath::new(path) })
    }

    /// Whether connections may be used: the file may be another one by now, and then this process
    /// has to own that one, too.
    ///
    /// # Errors
    /// `UNAVAILABLE` while the file is exchanged, or where the new one has another owner.
    pub fn check(&self) -> Result<()> {
        self.beneath.check(|| {
            *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = lock_beside(&self.path)?;
            Ok(())
        })
    }

    /// True for a connection of this age, if it is to a file that was there before.
    pub fn is_outdated(&self, age: Duration) -> bool {
        self.beneath.is_outdated(age)
    }

    /// Lets another process own the database.
    pub fn release(&self) {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = lock.unlock() {
            tracing::warn!(%error, "cannot unlock the database");
        }
    }
}

/// Locks the file beside a database, and notes its owner there.
fn lock_beside(path: &Path) -> Result<File> {
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
    write(&mut file).map_err(|error| cannot(&beside, error))?;
    Ok(file)
}

fn write(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(format!("process {}\n", std::process::id()).as_bytes())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn text_of(file: &mut File) -> String {
    let mut text = String::new();
    // The text only names the holder in a refusal.
    let _ = file.take(1000).read_to_string(&mut text);
    text
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
}
