//! Keys that some files of a folder have and others have not: each file is one office's, and an
//! office that calls its fees otherwise would lose them silently. A file of offices lacks nothing
//! that only files of counters have.

use std::collections::BTreeSet;

use mpp_core::{Error, FieldCode};

use super::{Group, Keys, alike, holds, shown, spelt};
use jaq_json::Val;

/// Files that one message names.
const NAMED: usize = 5;

/// The keys that the mapping reads and that a file has not had yet.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    open: Vec<Group>,
    seen: BTreeSet<String>,
    /// The kinds of record that the mapping made of it.
    kinds: BTreeSet<&'static str>,
}

/// Files without a key that the mapping reads.
#[derive(Clone, Debug)]
pub(super) struct Without {
    group: Group,
    /// The kinds of record in each of them.
    kinds: BTreeSet<&'static str>,
    files: Vec<String>,
    /// The key that the first of them has instead.
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

    /// Notes the kind of a record that the mapping has made.
    pub fn made(&mut self, kind: &'static str) {
        if let Some(file) = &mut self.file {
            file.kinds.insert(kind);
        }
    }

    /// Ends the file; one without a record lacks no key.
    pub fn end_file(&mut self, name: &str) {
        let Some(File { open, seen, kinds }) =
            self.file.take().filter(|file| !file.seen.is_empty())
        else {
            return;
        };
        for group in self.asked.iter().filter(|group| !open.contains(group)) {
            self.had.entry(group.clone()).or_default().extend(&kinds);
        }
        for group in open {
            let mut known = self.without.iter_mut();
            if let Some(known) = known.find(|one| one.group == group && one.kinds == kinds) {
                known.files.push(name.to_owned());
                continue;
            }
            let (kinds, files) = (kinds.clone(), vec![name.to_owned()]);
            let (alike, seen) = (alike(&group, &seen), shown(seen.iter()));
            self.without.push(Without { group, kinds, files, alike, seen });
        }
    }

    /// True if files of the same kind have the key. Files whose kind is not known lack it as well.
    fn is_lacked(&self, one: &Without) -> bool {
        let had = self.had.get(&one.group);
        let is_of = |had: &BTreeSet<&str>| one.kinds.iter().any(|kind| had.contains(kind));
        one.kinds.is_empty() || had.is_some_and(is_of)
    }

    /// The warnings about keys that other files have.
    pub(super) fn missing_in_files(&self) -> impl Iterator<Item = Error> {
        let of_some = self.without.iter().filter(|one| !self.open.contains(&one.group));
        of_some.filter(|one| self.is_lacked(one)).map(|one| {
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
