//! Rows of which an earlier run of the same agent has made a record, and which are the same still.

use mpp_api::sync::Record;
use mpp_core::{Error, Result};

use super::Sink;
use crate::source::{found::ReadResult, identity::Identity, remembered::Mapped};

impl Sink<'_> {
    /// Hands on what an earlier run has made of the same row, and names it; `None` if that is not
    /// known, or there is a remark on the row now.
    pub(super) fn put_again(&mut self, found_at: &str, raw: Identity) -> Option<Result<Identity>> {
        if self.of_file.is_some() || self.of_row.is_some() {
            return None;
        }
        let Mapped { record, kind, named } = self.way.remembered.again(raw)?;
        self.keys.made(kind);
        let record = Ok(record);
        let found_at = found_at.to_owned();
        let (notes, refused_id, held_back) = (Vec::new(), None, None);
        let item = ReadResult { found_at, record, notes, refused_id, is_record: true, held_back };
        Some(self.send(item).map(|()| named))
    }

    /// Notes a record that nothing was to be said about.
    pub(super) fn note_plain(
        &mut self,
        record: &Result<Record>,
        notes: &[Error],
        kind: &'static str,
    ) {
        let plain = record.as_ref().ok().filter(|_| notes.is_empty());
        let plain = plain.filter(|_| self.way.remembered.is_kept());
        self.plain = plain.map(|record| Mapped { record: record.clone(), kind, named: 0 });
    }

    /// Remembers the one record that a row has become.
    pub(super) fn remember(&mut self, raw: Identity, named: Identity) {
        if let Some(plain) = self.plain.take() {
            self.way.remembered.keep(raw, &Mapped { named, ..plain });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        Policy,
        model::filled::Relied,
        source::{CsvFile, Input, Remembered, Way, Yielded, read},
    };

    const MAPPING: &str = r#"
        { source_id: (.kode | ascii_downcase), unit: "units/kemendagri",
          service: { title: {id: .nama}, fees: [.biaya | rupiah] } }"#;

    /// A row of each outcome: plain, not read, a duplicate, a trial, a row without an id.
    const ROWS: &str = "kode,nama,biaya\nktp,KTP,Gratis\nkk,KK,sesuai jadwal\nktp,KTP,Gratis\n\
        coba,tes,Gratis\n,Akta,Gratis\nkia,KIA,Rp 5.000\n";

    async fn yielded_lines(text: &str, remembered: &Remembered) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalog.csv");
        std::fs::write(&path, text).expect("writes");
        let input = Input::Csv(CsvFile { path, ..CsvFile::default() });
        let (program, remembered) = (MAPPING.to_owned(), remembered.clone());
        let way = Way { program, remembered, ..Way::default() };
        let mut items = read(input, way, Relied::default(), &Policy::default());
        let mut told = Vec::new();
        while let Some(found) = items.recv().await {
            told.push(match found {
                Yielded::Record(item) => format!(
                    "{} {:?} {:?} {:?} {}",
                    item.found_at, item.record, item.notes, item.refused_id, item.is_record
                ),
                Yielded::Keys(keys) => format!("{keys:?}"),
                Yielded::PassedOver(place, why) => format!("{place} {why}"),
                Yielded::Fault(fault) => format!("{fault:?}"),
                Yielded::Raw(raw) => raw.to_string(),
            });
        }
        told
    }

    #[tokio::test]
    async fn rows_that_are_remembered_are_told_as_if_they_were_mapped_again() {
        let (watching, single) = (Remembered::watching(), Remembered::default());
        let edited = ROWS.replace("Rp 5.000", "Rp 7.000").replace("Gratis\nkk", "Rp 1.000\nkk");
        for text in [ROWS, ROWS, &edited, ROWS] {
            assert_eq!(yielded_lines(text, &watching).await, yielded_lines(text, &single).await);
        }
    }
}
