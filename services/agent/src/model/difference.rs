//! How a source differs from what the registry has answered: which records are new, which came
//! twice, and which are gone.

use std::collections::{HashMap, HashSet};

use mpp_api::sync::Record;
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::tally::some;

/// The first 16 bytes of SHA-256 over the encoded record.
pub type Digest = [u8; 16];

/// Records that have gone, as many as a message names; `mpp agent problems` lists them all.
const NAMED: usize = 10;

/// The way in which a record that was read is handled.
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
    /// Digests of the records that the registry has answered and need not see again, by source id.
    answered: HashMap<String, Digest>,
    /// Ids that the registry holds of this source, as far as is known here: also where everything
    /// is sent again, until a run is complete without them.
    held: HashSet<String>,
    /// Ids that were reported gone in runs before, and that nobody has accepted or withdrawn.
    told: HashSet<String>,
    /// Ids of this run, and where the first record of each was found.
    seen: HashMap<String, Box<str>>,
    /// Ids that the registry holds and whose rows are there, but refused.
    refused: HashSet<String>,
    /// Refused rows of which nobody knows the id.
    unknown: usize,
}

impl Difference {
    /// The difference before anything is read.
    pub fn new(answered: HashMap<String, Digest>, held: HashSet<String>) -> Self {
        Self { answered, held, ..Self::default() }
    }

    /// Counts what had gone in runs before as well: a source that loses a little with each run is
    /// as broken as one that loses all at once.
    pub fn after(self, told: HashSet<String>) -> Self {
        Self { told, ..self }
    }

    /// Takes over what the registry holds in truth.
    pub fn hold(&mut self, ids: HashSet<String>) {
        self.told.retain(|id| ids.contains(id));
        self.held = ids;
        self.held.retain(|id| !self.told.contains(id));
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
        let gone = self.held.iter().filter(|id| !self.is_there(id));
        let mut gone: Vec<&str> = gone.map(String::as_str).collect();
        gone.sort_unstable();
        gone
    }

    /// The place at which the record of an id was found in this run.
    pub fn place(&self, id: &str) -> Option<&str> {
        self.seen.get(id).map(AsRef::as_ref)
    }

    /// A row was refused. It may be that of a record that the registry holds: that one has then not
    /// gone, nor has any, as long as nobody knows whose row it is.
    pub fn refuse(&mut self, id: Option<&str>) {
        match id {
            // Of one that has an id of its own it is known whose row it is, also where what the
            // registry holds is known later only.
            Some(id)
                if self.held.contains(id)
                    || self.told.contains(id)
                    || mpp_core::check_id(id, "source_id").is_ok() =>
            {
                self.refused.insert(id.to_owned());
            }
            _ => self.unknown += 1,
        }
    }

    /// How many have gone in any case: each row that nobody knows may be one of those that were not
    /// seen.
    pub fn surely_gone(&self) -> usize {
        self.gone().len().saturating_sub(self.unknown)
    }

    /// Refused rows of which nobody knows the id.
    pub fn unknown(&self) -> usize {
        self.unknown
    }

    /// The message about records that were not seen, in a run that could not read some rows.
    pub fn unsure(&self) -> String {
        let (gone, unknown) = (self.gone(), self.unknown);
        let rows = some(unknown, "row", "rows");
        let missed =
            some(gone.len(), "record that is in the index is", "records that are in the index are");
        let surely = match self.surely_gone() {
            0 => "which may be of what is missed".to_owned(),
            some => format!("so at least {some} of what is missed has gone"),
        };
        format!(
            "{missed} not among the rows that were read, and {rows} could not be read, {surely}: {}. \
             Mend what could not be read first",
            named(&gone)
        )
    }

    /// True where each row is known, so that what was not seen has gone indeed.
    pub fn is_sure(&self) -> bool {
        self.unknown == 0
    }

    /// Ids that were answered before and are not in the source any more.
    pub fn unseen(&self) -> Vec<&str> {
        let unseen = self.answered.keys().filter(|id| !self.is_there(id));
        unseen.map(String::as_str).collect()
    }

