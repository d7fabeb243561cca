//! Workbooks that are no template, or were spoilt on their way.

use std::io::{Cursor, Write as _};

use mpp_agent::{TemplateLang, template};
use rust_xlsxwriter::{Format, Formula, Workbook};

use crate::{
    sheets::replaced,
    templates::{Filled, KTP, faults, read, refused, sheet},
};

const SHEET: &str = "xl/worksheets/sheet1.xml";
const TEXTS: &str = "xl/sharedStrings.xml";

fn ktp() -> Filled {
    let mut filled = Filled::of(TemplateLang::Id);
    filled.row(2, KTP);
    filled
}

fn bytes(filled: &mut Filled) -> Vec<u8> {
    filled.workbook.save_to_buffer().expect("a workbook")
}

#[tokio::test]
async fn what_is_no_workbook_of_the_template_is_refused_with_the_way_out() {
    let whole = bytes(&mut ktp());
    let mut plain = Workbook::new();
    plain
        .add_worksheet()
        .set_name("Layanan")
        .expect("a name")
        .write_string(0, 0, "Kode")
        .expect("x");
    for (bytes, told) in [
        (b"kode,nama\na,b\n".to_vec(), "no workbook (.xlsx); fetch the template"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "save it as .xlsx"),
        (whole[..whole.len() / 2].to_vec(), "cut short"),
        (plain.save_to_buffer().expect("a workbook"), "not made of the template"),
        (Vec::new(), "empty"),
    ] {
        let said = read(&bytes).await.map(|_| ()).expect_err(told);
        assert!(said.message().contains(told), "{told}: {said}");
    }
}

#[tokio::test]
async fn a_workbook_that_unpacks_to_far_more_than_it_weighs_is_left_alone() {
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file(TEXTS, zip::write::SimpleFileOptions::default()).expect("a part");
    let block = vec![b' '; 1 << 20];
    (0..160).for_each(|_| bomb.write_all(&block).expect("written"));
    let said = refused(&bomb.finish().expect("a file").into_inner()).await;
    assert!(said.contains("unpacked it is larger"), "{said}");
}

#[tokio::test]
async fn another_version_of_the_template_is_named() {
    let mut filled = ktp();
    let mark = filled.workbook.worksheet_from_name("_mpp").expect("the mark");
    mark.write_string(0, 1, "9").expect("a version");
    let said = refused(&bytes(&mut filled)).await;
    assert!(said.contains("version 9") && said.contains("reads version 1"), "{said}");
}

#[tokio::test]
async fn headings_may_be_moved_and_not_renamed_taken_out_or_added() {
    let mut filled = ktp();
    let (first, last) = (filled.column("Kode"), filled.column("Catatan"));
    filled.sheet().write_string(0, first, "Catatan").expect("x");
    filled.sheet().write_string(0, last, "Kode").expect("x");
    filled.sheet().write_string(1, last, "ktp-9").expect("x");
    let moved = filled.read().await;
    assert_eq!(moved.checked.first.expect("a record").source_id, "ktp-9");

    let mut filled = ktp();
    let fee = filled.column("Biaya");
    filled.sheet().write_string(0, fee, "Tarif").expect("x");
    let said = refused(&bytes(&mut filled)).await;
    assert!(said.contains("\"Tarif\" is no heading") && said.contains("\"Biaya\""), "{said}");
    filled.sheet().write_string(0, fee, "Kode").expect("x");
    let said = refused(&bytes(&mut filled)).await;
    assert!(said.contains("column M: \"Kode\" stands twice"), "{said}");
}

