//! The ministries' own systems, as far as a demo has them: files that may be edited, and for BKPM
//! an API that serves its file page by page.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use axum::{
    Router,
    extract::{Query, State},
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use mpp_agent::{Event, Run};
use mpp_core::{Caller, Error, Result, Role};
use mpp_rpc::Endpoint;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::data::{FILES, Source};
use crate::{command::agent, output::Output};

/// How the demo gets a token for a source.
pub struct Tokens<'a> {
    pub registry: String,
    pub mint: &'a (dyn Fn(&str, Caller) -> Result<PathBuf> + Sync),
}

/// A ministry whose catalog can be synced in.
pub struct Ministry {
    run: Run,
    endpoint: Endpoint,
}

impl Ministry {
    /// Runs its agent once, and tells what became of the records.
    pub async fn sync(&self, shutdown: &CancellationToken) -> Result<()> {
        let outcome = mpp_agent::run(&self.run, &self.endpoint, &|_: Event| {}, shutdown).await?;
        agent::print(&self.run.source, &outcome, Output::Table);
        Ok(())
    }
}

pub async fn lay_out(
    data: &Path,
    sources: &[Source],
    tokens: &Tokens<'_>,
    port: u16,
    shutdown: &CancellationToken,
) -> Result<Vec<Ministry>> {
    let folder = data.join("demo");
    write_files(&folder)?;
    let api = serve_bkpm(&folder, port, shutdown).await?;
    sources.iter().map(|source| ministry(source, &folder, &api, tokens)).collect()
}

/// Files that exist are kept: somebody may have edited them.
fn write_files(folder: &Path) -> Result<()> {
    for (name, text) in FILES {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
        if !path.exists() {
            fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        }
    }
    Ok(())
}

fn ministry(source: &Source, folder: &Path, api: &str, tokens: &Tokens<'_>) -> Result<Ministry> {
    let input = match (source.id.as_str(), source.kind.as_str()) {
        ("bkpm", _) => format!(
            "type = \"json\"\nlocation = \"{api}/services?page=1\"\nitems = \"data\"\nnext = \"next\"\n"
        ),
        (_, "csv") => format!("type = \"csv\"\npath = \"{}\"\n", source.files[0]),
        _ => format!(
            "type = \"json\"\nlocation = \"{}\"\nitems = \"data\"\nnext = \"next\"\n",
            source.files[0]
        ),
    };
    let text = format!(
        "# Run it: mpp agent run {id}.toml\nsource = \"sources/{id}\"\nmapping = \"{mapping}\"\nstate = \"{id}.state.db\"\n\n[input]\n{input}",
        id = source.id,
        mapping = source.mapping,
    );
    let config = folder.join(format!("{}.toml", source.id));
    fs::write(&config, text).map_err(|error| unwritable(&config, &error))?;
    let name = format!("sources/{}", source.id);
    let namespaces =
        [name.clone(), source.unit.clone()].into_iter().chain(source.also_writes.iter().cloned());
    let caller = Caller {
        subject: source.unit.clone(),
        roles: vec![Role::Publisher],
        namespaces: namespaces.collect(),
    };
    let token = (tokens.mint)(&format!("publisher-{}", source.id), caller)?;
    let endpoint = Endpoint {
        address: tokens.registry.clone(),
        token: Some(mpp_rpc::TokenSource::File(token)),
        tls: None,
    };
    Ok(Ministry { run: agent::load(&config)?, endpoint })
}

/// Serves BKPM's pages on loopback, and gives the API's address.
async fn serve_bkpm(folder: &Path, port: u16, shutdown: &CancellationToken) -> Result<String> {
    let listener = match TcpListener::bind(("127.0.0.1", port)).await {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind(("127.0.0.1", 0)).await.map_err(Error::internal)?,
    };
    let address = format!("http://{}/api", listener.local_addr().map_err(Error::internal)?);
    let router = Router::new().route("/api/services", get(page)).with_state(folder.join("bkpm"));
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        let served =
            axum::serve(listener, router).with_graceful_shutdown(shutdown.cancelled_owned());
        if let Err(error) = served.await {
            tracing::warn!(%error, "the demo's BKPM API ended");
        }
    });
    Ok(address)
}

async fn page(
    State(folder): State<PathBuf>,
    Query(query): Query<HashMap<String, String>>,
) -> impl IntoResponse {
    let number: u16 = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1);
    match tokio::fs::read(folder.join(format!("services-page-{number}.json"))).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::field(
        "data",
        "UNWRITABLE",
        format!("{} cannot be written: {error}; name another folder with --data", path.display()),
    )
}
