//! Filters: the records that a follower wants.

use std::{collections::BTreeSet, sync::Arc};

use mpp_core::{Error, FieldCode, Label, Result};
use sha2::{Digest as _, Sha256};

use super::change::{Change, Op};
use crate::Labels;

/// Most kinds and labels of one filter, and the longest of its texts in bytes.
const MAX_PARTS: usize = 32;
const MAX_TEXT: usize = 512;

/// The records that a follower wants: those for which all conditions hold. An empty condition
/// always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these kinds.
    pub kinds: BTreeSet<String>,
    /// Start of the resource name.
    pub name_prefix: String,
    /// Labels that the record carries. A region also matches the regions below it.
    pub labels: Labels,
    /// A region also matches the regions above it, and records of no region, since a region's
    /// records refer to those.
    pub wider: bool,
}

impl Filter {
    /// Everything of some kinds.
    pub fn kinds<'a>(kinds: impl IntoIterator<Item = &'a str>) -> Self {
        Self { kinds: kinds.into_iter().map(str::to_owned).collect(), ..Self::default() }
    }

    /// Checks the bounds of a filter that a peer has sent.
    ///
    /// # Errors
    /// `INVALID_FIELD` naming the part.
    pub fn check(&self) -> Result<()> {
        let labels = self.labels.values();
        let longest = self.kinds.iter().chain(labels).map(String::len).max().unwrap_or(0);
        if self.kinds.len() > MAX_PARTS {
            return Err(Error::field(
                "filter",
                FieldCode::TooMany,
                format!("has more than {MAX_PARTS} kinds; follow more and drop the rest"),
            ));
        }
        if longest.max(self.name_prefix.len()) > MAX_TEXT || self.name_prefix.contains('\0') {
            return Err(Error::field(
                "filter",
                FieldCode::TooLong,
                format!("has a text longer than {MAX_TEXT} bytes or a zero byte in its prefix"),
            ));
        }
        Ok(())
    }

    /// Identifies the filter within resume tokens.
    pub(crate) fn hash(&self) -> [u8; 8] {
        let mut hash = Sha256::new();
        let mut part = |tag: u8, text: &str| {
            hash.update([tag]);
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        self.kinds.iter().for_each(|kind| part(1, kind));
        part(2, &self.name_prefix);
        for (key, value) in &self.labels {
            part(3, key.as_str());
            part(4, value);
        }
        if self.wider {
            part(5, "wider");
        }
        let mut short = [0; 8];
        short.copy_from_slice(&hash.finalize()[..8]);
        short
    }

    /// True if for each kind either all records pass or none.
    pub(crate) fn is_of_whole_kinds(&self) -> bool {
        self.name_prefix.is_empty() && self.labels.is_empty()
    }

    /// True if records of this kind may pass.
    pub(crate) fn covers_kind(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.contains(kind)
    }

    /// True if the record's kind and name, which never change, fit.
    fn covers(&self, kind: &str, name: &str) -> bool {
        self.covers_kind(kind) && name.starts_with(&self.name_prefix)
    }

    /// True if the labels, which may change, fit.
    pub(crate) fn matches_labels(&self, labels: &Labels) -> bool {
        self.labels.iter().all(|(key, want)| match (key, labels.get(key)) {
            (Label::Region, found) => self.matches_region(found.map_or("", String::as_str), want),
            (_, found) => found == Some(want),
        })
    }

    /// A record without a region counts as having the empty one.
    fn matches_region(&self, region: &str, want: &str) -> bool {
        let rests_on = region.is_empty() || is_below(want, region);
        region == want || is_below(region, want) || (self.wider && rests_on)
    }

    /// How a follower sees a change: as it is, as a removal, or not at all.
    pub(crate) fn view(&self, change: &Arc<Change>) -> Option<Arc<Change>> {
        if !self.covers(&change.kind, &change.name) {
            return None;
        }
        let before =
            change.labels_before.as_ref().is_some_and(|labels| self.matches_labels(labels));
        let now = change.op == Op::Put && self.matches_labels(&change.labels);
        if now || (before && change.op == Op::Deleted) {
            return Some(change.clone());
        }
        before.then(|| {
            let removed = Change { op: Op::Removed, doc: Default::default(), ..(**change).clone() };
            Arc::new(removed)
        })
    }
}

