//! Keys that some files of a folder have and others have not: each file is one office's, and one
//! that calls its fees otherwise would lose them without a word.

use mpp_core::{Error, FieldCode};

use super::{Group, Keys, alike, holds, shown, spelt};
use jaq_json::Val;

/// Files that one message names.
const NAMED: usize = 5;

/// The keys that the mapping reads and that a file has not had yet.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    open: Vec<Group>,
    seen: std::collections::BTreeSet<String>,
}

/// Files without a key that the mapping reads.
#[derive(Clone, Debug)]
pub(super) struct Without {
    group: Group,
    files: Vec<String>,
    /// The key that the first of them has in its place.
    alike: String,
    /// The keys of the first of them.
    seen: String,
}

impl Keys {
    /// Begins with one of several files.
    pub fn begin_file(&mut self) {
        self.file = Some(File { open: self.asked.clone(), ..File::default() });
    }

    pub(super) fn look_at_file(&mut self, record: &Val, own: impl Iterator<Item = String>) {
        let Some(file) = &mut self.file else { return };
        file.open.retain(|group| !group.iter().any(|key| holds(record, key)));
        file.seen.extend(own.take(super::SHOWN));
    }

    /// Ends the file; one without a record lacks no key.
    pub fn end_file(&mut self, name: &str) {
        let Some(File { open, seen }) = self.file.take().filter(|file| !file.seen.is_empty())
        else {
            return;
        };
        for group in open {
            if let Some(known) = self.without.iter_mut().find(|one| one.group == group) {
                known.files.push(name.to_owned());
                continue;
            }
            let (alike, seen) = (alike(&group, &seen), shown(seen.iter()));
            self.without.push(Without { group, files: vec![name.to_owned()], alike, seen });
        }
    }

    /// The warnings about keys that other files have.
    pub(super) fn missing_in_files(&self) -> impl Iterator<Item = Error> {
        let of_some = self.without.iter().filter(|one| !self.open.contains(&one.group));
        of_some.map(|one| {
            let named = one.files.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            let more = match one.files.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let text = format!(
                "the mapping reads {}, and no record of {named}{more} has it{}, while those of other \
                 files have; there are: {}",
                spelt(&one.group),
                one.alike,
                one.seen
            );
            Error::field("mapping", FieldCode::KeyMissing, text)
        })
    }
}
