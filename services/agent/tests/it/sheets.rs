//! Workbooks as offices keep them.

use std::io::{Read as _, Write as _};

use mpp_agent::{Checked, Input, Workbook};
use rust_xlsxwriter::{Format, Formula, Workbook as Written, Worksheet};

use crate::office::{MAPPING, counts, lack, mapped, places};

async fn read(bytes: &[u8], workbook: Workbook) -> Checked {
    read_with(bytes, workbook, MAPPING).await
}

async fn read_with(bytes: &[u8], workbook: Workbook, program: &str) -> Checked {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.xlsx");
    std::fs::write(&path, bytes).expect("a file");
    mapped(Input::Sheet(Workbook { path, ..workbook }), program, false).await
}

fn written(fill: impl FnOnce(&mut Written)) -> Vec<u8> {
    let mut workbook = Written::new();
    fill(&mut workbook);
    workbook.save_to_buffer().expect("a workbook")
}

/// A sheet of these rows, from a row on.
fn rows(sheet: &mut Worksheet, from: u32, rows: &[&[&str]]) {
    for (row, cells) in (from..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            sheet.write_string(row, column, *cell).expect("a cell");
        }
    }
}

const CATALOG: &[&[&str]] =
    &[&["kode", "nama", "syarat"], &["a", "Akta", "KTP"], &["b", "Kartu Keluarga", "KTP; KK"]];

fn catalog(sheet: &mut Worksheet) {
    rows(sheet, 0, CATALOG);
}

fn first(checked: &Checked) -> String {
    format!("{:?}", checked.first.as_ref().expect("a record").body)
}

#[tokio::test]
async fn a_long_code_in_a_cell_of_numbers_refuses_its_row() {
    let book = written(|workbook| {
        let sheet = workbook.add_worksheet();
        rows(sheet, 0, &[&["kode", "nama", "syarat"], &["", "Akta", "KTP"], &["", "KK", "KTP"]]);
        sheet.write_number(1, 0, 12_345_678_901_234_560.0).expect("a number");
        sheet.write_number(2, 0, 123_456_789_012_345.0).expect("a number");
    });
    let said = read(&book, Workbook::default()).await;
    assert_eq!(counts(&said), (2, 1, true), "{:?}", said.problems);
    let told = &said.problems[0].message;
    assert!(told.contains("column A") && told.contains("write it as text"), "{told}");
    assert_eq!(said.first.expect("the other").source_id, "123456789012345");
}

#[tokio::test]
async fn the_one_sheet_that_is_shown_is_read_and_others_by_name() {
    let one = written(|workbook| {
        catalog(workbook.add_worksheet().set_name("Layanan").expect("a name"));
        let notes = workbook.add_worksheet().set_name("Catatan").expect("a name");
        rows(notes.set_hidden(true), 0, &[&["rahasia", "x"]]);
        workbook.add_worksheet();
    });
    let said = read(&one, Workbook::default()).await;
    assert_eq!(counts(&said), (2, 0, true), "{:?}", said.problems);
    let two = written(|workbook| {
        rows(workbook.add_worksheet().set_name("2025").expect("a name"), 0, &[&["lama", "x"]]);
        catalog(workbook.add_worksheet().set_name("2026").expect("a name"));
    });
    let said = read(&two, Workbook::default()).await;
    assert!(lack(&said).contains("'2025', '2026'"), "{}", lack(&said));
    let named = |name: &str| Workbook { sheet: Some(name.into()), ..Workbook::default() };
    assert_eq!(counts(&read(&two, named("2026")).await), (2, 0, true));
    let said = read(&two, named("2027")).await;
    assert!(lack(&said).contains("sheet = '2027'"), "{}", lack(&said));
}

#[tokio::test]
async fn titles_numbered_columns_merged_cells_and_sections_are_told_from_records() {
    let bytes = written(|workbook| {
        let sheet = workbook.add_worksheet();
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 2, "DAFTAR LAYANAN TAHUN 2026", &plain).expect("merged");
        rows(sheet, 2, &[&["kode", "nama", "syarat"], &["1", "2", "3"]]);
        let records: &[&[&str]] = &[
            &["K-1", "Akta", ""],
            &["K-2", "KK", ""],
            &["K-3", "KIA", ""],
            &["K-4", "Pindah", "KTP"],
            &["K-5", "Datang", "KTP"],
        ];
        rows(sheet, 4, records);
        sheet.merge_range(4, 2, 6, 2, "KTP asli", &plain).expect("merged");
        sheet.merge_range(9, 0, 9, 2, "PERIZINAN", &plain).expect("merged");
        rows(sheet, 10, &[&["K-6", "NIB", "KTP"]]);
    });
    let said = read(&bytes, Workbook::default()).await;
    assert_eq!(said.tally.suspicious, 1, "{:?}", said.problems);
    assert_eq!(places(&said), ["sheet 'Sheet1', row 10 (perizinan)"]);
    assert_eq!(counts(&said), (7, 1, true));
    let third = r#"select(.kode == "K-3") | {source_id: .kode | ascii_downcase, unit: "units/x",
        service: {title: {id: .nama}, requirements: [{text: .syarat}]}}"#;
    assert!(first(&read_with(&bytes, Workbook::default(), third).await).contains("KTP asli"));
}

