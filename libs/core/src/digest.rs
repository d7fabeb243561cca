//! A digest of a copy of a feed: a few numbers for each kind, kept up with each change.
//!
//! A record adds a hash of its kind, name and version to its kind's sum, and takes it away again
//! when the record goes or changes. So the numbers follow from the state alone, in whichever order
//! it came about, and keeping them costs the same however many records there are. Programs write
//! just one document under a version; only [`Contents`] shows one that was altered in the database.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

/// The records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindSum {
    /// How many there are.
    pub count: i64,
    /// The sums, modulo 2^64, of the first and of the second eight bytes of each record's hash.
    pub sums: [u64; 2],
}

/// The records of some kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest(BTreeMap<String, KindSum>);

/// Two digests of records that were read whole: one of their versions, and one of their documents,
/// too. If two copies agree in the first and differ in the second, one of them was altered in its
/// database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The digest over kind, name and version.
    pub versions: Digest,
    /// The digest over kind, name, version and document.
    pub documents: Digest,
}

impl Contents {
    /// A record is there.
    pub fn add(&mut self, kind: &str, name: &str, version: i64, doc: &[u8]) {
        self.versions.add(kind, name, version);
        self.documents.add_sum(kind, KindSum::of(kind, name, version, doc));
    }
}

/// One kind that two digests differ in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The kind of record.
    pub kind: String,
    /// How many records the copy holds.
    pub held: i64,
    /// How many it should hold.
    pub wanted: i64,
}

impl KindSum {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, other: Self) {
        self.count = self.count.wrapping_add(other.count);
        self.sums[0] = self.sums[0].wrapping_add(other.sums[0]);
        self.sums[1] = self.sums[1].wrapping_add(other.sums[1]);
    }

    fn negative(self) -> Self {
        let sums = [self.sums[0].wrapping_neg(), self.sums[1].wrapping_neg()];
        Self { count: self.count.wrapping_neg(), sums }
    }

    /// The digest of one record: the first 16 bytes of SHA-256 over kind, a zero byte, name, a zero
    /// byte and the version as eight bytes, all numbers with the highest byte first; then the
    /// document, if it is wanted.
    fn of(kind: &str, name: &str, version: i64, doc: &[u8]) -> Self {
        let hash = hash(kind, name, version, doc);
        Self { count: 1, sums: [number(&hash, 0), number(&hash, 8)] }
    }
}

impl Digest {
    /// A record is there.
    pub fn add(&mut self, kind: &str, name: &str, version: i64) {
        self.add_sum(kind, KindSum::of(kind, name, version, &[]));
    }

    /// Adds something that has no version and is shown as this text.
    pub fn add_text(&mut self, kind: &str, name: &str, text: &str) {
        self.add_sum(kind, KindSum::of(kind, name, 0, text.as_bytes()));
    }

    /// Takes away a record in this version.
    pub fn remove(&mut self, kind: &str, name: &str, version: i64) {
        self.add_sum(kind, KindSum::of(kind, name, version, &[]).negative());
    }

    /// A record has changed from one version to another; `None` if it was not there before, or is
    /// not there now.
    pub fn change(&mut self, kind: &str, name: &str, before: Option<i64>, now: Option<i64>) {
        if before != now {
            before.iter().for_each(|version| self.remove(kind, name, *version));
            now.iter().for_each(|version| self.add(kind, name, *version));
        }
    }

    /// Adds all records of another digest.
    pub fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|(kind, sum)| self.add_sum(kind, *sum));
    }

    /// Takes away all records of another digest.
    pub fn remove_all(&mut self, other: &Self) {
        other.0.iter().for_each(|(kind, sum)| self.add_sum(kind, sum.negative()));
    }

    /// Adds the sum of several records of a kind, such as one that was stored or sent.
    pub fn add_sum(&mut self, kind: &str, sum: KindSum) {
        let Some(own) = self.0.get_mut(kind) else {
            if !sum.is_empty() {
                self.0.insert(kind.to_owned(), sum);
            }
            return;
        };
        own.add(sum);
        if own.is_empty() {
            self.0.remove(kind);
        }
    }

    /// The kinds that have records.
    pub fn kinds(&self) -> impl Iterator<Item = (&str, KindSum)> {
        self.0.iter().map(|(kind, sum)| (kind.as_str(), *sum))
    }

    /// The part of some kinds.
    #[must_use]
    pub fn only(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        let wanted = self.0.iter().filter(|(kind, _)| is_wanted(kind));
        Self(wanted.map(|(kind, sum)| (kind.clone(), *sum)).collect())
    }

    /// The sum of one kind.
    pub fn of(&self, kind: &str) -> KindSum {
        self.0.get(kind).copied().unwrap_or_default()
    }

    /// How many records there are.
    pub fn count(&self) -> i64 {
        self.0.values().map(|sum| sum.count).sum()
    }

    /// The kinds in which a copy with this digest differs from what it should hold.
    pub fn differences(&self, wanted: &Self) -> Vec<Difference> {
        let mut kinds: Vec<&String> = self.0.keys().chain(wanted.0.keys()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let differing = kinds.into_iter().filter(|kind| self.of(kind) != wanted.of(kind));
        differing
            .map(|kind| Difference {
                kind: kind.clone(),
                held: self.of(kind).count,
                wanted: wanted.of(kind).count,
            })
            .collect()
    }
}

/// The hash that a copy's row keeps beside its record, so that an altered document is found when
/// it is read again: eight bytes over all of it.
pub fn proof(kind: &str, name: &str, version: i64, doc: &[u8]) -> i64 {
    number(&hash(kind, name, version, doc), 0).cast_signed()
}

