//! What the contract has a client work out, written down from `Reconcile` in `sync.proto`.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mpp_api::{json, sync::Record};
use prost::Message as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A record of a source, and its standing by its last answer.
struct ComparedRecord {
    key: [u8; 8],
    sum: [u8; 16],
}

impl ComparedRecord {
    fn of(record: &Value, stands: u8) -> Result<Self, String> {
        let record: Record = json::read(record).map_err(|error| error.to_string())?;
        let key = first::<8>(key_text(&record).as_bytes());
        let digest = first::<16>(&record.encode_to_vec());
        let sum = first::<16>(&[&key[..], &digest, &[stands]].concat());
        Ok(Self { key, sum })
    }
}

/// The name that a record asks for.
fn key_text(record: &Record) -> String {
    format!("{}/services/{}", record.unit, record.source_id)
}

/// The first `N` bytes of the SHA-256 of a text.
pub fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let hash = Sha256::digest(bytes);
    std::array::from_fn(|at| hash[at])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The range that holds this record and, as good as surely, no other, as a list.
pub fn listed(record: &Value, stands: u8) -> Result<Value, String> {
    let ComparedRecord { key, sum } = ComparedRecord::of(record, stands)?;
    let item = [&key[..], &sum[..8]].concat();
    Ok(json!({"prefix": hex(&key)[..12], "items": STANDARD.encode(item)}))
}

/// The same by the fingerprints of its 16 parts, of which one holds the record.
pub fn fingerprinted(record: &Value, stands: u8) -> Result<Value, String> {
    let ComparedRecord { key, sum } = ComparedRecord::of(record, stands)?;
    let digits = hex(&key);
    let place = usize::from_str_radix(&digits[12..13], 16).map_err(|error| error.to_string())?;
    let parts = (0..16).map(|part| match part == place {
        true => fingerprint(u128::from_be_bytes(sum), 1),
        false => fingerprint(0, 0),
    });
    let parts: Vec<u8> = parts.flatten().collect();
    Ok(json!({"prefix": digits[..12], "fingerprints": STANDARD.encode(parts)}))
}

/// The fingerprint of items with this sum.
pub fn fingerprint(sum: u128, count: u64) -> [u8; 8] {
    first::<8>(&[&sum.to_be_bytes()[..], &count.to_be_bytes()].concat())
}

/// The digest of names in a welcome: the exclusive or of their hashes.
pub fn held_digest<'a>(names: impl Iterator<Item = &'a String>) -> [u8; 16] {
    let hashes = names.map(|name| u128::from_be_bytes(first::<16>(name.as_bytes())));
    hashes.fold(0, |all, one| all ^ one).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_named_by_the_hash_of_the_records_name() {
        let record = json!({"sourceId": "kk", "unit": "units/kemendagri",
            "service": {"title": {"id": "Kartu keluarga"}}});
        let prefix = &hex(&first::<8>(b"units/kemendagri/services/kk"))[..12];
        for range in [listed(&record, 1), fingerprinted(&record, 1)] {
            assert_eq!(range.expect("a range")["prefix"], prefix);
        }
        let bytes = |range: &Value, field: &str| {
            STANDARD.decode(range[field].as_str().expect("text")).expect("base64").len()
        };
        assert_eq!(bytes(&listed(&record, 1).expect("a range"), "items"), 16);
        assert_eq!(bytes(&fingerprinted(&record, 1).expect("a range"), "fingerprints"), 128);
    }

    #[test]
    fn no_name_has_the_digest_of_zeros() {
        assert_eq!(held_digest([].iter()), [0; 16]);
    }
}