#[tokio::test]
async fn a_sheet_that_would_not_be_read_is_told_and_a_hidden_one_does_not_go_unseen() {
    let mut filled = ktp();
    let more = filled.workbook.add_worksheet().set_name("Layanan (2)").expect("a name");
    more.write_string(0, 0, "Kode").expect("x");
    let said = refused(&bytes(&mut filled)).await;
    assert!(said.contains("'Layanan (2)' is none of the template's"), "{said}");
    more_hidden(&mut filled);
    assert_eq!(faults(&filled.read().await), [], "what is hidden is nobody's list");

    let mut filled = ktp();
    filled.workbook.add_worksheet().set_active(true);
    filled.sheet().set_hidden(true);
    let said = refused(&bytes(&mut filled)).await;
    assert!(said.contains("sheet 'Layanan' is hidden"), "{said}");
}

fn more_hidden(filled: &mut Filled) {
    filled.workbook.worksheet_from_name("Layanan (2)").expect("it is there").set_hidden(true);
}

#[tokio::test]
async fn hidden_rows_and_columns_are_read_as_any_other_and_told() {
    let mut filled = ktp();
    filled.row(3, &[("Kode", "a"), ("Nama layanan", "Akta"), ("Biaya", "Gratis")]);
    let fee = filled.column("Biaya");
    filled.sheet().set_row_hidden(2).expect("a row");
    filled.sheet().set_column_hidden(fee).expect("a column");
    let read = filled.read().await;
    assert_eq!((read.checked.tally.read, read.checked.tally.unread()), (2, 0));
    let told = ["Layanan, row 2", "Layanan, row 3"].map(|row| (row.to_owned(), "HIDDEN"));
    assert_eq!(faults(&read), told, "the column with the first record, and the row");
    assert!(read.placed.iter().all(|one| one.is_remark), "{:?}", read.placed);
}

#[tokio::test]
async fn cells_whose_text_is_not_surely_known_refuse_their_row_by_its_column() {
    let mut filled = Filled::of(TemplateLang::Id);
    for (row, id) in (2..).zip(["a", "b", "c", "d", "e", "f"]) {
        filled.row(row, &[("Kode", id), ("Nama layanan", "Kartu Keluarga")]);
    }
    let (name, time, product) = (
        filled.column("Nama layanan"),
        filled.column("Jangka waktu"),
        filled.column("Produk layanan"),
    );
    let sheet = filled.sheet();
    sheet.write_formula(1, name, Formula::new("B9").set_result("77777")).expect("x");
    let struck = Format::new().set_font_strikethrough();
    sheet.write_string_with_format(2, name, "SKCK", &struck).expect("x");
    let date = Format::new().set_num_format("d-m");
    sheet.write_number_with_format(3, time, 46_145, &date).expect("x");
    sheet.merge_range(4, product, 5, product, "Kartu", &Format::new()).expect("merged");
    sheet.write_string(6, product, "GANTI").expect("x");
    let whole = replaced(&bytes(&mut filled), SHEET, "<v>77777</v>", "<v></v>");
    let whole = replaced(&whole, TEXTS, "GANTI", &"x".repeat(10_000_000));
    let read = read(&whole).await.expect("it is of the template");
    let found = faults(&read);
    for (row, column, code) in [
        (2, ", column C (Nama layanan)", "UNREADABLE"),
        (3, ", column C (Nama layanan)", "UNREADABLE"),
        (4, ", column L (Jangka waktu)", "FORMAT"),
        (7, ", column N (Produk layanan)", "UNREADABLE"),
    ] {
        let place = format!("Layanan, row {row}{column}");
        assert!(found.iter().any(|one| *one == (place.clone(), code)), "{place}: {found:#?}");
    }
    assert_eq!(read.checked.tally.read - read.checked.tally.unread(), 2, "those that are merged");
}

#[tokio::test]
async fn the_headings_once_more_are_no_service() {
    let headings = sheet(&template(TemplateLang::En).expect("the template"), "Services").remove(0);
    let mut filled = Filled::of(TemplateLang::En);
    filled.row(2, &[("Code", "a"), ("Service name", "Birth certificate")]);
    for (at, heading) in (0..).zip(&headings) {
        filled.sheet().write_string(2, at, heading).expect("a heading");
    }
    let read = filled.read().await;
    assert_eq!((read.checked.tally.read, read.checked.tally.headings), (1, 1));
}