    /// Rejected ids that are not in the source any more, in order, as many as one end names; none
    /// where one may be the id of a row that could not be read.
    pub fn rejected_gone(&self, mut rejected: Vec<String>) -> Vec<String> {
        if !self.is_sure() {
            return Vec::new();
        }
        rejected.retain(|id| !self.is_there(id));
        rejected.sort_unstable();
        rejected.truncate(mpp_form::limits::REJECTED_GONE);
        rejected
    }

    /// The ids that are `unseen` and of which nobody waits to hear. What was `rejected` stands so
    /// at the registry until an end has named it, so that its answer is kept until then.
    pub fn forgotten(&self, rejected: Vec<String>) -> Vec<&str> {
        let named = self.rejected_gone(rejected.clone());
        let mut waiting: HashSet<String> = rejected.into_iter().collect();
        waiting.retain(|id| named.binary_search(id).is_err());
        let mut unseen = self.unseen();
        unseen.retain(|id| !waiting.contains(*id));
        unseen
    }

    /// True for an id that is in the source, also where its row was refused.
    pub fn is_there(&self, id: &str) -> bool {
        self.seen.contains_key(id) || self.refused.contains(id)
    }

    /// The fault where more than `max_percent` of the records have gone: a source that suddenly
    /// holds far less is broken rather than up to date, and must not look fresh. Up to `few`
    /// records may go from any source: of four, one is a fourth.
    pub fn shrinkage(&self, max_percent: u32, few: usize) -> Option<String> {
        // Each row that nobody knows may be one of them.
        let told = self.told.iter().filter(|id| !self.is_there(id)).count();
        let gone = (self.gone().len() + told).saturating_sub(self.unknown);
        let known = self.held.len() + self.told.len();
        let all_went = gone > 0 && gone == known && self.seen.len() < known;
        let too_many = gone * 100 > known * max_percent as usize && (gone > few || all_went);
        too_many.then(|| {
            format!(
                "{gone} of {}, synced before, {} no longer in it, counting \
                 those that went in runs before and were neither accepted nor withdrawn: {}; nothing was \
                 deleted and the run does not count as complete. Mend the source or its mapping, or, \
                 if it is right, run again with --accept-missing",
                some(known, "record", "records"),
                if gone == 1 { "is" } else { "are" },
                named(&self.gone())
            )
        })
    }
}

