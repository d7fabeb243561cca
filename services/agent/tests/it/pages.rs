//! Pages of JSON from a server: followed to the last one, or told as what they are.

use std::time::Duration;

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use mpp_agent::{Next, Pages};

use crate::office::{Office, counts, lack, places};

fn json(text: impl Into<String>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text.into()).into_response()
}

fn items(page: usize) -> String {
    let item =
        |n: usize| format!(r#"{{"kode": "p{page}-{n}", "nama": "Layanan nomor {page}{n}"}}"#);
    (1..=3).map(item).collect::<Vec<_>>().join(",")
}

/// Three pages of three records; `link` writes the link to the page of that number.
async fn three(link: impl Fn(usize) -> String + Send + Sync + 'static) -> Office {
    Office::open(move |asked, _| {
        let page = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
        let next = if page < 3 { link(page + 1) } else { r#""next": null"#.to_owned() };
        json(format!(r#"{{"data": [{}], {next}}}"#, items(page)))
    })
    .await
}

#[tokio::test]
async fn nine_records_come_by_each_form_of_link_or_the_form_is_named() {
    type Link = fn(usize) -> String;
    let forms: [(&str, Link); 7] = [
        ("next", |n| format!(r#""next": {{"href": "/api/list?page={n}"}}"#)),
        ("next", |n| format!(r#""next": "list?page={n}""#)),
        ("next", |n| format!(r#""next": "?page={n}""#)),
        ("next", |n| format!(r#""next": {n}"#)),
        ("links.next", |n| format!(r#""links": {{"next": "?page={n}"}}"#)),
        ("links.next", |n| format!(r#""links.next": "?page={n}""#)),
        ("/tautan/0", |n| format!(r#""tautan": ["?page={n}"]"#)),
    ];
    for (next, link) in forms {
        let office = three(link).await;
        let said = office.read("/api/list?page=1", "data", next).await;
        assert_eq!(counts(&said), (9, 0, true), "{}: {:?}", link(2), said.lack);
    }
    for (next, link, named) in [
        ("next", r#""next": {"halaman": 2}"#, "keys halaman"),
        ("next", r#""next": true"#, "true"),
        ("next", r#""next": "eyJwIjoyfQ""#, "page_parameter"),
        ("", r#""links": {"next": "?page=2"}"#, "links.next"),
        ("nextt", r#""next": "?page=2""#, "\"next\""),
        ("next", r#""meta": {"last_page": 3}"#, "meta.last_page"),
        ("next", r#""total": 9"#, "\"total\": 9"),
        ("next", r#""next": "http://elsewhere.test/x""#, "elsewhere.test"),
    ] {
        let office = three(move |_| link.to_owned()).await;
        let said = office.read("/api/list?page=1", "data", next).await;
        assert!(lack(&said).contains(named), "{link}: {}", lack(&said));
    }
}

#[tokio::test]
async fn a_cursor_and_a_header_lead_on() {
    let office = three(|n| format!(r#""next": "{n}""#)).await;
    let numbered = Next { parameter: "page".into(), ..Next::default() };
    let said = office
        .read_pages("/api/list", "data", "next", Pages { next: numbered, ..Pages::default() })
        .await;
    assert_eq!(counts(&said), (9, 0, true), "{:?}", said.lack);
    let office = Office::open(|asked, _| {
        let page = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
        let link = format!("<?page={}>; rel=\"next\"", page + 1);
        let body = format!("[{}]", items(page));
        if page < 3 { ([(header::LINK, link)], body).into_response() } else { json(body) }
    });
    let said = office.await.read("/list", "", "").await;
    assert_eq!(counts(&said), (9, 0, true), "{:?}", said.lack);
}

#[tokio::test]
async fn what_a_source_says_instead_of_its_list_is_told_as_what_it_is() {
    for (answer, named) in [
        (r#"{"success": false, "data": []}"#, "\"success\": false"),
        (r#"{"status": "error", "message": "Kuota API habis", "data": []}"#, "Kuota API habis"),
        (r#"{"data": null, "code": 403}"#, "403"),
        (r#"{"data": []}"#, "not one record"),
        (r#"{"data": {"instansi": [{"kode": 1}]}}"#, "pacitan.toml, line 7"),
        (r#"{"hasil": [{"kode": 1}]}"#, "items = \"hasil\""),
        ("kode;nama", "not JSON"),
        ("", "empty"),
    ] {
        let office = Office::open(move |_, _| json(answer)).await;
        let said = office.read("/list?token=rahasia", "data", "next").await;
        assert!(lack(&said).contains(named), "{answer}: {}", lack(&said));
        assert!(!lack(&said).contains("rahasia"), "a query may hold a key: {}", lack(&said));
        assert_eq!(office.called(), 1, "asked once: {answer}");
    }
    let login = "<html><title>Masuk</title><form><input type=password></form>";
    let office = Office::open(move |_, _| Html(login).into_response()).await;
    let said = office.read("/list", "data", "next").await;
    assert!(lack(&said).contains("asks to log in (\"Masuk\")"), "{}", lack(&said));
}

#[tokio::test]
async fn a_nested_list_is_found_by_path_and_pointer_and_a_mark_is_passed_over() {
    let text = format!("\u{feff}{{\"data\": {{\"instansi\": [{}]}}}}", items(1));
    let office = Office::open(move |_, _| json(text.clone())).await;
    for path in ["data.instansi", "/data/instansi"] {
        assert_eq!(counts(&office.read("/", path, "").await), (3, 0, true), "{path}");
    }
}

#[tokio::test]
async fn ids_of_21_digits_stay_apart_and_numbers_are_read() {
    let text = r#"[{"kode": 123456789012345678901, "nama": "Akta"}, {"kode": 123456789012345678902, "nama": "KIA"}]"#;
    let office = Office::open(move |_, _| json(text)).await;
    let said = office.read("/", "", "").await;
    assert_eq!((counts(&said), said.tally.duplicate), ((2, 0, true), 0));
    assert_eq!(said.first.expect("a record").source_id, "123456789012345678901");
}

#[tokio::test]
async fn a_refused_address_is_told_at_once_and_with_its_address() {
    for (status, named) in [
        (StatusCode::NOT_FOUND, "404"),
        (StatusCode::MOVED_PERMANENTLY, "moved to http://baru.test/list"),
        (StatusCode::UNAUTHORIZED, "token_env"),
        (StatusCode::NO_CONTENT, "204"),
    ] {
        let office = Office::open(move |_, _| {
            (status, [(header::LOCATION, "http://baru.test/list?kunci=1")]).into_response()
        });
        let office = office.await;
        let said = office.read("/list", "data", "").await;
        assert!(lack(&said).contains(named) && lack(&said).contains("/list"), "{}", lack(&said));
        assert_eq!(office.called(), 1, "another try would not help: {status}");
        assert!(said.verdict().expect_err("a fault").message().contains("http://127.0.0.1"));
    }
}

#[tokio::test]
async fn a_source_that_asks_for_time_is_given_it() {
    let office = Office::open(|_, call| match call {
        1 => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")]).into_response(),
        2 => StatusCode::BAD_GATEWAY.into_response(),
        _ => json(format!("[{}]", items(1))),
    });
    let office = office.await;
    assert_eq!(counts(&office.read("/", "", "").await), (3, 0, true));
    assert!(office.waited() >= Duration::from_secs(2), "not within the ban");
    let office = Office::open(|_, _| {
        (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "86400")]).into_response()
    });
    let office = office.await;
    let said = office.read("/", "", "").await;
    assert!(lack(&said).contains("asks to wait 86400 s"), "{}", lack(&said));
    assert_eq!(office.called(), 1);
}

#[tokio::test]
async fn a_list_without_end_and_pages_without_bound_are_cut() {
    let office =
        Office::open(|_, _| json(format!(r#"{{"data": [{}], "next": "?page=2"}}"#, items(1))));
    let said = office.await.read("/?page=1", "data", "next").await;
    assert!(lack(&said).contains("only records that pages before had"), "{}", lack(&said));
    let office = Office::open(|_, call| {
        json(format!(r#"{{"data": [{}], "next": "?page={call}"}}"#, items(1)))
    });
    let said = office.await.read("/", "data", "next").await;
    assert!(!counts(&said).2);
    let huge = format!("[\"{}\"]", "x".repeat(10_000_000));
    let office = Office::open(move |_, _| json(huge.clone())).await;
    let said = office.read("/", "", "").await;
    assert!(lack(&said).contains("larger than 200000 bytes"), "{}", lack(&said));
    assert_eq!(office.called(), 1);
}

#[tokio::test]
async fn an_item_that_cannot_be_mapped_says_where_the_program_fails() {
    let office =
        Office::open(|_, _| json(r#"[{"kode": ["a"], "nama": "Akta", "syarat": {"x": 1}}]"#)).await;
    let said = office.read("/", "", "").await;
    assert_eq!(places(&said), ["page 1, item 1"]);
    let message = &said.problems[0].message;
    assert!(message.contains("line 2, column") && message.len() < 300, "{message}");
}

/// A catalog in pages by number, of codes; each page says what it says of the whole.
async fn catalog(pages: &'static [&'static [usize]], whole: &'static str) -> Office {
    Office::open(move |asked, _| {
        let page: usize = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
        let item = |n: &usize| format!(r#"{{"kode": "k{n}", "nama": "Layanan nomor {n}"}}"#);
        let items: Vec<_> = pages[page - 1].iter().map(item).collect();
        let next = if page < pages.len() { (page + 1).to_string() } else { "null".to_owned() };
        let says = if items.is_empty() { "" } else { whole };
        json(format!(r#"{{"data": [{}], {says} "next": {next}}}"#, items.join(",")))
    })
    .await
}

#[tokio::test]
async fn what_any_page_says_of_the_whole_counts_against_records_and_not_items() {
    let total = r#""total": 6,"#;
    let said =
        catalog(&[&[1, 2], &[3, 4], &[]], total).await.read("/?page=1", "data", "next").await;
    assert!(lack(&said).contains("\"total\": 6, and 4 records"), "{}", lack(&said));
    let moved = catalog(&[&[1, 2], &[2, 3], &[4, 5]], total).await;
    let said = moved.read("/?page=1", "data", "next").await;
    assert!(lack(&said).contains("5 records were found; one record came twice"), "{}", lack(&said));
    let moved = catalog(&[&[1, 2], &[2, 3]], "").await.read("/?page=1", "data", "next").await;
    assert!(lack(&moved).contains("page 2, item 1, which page 1 had"), "{}", lack(&moved));
    let whole = catalog(&[&[1, 2], &[3, 4], &[5, 6]], total).await;
    assert_eq!(counts(&whole.read("/?page=1", "data", "next").await), (6, 0, true));
    let heedless = Pages { ignore_totals: true, ..Pages::default() };
    let said = catalog(&[&[1, 2], &[3]], r#""total": 90, "more": true,"#).await;
    let said = said.read_pages("/?page=1", "data", "next", heedless).await;
    assert_eq!(counts(&said), (3, 0, true), "as configured");
}

#[tokio::test]
async fn a_sign_of_more_that_nobody_follows_is_named_and_its_query_is_not() {
    for (sign, named) in [
        (r#""nextToken": "x""#, "nextToken"),
        (r#""cursor": "x""#, "cursor"),
        (r#""pagination": {"page": 1, "pages": 3}"#, "pagination.pages"),
        (r#""meta": {"hasMorePages": true}"#, "hasMorePages"),
        (r#""more": true"#, "more"),
        (r#""next": "", "has_more": true"#, "has_more"),
        (
            r#""tautan": "http://a.test/?page=2&token=RAHASIA", "nextUrl": "?token=RAHASIA""#,
            "nextUrl",
        ),
    ] {
        let office =
            Office::open(move |_, _| json(format!(r#"{{"data": [{}], {sign}}}"#, items(1))));
        let said = office.await.read("/list", "data", "next").await;
        assert!(lack(&said).contains(named), "{sign}: {}", lack(&said));
        assert!(!lack(&said).contains("RAHASIA"), "{}", lack(&said));
    }
    for link in [r#"{"label": "»", "url": "?page=2"}"#, r#"{"rel": ["next"], "href": "?page=2"}"#]
    {
        let office = Office::open(move |asked, _| {
            let (page, links) = if asked.contains("page=2") { (2, "") } else { (1, link) };
            json(format!(r#"{{"data": [{}], "links": [{links}]}}"#, items(page)))
        });
        let said = office.await.read("/list", "data", "links").await;
        assert_eq!(counts(&said), (6, 0, true), "{link}: {:?}", said.lack);
    }
}

#[tokio::test]
async fn an_agency_with_the_code_412_is_read() {
    let text = format!(r#"{{"kode": "412", "data": [{}]}}"#, items(1));
    let office = Office::open(move |_, _| json(text.clone())).await;
    assert_eq!(counts(&office.read("/", "data", "").await), (3, 0, true));
}

/// Pages under ever new addresses, of the records that `numbers` gives for each.
async fn endless(numbers: fn(usize) -> Vec<usize>) -> Office {
    Office::open(move |asked, _| {
        let page = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
        let item = |n: usize| format!(r#"{{"kode": "k{n}", "nama": "Layanan nomor {n}"}}"#);
        let items = numbers(page).into_iter().map(item).collect::<Vec<_>>().join(",");
        json(format!(r#"{{"data": [{items}], "dibuat": {page}, "next": "?page={}"}}"#, page + 1))
    })
    .await
}

#[tokio::test]
async fn pages_that_repeat_their_records_under_new_addresses_end_at_once() {
    type Numbers = fn(usize) -> Vec<usize>;
    let kinds: [(&str, Numbers, usize); 4] = [
        ("the same page", |_| vec![1, 2, 3], 2),
        (
            "the same in another order",
            |page| if page % 2 == 0 { vec![3, 1] } else { vec![1, 3] },
            2,
        ),
        ("two pages in turn", |page| if page % 2 == 0 { vec![1, 2] } else { vec![3, 4] }, 3),
        ("three pages, and again", |page| vec![page % 3 * 2, page % 3 * 2 + 1], 4),
    ];
    for (kind, numbers, calls) in kinds {
        let office = endless(numbers).await;
        let said = office.read("/api/list?page=1", "data", "next").await;
        assert!(
            lack(&said).contains("only records that pages before had"),
            "{kind}: {}",
            lack(&said)
        );
        assert_eq!(office.called(), calls, "{kind}");
    }
    let office = endless(|page| if page == 1 { vec![1] } else { Vec::new() }).await;
    let said = office.read("/api/list?page=1", "data", "next").await;
    assert!(lack(&said).contains("11 empty ones in a row"), "{}", lack(&said));
    assert_eq!(office.called(), 12);
}

#[tokio::test]
async fn a_page_that_brings_something_new_or_is_the_last_goes_on() {
    let office = Office::open(|asked, _| {
        let page = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
        let items = match page {
            2 => String::new(),
            3 => format!("{},{}", items(1), items(3)),
            _ => items(page),
        };
        let next = if page < 4 { format!(r#""?page={}""#, page + 1) } else { "null".to_owned() };
        json(format!(r#"{{"total": 9, "data": [{items}], "next": {next}}}"#))
    });
    let said = office.await.read("/api/list?page=1", "data", "next").await;
    assert!(said.lack.is_none(), "{:?}", said.lack);
    assert_eq!((said.tally.read, said.tally.duplicate), (12, 3));
}

#[tokio::test]
async fn the_next_page_is_found_in_any_of_several_link_fields() {
    let office = Office::open(|asked, _| {
        let page = asked.split("page=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(1);
        let body = format!("[{}]", items(page));
        let mut answer = json(body);
        let mut field = |link: String| {
            answer.headers_mut().append(header::LINK, link.parse().expect("a field"));
        };
        field("</style.css>; rel=preload; as=style".to_owned());
        field(format!("<?page={}>; title=\"a, b\"; rel=\"prev first\"", page - 1));
        if page < 3 {
            field(format!("<list?page={}>; title=\"berikut; >\"; rel=\"last next\"", page + 1));
        }
        answer
    });
    let said = office.await.read("/api/list?page=1", "", "").await;
    assert_eq!(counts(&said), (9, 0, true), "{:?}", said.lack);
}

#[tokio::test]
async fn a_record_that_repeats_the_names_of_its_fields_is_none() {
    let office = Office::open(|_, _| {
        json(r#"[{"kode": "KODE", "nama": "Nama"}, {"kode": "a", "nama": "Akta"}]"#)
    });
    let said = office.await.read("/list", "", "").await;
    assert_eq!((counts(&said), said.tally.headings), ((1, 0, true), 1), "{:?}", said.problems);
}
