//! Tries a source and its mapping without a registry, for people who write a mapping.

use mpp_api::sync::Record;
use mpp_core::{Error, Reason, Result};
use mpp_form::record::known_as;

use super::plan::Run;
use crate::{
    model::{
        difference::{Difference, Verdict},
        filled::Relied,
        problem::Problem,
        tally::{Tally, some},
    },
    source::{self, Fault, HeldBack, ReadResult, Way, Yielded},
    store::Store,
};

/// The result of reading a source with its mapping.
#[derive(Debug, Default)]
pub struct Checked {
    /// `read`, `invalid`, `suspicious`, `duplicate`, and as `rejected` what the registry would
    /// reject for its form; nothing is sent.
    pub tally: Tally,
    /// The first record, to look at.
    pub first: Option<Record>,
    /// Everything that could not be sent, and remarks.
    pub problems: Vec<Problem>,
    /// Rows that a person has to look at before they are sent.
    pub held_back: Vec<HeldBack>,
    /// Why the source's whole extent is not known.
    pub lack: Option<Error>,
}

/// Reads and maps the whole source, and judges each record by the registry's own rules for its
/// form. Only the service that keeps the records knows whether what they name exists, and whether
/// the source may write there: that is not judged.
pub async fn check(run: &Run) -> Checked {
    let (before, way) = of_state(run).await;
    let mut items = source::read(run.input.clone(), way, before, &run.policy);
    let mut difference = Difference::default();
    let mut checked = Checked::default();
    while let Some(found) = items.recv().await {
        checked.note(found, &mut difference, run);
    }
    if checked.tally.read == checked.tally.unread() && checked.lack.is_none() {
        let text = "not one record could be read";
        checked.lack = Some(Fault::nothing(&run.input.place(), text).error);
    }
    if let (None, Some(text)) = (&checked.lack, difference.confusion()) {
        checked.lack = Some(Fault::confused(&run.input.place(), text).error);
    }
    checked
}

/// The columns that the last run found, if there was one: a heading that was renamed since, or a
/// column that has emptied, stops a run, so it is told here. And the rows that a person has
/// released. A state that another agent is using tells nothing.
async fn of_state(run: &Run) -> (Relied, Way) {
    let way = run.way.clone();
    if !run.state.exists() {
        return (Relied::default(), way);
    }
    let Ok(store) = Store::open(&run.state).await else { return (Relied::default(), way) };
    let released = store.released().await.unwrap_or_default();
    let relied = if run.accept_missing { None } else { store.relied_on().await.ok() };
    (relied.unwrap_or_default(), Way { released, ..way })
}

impl Checked {
    /// Whether all is well, for an exit status.
    ///
    /// # Errors
    /// The source's fault, if it was not whole; else that records were refused.
    pub fn verdict(self) -> Result<()> {
        let refused = self.tally.unread() + self.tally.duplicate + self.tally.rejected;
        match self.lack {
            Some(lack) => Err(lack),
            None if refused > 0 => {
                let rows = some(refused, "row", "rows");
                let text = format!("{rows} would not get into the index");
                Err(Error::new(Reason::RecordsRefused, text))
            }
            None => Ok(()),
        }
    }

    fn note(&mut self, found: Yielded, difference: &mut Difference, run: &Run) {
        match found {
            Yielded::Record(item) => self.take_up(*item, difference, run),
            Yielded::Raw(_) => {}
            Yielded::PassedOver(place, why) => {
                self.tally.headings += 1;
                self.problems.push(Problem::unsent(&place, "", &why));
            }
            Yielded::Keys(keys) => {
                let place = run.input.place();
                let remarks = keys.missing();
                self.problems.extend(remarks.iter().map(|one| Problem::unsent(&place, "", one)));
            }
            Yielded::Fault(fault) => drop(self.lack.get_or_insert(fault.error)),
        }
    }

    fn take_up(&mut self, item: ReadResult, difference: &mut Difference, run: &Run) {
        self.tally.read += 1;
        match item.record {
            Err(error) => {
                self.tally.count_unread(&error);
                if let Some(id) = &item.refused_id {
                    difference.refuse(Some(id), &item.found_at);
                }
                let id = item.held_back.as_ref().map(|one| one.id.clone()).unwrap_or_default();
                self.held_back.extend(item.held_back);
                self.problems.push(Problem::unsent(&item.found_at, &id, &error));
            }
            Ok(record) => {
                let id = known_as(&record);
                for note in &item.notes {
                    self.problems.push(Problem::unsent(&item.found_at, &id, note));
                }
                self.tally.count_notes(&item.notes);
                if let Verdict::Duplicate(twin) = difference.judge(&record, &item.found_at) {
                    self.tally.count_duplicate(twin.differs);
                    self.problems.extend(Problem::duplicate(&item.found_at, &id, &twin));
                } else {
                    self.judge(record, &item.found_at, run);
                }
            }
        }
    }

