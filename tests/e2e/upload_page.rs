//! The same by the page: a visitor with a token and a file, and no program of ours.

use mpp_testkit::Backend;
use mpp_tests::{Suite, keys::Who};

use crate::upload::{AKTA, KK, KTP, NEIGHBOUR, Office, REGENCY};

/// A browser without script.
struct Browser<'a> {
    suite: &'a Suite,
    cookie: String,
}

/// Status, cookie and text of an answer.
struct Shown {
    status: u16,
    cookie: String,
    html: String,
}

impl<'a> Browser<'a> {
    async fn sign_in(suite: &'a Suite, who: Who) -> (Self, Shown) {
        let mut browser = Self { suite, cookie: String::new() };
        let token = std::fs::read_to_string(suite.keys.token(who)).expect("a token");
        let form = format!("token={}&sumber=sources%2Fpacitan", token.trim());
        let shown = browser.post("/unggah/masuk", FORM, form.into_bytes()).await;
        browser.cookie = shown.cookie.split(';').next().unwrap_or_default().to_owned();
        (browser, shown)
    }

    async fn page(&self) -> String {
        let request = http::Request::get(self.suite.page("/unggah")).header("cookie", &self.cookie);
        ask(request.body(Vec::new()).expect("a request")).await.html
    }

    async fn post(&self, path: &str, kind: &str, body: Vec<u8>) -> Shown {
        let request = http::Request::post(self.suite.page(path)).header("content-type", kind);
        let request =
            request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin");
        ask(request.body(body).expect("a request")).await
    }

    async fn key(&self) -> String {
        let page = self.page().await;
        let (_, rest) = page.split_once("name=\"kunci\" value=\"").expect("a key");
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    /// Uploads the office's workbook, and answers what the page says of it.
    async fn look(&self, office: &Office<'_>) -> String {
        let mut body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"kunci\"\r\n\r\n{}\r\n--x\r\n\
             Content-Disposition: form-data; name=\"berkas\"; filename=\"katalog.xlsx\"\r\n\r\n",
            self.key().await
        )
        .into_bytes();
        body.extend(std::fs::read(&office.file).expect("a workbook"));
        body.extend_from_slice(b"\r\n--x--\r\n");
        let shown = self.post("/unggah/berkas", "multipart/form-data; boundary=x", body).await;
        assert_eq!(shown.status, 303, "{}", shown.html);
        self.page().await
    }

    /// Confirms, with what else is ticked.
    async fn send(&self, ticked: &str) -> String {
        let form = format!("kunci={}{ticked}", self.key().await);
        let shown = self.post("/unggah/kirim", FORM, form.into_bytes()).await;
        assert_eq!(shown.status, 303, "{}", shown.html);
        self.page().await
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn ask(request: http::Request<Vec<u8>>) -> Shown {
    let ask = tokio::task::spawn_blocking(move || {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let mut answer = ureq::Agent::from(config.build()).run(request).expect("an answer");
        let cookie = answer.headers().get("set-cookie").and_then(|value| value.to_str().ok());
        Shown {
            status: answer.status().as_u16(),
            cookie: cookie.unwrap_or_default().to_owned(),
            html: answer.body_mut().read_to_string().expect("a text"),
        }
    });
    ask.await.expect("a thread that does not panic")
}

#[tokio::test]
async fn a_regency_publishes_by_the_page_on_sqlite() {
    tell(Backend::Sqlite).await;
}

#[tokio::test]
async fn a_regency_publishes_by_the_page_on_postgres() {
    tell(Backend::Postgres).await;
}

async fn tell(backend: Backend) {
    let suite = Suite::start(backend).await;
    let office = Office::open(&suite).await;
    let (_, refused) = Browser::sign_in(&suite, NEIGHBOUR).await;
    assert_eq!((refused.status, refused.cookie.as_str()), (403, ""), "{}", refused.html);
    let (browser, shown) = Browser::sign_in(&suite, REGENCY).await;
    assert_eq!(shown.status, 303, "{}", shown.html);

    let wrong = [KK, &[("Status", "libur")]].concat();
    office.fill(&[KTP, &wrong, AKTA]);
    let page = browser.look(&office).await;
    for words in ["baris 3", "kolom G (Status)", "Pilih dari daftar", "Kirim 2 layanan"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(office.source().await.last_session.is_none(), "nothing was sent");
    let page = browser.send("").await;
    assert!(page.contains("katalog.xlsx sudah dikirim"), "{page}");
    assert_eq!(office.service("ktp").await["title"]["id"], "Penerbitan KTP elektronik baru");
    assert_eq!(office.source().await.last_session.expect("counted").unread, 1);

    let dearer = [&[("Biaya", "Rp 7.000")], &KTP[..5]].concat();
    office.fill(&[&dearer, KK]);
    let page = browser.look(&office).await;
    assert!(page.contains("7000") && page.contains("Berubah"), "the difference: {page}");
    assert!(page.contains("name=\"tarik\" value=\"akta\""), "what has gone is named: {page}");
    browser.send("&tarik=akta").await;
    assert_eq!(office.service("ktp").await["fees"][0]["amountRupiah"], "7000");
    assert!(office.is_gone("akta").await, "it was asked for");
}