#[tokio::test]
async fn numbers_are_read_with_what_their_format_says() {
    let bytes = written(|workbook| {
        let sheet = workbook.add_worksheet();
        rows(sheet, 0, &[&["kode", "nama", "biaya", "waktu", "berlaku"]]);
        sheet.write_number_with_format(1, 0, 7, &Format::new().set_num_format("000")).expect("x");
        sheet.write_string(1, 1, "Akta").expect("x");
        let dollars = Format::new().set_num_format("[$USD] #,##0");
        sheet.write_number_with_format(1, 2, 50, &dollars).expect("x");
        let days = Format::new().set_num_format("0\" hari kerja\"");
        sheet.write_number_with_format(1, 3, 3, &days).expect("x");
        let date = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write_number_with_format(1, 4, 46101, &date).expect("x");
    });
    let program = r#"{source_id: .kode, unit: "units/x", service: {title: {id: .nama},
        requirements: [{text: "\(.biaya), \(.waktu), \(.berlaku)"}]}}"#;
    let said = read_with(&bytes, Workbook::default(), program).await;
    let record = said.first.as_ref().expect("a record");
    assert_eq!(record.source_id, "007");
    assert!(first(&said).contains("USD 50, 3 hari kerja, 2026-03-20"), "{}", first(&said));
}

#[tokio::test]
async fn what_a_cell_shows_is_not_surely_known_is_refused_with_its_row_and_column() {
    let bytes = written(|workbook| {
        let sheet = workbook.add_worksheet();
        catalog(sheet);
        sheet.write_string(3, 0, "c").expect("x");
        sheet.write_formula(3, 1, Formula::new("B2").set_result("77777")).expect("x");
        rows(sheet, 4, &[&["d", "", "KTP"], &["e", "#REF!", "KTP"], &["f", "KIA", "KTP", "", "?"]]);
        let struck = Format::new().set_font_strikethrough();
        sheet.write_string_with_format(4, 1, "SKCK", &struck).expect("x");
        sheet.write_formula(7, 1, Formula::new("B2").set_result("Pindah")).expect("x");
        rows(sheet, 7, &[&["g"]]);
    });
    let bytes = replaced(&bytes, "xl/worksheets/sheet1.xml", "<v>77777</v>", "<v></v>");
    let said = read(&bytes, Workbook::default()).await;
    let told: Vec<_> =
        said.problems.iter().map(|one| (one.record.as_str(), &one.message)).collect();
    let has = |row: u32, text: &str| {
        let place = format!("sheet 'Sheet1', row {row}");
        told.iter().any(|(at, why)| *at == place && why.contains(text))
    };
    assert!(has(4, "column B: it is a formula without a value"), "{told:?}");
    assert!(has(5, "column B: it is struck through"), "{told:?}");
    assert!(has(6, "#REF!"), "{told:?}");
    assert!(has(7, "more cells than the heading"), "{told:?}");
    assert_eq!(counts(&said), (7, 4, false), "a column without a heading may be a part of it");
}

#[tokio::test]
async fn rows_that_are_merged_with_one_that_cannot_be_read_are_not_known_either() {
    let bytes = written(|workbook| {
        let sheet = workbook.add_worksheet();
        rows(
            sheet,
            0,
            &[&["kode", "nama", "syarat"], &["a", "Akta"], &["b", "KK"], &["c", "KIA", "KK"]],
        );
        let struck = Format::new().set_font_strikethrough();
        sheet.write_string_with_format(1, 1, "Akta", &struck).expect("x");
        sheet.merge_range(1, 2, 2, 2, "KTP", &Format::new()).expect("merged");
    });
    let said = read(&bytes, Workbook::default()).await;
    assert_eq!(counts(&said), (3, 2, true), "{:?}", said.problems);
    assert!(said.problems[1].message.contains("column C is merged with row 2"));
}

/// The workbook with a text in one of its parts replaced.
pub fn replaced(bytes: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let mut file = old.by_index(index).expect("a part");
        let name = file.name().expect("a name").into_owned();
        let mut text = Vec::new();
        file.read_to_end(&mut text).expect("read");
        if name == part {
            let found = String::from_utf8(text).expect("text");
            assert!(found.contains(from), "{found}");
            text = found.replace(from, to).into_bytes();
        }
        new.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        new.write_all(&text).expect("written");
    }
    new.finish().expect("a workbook").into_inner()
}

