//! Uploading a catalog: who may, by which form, and what is kept of a visitor.

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::{
    browser::{Shown, open},
    document::elements,
    world::{World, nation},
};

/// A browser with a cookie.
struct Visitor<'a> {
    world: &'a World,
    cookie: String,
}

impl<'a> Visitor<'a> {
    fn new(world: &'a World) -> Self {
        Self { world, cookie: String::new() }
    }

    /// One who has signed in.
    async fn signed_in(world: &'a World) -> Self {
        let mut visitor = Self::new(world);
        let shown = visitor.sign_in("tok-baik", "sources/pacitan").await;
        assert_eq!(shown.status, StatusCode::SEE_OTHER, "{}", shown.html);
        visitor
    }

    async fn sign_in(&mut self, token: &str, source: &str) -> Shown {
        let form = format!("token={token}&sumber={source}");
        let shown = self.post("/unggah/masuk", FORM, form.into_bytes(), &[]).await;
        if let Some(cookie) = shown.headers.get(header::SET_COOKIE) {
            let said = cookie.to_str().expect("ASCII");
            for word in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/", "__Host-"] {
                assert!(said.contains(word), "{word}: {said}");
            }
            self.cookie = said.split(';').next().unwrap_or_default().to_owned();
        }
        shown
    }

    async fn page(&self, path: &str) -> Shown {
        let request = Request::get(path).header(header::COOKIE, &self.cookie);
        send(self.world, request.body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, path: &str, kind: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Shown {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, kind);
        request = request.header(header::COOKIE, &self.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(self.world, request.body(Body::from(body)).expect("a request")).await
    }

    /// The key that stands in the page's forms.
    async fn key(&self) -> String {
        let html = self.page("/unggah").await.html;
        let all = elements(&html);
        let key = all.iter().find(|element| element.get("name") == "kunci");
        key.unwrap_or_else(|| panic!("no key: {html}")).get("value").to_owned()
    }

    async fn upload(&self, key: &str, bytes: &[u8]) -> Shown {
        let mut body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"kunci\"\r\n\r\n{key}\r\n--x\r\n\
             Content-Disposition: form-data; name=\"berkas\"; filename=\"katalog.xlsx\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--x--\r\n");
        self.post("/unggah/berkas", "multipart/form-data; boundary=x", body, &[]).await
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn send(world: &World, request: Request<Body>) -> Shown {
    let response = world.pages.clone().oneshot(request).await.expect("infallible");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let html = String::from_utf8_lossy(&bytes).into_owned();
    Shown { status: parts.status, headers: parts.headers, html }
}

fn place(headers: &HeaderMap) -> &str {
    headers.get(header::LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn whoever_may_publish_signs_in_and_nobody_else() {
    let world = World::start(nation()).await;
    for (token, source, status, told) in [
        ("", "sources/pacitan", 403, "Token tidak dikenal"),
        ("expired", "sources/pacitan", 403, "sudah berakhir"),
        ("of-another", "sources/pacitan", 403, "bukan untuk menerbitkan sumber ini"),
        ("tok-baik", "sources/nowhere", 400, "nama itu tidak ada"),
    ] {
        let mut visitor = Visitor::new(&world);
        let shown = visitor.sign_in(token, source).await;
        assert_eq!(shown.status.as_u16(), status, "{token} {source}");
        assert!(shown.html.contains(told), "{told}: {}", shown.html);
        assert!(visitor.cookie.is_empty() && !shown.html.contains("tok-baik"));
    }
    let visitor = Visitor::signed_in(&world).await;
    let shown = visitor.page("/unggah").await;
    assert!(shown.html.contains("sources/pacitan") && shown.html.contains("type=\"file\""));
    assert!(!shown.html.contains("tok-baik"), "the token never comes back");
    let english = visitor.page("/en/unggah").await;
    assert!(english.html.contains("Choose the file"), "{}", english.html);
}

#[tokio::test]
async fn a_form_of_another_site_or_without_its_key_does_nothing() {
    let world = World::start(nation()).await;
    let visitor = Visitor::signed_in(&world).await;
    let key = visitor.key().await;
    let form = |key: &str| format!("kunci={key}").into_bytes();
    for path in ["/unggah/kirim", "/unggah/batal", "/unggah/keluar"] {
        let shown = visitor.post(path, FORM, form("guessed"), &[]).await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN, "{path}");
        let cross = [("sec-fetch-site", "cross-site")];
        let shown = visitor.post(path, FORM, form(&key), &cross).await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(visitor.upload("guessed", b"PK").await.status, StatusCode::FORBIDDEN);
    let foreign = [("origin", "https://evil.example"), ("host", "mpp.go.id")];
    let shown = visitor.post("/unggah/masuk", FORM, b"token=tok-baik".to_vec(), &foreign).await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN);
    assert!(visitor.page("/unggah").await.html.contains("type=\"file\""), "still signed in");
    let shown = visitor.post("/en/unggah/keluar", FORM, form(&key), &[]).await;
    assert_eq!((shown.status, place(&shown.headers)), (StatusCode::SEE_OTHER, "/en/unggah"));
    assert!(!visitor.page("/unggah").await.html.contains("type=\"file\""), "signed out");
}

#[tokio::test]
async fn what_is_no_template_or_too_large_is_told_and_nothing_is_kept() {
    let world = World::start(nation()).await;
    let visitor = Visitor::signed_in(&world).await;
    let key = visitor.key().await;
    let shown = visitor.upload(&key, b"kode,nama\n").await;
    assert_eq!(shown.status, StatusCode::BAD_REQUEST);
    assert!(shown.html.contains("fetch the template anew"), "{}", shown.html);
    assert!(!shown.html.contains("/tmp"), "nobody learns where it lay: {}", shown.html);
    let shown = visitor.upload(&key, &vec![b'x'; 5 << 20]).await;
    assert_eq!(shown.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(visitor.upload(&key, b"").await.status, StatusCode::BAD_REQUEST);
    let form = format!("kunci={key}").into_bytes();
    let shown = visitor.post("/unggah/kirim", FORM, form, &[]).await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN, "nothing waits");
}

#[tokio::test]
async fn a_session_ends_with_its_time_and_one_address_has_a_part_of_them() {
    let world = World::start(nation()).await;
    let visitor = Visitor::signed_in(&world).await;
    let key = visitor.key().await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(Visitor::new(&world).sign_in("tok-baik", "sources/pacitan").await.status);
    }
    assert_eq!(held.last(), Some(&StatusCode::SERVICE_UNAVAILABLE), "{held:?}");
    world.clock.advance(901_000_000);
    let shown = visitor.upload(&key, b"PK").await;
    assert_eq!(shown.status, StatusCode::FORBIDDEN);
    assert!(shown.html.contains("Sesi sudah berakhir"), "{}", shown.html);
    Visitor::signed_in(&world).await;
}

#[tokio::test]
async fn the_template_needs_no_token() {
    let world = World::start(nation()).await;
    for path in ["/unggah/templat.xlsx", "/en/unggah/templat.xlsx"] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let shown = send(&world, request).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.html.starts_with("PK"), "a workbook");
    }
    let shown = open(&world.pages, "/unggah").await;
    assert!(shown.html.contains("href=\"/unggah/templat.xlsx\""));
}
