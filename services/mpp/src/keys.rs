//! The keys and tokens of `mpp up`: made on the first start, so that the same path of identity is
//! used from the first minute.

use std::{
    fs,
    io::ErrorKind,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use mpp_client::file::{Readers, write_file};
use mpp_core::{Caller, Clock, Error, FieldCode, Reason, Result, Role};
use mpp_rpc::{
    ServerPolicy, Verifier,
    jwt::{self, Jwks, SigningKey, Trust},
};

/// The key of this data folder, and the tokens that it signs.
pub struct Keys {
    pub folder: PathBuf,
    signing: SigningKey,
    /// How long its tokens hold; every start makes new ones.
    life: Duration,
}

impl Keys {
    pub fn open(data: &Path, life: Duration) -> Result<Self> {
        let folder = data.join("keys");
        make_private(data)?;
        make_private(&folder)?;
        let path = folder.join("signing.pem");
        let signing = if path.exists() {
            SigningKey::load(&path)?
        } else {
            let key = SigningKey::generate()?;
            key.save(&path)?;
            key
        };
        Jwks::write(&folder.join("jwks.json"), &[signing.public()])?;
        Ok(Self { folder, signing, life })
    }

    /// Tokens are checked by the system's clock, whatever time the services stand at.
    pub fn verifier(&self, policy: &ServerPolicy) -> Result<Verifier> {
        let keys = Jwks::load(self.folder.join("jwks.json"))?;
        let trust = Trust { leeway: policy.token_leeway(), ..Trust::default() };
        Ok(Verifier::trusting(keys, Clock::system(), trust))
    }

    pub fn token(&self, file: &str, caller: &Caller) -> Result<PathBuf> {
        let path = self.folder.join(format!("{file}.jwt"));
        let token = jwt::mint(&self.signing, caller, self.life, Clock::system().now());
        write_file(&path, token.as_bytes(), Readers::Owner)?;
        Ok(path)
    }

    /// The key that applicants are hashed with; kept, so that a restart knows them again.
    ///
    /// # Errors
    /// The file is there and cannot be used: with a new key no applicant who has booked would be
    /// recognised.
    pub fn applicant_keys(&self) -> Result<Vec<(String, Vec<u8>)>> {
        let path = self.folder.join("applicants.key");
        let unusable = |what: &str| {
            let text = format!(
                "{} {what}; put the old file back, or delete it to forget who has booked",
                path.display()
            );
            Error::new(Reason::Unavailable, text)
        };
        let key = match fs::read(&path) {
            Ok(key) if key.len() == 32 => key,
            Ok(_) => return Err(unusable("does not hold 32 bytes")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let halves = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
                let fresh: Vec<u8> = halves.iter().flat_map(|half| *half.as_bytes()).collect();
                write_file(&path, &fresh, Readers::Owner)?;
                fresh
            }
            Err(error) => return Err(unusable(&format!("cannot be read: {error}"))),
        };
        Ok(vec![("up".into(), key)])
    }
}

/// The data folder is private to its owner: it holds keys, tokens and databases.
fn make_private(folder: &Path) -> Result<()> {
    let made = fs::create_dir_all(folder)
        .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(0o700)));
    made.map_err(|error| {
        let text = format!(
            "{} cannot be made: {error}; name another folder with --data",
            folder.display()
        );
        Error::field("data", FieldCode::Unwritable, text)
    })
}

/// Every role with the namespaces of a demo's officer.
pub fn callers() -> Vec<(&'static str, Caller)> {
    let of = |role: Role, subject: &str, namespaces: &[&str]| {
        let namespaces = namespaces.iter().map(|name| (*name).to_owned()).collect();
        (role.as_str(), Caller { subject: subject.to_owned(), roles: vec![role], namespaces })
    };
    vec![
        of(Role::Administrator, "users/administrator", &[]),
        of(Role::Reader, "users/reader", &[]),
        of(Role::Publisher, "units/kemendagri", &["units/kemendagri", "sources/kemendagri"]),
        of(Role::UnitOfficer, "units/kemendagri", &["units/kemendagri"]),
        of(
            Role::CounterOfficer,
            "users/dukcapil-banyuwangi",
            &["malls/banyuwangi/counters/dukcapil"],
        ),
        of(
            Role::Organiser,
            "units/dpmptsp-banyuwangi",
            &["malls/banyuwangi", "units/dpmptsp-banyuwangi"],
        ),
        of(Role::ProvincialObserver, "users/observer", &["regions/35"]),
        of(Role::Verifier, "users/verifier", &[]),
        of(Role::Auditor, "users/auditor", &[]),
    ]
}
