//! `deploy/MACHINES.md`, as a new operator follows it: its commands as they are printed there, in
//! their order, in one folder. Only host names and ports are this machine's.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use mpp_api::registry::{
    CreateUnitRequest, GetUnitRequest, Unit, directory_service_client::DirectoryServiceClient,
    unit::Kind,
};
use mpp_client::{ClientTls, Endpoint, TokenSource, connect, error_of};
use mpp_core::Reason;
use mpp_testkit::free_port;
use mpp_tests::{
    PATIENCE,
    cluster::{Cluster, programs},
    eventually,
    process::{Process, Signal},
    program::{self, Said, bash},
    tls::Authority,
    town::{request_id, text},
    wait::that,
};
use tempfile::TempDir;
use tokio::process::Command;

/// The ports that the guide names.
const PORTS: [&str; 8] = ["7400", "7401", "7402", "7480", "7490", "7491", "7492", "7493"];
const SERVICES: [&str; 4] = ["registry", "scheduling", "reporting", "web"];

#[tokio::test]
async fn what_the_guide_of_machines_says_is_done_word_by_word() {
    let mut place = Place::new().await;
    let blocks = blocks(&place.told("MACHINES.md"));
    let [databases, keys, certificates, start, _unit_file, look] = blocks.as_slice() else {
        panic!("the guide has {} blocks of commands", blocks.len());
    };
    for block in [databases, keys, certificates] {
        place.run(block).await;
    }
    let (schema, serves) = start.split_once("\n\n").expect("the schema, then the processes");
    place.run(schema).await;
    place.serves = SERVICES.map(|name| (name, command_of(serves, name))).to_vec();
    // The order does not matter.
    for name in SERVICES.into_iter().rev() {
        place.start(name);
    }
    place.is_well(look).await;

    create_unit(&place, "kemendagri").await;
    place.run(&in_row(&place.told("MACHINES.md"), "| backup |")).await;
    create_unit(&place, "sesaat").await;
    place.stop("registry").await;
    for command in of_restore(&place.told("RESTORE.md")) {
        place.run(&format!("URI=$(cat registry.uri); {command}")).await;
    }
    place.start("registry");
    place.is_well(look).await;
    assert!(has_unit(&place, "kemendagri").await, "it was there when the dump was made");
    assert!(!has_unit(&place, "sesaat").await, "it was not");

    place.stop("scheduling").await;
    place.run("echo \"k2 $(openssl rand -hex 32)\" >> keys/applicants").await;
    place.start("scheduling");
    place.is_well(look).await;
}

/// The operator's folder, and what runs from it.
struct Place {
    folder: TempDir,
    cluster: Cluster,
    ports: Vec<u16>,
    serves: Vec<(&'static str, String)>,
    running: Vec<(&'static str, Process)>,
}

impl Place {
    /// A server of PostgreSQL that asks services for their passwords, over TLS.
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = Cluster::start().await;
        let authority = Authority::new(&folder.path().join("of-the-database"));
        cluster.encrypt(&authority.issue("service/database")).await;
        cluster
            .let_in_by("hostssl all mpp_registry,mpp_scheduling,mpp_reporting all scram-sha-256")
            .await;
        fs::create_dir(folder.path().join("bin")).expect("a folder");
        symlink(program::path(), folder.path().join("bin/mpp")).expect("a link");
        let ports = PORTS.iter().map(|_| free_port()).collect();
        Self { folder, cluster, ports, serves: Vec::new(), running: Vec::new() }
    }

    /// A page of `deploy/`, with hosts and ports of this machine.
    fn told(&self, page: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy").join(page);
        let mut text = fs::read_to_string(path).expect("a page");
        text = text.replace("DATABASE-HOST:5432", &format!("127.0.0.1:{}", self.cluster.port()));
        for (told, own) in PORTS.iter().zip(&self.ports) {
            for service in ["registry", "scheduling", "reporting"] {
                let host = format!("{service}.example.go.id:{told}");
                text = text.replace(&host, &format!("localhost:{own}"));
            }
            text = text.replace(&format!("0.0.0.0:{told}"), &format!("127.0.0.1:{own}"));
            text = text.replace(&format!("127.0.0.1:{told}"), &format!("127.0.0.1:{own}"));
        }
        text
    }

    fn port(&self, told: &str) -> u16 {
        let at = PORTS.iter().position(|port| *port == told).expect("a port of the guide");
        self.ports[at]
    }

    /// An operator's shell; commands that name no user run as the database's superuser.
    fn shell(&self, lines: &str) -> Command {
        let path = std::env::var("PATH").expect("a path");
        let bin = self.folder.path().join("bin");
        let mut shell = bash(self.folder.path(), lines);
        shell
            .env("PATH", format!("{}:{}:{path}", bin.display(), programs().display()))
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.cluster.port().to_string())
            .env("PGUSER", "postgres")
            .env("PGDATABASE", "postgres")
            .env("MPP_DATABASE_FILE", "registry.uri");
        shell
    }

