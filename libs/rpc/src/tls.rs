//! TLS for the server: certificate, key and the authority of client certificates, each read
//! again when its file changes; and the caller that a client certificate stands for.

use std::{path::PathBuf, sync::Arc};

use mpp_client::file::WatchedFiles;
use mpp_core::{Caller, Error, FieldCode, Result, Role};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{RootCertStore, ServerConfig, crypto::ring, server::WebPkiClientVerifier},
};
use webpki::EndEntityCert;

/// The trust domain of the suite's SPIFFE ids.
const TRUST_DOMAIN: &str = "spiffe://mpp.go.id/";

/// A server's certificate and key, and the authority of its clients.
#[derive(Clone)]
pub struct Tls(Arc<WatchedFiles<TlsAcceptor>>);

impl Tls {
    /// Reads a certificate chain and its key (PEM). With `client_ca`, clients may prove
    /// themselves by a certificate of that authority; one of another is refused in the
    /// handshake, and one without any may still send a token.
    ///
    /// # Errors
    /// Names the file that cannot be read or used.
    pub fn load(certificate: PathBuf, key: PathBuf, client_ca: Option<PathBuf>) -> Result<Self> {
        let mut paths = vec![certificate, key];
        paths.extend(client_ca);
        Ok(Self(Arc::new(WatchedFiles::open(paths, acceptor)?)))
    }

    /// Accepts the next connection.
    pub(crate) fn acceptor(&self) -> Arc<TlsAcceptor> {
        self.0.current()
    }
}

/// The files are certificate, key and, if there is one, the clients' authority.
fn acceptor(files: &[Vec<u8>]) -> Result<TlsAcceptor> {
    let provider = Arc::new(ring::default_provider());
    let chain = certificates(&files[0], "certificate")?;
    let key = PrivateKeyDer::from_pem_slice(&files[1]).map_err(|e| wrong("key", &e))?;
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(Error::internal)?;
    let config = match files.get(2) {
        None => config.with_no_client_auth(),
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(ca, "client_ca")? {
                roots.add(certificate).map_err(|e| wrong("client_ca", &e))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider)
                .allow_unauthenticated()
                .build()
                .map_err(|e| wrong("client_ca", &e))?;
            config.with_client_cert_verifier(verifier)
        }
    };
    let mut config = config.with_single_cert(chain, key).map_err(|e| wrong("certificate", &e))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(pem: &[u8], field: &str) -> Result<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let chain = read.map_err(|e| wrong(field, &e))?;
    if chain.is_empty() {
        return Err(Error::field(
            field,
            FieldCode::Unreadable,
            "the file holds no certificate in PEM",
        ));
    }
    Ok(chain)
}

fn wrong(field: &str, error: &dyn std::fmt::Display) -> Error {
    Error::field(field, FieldCode::Unreadable, format!("cannot be used: {error}"))
}

/// The caller that a client certificate stands for, by the one URI among its names (SPIFFE allows
/// no second); `None` if it is not of this trust domain. The handshake has checked the certificate
/// itself.
pub(crate) fn caller_of(certificate: &CertificateDer<'_>) -> Option<Caller> {
    let certificate = EndEntityCert::try_from(certificate).ok()?;
    let mut uris = certificate.valid_uri_names();
    let (uri, second) = (uris.next()?, uris.next());
    if second.is_some() { None } else { caller_of_id(uri) }
}

/// `spiffe://mpp.go.id/agency/{unit}` keeps that unit's catalog and syncs its sources, which belong
/// to it by their own entries and not by a name that looks alike;
/// `spiffe://mpp.go.id/service/{name}` is a service of the suite.
fn caller_of_id(uri: &str) -> Option<Caller> {
    let (kind, id) = uri.strip_prefix(TRUST_DOMAIN)?.split_once('/')?;
    mpp_core::check_id(id, "spiffe").ok()?;
    match kind {
        "agency" => Some(Caller {
            subject: format!("units/{id}"),
            roles: vec![Role::Publisher, Role::UnitOfficer],
            namespaces: vec![format!("units/{id}")],
        }),
        "service" => Some(Caller {
            subject: format!("services/{id}"),
            roles: vec![Role::Service],
            namespaces: Vec::new(),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agency_publishes_and_keeps_its_own_catalog() {
        let caller = caller_of_id("spiffe://mpp.go.id/agency/bkpm").expect("an agency");
        assert_eq!(caller.subject, "units/bkpm");
        assert!(caller.is(Role::Publisher) && caller.is(Role::UnitOfficer));
        assert!(caller.holds("units/bkpm/services/nib"));
        assert!(!caller.holds("sources/bkpm"), "whose name does not say whose it is");
    }

    #[test]
    fn other_ids_stand_for_nobody() {
        for uri in [
            "spiffe://elsewhere.example/agency/bkpm",
            "spiffe://mpp.go.id/agency/",
            "spiffe://mpp.go.id/agency/bkpm/../kemendagri",
            "spiffe://mpp.go.id/administrator/siti",
            "https://mpp.go.id/agency/bkpm",
        ] {
            assert_eq!(caller_of_id(uri), None, "{uri}");
        }
    }
}
