//! The services that run: the old release's, the next one's, or both.

use std::path::{Path, PathBuf};

use mpp_client::{Channel, Endpoint, connect};
use mpp_testkit::Backend;
use mpp_tests::{
    PATIENCE, Service, Setup, Suite,
    cluster::Cluster,
    eventually,
    keys::{ADMINISTRATOR, Who},
    process::Process,
    program::Said,
    replica::Replica,
    town::{self, Ministry},
    wait::that,
};

use crate::door::Door;

/// One of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// The older one.
    Old,
    /// The one that knows a field more.
    Next,
}

/// Services with work that one replica does for all: it passes to the next release first.
const WORKING: [Service; 2] = [Service::Scheduling, Service::Reporting];

/// The three services, on databases of their own.
pub struct Stage {
    /// Its processes are those of one release.
    pub suite: Suite,
    backend: Backend,
    programs: [PathBuf; 2],
    runs: Release,
    /// The next release's replicas beside them.
    beside: Vec<Replica>,
}

impl Stage {
    /// The old release serves, and nothing is there yet.
    pub async fn set(backend: Backend, cluster: &Cluster, programs: (&Path, &Path)) -> Self {
        let on = (backend == Backend::Postgres).then_some(cluster);
        let mut suite = Suite::prepare(backend, Setup { cluster: on, ..Setup::default() }).await;
        suite.use_program(programs.0);
        suite.run_all().await;
        let programs = [programs.0.to_owned(), programs.1.to_owned()];
        Self { suite, backend, programs, runs: Release::Old, beside: Vec::new() }
    }

    /// Units, a mall, its counter, a catalog, an offering, hours.
    pub async fn open_town(&mut self) -> Ministry {
        town::open(&self.suite).await
    }

    /// This release answers from now on, and the other one too where both can run.
    pub async fn turn(&mut self, release: Release) {
        match self.backend {
            Backend::Sqlite if release != self.runs => self.restart(release).await,
            Backend::Postgres if self.beside.is_empty() => self.run_beside().await,
            Backend::Postgres if release == Release::Old => self.come_back().await,
            Backend::Sqlite | Backend::Postgres => {}
        }
    }

    async fn run_beside(&mut self) {
        self.suite.use_program(&self.programs[1]);
        self.migrate().await;
        for service in Service::ALL {
            let mut serve = self.suite.serve(service);
            let names = ["MPP_REGISTRY_ADDRESS", "MPP_SCHEDULING_ADDRESS"];
            serve.envs(names.into_iter().zip(self.beside.iter().map(Replica::address)));
            self.beside.push(Replica::start_by(&self.suite, service, serve).await);
        }
        self.suite.use_program(&self.programs[0]);
        for service in WORKING {
            self.suite.stop(service).await;
        }
    }

    /// The old release's replicas that were moved meanwhile, as nodes are drained.
    async fn come_back(&mut self) {
        for service in WORKING {
            if self.suite.process(service).ended().is_some() {
                self.suite.launch(service);
                self.suite.ready(service).await;
            }
        }
    }

    async fn migrate(&self) {
        for service in Service::ALL {
            self.suite.migrate(service).await.succeeded();
        }
    }

    /// The old release alone, started again.
    pub async fn roll_back(&mut self) {
        for mut replica in self.beside.drain(..) {
            replica.stop().await;
        }
        self.restart(Release::Old).await;
    }

    /// The next release alone.
    pub async fn upgrade(&mut self) {
        self.restart(Release::Next).await;
    }

    async fn restart(&mut self, release: Release) {
        for service in Service::ALL {
            self.suite.stop(service).await;
        }
        self.suite.use_program(&self.programs[release as usize]);
        if release == Release::Next {
            self.migrate().await;
        }
        for service in Service::ALL {
            self.suite.launch(service);
        }
        for service in Service::ALL {
            self.suite.ready(service).await;
        }
        self.runs = release;
    }

    /// The address of a service of this release.
    pub fn address(&self, release: Release, service: Service) -> String {
        match self.beside.get(service as usize) {
            Some(replica) if release == Release::Next => replica.address(),
            _ => {
                assert!(self.runs == release, "{release:?} does not run");
                self.suite.address(service)
            }
        }
    }

    /// JSON, as a client of the next release speaks it.
    pub fn door(&self, release: Release, service: Service, who: Who) -> Door {
        Door::new(self.address(release, service), &self.suite.keys.token(who))
    }

    /// gRPC, as a client of this tree's contract speaks it.
    pub fn channel(&self, release: Release, service: Service, who: Who) -> Channel {
        let address = self.address(release, service);
        let endpoint = Endpoint { address, ..self.suite.endpoint(service, who) };
        connect(&endpoint).expect("an endpoint")
    }

    /// A command of this release's program, in the background.
    pub fn start(&self, release: Release, who: Who, args: &[String], log: &str) -> Process {
        let desk = self.suite.desk(who).by(&self.programs[release as usize]);
        let log = self.suite.home().join(log);
        Process::start(args[0].as_str(), desk.command(args), &log)
    }

    /// Runs a command of this release's program at the next one's registry.
    pub async fn run_at_next(&self, release: Release, who: Who, args: &[String]) -> Said {
        let desk = self.suite.desk(who).by(&self.programs[release as usize]);
        let mut command = desk.command(args);
        command.env("MPP_REGISTRY_ADDRESS", self.address(Release::Next, Service::Registry));
        Said::by(command).await
    }

    /// All copies agree.
    pub async fn is_well(&self) {
        eventually(PATIENCE, "the doctor finds all well", async || {
            let said = self.suite.run(ADMINISTRATOR, &["doctor"]).await;
            that(said.code == 0, format!("{}{}", said.out, said.err))
        })
        .await;
    }
}
