//! Copies of a database, as operators make them and put them back.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use mpp_testkit::{Backend, TestDatabase, database};
use tempfile::TempDir;

use crate::cluster::tool;

/// A dump, or the files of a SQLite database with whatever lies beside them.
pub struct Backup {
    folder: TempDir,
    of: Backend,
}

impl Backup {
    /// Copies the database as it is now, whether a server runs on it or not.
    pub fn of(database: &TestDatabase) -> Self {
        let backup = Self { folder: tempfile::tempdir().unwrap(), of: database.backend() };
        match database.folder() {
            Some(folder) => copy_files(folder, backup.folder.path()),
            None => {
                let dump = Command::new(tool("pg_dump"))
                    .args([database.url(), "-f", &backup.dump()])
                    .status();
                assert!(dump.unwrap().success());
            }
        }
        backup
    }

    /// Puts it back into the database that it is of.
    pub fn restore_to(&self, database: &TestDatabase) {
        match database.folder() {
            Some(folder) => {
                for entry in fs::read_dir(folder).unwrap() {
                    fs::remove_file(entry.unwrap().path()).unwrap();
                }
                copy_files(self.folder.path(), folder);
            }
            None => self.restore_at(database.url()),
        }
    }

    /// Puts a dump into the database at `url`, in place of what is there.
    pub fn restore_at(&self, url: &str) {
        let empty = "drop schema public cascade; create schema public";
        let dump = self.dump();
        let restored = Command::new(tool("psql"))
            .args([url, "-q", "-v", "ON_ERROR_STOP=1", "-1", "-c", empty, "-f", &dump])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(restored.unwrap().success());
    }

    /// A database of its own that begins as this copy.
    pub async fn fork(&self) -> TestDatabase {
        let fork = database(self.of).await;
        self.restore_to(&fork);
        fork
    }

    fn dump(&self) -> String {
        self.folder.path().join("dump.sql").display().to_string()
    }
}

fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
