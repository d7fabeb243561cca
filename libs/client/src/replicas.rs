//! The replicas of a service, called by turns.
//!
//! A name is resolved again from time to time, so that new replicas get their share. One that
//! cannot be reached is passed over for a while. tonic's own balancer is not used: it takes of two
//! replicas that with fewer calls under way, which is the one that fails at once.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};

use http::Uri;
use mpp_core::{Error, Reason, Result};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tonic::transport::{self, ClientTlsConfig};

use crate::{
    Settings,
    endpoint::{Endpoint, Host, unusable},
    file::WatchedFiles,
};

pub(crate) struct Replicas {
    hosts: Vec<Host>,
    settings: Settings,
    tls: Option<WatchedFiles<ClientTlsConfig>>,
    /// The name in the server's certificate, where it is not the host's.
    server_name: Option<String>,
    turn: AtomicUsize,
    known: Mutex<KnownReplicas>,
}

#[derive(Default)]
struct KnownReplicas {
    replicas: Vec<Replica>,
    /// When the names were last resolved, or began to be.
    resolved: Option<Instant>,
    /// The version of certificate and key that the connections are of.
    tls_version: u64,
}

/// A replica, and the connection to it, which comes about with its first call.
#[derive(Clone)]
pub(crate) struct Replica {
    pub(crate) channel: transport::Channel,
    address: SocketAddr,
    /// The index of its host.
    host: usize,
    rests_until: Option<Instant>,
}

impl Replicas {
    pub(crate) fn of(endpoint: &Endpoint, settings: Settings) -> Result<Self> {
        Ok(Self {
            hosts: endpoint.hosts()?,
            settings,
            tls: endpoint.tls()?,
            server_name: endpoint.tls.as_ref().and_then(|tls| tls.server_name.clone()),
            // Not all clients begin with the same one.
            turn: AtomicUsize::new(rand::random_range(0..1024)),
            known: Mutex::default(),
        })
    }

    /// The next one, and if possible one that can be reached.
    ///
    /// # Errors
    /// `UNAVAILABLE` if a name cannot be resolved.
    pub(crate) async fn next(self: &Arc<Self>) -> Result<Replica> {
        self.renew_connections()?;
        if self.known().replicas.is_empty() {
            self.resolve().await?;
        } else if self.is_due() {
            let own = self.clone();
            tokio::spawn(async move {
                if let Err(error) = own.resolve().await {
                    tracing::warn!(%error, "the replicas known so far are called");
                }
            });
        }
        let known = self.known();
        let (now, turn) = (Instant::now(), self.turn.fetch_add(1, Relaxed));
        let by_turns = (0..known.replicas.len()).map(|step| turn.wrapping_add(step));
        let mut by_turns = by_turns.map(|at| &known.replicas[at % known.replicas.len()]);
        let first = by_turns.clone().next();
        let found = by_turns.find(|replica| replica.is_up(now)).or(first);
        found.cloned().ok_or_else(|| self.nowhere("it has no address"))
    }

    /// The next one that takes connections, for a call that cannot be sent to another one.
    pub(crate) async fn next_reachable(self: &Arc<Self>) -> Result<Replica> {
        let mut replica = self.next().await?;
        let others = self.known().replicas.len().saturating_sub(1);
        for _ in 0..others {
            let connects = timeout(self.settings.connect, TcpStream::connect(replica.address));
            if matches!(connects.await, Ok(Ok(_))) {
                break;
            }
            self.rest(&replica);
            replica = self.next().await?;
        }
        Ok(replica)
    }

    /// True if another replica than this one may be called at once.
    pub(crate) fn has_others(&self, than: &Replica) -> bool {
        let now = Instant::now();
        let others = |replica: &&Replica| replica.address != than.address;
        self.known().replicas.iter().filter(others).any(|replica| replica.is_up(now))
    }