    async fn run(&self, lines: &str) -> String {
        Said::by(self.shell(lines)).await.succeeded()
    }

    fn start(&mut self, name: &'static str) {
        let (_, line) = self.serves.iter().find(|(own, _)| *own == name).expect("its command");
        let mut serve = self.shell(&format!("exec {line}"));
        // Each has its own file, by its flag.
        serve.env_remove("MPP_DATABASE_FILE").env("MPP_DRAIN_PAUSE_MILLIS", "200");
        let log = self.folder.path().join(format!("{name}.log"));
        self.running.push((name, Process::start(name, serve, &log)));
    }

    async fn stop(&mut self, name: &str) {
        let at = self.running.iter().position(|(own, _)| *own == name).expect("it runs");
        let (_, mut process) = self.running.remove(at);
        process.signal(Signal::Terminate).await;
        assert!(process.end_within(PATIENCE).await.success(), "{}", process.log());
    }

    async fn is_well(&self, look: &str) {
        eventually(PATIENCE, "the doctor finds all well", async || {
            let said = Said::by(self.shell(look)).await;
            that(said.code == 0, format!("{}{}", said.out, said.err))
        })
        .await;
    }

    /// The registry, as the operator calls it.
    fn directory(&self) -> DirectoryServiceClient<mpp_client::Channel> {
        let own = |file: &str| -> PathBuf { self.folder.path().join(file) };
        let endpoint = Endpoint {
            address: format!("https://localhost:{}", self.port("7400")),
            token: Some(TokenSource::File(own("keys/operator"))),
            tls: Some(ClientTls { ca: own("ca.crt"), ..ClientTls::default() }),
        };
        DirectoryServiceClient::new(connect(&endpoint).expect("an endpoint"))
    }
}

/// The blocks of commands, in their order.
fn blocks(page: &str) -> Vec<String> {
    page.split("\n```\n").skip(1).step_by(2).map(str::to_owned).collect()
}

/// The command that serves one of them, with the lines that it goes on in.
fn command_of(serves: &str, name: &str) -> String {
    let begun = serves.split("mpp serve ").find(|part| part.starts_with(name));
    format!("mpp serve {}", begun.expect("its command"))
}

/// The first command of a table's row.
fn in_row(page: &str, row: &str) -> String {
    let line = page.lines().find(|line| line.starts_with(row)).expect("the row");
    line.split('`').nth(1).expect("a command").to_owned()
}

/// The commands by which a database that is wrong is put aside, and its dump put in its place.
fn of_restore(page: &str) -> Vec<String> {
    let (_, section) = page.split_once("## PostgreSQL by pg_dump").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("the next one");
    let spans = section.split('`').skip(1).step_by(2);
    let meant = ["psql ", "createdb ", "pg_restore ", "mpp migrate "];
    let commands = spans.filter(|span| meant.iter().any(|start| span.starts_with(start)));
    let commands: Vec<String> = commands.map(str::to_owned).collect();
    assert_eq!(commands.len(), meant.len(), "{commands:?}");
    commands
}

async fn create_unit(place: &Place, id: &str) {
    let unit = Unit { display_name: text(id), kind: Kind::Ministry.into(), ..Unit::default() };
    let request = CreateUnitRequest {
        unit_id: id.to_owned(),
        unit: Some(unit),
        request_id: request_id(),
        ..Default::default()
    };
    place.directory().create_unit(request).await.expect("a unit");
}

async fn has_unit(place: &Place, id: &str) -> bool {
    let request = GetUnitRequest { name: format!("units/{id}"), ..Default::default() };
    match place.directory().get_unit(request).await {
        Ok(_) => true,
        Err(status) => {
            assert!(error_of(&status).is(Reason::NotFound), "{status:?}");
            false
        }
    }
}
