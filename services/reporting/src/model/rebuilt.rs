//! The live projections compared with the rebuilt ones.

use sha2::{Digest, Sha256};

use super::rows::{Key, Written};

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

/// The keys of rows that differ.
pub fn differing<'a>(live: &'a Written, rebuilt: &'a Written) -> impl Iterator<Item = &'a Key> {
    let lost = rebuilt.keys().filter(|key| !live.contains_key(*key));
    live.keys().chain(lost).filter(|key| value(live, key) != value(rebuilt, key))
}

/// A row's value. A row that has gone may stand without one: it counts as missing.
pub fn value<'a>(rows: &'a Written, key: &Key) -> Option<&'a String> {
    rows.get(key).and_then(Option::as_ref)
}

/// The first rows that differ, for a person to read.
pub fn differences(live: &Written, rebuilt: &Written) -> Vec<String> {
    let told = |key: &Key| {
        let (live, rebuilt) = (value(live, key), value(rebuilt, key));
        format!("{} {}: live {live:?}, rebuilt {rebuilt:?}", key.0, key.1)
    };
    differing(live, rebuilt).take(NAMED).map(told).collect()
}
