//! The vectors of `client.json`: a server that acts as they say (it refuses, loses answers, falls
//! silent, breaks off), and judges what the client under test sends.
//!
//! Each vector begins with a server that knows nothing. Its runs are starts of the client, each
//! with the sessions that it is to make; a client that gives up after a refusal is started again.
//! Whatever a vector says, every message is held to what the contract says of all of them
//! (`session.rs`).

mod nothing;
mod registry;
mod scene;
mod script;
mod serve;
mod session;

use std::{net::SocketAddr, time::Duration};

use mpp_api::sync::sync_service_server::SyncServiceServer;
use tokio::{
    net::TcpListener,
    process::Command,
    time::{sleep, timeout},
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

use self::{
    scene::{Playing, Stage},
    script::{File, Vector},
    serve::Acts,
};
use crate::Verdict;

/// The vectors that a client is checked with, as JSON.
const VECTORS: &str = include_str!("../../../../proto/conformance/sync/client.json");

/// How long one start of a client may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A client under test.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The source that it syncs.
    pub source: String,
    /// The command that starts it once, with its arguments; `{address}` stands for the server's
    /// address, which `MPP_REGISTRY_ADDRESS` holds as well. If it is empty, the client comes by
    /// itself.
    pub command: Vec<String>,
}

/// Plays all vectors at a listener, one after the other, and tells each verdict as it comes.
///
/// # Errors
/// The client cannot be started, or the file of vectors is spoilt.
pub async fn check(
    listener: TcpListener,
    subject: &Subject,
    mut told: impl FnMut(&Verdict),
) -> Result<Vec<Verdict>, String> {
    let file: File = serde_json::from_str(VECTORS).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let stage = Stage::default();
    let service = SyncServiceServer::new(Acts { stage: stage.clone() });
    let serving = Server::builder()
        .add_service(service)
        .serve_with_incoming(TcpListenerStream::new(listener));
    let serving = tokio::spawn(serving);
    let mut verdicts = Vec::new();
    for vector in &file.vectors {
        let verdict = play(&stage, vector, subject, address).await?;
        told(&verdict);
        verdicts.push(verdict);
    }
    serving.abort();
    Ok(verdicts)
}

async fn play(
    stage: &Stage,
    vector: &Vector,
    subject: &Subject,
    address: SocketAddr,
) -> Result<Verdict, String> {
    stage.begin(&subject.source);
    let playing = stage.playing();
    for run in &vector.runs {
        let mut starts = run.len() + 1;
        playing.expect(run);
        while starts > 0 && !playing.is_over() {
            if !subject.command.is_empty() {
                // A client that has given up after a refusal is not started before it may come
                // again.
                sleep(playing.pause()).await;
            }
            start(&playing, subject, address).await?;
            starts -= 1;
        }
    }
    Ok(Verdict { name: vector.name.clone(), faults: playing.end() })
}

/// Starts the client and waits for its end; one that comes by itself is waited for.
async fn start(playing: &Playing, subject: &Subject, address: SocketAddr) -> Result<(), String> {
    let Some((program, args)) = subject.command.split_first() else {
        let come = timeout(PATIENCE, async {
            while !playing.is_over() {
                sleep(Duration::from_millis(50)).await;
            }
        });
        let _ = come.await;
        return Ok(());
    };
    let address = format!("http://{address}");
    let mut command = Command::new(program);
    command.args(args.iter().map(|arg| arg.replace("{address}", &address)));
    command.env("MPP_REGISTRY_ADDRESS", &address).kill_on_drop(true);
    match timeout(PATIENCE, command.output()).await {
        Ok(Ok(said)) => playing.said(&String::from_utf8_lossy(&said.stderr)),
        Ok(Err(error)) => return Err(format!("{program}: {error}")),
        Err(_) => playing.said(&format!("it did not end within {} s", PATIENCE.as_secs())),
    }
    Ok(())
}
