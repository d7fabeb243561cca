//! Digests of copies on the wire.

use bytes::Bytes;
use mpp_core::{Contents, Digest, Error, KindSum, Result};

use crate::feed;

/// The contract's message of a digest.
pub fn to_wire(digest: &Digest) -> feed::Digest {
    let kinds = digest.kinds().map(|(kind, sum)| feed::KindDigest {
        kind: kind.to_owned(),
        record_count: sum.count,
        sums: bytes(sum),
        document_sums: Bytes::new(),
    });
    feed::Digest { kinds: kinds.collect() }
}

/// The contract's form of a digest that covers the documents, too.
pub fn contents_to_wire(contents: &Contents) -> feed::Digest {
    let mut told = to_wire(&contents.versions);
    for kind in &mut told.kinds {
        kind.document_sums = bytes(contents.documents.of(&kind.kind));
    }
    told
}

fn bytes(sum: KindSum) -> Bytes {
    Bytes::from(sum.sums.map(u64::to_be_bytes).concat())
}

/// Reads a digest that a service sent.
///
/// # Errors
/// Internal: its sums are not two numbers of eight bytes.
pub fn from_wire(told: &feed::Digest) -> Result<Digest> {
    let mut digest = Digest::default();
    for kind in &told.kinds {
        digest.add_sum(&kind.kind, sum(kind, &kind.sums)?);
    }
    Ok(digest)
}

/// Reads a digest that covers the documents, too.
///
/// # Errors
/// The same as [`from_wire`], also where the documents were not read.
pub fn contents_from_wire(told: &feed::Digest) -> Result<Contents> {
    let mut documents = Digest::default();
    for kind in &told.kinds {
        documents.add_sum(&kind.kind, sum(kind, &kind.document_sums)?);
    }
    Ok(Contents { versions: from_wire(told)?, documents })
}

fn sum(kind: &feed::KindDigest, sums: &Bytes) -> Result<KindSum> {
    let malformed =
        || Error::internal(format!("the sums of {} have {} bytes, not 16", kind.kind, sums.len()));
    let (numbers, []) = sums.as_chunks::<8>() else { return Err(malformed()) };
    let numbers: [[u8; 8]; 2] = numbers.try_into().map_err(|_| malformed())?;
    Ok(KindSum { count: kind.record_count, sums: numbers.map(u64::from_be_bytes) })
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
        assert!(contents_from_wire(&told).is_err(), "no documents were read");
        for length in [0, 8, 15, 17, 24] {
            told.kinds[0].sums = Bytes::from(vec![1; length]);
            assert!(from_wire(&told).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn contents_come_over_the_wire_as_they_are() {
        let mut contents = Contents::default();
        contents.add("mall", "malls/a", 1, b"doc");
        contents.add("unit", "units/b", 7, b"");
        let told = contents_to_wire(&contents);
        assert_eq!(contents_from_wire(&told).expect("readable"), contents);
    }
}
