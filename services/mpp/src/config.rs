//! How a served process is configured: flags, each with an environment variable.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{Args as ClapArgs, Subcommand};
use mpp_core::{Clock, Error, FieldCode, Result};
use mpp_rpc::{
    Drain, Origins, ServerPolicy, Shell, Tls, Verifier,
    jwt::{Jwks, Trust},
};
use mpp_store::DatabasePolicy;

use crate::process::LogArgs;

/// The services that `mpp serve` can run.
#[derive(Subcommand)]
pub enum ServeCommand {
    /// Directory, catalog, search, federation.
    Registry(Box<ServeArgs>),
    /// Hours, slots, queues.
    Scheduling(Box<ServeArgs>),
    /// The national report.
    Reporting(Box<ServeArgs>),
    /// The pages, for browsers.
    Web(Box<WebArgs>),
}

/// `mpp serve` of a service with a database.
#[derive(ClapArgs)]
pub struct ServeArgs {
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// The address that gRPC is served at. Beyond loopback it needs TLS.
    #[arg(long, env = "MPP_LISTEN", default_value = "127.0.0.1:7400")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub process: ProcessArgs,
    /// The public keys that tokens are checked against; read again when the file changes.
    #[arg(long, env = "MPP_JWKS_FILE", value_name = "FILE")]
    pub jwks: PathBuf,
    /// The server's certificate chain (PEM).
    #[arg(long, env = "MPP_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// Its key (PEM).
    #[arg(long, env = "MPP_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Identify callers by certificates of this authority (PEM), too.
    #[arg(long, env = "MPP_TLS_CLIENT_CA", value_name = "FILE")]
    pub tls_client_ca: Option<PathBuf>,
    /// Serve plain text beyond loopback. Use it only where a mesh's sidecar encrypts and
    /// authenticates both ends.
    #[arg(long, env = "MPP_PLAIN_TEXT_ANYWHERE")]
    pub plain_text_anywhere: bool,
    /// The keys that applicants are hashed with, oldest first: one "ID HEX" a line (scheduling).
    #[arg(long, env = "MPP_APPLICANT_KEYS_FILE", value_name = "FILE")]
    pub applicant_keys: Option<PathBuf>,
    /// Say on every report and page that the records are made up (reporting).
    #[arg(long, env = "MPP_SAMPLE_DATA")]
    pub sample_data: bool,
    /// Milliseconds that running calls may then take.
    #[arg(long, env = "MPP_DRAIN_WAIT_MILLIS", default_value_t = millis(Drain::default().wait))]
    pub drain_wait_millis: u64,
    /// Origins whose pages may call from a browser, such as https://mpp.banyuwangikab.go.id; * is
    /// all.
    #[arg(long, env = "MPP_CORS_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origins: Vec<String>,
}

/// `mpp serve web`.
#[derive(ClapArgs)]
pub struct WebArgs {
    /// The address that the pages are served at, in plain text; a proxy with TLS stands before it.
    #[arg(long, env = "MPP_PAGE_LISTEN", default_value = "127.0.0.1:7480")]
    pub listen: SocketAddr,
    #[command(flatten)]
    pub process: ProcessArgs,
    /// The registry's address as everybody reaches it: each record of the linked data on /data is
    /// named by an address below it. Without it there is no linked data.
    #[arg(long, env = "MPP_PUBLIC_REGISTRY", value_name = "URL")]
    pub public_registry: Option<String>,
    /// The pages' address as everybody reaches it, which the linked data gives for its files.
    #[arg(long, env = "MPP_PUBLIC_PAGES", value_name = "URL")]
    pub public_pages: Option<String>,
}

/// Arguments of every served process.
#[derive(ClapArgs)]
pub struct ProcessArgs {
    /// The address that /livez, /readyz and /metrics are served at, in plain text.
    #[arg(long, env = "MPP_HEALTH_LISTEN", default_value = "127.0.0.1:7490")]
    pub health_listen: SocketAddr,
    /// The services' settings (TOML); `mpp policy` prints all of them with their reasons.
    #[arg(long, env = "MPP_POLICY_FILE", value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Milliseconds between "not ready" and no more new connections.
    #[arg(long, env = "MPP_DRAIN_PAUSE_MILLIS", default_value_t = millis(Drain::default().pause))]
    pub drain_pause_millis: u64,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The database of a service.
#[derive(ClapArgs, Clone)]
pub struct DatabaseArgs {
    /// postgres://USER@HOST/DATABASE, or sqlite:FILE.
    #[arg(
        long = "database",
        env = "MPP_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        required_unless_present = "file"
    )]
    pub url: Option<String>,
    /// A file that holds the same, such as a mounted Secret; read at the start.
    #[arg(
        id = "file",
        long = "database-file",
        env = "MPP_DATABASE_FILE",
        value_name = "FILE",
        conflicts_with = "url"
    )]
    pub file: Option<PathBuf>,
    /// Connections to it at the most, of which `reading_connections` of `[database]` only read; at
    /// least two write.
    #[arg(long, env = "MPP_DATABASE_CONNECTIONS", default_value_t = 16)]
    pub connections: u32,
    /// This machine's clock is right, although commits are dated later than it: it was wrong when
    /// they were made.
    #[arg(long, env = "MPP_CLOCK_IS_RIGHT")]
    pub clock_is_right: bool,
}

