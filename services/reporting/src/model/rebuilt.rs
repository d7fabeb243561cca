//! The live projections beside the rebuilt ones.

use sha2::{Digest, Sha256};

use super::rows::Written;

/// Most differences that are named.
const NAMED: usize = 20;

/// SHA-256 over rows in order; lengths before texts, so that no two lists of rows read alike.
pub fn digest(rows: &Written) -> String {
    let mut hash = Sha256::new();
    for ((name, key), value) in rows {
        let value = value.as_deref();
        for text in [name.as_str(), key.as_str(), value.unwrap_or_default()] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.update([u8::from(value.is_some())]);
    }
    mpp_core::hex(&hash.finalize())
}

/// The first rows that differ, for a person to read.
pub fn differences(live: &Written, rebuilt: &Written) -> Vec<String> {
    let changed = live.iter().filter(|(key, value)| rebuilt.get(key) != Some(value));
    let lost = rebuilt.iter().filter(|(key, _)| !live.contains_key(key));
    let keys = changed.chain(lost).take(NAMED).map(|(key, _)| key);
    keys.map(|key| {
        let (live, rebuilt) = (live.get(key), rebuilt.get(key));
        format!("{} {}: live {live:?}, rebuilt {rebuilt:?}", key.0, key.1)
    })
    .collect()
}
