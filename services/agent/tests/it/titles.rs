//! Titles of tables, sheets and rows in numerals and letters that no list of the agent holds.

use mpp_agent::{Checked, CsvFile, Input, Workbook};
use rust_xlsxwriter::Workbook as Written;

use crate::{
    office::{MAPPING, counts, file, mapped},
    unlisted::{lacking, wrong},
};

const SIX: &str = "kode,nama,syarat\nak-1,Akta kelahiran,KTP\nkk-2,Kartu keluarga,KTP\n\
    kt-3,KTP elektronik,KK\nki-4,Kartu identitas anak,KK\nsp-5,Surat pindah,KK\nlg-6,Legalisasi akta,Akta\n";

/// Titles, and whether the six rows below them are then all.
const TITLES: &[(&str, bool)] = &[
    ("Bagian 1 dari 3", false),
    ("Jilid I dari III", false),
    ("Sebagian data", false),
    ("Lanjutan", false),
    ("Bagian tiga dari lima", false),
    ("Halaman １ dari ３", false),
    ("Daftar layanan (lanjutan)", false),
    ("BAGIAN KE-2", false),
    ("Vol. 1/2", false),
    ("Berkas ii dari iv", false),
    ("Cuplikan data layanan", false),
    ("10 layanan teratas", false),
    ("Data sementara belum lengkap", false),
    ("Lembar ke-2 dari 4 lembar", false),
    ("Bagian Organisasi Setda", true),
    ("Lampiran I Keputusan Bupati Nomor 12 Tahun 2025", true),
    ("Bagian 1 dari 1", true),
    ("Triwulan III Tahun 2026", true),
    ("Daftar layanan lengkap", true),
    ("Layanan lanjut usia", true),
    ("Loket 1 dan 2 dari Dinas Sosial", true),
    ("Dasar: Pasal 5 ayat 2", true),
];

#[tokio::test]
async fn a_title_says_that_a_table_is_a_part_in_whatever_numerals() {
    let mut all = Vec::new();
    for (title, is_whole) in TITLES {
        for (where_it_is, text) in
            [("above", format!("{title},,\n{SIX}")), ("below", format!("{SIX}{title},,\n"))]
        {
            let said = file(text, CsvFile::default()).await;
            let took_all = said.tally.read - said.tally.unread() == 6;
            let right = said.lack.is_none() == *is_whole && took_all;
            all.push((where_it_is, *title, right, lacking(&said)));
        }
    }
    assert_eq!(wrong(&all), "");
}

async fn sheet(name: &str) -> Checked {
    let mut workbook = Written::new();
    let sheet = workbook.add_worksheet().set_name(name).expect("a name");
    for (row, line) in (0..).zip(SIX.lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).expect("a cell");
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.xlsx");
    workbook.save(&path).expect("a workbook");
    mapped(Input::Sheet(Workbook { path, ..Workbook::default() }), MAPPING, false).await
}

#[tokio::test]
async fn the_name_of_a_sheet_is_a_title_of_it() {
    let mut all = Vec::new();
    for (name, is_whole) in [
        ("Hal 1 dari 3", false),
        ("Bag. II dari IV", false),
        ("Lanjutan", false),
        ("Sheet1", true),
        ("Layanan 2026", true),
        ("Sheet1 (2)", true),
    ] {
        let said = sheet(name).await;
        all.push(("sheet", name, said.lack.is_none() == is_whole, lacking(&said)));
    }
    assert_eq!(wrong(&all), "");
}

#[tokio::test]
async fn titles_of_trials_are_known_in_letters_that_only_look_alike() {
    let mut all = Vec::new();
    for title in [
        "ｔｅｓｔ",
        "tеst",
        "Тest",
        "𝐭𝐞𝐬𝐭𝐢𝐧𝐠",
        "t e s t",
        "ⓣⓔⓢⓣ",
        "tést",
        "соbа соbа",
        "Ｄｕｍｍｙ",
        "te\u{200b}st",
        "Menampilkan 3 dari 42",
    ] {
        let said = file(format!("{SIX}zz-7,{title},KTP\n"), CsvFile::default()).await;
        let taken = said.tally.read - said.tally.unread();
        all.push(("trial", title, taken == 6, None));
    }
    for title in ["Kafé rakyat: izin usaha", "Izin Ｕｓａｈａ", "S K C K"] {
        let said = file(format!("{SIX}zz-7,{title},KTP\n"), CsvFile::default()).await;
        let taken = said.tally.read - said.tally.unread();
        all.push(("a service", title, taken == 7, None));
    }
    assert_eq!(wrong(&all), "");
}

#[tokio::test]
async fn a_row_that_the_mapping_leaves_out_is_no_question_to_anybody() {
    let rows = "kode,nama,syarat\nak-1,Akta,KTP\nkk-2,KK,KTP\n,BIDANG PENCATATAN SIPIL,\nkt-3,KTP,KK\n\
        ki-4,KIA,KK\nsp-5,Surat pindah,KK\n,Jumlah: 5 layanan,\nzz-9,tes,KTP\n";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.csv");
    std::fs::write(&path, rows).expect("a file");
    let read = async |program: &str| {
        mapped(Input::Csv(CsvFile { path: path.clone(), ..CsvFile::default() }), program, false)
            .await
    };
    let all = read(MAPPING).await;
    assert_eq!((all.tally.suspicious, all.held_back.len()), (3, 1), "{:?}", all.problems);
    let some = read(&format!("select(.kode != \"\") | {MAPPING}")).await;
    assert_eq!((some.tally.read, some.tally.suspicious), (6, 1), "{:?}", some.problems);
    let none = read(&format!("select(.kode | test(\"^[a-y]\")) | {MAPPING}")).await;
    assert_eq!(counts(&none), (5, 0, true), "{:?}", none.problems);
    assert!(none.problems.is_empty() && none.held_back.is_empty(), "{:?}", none.problems);
}
