//! Columns that held something in the last run and are empty everywhere now.

use std::collections::BTreeSet;

use super::{Keys, spelt};
use crate::model::filled::Relied;

impl Keys {
    /// The findings that the next run relies on, for the keys that the mapping reads.
    pub fn relied_on(&self) -> Relied {
        let asked: BTreeSet<&String> = self.asked.iter().flatten().collect();
        let keys =
            self.common.iter().flatten().filter(|key| asked.contains(key)).cloned().collect();
        Relied { keys, filled: self.filled.of(&asked), ends: self.ends }
    }

    /// Keys that the mapping reads, that were filled `before` and that no record has filled yet.
    pub fn awaited(&self, before: &Relied) -> Vec<String> {
        let awaited = self.asked.iter().filter(|group| {
            group.iter().any(|key| before.filled.has(key))
                && !group.iter().any(|key| self.filled.has(key))
        });
        awaited.map(spelt).collect()
    }

    /// The fault if some keys are still awaited once everything is read.
    pub fn emptied(&self, before: &Relied) -> Option<String> {
        let emptied = self.awaited(before);
        (!emptied.is_empty() && !self.filled.is_empty()).then(|| {
            format!(
                "the mapping reads {}, which held something in the last run and is empty in every \
                 record now; look at the export, or, where it is right, run once with \
                 --accept-missing",
                emptied.join(" and ")
            )
        })
    }
}
