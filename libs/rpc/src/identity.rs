//! Who is calling: proved by a client certificate or by a bearer token.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use mpp_core::{Caller, Clock, Error, Micros, Reason, Result};
use ring::digest::{SHA256, digest};
use tonic::Request;

use crate::jwt::{self, Jwks, Trust};

/// Most tokens that are remembered as good; beyond them all are forgotten and checked again.
const MOST_TOKENS: usize = 10_000;

/// Checks bearer tokens, and remembers good ones until they expire or the keys change.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    keys: Jwks,
    trust: Trust,
    clock: Clock,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The version of the keys that vouched for `tokens`.
    keys: u64,
    /// By the token's digest, so that no token lies in memory.
    tokens: HashMap<[u8; 32], (Arc<Caller>, Micros)>,
}

impl Verifier {
    /// Takes tokens signed by `keys`. Give the system's clock: a token's expiry is real time,
    /// wherever `--at` puts the domain.
    pub fn new(keys: Jwks, clock: Clock) -> Self {
        Self::trusting(keys, clock, Trust::default())
    }

    /// As [`Verifier::new`], with another issuer or audience.
    pub fn trusting(keys: Jwks, clock: Clock, trust: Trust) -> Self {
        Self(Arc::new(Inner {
            keys,
            trust,
            clock,
            known: Mutex::default(),
        }))
    }

    /// The caller that a token vouches for.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, saying what does not hold.
    pub fn verify(&self, token: &str) -> Result<Arc<Caller>> {
        let now = self.0.clock.now();
        let keys = self.0.keys.version();
        let digest = digest_of(token);
        if let Some(caller) = self.remembered(&digest, keys, now) {
            return Ok(caller);
        }
        let checked = jwt::check(token, &self.0.keys, &self.0.trust, now)?;
        let caller = Arc::new(checked.caller);
        self.remember(digest, keys, caller.clone(), checked.until);
        Ok(caller)
    }

    fn remembered(&self, digest: &[u8; 32], keys: u64, now: Micros) -> Option<Arc<Caller>> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.keys != keys {
            *known = Known {
                keys,
                tokens: HashMap::new(),
            };
        }
        known
            .tokens
            .get(digest)
            .filter(|(_, until)| now < *until)
            .map(|(caller, _)| caller.clone())
    }

    /// Unless the keys have changed since the token was checked.
    fn remember(&self, digest: [u8; 32], keys: u64, caller: Arc<Caller>, until: Micros) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.keys != keys {
            return;
        }
        if known.tokens.len() >= MOST_TOKENS {
            known.tokens.clear();
        }
        known.tokens.insert(digest, (caller, until));
    }
}

fn digest_of(token: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    bytes
}

/// The caller that the identity layer found. Without that layer, as in a test that calls a
/// handler directly, nobody: no roles, no namespaces.
pub fn caller<T>(request: &Request<T>) -> Caller {
    let known = request
        .extensions()
        .get::<Arc<Caller>>()
        .map(|caller| Caller::clone(caller));
    known.unwrap_or_else(|| Caller {
        subject: "anonymous".into(),
        roles: Vec::new(),
        namespaces: Vec::new(),
    })
}

/// The refusal of a call that names nobody.
pub(crate) fn nobody() -> Error {
    Error::new(
        Reason::Unauthenticated,
        "no identity; send `authorization: Bearer TOKEN` (`mpp token` makes one) or a client \
         certificate",
    )
}
