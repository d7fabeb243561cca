//! A certificate authority for tests.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SanType};

/// An authority, and the files of those it vouches for.
pub struct Authority {
    folder: PathBuf,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, as files.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The chain (PEM).
    pub certificate: PathBuf,
    /// The key (PEM).
    pub key: PathBuf,
}

impl Authority {
    /// A new authority, whose files lie in `folder`.
    pub fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let own = params.self_signed(&key).expect("a certificate");
        fs::write(folder.join("ca.pem"), own.pem()).expect("a file");
        Self { folder: folder.to_owned(), issuer: Issuer::new(params, key) }
    }

    /// The file with the authority's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// A certificate for this machine's loopback and for `spiffe://mpp.go.id/{path}`, such as
    /// "agency/bkpm" or "service/reporting".
    pub fn issue(&self, path: &str) -> Identity {
        let uri = format!("spiffe://mpp.go.id/{path}").try_into().expect("ASCII");
        self.sign(path, vec![SanType::IpAddress([127, 0, 0, 1].into()), SanType::URI(uri)])
    }

    /// A certificate for a host of that name alone, which does not cover loopback addresses.
    pub fn issue_for_host(&self, host: &str) -> Identity {
        self.sign(host, vec![SanType::DnsName(host.try_into().expect("ASCII"))])
    }

    fn sign(&self, path: &str, names: Vec<SanType>) -> Identity {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.subject_alt_names = names;
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let file = |kind: &str| self.folder.join(format!("{}.{kind}", path.replace('/', "-")));
        let identity = Identity { certificate: file("pem"), key: file("key") };
        fs::write(&identity.certificate, certificate.pem()).expect("a file");
        fs::write(&identity.key, key.serialize_pem()).expect("a file");
        identity
    }
}
