//! Answers and items in words that no list of the agent holds: an answer that it cannot account for
//! must never pass for the whole, nor a whole one that it knows for a part.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use mpp_agent::{Checked, Pages};

use crate::office::{Office, lack};

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

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

async fn read(envelope: &str, items: &str, pages: Pages) -> Checked {
    let body = envelope.replace("[*]", &format!("[{}]", twelve()));
    let office = Office::open(move |_, _| json(body.clone())).await;
    office.read_pages("/api/layanan?rows=50", items, "", pages).await
}

/// Answers that say, in words that no list holds, that more is to come or that something failed.
const PARTS: &[(&str, &str)] = &[
    (r#"{"data": [*], "masihAda": true}"#, "data"),
    (r#"{"data": [*], "lanjut": true}"#, "data"),
    (r#"{"data": [*], "scroll_id": "DXF1ZXJ5QW5kRmV0Y2gBAAAAAAAAAD4WYm9laVYt"}"#, "data"),
    (r#"{"data": [*], "marker": "00012"}"#, "data"),
    (r#"{"data": [*], "continuation": "abc123"}"#, "data"),
    (r#"{"data": [*], "catatan": "Hanya lima data pertama ditampilkan"}"#, "data"),
    (r#"{"data": [*], "code": 500}"#, "data"),
    (r#"{"data": [*], "rc": "68"}"#, "data"),
    (r#"{"data": [*], "warning": "data dibatasi"}"#, "data"),
    (r#"{"data": [*], "total": "４２"}"#, "data"),
    (r#"{"data": [*], "adaLagi": 1}"#, "data"),
    (r#"{"data": [*], "selesai": "belum"}"#, "data"),
    (r#"{"data": [*], "penuh": false}"#, "data"),
    (r#"{"data": [*], "posisi": "k-11"}"#, "data"),
    (r#"{"data": [*], "titik_lanjut": 12}"#, "data"),
    (r#"{"data": [*], "kelanjutan": "/api/layanan?rows=50&offset=12"}"#, "data"),
    (r#"{"data": [*], "pesan": "Data yang tampil baru separuhnya"}"#, "data"),
    (
        r#"{"data": [*], "info": "Gunakan parameter offset untuk mengambil data selebihnya"}"#,
        "data",
    ),
    (r#"{"data": [*], "peringatan": ["Kueri melampaui waktu"]}"#, "data"),
    (r#"{"data": [*], "response_code": "E017"}"#, "data"),
    (r#"{"data": [*], "status": "sebagian berhasil"}"#, "data"),
    (r#"{"data": [*], "kode_respon": "99"}"#, "data"),
    (r#"{"data": [*], "resultCode": -1}"#, "data"),
    (r#"{"data": [*], "ringkasan": {"tampil": 12, "disembunyikan": 30}}"#, "data"),
    (r#"{"data": [*], "bagian": "1/3"}"#, "data"),
    (r#"{"data": [*], "chunk": {"index": 0, "count": 4}}"#, "data"),
    (r#"{"data": [*], "message": "Showing the first dozen"}"#, "data"),
    (r#"{"data": [*], "isFinalChunk": "false"}"#, "data"),
    (r#"{"data": [*], "tail": "eyJpZCI6MTJ9"}"#, "data"),
    (
        r#"{"data": [*], "data_lain": [{"kode": "z-1", "nama": "SKCK"}, {"kode": "z-2", "nama": "SIM"}]}"#,
        "data",
    ),
    // BPS, Elasticsearch, Solr, Airtable, MediaWiki, Salesforce: each in its own way.
    (r#"{"status": "OK", "data": [{"page": 1, "pages": 4, "total": 42}, [*]]}"#, "data.1"),
    (r#"{"hits": {"total": {"value": 12, "relation": "gte"}, "hits": [*]}}"#, "hits.hits"),
    (r#"{"response": {"numFound": 12, "numFoundExact": false, "docs": [*]}}"#, "response.docs"),
    (r#"{"records": [*], "offset": "itrZk2Xb/recQ91"}"#, "records"),
    (
        r#"{"continue": {"cmcontinue": "page|4b54", "continue": "-||"}, "query": {"x": [*]}}"#,
        "query.x",
    ),
    (r#"{"totalSize": 12, "done": false, "records": [*]}"#, "records"),
    (r#"{"Items": [*], "Count": 12, "LastEvaluatedKey": {"kode": {"S": "k-11"}}}"#, "Items"),
    (r#"{"data": [*], "last_id": "k-11"}"#, "data"),
];

/// Whole answers of well-known systems.
const WHOLE: &[(&str, &str)] = &[
    // CKAN always links to a next page.
    (
        r#"{"help": "https://data.go.id/api/3/action/help_show?name=datastore_search", "success": true,
            "result": {"include_total": true, "limit": 32000, "records_format": "objects",
            "resource_id": "b2a5c6d0-1111-4222-8333-944455566677", "total_estimation_threshold": null,
            "records": [*], "fields": [{"id": "_id", "type": "int"}, {"id": "kode", "type": "text"}],
            "_links": {"start": "/api/3/action/datastore_search?resource_id=b2a5",
            "next": "/api/3/action/datastore_search?resource_id=b2a5&offset=32000"},
            "total": 12, "total_was_estimated": false}}"#,
        "result.records",
    ),
    // OpenDataSoft.
    (r#"{"total_count": 12, "results": [*]}"#, "results"),
    (
        r#"{"nhits": 12, "parameters": {"dataset": "layanan", "rows": 50, "start": 0, "format": "json",
            "timezone": "UTC"}, "records": [*], "facet_groups": []}"#,
        "records",
    ),
    // Laravel.
    (
        r#"{"current_page": 1, "data": [*], "first_page_url": "http://dpmptsp.test/api/layanan?page=1",
            "from": 1, "last_page": 1, "last_page_url": "http://dpmptsp.test/api/layanan?page=1",
            "links": [{"url": null, "label": "&laquo; Previous", "active": false},
            {"url": "http://dpmptsp.test/api/layanan?page=1", "label": "1", "active": true},
            {"url": null, "label": "Next &raquo;", "active": false}], "next_page_url": null,
            "path": "http://dpmptsp.test/api/layanan", "per_page": 50, "prev_page_url": null, "to": 12,
            "total": 12}"#,
        "data",
    ),
    (
        r#"{"data": [*], "links": {"first": "http://a.test/api/layanan?page=1",
            "last": "http://a.test/api/layanan?page=1", "prev": null, "next": null},
            "meta": {"current_page": 1, "from": 1, "last_page": 1, "path": "http://a.test/api/layanan",
            "per_page": 15, "to": 12, "total": 12}}"#,
        "data",
    ),
    (
        r#"{"data": [*], "path": "http://a.test/api/layanan", "per_page": 15, "next_cursor": null,
            "next_page_url": null, "prev_cursor": null, "prev_page_url": null}"#,
        "data",
    ),
    // Django REST, Strapi, Directus, OData, JSON:API.
    (r#"{"count": 12, "next": null, "previous": null, "results": [*]}"#, "results"),
    (
        r#"{"data": [*], "meta": {"pagination": {"page": 1, "pageSize": 25, "pageCount": 1, "total": 12}}}"#,
        "data",
    ),
    (r#"{"data": [*], "meta": {"total_count": 12, "filter_count": 12}}"#, "data"),
    (
        r#"{"@odata.context": "https://a.test/$metadata#Layanan", "@odata.count": 12, "value": [*]}"#,
        "value",
    ),
    (r#"{"d": {"results": [*], "__count": "12"}}"#, "d.results"),
    (
        r#"{"jsonapi": {"version": "1.0", "meta": {"links": {"self": {"href": "http://jsonapi.org/format/1.0/"}}}},
            "data": [*], "links": {"self": {"href": "https://a.test/jsonapi/node/layanan"}}, "included": []}"#,
        "data",
    ),
    // HAL, Spring.
    (
        r#"{"_links": {"self": {"href": "/layanan"}, "find": {"href": "/layanan{?id}", "templated": true},
            "curies": [{"name": "ea", "href": "http://a.test/rels/{rel}", "templated": true}]},
            "_embedded": {"layanan": [*]}, "total": 12, "count": 12}"#,
        "_embedded.layanan",
    ),
    (
        r#"{"content": [*], "pageable": {"sort": {"sorted": false, "unsorted": true, "empty": true},
            "pageNumber": 0, "pageSize": 20, "offset": 0, "paged": true, "unpaged": false}, "last": true,
            "totalPages": 1, "totalElements": 12, "size": 20, "number": 0, "sort": {"sorted": false,
            "unsorted": true, "empty": true}, "numberOfElements": 12, "first": true, "empty": false}"#,
        "content",
    ),
    (
        r#"{"_embedded": {"layanans": [*]}, "_links": {"self": {"href": "http://a.test/layanans{?page,size,sort}",
            "templated": true}, "profile": {"href": "http://a.test/profile/layanans"},
            "search": {"href": "http://a.test/layanans/search"}},
            "page": {"size": 20, "totalElements": 12, "totalPages": 1, "number": 0}}"#,
        "_embedded.layanans",
    ),
    // DataTables, Elasticsearch, Solr, Hydra, a connection of GraphQL.
    (r#"{"draw": 1, "recordsTotal": 12, "recordsFiltered": 12, "data": [*]}"#, "data"),
    (
        r#"{"took": 3, "timed_out": false, "_shards": {"total": 5, "successful": 5, "skipped": 0, "failed": 0},
            "hits": {"total": {"value": 12, "relation": "eq"}, "max_score": 1.0, "hits": [*]}}"#,
        "hits.hits",
    ),
    (
        r#"{"responseHeader": {"status": 0, "QTime": 5, "params": {"q": "*:*", "rows": "50", "wt": "json"}},
            "response": {"numFound": 12, "start": 0, "numFoundExact": true, "docs": [*]}}"#,
        "response.docs",
    ),
    (
        r#"{"@context": "/contexts/Layanan", "@id": "/layanan", "@type": "hydra:Collection",
            "hydra:member": [*], "hydra:totalItems": 12}"#,
        "hydra:member",
    ),
    (
        r#"{"data": {"layanan": {"totalCount": 12, "nodes": [*], "pageInfo": {"hasNextPage": false,
            "hasPreviousPage": false, "startCursor": "YXJyMA==", "endCursor": "YXJyMTE="}}}}"#,
        "data.layanan.nodes",
    ),
    // BPS, the World Bank, BPJS, banks, offices.
    (
        r#"{"status": "OK", "data-availability": "available",
            "data": [{"page": 1, "pages": 1, "per_page": 10, "count": 12, "total": 12}, [*]]}"#,
        "data.1",
    ),
    (r#"[{"page": 1, "pages": 1, "per_page": "50", "total": 12}, [*]]"#, "1"),
    (r#"{"metaData": {"code": 200, "message": "OK"}, "response": {"list": [*]}}"#, "response.list"),
    (
        r#"{"metaData": {"code": "1", "message": "Sukses"}, "response": {"list": [*]}}"#,
        "response.list",
    ),
    (r#"{"rc": "00", "message": "Success", "data": [*]}"#, "data"),
    (r#"{"responseCode": "2000000", "responseMessage": "Successful", "data": [*]}"#, "data"),
    (r#"{"status": true, "message": "Data berhasil diambil", "data": [*]}"#, "data"),
    (r#"{"error": false, "msg": "Daftar layanan berhasil dimuat", "data": [*]}"#, "data"),
    (
        r#"{"title": "Layanan DPMPTSP", "publisher": "Pemkab Pacitan", "license": "CC-BY 4.0",
            "modified": "2026-11-01", "data": [*]}"#,
        "data",
    ),
    (
        r#"{"version": "1.1", "apiVersion": "v2", "server_time": "2026-11-28 10:00:00", "execution_time": 0.031,
            "request_id": "9f1c7f6e-2c3c-4a70-9a5b-0a2f6d0c8f11", "data": [*]}"#,
        "data",
    ),
    // Features, Oracle, Notion, Kubernetes, Salesforce, Odoo.
    (
        r#"{"type": "FeatureCollection", "name": "layanan", "crs": {"type": "name",
            "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, "numberMatched": 12,
            "numberReturned": 12, "timeStamp": "2026-11-28T10:00:00Z", "features": [*]}"#,
        "features",
    ),
    (
        r#"{"items": [*], "hasMore": false, "limit": 25, "offset": 0, "count": 12,
            "links": [{"rel": "self", "href": "https://a.test/ords/layanan/"},
            {"rel": "describedby", "href": "https://a.test/ords/metadata-catalog/layanan/"},
            {"rel": "first", "href": "https://a.test/ords/layanan/"}]}"#,
        "items",
    ),
    (
        r#"{"object": "list", "results": [*], "next_cursor": null, "has_more": false,
            "type": "page_or_database", "request_id": "0a2f6d0c"}"#,
        "results",
    ),
    (
        r#"{"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "", "continue": ""},
            "items": [*]}"#,
        "items",
    ),
    (r#"{"totalSize": 12, "done": true, "records": [*]}"#, "records"),
    (
        r#"{"jsonrpc": "2.0", "id": null, "result": {"records": [*], "length": 12}}"#,
        "result.records",
    ),
];

/// The inputs that were judged wrongly, a line each.
pub fn wrong(of: &[(&str, &str, bool, Option<String>)]) -> String {
    let lines = of.iter().filter(|(_, _, right, _)| !right);
    let told = lines.map(|(what, input, _, lack)| format!("{what}: {input}\n    {lack:?}"));
    told.collect::<Vec<_>>().join("\n")
}

/// The message of why a run is not complete, if it is not.
pub fn lacking(said: &Checked) -> Option<String> {
    said.lack.as_ref().map(|lack| lack.message().to_owned())
}

#[tokio::test]
async fn an_answer_that_cannot_be_accounted_for_is_not_complete() {
    let mut all = Vec::new();
    for (envelope, items) in PARTS {
        let said = read(envelope, items, Pages::default()).await;
        let took_all = said.tally.read - said.tally.unread() == 12;
        all.push(("a part", *envelope, said.lack.is_some() && took_all, lacking(&said)));
    }
    assert_eq!(wrong(&all), "");
}

#[tokio::test]
async fn answers_of_public_systems_are_whole_as_they_are() {
    let mut all = Vec::new();
    for (envelope, items) in WHOLE {
        let said = read(envelope, items, Pages::default()).await;
        let took_all = said.tally.read - said.tally.unread() == 12;
        all.push(("whole", *envelope, said.lack.is_none() && took_all, lacking(&said)));
    }
    assert_eq!(wrong(&all), "");
}

#[tokio::test]
async fn an_item_that_says_how_much_there_is_is_no_service() {
    let mut all = Vec::new();
    for item in [
        r#"{"nama": "Menampilkan 3 dari 42"}"#,
        r#"{"kode": "x", "nama": "Menampilkan 12 dari 42 layanan"}"#,
        r#"{"kode": "", "nama": "Halaman 1 dari 4", "keterangan": ""}"#,
        r#"{"kode": "info", "nama": "Hanya 12 data pertama yang ditampilkan"}"#,
    ] {
        let page = r#"{"data": [*]}"#.replace('*', &format!("{},{item}", twelve()));
        let office = Office::open(move |_, _| json(page.clone())).await;
        let said = office.read("/", "data", "").await;
        let taken = said.tally.read - said.tally.unread();
        all.push(("an item", item, taken == 12 && said.lack.is_some(), lacking(&said)));
    }
    assert_eq!(wrong(&all), "");
}

#[tokio::test]
async fn what_is_named_is_accounted_for_and_the_line_that_names_it_is_printed() {
    let page = r#"{"data": [*], "masihAda": false, "info": {"posisi": "k-11"}}"#;
    let said = read(page, "data", Pages::default()).await;
    let line = r#"ignore = ["masihAda", "info.posisi"]"#;
    assert!(lack(&said).contains(line), "{}", lack(&said));
    let ignore = ["masihAda", "info.posisi"].map(str::to_owned).to_vec();
    let said = read(page, "data", Pages { ignore, ..Pages::default() }).await;
    assert_eq!(lacking(&said), None);
}
