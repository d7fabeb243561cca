//! The catalog as files, for whoever works with it elsewhere: a page that lists them, and the files
//! themselves. Each is what `mpp export` writes.
//!
//! No part of a file can be asked for (`Range`): a second part could be of a file that was written
//! since, and nobody would see it.

mod files;

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Path, State},
    http::{Extensions, HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use tokio::{task::spawn_blocking, time::sleep};

pub use files::DataFiles;
use files::KeptFile;

use crate::{
    document,
    live::permits::{Permit, Permits},
    metrics::DATA_FILES,
    missing,
    pages::{
        Address,
        data::{self, DataFile},
    },
    upstream::Missing,
    words::Lang,
};

/// What the handlers share.
#[derive(Clone)]
pub struct Data {
    /// The files of this replica.
    pub files: DataFiles,
    /// A permit for each file that is waited for or on its way.
    pub downloads: Permits,
}

/// The routes of the page, in both languages, and of the files.
pub fn router(data: Data) -> Router {
    Router::new()
        .route(&format!("{}/data", Lang::Id.prefix()), get(page))
        .route(&format!("{}/data", Lang::En.prefix()), get(page))
        .route("/data/{file}", get(file))
        .with_state(data)
}

async fn page(State(data): State<Data>, uri: Uri) -> Response {
    let look = data.files.renderer().look(Lang::of_path(uri.path()));
    let drawn = data::draw(look, &data.files.view());
    let whole = document::document(look, &Address::Data, "", &drawn);
    missing::html(StatusCode::OK, whole.into_string())
}

async fn file(
    State(data): State<Data>,
    Path(name): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Response {
    let missing = |why| missing::answer(data.files.renderer(), Lang::Id, why);
    let Some(file) = DataFile::of_name(&name).filter(|file| data.files.has(*file)) else {
        return missing(Missing::Unknown);
    };
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let Some(permit) = data.downloads.take(peer) else {
        DATA_FILES.add(1, ["busy"]);
        return missing(Missing::Busy);
    };
    // Whether the records are made up is known from the report.
    if data.files.renderer().report.borrow().is_none() {
        return missing(Missing::NotReady);
    }
    let (found, permit) = data.files.current(file, permit).await;
    match found {
        Ok(kept) if kept.is_known_to(&headers) => {
            DATA_FILES.add(1, ["unchanged"]);
            (StatusCode::NOT_MODIFIED, kept.marks()).into_response()
        }
        Ok(kept) => {
            DATA_FILES.add(1, ["sent"]);
            send(file, kept, permit, data.files.renderer().policy.download())
        }
        Err(_) => missing(Missing::Unreachable),
    }
}

/// Sends a file. Its length is said before, so that whoever is cut off sees that it is not whole.
fn send(file: DataFile, kept: KeptFile, permit: Option<Permit>, most: Duration) -> Response {
    // A copy on a desk bears the page's note on made-up records no longer.
    let note = if kept.is_sample() { "contoh-" } else { "" };
    let headers = [
        (header::CONTENT_TYPE, file.media_type().to_owned()),
        (header::CONTENT_LENGTH, kept.bytes().to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{note}{}\"", file.name())),
    ];
    let marks = kept.marks();
    let body = Body::from_stream(pieces(kept, permit).take_until(Box::pin(sleep(most))));
    (headers, marks, body).into_response()
}

/// A file piece by piece; it holds its permit to the end.
fn pieces(kept: KeptFile, permit: Option<Permit>) -> impl Stream<Item = std::io::Result<Bytes>> {
    stream::try_unfold((kept, permit, 0), |(kept, permit, at)| async move {
        let reader = kept.clone();
        let piece = spawn_blocking(move || reader.piece(at)).await??;
        let next = at + piece.len() as u64;
        Ok((!piece.is_empty()).then_some((piece, (kept, permit, next))))
    })
}
