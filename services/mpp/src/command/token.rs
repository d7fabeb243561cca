//! `mpp token`: tokens for callers, and the key that signs them.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args as ClapArgs;
use mpp_core::{Caller, Clock, Error, FieldCode, Reason, Result, Role, check_name};
use mpp_rpc::jwt::{self, Jwks, SigningKey};

use crate::client::{Client, ClientArgs};

#[derive(ClapArgs)]
pub struct TokenArgs {
    /// reader, publisher, unit-officer, counter-officer, organiser, provincial-observer, verifier,
    /// auditor, service or administrator; several are joined by commas.
    #[arg(long, value_delimiter = ',', required_unless_present = "new_key")]
    pub role: Vec<String>,
    /// Names whose subtree it may write: units/bkpm, malls/banyuwangi, sources/bkpm.
    #[arg(long, value_delimiter = ',')]
    pub namespace: Vec<String>,
    /// The caller's name in the feed, by which quotas and request ids are counted, too: users/siti,
    /// units/bkpm. Give each person and program its own.
    #[arg(long, default_value = "users/operator")]
    pub subject: String,
    /// How long it holds.
    #[arg(long, default_value_t = 24)]
    pub hours: u64,
    /// The signing key (PEM); else the one of `mpp up`.
    #[arg(long, env = "MPP_SIGNING_KEY", value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Make a signing key and its JWKS in this folder instead of a token.
    #[arg(long, value_name = "DIR")]
    pub new_key: Option<PathBuf>,
    /// With --new-key: also write a set of the new key and of those in this one, which services are
    /// given until no token of an old key holds any more.
    #[arg(long, value_name = "FILE", requires = "new_key")]
    pub beside: Option<PathBuf>,
}

/// The set of a new key beside the earlier ones.
const BOTH: &str = "jwks-both.json";

/// Longest life of a token made by hand.
const MAX_HOURS: u64 = 24 * 366;

pub fn run(args: TokenArgs, client: &ClientArgs) -> Result<()> {
    if let Some(folder) = &args.new_key {
        return new_key(folder, args.beside.as_deref());
    }
    let key = SigningKey::load(&key_file(&args, client)?)?;
    let roles = args.role.iter().map(|role| role.parse()).collect::<Result<Vec<Role>>>()?;
    if args.hours == 0 || args.hours > MAX_HOURS {
        return Err(Error::field("hours", FieldCode::OutOfRange, format!("give 1 to {MAX_HOURS}")));
    }
    args.namespace.iter().try_for_each(|name| check_namespace(name))?;
    let caller = Caller { subject: args.subject, roles, namespaces: args.namespace };
    let life = Duration::from_secs(args.hours * 3600);
    say!("{}", jwt::mint(&key, &caller, life, Clock::system().now()));
    Ok(())
}

/// A namespace that is not a name owns nothing, which would show only when the token is used.
fn check_namespace(name: &str) -> Result<()> {
    const FORMS: [&[&str]; 5] =
        [&["units"], &["malls"], &["malls", "counters"], &["sources"], &["regions"]];
    if FORMS.iter().any(|form| check_name(name, form, "namespace").is_ok()) {
        return Ok(());
    }
    let text = format!(
        "'{name}' is not the name of a record that can be owned; write units/bkpm, malls/banyuwangi, \
         malls/banyuwangi/counters/dukcapil, sources/bkpm or, for an observer, regions/35"
    );
    Err(Error::field("namespace", FieldCode::Name, text))
}

/// The key that is named; only if none is named, the context is looked for.
fn key_file(args: &TokenArgs, client: &ClientArgs) -> Result<PathBuf> {
    if let Some(named) = &args.key {
        return Ok(named.clone());
    }
    let client = Client::new(client)?;
    client.context().map(|context| context.signing_key.clone()).ok_or_else(|| {
        let text = "no signing key is known; make one with `mpp token --new-key DIR` and name it with --key DIR/signing.pem";
        Error::new(Reason::NotFound, text)
    })
}

fn new_key(folder: &Path, beside: Option<&Path>) -> Result<()> {
    let before = beside.map(Jwks::read).transpose()?;
    let path = folder.join("signing.pem");
    if path.exists() {
        let text = format!(
            "{} exists; it is not overwritten, since its tokens would stop to hold",
            path.display()
        );
        return Err(Error::new(Reason::AlreadyExists, text));
    }
    fs::create_dir_all(folder).map_err(Error::internal)?;
    let key = SigningKey::generate()?;
    key.save(&path)?;
    let jwks = folder.join("jwks.json");
    Jwks::write(&jwks, &[key.public()])?;
    say!(
        "{} signs tokens: keep it secret\n{} checks them: give it to every service with --jwks",
        path.display(),
        jwks.display()
    );
    if let Some(before) = before {
        let both = folder.join(BOTH);
        let count = before.len();
        Jwks::write(&both, &[before, vec![key.public()]].concat())?;
        say!(
            "{} checks those of the {count} before, too: give it to every service first, and the one \
             above once no token of an old key holds any more",
            both.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_the_name_of_what_can_be_owned() {
        for name in ["units/bkpm", "malls/a", "malls/a/counters/b", "sources/bkpm", "regions/35"] {
            assert!(check_namespace(name).is_ok(), "{name}");
        }
        for name in ["", "bkpm", "units", "units/", "units/a/services/b", "units/A B"] {
            let error = check_namespace(name).expect_err(name);
            assert!(error.message().contains("units/bkpm"), "{error}");
        }
    }
}
