//! Tries a source and its mapping without a registry, for whoever writes a mapping.

use mpp_api::sync::Record;
use mpp_core::{Error, Reason, Result};

use super::plan::Run;
use crate::{
    model::{
        difference::{Difference, Verdict},
        problem::Problem,
        tally::Tally,
    },
    source::{self, Fault, Found, Item},
};

/// What a source and its mapping yield.
#[derive(Debug, Default)]
pub struct Checked {
    /// `read`, `invalid`, `suspicious` and `duplicate`; nothing is sent.
    pub tally: Tally,
    /// The first record, to look at.
    pub first: Option<Record>,
    /// All that could not be sent, and remarks.
    pub problems: Vec<Problem>,
    /// Why the source's whole extent is not known.
    pub lack: Option<Error>,
}

/// Reads and maps the whole source. What only the registry can judge, such as an empty title, is
/// not checked.
pub async fn check(run: &Run) -> Checked {
    let before = std::collections::BTreeSet::new();
    let mut items = source::read(run.input.clone(), run.way.clone(), before, &run.policy);
    let mut difference = Difference::default();
    let mut checked = Checked::default();
    while let Some(found) = items.recv().await {
        match found {
            Found::Record(item) => checked.take_up(*item, &mut difference),
            Found::Keys(keys) => {
                let place = run.input.place();
                let remarks = keys.missing();
                checked.problems.extend(remarks.iter().map(|one| Problem::unsent(&place, "", one)));
            }
            Found::Fault(fault) => {
                checked.lack.get_or_insert(fault.error);
            }
        }
    }
    if checked.tally.read == checked.tally.unread() && checked.lack.is_none() {
        let text = "not one record could be read";
        checked.lack = Some(Fault::nothing(&run.input.place(), text).error);
    }
    checked
}

impl Checked {
    /// Whether all is well, for an exit status.
    ///
    /// # Errors
    /// What the source lacked; otherwise that records were refused.
    pub fn verdict(self) -> Result<()> {
        let refused = self.tally.unread() + self.tally.duplicate;
        match self.lack {
            Some(lack) => Err(lack),
            None if refused > 0 => {
                Err(Error::new(Reason::RecordsRefused, format!("{refused} rows would not be sent")))
            }
            None => Ok(()),
        }
    }

    fn take_up(&mut self, item: Item, difference: &mut Difference) {
        self.tally.read += 1;
        match item.record {
            Err(error) => {
                self.tally.count_unread(&error);
                self.problems.push(Problem::unsent(&item.found_at, "", &error));
            }
            Ok(record) => {
                let id = record.source_id.clone();
                for note in &item.notes {
                    self.problems.push(Problem::unsent(&item.found_at, &id, note));
                }
                self.tally.count_notes(&item.notes);
                if let Verdict::Duplicate(first) = difference.judge(&record, &item.found_at) {
                    self.tally.duplicate += 1;
                    self.problems.push(Problem::duplicate(&item.found_at, &id, &first));
                } else {
                    self.first.get_or_insert(record);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Policy, Table, Way};

    #[tokio::test]
    async fn a_mapping_is_tried_without_a_registry() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.csv");
        std::fs::write(&path, "kode,nama\nkk,Kartu Keluarga\nkk,Lagi\nktp\n").expect("writes");
        let program = "{source_id: .kode, unit: \"units/a\", service: {title: {id: .nama}}}";
        let run = Run {
            source: "sources/a".into(),
            input: Input::Csv(Table { path, ..Table::default() }),
            way: Way { program: program.into(), apply_trials: false },
            state: folder.path().join("state.db"),
            take_over: false,
            accept_missing: false,
            accept_moves: false,
            withdraw: crate::Withdraw::Nothing,
            policy: Policy::default(),
        };
        let checked = check(&run).await;
        let Tally { read, invalid, duplicate, .. } = checked.tally;
        assert_eq!((read, invalid, duplicate), (3, 1, 1));
        assert_eq!(checked.first.as_ref().expect("a record").source_id, "kk");
        assert_eq!(checked.problems[0].record, "row at line 3 (kk)");
        assert!(checked.problems[0].message.contains("row at line 2"), "both are named");
        assert_eq!(checked.verdict().expect_err("faults").reason(), Reason::RecordsRefused);
        assert!(!run.state.exists());
    }
}
