//! Uploading a catalog: from a form to the registry, by the visitor's own token.
//!
//! Each form answers with a way back to the page, which shows what the session holds: so the page
//! can be reloaded, and is complete without script.

mod received;
mod sending;
mod sessions;
mod visitor;

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{Extensions, HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use mpp_agent::TemplateLang;
use mpp_client::Endpoint;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::{
    document,
    live::permits::Permits,
    metrics::UPLOADS,
    pages::{
        Address,
        upload::{self, Report, Signed, Trouble, UploadView},
    },
    render::Renderer,
    words::Lang,
};
use sessions::Session;
pub use sessions::Sessions;

/// Bytes of a form without a file.
const FORM: usize = 64 * 1024;

/// What all handlers share.
#[derive(Clone)]
pub struct Uploads {
    /// Draws the page's surroundings.
    pub renderer: Renderer,
    /// The registry, which is called by the visitors' tokens alone.
    pub registry: Endpoint,
    /// Who has signed in.
    pub sessions: Sessions,
    /// A permit for each visitor who is signing in.
    pub entering: Permits,
    /// A permit for each workbook that is read or sent, by visitors who have signed in. No address
    /// has a share of its own: behind a gateway all visitors have the same one.
    pub working: Permits,
    /// Ends what is under way.
    pub shutdown: CancellationToken,
}

/// The routes of the page, in both languages.
pub fn router(uploads: Uploads) -> Router {
    let routes = |prefix: &str| {
        Router::new()
            .route(&format!("{prefix}/unggah"), get(show))
            .route(&format!("{prefix}/unggah/templat.xlsx"), get(template))
            .route(&format!("{prefix}/unggah/masuk"), post(enter).get(back))
            .route(&format!("{prefix}/unggah/berkas"), post(take_in).get(back))
            .route(&format!("{prefix}/unggah/kirim"), post(send).get(back))
            .route(&format!("{prefix}/unggah/batal"), post(cancel).get(back))
            .route(&format!("{prefix}/unggah/keluar"), post(leave).get(back))
    };
    routes(Lang::Id.prefix()).merge(routes(Lang::En.prefix())).with_state(uploads)
}

async fn show(State(uploads): State<Uploads>, headers: HeaderMap, uri: Uri) -> Response {
    let session = uploads.session(&headers).map(|(_, session)| session);
    let is_over = session.is_none() && visitor::session(&headers).is_some();
    uploads.page(&uri, session, is_over.then_some(Trouble::Ended))
}

async fn template(uri: Uri) -> Response {
    let lang = match Lang::of_path(uri.path()) {
        Lang::Id => TemplateLang::Id,
        Lang::En => TemplateLang::En,
    };
    let Ok(bytes) = mpp_agent::template(lang) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let name = "attachment; filename=\"templat-katalog.xlsx\"";
    ([(header::CONTENT_TYPE, KIND), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
}

/// The way back to the page, where a form's own address is asked for.
async fn back(uri: Uri) -> Response {
    to_page(&uri)
}

/// Signs in: the registry itself says whether the token may publish the source.
async fn enter(
    State(uploads): State<Uploads>,
    extensions: Extensions,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Response {
    match uploads.enter(peer(&extensions), &headers, body).await {
        Ok(session) => {
            if let Some(before) = visitor::session(&headers) {
                uploads.sessions.end(before);
            }
            let lasts = uploads.renderer.policy.upload_session_seconds;
            let cookie = [(header::SET_COOKIE, visitor::cookie(&session, lasts))];
            (cookie, to_page(&uri)).into_response()
        }
        Err(trouble) => {
            UPLOADS.add(1, [trouble.word("not_signed_in")]);
            uploads.page(&uri, None, Some(trouble))
        }
    }
}

/// Takes a workbook in, and reads it.
async fn take_in(
    State(uploads): State<Uploads>,
    extensions: Extensions,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Response {
    let Some((name, session)) = uploads.session(&headers) else {
        return uploads.page(&uri, None, Some(Trouble::Ended));
    };
    match uploads.take_workbook(peer(&extensions), &session, &headers, body).await {
        Ok(pending) => {
            UPLOADS.add(1, ["read"]);
            uploads.sessions.change(&name, |session| {
                // A form about an earlier file must not act on this one.
                session.key = sessions::secret();
                (session.pending, session.report) = (Some(Arc::new(pending)), None);
            });
            to_page(&uri)
        }
        Err(trouble) => {
            UPLOADS.add(1, [trouble.word("not_read")]);
            uploads.page(&uri, Some(session), Some(trouble))
        }
    }
}

/// Sends the workbook that waits.
async fn send(
    State(uploads): State<Uploads>,
    extensions: Extensions,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Response {
    let (name, session, form) = match uploads.own_form(&headers, body).await {
        Ok(own) => own,
        Err(trouble) => return uploads.page(&uri, None, Some(trouble)),
    };
    let (at_work, peer, asked) = (uploads.clone(), peer(&extensions), session.clone());
    // Sending goes on even if the browser or a gateway does not wait for it: the session has the
    // report.
    let sent = tokio::spawn(async move { at_work.sent(&name, peer, &asked, &form).await });
    match sent.await.unwrap_or(Err(Trouble::Broken)) {
        Ok(()) => to_page(&uri),
        Err(trouble) => uploads.page(&uri, Some(session), Some(trouble)),
    }
}

async fn cancel(
    State(uploads): State<Uploads>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Response {
    match uploads.own_form(&headers, body).await {
        Ok((name, ..)) => {
            uploads.sessions.change(&name, |session| session.pending = None);
            to_page(&uri)
        }
        Err(trouble) => uploads.page(&uri, None, Some(trouble)),
    }
}

async fn leave(
    State(uploads): State<Uploads>,
    headers: HeaderMap,
    uri: Uri,
    body: Body,
) -> Response {
    match uploads.own_form(&headers, body).await {
        Ok((name, ..)) => {
            uploads.sessions.end(&name);
            ([(header::SET_COOKIE, visitor::cookie("", 0))], to_page(&uri)).into_response()
        }
        Err(trouble) => uploads.page(&uri, None, Some(trouble)),
    }
}

/// The fields of a form.
pub type FormFields = Vec<(String, String)>;

impl Uploads {
    /// Sends, and keeps the report in the visitor's session.
    async fn sent(
        &self,
        name: &str,
        peer: Option<IpAddr>,
        session: &Session,
        form: &FormFields,
    ) -> Result<(), Trouble> {
        let sent = self.send(peer, session, form).await;
        UPLOADS.add(1, [sent.as_ref().map_or_else(|error| error.word("not_sent"), Report::word)]);
        let report = Arc::new(sent?);
        self.sessions.change(name, |session| {
            (session.pending, session.report) = (None, Some(report));
        });
        Ok(())
    }

    fn session(&self, headers: &HeaderMap) -> Option<(String, Session)> {
        let name = visitor::session(headers)?;
        Some((name.to_owned(), self.sessions.find(name)?))
    }

    /// A form of a page of ours, of a visitor who has signed in.
    async fn own_form(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<(String, Session, FormFields), Trouble> {
        let form = read_form(headers, body, self.renderer.policy.upload_form()).await?;
        let (name, session) = self.session(headers).ok_or(Trouble::Ended)?;
        if value(&form, "kunci") != session.key {
            return Err(Trouble::Foreign);
        }
        Ok((name, session, form))
    }

    fn page(&self, uri: &Uri, session: Option<Session>, trouble: Option<Trouble>) -> Response {
        let (lang, policy) = (Lang::of_path(uri.path()), &self.renderer.policy);
        let status = trouble.as_ref().map_or(StatusCode::OK, status);
        let signed_in = session.map(|session| Signed {
            key: session.key,
            source: session.source,
            reading: session.pending.map(|pending| Arc::clone(&pending.reading)),
            report: session.report,
        });
        let (limit, lasts) = (policy.upload_bytes, policy.upload_session_seconds);
        let look = self.renderer.look(lang);
        let drawn = upload::draw(look, &UploadView { signed_in, trouble, limit, lasts });
        let whole = document::document(look, &Address::Upload, "", &drawn);
        (status, [(header::CACHE_CONTROL, "no-store")], Html(whole.into_string())).into_response()
    }
}

async fn read_form(headers: &HeaderMap, body: Body, most: Duration) -> Result<FormFields, Trouble> {
    if !visitor::is_own_form(headers) {
        return Err(Trouble::Foreign);
    }
    let bytes = timeout(most, to_bytes(body, FORM)).await.map_err(|_| Trouble::Foreign)?;
    let bytes = bytes.map_err(|_| Trouble::TooLarge)?;
    Ok(form_urlencoded::parse(&bytes).into_owned().collect())
}

/// The first value of a field, or nothing.
fn value<'a>(form: &'a FormFields, name: &str) -> &'a str {
    form.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
}

fn to_page(uri: &Uri) -> Response {
    let place = format!("{}/unggah", Lang::of_path(uri.path()).prefix());
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    use axum::extract::ConnectInfo;
    extensions.get::<ConnectInfo<std::net::SocketAddr>>().map(|peer| peer.0.ip())
}

fn status(trouble: &Trouble) -> StatusCode {
    match trouble {
        Trouble::BadToken | Trouble::Ended | Trouble::Foreign => StatusCode::FORBIDDEN,
        Trouble::UnknownSource | Trouble::NoFile | Trouble::Told(_) => StatusCode::BAD_REQUEST,
        Trouble::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Trouble::Unreachable | Trouble::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Trouble::Broken => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