/// The first of them, and how many others there are.
fn named(ids: &[&str]) -> String {
    let first = &ids[..ids.len().min(NAMED)];
    match ids.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// The digest of a record's bytes.
pub fn digest(record: &Record) -> Digest {
    let whole = Sha256::digest(record.encode_to_vec());
    let mut digest = Digest::default();
    digest.copy_from_slice(&whole[..16]);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, unit: &str) -> Record {
        Record { source_id: id.into(), unit: unit.into(), ..Record::default() }
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
        assert_eq!(two_gone.shrinkage(10, 0), None);
        let text = reading(&before, &ids[3..]).shrinkage(10, 2).expect("too many");
        assert!(text.contains("3 of 20 records"), "{text}");
        assert!(text.contains("nor withdrawn: 0, 1, 2; nothing"), "each is named: {text}");
        let text = reading(&before, &ids[15..]).shrinkage(10, 2).expect("too many");
        assert!(text.contains(": 0, 1, 10, 11, 12, 13, 14, 2, 3, 4 and 5 more; nothing"), "{text}");
        assert_eq!(reading(&before, &[]).shrinkage(100, 0), None);
    }

    #[test]
    fn what_goes_a_little_with_each_run_counts_together() {
        let before: Vec<Record> = (0..12).map(|id| record(&id.to_string(), "units/a")).collect();
        let ids: Vec<String> = before.iter().map(|record| record.source_id.clone()).collect();
        let run = |told: &[String], left: &[String]| {
            let told: HashSet<String> = told.iter().cloned().collect();
            let held = ids.iter().filter(|id| !told.contains(*id)).cloned().collect();
            let mut difference = Difference::new(HashMap::new(), held).after(told);
            left.iter().for_each(|id| drop(difference.judge(&record(id, "units/a"), "row")));
            difference.shrinkage(10, 3)
        };
        assert_eq!(run(&[], &ids[3..]), None, "three may go");
        let text = run(&ids[..3], &ids[6..]).expect("and three more");
        assert!(text.contains("6 of 12 records"), "{text}");
        assert_eq!(run(&ids[..6], &ids[3..]), None, "some are back");
    }

    #[test]
    fn a_row_that_is_refused_has_not_gone() {
        let before: Vec<Record> = (0..100).map(|id| record(&id.to_string(), "units/a")).collect();
        let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
        let mut known = reading(&before, &ids[20..]);
        ids[..20].iter().for_each(|id| known.refuse(Some(id)));
        assert!(known.gone().is_empty() && known.is_sure() && known.shrinkage(10, 3).is_none());
        let mut unknown = reading(&before, &ids[20..]);
        (0..20).for_each(|_| unknown.refuse(None));
        assert_eq!(unknown.shrinkage(10, 3), None, "the twenty rows may be theirs");
        assert!(!unknown.is_sure());
    }

    #[test]
    fn rows_that_cannot_be_read_do_not_hide_that_others_have_gone() {
        let before: Vec<Record> = (0..60).map(|id| record(&id.to_string(), "units/a")).collect();
        let ids: Vec<&str> = before.iter().map(|record| record.source_id.as_str()).collect();
        let mut known = reading(&before, &ids[10..]);
        (0..6).for_each(|at| known.refuse(Some(&format!("baru-{at}"))));
        assert!(known.is_sure(), "each has an id of its own, and is none of the ten");
        assert!(known.shrinkage(10, 3).is_some(), "ten have gone");
        let mut unknown = reading(&before, &ids[10..]);
        (0..6).for_each(|_| unknown.refuse(Some("#REF!")));
        assert_eq!(unknown.surely_gone(), 4);
        let told = unknown.unsure();
        assert!(told.starts_with("10 records that are in the index"), "{told}");
        assert!(
            told.contains("at least 4 of what is missed") && told.contains(": 0, 1, 2"),
            "{told}"
        );
        assert!(unknown.shrinkage(5, 3).is_some() && unknown.shrinkage(10, 3).is_none());
    }

    #[test]
    fn a_rejection_is_forgotten_no_sooner_than_it_is_named_as_gone() {
        let before: Vec<Record> = ["a", "b", "x"].map(|id| record(id, "units/a")).to_vec();
        let rejected = || vec!["x".to_owned(), "b".to_owned()];
        let mut unsure = reading(&before, &["b"]);
        unsure.refuse(None);
        assert!(unsure.rejected_gone(rejected()).is_empty(), "the row may be that of x");
        assert_eq!(unsure.forgotten(rejected()), ["a"], "x is named in a later run");
        let sure = reading(&before, &["b"]);
        assert_eq!(sure.rejected_gone(rejected()), ["x"]);
        let mut forgotten = sure.forgotten(rejected());
        forgotten.sort_unstable();
        assert_eq!(forgotten, ["a", "x"]);
    }

    #[test]
    fn more_rejections_than_one_end_names_wait_for_the_next() {
        let most = mpp_form::limits::REJECTED_GONE;
        let before: Vec<Record> =
            (0..most + 3).map(|id| record(&id.to_string(), "units/a")).collect();
        let rejected: Vec<String> = before.iter().map(|one| one.source_id.clone()).collect();
        let none = reading(&before, &[]);
        let named = none.rejected_gone(rejected.clone());
        assert_eq!(named.len(), most);
        let forgotten = none.forgotten(rejected);
        assert_eq!(forgotten.len(), most);
        assert!(forgotten.iter().all(|id| named.iter().any(|one| one == id)));
    }

    #[test]
    fn a_small_source_may_split_its_bundle() {
        let before: Vec<Record> = (0..4).map(|id| record(&id.to_string(), "units/a")).collect();
        assert_eq!(reading(&before, &["1", "2", "3", "0a", "0b"]).shrinkage(10, 3), None);
        assert!(reading(&before[..2], &["other"]).shrinkage(10, 3).is_some(), "all went");
        assert_eq!(reading(&before[..1], &["0a", "0b"]).shrinkage(10, 3), None, "it has grown");
    }
}
