//! The address of a service, and the identity by which it is called.

use std::{net::IpAddr, path::PathBuf};

use http::{Uri, uri::Scheme};
use mpp_core::{Error, FieldCode, Result};
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

use crate::{TokenSource, file::WatchedFiles};

/// A service to call, and who calls it.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// `http://127.0.0.1:7401` or `https://registry.mpp.go.id:7401`. A name that stands for several
    /// replicas, or several addresses with commas between them, are called by turns.
    pub address: String,
    /// The bearer token; `None` if a client certificate proves who calls.
    pub token: Option<TokenSource>,
    /// What an `https` connection needs; `None` for `http`.
    pub tls: Option<ClientTls>,
}

/// TLS of the client's side. The files are read again when they change.
#[derive(Clone, Debug, Default)]
pub struct ClientTls {
    /// The authority that the server's certificate must be of (PEM).
    pub ca: PathBuf,
    /// Own certificate chain and key (PEM), to prove oneself by.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// The server's name, if it is not the host of the address.
    pub server_name: Option<String>,
}

impl Endpoint {
    /// The addresses, each with scheme and host.
    pub(crate) fn hosts(&self) -> Result<Vec<Host>> {
        let hosts = self.address.split(',').map(|address| self.host(address.trim()));
        hosts.collect()
    }

    fn host(&self, address: &str) -> Result<Host> {
        let wrong = |text: &str| Err(unusable(address, &text));
        let uri: Uri = address.parse().map_err(|error| unusable(address, &error))?;
        let scheme = uri.scheme_str().filter(|_| uri.host().is_some());
        match (scheme, &self.tls) {
            (Some("http"), None) => {}
            (Some("https"), Some(_)) => {}
            (Some("https"), None) => {
                return wrong("https needs the authority's certificate (--tls-ca)");
            }
            (Some("http"), Some(_)) => return wrong("TLS was asked for; write https://"),
            _ => return wrong("write http://HOST:PORT or https://HOST:PORT"),
        }
        let host = Host { uri };
        host.warn_of_plain_text(self.token.is_some());
        Ok(host)
    }

    /// The TLS of each connection, made anew when a file changes.
    pub(crate) fn tls(&self) -> Result<Option<WatchedFiles<ClientTlsConfig>>> {
        let Some(tls) = self.tls.clone() else {
            return Ok(None);
        };
        let identity = tls.identity.iter().flat_map(|(certificate, key)| [certificate, key]);
        let files = std::iter::once(&tls.ca).chain(identity).cloned().collect();
        WatchedFiles::open(files, move |files| config(&tls, files)).map(Some)
    }
}

/// The files are the authority and, if there is an identity, its certificate and key.
fn config(tls: &ClientTls, files: &[Vec<u8>]) -> Result<ClientTlsConfig> {
    let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&files[0]));
    if let [_, certificate, key] = files {
        config = config.identity(Identity::from_pem(certificate, key));
    }
    // Tried at once, so that a file that cannot be used is named before the first call.
    let any = tonic::transport::Endpoint::from_static("https://localhost");
    let usable = any.tls_config(config.clone());
    usable.map_err(|error| unusable(&tls.ca.display().to_string(), &error))?;
    Ok(config)
}

pub(crate) fn unusable(address: &str, error: &dyn std::fmt::Display) -> Error {
    Error::field("address", FieldCode::Format, format!("'{address}' cannot be used: {error}"))
}

/// One of an endpoint's addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) uri: Uri,
}

impl Host {
    /// The host's name, without the brackets of an IPv6 address.
    pub(crate) fn name(&self) -> &str {
        self.uri.host().unwrap_or_default().trim_matches(['[', ']'])
    }

    pub(crate) fn port(&self) -> u16 {
        let usual = if self.is_https() { 443 } else { 80 };
        self.uri.port_u16().unwrap_or(usual)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.uri.scheme() == Some(&Scheme::HTTPS)
    }

    /// The address itself, where no name has to be resolved.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.name().parse().ok()
    }

    /// A mesh may encrypt what leaves the machine, so that this is no error.
    fn warn_of_plain_text(&self, has_token: bool) {
        let host = self.name();
        let is_local = host == "localhost" || self.ip().is_some_and(|ip| ip.is_loopback());
        if has_token && !self.is_https() && !is_local {
            let text = "the token goes out in plain text; use https unless a mesh encrypts";
            tracing::warn!(host, "{text}");
        }
    }
}
