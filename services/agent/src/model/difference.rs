//! How a source differs from what the registry has answered: which records are new, which came
//! twice, and which are gone.

use std::collections::{HashMap, HashSet};

use mpp_api::{document, sync::Record};
use mpp_form::record::{self, known_as};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::{
    own::{Senders, SentIds},
    tally::{named, some},
};

/// The first 16 bytes of SHA-256 over the encoded record.
pub type Digest = [u8; 16];

/// What it means that all that has gone is of other kinds than what was read.
pub const OF_OTHERS: &str = "of other kinds than what was read: it seems that another configuration feeds \
                             this source; join them in one, see services/agent/README.md, or mend what is read";

/// The way in which a record that was read is handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has to be sent; the digest is kept with its answer.
    New(Digest),
    /// The registry has answered the same bytes before.
    Known,
    /// Its id came before in the same source; the first record of an id counts.
    Duplicate(Twin),
}

/// The first record of an id that comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    /// Where it stands.
    pub first: Box<str>,
    /// The later one says something else.
    pub differs: bool,
    /// It is the first such record with its title: the two may be one service, each a part of it.
    pub goes_on: bool,
    /// The first is refused: what it says is not known, and the later one does not stand in for it.
    pub is_refused: bool,
}

/// The first record of an id.
struct First {
    place: Box<str>,
    digest: Digest,
    title: Digest,
    /// Another with its title says something else.
    goes_on: bool,
}

/// A source's records, compared with what was answered while they are read.
#[derive(Default)]
pub struct Difference {
    /// Digests of the records that the registry has answered and need not see again, by source id.
    answered: HashMap<String, Digest>,
    /// Ids that the registry holds of this source, as far as is known here: also if everything is
    /// sent again, until a run is complete without them.
    held: HashSet<String>,
    /// Ids that were reported gone in earlier runs, and were neither accepted nor withdrawn.
    told: HashSet<String>,
    /// Ids that somebody has said to be rightly gone: they are told, and no longer count.
    accepted: HashSet<String>,
    /// What this configuration has sent; `None`: whatever the registry holds is its own.
    own: Option<SentIds>,
    /// Of an upload: who has sent what, as far as the registry has said.
    upload: Option<Senders>,
    /// Ids of this run, and the first record of each.
    seen: HashMap<String, First>,
    /// Records whose id came before, and that say something else than the first.
    differing: usize,
    /// Ids whose rows are there, but refused, and where the first of them stands.
    refused: HashMap<String, Box<str>>,
    /// Refused rows whose id is not known.
    unknown: usize,
}

impl Difference {
    /// The difference before anything is read.
    pub fn new(answered: HashMap<String, Digest>, held: HashSet<String>) -> Self {
        Self { answered, held, ..Self::default() }
    }

    /// Counts records that had gone in earlier runs as well: a source that loses a little with each
    /// run is as broken as one that loses all at once.
    pub fn after(self, told: HashSet<String>) -> Self {
        Self { told, ..self }
    }

    /// Leaves out what somebody has said to be rightly gone.
    pub fn without(self, accepted: HashSet<String>) -> Self {
        Self { accepted, ..self }
    }

    /// Takes over the ids that the registry really holds, as a comparison has found them.
    pub fn hold(&mut self, ids: HashSet<String>) {
        self.told.retain(|id| ids.contains(id));
        self.held = ids;
        self.held.retain(|id| !self.told.contains(id) && !self.accepted.contains(id));
    }

    /// Decides on the next record of the source.
    pub fn judge(&mut self, record: &Record, found_at: &str) -> Verdict {
        let (id, digest, title) = (known_as(record), digest(record), title(record));
        if let Some(first) = self.seen.get_mut(&id) {
            let differs = first.digest != digest;
            let goes_on = differs && first.title == title && !first.goes_on;
            first.goes_on |= goes_on;
            self.differing += usize::from(differs);
            let first = first.place.clone();
            return Verdict::Duplicate(Twin { first, differs, goes_on, is_refused: false });
        }
        if let Some(first) = self.refused.get(&id) {
            let (first, differs, goes_on) = (first.clone(), true, false);
            self.differing += 1;
            return Verdict::Duplicate(Twin { first, differs, goes_on, is_refused: true });
        }
        let is_known = self.answered.get(&id) == Some(&digest);
        let first = First { place: found_at.into(), digest, title, goes_on: false };
        self.seen.insert(id, first);
        if is_known {
            return Verdict::Known;
        }
        Verdict::New(digest)
    }

    /// Once the source is read: the ids that the registry holds and the source no longer has. This
    /// deletes nothing.
    pub fn gone(&self) -> Vec<&str> {
        let gone = self.held.iter().filter(|id| !self.is_there(id));
        let mut gone: Vec<&str> = gone.map(String::as_str).collect();
        gone.sort_unstable();
        gone
    }

    /// True if all that has gone is of other kinds than what was read: units, say, where all that
    /// was read are services. What this configuration is known to have sent is not of others.
    pub fn is_gone_of_others(&self) -> bool {
        let known = self.held.iter().chain(&self.told);
        let gone: Vec<&String> = known.filter(|id| !self.is_there(id)).collect();
        if self.own.is_some() && gone.iter().any(|id| self.is_own(id)) {
            return false;
        }
        let gone: HashSet<_> = gone.into_iter().map(|id| kind(id)).collect();
        let is_of_others = |id: &String| !gone.contains(&kind(id));
        !gone.is_empty() && !self.seen.is_empty() && self.seen.keys().all(is_of_others)
    }

