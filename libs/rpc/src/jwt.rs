//! Bearer tokens: JSON Web Tokens signed with Ed25519 (RFC 8037), and the key sets (JWKS) that
//! they are checked against.

mod whole;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use mpp_client::file::{Readers, WatchedFiles, read_file, write_file};
use mpp_core::{Caller, Error, FieldCode, Micros, Reason, Result};
use ring::{
    digest,
    rand::{self, SecureRandom as _},
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use serde::{Deserialize, Serialize};

use self::whole::{Header, TokenParts, parts};
use crate::ServerPolicy;

/// The issuer of the suite's tokens (`iss`), unless a [`Trust`] says otherwise.
pub const ISSUER: &str = "https://mpp.go.id";
/// The audience that they are meant for (`aud`).
pub const AUDIENCE: &str = "mpp";
/// Longest token, in bytes.
const LONGEST_TOKEN: usize = 8 * 1024;
const PEM_LABEL: &str = "PRIVATE KEY";
/// An Ed25519 key in PKCS #8, version 1 (RFC 8410), up to its 32 bytes. `ring` would write version
/// 2, which holds the public key, too, and which OpenSSL 3.0 does not read.
const PKCS8_V1: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A private key that signs tokens.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    pkcs8: Vec<u8>,
    id: String,
}

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// The system's random source failed.
    pub fn generate() -> Result<Self> {
        let mut seed = [0; 32];
        rand::SystemRandom::new()
            .fill(&mut seed)
            .map_err(|_| Error::internal("the system's random source failed"))?;
        Self::from_pkcs8([PKCS8_V1.as_slice(), &seed].concat())
    }

    /// Reads a key from a PEM file (PKCS #8, as [`SigningKey::save`] and `openssl genpkey` write).
    ///
    /// # Errors
    /// Names the file and says what it should hold.
    pub fn load(path: &Path) -> Result<Self> {
        let bytes = read_file(path)?;
        let wrong = || {
            let text = "not an Ed25519 key in PEM (PKCS #8); `openssl genpkey -algorithm ed25519` \
                        makes one";
            Error::field(path.display().to_string(), FieldCode::Unreadable, text)
        };
        let pkcs8 = PrivatePkcs8KeyDer::from_pem_slice(&bytes).map_err(|_| wrong())?;
        Self::from_pkcs8(pkcs8.secret_pkcs8_der().to_vec()).map_err(|_| wrong())
    }

    /// Writes the key as PEM, readable by its owner only.
    ///
    /// # Errors
    /// Names the file.
    pub fn save(&self, path: &Path) -> Result<()> {
        let body = STANDARD.encode(&self.pkcs8);
        let pem = format!("-----BEGIN {PEM_LABEL}-----\n{body}\n-----END {PEM_LABEL}-----\n");
        write_file(path, pem.as_bytes(), Readers::Owner)
    }

    /// The public half, as an entry of a key set.
    pub fn public(&self) -> Jwk {
        let key = URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref());
        Jwk { kty: "OKP".into(), crv: "Ed25519".into(), kid: self.id.clone(), x: key }
    }

    fn from_pkcs8(pkcs8: Vec<u8>) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8).map_err(|error| {
            Error::field("key", FieldCode::Unreadable, format!("not an Ed25519 key: {error}"))
        })?;
        let digest = digest::digest(&digest::SHA256, pair.public_key().as_ref());
        let id = URL_SAFE_NO_PAD.encode(&digest.as_ref()[..12]);
        Ok(Self { pair, pkcs8, id })
    }
}

/// A public key of a set (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    kid: String,
    /// The key itself, base64url.
    #[serde(default)]
    x: String,
}

#[derive(Serialize, Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// The keys that tokens may be signed with: a file, read again when it changes.
#[derive(Clone)]
pub struct Jwks(Arc<WatchedFiles<Keys>>);

/// Public keys with their ids.
type Keys = Vec<(String, Vec<u8>)>;

impl Jwks {
    /// Opens a key set. Keys of other kinds than Ed25519 are passed over.
    ///
    /// # Errors
    /// The file cannot be read, is not a key set, or holds no Ed25519 key.
    pub fn load(path: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self(Arc::new(WatchedFiles::open(vec![path.into()], parse_keys)?)))
    }

    /// The keys of a set as they stand there, of whatever kind.
    ///
    /// # Errors
    /// The file cannot be read, or is not a key set.
    pub fn read(path: &Path) -> Result<Vec<Jwk>> {
        let bytes = read_file(path)?;
        let set: KeySet = serde_json::from_slice(&bytes).map_err(|error| {
            let text = format!("not a JSON Web Key Set: {error}");
            Error::field(path.display().to_string(), FieldCode::Unreadable, text)
        })?;
        Ok(set.keys)
    }

    /// Writes a key set, whole or not at all.
    ///
    /// # Errors
    /// Names the file.
    pub fn write(path: &Path, keys: &[Jwk]) -> Result<()> {
        let text =
            serde_json::to_vec_pretty(&KeySet { keys: keys.to_vec() }).map_err(Error::internal)?;
        write_file(path, &text, Readers::All)
    }

    /// The public key with this id; a new id makes the file be looked at once more.
    fn key(&self, id: &str) -> Option<Vec<u8>> {
        let find = |keys: &[(String, Vec<u8>)]| {
            keys.iter().find(|(known, _)| known == id).map(|(_, key)| key.clone())
        };
        find(&self.0.current()).or_else(|| find(&self.0.newest()))
    }

    /// Tells versions of the set apart: a token that an older one vouched for is checked anew.
    pub(crate) fn version(&self) -> u64 {
        self.0.version()
    }
}