/// "35.10" lies below "35"; "350" does not.
fn is_below(code: &str, above: &str) -> bool {
    code.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(region: &str) -> Labels {
        Labels::from([(Label::Region, region.to_owned())])
    }

    fn moved(from: Option<&str>, to: &str, op: Op) -> Arc<Change> {
        Arc::new(Change {
            kind: "mall".into(),
            name: "malls/banyuwangi".into(),
            version: 2,
            op,
            doc: "doc".into(),
            tombstone: None,
            labels: labels(to),
            labels_before: from.map(labels),
            origin: String::new(),
            actor: String::new(),
            session: String::new(),
            at: 0,
            create_time: 0,
            update_time: 0,
            revision: 1,
        })
    }

    #[test]
    fn a_region_holds_what_lies_below_it_and_not_its_namesakes() {
        let filter = Filter { labels: labels("35"), ..Filter::default() };
        assert!(filter.matches_labels(&labels("35")));
        assert!(filter.matches_labels(&labels("35.10")));
        assert!(!filter.matches_labels(&labels("350")));
        assert!(!filter.matches_labels(&Labels::new()));
    }

    #[test]
    fn a_wider_filter_holds_what_the_records_of_a_region_rest_on() {
        let filter = Filter { labels: labels("35.10"), wider: true, ..Filter::default() };
        for wanted in ["35.10", "35.10.01", "35", ""] {
            assert!(filter.matches_labels(&labels(wanted)), "{wanted}");
        }
        assert!(filter.matches_labels(&Labels::new()), "a service bears no region");
        for other in ["35.09", "3", "51"] {
            assert!(!filter.matches_labels(&labels(other)), "{other}");
        }
        let narrow = Filter { wider: false, ..filter.clone() };
        assert_ne!(filter.hash(), narrow.hash(), "a token is bound to its filter");
        assert!(!narrow.matches_labels(&labels("35")));
    }

    #[test]
    fn who_leaves_the_filter_is_removed_and_who_was_never_in_it_is_not_told_of() {
        let filter = Filter { labels: labels("35"), ..Filter::default() };
        let op = |change| filter.view(&change).map(|seen| seen.op);
        assert_eq!(op(moved(None, "35.10", Op::Put)), Some(Op::Put));
        assert_eq!(op(moved(Some("35.10"), "51.03", Op::Put)), Some(Op::Removed));
        assert_eq!(op(moved(Some("35.10"), "35.10", Op::Deleted)), Some(Op::Deleted));
        assert_eq!(op(moved(Some("51.03"), "51.03", Op::Deleted)), None);
        assert_eq!(op(moved(Some("51.03"), "51.04", Op::Put)), None);
        let removed = filter.view(&moved(Some("35"), "51", Op::Put)).expect("a removal");
        assert!(removed.doc.is_empty(), "what left the filter is not shown");
    }

    fn any_labels() -> impl Strategy<Value = Labels> {
        prop::collection::btree_map(
            prop::sample::select(vec![Label::Region, Label::Unit, Label::Mall]),
            "[35](\\.[01]){0,2}",
            0..3,
        )
    }

    proptest! {
        /// A copy that applies puts and drops removals holds just what matches.
        #[test]
        fn a_copy_kept_by_views_holds_just_what_matches(
            want in any_labels(),
            wider in any::<bool>(),
            steps in prop::collection::vec((any_labels(), any::<bool>()), 1..20),
        ) {
            let filter = Filter { labels: want, wider, ..Filter::default() };
            let mut before: Option<Labels> = None;
            let mut held: Option<Labels> = None;
            for (labels, deleted) in steps {
                let deletes = deleted && before.is_some();
                let mut change = (*moved(None, "", Op::Put)).clone();
                change.labels_before = before.clone();
                change.labels = if deletes { before.clone().unwrap_or_default() } else { labels };
                change.op = if deletes { Op::Deleted } else { Op::Put };
                if let Some(seen) = filter.view(&Arc::new(change.clone())) {
                    held = (seen.op == Op::Put).then(|| seen.labels.clone());
                }
                let lives = (!deletes).then(|| change.labels.clone());
                prop_assert_eq!(&held, &lives.clone().filter(|labels| filter.matches_labels(labels)));
                before = lives;
            }
        }

        #[test]
        fn filters_that_differ_have_hashes_that_differ(
            kinds in prop::collection::btree_set("[a-c]{1,2}", 0..3),
            prefix in "[a-c]{0,3}",
            want in any_labels(),
        ) {
            let filter = Filter { kinds, name_prefix: prefix, labels: want, wider: false };
            let other = Filter { name_prefix: format!("{}x", filter.name_prefix), ..filter.clone() };
            prop_assert_ne!(filter.hash(), other.hash());
            let mut other = filter.clone();
            other.kinds.insert("zz".into());
            prop_assert_ne!(filter.hash(), other.hash());
        }
    }
}
