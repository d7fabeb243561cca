//! The services of one process: how they start, each after those that it follows, and how they end.

use std::{path::Path, time::Duration};

use mpp_client::{Endpoint, TokenSource};
use mpp_core::{Caller, Clock, Error, Micros, Result, Role};
use mpp_rpc::{Readiness, Use};
use mpp_store::DatabasePolicy;
use mpp_web::PublicAddresses;
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

use super::ports::Ports;
use crate::{
    client::Context,
    credentials,
    keys::Keys,
    policy::Policies,
    serve::{self, Started},
    service::Service,
};

/// The things that all services of this process share.
pub struct SuiteParts<'a> {
    pub data: &'a Path,
    pub demo: bool,
    pub clock: &'a Clock,
    pub keys: &'a Keys,
    pub context: &'a Context,
    pub policies: &'a Policies,
}

impl SuiteParts<'_> {
    async fn database(&self, schema: &mpp_store::Schema) -> Result<mpp_store::Options> {
        let options = options(self.data, schema.service, self.clock, &self.policies.database);
        mpp_store::migrate(&options, schema).await?;
        Ok(options)
    }

    /// The way in which the service `caller` calls another one.
    fn upstream(&self, address: &str, caller: &str, role: Role) -> Result<Endpoint> {
        let identity = Caller {
            subject: format!("services/{caller}"),
            roles: vec![role],
            namespaces: Vec::new(),
        };
        let token = self.keys.token(&format!("service-{caller}"), &identity)?;
        credentials::measure(caller, "token", Some(&token));
        Ok(Endpoint {
            address: address.to_owned(),
            token: Some(TokenSource::File(token)),
            tls: None,
        })
    }

    async fn registry(&self, ended: &CancellationToken) -> Result<Started> {
        let database = self.database(&mpp_registry::SCHEMA).await?;
        serve::registry(database, self.policies, ended).await
    }

    async fn scheduling(&self, ended: &CancellationToken) -> Result<Started> {
        let options = mpp_scheduling::Options {
            database: self.database(&mpp_scheduling::SCHEMA).await?,
            feed: self.policies.feed.options(),
            upstream: self.upstream(&self.context.registry, "scheduling", Role::Service)?,
            client: self.policies.client.settings(),
            applicant_keys: self.keys.applicant_keys()?,
            health: self.policies.health.clone(),
            policy: self.policies.scheduling.clone(),
            sync: self.policies.sync.clone(),
            memory: self.policies.memory.clone(),
        };
        serve::scheduling(options, ended).await
    }

    async fn reporting(&self, ended: &CancellationToken) -> Result<Started> {
        let database = self.database(&mpp_reporting::SCHEMA).await?;
        let registry = self.upstream(&self.context.registry, "reporting", Role::Service)?;
        let scheduling = self.upstream(&self.context.scheduling, "reporting", Role::Service)?;
        let options = mpp_reporting::Options {
            // Records of an earlier demo stay made up, however this folder is started later.
            client: self.policies.client.settings(),
            sample_data: self.demo || self.data.join("demo").exists(),
            feed: self.policies.feed.options(),
            health: self.policies.health.clone(),
            policy: self.policies.reporting.clone(),
            ..mpp_reporting::Options::new(database, registry, scheduling)
        };
        serve::reporting(options, ended).await
    }

    /// The pages, which read what anybody may.
    fn web(&self, ended: &CancellationToken) -> Result<mpp_web::Running> {
        let options = mpp_web::Options {
            registry: self.upstream(&self.context.registry, "web", Role::Reader)?,
            scheduling: self.upstream(&self.context.scheduling, "web", Role::Reader)?,
            reporting: self.upstream(&self.context.reporting, "web", Role::Reader)?,
            client: self.policies.client.settings(),
            clock: self.clock.clone(),
            health: self.policies.health.clone(),
            policy: self.policies.web.clone(),
            public: PublicAddresses {
                registry: self.context.registry.clone(),
                pages: self.context.page.clone(),
            },
        };
        mpp_web::start(options, ended.clone())
    }
}

/// How a service's database is opened.
fn options(data: &Path, name: &str, clock: &Clock, policy: &DatabasePolicy) -> mpp_store::Options {
    let url = mpp_store::sqlite_url(&data.join(format!("{name}.db")));
    mpp_store::Options { policy: policy.clone(), ..mpp_store::Options::new(url, 8, clock.clone()) }
}

/// When the newest record of the folder was committed, whichever service holds it.
///
/// # Errors
/// A database cannot be opened.
pub async fn newest_commit(data: &Path) -> Result<Option<Micros>> {
    let mut newest = None;
    for service in Service::ALL {
        let options = options(data, service.name(), &Clock::system(), &DatabasePolicy::default());
        newest = newest.max(mpp_store::newest_commit(&options).await?);
    }
    Ok(newest)
}

/// How long a service may take to read its records into memory before it is told what is missing.
/// No setting: nothing ends then, it only bounds how long whoever starts them waits in silence.
const READING: Duration = Duration::from_secs(30);

/// Waits until the services serve, and says what is missing if one does not serve in time.
pub async fn missing(serving: &[Serving], shutdown: &CancellationToken) -> Vec<String> {
    let ready = async {
        for service in serving {
            service.readiness.until_ready_for(Use::Reads).await;
        }
    };
    let _ = timeout(READING, shutdown.run_until_cancelled(ready)).await;
    let missing = serving.iter().flat_map(|service| service.readiness.missing_for(Use::Reads));
    missing.map(|(name, why)| format!("{name}: {why}")).collect()
}

/// A running service, and how it is told to end.
pub struct Serving {
    /// Begins its drain.
    shutdown: CancellationToken,
    /// Ends its background work, once the last call was answered.
    ended: CancellationToken,
    task: JoinHandle<Result<()>>,
    readiness: Readiness,
}

/// Starts the services in the order in which they follow each other.
pub async fn start(
    shared: &SuiteParts<'_>,
    ports: Ports,
    shutdown: &CancellationToken,
) -> Result<Vec<Serving>> {
    let ended: [CancellationToken; 3] = Default::default();
    let started = [
        shared.registry(&ended[0]).await?,
        shared.scheduling(&ended[1]).await?,
        shared.reporting(&ended[2]).await?,
    ];
    // The pages end with the shutdown, before the services that they show.
    let web = shared.web(shutdown)?;
    let (page, told) = (ports.page, shutdown.clone());
    let limits = shared.policies.web.limits();
    tokio::spawn(async move {
        let _tasks = web.tasks;
        mpp_rpc::serve_http(page, web.router, limits, told).await;
    });
    let mut serving = Vec::new();
    let listeners = ports.grpc.into_iter().zip(ports.health);
    for ((service, ended), (grpc, health)) in started.into_iter().zip(ended).zip(listeners) {
        let shell = serve::loopback_shell(shared.keys, &shared.policies.server)?;
        let shutdown = CancellationToken::new();
        let (told, readiness) = (shutdown.clone(), service.readiness.clone());
        let task = tokio::spawn(async move {
            let _tasks = service.tasks;
            mpp_rpc::serve(shell, service.routes, service.readiness, grpc, health, told).await
        });
        serving.push(Serving { shutdown, ended, task, readiness });
    }
    Ok(serving)
}

/// Ends the services one after another, followers first, so that none sees another go.
pub async fn finish(serving: Vec<Serving>) -> Result<()> {
    let mut outcome = Ok(());
    for service in serving.into_iter().rev() {
        service.shutdown.cancel();
        outcome = outcome.and(service.task.await.map_err(Error::internal)?);
        service.ended.cancel();
    }
    outcome
}
