//! Tries a source and its mapping without a registry, for whoever writes a mapping.

use mpp_api::sync::Record;
use mpp_core::Result;

use super::plan::Run;
use crate::{
    model::{
        difference::{Difference, Verdict},
        problem::Problem,
        tally::Tally,
    },
    source::{self, Item},
};

/// What a source and its mapping yield.
#[derive(Debug, Default)]
pub struct Checked {
    /// `read`, `invalid` and `duplicate`; nothing is sent.
    pub tally: Tally,
    /// The first record, to look at.
    pub first: Option<Record>,
    /// All that could not be sent.
    pub problems: Vec<Problem>,
}

/// Reads and maps the whole source. What only the registry can judge, such as an empty title, is
/// not checked.
///
/// # Errors
/// The source cannot be read, or the mapping does not compile.
pub async fn check(run: &Run) -> Result<Checked> {
    let mut items = source::read(run.input.clone(), run.program.clone(), &run.policy);
    let mut difference = Difference::default();
    let mut checked = Checked::default();
    while let Some(item) = items.recv().await {
        checked.take_up(item?, &mut difference);
    }
    Ok(checked)
}

impl Checked {
    fn take_up(&mut self, item: Item, difference: &mut Difference) {
        self.tally.read += 1;
        match item.record {
            Err(error) => {
                self.tally.invalid += 1;
                self.problems.push(Problem::unsent(&item.found_at, "", &error));
            }
            Ok(record) if difference.judge(&record) == Verdict::Duplicate => {
                self.tally.duplicate += 1;
                self.problems.push(Problem::duplicate(&item.found_at, &record.source_id));
            }
            Ok(record) => {
                self.first.get_or_insert(record);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Input, Policy};

    #[tokio::test]
    async fn a_mapping_is_tried_without_a_registry() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.csv");
        std::fs::write(&path, "kode,nama\nkk,Kartu Keluarga\nkk,Lagi\nktp\n").expect("writes");
        let program = "{source_id: .kode, unit: \"units/a\", service: {title: {id: .nama}}}";
        let run = Run {
            source: "sources/a".into(),
            input: Input::Csv { path, delimiter: b',' },
            program: program.into(),
            state: folder.path().join("state.db"),
            take_over: false,
            accept_missing: false,
            policy: Policy::default(),
        };
        let checked = check(&run).await.expect("reads");
        let Tally { read, invalid, duplicate, .. } = checked.tally;
        assert_eq!((read, invalid, duplicate), (3, 1, 1));
        assert_eq!(checked.first.expect("a record").source_id, "kk");
        assert_eq!(checked.problems[0].record, "row at line 3 (kk)");
        assert!(!run.state.exists());
    }
}
