//! How much a source says that it has, by its own words.

use super::*;

fn read(pages: &[(&str, &[u128])]) -> Option<String> {
    let mut extent = Extent::default();
    let mut items = 0;
    for (number, (text, records)) in pages.iter().enumerate() {
        let page = jaq_json::read::parse_single(text.as_bytes()).expect("JSON");
        let rows = match place::key(&page, "data") {
            Some(Val::Arr(rows)) => rows.as_slice(),
            _ => &[],
        };
        let seen = SeenPage { page: &page, rows, location: "http://a.test/x?jumlah=50" };
        extent.page(&seen).expect("none is configured");
        for record in *records {
            items += 1;
            extent.record(number, &format!("page {}", number + 1), *record);
        }
    }
    extent.beyond(items)
}

#[test]
fn a_source_that_says_that_it_has_more_is_believed_on_each_of_its_pages() {
    let said = |text: &str| read(&[(text, &[1, 2]), ("{\"data\": []}", &[])]).unwrap_or_default();
    for text in [
        r#"{"meta": {"total": 3}}"#,
        r#"{"total": "3"}"#,
        r#"{"jumlah_layanan": 3}"#,
        r#"{"recordsTotal": 3}"#,
        r#"{"hits": {"total": {"value": 3}}}"#,
        r#"{"last_page": 3}"#,
        r#"{"pagination": {"page": 1, "pages": 3}}"#,
        r#"{"numberOfPages": 3}"#,
        r#"{"jumlahHalaman": 3}"#,
        r#"{"totalpages": 3}"#,
        r#"{"meta": {"totaldata": "3"}}"#,
        r#"{"total": "3 data"}"#,
        r#"{"halaman": "1/3"}"#,
        r#"{"keterangan": "Menampilkan 1 sampai 2 dari 3 data"}"#,
        r#"{"info": ["Halaman 1 dari 3"]}"#,
        r#"{"x-total": "3"}"#,
        r#"{"x-wp-total": "3"}"#,
        r#"{"x-total-pages": "3"}"#,
        r#"{"x-wp-totalpages": "3"}"#,
        r#"{"content range total": "3"}"#,
        r#"{"tersedia": 3}"#,
        r#"{"tersedia": "3"}"#,
        r#"{"total": "tiga"}"#,
        r#"{"apa_saja": "tiga layanan"}"#,
        r#"{"hasil": "1-2/3"}"#,
        r#"{"hydra:totalItems": 3}"#,
        r#"{"a": {"b": {"c": {"d": {"banyak": 3}}}}}"#,
        r#"{"meta": [{"ada": 3}]}"#,
        r#"{"meta": [{"name": "ada", "value": 3}, {"name": "laman", "value": 1}]}"#,
        r#"{"pesan": "Ditemukan 3 layanan"}"#,
        r#"{"pagination": {"current": 1, "last": 3}}"#,
        r#"{"halaman": {"ke": 1, "dari": 3}}"#,
    ] {
        assert!(said(text).contains(": 3, and 2"), "{text}: {}", said(text));
    }
    let grouped = said(r#"{"totalRecords": "1.234"}"#);
    assert!(grouped.contains(": 1234, and 2"), "{grouped}");
    for text in [
        r#"{"x-runtime": "12", "x-total-time": "9", "x-request-id": "77", "content-length": "512"}"#,
        r#"{"tanggal": "12/04/2026", "versi": "1/4", "total": "-1", "page": "1"}"#,
        r#"{"total": 2, "count": 2, "last_page": 1, "data": [{"total": 900}]}"#,
        r#"{"total_biaya": 50000, "page_size": 50, "per_page": 50, "page": 9, "pageNumber": 9}"#,
        r#"{"tahun": 2026, "kode": 3501, "dibuat": 1764300000, "limit": 100, "jumlah": 50}"#,
        r#"{"instansi": {"id": 7, "lantai": 4}, "pengunjung": 320, "anggaran": 5000000}"#,
        r#"{"lain": [{"n": 90}, {"n": 91}], "keterangan": "Melayani 40 kecamatan sejak 2019"}"#,
    ] {
        assert_eq!(said(text), "", "{text}");
    }
}

#[test]
fn a_page_that_is_the_first_of_several_is_a_part_in_whatever_unit() {
    let said = read(&[(r#"{"lembar": "1 dari 3"}"#, &[1, 2, 3, 4, 5])]).expect("a part");
    assert!(said.contains("lembar"), "{said}");
    let said = read(&[(r#"{"keterangan": "bagian 1 dari 3"}"#, &[1, 2, 3, 4, 5])]);
    assert!(said.expect("a part").contains(": 3, and one page was found"));
    let both =
        [(r#"{"x": "bagian 1 dari 2"}"#, &[1, 2][..]), (r#"{"x": "bagian 2 dari 2"}"#, &[3])];
    assert_eq!(read(&both), None, "both came");
}

#[test]
fn where_the_number_of_all_is_configured_nothing_else_is_heeded() {
    let page = r#"{"meta": {"total": "2"}, "tersedia": 90, "data": []}"#;
    let page = jaq_json::read::parse_single(page.as_bytes()).expect("JSON");
    let seen = SeenPage { page: &page, rows: &[], location: "x" };
    let mut extent = Extent::new("meta.total");
    extent.page(&seen).expect("a number");
    assert_eq!(extent.beyond(2), None);
    assert!(extent.beyond(1).expect("one is missed").contains("\"meta.total\": 2, and one record"));
    assert!(
        Extent::new("meta.lain").page(&seen).expect_err("nothing").contains("leads to nothing")
    );
}

#[test]
fn a_record_that_comes_again_on_another_page_counts_once() {
    let told = r#"{"total": 4}"#;
    let said = read(&[(told, &[1, 2]), (told, &[2, 3])]).expect("one is missed");
    assert!(said.contains("3 records were found") && said.contains("one record came twice"));
    assert!(read(&[("{}", &[1, 2]), ("{}", &[2, 3])]).expect("moved").contains("page 2"));
    assert_eq!(read(&[(r#"{"total": 3}"#, &[1, 2]), (told, &[2, 3, 4])]), None, "all came");
    assert_eq!(read(&[(told, &[1, 1]), (told, &[2, 2])]), None, "the source's own");
}
