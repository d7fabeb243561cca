//! How a source differs from what the registry has answered: which records are new, which came
//! twice, and which are gone.

use std::collections::{HashMap, HashSet};

use mpp_api::sync::Record;
use prost::Message as _;
use sha2::{Digest as _, Sha256};

/// The first 16 bytes of SHA-256 over the encoded record.
pub type Digest = [u8; 16];

/// What happens to a record that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has to be sent; the digest is kept with its answer.
    New(Digest),
    /// The registry has answered the same bytes before.
    Known,
    /// Its id came before in the same source, there; the first record of an id counts.
    Duplicate(Box<str>),
}

/// A source's records, compared with what was answered while they are read.
#[derive(Default)]
pub struct Difference {
    /// By source id, the bytes that the registry has answered and need not see again.
    answered: HashMap<String, Digest>,
    /// Ids that the registry holds of this source, as far as is known here: also where everything is
    /// sent again, until a run is complete without them.
    held: HashSet<String>,
    /// Ids of this run, and where the first record of each was found.
    seen: HashMap<String, Box<str>>,
}

impl Difference {
    /// Nothing read yet.
    pub fn new(answered: HashMap<String, Digest>, held: HashSet<String>) -> Self {
        Self { answered, held, seen: HashMap::new() }
    }

    /// Decides on the next record of the source.
    pub fn judge(&mut self, record: &Record, found_at: &str) -> Verdict {
        if let Some(first) = self.seen.get(&record.source_id) {
            return Verdict::Duplicate(first.clone());
        }
        self.seen.insert(record.source_id.clone(), found_at.into());
        let digest = digest(record);
        if self.answered.get(&record.source_id) == Some(&digest) {
            return Verdict::Known;
        }
        Verdict::New(digest)
    }

    /// Once the source is read: what it had before and has no more. Nothing is deleted for that.
    pub fn gone(&self) -> Vec<&str> {
        let gone = self.held.iter().filter(|id| !self.seen.contains_key(*id));
        gone.map(String::as_str).collect()
    }

    /// What is wrong where more than `max_percent` of the records have gone: a source that suddenly
    /// holds far less is broken rather than up to date, and must not look fresh.
    pub fn shrinkage(&self, max_percent: u32) -> Option<String> {
        let (gone, known) = (self.gone().len(), self.held.len());
        (gone * 100 > known * max_percent as usize).then(|| {
            format!(
                "{gone} of {known} records that were synced before are no longer in it; nothing was \
                 deleted and the run does not count as complete. Mend the source or its mapping, or, \
                 if it is right, run again with --accept-missing"
            )
        })
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
            difference.judge(&record(id, "units/a"), "row");
        }
        difference
    }

    #[test]
    fn only_what_was_not_answered_in_just_these_bytes_is_new() {
        let mut difference = reading(&[record("kk", "units/a"), record("ktp", "units/a")], &[]);
        let mut judge = |id, unit| difference.judge(&record(id, unit), "row");
        assert_eq!(judge("kk", "units/a"), Verdict::Known);
        assert!(matches!(judge("ktp", "units/b"), Verdict::New(_)));
        assert!(matches!(judge("akta", "units/a"), Verdict::New(_)));
    }

    #[test]
    fn the_first_record_of_an_id_counts_and_is_named() {
        let mut difference = reading(&[], &["kk"]);
        let verdict = difference.judge(&record("kk", "units/b"), "row 2");
        assert_eq!(verdict, Verdict::Duplicate("row".into()));
    }

    #[test]
    fn a_tenth_may_go_and_more_may_not() {
        let before: Vec<Record> = (0..20).map(|id| record(&id.to_string(), "units/a")).collect();
        let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
        let two_gone = reading(&before, &ids[2..]);
        assert_eq!(two_gone.gone().len(), 2);
        assert_eq!(two_gone.shrinkage(10), None);
        let text = reading(&before, &ids[3..]).shrinkage(10).expect("too many");
        assert!(text.contains("3 of 20 records"), "{text}");
        assert_eq!(reading(&before, &[]).shrinkage(100), None);
    }
}