    /// Passes a replica over that cannot be reached, and has the names resolved again.
    pub(crate) fn rest(&self, replica: &Replica) {
        let until = Instant::now() + self.settings.rest;
        let mut known = self.known();
        known.resolved = None;
        let address = replica.address;
        let found = known.replicas.iter_mut().find(|other| other.address == address);
        if let Some(replica) = found {
            replica.rests_until = Some(until);
        }
    }

    /// True once after the names have got old: the caller that hears it resolves them.
    fn is_due(&self) -> bool {
        let mut known = self.known();
        let is_old = |at: Instant| at.elapsed() >= self.settings.resolve;
        let due = known.resolved.is_none_or(is_old) && self.hosts.iter().any(|h| h.ip().is_none());
        if due {
            known.resolved = Some(Instant::now());
        }
        due
    }

    async fn resolve(&self) -> Result<()> {
        let mut found = Vec::new();
        for (index, host) in self.hosts.iter().enumerate() {
            let addresses = lookup_host((host.name(), host.port()));
            let addresses = timeout(self.settings.connect, addresses).await;
            let addresses = addresses.map_err(|_| self.nowhere("no name server answers"))?;
            let addresses = addresses.map_err(|error| self.nowhere(&error.to_string()))?;
            found.extend(addresses.map(|address| (index, address)));
        }
        found.sort_unstable();
        found.dedup();
        self.replace(&found)
    }

    /// Keeps the connections to those that are still there.
    fn replace(&self, found: &[(usize, SocketAddr)]) -> Result<()> {
        let mut known = self.known();
        let mut replicas = Vec::with_capacity(found.len());
        for &(host, address) in found {
            let kept = known.replicas.iter().find(|replica| replica.is(host, address)).cloned();
            replicas.push(match kept {
                Some(kept) => kept,
                None => self.replica(host, address)?,
            });
        }
        known.replicas = replicas;
        known.resolved = Some(Instant::now());
        Ok(())
    }

    /// Makes all connections anew once certificate or key have changed.
    fn renew_connections(&self) -> Result<()> {
        let Some(version) = self.tls.as_ref().map(WatchedFiles::version) else {
            return Ok(());
        };
        let mut known = self.known();
        if known.tls_version != version {
            known.tls_version = version;
            for replica in &mut known.replicas {
                *replica = self.replica(replica.host, replica.address)?;
            }
        }
        Ok(())
    }

    fn replica(&self, host: usize, address: SocketAddr) -> Result<Replica> {
        let channel = self.connection(&self.hosts[host], address)?;
        Ok(Replica { channel, address, host, rests_until: None })
    }

    fn connection(&self, host: &Host, address: SocketAddr) -> Result<transport::Channel> {
        let named = host.uri.to_string();
        let wrong = |error: &dyn std::fmt::Display| unusable(&named, error);
        let scheme = if host.is_https() { "https" } else { "http" };
        let uri: Uri = format!("{scheme}://{address}").parse().map_err(|error| wrong(&error))?;
        let mut target = transport::Endpoint::from(uri)
            // The server hears the name by which it was called.
            .origin(host.uri.clone())
            .connect_timeout(self.settings.connect)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(self.settings.keepalive)
            .keep_alive_timeout(self.settings.keepalive)
            .keep_alive_while_idle(true);
        if let Some(tls) = &self.tls {
            let config = ClientTlsConfig::clone(&tls.current());
            let name = self.server_name.as_deref().unwrap_or(host.name());
            target = target.tls_config(config.domain_name(name)).map_err(|error| wrong(&error))?;
        }
        Ok(target.connect_lazy())
    }

    fn nowhere(&self, why: &str) -> Error {
        let hosts: Vec<String> = self.hosts.iter().map(|host| host.uri.to_string()).collect();
        Error::new(Reason::Unavailable, format!("{} cannot be found: {why}", hosts.join(", ")))
    }

    fn known(&self) -> MutexGuard<'_, KnownReplicas> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Replica {
    fn is(&self, host: usize, address: SocketAddr) -> bool {
        self.host == host && self.address == address
    }

    fn is_up(&self, now: Instant) -> bool {
        self.rests_until.is_none_or(|until| until <= now)
    }
}
