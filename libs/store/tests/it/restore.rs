//! A restore may have lost commits that followers saw: they must start again.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use mpp_core::{Clock, Reason};
use mpp_store::{FeedOptions, Filter, Start};
use mpp_testkit::{Backend, database, free_port};
use tempfile::TempDir;

use crate::kit::{Served, changes_to, write};

const NAME: &str = "malls/banyuwangi";

/// A second PostgreSQL cluster, stopped and removed with this value.
struct Cluster {
    folder: TempDir,
    port: u16,
}

/// The newest installed tool of PostgreSQL.
fn tool(name: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin").join(name)))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from(name))
}

/// Runs a command, as the user postgres where this one is root, which PostgreSQL refuses to be.
fn run(program: &Path, args: &[&str]) {
    let root = Command::new("id").arg("-u").output().unwrap().stdout.starts_with(b"0\n");
    let mut command = if root { Command::new("runuser") } else { Command::new(program) };
    if root {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    let status = command.args(args).stdout(Stdio::null()).current_dir("/").status();
    assert!(status.is_ok_and(|status| status.success()), "{} {args:?}", program.display());
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The user postgres must reach into it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        let (data, port) = (folder.path().join("data").display().to_string(), free_port());
        run(
            &tool("initdb"),
            &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        );
        let settings = format!("-p {port} -k {} -c fsync=off", folder.path().display());
        let log = folder.path().join("log").display().to_string();
        run(&tool("pg_ctl"), &["-D", &data, "-o", &settings, "-l", &log, "-w", "start"]);
        Self { folder, port }
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.path().join("data").display().to_string();
        run(&tool("pg_ctl"), &["-D", &data, "-m", "immediate", "-w", "stop"]);
    }
}

#[tokio::test]
async fn a_dump_restored_into_a_new_cluster_starts_a_new_lineage() {
    let database = database(Backend::Postgres).await;
    let options = database.options(Clock::system());
    let served = Served::start(&options, FeedOptions::default()).await;
    write(&served.db, NAME, "in the dump", "35.10").await;
    let cluster = Cluster::start();
    let dump = cluster.folder.path().join("dump.sql");
    let file = dump.display().to_string();
    let dumped = Command::new(tool("pg_dump")).args([database.url(), "-f", &file]).status();
    assert!(dumped.unwrap().success());
    // Lost by the restore, though a follower saw it.
    let mut follower = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    let revision = write(&served.db, NAME, "after the dump", "35.10").await;
    let (_, token) = changes_to(&mut follower, revision).await;
    let lineage = served.feed.lineage();
    served.stop().await;

    let restored = Command::new(tool("psql"))
        .args([&cluster.url(), "-q", "-v", "ON_ERROR_STOP=1", "-f", &file])
        .stdout(Stdio::null())
        .status();
    assert!(restored.unwrap().success());
    let mut options = options;
    options.url = cluster.url();
    let served = Served::start(&options, FeedOptions::default()).await;
    assert_ne!(served.feed.lineage(), lineage);
    starts_again(&served, token).await;
    let lineage = served.feed.lineage();
    served.stop().await;

    // Opened again it is the same one.
    let served = Served::start(&options, FeedOptions::default()).await;
    assert_eq!(served.feed.lineage(), lineage);
    served.stop().await;
}

#[tokio::test]
async fn an_older_sqlite_file_put_back_starts_a_new_lineage() {
    let database = database(Backend::Sqlite).await;
    let options = database.options(Clock::system());
    let path = database.folder().unwrap().join("test.db");
    let copy = path.with_extension("backup");
    let served = Served::start(&options, FeedOptions::default()).await;
    write(&served.db, NAME, "in the copy", "35.10").await;
    let lineage = served.feed.lineage();
    served.stop().await;
    std::fs::copy(&path, &copy).unwrap();

    let served = Served::start(&options, FeedOptions::default()).await;
    assert_eq!(served.feed.lineage(), lineage, "a restart is no restore");
    let mut follower = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    let revision = write(&served.db, NAME, "after the copy", "35.10").await;
    let (_, token) = changes_to(&mut follower, revision).await;
    served.stop().await;
    // What it served was noted beside the file when the server stopped.
    std::fs::copy(&copy, &path).unwrap();

    let served = Served::start(&options, FeedOptions::default()).await;
    assert_ne!(served.feed.lineage(), lineage);
    starts_again(&served, token).await;
}

/// The old token is refused; the state is that of the copy, and the feed goes on from there.
async fn starts_again(served: &Served, token: bytes::Bytes) {
    let resumed = served.feed.subscribe(Start::Token(token), Filter::default()).await;
    assert_eq!(resumed.map(drop).unwrap_err().reason(), Reason::LineageChanged);
    let mut follower = served.feed.subscribe(Start::State, Filter::default()).await.unwrap();
    let (state, _) = changes_to(&mut follower, 0).await;
    assert_eq!((state.len(), state[0].version), (1, 1));
    let revision = write(&served.db, NAME, "goes on", "35.10").await;
    let (changes, _) = changes_to(&mut follower, revision).await;
    assert_eq!(changes[0].version, 2);
}
