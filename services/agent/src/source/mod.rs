//! Sources of records. A source is read on a thread of its own, mapped there, and handed on through
//! a bounded channel, so that a catalog of any size takes little memory.

mod explained;
mod fault;
mod folders;
mod found;
#[cfg(test)]
mod fuzzed;
mod identity;
mod pages;
mod remembered;
mod sink;
mod sql;
mod tables;
mod template;
mod way;
mod whole;

use std::path::Path;

use tokio::sync::mpsc;

pub use fault::Fault;
pub use folders::edited::Edited;
pub use folders::folder::{Folder, FolderListing, look, pattern};
pub use found::{ReadResult, Yielded};
pub use pages::fetch::is_remote;
pub use pages::json::Pages;
pub use pages::list::{Lists, lists};
pub use pages::next::Next;
pub use pages::place::Setting;
pub use remembered::Remembered;
pub use sql::{Access, Ask, Changed, Database, Noticed, Secret, Server, Tls, Watch};
pub use tables::csv::CsvFile;
pub use tables::held_back::HeldBack;
pub use tables::workbook::{Workbook, sheets};
pub use template::{Template, layout};
pub use way::Way;

use crate::{
    model::{filled::Relied, mapping::Mapping},
    policy::Policy,
};
use folders::files::KnownFile;
use sink::Sink;

/// The source's place and form.
#[derive(Clone, Debug)]
pub enum Input {
    /// A CSV file with a heading row.
    Csv(CsvFile),
    /// A sheet of a workbook (XLSX) with a heading row.
    Sheet(Workbook),
    /// JSON over HTTP, page by page, or a file of such a page.
    Json(Pages),
    /// A table or a query of a database.
    Sql(Database),
    /// A folder of such files.
    Folder(Folder),
    /// The template, filled in.
    Template(Template),
}

impl Input {
    /// Its address, for messages: without the parts that may hold keys.
    pub fn place(&self) -> String {
        match self {
            Self::Csv(table) => table.path.display().to_string(),
            Self::Sheet(workbook) => workbook.path.display().to_string(),
            Self::Json(pages) => fault::address(&pages.location),
            Self::Sql(database) => database.access.place(),
            Self::Folder(folder) => folder.path.display().to_string(),
            Self::Template(template) => template.name.clone(),
        }
    }

    /// What tells this input from others of the same place: the query, the sheet, the part of the
    /// page. For a digest alone, since an address may hold keys.
    pub fn own(&self) -> String {
        let of = match self {
            Self::Csv(_) | Self::Template(_) => String::new(),
            Self::Sheet(workbook) => format!("{:?}", workbook.sheet),
            Self::Json(pages) => format!("{:?}", (&pages.location, &pages.items.text)),
            Self::Sql(database) => format!("{:?}", database.ask),
            Self::Folder(folder) => format!("{:?}", folder.files),
        };
        format!("{}\n{of}", self.place())
    }

    /// Hands on all records. A file that was written to meanwhile was read in part, or in parts of
    /// two states; a folder looks after its own files.
    fn read_whole(&self, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
        let before = self.file().map(|path| KnownFile::of(String::new(), path).ok());
        self.read_into(policy, sink)?;
        if before != self.file().map(|path| KnownFile::of(String::new(), path).ok()) {
            let text = "it was written to while it was read; the next run reads it again";
            // A run that has ended needs no reason any more.
            let _ = sink.lack(Fault::torn(&self.place(), text));
        }
        Ok(())
    }

    fn read_into(&self, policy: &Policy, sink: &mut Sink<'_>) -> Result<(), Fault> {
        match self {
            Self::Csv(table) => tables::csv::read(table, policy, sink),
            Self::Sheet(workbook) => tables::workbook::read(workbook, policy, sink),
            Self::Json(pages) => pages::json::read(pages, policy, sink),
            Self::Sql(database) => sql::read(database, policy, sink),
            Self::Folder(folder) => folders::folder::read(folder, policy, sink),
            Self::Template(template) => template::read(template, policy, sink),
        }
    }

    /// The file, if it is a single one.
    fn file(&self) -> Option<&Path> {
        match self {
            Self::Csv(table) => Some(&table.path),
            Self::Sheet(workbook) => Some(&workbook.path),
            Self::Json(pages) if !is_remote(&pages.location) => Some(Path::new(&pages.location)),
            Self::Json(_) | Self::Sql(_) | Self::Folder(_) | Self::Template(_) => None,
        }
    }
}

