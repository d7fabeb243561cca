//! Answers of systems as they are found in offices: paged libraries, portals of open data, proxies
//! that put an error into a good answer. Whole, a part, or a failure; never one taken for the
//! other.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use mpp_agent::Pages;

use crate::office::{Office, counts, lack};

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

/// Twelve records as they stand in a list.
fn twelve() -> String {
    let names = [
        "Akta kelahiran",
        "Akta kematian",
        "Kartu keluarga",
        "KTP elektronik",
        "Kartu identitas anak",
        "Surat pindah",
        "Surat datang",
        "Legalisasi akta",
        "Akta perkawinan",
        "Akta perceraian",
        "Perubahan nama",
        "Pengangkatan anak",
    ];
    let item = |(at, name): (usize, &&str)| format!(r#"{{"kode": "k-{at}", "nama": "{name}"}}"#);
    names.iter().enumerate().map(item).collect::<Vec<_>>().join(",")
}

async fn read(envelope: &str, items: &str, pages: Pages) -> mpp_agent::Checked {
    let body = envelope.replace("[*]", &format!("[{}]", twelve()));
    let office = Office::open(move |_, _| json(body.clone())).await;
    office.read_pages("/api/layanan?limit=50", items, "", pages).await
}

/// Each says in its own words that there are more than the twelve that came.
const PARTS: &[(&str, &str)] = &[
    (r#"{"data": [*], "tersedia": 42}"#, "data"),
    (r#"{"data": [*], "remaining": "30"}"#, "data"),
    (r#"{"data": [*], "hasil": "1-12/42"}"#, "data"),
    (r#"{"data": [*], "total": "empat puluh dua"}"#, "data"),
    (r#"{"data": [*], "banyaknya": "42 (empat puluh dua)"}"#, "data"),
    (r#"{"data": [*], "n": 42}"#, "data"),
    (r#"{"data": [*], "total": 42.0}"#, "data"),
    (r#"{"data": [*], "meta": [{"name": "total", "value": 42}]}"#, "data"),
    (r#"{"data": [*], "meta": [["total", 42]]}"#, "data"),
    (r#"{"data": [*], "info": {"rekap": {"semua": {"angka": 42}}}}"#, "data"),
    (r#"{"data": [*], "pesan": "Ditemukan 42 layanan"}"#, "data"),
    (r#"{"data": [*], "pesan": "Menampilkan dua belas dari empat puluh dua data"}"#, "data"),
    (r#"{"data": [*], "catatan": ["Data per 2 Januari 2026", "Total layanan: 42"]}"#, "data"),
    (r#"{"data": [*], "keterangan": "masih ada 30 layanan lainnya"}"#, "data"),
    (r#"{"data": [*], "lembar": "1 dari 4"}"#, "data"),
    (r#"{"data": [*], "halaman": {"ke": 1, "dari": 4}}"#, "data"),
    (
        r#"{"data": [*], "meta": [{"name": "tersedia", "value": "42"}, {"name": "versi", "value": 2}]}"#,
        "data",
    ),
    (r#"{"data": [*], "from": 31, "to": 42}"#, "data"),
    (r#"{"data": [*], "belum_dimuat": 30}"#, "data"),
    (r#"{"data": [*], "dataset_size": 42}"#, "data"),
    // Laravel, Django, Spring, CKAN, OData, HAL, JSON:API, GraphQL, Hydra, Solr, Elasticsearch.
    (
        r#"{"data": [*], "meta": {"current_page": 1, "last_page": 4, "per_page": 12, "to": 12}}"#,
        "data",
    ),
    (r#"{"count": 42, "next": null, "previous": null, "results": [*]}"#, "results"),
    (
        r#"{"content": [*], "totalElements": 42, "totalPages": 4, "size": 12, "number": 0}"#,
        "content",
    ),
    (
        r#"{"page": {"size": 12, "totalElements": 42}, "_embedded": {"layanan": [*]}}"#,
        "_embedded.layanan",
    ),
    (
        r#"{"success": true, "result": {"records": [*], "limit": 12, "total": 42}}"#,
        "result.records",
    ),
    (r#"{"@odata.context": "x", "@odata.count": 42, "value": [*]}"#, "value"),
    (r#"{"count": 12, "total": 42, "_embedded": {"items": [*]}}"#, "_embedded.items"),
    (r#"{"data": [*], "meta": {"page": {"total": 42}}}"#, "data"),
    (r#"{"data": {"layanan": {"totalCount": 42, "nodes": [*]}}}"#, "data.layanan.nodes"),
    (r#"{"data": {"a": {"nodes": [*], "pageInfo": {"hasNextPage": true}}}}"#, "data.a.nodes"),
    (r#"{"hydra:totalItems": 42, "hydra:member": [*]}"#, "hydra:member"),
    (r#"{"response": {"numFound": 42, "start": 0, "docs": [*]}}"#, "response.docs"),
    (r#"{"hits": {"total": {"value": 42, "relation": "eq"}, "hits": [*]}}"#, "hits.hits"),
];

/// Each says that something went wrong, beside twelve records.
const FAILURES: &[&str] = &[
    r#"{"status": 500, "data": [*]}"#,
    r#"{"status": "500", "data": [*]}"#,
    r#"{"statusCode": 503, "message": "upstream", "data": [*]}"#,
    r#"{"success": false, "data": [*]}"#,
    r#"{"success": "false", "data": [*]}"#,
    r#"{"error": "basis data tidak menjawab", "data": [*]}"#,
    r#"{"data": [*], "errors": [{"message": "timeout", "path": ["layanan"]}]}"#,
    r#"{"message": "Terjadi kesalahan pada server", "data": [*]}"#,
    r#"{"data": [*], "meta": {"hasError": true}}"#,
    r#"{"data": [*], "metaData": {"code": 500, "message": "Query gagal"}}"#,
    r#"{"data": [*], "records_failed": 3}"#,
];

/// Each is whole, whatever numbers stand beside the twelve.
const WHOLE: &[(&str, &str)] = &[
    (r#"{"data": [*]}"#, "data"),
    (r#"{"data": [*], "total": 12, "limit": 50, "tahun": 2026}"#, "data"),
    (r#"{"status": 200, "code": "00", "message": "OK", "data": [*]}"#, "data"),
    (r#"{"success": true, "kode_wilayah": "3501", "data": [*]}"#, "data"),
    (r#"{"generated_at": 1764300000, "took": 57, "data": [*]}"#, "data"),
    (r#"{"timestamp": "2026-11-28T10:00:00+07:00", "versi": "2.14", "data": [*]}"#, "data"),
    (
        r#"{"instansi": {"id": 351, "nama": "Disdukcapil", "telepon": "0357881042", "lantai": 20}, "data": [*]}"#,
        "data",
    ),
    (r#"{"data": [*], "pengunjung_hari_ini": 320, "anggaran": 500000000}"#, "data"),
    (r#"{"data": [*], "dasar_hukum": "Perbup Nomor 42 Tahun 2025"}"#, "data"),
    (
        r#"{"data": [*], "keterangan": "Melayani 42 kecamatan, maksimal 100 data per halaman"}"#,
        "data",
    ),
    (r#"{"data": [*], "rate_limit": {"remaining": 59, "limit": 60}}"#, "data"),
    (r#"{"data": [*], "sisa_antrian": 42, "loket": 15}"#, "data"),
    (
        r#"{"data": [*], "meta": {"current_page": 1, "last_page": 1, "from": 1, "to": 12, "total": 12, "per_page": 50}}"#,
        "data",
    ),
    (r#"{"count": 12, "next": null, "results": [*]}"#, "results"),
    (
        r#"{"content": [*], "totalElements": 12, "totalPages": 1, "size": 50, "number": 0, "last": true}"#,
        "content",
    ),
    (
        r#"{"success": true, "result": {"records": [*], "limit": 32000, "total": 12}}"#,
        "result.records",
    ),
    (r#"{"data": [*], "hasil": "1-12/12", "halaman": "1 dari 1"}"#, "data"),
    (r#"{"data": [*], "limit_maks": 50, "banyak_per_halaman": 50}"#, "data"),
    (
        r#"{"data": [*], "kategori": [{"id": 91, "nama": "Sipil"}, {"id": 92, "nama": "Usaha"}]}"#,
        "data",
    ),
    (r#"{"data": [*], "error": null, "errors": [], "error_code": 0}"#, "data"),
];

#[tokio::test]
async fn a_part_is_told_in_whatever_words_it_says_so() {
    for (envelope, items) in PARTS {
        let said = read(envelope, items, Pages::default()).await;
        assert_eq!(counts(&said), (12, 0, false), "{envelope}: {:?}", said.problems);
    }
}

#[tokio::test]
async fn a_failure_in_a_good_answer_is_one() {
    for envelope in FAILURES {
        let said = read(envelope, "data", Pages::default()).await;
        assert!(said.lack.is_some(), "{envelope}");
        assert!(lack(&said).contains("/api/layanan"), "{envelope}: {}", lack(&said));
    }
}

#[tokio::test]
async fn numbers_that_count_nothing_raise_no_alarm() {
    for (envelope, items) in WHOLE {
        let said = read(envelope, items, Pages::default()).await;
        assert_eq!(counts(&said), (12, 0, true), "{envelope}: {:?}", said.lack);
    }
}

#[tokio::test]
async fn what_a_number_means_can_be_said() {
    let page = r#"{"data": [*], "tersedia": 42, "kuota": {"sisa": 3}, "lain": {"banyak": 90}}"#;
    let said = read(page, "data", Pages::default()).await;
    assert!(lack(&said).contains("ignore = ["), "{}", lack(&said));
    let ignore = ["tersedia", "lain.banyak"].map(str::to_owned).to_vec();
    let said = read(page, "data", Pages { ignore, ..Pages::default() }).await;
    assert_eq!(counts(&said), (12, 0, true), "{:?}", said.lack);
    let only = Pages { complete: "jumlah".into(), ..Pages::default() };
    let said = read(r#"{"data": [*], "jumlah": 12, "tersedia": 42}"#, "data", only.clone()).await;
    assert_eq!(counts(&said), (12, 0, true), "{:?}", said.lack);
    let said = read(r#"{"data": [*], "jumlah": "13"}"#, "data", only.clone()).await;
    assert!(lack(&said).contains("\"jumlah\": 13, and 12 records"), "{}", lack(&said));
    let said = read(r#"{"data": [*], "total": 12}"#, "data", only).await;
    assert!(lack(&said).contains("complete = \"jumlah\" leads to nothing"), "{}", lack(&said));
}

#[tokio::test]
async fn a_footer_among_the_records_counts_them_and_is_none() {
    for (footer, is_whole) in [
        (r#"{"kode": "", "nama": "Total layanan: 42"}"#, false),
        (r#"{"kode": "Jumlah", "nama": 42}"#, false),
        (r#"{"kode": null, "nama": "dan 30 layanan lainnya"}"#, false),
        (r#"{"kode": "", "nama": "Total layanan: 12"}"#, true),
    ] {
        let page = r#"{"data": [*]}"#.replace('*', &format!("{},{footer}", twelve()));
        let office = Office::open(move |_, _| json(page.clone())).await;
        let said = office.read("/", "data", "").await;
        assert_eq!(said.lack.is_none(), is_whole, "{footer}: {:?}", said.lack);
        assert_eq!(said.tally.read - said.tally.unread(), 12, "{footer}: {:?}", said.problems);
    }
}

#[tokio::test]
async fn pages_that_each_say_how_far_they_go_are_whole_at_the_last_one() {
    type Says = fn(usize) -> String;
    let ways: [(&str, Says); 5] = [
        ("ranges", |page| format!(r#""hasil": "{}-{}/36""#, page * 12 - 11, page * 12)),
        ("words", |page| format!(r#""info": "Halaman {page} dari 3""#)),
        ("parts", |page| format!(r#""lembar": "{page} dari 3""#)),
        ("left", |page| format!(r#""sisa": {}"#, 36 - page * 12)),
        ("all", |page| format!(r#""tersedia": 36, "offset": {}"#, (page - 1) * 12)),
    ];
    for (way, says) in ways {
        let office = Office::open(move |asked, _| {
            let page = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
            let items = twelve().replace("\"k-", &format!("\"k{page}-"));
            let next = if page < 3 { (page + 1).to_string() } else { "null".into() };
            json(format!(r#"{{"data": [{items}], {}, "next": {next}}}"#, says(page)))
        })
        .await;
        let said = office.read("/?page=1", "data", "next").await;
        assert_eq!(counts(&said), (36, 0, true), "{way}: {:?}", said.lack);
        let said = office.read("/?page=1", "data", "").await;
        assert!(said.lack.is_some(), "{way}: the first page alone");
    }
}