/// The same for a row of several columns: eight bytes of a hash over all of them, each with its
/// length before it.
pub fn row_proof(columns: &[&[u8]]) -> i64 {
    let mut hash = Sha256::new();
    for column in columns {
        hash.update((column.len() as u64).to_be_bytes());
        hash.update(column);
    }
    number(&hash.finalize().into(), 0).cast_signed()
}

fn hash(kind: &str, name: &str, version: i64, doc: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(kind);
    hash.update([0]);
    hash.update(name);
    hash.update([0]);
    hash.update(version.to_be_bytes());
    hash.update(doc);
    hash.finalize().into()
}

fn number(hash: &[u8; 32], from: usize) -> u64 {
    hash[from..from + 8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A state: versions by kind and name.
    type State = BTreeMap<(String, String), i64>;

    const KINDS: [&str; 3] = ["mall", "counter", "offering"];

    fn digest(state: &State) -> Digest {
        let mut digest = Digest::default();
        state.iter().for_each(|((kind, name), version)| digest.add(kind, name, *version));
        digest
    }

    /// Changes to a few records; one without a version is a delete.
    fn changes() -> impl Strategy<Value = Vec<(usize, u8, Option<i64>)>> {
        let version = prop::option::weighted(0.8, 1..4i64);
        prop::collection::vec((0..KINDS.len(), 0..6u8, version), 1..60)
    }

    fn apply(state: &mut State, digest: &mut Digest, (kind, id, now): (usize, u8, Option<i64>)) {
        let (kind, name) = (KINDS[kind], format!("malls/{id}"));
        let key = (kind.to_owned(), name.clone());
        let before = match now {
            Some(version) => state.insert(key, version),
            None => state.remove(&key),
        };
        digest.change(kind, &name, before, now);
    }

    proptest! {
        #[test]
        fn it_follows_from_the_state_however_that_came_about(changes in changes()) {
            let (mut state, mut kept) = (State::new(), Digest::default());
            for change in changes {
                apply(&mut state, &mut kept, change);
            }
            prop_assert_eq!(&kept, &digest(&state));
            prop_assert_eq!(kept.count(), state.len() as i64);
            prop_assert_eq!(kept.differences(&digest(&state)), []);
        }

        #[test]
        fn one_record_that_is_lost_extra_or_stale_changes_it(
            changes in changes(), at in any::<prop::sample::Index>(),
        ) {
            let (mut state, mut kept) = (State::new(), Digest::default());
            for change in changes {
                apply(&mut state, &mut kept, change);
            }
            let (extra, count) = (("mall".to_owned(), "malls/extra".to_owned()), kept.count());
            let mut more = state.clone();
            more.insert(extra, 1);
            let found = digest(&more).differences(&kept);
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(digest(&more).count(), count + 1);
            if let Some(key) = (!state.is_empty()).then(|| at.index(state.len())) {
                let key = state.keys().nth(key).expect("within").clone();
                let mut stale = state.clone();
                stale.entry(key.clone()).and_modify(|version| *version += 1);
                let found = digest(&stale).differences(&kept);
                prop_assert_eq!(&found[0].kind, &key.0);
                prop_assert_eq!(found[0].held, found[0].wanted);
                let mut lost = state.clone();
                lost.remove(&key);
                let found = digest(&lost).differences(&kept);
                prop_assert_eq!(found[0].held + 1, found[0].wanted);
            }
        }

        #[test]
        fn parts_add_up(one in changes(), other in changes()) {
            let (mut state, mut whole, mut part) = Default::default();
            one.into_iter().for_each(|change| apply(&mut state, &mut whole, change));
            let before = whole.clone();
            other.into_iter().for_each(|change| apply(&mut state, &mut part, change));
            whole.add_all(&part);
            prop_assert_eq!(&whole, &digest(&state));
            whole.remove_all(&part);
            prop_assert_eq!(whole, before);
        }
    }

    /// The worked example of `proto/README.md`: clients in other languages are held to it.
    #[test]
    fn the_contracts_example_holds() {
        let mut digest = Digest::default();
        digest.add("mall", "malls/banyuwangi", 3);
        let [(kind, sum)] = digest.kinds().collect::<Vec<_>>()[..] else { panic!("one kind") };
        assert_eq!((kind, sum.count), ("mall", 1));
        assert_eq!(
            sum.sums.map(|sum| format!("{sum:016x}")),
            ["475d3300c9943938", "8d2d730aa16cc39c"]
        );
    }

    #[test]
    fn an_altered_document_shows_in_the_documents_alone() {
        let (mut own, mut other) = (Contents::default(), Contents::default());
        own.add("mall", "malls/a", 1, b"doc");
        other.add("mall", "malls/a", 1, b"dox");
        assert_eq!(own.versions, other.versions);
        assert_eq!(own.documents.differences(&other.documents).len(), 1);
    }

    #[test]
    fn a_rows_proof_is_of_every_column() {
        let own = row_proof(&[b"ab", b"c"]);
        for other in [&[&b"a"[..], b"bc"][..], &[b"abc"], &[b"ab", b"d"], &[b"ab", b"c", b""]] {
            assert_ne!(own, row_proof(other));
        }
    }

    #[test]
    fn a_proof_is_of_the_whole_record() {
        let own = proof("mall", "malls/a", 1, b"doc");
        for other in [
            proof("unit", "malls/a", 1, b"doc"),
            proof("mall", "malls/b", 1, b"doc"),
            proof("mall", "malls/a", 2, b"doc"),
            proof("mall", "malls/a", 1, b"dox"),
        ] {
            assert_ne!(own, other);
        }
    }
}
