//! One service in several rows, and several rows of one id: what is published of them, and what is
//! told.

use mpp_agent::{CsvFile, Input, Workbook};
use rust_xlsxwriter::{Format, Workbook as Written};

use crate::office::{MAPPING, counts, file, lack, mapped, places};

fn plain() -> CsvFile {
    CsvFile::default()
}

#[tokio::test]
async fn one_service_over_several_rows_is_sent_in_no_part() {
    let same = "k,Izin gudang,KTP\nk,Izin gudang,NPWP\nk,Izin gudang,KK\n";
    let empty = "k,Izin gudang,KTP\n,,NPWP\n,,KK\n";
    for part in [same, empty] {
        let text = format!("kode,nama,syarat\na,Akta,KTP\n{part}b,KK,KTP\n");
        let said = file(&text, plain()).await;
        assert_eq!(counts(&said), (5, 3, true), "{:?}", said.problems);
        assert_eq!(places(&said), ["row at line 3", "row at line 4", "row at line 5"]);
        assert!(said.problems.iter().all(|one| one.code == "TORN"), "{:?}", said.problems);
        assert!(said.problems[0].message.contains("goes on in what stands at row at line 4"));
        assert!(said.problems[2].message.contains("is a part of what stands at row at line 3"));
    }
    let apart = "kode,nama,syarat\na,Akta,KTP\n\n,,Mengetahui\nb,KK,KTP\n";
    let said = file(apart, plain()).await;
    assert_eq!(counts(&said), (3, 1, true), "what stands below a gap is no part");
    let last = "kode,nama,syarat\na,Akta,KTP\nb,KK,KTP\n,,Kepala Dinas\n";
    let said = file(last, plain()).await;
    assert_eq!(counts(&said), (3, 1, true), "it may be a signature");
    let told: Vec<_> =
        said.problems.iter().map(|one| (one.record.as_str(), one.code.as_str())).collect();
    assert_eq!(told, [("row at line 3 (b)", "CUT"), ("row at line 4", "REQUIRED")]);
}

#[tokio::test]
async fn a_record_that_another_of_its_id_and_title_contradicts_is_marked() {
    let text = "kode,nama,syarat\nk,Izin gudang,KTP\na,Akta,KTP\nk,Izin gudang,NPWP\n";
    let said = file(text, plain()).await;
    let told: Vec<_> =
        said.problems.iter().map(|one| (one.record.as_str(), one.code.as_str())).collect();
    assert_eq!(told, [("row at line 2 (k)", "CUT"), ("row at line 4 (k)", "DUPLICATE")]);
    assert_eq!((said.tally.duplicate, said.tally.unpublished()), (1, 1));
    let again = file(text.replace("NPWP", "KTP"), plain()).await;
    assert_eq!((again.tally.duplicate, again.tally.unpublished()), (1, 0), "it says the same");
}

#[tokio::test]
async fn one_id_for_all_rows_makes_the_run_incomplete() {
    let rows: String = (1..=20).map(|n| format!("k-{n},Layanan nomor {n},KTP\n")).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    std::fs::write(&path, format!("kode,nama,syarat\n{rows}")).expect("a file");
    let program = MAPPING.replace("(.kode | tostring | ascii_downcase)", "\"layanan\"");
    let said = mapped(Input::Csv(CsvFile { path, ..plain() }), &program, false).await;
    assert!(lack(&said).contains("is the id made of the right column?"), "{}", lack(&said));
    assert_eq!((said.tally.duplicate, said.tally.unpublished()), (19, 19));
}

#[tokio::test]
async fn a_service_merged_over_several_rows_of_a_sheet_is_sent_in_no_part() {
    let mut book = Written::new();
    let sheet = book.add_worksheet();
    let rows =
        [["kode", "nama", "syarat"], ["a", "Akta", "KTP"], ["", "", "KTP"], ["", "", "NPWP"]];
    for (row, cells) in (0..).zip(rows) {
        sheet.write_row(row, 0, cells).expect("a row");
    }
    let plain = Format::new();
    sheet.merge_range(2, 0, 3, 0, "k", &plain).expect("merged");
    sheet.merge_range(2, 1, 3, 1, "Izin gudang", &plain).expect("merged");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.xlsx");
    book.save(&path).expect("a workbook");
    let said = mapped(Input::Sheet(Workbook { path, ..Workbook::default() }), MAPPING, false).await;
    assert_eq!(counts(&said), (3, 2, true), "{:?}", said.problems);
    assert_eq!(places(&said), ["sheet 'Sheet1', row 3", "sheet 'Sheet1', row 4"]);
}

#[tokio::test]
async fn no_later_row_stands_in_for_a_first_one_that_cannot_be_read() {
    for first in ["k,#REF!,KTP", "k,tes,KTP", "k,undefined,KTP"] {
        let text = format!("kode,nama,syarat\n{first}\na,Akta,KTP\nk,Izin parkir,NPWP\n");
        let said = file(text, plain()).await;
        assert_eq!((said.tally.read, said.tally.duplicate), (3, 1), "{:?}", said.problems);
        let told: Vec<_> = said.problems.iter().map(|one| one.record.as_str()).collect();
        assert_eq!(told.last(), Some(&"row at line 4 (k)"), "{told:?}");
        let told = &said.problems.last().expect("a problem").message;
        assert!(told.contains("at row at line 2, which is refused"), "{told}");
    }
}

#[tokio::test]
async fn no_later_row_stands_in_for_a_first_one_whose_mapping_fails() {
    let program = r#"def upper: if . == "?" then error("asked") else . end;
        (.syarat | split(";") | map(upper)) as $syarat
        | {source_id: .kode, unit: "units/pacitan", service: {
            title: {id: .nama}, requirements: [$syarat[] | {text: .}]}}"#;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.csv");
    let rows = "kode,nama,syarat\nk,Izin gudang,?\na,Akta,KTP\nk,Izin parkir,NPWP\n";
    std::fs::write(&path, rows).expect("a file");
    let said = mapped(Input::Csv(CsvFile { path, ..plain() }), program, false).await;
    assert_eq!((said.tally.read, said.tally.duplicate), (3, 1), "{:?}", said.problems);
    let twin = said.problems.last().expect("a problem");
    assert_eq!((twin.record.as_str(), twin.code.as_str()), ("row at line 4 (k)", "DUPLICATE"));
    assert!(twin.message.contains("at row at line 2, which is refused"), "{}", twin.message);
}
