//! A page's header says how much there is, and advice follows where it is more.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::office::{Office, counts, lack};

const THREE: &str = r#"{"data": [{"kode": "a", "nama": "Akta kelahiran"},
    {"kode": "b", "nama": "Kartu keluarga"}, {"kode": "c", "nama": "Kartu identitas anak"}]}"#;

fn with(name: &'static str, value: &'static str) -> Response {
    let status = if name == "content-range" { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    (status, [(header::CONTENT_TYPE.as_str(), "application/json"), (name, value)], THREE)
        .into_response()
}

#[tokio::test]
async fn a_header_that_says_that_there_is_more_is_believed() {
    for (name, value) in [
        ("x-total-count", "40"),
        ("x-total", "40"),
        ("x-total-pages", "4"),
        ("x-next-page", "2"),
        ("x-pagination", r#"{"TotalCount": 40, "CurrentPage": 1}"#),
        ("content-range", "items 0-2/40"),
    ] {
        let office = Office::open(move |_, _| with(name, value)).await;
        let said = office.read("/list", "data", "").await;
        assert_eq!(counts(&said), (3, 0, false), "{name}: {value}");
        // The header is named, by its words where they were read as such.
        let named =
            [name.to_owned(), name.replace('-', " ")].iter().any(|one| lack(&said).contains(one));
        assert!(named, "{name}: {value}: {}", lack(&said));
    }
    for (name, value) in [
        ("x-total", "3"),
        ("x-total-pages", "1"),
        ("x-next-page", ""),
        ("x-ratelimit-remaining", "59"),
        ("retry-after", "9"),
        ("x-nextjs-cache", "HIT"),
        ("content-range", "items 0-2/3"),
        ("content-range", "bytes 0-180/181"),
    ] {
        let office = Office::open(move |_, _| with(name, value)).await;
        let said = office.read("/list", "data", "").await;
        assert_eq!(counts(&said), (3, 0, true), "{name}: {value}: {:?}", said.lack);
    }
}

#[tokio::test]
async fn a_link_to_a_later_last_page_is_no_end() {
    for (link, is_whole) in [
        ("</list?page=1>; rel=\"first\", </list?page=3>; rel=\"last\"", false),
        ("</list?page=1>; rel=\"first\", </list?page=1>; rel=\"last\"", true),
    ] {
        let office = Office::open(move |_, _| with("link", link)).await;
        let said = office.read("/list", "data", "").await;
        assert_eq!(counts(&said), (3, 0, is_whole), "{link}: {:?}", said.lack);
    }
}

#[tokio::test]
async fn what_is_still_worked_out_is_not_the_whole() {
    let office = Office::open(|_, _| (StatusCode::ACCEPTED, THREE).into_response()).await;
    let said = office.read("/list", "data", "").await;
    assert!(lack(&said).contains("202 Accepted: it is still at work"), "{}", lack(&said));
}

#[tokio::test]
async fn a_part_of_nobody_knows_how_much_is_not_the_whole() {
    let office = Office::open(|_, _| with("content-range", "items 0-2/*")).await;
    let said = office.read("/list", "data", "").await;
    assert_eq!(counts(&said), (3, 0, false));
    assert!(lack(&said).contains("with a part only, items 0-2/*"), "{}", lack(&said));
    let silent = Office::open(|_, _| (StatusCode::PARTIAL_CONTENT, THREE).into_response()).await;
    let said = silent.read("/list", "data", "").await;
    assert_eq!(counts(&said), (3, 0, false));
}

#[tokio::test]
async fn who_has_named_the_next_page_is_not_told_to_name_it() {
    let total = THREE.replacen('{', r#"{"total": 5, "next": null, "#, 1);
    let page = move |_: &str, _| {
        ([(header::CONTENT_TYPE, "application/json")], total.clone()).into_response()
    };
    let office = Office::open(page).await;
    let said = office.read("/list", "data", "next").await;
    assert!(!lack(&said).contains("set next"), "{}", lack(&said));
    assert!(lack(&said).contains("fixed order"), "{}", lack(&said));
    let said = office.read("/list", "data", "").await;
    assert!(lack(&said).contains("set next to where the link is"), "{}", lack(&said));
}