fn parse_keys(files: &[Vec<u8>]) -> Result<Keys> {
    let wrong = |text: String| Error::field("jwks", FieldCode::Unreadable, text);
    let set: KeySet = serde_json::from_slice(&files[0])
        .map_err(|error| wrong(format!("not a JSON Web Key Set: {error}")))?;
    let keys: Vec<_> = set
        .keys
        .into_iter()
        .filter(|key| key.kty == "OKP" && key.crv == "Ed25519")
        .filter_map(|key| Some((key.kid, URL_SAFE_NO_PAD.decode(key.x).ok()?)))
        .collect();
    if keys.is_empty() {
        return Err(wrong("the set holds no Ed25519 key; write one with `mpp token`".into()));
    }
    Ok(keys)
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    /// Seconds since 1970.
    exp: i64,
    #[serde(default)]
    nbf: i64,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    namespaces: Vec<String>,
}

/// One audience or several; both forms are allowed.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Audience::One(one) => one == wanted,
            Audience::Many(many) => many.iter().any(|one| one == wanted),
        }
    }
}

/// The issuer and audience of tokens that are accepted.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The issuer (`iss`).
    pub issuer: String,
    /// The audience (`aud`).
    pub audience: String,
    /// How far the clocks of issuer and server may differ.
    pub leeway: Duration,
}

impl Default for Trust {
    fn default() -> Self {
        let leeway = ServerPolicy::default().token_leeway();
        Self { issuer: ISSUER.into(), audience: AUDIENCE.into(), leeway }
    }
}

/// Signs a token that vouches for `caller` from `now` on.
pub fn mint(key: &SigningKey, caller: &Caller, ttl: Duration, now: Micros) -> String {
    let now = now.div_euclid(1_000_000);
    let claims = Claims {
        iss: ISSUER.into(),
        sub: caller.subject.clone(),
        aud: Audience::One(AUDIENCE.into()),
        exp: now.saturating_add_unsigned(ttl.as_secs()),
        nbf: now,
        roles: caller.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        namespaces: caller.namespaces.clone(),
    };
    sign(key, &claims)
}

fn sign(key: &SigningKey, claims: &Claims) -> String {
    let header = Header { alg: "EdDSA".into(), kid: key.id.clone(), crit: None };
    let head = part(&header);
    let signed = format!("{head}.{}", part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.pair.sign(signed.as_bytes()).as_ref());
    format!("{signed}.{signature}")
}

fn part(value: &impl Serialize) -> String {
    // Strings and numbers always have a JSON form.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap_or_default())
}

/// A checked token: who it vouches for, and until when.
pub(crate) struct Checked {
    pub(crate) caller: Caller,
    pub(crate) until: Micros,
}

/// Checks a token's signature, times, issuer and audience.
///
/// # Errors
/// `UNAUTHENTICATED`, saying what does not hold and how to get a new one.
pub(crate) fn check(token: &str, keys: &Jwks, trust: &Trust, now: Micros) -> Result<Checked> {
    if token.len() > LONGEST_TOKEN {
        return Err(refused(&format!("the token is longer than {LONGEST_TOKEN} bytes")));
    }
    let claims: Claims = verified(token, keys)?;
    let now = now.div_euclid(1_000_000);
    let end = claims.exp.saturating_add_unsigned(trust.leeway.as_secs());
    if end <= now {
        return Err(refused("the token has expired; `mpp token` makes a new one"));
    }
    if claims.nbf.saturating_sub_unsigned(trust.leeway.as_secs()) > now {
        return Err(refused("the token is not valid yet; compare the clocks"));
    }
    if claims.iss != trust.issuer {
        return Err(refused(&format!("the token's issuer is not {}", trust.issuer)));
    }
    if !claims.aud.holds(&trust.audience) {
        return Err(refused(&format!("the token is not meant for {}", trust.audience)));
    }
    Ok(Checked { caller: claims.into_caller(), until: end.saturating_mul(1_000_000) })
}

impl Claims {
    /// Roles that this version does not know give nothing, so that a newer issuer does no harm.
    fn into_caller(self) -> Caller {
        let roles = self.roles.iter().filter_map(|role| role.parse().ok()).collect();
        Caller { subject: self.sub, roles, namespaces: self.namespaces }
    }
}

fn verified(token: &str, keys: &Jwks) -> Result<Claims> {
    let TokenParts { signed, header, claims, signature } = parts(token).ok_or_else(|| {
        let bytes = token.len();
        refused(&format!(
            "the token, of {bytes} bytes, is not a whole signed JSON Web Token: three parts in \
             base64url with dots between them; if it was cut on its way, send all of it"
        ))
    })?;
    if !header.is_ed25519() || header.crit.is_some() {
        return Err(refused("the token is not signed with EdDSA, the only algorithm taken here"));
    }
    let key = keys.key(&header.kid).ok_or_else(|| {
        refused("the token's key is not in the server's key set; `mpp token` makes a new token")
    })?;
    UnparsedPublicKey::new(&ED25519, key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| refused("the token's signature does not hold"))?;
    serde_json::from_slice(&claims)
        .map_err(|_| refused("the token lacks iss, sub, aud or exp, or one has another type"))
}

fn refused(text: &str) -> Error {
    Error::new(Reason::Unauthenticated, text)
}
