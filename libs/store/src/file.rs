//! The file beside a SQLite database, which says who owns it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use mpp_core::{Error, Reason, Result};

/// A lock on a database file; let go when dropped, also when the process is killed.
#[derive(Debug)]
pub(crate) struct Owned(File);

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
        OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .map_err(|error| cannot(path, error))?;
        write(&mut file).map_err(|error| cannot(&beside, error))?;
        Ok(Self(file))
    }

    /// Lets another process own the database.
    pub fn release(&self) {
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "cannot unlock the database");
        }
    }
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
    // It only names the holder in a refusal.
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
