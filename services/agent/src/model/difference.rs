//! How a source differs from what the registry has answered: which records are new, which came
//! twice, and which are gone.

use std::collections::{HashMap, HashSet};

use mpp_api::sync::Record;
use mpp_core::{Error, Reason, Result};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

/// The first 16 bytes of SHA-256 over the encoded record.
pub type Digest = [u8; 16];

/// What happens to a record that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has to be sent; the digest is kept with its answer.
    New(Digest),
    /// The registry has answered the same bytes before.
    Known,
    /// Its id came before in the same source; the first record of an id counts.
    Duplicate,
}

/// A source's records, compared with what was answered while they are read.
#[derive(Default)]
pub struct Difference {
    /// By source id, the bytes that the registry has answered and need not see again.
    answered: HashMap<String, Digest>,
    /// Ids that were answered in earlier runs, also where everything is sent again.
    answered_before: HashSet<String>,
    /// Ids of this run.
    seen: HashSet<String>,
}

impl Difference {
    /// Nothing read yet.
    pub fn new(answered: HashMap<String, Digest>, answered_before: HashSet<String>) -> Self {
        Self { answered, answered_before, seen: HashSet::new() }
    }

    /// Decides on the next record of the source.
    pub fn judge(&mut self, record: &Record) -> Verdict {
        if !self.seen.insert(record.source_id.clone()) {
            return Verdict::Duplicate;
        }
        let digest = digest(record);
        if self.answered.get(&record.source_id) == Some(&digest) {
            return Verdict::Known;
        }
        Verdict::New(digest)
    }

    /// Once the source is read: how many records it had before and has no more. Nothing is deleted
    /// for that.
    pub fn gone(&self) -> usize {
        self.answered_before.difference(&self.seen).count()
    }

    /// A source that suddenly holds far less is broken rather than up to date: it must not look
    /// fresh.
    ///
    /// # Errors
    /// More than `max_percent` of the records that were synced before are gone.
    pub fn check_shrinkage(&self, max_percent: u32) -> Result<()> {
        let (gone, known) = (self.gone(), self.answered_before.len());
        if gone * 100 <= known * max_percent as usize {
            return Ok(());
        }
        let text = format!(
            "{gone} of {known} records that were synced before are no longer in the source; nothing \
             was deleted and the run does not count as complete. Mend the source, or, if it is \
             right, run again with --accept-missing"
        );
        Err(Error::new(Reason::WrongState, text))
    }
}

fn digest(record: &Record) -> Digest {
    let whole = Sha256::digest(record.encode_to_vec());
    let mut digest = Digest::default();
    digest.copy_from_slice(&whole[..16]);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, unit: &str) -> Record {
        Record { source_id: id.into(), unit: unit.into(), body: None }
    }

    fn reading(answered: &[Record], ids: &[&str]) -> Difference {
        let digests = answered.iter().map(|record| (record.source_id.clone(), digest(record)));
        let before = answered.iter().map(|record| record.source_id.clone()).collect();
        let mut difference = Difference::new(digests.collect(), before);
        for id in ids {
            difference.judge(&record(id, "units/a"));
        }
        difference
    }

    #[test]
    fn only_what_was_not_answered_in_just_these_bytes_is_new() {
        let mut difference = reading(&[record("kk", "units/a"), record("ktp", "units/a")], &[]);
        assert_eq!(difference.judge(&record("kk", "units/a")), Verdict::Known);
        assert!(matches!(difference.judge(&record("ktp", "units/b")), Verdict::New(_)));
        assert!(matches!(difference.judge(&record("akta", "units/a")), Verdict::New(_)));
    }

    #[test]
    fn the_first_record_of_an_id_counts() {
        let mut difference = reading(&[], &["kk"]);
        assert_eq!(difference.judge(&record("kk", "units/b")), Verdict::Duplicate);
    }

    #[test]
    fn a_tenth_may_go_and_more_may_not() {
        let before: Vec<Record> = (0..20).map(|id| record(&id.to_string(), "units/a")).collect();
        let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
        let two_gone = reading(&before, &ids[2..]);
        assert_eq!(two_gone.gone(), 2);
        assert!(two_gone.check_shrinkage(10).is_ok());
        let error = reading(&before, &ids[3..]).check_shrinkage(10).expect_err("too many");
        assert!(error.message().contains("3 of 20 records"), "{error}");
        assert!(reading(&before, &[]).check_shrinkage(100).is_ok());
    }
}
