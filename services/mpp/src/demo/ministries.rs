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
use mpp_api::sync::Source;
use mpp_client::{
    Endpoint, TokenSource,
    file::{Readers, write_file},
};
use mpp_core::{Caller, Error, FieldCode, Result, Role};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{patience::until_answered, seed};
use crate::{command::agent, output::Output};

/// The ministries' own files and mappings, by their path in `demo/`.
const FILES: [(&str, &str); 13] = [
    ("kemendagri/services.csv", include_str!("../../demo/kemendagri/services.csv")),
    ("bkpm/services-page-1.json", include_str!("../../demo/bkpm/services-page-1.json")),
    ("bkpm/services-page-2.json", include_str!("../../demo/bkpm/services-page-2.json")),
    ("bkpm/services-page-3.json", include_str!("../../demo/bkpm/services-page-3.json")),
    ("kominfo/services.json", include_str!("../../demo/kominfo/services.json")),
    ("banyuwangi/services.csv", include_str!("../../demo/banyuwangi/services.csv")),
    ("madiun/services-2025.csv", include_str!("../../demo/madiun/services-2025.csv")),
    ("madiun/services.csv", include_str!("../../demo/madiun/services.csv")),
    ("mapping/kemendagri.jq", include_str!("../../demo/mapping/kemendagri.jq")),
    ("mapping/bkpm.jq", include_str!("../../demo/mapping/bkpm.jq")),
    ("mapping/kominfo.jq", include_str!("../../demo/mapping/kominfo.jq")),
    ("mapping/banyuwangi.jq", include_str!("../../demo/mapping/banyuwangi.jq")),
    ("mapping/madiun.jq", include_str!("../../demo/mapping/madiun.jq")),
];

/// Their agents' configurations, in which `{api}` is where BKPM's API is.
const CONFIGS: [(&str, &str); 5] = [
    ("kemendagri.toml", include_str!("../../demo/kemendagri.toml")),
    ("bkpm.toml", include_str!("../../demo/bkpm.toml")),
    ("kominfo.toml", include_str!("../../demo/kominfo.toml")),
    ("banyuwangi.toml", include_str!("../../demo/banyuwangi.toml")),
    ("madiun.toml", include_str!("../../demo/madiun.toml")),
];

/// How the demo gets a token for a source.
pub struct Tokens<'a> {
    pub registry: String,
    pub mint: &'a (dyn Fn(&str, Caller) -> Result<PathBuf> + Sync),
}

/// A ministry whose catalog can be synced in.
pub struct Ministry {
    pub(super) run: Run,
    config: PathBuf,
    endpoint: Endpoint,
}

impl Ministry {
    /// Runs its agent once, and tells the outcome. An incomplete source and refused records are
    /// part of the demo and do not end it.
    pub async fn sync(&self, shutdown: &CancellationToken) -> Result<()> {
        self.sync_as(&self.run, shutdown).await
    }

    pub(super) async fn sync_as(&self, run: &Run, shutdown: &CancellationToken) -> Result<()> {
        let sync = async || mpp_agent::run(run, &self.endpoint, &tell_of_a_retry, shutdown).await;
        let outcome = until_answered(&run.source, sync).await?;
        agent::print(&self.config, run, &outcome, Output::Table);
        Ok(())
    }
}

/// Says what an agent waits for; of its progress nothing is told.
fn tell_of_a_retry(event: Event) {
    if let Event::Retrying { error, wait } = event {
        say!("  {error}; tried again in {} s", wait.as_secs());
    }
}

/// Lays out the ministries' systems: their files, and the API of the one that has one.
///
/// # Errors
/// The folder cannot be written, or no port is free.
pub async fn lay_out(
    data: &Path,
    tokens: &Tokens<'_>,
    port: u16,
    shutdown: &CancellationToken,
) -> Result<Vec<Ministry>> {
    let folder = data.join("demo");
    write_files(&folder)?;
    let api = serve_bkpm(&folder, port, shutdown).await?;
    seed::sources()?.iter().map(|source| ministry(source, &folder, &api, tokens)).collect()
}

/// Files that exist are kept: somebody may have edited them.
fn write_files(folder: &Path) -> Result<()> {
    for (name, text) in FILES {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| unwritable(parent, &error))?;
        if !path.exists() {
            write_file(&path, text.as_bytes(), Readers::All)?;
        }
    }
    Ok(())
}

/// Its agent's configuration is written anew: where BKPM's API is may change with every start.
fn ministry(source: &Source, folder: &Path, api: &str, tokens: &Tokens<'_>) -> Result<Ministry> {
    let id = source.name.trim_start_matches("sources/");
    let file = format!("{id}.toml");
    let known = CONFIGS.iter().find(|(name, _)| *name == file);
    let (_, text) = known.ok_or_else(|| Error::internal(format!("the demo has no {file}")))?;
    let config = folder.join(&file);
    write_file(&config, text.replace("{api}", api).as_bytes(), Readers::All)?;
    let endpoint = Endpoint {
        address: tokens.registry.clone(),
        token: Some(TokenSource::File((tokens.mint)(
            &format!("publisher-{id}"),
            publisher(source),
        )?)),
        tls: None,
    };
    Ok(Ministry { run: agent::load(&config)?, config, endpoint })
}

/// A source's publisher, who may write for the same units as the source.
fn publisher(source: &Source) -> Caller {
    let namespaces = [&source.name, &source.unit].into_iter().chain(&source.also_writes);
    Caller {
        subject: source.unit.clone(),
        roles: vec![Role::Publisher],
        namespaces: namespaces.cloned().collect(),
    }
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
        FieldCode::Unwritable,
        format!("{} cannot be written: {error}; name another folder with --data", path.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_its_configuration_and_the_files_that_it_names() {
        for source in seed::sources().expect("records") {
            let file = format!("{}.toml", source.name.trim_start_matches("sources/"));
            let config = CONFIGS.iter().find(|(name, _)| *name == file).expect("a configuration");
            let config: toml::Table = toml::from_str(config.1).expect("TOML");
            let has = |path: &str| FILES.iter().any(|(name, _)| *name == path);
            assert_eq!(config["source"].as_str(), Some(source.name.as_str()));
            assert!(config["mapping"].as_str().is_some_and(has), "{file}");
            let path = config["input"].get("path").or(config["input"].get("location"));
            let path = path.and_then(|path| path.as_str()).expect("where its records are");
            assert!(path.starts_with("{api}") || has(path), "{file}: {path}");
        }
    }

    #[test]
    fn every_source_yields_what_its_readme_says() {
        let mapped = |file: &str, mapping: &str| {
            let text = |path: &str| FILES.iter().find(|(name, _)| *name == path).expect("a file").1;
            let program =
                mpp_agent::model::mapping::Mapping::compile(text(mapping)).expect("compiles");
            let pages: serde_json::Value = serde_json::from_str(text(file)).expect("JSON");
            let items = pages["data"].as_array().expect("items").clone();
            items.iter().map(|item| program.apply(item).expect("maps").len()).sum::<usize>()
        };
        assert_eq!(mapped("kominfo/services.json", "mapping/kominfo.jq"), 15);
    }
}