#[tokio::test]
async fn what_is_no_whole_workbook_fails_and_says_what_to_do() {
    let whole = written(|workbook| catalog(workbook.add_worksheet()));
    for (bytes, told) in [
        (&whole[..whole.len() / 2], "cut short"),
        (b"kode,nama\na,b\n", "type = \"csv\""),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx"),
        (b"", "empty"),
        (&written(|workbook| _ = workbook.add_worksheet()), "holds anything"),
    ] {
        let said = read(bytes, Workbook::default()).await;
        assert!(lack(&said).contains(told), "{told}: {}", lack(&said));
        assert_eq!(said.tally.read, 0);
    }
    let part = "xl/worksheets/sheet1.xml";
    let torn = replaced(&whole, part, "</sheetData>", "<row r=\"9\"><c r=\"A9\"><v>");
    assert!(!counts(&read(&torn, Workbook::default()).await).2, "a sheet that breaks off");
    let far = replaced(&whole, part, "r=\"C3\"", "r=\"XFD3\"");
    let said = read(&far, Workbook::default()).await;
    assert!(said.problems[0].message.contains("column XFD"), "{:?}", said.problems);
}

#[tokio::test]
async fn a_workbook_that_unpacks_to_far_more_than_it_weighs_is_left_alone() {
    let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    bomb.start_file("xl/sharedStrings.xml", options).expect("a part");
    let block = vec![b' '; 1 << 20];
    (0..160).for_each(|_| bomb.write_all(&block).expect("written"));
    let bytes = bomb.finish().expect("a file").into_inner();
    assert!(bytes.len() < 1 << 20, "it weighs little");
    let said = read(&bytes, Workbook::default()).await;
    assert!(lack(&said).contains("max_workbook_bytes"), "{}", lack(&said));
}

#[tokio::test]
async fn no_damage_passes_for_a_whole_catalog() {
    let whole = written(|workbook| catalog(workbook.add_worksheet()));
    for step in 0..120 {
        let mut bytes = whole.clone();
        let at = step * whole.len() / 120;
        bytes[at] ^= 0x55;
        let said = read(&bytes, Workbook::default()).await;
        let is_known = said.lack.is_some() || said.tally.unread() > 0 || said.tally.read == 2;
        assert!(is_known, "byte {at}: {:?}", said.tally);
    }
}

#[tokio::test]
async fn what_a_sheet_hides_is_read_and_told() {
    let bytes = written(|workbook| {
        workbook.add_worksheet().set_name("Lain & lama").expect("a name").set_hidden(true);
        let sheet = workbook.add_worksheet().set_name("Layanan & izin").expect("a name");
        catalog(sheet);
        rows(sheet, 3, &[&["c", "KIA", "KTP"], &["d", "#REF!", "KTP"]]);
        sheet.set_row_hidden(3).expect("hidden").set_row_hidden(4).expect("hidden");
        sheet.set_column_hidden(2).expect("hidden").set_column_hidden(7).expect("hidden");
    });
    let said = read(&bytes, Workbook::default()).await;
    assert_eq!(counts(&said), (4, 1, true), "{:?}", said.problems);
    let hidden: Vec<_> = said.problems.iter().filter(|one| one.code == "HIDDEN").collect();
    let [column, row] = hidden.as_slice() else { panic!("{:?}", said.problems) };
    assert_eq!(column.record, "sheet 'Layanan & izin', row 2 (a)");
    assert!(column.message.contains("columns C (syarat),"), "{}", column.message);
    assert_eq!(row.record, "sheet 'Layanan & izin', row 4 (c)");
    assert!(row.is_remark() && row.message.contains("hides this row"), "{}", row.message);
    assert!(row.advice().contains("Show"), "{}", row.advice());
}

#[tokio::test]
async fn a_row_with_a_cell_that_is_lost_keeps_its_id_where_that_cell_does_not_make_it() {
    let bytes = written(|workbook| {
        let sheet = workbook.add_worksheet();
        catalog(sheet);
        let struck = Format::new().set_font_strikethrough();
        rows(sheet, 3, &[&["C", "", "KTP"], &["", "KIA", "KTP"]]);
        sheet.write_string_with_format(3, 1, "SKCK", &struck).expect("x");
        sheet.write_string_with_format(4, 0, "D", &struck).expect("x");
        sheet.merge_range(5, 0, 6, 0, "e", &Format::new()).expect("merged");
        rows(sheet, 5, &[&["e", "Pindah", "KTP"]]);
        sheet.write_string_with_format(6, 1, "Datang", &struck).expect("x");
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("katalog.xlsx");
    std::fs::write(&path, bytes).expect("a file");
    let way = mpp_agent::Way { program: MAPPING.into(), ..Default::default() };
    let input = Input::Sheet(Workbook { path, ..Workbook::default() });
    let mut found =
        mpp_agent::source::read(input, way, Default::default(), &mpp_agent::Policy::default());
    let mut refused = Vec::new();
    while let Some(one) = found.recv().await {
        if let mpp_agent::source::Yielded::Record(item) = one
            && item.record.is_err()
        {
            refused.push(item.refused_id);
        }
    }
    assert_eq!(refused, [Some("c".into()), None, None], "of row 7 the id is merged with row 6");
}
