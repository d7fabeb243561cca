//! The identity of a caller: proved by a client certificate or by a bearer token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use mpp_core::{Caller, Clock, Error, Micros, Reason, Result};
use ring::digest::{SHA256, digest};
use tonic::Request;

use crate::jwt::{self, Jwks, Trust};

/// Most tokens that are remembered as good; beyond them all are forgotten and checked again.
const MOST_TOKENS: usize = 10_000;

/// A caller that a token vouches for.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The caller that the token names.
    pub caller: Arc<Caller>,
    /// The end of the token's validity, in microseconds since 1970 UTC.
    pub until: Micros,
}

/// Checks bearer tokens, and remembers good ones until they expire or the keys change.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    keys: Jwks,
    trust: Trust,
    clock: Clock,
    known: Mutex<KnownTokens>,
}

#[derive(Default)]
struct KnownTokens {
    /// The version of the keys that vouched for `tokens`.
    keys: u64,
    /// Keyed by the token's digest, so that no token lies in memory.
    tokens: HashMap<[u8; 32], Verified>,
}

impl Verifier {
    /// Takes tokens signed by `keys`. Give the system's clock: a token's expiry is real time,
    /// wherever `--at` puts the domain.
    pub fn new(keys: Jwks, clock: Clock) -> Self {
        Self::trusting(keys, clock, Trust::default())
    }

    /// Like [`Verifier::new`], with other rules of which tokens are accepted.
    pub fn trusting(keys: Jwks, clock: Clock, trust: Trust) -> Self {
        Self(Arc::new(Inner { keys, trust, clock, known: Mutex::default() }))
    }

    /// The caller that a token vouches for, and until when.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, saying what does not hold.
    pub fn verify(&self, token: &str) -> Result<Verified> {
        let now = self.0.clock.now();
        let keys = self.0.keys.version();
        let digest = digest_of(token);
        if let Some(verified) = self.remembered(&digest, keys, now) {
            return Ok(verified);
        }
        let checked = jwt::check(token, &self.0.keys, &self.0.trust, now)?;
        let verified = Verified { caller: Arc::new(checked.caller), until: checked.until };
        self.remember(digest, keys, verified.clone());
        Ok(verified)
    }

    /// How long a token that holds until then is still valid.
    pub(crate) fn left(&self, until: Micros) -> Duration {
        let left = until.saturating_sub(self.0.clock.now());
        Duration::from_micros(u64::try_from(left).unwrap_or(0))
    }

    fn remembered(&self, digest: &[u8; 32], keys: u64, now: Micros) -> Option<Verified> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.keys != keys {
            *known = KnownTokens { keys, tokens: HashMap::new() };
        }
        known.tokens.get(digest).filter(|verified| now < verified.until).cloned()
    }

    /// Unless the keys have changed since the token was checked.
    fn remember(&self, digest: [u8; 32], keys: u64, verified: Verified) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.keys != keys {
            return;
        }
        if known.tokens.len() >= MOST_TOKENS {
            known.tokens.clear();
        }
        known.tokens.insert(digest, verified);
    }
}

fn digest_of(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

/// The caller that the identity layer found. Without that layer, as in a test that calls a handler
/// directly, a caller without roles and namespaces.
pub fn caller<T>(request: &Request<T>) -> Caller {
    let known = request.extensions().get::<Arc<Caller>>().map(|caller| Caller::clone(caller));
    known.unwrap_or_else(|| Caller {
        subject: "anonymous".into(),
        roles: Vec::new(),
        namespaces: Vec::new(),
    })
}

/// The refusal of a call that carries no identity.
pub(crate) fn nobody() -> Error {
    Error::new(
        Reason::Unauthenticated,
        "no identity; send `authorization: Bearer TOKEN` (`mpp token` makes one) or a client \
         certificate",
    )
}
