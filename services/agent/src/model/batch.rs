//! How records are gathered into batches that the registry takes.

use std::mem;

use mpp_api::sync::{Record, Welcome};
use mpp_core::{Error, FieldCode, Result};
use prost::Message as _;

use super::difference::Digest;

/// The largest batch that the registry takes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    records: usize,
    /// Encoded bytes of the records.
    bytes: usize,
}

impl Limits {
    /// Keys of 8 bytes that one batch takes beside its own fields.
    pub fn keys(self) -> usize {
        self.bytes / 8
    }

    /// A little under the registry's limit of bytes: the batch's own fields and each record's frame
    /// count too.
    pub fn of(welcome: &Welcome) -> Self {
        Self::of_sizes(welcome.max_batch_records, welcome.max_batch_bytes)
    }

    /// The same for records that are only looked at: they go in the batches of a run.
    pub fn of_sizes(records: i32, bytes: i32) -> Self {
        let records = usize::try_from(records).unwrap_or(0).clamp(1, 10_000);
        let bytes = usize::try_from(bytes).unwrap_or(0).max(64 * 1024);
        Self { records, bytes: bytes - 8 * records.min(1_000) - 2_048 }
    }

    /// # Errors
    /// The record alone is larger than a batch may be.
    pub fn check(&self, record: &Record) -> Result<()> {
        let (bytes, limit) = (record.encoded_len(), self.bytes);
        if bytes <= limit {
            return Ok(());
        }
        Err(Error::field("record", FieldCode::TooLarge, format!("{bytes} bytes; at most {limit}")))
    }
}

/// Records gathered for the next batch.
#[derive(Default)]
pub struct Gathered {
    /// In the order of the source.
    pub records: Vec<Record>,
    /// One for each record.
    pub digests: Vec<Digest>,
    bytes: usize,
}

impl Gathered {
    /// Adds a record; gives back a batch that is full without it.
    pub fn add(&mut self, record: Record, digest: Digest, limits: Limits) -> Option<Self> {
        let bytes = record.encoded_len();
        let full = self.bytes + bytes > limits.bytes || self.records.len() >= limits.records;
        let batch = (full && !self.records.is_empty()).then(|| mem::take(self));
        self.bytes += bytes;
        self.records.push(record);
        self.digests.push(digest);
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(bytes: usize) -> Record {
        Record { source_id: "x".repeat(bytes), ..Record::default() }
    }

    #[test]
    fn a_batch_is_cut_at_its_records_and_at_its_bytes() {
        let welcome =
            Welcome { max_batch_records: 2, max_batch_bytes: 100_000, ..Default::default() };
        let limits = Limits::of(&welcome);
        let mut gathered = Gathered::default();
        assert!(gathered.add(record(10), [0; 16], limits).is_none());
        assert!(gathered.add(record(10), [0; 16], limits).is_none());
        let full = gathered.add(record(90_000), [0; 16], limits).expect("full by its records");
        assert_eq!(full.records.len(), 2);
        let full = gathered.add(record(90_000), [0; 16], limits).expect("full by its bytes");
        assert_eq!((full.records.len(), gathered.records.len()), (1, 1));
    }

    #[test]
    fn a_record_larger_than_a_batch_is_refused() {
        let limits = Limits::of(&Welcome { max_batch_bytes: 70_000, ..Default::default() });
        assert!(limits.check(&record(60_000)).is_ok());
        assert!(limits.check(&record(70_000)).is_err());
    }
}