    /// The place at which the record of an id was found in this run.
    pub fn place(&self, id: &str) -> Option<&str> {
        self.seen.get(id).map(|first| first.place.as_ref())
    }

    /// The fault if more records were dropped for their id than there are ids: the id is made of
    /// something that names no record.
    pub fn confusion(&self) -> Option<String> {
        let known = self.seen.len() + self.refused.len();
        let ids = some(known, "id", "ids");
        (self.differing > known).then(|| {
            format!(
                "{} the id of another and say something else, and there {} only {ids}: is the id \
                 made of the right column? Where one service goes on over several rows, join them",
                some(self.differing, "record has", "records have"),
                if known == 1 { "is" } else { "are" },
            )
        })
    }

    /// Notes a row that was refused. If its id is known, that record has not gone; if not, the row
    /// may be that of any record that was not seen.
    pub fn refuse(&mut self, id: Option<&str>, found_at: &str) {
        match id {
            // A well-formed id tells whose row it is, also before it is known what the registry
            // holds.
            Some(id)
                if self.held.contains(id)
                    || self.told.contains(id)
                    || document::kind_of(id).is_some()
                    || mpp_core::check_id(id, "source_id").is_ok() =>
            {
                self.refused.entry(id.to_owned()).or_insert_with(|| found_at.into());
            }
            _ => self.unknown += 1,
        }
    }

    /// How many of its own have gone in any case: each row without a known id may be one of those
    /// that were not seen.
    pub fn surely_gone(&self) -> usize {
        self.own_gone().len().saturating_sub(self.unknown)
    }

    /// How many refused rows have no known id.
    pub fn unknown(&self) -> usize {
        self.unknown
    }

    /// The message about records that were not seen, in a run that could not read some rows.
    pub fn unsure(&self) -> String {
        let (gone, unknown) = (self.own_gone(), self.unknown);
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

    /// True if the id of each row is known, so that records that were not seen have indeed gone.
    pub fn is_sure(&self) -> bool {
        self.unknown == 0
    }

    /// Ids that were answered before and are not in the source any more.
    pub fn unseen(&self) -> Vec<&str> {
        let unseen = self.answered.keys().filter(|id| !self.is_there(id));
        unseen.map(String::as_str).collect()
    }

    /// Rejected ids that are not in the source any more, in order, as many as one end names; none
    /// if one of them may be the id of a row that could not be read.
    pub fn rejected_gone(&self, mut rejected: Vec<String>) -> Vec<String> {
        if !self.is_sure() {
            return Vec::new();
        }
        rejected.retain(|id| !self.is_there(id));
        rejected.sort_unstable();
        rejected.truncate(mpp_form::limits::REJECTED_GONE);
        rejected
    }

    /// The `unseen` ids whose answers can be forgotten. A `rejected` one counts as rejected at the
    /// registry until an end has named it, so its answer is kept until then.
    pub fn forgotten(&self, rejected: Vec<String>) -> Vec<&str> {
        let named = self.rejected_gone(rejected.clone());
        let mut waiting: HashSet<String> = rejected.into_iter().collect();
        waiting.retain(|id| named.binary_search(id).is_err());
        let mut unseen = self.unseen();
        unseen.retain(|id| !waiting.contains(*id));
        unseen
    }

    /// True for an id that is in the source, even if its row was refused.
    pub fn is_there(&self, id: &str) -> bool {
        self.seen.contains_key(id) || self.refused.contains_key(id)
    }

    /// The fault if more than `max_percent` of the records have gone: a source that suddenly holds
    /// far less is broken rather than up to date, and must not look fresh. Up to `few` records may
    /// go from any source: of four, one is a fourth.
    pub fn shrinkage(&self, max_percent: u32, few: usize) -> Option<String> {
        // Each row without a known id may be one of them.
        let told = self.told.iter().filter(|id| self.has_left(id)).count();
        let mut left = self.gone();
        left.retain(|id| self.is_own(id));
        let gone = (left.len() + told).saturating_sub(self.unknown);
        let known = self.held.iter().chain(&self.told).filter(|id| self.is_own(id)).count();
        let all_went = gone > 0 && gone == known && self.seen.len() < known;
        let too_many = gone * 100 > known * max_percent as usize && (gone > few || all_went);
        let way_out = || match self.is_gone_of_others() {
            true => format!("All are {OF_OTHERS}"),
            false => "Mend the source or its mapping, or, if it is right, run again with \
                      --accept-missing"
                .to_owned(),
        };
        too_many.then(|| {
            format!(
                "{gone} of {}, synced before, {} no longer in it, counting \
                 those that went in runs before and were neither accepted nor withdrawn: {}; nothing was \
                 deleted and the run does not count as complete. {}",
                some(known, "record", "records"),
                if gone == 1 { "is" } else { "are" },
                named(&left),
                way_out()
            )
        })
    }
}

/// The kind of place that an id names; `None`: it is a source's own id.
fn kind(id: &str) -> Option<&'static str> {
    if id.contains('/') { document::kind_of(id) } else { None }
}

/// The digest of a record's bytes.
pub fn digest(record: &Record) -> Digest {
    of_bytes(&record.encode_to_vec())
}

/// The digest of what a record is called.
fn title(record: &Record) -> Digest {
    of_bytes(record::title(record).unwrap_or_default().as_bytes())
}

fn of_bytes(bytes: &[u8]) -> Digest {
    let whole = Sha256::digest(bytes);
    let mut digest = Digest::default();
    digest.copy_from_slice(&whole[..16]);
    digest
}

mod ownership;
#[cfg(test)]
mod tests;
