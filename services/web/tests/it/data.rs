//! The catalog as files: what is given out, for how long, and to whom.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
    response::Response,
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::{
    browser::{Shown, open},
    document::elements,
    world::{SECOND, World, nation},
};

async fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> Shown {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    whole(world.pages.clone().oneshot(request).await.expect("infallible")).await
}

/// The answer to a peer, its body not read yet.
async fn get_from(world: &World, peer: &str, path: &str) -> Response {
    let mut request = Request::get(path).body(Body::empty()).expect("a request");
    let peer: SocketAddr = peer.parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    world.pages.clone().oneshot(request).await.expect("infallible")
}

async fn whole(response: Response) -> Shown {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let html = String::from_utf8_lossy(&bytes).into_owned();
    Shown { status: parts.status, headers: parts.headers, html }
}

fn header_of(headers: &HeaderMap, name: header::HeaderName) -> String {
    let value = headers.get(&name).unwrap_or_else(|| panic!("{name} is missing"));
    value.to_str().expect("ASCII").to_owned()
}

/// The files that the page leads to.
async fn files(world: &World) -> Vec<String> {
    let all = elements(&open(&world.pages, "/data").await.html);
    let links = all.iter().filter(|element| element.name == "a" && element.has("download"));
    links.map(|link| link.get("href").to_owned()).collect()
}

#[tokio::test]
async fn each_file_of_the_page_is_given_out_whole_with_what_it_is() {
    let world = World::start(nation()).await;
    let files = files(&world).await;
    assert_eq!(files.len(), 8, "{files:?}");
    for path in files {
        let shown = get(&world, &path, &[]).await;
        assert_eq!(shown.status, StatusCode::OK, "{path}");
        assert_ne!(header_of(&shown.headers, header::CONTENT_LENGTH), "0", "{path}");
        let kind = header_of(&shown.headers, header::CONTENT_TYPE);
        let (name, is_there) = match path.rsplit('.').next() {
            Some("csv") => ("text/csv", shown.html.starts_with("name,")),
            Some("ttl") => ("text/turtle", shown.html.contains("a cpsv:PublicService")),
            Some("jsonld") => ("application/ld+json", shown.html.contains("cpsv#PublicService")),
            _ => ("application/vnd.openxmlformats-", shown.html.starts_with("PK")),
        };
        assert!(kind.starts_with(name) && is_there, "{path}, {kind}: {}", shown.html);
    }
    let services = get(&world, "/data/services.csv", &[]).await.html;
    assert!(services.contains("Surat keterangan catatan kepolisian"), "{services}");
    let linked = get(&world, "/data/catalog.ttl", &[]).await.html;
    assert!(linked.contains("<https://api.mpp.example/v1/units/polri/services/skck>"), "{linked}");
    assert!(linked.contains("<https://mpp.example/data/services.csv>"), "{linked}");
    let page = open(&world.pages, "/en/data").await.html;
    assert!(!page.contains("not written yet"), "{page}");
}

#[tokio::test]
async fn a_file_is_written_once_for_all_who_ask_within_its_time() {
    let world = World::start(nation()).await;
    let path = "/data/services.csv";
    let (first, second) =
        futures::join!(get_from(&world, "10.0.0.1:1", path), get_from(&world, "10.0.0.2:1", path));
    let (first, second) = (whole(first).await, whole(second).await);
    let etag = header_of(&first.headers, header::ETAG);
    assert_eq!(etag, header_of(&second.headers, header::ETAG));
    let asked = world.answers.called("ListServices");
    let again = get(&world, path, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let modified = header_of(&again.headers, header::LAST_MODIFIED);
    let again = get(&world, path, &[("if-modified-since", &modified)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let again = get(&world, path, &[("if-none-match", "\"another\"")]).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(world.answers.called("ListServices"), asked, "the registry is not asked again");

    world.clock.advance(301 * SECOND);
    let later = get(&world, path, &[("if-none-match", &etag)]).await;
    assert_eq!(later.status, StatusCode::OK, "what is too old is written anew");
    assert!(world.answers.called("ListServices") > asked);
}

#[tokio::test]
async fn nothing_partial_is_given_out_while_the_registry_is_silent() {
    let world = World::start(nation()).await;
    let silent = |methods: &[&'static str]| {
        *world.answers.silent.lock().expect("no panic") = methods.to_vec();
    };
    silent(&["ListServices"]);
    let shown = get(&world, "/data/services.csv", &[]).await;
    assert_eq!(shown.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!shown.html.contains("name,"), "{}", shown.html);
    silent(&[]);
    let shown = get(&world, "/data/services.csv", &[]).await;
    assert_eq!(shown.status, StatusCode::SERVICE_UNAVAILABLE, "it is not tried again at once");
    world.clock.advance(6 * SECOND);
    let shown = get(&world, "/data/services.csv", &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
}

#[tokio::test]
async fn one_who_reads_slowly_holds_one_place_and_no_other_visitors() {
    let world = World::start(nation()).await;
    let from = |peer: &'static str| get_from(&world, peer, "/data/units.csv");
    let slow = from("10.0.0.1:1").await;
    assert_eq!(slow.status(), StatusCode::OK);
    let second = from("10.0.0.1:2").await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    let other = from("10.0.0.2:1").await;
    assert_eq!(other.status(), StatusCode::OK);
    drop(slow);
    assert_eq!(from("10.0.0.1:3").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_file_is_not_there() {
    let world = World::start(nation()).await;
    for path in ["/data/", "/data/passwd", "/data/..%2fservices.csv", "/en/data/services.csv"] {
        assert_eq!(get(&world, path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn without_a_public_address_there_is_no_linked_data_and_the_page_says_so() {
    let world = World::start_unknown_to_the_public(nation()).await;
    assert_eq!(files(&world).await.len(), 6);
    for path in ["/data/catalog.ttl", "/data/catalog.jsonld"] {
        assert_eq!(get(&world, path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(get(&world, "/data/catalog.xlsx", &[]).await.status, StatusCode::OK);
    let page = open(&world.pages, "/data").await.html;
    assert!(page.contains("alamat umum registri belum ditetapkan"), "{page}");
}
