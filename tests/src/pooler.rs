//! A PgBouncer before a cluster.

use std::{fs, net::TcpStream};

use mpp_testkit::free_port;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    PATIENCE,
    cluster::{Cluster, own, server_user},
    eventually,
    process::Process,
};

/// The pooler; it ends with this value.
#[derive(Debug)]
pub struct Pooler {
    port: u16,
    _process: Process,
    _folder: TempDir,
}

impl Pooler {
    /// Starts one that shares connections as `mode` says (`session`, `transaction`), with further
    /// lines of its configuration.
    ///
    /// # Panics
    /// If PgBouncer is not installed.
    pub async fn before(cluster: &Cluster, mode: &str, lines: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let config = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {mode}\ndefault_pool_size = 40\n{lines}\n",
            cluster.port()
        );
        let path = folder.path().join("pgbouncer.ini");
        fs::write(&path, config).expect("a file");
        let user = server_user().await;
        if let Some(user) = &user {
            own(folder.path(), user).await;
        }
        let mut command = program(user.as_deref());
        command.arg(&path).kill_on_drop(true);
        let process = Process::start("pgbouncer", command, &folder.path().join("log"));
        eventually(PATIENCE, "PgBouncer is up", async || {
            let tried = TcpStream::connect(("127.0.0.1", port));
            tried.map(drop).map_err(|error| format!("{error}: {}", process.log()))
        })
        .await;
        Self { port, _process: process, _folder: folder }
    }

    /// The address of a cluster's database through the pooler.
    pub fn address(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

/// It refuses to run as root. Debian has it where only root looks.
fn program(user: Option<&str>) -> Command {
    let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"];
    let installed = program.into_iter().find(|path| fs::metadata(path).is_ok());
    let program = installed.unwrap_or_else(|| {
        panic!("PgBouncer is not here: tests/run installs it, or `apt-get install pgbouncer`")
    });
    let Some(user) = user else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", program]);
    command
}
