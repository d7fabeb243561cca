//! PostgreSQL clusters of a story's own, and PostgreSQL's tools.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use mpp_testkit::free_port;
use tempfile::TempDir;

/// The newest installed tool of PostgreSQL.
pub fn tool(name: &str) -> PathBuf {
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

/// A cluster that runs, until it is stopped or dropped; then it is removed.
pub struct Cluster {
    folder: TempDir,
    port: u16,
    runs: bool,
}

impl Cluster {
    /// A new one, which lets itself be copied.
    pub fn start() -> Self {
        let mut cluster = Self::empty(free_port());
        run(
            &tool("initdb"),
            &["-D", &cluster.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        );
        cluster.begin();
        cluster
    }

    /// A copy of this one, as it is now: a standby that follows it, or one for itself, which does
    /// not run yet.
    pub fn copy(&self, standby: bool) -> Self {
        let copy = Self::empty(self.port);
        let (url, data) = (self.url(), copy.data());
        let mut args = vec!["-D", &data, "-d", &url, "-c", "fast", "--no-sync"];
        args.extend(standby.then_some("-R"));
        run(&tool("pg_basebackup"), &args);
        copy
    }

    /// Runs at a port of its own, until it takes another's.
    pub fn begin_elsewhere(&mut self) {
        self.port = free_port();
        self.begin();
    }

    /// Runs at the port of one that has been stopped.
    pub fn begin_in_place_of(&mut self, stopped: &Self) {
        assert!(!stopped.runs);
        if self.runs {
            self.stop("fast");
        }
        self.port = stopped.port;
        self.begin();
    }

    pub fn promote(&self) {
        run(&tool("pg_ctl"), &["-D", &self.data(), "-w", "promote"]);
    }

    /// Stops as `mode` says: `fast` is orderly, `immediate` is a crash.
    pub fn stop(&mut self, mode: &str) {
        self.runs = false;
        run(&tool("pg_ctl"), &["-D", &self.data(), "-m", mode, "-w", "stop"]);
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn empty(port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The user postgres must reach into it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(folder.path(), open).unwrap();
        Self { folder, port, runs: false }
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn begin(&mut self) {
        let settings = format!("-p {} -k {} -c fsync=off", self.port, self.folder.path().display());
        let log = self.folder.path().join("log").display().to_string();
        run(&tool("pg_ctl"), &["-D", &self.data(), "-o", &settings, "-l", &log, "-w", "start"]);
        self.runs = true;
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.runs {
            self.stop("immediate");
        }
    }
}
