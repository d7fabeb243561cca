//! Tokens as they come: whether one is whole, before anybody asks who has signed it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

/// Bytes of an Ed25519 signature.
const SIGNATURE: usize = 64;

#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    // Without one it is whole, and signed by nobody.
    #[serde(default)]
    pub(super) alg: String,
    #[serde(default)]
    pub(super) kid: String,
    #[serde(default, skip_serializing)]
    pub(super) crit: Option<serde_json::Value>,
}

impl Header {
    pub(super) fn is_ed25519(&self) -> bool {
        ["EdDSA", "Ed25519"].contains(&self.alg.as_str())
    }
}

/// The parts of a token, whoever has signed it.
pub(super) struct TokenParts<'a> {
    pub(super) signed: &'a str,
    pub(super) header: Header,
    pub(super) claims: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

/// `None` for one that is not whole: before its key is looked for, which it may not name any more.
pub(super) fn parts(token: &str) -> Option<TokenParts<'_>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (head, body) = signed.split_once('.')?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let header: Header = serde_json::from_slice(&decode(head)?).ok()?;
    let claims = decode(body)?;
    serde_json::from_slice::<serde_json::Value>(&claims).ok()?;
    let signature = decode(signature)?;
    // Of other algorithms the length is not known here.
    let is_cut = header.is_ed25519() && signature.len() != SIGNATURE;
    (!is_cut).then_some(TokenParts { signed, header, claims, signature })
}
