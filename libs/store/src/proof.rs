//! Hashes over records' rows, which show a row that was altered in the database.

use mpp_core::{Micros, row_proof};

/// A hash over a row, and the version that it was made for. An older program writes no proof, or
/// leaves the proof of an older version: such a row is not proven, and if somebody alters it,
/// nobody notices. A row that is sealed has been written by a program that always proves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proof {
    pub version: i64,
    pub hash: i64,
}

impl Proof {
    /// The proof of a record's row that is about to be written.
    pub fn of(
        kind: &str,
        name: &str,
        version: i64,
        labels: &str,
        doc: &[u8],
        times: (Micros, Micros),
    ) -> Self {
        let number = i64::to_be_bytes;
        let hash = row_proof(&[
            kind.as_bytes(),
            name.as_bytes(),
            &number(version),
            labels.as_bytes(),
            doc,
            &number(times.0),
            &number(times.1),
        ]);
        Self { version, hash }
    }

    /// The proof of a deleted record's row, which holds a tombstone instead of a document.
    pub fn of_deletion(
        kind: &str,
        name: &str,
        version: i64,
        labels: &str,
        tombstone: &[u8],
        times: (Micros, Micros),
    ) -> Self {
        let number = i64::to_be_bytes;
        let hash = row_proof(&[
            b"deleted",
            kind.as_bytes(),
            name.as_bytes(),
            &number(version),
            labels.as_bytes(),
            tombstone,
            &number(times.0),
            &number(times.1),
        ]);
        Self { version, hash }
    }
}
