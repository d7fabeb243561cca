//! Copies of a service's database, as operators make them and put them back: a dump, or the files
//! of a SQLite database with whatever lies beside them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use tokio::process::Command;

use crate::{cluster::programs, program::Said};

/// Deadlocks after which a restore gives up.
const DEADLOCKS: usize = 5;

/// A copy of a database.
#[derive(Debug)]
pub struct Backup {
    folder: TempDir,
    url: String,
}

impl Backup {
    /// Copies the database at `url` as it is now, whether a server runs on it or not.
    pub async fn of(url: &str) -> Self {
        let backup = Self { folder: tempfile::tempdir().expect("a folder"), url: url.to_owned() };
        match files(url) {
            Some(files) => copy(&files, backup.folder.path()),
            None => backup.run("pg_dump", url, &["--file"]).await,
        }
        backup
    }

    /// Puts it back where it was made; a server on PostgreSQL may run meanwhile.
    pub async fn restore(&self) {
        self.restore_into(&self.url).await;
    }

    /// Puts it in place of another database.
    pub async fn restore_into(&self, url: &str) {
        let Some(files) = files(url) else {
            let empty = "drop schema public cascade; create schema public";
            let whole = ["-q", "-v", "ON_ERROR_STOP=1", "-1", "-c", empty, "--file"];
            // All its tables at once, beside reads of several of them: PostgreSQL ends the one or
            // the other, and nothing of it has happened then.
            for _ in 0..DEADLOCKS {
                let said = self.said("psql", url, &whole).await;
                if said.code == 0 || !said.err.contains("deadlock detected") {
                    said.succeeded();
                    return;
                }
            }
            panic!("{DEADLOCKS} deadlocks in a row");
        };
        for entry in fs::read_dir(&files).expect("its folder") {
            fs::remove_file(entry.expect("an entry").path()).expect("a file that goes");
        }
        copy(self.folder.path(), &files);
    }

    /// Runs one of PostgreSQL's programs on the dump.
    async fn run(&self, program: &str, url: &str, args: &[&str]) {
        self.said(program, url, args).await.succeeded();
    }

    async fn said(&self, program: &str, url: &str, args: &[&str]) -> Said {
        let mut command = Command::new(programs().join(program));
        command.arg(url).args(args).arg(self.folder.path().join("dump.sql"));
        Said::by(command).await
    }
}

/// The folder of a SQLite database.
fn files(url: &str) -> Option<PathBuf> {
    let path = Path::new(url.strip_prefix("sqlite:")?);
    path.parent().map(Path::to_owned)
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a copy");
    }
}
