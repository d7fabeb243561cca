//! Where records come from. A source is read on a thread of its own, mapped there, and handed on
//! through a bounded channel, so that a catalog of any size takes little memory.

mod csv;
mod json;
mod sink;

use std::path::PathBuf;

use mpp_core::Result;
use tokio::sync::mpsc;

pub use json::Pages;
pub use sink::Item;

use crate::{model::mapping::Mapping, policy::Policy};
use sink::Sink;

/// What to read.
#[derive(Clone, Debug)]
pub enum Input {
    /// A CSV file with a heading row, UTF-8; a byte order mark is skipped.
    Csv {
        /// The file.
        path: PathBuf,
        /// What parts the columns, as a rule `,` or `;`.
        delimiter: u8,
    },
    /// JSON over HTTP, page by page, or a file of such a page.
    Json(Pages),
}

/// Starts to read. The channel ends after the last record; an error of the source as a whole comes
/// as the last message, and then the catalog must not be taken for complete.
pub fn read(input: Input, program: String, policy: &Policy) -> mpsc::Receiver<Result<Item>> {
    let (items, receiver) = mpsc::channel(policy.read_ahead_records);
    let policy = policy.clone();
    tokio::task::spawn_blocking(move || {
        let outcome = Mapping::compile(&program).and_then(|mapping| {
            let mut sink = Sink::new(&items, mapping);
            match input {
                Input::Csv { path, delimiter } => csv::read(&path, delimiter, &policy, &mut sink),
                Input::Json(pages) => json::read(&pages, &policy, &mut sink),
            }
        });
        if let Err(error) = outcome {
            // A receiver that is gone has stopped listening for a reason of its own.
            let _ = items.blocking_send(Err(error));
        }
    });
    receiver
}

#[cfg(test)]
mod tests {
    use mpp_api::{sync::record::Body, types::fee::Kind};

    use super::*;

    const MAPPING: &str = r#"
        { source_id: (.kode | ascii_downcase), unit: "units/kemendagri",
          service: { title: {id: .nama}, fees: [.biaya | rupiah], time: (.waktu | service_time),
                     requirements: [.syarat | list_items[] | {text: ., applicant: "APPLICANT_ANY"}] } }"#;

    async fn mapped(csv: &str, program: &str) -> Vec<Item> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.csv");
        std::fs::write(&path, csv).expect("writes");
        let input = Input::Csv { path, delimiter: b',' };
        let mut items = read(input, program.to_owned(), &Policy::default());
        let mut all = Vec::new();
        while let Some(item) = items.recv().await {
            all.push(item.expect("the source can be read"));
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
