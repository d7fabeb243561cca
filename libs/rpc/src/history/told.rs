//! Versions as they are told: who changed what.

use mpp_api::{
    difference::{self, Room},
    feed::{self, CompareRecordVersionsResponse, ListRecordVersionsResponse, Version},
    json,
    sync::FieldDifference,
};
use mpp_core::{Error, Result};
use mpp_store::{Change, Labels, Op, Read};
use serde_json::{Map, Value};

use super::moment::ShownVersion;
use crate::feed::{Teller, label_texts};

/// Versions that are read at a time.
const STEP: u32 = 16;
/// Bytes of documents after which a page ends: they are read to be compared.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The caller who asks, and who the record belongs to now. Earlier keepers are no longer told the
/// names of their time; the present keeper is.
pub(super) struct Who {
    teller: Teller,
    keepers: Labels,
}

impl Who {
    /// Reads who the record belongs to.
    pub async fn reading(teller: Teller, read: &mut Read, key: (&str, &str)) -> Result<Self> {
        let last = read.versions_below(key, None, 1).await?.into_iter().next();
        let keepers = last.map(|last| last.labels).unwrap_or_default();
        Ok(Self { teller, keepers })
    }

    /// A version as if it had been filed under the present keepers.
    fn filed(&self, change: &Change) -> Change {
        Change { labels: self.keepers.clone(), ..change.clone() }
    }

    fn change(&self, change: &Change) -> feed::Change {
        let labels = label_texts(&change.labels);
        feed::Change { labels, ..self.teller.to_wire(&self.filed(change)) }
    }
}

/// Versions of a record, the newest first.
pub(super) struct Page {
    /// The page's versions, and the one before them if it was read.
    found: Vec<Change>,
    /// How many of them are told.
    shown: usize,
}

impl Page {
    /// Reads a page of at most `size` versions below one.
    pub async fn read(
        read: &mut Read,
        key: (&str, &str),
        below: Option<i64>,
        size: usize,
    ) -> Result<Self> {
        let (mut found, mut bytes): (Vec<Change>, usize) = (Vec::new(), 0);
        loop {
            let last = found.last().map(|change| change.version).or(below);
            let some = read.versions_below(key, last, STEP).await?;
            let ends = some.len() < STEP as usize;
            bytes += some.iter().map(|change| change.doc.len()).sum::<usize>();
            found.extend(some);
            if ends {
                let shown = size.min(found.len());
                return Ok(Self { found, shown });
            }
            // The last one that was read is there to be compared with.
            if found.len() > size || bytes > MAX_BYTES {
                let shown = size.min(found.len() - 1);
                return Ok(Self { found, shown });
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Tells the versions. Texts of many versions take long enough to make others wait.
    pub async fn into_answer(self, who: Who) -> Result<ListRecordVersionsResponse> {
        let told = move || {
            let mut room = Room::default();
            let one = |at: usize| with_differences(&self.found[at..], &who, &mut room);
            let versions = (0..self.shown).map(one).collect();
            let last = self.found[..self.shown].last().filter(|_| self.shown < self.found.len());
            let next_before_version = last.map_or(0, |last| last.version);
            ListRecordVersionsResponse { versions, next_before_version }
        };
        tokio::task::spawn_blocking(told).await.map_err(Error::internal)
    }
}

/// What a moment shows, with its document.
pub(super) fn version(shown: &ShownVersion, who: &Who) -> Version {
    let ShownVersion { change, standing_unknown } = shown;
    let told = Some(who.change(change));
    let (revision, standing_unknown) = (change.revision, *standing_unknown);
    Version { change: told, revision, standing_unknown, ..Version::default() }
}

/// A version without its document.
fn bare(change: &Change, who: &Who) -> Version {
    let told = feed::Change { document: None, ..who.change(change) };
    Version { change: Some(told), revision: change.revision, ..Version::default() }
}

/// The first of these versions, and how it differs from the next.
fn with_differences(versions: &[Change], who: &Who, room: &mut Room) -> Version {
    let mut told = bare(&versions[0], who);
    let before = versions.get(1).filter(|before| before.version == versions[0].version - 1);
    if let Some((before, found)) =
        before.and_then(|one| Some((one, differences(one, &versions[0], who)?)))
    {
        told.compared_version = before.version;
        told.differences = found;
        told.left_out = room.keep(&mut told.differences);
    }
    told
}

/// How the record of one version differs from that of an earlier one. `None` if one of them is no
/// record, or cannot be read.
fn differences(before: &Change, after: &Change, who: &Who) -> Option<Vec<FieldDifference>> {
    let (from, to) = (fields(before, who)?, fields(after, who)?);
    Some(difference::between(&after.kind, &from, &to))
}

fn fields(change: &Change, who: &Who) -> Option<Map<String, Value>> {
    let told = (change.op == Op::Put).then(|| who.teller.document(&who.filed(change)))?;
    let value = json::value_encoded(&change.kind, &told).ok()?;
    value.as_object().cloned()
}

/// What two moments show of a record, and how they differ.
pub(super) async fn compared(
    from: ShownVersion,
    to: ShownVersion,
    who: Who,
) -> Result<CompareRecordVersionsResponse> {
    let told = |shown: &ShownVersion| Version {
        standing_unknown: shown.standing_unknown,
        ..bare(&shown.change, &who)
    };
    let (one, other) = (told(&from), told(&to));
    let found = tokio::task::spawn_blocking(move || differences(&from.change, &to.change, &who));
    let mut differences = found.await.map_err(Error::internal)?.unwrap_or_default();
    let left_out = Room::default().keep(&mut differences);
    Ok(CompareRecordVersionsResponse { from: Some(one), to: Some(other), differences, left_out })
}