/// Starts to read. The channel ends after the last record; wherever a fault of the source as a
/// whole comes, the catalog must not be taken for complete. `before` is what the last run counted
/// on: if the mapping reads a key that is gone, or empty everywhere, nothing is handed on.
pub fn read(
    input: Input,
    mut way: Way,
    before: Relied,
    policy: &Policy,
) -> mpsc::Receiver<Yielded> {
    let (items, receiver) = mpsc::channel(policy.read_ahead_records);
    let policy = policy.clone();
    let before = before.heed(policy.max_missing_records);
    let (place, told) = (input.place(), items.clone());
    way.begin(policy.remembered_bytes);
    let reading = tokio::task::spawn_blocking(move || {
        let outcome = Mapping::compile(&way.program).map_err(Fault::mapping).and_then(|mapping| {
            let mut sink = Sink::new(&items, mapping, &way, &before);
            let whole = input.read_whole(&policy, &mut sink);
            // A run that has ended hears of nothing more.
            let _ = sink.close();
            whole?;
            sink.end(&input.place())
        });
        if let Err(fault) = outcome {
            // A receiver that is gone has stopped listening for a reason of its own.
            let _ = items.blocking_send(Yielded::Fault(fault));
        }
    });
    tokio::spawn(async move {
        // A reader that broke down has read a part, and a part never passes for the whole.
        if reading.await.is_err() {
            let text = "the agent broke down while it read it; please report that with the file";
            let _ = told.send(Yielded::Fault(Fault::torn(&place, text))).await;
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use mpp_api::{sync::record::Body, types::fee::Kind};
    use mpp_core::Reason;

    use super::*;
    use crate::model::keys::Keys;

    const MAPPING: &str = r#"
        { source_id: (.kode | ascii_downcase), unit: "units/kemendagri",
          service: { title: {id: .nama}, fees: [.biaya | rupiah], time: (.waktu | service_time),
                     requirements: [.syarat | list_items[] | {text: ., applicant: "APPLICANT_ANY"}] } }"#;

    /// Reads a file after a run that found `before`.
    async fn found(csv: &str, before: Relied) -> (Vec<ReadResult>, Option<Fault>, Option<Keys>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.csv");
        std::fs::write(&path, csv).expect("writes");
        let input = Input::Csv(CsvFile { path, ..CsvFile::default() });
        let way = Way { program: MAPPING.to_owned(), ..Way::default() };
        let mut items = read(input, way, before, &Policy::default());
        let (mut all, mut fault, mut keys) = (Vec::new(), None, None);
        while let Some(item) = items.recv().await {
            match item {
                Yielded::Record(item) => all.push(*item),
                Yielded::Keys(found) => keys = Some(*found),
                Yielded::Fault(found) => fault = Some(found),
                Yielded::PassedOver(..) | Yielded::Raw(_) => {}
            }
        }
        (all, fault, keys)
    }

    const TABLE: &str = "kode,nama,biaya,waktu,syarat\na,Akta,Gratis,1 jam,KK\n\
        b,KIA,Rp 10.000,2 jam,KK\n";

    async fn first_run() -> Relied {
        let (items, fault, keys) = found(TABLE, Relied::default()).await;
        assert!(items.len() == 2 && fault.is_none());
        keys.expect("all was read").relied_on()
    }

    #[tokio::test]
    async fn of_a_source_of_which_a_column_has_emptied_nothing_is_handed_on() {
        let empty = "kode,nama,biaya,waktu,syarat\na,Akta,,1 jam,KK\nb,KIA,  ,2 jam,KK\n";
        let (items, fault, keys) = found(empty, first_run().await).await;
        let fault = fault.expect("the column is missed").error;
        assert!(fault.message().contains("reads .biaya,"), "{fault}");
        assert!(fault.message().ends_with("Nothing was sent"), "{fault}");
        assert!(items.is_empty() && keys.is_none());
        let half = empty.replace("  ", "Gratis");
        let (items, fault, _) = found(&half, first_run().await).await;
        assert!(items.len() == 2 && fault.is_none());
        assert!(found(empty, Relied::default()).await.1.is_none(), "the first run, or accepted");
    }

    #[tokio::test]
    async fn a_last_line_without_an_end_is_cut_where_that_of_the_last_run_had_one() {
        let cut = &TABLE[..TABLE.len() - 1];
        let (items, fault, _) = found(cut, first_run().await).await;
        assert!(fault.expect("cut").error.message().contains("line 3"));
        assert!(items[0].record.is_ok() && items[1].record.is_err());
        let (items, fault, keys) = found(cut, Relied::default()).await;
        assert!(items.len() == 2 && fault.is_none(), "some write no end");
        let (_, fault, _) = found(cut, keys.expect("all").relied_on()).await;
        assert!(fault.is_none(), "and never do");
    }

    #[tokio::test]
    async fn a_file_that_is_written_to_while_it_is_read_is_no_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.csv");
        let rows: String =
            (0..500).map(|at| format!("k-{at},Akta {at},Gratis,1 jam,KK\n")).collect();
        let whole = format!("kode,nama,biaya,waktu,syarat\n{rows}");
        std::fs::write(&path, &whole).expect("writes");
        let input = Input::Csv(CsvFile { path: path.clone(), ..CsvFile::default() });
        let way = Way { program: MAPPING.to_owned(), ..Way::default() };
        // The reader waits for whoever takes its records.
        let policy = Policy { read_ahead_records: 1, ..Policy::default() };
        let mut items = read(input, way, Relied::default(), &policy);
        items.recv().await.expect("the first");
        std::fs::write(&path, format!("{whole}z,KIA,Gratis,1 jam,KK\n")).expect("writes");
        let mut fault = None;
        while let Some(item) = items.recv().await {
            if let Yielded::Fault(found) = item {
                fault = Some(found.error);
            }
        }
        let fault = fault.expect("a part");
        assert_eq!(fault.reason(), Reason::SourceIncomplete);
        assert!(fault.message().contains("written to while it was read"), "{fault}");
    }

    async fn mapped(csv: &str, program: &str) -> Vec<ReadResult> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.csv");
        std::fs::write(&path, csv).expect("writes");
        let input = Input::Csv(CsvFile { path, ..CsvFile::default() });
        let way = Way { program: program.to_owned(), ..Way::default() };
        let mut items = read(input, way, Relied::default(), &Policy::default());
        let mut all = Vec::new();
        while let Some(item) = items.recv().await {
            match item {
                Yielded::Record(item) => all.push(*item),
                Yielded::Keys(_) | Yielded::PassedOver(..) | Yielded::Raw(_) => {}
                Yielded::Fault(fault) if fault.error.reason() == Reason::SourceIncomplete => {}
                Yielded::Fault(fault) => panic!("the source can be read: {fault:?}"),
            }
        }
        all
    }

    #[tokio::test]
    async fn a_row_becomes_the_canonical_record() {
        let csv =
            "kode,nama,biaya,waktu,syarat\nKTP,KTP hilang,Gratis,1 hari kerja,Surat kehilangan\n";
        let items = mapped(csv, MAPPING).await;
        let record = items[0].record.as_ref().expect("a record");
        assert_eq!((record.source_id.as_str(), record.unit.as_str()), ("ktp", "units/kemendagri"));
        let Some(Body::Service(service)) = &record.body else { panic!("a service") };
        assert_eq!(service.requirements[0].text, "Surat kehilangan");
        assert_eq!(service.fees[0].kind(), Kind::Free);
        assert_eq!(service.time.as_ref().expect("a time").source_text, "1 hari kerja");
    }

    #[tokio::test]
    async fn a_field_that_the_contract_does_not_have_is_refused_with_its_row_and_path() {
        let program = MAPPING.replace("text: .", "txt: .");
        let csv = "kode,nama,biaya,waktu,syarat\nKTP,KTP hilang,Gratis,1 jam,KK\n";
        let items = mapped(csv, &program).await;
        assert_eq!(items[0].found_at, "row at line 2");
        let error = items[0].record.as_ref().expect_err("misspelt");
        assert_eq!(error.violations()[0].field, "service.requirements[0].txt");
        assert!(
            error.message().contains("the fields are text, applicant, satisfied_by"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_torn_row_is_refused_and_the_next_one_goes_on() {
        let csv = "kode,nama,biaya,waktu,syarat\nKTP,hilang\nKK,Kartu Keluarga,Gratis,1 jam,\n";
        let items = mapped(csv, MAPPING).await;
        assert!(items[0].record.is_err());
        assert_eq!(items[1].record.as_ref().expect("a record").source_id, "kk");
    }
}
