//! When the credentials expire with which this process proves itself or recognises others. Their
//! files are read each time that the metrics are asked for, so the metrics tell the files as they
//! are now.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::UNIX_EPOCH,
};

use mpp_telemetry::Point;
use x509_parser::pem::Pem;

use crate::{client::ClientArgs, config::ServeArgs};

mpp_telemetry::metrics! {
    /// When a token or a certificate ends, in seconds since 1970: `token` is what this process
    /// shows to those it follows, `certificate` its own, `clients` and `servers` are the
    /// authorities that it knows others by. In a chain the certificate that ends first counts.
    EXPIRY: Gauge = "mpp.credential.expiry_time" in "s" by ["service", "credential"];
    /// When the file of a credential was last written, in seconds since 1970: for keys, which have
    /// no end (`token-keys`, `applicant-keys`), it tells how old they are.
    CHANGED: Gauge = "mpp.credential.changed_time" in "s" by ["service", "credential"];
}

/// A file that is looked at.
#[derive(Clone)]
struct Credential {
    service: String,
    name: &'static str,
    path: PathBuf,
}

static ALL: LazyLock<Arc<Mutex<Vec<Credential>>>> = LazyLock::new(|| {
    let all = Arc::default();
    EXPIRY.observe_each(&all, |all| points(all, expiry));
    CHANGED.observe_each(&all, |all| points(all, changed));
    all
});

/// Measures from now on all files that a service is set up with.
pub fn measure_all(service: &str, args: &ServeArgs, client: &ClientArgs) {
    measure(service, "token-keys", Some(&args.jwks));
    measure(service, "certificate", args.tls_cert.as_ref());
    measure(service, "clients", args.tls_client_ca.as_ref());
    measure(service, "applicant-keys", args.applicant_keys.as_ref());
    measure_client(service, client);
}

/// The same for the files that it calls others with.
pub fn measure_client(service: &str, client: &ClientArgs) {
    measure(service, "token", client.token_file.as_ref());
    measure(service, "servers", client.tls_ca.as_ref());
}

/// Measures a file from now on, if there is one.
pub fn measure(service: &str, name: &'static str, path: Option<&PathBuf>) {
    if let Some(path) = path.cloned() {
        // No panic leaves this list half written.
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(Credential { service: service.to_owned(), name, path });
    }
}

fn points(all: &Mutex<Vec<Credential>>, of: impl Fn(&Path) -> Option<f64>) -> Vec<Point> {
    let all = all.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let point = |one: Credential| Some((vec![one.service, one.name.to_owned()], of(&one.path)?));
    all.into_iter().filter_map(point).collect()
}

/// `None` if there is no such file, or nothing in it ends.
fn expiry(path: &Path) -> Option<f64> {
    let bytes = fs::read(path).ok()?;
    let certificates = Pem::iter_from_buffer(&bytes).filter_map(Result::ok);
    let ends = certificates.filter_map(|pem| Some(pem.parse_x509().ok()?.validity().not_after));
    let first = ends.map(|end| end.timestamp()).min();
    let token = || mpp_client::token_end(std::str::from_utf8(&bytes).ok()?);
    first.or_else(|| token().map(|end| end / 1_000_000)).map(|end| end as f64)
}

fn changed(path: &Path) -> Option<f64> {
    let written = fs::metadata(path).ok()?.modified().ok()?;
    Some(written.duration_since(UNIX_EPOCH).ok()?.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `openssl req -x509 -newkey ed25519 -nodes -subj /CN=mpp -days 3650`.
    const CERTIFICATE: &str = include_str!("credentials/certificate.pem");
    /// Its end by `openssl x509 -enddate`.
    const ENDS: f64 = 2111232291.0;

    #[test]
    fn a_certificate_and_a_token_say_when_they_end_and_keys_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let held = |text: &str| {
            let path = folder.path().join("credential");
            fs::write(&path, text).expect("written");
            assert!(changed(&path).expect("a file") > 1.7e9);
            expiry(&path)
        };
        assert_eq!(held(CERTIFICATE), Some(ENDS));
        // {"exp":1900000000}
        assert_eq!(held("head.eyJleHAiOjE5MDAwMDAwMDB9.signature\n"), Some(1.9e9));
        assert_eq!(held(r#"{"keys":[]}"#), None);
        assert_eq!(expiry(&folder.path().join("nowhere")), None);
    }
}
