//! Digests of copies on the wire.

use bytes::Bytes;
use mpp_core::{Digest, Error, KindSum, Result};

use crate::feed;

/// The contract's message of a digest.
pub fn to_wire(digest: &Digest) -> feed::Digest {
    let kinds = digest.kinds().map(|(kind, sum)| feed::KindDigest {
        kind: kind.to_owned(),
        record_count: sum.count,
        sums: Bytes::from(sum.sums.map(u64::to_be_bytes).concat()),
    });
    feed::Digest { kinds: kinds.collect() }
}

/// Reads a digest that a service sent.
///
/// # Errors
/// Internal: its sums are not two numbers of eight bytes.
pub fn from_wire(told: &feed::Digest) -> Result<Digest> {
    let mut digest = Digest::default();
    for kind in &told.kinds {
        digest.add_sum(&kind.kind, KindSum { count: kind.record_count, sums: sums(kind)? });
    }
    Ok(digest)
}

fn sums(kind: &feed::KindDigest) -> Result<[u64; 2]> {
    let (numbers, []) = kind.sums.as_chunks::<8>() else { return Err(malformed(kind)) };
    let numbers: [[u8; 8]; 2] = numbers.try_into().map_err(|_| malformed(kind))?;
    Ok(numbers.map(u64::from_be_bytes))
}

fn malformed(kind: &feed::KindDigest) -> Error {
    Error::internal(format!("the sums of {} have {} bytes, not 16", kind.kind, kind.sums.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_comes_over_the_wire_as_it_is_and_a_damaged_one_is_refused() {
        let mut digest = Digest::default();
        digest.add("mall", "malls/a", 1);
        digest.add("unit", "units/b", 7);
        let mut told = to_wire(&digest);
        assert_eq!(from_wire(&told).expect("readable"), digest);
        for length in [0, 8, 15, 17, 24] {
            told.kinds[0].sums = Bytes::from(vec![1; length]);
            assert!(from_wire(&told).is_err(), "{length} bytes");
        }
    }
}