/// The arguments of `mpp migrate`.
#[derive(ClapArgs)]
pub struct MigrateArgs {
    #[command(flatten)]
    pub database: DatabaseArgs,
}

impl DatabaseArgs {
    /// The store's options.
    ///
    /// # Errors
    /// The file cannot be read, or is empty.
    pub fn options(&self, clock: Clock, policy: &DatabasePolicy) -> Result<mpp_store::Options> {
        let clock = if self.clock_is_right { clock.trusted() } else { clock };
        Ok(mpp_store::Options {
            policy: policy.clone(),
            ..mpp_store::Options::new(self.address()?, self.connections, clock)
        })
    }

    fn address(&self) -> Result<String> {
        let (None, Some(path)) = (&self.url, &self.file) else {
            return Ok(self.url.clone().unwrap_or_default());
        };
        let wrong = |code, why: &str| {
            Error::field("database-file", code, format!("{} {why}", path.display()))
        };
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong(FieldCode::Unreadable, &format!("cannot be read: {error}")))?;
        match text.trim() {
            "" => Err(wrong(FieldCode::Required, "is empty; write the address of the database")),
            url => Ok(url.to_owned()),
        }
    }
}

impl ServeArgs {
    /// The server's own certificate and key, by which it proves itself to others, too.
    pub fn identity(&self) -> Option<(PathBuf, PathBuf)> {
        self.tls_cert.clone().zip(self.tls_key.clone())
    }

    /// The server shell.
    ///
    /// # Errors
    /// A file cannot be read, or is of another form.
    pub fn shell(&self, policy: &ServerPolicy) -> Result<Shell> {
        let tls = match (&self.tls_cert, &self.tls_key) {
            (Some(cert), Some(key)) => {
                Some(Tls::load(cert.clone(), key.clone(), self.tls_client_ca.clone())?)
            }
            _ => None,
        };
        let trust = Trust { leeway: policy.token_leeway(), ..Trust::default() };
        let verifier = Verifier::trusting(Jwks::load(self.jwks.clone())?, Clock::system(), trust);
        Ok(Shell {
            tls,
            plain_text_anywhere: self.plain_text_anywhere,
            limits: policy.limits(),
            origins: Origins::parse(&self.cors_origins)?,
            drain: Drain {
                pause: Duration::from_millis(self.process.drain_pause_millis),
                wait: Duration::from_millis(self.drain_wait_millis),
            },
            ..Shell::new(verifier)
        })
    }

    /// The keys that applicants are hashed with, oldest first.
    ///
    /// # Errors
    /// Names the file and the line.
    pub fn applicant_keys(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let Some(path) = &self.applicant_keys else {
            let text = "scheduling hashes applicants with a secret key; give --applicant-keys FILE \
                        with one line: an id, a blank and 64 hexadecimal digits (openssl rand -hex 32)";
            return Err(Error::field("applicant_keys", FieldCode::Required, text));
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::field(
                "applicant_keys",
                FieldCode::Unreadable,
                format!("{}: {error}", path.display()),
            )
        })?;
        parse_keys(&text)
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn parse_keys(text: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let keys = lines.enumerate().map(|(at, line)| {
        let key = line
            .split_once(' ')
            .and_then(|(id, hex)| Some((id.to_owned(), mpp_core::unhex(hex.trim())?)));
        key.filter(|(_, key)| key.len() >= 32).ok_or_else(|| {
            let text =
                format!("line {}: write an id, a blank and at least 64 hexadecimal digits", at + 1);
            Error::field("applicant_keys", FieldCode::Unreadable, text)
        })
    });
    let keys = keys.collect::<Result<Vec<_>>>()?;
    if keys.is_empty() {
        return Err(Error::field("applicant_keys", FieldCode::Required, "the file holds no key"));
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_may_stand_in_a_file_and_what_is_wrong_with_it_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("uri");
        let args = DatabaseArgs {
            url: None,
            file: Some(path.clone()),
            connections: 8,
            clock_is_right: false,
        };
        let fault = || {
            args.options(Clock::system(), &DatabasePolicy::default())
                .expect_err("no address")
                .to_string()
        };
        assert!(fault().contains("cannot be read"), "{}", fault());
        std::fs::write(&path, "\n").expect("written");
        assert!(fault().contains("is empty"), "{}", fault());
        std::fs::write(&path, "postgres://mpp@db/mpp_registry\n").expect("written");
        let options =
            args.options(Clock::system(), &DatabasePolicy::default()).expect("an address");
        assert_eq!(options.url, "postgres://mpp@db/mpp_registry");
    }

    #[test]
    fn keys_are_read_in_their_order_and_short_ones_refused() {
        let keys = parse_keys(&format!("k1 {}\n\nk2 {}\n", "ab".repeat(32), "cd".repeat(32)))
            .expect("keys");
        assert_eq!(keys.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["k1", "k2"]);
        assert!(parse_keys("k1 abcd").is_err());
        assert!(parse_keys("").is_err());
    }
}
