//! A PostgreSQL cluster of a test's own, which may be killed.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use mpp_testkit::free_port;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    PATIENCE, eventually,
    process::{Signal, send},
    program::Said,
    tls::Identity,
    wait::that,
};

/// The cluster; it is ended and thrown away with this value.
#[derive(Debug)]
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    /// The user that the server runs as, since it refuses to run as root.
    user: Option<String>,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster.
    ///
    /// # Panics
    /// If PostgreSQL is not installed.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let user = server_user().await;
        if let Some(user) = &user {
            own(folder.path(), user).await;
        }
        let cluster = Self { folder, programs: programs(), user, port: free_port() };
        let made = cluster.run(
            "initdb",
            &["--username", "postgres", "--auth", "trust", "--locale", "C", "--encoding", "UTF8"],
        );
        made.await.succeeded();
        cluster.restart().await;
        cluster
    }

    /// Makes an empty database, and gives its URL.
    pub async fn database(&self, name: &str) -> String {
        let mut create = self.client("createdb");
        create.arg(name);
        Said::by(create).await.succeeded();
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    /// Changes settings, and starts the server anew, since some of them need it.
    pub async fn restart_with(&self, settings: &[(&str, &str)]) {
        self.configure(settings).await;
        let stop = ["stop", "--silent", "--wait", "--mode", "fast"];
        self.run("pg_ctl", &stop).await.succeeded();
        self.restart().await;
    }

    /// Changes settings that the running server takes up.
    pub async fn configure(&self, settings: &[(&str, &str)]) {
        for (name, value) in settings {
            let text = format!("alter system set {name} = '{value}'");
            self.sql("postgres", &text).await;
        }
        self.reload().await;
    }

    /// Puts a rule on who may connect before all others, such as `host all ada all scram-sha-256`.
    ///
    /// # Panics
    /// If the cluster's files cannot be written.
    pub async fn let_in_by(&self, rule: &str) {
        let path = self.data().join("pg_hba.conf");
        let rules = fs::read_to_string(&path).expect("its rules");
        fs::write(&path, format!("{rule}\n{rules}")).expect("its rules");
        self.reload().await;
    }

    /// Has the running server read its files again. The request returns before that is done; who
    /// connects once it is done is shown the new time, and by then all others have been signalled.
    async fn reload(&self) {
        let loaded = async || self.sql("postgres", "select pg_conf_load_time()").await;
        let before = loaded().await;
        self.sql("postgres", "select pg_reload_conf()").await;
        eventually(PATIENCE, "PostgreSQL has read its files again", async || {
            that(loaded().await != before, "still those of before")
        })
        .await;
    }

    /// Takes connections over TLS only, with this certificate.
    pub async fn encrypt(&self, identity: &Identity) {
        for (from, name) in [(&identity.certificate, "tls.crt"), (&identity.key, "tls.key")] {
            let to = self.data().join(name);
            let mut install = Command::new("install");
            install.args(["--mode", "600"]);
            if let Some(user) = &self.user {
                install.args(["--owner", user]);
            }
            install.arg(from).arg(to);
            Said::by(install).await.succeeded();
        }
        fs::write(self.data().join("pg_hba.conf"), "hostssl all all all trust\n").expect("a file");
        let files = [("ssl_cert_file", "tls.crt"), ("ssl_key_file", "tls.key"), ("ssl", "on")];
        self.restart_with(&files).await;
    }

    /// Its port on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs a statement in a database, and gives its output.
    pub async fn sql(&self, database: &str, statement: &str) -> String {
        let mut psql = self.client("psql");
        psql.args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--dbname",
            database,
            "--command",
            statement,
        ]);
        Said::by(psql).await.succeeded()
    }

    /// A client program, told where the server is.
    pub fn client(&self, program: &str) -> Command {
        let mut client = Command::new(self.programs.join(program));
        client.args([
            "--host",
            "127.0.0.1",
            "--username",
            "postgres",
            "--port",
            &self.port.to_string(),
        ]);
        client
    }

    /// The server's own log, as JSON lines, if it is configured to write them.
    pub fn json_log(&self) -> String {
        let files = fs::read_dir(self.data().join("log")).into_iter().flatten().flatten();
        let json = files
            .map(|file| file.path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"));
        let mut paths: Vec<_> = json.collect();
        paths.sort();
        paths.iter().map(|path| fs::read_to_string(path).unwrap_or_default()).collect()
    }

    /// Kills the server with all its backends, as a loss of power would.
    pub async fn kill(&self) {
        let file =
            fs::read_to_string(self.data().join("postmaster.pid")).expect("a running server");
        let id = file
            .lines()
            .next()
            .and_then(|line| line.parse().ok())
            .expect("its first line is an id");
        send(id, Signal::Kill).await;
    }

    /// Starts the server again; backends that outlived it by a moment are waited for.
    pub async fn restart(&self) {
        let log = self.folder.path().join("log").display().to_string();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200",
            self.port
        );
        let start = ["start", "--silent", "--wait", "--log", &log, "--options", &options];
        eventually(PATIENCE, "PostgreSQL is up", async || {
            let said = self.run("pg_ctl", &start).await;
            if said.code == 0 { Ok(()) } else { Err(format!("{}{}", said.out, said.err)) }
        })
        .await;
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn run(&self, program: &str, args: &[&str]) -> Said {
        let program = self.programs.join(program);
        let mut command = match &self.user {
            None => Command::new(program),
            Some(user) => {
                let mut as_user = Command::new("runuser");
                as_user.args(["-u", user, "--"]).arg(program);
                as_user
            }
        };
        command.args(args).arg("--pgdata").arg(self.data()).current_dir(self.folder.path());
        // A server that stays keeps its pipes open, so its output goes to files.
        let said = tempfile::tempfile().expect("a file");
        command
            .stdout(said.try_clone().expect("a handle"))
            .stderr(said.try_clone().expect("a handle"));
        let status = command.status().await.expect("a command that starts");
        Said { code: status.code().unwrap_or(-1), out: read_back(said), err: String::new() }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
        if let Some(id) = pid.lines().next() {
            let line = format!("kill -s QUIT {id} 2>/dev/null");
            let _ = std::process::Command::new("sh").arg("-c").arg(line).status();
            // It removes its files by itself; the folder goes after that.
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

fn read_back(mut file: fs::File) -> String {
    use std::io::{Read as _, Seek as _};
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    read.map(|_| text).unwrap_or_default()
}

pub(crate) async fn server_user() -> Option<String> {
    let is = async |line: &str| {
        let status = Command::new("sh").arg("-c").arg(line).status().await;
        status.is_ok_and(|status| status.success())
    };
    if !is("test \"$(id -u)\" = 0").await {
        return None;
    }
    let user = if is("id postgres >/dev/null 2>&1").await { "postgres" } else { "nobody" };
    Some(user.to_owned())
}

pub(crate) async fn own(folder: &Path, user: &str) {
    let mut chown = Command::new("chown");
    chown.arg(user).arg(folder);
    Said::by(chown).await.succeeded();
}

/// The folder of PostgreSQL's programs: the newest that Debian installed, or one on the path.
pub fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version =
        |path: &Path| path.parent().and_then(|p| p.file_name()?.to_str()?.parse::<u32>().ok());
    let newest = installed.map(|entry| entry.path().join("bin")).max_by_key(|path| version(path));
    let path = std::env::var_os("PATH").unwrap_or_default();
    newest.into_iter().chain(std::env::split_paths(&path)).find(|folder| folder.join("initdb").is_file()).unwrap_or_else(|| {
        panic!("PostgreSQL's initdb is not here: tests/run installs it, or `apt-get install postgresql`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_killed_server_is_gone_and_comes_back_with_what_was_committed() {
        let cluster = Cluster::start().await;
        cluster.sql("postgres", "create table kept (n int); insert into kept values (7)").await;
        cluster.kill().await;
        let mut ask = cluster.client("psql");
        ask.args(["--dbname", "postgres", "--command", "select 1"]);
        assert_ne!(Said::by(ask).await.code, 0, "it still answers");
        cluster.restart().await;
        assert_eq!(cluster.sql("postgres", "select n from kept").await.trim(), "7");
    }
}