    fn judge(&mut self, record: Record, found_at: &str, run: &Run) {
        let id = &known_as(&record);
        match run.way.destination.judge(record.clone(), &run.source) {
            Err(error) => {
                self.tally.rejected += 1;
                self.problems.push(Problem::unsent(found_at, id, &error));
            }
            Ok(remarks) => {
                let remarks = remarks.into_iter().map(|fault| Error::fields(vec![fault]));
                let told = remarks.map(|error| Problem::unsent(found_at, id, &error));
                self.problems.extend(told);
            }
        }
        self.first.get_or_insert(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CsvFile, Input, Policy};

    fn run(folder: &std::path::Path, csv: &str, program: &str) -> Run {
        let path = folder.join("catalog.csv");
        std::fs::write(&path, csv).expect("writes");
        Run {
            source: "sources/a".into(),
            input: Input::Csv(CsvFile { path, ..CsvFile::default() }),
            way: Way { program: program.into(), ..Way::default() },
            state: folder.join("state.db"),
            take_over: false,
            accept_missing: false,
            accept_moves: false,
            reconcile: false,
            withdraw: crate::Withdraw::Nothing,
            rows: None,
            policy: Policy::default(),
        }
    }

    #[tokio::test]
    async fn what_the_registry_would_reject_for_its_form_is_found_without_it() {
        let program =
            "{source_id: .kode, unit: .unit, service: {title: {id: .nama}, category: .jenis,
            fees: [{kind: .tarif, amount_rupiah: 5000}]}}";
        let csv = "kode,unit,nama,jenis,tarif\n\
            kk,units/a,Kartu Keluarga,population,KIND_FIXED\n\
            ktp,units/a,,population,KIND_FIXED\n\
            AKTA KELAHIRAN,units/a,Akta,population,KIND_FIXED\n\
            nib,dinas,NIB,population,KIND_FIXED\n\
            skck,units/a,SKCK,Surat Polisi,KIND_FIXED\n\
            sim,units/a,SIM,police,KIND_FREE\n";
        let folder = tempfile::tempdir().expect("a folder");
        let checked = check(&run(folder.path(), csv, program)).await;
        let Tally { read, rejected, .. } = checked.tally;
        assert_eq!((read, rejected), (6, 5), "{:?}", checked.problems);
        let told: Vec<_> =
            checked.problems.iter().map(|one| (one.record.as_str(), one.code.as_str())).collect();
        assert_eq!(
            told,
            [
                ("row at line 3 (ktp)", "REQUIRED"),
                ("row at line 4 (AKTA KELAHIRAN)", "ID"),
                ("row at line 5 (nib)", "NAME"),
                ("row at line 6 (skck)", "FORMAT"),
                ("row at line 7 (sim)", "NOT_ALLOWED"),
            ]
        );
        assert!(checked.problems[0].message.contains("service.title.id"), "the field is named");
        assert_eq!(checked.verdict().expect_err("faults").reason(), Reason::RecordsRefused);
    }

    #[tokio::test]
    async fn a_heading_that_was_renamed_since_the_last_run_is_told_without_a_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let program =
            "{source_id: .kode, unit: \"units/a\", service: {title: {id: .nama}, product: .biaya}}";
        let run = run(folder.path(), "kode,nama,biaaya\nkk,Kartu Keluarga,x\n", program);
        let keys = ["biaya", "kode", "nama"].map(str::to_owned);
        let store = Store::open(&run.state).await.expect("a state");
        store.rely_on(&Relied { keys: keys.into(), ..Relied::default() }).await.expect("kept");
        drop(store);
        let lack = check(&run).await.verdict().expect_err("the fees would be lost");
        assert_eq!(lack.reason(), Reason::SourceIncomplete);
        assert!(lack.message().contains(".biaya (did you mean .biaaya?)"), "{lack}");
    }

    #[tokio::test]
    async fn a_mapping_is_tried_without_a_registry() {
        let folder = tempfile::tempdir().expect("a folder");
        let csv = "kode,nama\nkk,Kartu Keluarga\nkk,Lagi\nktp\n";
        let program = "{source_id: .kode, unit: \"units/a\", service: {title: {id: .nama}}}";
        let run = run(folder.path(), csv, program);
        let checked = check(&run).await;
        let Tally { read, invalid, duplicate, .. } = checked.tally;
        assert_eq!((read, invalid, duplicate), (3, 1, 1));
        assert_eq!(checked.first.as_ref().expect("a record").source_id, "kk");
        assert_eq!(checked.problems[0].record, "row at line 3 (kk)");
        assert!(checked.problems[0].message.contains("row at line 2"), "both are named");
        assert_eq!(
            checked.verdict().expect_err("faults").reason(),
            Reason::SourceIncomplete,
            "a torn row"
        );
        assert!(!run.state.exists());
    }
}
