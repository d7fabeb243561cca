//! The ports of `mpp up`, bound before anything starts, and the context that tells them.

use std::{collections::BTreeMap, net::SocketAddr};

use mpp_core::{Error, Result};
use tokio::net::TcpListener;

use crate::{
    client::Context,
    keys::{self, Keys},
    process::bind,
    service::Service,
};

/// Bound ports: the page, then each service with its health port.
pub struct Ports {
    pub page: TcpListener,
    pub grpc: [TcpListener; 3],
    pub health: [TcpListener; 3],
}

impl Ports {
    pub async fn bind(first: u16) -> Result<Self> {
        let at = |offset: u16| {
            let port = if first == 0 { 0 } else { first.saturating_add(offset) };
            bind(SocketAddr::from(([127, 0, 0, 1], port)))
        };
        Ok(Self {
            page: at(0).await?,
            grpc: [at(1).await?, at(2).await?, at(3).await?],
            health: [at(11).await?, at(12).await?, at(13).await?],
        })
    }

    /// The addresses at which everything will be, with a token for each role.
    pub fn context(&self, keys: &Keys) -> Result<Context> {
        let address = |listener: &TcpListener| {
            listener
                .local_addr()
                .map(|address| format!("http://{address}"))
                .map_err(Error::internal)
        };
        let mut tokens = BTreeMap::new();
        for (role, caller) in keys::callers() {
            tokens.insert(role.to_owned(), keys.token(role, &caller)?);
        }
        let mut health = BTreeMap::new();
        for (service, listener) in Service::ALL.iter().zip(&self.health) {
            health.insert(service.name().to_owned(), address(listener)?);
        }
        Ok(Context {
            registry: address(&self.grpc[0])?,
            scheduling: address(&self.grpc[1])?,
            reporting: address(&self.grpc[2])?,
            health,
            page: address(&self.page)?,
            tokens,
            signing_key: keys.folder.join("signing.pem"),
        })
    }
}
